//! `read_progress_bar`: how many records of each group have which state.

use crate::answer::Answer;
use crate::args::domain_arg;
use crate::call::Invocation;
use crate::domain::{Domain, Op};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::value::{Map, Value};

use super::face::Face;
use super::spec::{Aggregate, Ask, GroupBy};
use super::text_arg;

pub(super) fn read_progress_bar(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let bar = call.arg("progress_bar").as_map().ok_or_else(|| Error::type_("progress_bar must be a dictionary"))?;
    let field = bar.get("field").and_then(Value::as_str).ok_or_else(|| Error::key("field"))?;
    let colors = bar.get("colors").and_then(Value::as_map).ok_or_else(|| Error::key("colors"))?;
    let group = env.with_months(&call.model, GroupBy::parse(text_arg(call.arg("group_by"))?)?)?;
    let values: Vec<Value> = colors.keys().map(|name| Value::from(name.as_str())).collect();
    let domain = domain_arg(call.arg("domain"))?.and(Domain::cond(field, Op::In, Value::List(values)));
    let ask =
        Ask { groups: vec![group.clone(), GroupBy::parse(field)?], aggregates: vec![Aggregate::Count], alone: true, ..Ask::default() };
    let found = env.read_groups(&call.model, &domain, &ask)?;
    let face = Face { locale: found.locale.clone(), zone: env.group_zone() };
    let mut out = Map::new();
    for row in &found.rows {
        let ([main, state], Some(kind), [count]) = (row.keys.as_slice(), found.kinds.first(), row.aggregates.as_slice()) else { continue };
        // Records go by their id, periods by their begin.
        let name = match face.value(&group, *kind, main) {
            Value::List(pair) => pair.first().map(Value::py_str).unwrap_or_default(),
            value => value.py_str(),
        };
        let counts = out.get_or_insert_with(&name, || Value::Map(colors.keys().map(|color| (color.clone(), Value::Int(0))).collect()));
        if let Value::Map(counts) = counts
            && let Some(slot) = counts.get_mut(&state.value.py_str())
        {
            *slot = count.clone();
        }
    }
    Ok(Answer::Value(Value::Map(out)))
}
