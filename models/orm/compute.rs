//! Computed fields: what waits for recomputation, and how it is done set by set.

use std::collections::{BTreeSet, HashMap};

use crate::declare::Compute;
use crate::dirty::Dirty;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::registry::triggers::Trigger;
use crate::registry::{Field, Kind, Model, Registry};
use crate::sql::{Bind, Sql};
use crate::value::{Id, Value};

/// What a compute function fills.
#[derive(Debug, Default)]
pub struct Computed {
    values: HashMap<&'static str, HashMap<Id, Value>>,
    model: String,
}

impl Computed {
    /// For the records of a model.
    pub(crate) fn of(model: &str) -> Self {
        Computed { model: model.to_owned(), ..Computed::default() }
    }

    /// The model whose records they are (for computes that serve many).
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Sets the value of a field of a record.
    pub fn set(&mut self, field: &'static str, id: Id, value: impl Into<Value>) {
        self.values.entry(field).or_default().insert(id, value.into());
    }

    /// Sets the same value for all records.
    pub fn set_all(&mut self, field: &'static str, ids: &[Id], value: impl Into<Value>) {
        let value = value.into();
        self.values.entry(field).or_default().extend(ids.iter().map(|id| (*id, value.clone())));
    }

    /// Sets whether each record is among those that were found.
    pub fn set_found(&mut self, field: &'static str, ids: &[Id], found: &[Id]) {
        ids.iter().for_each(|id| self.set(field, *id, found.contains(id)));
    }

    /// Takes the value of a field of a record.
    pub fn get(&self, field: &str, id: Id) -> Option<&Value> {
        self.values.get(field)?.get(&id)
    }
}

/// Stored computed fields that wait.
#[derive(Debug, Default)]
pub struct Pending {
    pub(crate) groups: HashMap<usize, BTreeSet<Id>>,
    /// Values that a caller gave explicitly: not to be overwritten.
    protected: HashMap<String, HashMap<String, BTreeSet<Id>>>,
    /// Made and not written yet.
    pub(crate) dirty: Dirty,
    /// Records that no other record can refer to yet.
    fresh: Option<(String, BTreeSet<Id>)>,
    /// Records with a chatter that this transaction made.
    made: HashMap<String, BTreeSet<Id>>,
    /// Computations that wait for others flush within a flush.
    depth: u32,
}

impl Pending {
    pub(crate) fn clear(&mut self) {
        *self = Pending::default();
    }

    /// Whether a value was given and stays.
    pub(crate) fn is_protected(&self, model: &str, field: &str, id: Id) -> bool {
        self.protected.get(model).and_then(|fields| fields.get(field)).is_some_and(|ids| ids.contains(&id))
    }

    /// Keeps in mind that this transaction made records.
    pub(crate) fn keep_made(&mut self, model: &str, ids: &[Id]) {
        self.made.entry(model.to_owned()).or_default().extend(ids.iter().copied());
    }

    /// The transaction is over.
    pub(crate) fn forget_made(&mut self) {
        self.made.clear();
    }

    /// Nothing waits.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}

impl Env {
    /// Whether this transaction made a record with a chatter: what happens to it until the end is part of its making.
    pub fn was_made(&self, model: &str, id: Id) -> bool {
        self.pending.made.get(model).is_some_and(|made| made.contains(&id))
    }

    /// Marks what follows from a change of fields of records. Reads the database only for other models' records.
    pub(crate) fn mark_changed(&mut self, model: &str, fields: &[&str], ids: &[Id]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        self.known.forget(model, fields);
        self.mark_watched(model, fields, ids);
        let reg = self.registry();
        let mut triggers: Vec<&Trigger> = Vec::new();
        for field in fields {
            for trigger in reg.triggers.of(model, field) {
                if !triggers.contains(&trigger) {
                    triggers.push(trigger);
                }
            }
        }
        let fresh = self.pending.fresh.as_ref().is_some_and(|(name, fresh)| name == model && ids.iter().all(|id| fresh.contains(id)));
        for trigger in triggers {
            let Some(group) = reg.triggers.groups.get(trigger.group) else { continue };
            let path = if fresh { before_fresh(&reg, model, &group.model, &trigger.path) } else { Some(trigger.path.as_slice()) };
            let Some(path) = path else { continue };
            let reached = if path.is_empty() { ids.to_vec() } else { self.reach_back(&group.model, path, ids)? };
            self.mark(trigger.group, &reached);
        }
        Ok(())
    }

