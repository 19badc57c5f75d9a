//! `web_read_group`: groups with what is unfolded of them, groups or records.
//!
//! All open groups of a level are read together: the number of statements hangs on the number of levels.

use crate::answer::Answer;
use crate::args::{domain_arg, number_arg};
use crate::call::Invocation;
use crate::domain::Domain;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::value::{Map, Value};

use super::formatted::{Formatted, Question};
use super::spec::{Aggregate, COUNT, OrderBy};
use super::web_tree::{Node, Tree};
use super::{text_arg, texts_arg};

/// Groups that unfold by themselves.
const MAX_UNFOLDED: usize = 10;

/// What the client asks for.
pub(super) struct WebAsk {
    pub model: String,
    pub domain: Domain,
    pub groupby: Vec<String>,
    aggregates: Vec<String>,
    order: Vec<OrderBy>,
    auto_unfold: bool,
    /// How records of unfolded groups are read; `None`: they are not.
    pub records: Option<Map>,
    pub record_limit: i64,
    /// How the records that groups stand for are read, by groupby.
    pub values: Map,
}

impl WebAsk {
    fn new(call: &Invocation) -> Result<Self> {
        let groupby = texts_arg(call.arg("groupby"))?;
        if groupby.is_empty() {
            return Err(Error::assertion("groupby must not be empty"));
        }
        let mut aggregates = texts_arg(call.arg("aggregates"))?;
        if !aggregates.iter().any(|name| name == COUNT) {
            aggregates.push(COUNT.to_owned());
        }
        Ok(WebAsk {
            model: call.model.clone(),
            domain: domain_arg(call.arg("domain"))?,
            groupby,
            aggregates,
            order: OrderBy::parse(text_arg(call.arg("order"))?)?,
            auto_unfold: call.arg("auto_unfold").truthy(),
            records: call.arg("unfold_read_specification").as_map().cloned(),
            record_limit: number_arg(call.arg("unfold_read_default_limit"))?.unwrap_or(80),
            values: call.arg("groupby_read_specification").as_map().cloned().unwrap_or_default(),
        })
    }

    /// The question for the groups of a level (0 is the first), by the terms of the order that concern it.
    fn question(&self, level: usize) -> Result<Question> {
        let groups = self.groupby.get(..=level).unwrap_or_default();
        let mut question = Question::new(groups, &self.aggregates, "")?;
        let Some(last) = groups.last() else { return Ok(question) };
        for term in &self.order {
            if term.term == *last || last.split(':').next() == Some(term.term.as_str()) {
                question.ask.order.push(OrderBy { term: last.clone(), ..term.clone() });
            } else if Aggregate::parse(&term.term).is_ok() {
                question.ask.order.push(term.clone());
            }
        }
        if !question.ask.order.iter().any(|term| term.term == *last) {
            question.ask.order.push(OrderBy { term: last.clone(), desc: false, nulls_first: None });
        }
        Ok(question)
    }

    /// The terms of the order that sort records.
    pub fn record_order(&self) -> Option<String> {
        let is_field = |text: &str| text.chars().all(|c| c == '_' || c.is_ascii_alphanumeric()) && text != COUNT;
        let terms: Vec<String> = self
            .order
            .iter()
            .filter(|term| is_field(&term.term))
            .map(|term| {
                let nulls = term.nulls_first.map_or("", |first| if first { " nulls first" } else { " nulls last" });
                format!("{}{}{nulls}", term.term, if term.desc { " desc" } else { "" })
            })
            .collect();
        Some(terms.join(", ")).filter(|text| !text.is_empty())
    }
}

