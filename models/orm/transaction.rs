//! Transactions of an environment: how they begin, end, are tried again, and what is done outside of them.

use diesel::connection::SimpleConnection;

use crate::declare::Touch;
use crate::env::{Env, Stage};
use crate::error::{Error, Result};
use crate::patience;
use crate::sql::{exec, sql};

/// Writing calls run many small statements that name their rows by id. Each is planned once a connection: planned anew for
/// every list of ids, wide joins take longer to plan than to run.
const BEGIN_WRITING: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL plan_cache_mode = force_generic_plan";

impl Env {
    /// Does what takes as long as others please: speaks to routers, to mail servers. Meanwhile the pool has the
    /// connection.
    ///
    /// # Errors
    /// An internal error inside a transaction: it would stay open for as long, and what was done outside could not be
    /// undone with it.
    pub fn outside<T>(&mut self, work: impl FnOnce() -> T) -> Result<T> {
        if self.stage != (Stage::Open { lazy: false }) || !self.pending.dirty.is_empty() {
            return Err(Error::internal("others are not spoken to inside a transaction"));
        }
        self.conn = None;
        Ok(work())
    }

    pub(crate) fn begin_if_lazy(&mut self) -> Result<()> {
        if self.stage == (Stage::Open { lazy: true }) {
            self.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
            self.stage = Stage::Begun;
            self.snapshot = true;
        }
        Ok(())
    }

    pub(crate) fn batch(&mut self, text: &str) -> Result<()> {
        self.conn()?.batch_execute(text).map_err(|e| exec::explain(e, Some(&self.reg)))
    }

    pub(crate) fn begin(&mut self) -> Result<()> {
        if self.stage != Stage::Outer {
            self.hold_wanted()?;
            self.batch(BEGIN_WRITING)?;
            self.stage = Stage::Begun;
            self.snapshot = false;
        }
        Ok(())
    }

    /// Ends the transaction. Notifications are part of it; caches fall and after-commit work runs once it is done.
    pub(crate) fn commit(&mut self) -> Result<()> {
        self.flush()?;
        self.tell_watches()?;
        self.notify_touched()?;
        if self.stage == Stage::Begun {
            let ended = self.batch("COMMIT");
            self.stage = Stage::Open { lazy: false };
            self.let_go(false);
            // Reads can be run again, writes may have been kept.
            if self.snapshot { ended? } else { ended.map_err(patience::for_good)? }
        }
        self.cache.clear();
        self.known.clear();
        self.pending.forget_made();
        let touched = std::mem::take(&mut self.touched);
        if !touched.is_empty() {
            let db = self.database();
            match self.conn().and_then(|conn| db.reload(&touched, conn)) {
                // The notification is on its way.
                Err(Error::Lost(error)) => tracing::warn!(%error, "caches could not be renewed after a commit"),
                done => done?,
            }
            self.reg = self.db.registry();
        }
        for work in std::mem::take(&mut self.after_commit) {
            work();
        }
        Ok(())
    }

    pub(crate) fn rollback(&mut self) {
        if self.stage == Stage::Begun {
            if let Err(error) = self.batch("ROLLBACK") {
                tracing::debug!(%error, "rollback failed; the connection is given up by the pool");
            }
            self.stage = Stage::Open { lazy: false };
        }
        self.let_go(true);
        self.cache.clear();
        self.known.clear();
        self.pending.clear();
        self.touched.clear();
        self.watched.clear();
        self.after_commit.clear();
        self.notifications.clear();
    }

    /// Tells those who watch what changed, until nothing changes any more.
    fn tell_watches(&mut self) -> Result<()> {
        while let Some(((model, number), ids)) = self.watched.pop_first() {
            let run = self.declared().get(&model).and_then(|declared| declared.watches.get(number)).map(|(_, run)| *run);
            let ids: Vec<crate::value::Id> = ids.into_iter().collect();
            if let Some(run) = run {
                self.sudo(|env| run(env, &ids))?;
                self.flush()?;
            }
        }
        Ok(())
    }

    fn notify_touched(&mut self) -> Result<()> {
        let mut all = std::mem::take(&mut self.notifications);
        for touch in &self.touched {
            all.push(("lastmile_cache", format!("{touch:?}")));
        }
        for (channel, payload) in all {
            let sql = sql!("SELECT pg_notify({channel}, {payload})");
            self.execute(&sql)?;
        }
        Ok(())
    }

    /// One committed transaction of a detached method: retried when it meets another one.
    pub fn transaction<T>(&mut self, mut work: impl FnMut(&mut Env) -> Result<T>) -> Result<T> {
        if self.stage != (Stage::Open { lazy: false }) {
            // Already inside one (tests, nested calls): its owner commits.
            let result = work(self)?;
            self.flush()?;
            return Ok(result);
        }
        let result = crate::database::retrying(|| {
            self.begin()?;
            let result = work(self).and_then(|value| self.commit().map(|()| value));
            if result.is_err() {
                self.rollback();
            }
            result
        });
        self.exclusive.carried();
        result
    }

    /// One committed transaction in which each statement sees what others have committed by then (READ COMMITTED): for
    /// claims, which decide after they hold a lock. It is not run again.
    ///
    /// # Errors
    /// An internal error inside another transaction, whose snapshot is older than the lock.
    pub fn locking<T>(&mut self, work: impl FnOnce(&mut Env) -> Result<T>) -> Result<T> {
        if self.stage != (Stage::Open { lazy: false }) {
            return Err(Error::internal("a claim is a transaction of its own"));
        }
        self.batch("BEGIN ISOLATION LEVEL READ COMMITTED")?;
        self.stage = Stage::Begun;
        self.exclusive.fresh = true;
        let result = work(self).and_then(|value| self.commit().map(|()| value));
        if result.is_err() {
            self.rollback();
        }
        result
    }

    /// Undoes the statements of `work` when it fails; the transaction goes on.
    pub fn savepoint<T>(&mut self, work: impl FnOnce(&mut Env) -> Result<T>) -> Result<T> {
        self.begin_if_lazy()?;
        self.batch("SAVEPOINT lastmile")?;
        let (later, told) = (self.after_commit.len(), self.notifications.len());
        let result = work(self).and_then(|value| self.flush().map(|()| value));
        match result {
            Ok(value) => self.batch("RELEASE SAVEPOINT lastmile").map(|()| value),
            Err(error) => {
                self.batch("ROLLBACK TO SAVEPOINT lastmile; RELEASE SAVEPOINT lastmile")?;
                self.cache.clear();
                self.known.clear();
                self.pending.clear();
                self.after_commit.truncate(later);
                self.notifications.truncate(told);
                if self.touched.contains(&Touch::Registry) {
                    // What was undone may have been a field or a model.
                    self.reg = self.database().fresh_registry(self.conn()?)?;
                }
                Err(error)
            }
        }
    }
}
