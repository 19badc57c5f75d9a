//! ir.cron: scheduled actions, and running one by hand.

use lastmile_orm::call::Invocation;
use lastmile_orm::declare::Tx;
use lastmile_orm::held::Held;
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Database, Declarations, Env, Error, Id, Result, Value, map};

use crate::crons;

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model("ir.cron")
        .default("state", "code")
        .record_method("method_direct_trigger", "", Tx::Detached, trigger)
        .record_method("toggle", "model, domain", Tx::Write, toggle)
        .record_method("action_open_parent_action", "", Tx::Read, |env, call| opened(env, call, "ir.actions.server"))
        .record_method("action_open_scheduled_action", "", Tx::Read, |env, call| opened(env, call, "ir.cron"));
    all.model("ir.cron.trigger").default_fn("call_at", |env| Ok(Value::DateTime(env.now())));
}

/// On while there is something to do: records that the domain finds.
fn toggle(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let domain = lastmile_orm::args::domain_arg(call.arg("domain"))?;
    let active = env.search_count(&call.arg("model").py_str(), &domain, Some(1))? > 0;
    env.write("ir.cron", &call.ids, map! { "active" => active })?;
    Ok(Answer::from(true))
}

/// The form of the action, or of the schedule.
fn opened(env: &mut Env, call: &Invocation, model: &str) -> Result<Answer> {
    let id = call.one()?;
    let id = if model == "ir.cron" { Some(id) } else { env.value("ir.cron", "ir_actions_server_id", id)?.as_id() };
    Ok(Answer::Value(Value::Map(map! {
        "type" => "ir.actions.act_window",
        "res_model" => model,
        "view_mode" => "form",
        "views" => vec![Value::List(vec![Value::Bool(false), Value::from("form")])],
        "res_id" => id.map_or(Value::Bool(false), Value::from),
        "target" => "current",
    })))
}

/// Runs the action now, as the user it is for. A failure is no error: the client is told what to show.
fn trigger(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    env.check_access("ir.cron", lastmile_orm::access::Operation::Write)?;
    let sql = sql!(
        "SELECT m.model::text, s.code, c.user_id, c.cron_name::text FROM ir_cron c
         JOIN ir_act_server s ON s.id = c.ir_actions_server_id JOIN ir_model m ON m.id = s.model_id
         WHERE c.id = {id}"
    );
    let rows = env.query(sql)?;
    let Some(row) = rows.first() else {
        return Err(Error::missing(format!("Record does not exist or has been deleted.\n(Record: ir.cron({id},), User: {})", env.uid())));
    };
    let (model, code) = (row.text(0).unwrap_or_default(), row.text(1).unwrap_or_default());
    let (user, name) = (row.int(2).unwrap_or(env.uid()), row.text(3).unwrap_or_default());
    let run = crons::method_of(&code).and_then(|method| crons::cron(&model, method));
    let Some(_held) = hold(&env.database(), id)? else {
        return Err(Error::user("The scheduled action runs already. Please try again when it is over."));
    };
    let result = match run {
        Some(run) => env.with_user(user, run),
        // Nothing to do is done.
        None if code.trim() == "pass" => Ok(()),
        None => Err(Error::user("This program does not know what the scheduled action runs.")),
    };
    match result {
        Ok(()) => {
            ran(env, id)?;
            Ok(Answer::from(true))
        }
        Err(error) if error.ends_call() => Err(error),
        Err(error) => Ok(failure(&name, &error)),
    }
}

/// Holds an action for as long as it runs; `None` when it runs already.
pub fn hold(db: &Database, id: Id) -> Result<Option<Held>> {
    db.hold("cron", id)
}

/// Notes when the action ran.
fn ran(env: &mut Env, id: Id) -> Result<()> {
    env.transaction(|env| {
        let sql = sql!("UPDATE ir_cron SET lastcall = {now} WHERE id = {id}", now = env.now());
        env.execute(&sql)?;
        env.changed("ir.cron", &["lastcall"], &[id])
    })
}

fn failure(name: &str, error: &Error) -> Answer {
    Answer::Value(Value::Map(map! {
        "type" => "ir.actions.client",
        "tag" => "display_notification",
        "params" => map! { "type" => "danger", "title" => format!("{name} failed"), "message" => error.to_string(), "sticky" => true },
    }))
}
