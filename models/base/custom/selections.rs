//! Values of manual selections: as lines, and as the text `[('a', 'A'), …]`.

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next, UnlinkHook, WriteHook};
use lastmile_orm::expr;
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value, map};

use super::checks;
use super::manual::{read, table_of};

const MODEL: &str = "ir.model.fields.selection";

/// Declares the model, and the text.
pub fn declare(all: &mut Declarations) {
    all.model(MODEL).on_create(create).on_write(write).on_unlink(unlink);
    all.model("ir.model.fields")
        .compute(&["selection"], &["selection_ids.value", "selection_ids.name", "selection_ids.sequence"], as_text)
        .inverse("selection", from_text);
}

fn as_text(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let lang = env.context().lang.clone();
    let sql = sql!(
        "SELECT field_id, value::text, COALESCE(name ->> {lang}::text, name ->> 'en_US')
         FROM ir_model_fields_selection WHERE field_id = ANY({ids}) ORDER BY field_id, sequence, id"
    );
    let rows = env.query(sql)?;
    for id in ids {
        let pairs = rows.iter().filter(|row| row.int(0) == Some(*id)).map(|row| {
            let word = |n| Value::from(row.text(n).unwrap_or_default()).py_repr();
            format!("({}, {})", word(1), word(2))
        });
        out.set("selection", *id, format!("[{}]", pairs.collect::<Vec<_>>().join(", ")));
    }
    Ok(())
}

/// The pairs of a text.
fn pairs(text: &str) -> Result<Vec<(String, String)>> {
    let wrong = || Error::validation("The options of a selection are pairs: [('key', 'Label'), ...]");
    let parsed = expr::literal(text.trim()).map_err(|_| wrong())?;
    let items = parsed.as_list().ok_or_else(wrong)?;
    items
        .iter()
        .map(|item| match item.as_list() {
            Some([Value::Str(value), Value::Str(label)]) => Ok((value.clone(), label.clone())),
            _ => Err(wrong()),
        })
        .collect()
}

/// Makes the lines of fields what a text says: kept values keep their rows.
fn from_text(env: &mut Env, ids: &[Id], value: &Value) -> Result<()> {
    let Some(text) = value.as_str().filter(|text| !text.trim().is_empty()) else { return Ok(()) };
    let wanted = pairs(text)?;
    for field in ids {
        let sql = sql!("SELECT id, value::text FROM ir_model_fields_selection WHERE field_id = {field}", field = *field);
        let known: Vec<(Id, String)> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect();
        let gone: Vec<Id> = known.iter().filter(|(_, value)| !wanted.iter().any(|(w, _)| w == value)).map(|(id, _)| *id).collect();
        env.unlink(MODEL, &gone)?;
        let mut fresh = Vec::new();
        for (place, (value, label)) in (0_i64..).zip(&wanted) {
            let mut line = map! { "name" => label.as_str(), "sequence" => place };
            match known.iter().find(|(_, known)| known == value) {
                Some((id, _)) => env.write(MODEL, &[*id], line)?,
                None => {
                    line.insert("value".into(), Value::from(value.as_str()));
                    line.insert("field_id".into(), Value::from(*field));
                    fresh.push(line);
                }
            }
        }
        if !fresh.is_empty() {
            env.create(MODEL, fresh)?;
        }
    }
    Ok(())
}

/// Field and value of options.
fn options(env: &mut Env, ids: &[Id]) -> Result<Vec<(Id, String)>> {
    let sql = sql!("SELECT field_id, value::text FROM ir_model_fields_selection WHERE id = ANY({ids})");
    Ok(env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect())
}

/// Puts another value, or none, where records have a value.
fn replace(env: &mut Env, field: Id, value: &str, by: Option<&str>) -> Result<()> {
    let Some(field) = read(env, &[field])?.pop().filter(|field| field.is_manual && field.has_column()) else { return Ok(()) };
    let Some(table) = table_of(env, &field.model) else { return Ok(()) };
    let sql = sql!(
        "UPDATE {table:ident} SET {name:ident} = {by} WHERE {name:ident} = {value} RETURNING id",
        name = &field.name,
        by = Bind::Text(by.map(str::to_owned))
    );
    let ids: Vec<Id> = env.query_ids(sql.uncached())?;
    env.changed(&field.model, &[&field.name], &ids)
}

fn create(env: &mut Env, values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let fields: Vec<Id> = values.iter().filter_map(|map| map.get("field_id")?.as_id()).collect();
    if read(env, &fields)?.iter().any(|field| !field.is_manual) {
        return Err(Error::user("Properties of base fields cannot be altered in this manner."));
    }
    next.call(env, values)
}

fn write(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let renamed = match checks::text(&values, "value") {
        Some(value) => options(env, ids)?.into_iter().filter(|(_, old)| *old != value).map(|(f, old)| (f, old, value.clone())).collect(),
        None => Vec::new(),
    };
    for (field, old, new) in &renamed {
        if read(env, &[*field])?.iter().any(|f| !f.is_manual) {
            return Err(Error::user("Properties of base fields cannot be altered in this manner."));
        }
        replace(env, *field, old, Some(new))?;
    }
    next.call(env, ids, values)
}

fn unlink(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    for (field, value) in options(env, ids)? {
        if read(env, &[field])?.iter().any(|f| !f.is_manual) {
            return Err(Error::user("The options of base fields cannot be removed."));
        }
        replace(env, field, &value, None)?;
    }
    next.call(env, ids)
}
