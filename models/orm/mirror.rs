//! Stored related fields: what repeats a value of another record is written by one UPDATE along the paths.

use std::collections::BTreeMap;

use crate::env::Env;
use crate::error::Result;
use crate::registry::triggers::Group;
use crate::registry::{Field, Kind, Model, Registry};
use crate::sql::{Bind, Sql};
use crate::value::Id;

impl Env {
    /// Writes a group that only repeats what other records hold, with what else waits of the same model and rank: one
    /// UPDATE … FROM along the paths for the fields that are due of the same records. Answers which of them changed where.
    pub(crate) fn recompute_mirrored<'m>(&mut self, model: &'m Model, group: &Group, ids: Vec<Id>) -> Result<Vec<(Vec<&'m str>, Vec<Id>)>> {
        let mut sets: BTreeMap<Vec<Id>, Vec<&'m Field>> = BTreeMap::new();
        let waiting = self.take_mirrored(&group.model, group.rank);
        for (name, ids) in group.fields.first().cloned().map(|name| (name, ids)).into_iter().chain(waiting) {
            let field = model.field(&name)?;
            let ids: Vec<Id> = ids.into_iter().filter(|id| !self.pending.is_protected(&model.name, &name, *id)).collect();
            if !ids.is_empty() && field.related.is_some() {
                sets.entry(ids).or_default().push(field);
            }
        }
        let reg = self.registry();
        let mut all = Vec::new();
        for (ids, fields) in sets {
            let mut joins = Joins::new(&reg, model);
            let mut sources = Vec::new();
            for field in fields {
                if let Some(source) = joins.end_of(field.related.as_deref().unwrap_or_default())? {
                    sources.push((field, source));
                }
            }
            if sources.is_empty() {
                continue;
            }
            let rows = self.query(mirror_sql(model, &ids, &sources, joins.sql))?;
            for (n, (field, _)) in sources.iter().enumerate() {
                let changed: Vec<Id> = rows.iter().filter(|row| row.bool(n + 1) == Some(true)).filter_map(|row| row.int(0)).collect();
                self.cache.forget(&model.name, &field.name, &changed);
                if !changed.is_empty() {
                    all.push((vec![field.name.as_str()], changed));
                }
            }
        }
        Ok(all)
    }

    /// Takes groups of a model and rank off the queue that have no computation of their own.
    fn take_mirrored(&mut self, model: &str, rank: usize) -> Vec<(String, Vec<Id>)> {
        let (reg, declared) = (self.registry(), self.declared());
        let waits = |number: &usize| {
            let group = reg.triggers.groups.get(*number).filter(|group| group.model == model && group.rank == rank)?;
            let first = group.fields.first()?;
            let computed = declared.get(model).is_some_and(|declared| declared.compute_of(first).is_some());
            (!computed).then(|| (*number, first.clone()))
        };
        let taken: Vec<(usize, String)> = self.pending.groups.keys().filter_map(waits).collect();
        taken
            .into_iter()
            .map(|(number, name)| (name, self.pending.groups.remove(&number).unwrap_or_default().into_iter().collect()))
            .collect()
    }
}

/// Writes what differs from its source: `UPDATE … SET a = v.x0, … FROM (SELECT …) v … RETURNING id, whether each differed`.
fn mirror_sql(model: &Model, ids: &[Id], sources: &[(&Field, Sql)], joins: Sql) -> Sql {
    let (mut assigned, mut columns, mut differs) = (Vec::new(), Vec::new(), Vec::new());
    for (n, (field, source)) in sources.iter().enumerate() {
        let number = |name: &'static str| Sql::lit(name).push_number(i64::try_from(n).unwrap_or(0));
        assigned.push(Sql::ident(&field.name).push(" = v.").push_sql(number("x")));
        columns.push(
            source
                .clone()
                .push(" AS ")
                .push_sql(number("x"))
                .push(", ")
                .push_sql(Sql::column("s0", &field.name))
                .push(" IS DISTINCT FROM ")
                .push_sql(source.clone())
                .push(" AS ")
                .push_sql(number("d")),
        );
        differs.push(Sql::lit("v.").push_sql(number("d")));
    }
    Sql::lit("UPDATE ")
        .push_ident(&model.table)
        .push(" AS t SET ")
        .push_joined(assigned, ", ")
        .push(" FROM (SELECT s0.id AS id, ")
        .push_joined(columns, ", ")
        .push(" FROM ")
        .push_ident(&model.table)
        .push(" AS s0")
        .push_sql(joins)
        .push(" WHERE s0.id = ANY(")
        .push_bind(Bind::ids(ids))
        .push(")) AS v WHERE t.id = v.id AND (")
        .push_joined(differs.clone(), " OR ")
        .push(") RETURNING t.id, ")
        .push_joined(differs, ", ")
}

/// A path with related fields that have no column replaced by where they lead.
fn through(reg: &Registry, model: &Model, path: &[String], depth: u8) -> Result<Vec<String>> {
    let (mut at, mut out) = (model, Vec::with_capacity(path.len()));
    for (n, step) in path.iter().enumerate() {
        let field = at.field(step)?;
        match &field.related {
            Some(behind) if !field.is_column() && depth > 0 => {
                let rest: Vec<String> = behind.iter().chain(path.iter().skip(n + 1)).cloned().collect();
                out.extend(through(reg, at, &rest, depth - 1)?);
                return Ok(out);
            }
            _ => out.push(step.clone()),
        }
        if n + 1 < path.len() {
            at = reg.target(field)?;
        }
    }
    Ok(out)
}

/// Joins from the records `s0` along paths of stored many2one fields, each step once.
struct Joins<'r> {
    reg: &'r Registry,
    model: &'r Model,
    sql: Sql,
    known: Vec<(Vec<String>, &'static str)>,
}

impl<'r> Joins<'r> {
    fn new(reg: &'r Registry, model: &'r Model) -> Self {
        Joins { reg, model, sql: Sql::new(), known: Vec::new() }
    }

    /// The column at the end of a path; `None` when it does not lead to one.
    fn end_of(&mut self, path: &[String]) -> Result<Option<Sql>> {
        const ALIASES: [&str; 16] = ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14", "s15"];
        let path = through(self.reg, self.model, path, 8)?;
        let Some((last, steps)) = path.split_last() else { return Ok(None) };
        let (mut at, mut alias) = (self.model, "s0");
        for (n, step) in steps.iter().enumerate() {
            let field = at.field(step)?;
            if field.kind != Kind::Many2one || !field.is_column() {
                return Ok(None);
            }
            at = self.reg.target(field)?;
            let walked: Vec<String> = steps.iter().take(n + 1).cloned().collect();
            if let Some((_, known)) = self.known.iter().find(|(path, _)| *path == walked) {
                alias = known;
                continue;
            }
            let Some(next) = ALIASES.get(self.known.len() + 1) else { return Ok(None) };
            self.sql = std::mem::take(&mut self.sql)
                .push(" LEFT JOIN ")
                .push_ident(&at.table)
                .push(" AS ")
                .push(next)
                .push(" ON ")
                .push(next)
                .push(".id = ")
                .push_sql(Sql::column(alias, step));
            self.known.push((walked, next));
            alias = next;
        }
        let end = at.field(last)?;
        Ok((last == "id" || end.is_column()).then(|| Sql::column(alias, last)))
    }
}
