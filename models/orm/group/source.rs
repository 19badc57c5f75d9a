//! Where the values of groups come from: paths, joins, and what the reader may see on the way.

use chrono_tz::Tz;

use crate::domain::{Domain, Host, Query, column_sql, translate};
use crate::error::{Error, Result};
use crate::expr;
use crate::registry::{Field, Kind, Model};
use crate::sql::{Cond, Select, Sql};

use super::spec::GroupBy;

/// What a reader's call adds to the question.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// Time zone of datetimes; only the call's own counts.
    pub zone: Option<Tz>,
    /// First day of the week: 0 is Monday, 6 Sunday.
    pub week_start: u32,
    /// SQL for the name of a record under an alias, where there is any.
    pub names: &'a dyn Fn(&Model, &str) -> Option<Sql>,
}

/// A value to group by.
pub(super) struct Source<'m> {
    pub sql: Sql,
    pub field: &'m Field,
    /// The model whose records the groups are.
    pub target: Option<&'m Model>,
}

/// The field at the end of a path of many2one fields. ValueError on anything else.
pub fn end_field<'m>(host: &'m dyn Host, model: &'m Model, path: &[String]) -> Result<&'m Field> {
    let Some((first, rest)) = path.split_first() else { return Err(Error::value("Empty groupby")) };
    let field = model.field(first)?;
    if rest.is_empty() {
        return Ok(field);
    }
    if field.kind != Kind::Many2one {
        return Err(Error::value(format!("Groups lead through many2one fields only, not '{}.{first}'", model.name)));
    }
    end_field(host, host.registry().target(field)?, rest)
}

/// The query below the groups.
pub(super) struct Rows<'m> {
    pub host: &'m dyn Host,
    pub query: Query,
    /// Joins that a [`Query`] has no form for, each with the number of the query's own joins before it.
    joins: Vec<(usize, Sql)>,
    /// Filtered joins already made: from, field, alias.
    known: Vec<(String, String, String)>,
}

impl<'m> Rows<'m> {
    pub fn new(host: &'m dyn Host, query: Query) -> Self {
        Rows { host, query, joins: Vec::new(), known: Vec::new() }
    }

    /// The statement, columns left to the caller.
    pub fn into_select(self) -> Select {
        let mut select = self.query.into_select();
        for (n, (at, join)) in self.joins.into_iter().enumerate() {
            select.joins.insert((at + n).min(select.joins.len()), join);
        }
        select
    }

    fn add_join(&mut self, sql: Sql) {
        let before = self.query.clone().into_select().joins.len();
        self.joins.push((before, sql));
    }

