//! Writing one2many and many2many fields.

use crate::access::Operation;
use crate::commands::{Command, parse};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::registry::{Field, Kind, Model, OnDelete, Relation};
use crate::sql::{Bind, Sql};
use crate::value::{Id, Map, Value};

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

    /// Lines and links of new records: all of them that are created in one batch, and all links in one statement.
    pub(crate) fn write_x2many_new(&mut self, model: &Model, field: &Field, lines: &[(Id, &Value)]) -> Result<()> {
        let mut commands = Vec::with_capacity(lines.len());
        for (id, value) in lines {
            commands.push((*id, parse(field, value)?));
        }
        match field.kind {
            Kind::One2many => self.write_lines_new(model, field, commands)?,
            _ => self.write_links_new(field, commands)?,
        }
        self.cache.invalidate();
        let ids: Vec<Id> = lines.iter().map(|(id, _)| *id).collect();
        self.mark_changed(&model.name, &[&field.name], &ids)
    }

    fn write_lines_new(&mut self, model: &Model, field: &Field, commands: Vec<(Id, Vec<Command>)>) -> Result<()> {
        let reg = self.registry();
        let Some(inverse) = field.relation_field.as_deref() else { return Ok(()) };
        let mut fresh = Vec::new();
        for (id, mut commands) in commands {
            // A new record has no lines that could go.
            commands.retain(|c| *c != Command::Clear && *c != Command::Set(Vec::new()));
            if commands.iter().any(|c| !matches!(c, Command::Create(_))) {
                self.write_lines(model, field, &[id], commands)?;
                continue;
            }
            for command in commands {
                if let Command::Create(maps) = command {
                    fresh.extend(maps.into_iter().map(|map| with(map, inverse, id)));
                }
            }
        }
        if !fresh.is_empty() {
            self.create(&reg.target(field)?.name, fresh)?;
        }
        Ok(())
    }

    fn write_links_new(&mut self, field: &Field, commands: Vec<(Id, Vec<Command>)>) -> Result<()> {
        let reg = self.registry();
        let target = reg.target(field)?;
        let Some(rel) = &field.m2m else { return Ok(()) };
        let (mut pairs, mut fresh, mut owners) = (Vec::new(), Vec::new(), Vec::new());
        for (id, commands) in commands {
            let mut own: Vec<Id> = Vec::new();
            for command in commands {
                match command {
                    Command::Create(maps) => {
                        owners.extend(maps.iter().map(|_| Some(id)));
                        fresh.extend(maps);
                    }
                    Command::Update(other, map) => self.write(&target.name, &[other], map)?,
                    Command::Delete(others) => self.unlink(&target.name, &others)?,
                    Command::Link(others) => own.extend(others),
                    Command::Unlink(others) => own.retain(|known| !others.contains(known)),
                    Command::Clear | Command::Set(_) => {
                        // Records made before it stay, unlinked.
                        owners.iter_mut().filter(|owner| **owner == Some(id)).for_each(|owner| *owner = None);
                        own = if let Command::Set(keep) = command { keep } else { Vec::new() };
                    }
                }
            }
            pairs.extend(own.into_iter().map(|other| (id, other)));
        }
        let mut linked: Vec<Id> = pairs.iter().map(|(_, other)| *other).collect();
        linked.sort_unstable();
        linked.dedup();
        if !linked.is_empty() {
            self.may_link(target, &linked)?;
        }
        if !fresh.is_empty() {
            let made = self.create(&target.name, fresh)?;
            pairs.extend(owners.into_iter().zip(made).filter_map(|(owner, id)| Some((owner?, id))));
        }
        self.insert_links(&rel.table, &rel.column1, &rel.column2, &pairs)
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
                Command::Create(maps) => {
                    for map in maps {
                        fresh.extend(ids.iter().map(|id| with(map.clone(), inverse, *id)));
                    }
                }
                Command::Update(line, map) => {
                    self.require(&target.name, &[line])?;
                    self.write(&target.name, &[line], map)?;
                }
                Command::Delete(lines) => {
                    self.require(&target.name, &lines)?;
                    self.unlink(&target.name, &lines)?;
                }
                Command::Unlink(lines) => self.detach(target, inverse, owned, &lines)?,
                Command::Link(lines) => {
                    self.require(&target.name, &lines)?;
                    self.write(&target.name, &lines, with(Map::new(), inverse, last))?;
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
                    self.write(&target.name, &new, with(Map::new(), inverse, last))?;
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
            Some(id) => Err(Error::missing_record(model, *id, self.uid())),
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
        let found: Vec<Id> = self.query_ids(sql)?;
        Ok(ids.iter().copied().filter(|id| found.contains(id)).collect())
    }

    fn write_links(&mut self, field: &Field, ids: &[Id], commands: Vec<Command>) -> Result<()> {
        let reg = self.registry();
        let target = reg.target(field)?;
        let Some(rel) = &field.m2m else { return Ok(()) };
        for command in commands {
            match command {
                Command::Create(maps) => {
                    let made = self.create(&target.name, maps)?;
                    self.link(rel, ids, &made)?;
                }
                Command::Update(id, map) => self.write(&target.name, &[id], map)?,
                Command::Delete(gone) => self.unlink(&target.name, &gone)?,
                Command::Unlink(gone) => self.cut(rel, ids, &Sql::lit(" = ANY(").push_bind(Bind::ids(&gone)).push(")"))?,
                Command::Link(new) => {
                    self.may_link(target, &new)?;
                    self.link(rel, ids, &new)?;
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
        let pairs: Vec<(Id, Id)> = ids.iter().flat_map(|id| targets.iter().map(|target| (*id, *target))).collect();
        self.insert_links(&rel.table, &rel.column1, &rel.column2, &pairs)
    }

    /// Adds pairs to a relation table; those that are there already stay.
    pub fn insert_links(&mut self, table: &str, left: &str, right: &str, pairs: &[(Id, Id)]) -> Result<()> {
        if pairs.is_empty() {
            return Ok(());
        }
        let (lefts, rights): (Vec<Id>, Vec<Id>) = pairs.iter().copied().unzip();
        let sql = Sql::lit("INSERT INTO ")
            .push_ident(table)
            .push(" (")
            .push_ident(left)
            .push(", ")
            .push_ident(right)
            .push(") SELECT * FROM unnest(")
            .push_bind(Bind::ids(&lefts))
            .push("::int4[], ")
            .push_bind(Bind::ids(&rights))
            .push("::int4[]) ON CONFLICT DO NOTHING");
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

/// Values of a line, with its parent.
fn with(mut map: Map, inverse: &str, parent: Id) -> Map {
    map.insert(inverse.to_owned(), Value::from(parent));
    map
}
