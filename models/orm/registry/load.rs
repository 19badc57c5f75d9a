//! Reads the registry from the metadata tables: the one place that knows `ir_model*`, `ir_rule`, `ir_model_access`,
//! `res_groups` and the catalogue.

use std::collections::{HashMap, HashSet};

use diesel::pg::PgConnection;
use indexmap::IndexMap;

use super::rows::{rows, texts};
use super::{Column, Field, Kind, Model, OnDelete, OrderTerm, Registry, Relation, TableConstraint, Translations, rights};
use crate::declare::Declarations;
use crate::error::{Error, Result};
use crate::sql::row::Row;

/// Tables whose name does not follow from the model's.
const TABLES: &[(&str, &str)] = &[
    ("ir.actions.actions", "ir_actions"),
    ("ir.actions.act_window", "ir_act_window"),
    ("ir.actions.act_window.view", "ir_act_window_view"),
    ("ir.actions.act_window_close", "ir_actions"),
    ("ir.actions.act_url", "ir_act_url"),
    ("ir.actions.client", "ir_act_client"),
    ("ir.actions.report", "ir_act_report_xml"),
    ("ir.actions.server", "ir_act_server"),
];

/// A real column: type, NOT NULL.
type Columns = HashMap<String, HashMap<String, Found>>;

/// A column as the database has it.
#[derive(Clone, Copy)]
struct Found {
    column: Column,
    not_null: bool,
    has_default: bool,
}

/// Reads everything. About a dozen statements whatever the size.
pub fn load(conn: &mut PgConnection, declared: &Declarations) -> Result<Registry> {
    let mut reg = Registry::default();
    let (columns, views) = load_columns(conn)?;
    load_models(conn, &mut reg, &columns, &views)?;
    reg.views = views.into_iter().collect();
    load_fields(conn, &mut reg, &columns)?;
    find_parents(&mut reg);
    load_selections(conn, &mut reg)?;
    load_inherits(conn, &mut reg)?;
    rights::load_groups(conn, &mut reg)?;
    rights::load_access(conn, &mut reg)?;
    rights::load_rules(conn, &mut reg)?;
    load_names(conn, &mut reg)?;
    finish(&mut reg, declared);
    Ok(reg)
}

fn load_columns(conn: &mut PgConnection) -> Result<(Columns, HashSet<String>)> {
    let (mut columns, mut views) = (Columns::new(), HashSet::new());
    let found = rows(
        conn,
        "SELECT c.relname::text, a.attname::text, t.typname::text, a.attnotnull, c.relkind::text, a.atthasdef FROM pg_class c \
         JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid \
         JOIN pg_type t ON t.oid = a.atttypid \
         WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'v', 'm', 'p') AND a.attnum > 0 AND NOT a.attisdropped",
    )?;
    for row in found {
        let (Some(table), Some(name), Some(kind)) = (row.text(0), row.text(1), row.text(2)) else { continue };
        if matches!(row.text(4).as_deref(), Some("v" | "m")) {
            views.insert(table.clone());
        }
        let entry = columns.entry(table).or_default();
        if let Some(column) = Column::parse(&kind) {
            entry.insert(name, Found { column, not_null: row.bool(3).unwrap_or(false), has_default: row.bool(5).unwrap_or(false) });
        }
    }
    Ok((columns, views))
}

fn load_models(conn: &mut PgConnection, reg: &mut Registry, columns: &Columns, views: &HashSet<String>) -> Result<()> {
    let found = rows(
        conn,
        "SELECT id, model::text, \"order\"::text, state::text, name, abstract, transient, is_mail_thread, is_mail_activity \
         FROM ir_model ORDER BY id",
    )?;
    for row in found {
        let (Some(id), Some(name)) = (row.int(0), row.text(1)) else { continue };
        let named = TABLES.iter().find(|(model, _)| *model == name).map(|(_, table)| (*table).to_owned());
        let table = named.unwrap_or_else(|| name.replace('.', "_"));
        let own = columns.get(&table);
        let has = |column: &str| own.is_some_and(|c| c.contains_key(column));
        let model = Model {
            label: texts(&row, 4),
            order: parse_order(&row.text(2).unwrap_or_default()),
            rec_name: None,
            fields: IndexMap::default(),
            is_abstract: row.bool(5).unwrap_or(false) || own.is_none(),
            transient: row.bool(6).unwrap_or(false),
            mail_thread: row.bool(7).unwrap_or(false),
            mail_activity: row.bool(8).unwrap_or(false),
            parent_store: has("parent_path"),
            parent_field: "parent_id".into(),
            active_field: ["active", "x_active"].into_iter().find(|f| has(f)).map(str::to_owned),
            inherits: Vec::new(),
            log_access: has("create_uid") && has("write_date"),
            read_only: own.is_none() || views.contains(&table),
            manual: row.text(3).as_deref() == Some("manual"),
            modules: Vec::new(),
            table: if own.is_some() { table.clone() } else { String::new() },
            name: name.clone(),
            id,
        };
        if own.is_some() {
            reg.tables.insert(table, name.clone());
        }
        reg.models.insert(name, model);
    }
    Ok(())
}

