//! Binary fields that are kept as rows of `ir_attachment`.

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
}

/// The registered filestore.
pub struct Files(pub Box<dyn FileStore>);

impl Env {
    /// Replaces the attachments of a field of records.
    pub(crate) fn write_attachment(&mut self, model: &Model, field: &Field, ids: &[Id], value: &Value) -> Result<()> {
        let of_field = Sql::lit("DELETE FROM ir_attachment WHERE res_model = ")
            .push_bind(Bind::text(&model.name))
            .push(" AND res_field = ")
            .push_bind(Bind::text(&field.name))
            .push(" AND res_id = ANY(")
            .push_bind(Bind::ids(ids))
            .push(")");
        self.execute(&of_field)?;
        let Value::Bytes(bytes) = value else { return Ok(()) };
        let stored = self.port::<Files>().map(|files| files.0.put(bytes)).transpose()?;
        let (name, checksum) = stored.map_or((None, None), |(n, c)| (Some(n), Some(c)));
        let kept = if name.is_none() { Some(bytes.clone()) } else { None };
        let sql = Sql::lit(
            "INSERT INTO ir_attachment (name, type, res_model, res_field, res_id, company_id, store_fname, checksum, db_datas, file_size, \
             mimetype, create_uid, create_date, write_uid, write_date) SELECT ",
        )
        .push_bind(Bind::text(&field.name))
        .push(", 'binary', ")
        .push_bind(Bind::text(&model.name))
        .push(", ")
        .push_bind(Bind::text(&field.name))
        .push(", r, ")
        .push_bind(Bind::Int(Some(self.company_id()).filter(|c| *c > 0)))
        .push(", ")
        .push_bind(Bind::Text(name))
        .push(", ")
        .push_bind(Bind::Text(checksum))
        .push(", ")
        .push_bind(Bind::Bytes(kept))
        .push(", ")
        .push_bind(Bind::Int(Id::try_from(bytes.len()).ok()))
        .push(", ")
        .push_bind(Bind::text(mimetype(bytes)))
        .push(", u, now() AT TIME ZONE 'UTC', u, now() AT TIME ZONE 'UTC' FROM unnest(")
        .push_bind(Bind::ids(ids))
        .push("::int4[]) AS x(r), (SELECT ")
        .push_bind(Bind::Int(Some(self.uid())))
        .push("::int4 AS u) y");
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
    match SIGNS.iter().find(|(sign, _)| bytes.starts_with(sign)) {
        Some((_, name)) => name,
        None if std::str::from_utf8(bytes).is_ok_and(|t| !t.contains('\0')) => "text/plain",
        None => "application/octet-stream",
    }
}
