//! What clients ask of entries: to post them, to take them back, to cancel them, and the small questions around it.

use lastmile_orm::call::Invocation;
use lastmile_orm::declare::Tx;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Map, Result, Value, map};

use super::document::MOVE;
use super::{edit, payment_state, posting};
use crate::web::actions;

/// Declares the methods.
pub fn declare(all: &mut Declarations) {
    all.model(MOVE)
        .record_method("action_post", "", Tx::Write, action_post)
        .record_method("action_validate_moves_with_confirmation", "", Tx::Write, action_post)
        .record_method("button_draft", "", Tx::Write, |env, call| {
            posting::to_draft(env, &call.ids)?;
            Ok(Answer::NOTHING)
        })
        .record_method("button_cancel", "", Tx::Write, |env, call| {
            posting::cancel(env, &call.ids)?;
            Ok(Answer::NOTHING)
        })
        .record_method("button_set_checked", "", Tx::Write, check)
        .record_method("set_moves_checked", "is_checked=True", Tx::Write, check)
        .record_method("action_toggle_block_payment", "", Tx::Write, toggle_block)
        .record_method("action_switch_move_type", "", Tx::Write, switch_type)
        .record_method("action_reverse", "", Tx::Read, reversal_wizard);
}

fn action_post(env: &mut Env, call: &Invocation) -> Result<Answer> {
    if !call.ids.is_empty() {
        posting::post(env, &call.ids, false)?;
    }
    Ok(Answer::from(false))
}

/// The window with the wizard that reverses entries, as its module names it.
fn reversal_wizard(env: &mut Env, call: &Invocation) -> Result<Answer> {
    // A database that was born here has no such action.
    let plain = || {
        map! { "type" => "ir.actions.act_window", "name" => "Reversal", "res_model" => "account.move.reversal", "view_mode" => "form", "target" => "new" }
    };
    let mut action = match actions::load(env, &"account.action_view_account_move_reversal".into())? {
        Some(Value::Map(action)) => action,
        _ => plain(),
    };
    if let [kind, ..] = env.values(MOVE, "move_type", &call.ids)?.as_slice()
        && kind.as_str() != Some("entry")
    {
        action.insert("name".into(), "Credit Note".into());
    }
    Ok(Answer::from(Value::Map(action)))
}

/// Invoices become refunds and refunds invoices, as long as they were never posted. Amounts below nothing change their sign.
fn switch_type(env: &mut Env, call: &Invocation) -> Result<Answer> {
    if env.values(MOVE, "posted_before", &call.ids)?.iter().any(Value::truthy) {
        return Err(Error::validation("What was posted once stays of its kind."));
    }
    let kinds = env.values(MOVE, "move_type", &call.ids)?;
    if kinds.iter().any(|kind| kind.as_str() == Some("entry")) {
        return Err(Error::validation("Only invoices, refunds and receipts are of one kind or another."));
    }
    let (currencies, positions) = (env.values(MOVE, "currency_id", &call.ids)?, env.values(MOVE, "fiscal_position_id", &call.ids)?);
    // Currency and position are said again, so that neither follows from the change; those alike are written together.
    let mut alike: Vec<(Map, Vec<Id>)> = Vec::new();
    for (((id, kind), currency), position) in call.ids.iter().zip(kinds).zip(currencies).zip(positions) {
        let (side, what) = kind.as_str().and_then(|kind| kind.split_once('_')).unwrap_or(("out", "invoice"));
        let other = if what == "refund" { "invoice" } else { "refund" };
        let values = map! {
            "name" => false, "move_type" => format!("{side}_{other}"), "currency_id" => currency, "fiscal_position_id" => position
        };
        match alike.iter_mut().find(|(known, _)| *known == values) {
            Some((_, ids)) => ids.push(*id),
            None => alike.push((values, vec![*id])),
        }
    }
    alike.into_iter().try_for_each(|(values, ids)| env.write(MOVE, &ids, values))?;
    edit::turn_negative(env, &call.ids)?;
    Ok(Answer::NOTHING)
}

/// Marks posted entries as checked, or not.
fn check(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let checked = !call.has("is_checked") || call.arg("is_checked").truthy();
    let states = env.values(MOVE, "state", &call.ids)?;
    let posted: Vec<_> = call.ids.iter().zip(states).filter(|(_, state)| state.as_str() == Some("posted")).map(|(id, _)| *id).collect();
    env.write(MOVE, &posted, map! { "checked" => checked })?;
    Ok(Answer::NOTHING)
}

/// Keeps an invoice from being paid, or lets it be paid again.
fn toggle_block(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    match env.value(MOVE, "payment_state", id)?.as_str() {
        Some("blocked") => {
            env.write(MOVE, &[id], map! { "payment_state" => "not_paid" })?;
            payment_state::refresh(env, &[id])?;
        }
        Some("paid" | "in_payment") => return Err(Error::user("The invoice is paid: it cannot be blocked.")),
        _ => env.write(MOVE, &[id], map! { "payment_state" => "blocked" })?,
    }
    Ok(Answer::NOTHING)
}
