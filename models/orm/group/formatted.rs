//! `formatted_read_group` and its sets.

use crate::answer::Answer;
use crate::args::{domain_arg, number_arg};
use crate::call::Invocation;
use crate::domain::Domain;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::value::{Map, Value};

use super::face::Face;
use super::run::{Group, Groups};
use super::spec::{Aggregate, Ask, GroupBy, OrderBy};
use super::{text_arg, texts_arg};

/// A question with the names of its aggregates in the answer.
pub(super) struct Question {
    pub ask: Ask,
    pub names: Vec<String>,
}

impl Question {
    pub fn new(groups: &[String], aggregates: &[String], order: &str) -> Result<Self> {
        let groups = groups.iter().map(|text| GroupBy::parse(text)).collect::<Result<Vec<_>>>()?;
        let parsed = aggregates.iter().map(|text| Aggregate::parse(text)).collect::<Result<Vec<_>>>()?;
        let ask = Ask { groups, aggregates: parsed, order: OrderBy::parse(order)?, ..Ask::default() };
        Ok(Question { ask, names: aggregates.to_vec() })
    }
}

/// Groups as clients see them, beside what they were made of.
#[derive(Default)]
pub(super) struct Formatted {
    pub rows: Vec<Map>,
    pub groups: Vec<Group>,
    /// The domain of each group.
    pub domains: Vec<Domain>,
    pub total: i64,
}

impl Env {
    /// Groups in the form of `formatted_read_group`; dimensions before `from` are not shown.
    pub(super) fn formatted_groups(&mut self, model: &str, domain: &Domain, question: &Question, from: usize) -> Result<Formatted> {
        let mut found = self.read_groups(model, domain, &question.ask)?;
        if from == 0 {
            self.fill_temporal(&question.ask, &mut found)?;
        }
        let Groups { rows: groups, total, kinds, locale } = found;
        let face = Face { locale, zone: self.group_zone() };
        let (mut rows, mut domains) = (Vec::with_capacity(groups.len()), Vec::with_capacity(groups.len()));
        for group in &groups {
            let (mut row, mut own) = (Map::new(), Domain::True);
            for ((by, kind), key) in question.ask.groups.iter().zip(&kinds).zip(&group.keys).skip(from) {
                row.insert(by.text.clone(), face.value(by, *kind, key));
                own = own.and(face.domain(by, *kind, key));
            }
            row.insert("__extra_domain".into(), own.to_value());
            for (name, value) in question.names.iter().zip(&group.aggregates) {
                row.insert(name.clone(), value.clone());
            }
            rows.push(row);
            domains.push(own);
        }
        Ok(Formatted { rows, groups, domains, total })
    }
}

pub(super) fn formatted_read_group(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let domain = domain_arg(call.arg("domain"))?;
    let mut question = Question::new(&texts_arg(call.arg("groupby"))?, &texts_arg(call.arg("aggregates"))?, text_arg(call.arg("order"))?)?;
    question.ask.having = if call.arg("having").truthy() { Domain::parse(call.arg("having"))? } else { Domain::True };
    question.ask.limit = number_arg(call.arg("limit"))?.filter(|n| *n != 0);
    question.ask.offset = number_arg(call.arg("offset"))?.unwrap_or(0);
    question.ask.alone = true;
    let found = env.formatted_groups(&call.model, &domain, &question, 0)?;
    Ok(Answer::Value(list(found.rows)))
}

pub(super) fn formatted_read_grouping_sets(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let domain = domain_arg(call.arg("domain"))?;
    let aggregates = texts_arg(call.arg("aggregates"))?;
    let order = OrderBy::parse(text_arg(call.arg("order"))?)?;
    let Value::List(sets) = call.arg("grouping_sets") else { return Err(Error::type_("grouping_sets must be a list")) };
    let mut out = Vec::with_capacity(sets.len());
    for set in sets {
        let mut question = Question::new(&texts_arg(set)?, &aggregates, "")?;
        question.ask.of_sets = true;
        // Terms that are groups of other sets only do not order this one.
        let own = |term: &&OrderBy| Aggregate::parse(&term.term).is_ok() || question.ask.groups.iter().any(|g| g.text == term.term);
        question.ask.order = order.iter().filter(own).cloned().collect();
        out.push(list(env.formatted_groups(&call.model, &domain, &question, 0)?.rows));
    }
    Ok(Answer::Value(Value::List(out)))
}

pub(super) fn list(rows: Vec<Map>) -> Value {
    Value::List(rows.into_iter().map(Value::Map).collect())
}
