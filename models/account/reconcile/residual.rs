//! What is open of lines: their amounts less what was matched.

use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Env, Id, Result};

use super::LINE;

/// What is computed here.
pub const FIELDS: [&str; 3] = ["amount_residual", "amount_residual_currency", "reconciled"];

/// Line, open amount, open amount in its own currency, whether nothing is open. Lines of accounts that are not matched
/// have nothing open and are not settled either.
fn figures(ids: &[Id]) -> Sql {
    sql!(
        "SELECT f.id, f.own, f.theirs, f.matched AND f.own = 0 AND f.theirs = 0 FROM (SELECT l.id, a.matched,
         CASE WHEN a.matched THEN round((COALESCE(l.balance, 0) - d.amount + c.amount) / o.rounding) * o.rounding ELSE 0 END AS own,
         CASE WHEN a.matched THEN round((COALESCE(l.amount_currency, 0) - d.foreign_amount + c.foreign_amount) / t.rounding)
         * t.rounding ELSE 0 END AS theirs
         FROM account_move_line l LEFT JOIN LATERAL (SELECT COALESCE(x.reconcile
         OR x.account_type IN ('asset_cash', 'liability_credit_card'), FALSE) AS matched
         FROM (SELECT l.account_id) y LEFT JOIN account_account x ON x.id = y.account_id) a ON TRUE
         JOIN res_currency o ON o.id = COALESCE(l.company_currency_id, l.currency_id)
         JOIN res_currency t ON t.id = COALESCE(l.currency_id, l.company_currency_id)
         CROSS JOIN LATERAL (SELECT COALESCE(sum(amount), 0) AS amount, COALESCE(sum(debit_amount_currency), 0)
         AS foreign_amount FROM account_partial_reconcile WHERE debit_move_id = l.id) d
         CROSS JOIN LATERAL (SELECT COALESCE(sum(amount), 0) AS amount, COALESCE(sum(credit_amount_currency), 0)
         AS foreign_amount FROM account_partial_reconcile WHERE credit_move_id = l.id) c
         WHERE l.id = ANY({ids})) f"
    )
}

/// Brings the open amounts of lines up to date, in one statement, and marks what follows from those that changed.
pub fn residuals(env: &mut Env, line_ids: &[Id]) -> Result<()> {
    if line_ids.is_empty() {
        return Ok(());
    }
    env.flush()?;
    let sql = sql!(
        "UPDATE account_move_line l SET amount_residual = v.own, amount_residual_currency = v.theirs, reconciled = v.settled,
         write_uid = {uid}, write_date = {now}
         FROM ({figures:sql}) v (id, own, theirs, settled) WHERE l.id = v.id AND (l.amount_residual, l.amount_residual_currency,
         l.reconciled) IS DISTINCT FROM (v.own, v.theirs, v.settled) RETURNING l.id",
        figures = figures(line_ids),
        uid = env.uid(),
        now = env.now()
    );
    let changed: Vec<Id> = env.query_ids(sql)?;
    env.changed(LINE, &FIELDS, &changed)
}
