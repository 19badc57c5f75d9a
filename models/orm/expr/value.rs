//! What expressions evaluate to.

use crate::error::{Error, Result};
use crate::money;
use crate::value::{Map, Value};

use super::dates::Delta;

/// A value of the dialect.
#[derive(Clone, Debug, PartialEq)]
pub enum PyValue {
    /// A value that is known.
    Value(Value),
    /// A list or tuple that may hold symbolic values.
    List(Vec<PyValue>),
    /// A dict that may hold symbolic values.
    Dict(Vec<(String, PyValue)>),
    /// What is reached from the current user's record: `user.partner_id.id` is `["partner_id", "id"]`.
    Path(Vec<String>),
    /// A span of time.
    Delta(Delta),
    /// A module, class or function of the allow-list, by its dotted name.
    Builtin(String),
    /// A method not yet called.
    Method(Box<PyValue>, String),
}

impl PyValue {
    /// The user's record itself.
    pub fn user() -> Self {
        PyValue::Path(Vec::new())
    }

    /// The value, when nothing in it is symbolic.
    pub fn into_value(self) -> Result<Value> {
        match self {
            PyValue::Value(value) => Ok(value),
            PyValue::List(items) => Ok(Value::List(items.into_iter().map(PyValue::into_value).collect::<Result<_>>()?)),
            PyValue::Dict(pairs) => {
                let pairs = pairs.into_iter().map(|(key, value)| Ok((key, value.into_value()?))).collect::<Result<Map>>()?;
                Ok(Value::Map(pairs))
            }
            PyValue::Path(path) => Err(Error::value(format!("user.{} is only known to the database", path.join(".")))),
            PyValue::Delta(_) | PyValue::Builtin(_) | PyValue::Method(..) => {
                Err(Error::value("The expression does not give a plain value"))
            }
        }
    }

    /// Python's truth.
    pub fn truthy(&self) -> Result<bool> {
        Ok(match self {
            PyValue::Value(value) => value.truthy(),
            PyValue::List(items) => !items.is_empty(),
            PyValue::Dict(pairs) => !pairs.is_empty(),
            PyValue::Path(path) if path.is_empty() => true,
            PyValue::Path(path) => {
                return Err(Error::value(format!("The truth of user.{} is only known to the database", path.join("."))));
            }
            PyValue::Delta(_) | PyValue::Builtin(_) | PyValue::Method(..) => true,
        })
    }

    /// About how many bytes the value takes.
    pub(super) fn weight(&self) -> usize {
        const SELF: usize = std::mem::size_of::<PyValue>();
        SELF + match self {
            PyValue::Value(value) => weight(value),
            PyValue::List(items) => items.iter().map(PyValue::weight).sum(),
            PyValue::Dict(pairs) => pairs.iter().map(|(key, value)| key.len() + value.weight()).sum(),
            PyValue::Path(path) => path.iter().map(String::len).sum(),
            PyValue::Builtin(name) => name.len(),
            PyValue::Method(of, name) => of.weight() + name.len(),
            PyValue::Delta(_) => 0,
        }
    }

    /// The items of a list, known or symbolic.
    pub(super) fn items(self) -> Result<Vec<PyValue>> {
        match self {
            PyValue::List(items) => Ok(items),
            PyValue::Value(Value::List(items)) => Ok(items.into_iter().map(PyValue::Value).collect()),
            PyValue::Value(Value::Map(map)) => Ok(map.into_iter().map(|(key, _)| PyValue::from(key)).collect()),
            PyValue::Dict(pairs) => Ok(pairs.into_iter().map(|(key, _)| PyValue::from(key)).collect()),
            PyValue::Value(Value::Str(text)) => Ok(text.chars().map(|c| PyValue::from(c.to_string())).collect()),
            other => Err(Error::type_(format!("'{}' object is not iterable", other.type_name()))),
        }
    }

    /// Python's name of the type.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            PyValue::Value(value) => value.type_name(),
            PyValue::List(_) => "list",
            PyValue::Dict(_) => "dict",
            PyValue::Path(_) => "res.users",
            PyValue::Delta(_) => "relativedelta",
            PyValue::Builtin(_) => "type",
            PyValue::Method(..) => "method",
        }
    }
}

impl<T: Into<Value>> From<T> for PyValue {
    fn from(value: T) -> Self {
        match value.into() {
            // Expressions know doubles only, as Python's do.
            Value::Decimal(amount) => PyValue::Value(Value::Float(money::to_f64(amount))),
            value => PyValue::Value(value),
        }
    }
}

/// Bytes of a known value beyond its own size.
pub fn weight(value: &Value) -> usize {
    const SELF: usize = std::mem::size_of::<Value>();
    match value {
        Value::Str(text) | Value::Big(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(items) => items.iter().map(|item| SELF + weight(item)).sum(),
        Value::Map(map) => map.iter().map(|(key, item)| SELF + key.len() + weight(item)).sum(),
        _ => 0,
    }
}
