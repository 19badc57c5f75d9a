//! Files and spreadsheets for the wire: contents of fields, rows of exports.

use std::sync::Arc;

use lastmile_models::base_files::content::{self, Found, Size};
use lastmile_models::base_files::export_fields;
use lastmile_models::base_files::images::placeholder;
use lastmile_orm::args::domain_arg;
use lastmile_orm::call::parse_ids;
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::error::Result;
use lastmile_orm::registry::translated;
use lastmile_orm::value::{Id, Map, Value};
use lastmile_orm::{Database, Tx, map};
use lastmile_rpc::{Content, Wanted};

/// `{label, datas}`: the model's label, and rows of records under columns.
pub fn export(
    db: &Arc<Database>,
    uid: Id,
    model: &str,
    fields: &[String],
    ids: Option<&Value>,
    domain: &Value,
    context: &Map,
) -> Result<Value> {
    // Exporting `id` makes external ids.
    db.run(uid, Tx::Write, |env| {
        env.set_context(context.clone())?;
        let reg = env.registry();
        let label = translated(&reg.model(model)?.label, env.lang()?).to_owned();
        let ids = match ids {
            Some(ids) => parse_ids(ids)?,
            None => env.search_all(model, &domain_arg(domain)?)?,
        };
        let columns: Vec<Vec<String>> = fields.iter().map(|f| lastmile_orm::port::steps(f)).collect();
        let rows = env.export_rows(model, &ids, &columns)?;
        Ok(Value::Map(map! { "label" => label, "datas" => Value::List(rows.into_iter().map(Value::List).collect()) }))
    })
}

/// The fields that the export dialog shows.
pub fn fields(db: &Arc<Database>, uid: Id, params: &Map) -> Result<Value> {
    db.run(uid, Tx::Read, |env| {
        let context = params.get("context").and_then(Value::as_map).cloned().unwrap_or_default();
        env.set_context(context)?;
        export_fields::fields(env, params)
    })
}

/// A saved list of fields.
pub fn saved_fields(db: &Arc<Database>, uid: Id, model: &str, export: &Value) -> Result<Value> {
    db.run(uid, Tx::Read, |env| export_fields::saved(env, model, export.as_id().unwrap_or(0)))
}

/// A file, for a user or for the public.
pub fn content(db: &Arc<Database>, uid: Option<Id>, wanted: &Wanted) -> Result<Option<Content>> {
    let found = match wanted {
        Wanted::Placeholder => {
            Some(Found { bytes: placeholder(0)?, mimetype: "image/png".into(), name: "placeholder.png".into(), ..Found::default() })
        }
        Wanted::Logo(company) => {
            // Of the company the user works for; visitors see the first one's.
            let own =
                company.map_or_else(|| uid.map(|uid| db.env(uid, Tx::Read).map(|env| env.company_id())).transpose(), |id| Ok(Some(id)))?;
            Some(db.run(SUPERUSER, Tx::Read, |env| content::company_logo(env, own))?)
        }
        Wanted::Field { xmlid, model, id, field, name_field, token, image } => {
            let uid = match uid {
                Some(uid) => uid,
                None => db.run(SUPERUSER, Tx::Read, content::public_user)?,
            };
            let wanted = content::Wanted {
                xmlid: xmlid.clone(),
                model: model.clone(),
                id: *id,
                field: field.clone(),
                name_field: name_field.clone(),
                token: token.clone(),
                image: image.map(|(width, height, crop)| Size { width, height, crop }),
            };
            db.run(uid, Tx::Read, |env| content::content(env, &wanted))?
        }
    };
    Ok(found.map(|f| Content { bytes: f.bytes, mimetype: f.mimetype, name: f.name, modified: f.modified, url: f.url }))
}
