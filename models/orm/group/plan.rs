//! From the question to one statement.
//!
//! Rows are grouped in a sub-select; names of records, orders, `having` and the page work on its groups, so that
//! what is joined for them is joined once for each group.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::domain::{Domain, Host, Query, order, translate};
use crate::error::{Error, Result};
use crate::registry::{Column, Field, Kind, Model, OrderTerm};
use crate::sql::{Cond, Select, Sql};

use super::aggregate::Shape;
use super::having;
use super::source::{Rows, Scope};
use super::spec::{Aggregate, Ask, OrderBy};

/// The statement of a grouping, and how its rows are read.
#[derive(Clone, Debug)]
pub struct Plan {
    /// `None`: the domain is known to find nothing.
    pub sql: Option<Sql>,
    pub keys: Vec<KeyColumn>,
    /// Position and form of each aggregate asked for.
    pub aggregates: Vec<(usize, Shape)>,
    /// Position of the number of all groups.
    pub total: Option<usize>,
}

/// Where the value of a dimension stands.
#[derive(Clone, Debug)]
pub struct KeyColumn {
    pub index: usize,
    /// Position of the record's name.
    pub name: Option<usize>,
    pub shape: Shape,
    /// The model whose records the groups are.
    pub target: Option<String>,
    pub kind: Kind,
}

/// The groups as a table: what the outer statement selects from.
struct Derived {
    alias: String,
    columns: Vec<Sql>,
    aggregates: Vec<(Aggregate, Sql, Shape)>,
}

impl Derived {
    /// The column of an aggregate, added when nobody asked for it yet.
    fn aggregate(&mut self, rows: &mut Rows<'_>, model: &Model, aggregate: &Aggregate) -> Result<(Sql, Shape)> {
        if let Some((_, column, shape)) = self.aggregates.iter().find(|(known, ..)| known == aggregate) {
            return Ok((column.clone(), *shape));
        }
        let (sql, shape) = rows.aggregate(model, aggregate)?;
        let name = format!("a{}", self.aggregates.len());
        self.columns.push(sql.push(shape.cast()).push(" AS ").push_ident(&name));
        let column = Sql::column(&self.alias, &name);
        self.aggregates.push((aggregate.clone(), column.clone(), shape));
        Ok((column, shape))
    }
}

/// Translates a question over the records that the reader may see. ValueError on what cannot be grouped or
/// aggregated, AccessError on fields hidden from the reader.
pub fn plan(host: &dyn Host, scope: &Scope<'_>, model: &Model, domain: &Domain, ask: &Ask) -> Result<Plan> {
    let query = translate::search(host, model, domain)?;
    let empty = query.is_empty();
    let mut outer = query.sub("");
    let alias = outer.alias().to_owned();
    let mut rows = Rows::new(host, query);
    let mut derived = Derived { alias: alias.clone(), columns: Vec::new(), aggregates: Vec::new() };
    let mut keys = Vec::with_capacity(ask.groups.len());
    let mut fields = IndexMap::default();
    for (n, group) in ask.groups.iter().enumerate() {
        let source = rows.group(scope, model, group)?;
        let name = format!("g{n}");
        derived.columns.push(source.sql.push(" AS ").push_ident(&name));
        let shape = match group.granularity {
            Some(granularity) if granularity.is_part() => Shape::Float,
            Some(_) => Shape::Moment,
            None => Shape::of(source.field),
        };
        let target = source.target.map(|target| target.name.clone());
        fields.insert(name.clone(), key_field(name, source.field, target.clone()));
        keys.push(KeyColumn { index: 0, name: None, shape, target, kind: source.field.kind });
    }
    for aggregate in &ask.aggregates {
        derived.aggregate(&mut rows, model, aggregate)?;
    }
    let groups = table_of_groups(fields);
    let terms = order_terms(ask);
    order_by(host, &mut outer, &groups, ask, &terms, |aggregate| derived.aggregate(&mut rows, model, aggregate).map(|(sql, _)| sql))?;
    // The total of all rows has no condition on groups.
    let having = if keys.is_empty() {
        Cond::True
    } else {
        having::translate(&ask.having, &mut |aggregate| derived.aggregate(&mut rows, model, aggregate))?
    };
    if empty && (ask.of_sets || !keys.is_empty()) {
        return Ok(Plan { sql: None, keys, aggregates: Vec::new(), total: None });
    }
    outer.and_where(having);
    outer.limit = ask.limit;
    outer.offset = ask.offset;
    let mut columns: Vec<Sql> = Vec::new();
    for (n, key) in keys.iter_mut().enumerate() {
        let value = Sql::column(&alias, &format!("g{n}"));
        key.index = push(&mut columns, value.clone().push(key.shape.cast()));
        if let Some(target) = key.target.as_deref().and_then(|name| host.registry().models.get(name))
            && (scope.names)(target, "").is_some()
        {
            let joined = outer.join(&alias, &format!("g{n}"), value, &target.table);
            if let Some(sql) = (scope.names)(target, &joined) {
                key.name = Some(push(&mut columns, Sql::lit("(").push_sql(sql).push(")::text")));
            }
        }
    }
    let known = &derived.aggregates;
    let aggregates: Vec<(usize, Shape)> = ask
        .aggregates
        .iter()
        .filter_map(|wanted| known.iter().find(|(aggregate, ..)| aggregate == wanted))
        .map(|(_, column, shape)| (push(&mut columns, column.clone()), *shape))
        .collect();
    let total = ask.total.then(|| push(&mut columns, Sql::lit("count(*) OVER ()")));
    if columns.is_empty() {
        push(&mut columns, Sql::lit("1"));
    }
    let mut select = outer.into_select();
    select.from = Sql::lit("(").push_sql(inner(rows, derived, keys.len())).push(") AS ").push_ident(&alias);
    select.columns = columns;
    Ok(Plan { sql: Some(select.into_sql()), keys, aggregates, total })
}

