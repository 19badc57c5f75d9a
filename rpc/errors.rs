//! The one table from an error to what a client can tell apart.
//!
//! Clients of this surface branch on four things: the name of the exception class (`data.name` of JSON), the code
//! of an XML-RPC fault, the HTTP status of JSON-2, and the last line of a traceback (`Class: message`), which
//! older clients cut out of fault 1. All four come from one row here, so that no route can disagree with another.
//!
//! Which error goes where:
//!
//! - *The user asked for something that cannot be*: `UserError`, `ValidationError`, `MissingError`. The message is
//!   for people. Fault 2; 422, or 404 for what is missing.
//! - *The user may not*: `AccessError` (fault 4) for rights and rules, `AccessDenied` (fault 3) for credentials. 403.
//! - *The client's program is wrong*: a builtin of Python (`ValueError`, `TypeError`, `KeyError` ...) or a class of
//!   the database driver. Fault 1; 500. Never our failure, though the status says so: clients expect it.
//! - *The session is over*: its own JSON-RPC code, 100; 403 elsewhere.
//! - *No such route, model or method*: `NotFound`, on the routes that say 404. The services say `UserError` and
//!   `AttributeError` instead.
//! - *We failed*: logged with the request's id, answered as a bare `Exception` that names the id and nothing else.
//!
//! The older `/xmlrpc/<service>` has texts for codes. They are `warning -- Kind`, an empty line and the message
//! for what people should read; `AccessDenied` with the message as fault string; else the message with the
//! traceback as fault string.

use lastmile_orm::error::{Builtin, DISK_FULL, Error, LOST, READ_ONLY};
use lastmile_orm::value::Value;

use crate::backend::CallError;
use crate::json::{write_str, write_value};

/// Code of XML-RPC faults on `/xmlrpc/2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Anything else; carries a traceback.
    Application = 1,
    /// Messages for people.
    Warning = 2,
    /// Wrong credentials.
    AccessDenied = 3,
    /// Missing rights.
    AccessError = 4,
}

/// An error as the wire tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct WireError {
    /// Python's path of the exception class.
    pub name: &'static str,
    /// The message for people.
    pub message: String,
    /// The exception's arguments.
    pub arguments: Vec<Value>,
    /// XML-RPC fault.
    pub fault: Fault,
    /// HTTP status on JSON-2.
    pub status: u16,
    /// Kind in the text codes of the older XML-RPC routes.
    warning: Option<&'static str>,
}

/// The route's way to say that a model or method does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `/jsonrpc` and XML-RPC.
    Service,
    /// `/web/dataset/*` and its kin.
    Web,
    /// JSON-2.
    Named,
}

const NOT_FOUND: &str = "werkzeug.exceptions.NotFound";

impl WireError {
    /// The table. `request_id` is what the answer names when the failure is ours.
    pub fn of(error: CallError, dialect: Dialect, request_id: &str) -> Self {
        match error {
            CallError::Error(error) => Self::of_error(error, request_id),
            CallError::NoModel(model) => match dialect {
                Dialect::Service => Self::of_error(Error::user(format!("Object {model} doesn't exist")), request_id),
                Dialect::Web => Self::http(NOT_FOUND, 404, "The requested model does not exist here."),
                Dialect::Named => Self::http(NOT_FOUND, 404, format!("There is no model {model}.")),
            },
            CallError::NoMethod { model, method } => match dialect {
                Dialect::Service | Dialect::Web => {
                    let text = format!("The method '{model}.{method}' does not exist");
                    Self::of_error(Error::attribute(text), request_id)
                }
                Dialect::Named => Self::http(NOT_FOUND, 404, format!("There is no method {model}.{method}.")),
            },
            CallError::BadArguments(text) => match dialect {
                Dialect::Service | Dialect::Web => Self::of_error(Error::type_(text), request_id),
                Dialect::Named => Self::http("werkzeug.exceptions.UnprocessableEntity", 422, text),
            },
            CallError::BadRequest(text) => Self { arguments: Vec::new(), ..Self::bad_request(format!("400 Bad Request: {text}")) },
            CallError::BadKey => Self::unauthorized("Invalid apikey"),
            CallError::MissingAction(text) => {
                Self::row("odoo.addons.web.controllers.action.MissingActionError", text, Fault::Warning, 422).warn("UserError")
            }
        }
    }

    fn of_error(error: Error, request_id: &str) -> Self {
        use Fault::{AccessDenied, AccessError, Application, Warning};
        // Told to the caller by name, and the operator has to do something.
        if matches!(error, Error::Builtin(Builtin::OsError, _) | Error::Database(READ_ONLY | DISK_FULL, _)) {
            tracing::error!(request_id, %error, "nothing can be stored");
        }
        match error {
            Error::User(m) => Self::row("odoo.exceptions.UserError", m, Warning, 422).warn("UserError"),
            Error::Validation(m) => Self::row("odoo.exceptions.ValidationError", m, Warning, 422).warn("UserError"),
            Error::Missing(m) => Self::row("odoo.exceptions.MissingError", m, Warning, 404).warn("MissingError"),
            Error::Busy(m) => Self::row("odoo.exceptions.UserError", m, Warning, 503).warn("UserError"),
            Error::Access(m) => Self::row("odoo.exceptions.AccessError", m, AccessError, 403).warn("AccessError"),
            Error::AccessDenied(m) => Self::row("odoo.exceptions.AccessDenied", m, AccessDenied, 403),
            Error::Redirect { message, action, button } => {
                let arguments = vec![message.as_str().into(), action.into(), button.into(), Value::None];
                let row = Self::row("odoo.exceptions.RedirectWarning", message, Warning, 422);
                Self { arguments, ..row.warn("Warning") }
            }
            Error::SessionExpired => Self::row("odoo.http.SessionExpiredException", "Session expired".into(), Application, 403),
            Error::Builtin(class, m) => Self::row(builtin_path(class), m, Application, 500),
            Error::Lost(m) => Self::row(LOST, m, Application, 503),
            Error::Database(class, m) => Self::row(class, m, Application, 500),
            // The caller of the transaction has retried in vain.
            Error::Conflict(m) => Self::row("psycopg2.errors.SerializationFailure", m, Application, 500),
            Error::Slow(_) => Self::of_error(Error::internal("slow work was left to nobody"), request_id),
            Error::Stale(m) | Error::Internal(m) => {
                tracing::error!(request_id, error = %m, "a request failed");
                let text = format!("Internal server error. The log has more under request {request_id}.");
                Self::row("builtins.Exception", text, Application, 500)
            }
        }
    }

