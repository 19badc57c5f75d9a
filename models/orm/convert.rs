//! From what clients send to the canonical value of a field, and back to what they read.
//!
//! The coercions are Odoo's: text for numbers and numbers for text are taken, `false` and `null` are empty.

use base64::Engine;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use rust_decimal::Decimal;

use crate::error::{Builtin, Error, Result};
use crate::money;
use crate::registry::{Column, Field, Kind, Model};
use crate::sql::{Bind, Sql};
use crate::value::{Id, Value};

/// Tolerates missing and odd padding, as the reference does.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

/// The canonical value of a field; x2many commands pass through unchanged.
pub fn to_field(model: &Model, field: &Field, value: &Value) -> Result<Value> {
    Ok(match field.kind {
        Kind::Char | Kind::Text | Kind::Html => match value {
            Value::None | Value::Bool(false) => Value::None,
            other => {
                let mut text = other.py_str();
                if let Some(size) = field.size
                    && text.chars().count() > size
                {
                    text = text.chars().take(size).collect();
                }
                Value::Str(text)
            }
        },
        Kind::Integer | Kind::Many2oneReference => Value::Int(to_integer(value, field.column)?),
        Kind::Float | Kind::Monetary => to_number(field, value)?,
        Kind::Boolean => Value::Bool(value.truthy()),
        Kind::Date => to_date(value)?.map_or(Value::None, Value::Date),
        Kind::Datetime => to_datetime(value)?.map_or(Value::None, Value::DateTime),
        Kind::Selection => to_selection(model, field, value)?,
        Kind::Many2one => to_many2one(value)?,
        // Computed structures (totals, widgets) travel as binaries too.
        Kind::Binary if !field.store && matches!(value, Value::List(_) | Value::Map(_)) => value.clone(),
        Kind::Binary => to_binary(value),
        Kind::Reference => match value {
            Value::Str(text) if !text.is_empty() => match text.split_once(',') {
                Some((_, id)) if id.parse::<Id>().is_ok() => Value::Str(text.clone()),
                _ => return Err(Error::value(format!("Wrong value for {}.{}: '{text}'", model.name, field.name))),
            },
            _ => Value::None,
        },
        Kind::Json | Kind::Properties | Kind::PropertiesDefinition => match value {
            Value::Bool(false) => Value::None,
            other => other.clone(),
        },
        Kind::One2many | Kind::Many2many => value.clone(),
    })
}

fn to_integer(value: &Value, column: Option<Column>) -> Result<i64> {
    let out_of_range = || Error::Database("psycopg2.errors.NumericValueOutOfRange", "integer out of range".into());
    let number = match value {
        Value::None => 0,
        Value::Bool(b) => i64::from(*b),
        Value::Int(n) => *n,
        Value::Big(_) => return Err(out_of_range()),
        #[expect(clippy::cast_possible_truncation, reason = "Python's int() cuts; the range is checked")]
        Value::Float(x) if x.is_finite() && x.abs() < 9e18 => x.trunc() as i64,
        Value::Decimal(x) => i64::try_from(x.trunc()).map_err(|_| out_of_range())?,
        Value::Float(_) => return Err(out_of_range()),
        Value::Str(s) if s.is_empty() => 0,
        Value::Str(s) => {
            s.trim().replace('_', "").parse().map_err(|_| Error::value(format!("invalid literal for int() with base 10: '{s}'")))?
        }
        other if !other.truthy() => 0,
        other => {
            return Err(Error::type_(format!(
                "int() argument must be a string, a bytes-like object or a real number, not '{}'",
                other.type_name()
            )));
        }
    };
    if column != Some(Column::Int8) && Id::try_from(number).is_err() { Err(out_of_range()) } else { Ok(number) }
}

/// A decimal rounded to the field's digits where it has them (amounts are rounded by their currency when they are
/// stored), a double elsewhere.
fn to_number(field: &Field, value: &Value) -> Result<Value> {
    let number = match value {
        Value::Decimal(_) => value.clone(),
        other => Value::Float(to_float(other)?),
    };
    if !field.is_decimal() {
        return Ok(Value::Float(number.as_float().unwrap_or(0.0)));
    }
    Ok(match (number.as_decimal(), field.digits) {
        (Some(amount), Some((_, decimals))) if field.kind == Kind::Float => Value::Decimal(money::round_digits(amount, decimals)),
        (Some(amount), _) => Value::Decimal(amount),
        (None, _) => number,
    })
}

fn to_float(value: &Value) -> Result<f64> {
    match value {
        Value::None | Value::Bool(false) => Ok(0.0),
        Value::Bool(true) => Ok(1.0),
        Value::Str(s) if s.is_empty() => Ok(0.0),
        Value::Str(s) => s.trim().replace('_', "").parse().map_err(|_| Error::value(format!("could not convert string to float: '{s}'"))),
        Value::Big(digits) => digits.parse().map_err(|_| Error::value("could not convert to float")),
        other => match other.as_float() {
            Some(x) => Ok(x),
            None if !other.truthy() => Ok(0.0),
            None => Err(Error::type_(format!("float() argument must be a string or a real number, not '{}'", other.type_name()))),
        },
    }
}

