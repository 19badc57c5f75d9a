//! How far payments are: whether they are reconciled, matched with the bank, paid; what they are in the company's currency.

use lastmile_orm::money::round_to;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Map, Result, map};
use rust_decimal::Decimal;

use super::{PAYMENT, roles};
use crate::base::rates;

/// What is brought up to date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Whether money that is on its way came in decides the state.
    pub state: bool,
    /// The amount in the company's currency.
    pub amount: bool,
}

/// Brings payments up to date after their lines, or the invoices that they paid, changed.
pub fn refresh(env: &mut Env, payments: &[Id], parts: Parts) -> Result<()> {
    if payments.is_empty() {
        return Ok(());
    }
    let roles = roles::load(env, payments)?;
    let sql = sql!(
        "SELECT p.id, p.state::text, p.outstanding_account_id, p.move_id, p.amount, t.rounding, p.currency_id = c.currency_id,
         o.rounding, j.default_account_id, p.is_reconciled, p.is_matched, p.amount_company_currency_signed, CASE
         WHEN p.payment_type = 'outbound' THEN -p.amount ELSE p.amount END, p.currency_id, c.currency_id, p.date,
         split_part(c.parent_path, '/', 1)::int4, (SELECT count(*) FILTER (WHERE i.payment_state IS DISTINCT FROM 'paid') = 0
         AND count(*) > 0 FROM account_move i WHERE i.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
         AND i.id IN (SELECT r.invoice_id FROM account_move__account_payment r WHERE r.payment_id = p.id UNION
         SELECT y.move_id FROM account_move_line l JOIN account_account a ON a.id = l.account_id
         AND a.account_type IN ('asset_receivable', 'liability_payable') JOIN LATERAL (SELECT credit_move_id AS other
         FROM account_partial_reconcile WHERE debit_move_id = l.id UNION ALL SELECT debit_move_id
         FROM account_partial_reconcile WHERE credit_move_id = l.id) x ON TRUE JOIN account_move_line y ON y.id = x.other
         WHERE l.move_id = p.move_id))
         FROM account_payment p JOIN res_company c ON c.id = p.company_id JOIN account_journal j ON j.id = p.journal_id
         LEFT JOIN res_currency t ON t.id = p.currency_id JOIN res_currency o ON o.id = c.currency_id
         WHERE p.id = ANY({payments})"
    );
    let rows = env.query(sql)?;
    let converted = if parts.amount { converted(env, payments)? } else { Vec::new() };
    let mut changed: Vec<(Id, Map)> = Vec::new();
    for row in &rows {
        let Some(id) = row.int(0) else { continue };
        let found = roles.get(&id).cloned().unwrap_or_default();
        let state = row.text(1).unwrap_or_default();
        let (rounding, own_rounding) = (row.decimal(5).unwrap_or_default(), row.decimal(7).unwrap_or_default());
        let zero = |amount: Decimal| round_to(amount, rounding).is_zero();
        let open = |line: &roles::Line| if row.bool(6) == Some(true) { line.residual } else { line.residual_currency };
        let (reconciled, matched) = match (row.int(2), row.int(3)) {
            (None, _) => (false, state == "paid"),
            (Some(_), None) => (false, false),
            _ if zero(row.decimal(4).unwrap_or_default()) => (true, true),
            _ => {
                let bank = row.int(8).is_some_and(|account| found.liquidity.iter().any(|line| line.account == account));
                let settles = found.counterpart.iter().chain(&found.write_off).filter(|line| line.reconcile);
                (zero(settles.map(open).sum()), bank || zero(found.liquidity.iter().map(open).sum()))
            }
        };
        let mut values = Map::new();
        if row.bool(9) != Some(reconciled) {
            values.insert("is_reconciled".into(), reconciled.into());
        }
        if row.bool(10) != Some(matched) {
            values.insert("is_matched".into(), matched.into());
        }
        if parts.state {
            let mut now = state.as_str();
            if row.int(3).is_some() && matches!(now, "paid" | "in_process") {
                let open: Decimal = found.liquidity.iter().map(|line| line.residual).sum();
                let arrived = round_to(open, own_rounding).is_zero() || !found.liquidity.iter().any(|line| line.reconcile);
                now = if arrived { "paid" } else { "in_process" };
            }
            if now == "in_process" && row.bool(17) == Some(true) {
                now = "paid";
            }
            if now != state {
                values.extend(map! { "state" => now });
                if row.int(2).is_none() {
                    values.insert("is_matched".into(), (now == "paid").into());
                }
            }
        }
        if parts.amount {
            let of_lines = row.int(3).map(|_| found.liquidity.iter().map(|line| line.balance).sum::<Decimal>());
            let amount = of_lines.or_else(|| converted.iter().find(|(of, _)| *of == id).map(|(_, amount)| *amount)).unwrap_or_default();
            if row.decimal(11) != Some(amount) {
                values.insert("amount_company_currency_signed".into(), amount.into());
            }
        }
        changed.push((id, values));
    }
    env.update_each(PAYMENT, changed)
}

/// Signed amounts of payments in their companies' currencies, by the rate of their day.
fn converted(env: &mut Env, payments: &[Id]) -> Result<Vec<(Id, Decimal)>> {
    let rate = |currency: &'static str| rates::of_company(currency, "p.date");
    let sql = sql!(
        "SELECT p.id, CASE WHEN p.currency_id = c.currency_id THEN p.amount ELSE p.amount * {own:sql} / {theirs:sql} END
         * CASE WHEN p.payment_type = 'outbound' THEN -1 ELSE 1 END, o.rounding FROM account_payment p
         JOIN res_company c ON c.id = p.company_id JOIN res_currency o ON o.id = c.currency_id
         WHERE p.move_id IS NULL AND p.id = ANY({payments})",
        own = rate("c.currency_id"),
        theirs = rate("p.currency_id")
    );
    Ok(env
        .query(sql)?
        .iter()
        .filter_map(|row| Some((row.int(0)?, round_to(row.decimal(1).unwrap_or_default(), row.decimal(2).unwrap_or_default()))))
        .collect())
}

/// Payments whose entries, or whose invoices, are among entries.
pub fn of_moves(env: &mut Env, moves: &[Id]) -> Result<Vec<Id>> {
    let sql = sql!(
        "SELECT id FROM account_payment WHERE move_id = ANY({moves}) UNION SELECT r.payment_id
         FROM account_move__account_payment r WHERE r.invoice_id = ANY({moves2}) UNION SELECT p.id
         FROM account_move_line l JOIN LATERAL (SELECT credit_move_id AS other FROM account_partial_reconcile
         WHERE debit_move_id = l.id UNION ALL SELECT debit_move_id FROM account_partial_reconcile
         WHERE credit_move_id = l.id) x ON TRUE JOIN account_move_line y ON y.id = x.other
         JOIN account_payment p ON p.move_id = y.move_id WHERE l.move_id = ANY({moves3}) ORDER BY 1",
        moves2 = moves,
        moves3 = moves
    );
    env.query_ids(sql)
}
