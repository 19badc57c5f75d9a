//! Records among the values of a search panel.

use std::collections::{HashMap, HashSet};

use crate::domain::Domain;
use crate::env::Env;
use crate::error::Result;
use crate::read::Page;
use crate::registry::Kind;
use crate::value::{Id, Map, Value};

use super::panel::{Panel, Used, image, used, with_count};

/// A record of the target.
pub(super) struct Record {
    pub id: Id,
    name: String,
    /// Another field of it: the parent, or what the panel groups by.
    other: Value,
}

impl Record {
    /// Records with their names and one more field.
    pub fn search(env: &mut Env, model: &str, domain: &Domain, other: Option<&str>, limit: Option<i64>) -> Result<Vec<Self>> {
        let mut fields = vec!["display_name".to_owned()];
        fields.extend(other.map(str::to_owned));
        let page = Page { limit, ..Page::default() };
        let rows = env.search_read(model, domain, Some(&fields), &page, true)?.into_value()?;
        let read = |row: &Value| {
            let map = row.as_map()?;
            let other = other.and_then(|name| map.get(name)).cloned().unwrap_or(Value::Bool(false));
            Some(Record { id: map.get("id")?.as_id()?, name: map.get("display_name").map(Value::py_str).unwrap_or_default(), other })
        };
        Ok(rows.as_list().unwrap_or_default().iter().filter_map(read).collect())
    }

    fn parent(&self) -> Option<Id> {
        self.other.as_list().and_then(<[Value]>::first).and_then(Value::as_id)
    }

    /// The wanted records and all that are above them, without those whose line is broken.
    pub fn with_whole_line(records: Vec<Record>, wanted: &[Id]) -> Vec<Record> {
        let by_id: HashMap<Id, &Record> = records.iter().map(|record| (record.id, record)).collect();
        let mut keep: HashSet<Id> = HashSet::new();
        for id in wanted {
            let (mut line, mut at) = (Vec::new(), Some(*id));
            let whole = loop {
                match at {
                    None => break true,
                    Some(id) if keep.contains(&id) => break true,
                    Some(id) if line.contains(&id) => break false,
                    Some(id) => match by_id.get(&id) {
                        Some(record) => {
                            line.push(id);
                            at = record.parent();
                        }
                        None => break false,
                    },
                }
            };
            if whole {
                keep.extend(line);
            }
        }
        records.into_iter().filter(|record| keep.contains(&record.id)).collect()
    }

    /// Counts of records with those of all below them.
    pub fn count_below(records: &[Record], own: &HashMap<Id, i64>) -> HashMap<Id, i64> {
        let parents: HashMap<Id, Option<Id>> = records.iter().map(|record| (record.id, record.parent())).collect();
        let mut all: HashMap<Id, i64> = HashMap::new();
        for record in records {
            let count = own.get(&record.id).copied().unwrap_or(0);
            let (mut at, mut seen) = (Some(record.id), HashSet::new());
            while let Some(id) = at.filter(|id| seen.insert(*id)) {
                *all.entry(id).or_insert(0) += count;
                at = parents.get(&id).copied().flatten();
            }
        }
        all
    }

    /// The row of the record; under `parent` the id of the record above.
    pub fn row(&self, parent: Option<&str>, count: Option<i64>) -> Map {
        let mut row = crate::map! { "id" => self.id, "display_name" => self.name.as_str() };
        if let Some(parent) = parent {
            row.insert(parent.to_owned(), self.parent().map_or(Value::Bool(false), Value::from));
        }
        with_count(row, count)
    }
}

/// How the panel groups its values: kind of the field, and labels when it is a selection.
struct Grouping {
    kind: Kind,
    labels: HashMap<String, String>,
}

impl Grouping {
    fn new(env: &mut Env, panel: &Panel) -> Result<Option<Self>> {
        let Some(name) = &panel.group_by else { return Ok(None) };
        let reg = env.registry();
        let target = reg.target(&panel.field)?;
        let field = target.field(name)?;
        let described = env.fields_get(&target.name, Some(std::slice::from_ref(name)), Some(&["selection".to_owned()]))?;
        let pairs = described.get(name).and_then(|map| map.as_map()?.get("selection")?.as_list().map(<[Value]>::to_vec));
        let label = |pair: &Value| match pair.as_list()? {
            [value, label] => Some((value.py_str(), label.py_str())),
            _ => None,
        };
        Ok(Some(Grouping { kind: field.kind, labels: pairs.unwrap_or_default().iter().filter_map(label).collect() }))
    }

