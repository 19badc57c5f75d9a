//! Operands as SQL takes them: values of one type, numbers of texts.

use crate::error::{Error, Result};
use crate::registry::{Column, Field, Kind};
use crate::sql::Bind;
use crate::value::{Id, Value};

/// Values of one SQL type.
pub(super) enum List {
    Ids(Vec<Id>),
    Bigs(Vec<i64>),
    Floats(Vec<f64>),
    Decimals(Vec<Value>),
    Texts(Vec<String>),
}

impl List {
    pub(super) fn new(field: &Field) -> Self {
        match (field.kind, field.column) {
            (Kind::Float | Kind::Monetary, _) if field.is_decimal() => List::Decimals(Vec::new()),
            (Kind::Float | Kind::Monetary, _) => List::Floats(Vec::new()),
            (_, Some(Column::Int8)) => List::Bigs(Vec::new()),
            (Kind::Integer | Kind::Many2oneReference | Kind::Many2one, _) => List::Ids(Vec::new()),
            _ => List::Texts(Vec::new()),
        }
    }

    /// Adds a value; says whether it is the empty one. Integers that no row can hold are left out.
    pub(super) fn push(&mut self, value: &Value) -> Result<bool> {
        Ok(match self {
            List::Ids(list) => {
                let n = integer(value)?;
                list.extend(n.and_then(|n| Id::try_from(n).ok()));
                n == Some(0)
            }
            List::Bigs(list) => {
                let n = integer(value)?;
                list.extend(n);
                n == Some(0)
            }
            List::Floats(list) => {
                let x = float(value)?;
                list.push(x);
                x == 0.0
            }
            List::Decimals(list) => {
                let x = number(value)?;
                let zero = x.as_float() == Some(0.0);
                list.push(x);
                zero
            }
            List::Texts(list) => {
                let text = value.py_str();
                let empty = text.is_empty();
                list.push(text);
                empty
            }
        })
    }

    /// The bind, and whether it is one value rather than an array.
    pub(super) fn into_bind(self, single: bool) -> Option<(Bind, bool)> {
        macro_rules! bind {
            ($list:expr, $one:path, $many:path) => {{
                let mut list = $list;
                match (list.len(), single) {
                    (0, _) => return None,
                    (1, true) => ($one(list.pop()), true),
                    _ => ($many(list.into_iter().map(Some).collect()), false),
                }
            }};
        }
        Some(match self {
            List::Ids(list) => bind!(list, Bind::Int, Bind::Ints),
            List::Bigs(list) => bind!(list, Bind::Big, Bind::Bigs),
            List::Floats(list) => bind!(list, Bind::Float, Bind::Floats),
            List::Decimals(list) if list.is_empty() => return None,
            List::Decimals(list) => match list.iter().map(Value::as_decimal).collect::<Option<Vec<_>>>() {
                Some(list) => bind!(list, Bind::Decimal, Bind::Decimals),
                None => bind!(list.iter().filter_map(Value::as_float).collect::<Vec<_>>(), Bind::Float, Bind::Floats),
            },
            List::Texts(list) => bind!(list, Bind::Text, Bind::Texts),
        })
    }
}

/// Python's `int()`. `None`: beyond 64 bits.
pub(super) fn integer(value: &Value) -> Result<Option<i64>> {
    let bad = || Error::value(format!("Not an integer: {}", value.py_repr().chars().take(100).collect::<String>()));
    #[expect(clippy::cast_possible_truncation, reason = "int(float) truncates")]
    match value {
        Value::Big(_) => Ok(None),
        Value::Float(x) if x.is_finite() => Ok(Some(*x as i64)),
        Value::Str(text) => text.trim().parse().map(Some).map_err(|_| bad()),
        other => other.as_int().map(Some).ok_or_else(bad),
    }
}

/// A number as a column of decimals is compared with it.
pub(super) fn number(value: &Value) -> Result<Value> {
    let exact = match value {
        Value::Str(text) | Value::Big(text) => text.trim().parse().ok().map(Value::Decimal),
        other => other.as_decimal().map(Value::Decimal),
    };
    exact.map_or_else(|| float(value).map(Value::Float), Ok)
}

pub(super) fn float(value: &Value) -> Result<f64> {
    let parsed = match value {
        Value::Str(text) | Value::Big(text) => text.trim().parse().ok(),
        other => other.as_float(),
    };
    parsed.ok_or_else(|| Error::value(format!("Not a number: {}", value.py_repr().chars().take(100).collect::<String>())))
}

/// What a boolean field takes a value for.
pub(super) fn boolean(value: &Value) -> bool {
    match value {
        Value::Str(text) => matches!(text.to_ascii_lowercase().as_str(), "y" | "yes" | "1" | "true" | "t" | "on"),
        other => other.truthy(),
    }
}
