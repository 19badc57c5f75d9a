//! Totals that are paid in coins: the line that rounds them, by itself or as a part of the largest tax.

use std::collections::HashMap;

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result};
use rust_decimal::Decimal;

use super::accounts::Accounts;
use super::document::{Document, Line};
use crate::account::taxes::totals_json::{CashRounding, CashStrategy};
use crate::base::rates::{Exchange, rates};

/// A way of rounding totals.
struct Coins {
    rounding: CashRounding,
    name: String,
    profit: Option<Id>,
    loss: Option<Id>,
}

/// Rounds the totals of drafts that ask for it; what no longer does loses its line. The statements do not depend on how
/// many there are.
///
/// # Errors
/// What the database answers.
pub fn sync(env: &mut Env, documents: &mut [Document]) -> Result<()> {
    let concerned = |document: &Document| {
        let has_line = || document.live().any(|line| line.display_type == "rounding");
        document.kind.is_invoice() && document.state == "draft" && (document.cash_rounding.is_some() || has_line())
    };
    let mut concerned: Vec<&mut Document> = documents.iter_mut().filter(|document| concerned(document)).collect();
    if concerned.is_empty() {
        return Ok(());
    }
    let ids: Vec<Id> = concerned.iter().filter_map(|document| document.cash_rounding).collect();
    let companies: Vec<Id> = concerned.iter().map(|document| document.company).collect();
    let coins = coins(env, &ids, &companies)?;
    let mut accounts = Accounts::default();
    accounts.ensure(env, concerned.iter().flat_map(|document| document.live().filter_map(|line| line.account)))?;
    let today = env.today();
    let exchange = |document: &Document| Exchange {
        from: document.currency.id,
        to: document.own_currency.id,
        company: document.company,
        day: document.invoice_date.or(document.date).unwrap_or(today),
    };
    let asked: Vec<Exchange> = concerned.iter().map(|document| exchange(document)).collect();
    let rates = rates(env, &asked)?;
    for document in &mut concerned {
        let rate = rates.get(&exchange(document)).copied().unwrap_or(Decimal::ONE);
        let coins = document.cash_rounding.and_then(|id| coins.get(&(id, document.company)));
        round(document, coins, &accounts, rate);
    }
    Ok(())
}

/// Ways of rounding, with the accounts that companies have for them.
fn coins(env: &mut Env, ids: &[Id], companies: &[Id]) -> Result<HashMap<(Id, Id), Coins>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let lang = env.lang()?.to_owned();
    let sql = sql!(
        "SELECT c.id, c.strategy, c.rounding::numeric, c.rounding_method, COALESCE(c.name ->> {lang}, c.name ->> 'en_US'),
         (SELECT x.value::int4 FROM jsonb_each_text(c.profit_account_id) x WHERE x.key = o.id::text AND x.value <> 'false'),
         (SELECT x.value::int4 FROM jsonb_each_text(c.loss_account_id) x WHERE x.key = o.id::text AND x.value <> 'false'),
         o.id FROM account_cash_rounding c JOIN res_company o ON o.id = ANY({companies}) WHERE c.id = ANY({ids})"
    );
    let rows = env.query(sql)?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let text = |column| row.text(column).unwrap_or_default();
            let rounding = CashRounding::parse(&text(1), row.decimal(2)?, &text(3));
            Some(((row.int(0)?, row.int(7)?), Coins { rounding, name: text(4), profit: row.int(5), loss: row.int(6) }))
        })
        .collect())
}

/// Whether a line is a part of the largest tax.
fn strategy(line: &Line) -> CashStrategy {
    if line.repartition.is_some() { CashStrategy::BiggestTax } else { CashStrategy::AddLine }
}

fn round(document: &mut Document, coins: Option<&Coins>, accounts: &Accounts, rate: Decimal) {
    for line in document.lines.iter_mut().filter(|line| line.display_type == "rounding") {
        line.deleted |= coins.is_none_or(|coins| coins.rounding.strategy != strategy(line));
    }
    let Some(coins) = coins else { return };
    let others = document
        .live()
        .filter(|line| line.display_type != "rounding" && !line.account.is_some_and(|account| accounts.is_of_partner(account)));
    let total = document.currency.round(others.map(|line| line.amount_currency).sum());
    let difference = document.currency.round(coins.rounding.round(total) - total);
    let balance = document.own_currency.round(difference * rate);
    let made = if difference.is_zero() && balance.is_zero() { None } else { line_of(document, coins, difference, balance) };
    let kept = document.lines.iter_mut().find(|line| !line.deleted && line.display_type == "rounding");
    match (kept, made) {
        (Some(kept), Some(made)) => {
            if (kept.amount_currency, kept.balance) != (made.amount_currency, made.balance) {
                (kept.name, kept.account, kept.partner) = (made.name, made.account, made.partner);
                (kept.amount_currency, kept.balance) = (made.amount_currency, made.balance);
                (kept.repartition, kept.tax, kept.tax_group) = (made.repartition, made.tax, made.tax_group);
                (kept.taxes, kept.tags) = (made.taxes, made.tags);
            }
        }
        (Some(kept), None) => kept.deleted = true,
        (None, Some(made)) => document.lines.push(made),
        (None, None) => {}
    }
}

/// The line that rounds; none where it should be a part of a tax and there is none.
fn line_of(document: &Document, coins: &Coins, amount_currency: Decimal, balance: Decimal) -> Option<Line> {
    let line = Line {
        display_type: "rounding".into(),
        sequence: 11_000,
        partner: document.partner,
        currency: document.currency,
        amount_currency,
        balance,
        ..Line::default()
    };
    if coins.rounding.strategy == CashStrategy::AddLine {
        let account = coins.loss.filter(|_| balance > Decimal::ZERO).or(coins.profit);
        return Some(Line { name: Some(coins.name.clone()), account, ..line });
    }
    let mut largest: Option<&Line> = None;
    for tax in document.live().filter(|line| line.repartition.is_some() && line.display_type != "rounding") {
        if largest.is_none_or(|known| tax.balance.abs() > known.balance.abs()) {
            largest = Some(tax);
        }
    }
    largest.map(|tax| Line {
        name: Some(format!("{} (rounding)", tax.name.as_deref().unwrap_or_default())),
        account: tax.account,
        repartition: tax.repartition,
        tax: tax.tax,
        tax_group: tax.tax_group,
        taxes: tax.taxes.clone(),
        tags: tax.tags.clone(),
        ..line
    })
}
