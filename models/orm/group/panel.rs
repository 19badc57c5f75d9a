//! The search panel: values of a field to choose from, with the number of records behind each.

use std::collections::HashMap;

use crate::answer::Answer;
use crate::args::{domain_arg, number_arg};
use crate::call::Invocation;
use crate::domain::{Domain, Op};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::registry::{Field, Kind};
use crate::value::{Id, Map, Value};

use super::panel_records::Record;
use super::spec::{Aggregate, Ask, GroupBy};
use super::text_arg;

/// The options of a panel, for one field.
pub(super) struct Panel {
    pub model: String,
    pub field: Field,
    /// What the search says.
    pub search: Domain,
    /// What the other filters of the panel say: it counts, but it hides no value.
    pub extra: Domain,
    pub target: Domain,
    pub counters: bool,
    /// Values without records show too.
    pub expand: bool,
    pub limit: Option<i64>,
    pub hierarchize: bool,
    pub group_by: Option<String>,
    /// For many2one one domain; for many2many one by group.
    pub group_domain: Value,
}

impl Panel {
    fn new(env: &Env, call: &Invocation, kinds: &[Kind]) -> Result<Self> {
        let reg = env.registry();
        let name = text_arg(call.arg("field_name"))?;
        let field = reg.model(&call.model)?.fields.get(name).ok_or_else(|| Error::key(name))?.clone();
        if !kinds.contains(&field.kind) {
            return Err(Error::user(format!("A search panel cannot show the field '{name}' of type {}.", field.kind.name())));
        }
        let options = call.arg("kwargs").as_map().cloned().unwrap_or_default();
        let get = |name: &str| options.get(name).cloned().unwrap_or_default();
        let domain = |name: &str| if get(name).truthy() { domain_arg(&get(name)) } else { Ok(Domain::True) };
        Ok(Panel {
            model: call.model.clone(),
            search: domain("search_domain")?,
            extra: domain("category_domain")?.and(domain("filter_domain")?),
            target: domain("comodel_domain")?,
            counters: get("enable_counters").truthy(),
            expand: get("expand").truthy(),
            limit: number_arg(&get("limit"))?.filter(|n| *n > 0),
            hierarchize: options.get("hierarchize").is_none_or(Value::truthy),
            group_by: get("group_by").as_str().filter(|name| !name.is_empty()).map(str::to_owned),
            group_domain: get("group_domain"),
            field,
        })
    }

    /// The answer for more values than the client wants to show.
    pub fn full(&self, found: usize) -> bool {
        self.limit.is_some_and(|limit| i64::try_from(found).is_ok_and(|found| found >= limit))
    }
}

pub(super) fn too_many() -> Value {
    Value::Map(crate::map! { "error_msg" => "Too many items to display." })
}

/// A value in use.
pub(super) struct Used {
    pub value: Value,
    pub name: String,
    pub count: i64,
}

impl Used {
    fn row(&self, counters: bool) -> Value {
        let mut row = crate::map! { "id" => self.value.clone(), "display_name" => self.name.as_str() };
        if counters {
            row.insert("__count".into(), Value::Int(self.count));
        }
        Value::Map(row)
    }
}

pub(super) fn select_range(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let panel = Panel::new(env, call, &[Kind::Many2one, Kind::Selection])?;
    let (parent, values) = match panel.field.kind {
        Kind::Selection => (None, selection(env, &panel)?),
        _ => tree(env, &panel)?,
    };
    let Some(values) = values else { return Ok(Answer::Value(too_many())) };
    let parent = parent.map_or(Value::Bool(false), Value::Str);
    Ok(Answer::Value(Value::Map(crate::map! { "parent_field" => parent, "values" => Value::List(values) })))
}

pub(super) fn select_multi_range(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let mut panel = Panel::new(env, call, &[Kind::Many2one, Kind::Many2many, Kind::Selection])?;
    let values = match panel.field.kind {
        Kind::Selection => selection(env, &panel)?,
        Kind::Many2many => super::panel_records::links(env, &panel)?,
        _ => {
            if panel.group_domain.truthy() && panel.group_domain.as_list().is_some() {
                panel.extra = panel.extra.and(Domain::parse(&panel.group_domain)?);
            }
            super::panel_records::targets(env, &panel)?
        }
    };
    Ok(Answer::Value(values.map_or_else(too_many, |values| Value::Map(crate::map! { "values" => Value::List(values) }))))
}

