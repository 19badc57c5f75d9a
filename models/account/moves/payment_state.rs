//! How far invoices are paid: what their reconciled lines met.

use std::collections::HashMap;

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Map, Result, map};
use rust_decimal::Decimal;

use super::document::MOVE;

/// What the lines of an invoice on the partner's account were reconciled with.
#[derive(Debug, Default)]
struct Met {
    kinds: Vec<String>,
    all_matched: bool,
    by_payment: bool,
}

/// Works out how far entries are paid, after their residuals are known, and writes what changed.
///
/// # Errors
/// What the database answers.
pub fn refresh(env: &mut Env, ids: &[Id]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    env.flush()?;
    let met = met(env, ids)?;
    let sql = sql!(
        "SELECT m.id, m.move_type, m.state, m.payment_state, m.amount_residual, m.amount_total, c.rounding,
         EXISTS (SELECT 1 FROM account_move__account_payment r JOIN account_payment p ON p.id = r.payment_id
         WHERE r.invoice_id = m.id AND p.move_id IS NULL AND p.state = 'in_process'),
         EXISTS (SELECT 1 FROM account_move__account_payment r JOIN account_payment p ON p.id = r.payment_id
         WHERE r.invoice_id = m.id AND p.move_id IS NULL AND p.state = 'paid')
         FROM account_move m JOIN res_currency c ON c.id = m.currency_id WHERE m.id = ANY({ids})"
    );
    let mut changed: Vec<(Id, Map)> = Vec::new();
    for row in env.query(sql)? {
        let (Some(id), Some(kind), Some(state)) = (row.int(0), row.text(1), row.text(2)) else { continue };
        let before = row.text(3).unwrap_or_default();
        if before == "invoicing_legacy" || before == "blocked" {
            continue;
        }
        let rounding = row.decimal(6).unwrap_or_default();
        let zero = |amount: Option<Decimal>| lastmile_orm::money::round_to(amount.unwrap_or_default(), rounding).is_zero();
        let qualifies = kind != "entry" && (state == "posted" || state == "draft" && !zero(row.decimal(5)));
        let posted = state == "posted";
        let now = match met.get(&id) {
            _ if !qualifies => "not_paid",
            found if zero(row.decimal(4)) => settled(&kind, found),
            _ if posted && row.bool(7) == Some(true) => "in_payment",
            Some(_) => "partial",
            None if posted && row.bool(8) == Some(true) => "in_payment",
            None => "not_paid",
        };
        // Without the accounting application a payment that is under way counts as made.
        let now = if now == "in_payment" { "paid" } else { now };
        if now != before {
            changed.push((id, map! { "payment_state" => now }));
        }
    }
    env.update_each(MOVE, changed)
}

/// Nothing is left to pay.
fn settled(kind: &str, met: Option<&Met>) -> &'static str {
    let Some(met) = met else { return "paid" };
    if met.by_payment {
        return if met.all_matched { "paid" } else { "in_payment" };
    }
    let only = |allowed: &[&str]| met.kinds.iter().all(|kind| allowed.contains(&kind.as_str()));
    let some = |kind: &str| met.kinds.iter().any(|met| met == kind);
    let reversed = match kind {
        "in_invoice" | "in_receipt" => some("in_refund") && only(&["in_refund", "entry"]),
        "out_invoice" | "out_receipt" => some("out_refund") && only(&["out_refund", "entry"]),
        _ => some("entry") && only(&["entry"]),
    };
    if reversed { "reversed" } else { "paid" }
}

fn met(env: &mut Env, ids: &[Id]) -> Result<HashMap<Id, Met>> {
    let sql = sql!(
        "SELECT l.move_id, o.move_type, COALESCE(p.is_matched, FALSE) OR o.origin_payment_id IS NULL,
         p.id IS NOT NULL OR o.statement_line_id IS NOT NULL
         FROM (SELECT debit_move_id AS own, credit_move_id AS other FROM account_partial_reconcile
         UNION ALL SELECT credit_move_id, debit_move_id FROM account_partial_reconcile) r
         JOIN account_move_line l ON l.id = r.own JOIN account_account a ON a.id = l.account_id
         JOIN account_move_line ol ON ol.id = r.other JOIN account_move o ON o.id = ol.move_id
         LEFT JOIN account_payment p ON p.id = o.origin_payment_id
         WHERE l.move_id = ANY({ids}) AND ol.move_id <> l.move_id AND a.account_type IN ('asset_receivable', 'liability_payable')"
    );
    let mut found: HashMap<Id, Met> = HashMap::new();
    for row in env.query(sql)? {
        let (Some(id), Some(kind)) = (row.int(0), row.text(1)) else { continue };
        let met = found.entry(id).or_insert_with(|| Met { all_matched: true, ..Met::default() });
        met.kinds.push(kind);
        met.all_matched &= row.bool(2).unwrap_or(true);
        met.by_payment |= row.bool(3).unwrap_or(false);
    }
    Ok(found)
}
