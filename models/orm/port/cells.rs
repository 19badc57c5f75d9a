//! Cells of a file as values of a field. What people write is taken where it is clear.

use chrono::{NaiveDateTime, TimeZone, Utc};
use rust_decimal::Decimal;

use crate::convert;
use crate::env::Env;
use crate::error::{Builtin, Error};
use crate::registry::{Field, Kind, Model, translated};
use crate::value::{Map, Value};

/// Why a cell is refused: for people, and what else is told (`moreinfo`: what could be written instead).
#[derive(Debug)]
pub(super) struct Bad {
    pub message: String,
    pub info: Map,
}

/// A refused cell, or an error that ends the call.
#[derive(Debug)]
pub(super) enum Stop {
    Bad(Bad),
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Error(error)
    }
}

/// Refuses a cell.
pub(super) fn bad<T>(message: String) -> Result<T, Stop> {
    Err(Stop::Bad(Bad { message, info: Map::new() }))
}

fn bad_with<T>(message: String, more: impl Into<Value>) -> Result<T, Stop> {
    Err(Stop::Bad(Bad { message, info: crate::map! { "moreinfo" => more.into() } }))
}

/// The value of a field that is not relational. `label` names the field in messages.
pub(super) fn value_of(env: &mut Env, model: &Model, field: &Field, cell: &Value, label: &str) -> Result<Value, Stop> {
    let text = cell.py_str();
    match field.kind {
        Kind::Boolean => boolean(cell, label),
        Kind::Integer | Kind::Many2oneReference => match (cell, text.trim().parse::<i64>()) {
            #[expect(clippy::cast_possible_truncation, reason = "as integers of text are cut")]
            (Value::Float(x), _) if x.is_finite() => Ok(Value::Int(x.trunc() as i64)),
            (Value::Bool(yes), _) => Ok(Value::Int(i64::from(*yes))),
            (_, Ok(n)) => Ok(Value::Int(n)),
            _ => bad(format!("'{text}' does not seem to be an integer for field '{label}'")),
        },
        Kind::Float | Kind::Monetary => match (text.trim().parse::<Decimal>(), text.trim().parse::<f64>()) {
            (Ok(x), _) => Ok(Value::Decimal(x)),
            (_, Ok(x)) if x.is_finite() => Ok(Value::Float(x)),
            _ => bad(format!("'{text}' does not seem to be a number for field '{label}'")),
        },
        Kind::Date => match convert::to_date(cell) {
            Ok(Some(date)) => Ok(Value::Date(date)),
            _ => bad_with(format!("'{text}' does not seem to be a valid date for field '{label}'"), "Use the format '2012-12-31'"),
        },
        Kind::Datetime => match convert::to_datetime(cell) {
            Ok(Some(at)) => Ok(Value::DateTime(to_utc(env, at))),
            _ => bad_with(
                format!("'{text}' does not seem to be a valid datetime for field '{label}'"),
                "Use the format '2012-12-31 23:59:59'",
            ),
        },
        Kind::Selection => selection(env, model, field, &text, label),
        Kind::Json | Kind::Properties | Kind::PropertiesDefinition => match (cell, serde_json::from_str::<serde_json::Value>(&text)) {
            (Value::Str(_), Ok(json)) => Ok(Value::from(&json)),
            (Value::Str(_), Err(_)) => bad(format!("'{text}' does not seem to be a valid JSON for field '{label}'")),
            _ => Ok(cell.clone()),
        },
        _ => Ok(cell.clone()),
    }
}

fn boolean(cell: &Value, label: &str) -> Result<Value, Stop> {
    let Value::Str(text) = cell else {
        // A file has texts only; other values of a client are refused as a whole.
        let text = format!("'{}' object has no attribute 'lower'", cell.type_name());
        return Err(Stop::Error(Error::Builtin(Builtin::AttributeError, text)));
    };
    match text.to_lowercase().as_str() {
        "1" | "true" | "yes" => Ok(Value::Bool(true)),
        text if is_no(text) => Ok(Value::Bool(false)),
        _ => bad_with(format!("Unknown value '{text}' for boolean field '{label}'"), "Use '1' for yes and '0' for no"),
    }
}

