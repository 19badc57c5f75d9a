//! ir.model.fields: a manual field is made, changed and dropped with its row.

use std::collections::{BTreeSet, HashMap};

use lastmile_orm::declare::{CreateHook, Next, Touch, UnlinkHook, WriteHook};
use lastmile_orm::registry::Kind;
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value};

use super::manual::{Manual, read};
use super::{checks, rows, schema};

const MODEL: &str = "ir.model.fields";

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(MODEL)
        .default("state", "manual")
        .default("store", true)
        .default("selectable", true)
        .default("domain", "[]")
        .on_create(create)
        .on_write(write)
        .on_unlink(unlink);
}

fn is_manual(map: &Map) -> bool {
    checks::text(map, "state").is_none_or(|state| state == "manual")
}

fn create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let models = models_of(env, &values)?;
    let mut manual = Vec::new();
    for map in &mut values {
        let given = map.get("model_id").and_then(Value::as_id).filter(|id| *id > 0);
        let model = given.and_then(|id| models.get(&id)).cloned().unwrap_or_default();
        if let Some(gone) = given.filter(|_| model.is_empty()) {
            return Err(Error::missing(format!("Record does not exist or has been deleted.\n(Record: ir.model({gone},))")));
        }
        if !model.is_empty() {
            map.insert("model".into(), Value::from(model.as_str()));
        }
        let own = is_manual(map);
        if own && !model.is_empty() {
            checks::complete(env, map, &model)?;
        }
        manual.push(own);
    }
    let ids = next.call(env, values)?;
    rows::settle(env, &ids)?;
    let fields = read(env, &ids)?;
    for (field, _) in fields.iter().zip(manual).filter(|(_, own)| *own) {
        schema::add(env, field)?;
        if field.required {
            schema::set_required(env, field)?;
        }
        rows::add_inherited(env, field)?;
    }
    env.touch(Touch::Registry)?;
    for field in &fields {
        fill(env, field)?;
    }
    env.flush()?;
    Ok(ids)
}

/// Names of the models that new fields are for: a model of this very transaction need not be in the registry yet.
fn models_of(env: &mut Env, values: &[Map]) -> Result<HashMap<Id, String>> {
    let ids: Vec<Id> = values.iter().filter_map(|map| map.get("model_id")?.as_id()).collect();
    let sql = sql!("SELECT id, model::text FROM ir_model WHERE id = ANY({ids})");
    Ok(env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect())
}

/// A stored related field begins with the values of the rows that are there.
fn fill(env: &mut Env, field: &Manual) -> Result<()> {
    let Some(first) = field.related.as_deref().filter(|_| field.has_column()).and_then(|path| path.split('.').next()) else {
        return Ok(());
    };
    let Some(table) = super::manual::table_of(env, &field.model) else { return Ok(()) };
    let sql = sql!("SELECT id FROM {table:ident}").uncached();
    let ids: Vec<Id> = env.query_ids(sql)?;
    env.changed(&field.model, &[first], &ids)
}

/// Words that may be written to any field: they are translations.
const WORDS: [&str; 2] = ["field_description", "help"];

fn write(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    let old = read(env, ids)?;
    let words = values.keys().all(|key| WORDS.contains(&key.as_str()));
    if !words {
        may_change(env, &old, &values)?;
    }
    for key in ["model_id", "model", "state"] {
        values.shift_remove(key);
    }
    if let Some(field) = old.first() {
        checks::complete_translate(&mut values, field.kind);
    }
    let renamed = checks::text(&values, "name").filter(|name| old.iter().any(|field| field.name != *name));
    if let Some(name) = &renamed {
        checks::field_name(name)?;
        if old.len() > 1 {
            return Err(Error::user("Can only rename one field at a time!"));
        }
        rows::nothing_depends(env, &old)?;
        rows::no_view_names(env, &old)?;
    }
    next.call(env, ids, values)?;
    let new = read(env, ids)?;
    for (before, after) in old.iter().zip(&new).filter(|(before, _)| before.is_manual) {
        if after.kind == Kind::Many2one {
            checks::required_key(&after.name, after.required, after.on_delete.as_deref())?;
        }
        schema::change(env, before, after)?;
        if renamed.is_some() {
            rows::remove_inherited(env, before)?;
            rows::add_inherited(env, after)?;
        }
    }
    env.touch(Touch::Registry)
}

fn may_change(env: &mut Env, old: &[Manual], values: &Map) -> Result<()> {
    if old.iter().any(|field| !field.is_manual) {
        return Err(Error::user("Properties of base fields cannot be altered in this manner: only their words can."));
    }
    if let Some(given) = values.get("model_id").and_then(Value::as_id) {
        let sql = sql!("SELECT model::text FROM ir_model WHERE id = {given}");
        let model = env.query(sql)?.first().and_then(|row| row.text(0));
        if old.iter().any(|field| Some(&field.model) != model.as_ref()) {
            return Err(Error::user("Changing the model of a field is forbidden!"));
        }
    }
    if checks::text(values, "ttype").is_some_and(|kind| old.iter().any(|field| field.kind.name() != kind)) {
        return Err(Error::user("Changing the type of a field is not yet supported. Please drop it and create it again!"));
    }
    if checks::text(values, "compute").is_some() {
        return Err(Error::user("Code of custom fields is not run here."));
    }
    Ok(())
}

fn unlink(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    let fields = read(env, ids)?;
    if fields.iter().any(|field| !field.is_manual) {
        return Err(Error::user("This column contains module data and cannot be removed!"));
    }
    rows::nothing_depends(env, &fields)?;
    rows::no_view_names(env, &fields)?;
    let mut seen = BTreeSet::new();
    for field in fields.iter().filter(|field| seen.insert((field.model.clone(), field.name.clone()))) {
        rows::remove_inherited(env, field)?;
    }
    rows::keep_tracked(env, ids)?;
    next.call(env, ids)?;
    schema::remove(env, &fields)?;
    env.touch(Touch::Registry)
}
