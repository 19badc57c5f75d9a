//! `web_read` and its searches: each field as its specification asks.

use std::collections::HashMap;

use super::spec_arg;
use crate::answer::Answer;
use crate::args::{domain_arg, number_arg, page_arg};
use crate::call::Invocation;
use crate::env::Env;
use crate::error::Result;
use crate::read::Page;
use crate::registry::{Field, Kind, Model};
use crate::value::{Id, Map, Value};

pub(super) fn web_read(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let spec = spec_arg(call, "specification")?;
    Ok(Answer::Value(Value::List(env.web_read(&call.model, &call.ids, &spec)?)))
}

pub(super) fn web_search_read(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let (domain, page) = (domain_arg(call.arg("domain"))?, page_arg(call)?);
    let spec = spec_arg(call, "specification")?;
    let count_limit = number_arg(call.arg("count_limit"))?;
    let ids = env.search(&call.model, &domain, &page)?;
    let records = env.web_read(&call.model, &ids, &spec)?;
    let found = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    // The page tells the total unless it is full or starts after the end.
    let full = page.limit.is_some_and(|limit| found >= limit) || (ids.is_empty() && page.offset > 0);
    let length = if full { env.search_count(&call.model, &domain, count_limit)? } else { page.offset + found };
    Ok(Answer::Value(Value::Map(crate::map! { "length" => length, "records" => Value::List(records) })))
}

pub(super) fn web_name_search(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let operator = call.arg("operator").as_str().unwrap_or("ilike").to_owned();
    let limit = number_arg(call.arg("limit"))?.filter(|n| *n != 0);
    let pairs = env.name_search(&call.model, call.arg("name"), &domain_arg(call.arg("domain"))?, &operator, limit)?;
    let mut spec = spec_arg(call, "specification")?;
    let names: HashMap<Id, String> = pairs.iter().cloned().collect();
    let ids: Vec<Id> = pairs.into_iter().map(|(id, _)| id).collect();
    // The name alone comes with its formatted form; beside other fields it does not.
    let name_only = spec.keys().all(|name| name == "display_name");
    spec.shift_remove("display_name");
    let mut rows = env.web_read(&call.model, &ids, &spec)?;
    for row in &mut rows {
        if let Value::Map(map) = row {
            let name = map.get("id").and_then(Value::as_id).and_then(|id| names.get(&id)).cloned().unwrap_or_default();
            map.insert("display_name".into(), Value::Str(name.clone()));
            if name_only {
                map.insert("__formatted_display_name".into(), Value::Str(name));
            }
        }
    }
    Ok(Answer::Value(Value::List(rows)))
}

impl Env {
    /// Records as a specification asks, in the order of the ids.
    pub fn web_read(&mut self, model: &str, ids: &[Id], spec: &Map) -> Result<Vec<Value>> {
        let reg = self.registry();
        let found = reg.model(model)?;
        let names: Vec<String> = if spec.is_empty() { vec!["id".into()] } else { spec.keys().cloned().collect() };
        let rows = match names.as_slice() {
            // The ids are known: records need not be looked at, so that links to hidden ones can be shown.
            [only] if only == "id" => Value::List(ids.iter().map(|id| Value::Map(crate::map! { "id" => *id })).collect()),
            _ => self.read(model, ids, Some(&names), false)?.into_value()?,
        };
        let mut maps: Vec<Map> = match rows {
            Value::List(rows) => rows.into_iter().filter_map(|r| if let Value::Map(m) = r { Some(m) } else { None }).collect(),
            _ => Vec::new(),
        };
        for (name, wanted) in spec {
            let field = found.field(name)?;
            let wanted = wanted.as_map().cloned().unwrap_or_default();
            match field.kind {
                Kind::Many2one => self.expand_many2one(field, &wanted, &mut maps)?,
                Kind::One2many | Kind::Many2many => self.expand_lines(found, field, &wanted, &mut maps)?,
                Kind::Reference | Kind::Many2oneReference if !wanted.is_empty() => {
                    self.expand_reference(found, field, &wanted, &mut maps)?
                }
                _ => {}
            }
        }
        Ok(maps.into_iter().map(Value::Map).collect())
    }

