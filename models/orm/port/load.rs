//! `load`: rows of a spreadsheet as records; all of them, or none and a message for each row that is wrong.

use std::collections::HashSet;

use crate::answer::Answer;
use crate::call::Invocation;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::port::cells::place;
use crate::port::extract::{Extracted, extract, plain};
use crate::port::lookup::Lookup;
use crate::port::relations::{Converter, Remark};
use crate::port::wizard::Wizard;
use crate::port::{DB_ID, XID, columns_arg};
use crate::registry::Model;
use crate::value::{Id, Map, Value};

/// After so many errors the rest is not tried, if they are more than one in ten.
const ENOUGH: usize = 10;

/// What `load` found.
#[derive(Debug)]
pub struct Loaded {
    /// `None`: something was wrong and nothing was kept.
    pub ids: Option<Vec<Id>>,
    pub messages: Vec<Map>,
    /// Where to go on after `_import_limit` rows; 0 when there is no more.
    pub nextrow: usize,
}

/// A record that waits to be stored.
struct Item {
    xid: Option<String>,
    id: Option<Id>,
    values: Map,
    /// Rows and number, as messages have them.
    place: Map,
}

/// Records that wait, and what became of those before them.
#[derive(Default)]
pub(super) struct Batch {
    model: String,
    items: Vec<Item>,
    xids: HashSet<String>,
    ids: Vec<Id>,
    messages: Vec<Map>,
    errors: usize,
    given_up: bool,
}

/// Why one record could not be stored.
struct Failure {
    message: String,
    more: Option<&'static str>,
    field: Option<String>,
    /// A rule of the data said no, not the database.
    by_rule: bool,
}

pub(super) fn load(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let columns = columns_arg(call, "fields")?;
    let Value::List(rows) = call.arg("data") else {
        return Err(Error::type_(format!("'{}' object is not iterable", call.arg("data").type_name())));
    };
    let loaded = env.load_rows(&call.model, &columns, rows)?;
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(Answer::Value(Value::Map(crate::map! {
        "ids" => loaded.ids.map_or(Value::Bool(false), Value::from),
        "messages" => Value::List(loaded.messages.into_iter().map(Value::Map).collect()),
        "nextrow" => number(loaded.nextrow),
    })))
}

impl Env {
    /// Loads rows of cells under columns that are split into steps.
    ///
    /// # Errors
    /// ValueError on columns that are no field; conflicts with other transactions. Wrong rows are messages.
    pub fn load_rows(&mut self, model: &str, columns: &[Vec<String>], rows: &[Value]) -> Result<Loaded> {
        let reg = self.registry();
        let found = reg.model(model)?;
        self.flush()?;
        let limit = self.context_get("_import_limit").and_then(Value::as_int).and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
        let module = self.context_get("_import_current_module").and_then(Value::as_str).unwrap_or("__import__").to_owned();
        let paths: Vec<&[String]> = columns.iter().map(Vec::as_slice).collect();
        let cells: Vec<Vec<&Value>> = rows.iter().map(|row| row.as_list().unwrap_or_default().iter().collect()).collect();
        let records = extract(&reg, found, &paths, &cells, limit)?;
        let next = records.last().map_or(0, |last| last.to + 1);
        let mut batch = Batch { model: model.to_owned(), ..Batch::default() };
        let mut lookup = Lookup::new(module);
        let mut undone = false;
        let outcome = self.savepoint(|env| {
            run(env, found, &records, &mut lookup, &mut batch)?;
            undone = batch.messages.iter().any(|m| m.get("type").and_then(Value::as_str) == Some("error"));
            // Any error takes the savepoint back; this one goes no further.
            if undone { Err(Error::user("not kept")) } else { Ok(()) }
        });
        if !undone {
            outcome?;
        }
        let ids = (!undone).then_some(batch.ids);
        Ok(Loaded { ids, messages: batch.messages, nextrow: if next < limit { 0 } else { next } })
    }
}

fn run(env: &mut Env, model: &Model, records: &[Extracted], lookup: &mut Lookup, batch: &mut Batch) -> Result<()> {
    lookup.warm(env, model, records.iter().map(|r| &r.record))?;
    let wizard = Wizard::of(env);
    for (number, Extracted { record, from, to }) in records.iter().enumerate() {
        let place = place(number, *from, *to);
        let mut id = None;
        if let Some(text) = plain(record, DB_ID).map(Value::py_str) {
            id = text.trim().parse::<Id>().ok().filter(|id| lookup.has(&model.name, *id));
            if id.is_none() {
                let mut message = place.clone();
                message.extend(
                    crate::map! { "type" => "error", "field" => DB_ID, "message" => format!("Unknown database identifier '{text}'") },
                );
                batch.messages.push(message);
            }
        }
        let xid = plain(record, XID).map(|x| lookup.full(&x.py_str()));
        if xid.as_ref().is_some_and(|x| batch.xids.contains(x)) {
            // The same external id again: the row before has to be there to be updated.
            batch.store(env, lookup)?;
        }
        let mut remarks = Vec::new();
        let mut converter = Converter { lookup: &mut *lookup, wizard: &wizard, above: Vec::new(), batch: &mut *batch };
        let values = converter.convert(env, model, record, &mut remarks)?;
        batch.messages.extend(remarks.into_iter().map(|remark| remarked(&place, remark)));
        if wizard.leaves_out(&values) {
            continue;
        }
        batch.xids.extend(xid.clone());
        batch.items.push(Item { xid, id, values, place });
    }
    batch.store(env, lookup)
}

