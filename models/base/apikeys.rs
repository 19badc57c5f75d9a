//! API keys, and the question who is at the keyboard that comes before sensitive steps.

use chrono::{NaiveTime, TimeDelta};
use lastmile_orm::call::{Invocation, Request, invoke, prepare};
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::Tx;
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Result, Value, map};

use super::credentials::{KEY_INDEX, is_own_password};
use super::passlib::{KEY_ROUNDS, hash, random};
use super::selections;

const CHECK: &str = "res.users.identitycheck";
const DESCRIPTION: &str = "res.users.apikeys.description";
/// How long an answered question holds.
const HOLDS: TimeDelta = TimeDelta::minutes(10);

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    let descriptions = all.model(DESCRIPTION);
    descriptions
        .compute(&["expiration_date"], &["duration"], expiration)
        .record_method("make_key", "", Tx::Write, make_key)
        .field("duration")
        .selection = Some(selections::key_durations);
    all.model(CHECK)
        .groups(&["request"], &["."])
        .compute(&["password"], &[], |_, ids, out| {
            out.set_all("password", ids, "");
            Ok(())
        })
        .record_method("run_check", "", Tx::Write, run_check);
    all.model("res.users.apikeys").record_method("remove", "", Tx::Write, remove).unchecked(&["remove"], "it checks whose keys they are");
}

/// What who types a wrong password is told.
pub const WRONG_PASSWORD: &str = "The password is wrong. Try again, or ask for a new one.";

/// Runs `work` when the user proved who it is within the last minutes; else keeps the call and answers with the
/// window that asks.
pub fn with_identity(env: &mut Env, call: &Invocation, method: &str, work: impl FnOnce(&mut Env) -> Result<Answer>) -> Result<Answer> {
    let Some(session) = &env.session else {
        return Err(Error::user("This is only possible in a web session."));
    };
    if session.identity_checked_at.is_some_and(|at| env.now() - at < HOLDS) {
        return work(env);
    }
    let args: Vec<Value> = call.args.iter().map(|(_, v)| v.clone()).collect();
    let kept = Value::List(vec![
        Value::Map(env.context().raw.clone()),
        Value::from(call.model.as_str()),
        Value::from(call.ids.clone()),
        Value::from(method),
        Value::List(args),
        Value::Map(lastmile_orm::Map::new()),
    ]);
    let request = serde_json::Value::from(&kept).to_string();
    let id = env.sudo(|env| env.create_one(CHECK, map! { "request" => request }))?;
    Ok(Answer::Value(Value::Map(map! {
        "type" => "ir.actions.act_window",
        "res_model" => CHECK,
        "res_id" => id,
        "name" => "Access Control",
        "target" => "new",
        "views" => form(),
        "context" => map! { "dialog_size" => "medium" },
    })))
}

fn form() -> Vec<Value> {
    vec![Value::List(vec![Value::Bool(false), Value::from("form")])]
}

/// Takes the password from the context and, when it is right, makes the call that waits.
fn run_check(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    if env.session.is_none() {
        return Err(Error::user("This is only possible in a web session."));
    }
    let password = env.context_get("password").and_then(Value::as_str).unwrap_or_default().to_owned();
    if !is_own_password(env, &password)? {
        return Err(Error::user(WRONG_PASSWORD));
    }
    let owner = env.sudo(|env| env.value(CHECK, "create_uid", id))?;
    let request = env.sudo(|env| env.value(CHECK, "request", id))?;
    if owner.as_id() != Some(env.uid()) {
        return Err(Error::access("This question was put to somebody else."));
    }
    let now = env.now();
    if let Some(session) = &mut env.session {
        session.identity_checked_at = Some(now);
    }
    let kept: serde_json::Value = serde_json::from_str(request.as_str().unwrap_or_default()).map_err(|e| Error::internal(e.to_string()))?;
    let Value::List(parts) = Value::from(&kept) else { return Err(Error::internal("the kept call is no list")) };
    let part = |n: usize| parts.get(n).cloned().unwrap_or_default();
    let mut args = vec![part(2)];
    args.extend(part(4).as_list().unwrap_or_default().iter().cloned());
    let request = Request {
        model: part(1).as_str().unwrap_or_default().to_owned(),
        method: part(3).as_str().unwrap_or_default().to_owned(),
        args,
        kwargs: part(5).as_map().cloned().unwrap_or_default(),
        ids: None,
        by_name: false,
    };
    let prepared =
        prepare(&env.registry(), &env.declared(), request).map_err(|_| Error::user("The call that waited is not possible any more."))?;
    let context = part(0).as_map().cloned().unwrap_or_default();
    env.with_context(context, |env| invoke(env, &prepared.method, &prepared.call))
}

