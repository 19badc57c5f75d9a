//! Look-ups that the parts of a call repeat: kept until something that they were read from changes.
//!
//! What code reads by statements of its own (journals, rates, what is open of items) has no place in the cache of fields.
//! A look-up names the models it reads, or single fields of them; a change of these, a roll-back, the end of the
//! transaction and [`Env::invalidate`] make the next one read again.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt::Display;
use std::sync::Arc;

use crate::env::Env;
use crate::error::Result;

/// What is known, by its type and what was asked for.
#[derive(Default)]
pub(crate) struct Known {
    facts: HashMap<(TypeId, String), Fact>,
}

struct Fact {
    /// Models, or `model.field`.
    of: &'static [&'static str],
    value: Arc<dyn Any + Send + Sync>,
}

impl Known {
    pub(crate) fn clear(&mut self) {
        self.facts.clear();
    }

    /// Forgets what was read from fields of a model.
    pub(crate) fn forget(&mut self, model: &str, fields: &[&str]) {
        let touched = |of: &&str| match of.strip_prefix(model) {
            Some("") => true,
            Some(rest) => rest.strip_prefix('.').is_some_and(|field| fields.contains(&field)),
            None => false,
        };
        self.facts.retain(|_, fact| !fact.of.iter().any(touched));
    }
}

impl Env {
    /// Answers a look-up, from what is known when it was asked before. `asked` tells look-ups of the same type apart:
    /// everything that the answer depends on and that is no record (ids, language, company) is in it.
    ///
    /// # Errors
    /// What `load` answers.
    pub fn known<T: Any + Send + Sync>(
        &mut self,
        asked: impl Display,
        of: &'static [&'static str],
        load: impl FnOnce(&mut Env) -> Result<T>,
    ) -> Result<Arc<T>> {
        let key = (TypeId::of::<T>(), asked.to_string());
        if let Some(found) = self.known.facts.get(&key).and_then(|fact| Arc::clone(&fact.value).downcast::<T>().ok()) {
            return Ok(found);
        }
        let value = Arc::new(load(self)?);
        self.known.facts.insert(key, Fact { of, value: Arc::clone(&value) as Arc<dyn Any + Send + Sync> });
        Ok(value)
    }
}
