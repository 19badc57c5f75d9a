//! Values as clients send and receive them, and as the kernel keeps them.
//!
//! One type serves both sides of the wire. A *field value* is the canonical form of one field:
//!
//! | field type | canonical value |
//! | --- | --- |
//! | char, text, html, selection, reference | `Str`, or `None` when empty |
//! | integer, many2one_reference | `Int` (0 when empty) |
//! | float without digits | `Float` (0.0 when empty) |
//! | float with digits, monetary | `Decimal` (zero when empty); `Float` for what no decimal holds |
//! | boolean | `Bool` |
//! | date, datetime | `Date`, `DateTime`, or `None` |
//! | many2one | `Int` (the id), or `None` |
//! | one2many, many2many | `List` of `Int` |
//! | binary | `Bytes`, or `None` |
//! | json | any value |

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;

use crate::money;

/// Identifier of a record: the `id` column.
pub type Id = i32;

pub use crate::map::Map;

/// A value of the wire or of a field.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Value {
    /// Absent: `null`, Python's `None`. Reads of empty fields turn it into `false`.
    #[default]
    None,
    Bool(bool),
    Int(i64),
    /// An integer beyond 64 bits, as its digits.
    Big(String),
    Float(f64),
    /// An amount of the database; clients are sent the nearest double.
    Decimal(Decimal),
    Str(String),
    Bytes(Vec<u8>),
    Date(NaiveDate),
    /// UTC, without a zone.
    DateTime(NaiveDateTime),
    List(Vec<Value>),
    Map(Map),
}

impl Value {
    /// Python's truth: empty text, zero, empty containers and `None` are false.
    pub fn truthy(&self) -> bool {
        match self {
            Value::None => false,
            Value::Bool(b) => *b,
            Value::Int(n) => *n != 0,
            Value::Float(x) => *x != 0.0,
            Value::Decimal(x) => !x.is_zero(),
            Value::Str(s) => !s.is_empty(),
            Value::Bytes(b) => !b.is_empty(),
            Value::List(l) => !l.is_empty(),
            Value::Map(m) => !m.is_empty(),
            Value::Big(_) | Value::Date(_) | Value::DateTime(_) => true,
        }
    }

    /// `None` and `false`: what clients send for "nothing".
    pub fn is_empty_mark(&self) -> bool {
        matches!(self, Value::None | Value::Bool(false))
    }