/// The values of the field among records, each with its number.
pub(super) fn used(env: &mut Env, panel: &Panel, domain: Domain, limit: Option<i64>) -> Result<Vec<Used>> {
    let set = Domain::cond(panel.field.name.as_str(), Op::Ne, false);
    let group = GroupBy::parse(&panel.field.name)?;
    let ask = Ask { groups: vec![group], aggregates: vec![Aggregate::Count], limit, ..Ask::default() };
    let found = env.read_groups(&panel.model, &domain.and(set), &ask)?;
    let labels = if panel.field.kind == Kind::Selection { labels(env, panel)? } else { Vec::new() };
    let label = |value: &Value| labels.iter().find(|(known, _)| value.as_str() == Some(known)).map(|(_, label)| label.clone());
    let read = |group: super::Group| {
        let (key, count) = (group.keys.into_iter().next()?, group.aggregates.first()?.as_int()?);
        let name = label(&key.value).or(key.name).unwrap_or_default();
        (key.value != Value::None).then_some(Used { value: key.value, name, count })
    };
    Ok(found.rows.into_iter().filter_map(read).collect())
}

/// The values in use by the search, counted with the other filters of the panel.
pub(super) fn image(env: &mut Env, panel: &Panel, limit: Option<i64>) -> Result<Vec<Used>> {
    if panel.expand {
        return used(env, panel, panel.search.clone().and(panel.extra.clone()), None);
    }
    let mut shown = used(env, panel, panel.search.clone(), limit)?;
    if panel.counters && panel.extra != Domain::True {
        let counted = used(env, panel, panel.search.clone().and(panel.extra.clone()), None)?;
        let counts: HashMap<String, i64> = counted.into_iter().map(|used| (used.value.py_repr(), used.count)).collect();
        for value in &mut shown {
            value.count = counts.get(&value.value.py_repr()).copied().unwrap_or(0);
        }
    }
    Ok(shown)
}

/// Values and labels of the selection.
fn labels(env: &mut Env, panel: &Panel) -> Result<Vec<(String, String)>> {
    let described = env.fields_get(&panel.model, Some(std::slice::from_ref(&panel.field.name)), Some(&["selection".to_owned()]))?;
    let pairs = described.get(&panel.field.name).and_then(|map| map.as_map()?.get("selection")?.as_list().map(<[Value]>::to_vec));
    let read = |pair: &Value| match pair.as_list()? {
        [value, label] => Some((value.py_str(), label.py_str())),
        _ => None,
    };
    Ok(pairs.unwrap_or_default().iter().filter_map(read).collect())
}

fn selection(env: &mut Env, panel: &Panel) -> Result<Option<Vec<Value>>> {
    let found = if panel.counters || !panel.expand { image(env, panel, None)? } else { Vec::new() };
    if !panel.expand {
        return Ok(Some(found.iter().map(|used| used.row(panel.counters)).collect()));
    }
    let all = labels(env, panel)?;
    let count = |value: &str| found.iter().find(|used| used.value.as_str() == Some(value)).map_or(0, |used| used.count);
    let row = |(value, name): &(String, String)| {
        Used { value: Value::from(value.as_str()), name: name.clone(), count: count(value) }.row(panel.counters)
    };
    Ok(Some(all.iter().map(row).collect()))
}

/// The targets of a many2one, under their parents when they have any.
fn tree(env: &mut Env, panel: &Panel) -> Result<(Option<String>, Option<Vec<Value>>)> {
    let reg = env.registry();
    let target = reg.target(&panel.field)?;
    let parent = Some(target.parent_field.clone()).filter(|name| panel.hierarchize && target.fields.contains_key(name));
    let free = !panel.expand && parent.is_none() && panel.target == Domain::True;
    let found = if panel.counters || !panel.expand { image(env, panel, panel.limit.filter(|_| free))? } else { Vec::new() };
    if free {
        let rows = found.iter().map(|used| used.row(panel.counters)).collect();
        return Ok((parent, Some(rows).filter(|_| !panel.full(found.len()))));
    }
    let ids: Vec<Id> = found.iter().filter_map(|used| used.value.as_id()).collect();
    let mut domain = panel.target.clone();
    if !panel.expand {
        let op = if parent.is_some() { Op::ParentOf } else { Op::In };
        domain = domain.and(Domain::cond("id", op, Value::from(ids.clone())));
    }
    let mut records = Record::search(env, &target.name, &domain, parent.as_deref(), panel.limit)?;
    if parent.is_some() {
        let wanted: Vec<Id> = if panel.expand { records.iter().map(|record| record.id).collect() } else { ids };
        records = Record::with_whole_line(records, &wanted);
    }
    if panel.full(records.len()) {
        return Ok((parent, None));
    }
    let mut counts: HashMap<Id, i64> = found.iter().filter_map(|used| Some((used.value.as_id()?, used.count))).collect();
    if parent.is_some() {
        counts = Record::count_below(&records, &counts);
    }
    let rows =
        records.iter().map(|record| record.row(parent.as_deref(), panel.counters.then(|| counts.get(&record.id).copied().unwrap_or(0))));
    let rows = rows.map(Value::Map).collect();
    Ok((parent, Some(rows)))
}

/// The row of a value that a record stands for.
pub(super) fn with_count(mut row: Map, count: Option<i64>) -> Map {
    if let Some(count) = count {
        row.insert("__count".into(), Value::Int(count));
    }
    row
}
