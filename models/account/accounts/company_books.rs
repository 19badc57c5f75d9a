//! What companies may change once books are kept, and what follows on their accounts.

use chrono::{Datelike, Days, Months, NaiveDate};
use lastmile_orm::declare::{CreateHook, Next, WriteHook};
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value, map};

use super::{ACCOUNT, chart, codes};

const COMPANY: &str = "res.company";

/// Declares the hooks and constraints.
pub fn declare(all: &mut Declarations) {
    all.model(COMPANY)
        .on_create(create)
        .on_write(write)
        .constrains(&["account_price_include"], price_include)
        .constrains(&["account_opening_move_id", "fiscalyear_last_day", "fiscalyear_last_month"], last_day);
}

/// Fields that companies have as the one at the top has them.
const OF_ROOT: [&str; 4] = ["fiscalyear_last_day", "fiscalyear_last_month", "account_storno", "tax_exigibility"];
/// Says that a write only follows that of the company at the top.
const FROM_ROOT: &str = "company_follows_root";

/// A company below another cannot have its own fiscal year.
fn as_the_root(env: &mut Env, ids: &[Id], values: &Map) -> Result<()> {
    let roots = codes::roots(env, ids)?;
    for (id, root) in ids.iter().filter_map(|id| Some((*id, *roots.get(id)?))).filter(|(id, root)| id != root) {
        for (field, value) in values {
            if !ids.contains(&root) && env.value(COMPANY, field, root)? != *value {
                return Err(Error::validation(format!("The company {id} has {field} as the company at the top has it.")));
            }
        }
    }
    Ok(())
}

/// A company below one that keeps books has its chart.
fn create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let counts = |map: &Map| map.contains_key("batch_payment_sequence_id");
    let counters = values.iter().filter(|map| !counts(map)).map(|_| {
        map! {
            "name" => "Group Payments Number Sequence", "implementation" => "no_gap", "padding" => 5,
            "use_date_range" => true, "company_id" => false, "prefix" => "GROUP/%(year)s/"
        }
    });
    let counters: Vec<Map> = counters.collect();
    let counters = env.sudo(|env| env.create("ir.sequence", counters))?;
    for (map, counter) in values.iter_mut().filter(|map| !counts(map)).zip(counters) {
        map.insert("batch_payment_sequence_id".into(), counter.into());
    }
    let ids = next.call(env, values)?;
    fiscal_country(env, &ids)?;
    let sql = sql!(
        "SELECT c.id FROM res_company c JOIN res_company o ON o.id = split_part(c.parent_path, '/', 1)::int4 AND o.id <> c.id
         WHERE c.id = ANY({ids}) AND o.chart_template = {chart} ORDER BY c.id",
        chart = chart::GENERIC
    );
    let below: Vec<Id> = env.query_ids(sql)?;
    below.into_iter().try_for_each(|id| chart::load(env, id))?;
    Ok(ids)
}

/// Taxes are those of the company's country until it says otherwise. One statement.
fn fiscal_country(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "UPDATE res_company c SET account_fiscal_country_id = p.country_id FROM res_partner p WHERE p.id = c.partner_id
         AND c.account_fiscal_country_id IS NULL AND p.country_id IS NOT NULL AND c.id = ANY({ids}) RETURNING c.id"
    );
    let changed: Vec<Id> = env.query_ids(sql)?;
    if changed.is_empty() { Ok(()) } else { env.changed(COMPANY, &["account_fiscal_country_id"], &changed) }
}