/// Words for no; as an id they mean that there is none.
pub(super) fn is_no(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "0" | "false" | "no" | "")
}

/// Local time of the reader as UTC. A time that a clock change makes twice is the later one; a skipped one is taken as UTC.
fn to_utc(env: &Env, at: NaiveDateTime) -> NaiveDateTime {
    match env.tz() {
        Some(tz) => tz.from_local_datetime(&at).latest().map_or(at, |t| t.with_timezone(&Utc).naive_utc()),
        None => at,
    }
}

/// By value or by label in any language, whatever the case.
fn selection(env: &Env, model: &Model, field: &Field, text: &str, label: &str) -> Result<Value, Stop> {
    let choices = choices(env, model, field);
    let lower = text.to_lowercase();
    if let Some((value, _)) = choices.iter().find(|(value, _)| value == text) {
        return Ok(Value::Str(value.clone()));
    }
    let found = choices.iter().find(|(value, labels)| value.to_lowercase() == lower || labels.iter().any(|l| l.to_lowercase() == lower));
    match found {
        Some((value, _)) => Ok(Value::Str(value.clone())),
        None => {
            let known: Vec<Value> = choices.iter().map(|(value, labels)| Value::Str(labels.first().unwrap_or(value).clone())).collect();
            bad_with(format!("Value '{text}' not found in selection field '{label}'"), Value::List(known))
        }
    }
}

impl Env {
    /// The values of a selection with their labels, the one of the reader's language first.
    pub fn selection_labels(&self, model: &str, field: &str) -> Vec<(String, Vec<String>)> {
        let reg = self.registry();
        let found = reg.models.get(model).and_then(|m| Some((m, m.fields.get(field)?)));
        found.map(|(model, field)| choices(self, model, field)).unwrap_or_default()
    }
}

/// Values with their labels, the one of the language first.
fn choices(env: &Env, model: &Model, field: &Field) -> Vec<(String, Vec<String>)> {
    if let Some(make) = env.declared().field(&model.name, &field.name).and_then(|d| d.selection) {
        return make(&env.registry()).into_iter().map(|(value, label)| (value, vec![label])).collect();
    }
    let lang = env.context().lang.clone();
    let labels = |texts: &crate::registry::Translations| {
        let mut all = vec![translated(texts, &lang).to_owned()];
        all.extend(texts.values().filter(|t| **t != translated(texts, &lang)).cloned());
        all
    };
    field.selection.iter().map(|(value, texts)| (value.clone(), labels(texts))).collect()
}

/// The label of a selection's value.
pub(super) fn label_of(env: &Env, model: &Model, field: &Field, value: &str) -> String {
    let found = choices(env, model, field).into_iter().find(|(v, _)| v == value);
    found.and_then(|(_, labels)| labels.into_iter().next()).unwrap_or_else(|| value.to_owned())
}

/// A value as it is exported; empty ones are empty text, numbers and booleans are themselves.
pub(super) fn exported(env: &Env, model: &Model, field: &Field, value: Value) -> Value {
    match (field.kind, value) {
        (Kind::Boolean | Kind::Integer | Kind::Float | Kind::Monetary, value) => value,
        (Kind::Selection, Value::Str(value)) => Value::Str(label_of(env, model, field, &value)),
        (Kind::Datetime, Value::DateTime(at)) => Value::DateTime(env.tz().map_or(at, |tz| tz.from_utc_datetime(&at).naive_local())),
        (_, value) if value.truthy() => value,
        _ => Value::from(""),
    }
}

/// `{"from": …, "to": …}` and the record's number, as every message has them.
pub(super) fn place(record: usize, from: usize, to: usize) -> Map {
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    crate::map! { "rows" => crate::map! { "from" => number(from), "to" => number(to) }, "record" => number(record) }
}
