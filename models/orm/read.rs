//! Reading for clients: rows that go to the wire as they came, computed columns filled in after.

use std::collections::HashMap;

use crate::access::Operation;
use crate::answer::Answer;
use crate::convert;
use crate::domain::Domain;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::fetch::{codec, column_sql};
use crate::registry::{Field, Kind, Model};
use crate::rows::{Cell, Col, Table};
use crate::sql::{Bind, Cond, Select, Sql};
use crate::value::{Id, Map, Value};

/// Records whose computed fields are read at once: what that takes in memory does not grow with longer answers.
const CHUNK: usize = 1_000;

/// Page and order of a search.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub offset: i64,
    pub limit: Option<i64>,
    /// `None`: the model's order.
    pub order: Option<String>,
}

/// Columns planned before the rows are there.
struct Plan<'m> {
    select: Select,
    columns: Vec<Col>,
    /// Fields to be computed after, by column.
    later: Vec<(usize, &'m Field)>,
}

impl Env {
    /// `read`: rows in the order of the ids, missing ones left out, doubles doubled. `pairs`: many2one as `[id, name]`.
    pub fn read(&mut self, model: &str, ids: &[Id], fields: Option<&[String]>, pairs: bool) -> Result<Answer> {
        self.check_access(model, Operation::Read)?;
        let reg = self.registry();
        let found = reg.model(model)?;
        let names = self.readable(found, fields)?;
        if ids.is_empty() {
            return Ok(Answer::Value(Value::List(Vec::new())));
        }
        self.flush_for_query()?;
        if found.table.is_empty() {
            return self.read_virtual(found, ids, &names, pairs);
        }
        self.check_guard(found, ids, Operation::Read)?;
        let select = Select::from_table(&found.table, "t0");
        let mut plan = self.plan(found, select, &names, pairs)?;
        plan.select.and_where(Cond::Expr(Sql::column("t0", "id").push(" = ANY(").push_bind(Bind::ids(ids)).push(")")));
        let hidden = match self.rule_cond(found, Operation::Read)? {
            Some(cond) => {
                plan.select.columns.push(Sql::lit("COALESCE(").push_sql(cond.into_sql()).push(", FALSE)"));
                Some(plan.select.columns.len() - 1)
            }
            None => None,
        };
        let mut table = self.run_plan(plan, found, pairs)?;
        if let Some(column) = hidden
            && table.rows.iter().any(|row| row.bool(column) != Some(true))
        {
            return Err(self.rule_error(found, Operation::Read));
        }
        let at: HashMap<Id, usize> = table.rows.iter().enumerate().filter_map(|(n, row)| Some((row.int(0)?, n))).collect();
        table.picks = Some(ids.iter().filter_map(|id| at.get(id).copied()).collect());
        if ids.contains(&0) { self.with_empty_record(found, ids, &names, table) } else { Ok(Answer::Table(table)) }
    }

    /// `search_read`: one statement unless lines, links or computed fields are asked for.
    pub fn search_read(&mut self, model: &str, domain: &Domain, fields: Option<&[String]>, page: &Page, pairs: bool) -> Result<Answer> {
        self.check_access(model, Operation::Read)?;
        let reg = self.registry();
        let found = reg.model(model)?;
        let names = self.readable(found, fields)?;
        self.flush_for_query()?;
        if found.table.is_empty() {
            return Ok(Answer::Value(Value::List(Vec::new())));
        }
        let mut select = self.select_from(found, domain, page.order.as_deref())?;
        select.limit = page.limit;
        select.offset = page.offset;
        let plan = self.plan(found, select, &names, pairs)?;
        self.run_plan(plan, found, pairs).map(Answer::Table)
    }

    /// Fields as asked for, or all that the reader may see. Unknown ones are a ValueError, hidden ones an AccessError.
    fn readable(&mut self, model: &Model, fields: Option<&[String]>) -> Result<Vec<String>> {
        match fields {
            Some(names) if !names.is_empty() => {
                let mut out: Vec<String> = Vec::with_capacity(names.len());
                for name in names {
                    let field = model.field(name)?;
                    self.check_field(model, field, "read")?;
                    if !out.contains(name) {
                        out.push(name.clone());
                    }
                }
                Ok(out)
            }
            _ => Ok(model.fields.values().filter(|f| self.may_use_field(f)).map(|f| f.name.clone()).collect()),
        }
    }

