//! Models whose rows follow the rights of other records: no rule text can say who may use them, so code does.
//!
//! The guard works wherever rules do: rows that a search finds are left out, rows that are named raise.

use crate::access::Operation;
use crate::domain::{Domain, translate};
use crate::env::Env;
use crate::error::Result;
use crate::registry::Model;
use crate::sql::Sql;
use crate::value::Id;

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
    pub(crate) fn guarded(&mut self, model: &Model, domain: &Domain) -> Result<Option<Domain>> {
        let Some(guard) = self.guard_of(model) else { return Ok(None) };
        let domain = (guard.narrow)(domain.clone());
        let mut select = translate::search(self, model, &domain)?.into_select();
        select.columns.push(Sql::column("t0", "id"));
        let all: Vec<Id> = self.query(select.into_sql())?.iter().filter_map(|row| row.int(0)).collect();
        let seen = (guard.allowed)(self, &all, Operation::Read)?;
        Ok(Some(if seen.len() == all.len() { domain } else { domain.and(Domain::in_ids("id", &seen)) }))
    }
}
