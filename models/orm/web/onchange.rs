//! `onchange`: what follows from an edit that is not saved. The record being edited is a draft: a negative id whose
//! values live in the cache, over those of the saved record if there is one.

use super::spec_arg;
use crate::access::Operation;
use crate::answer::Answer;
use crate::call::Invocation;
use crate::convert;
use crate::env::Env;
use crate::error::Result;
use crate::registry::{Kind, Model};
use crate::value::{Id, Map, Value};

pub(super) fn onchange(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let spec = spec_arg(call, "fields_spec")?;
    let reg = env.registry();
    let model = reg.model(&call.model)?;
    let operation = if call.ids.is_empty() { Operation::Create } else { Operation::Write };
    env.check_access(&call.model, operation)?;
    env.check_records(&call.model, &call.ids, operation)?;
    let names: Vec<String> = match call.arg("field_names") {
        Value::Str(name) => vec![name.clone()],
        other => other.as_list().unwrap_or_default().iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
    };
    if names.iter().any(|name| !model.fields.contains_key(name)) {
        return Ok(Answer::Value(Value::Map(Map::new())));
    }
    for name in spec.keys() {
        env.check_field(model, model.field(name)?, "read")?;
    }
    let given = call.arg("values").as_map().cloned().unwrap_or_default();
    let origin = call.ids.first().copied();
    let first = names.is_empty();
    let mut initial = given.clone();
    if first && origin.is_none() {
        let wanted: Vec<&str> = spec.keys().filter(|f| !given.contains_key(*f)).map(String::as_str).collect();
        for (name, value) in env.default_get(&call.model, &wanted)? {
            initial.insert(name, value);
        }
    }
    let changed: Map = names.iter().filter_map(|n| Some((n.clone(), initial.shift_remove(n)?))).collect();
    let draft = env.draft(model, origin, &initial)?;
    let before = snapshot(env, model, draft, &spec)?;
    env.edit(&call.model, draft, changed)?;
    let declared = env.declared();
    if let Some(own) = declared.get(&call.model) {
        for (fields, run) in &own.onchanges {
            if fields.iter().any(|f| names.iter().any(|n| n == f) || (first && given.contains_key(*f))) {
                run(env, draft)?;
            }
        }
    }
    let after = snapshot(env, model, draft, &spec)?;
    let mut value = Map::new();
    for ((name, wanted), (old, new)) in spec.iter().zip(before.into_iter().zip(after)) {
        let field = model.field(name)?;
        let was = if names.contains(name) { given_value(model, field, &given)? } else { old };
        let lines = field.kind.is_x2many();
        let empty_lines = lines && new.ids().is_empty();
        // Lines that the client edits are its own until something else changes them.
        let own_edit = lines && names.contains(name);
        if if first { !empty_lines } else { was != new && !own_edit } {
            value.insert(name.clone(), format_value(env, field, wanted, new)?);
        }
    }
    Ok(Answer::Value(Value::Map(crate::map! { "value" => Value::Map(value) })))
}

fn given_value(model: &Model, field: &crate::registry::Field, given: &Map) -> Result<Value> {
    convert::to_field(model, field, given.get(&field.name).unwrap_or(&Value::None))
}

/// Values of the specified fields of the draft.
fn snapshot(env: &mut Env, model: &Model, draft: Id, spec: &Map) -> Result<Vec<Value>> {
    spec.keys().map(|name| env.value(&model.name, name, draft)).collect()
}

fn format_value(env: &mut Env, field: &crate::registry::Field, wanted: &Value, value: Value) -> Result<Value> {
    let fields = wanted.as_map().and_then(|m| m.get("fields")).and_then(Value::as_map);
    match (field.kind, fields, value.as_id()) {
        (Kind::Many2one, Some(fields), Some(id)) => {
            let target = field.relation.clone().unwrap_or_default();
            let row = env.sudo(|env| env.web_read(&target, &[id], fields))?.pop();
            Ok(row.unwrap_or(Value::Bool(false)))
        }
        (Kind::One2many | Kind::Many2many, _, _) => Ok(Value::List(
            value.ids().into_iter().map(|id| Value::List(vec![Value::Int(4), Value::from(id), Value::Bool(false)])).collect(),
        )),
        _ => Ok(convert::to_read(field, value)),
    }
}