    fn mark_watched(&mut self, model: &str, fields: &[&str], ids: &[Id]) {
        let declared = self.declared();
        let watches = declared.get(model).map(|declared| declared.watches.as_slice()).unwrap_or_default();
        for (number, (watched, _)) in watches.iter().enumerate() {
            if fields.iter().any(|field| watched.contains(field)) {
                self.watched.entry((model.to_owned(), number)).or_default().extend(ids.iter().copied());
            }
        }
    }

    /// Runs `work` while nothing refers to new records but they themselves: what is theirs reaches no others.
    pub(crate) fn while_fresh<T>(&mut self, model: &str, ids: &[Id], work: impl FnOnce(&mut Env) -> Result<T>) -> Result<T> {
        let before = self.pending.fresh.replace((model.to_owned(), ids.iter().copied().collect()));
        let result = work(self);
        self.pending.fresh = before;
        result
    }

    /// Tells the kernel that code changed stored fields of records by a statement of its own.
    pub fn changed(&mut self, model: &str, fields: &[&str], ids: &[Id]) -> Result<()> {
        let reg = self.registry();
        self.cache.forget_changed(&reg, model, fields, ids);
        self.mark_changed(model, fields, ids)
    }

    fn mark(&mut self, group: usize, ids: &[Id]) {
        if !ids.is_empty() {
            self.pending.groups.entry(group).or_default().extend(ids.iter().copied().filter(|id| *id > 0));
        }
    }

    /// Marks every stored computation of new records.
    pub(crate) fn mark_new(&mut self, model: &str, ids: &[Id]) {
        let reg = self.registry();
        for group in reg.triggers.groups_of(model) {
            self.mark(*group, ids);
        }
    }

    /// Keeps explicitly given values of computed fields.
    pub(crate) fn protect(&mut self, model: &str, field: &str, ids: &[Id]) {
        let fields = self.pending.protected.entry(model.to_owned()).or_default();
        fields.entry(field.to_owned()).or_default().extend(ids.iter().copied());
    }

    /// Records of `model` whose path of relational fields leads to `ids`.
    fn reach_back(&mut self, model: &str, path: &[String], ids: &[Id]) -> Result<Vec<Id>> {
        let reg = self.registry();
        let mut steps: Vec<(&Model, &Field)> = Vec::new();
        let mut at = reg.model(model)?;
        for name in path {
            let field = at.field(name)?;
            steps.push((at, field));
            at = reg.target(field)?;
        }
        let mut set = Sql::lit("= ANY(").push_bind(Bind::ids(ids)).push(")");
        for (model, field) in steps.into_iter().rev() {
            let inner = match field.kind {
                Kind::Many2one if field.is_column() => {
                    Sql::lit("SELECT id FROM ").push_ident(&model.table).push(" WHERE ").push_ident(&field.name).push(" ").push_sql(set)
                }
                Kind::One2many => {
                    let (target, inverse) = (reg.target(field)?, field.relation_field.as_deref().unwrap_or("id"));
                    if !target.fields.get(inverse).is_some_and(Field::is_column) {
                        return Ok(Vec::new());
                    }
                    Sql::lit("SELECT ").push_ident(inverse).push(" FROM ").push_ident(&target.table).push(" WHERE id ").push_sql(set)
                }
                Kind::Many2many => {
                    let Some(rel) = &field.m2m else { return Ok(Vec::new()) };
                    Sql::lit("SELECT ")
                        .push_ident(&rel.column1)
                        .push(" FROM ")
                        .push_ident(&rel.table)
                        .push(" WHERE ")
                        .push_ident(&rel.column2)
                        .push(" ")
                        .push_sql(set)
                }
                _ => return Ok(Vec::new()),
            };
            set = Sql::lit("IN (").push_sql(inner).push(")");
        }
        let query = Sql::lit("SELECT id FROM ").push_ident(&reg.model(model)?.table).push(" WHERE id ").push_sql(set);
        let rows = self.query(query)?;
        Ok(rows.iter().filter_map(|r| r.int(0)).collect())
    }

