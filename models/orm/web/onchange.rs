//! `onchange`: what follows from an edit that is not saved. The record being edited is a draft: a negative id whose
//! values live in the cache, over those of the saved record if there is one. Its lines are drafts, too.

use super::snapshot::{Snapshot, changes, snapshot};
use super::spec_arg;
use crate::access::Operation;
use crate::answer::Answer;
use crate::args::fields_arg;
use crate::call::Invocation;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::registry::Model;
use crate::value::{Id, Map, Value};

pub(super) fn onchange(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let spec = spec_arg(call, "fields_spec")?;
    let reg = env.registry();
    let model = reg.model(&call.model)?;
    let operation = if call.ids.is_empty() { Operation::Create } else { Operation::Write };
    env.check_access(&call.model, operation)?;
    env.check_records(&call.model, &call.ids, operation)?;
    env.require(&call.model, &call.ids)?;
    let mut names = match call.arg("field_names") {
        nothing @ (Value::None | Value::Bool(false)) => return Err(not_iterable(nothing)),
        given => fields_arg(given)?.unwrap_or_default(),
    };
    if names.iter().any(|name| !model.fields.contains_key(name)) {
        return Ok(Answer::Value(Value::Map(Map::new())));
    }
    for name in spec.keys() {
        env.check_field(model, model.field(name)?, "read")?;
    }
    let mut given = call.arg("values").as_map().cloned().ok_or_else(|| not_iterable(call.arg("values")))?;
    let origin = call.ids.first().copied();
    let first = names.is_empty();
    if first {
        if origin.is_none() {
            let wanted: Vec<&str> = spec.keys().filter(|f| !given.contains_key(f)).map(String::as_str).collect();
            given.extend(env.default_get(&call.model, &wanted)?);
        }
        names = given.keys().filter(|name| *name != "id").cloned().collect();
    }
    let changed: Map = names.iter().filter_map(|n| Some((n.clone(), given.shift_remove(n)?))).collect();
    let draft = env.draft(model, origin, &given)?;
    let mut before = if first { Vec::new() } else { snapshot(env, model, draft, &spec)? };
    env.edit(&call.model, draft, changed)?;
    if !first {
        // The client's own edits are no changes.
        let edited: Map = spec.iter().filter(|(name, _)| names.contains(name)).map(|(n, w)| (n.clone(), w.clone())).collect();
        let mut own = snapshot(env, model, draft, &edited)?.into_iter();
        for (slot, name) in before.iter_mut().zip(spec.keys()) {
            if edited.contains_key(name) {
                *slot = own.next().unwrap_or_default();
            }
        }
    }
    if first {
        names.extend(spec.keys().cloned());
    }
    run_onchanges(env, model, draft, &spec, names)?;
    let after = snapshot(env, model, draft, &spec)?;
    let value = changes(env, model, &spec, &after, Some(before.as_slice()).filter(|_| !first))?;
    Ok(Answer::Value(Value::Map(crate::map! { "value" => Value::Map(value) })))
}

fn not_iterable(value: &Value) -> Error {
    Error::type_(format!("'{}' object is not iterable", value.type_name()))
}

/// Runs what code declared for the changed fields, and for those that change by it, each once.
fn run_onchanges(env: &mut Env, model: &Model, draft: Id, spec: &Map, names: Vec<String>) -> Result<()> {
    let declared = env.declared();
    let Some(own) = declared.get(&model.name).filter(|own| !own.onchanges.is_empty()) else { return Ok(()) };
    let mut known = snapshot(env, model, draft, spec)?;
    let (mut open, mut at) = (names, 0);
    while let Some(name) = open.get(at).cloned() {
        at += 1;
        if open.iter().take(at - 1).any(|done| *done == name) {
            continue;
        }
        let mut ran = false;
        for (_, run) in own.onchanges.iter().filter(|(fields, _)| fields.contains(&name.as_str())) {
            run(env, draft)?;
            ran = true;
        }
        if ran {
            let now: Vec<Snapshot> = snapshot(env, model, draft, spec)?;
            open.extend(spec.keys().zip(now.iter().zip(&known)).filter(|(_, (new, old))| new != old).map(|(name, _)| name.clone()));
            known = now;
        }
    }
    Ok(())
}
