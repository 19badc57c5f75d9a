//! The way back above a page: the names of the actions and records that it came through.

use lastmile_orm::access::Operation;
use lastmile_orm::{Env, Error, Map, Result, Value, map};

use super::actions;

/// Why a client's list makes no sense, whatever the database holds.
pub fn senseless(actions: &[Value]) -> Option<&'static str> {
    let set = |crumb: &Map, name: &str| crumb.get(name).is_some_and(Value::truthy);
    actions.iter().filter_map(Value::as_map).find_map(|crumb| match (set(crumb, "action"), set(crumb, "model"), set(crumb, "resId")) {
        (false, true, false) => Some("A model is a step on the way only with a record (resId)."),
        (false, false, _) => Some("Every step has an action, by id or path, or a model."),
        _ => None,
    })
}

/// A `display_name` for each step, or an `error` where the user cannot go there again.
pub fn load(env: &mut Env, actions: &[Value]) -> Result<Value> {
    let mut out = Vec::with_capacity(actions.len());
    for (at, step) in actions.iter().enumerate() {
        let Value::Map(crumb) = step else {
            return Err(Error::attribute(format!("'{}' object has no attribute 'get'", step.type_name())));
        };
        let next = actions.get(at + 1).and_then(Value::as_map).and_then(|next| next.get("action"));
        let goes_on = next.is_some_and(|next| Some(next) == crumb.get("action"));
        out.push(Value::Map(match name(env, crumb, goes_on) {
            Ok(name) => map! { "display_name" => name },
            Err(error @ (Error::Access(_) | Error::Missing(_) | Error::User(_))) => map! { "error" => error.to_string() },
            Err(error) => return Err(error),
        }));
    }
    Ok(Value::List(out))
}

/// `goes_on`: the next step is a record within the same action.
fn name(env: &mut Env, crumb: &Map, goes_on: bool) -> Result<Value> {
    let record = crumb.get("resId").filter(|id| id.truthy());
    let Some(action) = crumb.get("action").filter(|action| action.truthy()) else {
        let model = crumb.get("model").map(Value::py_str).unwrap_or_default();
        return of_record(env, &model, record.unwrap_or(&Value::None));
    };
    let missing = || Error::user(format!("There is no action “{}”.", action.py_str()));
    let found = actions::load(env, action)?.ok_or_else(missing)?;
    let Value::Map(found) = found else { return Err(missing()) };
    let text = |name: &str| found.get(name).and_then(Value::as_str).unwrap_or_default();
    let kind = text("type");
    if kind == "ir.actions.server" && text("path").is_empty() {
        return Err(Error::user("A server action can be come back to only by a path of its own."));
    }
    let shown = found.get("display_name").filter(|name| name.truthy()).or_else(|| found.get("name")).cloned().unwrap_or_default();
    if kind == "ir.actions.client" && goes_on {
        return Err(Error::user("A client action shows no list of records to come back to."));
    }
    let model = text("res_model");
    match record {
        Some(Value::Str(new)) if new == "new" => Ok("New".into()),
        Some(_) if !found.contains_key("res_model") && kind != "ir.actions.server" => Err(Error::key("res_model")),
        Some(record) if !model.is_empty() => of_record(env, model, record),
        None if !model.is_empty() && kind != "ir.actions.client" => {
            env.check_access(model, Operation::Read)?;
            // A form alone is nothing to come back to.
            let views = found.get("views").and_then(Value::as_list).unwrap_or_default();
            let mode = |view: &Value| view.as_list().and_then(|pair| pair.get(1)).and_then(Value::as_str).map(str::to_owned);
            let many = views.iter().filter_map(mode).any(|mode| mode != "form" && mode != "search");
            Ok(if many { shown } else { Value::None })
        }
        _ => Ok(shown),
    }
}

fn of_record(env: &mut Env, model: &str, record: &Value) -> Result<Value> {
    if record.as_str() == Some("new") {
        return Ok("New".into());
    }
    if !env.registry().models.contains_key(model) {
        return Err(Error::key(model));
    }
    let rows = match record {
        // Texts are no ids, not even those of digits.
        Value::Str(_) => Vec::new(),
        other => match other.as_id() {
            Some(id) => {
                env.read(model, &[id], Some(&["display_name".to_owned()]), true)?.into_value()?.as_list().unwrap_or_default().to_vec()
            }
            None => Vec::new(),
        },
    };
    let name = rows.first().and_then(Value::as_map).and_then(|row| row.get("display_name")).cloned();
    name.ok_or_else(|| {
        let (record, uid) = (record.py_repr(), env.uid());
        Error::missing(format!("Record does not exist or has been deleted.\n(Record: {model}({record},), User: {uid})"))
    })
}
