//! A SELECT in the making: aliases, joins, conditions, order.

use std::cell::Cell;
use std::rc::Rc;

use crate::registry::Model;
use crate::sql::{Cond, Select, Sql};

/// A query over one model, whose joins are shared by conditions, orders and columns.
///
/// Aliases are `t0`, `t1`… in order of appearance, sub-queries included, so that the same request has the same
/// text.
#[derive(Clone, Debug)]
pub struct Query {
    table: String,
    alias: String,
    aliases: Rc<Cell<usize>>,
    joins: Vec<Join>,
    filter: Cond,
    /// Terms of ORDER BY.
    pub order: Vec<Sql>,
    pub limit: Option<i64>,
    pub offset: i64,
}

#[derive(Clone, Debug)]
struct Join {
    from: String,
    field: String,
    alias: String,
    sql: Sql,
}

impl Query {
    /// A query over a model; its alias is `t0`.
    pub fn new(model: &Model) -> Self {
        Self::with(&model.table, Rc::new(Cell::new(0)))
    }

    /// A sub-query, which takes its aliases from the same sequence.
    #[must_use]
    pub fn sub(&self, table: &str) -> Self {
        Self::with(table, Rc::clone(&self.aliases))
    }

    fn with(table: &str, aliases: Rc<Cell<usize>>) -> Self {
        let mut query = Query {
            table: table.to_owned(),
            alias: String::new(),
            aliases,
            joins: Vec::new(),
            filter: Cond::True,
            order: Vec::new(),
            limit: None,
            offset: 0,
        };
        query.alias = query.next_alias();
        query
    }

    /// How many tables have an alias, those of sub-queries included.
    pub(super) fn tables(&self) -> usize {
        self.aliases.get()
    }

    /// A fresh alias.
    pub fn next_alias(&self) -> String {
        let n = self.aliases.get();
        self.aliases.set(n + 1);
        format!("t{n}")
    }

    /// The alias of the model's table.
    pub fn alias(&self) -> &str {
        &self.alias
    }

    /// The alias of a many2one's target, LEFT JOINed once however often it is asked for. `value` is the SQL of
    /// the many2one.
    pub fn join(&mut self, from: &str, field: &str, value: Sql, target: &str) -> String {
        if let Some(join) = self.joins.iter().find(|join| join.from == from && join.field == field) {
            return join.alias.clone();
        }
        let alias = self.next_alias();
        let sql = Sql::lit("LEFT JOIN ")
            .push_ident(target)
            .push(" AS ")
            .push_ident(&alias)
            .push(" ON ")
            .push_sql(Sql::column(&alias, "id"))
            .push(" = ")
            .push_sql(value);
        self.joins.push(Join { from: from.to_owned(), field: field.to_owned(), alias: alias.clone(), sql });
        alias
    }

    /// Adds an INNER JOIN of a relation.
    pub(super) fn join_inner(&mut self, table: &str, alias: &str, on: Sql) {
        let sql = Sql::lit("JOIN ").push_ident(table).push(" AS ").push_ident(alias).push(" ON ").push_sql(on);
        // It stands before joins that may start from it.
        self.joins.insert(0, Join { from: String::new(), field: String::new(), alias: alias.to_owned(), sql });
    }

    /// Adds a condition.
    pub fn and_where(&mut self, cond: Cond) {
        self.filter = std::mem::replace(&mut self.filter, Cond::True).and(cond);
    }

    /// The condition so far. `Cond::False`: the query finds nothing and need not run.
    pub fn filter(&self) -> &Cond {
        &self.filter
    }

    /// Whether the query is known to find nothing.
    pub fn is_empty(&self) -> bool {
        self.filter == Cond::False
    }

    /// Whether the query is known to find every row of its table.
    pub(super) fn is_total(&self) -> bool {
        self.filter == Cond::True
    }

    /// The statement, columns left to the caller.
    pub fn into_select(self) -> Select {
        let mut select = Select::from_table(&self.table, &self.alias);
        select.joins = self.joins.into_iter().map(|join| join.sql).collect();
        select.filter = Some(self.filter);
        select.order = self.order;
        select.limit = self.limit;
        select.offset = self.offset;
        select
    }

    /// `SELECT column FROM …`.
    pub(super) fn select(self, column: Sql) -> Sql {
        let mut select = self.into_select();
        select.columns.push(column);
        select.into_sql()
    }
}
