//! Commands on one2many and many2many fields, numbers 0 to 6 as on the wire.

use crate::access::Operation;
use crate::env::Env;
use crate::error::{Builtin, Error, Result};
use crate::registry::{Field, Kind, Model, OnDelete, Relation};
use crate::sql::{Bind, Sql};
use crate::value::{Id, Map, Value};

/// One command.
#[derive(Debug, Clone, PartialEq)]
enum Command {
    Create(Map),
    Update(Id, Map),
    Delete(Id),
    Unlink(Id),
    Link(Id),
    Clear,
    Set(Vec<Id>),
}

fn index_error() -> Error {
    Error::Builtin(Builtin::IndexError, "list index out of range".into())
}

/// Reads a value as commands: a list of commands, a plain list of ids (set), or nothing.
fn parse(field: &Field, value: &Value) -> Result<Vec<Command>> {
    let wrong = || Error::value(format!("Wrong value for {}: {}", field.name, value.py_repr()));
    let items = match value {
        Value::None | Value::Bool(false) => return Ok(Vec::new()),
        Value::List(items) => items,
        _ => return Err(wrong()),
    };
    if !items.is_empty() && items.iter().all(|i| !matches!(i, Value::List(_) | Value::Map(_))) {
        return Ok(vec![Command::Set(ids_of(items)?)]);
    }
    let mut commands = Vec::new();
    for item in items {
        let parts = match item {
            Value::List(parts) => parts,
            Value::Map(_) => return Err(Error::type_("unhashable type: 'dict'")),
            _ => return Err(wrong()),
        };
        let Value::Int(number) = parts.first().ok_or_else(index_error)? else { continue };
        let at = |n: usize| parts.get(n).ok_or_else(index_error);
        commands.push(match number {
            0 => Command::Create(map_of(at(2)?)?),
            1 => Command::Update(id_of(at(1)?)?, map_of(at(2)?)?),
            2 => Command::Delete(id_of(at(1)?)?),
            3 => Command::Unlink(id_of(at(1)?)?),
            4 => Command::Link(id_of(at(1)?)?),
            5 => Command::Clear,
            6 => match at(2)? {
                Value::List(items) => Command::Set(ids_of(items)?),
                Value::Str(_) => return Err(bad_text()),
                other if !other.truthy() => Command::Set(Vec::new()),
                _ => return Err(wrong()),
            },
            _ => continue,
        });
    }
    Ok(commands)
}

fn bad_text() -> Error {
    Error::Database("psycopg2.errors.InvalidTextRepresentation", "invalid input syntax for type integer".into())
}

