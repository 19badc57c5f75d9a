//! The generic chart: what a company begins its books with. The facts are data (`fixtures/books/generic_coa.json`): `@name`
//! leads to another record of the chart, `&module.name` to one that every company shares.

use std::collections::HashMap;

use lastmile_orm::call::Invocation;
use lastmile_orm::declare::Tx;
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Map, Result, Value, map};
use serde_json::Value as Json;

use super::journal_accounts::name_records;
use super::{ACCOUNT, JOURNAL, codes};

const COMPANY: &str = "res.company";
/// The chart that every company can have.
pub(super) const GENERIC: &str = "generic_coa";
const FACTS: &str = include_str!("../../../fixtures/books/generic_coa.json");

/// Declares the loader.
pub fn declare(all: &mut Declarations) {
    all.model(COMPANY).field("chart_template").selection = Some(|_| vec![(GENERIC.to_owned(), "Generic Chart of Accounts".to_owned())]);
    all.model("account.chart.template")
        .record_method("try_loading", "template_code, company, install_demo=False, force_create=True", Tx::Write, try_loading)
        .unchecked(&["try_loading"], "charts have no records");
}

fn try_loading(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let company = match call.arg("company") {
        Value::List(ids) => ids.first().and_then(Value::as_id),
        one => one.as_id(),
    };
    let Some(company) = company.filter(|id| *id > 0) else { return Ok(Answer::from(Value::None)) };
    let code = call.arg("template_code");
    if code.truthy() && code.as_str() != Some(GENERIC) {
        return Err(Error::key(code.py_repr()));
    }
    if !env.is_su() && !env.has_group("base.group_system") {
        return Err(Error::access("Only administrators may load a chart of accounts."));
    }
    env.require(COMPANY, &[company])?;
    load(env, company)?;
    Ok(Answer::from(Value::None))
}

/// Loads the chart for a company, or what is missing of it, and for the companies below it.
///
/// # Errors
/// What making the records ends in.
pub fn load(env: &mut Env, company: Id) -> Result<()> {
    let context = map! {
        "allowed_company_ids" => vec![company], "default_company_id" => company, "tracking_disable" => true,
        "delay_account_group_sync" => true, "lang" => "en_US", "chart_template_load" => true
    };
    env.sudo(|env| {
        env.with_context(context, |env| {
            let again = env.value(COMPANY, "chart_template", company)?.as_str() == Some(GENERIC);
            let below = env.value(COMPANY, "parent_id", company)?.as_id();
            if let Some(parent) = below {
                return follow(env, company, parent);
            }
            if !again && !has_entries(env, company)? {
                clear(env, company)?;
            }
            env.write(COMPANY, &[company], map! { "chart_template" => GENERIC })?;
            Chart::begin(env, company)?.load(env, again)
        })
    })?;
    let sql = sql!("SELECT id FROM res_company WHERE parent_id = {company} AND active ORDER BY id");
    let children: Vec<Id> = env.query_ids(sql)?;
    children.into_iter().try_for_each(|child| load(env, child))
}

/// Whether entries were made in the books of a company or those below it.
pub(super) fn has_entries(env: &mut Env, company: Id) -> Result<bool> {
    env.flush()?;
    let sql = sql!(
        "SELECT 1 FROM account_move_line l JOIN res_company c ON c.id = l.company_id
         JOIN res_company o ON o.id = {company} AND starts_with(c.parent_path, o.parent_path) LIMIT 1"
    );
    Ok(!env.query(sql)?.is_empty())
}

/// Takes away what a company that never kept books had of another chart.
fn clear(env: &mut Env, company: Id) -> Result<()> {
    for (model, table) in [
        ("account.move", "account_move"),
        ("account.reconcile.model", "account_reconcile_model"),
        (JOURNAL, "account_journal"),
        ("account.tax", "account_tax"),
        ("account.tax.group", "account_tax_group"),
        ("account.fiscal.position", "account_fiscal_position"),
    ] {
        let sql = sql!("SELECT id FROM {table:ident} WHERE company_id = {company} ORDER BY id");
        let ids: Vec<Id> = env.query_ids(sql)?;
        env.unlink(model, &ids)?;
    }
    let sql = sql!(
        "SELECT r.account_account_id FROM account_account_res_company_rel r WHERE r.res_company_id = {company}
         AND NOT EXISTS (SELECT 1 FROM account_account_res_company_rel o WHERE o.account_account_id = r.account_account_id
         AND o.res_company_id <> {company}) ORDER BY 1"
    );
    let accounts: Vec<Id> = env.query_ids(sql)?;
    env.unlink(ACCOUNT, &accounts)?;
    let sql = sql!("SELECT id FROM account_group WHERE company_id = {company} ORDER BY id");
    let groups: Vec<Id> = env.query_ids(sql)?;
    env.unlink("account.group", &groups)
}

