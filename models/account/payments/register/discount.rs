//! What who pays early may leave out: lines that settle the rest of the invoice.

use chrono::NaiveDate;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Map, Result, map};
use rust_decimal::Decimal;

use super::batches::Batch;
use super::items::Item;
use crate::account::reconcile::plan::Currency;

/// The lines for a batch that is paid early. `open` is what they shall come to in the company's currency: what rates make
/// of it beside the discounts themselves is a difference in exchange.
pub fn lines(env: &mut Env, batch: &Batch, currency: Currency, day: NaiveDate, open: Decimal) -> Result<Vec<Map>> {
    let early: Vec<&Item> = batch.items.iter().filter(|item| item.is_early(currency.id, day)).collect();
    let Some(last) = early.last() else { return Ok(Vec::new()) };
    let companies: Vec<Id> = early.iter().map(|item| item.company).collect();
    let sql = sql!(
        "SELECT id, account_journal_early_pay_discount_loss_account_id, account_journal_early_pay_discount_gain_account_id,
         expense_currency_exchange_account_id, income_currency_exchange_account_id FROM res_company WHERE id = ANY({companies})"
    );
    let rows = env.query(sql)?;
    let account = |item: &Item, column: usize| rows.iter().find(|row| row.int(0) == Some(item.company)).and_then(|row| row.int(column));
    let mut found: Vec<(Option<Id>, Map, Decimal, Decimal)> = Vec::new();
    let mut left = open;
    for item in &early {
        let (foreign, own) = (item.amount_currency - item.discounted_currency, item.balance - item.discounted);
        let on = account(item, if item.outbound { 2 } else { 1 });
        left -= own;
        match found.iter_mut().find(|(known, ..)| *known == on) {
            Some((_, _, sum_foreign, sum_own)) => {
                *sum_foreign += foreign;
                *sum_own += own;
            }
            None => {
                let values = map! {
                    "account_id" => on, "name" => "Early Payment Discount", "partner_id" => item.partner,
                    "currency_id" => item.currency.id,
                };
                found.push((on, values, foreign, own));
            }
        }
    }
    let left = last.company_currency.round(left);
    if !left.is_zero() {
        let on = account(last, if left > Decimal::ZERO { 3 } else { 4 });
        let values = map! {
            "account_id" => on, "currency_id" => last.currency.id, "partner_id" => last.partner,
            "name" => "Early Payment Discount (Exchange Difference)",
        };
        found.push((on, values, Decimal::ZERO, left));
    }
    Ok(found
        .into_iter()
        .map(|(_, mut values, foreign, own)| {
            values.extend(map! { "amount_currency" => foreign, "balance" => own });
            values
        })
        .collect())
}