fn map_of(value: &Value) -> Result<Map> {
    match value {
        Value::Map(map) => Ok(map.clone()),
        other if !other.truthy() => Ok(Map::new()),
        other => Err(Error::value(format!("dictionary expected, got {}", other.type_name()))),
    }
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

impl Env {
    /// Carries out commands on a field of records.
    pub(crate) fn write_x2many(&mut self, model: &Model, field: &Field, ids: &[Id], value: &Value) -> Result<()> {
        let commands = parse(field, value)?;
        if commands.is_empty() || ids.is_empty() {
            return Ok(());
        }
        match field.kind {
            Kind::One2many => self.write_lines(model, field, ids, commands)?,
            _ => self.write_links(field, ids, commands)?,
        }
        self.cache.invalidate();
        self.mark_changed(&model.name, &[&field.name], ids)
    }

    /// Lines of several new records in one batch, when all of them are only created.
    pub(crate) fn create_lines(&mut self, model: &Model, field: &Field, lines: &[(Id, &Value)]) -> Result<()> {
        let reg = self.registry();
        let Some(inverse) = field.relation_field.as_deref() else { return Ok(()) };
        let mut fresh = Vec::new();
        for (id, value) in lines {
            let commands = parse(field, value)?;
            if commands.iter().any(|c| !matches!(c, Command::Create(_))) {
                self.write_lines(model, field, &[*id], commands)?;
                continue;
            }
            for command in commands {
                if let Command::Create(mut map) = command {
                    map.insert(inverse.to_owned(), self.inverse_value(&reg.target(field)?.name, inverse, &model.name, *id));
                    fresh.push(map);
                }
            }
        }
        if !fresh.is_empty() {
            self.create(&reg.target(field)?.name, fresh)?;
            self.cache.invalidate();
        }
        Ok(())
    }

    /// The inverse of a one2many is a many2one, or a bare id beside a model name (chatter).
    fn inverse_value(&self, _target: &str, _inverse: &str, _model: &str, id: Id) -> Value {
        Value::from(id)
    }

    fn write_lines(&mut self, model: &Model, field: &Field, ids: &[Id], commands: Vec<Command>) -> Result<()> {
        let reg = self.registry();
        let target = reg.target(field)?;
        let Some(inverse) = field.relation_field.as_deref() else { return Ok(()) };
        let inverse_field = target.field(inverse)?;
        // Removing a line from a parent it cannot live without deletes it.
        let owned = inverse_field.required || inverse_field.on_delete == OnDelete::Cascade;
        let last = ids.last().copied().unwrap_or(0);
        let mut fresh = Vec::new();
        for command in commands {
            match command {
                Command::Create(map) => {
                    for id in ids {
                        let mut map = map.clone();
                        map.insert(inverse.to_owned(), self.inverse_value(&target.name, inverse, &model.name, *id));
                        fresh.push(map);
                    }
                }
                Command::Update(line, map) => {
                    self.require(&target.name, &[line])?;
                    self.write(&target.name, &[line], map)?;
                }
                Command::Delete(line) => {
                    self.require(&target.name, &[line])?;
                    self.unlink(&target.name, &[line])?;
                }
                Command::Unlink(line) => self.detach(target, inverse, owned, &[line])?,
                Command::Link(line) => {
                    self.require(&target.name, &[line])?;
                    self.write(&target.name, &[line], Map::from_iter([(inverse.to_owned(), Value::from(last))]))?;
                }
                Command::Clear => {
                    let lines = self.linked(&model.name, &field.name, ids)?;
                    self.detach(target, inverse, owned, &lines)?;
                }
                Command::Set(keep) => {
                    let before = self.linked(&model.name, &field.name, ids)?;
                    let gone: Vec<Id> = before.iter().copied().filter(|l| !keep.contains(l)).collect();
                    self.detach(target, inverse, owned, &gone)?;
                    let new: Vec<Id> = keep.iter().copied().filter(|l| !before.contains(l)).collect();
                    self.require(&target.name, &new)?;
                    self.write(&target.name, &new, Map::from_iter([(inverse.to_owned(), Value::from(last))]))?;
                }
            }
        }
        if !fresh.is_empty() {
            self.create(&target.name, fresh)?;
        }
        Ok(())
    }

    fn detach(&mut self, target: &Model, inverse: &str, owned: bool, lines: &[Id]) -> Result<()> {
        if lines.is_empty() {
            Ok(())
        } else if owned {
            self.unlink(&target.name, lines)
        } else {
            self.write(&target.name, lines, Map::from_iter([(inverse.to_owned(), Value::None)]))
        }
    }

    /// MissingError unless all records exist.
    pub fn require(&mut self, model: &str, ids: &[Id]) -> Result<()> {
        let found = self.existing(model, ids)?;
        match ids.iter().find(|id| !found.contains(id)) {
            Some(id) => {
                Err(Error::missing(format!("Record does not exist or has been deleted.\n(Record: {model}({id},), User: {})", self.uid())))
            }
            None => Ok(()),
        }
    }

    /// The records that exist, in the order given.
    pub fn existing(&mut self, model: &str, ids: &[Id]) -> Result<Vec<Id>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let reg = self.registry();
        let sql =
            Sql::lit("SELECT id FROM ").push_ident(&reg.model(model)?.table).push(" WHERE id = ANY(").push_bind(Bind::ids(ids)).push(")");
        let found: Vec<Id> = self.query(sql)?.iter().filter_map(|r| r.int(0)).collect();
        Ok(ids.iter().copied().filter(|id| found.contains(id)).collect())
    }

    fn write_links(&mut self, field: &Field, ids: &[Id], commands: Vec<Command>) -> Result<()> {
        let reg = self.registry();
        let target = reg.target(field)?;
        let Some(rel) = &field.m2m else { return Ok(()) };
        for command in commands {
            match command {
                Command::Create(map) => {
                    let made = self.create(&target.name, vec![map])?;
                    self.link(rel, ids, &made)?;
                }
                Command::Update(id, map) => self.write(&target.name, &[id], map)?,
                Command::Delete(id) => self.unlink(&target.name, &[id])?,
                Command::Unlink(id) => self.cut(rel, ids, &Sql::lit(" = ANY(").push_bind(Bind::ids(&[id])).push(")"))?,
                Command::Link(id) => {
                    self.may_link(target, &[id])?;
                    self.link(rel, ids, &[id])?;
                }
                Command::Clear => self.cut_visible(target, rel, ids, &[])?,
                Command::Set(keep) => {
                    self.may_link(target, &keep)?;
                    self.cut_visible(target, rel, ids, &keep)?;
                    self.link(rel, ids, &keep)?;
                }
            }
        }
        Ok(())
    }

    /// Linking needs sight of the record.
    fn may_link(&mut self, target: &Model, ids: &[Id]) -> Result<()> {
        self.check_access(&target.name, Operation::Read)?;
        self.check_records(&target.name, ids, Operation::Read)
    }

    fn link(&mut self, rel: &Relation, ids: &[Id], targets: &[Id]) -> Result<()> {
        if targets.is_empty() {
            return Ok(());
        }
        let sql = Sql::lit("INSERT INTO ")
            .push_ident(&rel.table)
            .push(" (")
            .push_ident(&rel.column1)
            .push(", ")
            .push_ident(&rel.column2)
            .push(") SELECT a, b FROM unnest(")
            .push_bind(Bind::ids(ids))
            .push("::int4[]) AS x(a), unnest(")
            .push_bind(Bind::ids(targets))
            .push("::int4[]) AS y(b) ON CONFLICT DO NOTHING");
        self.execute(&sql).map(|_| ())
    }

    fn cut(&mut self, rel: &Relation, ids: &[Id], which: &Sql) -> Result<()> {
        let sql = Sql::lit("DELETE FROM ")
            .push_ident(&rel.table)
            .push(" WHERE ")
            .push_ident(&rel.column1)
            .push(" = ANY(")
            .push_bind(Bind::ids(ids))
            .push(") AND ")
            .push_ident(&rel.column2)
            .push_sql(which.clone());
        self.execute(&sql).map(|_| ())
    }

    /// Cuts the links that the caller sees; those to archived records stay unless the context shows them.
    fn cut_visible(&mut self, target: &Model, rel: &Relation, ids: &[Id], keep: &[Id]) -> Result<()> {
        let mut which = Sql::lit(" IN (SELECT t.id FROM ")
            .push_ident(&target.table)
            .push(" t WHERE NOT t.id = ANY(")
            .push_bind(Bind::ids(keep))
            .push(")");
        if let Some(active) = target.active_field.as_deref().filter(|_| self.context.active_test) {
            which = which.push(" AND t.").push_ident(active);
        }
        self.cut(rel, ids, &which.push(")"))
    }
}