    fn plan<'m>(&mut self, model: &'m Model, mut select: Select, names: &[String], pairs: bool) -> Result<Plan<'m>> {
        let company = self.company_id();
        select.columns = vec![Sql::column("t0", "id")];
        let mut columns = vec![Col { name: "id".into(), cell: Cell::Db { index: 0, codec: crate::rows::Codec::Id } }];
        let mut later = Vec::new();
        for name in names.iter().filter(|n| *n != "id") {
            let field = model.field(name)?;
            let own_name = name == "display_name";
            let by_value = matches!(field.kind, Kind::Binary | Kind::Properties | Kind::PropertiesDefinition);
            let direct = field.is_column() && !by_value && !field.company_dependent;
            if field.translate || own_name {
                self.lang()?;
            }
            let lang = self.context.lang.clone();
            let cell = if own_name {
                self.name_sql(model, "t0", &lang).map(|sql| {
                    select.columns.push(sql);
                    Cell::Db { index: select.columns.len() - 1, codec: crate::rows::Codec::Text }
                })
            } else if direct && field.kind == Kind::Many2one && pairs {
                self.plan_pair(&mut select, field, &lang)?
            } else if direct {
                select.columns.push(column_sql(field, "t0", &lang, company));
                Some(Cell::Db { index: select.columns.len() - 1, codec: codec(field) })
            } else {
                None
            };
            let cell = cell.unwrap_or_else(|| {
                later.push((columns.len(), field));
                Cell::Values(Vec::new())
            });
            columns.push(Col { name: name.clone(), cell });
        }
        Ok(Plan { select, columns, later })
    }

    /// A many2one as `[id, name]`: a LEFT JOIN on its target, without the target's rules.
    fn plan_pair(&mut self, select: &mut Select, field: &Field, lang: &str) -> Result<Option<Cell>> {
        let reg = self.registry();
        let Some(target) = field.relation.as_deref().and_then(|m| reg.models.get(m)) else { return Ok(None) };
        let alias = format!("n{}", select.columns.len());
        let Some(name) = self.name_sql(target, &alias, lang) else { return Ok(None) };
        select.joins.push(
            Sql::lit("LEFT JOIN ")
                .push_ident(&target.table)
                .push(" AS ")
                .push_ident(&alias)
                .push(" ON ")
                .push_sql(Sql::column(&alias, "id"))
                .push(" = ")
                .push_sql(Sql::column("t0", &field.name)),
        );
        // A reference without its row (no foreign key) reads as empty.
        select.columns.push(Sql::column(&alias, "id"));
        select.columns.push(name);
        Ok(Some(Cell::Pair { id: select.columns.len() - 2, name: select.columns.len() - 1 }))
    }

    fn run_plan(&mut self, plan: Plan<'_>, model: &Model, pairs: bool) -> Result<Table> {
        let Plan { select, mut columns, later } = plan;
        let sql = select.into_sql();
        let rows = if later.is_empty() { self.query_alone(sql)? } else { self.query(sql)? };
        let ids: Vec<Id> = rows.iter().filter_map(|row| row.int(0)).collect();
        for (n, part) in ids.chunks(CHUNK).enumerate() {
            if n > 0 {
                // What the records before took is in the columns.
                self.cache.invalidate();
            }
            for (at, field) in &later {
                let values = self.read_values(model, field, part, pairs)?;
                if let Some(Col { cell: Cell::Values(all), .. }) = columns.get_mut(*at) {
                    all.extend(values);
                }
            }
        }
        Ok(Table { columns, rows, picks: None })
    }

    /// A field that is no plain column, as clients read it.
    pub(crate) fn read_values(&mut self, model: &Model, field: &Field, ids: &[Id], pairs: bool) -> Result<Vec<Value>> {
        let reg = self.registry();
        if field.kind.is_x2many() && field.store {
            self.check_access(field.relation.as_deref().unwrap_or_default(), Operation::Read)
                .map_err(|e| Error::access(format!("Failed to read field {}.{}\n{e}", model.name, field.name)))?;
        }
        let values = self.values(&model.name, &field.name, ids)?;
        if field.kind == Kind::Many2one && pairs {
            let targets: Vec<Id> = values.iter().filter_map(Value::as_id).collect();
            let target = reg.target(field)?;
            let names: HashMap<Id, String> = targets.iter().copied().zip(self.sudo(|env| env.names(&target.name, &targets))?).collect();
            return Ok(values
                .into_iter()
                .map(|v| match v.as_id() {
                    Some(id) => Value::List(vec![v, Value::Str(names.get(&id).cloned().unwrap_or_default())]),
                    None => Value::Bool(false),
                })
                .collect());
        }
        if field.kind == Kind::Binary && self.context_get("bin_size").is_some_and(Value::truthy) {
            return Ok(values
                .into_iter()
                .map(|v| if let Value::Bytes(b) = v { Value::Str(human_size(b.len())) } else { Value::Bool(false) })
                .collect());
        }
        Ok(values.into_iter().map(|v| convert::to_read(field, v)).collect())
    }

    /// Records of a model without a table: every field is computed.
    fn read_virtual(&mut self, model: &Model, ids: &[Id], names: &[String], pairs: bool) -> Result<Answer> {
        let mut maps: Vec<Map> = ids.iter().map(|id| Map::from_iter([("id".to_owned(), Value::from(*id))])).collect();
        for name in names.iter().filter(|n| *n != "id") {
            let values = self.read_values(model, model.field(name)?, ids, pairs)?;
            for (map, value) in maps.iter_mut().zip(values) {
                map.insert(name.clone(), value);
            }
        }
        Ok(Answer::Value(Value::List(maps.into_iter().map(Value::Map).collect())))
    }

    /// Id 0 is a record that is not there yet: it reads empty.
    fn with_empty_record(&mut self, model: &Model, ids: &[Id], names: &[String], mut table: Table) -> Result<Answer> {
        table.picks = None;
        let by_id: HashMap<Id, Value> = match table.into_value()? {
            Value::List(rows) => rows.into_iter().filter_map(|row| Some((row.as_map()?.get("id")?.as_id()?, row))).collect(),
            _ => HashMap::new(),
        };
        let mut empty = Map::from_iter([("id".to_owned(), Value::Int(0))]);
        for name in names.iter().filter(|n| *n != "id") {
            let field = model.field(name)?;
            empty.insert(name.clone(), convert::to_read(field, convert::empty(field)));
        }
        let rows = ids.iter().filter_map(|id| if *id == 0 { Some(Value::Map(empty.clone())) } else { by_id.get(id).cloned() });
        Ok(Answer::Value(Value::List(rows.collect())))
    }
}

/// `5.00 bytes`, `1.20 Kb`: how the size of a binary reads.
#[expect(clippy::cast_precision_loss, reason = "sizes of files")]
pub fn human_size(bytes: usize) -> String {
    let mut size = bytes as f64;
    for unit in ["bytes", "Kb", "Mb", "Gb"] {
        if size < 1024.0 {
            return format!("{size:.2} {unit}");
        }
        size /= 1024.0;
    }
    format!("{size:.2} Tb")
}
