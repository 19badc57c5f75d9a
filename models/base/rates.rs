//! What a currency is worth in another one, on a day, for a company: in one place.
//!
//! A rate is units of a currency for one of the common unit. A company's own rates come before those of everybody, the
//! last one of the day or before counts; a currency without such a one has its first rate, without any it is the unit.

use std::collections::HashMap;

use chrono::NaiveDate;
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Env, Id, Result, money};
use rust_decimal::Decimal;

/// A pair of currencies, and when and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Exchange {
    pub from: Id,
    pub to: Id,
    pub company: Id,
    pub day: NaiveDate,
}

/// The rate of a currency on a day, as an expression: `currency` and `day` are expressions, `root` is that of the id of the
/// company at the top.
pub fn of(currency: Sql, root: Sql, day: Sql) -> Sql {
    sql!(
        "COALESCE((SELECT x.rate FROM res_currency_rate x WHERE x.currency_id = {currency:sql} AND x.name <= {day:sql}
         AND (x.company_id IS NULL OR x.company_id = {root:sql}) ORDER BY x.company_id, x.name DESC LIMIT 1),
         (SELECT x.rate FROM res_currency_rate x WHERE x.currency_id = {currency:sql}
         AND (x.company_id IS NULL OR x.company_id = {root:sql}) ORDER BY x.company_id, x.name LIMIT 1), 1)"
    )
}

/// The rate of a currency on a day, in a statement that has the company as row `c`: both are expressions.
pub fn of_company(currency: &'static str, day: &'static str) -> Sql {
    of(Sql::lit(currency), Sql::lit("split_part(c.parent_path, '/', 1)::int4"), Sql::lit(day))
}

/// Units of the second currency for one of the first, for many pairs and days. One statement.
///
/// # Errors
/// What the database answers.
pub fn rates(env: &mut Env, asked: &[Exchange]) -> Result<HashMap<Exchange, Decimal>> {
    let mut out: HashMap<Exchange, Decimal> = HashMap::with_capacity(asked.len());
    let mut missing: Vec<Exchange> = Vec::new();
    for exchange in asked {
        if exchange.from == exchange.to {
            out.insert(*exchange, Decimal::ONE);
        } else if !missing.contains(exchange) {
            missing.push(*exchange);
        }
    }
    if missing.is_empty() {
        return Ok(out);
    }
    env.flush()?;
    let ints = |of: fn(&Exchange) -> Id| Bind::Ints(missing.iter().map(|exchange| Some(of(exchange))).collect());
    let rate = |column: &'static str| of(Sql::lit(column), Sql::lit("k.root"), Sql::lit("k.day"));
    let sql = sql!(
        "SELECT k.n, {from:sql}, {to:sql} FROM (SELECT u.*, split_part(c.parent_path, '/', 1)::int4 AS root
         FROM unnest({froms}::int4[], {tos}::int4[], {companies}::int4[], {days}::date[])
         WITH ORDINALITY u (sold, bought, company, day, n) JOIN res_company c ON c.id = u.company) k",
        from = rate("k.sold"),
        to = rate("k.bought"),
        froms = ints(|exchange| exchange.from),
        tos = ints(|exchange| exchange.to),
        companies = ints(|exchange| exchange.company),
        days = Bind::Dates(missing.iter().map(|exchange| Some(exchange.day)).collect())
    );
    for row in env.query(sql)? {
        let exchange = row.big(0).and_then(|n| usize::try_from(n - 1).ok()).and_then(|n| missing.get(n));
        let (Some(exchange), Some(from), Some(to)) = (exchange, row.decimal(1), row.decimal(2)) else { continue };
        let from = if from.is_zero() { Decimal::ONE } else { from };
        out.insert(*exchange, to.checked_div(from).unwrap_or(Decimal::ONE));
    }
    Ok(out)
}

/// Units of a currency for one of another, on a day.
///
/// # Errors
/// What the database answers.
pub fn rate(env: &mut Env, from: Id, to: Id, company: Id, day: NaiveDate) -> Result<Decimal> {
    let exchange = Exchange { from, to, company, day };
    Ok(rates(env, &[exchange])?.remove(&exchange).unwrap_or(Decimal::ONE))
}

/// An amount of a currency in another one, rounded as that one is.
///
/// # Errors
/// What the database answers.
pub fn convert(env: &mut Env, amount: Decimal, exchange: Exchange) -> Result<Decimal> {
    let rate = rate(env, exchange.from, exchange.to, exchange.company, exchange.day)?;
    let rounding = env.value("res.currency", "rounding", exchange.to)?.as_decimal().unwrap_or_default();
    Ok(money::round_to(amount * rate, rounding))
}
