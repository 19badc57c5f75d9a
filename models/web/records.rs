//! What the web client asks every model about opening its records, and about lists that are empty or to be filled.

use lastmile_orm::access::Operation;
use lastmile_orm::call::Invocation;
use lastmile_orm::{Answer, Declarations, Env, Error, Result, Tx, Value, map};

/// Declares the methods for every model.
pub fn declare(all: &mut Declarations) {
    all.any
        .record_method("get_formview_id", "access_uid=None", Tx::Read, |_, _| Ok(Answer::from(false)))
        .record_method("get_formview_action", "access_uid=None", Tx::Read, form)
        .record_method("get_access_action", "access_uid=None, force_website=False", Tx::Read, form)
        .model_method("get_empty_list_help", "help_message", Tx::Read, |_, call| Ok(Answer::Value(call.arg("help_message").clone())))
        .model_method("get_import_templates", "", Tx::Read, |_, _| Ok(Answer::Value(Value::List(Vec::new()))));
}

/// The window on the form of one record.
fn form(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = match call.ids.as_slice() {
        [id] => *id,
        _ => return Err(Error::value(format!("Expected singleton: {}{:?}", call.model, call.ids))),
    };
    env.check_access(&call.model, Operation::Read)?;
    let views = vec![Value::List(vec![Value::Bool(false), Value::from("form")])];
    Ok(Answer::Value(Value::Map(map! {
        "type" => "ir.actions.act_window",
        "res_model" => call.model.as_str(),
        "views" => views,
        "target" => "current",
        "res_id" => id,
        "context" => env.context().raw.clone(),
    })))
}
