//! res.currency and its rates: units of a currency for one of the company's, by day.

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, ModelDecl, Next, UnlinkHook, WriteHook};
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value, map, money};

const RATE: &str = "res.currency.rate";

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    let currencies = all.model("res.currency");
    currencies
        .compute(&["decimal_places"], &["rounding"], decimal_places)
        .on_write(write)
        .on_create(|env: &mut Env, values: Vec<Map>, next: &Next<CreateHook>| {
            let ids = next.call(env, values)?;
            several_currencies(env)?;
            Ok(ids)
        })
        .on_unlink(|env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>| {
            next.call(env, ids)?;
            several_currencies(env)
        });
    rates(currencies);
    all.model(RATE)
        .on_create(create_rates)
        .compute_sudo(&["company_rate", "inverse_company_rate"], &["rate", "name", "currency_id", "company_id"], company_rates)
        .inverse("company_rate", |env, ids, value| put_rate(env, ids, "company_rate", value))
        .inverse("inverse_company_rate", |env, ids, value| put_rate(env, ids, "inverse_company_rate", value));
}

/// The currencies of companies stay in use.
fn write(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    if values.get("active").is_some_and(|active| !active.truthy()) {
        let sql = sql!("SELECT 1 FROM res_company WHERE active AND currency_id = ANY({ids}) LIMIT 1");
        if !env.query(sql)?.is_empty() {
            return Err(Error::user("The currency of a company cannot be taken out of use."));
        }
    }
    let switched = values.contains_key("active");
    next.call(env, ids, values)?;
    if switched { several_currencies(env) } else { Ok(()) }
}

/// Every employee sees several currencies when several are in use.
fn several_currencies(env: &mut Env) -> Result<()> {
    env.flush()?;
    let sql = Sql::lit("SELECT count(*) FROM res_currency WHERE active");
    let several = env.query(sql)?.first().and_then(|row| row.big(0)).unwrap_or(0) > 1;
    imply(env, "base.group_multi_currency", several)
}

/// Lets a group follow from being an employee, or no longer.
pub fn imply(env: &mut Env, xmlid: &str, wanted: bool) -> Result<()> {
    let reg = env.registry();
    let (Some(employee), Some(group)) = (reg.group("base.group_user"), reg.group(xmlid)) else { return Ok(()) };
    let sql = sql!("SELECT gid FROM res_groups_implied_rel WHERE hid = {group}");
    let direct: Vec<Id> = env.query_ids(sql)?;
    let of_employee = reg.groups.get(&employee).map(|g| g.implied.clone()).unwrap_or_default();
    let (command, groups) = match wanted {
        true if direct.iter().any(|gid| of_employee.contains(gid)) => return Ok(()),
        true => (4, vec![employee]),
        false => (3, direct.into_iter().filter(|gid| of_employee.contains(gid)).collect()),
    };
    let link = Value::List(vec![Value::List(vec![Value::Int(command), Value::from(group), Value::Int(0)])]);
    env.sudo(|env| env.write("res.groups", &groups, map! { "implied_ids" => link }))
}

/// Units of the company's own currency on the day, for which the others are told.
fn base_rate(env: &mut Env, company: Id, day: chrono::NaiveDate) -> Result<f64> {
    let sql = sql!(
        "SELECT r.rate::float8 FROM res_company c JOIN res_currency_rate r ON r.currency_id = c.currency_id
         AND r.name <= {day} AND (r.company_id IS NULL OR r.company_id = c.id) WHERE c.id = {company}
         ORDER BY r.name DESC, r.company_id LIMIT 1"
    );
    Ok(env.query(sql)?.first().and_then(|row| row.float(0)).filter(|rate| *rate > 0.0).unwrap_or(1.0))
}

/// What a rate is in the company's terms.
fn technical(key: &str, value: f64, base: f64) -> f64 {
    match key {
        "inverse_company_rate" if value != 0.0 => base / value,
        "inverse_company_rate" => base,
        _ => value * base,
    }
}

/// A rate may be given for the company's currency, either way round; it is kept for the common unit.
fn settle(env: &mut Env, values: &mut Map, company: Id, day: chrono::NaiveDate) -> Result<()> {
    let (own, inverse) = (values.shift_remove("company_rate"), values.shift_remove("inverse_company_rate"));
    if values.contains_key("rate") {
        return Ok(());
    }
    let given = inverse.map(|v| ("inverse_company_rate", v)).or(own.map(|v| ("company_rate", v)));
    if let Some((key, value)) = given {
        let base = base_rate(env, company, day)?;
        values.insert("rate".into(), Value::Float(technical(key, value.as_float().unwrap_or(0.0), base)));
    }
    Ok(())
}

fn create_rates(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    for map in &mut values {
        let company = map.get("company_id").and_then(Value::as_id).unwrap_or_else(|| env.company_id());
        let day = map.get("name").and_then(|d| lastmile_orm::convert::to_date(d).ok().flatten()).unwrap_or_else(|| env.today());
        settle(env, map, company, day)?;
    }
    next.call(env, values)
}

