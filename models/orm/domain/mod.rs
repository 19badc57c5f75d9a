//! Domains: which records, as a tree of conditions, and their translation to SQL.
//!
//! [`Domain::parse`] reads what clients send, [`Domain::from_py`] what a rule's expression gave. [`search`]
//! turns a domain into a [`Query`] with rules and archived records applied. All of it is pure: what the
//! translation needs to know comes through [`Host`].

pub(crate) mod column;
mod condition;
mod hierarchy;
pub mod host;
mod op;
mod operands;
pub mod order;
mod parse;
pub mod query;
mod relational;
pub mod rules;
mod temporal;
pub mod translate;
mod user;

use std::fmt;

use crate::sql::Sql;
use crate::value::{Id, Value};

pub use column::column_sql;
pub(crate) use column::own_column;
pub use host::Host;
pub use op::Op;
pub use query::Query;
pub use translate::search;

/// Deepest nesting of a domain.
pub const MAX_DEPTH: usize = 64;
/// Most conditions and operators of a domain. Long lists of values belong into one `in`.
pub const MAX_ITEMS: usize = 2_000;
/// Most tables that the conditions of a query lead to, its own among them: the time to plan joined sub-selects grows with
/// their number cubed (5 s for 150 that all have to hold).
pub const MAX_TABLES: usize = 150;

/// Which records.
#[derive(Clone, Debug, PartialEq)]
pub enum Domain {
    True,
    False,
    And(Vec<Domain>),
    Or(Vec<Domain>),
    Not(Box<Domain>),
    Cond(Box<Condition>),
}

/// `field op operand`.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// A field, or a path through fields.
    pub field: String,
    pub op: Op,
    pub operand: Operand,
}

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    Value(Value),
    /// For `any`: which records of the target.
    Domain(Domain),
    /// Values reached from the current user's record, beside known ones: `[user.x_id.id, False]`.
    User {
        paths: Vec<Vec<String>>,
        values: Vec<Value>,
    },
    /// A SELECT of one column, for `in` and `any` of our own code.
    Query(Sql),
}

impl Domain {
    /// A condition with any operator.
    pub fn cond(field: impl Into<String>, op: Op, value: impl Into<Value>) -> Self {
        Self::with(field, op, Operand::Value(value.into()))
    }

    /// A condition with any operand.
    pub fn with(field: impl Into<String>, op: Op, operand: Operand) -> Self {
        Domain::Cond(Box::new(Condition { field: field.into(), op, operand }))
    }

    /// `field = value`.
    pub fn eq(field: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::cond(field, Op::Eq, value)
    }

    /// `field != value`.
    pub fn ne(field: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::cond(field, Op::Ne, value)
    }

    /// The field has a value.
    pub fn set(field: impl Into<String>) -> Self {
        Self::ne(field, false)
    }

    /// The field has no value.
    pub fn unset(field: impl Into<String>) -> Self {
        Self::eq(field, false)
    }

    /// `field in values`.
    pub fn is_in<T: Into<Value>>(field: impl Into<String>, values: Vec<T>) -> Self {
        Self::cond(field, Op::In, Value::from(values))
    }

    /// `field in ids`.
    pub fn in_ids(field: impl Into<String>, ids: &[Id]) -> Self {
        Self::cond(field, Op::In, Value::from(ids.to_vec()))
    }

    /// Some record of the relation matches.
    pub fn any(field: impl Into<String>, domain: Domain) -> Self {
        Self::with(field, Op::Any, Operand::Domain(domain))
    }

    /// Some record of the relation matches, whatever the reader may see of it.
    pub fn any_bypass(field: impl Into<String>, domain: Domain) -> Self {
        Self::with(field, Op::AnyBypass, Operand::Domain(domain))
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Domain) -> Self {
        match (self, other) {
            (Domain::False, _) | (_, Domain::False) => Domain::False,
            (Domain::True, d) | (d, Domain::True) => d,
            (Domain::And(mut a), Domain::And(b)) => {
                a.extend(b);
                Domain::And(a)
            }
            (Domain::And(mut a), b) => {
                a.push(b);
                Domain::And(a)
            }
            (a, Domain::And(mut b)) => {
                b.insert(0, a);
                Domain::And(b)
            }
            (a, b) => Domain::And(vec![a, b]),
        }
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Domain) -> Self {
        match (self, other) {
            (Domain::True, _) | (_, Domain::True) => Domain::True,
            (Domain::False, d) | (d, Domain::False) => d,
            (Domain::Or(mut a), Domain::Or(b)) => {
                a.extend(b);
                Domain::Or(a)
            }
            (Domain::Or(mut a), b) => {
                a.push(b);
                Domain::Or(a)
            }
            (a, Domain::Or(mut b)) => {
                b.insert(0, a);
                Domain::Or(b)
            }
            (a, b) => Domain::Or(vec![a, b]),
        }
    }

