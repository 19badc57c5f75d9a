//! Runs statements: the only place where dynamic SQL meets the connection.
//!
//! [`Sql`] is a Diesel query fragment, so that Diesel's prepared-statement cache applies to every canonical shape.

use std::cell::RefCell;

use diesel::connection::{DefaultLoadingMode, LoadConnection};
use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Array, BigInt, Binary, Bool, Date, Double, Integer, Nullable, Numeric, Text, Timestamp, Untyped};
use diesel::{QueryResult, RunQueryDsl};

use super::{Bind, Piece, Sql};
use crate::error::{DISK_FULL, Error, READ_ONLY};
use crate::registry::Registry;
use crate::sql::row::Row;

impl QueryId for Sql {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Sql {
    type SqlType = Untyped;
}

impl RunQueryDsl<PgConnection> for Sql {}

impl QueryFragment<Pg> for Sql {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if self.uncached {
            out.unsafe_to_cache_prepared();
        }
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_sql(text),
                Piece::Bind(bind) => push_bind(bind, &mut out)?,
            }
        }
        Ok(())
    }
}

fn push_bind<'b>(bind: &'b Bind, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
    match bind {
        Bind::Int(v) => out.push_bind_param::<Nullable<Integer>, _>(v),
        Bind::Big(v) => out.push_bind_param::<Nullable<BigInt>, _>(v),
        Bind::Float(v) => out.push_bind_param::<Nullable<Double>, _>(v),
        Bind::Decimal(v) => out.push_bind_param::<Nullable<Numeric>, _>(v),
        Bind::Bool(v) => out.push_bind_param::<Nullable<Bool>, _>(v),
        Bind::Text(v) => out.push_bind_param::<Nullable<Text>, _>(v),
        Bind::Bytes(v) => out.push_bind_param::<Nullable<Binary>, _>(v),
        Bind::Date(v) => out.push_bind_param::<Nullable<Date>, _>(v),
        Bind::Timestamp(v) => out.push_bind_param::<Nullable<Timestamp>, _>(v),
        Bind::Ints(v) => out.push_bind_param::<Array<Nullable<Integer>>, _>(v),
        Bind::Bigs(v) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(v),
        Bind::Floats(v) => out.push_bind_param::<Array<Nullable<Double>>, _>(v),
        Bind::Decimals(v) => out.push_bind_param::<Array<Nullable<Numeric>>, _>(v),
        Bind::Bools(v) => out.push_bind_param::<Array<Nullable<Bool>>, _>(v),
        Bind::Texts(v) => out.push_bind_param::<Array<Nullable<Text>>, _>(v),
        Bind::BytesList(v) => out.push_bind_param::<Array<Nullable<Binary>>, _>(v),
        Bind::Dates(v) => out.push_bind_param::<Array<Nullable<Date>>, _>(v),
        Bind::Timestamps(v) => out.push_bind_param::<Array<Nullable<Timestamp>>, _>(v),
    }
}

thread_local! {
    static TRACE: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Texts of the statements that `work` runs on this thread: for tests that count them.
pub fn traced<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    TRACE.with_borrow_mut(|trace| *trace = Some(Vec::new()));
    let result = work();
    (result, TRACE.with_borrow_mut(Option::take).unwrap_or_default())
}

fn trace(sql: &Sql) {
    TRACE.with_borrow_mut(|trace| {
        if let Some(list) = trace {
            list.push(sql.to_text());
        }
    });
}

/// Runs a statement and gives its rows.
pub fn query(conn: &mut PgConnection, sql: Sql) -> Result<Vec<Row>, DieselError> {
    trace(&sql);
    let rows = LoadConnection::<DefaultLoadingMode>::load(conn, sql)?;
    rows.map(|row| row.map(Row::new)).collect()
}

/// Runs a statement and gives the number of rows it touched.
pub fn execute(conn: &mut PgConnection, sql: &Sql) -> Result<usize, DieselError> {
    trace(sql);
    diesel::connection::Connection::execute_returning_count(conn, sql)
}

/// The error a client may see. Constraint texts come from the registry when it is there.
pub fn explain(error: DieselError, registry: Option<&Registry>) -> Error {
    let DieselError::DatabaseError(kind, info) = error else {
        return match error {
            DieselError::NotFound => Error::missing("Record does not exist or has been deleted."),
            DieselError::SerializationError(e) if e.to_string().contains("0x00") => {
                Error::value("A string literal cannot contain NUL (0x00) characters.")
            }
            error @ DieselError::BrokenTransactionManager => Error::Lost(error.to_string()),
            other => Error::internal(other.to_string()),
        };
    };
    let message = info.message().to_owned();
    match kind {
        DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::CheckViolation | DatabaseErrorKind::ExclusionViolation => {
            Error::validation(constraint_text(info.as_ref(), registry).unwrap_or(message))
        }
        DatabaseErrorKind::NotNullViolation => Error::validation(required_text(info.as_ref(), registry)),
        DatabaseErrorKind::ForeignKeyViolation | DatabaseErrorKind::RestrictViolation => Error::validation(format!(
            "The operation cannot be completed: another model requires the record being deleted, or a referenced record does not exist. {}",
            info.details().unwrap_or_default()
        )),
        DatabaseErrorKind::SerializationFailure => Error::Conflict(message),
        DatabaseErrorKind::ReadOnlyTransaction => {
            Error::Database(READ_ONLY, format!("The database takes no changes at present: nothing was changed. ({message})"))
        }
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => Error::Lost(message),
        _ => by_text(message),
    }
}

