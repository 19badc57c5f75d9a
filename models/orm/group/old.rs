//! `read_group`, the form of older clients.

use crate::answer::Answer;
use crate::args::{domain_arg, fields_arg, number_arg};
use crate::call::Invocation;
use crate::describe::aggregator;
use crate::domain::Domain;
use crate::env::Env;
use crate::error::Result;
use crate::value::{Map, Value};

use super::face::Face;
use super::run::Group;
use super::spec::{Aggregate, Ask, COUNT, GroupBy, OrderBy, named_aggregate};
use super::{text_arg, texts_arg};

pub(super) fn read_group(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let domain = domain_arg(call.arg("domain"))?;
    let all = texts_arg(call.arg("groupby"))?;
    let lazy = call.arg("lazy").truthy();
    let now = if lazy { all.get(..1).unwrap_or_default() } else { all.as_slice() };
    let rest = all.get(now.len()..).unwrap_or_default();
    let groups = now.iter().map(|text| env.with_months(&call.model, GroupBy::parse(text)?)).collect::<Result<Vec<_>>>()?;
    let count = match groups.as_slice() {
        [one] if lazy => format!("{}_count", one.text.split(':').next().unwrap_or_default()),
        _ => COUNT.to_owned(),
    };
    let mut named: Vec<(String, Aggregate)> = vec![(count, Aggregate::Count)];
    for (name, aggregate) in asked(env, call, &groups)? {
        match named.iter_mut().find(|(known, _)| *known == name) {
            Some(slot) => slot.1 = aggregate,
            None => named.push((name, aggregate)),
        }
    }
    let order = order(text_arg(call.arg("orderby"))?, &groups, &named)?;
    let limit = number_arg(call.arg("limit"))?.filter(|n| *n != 0);
    let offset = number_arg(call.arg("offset"))?.unwrap_or(0);
    let aggregates = named.iter().map(|(_, aggregate)| aggregate.clone()).collect();
    let ask = Ask { groups, aggregates, order, limit, offset, alone: true, ..Ask::default() };
    let mut found = env.read_groups(&call.model, &domain, &ask)?;
    env.fill_temporal(&ask, &mut found)?;
    let face = Face { locale: found.locale.clone(), zone: env.group_zone() };
    let mut rows = Vec::with_capacity(found.rows.len());
    for group in &found.rows {
        let mut row = Map::new();
        let aggregates: Vec<(&str, &Value)> = named.iter().map(|(name, _)| name.as_str()).zip(&group.aggregates).collect();
        let (own, ranges) = faces(&face, &ask, &found.kinds, group, &aggregates, &mut row);
        for (name, value) in aggregates {
            row.insert(name.to_owned(), value.clone());
        }
        row.insert("__domain".into(), domain.clone().and(own).to_value());
        if !ranges.is_empty() {
            row.insert("__range".into(), Value::Map(ranges));
        }
        if !rest.is_empty() {
            let rest: Vec<Value> = rest.iter().map(|text| Value::from(text.as_str())).collect();
            row.insert("__context".into(), Value::Map(crate::map! { "group_by" => Value::List(rest) }));
        }
        rows.push(Value::Map(row));
    }
    Ok(Answer::Value(Value::List(rows)))
}

/// Writes the values of the dimensions; gives the group's domain and its periods. An aggregate that has the name of a
/// dimension takes its place, in the domain too: as the reference.
fn faces(
    face: &Face,
    ask: &Ask,
    kinds: &[crate::registry::Kind],
    group: &Group,
    aggregates: &[(&str, &Value)],
    row: &mut Map,
) -> (Domain, Map) {
    let (mut domain, mut ranges) = (Domain::True, Map::new());
    for ((by, kind), key) in ask.groups.iter().zip(kinds).zip(&group.keys) {
        row.insert(by.text.clone(), face.old_value(by, *kind, key));
        let instead = aggregates.iter().find(|(name, _)| *name == by.text);
        domain = domain.and(match instead {
            Some((name, value)) => Domain::eq(*name, (*value).clone()),
            None => face.domain(by, *kind, key),
        });
        if let Some(range) = face.range(by, *kind, key) {
            ranges.insert(by.text.clone(), range);
        }
    }
    (domain, ranges)
}

/// The aggregates that `fields` asks for, by the names of the answer. Fields without a function are aggregated
/// as they say themselves, or left out.
fn asked(env: &Env, call: &Invocation, groups: &[GroupBy]) -> Result<Vec<(String, Aggregate)>> {
    let reg = env.registry();
    let model = reg.model(&call.model)?;
    let mut out = Vec::new();
    for text in fields_arg(call.arg("fields"))?.unwrap_or_default() {
        if text == COUNT {
            continue;
        }
        let (name, function, field) = named_aggregate(&text)?;
        let function = match function {
            Some(function) => function,
            None => match aggregator(model.field(name)?).filter(|_| !groups.iter().any(|group| group.text == name)) {
                Some(function) if model.field(name)?.is_column() => function,
                _ => continue,
            },
        };
        out.push((name.to_owned(), Aggregate::parse(&format!("{}:{function}", field.unwrap_or(name)))?));
    }
    Ok(out)
}

/// An order over names of the answer: fields stand for their groups or aggregates.
fn order(text: &str, groups: &[GroupBy], named: &[(String, Aggregate)]) -> Result<Vec<OrderBy>> {
    let mut order = OrderBy::parse(text)?;
    for term in &mut order {
        if groups.iter().any(|group| group.text == term.term) {
            continue;
        }
        if let Some(group) = groups.iter().rev().find(|group| group.text.split(':').next() == Some(term.term.as_str())) {
            term.term.clone_from(&group.text);
        } else if let Some((_, aggregate)) = named.iter().find(|(name, _)| *name == term.term) {
            term.term = aggregate.to_string();
        }
    }
    Ok(order)
}
