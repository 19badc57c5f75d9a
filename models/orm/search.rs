//! Searching: ids, counts, names; lines and links of records.

use std::collections::HashMap;

use crate::access::Operation;
use crate::domain::{Domain, Op, Query, order, translate};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::expr::{Expr, Literals};
use crate::read::Page;
use crate::registry::{Field, Model};
use crate::sql::{Bind, Cond, Select, Sql};
use crate::value::{Id, Value};

impl Env {
    /// Recomputes what waits: a query must not see old values.
    pub(crate) fn flush_for_query(&mut self) -> Result<()> {
        if self.pending.is_empty() { Ok(()) } else { self.flush() }
    }

    /// A query over what the caller may see, in order.
    pub(crate) fn query_from(&mut self, model: &Model, domain: &Domain, order_text: Option<&str>) -> Result<Query> {
        let narrowed = self.guarded(model, domain)?;
        let query = translate::search(self, model, narrowed.as_ref().unwrap_or(domain))?;
        self.ordered(query, model, order_text)
    }

    /// All linked records that rules let the caller see; the guard looks at those that are found.
    fn linked_from(&mut self, model: &Model, field: &Field) -> Result<Select> {
        let query = translate::search(self, model, &Self::field_domain(field))?;
        Ok(self.ordered(query, model, None)?.into_select())
    }

    fn ordered(&mut self, mut query: Query, model: &Model, order_text: Option<&str>) -> Result<Query> {
        match order_text.filter(|o| !o.trim().is_empty()) {
            Some(text) => order::translate(self, &mut query, model, text)?,
            None => order::default(self, &mut query, model)?,
        }
        order::by_id_last(&mut query);
        Ok(query)
    }

    /// [`Env::query_from`] as a SELECT whose first table is `t0`.
    pub(crate) fn select_from(&mut self, model: &Model, domain: &Domain, order_text: Option<&str>) -> Result<Select> {
        Ok(self.query_from(model, domain, order_text)?.into_select())
    }

    /// Ids of the records that match, in order.
    ///
    /// # Errors
    /// AccessError without the right to read; ValueError on malformed domains and unknown fields.
    pub fn search(&mut self, model: &str, domain: &Domain, page: &Page) -> Result<Vec<Id>> {
        self.check_access(model, Operation::Read)?;
        let reg = self.registry();
        let found = reg.model(model)?;
        self.flush_for_query()?;
        if found.table.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = self.select_from(found, domain, page.order.as_deref())?;
        select.columns.push(Sql::column("t0", "id"));
        select.limit = page.limit;
        select.offset = page.offset;
        self.query_ids(select.into_sql())
    }

    /// Ids of all records that match, in the model's order.
    pub fn search_all(&mut self, model: &str, domain: &Domain) -> Result<Vec<Id>> {
        self.search(model, domain, &Page::default())
    }

    /// How many records match; counting stops at `limit`.
    pub fn search_count(&mut self, model: &str, domain: &Domain, limit: Option<i64>) -> Result<i64> {
        self.check_access(model, Operation::Read)?;
        let reg = self.registry();
        let found = reg.model(model)?;
        self.flush_for_query()?;
        if found.table.is_empty() {
            return Ok(0);
        }
        let mut select = self.select_from(found, domain, None)?;
        select.order.clear();
        let sql = match limit {
            Some(_) => {
                select.columns.push(Sql::lit("1"));
                select.limit = limit;
                Sql::lit("SELECT count(*) FROM (").push_sql(select.into_sql()).push(") AS x")
            }
            None => {
                select.columns.push(Sql::lit("count(*)"));
                select.into_sql()
            }
        };
        Ok(self.query_alone(sql)?.first().and_then(|row| row.big(0)).unwrap_or(0))
    }

    /// `name_search`: pairs of id and name.
    pub fn name_search(&mut self, model: &str, name: &Value, domain: &Domain, op: &str, limit: Option<i64>) -> Result<Vec<(Id, String)>> {
        let op = Op::parse(op).ok_or_else(|| Error::value(format!("Invalid operator '{op}'")))?;
        let by_name = match name {
            // Everything is like nothing; nothing is unlike it.
            Value::Str(text) if text.is_empty() && op.is_like() && !op.is_negative() && !op.is_exact_like() => Domain::True,
            other if !other.truthy() && other.as_str().is_none() => Domain::True,
            other => Domain::cond("display_name", op, other.clone()),
        };
        let ids = self.search(model, &domain.clone().and(by_name), &Page { limit, ..Page::default() })?;
        let names = self.sudo(|env| env.names(model, &ids))?;
        Ok(ids.into_iter().zip(names).collect())
    }