fn remarked(place: &Map, remark: Remark) -> Map {
    let mut message = place.clone();
    message.extend(crate::map! {
        "type" => if remark.warning { "warning" } else { "error" },
        "field" => remark.field,
        "field_name" => remark.name,
        "message" => remark.message,
    });
    message.extend(remark.info);
    message
}

impl Batch {
    /// Whether a record of this model waits.
    pub fn makes(&self, model: &str) -> bool {
        self.model == model && !self.items.is_empty()
    }

    /// Whether a record with this external id waits.
    pub fn creates(&self, xid: &str) -> bool {
        self.xids.contains(xid)
    }

    /// Stores what waits: together if that goes, else one by one to find out which do not.
    pub fn store(&mut self, env: &mut Env, lookup: &mut Lookup) -> Result<()> {
        let items = std::mem::take(&mut self.items);
        self.xids.clear();
        if items.is_empty() || self.given_up {
            return Ok(());
        }
        let model = self.model.clone();
        let together = match attempt(env, &model, &items, lookup)? {
            Ok(ids) => {
                self.ids.extend(ids);
                return Ok(());
            }
            Err(failure) => failure,
        };
        let before = self.errors;
        let first = self.messages.len();
        for (n, item) in items.iter().enumerate() {
            match attempt(env, &model, std::slice::from_ref(item), lookup)? {
                Ok(ids) => self.ids.extend(ids),
                Err(failure) => {
                    self.errors += 1;
                    self.messages.push(failure.message_at(&item.place));
                }
            }
            if self.errors >= ENOUGH && self.errors * 10 > n {
                self.given_up = true;
                self.messages.push(crate::map! { "type" => "warning", "message" => "More than ten errors, and more than one in ten records: the rest was not tried." });
                break;
            }
        }
        if together.by_rule
            && self.errors > before
            && let Some(item) = items.first()
        {
            let message = together.message_at(&item.place);
            if !self.messages.contains(&message) {
                self.messages.insert(first, message);
            }
        }
        Ok(())
    }
}

impl Failure {
    fn message_at(&self, place: &Map) -> Map {
        let mut message = place.clone();
        message.extend(crate::map! { "type" => "error", "message" => self.message.as_str() });
        if let Some(more) = self.more {
            message.insert("moreinfo".into(), Value::from(more));
        }
        if let Some(field) = &self.field {
            message.insert("field".into(), Value::from(field.as_str()));
        }
        message
    }
}

/// Stores records, or takes them back and tells why. What ends the whole call is an error.
fn attempt(env: &mut Env, model: &str, items: &[Item], lookup: &mut Lookup) -> Result<Result<Vec<Id>, Failure>> {
    env.violation = None;
    let error = match env.savepoint(|env| keep(env, model, items, lookup)) {
        Ok(ids) => return Ok(Ok(ids)),
        Err(error) if error.ends_call() => return Err(error),
        Err(error) => error,
    };
    let violation = env.violation.take();
    let field = violation.as_ref().filter(|v| v.model == model).and_then(|v| match v.fields.as_slice() {
        [field] => Some(field.clone()),
        _ => None,
    });
    let known = violation.is_some()
        || matches!(error, Error::User(_) | Error::Validation(_) | Error::Access(_) | Error::Missing(_) | Error::Redirect { .. });
    Ok(Err(Failure {
        message: if known { error.to_string() } else { format!("Unknown error during import: {error}") },
        more: (!known).then_some("Resolve other errors first"),
        field,
        by_rule: known && violation.is_none(),
    }))
}

/// Creates and updates records; answers their ids in order.
fn keep(env: &mut Env, model: &str, items: &[Item], lookup: &mut Lookup) -> Result<Vec<Id>> {
    let mut ids: Vec<Option<Id>> = Vec::with_capacity(items.len());
    let mut new: Vec<Map> = Vec::new();
    for item in items {
        let existing = match item.xid.as_deref().map(|xid| (xid, lookup.target(xid))) {
            Some((_, Some((of, id)))) if of == model => Some(*id),
            Some((xid, Some((of, _)))) => {
                return Err(Error::validation(format!(
                    "For external id {xid} when trying to create/update a record of model {model} found record of different model {of}"
                )));
            }
            Some((_, None)) => None,
            None => item.id,
        };
        match existing {
            Some(id) => env.write(model, &[id], item.values.clone())?,
            None => new.push(item.values.clone()),
        }
        ids.push(existing);
    }
    let mut made = if new.is_empty() { Vec::new() } else { env.create(model, new)? }.into_iter();
    let mut named = Vec::new();
    for (item, id) in items.iter().zip(&mut ids) {
        if id.is_none() {
            *id = made.next();
            named.extend(item.xid.clone().zip(*id));
        }
    }
    keep_names(env, model, &named)?;
    for (xid, id) in named {
        lookup.learn(&xid, model, id);
    }
    Ok(ids.into_iter().flatten().collect())
}

/// External ids of new records, and of the parents that were created with them.
fn keep_names(env: &mut Env, model: &str, named: &[(String, Id)]) -> Result<()> {
    let mut rows: Vec<(String, String, Id)> = named.iter().map(|(xid, id)| (xid.clone(), model.to_owned(), *id)).collect();
    let reg = env.registry();
    for (link, parent) in &reg.model(model)?.inherits {
        let ids: Vec<Id> = named.iter().map(|(_, id)| *id).collect();
        let parents = env.sudo(|env| env.values(model, link, &ids))?;
        let suffix = parent.replace('.', "_");
        rows.extend(
            named.iter().zip(parents).filter_map(|((xid, _), value)| Some((format!("{xid}_{suffix}"), parent.clone(), value.as_id()?))),
        );
    }
    env.keep_external_ids(&rows)
}