pub(super) fn web_read_group(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let ask = WebAsk::new(call)?;
    let mut question = ask.question(0)?;
    question.ask.limit = number_arg(call.arg("limit"))?.filter(|n| *n != 0);
    question.ask.offset = number_arg(call.arg("offset"))?.unwrap_or(0);
    question.ask.total = question.ask.limit.is_some() || question.ask.offset > 0;
    let mut found = env.formatted_groups(&ask.model, &ask.domain, &question, 0)?;
    let mut length = i64::try_from(found.rows.len()).unwrap_or(i64::MAX);
    if question.ask.total {
        length = found.total.max(length);
        if found.rows.is_empty() && question.ask.offset > 0 {
            // After the last group there is no row that could tell the total.
            question.ask.offset = 0;
            length = env.read_groups(&ask.model, &ask.domain, &question.ask)?.total;
        }
    }
    let mut unfolded = 0;
    let info = call.arg("opening_info");
    let first = nodes(&ask, 0, None, info, std::mem::take(&mut found), &mut unfolded);
    let mut tree = Tree { levels: vec![first] };
    env.add_values(&ask, &mut tree, 0)?;
    for level in 1..ask.groupby.len() {
        let deeper = env.sub_groups(&ask, &tree, level, &mut unfolded)?;
        if deeper.is_empty() {
            break;
        }
        tree.levels.push(deeper);
        env.add_values(&ask, &mut tree, level)?;
    }
    if tree.levels.len() == ask.groupby.len() {
        env.add_records(&ask, &mut tree)?;
    }
    let groups = tree.into_rows();
    Ok(Answer::Value(Value::Map(crate::map! { "groups" => groups, "length" => length })))
}

impl Env {
    /// The groups within the open ones of the level before.
    fn sub_groups(&mut self, ask: &WebAsk, tree: &Tree, level: usize, unfolded: &mut usize) -> Result<Vec<Node>> {
        let parents = tree.levels.get(level - 1).map(Vec::as_slice).unwrap_or_default();
        let open: Vec<(usize, &Node)> = parents.iter().enumerate().filter(|(_, node)| node.open.is_some()).collect();
        if open.is_empty() {
            return Ok(Vec::new());
        }
        let within = open.iter().map(|(_, node)| searchable(&node.domain)).collect::<Result<Vec<_>>>()?;
        let domain = ask.domain.clone().and(Domain::one_of(within));
        let found = self.formatted_groups(&ask.model, &domain, &ask.question(level)?, level)?;
        let mut all = Vec::new();
        for (at, parent) in open {
            let mut own = Formatted::default();
            let rows = found.rows.iter().zip(&found.groups).zip(&found.domains);
            for ((row, group), domain) in rows.filter(|((_, group), _)| group.keys.starts_with(&parent.keys)) {
                own.rows.push(row.clone());
                own.groups.push(group.clone());
                own.domains.push(parent.domain.clone().and(domain.clone()));
            }
            let info = parent.open.as_ref().and_then(|info| info.get("groups")).cloned().unwrap_or_default();
            all.extend(nodes(ask, level, Some(at), &info, own, unfolded));
        }
        Ok(all)
    }
}

/// A domain as clients see it, read again: the translation knows no sub-domains in list form.
pub(super) fn searchable(domain: &Domain) -> Result<Domain> {
    Domain::parse(&domain.to_value())
}

/// Decides what unfolds: what the client says, else the first groups that have a value.
fn nodes(ask: &WebAsk, level: usize, parent: Option<usize>, info: &Value, found: Formatted, unfolded: &mut usize) -> Vec<Node> {
    let Some(name) = ask.groupby.get(level) else { return Vec::new() };
    let deepest = level + 1 == ask.groupby.len();
    let mut out = Vec::with_capacity(found.rows.len());
    for ((row, group), domain) in found.rows.into_iter().zip(found.groups).zip(found.domains) {
        let value = match row.get(name) {
            Some(Value::List(pair)) => pair.first().cloned().unwrap_or_default(),
            Some(value) => value.clone(),
            None => Value::Bool(false),
        };
        let said = info.as_list().unwrap_or_default().iter().filter_map(Value::as_map).find(|entry| same(entry.get("value"), &value));
        let open = match said {
            Some(entry) => (!entry.get("folded").is_some_and(Value::truthy)).then(|| entry.clone()),
            // Groups within groups wait for the client.
            None => (ask.auto_unfold && level == 0 && value.truthy() && *unfolded < MAX_UNFOLDED).then(Map::new),
        };
        let open = open.filter(|_| !deepest || ask.records.is_some());
        *unfolded += usize::from(open.is_some());
        out.push(Node { parent, keys: group.keys, domain, row, open, records: None });
    }
    out
}

/// Dates of the opening information are texts.
fn same(said: Option<&Value>, value: &Value) -> bool {
    said.is_some_and(|said| said == value || (said.as_str().is_some() && said.py_str() == value.py_str()))
}
