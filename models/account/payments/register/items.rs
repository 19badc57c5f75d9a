//! Items to be paid, with what is asked of their entries.

use std::collections::HashMap;

use chrono::NaiveDate;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result};
use rust_decimal::Decimal;

use crate::account::reconcile::plan::Currency;

/// The key of the context that says in which order items were chosen.
pub const ORDER: &str = "register_payment_order";

/// An item to be paid.
#[derive(Clone, Debug)]
pub struct Item {
    pub id: Id,
    pub entry: Id,
    /// Its entry is an invoice, a refund or a receipt.
    pub of_invoice: bool,
    /// Money goes out when its entry is paid.
    pub outbound: bool,
    /// What its entry is called on payments.
    pub label: Option<String>,
    pub partner: Option<Id>,
    pub account: Id,
    pub receivable: bool,
    pub currency: Currency,
    pub company: Id,
    pub company_depth: i32,
    pub root: Id,
    pub company_currency: Currency,
    pub balance: Decimal,
    pub amount_currency: Decimal,
    pub residual: Decimal,
    pub residual_currency: Decimal,
    pub maturity: Option<NaiveDate>,
    pub date: NaiveDate,
    pub by_term: bool,
    pub reconciled: bool,
    pub draft: bool,
    /// The bank account of its invoice.
    pub bank: Option<Id>,
    /// The method that its invoice asks for.
    pub method: Option<Id>,
    pub discount: Option<Discount>,
    /// What would be open of it with the discount, in both currencies.
    pub discounted: Decimal,
    pub discounted_currency: Decimal,
}

/// What an invoice grants who pays early.
#[derive(Clone, Copy, Debug)]
pub struct Discount {
    /// The invoice's currency.
    pub currency: Id,
    /// The last day; `None` where the invoice has no day yet, and any is early.
    pub until: Option<NaiveDate>,
}

impl Item {
    /// Whether paying its entry on a day in a currency is early.
    pub fn is_early(&self, currency: Id, day: NaiveDate) -> bool {
        self.discount.is_some_and(|discount| discount.currency == currency && discount.until.is_none_or(|until| day <= until))
    }
}

/// Reads items, in the order in which items are shown.
pub fn load(env: &mut Env, ids: &[Id]) -> Result<Vec<Item>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let today = env.today();
    let sql = sql!(
        "SELECT l.id, l.move_id, m.move_type::text, COALESCE(NULLIF(m.payment_reference, ''), NULLIF(m.ref, ''), m.name)::text,
         l.partner_id, l.account_id, a.account_type = 'asset_receivable', l.currency_id, t.rounding, l.company_id,
         length(c.parent_path) - length(replace(c.parent_path, '/', '')), split_part(c.parent_path, '/', 1)::int4, c.currency_id,
         o.rounding, l.balance, l.amount_currency, l.amount_residual, l.amount_residual_currency, l.date_maturity, l.date,
         l.display_type = 'payment_term', l.reconciled, l.parent_state = 'draft', CASE
         WHEN m.move_type <> 'entry' THEN m.partner_bank_id END, m.preferred_payment_method_line_id,
         COALESCE(p.early_discount, FALSE) AND m.move_type IN ('out_invoice', 'out_receipt', 'in_invoice', 'in_receipt')
         AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile r JOIN account_move_line x
         ON x.id IN (r.debit_move_id, r.credit_move_id) WHERE x.move_id = m.id AND x.display_type = 'payment_term'),
         m.currency_id, m.invoice_date, (SELECT x.discount_date FROM account_move_line x
         WHERE x.move_id = m.id AND x.display_type = 'payment_term' ORDER BY x.id LIMIT 1), l.discount_balance,
         l.discount_amount_currency FROM account_move_line l JOIN account_move m ON m.id = l.move_id
         JOIN account_account a ON a.id = l.account_id JOIN res_company c ON c.id = l.company_id
         JOIN res_currency o ON o.id = c.currency_id JOIN res_currency t ON t.id = l.currency_id
         LEFT JOIN account_payment_term p ON p.id = m.invoice_payment_term_id WHERE l.id = ANY({ids})
         ORDER BY l.date DESC, l.move_name DESC, l.id"
    );
    let rows = env.query(sql)?;
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        let (amount, flag) = (|n: usize| row.decimal(n).unwrap_or_default(), |n: usize| row.bool(n).unwrap_or(false));
        let id = |n: usize| row.int(n).unwrap_or(0);
        let kind = row.text(2).unwrap_or_default();
        // Without a last day of the discount only an invoice without a day has one.
        let early = flag(25) && (row.date(27).is_none() || row.date(28).is_some());
        items.push(Item {
            id: id(0),
            entry: id(1),
            of_invoice: kind != "entry",
            outbound: matches!(kind.as_str(), "in_invoice" | "out_refund" | "in_receipt"),
            label: row.text(3).filter(|label| !label.is_empty()),
            partner: row.int(4),
            account: id(5),
            receivable: flag(6),
            currency: Currency { id: id(7), rounding: amount(8) },
            company: id(9),
            company_depth: id(10),
            root: id(11),
            company_currency: Currency { id: id(12), rounding: amount(13) },
            balance: amount(14),
            amount_currency: amount(15),
            residual: amount(16),
            residual_currency: amount(17),
            maturity: row.date(18),
            date: row.date(19).unwrap_or(today),
            by_term: flag(20),
            reconciled: flag(21),
            draft: flag(22),
            bank: row.int(23),
            method: row.int(24),
            discount: early.then(|| Discount { currency: id(26), until: row.date(27).and(row.date(28)) }),
            discounted: amount(29),
            discounted_currency: amount(30),
        });
    }
    Ok(items)
}

/// The items of wizards, by wizard.
pub fn of_wizards(env: &mut Env, wizards: &[Id]) -> Result<HashMap<Id, Vec<Item>>> {
    let lists: Vec<Vec<Id>> =
        env.sudo(|env| env.values(super::WIZARD, "line_ids", wizards))?.iter().map(lastmile_orm::Value::ids).collect();
    let mut all = lists.concat();
    all.sort_unstable();
    all.dedup();
    let mut items = load(env, &all)?;
    if let Some(order) = env.context_get(ORDER).map(lastmile_orm::Value::ids) {
        items.sort_by_key(|item| order.iter().position(|id| *id == item.id));
    }
    Ok(wizards
        .iter()
        .zip(lists)
        .map(|(wizard, list)| (*wizard, items.iter().filter(|item| list.contains(&item.id)).cloned().collect()))
        .collect())
}
