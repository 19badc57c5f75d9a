//! Waiting for a database that was restarted: whoever changed nothing yet goes on over a new connection.

use std::time::{Duration, Instant};

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, NopErrorHandler, Pool};

use crate::cancel;
use crate::database::{Connection, PoolOptions, Session};
use crate::error::{Error, LOST, Result};
use crate::sql::exec;

/// How long a call that has changed nothing waits for a database that is away.
const AWAY: Duration = Duration::from_secs(5);
/// How long a call waits for a connection that others use.
const BUSY: Duration = Duration::from_secs(20);
/// How long whoever asks for the database's health waits.
const HEALTH: Duration = Duration::from_secs(2);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);
/// How often the pool tries to connect to a database that is away: twice in this time.
const RECONNECT: Duration = Duration::from_millis(500);

/// The pool of a database. Nothing is connected yet.
pub(crate) fn pool(url: &str, options: &PoolOptions) -> Pool<ConnectionManager<PgConnection>> {
    Pool::builder()
        .max_size(options.size)
        .min_idle(Some(options.size.min(2)))
        .test_on_check_out(false)
        .max_lifetime(Some(options.max_lifetime))
        .connection_timeout(RECONNECT)
        .connection_customizer(Box::new(Session))
        // Who waits for a connection tells it once.
        .error_handler(Box::new(NopErrorHandler))
        .build_unchecked(ConnectionManager::new(url))
}

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
