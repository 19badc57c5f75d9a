//! Work in the background: provisioning jobs as they are queued, scheduled actions as they are due.
//!
//! Several processes may do both on one database: jobs are leased, scheduled actions are locked.

pub mod runner;
pub mod scheduler;

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use lastmile_orm::{Database, Result};

use self::runner::Runner;
use self::scheduler::Scheduler;
use crate::mail::Postman;
use crate::provisioning::Provisioner;

/// The background threads of this process.
pub struct Background {
    runner: Runner,
    scheduler: Scheduler,
    postman: Postman,
}

impl Background {
    /// Starts the threads; with `threads` 0 there is no background work at all.
    pub fn start(db: &Arc<Database>, provisioner: &Arc<Provisioner>, wake: Receiver<()>, threads: usize) -> Result<Option<Self>> {
        if threads == 0 {
            return Ok(None);
        }
        let runner = Runner::start(Arc::clone(db), Arc::clone(provisioner), wake)?;
        let scheduler = Scheduler::start(db, threads.saturating_sub(1).max(1))?;
        let postman = Postman::start(db)?;
        Ok(Some(Background { runner, scheduler, postman }))
    }

    /// Takes on nothing new and waits for what is in flight.
    pub fn stop(self) {
        self.postman.stop();
        self.scheduler.stop();
        self.runner.stop();
    }
}
