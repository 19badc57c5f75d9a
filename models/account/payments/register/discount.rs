//! What who pays early may leave out: lines that settle the rest of the invoice. Where the discount is taken off the taxes
//! as well, they take back so much of the invoice's lines and of its taxes.

use std::collections::HashMap;

use chrono::NaiveDate;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Map, Result, Value, map};
use rust_decimal::Decimal;

use super::batches::Batch;
use super::items::Item;
use crate::account::moves::document::{Document, Line};
use crate::account::moves::facts::Facts;
use crate::account::moves::{store, sync_taxes};
use crate::account::reconcile::plan::Currency;
use crate::account::taxes::engine::{AmountType, Both, Taxes, compute};
use crate::account::taxes::load as load_taxes;
use crate::account::taxes::load::settings_of;

/// A line that several invoices may share: what tells it apart, what it is called, what it comes to.
struct Part {
    values: Map,
    name: String,
    foreign: Decimal,
    own: Decimal,
}

/// Lines by what they do, in the order in which they are booked.
#[derive(Default)]
struct Parts {
    bases: Vec<Part>,
    taxes: Vec<Part>,
    terms: Vec<Part>,
}

fn add(parts: &mut Vec<Part>, values: Map, name: &str, foreign: Decimal, own: Decimal) {
    match parts.iter_mut().find(|part| part.values == values) {
        Some(part) => {
            part.foreign += foreign;
            part.own += own;
        }
        None => parts.push(Part { values, name: name.to_owned(), foreign, own }),
    }
}

/// What a company books discounts and differences in exchange on, and how its terms grant them.
struct Accounts {
    losses: Option<Id>,
    gains: Option<Id>,
    exchange_losses: Option<Id>,
    exchange_gains: Option<Id>,
    /// Per cent.
    percentage: Decimal,
    /// The taxes are less, too.
    with_taxes: bool,
}

fn accounts(env: &mut Env, entries: &[Id]) -> Result<HashMap<Id, Accounts>> {
    let sql = sql!(
        "SELECT m.id, c.account_journal_early_pay_discount_loss_account_id, c.account_journal_early_pay_discount_gain_account_id,
         c.expense_currency_exchange_account_id, c.income_currency_exchange_account_id, p.discount_percentage::numeric,
         p.early_pay_discount_computation = 'included' FROM account_move m JOIN res_company c ON c.id = m.company_id
         LEFT JOIN account_payment_term p ON p.id = m.invoice_payment_term_id WHERE m.id = ANY({entries})"
    );
    Ok(env
        .query(sql)?
        .iter()
        .filter_map(|row| {
            let found = Accounts {
                losses: row.int(1),
                gains: row.int(2),
                exchange_losses: row.int(3),
                exchange_gains: row.int(4),
                percentage: row.decimal(5).unwrap_or_default(),
                with_taxes: row.bool(6).unwrap_or(false),
            };
            Some((row.int(0)?, found))
        })
        .collect())
}

/// The lines for a batch that is paid early. `open` is what they shall come to in the company's currency: what rates make
/// of it beside the discounts themselves is a difference in exchange.
pub fn lines(env: &mut Env, batch: &Batch, currency: Currency, day: NaiveDate, open: Decimal) -> Result<Vec<Map>> {
    let early: Vec<&Item> = batch.items.iter().filter(|item| item.is_early(currency.id, day)).collect();
    let Some(last) = early.last() else { return Ok(Vec::new()) };
    let entries: Vec<Id> = early.iter().map(|item| item.entry).collect();
    let accounts = accounts(env, &entries)?;
    let facts = Facts::load(env)?;
    let documents = store::load(env, &facts, &entries)?;
    let chosen: Vec<Id> =
        documents.iter().flat_map(|document| &document.lines).flat_map(|line| line.taxes.iter().copied().chain(line.tax)).collect();
    let taxes = load_taxes::load(env, &chosen)?;
    let mut parts = Parts::default();
    for item in &early {
        let (Some(of), Some(document)) = (accounts.get(&item.entry), documents.iter().find(|document| document.id == item.entry)) else {
            continue;
        };
        let account = if item.outbound { of.gains } else { of.losses };
        let taxed = document.lines.iter().any(|line| line.display_type == "product" && !line.taxes.is_empty());
        if of.percentage.is_zero() {
            continue;
        }
        if of.with_taxes && taxed {
            let global = settings_of(env, item.company)?;
            taken_back(document, item, of, account, &taxes, &global, &mut parts);
        } else {
            let (foreign, own) = (item.amount_currency - item.discounted_currency, item.balance - item.discounted);
            let values = map! { "account_id" => account, "partner_id" => item.partner, "currency_id" => item.currency.id };
            add(&mut parts.terms, values, "Early Payment Discount", foreign, own);
        }
    }
    let all = || parts.bases.iter().chain(&parts.taxes).chain(&parts.terms);
    let left = last.company_currency.round(open - all().map(|part| part.own).sum::<Decimal>());
    let mut found: Vec<Map> = all().map(line).collect();
    if let Some(of) = accounts.get(&last.entry).filter(|_| !left.is_zero()) {
        let account = if left > Decimal::ZERO { of.exchange_losses } else { of.exchange_gains };
        let values = map! { "account_id" => account, "currency_id" => last.currency.id, "partner_id" => last.partner };
        found.push(line(&Part { values, name: "Early Payment Discount (Exchange Difference)".into(), foreign: Decimal::ZERO, own: left }));
    }
    Ok(found)
}

