//! Takes reconciliations back: the partials, the full reconciliations that they were in, the entries that made up for
//! differences in exchange.

use lastmile_orm::declare::{Next, UnlinkHook};
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result, map};

use super::exchange::accounting_date;
use super::partial::payments_of;
use super::{FULL, LINE, PARTIAL, entries, matching, residual, reversed, settle};

/// Undoes everything that lines were matched with.
pub fn remove(env: &mut Env, lines: &[Id]) -> Result<()> {
    let partials = matching::partials_of(env, lines)?;
    remove_partials(env, &partials)
}

/// Undoes partials.
pub fn remove_partials(env: &mut Env, partials: &[Id]) -> Result<()> {
    if partials.is_empty() { Ok(()) } else { env.unlink(PARTIAL, partials) }
}

/// What goes with partials that are deleted.
pub(super) fn unlink(env: &mut Env, partials: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    if partials.is_empty() {
        return next.call(env, partials);
    }
    env.flush()?;
    let payments = payments_of(env, partials, "paid")?;
    let sql = sql!(
        "SELECT debit_move_id, credit_move_id, full_reconcile_id FROM account_partial_reconcile
         WHERE id = ANY({partials})"
    );
    let rows = env.query(sql)?;
    let mut lines: Vec<Id> = rows.iter().flat_map(|row| [row.int(0), row.int(1)]).flatten().collect();
    let mut fulls: Vec<Id> = rows.iter().filter_map(|row| row.int(2)).collect();
    for list in [&mut lines, &mut fulls] {
        list.sort_unstable();
        list.dedup();
    }
    let sql = sql!(
        "SELECT m.id, m.state::text, m.date, (SELECT x.name::text FROM account_move x WHERE x.journal_id = m.journal_id
         AND x.name <> '/' ORDER BY x.date DESC, x.sequence_number DESC LIMIT 1) FROM account_move m
         WHERE m.tax_cash_basis_rec_id = ANY({partials}) OR m.id IN (SELECT exchange_move_id
         FROM account_partial_reconcile WHERE id = ANY({partials2})) ORDER BY m.id",
        partials2 = partials
    );
    let entries: Vec<(Id, bool, Option<chrono::NaiveDate>, Option<String>)> = env
        .query(sql)?
        .iter()
        .filter_map(|row| Some((row.int(0)?, row.text(1).as_deref() == Some("draft"), row.date(2), row.text(3))))
        .collect();
    next.call(env, partials)?;
    open_fulls(env, &fulls)?;
    residual::residuals(env, &lines)?;
    env.changed(LINE, &["matched_debit_ids", "matched_credit_ids"], &lines)?;
    let freed = matching::renumber(env, &lines)?;
    settle::touch(env, &freed)?;
    settle::settle(env, &lines)?;
    let today = env.today();
    let drafts: Vec<Id> = entries.iter().filter(|(_, draft, ..)| *draft).map(|(id, ..)| *id).collect();
    let posted: Vec<(Id, chrono::NaiveDate)> = entries
        .iter()
        .filter(|(_, draft, ..)| !draft)
        .map(|(id, _, day, last)| Ok((*id, accounting_date(last.as_deref(), day.unwrap_or(today), today)?)))
        .collect::<Result<_>>()?;
    env.sudo(|env| {
        if !posted.is_empty() {
            reversed::reverse(env, &posted)?;
        }
        if !drafts.is_empty() {
            env.unlink(entries::MOVE, &drafts)?;
        }
        if !payments.is_empty() {
            env.write("account.payment", &payments, map! { "state" => "in_process" })?;
        }
        Ok(())
    })
}

/// Deletes full reconciliations: their lines have a number of a partial again, or none.
fn open_fulls(env: &mut Env, fulls: &[Id]) -> Result<()> {
    if fulls.is_empty() {
        return Ok(());
    }
    let sql = sql!("SELECT id FROM account_move_line WHERE full_reconcile_id = ANY({fulls})");
    let lines: Vec<Id> = env.query_ids(sql)?;
    env.sudo(|env| env.unlink(FULL, fulls))?;
    env.changed(LINE, &["full_reconcile_id"], &lines)?;
    matching::renumber(env, &lines).map(|_| ())
}