/// Rates given in the company's terms, for all records in one statement.
fn put_rate(env: &mut Env, ids: &[Id], key: &str, value: &Value) -> Result<()> {
    let value = value.as_float().unwrap_or(0.0);
    let current = env.company_id();
    let base = sql!(
        "COALESCE((SELECT b.rate FROM res_company c JOIN res_currency_rate b ON b.currency_id = c.currency_id
         AND b.id <> r.id AND b.name <= r.name AND (b.company_id IS NULL OR b.company_id = c.id)
         WHERE c.id = COALESCE(r.company_id, {current}) ORDER BY b.name DESC, b.company_id LIMIT 1), 1)"
    );
    let operator = if key == "inverse_company_rate" { " / " } else { " * " };
    let factor = if key == "inverse_company_rate" && value == 0.0 { 1.0 } else { value };
    let sql = sql!(
        "UPDATE res_currency_rate r SET rate = {base:sql}{operator:sql}{factor}::numeric
         WHERE r.id = ANY({ids})"
    );
    env.execute(&sql)?;
    env.changed(RATE, &["rate"], ids)
}

fn company_rates(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let current = env.company_id();
    let sql = sql!(
        "SELECT r.id, r.rate::float8, COALESCE((SELECT b.rate::float8 FROM res_company c
         JOIN res_currency_rate b ON b.currency_id = c.currency_id AND b.name <= r.name
         AND (b.company_id IS NULL OR b.company_id = c.id) WHERE c.id = COALESCE(r.company_id, {current})
         ORDER BY b.name DESC, b.company_id LIMIT 1), 1) FROM res_currency_rate r WHERE r.id = ANY({ids})"
    );
    for row in env.query(sql)? {
        let (Some(id), rate, base) = (row.int(0), row.float(1).unwrap_or(1.0), row.float(2).filter(|b| *b > 0.0).unwrap_or(1.0)) else {
            continue;
        };
        let own = rate / base;
        out.set("company_rate", id, own);
        out.set("inverse_company_rate", id, if own == 0.0 { 0.0 } else { 1.0 / own });
    }
    Ok(())
}

fn decimal_places(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, rounding) in ids.iter().zip(env.values("res.currency", "rounding", ids)?) {
        out.set("decimal_places", *id, i64::from(money::decimal_places(rounding.as_decimal().unwrap_or_default())));
    }
    Ok(())
}

fn rates(currencies: &mut ModelDecl) {
    currencies.compute_sudo(
        &["rate", "inverse_rate", "date", "is_current_company_currency", "rate_string"],
        &["rate_ids.rate", "rate_ids.name"],
        rate,
    );
}

/// Units of a currency for one of the company's, on the day of the context.
fn rate(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let company = env.company_id();
    let asked = |env: &Env, key: &str| env.context_get(key).and_then(Value::as_id);
    let whose = asked(env, "company_id").unwrap_or(company);
    let own = env.value("res.company", "currency_id", whose)?.as_id();
    let base = asked(env, "to_currency").or(own);
    let day = env.context_get("date").and_then(|d| lastmile_orm::convert::to_date(d).ok().flatten()).unwrap_or_else(|| env.today());
    let mut all = ids.to_vec();
    all.extend(base);
    let root = sql!("(SELECT split_part(o.parent_path, '/', 1)::int4 FROM res_company o WHERE o.id = {company})");
    let sql = sql!(
        "SELECT c.id, c.name::text, ({rate:sql})::float8, (SELECT max(x.name) FROM res_currency_rate x
         WHERE x.currency_id = c.id) FROM res_currency c WHERE c.id = ANY({all})",
        rate = super::rates::of(Sql::lit("c.id"), root, sql!("{day}"))
    );
    let rows = env.query(sql)?;
    let of = |id: Option<Id>| rows.iter().find(|row| row.int(0) == id);
    let base_rate = of(base).and_then(|row| row.float(2)).filter(|r| *r > 0.0).unwrap_or(1.0);
    let base_name = of(base).and_then(|row| row.text(1)).unwrap_or_default();
    for id in ids {
        let row = of(Some(*id));
        let rate = row.and_then(|r| r.float(2)).unwrap_or(1.0) / base_rate;
        let name = row.and_then(|r| r.text(1)).unwrap_or_default();
        out.set("rate", *id, rate);
        out.set("inverse_rate", *id, if rate == 0.0 { 0.0 } else { 1.0 / rate });
        out.set("date", *id, row.and_then(|r| r.date(3)));
        out.set("is_current_company_currency", *id, Some(*id) == own);
        let shown = if Some(*id) == own { String::new() } else { format!("1 {base_name} = {rate:.6} {name}") };
        out.set("rate_string", *id, shown);
    }
    Ok(())
}