/// Reads `ir_model.order`; unknown words are left out, an empty order is by id.
fn parse_order(text: &str) -> Vec<OrderTerm> {
    let terms: Vec<OrderTerm> = text
        .split(',')
        .filter_map(|part| {
            let lower = part.to_lowercase();
            let field = part.split_whitespace().next()?.trim_matches('"').to_owned();
            let nulls_first = if lower.contains("nulls first") {
                Some(true)
            } else if lower.contains("nulls last") {
                Some(false)
            } else {
                None
            };
            Some(OrderTerm { field, desc: lower.split_whitespace().any(|w| w == "desc"), nulls_first })
        })
        .collect();
    if terms.is_empty() { vec![OrderTerm { field: "id".into(), desc: false, nulls_first: None }] } else { terms }
}

fn load_fields(conn: &mut PgConnection, reg: &mut Registry, columns: &Columns) -> Result<()> {
    let found = rows(
        conn,
        "SELECT id, model::text, name::text, ttype::text, relation::text, relation_field::text, related::text, translate::text, \
         state::text, on_delete::text, domain::text, relation_table::text, column1::text, column2::text, depends::text, \
         currency_field::text, field_description, help, copied, required, readonly, index, company_dependent, store, size, \
         to_jsonb(f) -> 'tracking' FROM ir_model_fields f ORDER BY model, name",
    )?;
    for row in found {
        let (Some(model), Some(name)) = (row.text(1), row.text(2)) else { continue };
        let Some(model) = reg.models.get_mut(&model) else { continue };
        let column = columns.get(&model.table).and_then(|c| c.get(&name)).copied();
        let field = field_of(&row, name.clone(), column);
        model.fields.insert(name, field);
    }
    Ok(())
}

/// Trees whose parent is not named `parent_id`: the first many2one to the model itself.
fn find_parents(reg: &mut Registry) {
    for model in reg.models.values_mut().filter(|m| m.parent_store && !m.fields.contains_key(&m.parent_field)) {
        let own = |f: &&Field| f.kind == Kind::Many2one && f.is_column() && f.relation.as_deref() == Some(&model.name);
        match model.fields.values().find(own).map(|f| f.name.clone()) {
            Some(name) => model.parent_field = name,
            None => model.parent_store = false,
        }
    }
}

fn field_of(row: &Row, name: String, column: Option<Found>) -> Field {
    let flag = |n: usize| row.bool(n).unwrap_or(false);
    let text = |n: usize| row.text(n).filter(|t| !t.is_empty());
    let kind = Kind::parse(&row.text(3).unwrap_or_default());
    let m2m = match (text(11), text(12), text(13)) {
        (Some(table), Some(column1), Some(column2)) => Some(Relation { table, column1, column2 }),
        _ => None,
    };
    let is_json = matches!(column, Some(Found { column: Column::Jsonb, .. }));
    Field {
        kind,
        label: texts(row, 16),
        help: texts(row, 17),
        required: flag(19),
        readonly: flag(20),
        store: flag(23),
        not_null: column.is_some_and(|found| found.not_null),
        has_default: column.is_some_and(|found| found.has_default),
        translate: is_json && kind.is_text() && !flag(22),
        company_dependent: is_json && flag(22),
        column: column.map(|found| found.column),
        copy: flag(18),
        index: flag(21),
        relation: text(4),
        relation_field: text(5),
        m2m,
        on_delete: match row.text(9).as_deref() {
            Some("cascade") => OnDelete::Cascade,
            Some("restrict") => OnDelete::Restrict,
            _ => OnDelete::SetNull,
        },
        related: text(6).map(|path| path.split('.').map(str::to_owned).collect()),
        inherited: false,
        selection: Vec::new(),
        size: row.int(24).and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0),
        digits: None,
        currency_field: text(15),
        groups: Vec::new(),
        domain: text(10).filter(|d| d != "[]"),
        aggregator: None,
        tracking: row.json(25).and_then(|v| i32::try_from(v.as_i64()?).ok()),
        manual: row.text(8).as_deref() == Some("manual"),
        depends: text(14).map(|d| d.split(',').map(|p| p.trim().to_owned()).collect()).unwrap_or_default(),
        modules: Vec::new(),
        id: row.int(0).unwrap_or(0),
        name,
    }
}

fn load_selections(conn: &mut PgConnection, reg: &mut Registry) -> Result<()> {
    let found = rows(
        conn,
        "SELECT f.model::text, f.name::text, s.value::text, s.name FROM ir_model_fields_selection s \
         JOIN ir_model_fields f ON f.id = s.field_id ORDER BY s.field_id, s.sequence, s.id",
    )?;
    for row in found {
        let (Some(model), Some(field), Some(value)) = (row.text(0), row.text(1), row.text(2)) else { continue };
        if let Some(field) = reg.models.get_mut(&model).and_then(|m| m.fields.get_mut(&field)) {
            field.selection.push((value, texts(&row, 3)));
        }
    }
    Ok(())
}

