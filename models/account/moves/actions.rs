//! What clients ask of entries: to post them, to take them back, to cancel them, and the small questions around it.

use lastmile_orm::call::Invocation;
use lastmile_orm::declare::Tx;
use lastmile_orm::{Answer, Declarations, Env, Error, Result, Value, map};

use super::document::MOVE;
use super::{payment_state, posting};

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
        .record_method("action_reverse", "", Tx::Read, |_, _| {
            Ok(Answer::from(Value::Map(map! {
                "type" => "ir.actions.act_window", "name" => "Reversal", "res_model" => "account.move.reversal",
                "view_mode" => "form", "target" => "new",
            })))
        });
}

fn action_post(env: &mut Env, call: &Invocation) -> Result<Answer> {
    if !call.ids.is_empty() {
        posting::post(env, &call.ids, false)?;
    }
    Ok(Answer::from(false))
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
