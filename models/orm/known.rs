//! Look-ups that the parts of a call repeat: kept until something that they were read from changes.
//!
//! What code reads by statements of its own (journals, rates, what is open of items) has no place in the cache of fields.
//! A look-up names the models it reads, or single fields of them; a change of these, a roll-back, the end of the
//! transaction and `Env::invalidate` make the next one read again.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

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

    /// What was answered to the same question.
    pub(crate) fn get<T: Any + Send + Sync>(&self, asked: &str) -> Option<Arc<T>> {
        let fact = self.facts.get(&(TypeId::of::<T>(), asked.to_owned()))?;
        Arc::clone(&fact.value).downcast::<T>().ok()
    }

    /// Keeps an answer that was read of models or single fields.
    pub(crate) fn keep<T: Any + Send + Sync>(&mut self, asked: String, of: &'static [&'static str], value: T) -> Arc<T> {
        let value = Arc::new(value);
        self.facts.insert((TypeId::of::<T>(), asked), Fact { of, value: Arc::clone(&value) as Arc<dyn Any + Send + Sync> });
        value
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