fn push(columns: &mut Vec<Sql>, sql: Sql) -> usize {
    columns.push(sql);
    columns.len() - 1
}

/// The sub-select that groups. Without dimensions all rows are one group.
fn inner(rows: Rows<'_>, derived: Derived, dimensions: usize) -> Sql {
    let mut select: Select = rows.into_select();
    select.columns = derived.columns;
    if select.columns.is_empty() {
        select.columns.push(Sql::lit("count(*)"));
    }
    // By position: a print of the same expression with other binds would be another expression.
    select.group = (1_i64..).take(dimensions).map(|n| Sql::new().push_number(n)).collect();
    select.into_sql()
}

/// The order asked for, else that of the groups themselves.
fn order_terms(ask: &Ask) -> Vec<OrderBy> {
    if !ask.order.is_empty() {
        return ask.order.clone();
    }
    ask.groups.iter().map(|group| OrderBy { term: group.text.clone(), desc: false, nulls_first: None }).collect()
}

fn order_by(
    host: &dyn Host,
    outer: &mut Query,
    groups: &Model,
    ask: &Ask,
    terms: &[OrderBy],
    mut aggregate: impl FnMut(&Aggregate) -> Result<Sql>,
) -> Result<()> {
    for term in terms {
        let value = match ask.groups.iter().position(|group| group.text == term.term) {
            Some(n) => {
                let name = format!("g{n}");
                // Records sort as their model does, or by id where no SQL says how; links of a many2many by id.
                if groups.field(&name)?.kind == Kind::Many2one {
                    let by = OrderTerm { field: name.clone(), desc: term.desc, nulls_first: term.nulls_first };
                    let before = outer.order.len();
                    order::terms(host, outer, groups, &[by], true)?;
                    if outer.order.len() > before {
                        continue;
                    }
                }
                Sql::column(outer.alias(), &name)
            }
            None => {
                let invalid = |_| Error::value(format!("'{}' is neither a group nor an aggregate to order by", term.term));
                aggregate(&Aggregate::parse(&term.term).map_err(invalid)?)?
            }
        };
        let value = if term.desc { value.push(" DESC") } else { value };
        outer.order.push(match term.nulls_first {
            Some(true) => value.push(" NULLS FIRST"),
            Some(false) => value.push(" NULLS LAST"),
            None => value,
        });
    }
    Ok(())
}

/// A dimension as a plain column of the table of groups.
fn key_field(name: String, end: &Field, target: Option<String>) -> Field {
    let kind = if end.kind == Kind::Many2one { Kind::Many2one } else { Kind::Integer };
    Field {
        name,
        kind,
        column: Some(Column::Int4),
        relation: target,
        store: true,
        not_null: false,
        has_default: false,
        translate: false,
        company_dependent: false,
        related: None,
        ..end.clone()
    }
}

/// The groups as a model, so that orders by relations translate as everywhere.
fn table_of_groups(fields: IndexMap<String, Field, FxBuildHasher>) -> Model {
    Model {
        name: "group".into(),
        label: std::collections::HashMap::new(),
        table: String::new(),
        order: Vec::new(),
        rec_name: None,
        fields,
        is_abstract: true,
        transient: false,
        mail_thread: false,
        mail_activity: false,
        parent_store: false,
        parent_field: String::new(),
        active_field: None,
        inherits: Vec::new(),
        log_access: false,
        read_only: true,
        manual: false,
        modules: Vec::new(),
        id: 0,
    }
}
