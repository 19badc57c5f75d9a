//! Bringing a database up to date: an empty one is filled, a reference (Odoo) one is adopted, ours gets what is new.
//!
//! Everything happens in one transaction under an advisory lock: a failure leaves the database as it was, and of two
//! programs started at once the second finds the work done.

use std::error::Error as StdError;

use diesel::connection::SimpleConnection;
use diesel::migration::Migration;
use diesel::pg::Pg;
use diesel::sql_types::{Bool, Nullable, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use lastmile_orm::error::{Error, Result};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
/// The first migration: it has run on databases born here, never on adopted ones.
const FIRST: &str = "0001";
/// The first migration of our own additions. An adopted database has what the earlier ones create.
const OURS: &str = "0008";
/// The migration of billing runs, whose columns and notices are described after [`OURS`] are.
const BILLING: &str = "0010";
/// Any number will do, as long as it stays the same.
const LOCK: i64 = 0x6c61_7374_6d69_6c65;

/// Rows of a new database by table, in COPY's text format with the column names on the first line.
/// The macro is used in `tables.rs`, which is why the files have no path.
macro_rules! tables {
    ($($table:ident)*) => {
        [$((stringify!($table), include_str!(concat!(stringify!($table), ".tsv")))),*]
    };
}
const ROWS: &[(&str, &str)] = &include!("../fixtures/base/tables.rs");
const AFTER_ROWS: &str = include_str!("../fixtures/base/after.sql");
const OUR_METADATA: &str = include_str!("../fixtures/lastmile.sql");
const BILLING_METADATA: &str = include_str!("../fixtures/billing.sql");
const PARAMETERS: &str = include_str!("../fixtures/parameters.sql");

/// Diesel's and our errors alike, inside the transaction.
type Failure = Box<dyn StdError + Send + Sync>;

/// Whether the database was made by the reference server, adopted already or not.
pub fn is_odoo_database(conn: &mut PgConnection) -> Result<bool> {
    Ok(state(conn).map_err(into_error)?.foreign)
}

/// Makes the database ready: see the module's description.
pub fn migrate(conn: &mut PgConnection) -> Result<()> {
    conn.transaction(migrate_locked).map_err(into_error)
}

/// Takes back every migration that has run, the newest first. On an adopted database that leaves the reference's.
pub fn revert_all(conn: &mut PgConnection) -> Result<()> {
    let revert = |conn: &mut PgConnection| {
        lock(conn)?;
        conn.revert_all_migrations(MIGRATIONS).map(|_| ())
    };
    conn.transaction(revert).map_err(into_error)
}

fn migrate_locked(conn: &mut PgConnection) -> Result<(), Failure> {
    lock(conn)?;
    let state = state(conn)?;
    if state.foreign {
        adoptable(&state)?;
    }
    let mut ran = Vec::new();
    for migration in pending(conn, state.foreign)? {
        ran.push(conn.run_migration(&migration)?.to_string());
    }
    let has_run = |version: &str| ran.iter().any(|ran| ran == version);
    if has_run(FIRST) {
        // The files say `now` for the moment of set-up.
        conn.batch_execute("SET LOCAL timezone = 'UTC'")?;
        for (table, text) in ROWS {
            insert_rows(conn, table, text)?;
        }
        conn.batch_execute(AFTER_ROWS)?;
        conn.batch_execute(PARAMETERS)?;
    }
    if has_run(OURS) {
        conn.batch_execute(OUR_METADATA)?;
    }
    if has_run(BILLING) {
        conn.batch_execute(BILLING_METADATA)?;
    }
    if has_run(FIRST) {
        conn.batch_execute("ANALYZE")?;
    }
    Ok(())
}

fn pending(conn: &mut PgConnection, foreign: bool) -> Result<Vec<Box<dyn Migration<Pg>>>, Failure> {
    let mut pending = conn.pending_migrations(MIGRATIONS)?;
    pending.retain(|migration| !foreign || migration.name().version().to_string().as_str() >= OURS);
    Ok(pending)
}

/// What a look at the catalogue tells about the database.
#[derive(QueryableByName)]
struct State {
    /// Tables of the reference are there, and we did not make them.
    #[diesel(sql_type = Bool)]
    foreign: bool,
    #[diesel(sql_type = Bool)]
    has_isp_suite: bool,
    #[diesel(sql_type = Nullable<Text>)]
    version: Option<String>,
}

fn state(conn: &mut PgConnection) -> Result<State, Failure> {
    // Names of tables that may be missing cannot stand in a query; hence the steps.
    let exists = "SELECT to_regclass('ir_module_module') IS NOT NULL AS foreign, \
                  to_regclass('isp_subscription') IS NOT NULL AND to_regclass('isp_provisioning_job') IS NOT NULL \
                  AND to_regclass('isp_mikrotik_router') IS NOT NULL AS has_isp_suite, \
                  to_regclass('__diesel_schema_migrations')::text AS version";
    let mut state: State = sql_query(exists).get_result(conn)?;
    let tracked = state.version.take().is_some();
    if state.foreign && tracked {
        state.foreign = !conn.applied_migrations()?.iter().any(|version| version.to_string() == FIRST);
    }
    if state.foreign {
        let version =
            "SELECT true AS foreign, true AS has_isp_suite, latest_version::text AS version FROM ir_module_module WHERE name = 'base'";
        state.version = sql_query(version).get_result::<State>(conn)?.version;
    }
    Ok(state)
}

fn adoptable(state: &State) -> Result<(), Failure> {
    let version = state.version.as_deref().unwrap_or_default();
    if !version.starts_with("19.0") {
        return Err(Error::User(format!("this database is of version {version:?}; only 19.0 can be adopted")).into());
    }
    if !state.has_isp_suite {
        return Err(Error::User("this database has no ISP modules: install isp_core, isp_billing and isp_mikrotik first".into()).into());
    }
    Ok(())
}

/// Waits for other programs that set up this database; released with the transaction.
fn lock(conn: &mut PgConnection) -> Result<(), Failure> {
    conn.batch_execute(&format!("SELECT pg_advisory_xact_lock({LOCK})")).map_err(Into::into)
}

/// One INSERT for a whole table, so that rows may refer to each other in any order.
fn insert_rows(conn: &mut PgConnection, table: &str, text: &str) -> Result<(), Failure> {
    let Some((header, rows)) = text.split_once('\n') else { return Ok(()) };
    let columns = header.split('\t').map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(",");
    let mut sql = String::with_capacity(text.len() * 2);
    sql += &format!("INSERT INTO \"{table}\" ({columns}) VALUES ");
    for (place, row) in rows.lines().enumerate() {
        sql.push_str(if place == 0 { "(" } else { ",(" });
        for (place, value) in row.split('\t').enumerate() {
            if place > 0 {
                sql.push(',');
            }
            push_literal(&mut sql, value);
        }
        sql.push(')');
    }
    conn.batch_execute(&sql).map_err(|error| format!("fixtures of {table}: {error}").into())
}

/// A value of COPY's text format as an SQL literal.
fn push_literal(sql: &mut String, value: &str) {
    if value == "\\N" {
        sql.push_str("NULL");
        return;
    }
    sql.push('\'');
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => sql.push('\n'),
                Some('t') => sql.push('\t'),
                Some('r') => sql.push('\r'),
                Some(other) => sql.push(other),
                None => {}
            },
            '\'' => sql.push_str("''"),
            other => sql.push(other),
        }
    }
    sql.push('\'');
}

fn into_error(failure: Failure) -> Error {
    match failure.downcast::<Error>() {
        Ok(error) => *error,
        Err(other) => Error::Internal(format!("database set-up: {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::push_literal;

    fn literal(value: &str) -> String {
        let mut sql = String::new();
        push_literal(&mut sql, value);
        sql
    }

    #[test]
    fn values_become_literals() {
        assert_eq!(literal("\\N"), "NULL");
        assert_eq!(literal(""), "''");
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal(r#"{"en_US": "a\\nb"}"#), r#"'{"en_US": "a\nb"}'"#);
        assert_eq!(literal(r"two\nlines"), "'two\nlines'");
    }
}
