//! What follows from lines that were matched or opened: what is open of their entries, how far those are paid, and how
//! far the payments are that paid them.

use std::collections::HashMap;

use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Env, Id, Result, Value};

use super::entries::MOVE;
use crate::account::moves::payment_state;
use crate::account::payments::status::{self, Parts};
use crate::mail::tracking;

/// Brings entries and payments up to date after lines were matched or opened.
pub fn settle(env: &mut Env, lines: &[Id]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let sql = sql!(
        "SELECT m.id, m.payment_state::text FROM unnest({lines}::int4[]) WITH ORDINALITY x (id, n)
         JOIN account_move_line l ON l.id = x.id JOIN account_move m ON m.id = l.move_id ORDER BY x.n"
    );
    let (mut before, mut moves): (HashMap<Id, Option<String>>, Vec<Id>) = (HashMap::new(), Vec::new());
    for row in env.query(sql)? {
        if let Some(id) = row.int(0)
            && before.insert(id, row.text(1)).is_none()
        {
            moves.push(id);
        }
    }
    amounts(env, &moves)?;
    tracking::trace(env, MOVE, &moves, |env| payment_state::refresh(env, &moves))?;
    env.flush()?;
    let sql = sql!("SELECT id, payment_state::text FROM account_move WHERE id = ANY({moves})", moves = moves.as_slice());
    let moved: Vec<Id> = env
        .query(sql)?
        .iter()
        .filter_map(|row| Some((row.int(0)?, row.text(1))))
        .filter(|(id, now)| before.get(id) != Some(now))
        .map(|(id, _)| id)
        .collect();
    let sql = sql!("SELECT id FROM account_payment WHERE move_id = ANY({moves})", moves = moves.as_slice());
    let mut payments: Vec<Id> = env.query_ids(sql)?;
    payments.extend(status::of_moves(env, &moved)?);
    payments.sort_unstable();
    payments.dedup();
    status::refresh(env, &payments, Parts { state: true, amount: false })
}

/// What is open of invoices, from their lines with a due date.
fn amounts(env: &mut Env, moves: &[Id]) -> Result<()> {
    let sql = sql!(
        "UPDATE account_move m SET amount_residual = v.amount, amount_residual_signed = v.own FROM (SELECT m.id, CASE
         WHEN m.move_type IN ('out_invoice', 'in_refund', 'out_receipt') THEN 1 ELSE -1 END
         * COALESCE(sum(l.amount_residual_currency), 0) AS amount, COALESCE(sum(l.amount_residual), 0) AS own
         FROM account_move m LEFT JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'payment_term'
         WHERE m.move_type <> 'entry' AND m.id = ANY({moves}) GROUP BY m.id) v WHERE v.id = m.id
         AND (m.amount_residual, m.amount_residual_signed) IS DISTINCT FROM (v.amount, v.own) RETURNING m.id"
    );
    let changed: Vec<Id> = env.query_ids(sql)?;
    env.changed(MOVE, &["amount_residual", "amount_residual_signed"], &changed)
}

/// Invoices of lines that somebody matches count as changed by hand.
pub fn touch(env: &mut Env, lines: &[Id]) -> Result<()> {
    mark_modified(env, sql!("SELECT move_id FROM account_move_line WHERE id = ANY({lines})"))
}

/// Invoices whose lines somebody changed, or that somebody copied, count as changed by hand; other entries do not.
pub fn touch_moves(env: &mut Env, moves: &[Id]) -> Result<()> {
    mark_modified(env, sql!("SELECT unnest({moves}::int4[])"))
}

fn mark_modified(env: &mut Env, moves: Sql) -> Result<()> {
    if env.context_get("skip_is_manually_modified").is_some_and(Value::truthy) {
        return Ok(());
    }
    let sql = sql!(
        "UPDATE account_move SET is_manually_modified = TRUE WHERE id IN ({moves:sql}) AND move_type <> 'entry'
         AND is_manually_modified IS DISTINCT FROM TRUE RETURNING id"
    );
    let changed: Vec<Id> = env.query_ids(sql)?;
    env.changed(MOVE, &["is_manually_modified"], &changed)
}