fn load_inherits(conn: &mut PgConnection, reg: &mut Registry) -> Result<()> {
    let found = rows(
        conn,
        "SELECT c.model::text, p.model::text, f.name::text FROM ir_model_inherit i JOIN ir_model c ON c.id = i.model_id \
         JOIN ir_model p ON p.id = i.parent_id JOIN ir_model_fields f ON f.id = i.parent_field_id ORDER BY i.id",
    )?;
    for row in found {
        let (Some(child), Some(parent), Some(link)) = (row.text(0), row.text(1), row.text(2)) else { continue };
        if let Some(model) = reg.models.get_mut(&child) {
            model.inherits.push((link, parent));
        }
    }
    Ok(())
}

fn load_names(conn: &mut PgConnection, reg: &mut Registry) -> Result<()> {
    for row in rows(conn, "SELECT code::text, name::text FROM res_lang WHERE active ORDER BY code")? {
        if let (Some(code), Some(name)) = (row.text(0), row.text(1)) {
            reg.lang_names.insert(code, name);
        }
        reg.langs.extend(row.text(0));
    }
    for row in rows(conn, "SELECT name::text FROM ir_module_module WHERE state = 'installed' ORDER BY name")? {
        reg.modules.extend(row.text(0));
    }
    for row in rows(conn, "SELECT DISTINCT f.model::text FROM ir_default d JOIN ir_model_fields f ON f.id = d.field_id")? {
        reg.default_models.extend(row.text(0));
    }
    let found = rows(
        conn,
        "SELECT c.name::text, m.model::text, c.message FROM ir_model_constraint c JOIN ir_model m ON m.id = c.model WHERE c.type IN ('u', 'c', 'i')",
    )?;
    for row in found {
        if let (Some(name), Some(model)) = (row.text(0), row.text(1)) {
            let message = texts(&row, 2);
            reg.constraints.insert(name, TableConstraint { model, message: super::translated(&message, "en_US").to_owned() });
        }
    }
    let modules = rows(
        conn,
        "SELECT m.model::text, f.name::text, string_agg(DISTINCT d.module, ',') FROM ir_model_data d JOIN ir_model_fields f ON f.id = d.res_id \
         JOIN ir_model m ON m.id = f.model_id WHERE d.model = 'ir.model.fields' GROUP BY 1, 2",
    )?;
    for row in modules {
        let (Some(model), Some(name), Some(list)) = (row.text(0), row.text(1), row.text(2)) else { continue };
        if let Some(field) = reg.models.get_mut(&model).and_then(|m| m.fields.get_mut(&name)) {
            field.modules = list.split(',').map(str::to_owned).collect();
        }
    }
    Ok(())
}

/// What metadata rows do not say: names of records, fields that come through `_inherits`, declared extras.
fn finish(reg: &mut Registry, declared: &Declarations) {
    for model in reg.models.values_mut() {
        declared.apply(model);
        if model.rec_name.is_none() {
            model.rec_name = ["name", "x_name"].into_iter().find(|f| model.fields.contains_key(*f)).map(str::to_owned);
        }
        for (link, _) in &model.inherits {
            for field in model.fields.values_mut() {
                field.inherited |= field
                    .related
                    .as_ref()
                    .is_some_and(|path| path.len() == 2 && path.first() == Some(link) && path.get(1) == Some(&field.name));
            }
        }
    }
    for (model, field, selection) in related_selections(reg) {
        if let Some(field) = reg.models.get_mut(&model).and_then(|m| m.fields.get_mut(&field)) {
            field.selection = selection;
        }
    }
    reg.triggers = super::triggers::Triggers::build(reg, declared);
}

/// Values and labels.
type Selection = Vec<(String, Translations)>;

/// A related selection has the values of the field it leads to.
fn related_selections(reg: &Registry) -> Vec<(String, String, Selection)> {
    let mut found = Vec::new();
    for model in reg.models.values() {
        for field in model.fields.values().filter(|f| f.kind == Kind::Selection && f.selection.is_empty()) {
            let Some(path) = &field.related else { continue };
            let mut at = Some(model);
            let mut last = None;
            for name in path {
                last = at.and_then(|m| m.fields.get(name));
                at = last.and_then(|f| reg.models.get(f.relation.as_deref()?));
            }
            if let Some(end) = last.filter(|f| !f.selection.is_empty()) {
                found.push((model.name.clone(), field.name.clone(), end.selection.clone()));
            }
        }
    }
    found
}

impl Registry {
    /// Reads the registry; a database without the metadata tables is refused.
    pub fn load(conn: &mut PgConnection, declared: &Declarations) -> Result<Registry> {
        let reg = load(conn, declared)?;
        if reg.models.is_empty() { Err(Error::internal("the database has no models: run `lastmile migrate`")) } else { Ok(reg) }
    }
}
