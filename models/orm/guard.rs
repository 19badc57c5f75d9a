//! Models whose rows follow the rights of other records: no rule text can say who may use them, so code does.
//!
//! The guard works wherever rules do: rows that a search finds are left out, rows that are named raise.

use crate::access::Operation;
use crate::domain::{Condition, Domain, Op, Operand, translate};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::registry::Model;
use crate::sql::Sql;
use crate::value::{Id, Value};

/// Who may use rows that follow the rights of other records.
#[derive(Clone, Copy)]
pub struct Guard {
    /// Those of the records that the caller may use so, in order.
    pub allowed: fn(&mut Env, &[Id], Operation) -> Result<Vec<Id>>,
    /// What a search leaves out unless it asks for it.
    pub narrow: fn(Domain) -> Domain,
}

impl Env {
    fn guard_of(&self, model: &Model) -> Option<Guard> {
        if self.su { None } else { self.db.declared().get(&model.name)?.guard }
    }

    /// AccessError when the guard of the model keeps one of the records from the caller; missing ones are passed over.
    pub(crate) fn check_guard(&mut self, model: &Model, ids: &[Id], operation: Operation) -> Result<()> {
        let Some(guard) = self.guard_of(model) else { return Ok(()) };
        let existing = self.existing(&model.name, ids)?;
        let allowed = (guard.allowed)(self, &existing, operation)?;
        if existing.iter().all(|id| allowed.contains(id)) { Ok(()) } else { Err(self.rule_error(model, operation)) }
    }

    /// Those of the records that the guard lets the caller read, in order.
    pub(crate) fn guarded_ids(&mut self, model: &Model, ids: Vec<Id>) -> Result<Vec<Id>> {
        match self.guard_of(model) {
            Some(guard) if !ids.is_empty() => (guard.allowed)(self, &ids, Operation::Read),
            _ => Ok(ids),
        }
    }

    /// The domain, narrowed to what the guard lets the caller find.
    ///
    /// Conditions on other models that lead into guarded ones become the ids that the caller may find there: they could
    /// tell, one guess at a time, what a hidden row holds.
    pub(crate) fn guarded(&mut self, model: &Model, domain: &Domain) -> Result<Option<Domain>> {
        let shielded = if self.su { None } else { self.shielded(model, domain)? };
        let Some(guard) = self.guard_of(model) else { return Ok(shielded) };
        let domain = (guard.narrow)(shielded.unwrap_or_else(|| domain.clone()));
        let mut select = translate::search(self, model, &domain)?.into_select();
        select.columns.push(Sql::column("t0", "id"));
        let all: Vec<Id> = self.query_ids(select.into_sql())?;
        let seen = (guard.allowed)(self, &all, Operation::Read)?;
        Ok(Some(if seen.len() == all.len() { domain } else { domain.and(Domain::in_ids("id", &seen)) }))
    }

    /// The domain with what leads into guarded models answered; `None`: nothing does.
    fn shielded(&mut self, model: &Model, domain: &Domain) -> Result<Option<Domain>> {
        let each = |env: &mut Self, parts: &[Domain]| -> Result<Option<Vec<Domain>>> {
            let found = parts.iter().map(|part| env.shielded(model, part)).collect::<Result<Vec<_>>>()?;
            if found.iter().all(Option::is_none) {
                return Ok(None);
            }
            Ok(Some(found.into_iter().zip(parts).map(|(new, old)| new.unwrap_or_else(|| old.clone())).collect()))
        };
        Ok(match domain {
            Domain::True | Domain::False => None,
            Domain::And(parts) => each(self, parts)?.map(Domain::And),
            Domain::Or(parts) => each(self, parts)?.map(Domain::Or),
            Domain::Not(inner) => self.shielded(model, inner)?.map(|inner| Domain::Not(Box::new(inner))),
            Domain::Cond(condition) => self.shielded_condition(model, condition)?,
        })
    }

