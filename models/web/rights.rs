//! Questions about rights from before `has_access`, which older clients still ask.

use lastmile_orm::access::Operation;
use lastmile_orm::args::fields_arg;
use lastmile_orm::call::Invocation;
use lastmile_orm::{Answer, Declarations, Env, Result, Tx, Value};

/// Declares them for every model.
pub fn declare(all: &mut Declarations) {
    all.any.record_method("check_access_rule", "operation", Tx::Read, check_access_rule).model_method(
        "check_field_access_rights",
        "operation, field_names",
        Tx::Read,
        check_field_access_rights,
    );
}

fn operation(call: &Invocation) -> Result<Operation> {
    Operation::parse(call.arg("operation").as_str().unwrap_or_default())
}

/// None when the rules let the records pass, else AccessError.
fn check_access_rule(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let operation = operation(call)?;
    env.check_access(&call.model, operation)?;
    env.check_records(&call.model, &call.ids, operation)?;
    Ok(Answer::Value(Value::None))
}

/// The given fields, or all that the user may use when none are given; AccessError for one that is not for the user.
fn check_field_access_rights(env: &mut Env, call: &Invocation) -> Result<Answer> {
    operation(call)?;
    let reg = env.registry();
    let model = reg.model(&call.model)?;
    let Some(names) = fields_arg(call.arg("field_names"))?.filter(|names| !names.is_empty()) else {
        let usable = model.fields.values().filter(|f| env.may_use_field(f)).map(|f| Value::from(f.name.as_str()));
        return Ok(Answer::Value(Value::List(usable.collect())));
    };
    let what = call.arg("operation").py_str();
    for name in &names {
        env.check_field(model, model.field(name)?, &what)?;
    }
    Ok(Answer::Value(Value::List(names.into_iter().map(Value::Str).collect())))
}