    /// Id and name of the group that a value belongs to.
    fn place(&self, value: &Value) -> (Value, Value) {
        match (self.kind, value) {
            (Kind::Many2one, Value::List(pair)) => match pair.as_slice() {
                [id, name] => (id.clone(), name.clone()),
                _ => (Value::Bool(false), Value::from("Not Set")),
            },
            (_, value) if !value.truthy() => (Value::Bool(false), Value::from("Not Set")),
            (Kind::Selection, value) => {
                (value.clone(), self.labels.get(&value.py_str()).map_or_else(|| value.clone(), |l| Value::from(l.as_str())))
            }
            (_, value) => (value.clone(), value.clone()),
        }
    }

    fn write(grouping: Option<&Self>, record: &Record, row: &mut Map) -> Value {
        let Some(grouping) = grouping else { return Value::None };
        let (id, name) = grouping.place(&record.other);
        row.insert("group_id".into(), id.clone());
        row.insert("group_name".into(), name);
        id
    }
}

/// The targets of a many2one to filter by; `None`: too many.
pub(super) fn targets(env: &mut Env, panel: &Panel) -> Result<Option<Vec<Value>>> {
    let free = !panel.expand && panel.group_by.is_none() && panel.target == Domain::True;
    let found = if panel.counters || !panel.expand { image(env, panel, panel.limit.filter(|_| free))? } else { Vec::new() };
    if panel.full(found.len()) && free {
        return Ok(None);
    }
    let counts = counts(&found);
    let mut domain = panel.target.clone();
    if !panel.expand {
        domain = domain.and(Domain::in_ids("id", &found.iter().filter_map(|used| used.value.as_id()).collect::<Vec<Id>>()));
    }
    if free {
        let row = |used: &Used| {
            with_count(
                crate::map! { "id" => used.value.clone(), "display_name" => used.name.as_str() },
                panel.counters.then_some(used.count),
            )
        };
        return Ok(Some(found.iter().map(row).map(Value::Map).collect()));
    }
    let reg = env.registry();
    let records = Record::search(env, &reg.target(&panel.field)?.name, &domain, panel.group_by.as_deref(), panel.limit)?;
    if panel.full(records.len()) {
        return Ok(None);
    }
    let grouping = Grouping::new(env, panel)?;
    let rows = records.iter().map(|record| {
        let mut row = record.row(None, None);
        Grouping::write(grouping.as_ref(), record, &mut row);
        Value::Map(with_count(row, panel.counters.then(|| counts.get(&record.id).copied().unwrap_or(0))))
    });
    Ok(Some(rows.collect()))
}

/// The targets of a many2many to filter by; `None`: too many. Each group of values may count with a domain of
/// its own, so there is one count for each such domain.
pub(super) fn links(env: &mut Env, panel: &Panel) -> Result<Option<Vec<Value>>> {
    let mut domain = panel.target.clone();
    let mut counted: Vec<(Domain, HashMap<Id, i64>)> = Vec::new();
    if !panel.expand {
        let found = used(env, panel, panel.search.clone(), None)?;
        if panel.extra == Domain::True {
            counted.push((Domain::True, counts(&found)));
        }
        domain = domain.and(Domain::in_ids("id", &found.iter().filter_map(|used| used.value.as_id()).collect::<Vec<Id>>()));
    }
    let reg = env.registry();
    let records = Record::search(env, &reg.target(&panel.field)?.name, &domain, panel.group_by.as_deref(), panel.limit)?;
    if panel.expand && panel.full(records.len()) {
        return Ok(None);
    }
    let grouping = Grouping::new(env, panel)?;
    let mut rows = Vec::with_capacity(records.len());
    for record in &records {
        let mut row = record.row(None, None);
        let group = Grouping::write(grouping.as_ref(), record, &mut row);
        if panel.counters {
            let local = panel.group_domain.as_map().and_then(|map| map.get(&json(&group))).filter(|value| value.truthy());
            let local = local.map_or(Ok(Domain::True), Domain::parse)?;
            if !counted.iter().any(|(known, _)| *known == local) {
                let all = panel.search.clone().and(panel.extra.clone()).and(local.clone());
                let found = used(env, panel, all, None)?;
                counted.push((local.clone(), counts(&found)));
            }
            let count = counted.iter().find(|(known, _)| *known == local).and_then(|(_, counts)| counts.get(&record.id));
            row.insert("__count".into(), Value::Int(count.copied().unwrap_or(0)));
        }
        rows.push(Value::Map(row));
    }
    Ok(Some(rows))
}

fn counts(found: &[Used]) -> HashMap<Id, i64> {
    found.iter().filter_map(|used| Some((used.value.as_id()?, used.count))).collect()
}

/// The key of a group in `group_domain`.
fn json(value: &Value) -> String {
    serde_json::Value::from(value).to_string()
}
