//! The port through which models reach the outside. The program implements it and registers it with the database
//! ([`lastmile_orm::Database::set_port`]); models know nothing of sockets.

use std::sync::Arc;

use lastmile_orm::{Env, Id, Result};

/// What became of one job.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub job: Id,
    /// `Err`: the message for the job's `error_message` and for whoever called.
    pub result: std::result::Result<(), String>,
}

/// Work outside the database. Called outside any transaction.
pub trait Effects: Send + Sync {
    /// Runs claimed jobs against their routers, router by router; one outcome a job, in any order.
    fn run_jobs(&self, env: &mut Env, jobs: &[Id]) -> Result<Vec<Outcome>>;
}

/// The registered port.
pub struct Port(pub Arc<dyn Effects>);
