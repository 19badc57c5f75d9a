//! `web_save` and friends: write or create, then read by specification.

use super::spec_arg;
use crate::answer::Answer;
use crate::call::Invocation;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::value::{Id, Map, Value};

pub(super) fn web_save(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let Value::Map(values) = call.arg("vals") else { return Err(Error::assertion("values must be a dictionary")) };
    let mut ids = call.ids.clone();
    if ids.is_empty() {
        ids = env.create(&call.model, vec![values.clone()])?;
    } else {
        env.write(&call.model, &ids, values.clone())?;
    }
    if let Some(next) = call.arg("next_id").as_id() {
        ids = vec![next];
    }
    let size = crate::map! { "bin_size" => true };
    let spec = spec_arg(call, "specification")?;
    Ok(Answer::Value(Value::List(env.with_context(size, |env| env.web_read(&call.model, &ids, &spec))?)))
}

pub(super) fn web_save_multi(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let items = call.arg("vals_list").as_list().unwrap_or_default();
    let maps: Vec<Map> = items.iter().filter_map(|v| v.as_map().cloned()).collect();
    let ids: Vec<Id> = if call.ids.is_empty() {
        env.create(&call.model, maps)?
    } else {
        if maps.len() != call.ids.len() {
            return Err(Error::value("Each record to update should have a corresponding vals entry."));
        }
        for (id, values) in call.ids.iter().zip(maps) {
            env.write(&call.model, &[*id], values)?;
        }
        call.ids.clone()
    };
    let spec = spec_arg(call, "specification")?;
    let size = crate::map! { "bin_size" => true };
    Ok(Answer::Value(Value::List(env.with_context(size, |env| env.web_read(&call.model, &ids, &spec))?)))
}

pub(super) fn web_resequence(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let reg = env.registry();
    let name = call.arg("field_name").as_str().unwrap_or("sequence").to_owned();
    if reg.model(&call.model)?.fields.contains_key(&name) {
        let first = call.arg("offset").as_int().unwrap_or(0);
        for (n, id) in call.ids.iter().enumerate() {
            let at = first + i64::try_from(n).unwrap_or(0);
            env.write(&call.model, &[*id], Map::from_iter([(name.clone(), Value::Int(at))]))?;
        }
    } else {
        return Ok(Answer::Value(Value::List(Vec::new())));
    }
    let spec = spec_arg(call, "specification")?;
    Ok(Answer::Value(Value::List(env.web_read(&call.model, &call.ids, &spec)?)))
}
