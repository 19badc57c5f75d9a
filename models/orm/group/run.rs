//! Groups from the database: one statement, and one for each relation whose names no SQL can tell.

use std::collections::HashMap;

use chrono_tz::Tz;

use crate::access::Operation;
use crate::domain::Domain;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::registry::{Kind, Model};
use crate::sql::row::Row;
use crate::sql::{Bind, Sql};
use crate::value::{Id, Value};

use super::aggregate::Shape;
use super::locale::Locale;
use super::period::Granularity;
use super::plan::{KeyColumn, Plan, plan};
use super::source::{Scope, end_field};
use super::spec::{Aggregate, Ask, Function, GroupBy};

/// One value of a dimension.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// Canonical; an id for records, the local begin of a period, `None` for nothing.
    pub value: Value,
    /// Name of the record.
    pub name: Option<String>,
}

/// One group.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub keys: Vec<Key>,
    pub aggregates: Vec<Value>,
}

/// What a grouping found.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    pub rows: Vec<Group>,
    /// Groups without the limit, when that was asked for.
    pub total: i64,
    /// Kinds of the dimensions.
    pub kinds: Vec<Kind>,
    /// The language of labels.
    pub locale: Locale,
}

impl Env {
    /// Groups of the records that the user may see.
    ///
    /// # Errors
    /// AccessError without the right to read the model or a field; ValueError on what cannot be grouped.
    pub fn read_groups(&mut self, model: &str, domain: &Domain, ask: &Ask) -> Result<Groups> {
        self.check_access(model, Operation::Read)?;
        let reg = self.registry();
        let found = reg.model(model)?;
        self.lang()?;
        self.flush_for_query()?;
        if found.table.is_empty() {
            return Ok(Groups::default());
        }
        let narrowed = self.guarded(found, domain)?;
        let domain = narrowed.as_ref().unwrap_or(domain);
        for group in &ask.groups {
            self.check_path(found, &group.path)?;
        }
        let locale = self.locale_for(&ask.groups)?;
        let planned = self.plan_groups(found, domain, ask, &locale);
        let Plan { sql, keys, aggregates, total } = match planned {
            // A hidden field gives nothing away where there is nothing to group.
            Err(Error::Access(text)) if !ask.groups.is_empty() => {
                if self.search_count(model, domain, Some(1))? > 0 {
                    return Err(Error::Access(text));
                }
                return Ok(Groups { kinds: vec![Kind::Char; ask.groups.len()], locale, ..Groups::default() });
            }
            other => other?,
        };
        let kinds: Vec<Kind> = keys.iter().map(|key| key.kind).collect();
        let Some(sql) = sql else { return Ok(Groups { kinds, locale, ..Groups::default() }) };
        let alone = ask.alone && keys.iter().all(|key| key.target.is_none() || key.name.is_some());
        let rows = if alone { self.query_alone(sql)? } else { self.query(sql)? };
        let count = total.and_then(|index| rows.first()?.big(index)).unwrap_or(0);
        let mut groups: Vec<Group> = rows
            .iter()
            .map(|row| Group {
                keys: keys.iter().map(|key| read_key(row, key)).collect(),
                aggregates: aggregates.iter().map(|(index, shape)| read(row, *index, *shape)).collect(),
            })
            .collect();
        for (n, key) in keys.iter().enumerate() {
            if let Some(target) = key.target.as_deref().filter(|_| key.name.is_none()) {
                self.name_keys(target, n, &mut groups)?;
            }
        }
        Ok(Groups { rows: groups, total: count, kinds, locale })
    }

    fn plan_groups(&self, model: &Model, domain: &Domain, ask: &Ask, locale: &Locale) -> Result<Plan> {
        let lang = self.context().lang.clone();
        let names = |model: &Model, alias: &str| self.name_sql(model, alias, &lang);
        plan(self, &Scope { zone: self.group_zone(), week_start: locale.week_start, names: &names }, model, domain, ask)
    }

