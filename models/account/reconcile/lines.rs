//! Reads what is to be matched, and refuses what may not be.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Env, Error, Id, Result};
use rust_decimal::Decimal;

use super::plan::{Currency, Item, Rates};

/// A line with what decides whether it may be matched.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub item: Item,
    pub account: Id,
    /// The company at the top of the line's.
    pub root: Id,
    pub company: Id,
    pub company_currency: Currency,
    reconciled: bool,
    canceled: bool,
    /// Its account takes matches.
    matched: bool,
    number: Option<String>,
    pub movement: Id,
}

/// Reads lines, in the order given.
pub fn load(env: &mut Env, ids: &[Id]) -> Result<Vec<Loaded>> {
    env.flush()?;
    let today = env.today();
    let sql = sql!(
        "SELECT l.id, l.date, l.date_maturity, l.partner_id, l.currency_id, t.rounding, l.balance, l.amount_currency,
         l.amount_residual, l.amount_residual_currency, a.account_type IN ('asset_receivable', 'liability_payable'),
         m.origin_payment_id IS NOT NULL OR m.statement_line_id IS NOT NULL, CASE
         WHEN m.move_type <> 'entry' THEN m.invoice_date ELSE l.date END, l.parent_state::text, l.account_id,
         split_part(c.parent_path, '/', 1)::int4, c.id, c.currency_id, o.rounding, l.reconciled,
         a.reconcile OR a.account_type IN ('asset_cash', 'liability_credit_card'), l.matching_number::text, l.move_id
         FROM unnest({ids}::int4[]) WITH ORDINALITY AS x (id, n) JOIN account_move_line l ON l.id = x.id
         JOIN account_move m ON m.id = l.move_id JOIN account_account a ON a.id = l.account_id
         JOIN res_company c ON c.id = l.company_id JOIN res_currency o ON o.id = c.currency_id
         JOIN res_currency t ON t.id = l.currency_id ORDER BY x.n"
    );
    let rows = env.query(sql)?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in &rows {
        let (amount, flag) = (|n: usize| row.decimal(n).unwrap_or_default(), |n: usize| row.bool(n).unwrap_or(false));
        let currency = |id: usize, rounding: usize| Some(Currency { id: row.int(id)?, rounding: row.decimal(rounding)? });
        let (Some(id), Some(own), Some(company_currency)) = (row.int(0), currency(4, 5), currency(17, 18)) else { continue };
        let date = row.date(1).unwrap_or(today);
        let state = row.text(13);
        lines.push(Loaded {
            item: Item {
                id,
                date,
                maturity: row.date(2),
                partner: row.int(3),
                currency: own,
                balance: amount(6),
                amount_currency: amount(7),
                residual: amount(8),
                residual_currency: amount(9),
                of_partner: flag(10),
                of_payment: flag(11),
                rate_date: row.date(12).unwrap_or(today),
                posted: state.as_deref() == Some("posted"),
            },
            account: row.int(14).unwrap_or(0),
            root: row.int(15).unwrap_or(0),
            company: row.int(16).unwrap_or(0),
            company_currency,
            reconciled: flag(19),
            canceled: state.as_deref() == Some("cancel"),
            matched: flag(20),
            number: row.text(21),
            movement: row.int(22).unwrap_or(0),
        });
    }
    Ok(lines)
}

/// Refuses lines that cannot be matched with each other.
pub fn check(env: &mut Env, lines: &[&Loaded]) -> Result<()> {
    let open: HashSet<&str> =
        lines.iter().filter(|line| !line.reconciled).filter_map(|line| line.number.as_deref()).filter(|n| n.starts_with('P')).collect();
    // What is settled among lines of which others are open is left alone.
    let counts = |line: &&&Loaded| !line.reconciled || !line.number.as_deref().is_some_and(|number| open.contains(number));
    let lines: Vec<&&Loaded> = lines.iter().filter(counts).collect();
    let Some(first) = lines.first() else { return Ok(()) };
    if lines.iter().any(|line| line.reconciled) {
        return Err(Error::user("Some of these items are reconciled already."));
    }
    if lines.iter().any(|line| line.canceled) {
        return Err(Error::user("Items of cancelled entries cannot be reconciled."));
    }
    if lines.iter().any(|line| line.account != first.account) {
        let accounts: HashSet<Id> = lines.iter().map(|line| line.account).collect();
        let accounts: Vec<Id> = accounts.into_iter().collect();
        let names = env.sudo(|env| env.names("account.account", &accounts))?;
        return Err(Error::user(format!("These items are of different accounts: {}.", names.join(", "))));
    }
    if lines.iter().any(|line| line.root != first.root) {
        return Err(Error::user("These items are of different companies."));
    }
    if !first.matched {
        let name = env.sudo(|env| env.names("account.account", &[first.account]))?.pop().unwrap_or_default();
        return Err(Error::user(format!("The account {name} is not set to be reconciled.")));
    }
    Ok(())
}

/// Rates of currencies as a company knows them.
pub fn rates(env: &mut Env, root: Id, currencies: &[Id]) -> Result<Rates> {
    let mut rates = Rates::default();
    let sql = sql!(
        "SELECT r.currency_id, r.name, r.rate FROM res_currency_rate r WHERE r.currency_id = ANY({currencies})
         AND (r.company_id IS NULL OR r.company_id = {root}) AND (r.company_id IS NOT NULL OR NOT EXISTS (SELECT 1
         FROM res_currency_rate x WHERE x.currency_id = r.currency_id AND x.company_id = {root2} AND x.name <= r.name))",
        root2 = root
    );
    for row in env.query(sql)? {
        if let (Some(currency), Some(day), Some(rate)) = (row.int(0), row.date(1), row.decimal(2)) {
            rates.insert(currency, day, rate);
        }
    }
    Ok(rates)
}

/// What amounts are in the company's currency, on their days: one statement for all.
pub fn in_company_currency(env: &mut Env, root: Id, company: Currency, amounts: &[(Decimal, Id, NaiveDate)]) -> Result<Vec<Decimal>> {
    let mut currencies: Vec<Id> = amounts.iter().map(|(_, currency, _)| *currency).collect();
    if currencies.iter().all(|currency| *currency == company.id) {
        return Ok(amounts.iter().map(|(amount, ..)| company.round(*amount)).collect());
    }
    currencies.push(company.id);
    let rates = rates(env, root, &currencies)?;
    Ok(amounts
        .iter()
        .map(|(amount, currency, day)| company.round(rates.conversion(*currency, company.id, *day).convert(*amount)))
        .collect())
}

/// Currencies by their numbers.
pub fn currencies(env: &mut Env, ids: &[Id]) -> Result<HashMap<Id, Currency>> {
    let all = env.known("", &["res.currency"], |env| {
        let rows = env.query(sql!("SELECT id, rounding FROM res_currency"))?;
        let known = rows.iter().filter_map(|row| Some((row.int(0)?, Currency { id: row.int(0)?, rounding: row.decimal(1)? })));
        Ok(known.collect::<HashMap<Id, Currency>>())
    })?;
    Ok(ids.iter().filter_map(|id| Some((*id, *all.get(id)?))).collect())
}

/// A list of optional ids as a bind.
pub fn ids_or_null(ids: impl IntoIterator<Item = Option<Id>>) -> Bind {
    Bind::Ints(ids.into_iter().collect())
}

/// A list of amounts as a bind.
pub fn amounts(values: impl IntoIterator<Item = Decimal>) -> Bind {
    Bind::Decimals(values.into_iter().map(Some).collect())
}