fn line(part: &Part) -> Map {
    let mut values = part.values.clone();
    values.extend(map! { "name" => part.name.as_str(), "amount_currency" => part.foreign, "balance" => part.own });
    values
}

fn set(ids: &[Id]) -> Value {
    Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(ids.to_vec())])])
}

/// The same part of a tax for credit notes.
fn opposite(taxes: &Taxes, repartition: Id) -> Option<Id> {
    let (tax, _) = taxes.repartition(repartition)?;
    let of = |refund: bool| tax.repartition.iter().filter(move |part| part.refund == refund);
    let place = of(false).position(|part| part.id == repartition)?;
    of(true).nth(place).map(|part| part.id)
}

/// What the invoice would come to with the discount, less what it comes to, in lines on the discount's account and in taxes.
fn taken_back(
    document: &Document,
    item: &Item,
    of: &Accounts,
    account: Option<Id>,
    taxes: &Taxes,
    settings: &crate::account::taxes::engine::Settings,
    parts: &mut Parts,
) {
    let (mut bases, _) = sync_taxes::inputs(document, taxes, false);
    let line_of = |id: Id| -> Option<&Line> { usize::try_from(id).ok().and_then(|at| document.lines.get(at)) };
    bases.retain(|base| line_of(base.id).is_some_and(|line| line.display_type == "product"));
    for base in &mut bases {
        base.is_refund = true;
        base.tax_ids.retain(|tax| taxes.get(*tax).is_none_or(|tax| tax.amount_type != AmountType::Fixed));
        base.price_unit *= (Decimal::ONE_HUNDRED - of.percentage) / Decimal::ONE_HUNDRED;
    }
    let computed = compute(settings, taxes, &bases);
    let total = item.amount_currency;
    let share = |currency: Currency, amount: Decimal| {
        currency.round((amount * item.residual_currency.abs()).checked_div(total.abs()).unwrap_or_default())
    };
    let (mut own_bases, mut own_taxes): (Vec<Part>, Vec<Part>) = (Vec::new(), Vec::new());
    for (base, totals) in bases.iter().zip(&computed.lines) {
        let Some(line) = line_of(base.id) else { continue };
        let amount = totals.excluded.signed(totals.sign);
        let values = map! {
            "tax_ids" => set(&base.tax_ids), "tax_tag_ids" => set(&totals.tag_ids), "partner_id" => base.partner,
            "currency_id" => base.currency.id, "account_id" => account, "analytic_distribution" => line.analytic.clone(),
        };
        let less = Both { currency: amount.currency - line.amount_currency, company: amount.company - line.balance };
        add(
            &mut own_bases,
            values,
            "Early Payment Discount",
            item.currency.round(less.currency),
            item.company_currency.round(less.company),
        );
    }
    for found in &computed.tax_lines {
        let same = |line: &&Line| line.repartition.and_then(|part| opposite(taxes, part)) == Some(found.key.repartition);
        let Some(kept) = document.live().filter(same).last() else { continue };
        let values = map! {
            "account_id" => found.key.account, "partner_id" => found.key.partner, "currency_id" => found.key.currency,
            "tax_repartition_line_id" => found.key.repartition, "tax_ids" => set(&found.key.tax_ids),
            "tax_tag_ids" => set(&found.key.tag_ids), "group_tax_id" => found.key.group_tax,
        };
        let (foreign, own) = (found.amount.currency - kept.amount_currency, found.amount.company - kept.balance);
        let name = format!("Early Payment Discount ({})", found.name);
        add(&mut own_taxes, values, &name, share(item.currency, foreign), share(item.company_currency, own));
    }
    for part in &mut own_bases {
        part.foreign = share(item.currency, part.foreign);
        part.own = share(item.company_currency, part.own);
    }
    // What rounding leaves goes to the largest line.
    let sum = |pick: fn(&Part) -> Decimal| own_bases.iter().chain(&own_taxes).map(pick).sum::<Decimal>();
    let foreign = total - item.discounted_currency - sum(|part| part.foreign);
    let own = item.balance - item.discounted - sum(|part| part.own);
    let largest = own_bases.iter().map(|part| part.foreign).max();
    if let Some(part) = own_bases.iter_mut().find(|part| Some(part.foreign) == largest) {
        part.foreign += foreign;
        part.own += own;
    }
    for (own, all) in [(own_bases, &mut parts.bases), (own_taxes, &mut parts.taxes)] {
        own.into_iter().for_each(|part| add(all, part.values, &part.name, part.foreign, part.own));
    }
}
