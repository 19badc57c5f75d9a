//! Actions as buttons answer them: what a method returned, made ready for a web client.

use lastmile_orm::error::{Error, Result};
use lastmile_orm::map;
use lastmile_orm::value::{Map, Value};

/// Columns of actions that are none of a client's business.
const HIDDEN: [&str; 6] = ["create_uid", "create_date", "write_uid", "write_date", "usage", "view_ids"];

/// What a button answers: an action, or `false` for anything else a method may return.
pub fn of_button(answer: Value) -> Result<Value> {
    match answer {
        Value::Map(action) if action.get("type").and_then(Value::as_str) != Some("") => clean(action).map(Value::Map),
        _ => Ok(Value::Bool(false)),
    }
}

/// Fills in the type and the views, and leaves out what clients may not read.
fn clean(mut action: Map) -> Result<Map> {
    if !action.contains_key("type") {
        action.insert("type".into(), "ir.actions.act_window_close".into());
    }
    let window = action.get("type").and_then(Value::as_str) == Some("ir.actions.act_window");
    if window && !action.get("views").is_some_and(Value::truthy) {
        let views = views(&action)?;
        action.insert("views".into(), views);
    }
    action.retain(|key, _| !HIDDEN.contains(&key.as_str()));
    Ok(action)
}

/// `[[view or false, mode], ...]` of `view_mode` and `view_id`.
fn views(action: &Map) -> Result<Value> {
    let modes = action.get("view_mode").and_then(Value::as_str).unwrap_or("list,form");
    let view = match action.get("view_id") {
        Some(Value::List(pair)) => pair.first().cloned().unwrap_or_default(),
        Some(other) => other.clone(),
        None => Value::None,
    };
    let modes: Vec<&str> = modes.split(',').map(str::trim).collect();
    match (modes.as_slice(), view.truthy()) {
        ([mode], true) => Ok(Value::List(vec![Value::List(vec![view, (*mode).into()])])),
        (_, true) => {
            let text = Value::Map(map! { "view_mode" => modes.join(","), "view_id" => view }).py_repr();
            Err(Error::value(format!("an action with one view and several modes: {text}")))
        }
        (modes, false) => Ok(Value::List(modes.iter().map(|mode| Value::List(vec![Value::Bool(false), (*mode).into()])).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_action_is_false() {
        for value in [Value::None, Value::Int(0), Value::List(vec![]), Value::Map(map! { "type" => "" })] {
            assert_eq!(of_button(value), Ok(Value::Bool(false)));
        }
    }

    #[test]
    fn windows_get_their_views() {
        let action = map! { "type" => "ir.actions.act_window", "res_model" => "m", "view_mode" => "form", "usage" => "x" };
        let views: Value = vec![Value::List(vec![false.into(), "form".into()])].into();
        let expected = map! { "type" => "ir.actions.act_window", "res_model" => "m", "view_mode" => "form", "views" => views };
        assert_eq!(of_button(action.into()), Ok(expected.into()));
        let two = map! { "type" => "ir.actions.act_window", "view_mode" => "list,form", "view_id" => 7_i64 };
        assert!(of_button(two.into()).is_err());
    }

    #[test]
    fn an_empty_dict_closes_the_window() {
        assert_eq!(of_button(Map::new().into()), Ok(map! { "type" => "ir.actions.act_window_close" }.into()));
    }
}
