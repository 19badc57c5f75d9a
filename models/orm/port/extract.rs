//! From rows of cells to records: lines of a one2many stand on rows of their own below their record.

use indexmap::IndexMap;

use crate::error::{Error, Result};
use crate::port::{DB_ID, XID};
use crate::registry::{Kind, Model, Registry};
use crate::value::Value;

/// What a record's column holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Plain(Value),
    /// Records of a relational field.
    Records(Vec<Record>),
}

/// A record of the file. The empty name stands for the record's own name.
pub(super) type Record = IndexMap<String, Cell>;

/// The record's name, where a relational field has no further step.
pub(super) const NAME: &str = "";

/// A record with the first and last of its rows.
#[derive(Debug, PartialEq)]
pub(super) struct Extracted {
    pub record: Record,
    pub from: usize,
    pub to: usize,
}

/// The plain cell of a name, when it is not empty.
pub(super) fn plain<'r>(record: &'r Record, name: &str) -> Option<&'r Value> {
    match record.get(name) {
        Some(Cell::Plain(value)) if value.truthy() => Some(value),
        _ => None,
    }
}

/// Refuses columns that no field has.
fn kinds(model: &Model, columns: &[&[String]]) -> Result<Vec<Option<Kind>>> {
    columns
        .iter()
        .map(|path| match path.first().map(String::as_str) {
            None | Some(XID | DB_ID) => Ok(None),
            Some(name) => model.field(name).map(|f| Some(f.kind)),
        })
        .collect()
}

/// Takes records from rows, up to the row `limit` (and what belongs to the record begun before it).
pub(super) fn extract(reg: &Registry, model: &Model, columns: &[&[String]], rows: &[Vec<&Value>], limit: usize) -> Result<Vec<Extracted>> {
    let kinds = kinds(model, columns)?;
    let has_lines = kinds.contains(&Some(Kind::One2many));
    let only_lines = |row: &[&Value]| {
        let mut lines = false;
        for (kind, value) in kinds.iter().zip(row) {
            if value.truthy() {
                if *kind != Some(Kind::One2many) {
                    return false;
                }
                lines = true;
            }
        }
        lines
    };
    let mut out = Vec::new();
    let mut from = 0;
    while from < rows.len() && from < limit {
        let further = if has_lines { rows.iter().skip(from + 1).take_while(|row| only_lines(row)).count() } else { 0 };
        let span = rows.get(from..=from + further).unwrap_or_default();
        out.push(Extracted { record: record(reg, model, columns, &kinds, span)?, from, to: from + further });
        from += further + 1;
    }
    Ok(out)
}

fn record(reg: &Registry, model: &Model, columns: &[&[String]], kinds: &[Option<Kind>], span: &[Vec<&Value>]) -> Result<Record> {
    let mut record = Record::new();
    for (n, (path, kind)) in columns.iter().zip(kinds).enumerate() {
        let name = path.first().map_or(NAME, String::as_str);
        if record.contains_key(name) {
            continue;
        }
        if !kind.is_some_and(Kind::is_relational) {
            if path.len() > 1 {
                return Err(Error::value(format!("Invalid column '{}' on '{}'", path.join("/"), model.name)));
            }
            let value = span.first().and_then(|row| row.get(n)).map_or(Value::None, |v| (*v).clone());
            record.insert(name.to_owned(), Cell::Plain(value));
            continue;
        }
        let target = reg.target(model.field(name)?)?;
        let own: Vec<usize> = (0..columns.len()).filter(|m| columns.get(*m).and_then(|p| p.first()).is_some_and(|f| f == name)).collect();
        let paths: Vec<&[String]> = own.iter().filter_map(|m| columns.get(*m)?.get(1..)).collect();
        let rows: Vec<Vec<&Value>> = span
            .iter()
            .map(|row| own.iter().map(|m| row.get(*m).copied().unwrap_or(&Value::None)).collect::<Vec<_>>())
            .filter(|row| row.iter().any(|v| v.truthy()))
            .collect();
        let lines = extract(reg, target, &paths, &rows, usize::MAX)?;
        record.insert(name.to_owned(), Cell::Records(lines.into_iter().map(|line| line.record).collect()));
    }
    Ok(record)
}
