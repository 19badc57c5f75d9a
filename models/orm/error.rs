//! Errors, and which to use where.
//!
//! One enum crosses all crates: its variant decides what a client can tell apart (exception name, fault code,
//! HTTP status; that table is in the `rpc` crate). Everything a *user* can cause has its own variant and a
//! message meant for people. [`Error::Database`] is a database refusal that clients know by class.
//! [`Error::Internal`] is ours: logged once with a request id and answered without details.

use std::fmt;

/// Result of the kernel and of everything built on it.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Class of an [`Error::Database`]: the database takes no changes (SQLSTATE 25006).
pub const READ_ONLY: &str = "psycopg2.errors.ReadOnlySqlTransaction";
/// Class of an [`Error::Database`]: its disk is full (SQLSTATE 53100).
pub const DISK_FULL: &str = "psycopg2.errors.DiskFull";

/// Class of an [`Error::Database`]: the connection was lost when it was too late to run the call again.
pub const LOST: &str = "psycopg2.OperationalError";

/// What went wrong. Display gives the message for people.
#[derive(Debug, Clone, PartialEq)]
pub enum Error {
    /// The request makes no sense in the current state: `odoo.exceptions.UserError`.
    User(String),
    /// A value breaks a rule of the data: `odoo.exceptions.ValidationError`.
    Validation(String),
    /// Rights or record rules forbid it: `odoo.exceptions.AccessError`.
    Access(String),
    /// Credentials are wrong: `odoo.exceptions.AccessDenied`.
    AccessDenied(String),
    /// A record is gone: `odoo.exceptions.MissingError`.
    Missing(String),
    /// A user error with an action that may help: `odoo.exceptions.RedirectWarning`.
    Redirect { message: String, action: i64, button: String },
    /// The server has too much to do for this caller right now: `odoo.exceptions.UserError`, 503 over HTTP. Trying again helps.
    Busy(String),
    /// The web session is over: `odoo.http.SessionExpiredException`.
    SessionExpired,
    /// Python's builtin exceptions, which clients see by name.
    Builtin(Builtin, String),
    /// A database error known by its class, such as `psycopg2.errors.NumericValueOutOfRange`.
    Database(&'static str, String),
    /// Two transactions met (40001, 40P01, 55P03): the caller of the transaction retries.
    Conflict(String),
    /// The cached plan or column list is older than the schema: reload the registry and retry once.
    Stale(String),
    /// The connection is gone, and nothing that it did was committed: a transaction that ends so may be run again.
    Lost(String),
    /// The call needs work that holds no connection meanwhile: [`Database::run`](crate::Database::run) does it and runs the call again.
    Slow(crate::slow::Slow),
    /// Ours. The text goes to the log, not to the client.
    Internal(String),
}

/// Python's builtin exception classes that reach clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builtin {
    Exception,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    NameError,
    NotImplementedError,
    OverflowError,
    UnicodeError,
    RecursionError,
    OsError,
}

impl Builtin {
    /// The class name.
    pub fn name(self) -> &'static str {
        match self {
            Builtin::Exception => "Exception",
            Builtin::ValueError => "ValueError",
            Builtin::TypeError => "TypeError",
            Builtin::KeyError => "KeyError",
            Builtin::IndexError => "IndexError",
            Builtin::AttributeError => "AttributeError",
            Builtin::AssertionError => "AssertionError",
            Builtin::NameError => "NameError",
            Builtin::NotImplementedError => "NotImplementedError",
            Builtin::OverflowError => "OverflowError",
            Builtin::UnicodeError => "UnicodeDecodeError",
            Builtin::RecursionError => "RecursionError",
            Builtin::OsError => "OSError",
        }
    }
}

impl Error {
    /// Whether it ends the whole call: what goes on after other errors (imports, scheduled actions) hands it on.
    pub fn ends_call(&self) -> bool {
        matches!(self, Error::Conflict(_) | Error::Stale(_) | Error::Lost(_) | Error::Slow(_) | Error::Internal(_) | Error::SessionExpired)
    }
    pub fn user(message: impl Into<String>) -> Self {
        Error::User(message.into())
    }
    pub fn validation(message: impl Into<String>) -> Self {
        Error::Validation(message.into())
    }
    /// The refusal of an operator that a computed field cannot be searched with.
    pub fn unfit(op: &str) -> Self {
        Error::User(format!("This field cannot be searched with the operator {op}."))
    }
    pub fn access(message: impl Into<String>) -> Self {
        Error::Access(message.into())
    }
    pub fn missing(message: impl Into<String>) -> Self {
        Error::Missing(message.into())
    }
    /// MissingError about a record, asked for by a user.
    pub fn missing_record(model: &str, id: crate::Id, user: crate::Id) -> Self {
        Error::missing(format!("Record does not exist or has been deleted.\n(Record: {model}({id},), User: {user})"))
    }
    pub fn value(message: impl Into<String>) -> Self {
        Error::Builtin(Builtin::ValueError, message.into())
    }
    pub fn type_(message: impl Into<String>) -> Self {
        Error::Builtin(Builtin::TypeError, message.into())
    }
    pub fn key(message: impl Into<String>) -> Self {
        Error::Builtin(Builtin::KeyError, message.into())
    }
    pub fn attribute(message: impl Into<String>) -> Self {
        Error::Builtin(Builtin::AttributeError, message.into())
    }
    pub fn assertion(message: impl Into<String>) -> Self {
        Error::Builtin(Builtin::AssertionError, message.into())
    }
    pub fn busy(message: impl Into<String>) -> Self {
        Error::Busy(message.into())
    }
    pub fn internal(message: impl Into<String>) -> Self {
        Error::Internal(message.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::User(m)
            | Error::Validation(m)
            | Error::Access(m)
            | Error::AccessDenied(m)
            | Error::Busy(m)
            | Error::Missing(m)
            | Error::Builtin(_, m)
            | Error::Database(_, m)
            | Error::Conflict(m)
            | Error::Stale(m)
            | Error::Lost(m)
            | Error::Internal(m) => f.write_str(m),
            Error::Redirect { message, .. } => f.write_str(message),
            Error::SessionExpired => f.write_str("Session expired"),
            Error::Slow(_) => f.write_str("This call has to be run again."),
        }
    }
}

impl std::error::Error for Error {}