/// What a statement was refused for: the model of the table and the fields of the constraint.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Violation {
    pub model: String,
    /// Empty when the constraint tells none.
    pub fields: Vec<String>,
}

/// Whether a unique index refused it.
pub(crate) fn is_unique(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}

/// The constraint that an error is about, if it is about one.
pub(crate) fn violation(error: &DieselError, registry: &Registry) -> Option<Violation> {
    let DieselError::DatabaseError(kind, info) = error else { return None };
    if !matches!(
        kind,
        DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::ExclusionViolation
            | DatabaseErrorKind::NotNullViolation
            | DatabaseErrorKind::ForeignKeyViolation
    ) {
        return None;
    }
    let model = registry.tables.get(info.table_name()?)?.clone();
    let known = registry.models.get(&model)?;
    // `Key (a, b)=(1, 2) already exists.`; expressions are no columns.
    let key = info.details().and_then(|d| d.strip_prefix("Key (")?.split_once(")=")).map(|(columns, _)| columns);
    let columns = info.column_name().or(key).unwrap_or_default();
    let fields = columns.split(", ").filter(|c| known.fields.contains_key(*c)).map(str::to_owned).collect();
    Some(Violation { model, fields })
}

/// What the server says last, and what libpq says of a connection that is no more.
const GONE: [&str; 8] = [
    "terminating connection due to",
    "terminating connection because of",
    "server closed the connection unexpectedly",
    "connection has been closed unexpectedly",
    "no connection to the server",
    "connection not open",
    "could not receive data from server",
    "could not send data to server",
];

/// Diesel does not give the SQLSTATE; these texts are PostgreSQL's own (`lc_messages` C or en_US).
fn by_text(message: String) -> Error {
    let has = |part: &str| message.contains(part);
    if has("deadlock detected") || has("could not obtain lock") || has("could not serialize") {
        Error::Conflict(message)
    } else if has("No space left on device") || has("Disk quota exceeded") {
        Error::Database(DISK_FULL, format!("The disk of the database is full: nothing was changed. ({message})"))
    } else if GONE.iter().any(|part| has(part)) {
        Error::Lost(message)
    } else if has("canceling statement due to lock timeout") {
        Error::Database("psycopg2.errors.LockNotAvailable", message)
    } else if has("canceling statement due to") {
        Error::Database("psycopg2.errors.QueryCanceled", message)
    } else if has("out of range") {
        Error::Database("psycopg2.errors.NumericValueOutOfRange", message)
    } else if has("invalid input syntax") {
        Error::Database("psycopg2.errors.InvalidTextRepresentation", message)
    } else if has("LIMIT must not be negative") {
        Error::Database("psycopg2.errors.InvalidRowCountInLimitClause", message)
    } else if has("OFFSET must not be negative") {
        Error::Database("psycopg2.errors.InvalidRowCountInResultOffsetClause", message)
    } else if has("cannot be greater than MAXVALUE") || has("cannot be less than MINVALUE") || has("INCREMENT must not be zero") {
        Error::Database("psycopg2.errors.InvalidParameterValue", message)
    } else if has("cached plan must not change") || (has("column") && has("does not exist")) {
        Error::Stale(message)
    } else if has("invalid byte sequence") || has("unsupported Unicode escape") {
        Error::value(message)
    } else {
        Error::internal(message)
    }
}

fn constraint_text(info: &(dyn DatabaseErrorInformation + Send + Sync), registry: Option<&Registry>) -> Option<String> {
    let known = registry?.constraints.get(info.constraint_name()?)?;
    (!known.message.is_empty()).then(|| known.message.clone())
}

fn required_text(info: &(dyn DatabaseErrorInformation + Send + Sync), registry: Option<&Registry>) -> String {
    let column = info.column_name().unwrap_or_default();
    let label = registry
        .zip(info.table_name())
        .and_then(|(reg, table)| reg.models.get(reg.tables.get(table)?))
        .map(|model| model.missing_value(column));
    label.unwrap_or_else(|| format!("Missing required value for the field '{column}'."))
}
