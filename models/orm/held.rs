//! Locks that last while other work goes on, outside any transaction.

use diesel::{Connection as _, PgConnection};

use crate::database::Database;
use crate::error::{Error, Result};
use crate::sql::{exec, sql};
use crate::value::Id;

/// Something that one process at a time works on. It is free again when this is dropped, by a panic too, and when the
/// process is gone: the lock is that of a connection of its own.
pub struct Held(#[expect(dead_code, reason = "open for as long as the lock is to be held")] PgConnection);

impl Database {
    /// Holds a record of a kind of work (`"cron"`); `None` when somebody else does.
    pub fn hold(&self, kind: &str, id: Id) -> Result<Option<Held>> {
        let mut conn = PgConnection::establish(self.url()).map_err(|error| Error::busy(format!("no connection for a lock: {error}")))?;
        let sql = sql!("SELECT pg_try_advisory_lock(hashtext('lastmile.' || {kind}::text), {id})");
        let rows = exec::query(&mut conn, sql).map_err(|error| exec::explain(error, None))?;
        Ok(rows.first().and_then(|row| row.bool(0)).unwrap_or(false).then_some(Held(conn)))
    }
}