/// A company below another keeps its books in that one's chart.
fn follow(env: &mut Env, company: Id, parent: Id) -> Result<()> {
    let facts = facts()?;
    let fields: Vec<&str> = facts.get("company").and_then(Json::as_object).into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let mut values = map! { "chart_template" => GENERIC };
    for field in fields {
        let value = env.value(COMPANY, field, parent)?;
        if value.truthy() && field != "domestic_fiscal_position_id" {
            values.insert(field.to_owned(), value);
        }
    }
    env.write(COMPANY, &[company], values)?;
    let root = codes::roots(env, &[company])?.remove(&company).unwrap_or(parent);
    Chart { company, ..Chart::begin(env, root)? }.defaults(env)
}

fn facts() -> Result<Json> {
    serde_json::from_str(FACTS).map_err(|error| Error::internal(format!("the facts of the generic chart: {error}")))
}

/// A chart on its way into the books.
struct Chart {
    company: Id,
    facts: Json,
    /// Records by their names, with the sign that leads to them.
    known: HashMap<String, Id>,
}

impl Chart {
    /// Reads the facts, and what is there already. One statement.
    fn begin(env: &mut Env, company: Id) -> Result<Self> {
        let facts = facts()?;
        let mut shared = Vec::new();
        collect(&facts, &mut shared);
        let prefix = format!("{company}_");
        env.flush()?;
        let sql = sql!(
            "SELECT '@' || substring(d.name::text FROM {length}), d.res_id FROM ir_model_data d WHERE d.module = 'account'
             AND starts_with(d.name, {prefix}) UNION ALL SELECT '&' || d.module || '.' || d.name, d.res_id FROM ir_model_data d
             WHERE d.module || '.' || d.name = ANY({shared}::text[])",
            length = Bind::Int(Id::try_from(prefix.len() + 1).ok()),
            prefix = prefix.as_str(),
            shared = Bind::texts(shared)
        );
        let known = env.query(sql)?.iter().filter_map(|row| Some((row.text(0)?, row.int(1)?))).collect();
        Ok(Chart { company, facts, known })
    }

    fn load(mut self, env: &mut Env, again: bool) -> Result<()> {
        self.section(env, "accounts", ACCOUNT)?;
        self.section(env, "tax_groups", "account.tax.group")?;
        self.section(env, "taxes", "account.tax")?;
        if !again {
            self.company(env)?;
        }
        self.section(env, "journals", JOURNAL)?;
        self.section(env, "fiscal_positions", "account.fiscal.position")?;
        self.section(env, "later_accounts", ACCOUNT)?;
        if again {
            return Ok(());
        }
        self.section(env, "reconcile_models", "account.reconcile.model")?;
        self.company(env)?;
        let company = self.company;
        let sql = sql!(
            "SELECT id FROM account_journal WHERE company_id = {company} AND type IN ('bank', 'cash', 'credit') AND suspense_account_id IS NULL"
        );
        let money: Vec<Id> = env.query_ids(sql)?;
        let suspense = self.known.get("@account_journal_suspense_account_id").copied();
        env.write(JOURNAL, &money, map! { "suspense_account_id" => suspense })?;
        self.defaults(env)
    }

    /// Makes the records of a section that are not there: all that lead to known ones together, then those that lead to these.
    fn section(&mut self, env: &mut Env, name: &str, model: &str) -> Result<()> {
        let records = self.facts.get(name).and_then(Json::as_array).cloned().unwrap_or_default();
        let mut left: Vec<&serde_json::Map<String, Json>> = records.iter().filter_map(Json::as_object).collect();
        let named = |record: &serde_json::Map<String, Json>| record.get("id").and_then(Json::as_str).unwrap_or_default().to_owned();
        left.retain(|record| !self.known.contains_key(&format!("@{}", named(record))));
        while !left.is_empty() {
            let (mut names, mut values, mut later, mut missing) = (Vec::new(), Vec::new(), Vec::new(), None);
            for record in left {
                match self.record(record, model) {
                    Ok(map) => {
                        names.push(named(record));
                        values.push(map);
                    }
                    Err(error) => {
                        missing = Some(error);
                        later.push(record);
                    }
                }
            }
            if let (true, Some(error)) = (values.is_empty(), missing) {
                return Err(error);
            }
            let ids = env.create(model, values)?;
            self.known.extend(names.iter().map(|name| format!("@{name}")).zip(ids.iter().copied()));
            name_records(env, model, &ids, names.iter().map(|name| format!("{}_{name}", self.company)).collect())?;
            left = later;
        }
        Ok(())
    }