    /// The domain of a relational field, when it is a plain literal.
    fn field_domain(field: &Field) -> Domain {
        let literal = |text: &str| Domain::from_py(&Expr::parse(text).ok()?.eval(&Literals).ok()?).ok();
        // Where companies are checked, that comes first: only forms ask for it.
        let tail = |text: &str| literal(text.rsplit_once(" + (")?.1.strip_suffix(')')?);
        field.domain.as_deref().and_then(|text| literal(text).or_else(|| tail(text))).unwrap_or(Domain::True)
    }

    /// One2many values: the lines the reader sees, in the target's order.
    pub(crate) fn load_lines(&mut self, model: &Model, field: &Field, ids: &[Id]) -> Result<()> {
        let reg = self.registry();
        let target = reg.target(field)?;
        let inverse = field.relation_field.as_deref().unwrap_or_default();
        let mut found: HashMap<Id, Vec<Value>> = HashMap::new();
        if let Some(back) = target.fields.get(inverse).filter(|f| f.is_column()) {
            let mut select = self.linked_from(target, field)?;
            select.columns = vec![Sql::column("t0", "id"), Sql::column("t0", inverse)];
            select.and_where(Cond::Expr(Sql::column("t0", inverse).push(" = ANY(").push_bind(Bind::ids(ids)).push(")")));
            if let Some(name) = target.reference_model_field(back) {
                select.and_where(Cond::Expr(Sql::column("t0", name).push(" = ").push_bind(Bind::text(&model.name))));
            }
            for row in self.query(select.into_sql())? {
                if let (Some(line), Some(parent)) = (row.int(0), row.int(1)) {
                    found.entry(parent).or_default().push(Value::from(line));
                }
            }
        }
        self.keep_lists(model, field, ids, found)
    }

    /// Many2many values: the linked records the reader sees, in the target's order.
    pub(crate) fn load_links(&mut self, model: &Model, field: &Field, ids: &[Id]) -> Result<()> {
        let reg = self.registry();
        let target = reg.target(field)?;
        let mut found: HashMap<Id, Vec<Value>> = HashMap::new();
        if let Some(rel) = &field.m2m {
            let mut select = self.linked_from(target, field)?;
            select.columns = vec![Sql::column("t0", "id"), Sql::column("r", &rel.column1)];
            select.joins.insert(
                0,
                Sql::lit("JOIN ")
                    .push_ident(&rel.table)
                    .push(" AS \"r\" ON ")
                    .push_sql(Sql::column("r", &rel.column2))
                    .push(" = ")
                    .push_sql(Sql::column("t0", "id")),
            );
            select.and_where(Cond::Expr(Sql::column("r", &rel.column1).push(" = ANY(").push_bind(Bind::ids(ids)).push(")")));
            for row in self.query(select.into_sql())? {
                if let (Some(id), Some(parent)) = (row.int(0), row.int(1)) {
                    found.entry(parent).or_default().push(Value::from(id));
                }
            }
        }
        self.keep_lists(model, field, ids, found)
    }

    fn keep_lists(&mut self, model: &Model, field: &Field, ids: &[Id], mut found: HashMap<Id, Vec<Value>>) -> Result<()> {
        let reg = self.registry();
        let all: Vec<Id> = found.values().flatten().filter_map(Value::as_id).collect();
        let count = all.len();
        let seen = self.guarded_ids(reg.target(field)?, all)?;
        if seen.len() < count {
            found.values_mut().for_each(|list| list.retain(|id| id.as_id().is_some_and(|id| seen.contains(&id))));
        }
        let key = if self.su { field.name.clone() } else { format!("{}\u{0}rules", field.name) };
        for id in ids {
            self.cache.set(&model.name, &key, *id, Value::List(found.remove(id).unwrap_or_default()));
        }
        Ok(())
    }
}
