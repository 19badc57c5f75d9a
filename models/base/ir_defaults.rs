//! ir.default: defaults that users and administrators set.

use lastmile_orm::access::Operation;
use lastmile_orm::call::Invocation;
use lastmile_orm::declare::Tx;
use lastmile_orm::registry::Kind;
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Domain, Env, Error, Id, Result, Value, convert, map};

const MODEL: &str = "ir.default";

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(MODEL)
        .rec_name("field_id")
        .constrains(&["json_value"], value_is_json)
        .model_method("set", "model_name, field_name, value, user_id=False, company_id=False, condition=False", Tx::Write, set)
        .model_method("discard_values", "model_name, field_name, values", Tx::Write, discard_values);
}

fn value_is_json(env: &mut Env, ids: &[Id]) -> Result<()> {
    for text in env.values(MODEL, "json_value", ids)? {
        if serde_json::from_str::<serde_json::Value>(text.as_str().unwrap_or_default()).is_err() {
            return Err(Error::validation("The value of a default must be JSON."));
        }
    }
    Ok(())
}

/// The row of `ir_model_fields`.
fn field_id(env: &mut Env, model: &str, field: &str) -> Result<Option<Id>> {
    let sql = sql!("SELECT id FROM ir_model_fields WHERE model = {model} AND name = {field}");
    Ok(env.query(sql)?.first().and_then(|row| row.int(0)))
}

/// Whom a default is for: `True` stands for who asks.
fn scope(given: &Value, own: Id) -> Value {
    match given {
        Value::Bool(true) => Value::from(own),
        other => other.as_id().filter(|id| *id > 0).map_or(Value::Bool(false), Value::from),
    }
}

fn set(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let (model, field) = (call.arg("model_name").py_str(), call.arg("field_name").py_str());
    let reg = env.registry();
    let invalid = || Error::validation(format!("Invalid field {model}.{field}"));
    let found = reg.models.get(&model).ok_or_else(invalid)?;
    let known = found.fields.get(&field).ok_or_else(invalid)?;
    let value = call.arg("value");
    let wrong = |_| Error::validation(format!("Invalid value for {model}.{field}: {}", value.py_str()));
    let parsed = if known.kind.is_x2many() { value.clone() } else { convert::to_field(found, known, value).map_err(wrong)? };
    if known.kind == Kind::Integer && value.as_int().is_some_and(|n| i32::try_from(n).is_err()) {
        return Err(Error::validation(format!(
            "Invalid value for {model}.{field}: {value:?} is out of bounds (integers should be between -2,147,483,648 and 2,147,483,647)"
        )));
    }
    let json = serde_json::Value::from(&convert::to_read(known, parsed)).to_string();
    let (user, company) = (scope(call.arg("user_id"), env.uid()), scope(call.arg("company_id"), env.company_id()));
    let condition = if call.arg("condition").truthy() { Value::Str(call.arg("condition").py_str()) } else { Value::Bool(false) };
    let field = field_id(env, &model, &field)?.ok_or_else(invalid)?;
    let same = Domain::all([
        Domain::eq("field_id", field),
        Domain::eq("user_id", user.clone()),
        Domain::eq("company_id", company.clone()),
        Domain::eq("condition", condition.clone()),
    ]);
    let values = map! { "json_value" => json };
    let old = env.search(MODEL, &same, &lastmile_orm::read::Page::default())?;
    if old.is_empty() {
        let mut values = values;
        values.extend(map! { "field_id" => field, "user_id" => user, "company_id" => company, "condition" => condition });
        env.create_one(MODEL, values)?;
    } else {
        env.write(MODEL, &old, values)?;
    }
    Ok(Answer::from(true))
}

/// Forgets defaults of a field with one of the values.
fn discard_values(env: &mut Env, call: &Invocation) -> Result<Answer> {
    env.check_access(MODEL, Operation::Unlink)?;
    let Some(field) = field_id(env, &call.arg("model_name").py_str(), &call.arg("field_name").py_str())? else {
        return Ok(Answer::from(true));
    };
    let texts: Vec<Value> = call
        .arg("values")
        .as_list()
        .unwrap_or_default()
        .iter()
        .map(|value| Value::Str(serde_json::Value::from(value).to_string()))
        .collect();
    let domain = Domain::eq("field_id", field).and(Domain::is_in("json_value", texts));
    let ids = env.search_all(MODEL, &domain)?;
    env.unlink(MODEL, &ids)?;
    Ok(Answer::from(true))
}