    fn row(name: &'static str, message: String, fault: Fault, status: u16) -> Self {
        let arguments = vec![Value::from(message.as_str())];
        Self { name, message, arguments, fault, status, warning: None }
    }

    fn warn(self, kind: &'static str) -> Self {
        Self { warning: Some(kind), ..self }
    }

    /// An error of HTTP itself: its arguments are the text and the status.
    pub fn http(name: &'static str, status: u16, message: impl Into<String>) -> Self {
        let row = Self::row(name, message.into(), Fault::Application, status);
        let arguments = vec![Value::from(row.message.as_str()), Value::Int(i64::from(status))];
        Self { arguments, ..row }
    }

    /// 404 on JSON-2 and the documents.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::http(NOT_FOUND, 404, message)
    }

    /// 401 on JSON-2 and the documents.
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self::http("werkzeug.exceptions.Unauthorized", 401, message)
    }

    /// 400 on JSON-2.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::http("werkzeug.exceptions.BadRequest", 400, message)
    }

    /// A document that is no XML-RPC request.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::row("xml.parsers.expat.ExpatError", message.into(), Fault::Application, 400)
    }

    /// The class as a traceback names it, with the message: the line that clients cut out.
    pub fn last_line(&self) -> String {
        let class = self.name.strip_prefix("builtins.").unwrap_or(self.name);
        match (class, self.arguments.first()) {
            // Python writes the repr of the key.
            ("KeyError", Some(key)) => format!("{class}: {}", key.py_repr()),
            _ => format!("{class}: {}", self.message),
        }
    }

    /// A text in the form of a traceback, without our insides.
    pub fn debug(&self) -> String {
        format!("Traceback (most recent call last):\n  (frames are in the server's log)\n{}\n", self.last_line())
    }

    /// Codes of JSON-RPC: 100 and 404 answer without the request's id, as they come before it is read.
    pub fn envelope(&self) -> (i64, &'static str) {
        match (self.name, self.status) {
            ("odoo.http.SessionExpiredException", _) => (100, "Odoo Session Expired"),
            (NOT_FOUND, 404) => (404, "404: Not Found"),
            _ => (0, "Odoo Server Error"),
        }
    }

    /// Appends `{"name": ..., "message": ..., "arguments": ..., "context": {}, "debug": ...}`.
    pub fn write_data(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"name\": ");
        write_str(out, self.name);
        out.extend_from_slice(b", \"message\": ");
        write_str(out, &self.message);
        out.extend_from_slice(b", \"arguments\": ");
        write_value(out, &Value::List(self.arguments.clone()));
        out.extend_from_slice(b", \"context\": {}, \"debug\": ");
        write_str(out, &self.debug());
        out.push(b'}');
    }

    /// Code and string of a fault on `/xmlrpc/2`.
    pub fn fault(&self) -> (i64, String) {
        let text = if self.fault == Fault::Application { self.debug() } else { self.message.clone() };
        (self.fault as i64, text)
    }

    /// Code and string of a fault on `/xmlrpc`.
    pub fn text_fault(&self) -> (String, String) {
        match (self.warning, self.fault) {
            (Some(kind), _) => (format!("warning -- {kind}\n\n{}", self.message), String::new()),
            (None, Fault::AccessDenied) => ("AccessDenied".into(), self.message.clone()),
            (None, _) => (self.message.clone(), self.debug()),
        }
    }
}

/// Refusal of wrong credentials.
pub fn denied() -> Error {
    Error::AccessDenied("Access Denied".into())
}

fn builtin_path(class: Builtin) -> &'static str {
    match class {
        Builtin::Exception => "builtins.Exception",
        Builtin::ValueError => "builtins.ValueError",
        Builtin::TypeError => "builtins.TypeError",
        Builtin::KeyError => "builtins.KeyError",
        Builtin::IndexError => "builtins.IndexError",
        Builtin::AttributeError => "builtins.AttributeError",
        Builtin::AssertionError => "builtins.AssertionError",
        Builtin::NameError => "builtins.NameError",
        Builtin::NotImplementedError => "builtins.NotImplementedError",
        Builtin::OverflowError => "builtins.OverflowError",
        Builtin::UnicodeError => "builtins.UnicodeDecodeError",
        Builtin::RecursionError => "builtins.RecursionError",
        Builtin::OsError => "builtins.OSError",
    }
}

#[cfg(test)]
mod tests;
