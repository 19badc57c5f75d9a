//! What one transaction at a time may do, decided by what the others have committed: numbers without gaps.
//!
//! A transaction that writes sees the database as it was at its first statement. A lock taken later says that nobody
//! else is at it now, not that nobody was meanwhile. So it is tried without waiting first: whoever gets it goes on, and
//! should somebody have been there between the snapshot and the lock, a unique index refuses what they took already.
//! In either case the transaction begins again, and takes the lock *before* its snapshot: a lock of the session, waited
//! for outside any transaction, given back when the transaction is over. The second run sees all that was committed.
//! Locks are taken in one order and never waited for inside a transaction, so that nobody waits for each other.

use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::sql::{Bind, exec, sql};

/// What a transaction holds and what its next run is to hold.
#[derive(Debug, Default)]
pub(crate) struct Exclusive {
    /// Held since before the snapshot.
    held: BTreeSet<i64>,
    /// Got without waiting, after the snapshot.
    tried: BTreeSet<i64>,
    /// For the next run.
    wanted: BTreeSet<i64>,
    /// Each statement sees what was committed: locks can be waited for inside the transaction.
    pub(crate) fresh: bool,
}

impl Exclusive {
    /// What the next run of the call takes along.
    pub(crate) fn carried(&mut self) -> BTreeSet<i64> {
        let mut keys = std::mem::take(&mut self.wanted);
        keys.extend(self.held.iter().copied());
        keys
    }

    pub(crate) fn want(&mut self, keys: BTreeSet<i64>) {
        self.wanted.extend(keys);
    }
}

impl crate::Env {
    /// Until the end of the transaction nobody else is at what the keys stand for, and what is read now is what the last
    /// one left, or else a unique index says so and the transaction is run again.
    ///
    /// # Errors
    /// A conflict when somebody is at it: the transaction is to be run again, then with the locks.
    pub fn exclusively(&mut self, keys: &[i64]) -> Result<()> {
        let known = &self.exclusive;
        let missing: BTreeSet<i64> = keys.iter().copied().filter(|key| !known.held.contains(key) && !known.tried.contains(key)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let list = Bind::Bigs(missing.iter().copied().map(Some).collect());
        if self.exclusive.fresh {
            self.query(sql!("SELECT pg_advisory_xact_lock(k) FROM (SELECT k FROM unnest({list}::int8[]) k ORDER BY 1) o"))?;
            self.exclusive.held.extend(missing);
            return Ok(());
        }
        let rows = self.query(sql!("SELECT pg_try_advisory_xact_lock(k) FROM (SELECT k FROM unnest({list}::int8[]) k ORDER BY 1) o"))?;
        if rows.iter().all(|row| row.bool(0) == Some(true)) {
            self.exclusive.tried.extend(missing);
            return Ok(());
        }
        Err(self.again(missing, "somebody else is numbering"))
    }

    /// The next run has these locks and those of this one before it begins.
    fn again(&mut self, keys: BTreeSet<i64>, why: &str) -> Error {
        let known = &mut self.exclusive;
        known.wanted.extend(keys);
        known.wanted.extend(std::mem::take(&mut known.tried));
        known.wanted.extend(known.held.iter().copied());
        Error::Conflict(why.to_owned())
    }

    /// A unique index refused what was decided under a lock that is younger than the snapshot.
    pub(crate) fn overtaken(&mut self, error: Error) -> Error {
        if self.exclusive.tried.is_empty() { error } else { self.again(BTreeSet::new(), &error.to_string()) }
    }

    /// Takes the locks that an earlier run asked for, before the transaction begins.
    pub(crate) fn hold_wanted(&mut self) -> Result<()> {
        let wanted = self.exclusive.carried();
        if wanted.is_empty() {
            return Ok(());
        }
        let list = Bind::Bigs(wanted.iter().copied().map(Some).collect());
        let sql = sql!("SELECT pg_advisory_lock(k) FROM (SELECT k FROM unnest({list}::int8[]) k ORDER BY 1) o");
        // Also when it fails half way: whatever was taken is given back.
        self.exclusive.held = wanted;
        self.statements += 1;
        let taken = exec::query(self.conn()?, sql).map_err(|e| exec::explain(e, None));
        if let Err(error) = taken {
            self.let_go(false);
            return Err(error);
        }
        Ok(())
    }

    /// Gives the locks back: the transaction is over. One that failed would want the same again.
    pub(crate) fn let_go(&mut self, failed: bool) {
        let mut before = std::mem::take(&mut self.exclusive);
        if failed {
            self.exclusive.wanted = before.carried();
        }
        // Locks of the transaction ended with it.
        if before.held.is_empty() || before.fresh {
            return;
        }
        if self.conn.is_some()
            && let Err(error) = self.batch("SELECT pg_advisory_unlock_all()")
        {
            tracing::debug!(%error, "locks went with their connection");
        }
    }
}