    fn shielded_condition(&mut self, model: &Model, condition: &Condition) -> Result<Option<Domain>> {
        let reg = self.registry();
        let mut at = model;
        let steps: Vec<&str> = condition.field.split('.').collect();
        for (n, step) in steps.iter().enumerate() {
            // Unknown names and dates' parts are the translation's to refuse.
            let Some(field) = at.fields.get(*step).filter(|field| field.kind.is_relational()) else { return Ok(None) };
            let Ok(target) = reg.target(field) else { return Ok(None) };
            let (before, rest) = (steps.get(..=n).unwrap_or_default().join("."), steps.get(n + 1..).unwrap_or_default().join("."));
            let guarded = self.guard_of(target).is_some();
            if !rest.is_empty() {
                if guarded {
                    let inner = Domain::with(rest, condition.op, condition.operand.clone());
                    return self.found_there(target, &inner).map(|ids| Some(Domain::in_ids(before, &ids)));
                }
                at = target;
                continue;
            }
            let negative = if condition.op.is_negative() { Op::NotIn } else { Op::In };
            return match &condition.operand {
                Operand::Domain(inner) if guarded && !matches!(condition.op, Op::AnyBypass | Op::NotAnyBypass) => {
                    let ids = self.found_there(target, inner)?;
                    Ok(Some(Domain::cond(before, negative, Value::from(ids))))
                }
                Operand::Domain(inner) => {
                    let inner = self.shielded(target, inner)?;
                    Ok(inner.map(|inner| Domain::with(before, condition.op, Operand::Domain(inner))))
                }
                // A text against a relation is a name.
                Operand::Value(Value::Str(text)) if guarded && !text.is_empty() => {
                    let named = Domain::cond("display_name", condition.op.positive(), text.as_str());
                    let ids = self.found_there(target, &named)?;
                    Ok(Some(Domain::cond(before, negative, Value::from(ids))))
                }
                Operand::Value(Value::List(items)) if guarded && items.iter().any(|item| item.as_str().is_some()) => {
                    let (names, mut known): (Vec<Value>, Vec<Value>) = items.iter().cloned().partition(|item| item.as_str().is_some());
                    let named = Domain::cond("display_name", Op::In, Value::List(names));
                    known.extend(self.found_there(target, &named)?.into_iter().map(Value::from));
                    Ok(Some(Domain::cond(before, negative, Value::List(known))))
                }
                _ => Ok(None),
            };
        }
        Ok(None)
    }

    /// AccessError when a path leads through a guarded model: groups would show what its rows hold, whoever may read them.
    pub(crate) fn check_path(&self, model: &Model, path: &[String]) -> Result<()> {
        let reg = self.registry();
        let mut at = model;
        for step in path.split_last().map(|(_, steps)| steps).unwrap_or_default() {
            let Some(field) = at.fields.get(step).filter(|field| field.kind.is_relational()) else { return Ok(()) };
            at = reg.target(field)?;
            if self.guard_of(at).is_some() {
                return Err(self.rule_error(at, Operation::Read));
            }
        }
        Ok(())
    }

    /// What drafts link to, without what the caller may not read: a client chooses these ids, so that fields along the link
    /// would tell of any record. Links that the saved record has are told as they are of a saved record.
    pub(crate) fn shown_to_drafts(&mut self, model: &Model, link: &str, drafts: &[Id], found: &mut [Option<Id>]) -> Result<()> {
        if self.su {
            return Ok(());
        }
        let reg = self.registry();
        let target = reg.target(model.field(link)?)?;
        for (draft, slot) in drafts.iter().zip(found).filter(|(draft, _)| **draft < 0) {
            let Some(id) = slot.filter(|id| *id > 0) else { continue };
            if let Some(origin) = self.cache.origin(*draft)
                && self.sudo(|env| env.value(&model.name, link, origin))?.as_id() == Some(id)
            {
                continue;
            }
            if !self.reads(target, id)? {
                *slot = None;
            }
        }
        Ok(())
    }

    /// Whether the caller may read a record, asked once.
    fn reads(&mut self, target: &Model, id: Id) -> Result<bool> {
        let key = format!("\0readable{}", self.user.id);
        if let Some(known) = self.cache.get(&target.name, &key, id) {
            return Ok(known.truthy());
        }
        let may = self.may(&target.name, Operation::Read)?;
        let plain = self.rules(target, Operation::Read)? == Domain::True && self.guard_of(target).is_none();
        let reads = may
            && (plain
                || match self.check_records(&target.name, &[id], Operation::Read) {
                    Err(Error::Access(_)) => false,
                    other => other.map(|()| true)?,
                });
        self.cache.set(&target.name, &key, id, Value::Bool(reads));
        Ok(reads)
    }

    /// Ids of a guarded model that the caller finds.
    fn found_there(&mut self, target: &Model, domain: &Domain) -> Result<Vec<Id>> {
        self.search_all(&target.name, domain)
    }
}