    fn expand_many2one(&mut self, field: &Field, wanted: &Map, maps: &mut [Map]) -> Result<()> {
        let Some(Value::Map(fields)) = wanted.get("fields") else { return Ok(()) };
        let Some(target) = field.relation.as_deref() else { return Ok(()) };
        let mut ids: Vec<Id> = maps.iter().filter_map(|m| m.get(&field.name)?.as_id()).collect();
        ids.sort_unstable();
        ids.dedup();
        let rows = self.related_rows(target, &ids, fields, wanted)?;
        for map in maps {
            if let Some(value) = map.get_mut(&field.name)
                && let Some(id) = value.as_id()
            {
                *value = rows.get(&id).cloned().unwrap_or(Value::Bool(false));
            }
        }
        Ok(())
    }

    /// Targets of a many2one: names show even of records that rules hide; other fields do not.
    pub(super) fn related_rows(&mut self, target: &str, ids: &[Id], fields: &Map, wanted: &Map) -> Result<HashMap<Id, Value>> {
        let only_name = fields.keys().all(|name| name == "display_name" || name == "id");
        let read = |env: &mut Env| {
            if only_name { env.sudo(|env| env.web_read(target, ids, fields)) } else { env.web_read(target, ids, fields) }
        };
        let rows = match wanted.get("context") {
            Some(Value::Map(context)) => self.with_context(context.clone(), read)?,
            _ => read(self)?,
        };
        Ok(rows.into_iter().filter_map(|row| Some((row.as_map()?.get("id")?.as_id()?, row))).collect())
    }

    fn expand_lines(&mut self, model: &Model, field: &Field, wanted: &Map, maps: &mut [Map]) -> Result<()> {
        let target = field.relation.clone().unwrap_or_default();
        let order = wanted.get("order").and_then(Value::as_str).filter(|o| !o.is_empty()).map(str::to_owned);
        let context = wanted.get("context").and_then(Value::as_map).cloned();
        if let Some(context) = &context {
            // The context may show archived lines: the values are read again under it.
            let ids: Vec<Id> = maps.iter().filter_map(|m| m.get("id")?.as_id()).collect();
            let values = self.with_context(context.clone(), |env| {
                env.cache.invalidate();
                let values = env.values(&model.name, &field.name, &ids);
                env.cache.invalidate();
                values
            })?;
            for (map, value) in maps.iter_mut().zip(values) {
                map.insert(field.name.clone(), value);
            }
        }
        if let Some(order) = order {
            let all: Vec<Id> = maps.iter().filter_map(|m| m.get(&field.name)).flat_map(Value::ids).collect();
            let page = Page { order: Some(order), ..Page::default() };
            let keys = crate::map! { "active_test" => false };
            let sorted = self.with_context(keys, |env| env.search(&target, &crate::Domain::in_ids("id", &all), &page))?;
            let rank: HashMap<Id, usize> = sorted.into_iter().enumerate().map(|(n, id)| (id, n)).collect();
            for map in maps.iter_mut() {
                if let Some(value) = map.get_mut(&field.name) {
                    let mut ids = value.ids();
                    ids.sort_by_key(|id| rank.get(id).copied().unwrap_or(usize::MAX));
                    *value = Value::from(ids);
                }
            }
        }
        let Some(Value::Map(fields)) = wanted.get("fields") else { return Ok(()) };
        let limit = wanted.get("limit").and_then(Value::as_int).and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
        let mut ids: Vec<Id> = Vec::new();
        for map in maps.iter() {
            ids.extend(map.get(&field.name).map(Value::ids).unwrap_or_default().into_iter().take(limit));
        }
        ids.sort_unstable();
        ids.dedup();
        let read = |env: &mut Env| env.web_read(&target, &ids, fields);
        let rows = match context {
            Some(context) => self.with_context(context, read)?,
            None => read(self)?,
        };
        let rows: HashMap<Id, Value> = rows.into_iter().filter_map(|row| Some((row.as_map()?.get("id")?.as_id()?, row))).collect();
        for map in maps {
            if let Some(value) = map.get_mut(&field.name) {
                // Beyond the limit lines are there with their ids only.
                let list = value.ids().into_iter().enumerate().map(|(n, id)| match rows.get(&id).filter(|_| n < limit) {
                    Some(row) => row.clone(),
                    None => Value::Map(crate::map! { "id" => id }),
                });
                *value = Value::List(list.collect());
            }
        }
        Ok(())
    }
}