/// A date; longer texts are cut.
pub fn to_date(value: &Value) -> Result<Option<NaiveDate>> {
    match value {
        Value::Date(d) => Ok(Some(*d)),
        Value::DateTime(d) => Ok(Some(d.date())),
        Value::Str(s) if !s.is_empty() => {
            let cut = s.get(..10).unwrap_or(s);
            NaiveDate::parse_from_str(cut, crate::value::DATE)
                .map(Some)
                .map_err(|_| Error::value(format!("time data '{cut}' does not match format '{}'", crate::value::DATE)))
        }
        other if !other.truthy() => Ok(None),
        other => Err(Error::type_(format!("strptime() argument 1 must be str, not {}", other.type_name()))),
    }
}

/// A datetime: date alone, with hours and minutes, or with seconds; nothing else.
pub fn to_datetime(value: &Value) -> Result<Option<NaiveDateTime>> {
    match value {
        Value::Date(d) => Ok(Some(d.and_time(NaiveTime::MIN))),
        Value::DateTime(d) => Ok(Some(*d)),
        Value::Str(s) if !s.is_empty() => {
            let bad = || Error::value(format!("time data '{s}' does not match format '{}'", crate::value::DATETIME));
            match s.len() {
                10 => NaiveDate::parse_from_str(s, crate::value::DATE).map(|d| Some(d.and_time(NaiveTime::MIN))).map_err(|_| bad()),
                16 => NaiveDateTime::parse_from_str(s, "%Y-%m-%d %H:%M").map(Some).map_err(|_| bad()),
                19 => NaiveDateTime::parse_from_str(s, crate::value::DATETIME).map(Some).map_err(|_| bad()),
                _ => Err(bad()),
            }
        }
        other if !other.truthy() => Ok(None),
        other => Err(Error::type_(format!("strptime() argument 1 must be str, not {}", other.type_name()))),
    }
}

fn to_selection(model: &Model, field: &Field, value: &Value) -> Result<Value> {
    let wrong = || Error::value(format!("Wrong value for {}.{}: {}", model.name, field.name, value.py_repr()));
    match value {
        Value::None | Value::Bool(false) => Ok(Value::None),
        Value::Str(s) if s.is_empty() => Ok(Value::None),
        Value::Str(s) if field.selection.is_empty() || field.selection.iter().any(|(v, _)| v == s) => Ok(value.clone()),
        _ => Err(wrong()),
    }
}

fn to_many2one(value: &Value) -> Result<Value> {
    match value {
        Value::Int(0) => Ok(Value::None),
        Value::Int(n) => Id::try_from(*n)
            .map(Value::from)
            .map_err(|_| Error::Database("psycopg2.errors.NumericValueOutOfRange", "integer out of range".into())),
        Value::Big(_) => Err(Error::Database("psycopg2.errors.NumericValueOutOfRange", "integer out of range".into())),
        _ => Ok(Value::None),
    }
}

/// The bytes of a binary's column: base64 text, but for columns that keep the bytes themselves.
pub fn from_column(bytes: Vec<u8>) -> Vec<u8> {
    let text: Vec<u8> = bytes.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    if text.len().is_multiple_of(4) { LENIENT.decode(&text).unwrap_or(bytes) } else { bytes }
}

/// The column's form of bytes ([`from_column`] turns it back).
pub fn to_base64(bytes: &[u8]) -> Vec<u8> {
    LENIENT.encode(bytes).into_bytes()
}

fn to_binary(value: &Value) -> Value {
    match value {
        Value::Bytes(bytes) => Value::Bytes(bytes.clone()),
        Value::Str(text) if !text.is_empty() => {
            let clean: String = text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')).collect();
            Value::Bytes(LENIENT.decode(clean.trim_end_matches('=')).unwrap_or_else(|_| text.clone().into_bytes()))
        }
        _ => Value::None,
    }
}

/// What a client reads for a canonical value: `false` for empty.
pub fn to_read(field: &Field, value: Value) -> Value {
    match value {
        Value::None if matches!(field.kind, Kind::Integer) => Value::Int(0),
        Value::None if matches!(field.kind, Kind::Float | Kind::Monetary) => Value::Float(0.0),
        Value::None if matches!(field.kind, Kind::Properties | Kind::PropertiesDefinition) => Value::List(Vec::new()),
        Value::None => Value::Bool(false),
        other => other,
    }
}