    /// A record's values, of the company, with its lines as commands.
    fn record(&self, record: &serde_json::Map<String, Json>, model: &str) -> Result<Map> {
        let mut map = self.map(record)?;
        map.shift_remove("id");
        for (given, field) in [("repartition_lines", "repartition_line_ids"), ("lines", "line_ids")] {
            if let Some(lines) = map.shift_remove(given) {
                let lines = lines.as_list().unwrap_or_default().iter().map(|line| command(0, 0, line.clone())).collect();
                map.insert(field.into(), Value::List(lines));
            }
        }
        if model == ACCOUNT {
            map.insert("company_ids".into(), Value::List(vec![command(6, 0, vec![self.company].into())]));
        } else {
            map.insert("company_id".into(), self.company.into());
        }
        Ok(map)
    }

    /// Writes what the company has of the chart by now.
    fn company(&self, env: &mut Env) -> Result<()> {
        let mut values = Map::new();
        for (field, value) in self.facts.get("company").and_then(Json::as_object).into_iter().flatten() {
            if let Ok(value) = self.value(value) {
                values.insert(field.clone(), value);
            }
        }
        env.write(COMPANY, &[self.company], values)
    }

    /// What partners and categories of products have when they say nothing else.
    fn defaults(&self, env: &mut Env) -> Result<()> {
        let mut rows: Vec<(String, String, Id)> = Vec::new();
        for default in self.facts.get("defaults").and_then(Json::as_array).into_iter().flatten() {
            let part = |n: usize| default.get(n).and_then(Json::as_str).unwrap_or_default().to_owned();
            if let Some(id) = self.known.get(&part(2)) {
                rows.push((part(0), part(1), *id));
            }
        }
        set_defaults(env, self.company, rows)
    }

    fn map(&self, record: &serde_json::Map<String, Json>) -> Result<Map> {
        record.iter().map(|(name, value)| Ok((name.clone(), self.value(value)?))).collect()
    }

    fn value(&self, value: &Json) -> Result<Value> {
        Ok(match value {
            Json::Null => Value::None,
            Json::Bool(flag) => Value::Bool(*flag),
            Json::Number(number) => number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap_or(0.0)), Value::Int),
            Json::String(text) if text.starts_with(['@', '&']) => {
                let id = self.known.get(text).ok_or_else(|| Error::internal(format!("the chart leads to {text}, which is not there")))?;
                Value::from(*id)
            }
            Json::String(text) => Value::from(text.as_str()),
            Json::Array(items) => {
                let values = items.iter().map(|item| self.value(item)).collect::<Result<Vec<Value>>>()?;
                // Records that are led to are a relation.
                if values.iter().all(|value| value.as_id().is_some()) {
                    Value::List(vec![command(6, 0, Value::List(values))])
                } else {
                    Value::List(values)
                }
            }
            Json::Object(record) => Value::Map(self.map(record)?),
        })
    }
}

fn command(number: i64, id: i64, value: Value) -> Value {
    Value::List(vec![Value::Int(number), Value::Int(id), value])
}

/// The records that all companies share and that the facts lead to.
fn collect(facts: &Json, out: &mut Vec<String>) {
    match facts {
        Json::String(text) => out.extend(text.strip_prefix('&').map(str::to_owned)),
        Json::Array(items) => items.iter().for_each(|item| collect(item, out)),
        Json::Object(items) => items.values().for_each(|item| collect(item, out)),
        _ => {}
    }
}

/// Sets what fields (model, field, record) of a company's records hold when nobody says otherwise. Two statements.
pub(super) fn set_defaults(env: &mut Env, company: Id, rows: Vec<(String, String, Id)>) -> Result<()> {
    let models = Bind::texts(rows.iter().map(|row| row.0.clone()));
    let fields = Bind::texts(rows.iter().map(|row| row.1.clone()));
    let values = Bind::texts(rows.iter().map(|row| row.2.to_string()));
    let wanted = sql!(
        "unnest({models}::text[], {fields}::text[], {values}::text[]) k (model, field, value) JOIN ir_model_fields f ON f.model = k.model AND f.name = k.field"
    );
    let sql = sql!(
        "WITH wanted AS (SELECT f.id, k.value FROM {wanted:sql}), changed AS (UPDATE ir_default d SET json_value = w.value,
         write_uid = {uid}, write_date = {now} FROM wanted w WHERE d.field_id = w.id AND d.company_id = {company} AND d.user_id IS NULL
         AND d.condition IS NULL RETURNING d.field_id) INSERT INTO ir_default (field_id, company_id, json_value, create_uid, create_date,
         write_uid, write_date) SELECT w.id, {company}, w.value, {uid}, {now}, {uid}, {now} FROM wanted w
         WHERE NOT EXISTS (SELECT 1 FROM changed c WHERE c.field_id = w.id)",
        uid = env.uid(),
        now = env.now()
    );
    env.execute(&sql)?;
    env.touch(lastmile_orm::declare::Touch::Registry)
}
