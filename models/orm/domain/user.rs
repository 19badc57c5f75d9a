//! Paths from the current user's record, as sub-selects.
//!
//! `user.isp_sector_ids.ids` becomes `SELECT sector FROM relation WHERE user = $1`: nothing about the user has
//! to be read, kept or made stale before a rule applies.

use crate::error::{Error, Result};
use crate::registry::{Kind, Model, Registry};
use crate::sql::{Bind, Sql};
use crate::value::Value;

use super::Host;
use super::host::USERS;

/// Longest path, related fields expanded.
const MAX_STEPS: usize = 16;

/// What a path leads to.
pub(super) enum Found {
    Values(Vec<Value>),
    Select(Sql),
}

/// Follows a path.
pub(super) fn resolve(host: &dyn Host, path: &[String]) -> Result<Found> {
    if let Some(values) = host.user_values(path) {
        return Ok(Found::Values(values));
    }
    let registry = host.registry();
    let mut model = registry.model(USERS)?;
    let mut steps: Vec<String> = path.iter().rev().filter(|name| *name != "id" && *name != "ids").cloned().collect();
    if steps.is_empty() {
        return Ok(Found::Values(vec![Value::from(host.uid())]));
    }
    // The set of ids so far; the user at first.
    let mut set: Option<Sql> = None;
    let mut taken = 0;
    while let Some(name) = steps.pop() {
        taken += 1;
        let field = model.field(&name)?;
        if taken > MAX_STEPS {
            return Err(Error::value("The path from the user is too long"));
        }
        if !field.store
            && let Some(related) = &field.related
        {
            steps.extend(related.iter().rev().cloned());
            continue;
        }
        let alias = format!("u{taken}");
        let among = |column: Sql, set: Option<Sql>| match set {
            None => column.push(" = ").push_bind(Bind::Int(Some(host.uid()))),
            Some(set) => column.push(" IN (").push_sql(set).push(")"),
        };
        let select = match field.kind {
            Kind::Many2many => {
                let relation = field.m2m.as_ref().filter(|_| field.store).ok_or_else(|| unknown(path))?;
                let target = registry.target(field)?;
                let sql = from(Sql::column(&alias, &relation.column2), &relation.table, &alias);
                let sql = active_join(sql, target, &alias, &relation.column2);
                model = target;
                sql.push(" WHERE ").push_sql(among(Sql::column(&alias, &relation.column1), set.take()))
            }
            Kind::One2many => {
                let target = registry.target(field)?;
                let inverse = target.field(field.relation_field.as_deref().unwrap_or_default())?;
                if !inverse.is_column() {
                    return Err(unknown(path));
                }
                let sql = from(Sql::column(&alias, "id"), &target.table, &alias).push(" WHERE ");
                let sql = sql.push_sql(among(Sql::column(&alias, &inverse.name), set.take()));
                model = target;
                match &target.active_field {
                    Some(active) => sql.push(" AND ").push_sql(Sql::column(&alias, active)),
                    None => sql,
                }
            }
            _ if field.is_column() && !field.company_dependent && !field.translate => {
                let sql = from(Sql::column(&alias, &field.name), &model.table, &alias).push(" WHERE ");
                let sql = sql.push_sql(among(Sql::column(&alias, "id"), set.take()));
                model = next_model(registry, model, field.relation.as_deref(), steps.is_empty(), path)?;
                sql
            }
            _ => return Err(unknown(path)),
        };
        set = Some(select);
    }
    set.map(Found::Select).ok_or_else(|| unknown(path))
}

fn from(column: Sql, table: &str, alias: &str) -> Sql {
    Sql::lit("SELECT ").push_sql(column).push(" FROM ").push_ident(table).push(" AS ").push_ident(alias)
}

/// Reading a many2many leaves archived records out, and so does a rule over it.
fn active_join(sql: Sql, target: &Model, alias: &str, column: &str) -> Sql {
    let Some(active) = &target.active_field else { return sql };
    let inner = format!("{alias}a");
    sql.push(" JOIN ")
        .push_ident(&target.table)
        .push(" AS ")
        .push_ident(&inner)
        .push(" ON ")
        .push_sql(Sql::column(&inner, "id"))
        .push(" = ")
        .push_sql(Sql::column(alias, column))
        .push(" AND ")
        .push_sql(Sql::column(&inner, active))
}

fn next_model<'r>(registry: &'r Registry, model: &'r Model, relation: Option<&str>, last: bool, path: &[String]) -> Result<&'r Model> {
    match relation {
        Some(name) => registry.model(name),
        None if last => Ok(model),
        None => Err(unknown(path)),
    }
}

fn unknown(path: &[String]) -> Error {
    Error::value(format!("user.{} cannot be used in a rule", path.join(".")))
}
