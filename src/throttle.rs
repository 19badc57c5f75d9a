//! Throttling of logins by source address and name, in `lastmile_login_attempt`: shared by all processes.
//!
//! The limits are the parameters that Odoo reads: `base.login_cooldown_after` (10 failures, 0 for no limit) and
//! `base.login_cooldown_duration` (60 seconds).

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use lastmile_models::base::credentials::LOGIN;
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::error::{Error, Result};
use lastmile_orm::sql::sql;
use lastmile_orm::{Database, Env, Tx};
use lastmile_rpc::Peer;
use sha2::{Digest, Sha256};

/// Names remembered as having failed; past it all of them are asked for in the database.
const MEMORY: usize = 10_000;

/// The counter of failures.
pub struct Throttle {
    db: Arc<Database>,
    /// Who failed in this process: calls of everybody else cost no statement.
    failed: Mutex<HashSet<(String, String)>>,
}

fn source(peer: &Peer) -> String {
    peer.addr.map(|a| a.to_string()).unwrap_or_default()
}

/// A login as it is counted: long ones, which no index could hold, by their hash.
fn name(login: &str) -> String {
    if login.len() <= LOGIN {
        return login.to_owned();
    }
    Sha256::digest(login.as_bytes()).iter().fold("sha256:".to_owned(), |text, b| text + &format!("{b:02x}"))
}

/// Failures before the pause, and its length in seconds.
fn limits(env: &mut Env) -> Result<(i64, i64)> {
    let found = env.parameters(&["base.login_cooldown_after", "base.login_cooldown_duration"])?;
    let number = |key: &str, default: i64| found.get(key).and_then(|v| v.trim().parse().ok()).unwrap_or(default);
    Ok((number("base.login_cooldown_after", 10), number("base.login_cooldown_duration", 60)))
}

impl Throttle {
    /// A counter over a database.
    pub fn new(db: Arc<Database>) -> Self {
        Throttle { db, failed: Mutex::default() }
    }

    /// AccessDenied while a name pauses. `always`: the database is asked even when nobody failed in this process.
    pub fn check(&self, peer: &Peer, login: &str, always: bool) -> Result<()> {
        let key = (source(peer), name(login));
        if !always && self.failed.lock().is_ok_and(|f| f.len() < MEMORY && !f.contains(&key)) {
            return Ok(());
        }
        let sql = sql!(
            "SELECT failures, extract(epoch FROM (now() AT TIME ZONE 'UTC') - last_failure)::float8
             FROM lastmile_login_attempt WHERE source = {source} AND login = {login}",
            source = key.0,
            login = key.1
        );
        let pausing = self.db.run(SUPERUSER, Tx::Read, |env| {
            let rows = env.query_alone(sql.clone())?;
            let Some(row) = rows.first() else { return Ok(false) };
            let (after, duration) = limits(env)?;
            let failures = i64::from(row.int(0).unwrap_or(0));
            #[expect(clippy::cast_precision_loss, reason = "seconds")]
            let recent = row.float(1).unwrap_or(f64::MAX) < duration as f64;
            Ok(after > 0 && failures >= after && recent)
        })?;
        if pausing { Err(Error::AccessDenied("Too many login failures, please wait a bit before trying again.".into())) } else { Ok(()) }
    }

    /// Counts a failure; an old series starts anew.
    pub fn failed(&self, peer: &Peer, login: &str) -> Result<()> {
        let key = (source(peer), name(login));
        self.db.run(SUPERUSER, Tx::Write, |env| {
            let (_, duration) = limits(env)?;
            let sql = sql!(
                "INSERT INTO lastmile_login_attempt AS a (source, login, failures, last_failure)
                 VALUES ({source}, {login}, 1, now() AT TIME ZONE 'UTC') ON CONFLICT (source, login) DO UPDATE
                 SET last_failure = EXCLUDED.last_failure, failures = CASE
                 WHEN a.last_failure < EXCLUDED.last_failure - make_interval(secs => {duration}::float8) THEN 1 ELSE
                 a.failures + 1 END",
                source = &key.0,
                login = &key.1
            );
            env.execute(&sql).map(|_| ())
        })?;
        if let Ok(mut failed) = self.failed.lock() {
            failed.insert(key);
        }
        Ok(())
    }

    /// A success ends the series.
    pub fn passed(&self, peer: &Peer, login: &str) -> Result<()> {
        let key = (source(peer), name(login));
        let known = self.failed.lock().is_ok_and(|mut f| f.remove(&key));
        if !known {
            return Ok(());
        }
        let sql = sql!("DELETE FROM lastmile_login_attempt WHERE source = {source} AND login = {login}", source = &key.0, login = &key.1);
        self.db.run(SUPERUSER, Tx::Write, |env| env.execute(&sql).map(|_| ()))
    }
}
