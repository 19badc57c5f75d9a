//! ir.config_parameter: settings by key.

use lastmile_orm::access::Operation;
use lastmile_orm::call::Invocation;
use lastmile_orm::declare::Tx;
use lastmile_orm::{Answer, Declarations, Domain, Env, Result, Value, map};

const MODEL: &str = "ir.config_parameter";

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(MODEL).model_method("get_param", "key, default=False", Tx::Read, get_param).model_method(
        "set_param",
        "key, value",
        Tx::Write,
        set_param,
    );
}

fn get_param(env: &mut Env, call: &Invocation) -> Result<Answer> {
    env.check_access(MODEL, Operation::Read)?;
    let value = env.parameter(&call.arg("key").py_str())?;
    Ok(match value.filter(|v| !v.is_empty()) {
        Some(value) => Answer::from(value),
        None => Answer::Value(call.arg("default").clone()),
    })
}

/// Answers the value before, or `false`; nothing as the new value deletes the parameter.
fn set_param(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let (key, value) = (call.arg("key").py_str(), call.arg("value"));
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