    /// All of them; none: every record.
    pub fn all(domains: impl IntoIterator<Item = Domain>) -> Self {
        domains.into_iter().fold(Domain::True, Domain::and)
    }

    /// One of them; none: no record.
    pub fn one_of(domains: impl IntoIterator<Item = Domain>) -> Self {
        domains.into_iter().fold(Domain::False, Domain::or)
    }

    /// The others. Conditions on a field itself take the inverse operator; those on paths, and inequalities, stand negated.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Domain::True => Domain::False,
            Domain::False => Domain::True,
            Domain::Not(inner) => *inner,
            Domain::And(all) => Domain::Or(all.into_iter().map(Domain::negate).collect()),
            Domain::Or(all) => Domain::And(all.into_iter().map(Domain::negate).collect()),
            Domain::Cond(mut condition) => match condition.op.inverse() {
                Some(inverse) if !condition.field.contains('.') => {
                    condition.op = inverse;
                    Domain::Cond(condition)
                }
                _ => Domain::Not(Box::new(Domain::Cond(condition))),
            },
        }
    }

    /// Whether a condition on this very field is somewhere in the tree (sub-domains of `any` aside).
    pub fn mentions(&self, field: &str) -> bool {
        match self {
            Domain::True | Domain::False => false,
            Domain::And(all) | Domain::Or(all) => all.iter().any(|d| d.mentions(field)),
            Domain::Not(inner) => inner.mentions(field),
            Domain::Cond(condition) => condition.field == field,
        }
    }

    /// Calls for each condition of the tree (sub-domains of `any` aside).
    pub fn each(&self, visit: &mut dyn FnMut(&Condition)) {
        match self {
            Domain::True | Domain::False => {}
            Domain::And(all) | Domain::Or(all) => all.iter().for_each(|d| d.each(visit)),
            Domain::Not(inner) => inner.each(visit),
            Domain::Cond(condition) => visit(condition),
        }
    }

    /// Odoo's list form, in prefix notation.
    pub fn to_value(&self) -> Value {
        let mut out = Vec::new();
        self.write(&mut out);
        Value::List(out)
    }

    fn write(&self, out: &mut Vec<Value>) {
        let leaf = |n: i64| Value::List(vec![Value::Int(n), Value::from("="), Value::Int(1)]);
        match self {
            Domain::True => out.push(leaf(1)),
            Domain::False => out.push(leaf(0)),
            Domain::And(all) | Domain::Or(all) => {
                let sign = if matches!(self, Domain::And(_)) { "&" } else { "|" };
                out.extend((1..all.len()).map(|_| Value::from(sign)));
                all.iter().for_each(|d| d.write(out));
            }
            Domain::Not(inner) => {
                out.push(Value::from("!"));
                inner.write(out);
            }
            Domain::Cond(condition) => {
                let operand = condition.operand.to_value();
                out.push(Value::List(vec![Value::from(condition.field.as_str()), Value::from(condition.op.name()), operand]));
            }
        }
    }
}

impl Operand {
    /// The wire's form; what only the database knows shows as a text.
    fn to_value(&self) -> Value {
        match self {
            Operand::Value(value) => value.clone(),
            Operand::Domain(domain) => domain.to_value(),
            Operand::User { paths, values } => {
                let paths = paths.iter().map(|path| Value::from(format!("user.{}", path.join("."))));
                Value::List(paths.chain(values.iter().cloned()).collect())
            }
            Operand::Query(_) => Value::from("SELECT"),
        }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_value().py_repr())
    }
}
