//! Rows of `ir_model_fields` that come with others: of a new model, of mixins, of models that inherit.

use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Env, Error, Id, Result};

use super::manual::Manual;
use crate::web::stored_views;

/// Copies rows of a model's fields to another one. The mixins' own basics are left out.
fn copy(env: &mut Env, from: &str, wanted: Sql, model: &str, id: Id) -> Result<()> {
    let sql = sql!(
        "INSERT INTO ir_model_fields SELECT r.*
         FROM ir_model_fields f, jsonb_populate_record(f, jsonb_build_object('id', nextval('ir_model_fields_id_seq'),
         'create_uid', NULL, 'write_uid', NULL, 'create_date', NULL, 'write_date', NULL, 'model', {model}::text,
         'model_id', {id}::int4)) AS r
         WHERE f.model = {from} AND {wanted:sql} AND NOT EXISTS (SELECT 1 FROM ir_model_fields o
         WHERE o.model = {model} AND o.name = f.name) ORDER BY f.id"
    );
    env.execute(&sql.uncached()).map(|_| ())
}

/// What every model has: the same words as those of a model that is always there.
pub fn add_basics(env: &mut Env, model: &str, id: Id) -> Result<()> {
    let names = Sql::lit("f.name IN ('id', 'display_name', 'create_uid', 'create_date', 'write_uid', 'write_date')");
    copy(env, "res.groups", names, model, id)
}

/// The fields of a mixin.
pub fn add_mixin(env: &mut Env, mixin: &str, model: &str, id: Id) -> Result<()> {
    copy(env, mixin, Sql::lit("f.name NOT IN ('id', 'display_name')"), model, id)
}

/// Flags of new rows say what the fields are: no flag is unknown, and only HTML is sanitized.
pub fn settle(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = Sql::lit(
        "UPDATE ir_model_fields SET required = COALESCE(required, FALSE), readonly = COALESCE(readonly, FALSE), index = COALESCE(index, FALSE), \
         store = COALESCE(store, FALSE), copied = COALESCE(copied, FALSE), company_dependent = COALESCE(company_dependent, FALSE), \
         sanitize = CASE WHEN ttype = 'html' THEN sanitize END, sanitize_overridable = CASE WHEN ttype = 'html' THEN sanitize_overridable END, \
         sanitize_tags = CASE WHEN ttype = 'html' THEN sanitize_tags END, \
         sanitize_attributes = CASE WHEN ttype = 'html' THEN sanitize_attributes END, \
         sanitize_style = CASE WHEN ttype = 'html' THEN sanitize_style END, sanitize_form = CASE WHEN ttype = 'html' THEN sanitize_form END, \
         strip_style = CASE WHEN ttype = 'html' THEN strip_style END, strip_classes = CASE WHEN ttype = 'html' THEN strip_classes END \
         WHERE id = ANY(",
    );
    env.execute(&sql.push_bind(Bind::ids(ids)).push(")")).map(|_| ())
}

/// Models that inherit a field's model by a link show the field as their own.
pub fn add_inherited(env: &mut Env, field: &Manual) -> Result<()> {
    let reg = env.registry();
    let mut children: Vec<(&str, Id, &str)> = Vec::new();
    for model in reg.models.values() {
        let links = model.inherits.iter().filter(|(_, parent)| *parent == field.model);
        children.extend(links.map(|(link, _)| (model.name.as_str(), model.id, link.as_str())));
    }
    children.sort_unstable();
    for (model, id, link) in children {
        let sql = sql!(
            "INSERT INTO ir_model_fields SELECT r.*
             FROM ir_model_fields f, jsonb_populate_record(f, jsonb_build_object('id',
             nextval('ir_model_fields_id_seq'), 'state', 'base', 'store', FALSE, 'index', FALSE, 'related',
             {name}::text, 'depends', {name}::text, 'model', {model}::text, 'model_id', {id}::int4)) AS r
             WHERE f.id = {field_id} AND NOT EXISTS (SELECT 1 FROM ir_model_fields o WHERE o.model = {model}
             AND o.name = f.name)",
            name = format!("{link}.{}", field.name),
            field_id = field.id
        );
        env.execute(&sql.uncached())?;
    }
    Ok(())
}

/// Takes them back.
pub fn remove_inherited(env: &mut Env, field: &Manual) -> Result<()> {
    let reg = env.registry();
    for model in reg.models.values() {
        for (link, _) in model.inherits.iter().filter(|(_, parent)| *parent == field.model) {
            let sql = sql!(
                "DELETE FROM ir_model_fields WHERE state = 'base' AND model = {name} AND related = {related}",
                name = &model.name,
                related = format!("{link}.{}", field.name)
            );
            env.execute(&sql)?;
        }
    }
    Ok(())
}

/// Refuses to take fields away that other manual fields stand on, unless those go with them.
pub fn nothing_depends(env: &mut Env, fields: &[Manual]) -> Result<()> {
    let reg = env.registry();
    let goes = |model: &str, name: &str| fields.iter().any(|f| f.model == model && f.name == name);
    for model in reg.models.values() {
        for other in model.fields.values().filter(|other| other.manual && !goes(&model.name, &other.name)) {
            let lines = fields
                .iter()
                .find(|field| other.relation.as_deref() == Some(&field.model) && other.relation_field.as_deref() == Some(&field.name));
            let path = || {
                let mut at = Some(model);
                other.related.iter().flatten().find_map(|step| {
                    let here = at?;
                    at = here.fields.get(step).and_then(|f| reg.models.get(f.relation.as_deref()?));
                    fields.iter().find(|field| field.model == here.name && field.name == *step)
                })
            };
            if let Some(field) = lines.or_else(path) {
                return Err(Error::user(format!(
                    "The field '{}' cannot be removed because the field '{}' of {} depends on it.",
                    field.name, other.name, model.name
                )));
            }
        }
    }
    Ok(())
}

/// Refuses to take fields away that written views name. A model that goes takes its views along.
pub fn no_view_names(env: &mut Env, fields: &[Manual]) -> Result<()> {
    let words: Vec<String> = fields.iter().map(|field| format!("%{}%", field.name.replace('_', "\\_"))).collect();
    let sql = Sql::lit(
        "SELECT v.name::text, v.model::text, v.arch_db ->> 'en_US' FROM ir_ui_view v \
         WHERE v.model IS NOT NULL AND v.arch_db ->> 'en_US' LIKE ANY(",
    );
    let rows = env.query(sql.push_bind(Bind::texts(words.iter().map(String::as_str))).push("::text[])"))?;
    let reg = env.registry();
    for row in &rows {
        let (Some(name), Some(model), Some(arch)) = (row.text(0), row.text(1), row.text(2)) else { continue };
        let Some(model) = reg.models.get(&model) else { continue };
        let named = |field: &&Manual| stored_views::names_field(&reg, model, &arch, &field.model, &field.name);
        if let Some(field) = fields.iter().find(named) {
            return Err(Error::user(format!("The field '{}' is used in the view {name}.", field.name)));
        }
    }
    Ok(())
}

/// Tracked changes of fields that go keep what is to be said about the field.
pub fn keep_tracked(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = Sql::lit(
        "UPDATE mail_tracking_value v SET field_info = jsonb_build_object('desc', f.field_description ->> 'en_US', 'name', f.name, \
         'sequence', COALESCE(f.tracking, 100), 'type', f.ttype) FROM ir_model_fields f WHERE f.id = v.field_id AND f.id = ANY(",
    );
    env.execute(&sql.push_bind(Bind::ids(ids)).push(")")).map(|_| ())
}