    /// Recomputes what waits, lowest rank first, until nothing does, and writes it.
    pub fn flush(&mut self) -> Result<()> {
        self.pending.depth += 1;
        let result = self.recompute_pending();
        self.pending.depth -= 1;
        result?;
        if self.pending.depth == 0 {
            self.pending.protected.clear();
            self.write_dirty()?;
        }
        Ok(())
    }

    fn recompute_pending(&mut self) -> Result<()> {
        let (reg, declared) = (self.registry(), self.declared());
        let mut rounds = 0;
        while !self.pending.groups.is_empty() {
            rounds += 1;
            if rounds > 1000 {
                return Err(Error::internal("recomputation does not come to an end"));
            }
            let next = self.pending.groups.keys().copied().min_by_key(|g| (reg.triggers.groups.get(*g).map_or(0, |x| x.rank), *g));
            let Some(number) = next else { break };
            let ids: Vec<Id> = self.pending.groups.remove(&number).unwrap_or_default().into_iter().collect();
            let Some(group) = reg.triggers.groups.get(number) else { continue };
            let model = reg.model(&group.model)?;
            let fields: Vec<&str> = group.fields.iter().map(String::as_str).collect();
            let compute = fields.first().and_then(|first| declared.get(&model.name)?.compute_of(first));
            let changes = match compute {
                Some(compute) => vec![(fields, self.recompute(model, &group.fields, compute, &ids)?)],
                None => self.recompute_mirrored(model, group, ids)?,
            };
            for (fields, changed) in changes.iter().filter(|(_, changed)| !changed.is_empty()) {
                self.cache.forget_derived(&reg);
                self.mark_changed(&group.model, fields, changed)?;
            }
        }
        Ok(())
    }

    /// Computes and stores one group; answers the records whose values changed.
    fn recompute(&mut self, model: &Model, fields: &[String], compute: &Compute, ids: &[Id]) -> Result<Vec<Id>> {
        let mut out = Computed::of(&model.name);
        self.sudo(|env| (compute.run)(env, ids, &mut out))?;
        let mut columns = Vec::new();
        for name in fields {
            let field = model.field(name)?;
            if field.is_column() {
                columns.push(field);
            } else if field.kind.is_x2many() {
                self.store_x2many(model, field, &out)?;
            }
        }
        self.store_columns(model, &columns, ids, &out)
    }

    fn store_x2many(&mut self, model: &Model, field: &Field, out: &Computed) -> Result<()> {
        let values: Vec<(Id, Value)> =
            out.values.get(field.name.as_str()).map(|m| m.iter().map(|(k, v)| (*k, v.clone())).collect()).unwrap_or_default();
        for (id, value) in values {
            self.write_x2many(model, field, &[id], &Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), value])]))?;
        }
        Ok(())
    }
}

/// What is left of a path that leads to new records of `to`, without the steps by which only they refer to themselves.
/// `None` when nothing can lead there.
fn before_fresh<'a>(reg: &Registry, to: &str, from: &str, path: &'a [String]) -> Option<&'a [String]> {
    let mut holders = Vec::with_capacity(path.len());
    let mut at = reg.model(from).ok()?;
    for name in path {
        let field = at.fields.get(name)?;
        holders.push((at.name.as_str(), field.kind));
        at = reg.target(field).ok()?;
    }
    let mut left = path.len();
    while let Some((holder, kind)) = left.checked_sub(1).and_then(|last| holders.get(last)) {
        if *kind == Kind::One2many {
            break;
        }
        if *holder != to {
            return None;
        }
        left -= 1;
    }
    path.get(..left)
}
