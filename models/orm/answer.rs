//! Answers on their way to the wire.
//!
//! A method answers a [`Value`], or a [`Table`]: database rows that go to the answer's buffer as bytes, without a
//! tree of values between. Every envelope (JSON, XML, CSV) is a [`Sink`].

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::Result;
use crate::rows::Table;
use crate::value::{DATE, DATETIME, Value};

/// Receives an answer piece by piece. Calls come in document order; a key precedes each value of a map.
pub trait Sink {
    fn null(&mut self) -> Result<()>;
    fn bool(&mut self, value: bool) -> Result<()>;
    fn int(&mut self, value: i64) -> Result<()>;
    fn float(&mut self, value: f64) -> Result<()>;
    fn str(&mut self, value: &str) -> Result<()>;
    fn begin_list(&mut self) -> Result<()>;
    fn end_list(&mut self) -> Result<()>;
    fn begin_map(&mut self) -> Result<()>;
    fn key(&mut self, name: &str) -> Result<()>;
    fn end_map(&mut self) -> Result<()>;
    /// So many rows are written and so many are to come: room can be made at once.
    fn foresee(&mut self, _written: usize, _coming: usize) {}
}

/// Makes room in a buffer for rows to come, by those that are written. A large buffer that grows by doubling would be
/// there twice while it moves.
pub fn foresee(out: &mut Vec<u8>, written: usize, coming: usize) {
    out.reserve(out.len() / written.max(1) * coming + out.len());
}

/// What a method answers.
pub enum Answer {
    Value(Value),
    Table(Table),
}

impl Answer {
    /// Writes the whole answer. What is written is given back at once: a large answer is not there twice.
    pub fn write(self, sink: &mut dyn Sink) -> Result<()> {
        match self {
            Answer::Value(Value::List(list)) => write_list(list, sink),
            Answer::Value(value) => write_value(&value, sink),
            Answer::Table(table) => table.write(sink),
        }
    }

    /// The answer as a value, for callers inside the program.
    pub fn into_value(self) -> Result<Value> {
        match self {
            Answer::Value(value) => Ok(value),
            Answer::Table(table) => table.into_value(),
        }
    }

    /// A method that returned nothing.
    pub fn is_none(&self) -> bool {
        matches!(self, Answer::Value(Value::None))
    }
}

impl<T: Into<Value>> From<T> for Answer {
    fn from(value: T) -> Self {
        Answer::Value(value.into())
    }
}

fn write_list(list: Vec<Value>, sink: &mut dyn Sink) -> Result<()> {
    sink.begin_list()?;
    for item in list {
        write_value(&item, sink)?;
    }
    sink.end_list()
}

/// Writes one value and what it holds. Bytes go out as base64 text.
pub fn write_value(value: &Value, sink: &mut dyn Sink) -> Result<()> {
    match value {
        Value::None => sink.null(),
        Value::Bool(b) => sink.bool(*b),
        Value::Int(n) => sink.int(*n),
        Value::Big(digits) => sink.str(digits),
        Value::Float(x) => sink.float(*x),
        Value::Decimal(x) => sink.float(crate::money::to_f64(*x)),
        Value::Str(s) => sink.str(s),
        Value::Bytes(b) => sink.str(&STANDARD.encode(b)),
        Value::Date(d) => sink.str(&d.format(DATE).to_string()),
        Value::DateTime(d) => sink.str(&d.format(DATETIME).to_string()),
        Value::List(l) => {
            sink.begin_list()?;
            for item in l {
                write_value(item, sink)?;
            }
            sink.end_list()
        }
        Value::Map(m) => {
            sink.begin_map()?;
            for (key, item) in m {
                sink.key(key)?;
                write_value(item, sink)?;
            }
            sink.end_map()
        }
    }
}
