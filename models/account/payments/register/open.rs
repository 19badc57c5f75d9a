//! Opening the wizard from entries and from their items.

use lastmile_orm::declare::Tx;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Map, Result, Value, map};

use super::WIZARD;
use crate::account::moves::document::{LINE, MOVE};

/// Declares the methods.
pub fn declare(all: &mut Declarations) {
    all.model(MOVE)
        .record_method("action_register_payment", "", Tx::Read, |env, call| {
            if env.values(MOVE, "state", &call.ids)?.iter().any(|state| state.as_str() != Some("posted")) {
                return Err(Error::user("Payments are registered for posted entries only."));
            }
            of_invoices(env, &call.ids)
        })
        .record_method("action_force_register_payment", "", Tx::Read, |env, call| of_invoices(env, &call.ids));
    all.model(LINE)
        .record_method("action_register_payment", "ctx=None", Tx::Read, |_, call| {
            Ok(wizard_on(&call.ids, call.arg("ctx").as_map().cloned().unwrap_or_default()))
        })
        .record_method("action_payment_items_register_payment", "", Tx::Read, |_, call| {
            Ok(wizard_on(&call.ids, map! { "default_group_payment" => true }))
        });
}

fn of_invoices(env: &mut Env, moves: &[Id]) -> Result<Answer> {
    if env.values(MOVE, "move_type", moves)?.iter().any(|kind| kind.as_str() == Some("entry")) {
        return Err(Error::user("Payments are registered for invoices and bills, not for other entries."));
    }
    let lines = env.linked(MOVE, "line_ids", moves)?;
    Ok(wizard_on(&lines, Map::new()))
}

/// The action that opens the wizard on items.
fn wizard_on(lines: &[Id], more: Map) -> Answer {
    let mut context = map! { "active_model" => LINE, "active_ids" => lines.to_vec() };
    context.extend(more);
    let form = Value::List(vec![Value::Bool(false), "form".into()]);
    Answer::from(Value::Map(map! {
        "name" => "Pay", "res_model" => WIZARD, "view_mode" => "form", "views" => Value::List(vec![form]), "context" => context,
        "target" => "new", "type" => "ir.actions.act_window",
    }))
}
