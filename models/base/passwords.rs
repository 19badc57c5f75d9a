//! The wizards that change passwords: an administrator's for others, everybody's own.

use lastmile_orm::call::Invocation;
use lastmile_orm::declare::Tx;
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Result, Value, map};

use super::apikeys::with_identity;
use super::user_actions::reload_context;
use super::users::{give_password, ready_passwords};

const WIZARD: &str = "change.password.wizard";
const LINE: &str = "change.password.user";
const OWN: &str = "change.password.own";

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    all.model(WIZARD).default_fn("user_ids", chosen_users).record_method("change_password_button", "", Tx::Write, change);
    all.model(LINE).record_method("change_password_button", "", Tx::Write, |env, call| {
        change_lines(env, &call.ids)?;
        Ok(Answer::Value(Value::None))
    });
    all.model(OWN).constrains(&["new_password", "confirm_password"], same_twice).record_method(
        "change_password",
        "",
        Tx::Write,
        change_own,
    );
}

/// The users that were chosen in the list.
fn chosen_users(env: &mut Env) -> Result<Value> {
    if env.context_get("active_model").and_then(Value::as_str) != Some("res.users") {
        return Ok(Value::List(Vec::new()));
    }
    let ids = env.context_get("active_ids").map(Value::ids).unwrap_or_default();
    let logins = env.values("res.users", "login", &ids)?;
    let lines = ids.iter().zip(logins).map(|(id, login)| {
        let line = map! { "user_id" => *id, "user_login" => login };
        Value::List(vec![Value::Int(0), Value::Int(0), Value::Map(line)])
    });
    Ok(Value::List(lines.collect()))
}

fn change(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let lines = env.linked(WIZARD, "user_ids", &call.ids)?;
    let users = change_lines(env, &lines)?;
    Ok(Answer::Value(Value::Map(if users.contains(&env.uid()) {
        map! { "type" => "ir.actions.client", "tag" => "reload" }
    } else {
        map! { "type" => "ir.actions.act_window_close" }
    })))
}

/// Sets the passwords that were typed, then forgets them.
fn change_lines(env: &mut Env, lines: &[Id]) -> Result<Vec<Id>> {
    env.check_access("res.users", lastmile_orm::access::Operation::Write)?;
    let (users, passwords) = (env.values(LINE, "user_id", lines)?, env.values(LINE, "new_passwd", lines)?);
    ready_passwords(env, &passwords.iter().filter_map(Value::as_str).collect::<Vec<_>>())?;
    let mut changed = Vec::new();
    for (user, password) in users.iter().zip(passwords) {
        if let (Some(uid), Some(password)) = (user.as_id(), password.as_str().filter(|p| !p.is_empty())) {
            give_password(env, uid, password)?;
            changed.push(uid);
        }
    }
    let forget = sql!("UPDATE change_password_user SET new_passwd = NULL WHERE id = ANY({lines})");
    env.execute(&forget)?;
    env.changed(LINE, &["new_passwd"], lines)?;
    Ok(changed)
}

fn same_twice(env: &mut Env, ids: &[Id]) -> Result<()> {
    let (new, again) = (env.values(OWN, "new_password", ids)?, env.values(OWN, "confirm_password", ids)?);
    if new == again { Ok(()) } else { Err(Error::validation("The new password and its confirmation differ.")) }
}

fn change_own(env: &mut Env, call: &Invocation) -> Result<Answer> {
    with_identity(env, call, "change_password", |env| {
        let id = call.one()?;
        let password = env.value(OWN, "new_password", id)?;
        let uid = env.uid();
        give_password(env, uid, password.as_str().unwrap_or_default())?;
        env.sudo(|env| env.unlink(OWN, &[id]))?;
        Ok(reload_context())
    })
}
