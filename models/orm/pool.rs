//! The pool of connections to PostgreSQL, and what is remembered of each.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::PgConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, NopErrorHandler, Pool, PooledConnection};

use crate::cancel::Canceller;
use crate::error::{Error, Result};
use crate::sql::{exec, sql};

/// How often the pool tries to connect to a database that is away: twice in this time.
pub(crate) const RECONNECT: Duration = Duration::from_millis(500);

/// A pooled connection.
pub type Connection = PooledConnection<ConnectionManager<PgConnection>>;

/// Size of the pool and age of its connections.
#[derive(Clone, Debug)]
pub struct PoolOptions {
    pub size: u32,
    /// Connections are recycled: prepared plans age, and the statement cache is not bounded by Diesel.
    pub max_lifetime: Duration,
    /// How long a statement may take.
    pub statement_timeout: Duration,
    /// How long a statement may take that customers and visitors cause.
    pub outsider_timeout: Duration,
}

impl Default for PoolOptions {
    fn default() -> Self {
        PoolOptions {
            size: 8,
            max_lifetime: Duration::from_secs(1800),
            statement_timeout: Duration::from_secs(120),
            outsider_timeout: Duration::from_secs(15),
        }
    }
}

/// What every connection is told first.
#[derive(Debug)]
struct Session;

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for Session {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        use diesel::connection::SimpleConnection;
        conn.batch_execute("SET TIME ZONE 'UTC'; SET client_encoding TO 'UTF8'; SET lock_timeout TO '20s'")
            .map_err(diesel::r2d2::Error::QueryError)
    }
}

/// The number of the schema that a connection's prepared statements were made for.
pub(crate) struct Schema(pub u64);

/// The process number of a connection's server.
struct Process(i32);

/// The milliseconds after which the statements of a connection end.
#[derive(PartialEq)]
pub(crate) struct Timeout(pub u128);

/// A column that was dropped and made again with another type changes what a prepared statement answers, which
/// PostgreSQL refuses for as long as the statement lives.
pub(crate) fn forget_statements(conn: &mut PgConnection) -> Result<()> {
    use diesel::connection::{CacheSize, Connection as _, SimpleConnection};
    conn.set_prepared_statement_cache_size(CacheSize::Disabled);
    conn.set_prepared_statement_cache_size(CacheSize::Unbounded);
    conn.batch_execute("DEALLOCATE ALL").map_err(|e| exec::explain(e, None))
}

/// The process number of a connection's server; asked for once.
pub(crate) fn process(conn: &mut Connection) -> Result<i32> {
    if let Some(Process(number)) = PooledConnection::extensions(conn).get::<Process>() {
        return Ok(*number);
    }
    let rows = exec::query(conn, sql!("SELECT pg_backend_pid()")).map_err(|e| exec::explain(e, None))?;
    let number = rows.first().and_then(|row| row.int(0)).ok_or_else(|| Error::internal("a connection without a process"))?;
    PooledConnection::extensions_mut(conn).insert(Process(number));
    Ok(number)
}

/// Cancels statements over a connection of its own, which is made when it is first needed.
pub(crate) fn canceller(url: String) -> Canceller {
    let own: Mutex<Option<PgConnection>> = Mutex::new(None);
    Arc::new(move |process| {
        let mut own = own.lock().unwrap_or_else(PoisonError::into_inner);
        if own.is_none() {
            *own = <PgConnection as diesel::Connection>::establish(&url).ok();
        }
        let Some(conn) = own.as_mut() else { return };
        if let Err(error) = exec::query(conn, sql!("SELECT pg_cancel_backend({process})")) {
            tracing::debug!(%error, "a statement was not cancelled");
            *own = None;
        }
    })
}

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