    /// The text, when it is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(s) => Some(s),
            _ => None,
        }
    }

    /// The number of an integer or boolean (Python's `True` is 1).
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(n) => Some(*n),
            Value::Bool(b) => Some(i64::from(*b)),
            _ => None,
        }
    }

    /// The number of an integer, boolean or float.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Value::Float(x) => Some(*x),
            Value::Decimal(x) => Some(money::to_f64(*x)),
            #[expect(clippy::cast_precision_loss, reason = "as Python's float(int)")]
            other => other.as_int().map(|n| n as f64),
        }
    }

    /// The amount of an integer, boolean, float or decimal; `None` for what no decimal holds, too.
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Value::Decimal(x) => Some(*x),
            Value::Float(x) => money::from_f64(*x),
            other => other.as_int().map(Decimal::from),
        }
    }

    /// A record id, when it is an integer that fits one.
    pub fn as_id(&self) -> Option<Id> {
        match self {
            Value::Int(n) => Id::try_from(*n).ok(),
            _ => None,
        }
    }

    /// The items of a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(l) => Some(l),
            _ => None,
        }
    }

    /// The entries of a map.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(m) => Some(m),
            _ => None,
        }
    }

    /// The ids of a list of integers; anything else in it is left out.
    pub fn ids(&self) -> Vec<Id> {
        self.as_list().map(|l| l.iter().filter_map(Value::as_id).collect()).unwrap_or_default()
    }

    /// Python's name of the type, for error texts.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::None => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::Big(_) => "int",
            Value::Float(_) | Value::Decimal(_) => "float",
            Value::Str(_) => "str",
            Value::Bytes(_) => "bytes",
            Value::Date(_) => "date",
            Value::DateTime(_) => "datetime",
            Value::List(_) => "list",
            Value::Map(_) => "dict",
        }
    }

    /// Python's `str()`: what a char field stores when it is given something else.
    pub fn py_str(&self) -> String {
        match self {
            Value::Str(s) => s.clone(),
            other => other.py_repr(),
        }
    }

    /// Python's `repr()`.
    pub fn py_repr(&self) -> String {
        match self {
            Value::None => "None".into(),
            Value::Bool(true) => "True".into(),
            Value::Bool(false) => "False".into(),
            Value::Int(n) => n.to_string(),
            Value::Big(digits) => digits.clone(),
            Value::Float(x) => py_float(*x),
            Value::Decimal(x) => py_float(money::to_f64(*x)),
            Value::Str(s) => py_quote(s),
            Value::Bytes(b) => format!("b{}", py_quote(&String::from_utf8_lossy(b))),
            Value::Date(d) => d.format(DATE).to_string(),
            Value::DateTime(d) => d.format(DATETIME).to_string(),
            Value::List(l) => format!("[{}]", l.iter().map(Value::py_repr).collect::<Vec<_>>().join(", ")),
            Value::Map(m) => {
                format!("{{{}}}", m.iter().map(|(k, v)| format!("{}: {}", py_quote(k), v.py_repr())).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// `strftime` form of dates on the wire.
pub const DATE: &str = "%Y-%m-%d";
/// `strftime` form of datetimes on the wire.
pub const DATETIME: &str = "%Y-%m-%d %H:%M:%S";

/// Python's `repr(float)`: shortest digits that round-trip, always with a point or an exponent.
pub fn py_float(x: f64) -> String {
    if x.is_nan() {
        return "nan".into();
    }
    if x.is_infinite() {
        return if x > 0.0 { "inf".into() } else { "-inf".into() };
    }
    let abs = x.abs();
    if abs != 0.0 && !(1e-4..1e16).contains(&abs) {
        let text = format!("{x:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, digits) = exponent.strip_prefix('-').map_or(("+", exponent), |d| ("-", d));
        return format!("{mantissa}e{sign}{digits:0>2}");
    }
    let text = x.to_string();
    if text.contains('.') { text } else { format!("{text}.0") }
}

fn py_quote(s: &str) -> String {
    let quote = if s.contains('\'') && !s.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(s.len() + 2);
    out.push(quote);
    for c in s.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Value::Bool(b)
    }
}
impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Value::Int(n)
    }
}
impl From<Id> for Value {
    fn from(n: Id) -> Self {
        Value::Int(i64::from(n))
    }
}
impl From<f64> for Value {
    fn from(x: f64) -> Self {
        Value::Float(x)
    }
}
impl From<Decimal> for Value {
    fn from(x: Decimal) -> Self {
        Value::Decimal(x)
    }
}
impl From<&str> for Value {
    fn from(s: &str) -> Self {
        Value::Str(s.into())
    }
}
impl From<String> for Value {
    fn from(s: String) -> Self {
        Value::Str(s)
    }
}
impl From<NaiveDate> for Value {
    fn from(d: NaiveDate) -> Self {
        Value::Date(d)
    }
}
impl From<NaiveDateTime> for Value {
    fn from(d: NaiveDateTime) -> Self {
        Value::DateTime(d)
    }
}
impl From<Map> for Value {
    fn from(m: Map) -> Self {
        Value::Map(m)
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(o: Option<T>) -> Self {
        o.map_or(Value::None, Into::into)
    }
}
impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(l: Vec<T>) -> Self {
        Value::List(l.into_iter().map(Into::into).collect())
    }
}

impl From<&serde_json::Value> for Value {
    fn from(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Value::None,
            serde_json::Value::Bool(b) => Value::Bool(*b),
            serde_json::Value::Number(n) => n
                .as_i64()
                .map(Value::Int)
                .unwrap_or_else(|| if n.is_u64() { Value::Big(n.to_string()) } else { Value::Float(n.as_f64().unwrap_or_default()) }),
            serde_json::Value::String(s) => Value::Str(s.clone()),
            serde_json::Value::Array(l) => Value::List(l.iter().map(Value::from).collect()),
            serde_json::Value::Object(m) => Value::Map(m.iter().map(|(k, v)| (k.clone(), Value::from(v))).collect()),
        }
    }
}

impl From<&Value> for serde_json::Value {
    fn from(value: &Value) -> Self {
        match value {
            Value::None => Self::Null,
            Value::Bool(b) => Self::Bool(*b),
            Value::Int(n) => Self::from(*n),
            Value::Big(digits) => Self::String(digits.clone()),
            Value::Float(x) => serde_json::Number::from_f64(*x).map_or(Self::Null, Self::Number),
            Value::Decimal(x) => serde_json::Number::from_f64(money::to_f64(*x)).map_or(Self::Null, Self::Number),
            Value::Str(s) => Self::String(s.clone()),
            Value::Bytes(b) => Self::String(String::from_utf8_lossy(b).into_owned()),
            Value::Date(d) => Self::String(d.format(DATE).to_string()),
            Value::DateTime(d) => Self::String(d.format(DATETIME).to_string()),
            Value::List(l) => Self::Array(l.iter().map(Self::from).collect()),
            Value::Map(m) => Self::Object(m.iter().map(|(k, v)| (k.clone(), Self::from(v))).collect()),
        }
    }
}

/// Builds a [`Map`]: `map! { "name" => "x", "active" => true }`.
#[macro_export]
macro_rules! map {
    ($($key:expr => $value:expr),* $(,)?) => {{
        #[allow(unused_mut)]
        let mut map = $crate::value::Map::new();
        $( map.insert(::std::string::String::from($key), $crate::value::Value::from($value)); )*
        map
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_read_as_python_writes_them() {
        for (x, text) in [(0.0, "0.0"), (1.0, "1.0"), (2.675, "2.675"), (1e16, "1e+16"), (1e-5, "1e-05"), (-1.5e300, "-1.5e+300")] {
            assert_eq!(py_float(x), text);
        }
    }

    #[test]
    fn containers_read_as_python_writes_them() {
        let value = Value::List(vec![Value::from("it's"), Value::None, Value::Bool(true), Value::Map(map! { "a" => 1_i64 })]);
        assert_eq!(value.py_str(), "[\"it's\", None, True, {'a': 1}]");
    }
}
