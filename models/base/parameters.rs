//! ir.config_parameter: settings by key.

use lastmile_orm::access::Operation;
use lastmile_orm::call::Invocation;
use lastmile_orm::declare::{Next, Tx, UnlinkHook, WriteHook};
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Domain, Env, Error, Id, Map, Result, Value, map};

const MODEL: &str = "ir.config_parameter";

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model("decimal.precision").model_method("precision_get", "application", Tx::Read, precision_get);
    all.model(MODEL).on_write(write).on_unlink(unlink).model_method("get_param", "key, default=False", Tx::Read, get_param).model_method(
        "set_param",
        "key, value",
        Tx::Write,
        set_param,
    );
}

/// Parameters that the program itself stands on: they keep their keys, and stay.
const KEPT: &[&str] = &[
    "base.login_cooldown_after",
    "base.login_cooldown_duration",
    "database.create_date",
    "database.secret",
    "database.uuid",
    "web.base.url",
];

fn kept(env: &mut Env, ids: &[Id]) -> Result<bool> {
    Ok(env.values(MODEL, "key", ids)?.iter().any(|key| key.as_str().is_some_and(|k| KEPT.contains(&k))))
}

fn write(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    if values.contains_key("key") && kept(env, ids)? {
        return Err(Error::validation("The keys of the system's own parameters cannot be changed."));
    }
    next.call(env, ids, values)
}

fn unlink(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    if kept(env, ids)? {
        return Err(Error::validation("The system's own parameters cannot be deleted."));
    }
    next.call(env, ids)
}

/// How many decimals a kind of figure is shown with; two for kinds that nobody declared.
fn precision_get(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let sql = sql!("SELECT digits FROM decimal_precision WHERE name = {py_str}", py_str = call.arg("application").py_str());
    Ok(Answer::from(env.query(sql)?.first().and_then(|row| row.int(0)).unwrap_or(2)))
}

fn get_param(env: &mut Env, call: &Invocation) -> Result<Answer> {
    env.check_access(MODEL, Operation::Read)?;
    let value = env.parameter(&call.arg("key").py_str())?;
    Ok(match value.filter(|v| !v.is_empty()) {
        Some(value) => Answer::from(value),
        None => Answer::Value(call.arg("default").clone()),
    })
}

/// Whether only members of the editors' group write templates that compute something; else every employee is a member.
const EDITORS_ONLY: &str = "mail.restrict.template.rendering";

fn everybody_edits_templates(env: &mut Env, wanted: bool) -> Result<()> {
    let found = crate::base::metadata::find(env, &["base.group_user", crate::mail::restrict::EDITORS])?;
    let id = |name: &str| found.get(name).map(|(_, id)| *id);
    let (Some(employees), Some(editors)) = (id("base.group_user"), id(crate::mail::restrict::EDITORS)) else { return Ok(()) };
    let implied = env.sudo(|env| env.value("res.groups", "implied_ids", employees))?.ids().contains(&editors);
    if implied == wanted {
        return Ok(());
    }
    let command = Value::List(vec![Value::Int(if wanted { 4 } else { 3 }), Value::from(editors)]);
    env.write("res.groups", &[employees], map! { "implied_ids" => Value::List(vec![command]) })
}

/// Answers the value before, or `false`; nothing as the new value deletes the parameter.
fn set_param(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let (key, value) = (call.arg("key").py_str(), call.arg("value"));
    if key == EDITORS_ONLY {
        env.check_access(MODEL, Operation::Write)?;
        everybody_edits_templates(env, !value.truthy())?;
    }
    let found = env.search_all(MODEL, &Domain::eq("key", key.as_str()))?;
    let Some(id) = found.first().copied() else {
        if !value.is_empty_mark() {
            env.create(MODEL, vec![map! { "key" => key, "value" => value.py_str() }])?;
        }
        return Ok(Answer::from(false));
    };
    let old = env.value(MODEL, "value", id)?;
    if value.is_empty_mark() {
        env.unlink(MODEL, &[id])?;
    } else if old.as_str() != Some(value.py_str().as_str()) {
        env.write(MODEL, &[id], map! { "value" => value.py_str() })?;
    }
    Ok(Answer::Value(if old == Value::None { Value::Bool(false) } else { old }))
}
