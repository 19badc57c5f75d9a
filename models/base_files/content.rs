//! Contents of binary fields and attachments, for those who may see them.

use chrono::NaiveDateTime;
use lastmile_orm::access::Operation;
use lastmile_orm::attachments::{Files, mimetype};
use lastmile_orm::call::{Request, invoke, prepare};
use lastmile_orm::registry::Kind;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Env, Error, Id, Map, Result, Value};
use subtle::ConstantTimeEq;

use super::images;

const MODEL: &str = "ir.attachment";

/// How an image is to be made smaller.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
    pub crop: bool,
}

/// What is wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// In place of model and id.
    pub xmlid: Option<String>,
    pub model: String,
    pub id: Id,
    pub field: String,
    /// The field that names the file.
    pub name_field: String,
    pub token: Option<String>,
    /// An image: never missing, there is a placeholder.
    pub image: Option<Size>,
}

/// A file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    pub bytes: Vec<u8>,
    pub mimetype: String,
    /// The file's name, perhaps without its ending.
    pub name: String,
    pub modified: Option<NaiveDateTime>,
    /// Anybody may see it.
    pub public: bool,
    /// The file is elsewhere.
    pub url: Option<String>,
}

/// The name of what stands for a missing image.
const PLACEHOLDER: &str = "placeholder.png";

/// Finds a file. `None`: there is none, or not for this user, which must not make a difference.
pub fn content(env: &mut Env, wanted: &Wanted) -> Result<Option<Found>> {
    let found = match find(env, wanted) {
        Ok(found) => found,
        Err(Error::Access(_) | Error::User(_) | Error::Missing(_) | Error::Builtin(..)) => None,
        Err(other) => return Err(other),
    };
    let Some(size) = wanted.image else { return Ok(found) };
    match found.filter(|f| !f.bytes.is_empty() || f.url.is_some()) {
        Some(mut found) => {
            if found.url.is_none() && !found.mimetype.starts_with("image/") {
                found.mimetype = "application/octet-stream".into();
            } else if found.url.is_none() {
                let most = if env.user().share { images::VISITOR_PIXELS } else { images::MAX_PIXELS };
                found.bytes = images::resized(&found.bytes, size.width, size.height, size.crop, most).unwrap_or(found.bytes);
            }
            Ok(Some(found))
        }
        None => {
            let of_field = wanted.field.rsplit('_').next().and_then(|n| n.parse().ok()).unwrap_or(0);
            let side = if size.width.max(size.height) == 0 { of_field } else { size.width.max(size.height) };
            let bytes = images::placeholder(side)?;
            Ok(Some(Found { bytes, mimetype: "image/png".into(), name: PLACEHOLDER.into(), public: true, ..Found::default() }))
        }
    }
}

fn find(env: &mut Env, wanted: &Wanted) -> Result<Option<Found>> {
    let (model, id) = match &wanted.xmlid {
        Some(xmlid) => match target(env, xmlid)? {
            Some(target) => target,
            None => return Ok(None),
        },
        None => (wanted.model.clone(), wanted.id),
    };
    let reg = env.registry();
    if id <= 0 || reg.models.get(&model).is_none_or(|m| m.table.is_empty()) {
        return Ok(None);
    }
    if model == MODEL && matches!(wanted.field.as_str(), "raw" | "datas" | "db_datas") {
        return attachment(env, id, wanted);
    }
    field(env, &model, id, wanted)
}

fn target(env: &mut Env, xmlid: &str) -> Result<Option<(String, Id)>> {
    let Some((module, name)) = xmlid.split_once('.') else { return Ok(None) };
    let sql = sql!("SELECT model::text, res_id FROM ir_model_data WHERE module = {module} AND name = {name}");
    Ok(env.query(sql)?.first().and_then(|row| Some((row.text(0)?, row.int(1)?))))
}

/// AccessError unless the user may read the attachment, by the model's own rules.
pub fn demand(env: &mut Env, id: Id) -> Result<()> {
    if env.is_su() {
        return Ok(());
    }
    let args = vec![Value::List(vec![Value::from(id)]), Value::List(vec![Value::from("id")])];
    let request = Request { model: MODEL.into(), method: "read".into(), args, kwargs: Map::new(), ids: None, by_name: false };
    let prepared = prepare(&env.registry(), &env.declared(), request)?;
    invoke(env, &prepared.method, &prepared.call).map(|_| ())
}

