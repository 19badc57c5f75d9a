//! What the fields of a specification hold at one moment, lines included, and how two moments differ.

use crate::convert;
use crate::env::Env;
use crate::error::Result;
use crate::registry::{Field, Kind, Model};
use crate::value::{Id, Map, Value};

/// One field's value: plain, or lines with what was asked for of each.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Snapshot {
    Plain(Value),
    Lines(Vec<(Id, Vec<Snapshot>)>),
}

impl Default for Snapshot {
    fn default() -> Self {
        Snapshot::Plain(Value::None)
    }
}

fn fields_of(wanted: &Value) -> Map {
    wanted.as_map().and_then(|map| map.get("fields")).and_then(Value::as_map).cloned().unwrap_or_default()
}

/// The specified fields of one record.
pub(super) fn snapshot(env: &mut Env, model: &Model, id: Id, spec: &Map) -> Result<Vec<Snapshot>> {
    let reg = env.registry();
    let mut out = Vec::with_capacity(spec.len());
    for (name, wanted) in spec {
        let field = model.field(name)?;
        let value = env.value(&model.name, name, id)?;
        if !field.kind.is_x2many() {
            out.push(Snapshot::Plain(value));
            continue;
        }
        let (ids, inner) = (value.ids(), fields_of(wanted));
        let target = reg.target(field)?;
        for name in inner.keys().filter(|name| !ids.is_empty() && target.fields.contains_key(*name)) {
            // All lines at once; what follows finds the values in the cache.
            env.values(&target.name, name, &ids)?;
        }
        let lines = ids.into_iter().map(|line| Ok((line, snapshot(env, target, line, &inner)?)));
        out.push(Snapshot::Lines(lines.collect::<Result<_>>()?));
    }
    Ok(out)
}

/// The fields that differ, as the client takes them over; without `old`, all of them.
pub(super) fn changes(env: &mut Env, model: &Model, spec: &Map, new: &[Snapshot], old: Option<&[Snapshot]>) -> Result<Map> {
    let mut out = Map::new();
    for (n, ((name, wanted), now)) in spec.iter().zip(new).enumerate().filter(|(_, ((name, _), _))| *name != "id") {
        let was = old.and_then(|old| old.get(n));
        if was == Some(now) {
            continue;
        }
        let field = model.field(name)?;
        match now {
            Snapshot::Plain(value) => {
                out.insert(name.clone(), plain(env, field, wanted, value)?);
            }
            Snapshot::Lines(lines) => {
                let before = if let Some(Snapshot::Lines(before)) = was { before.as_slice() } else { &[] };
                let commands = commands(env, field, &fields_of(wanted), lines, before)?;
                if !commands.is_empty() {
                    out.insert(name.clone(), Value::List(commands));
                }
            }
        }
    }
    Ok(out)
}

/// Commands that bring a client's lines from one state to the next.
fn commands(env: &mut Env, field: &Field, spec: &Map, lines: &[(Id, Vec<Snapshot>)], before: &[(Id, Vec<Snapshot>)]) -> Result<Vec<Value>> {
    let reg = env.registry();
    let target = reg.target(field)?;
    let command = |number: i64, id: Value, last: Value| Value::List(vec![Value::Int(number), id, last]);
    let remove = if field.kind == Kind::One2many { 2 } else { 3 };
    let mut out = Vec::new();
    for (line, _) in before.iter().filter(|(line, _)| !lines.iter().any(|(kept, _)| kept == line)) {
        out.push(command(remove, env.cache.known_as(*line), Value::Bool(false)));
    }
    let unknown = |line: &Id| !before.iter().any(|(known, _)| known == line);
    let saved: Vec<Id> = lines.iter().filter(|(line, _)| unknown(line)).filter_map(|(line, _)| origin(env, *line)).collect();
    let rows = if saved.is_empty() { Vec::new() } else { env.web_read(&target.name, &saved, spec)? };
    for (line, now) in lines {
        let known = before.iter().find(|(known, _)| known == line).map(|(_, was)| was.as_slice());
        let name = env.cache.known_as(*line);
        match (known, origin(env, *line)) {
            (Some(was), _) => {
                let differs = changes(env, target, spec, now, Some(was))?;
                if !differs.is_empty() {
                    out.push(command(1, name, Value::Map(differs)));
                }
            }
            (None, None) => out.push(command(0, name, Value::Map(changes(env, target, spec, now, None)?))),
            (None, Some(saved)) => {
                let row = rows.iter().find(|row| row.as_map().and_then(|map| map.get("id")?.as_id()) == Some(saved));
                out.push(command(4, name.clone(), row.cloned().unwrap_or(Value::Bool(false))));
                if *line < 0 {
                    let was = snapshot(env, target, saved, spec)?;
                    let differs = changes(env, target, spec, now, Some(&was))?;
                    if !differs.is_empty() {
                        out.push(command(1, name, Value::Map(differs)));
                    }
                }
            }
        }
    }
    Ok(out)
}

/// The saved record that a line is, or is over.
fn origin(env: &Env, line: Id) -> Option<Id> {
    if line > 0 { Some(line) } else { env.cache.origin(line) }
}

/// A value as the client takes it over. A record that is not saved yet has no id to show.
fn plain(env: &mut Env, field: &Field, wanted: &Value, value: &Value) -> Result<Value> {
    let fields = wanted.as_map().and_then(|map| map.get("fields")).and_then(Value::as_map);
    match (field.kind, fields, value.as_id()) {
        (Kind::Many2one, fields, Some(draft)) if draft < 0 && (fields.is_none() || env.cache.origin(draft).is_none()) => {
            let none = if fields.is_some() { Value::Bool(false) } else { Value::None };
            Ok(env.cache.origin(draft).map_or(none, Value::from))
        }
        (Kind::Many2one, Some(fields), Some(id)) => {
            let id = origin(env, id).unwrap_or(id);
            let target = field.relation.clone().unwrap_or_default();
            // The client chose the id: beyond the name, what it reads there follows its own rights.
            let wanted = wanted.as_map().cloned().unwrap_or_default();
            let row = env.related_rows(&target, &[id], fields, &wanted)?.remove(&id);
            Ok(row.unwrap_or(Value::Bool(false)))
        }
        _ => Ok(convert::to_read(field, value.clone())),
    }
}
