//! ir.default: values that users and companies give to fields of new records.

use lastmile_orm::call::Invocation;
use lastmile_orm::registry::Kind;
use lastmile_orm::{Answer, Declarations, Domain, Env, Error, Result, Tx, Value, convert, map};

const MODEL: &str = "ir.default";

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(MODEL)
        .model_method("set", "model_name, field_name, value, user_id=False, company_id=False, condition=False", Tx::Write, set)
        .constrains(&["json_value"], is_json);
}

/// The value as it is kept, when the field can have it.
fn checked(env: &Env, model: &str, name: &str, value: &Value) -> Result<String> {
    let reg = env.registry();
    let found = reg.models.get(model).and_then(|model| Some((model, model.fields.get(name)?)));
    let Some((on, field)) = found else { return Err(Error::validation(format!("Invalid field {model}.{name}"))) };
    let invalid = || Error::validation(format!("Invalid value for {model}.{name}: {}", value.py_repr()));
    if !field.kind.is_x2many() {
        convert::to_field(on, field, value).map_err(|_| invalid())?;
    }
    if field.kind == Kind::Integer && value.as_int().is_some_and(|number| i32::try_from(number).is_err()) {
        return Err(Error::validation(format!("Invalid value for {model}.{name}: {} is out of bounds", value.py_repr())));
    }
    serde_json::to_string(&serde_json::Value::from(value)).map_err(|_| invalid())
}

/// `True` is the caller's own.
fn scope(value: &Value, own: i32) -> Value {
    match value {
        Value::Bool(true) => Value::from(own),
        other => other.as_id().map_or(Value::Bool(false), Value::from),
    }
}

fn set(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let (model, name) = (call.arg("model_name").py_str(), call.arg("field_name").py_str());
    let json = checked(env, &model, &name, call.arg("value"))?;
    let (user, company) = (scope(call.arg("user_id"), env.uid()), scope(call.arg("company_id"), env.company_id()));
    let condition = call.arg("condition").clone();
    let field = env.registry().model(&model)?.field(&name)?.id;
    let same = Domain::all([
        Domain::eq("field_id", field),
        Domain::eq("user_id", user.clone()),
        Domain::eq("company_id", company.clone()),
        Domain::eq("condition", condition.clone()),
    ]);
    let known = env.search_all(MODEL, &same)?;
    if known.is_empty() {
        env.create_one(
            MODEL,
            map! { "field_id" => field, "user_id" => user, "company_id" => company, "condition" => condition, "json_value" => json },
        )?;
    } else {
        env.write(MODEL, &known, map! { "json_value" => json })?;
    }
    Ok(Answer::from(true))
}

fn is_json(env: &mut Env, ids: &[i32]) -> Result<()> {
    for text in env.values(MODEL, "json_value", ids)? {
        if serde_json::from_str::<serde_json::Value>(text.as_str().unwrap_or_default()).is_err() {
            return Err(Error::validation("The default value is no JSON."));
        }
    }
    Ok(())
}
