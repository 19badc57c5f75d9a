//! Waiting for a database that was restarted: whoever changed nothing yet goes on over a new connection.

use std::time::{Duration, Instant};

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, Pool};

use crate::cancel;
use crate::error::{Error, LOST, Result};
use crate::pool::{Connection, RECONNECT};
use crate::sql::exec;

/// How long a call that has changed nothing waits for a database that is away.
const AWAY: Duration = Duration::from_secs(5);
/// How long a call waits for a connection that others use.
const BUSY: Duration = Duration::from_secs(20);
/// How long whoever asks for the database's health waits.
const HEALTH: Duration = Duration::from_secs(2);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);

/// A connection: waited for longer while others use them all than while there is none to be had.
///
/// # Errors
/// Busy.
pub(crate) fn checkout(pool: &Pool<ConnectionManager<PgConnection>>) -> Result<Connection> {
    let begun = Instant::now();
    loop {
        let error = match pool.get_timeout(RECONNECT) {
            Ok(conn) => return Ok(conn),
            Err(error) => error,
        };
        let patience = if pool.state().connections == 0 { AWAY } else { BUSY };
        if begun.elapsed() >= patience {
            tracing::warn!(%error, "no database connection");
            return Err(away());
        }
        cancel::check()?;
    }
}

fn away() -> Error {
    Error::busy("The database is busy or away. Please try again in a moment.")
}

/// Runs `work`, which changes nothing when it ends in [`Error::Lost`], again until the database is back.
///
/// # Errors
/// Busy when it stays away, and those of `work`.
pub(crate) fn patiently<T>(mut work: impl FnMut() -> Result<T>) -> Result<T> {
    let mut end = None;
    loop {
        let text = match work() {
            Err(Error::Lost(text)) => text,
            other => return other,
        };
        if end.is_none() {
            tracing::warn!(error = text.trim_end(), "a connection to the database was lost; its call waits for another one");
        }
        if Instant::now() >= *end.get_or_insert_with(|| Instant::now() + AWAY) {
            return Err(away());
        }
        cancel::check()?;
        std::thread::sleep(PAUSE);
    }
}

/// What was under way may be done or not: it is not run again.
pub(crate) fn for_good(error: Error) -> Error {
    match error {
        Error::Lost(text) => Error::Database(LOST, format!("The connection to the database was lost meanwhile. ({})", text.trim_end())),
        other => other,
    }
}

/// Asks over a connection whether it lives.
pub(crate) fn ping(conn: &mut PgConnection) -> Result<()> {
    conn.batch_execute("SELECT 1").map_err(|e| exec::explain(e, None))
}

/// Whether the database answers right now, over a connection of the pool or a new one.
pub(crate) fn answers(pool: &Pool<ConnectionManager<PgConnection>>) -> bool {
    let end = Instant::now() + HEALTH;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        match pool.get_timeout(left) {
            Err(_) => return false,
            Ok(mut conn) => {
                if ping(&mut conn).is_ok() {
                    return true;
                }
            }
        }
    }
}
