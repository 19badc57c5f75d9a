//! Work of a call that takes long and needs no database, such as hashing a password.
//!
//! Nobody holds a connection while it is done: the call ends with [`Error::Slow`](crate::Error::Slow), its transaction
//! is taken back, the work is done, and the call runs again with the results at hand ([`Database::run`](crate::Database::run)).
//! A call therefore asks for it before anything that could not be taken back.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Result};

/// One piece of work. The same call may need it again after a conflict: it keeps nothing outside of its result.
pub type Work = Arc<dyn Fn() -> Result<String> + Send + Sync>;

/// Work that a call waits for, by names that are unique within the call. Names may hold secrets: they are never shown.
#[derive(Clone)]
pub struct Slow(Vec<(String, Work)>);

impl fmt::Debug for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slow({} pieces)", self.0.len())
    }
}

impl PartialEq for Slow {
    fn eq(&self, other: &Slow) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(a, b)| a.0 == b.0)
    }
}

/// The results of a call's slow work; they live as long as the call.
#[derive(Default)]
pub(crate) struct Results(HashMap<String, String>);

impl Results {
    /// Does the work.
    ///
    /// # Errors
    /// Those of the work. The call ends with them.
    pub(crate) fn add(&mut self, slow: &Slow) -> Result<()> {
        for (name, work) in &slow.0 {
            if !self.0.contains_key(name) {
                self.0.insert(name.clone(), work()?);
            }
        }
        Ok(())
    }
}

impl crate::Env {
    /// The results of slow work, in its order. Where nobody runs the call again (commands, scheduled actions) it is done at once.
    ///
    /// # Errors
    /// [`Error::Slow`] when something is still to do, and those of work that is done at once.
    pub fn slowly(&mut self, wanted: &[(String, Work)]) -> Result<Vec<String>> {
        let Some(done) = &self.slow else { return wanted.iter().map(|(_, work)| work()).collect() };
        let found: Option<Vec<String>> = wanted.iter().map(|(name, _)| done.0.get(name).cloned()).collect();
        found.ok_or_else(|| Error::Slow(Slow(wanted.to_vec())))
    }
}