    /// The value of a dimension, with its period.
    pub fn group(&mut self, scope: &Scope<'_>, model: &'m Model, group: &GroupBy) -> Result<Source<'m>> {
        let alias = self.query.alias().to_owned();
        let mut source = self.path(&alias, model, &group.path)?;
        let field = source.field;
        let wrong = |why: &str| Error::value(format!("'{}' {why}", group.text));
        match (field.kind, group.granularity) {
            (Kind::Date | Kind::Datetime, Some(granularity)) => {
                let zone = scope.zone.filter(|_| field.kind == Kind::Datetime);
                source.sql = granularity.sql(source.sql, zone, scope.week_start);
            }
            (Kind::Date | Kind::Datetime, None) => return Err(wrong("needs a granularity")),
            (_, Some(_)) => return Err(wrong("is no date")),
            (Kind::Boolean, None) => source.sql = Sql::lit("COALESCE(").push_sql(source.sql).push(", FALSE)"),
            (Kind::Json | Kind::Properties | Kind::PropertiesDefinition | Kind::Binary | Kind::One2many, None) => {
                return Err(wrong("cannot be grouped by"));
            }
            _ => {}
        }
        Ok(source)
    }

    fn path(&mut self, alias: &str, model: &'m Model, path: &[String]) -> Result<Source<'m>> {
        let Some((first, rest)) = path.split_first() else { return Err(Error::value("Empty groupby")) };
        let field = model.field(first)?;
        if !self.host.su() {
            self.host.check_field(model, field)?;
        }
        if !rest.is_empty() {
            if field.kind != Kind::Many2one {
                return Err(Error::value(format!("Groups lead through many2one fields only, not '{}.{first}'", model.name)));
            }
            let (alias, target) = self.join(alias, model, field)?;
            return self.path(&alias, target, rest);
        }
        if field.kind == Kind::Many2many {
            return match field.related.as_deref().filter(|_| !field.store) {
                Some(related) => self.path(alias, model, related),
                None => self.links(alias, model, field),
            };
        }
        if field.kind == Kind::One2many {
            return Err(Error::value(format!("'{}.{first}' cannot be grouped by", model.name)));
        }
        let sql = column_sql(self.host, &mut self.query, alias, model, field)?;
        let target = match field.kind {
            Kind::Many2one => Some(self.host.registry().target(field)?),
            _ if field.name == "id" => Some(model),
            _ => None,
        };
        Ok(Source { sql, field, target })
    }

    /// LEFT JOINs the target of a many2one. Records that rules hide count as none.
    fn join(&mut self, alias: &str, model: &'m Model, field: &'m Field) -> Result<(String, &'m Model)> {
        let target = self.host.registry().target(field)?;
        let value = column_sql(self.host, &mut self.query, alias, model, field)?;
        let Some(visible) = self.visible(target, &Domain::True)? else {
            return Ok((self.query.join(alias, &field.name, value, &target.table), target));
        };
        if let Some((.., known)) = self.known.iter().find(|(from, name, _)| from == alias && *name == field.name) {
            return Ok((known.clone(), target));
        }
        let joined = self.query.next_alias();
        let row = Sql::ident(visible.alias()).push(".*");
        self.add_join(
            Sql::lit("LEFT JOIN (")
                .push_sql(select(visible, row))
                .push(") AS ")
                .push_ident(&joined)
                .push(" ON ")
                .push_sql(Sql::column(&joined, "id"))
                .push(" = ")
                .push_sql(value),
        );
        self.known.push((alias.to_owned(), field.name.clone(), joined.clone()));
        Ok((joined, target))
    }

    /// LEFT JOINs the relation of a many2many: a record counts once for each link that the reader sees.
    fn links(&mut self, alias: &str, model: &'m Model, field: &'m Field) -> Result<Source<'m>> {
        let target = self.host.registry().target(field)?;
        let relation = field.m2m.as_ref().filter(|_| field.store);
        let relation = relation.ok_or_else(|| Error::value(format!("'{}.{}' is not stored", model.name, field.name)))?;
        let joined = self.query.next_alias();
        let other = Sql::column(&joined, &relation.column2);
        let mut on = Sql::column(&joined, &relation.column1).push(" = ").push_sql(Sql::column(alias, "id"));
        if let Some(visible) = self.visible(target, &own_domain(field))? {
            let id = Sql::column(visible.alias(), "id");
            on = on.push(" AND ").push_sql(other.clone()).push(" IN (").push_sql(select(visible, id)).push(")");
        }
        let sql = Sql::lit("LEFT JOIN ").push_ident(&relation.table).push(" AS ").push_ident(&joined).push(" ON ").push_sql(on);
        self.add_join(sql);
        Ok(Source { sql: other, field, target: Some(target) })
    }

    /// The records of a target that the reader sees; `None`: all of them. AccessError without the right to read.
    fn visible(&self, target: &Model, domain: &Domain) -> Result<Option<Query>> {
        let mut inner = self.query.sub(&target.table);
        translate::add(self.host, &mut inner, target, domain)?;
        if !self.host.su() {
            self.host.check_read(target)?;
            translate::add_rule(self.host, &mut inner, target, &self.host.read_rule(target)?)?;
        }
        Ok(Some(inner).filter(|query| *query.filter() != Cond::True))
    }
}

/// The domain in a field's definition, where it needs no record to be known.
fn own_domain(field: &Field) -> Domain {
    let value = field.domain.as_deref().and_then(|text| expr::literal(text).ok());
    value.and_then(|value| Domain::parse_internal(&value).ok()).unwrap_or(Domain::True)
}

fn select(query: Query, column: Sql) -> Sql {
    let mut select = query.into_select();
    select.columns.push(column);
    select.into_sql()
}
