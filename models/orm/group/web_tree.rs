//! The tree of groups that `web_read_group` answers, and the records in its leaves.

use std::collections::HashMap;

use crate::domain::Domain;
use crate::env::Env;
use crate::error::Result;
use crate::registry::Kind;
use crate::sql::Sql;
use crate::value::{Id, Map, Value};

use super::run::Key;
use super::source::end_field;
use super::spec::GroupBy;
use super::web::{WebAsk, searchable};

/// One group.
pub(super) struct Node {
    /// Place of the group around it in the level before.
    pub parent: Option<usize>,
    pub keys: Vec<Key>,
    /// Its records, beside the domain of the call.
    pub domain: Domain,
    pub row: Map,
    /// What the client said of it when it is unfolded.
    pub open: Option<Map>,
    pub records: Option<Vec<Value>>,
}

/// Groups, level by level.
pub(super) struct Tree {
    pub levels: Vec<Vec<Node>>,
}

impl Tree {
    /// Puts groups into the groups around them.
    pub fn into_rows(mut self) -> Value {
        while let Some(level) = self.levels.pop() {
            let mut children: HashMap<Option<usize>, Vec<Value>> = HashMap::new();
            for mut node in level {
                if let Some(records) = node.records {
                    node.row.insert("__records".into(), Value::List(records));
                }
                children.entry(node.parent).or_default().push(Value::Map(node.row));
            }
            let Some(above) = self.levels.last_mut() else { return Value::List(children.remove(&None).unwrap_or_default()) };
            for (at, node) in above.iter_mut().enumerate().filter(|(_, node)| node.open.is_some()) {
                let groups = children.remove(&Some(at)).unwrap_or_default();
                let length = i64::try_from(groups.len()).unwrap_or(i64::MAX);
                let page = page(node, groups);
                node.row.insert("__groups".into(), Value::Map(crate::map! { "groups" => Value::List(page), "length" => length }));
            }
        }
        Value::List(Vec::new())
    }
}

/// The part of the inner groups that the client shows.
fn page(node: &Node, groups: Vec<Value>) -> Vec<Value> {
    let number = |name: &str| node.open.as_ref()?.get(name)?.as_int().and_then(|n| usize::try_from(n).ok());
    let limit = number("limit").filter(|n| *n > 0).unwrap_or(usize::MAX);
    groups.into_iter().skip(number("offset").unwrap_or(0)).take(limit).collect()
}

impl Env {
    /// Reads the records that the groups of a level stand for, where the client asks for more than names.
    pub(super) fn add_values(&mut self, ask: &WebAsk, tree: &mut Tree, level: usize) -> Result<()> {
        let (Some(name), Some(nodes)) = (ask.groupby.get(level), tree.levels.get_mut(level)) else { return Ok(()) };
        let Some(spec) = ask.values.get(name).and_then(Value::as_map) else { return Ok(()) };
        let reg = self.registry();
        let field = end_field(self, reg.model(&ask.model)?, &GroupBy::parse(name)?.path)?;
        if !matches!(field.kind, Kind::Many2one | Kind::Many2many) {
            return Ok(());
        }
        let id_of = |node: &Node| node.keys.get(level).and_then(|key| key.value.as_id());
        let mut ids: Vec<Id> = nodes.iter().filter_map(id_of).collect();
        ids.sort_unstable();
        ids.dedup();
        let rows = self.web_read(&reg.target(field)?.name, &ids, spec)?;
        let rows: HashMap<Id, Value> = rows.into_iter().filter_map(|row| Some((row.as_map()?.get("id")?.as_id()?, row))).collect();
        for node in nodes {
            let value = id_of(node).and_then(|id| rows.get(&id).cloned());
            node.row.insert("__values".into(), value.unwrap_or_else(|| Value::Map(crate::map! { "id" => false })));
        }
        Ok(())
    }

    /// Reads the records of all unfolded groups of the last level: one statement finds them, one reading follows.
    pub(super) fn add_records(&mut self, ask: &WebAsk, tree: &mut Tree) -> Result<()> {
        let Some(spec) = &ask.records else { return Ok(()) };
        let Some(nodes) = tree.levels.last_mut() else { return Ok(()) };
        let reg = self.registry();
        let model = reg.model(&ask.model)?;
        let order = ask.record_order();
        let mut parts = Vec::new();
        for (at, node) in nodes.iter_mut().enumerate() {
            let Some(open) = &node.open else { continue };
            let number = |name: &str| open.get(name).and_then(Value::as_int);
            let domain = ask.domain.clone().and(searchable(&node.domain)?);
            let mut select = self.select_from(model, &domain, order.as_deref())?;
            let by = Sql::lit("row_number() OVER (ORDER BY ").push_joined(select.order.clone(), ", ").push(")");
            let rank = if select.order.is_empty() { Sql::lit("0::int8") } else { by };
            select.columns =
                vec![Sql::new().push_number(i64::try_from(at).unwrap_or(i64::MAX)).push("::int8"), rank, Sql::column("t0", "id")];
            select.limit = Some(number("limit").filter(|n| *n > 0).unwrap_or(ask.record_limit));
            select.offset = number("offset").unwrap_or(0);
            parts.push(Sql::lit("(").push_sql(select.into_sql()).push(")"));
            node.records = Some(Vec::new());
        }
        if parts.is_empty() {
            return Ok(());
        }
        let sql = Sql::lit("SELECT * FROM (").push_joined(parts, " UNION ALL ").push(") AS \"x\" ORDER BY 1, 2").uncached();
        let found: Vec<(usize, Id)> =
            self.query(sql)?.iter().filter_map(|row| Some((usize::try_from(row.big(0)?).ok()?, row.int(2)?))).collect();
        let mut ids: Vec<Id> = found.iter().map(|(_, id)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        let rows = self.web_read(&ask.model, &ids, spec)?;
        let rows: HashMap<Id, Value> = rows.into_iter().filter_map(|row| Some((row.as_map()?.get("id")?.as_id()?, row))).collect();
        for (at, id) in found {
            if let (Some(row), Some(records)) = (rows.get(&id), nodes.get_mut(at).and_then(|node| node.records.as_mut())) {
                records.push(row.clone());
            }
        }
        Ok(())
    }
}
