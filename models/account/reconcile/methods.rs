//! What clients may ask for: to match lines, and to undo it.

use lastmile_orm::access::Operation;
use lastmile_orm::answer::Answer;
use lastmile_orm::call::{Invocation, parse_ids};
use lastmile_orm::declare::{CreateHook, Next, Tx};
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value};

use super::{LINE, PARTIAL, entries, matching, partial, residual, settle, undo};

/// Declares the methods.
pub fn declare(all: &mut Declarations) {
    all.model(LINE)
        .record_method("reconcile", "", Tx::Write, |env, call| {
            env.check_access(PARTIAL, Operation::Create)?;
            partial::reconcile(env, &call.ids)?;
            Ok(Answer::NOTHING)
        })
        .record_method("remove_move_reconcile", "", Tx::Write, |env, call| {
            env.check_access(PARTIAL, Operation::Unlink)?;
            undo::remove(env, &call.ids)?;
            Ok(Answer::NOTHING)
        })
        .record_method("action_unreconcile_match_entries", "", Tx::Write, |env, _| {
            env.check_access(PARTIAL, Operation::Unlink)?;
            let lines = env.context_get("active_ids").cloned().unwrap_or_default().ids();
            let lines = matching::with_matched(env, &lines)?;
            undo::remove(env, &lines)?;
            Ok(Answer::NOTHING)
        });
    all.model(entries::MOVE).record_method("js_assign_outstanding_line", "line_id", Tx::Write, assign).record_method(
        "js_remove_outstanding_partial",
        "partial_id",
        Tx::Write,
        |env, call| {
            call.one()?;
            let partials = parse_ids(call.arg("partial_id"))?;
            env.require(PARTIAL, &partials)?;
            undo::remove_partials(env, &partials)?;
            Ok(Answer::from(true))
        },
    );
    all.model(PARTIAL).on_unlink(undo::unlink).on_create(create);
}

/// Matches a line with what is open of an entry on its account.
fn assign(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let entry = call.one()?;
    let mut lines = parse_ids(call.arg("line_id"))?;
    let Some(first) = lines.first().copied() else {
        return Err(Error::Builtin(lastmile_orm::error::Builtin::IndexError, "tuple index out of range".into()));
    };
    env.check_access(PARTIAL, Operation::Create)?;
    env.check_records(LINE, &lines, Operation::Read)?;
    env.require(LINE, &lines)?;
    env.flush()?;
    let sql = sql!(
        "SELECT l.id FROM account_move_line l WHERE l.move_id = {entry} AND NOT COALESCE(l.reconciled, FALSE)
         AND l.account_id = (SELECT account_id FROM account_move_line WHERE id = {first}) ORDER BY l.sequence, l.id"
    );
    let open: Vec<Id> = env.query_ids(sql)?;
    lines.extend(open.into_iter().filter(|line| *line != first));
    partial::reconcile(env, &lines)?;
    Ok(Answer::NOTHING)
}

/// Partials that a client makes by itself change what is open of their lines as others do.
fn create(env: &mut Env, values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let mut lines: Vec<Id> = values
        .iter()
        .flat_map(|map| ["debit_move_id", "credit_move_id"].map(|side| map.get(side).and_then(Value::as_id)))
        .flatten()
        .collect();
    lines.sort_unstable();
    lines.dedup();
    let ids = next.call(env, values)?;
    partial::payments_without_entry(env, &ids, "in_process", "paid")?;
    matching::renumber(env, &lines)?;
    residual::residuals(env, &lines)?;
    settle::settle(env, &lines)?;
    Ok(ids)
}