fn write(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    if let Some(currency) = values.get("currency_id").map(Value::as_id) {
        for (id, before) in ids.iter().zip(env.values(COMPANY, "currency_id", ids)?) {
            if before.as_id() != currency {
                let root = codes::roots(env, &[*id])?.remove(id).unwrap_or(*id);
                if chart::has_entries(env, root)? {
                    return Err(Error::user("The company has entries already: its currency stays."));
                }
            }
        }
    }
    for prefix in ["bank_account_code_prefix", "cash_account_code_prefix"] {
        if let Some(new) = values.get(prefix).and_then(Value::as_str).filter(|new| !new.is_empty()).map(str::to_owned) {
            for (id, old) in ids.iter().zip(env.values(COMPANY, prefix, ids)?) {
                renumber(env, *id, old.as_str().unwrap_or_default(), &new)?;
            }
        }
    }
    let shared: Map = OF_ROOT.iter().filter_map(|field| Some(((*field).to_owned(), values.get(field)?.clone()))).collect();
    if !shared.is_empty() && env.context_get(FROM_ROOT).is_none() {
        as_the_root(env, ids, &shared)?;
    }
    let (countries, categories) = (values.contains_key("country_id"), ["income_account_id", "expense_account_id"]);
    let of_categories = categories.iter().copied().any(|field| values.contains_key(field));
    next.call(env, ids, values)?;
    if countries {
        fiscal_country(env, ids)?;
    }
    if !shared.is_empty() && env.context_get(FROM_ROOT).is_none() {
        let sql = sql!(
            "SELECT c.id FROM res_company c JOIN res_company o ON o.id = ANY({ids}) AND c.id <> o.id
             AND starts_with(c.parent_path, o.parent_path)"
        );
        let below: Vec<Id> = env.query_ids(sql)?;
        if !below.is_empty() {
            env.sudo(|env| env.with_context(map! { FROM_ROOT => true }, |env| env.write(COMPANY, &below, shared)))?;
        }
    }
    if of_categories {
        for id in ids {
            let mut rows = Vec::new();
            for (field, of_category) in categories.iter().zip(["property_account_income_categ_id", "property_account_expense_categ_id"]) {
                if let Some(account) = env.value(COMPANY, field, *id)?.as_id() {
                    rows.push(("product.category".to_owned(), of_category.to_owned(), account));
                }
            }
            chart::set_defaults(env, *id, rows)?;
        }
    }
    Ok(())
}

/// Accounts of banks and cash follow the prefix of their codes.
fn renumber(env: &mut Env, company: Id, old: &str, new: &str) -> Result<()> {
    if old.is_empty() || old == new {
        return Ok(());
    }
    env.flush()?;
    let sql = sql!(
        "SELECT a.id, a.code_store ->> split_part(c.parent_path, '/', 1) FROM res_company c
         JOIN res_company o ON starts_with(c.parent_path, o.parent_path)
         JOIN account_account_res_company_rel r ON r.res_company_id = o.id
         JOIN account_account a ON a.id = r.account_account_id AND a.active AND a.account_type IN ('asset_cash', 'liability_credit_card')
         WHERE c.id = {company} AND starts_with(a.code_store ->> split_part(c.parent_path, '/', 1), {old}) ORDER BY 2"
    );
    let rows = env.query(sql)?;
    env.for_company(company, |env| {
        for row in rows {
            let (Some(account), Some(code)) = (row.int(0), row.text(1)) else { continue };
            let rest = code.strip_prefix(old).unwrap_or(&code).trim_start_matches('0').to_owned();
            let width = code.len().saturating_sub(new.len());
            // One by one: each change is told on its account.
            env.write(ACCOUNT, &[account], map! { "code" => format!("{new}{rest:0>width$}") })?;
        }
        Ok(())
    })
}

fn price_include(env: &mut Env, ids: &[Id]) -> Result<()> {
    for id in ids {
        if chart::has_entries(env, *id)? {
            return Err(Error::validation("The company has entries already: whether its prices include taxes stays."));
        }
    }
    Ok(())
}

/// The last day of the fiscal year is one of its month.
fn last_day(env: &mut Env, ids: &[Id]) -> Result<()> {
    let days = env.values(COMPANY, "fiscalyear_last_day", ids)?;
    let months = env.values(COMPANY, "fiscalyear_last_month", ids)?;
    let opened = env.values(COMPANY, "account_opening_date", ids)?;
    for ((day, month), opened) in days.iter().zip(months).zip(opened) {
        let month: u32 = month.as_str().and_then(|month| month.parse().ok()).unwrap_or(12);
        let year = if let Value::Date(day) = opened { day.year() } else { env.now().year() };
        let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default();
        let longest = (first + Months::new(1) - Days::new(1)).day();
        let day = day.as_int().unwrap_or(0);
        if !(day == 29 && month == 2) && (day <= 0 || day > i64::from(longest)) {
            return Err(Error::validation("The last day of the fiscal year is not a day of its month."));
        }
    }
    Ok(())
}
