//! Binary fields that are kept as rows of `ir_attachment`.

use std::collections::HashSet;

use crate::env::Env;
use crate::error::Result;
use crate::registry::{Field, Model};
use crate::sql::{Bind, Sql};
use crate::value::{Id, Value};

/// Where the bytes of attachments are, when not in the row itself: the program's filestore.
pub trait FileStore: Send + Sync {
    /// Keeps bytes; answers the name to find them by (`ab/abcdef…`), and their SHA-1.
    fn put(&self, bytes: &[u8]) -> Result<(String, String)>;
    /// Finds bytes by name.
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>>;
    /// Takes away old files that are not among the named ones; answers how many.
    fn sweep(&self, named: &HashSet<String>) -> Result<usize>;
}

/// The registered filestore.
pub struct Files(pub Box<dyn FileStore>);

/// Checks an image and fits it into squares of the given sides; what is small enough stays as it is.
pub type Imaging = fn(&[u8], sides: &[u32]) -> Result<Vec<Vec<u8>>>;

/// The number at the end of a field's name: the side of the square that its image fits into.
fn side(field: &Field) -> Option<u32> {
    field.name.rsplit_once('_')?.1.parse().ok()
}

/// Fields that keep smaller copies of an image field.
fn copies<'m>(model: &'m Model, field: &Field) -> Vec<&'m Field> {
    let of = |other: &&Field| {
        other.is_attachment() && other.related.as_deref().is_some_and(|path| matches!(path, [only] if *only == field.name))
    };
    model.fields.values().filter(of).collect()
}

impl Env {
    /// Replaces the attachments of a field of records, and of the fields that keep smaller copies of its image.
    pub(crate) fn write_attachment(&mut self, model: &Model, field: &Field, ids: &[Id], value: &Value) -> Result<()> {
        let mut fields = vec![field];
        fields.extend(copies(model, field));
        let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
        let contents = match value {
            Value::Bytes(bytes) => self.copies_of(&fields, bytes)?,
            _ => Vec::new(),
        };
        let of_fields = Sql::lit("DELETE FROM ir_attachment WHERE res_model = ")
            .push_bind(Bind::text(&model.name))
            .push(" AND res_field = ANY(")
            .push_bind(Bind::texts(names.iter().copied()))
            .push(") AND res_id = ANY(")
            .push_bind(Bind::ids(ids))
            .push(")");
        self.execute(&of_fields)?;
        if contents.is_empty() { Ok(()) } else { self.insert_attachments(model, &names, ids, contents) }
    }

    /// The bytes for each field: the first one's, and smaller copies when there are others.
    fn copies_of(&self, fields: &[&Field], bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
        match self.declared().imaging {
            Some(fit) if fields.len() > 1 => fit(bytes, &fields.iter().map(|f| side(f).unwrap_or(u32::MAX)).collect::<Vec<_>>()),
            _ => Ok(vec![bytes.to_vec(); fields.len()]),
        }
    }

    fn insert_attachments(&mut self, model: &Model, names: &[&str], ids: &[Id], contents: Vec<Vec<u8>>) -> Result<()> {
        let files = self.port::<Files>();
        let (mut paths, mut sums, mut kept, mut sizes, mut kinds) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for bytes in contents {
            sizes.push(Id::try_from(bytes.len()).ok());
            kinds.push(mimetype(&bytes));
            let stored = files.as_ref().map(|files| files.0.put(&bytes)).transpose()?;
            kept.push(if stored.is_none() { Some(bytes) } else { None });
            let (path, sum) = stored.map_or((None, None), |(path, sum)| (Some(path), Some(sum)));
            paths.push(path);
            sums.push(sum);
        }
        let uid = Bind::Int(Some(self.uid()));
        let sql = Sql::lit(
            "INSERT INTO ir_attachment (name, type, res_model, res_field, res_id, company_id, store_fname, checksum, db_datas, file_size, \
             mimetype, create_uid, create_date, write_uid, write_date) SELECT f.name, 'binary', ",
        )
        .push_bind(Bind::text(&model.name))
        .push(", f.name, r, ")
        .push_bind(Bind::Int(Some(self.company_id()).filter(|c| *c > 0)))
        .push(", f.path, f.sum, f.bytes, f.size, f.kind, ")
        .push_bind(uid.clone())
        .push(", now() AT TIME ZONE 'UTC', ")
        .push_bind(uid)
        .push(", now() AT TIME ZONE 'UTC' FROM unnest(")
        .push_bind(Bind::ids(ids))
        .push("::int4[]) AS x(r), unnest(")
        .push_bind(Bind::texts(names.iter().copied()))
        .push("::text[], ")
        .push_bind(Bind::Texts(paths))
        .push("::text[], ")
        .push_bind(Bind::Texts(sums))
        .push("::text[], ")
        .push_bind(Bind::BytesList(kept))
        .push("::bytea[], ")
        .push_bind(Bind::Ints(sizes))
        .push("::int4[], ")
        .push_bind(Bind::texts(kinds))
        .push("::text[]) AS f(name, path, sum, bytes, size, kind)");
        self.execute(&sql).map(|_| ())
    }

    pub(crate) fn load_attachments(&mut self, model: &Model, field: &Field, ids: &[Id]) -> Result<()> {
        let sql = Sql::lit("SELECT res_id, db_datas, store_fname::text FROM ir_attachment WHERE res_model = ")
            .push_bind(Bind::text(&model.name))
            .push(" AND res_field = ")
            .push_bind(Bind::text(&field.name))
            .push(" AND res_id = ANY(")
            .push_bind(Bind::ids(ids))
            .push(") ORDER BY id");
        let files = self.port::<Files>();
        for row in self.query(sql)? {
            let Some(id) = row.int(0) else { continue };
            let bytes = match (row.text(2), &files) {
                (Some(name), Some(files)) => files.0.get(&name)?,
                _ => row.bytes(1),
            };
            self.cache.set(&model.name, &field.name, id, bytes.map_or(Value::None, Value::Bytes));
        }
        Ok(())
    }
}

/// The type of a file by its first bytes.
pub fn mimetype(bytes: &[u8]) -> &'static str {
    const SIGNS: [(&[u8], &str); 7] = [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"%PDF", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (b"<?xml", "application/xml"),
        (b"<svg", "image/svg+xml"),
    ];
    let drawing = |bytes: &[u8]| bytes.starts_with(b"<?xml") && bytes.windows(4).take(1000).any(|w| w == b"<svg");
    match SIGNS.iter().find(|(sign, _)| bytes.starts_with(sign)) {
        Some(_) if drawing(bytes) => "image/svg+xml",
        Some((_, name)) => name,
        None if std::str::from_utf8(bytes).is_ok_and(|t| !t.contains('\0')) => "text/plain",
        None => "application/octet-stream",
    }
}