    /// Names of the records of a dimension, whatever the reader may see of them.
    fn name_keys(&mut self, target: &str, at: usize, groups: &mut [Group]) -> Result<()> {
        let mut ids: Vec<Id> = groups.iter().filter_map(|group| group.keys.get(at)?.value.as_id()).collect();
        ids.sort_unstable();
        ids.dedup();
        let names = self.sudo(|env| env.names(target, &ids))?;
        let names: HashMap<Id, String> = ids.into_iter().zip(names).collect();
        for key in groups.iter_mut().filter_map(|group| group.keys.get_mut(at)) {
            key.name = key.value.as_id().and_then(|id| names.get(&id).cloned());
        }
        Ok(())
    }

    /// The time zone that the call's context names; the user's own does not count here.
    pub(super) fn group_zone(&self) -> Option<Tz> {
        self.context_get("tz").and_then(Value::as_str)?.parse().ok()
    }

    /// The language of labels. Only weeks ask the database when they begin.
    fn locale_for(&mut self, groups: &[GroupBy]) -> Result<Locale> {
        let lang = self.context().lang.clone();
        let mut week_start = 6;
        if groups.iter().any(|group| group.granularity == Some(Granularity::Week)) {
            let sql = Sql::lit("SELECT week_start::text FROM res_lang WHERE code = ").push_bind(Bind::text(&lang));
            let day: Option<u32> = self.query(sql)?.first().and_then(|row| row.text(0)?.parse().ok());
            week_start = day.map_or(6, |day| (day + 6) % 7);
        }
        Ok(Locale::new(&lang, week_start))
    }

    /// The granularity that old calls leave out: months.
    pub(super) fn with_months(&self, model: &str, mut group: GroupBy) -> Result<GroupBy> {
        let reg = self.registry();
        let field = end_field(self, reg.model(model)?, &group.path)?;
        if matches!(field.kind, Kind::Date | Kind::Datetime) && group.granularity.is_none() {
            group.granularity = Some(Granularity::Month);
        }
        Ok(group)
    }
}

/// What an aggregate is over no rows.
pub(super) fn empty_value(aggregate: &Aggregate) -> Value {
    match aggregate {
        Aggregate::Count | Aggregate::Of { function: Function::Count | Function::CountDistinct, .. } => Value::Int(0),
        Aggregate::Of { function: Function::ArrayAgg | Function::ArrayAggDistinct | Function::Recordset, .. } => Value::List(Vec::new()),
        Aggregate::Of { .. } => Value::Bool(false),
    }
}

fn read_key(row: &Row, key: &KeyColumn) -> Key {
    let value = match read(row, key.index, key.shape) {
        Value::Bool(false) if key.shape != Shape::Bool => Value::None,
        value => value,
    };
    Key { value, name: key.name.and_then(|index| row.text(index)) }
}

/// A cell; nothing reads `false`, as Python's clients expect.
fn read(row: &Row, index: usize, shape: Shape) -> Value {
    let value = match shape {
        Shape::Int => row.big(index).map(Value::Int),
        Shape::Number => Some(Value::Int(row.big(index).unwrap_or(0))),
        Shape::Float => row.float(index).map(Value::Float),
        Shape::Decimal => row.number(index),
        Shape::Bool => row.bool(index).map(Value::Bool),
        Shape::Text => row.text(index).map(Value::Str),
        Shape::Date => row.date(index).map(Value::Date),
        Shape::Moment => row.timestamp(index).map(Value::DateTime),
        Shape::List(kind) => Some(list(row.json(index).as_ref(), kind)),
    };
    value.unwrap_or(Value::Bool(false))
}

/// A JSON list as values of a kind of field: whole floats are floats all the same.
fn list(json: Option<&serde_json::Value>, kind: Kind) -> Value {
    let items = json.and_then(serde_json::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let read = |item: &serde_json::Value| match kind {
        Kind::Float | Kind::Monetary => item.as_f64().map_or(Value::None, Value::Float),
        _ => Value::from(item),
    };
    Value::List(items.iter().map(read).collect())
}
