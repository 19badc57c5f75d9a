//! Commands on one2many and many2many fields, numbers 0 to 6 as on the wire.

use crate::error::{Builtin, Error, Result};
use crate::registry::{Field, Kind};
use crate::value::{Id, Map, Value};

/// A command; neighbours of the same kind are one.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    Create(Vec<Map>),
    Update(Id, Map),
    Delete(Vec<Id>),
    Unlink(Vec<Id>),
    Link(Vec<Id>),
    Clear,
    Set(Vec<Id>),
}

impl Command {
    /// Takes a neighbour of the same kind in; gives back any other.
    fn join(&mut self, next: Command) -> Option<Command> {
        match (self, next) {
            (Command::Create(all), Command::Create(more)) => all.extend(more),
            (Command::Delete(all), Command::Delete(more))
            | (Command::Unlink(all), Command::Unlink(more))
            | (Command::Link(all), Command::Link(more)) => {
                for id in more {
                    if !all.contains(&id) {
                        all.push(id);
                    }
                }
            }
            (_, other) => return Some(other),
        }
        None
    }
}

/// Reads a value as commands: a list of commands, a plain list of ids (set), or nothing (clear).
///
/// # Errors
/// ValueError and what Python says of lists that are no commands.
pub fn parse(field: &Field, value: &Value) -> Result<Vec<Command>> {
    let items = match value {
        Value::None | Value::Bool(false) => return Ok(vec![Command::Clear]),
        Value::List(items) => items,
        _ => return Err(Error::value(format!("Wrong value for {}: {}", field.name, value.py_repr()))),
    };
    if items.first().is_some_and(|first| !matches!(first, Value::List(_))) {
        return Ok(vec![Command::Set(ids_of(items)?)]);
    }
    let links = field.kind == Kind::Many2many;
    let mut commands = Vec::new();
    for item in items {
        match item {
            Value::List(parts) if parts.is_empty() && links => {}
            Value::List(parts) => {
                let Some(next) = command(links, parts)? else { continue };
                let next = match commands.last_mut() {
                    Some(last) => Command::join(last, next),
                    None => Some(next),
                };
                commands.extend(next);
            }
            _ if links => {}
            Value::Map(_) => return Err(Error::key("0")),
            other => return Err(Error::type_(format!("'{}' object is not subscriptable", other.type_name()))),
        }
    }
    Ok(commands)
}

const NUMBERS: [f64; 7] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0];

/// One command; unknown numbers are none.
fn command(links: bool, parts: &[Value]) -> Result<Option<Command>> {
    let at = |n: usize| parts.get(n).ok_or_else(|| Error::Builtin(Builtin::IndexError, "list index out of range".into()));
    // Numbers that equal a command's are one: True is 1, 0.0 is 0.
    let Some(number) = at(0)?.as_float() else { return Ok(None) };
    let some = |id: Option<Id>, make: fn(Vec<Id>) -> Command| id.map(|id| make(vec![id]));
    Ok(match NUMBERS.iter().position(|known| number.total_cmp(known).is_eq()) {
        Some(0) => Some(Command::Create(vec![new_values(at(2)?)?])),
        // Nothing is done to a record that is none.
        Some(1) => {
            let (id, map) = (maybe_id(at(1)?)?, changes(at(2)?)?);
            id.map(|id| Command::Update(id, map))
        }
        Some(2) => some(maybe_id(at(1)?)?, Command::Delete),
        Some(3) => match at(1)? {
            // Taking away what is not linked takes nothing away, whatever it is.
            Value::Str(_) | Value::Float(_) if links => None,
            other => some(maybe_id(other)?, Command::Unlink),
        },
        // Lines are found by what is given, links are rows of it.
        Some(4) if links => Some(Command::Link(vec![id_of(at(1)?)?])),
        Some(4) => some(maybe_id(at(1)?)?, Command::Link),
        Some(5) => Some(Command::Clear),
        Some(6) => Some(Command::Set(members(links, at(2)?)?)),
        _ => None,
    })
}

/// Values of a record to create, as Python's `dict(…)` takes them.
fn new_values(value: &Value) -> Result<Map> {
    match value {
        Value::Map(map) => Ok(map.clone()),
        Value::Str(text) if !text.is_empty() => Err(Error::value("dictionary update sequence element #0 has length 1; 2 is required")),
        Value::Str(_) => Ok(Map::new()),
        Value::List(items) if items.is_empty() => Ok(Map::new()),
        other => Err(Error::type_(format!("'{}' object is not iterable", other.type_name()))),
    }
}

fn changes(value: &Value) -> Result<Map> {
    match value {
        Value::Map(map) => Ok(map.clone()),
        other => Err(Error::attribute(format!("'{}' object has no attribute 'items'", other.type_name()))),
    }
}

/// The records of a set: lines take one id for a list of it, links take what can be iterated.
fn members(links: bool, value: &Value) -> Result<Vec<Id>> {
    match value {
        Value::List(items) if links => ids_of(items),
        Value::List(items) => Ok(items.iter().map(maybe_id).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect()),
        Value::Str(text) if text.is_empty() => Ok(Vec::new()),
        Value::Map(map) if map.is_empty() => Ok(Vec::new()),
        Value::Str(_) | Value::Map(_) => Err(bad_text()),
        other if links => Err(Error::type_(format!("'{}' object is not iterable", other.type_name()))),
        other if !other.truthy() => Ok(Vec::new()),
        other => Ok(vec![id_of(other)?]),
    }
}

fn bad_text() -> Error {
    Error::Database("psycopg2.errors.InvalidTextRepresentation", "invalid input syntax for type integer".into())
}

fn maybe_id(value: &Value) -> Result<Option<Id>> {
    if value.truthy() { id_of(value).map(Some) } else { Ok(None) }
}

fn id_of(value: &Value) -> Result<Id> {
    match value {
        Value::Int(_) => {
            value.as_id().ok_or_else(|| Error::Database("psycopg2.errors.NumericValueOutOfRange", "integer out of range".into()))
        }
        Value::Bool(_) => {
            Err(Error::Database("psycopg2.errors.DatatypeMismatch", "column is of type integer but expression is of type boolean".into()))
        }
        Value::None => Err(Error::validation("A link to no record is not possible.")),
        Value::Str(text) => text.parse().map_err(|_| bad_text()),
        other => Err(Error::type_(format!("unhashable type: '{}'", other.type_name()))),
    }
}

fn ids_of(items: &[Value]) -> Result<Vec<Id>> {
    let mut ids = Vec::new();
    for item in items {
        let id = id_of(item)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}