fn attachment(env: &mut Env, id: Id, wanted: &Wanted) -> Result<Option<Found>> {
    let sql = sql!(
        "SELECT name::text, mimetype::text, store_fname::text, db_datas, COALESCE(public, FALSE), access_token::text,
         type::text, url::text, res_model::text, res_field::text, write_date
         FROM ir_attachment WHERE id = {id}"
    );
    let rows = env.query(sql)?;
    let Some(row) = rows.first() else { return Ok(None) };
    let public = row.bool(4).unwrap_or(false);
    match &wanted.token {
        // A wrong token opens nothing, whoever brings it.
        Some(token) => {
            let own = row.text(5).unwrap_or_default();
            if own.is_empty() || !bool::from(own.as_bytes().ct_eq(token.as_bytes())) {
                return Ok(None);
            }
        }
        None if public => {}
        None => {
            demand(env, id)?;
            if let (Some(model), Some(field)) = (row.text(8), row.text(9)) {
                // What a field of a record keeps is seen by those who may see the field.
                let reg = env.registry();
                let of = reg.model(&model)?;
                env.check_field(of, of.field(&field)?, "read")?;
            }
        }
    }
    let url = row.text(7).filter(|u| row.text(6).as_deref() == Some("url") && !u.is_empty());
    let bytes = match (row.text(2), env.port::<Files>()) {
        (Some(name), Some(files)) => files.0.get(&name)?,
        _ => row.bytes(3),
    };
    if bytes.is_none() && row.text(2).is_some() {
        tracing::warn!(id, "the file of an attachment is not in the filestore");
        return Ok(None);
    }
    let bytes = bytes.unwrap_or_default();
    Ok(Some(Found {
        mimetype: row.text(1).filter(|m| !m.is_empty()).unwrap_or_else(|| mimetype(&bytes).into()),
        name: named(env, MODEL, id, wanted)?.unwrap_or_else(|| format!("ir_attachment-{id}-{}", wanted.field)),
        modified: row.timestamp(10),
        public,
        url,
        bytes,
    }))
}

/// The text of the field that names the file.
fn named(env: &mut Env, model: &str, id: Id, wanted: &Wanted) -> Result<Option<String>> {
    let reg = env.registry();
    let Some(field) = reg.model(model)?.fields.get(&wanted.name_field) else { return Ok(None) };
    if !field.kind.is_text() || !env.may_use_field(field) {
        return Ok(None);
    }
    let value = env.sudo(|env| env.value(model, &field.name, id))?;
    Ok(value.as_str().filter(|t| !t.is_empty()).map(str::to_owned))
}

fn field(env: &mut Env, model: &str, id: Id, wanted: &Wanted) -> Result<Option<Found>> {
    let reg = env.registry();
    let of = reg.model(model)?;
    let Some(field) = of.fields.get(&wanted.field).filter(|f| f.kind == Kind::Binary) else { return Ok(None) };
    env.check_access(model, Operation::Read)?;
    if env.existing(model, &[id])?.is_empty() {
        return Ok(None);
    }
    env.check_records(model, &[id], Operation::Read)?;
    env.check_field(of, field, "read")?;
    let Value::Bytes(bytes) = env.value(model, &field.name, id)? else { return Ok(None) };
    let modified = if of.log_access { env.sudo(|env| env.value(model, "write_date", id))? } else { Value::None };
    Ok(Some(Found {
        mimetype: mimetype(&bytes).into(),
        name: named(env, model, id, wanted)?.unwrap_or_else(|| format!("{}-{id}-{}", of.table, field.name)),
        modified: if let Value::DateTime(at) = modified { Some(at) } else { None },
        public: false,
        url: None,
        bytes,
    }))
}

/// The user of those who did not log in: `base.public_user`.
pub fn public_user(env: &mut Env) -> Result<Id> {
    let target = target(env, "base.public_user")?;
    target.map(|(_, id)| id).ok_or_else(|| Error::internal("the public user is missing"))
}

/// The logo of a company, for anybody: it stands on the login page.
pub fn company_logo(env: &mut Env, company: Option<Id>) -> Result<Found> {
    let first = Sql::lit("SELECT id FROM res_company ORDER BY sequence, name LIMIT 1");
    let id = match company {
        Some(id) => Some(id),
        None => env.query(first)?.first().and_then(|row| row.int(0)),
    };
    let image = Some(Size::default());
    let wanted = Wanted {
        model: "res.company".into(),
        id: id.unwrap_or(0),
        field: "logo_web".into(),
        name_field: "name".into(),
        image: None,
        ..Wanted::default()
    };
    let logo = env.sudo(|env| content(env, &wanted))?;
    match logo.filter(|l| !l.bytes.is_empty()) {
        Some(logo) => Ok(logo),
        None => {
            let found = env.sudo(|env| content(env, &Wanted { field: "logo".into(), image, ..wanted }))?;
            let found = found.ok_or_else(|| Error::internal("no placeholder"))?;
            let none = found.name == PLACEHOLDER;
            Ok(Found { name: if none { "nologo.png".into() } else { found.name }, ..found })
        }
    }
}
