//! What can go wrong, and what a router's refusals mean.
//!
//! [`Error::Trap`] is the router refusing one command: the connection goes on. [`Error::Invalid`] and [`Error::NotSent`] mean
//! that nothing reached the router. Every other variant leaves the connection closed, and a command that was under way may or
//! may not have been applied: read again before assuming.

use std::fmt;
use std::sync::Arc;

use crate::codec::DecodeError;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that can go wrong with a router. Cloneable, because one lost connection fails every command in flight.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The connection could not be made or was lost.
    #[error("connection: {0}")]
    Io(Arc<std::io::Error>),
    /// The router stayed silent for longer than the time-out.
    #[error("the router did not answer in time")]
    Timeout,
    /// The peer does not speak the RouterOS API, or broke its rules.
    #[error("protocol: {0}")]
    Protocol(String),
    /// TLS could not be agreed; the text names the likely cause.
    #[error("TLS: {0}")]
    Tls(String),
    /// The router showed another certificate than the pinned one: it was replaced, reset, or someone is in between.
    #[error("the router's certificate is not the pinned one (seen {})", hex(.seen))]
    FingerprintMismatch {
        /// SHA-256 of the certificate that was shown.
        seen: [u8; 32],
    },
    /// User name or password refused; the router's text.
    #[error("login failed: {0}")]
    LoginFailed(String),
    /// The router ended the session with `!fatal`; its text.
    #[error("the router closed the session: {0}")]
    Fatal(String),
    /// The router refused the command.
    #[error("{0}")]
    Trap(Trap),
    /// The command was not built, because a name or value in it would break RouterOS syntax. Nothing was sent.
    #[error("refused to send: {0}")]
    Invalid(String),
    /// The connection was already closed before this command was sent; the text says why.
    #[error("not sent: {0}")]
    NotSent(String),
}

impl Error {
    /// The trap, when the router refused the command.
    #[must_use]
    pub fn trap(&self) -> Option<&Trap> {
        match self {
            Self::Trap(trap) => Some(trap),
            _ => None,
        }
    }

    /// The kind of the trap, when the router refused the command.
    #[must_use]
    pub fn trap_kind(&self) -> Option<TrapKind> {
        self.trap().map(|trap| trap.kind)
    }

    /// Whether the connection is of no more use.
    #[must_use]
    pub fn closes(&self) -> bool {
        !matches!(self, Self::Trap(_) | Self::Invalid(_))
    }

    /// Whether the command surely had no effect on the router.
    #[must_use]
    pub fn surely_not_applied(&self) -> bool {
        matches!(self, Self::Invalid(_) | Self::NotSent(_) | Self::LoginFailed(_))
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            // A blocking socket with a time-out reports either, depending on the platform.
            std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock => Self::Timeout,
            _ => Self::Io(Arc::new(error)),
        }
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::Protocol(error.to_string())
    }
}

/// A router's refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trap {
    /// What it means.
    pub kind: TrapKind,
    /// RouterOS category 0–7, often absent: 0 missing item or command, 1 argument value, 2 interrupted, 3 scripting, 4
    /// general, 5 API, 6 TTY, 7 value of `:return`.
    pub category: Option<u8>,
    /// The router's text, for people.
    pub message: String,
}

impl Trap {
    /// A trap with this text, classified.
    #[must_use]
    pub fn new(message: impl Into<String>, category: Option<u8>) -> Self {
        let message = message.into();
        Self { kind: TrapKind::classify(&message, category), category, message }
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

/// What a refusal means, told by its text because the category is often absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrapKind {
    /// The addressed row does not exist.
    NoSuchItem,
    /// The menu or the command does not exist on this router.
    NoSuchCommand,
    /// The menu has no attribute of that name.
    UnknownParameter,
    /// A value names something (profile, server, pool, …) that is not there.
    DanglingReference,
    /// Another row already has the unique value.
    AlreadyExists,
    /// The API user's group lacks a policy.
    NotEnoughPermissions,
    /// A number is outside its range.
    OutOfRange,
    /// The command needs `.id` or `numbers`.
    MissingId,
    /// The command was cancelled.
    Interrupted,
    /// Anything else.
    Other,
}

/// Texts and what they mean; the first that is contained wins. Collected from manuals and public reports of real routers.
const TEXTS: &[(&str, TrapKind)] = &[
    ("no such item", TrapKind::NoSuchItem),
    ("no such command", TrapKind::NoSuchCommand),
    ("unknown parameter", TrapKind::UnknownParameter),
    ("input does not match any value of", TrapKind::DanglingReference),
    ("already have", TrapKind::AlreadyExists),
    ("already exists", TrapKind::AlreadyExists),
    ("already added", TrapKind::AlreadyExists),
    ("not enough permissions", TrapKind::NotEnoughPermissions),
    ("out of range", TrapKind::OutOfRange),
    ("missing =.id=", TrapKind::MissingId),
    ("missing value(s) of argument(s) .id", TrapKind::MissingId),
    ("interrupted", TrapKind::Interrupted),
];

impl TrapKind {
    /// The kind of a trap with this text and category.
    #[must_use]
    pub fn classify(message: &str, category: Option<u8>) -> Self {
        if category == Some(2) {
            return Self::Interrupted;
        }
        TEXTS.iter().find(|(text, _)| message.contains(text)).map_or(Self::Other, |(_, kind)| *kind)
    }
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
