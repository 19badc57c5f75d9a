//! Arguments that many methods have: domains, limits, orders, names of fields.

use crate::call::Invocation;
use crate::domain::Domain;
use crate::error::{Error, Result};
use crate::read::Page;
use crate::value::Value;

/// A domain argument; `None` and missing are everything.
pub fn domain_arg(value: &Value) -> Result<Domain> {
    match value {
        Value::None => Ok(Domain::True),
        other => Domain::parse(other),
    }
}

/// A limit or offset: null, false and (for limits) 0 are none; texts of digits count.
pub fn number_arg(value: &Value) -> Result<Option<i64>> {
    match value {
        Value::None | Value::Bool(false) => Ok(None),
        Value::Str(text) if text.is_empty() => Ok(None),
        Value::Str(text) => text.trim().parse().map(Some).map_err(|_| {
            Error::Database("psycopg2.errors.InvalidTextRepresentation", format!("invalid input syntax for type bigint: \"{text}\""))
        }),
        #[expect(clippy::cast_possible_truncation, reason = "PostgreSQL rounds a limit that is no whole number")]
        Value::Float(x) => Ok(Some(x.round() as i64)),
        other => other.as_int().map(Some).ok_or_else(|| Error::type_(format!("a number is needed, not {}", other.type_name()))),
    }
}

/// Offset, limit and order of a call.
pub fn page_arg(call: &Invocation) -> Result<Page> {
    let order = match call.arg("order") {
        Value::Str(text) if !text.is_empty() => Some(text.clone()),
        other if !other.truthy() => None,
        other => return Err(Error::type_(format!("order must be text, not {}", other.type_name()))),
    };
    Ok(Page { offset: number_arg(call.arg("offset"))?.unwrap_or(0), limit: number_arg(call.arg("limit"))?.filter(|n| *n != 0), order })
}

/// Field names of a call: `None` for all.
pub fn fields_arg(value: &Value) -> Result<Option<Vec<String>>> {
    match value {
        Value::List(items) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(|| Error::value(format!("Invalid field {}", item.py_repr()))))
            .collect::<Result<Vec<_>>>()
            .map(Some),
        Value::Str(text) if !text.is_empty() => Ok(Some(text.chars().map(String::from).collect())),
        Value::Map(map) => Ok(Some(map.keys().cloned().collect())),
        other if !other.truthy() => Ok(None),
        other => Err(Error::type_(format!("'{}' object is not iterable", other.type_name()))),
    }
}