/// The empty value of a field.
pub fn empty(field: &Field) -> Value {
    match field.kind {
        Kind::Integer | Kind::Many2oneReference => Value::Int(0),
        Kind::Float | Kind::Monetary if field.is_decimal() => Value::Decimal(Decimal::ZERO),
        Kind::Float | Kind::Monetary => Value::Float(0.0),
        Kind::Boolean => Value::Bool(false),
        Kind::One2many | Kind::Many2many => Value::List(Vec::new()),
        _ => Value::None,
    }
}

/// Values of one column for many rows, as one array bind (see [`cast`] for what the text forms become).
pub fn column_bind(column: Column, values: Vec<Value>) -> Result<Bind> {
    Ok(match column {
        Column::Int4 => Bind::Ints(values.iter().map(|v| v.as_int().and_then(|n| Id::try_from(n).ok())).collect()),
        Column::Int8 => Bind::Bigs(values.iter().map(Value::as_int).collect()),
        Column::Float8 => Bind::Floats(values.iter().map(Value::as_float).collect()),
        Column::Numeric => Bind::Texts(values.iter().map(numeric_text).collect()),
        Column::Bool => Bind::Bools(values.iter().map(|v| if *v == Value::None { None } else { Some(v.truthy()) }).collect()),
        Column::Varchar | Column::Text => Bind::Texts(values.into_iter().map(text_of).collect::<Result<_>>()?),
        Column::Jsonb => Bind::Texts(
            values.iter().map(|v| if *v == Value::None { None } else { Some(serde_json::Value::from(v).to_string()) }).collect(),
        ),
        Column::Date => Bind::Dates(values.iter().map(|v| to_date(v).ok().flatten()).collect()),
        Column::Timestamp => Bind::Timestamps(values.iter().map(|v| to_datetime(v).ok().flatten()).collect()),
        Column::Bytea => Bind::BytesList(values.into_iter().map(|v| if let Value::Bytes(b) = v { Some(b) } else { None }).collect()),
    })
}

/// Numerics travel as text, which holds what no decimal does.
fn numeric_text(value: &Value) -> Option<String> {
    match value {
        Value::Decimal(amount) => Some(amount.to_string()),
        Value::Int(n) => Some(n.to_string()),
        other => other.as_float().map(|x| x.to_string()),
    }
}

fn text_of(value: Value) -> Result<Option<String>> {
    match value {
        Value::None => Ok(None),
        Value::Str(s) if s.contains('\0') => {
            Err(Error::Builtin(Builtin::ValueError, "A string literal cannot contain NUL (0x00) characters.".into()))
        }
        Value::Str(s) => Ok(Some(s)),
        other => Ok(Some(other.py_str())),
    }
}

/// One value of a column as a bind, cast to the column's type.
pub fn scalar(column: Column, value: &Value) -> Result<Sql> {
    let bind = match column {
        Column::Int4 => Bind::Int(value.as_int().and_then(|n| Id::try_from(n).ok())),
        Column::Int8 => Bind::Big(value.as_int()),
        Column::Float8 => Bind::Float(value.as_float()),
        Column::Numeric => Bind::Text(numeric_text(value)),
        Column::Bool => Bind::Bool(if *value == Value::None { None } else { Some(value.truthy()) }),
        Column::Varchar | Column::Text => Bind::Text(text_of(value.clone())?),
        Column::Jsonb => Bind::Text(if *value == Value::None { None } else { Some(serde_json::Value::from(value).to_string()) }),
        Column::Date => Bind::Date(to_date(value)?),
        Column::Timestamp => Bind::Timestamp(to_datetime(value)?),
        Column::Bytea => Bind::Bytes(if let Value::Bytes(b) = value { Some(b.clone()) } else { None }),
    };
    Ok(Sql::bind(bind).push(cast(column)))
}

/// The cast that brings an element of [`column_bind`]'s array to the column's type; empty when it has it already.
pub fn cast(column: Column) -> &'static str {
    match column {
        Column::Numeric => "::numeric",
        Column::Jsonb => "::jsonb",
        _ => "",
    }
}

/// The array type of [`column_bind`].
pub fn array_type(column: Column) -> &'static str {
    match column {
        Column::Int4 => "::int4[]",
        Column::Int8 => "::int8[]",
        Column::Float8 => "::float8[]",
        Column::Bool => "::bool[]",
        Column::Date => "::date[]",
        Column::Timestamp => "::timestamp[]",
        Column::Bytea => "::bytea[]",
        Column::Numeric | Column::Varchar | Column::Text | Column::Jsonb => "::text[]",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datetimes_take_three_forms_only() {
        assert!(to_datetime(&Value::from("2024-03-01 10:20")).is_ok());
        assert!(to_datetime(&Value::from("2024-03-01T10:20:30")).is_err());
        assert!(to_datetime(&Value::from("2024-03-01 10:20:30.5")).is_err());
    }
}