/// Days from now; a date of one's own stays.
fn expiration(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let (durations, dates) = (env.values(DESCRIPTION, "duration", ids)?, env.values(DESCRIPTION, "expiration_date", ids)?);
    for ((id, duration), date) in ids.iter().zip(durations).zip(dates) {
        let days: i64 = duration.as_str().and_then(|d| d.parse().ok()).unwrap_or(0);
        let value = match days {
            ..0 => date,
            0 => Value::None,
            _ => Value::DateTime((env.today() + TimeDelta::days(days)).and_time(NaiveTime::MIN)),
        };
        out.set("expiration_date", *id, value);
    }
    Ok(())
}

fn make_key(env: &mut Env, call: &Invocation) -> Result<Answer> {
    with_identity(env, call, "make_key", |env| {
        let id = call.one()?;
        if env.user().share && !(env.has_group("base.group_portal") && env.parameter("portal.allow_api_keys")?.is_some()) {
            return Err(Error::access("Only employees may have API keys."));
        }
        let (name, expires) = (env.value(DESCRIPTION, "name", id)?, env.value(DESCRIPTION, "expiration_date", id)?);
        may_last(env, &expires)?;
        let key = generate(env, &name.py_str(), &expires)?;
        env.sudo(|env| env.unlink(DESCRIPTION, &[id]))?;
        Ok(Answer::Value(Value::Map(map! {
            "type" => "ir.actions.act_window",
            "res_model" => "res.users.apikeys.show",
            "name" => "API Key Ready",
            "views" => form(),
            "target" => "new",
            "context" => map! { "default_key" => key },
        })))
    })
}

/// How long a key may live depends on the groups of its owner; administrators' may live for ever.
fn may_last(env: &mut Env, expires: &Value) -> Result<()> {
    if env.has_group("base.group_system") {
        return Ok(());
    }
    let Value::DateTime(expires) = expires else {
        return Err(Error::validation("The key needs an end date."));
    };
    let groups = env.user().groups.clone();
    let sql = sql!("SELECT max(api_key_duration)::float8 FROM res_groups WHERE id = ANY({groups})");
    let days = env.query(sql)?.first().and_then(|row| row.float(0)).filter(|d| *d > 0.0).unwrap_or(1.0);
    #[expect(clippy::cast_possible_truncation, reason = "days of a key's life")]
    let most = TimeDelta::seconds((days * 86_400.0) as i64);
    if *expires > env.now() + most {
        return Err(Error::validation(format!("A key of yours may live for {days} days at most.")));
    }
    Ok(())
}

/// Makes a key of the acting user, for every scope. Only its beginning and its hash are kept.
pub fn generate(env: &mut Env, name: &str, expires: &Value) -> Result<String> {
    let key = hex::encode(random::<20>()?);
    let stored = hash(&key, KEY_ROUNDS)?;
    let until = if let Value::DateTime(at) = expires { Some(*at) } else { None };
    let sql = sql!(
        "INSERT INTO res_users_apikeys (name, user_id, scope, expiration_date, key, index)
         VALUES ({name}, {uid}, NULL, {until}, {stored}, {string})",
        uid = env.uid(),
        string = key.chars().take(KEY_INDEX).collect::<String>()
    );
    env.execute(&sql)?;
    Ok(key)
}

/// Ends keys: one's own, or anybody's for administrators.
fn remove(env: &mut Env, call: &Invocation) -> Result<Answer> {
    with_identity(env, call, "remove", |env| {
        let system = env.has_group("base.group_system") || env.is_su();
        let sql =
            sql!("SELECT 1 FROM res_users_apikeys WHERE id = ANY({ids}) AND user_id <> {uid} LIMIT 1", ids = &call.ids, uid = env.uid());
        if !system && !env.query(sql)?.is_empty() {
            return Err(Error::access("Somebody else's keys cannot be removed."));
        }
        env.execute(&sql!("DELETE FROM res_users_apikeys WHERE id = ANY({ids})", ids = &call.ids))?;
        Ok(Answer::Value(Value::Map(map! { "type" => "ir.actions.act_window_close" })))
    })
}
