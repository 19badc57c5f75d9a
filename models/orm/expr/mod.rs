//! Python expressions, as found in rules, domains, contexts and filters.
//!
//! Texts such as `[('sector_id', 'in', user.isp_sector_ids.ids)]` come from the database, so they are data:
//! nothing here runs Python, calls only reach an allow-list, and size and depth are bounded. An [`Expr`] is
//! parsed once and evaluated per request. What hangs on the user's record stays symbolic
//! ([`PyValue::Path`]), so that a rule becomes a sub-select instead of a read per evaluation.

mod ast;
mod builtins;
mod dates;
mod eval;
mod lexer;
mod parser;
mod value;

use chrono::{NaiveDate, NaiveDateTime};

use crate::error::{Error, Result};
use crate::value::Value;

pub use dates::Delta;
pub use value::{PyValue, weight};

/// Longest text that is read.
pub const MAX_TEXT: usize = 64 * 1024;
/// Deepest nesting.
pub const MAX_DEPTH: usize = 64;
/// Most nodes of a tree.
const MAX_NODES: usize = 20_000;

/// Why a text is not an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Syntax(String);

impl Syntax {
    fn new(message: impl Into<String>) -> Self {
        Syntax(message.into())
    }
}

impl std::fmt::Display for Syntax {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Syntax> for Error {
    fn from(syntax: Syntax) -> Self {
        Error::value(format!("Invalid expression: {syntax}"))
    }
}

/// An expression, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    root: ast::Node,
}

impl Expr {
    /// Reads a text.
    pub fn parse(text: &str) -> Result<Self> {
        Ok(Expr { root: parser::parse(text)? })
    }

    /// The value in a scope.
    pub fn eval(&self, scope: &dyn Scope) -> Result<PyValue> {
        eval::Evaluator::new(scope).run(&self.root)
    }
}

/// What names mean, and what time it is.
pub trait Scope {
    /// The value of a name.
    fn name(&self, name: &str) -> Option<PyValue>;

    /// Whether the scope has a function of this name.
    fn has_function(&self, _name: &str) -> bool {
        false
    }

    /// Calls a function of the scope.
    fn call(&self, name: &str, _args: Vec<Value>, _named: Vec<(String, Value)>) -> Result<Value> {
        Err(Error::type_(format!("'{name}' is not callable")))
    }

    /// The current moment, UTC.
    fn now(&self) -> NaiveDateTime;

    /// The current day where the user is.
    fn today(&self) -> NaiveDate {
        self.now().date()
    }

    /// `user.has_group('module.name')`. `None`: unknown here.
    fn has_group(&self, _xmlid: &str) -> Option<bool> {
        None
    }

    /// A fact of the user that is known here (`user.login`); everything else is a path for the database.
    fn user_fact(&self, _name: &str) -> Option<PyValue> {
        None
    }
}

/// The scope without names: literals only, as `ast.literal_eval`.
pub struct Literals;

impl Scope for Literals {
    fn name(&self, _name: &str) -> Option<PyValue> {
        None
    }

    fn now(&self) -> NaiveDateTime {
        NaiveDateTime::default()
    }
}

/// Reads and evaluates a text that holds literals only.
pub fn literal(text: &str) -> Result<Value> {
    Expr::parse(text)?.eval(&Literals)?.into_value()
}

/// A scope of given names, for filters, action domains and contexts (`uid`, `active_id`, `context`…).
pub struct Names {
    pub names: Vec<(String, PyValue)>,
    pub now: NaiveDateTime,
    pub today: NaiveDate,
}

impl Scope for Names {
    fn name(&self, name: &str) -> Option<PyValue> {
        self.names.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone())
    }

    fn now(&self) -> NaiveDateTime {
        self.now
    }

    fn today(&self) -> NaiveDate {
        self.today
    }
}

#[cfg(test)]
mod tests;
