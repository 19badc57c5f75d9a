//! The port through which models reach the outside. The program implements it and registers it with the database
//! ([`lastmile_orm::Database::set_port`]); models know nothing of sockets.

use std::sync::Arc;

use lastmile_orm::{Env, Id, Result};

use crate::mail::server::Server;

/// What became of one job.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub job: Id,
    /// `Err`: the message for the job's `error_message` and for whoever called.
    pub result: std::result::Result<(), String>,
}

/// A hotspot session as a router shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeenSession {
    pub username: String,
    pub mac: String,
    pub ip: String,
    /// `1h2m3s`.
    pub uptime: String,
    pub bytes_in: f64,
    pub bytes_out: f64,
}

/// What each router says, or why it says nothing.
pub type Sessions = Vec<(Id, std::result::Result<Vec<SeenSession>, String>)>;

/// Work outside the database. What takes as long as others please is done [`outside`](Env::outside), so inside a
/// transaction each of these fails.
pub trait Effects: Send + Sync {
    /// Runs claimed jobs against their routers, router by router; one outcome a job, in any order.
    fn run_jobs(&self, env: &mut Env, jobs: &[Id]) -> Result<Vec<Outcome>>;

    /// The live hotspot sessions of routers.
    fn hotspot_sessions(&self, _env: &mut Env, _routers: &[Id]) -> Result<Sessions> {
        Ok(Vec::new())
    }

    /// Sends mails of the queue: the given ones now, else what is due. Answers how many were handed over.
    fn send_mails(&self, _env: &mut Env, _ids: Option<&[Id]>) -> Result<usize> {
        Ok(0)
    }

    /// Whether a mail server lets us in; the reason when not.
    fn check_mail_server(&self, _env: &mut Env, _server: &Server) -> Result<std::result::Result<(), String>> {
        Ok(Err("There is no way out.".into()))
    }
}

/// The registered port.
pub struct Port(pub Arc<dyn Effects>);
