//! Database rows on their way out: columns of a [`Table`] know how a cell is written.

use std::collections::HashSet;

use chrono::Timelike;
use rust_decimal::Decimal;

use crate::answer::{Sink, write_value};
use crate::error::Result;
use crate::sql::row::{Row, push_padded, write_date};
use crate::value::{Map, Value};

/// How a cell of the database is written. NULL reads `false`, numbers read zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// int4; NULL is 0.
    Int,
    /// int4; NULL is `false` (ids).
    Id,
    /// int8; NULL is 0.
    Big,
    /// float8; NULL is 0.0.
    Float,
    /// numeric; NULL is 0.0.
    Decimal,
    Bool,
    Text,
    Date,
    Timestamp,
    Json,
}

/// Where a column's cells come from.
#[derive(Debug)]
pub enum Cell {
    /// One column of the row.
    Db { index: usize, codec: Codec },
    /// `[id, name]`, or `false`.
    Pair { id: usize, name: usize },
    /// Computed: one value a row.
    Values(Vec<Value>),
}

/// A column of the answer.
#[derive(Debug)]
pub struct Col {
    pub name: String,
    pub cell: Cell,
}

/// Rows of an answer.
pub struct Table {
    pub columns: Vec<Col>,
    pub rows: Vec<Row>,
    /// Which rows go out, in which order; `None`: all as they came.
    pub picks: Option<Vec<usize>>,
}

/// Rows that tell how long the others will be.
const SAMPLE: usize = 100;

impl Table {
    fn order(&self) -> Box<dyn Iterator<Item = usize> + '_> {
        match &self.picks {
            Some(picks) => Box::new(picks.iter().copied()),
            None => Box::new(0..self.rows.len()),
        }
    }

    /// Writes the rows as a list of maps.
    pub fn write(mut self, sink: &mut dyn Sink) -> Result<()> {
        let order: Vec<usize> = self.order().collect();
        let twice = self.picks.is_some() && order.iter().collect::<HashSet<_>>().len() < order.len();
        let mut text = String::with_capacity(32);
        sink.begin_list()?;
        let rows = order.len();
        for (at, n) in order.into_iter().enumerate() {
            if at == SAMPLE {
                sink.foresee(at, rows - at);
            }
            let Some(row) = self.rows.get(n) else { continue };
            sink.begin_map()?;
            for col in &mut self.columns {
                sink.key(&col.name)?;
                match &mut col.cell {
                    Cell::Db { index, codec } => write_cell(row, *index, *codec, &mut text, sink)?,
                    Cell::Pair { id, name } => write_pair(row, *id, *name, sink)?,
                    Cell::Values(values) => match values.get_mut(n) {
                        Some(value) if twice => write_value(value, sink)?,
                        Some(value) => write_value(&std::mem::replace(value, Value::None), sink)?,
                        None => sink.bool(false)?,
                    },
                }
            }
            sink.end_map()?;
        }
        sink.end_list()
    }

    /// The rows as values, for callers inside the program.
    pub fn into_value(self) -> Result<Value> {
        let mut list = Vec::with_capacity(self.rows.len());
        for n in self.order() {
            let Some(row) = self.rows.get(n) else { continue };
            let mut map = Map::with_capacity(self.columns.len());
            for col in &self.columns {
                let value = match &col.cell {
                    Cell::Db { index, codec } => read_cell(row, *index, *codec),
                    Cell::Pair { id, name } => match row.int(*id) {
                        Some(id) => Value::List(vec![Value::from(id), Value::Str(row.text(*name).unwrap_or_default())]),
                        None => Value::Bool(false),
                    },
                    Cell::Values(values) => values.get(n).cloned().unwrap_or(Value::Bool(false)),
                };
                map.insert(col.name.clone(), value);
            }
            list.push(Value::Map(map));
        }
        Ok(Value::List(list))
    }
}

/// A cell as clients read it.
pub fn read_cell(row: &Row, index: usize, codec: Codec) -> Value {
    match codec {
        Codec::Int => Value::Int(i64::from(row.int(index).unwrap_or(0))),
        Codec::Id => row.int(index).map_or(Value::Bool(false), Value::from),
        Codec::Big => Value::Int(row.big(index).unwrap_or(0)),
        Codec::Float => Value::Float(row.float(index).unwrap_or(0.0)),
        Codec::Decimal => row.number(index).unwrap_or(Value::Decimal(Decimal::ZERO)),
        Codec::Bool => Value::Bool(row.bool(index).unwrap_or(false)),
        Codec::Text => row.text(index).map_or(Value::Bool(false), Value::Str),
        Codec::Date => row.date(index).map_or(Value::Bool(false), Value::Date),
        Codec::Timestamp => row.timestamp(index).map_or(Value::Bool(false), Value::DateTime),
        Codec::Json => row.json(index).map_or(Value::Bool(false), |json| Value::from(&json)),
    }
}

fn write_cell(row: &Row, index: usize, codec: Codec, text: &mut String, sink: &mut dyn Sink) -> Result<()> {
    match codec {
        Codec::Int => sink.int(i64::from(row.int(index).unwrap_or(0))),
        Codec::Id => match row.int(index) {
            Some(id) => sink.int(i64::from(id)),
            None => sink.bool(false),
        },
        Codec::Big => sink.int(row.big(index).unwrap_or(0)),
        Codec::Float => sink.float(row.float(index).unwrap_or(0.0)),
        Codec::Decimal => sink.float(row.number(index).and_then(|x| x.as_float()).unwrap_or(0.0)),
        Codec::Bool => sink.bool(row.bool(index).unwrap_or(false)),
        Codec::Text => row
            .with_bytes(index, |bytes| match std::str::from_utf8(bytes) {
                Ok(text) => sink.str(text),
                Err(_) => sink.str(&String::from_utf8_lossy(bytes)),
            })
            .unwrap_or_else(|| sink.bool(false)),
        Codec::Date => match row.date(index) {
            Some(date) => {
                text.clear();
                write_date(date, text);
                sink.str(text)
            }
            None => sink.bool(false),
        },
        Codec::Timestamp => match row.timestamp(index) {
            Some(at) => {
                text.clear();
                write_date(at.date(), text);
                for (part, mark) in [(at.hour(), ' '), (at.minute(), ':'), (at.second(), ':')] {
                    text.push(mark);
                    push_padded(text, part, 2);
                }
                sink.str(text)
            }
            None => sink.bool(false),
        },
        Codec::Json => write_value(&read_cell(row, index, codec), sink),
    }
}

fn write_pair(row: &Row, id: usize, name: usize, sink: &mut dyn Sink) -> Result<()> {
    let Some(id) = row.int(id) else { return sink.bool(false) };
    sink.begin_list()?;
    sink.int(i64::from(id))?;
    row.with_bytes(name, |bytes| sink.str(&String::from_utf8_lossy(bytes))).unwrap_or_else(|| sink.str(""))?;
    sink.end_list()
}
