//! The methods every model has.

use crate::access::Operation;
use crate::answer::Answer;
use crate::args::{domain_arg, fields_arg, number_arg, page_arg};
use crate::call::{Invocation, parse_ids};
use crate::declare::{Declarations, Tx};
use crate::domain::Domain;
use crate::env::Env;
use crate::error::{Builtin, Error, Result};
use crate::value::{Id, Map, Value};

/// Declares them.
pub fn declare(all: &mut Declarations) {
    let any = &mut all.any;
    any.model_method("search", "domain, offset=0, limit=None, order=None", Tx::Read, search)
        .model_method("search_count", "domain, limit=None", Tx::Read, search_count)
        .model_method(
            "search_read",
            "domain=None, fields=None, offset=0, limit=None, order=None, load='_classic_read', **read_kwargs",
            Tx::Read,
            search_read,
        )
        .record_method("read", "fields=None, load='_classic_read'", Tx::Read, read)
        .model_method("create", "vals_list", Tx::Write, create)
        .record_method("write", "vals", Tx::Write, write)
        .record_method("unlink", "", Tx::Write, unlink)
        .record_method("copy", "default=None", Tx::Write, copy)
        .record_method("copy_data", "default=None", Tx::Read, copy_data)
        .model_method("default_get", "fields", Tx::Read, default_get)
        .model_method("name_search", "name='', domain=None, operator='ilike', limit=100", Tx::Read, name_search)
        .model_method("name_create", "name", Tx::Write, name_create)
        .record_method("action_archive", "", Tx::Write, archive)
        .record_method("action_unarchive", "", Tx::Write, unarchive)
        .record_method("toggle_active", "", Tx::Write, toggle_active)
        .record_method("get_metadata", "", Tx::Read, get_metadata)
        .record_method("get_external_id", "", Tx::Read, get_external_id)
        .record_method("has_access", "operation", Tx::Read, has_access)
        .model_method("check_access_rights", "operation, raise_exception=True", Tx::Read, check_access_rights)
        .model_method("fields_get", "allfields=None, attributes=None", Tx::Read, crate::describe::fields_get)
        .unchecked(&["read"], "the statement that reads tells which rows are hidden")
        .unchecked(&["write", "unlink"], "they check the right to write or delete, whose error is the one to be told")
        .unchecked(&["copy", "copy_data"], "they read through the caller's rights before they copy")
        .unchecked(&["has_access"], "it answers whether there is a right");
    crate::translations::declare(all);
    crate::web::declare(all);
    crate::group::declare(all);
    crate::port::declare(all);
}

fn search(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let ids = env.search(&call.model, &Domain::parse(call.arg("domain"))?, &page_arg(call)?)?;
    Ok(Answer::from(ids))
}

fn search_count(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let limit = number_arg(call.arg("limit"))?.filter(|n| *n != 0);
    Ok(Answer::from(env.search_count(&call.model, &Domain::parse(call.arg("domain"))?, limit)?))
}

fn search_read(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let fields = fields_arg(call.arg("fields"))?;
    let load = call.arg("read_kwargs").as_map().and_then(|m| m.get("load")).unwrap_or(call.arg("load"));
    env.search_read(&call.model, &domain_arg(call.arg("domain"))?, fields.as_deref(), &page_arg(call)?, classic(load))
}

/// Only the classic load gives names with many2one values.
fn classic(load: &Value) -> bool {
    load.as_str() == Some("_classic_read")
}

/// `read` as clients call it.
///
/// # Errors
/// AccessError for records or fields that the caller may not see.
pub fn read(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let fields = fields_arg(call.arg("fields"))?;
    env.read(&call.model, &call.ids, fields.as_deref(), classic(call.arg("load")))
}

fn create(env: &mut Env, call: &Invocation) -> Result<Answer> {
    if call.positional == 0 && call.has("vals_list") && !call.by_name {
        return Err(Error::Builtin(Builtin::IndexError, "tuple index out of range".into()));
    }
    match call.arg("vals_list") {
        Value::Map(map) => {
            let id = env.create_one(&call.model, map.clone())?;
            // By-name callers always get a list.
            if call.by_name { Ok(Answer::from(vec![id])) } else { Ok(Answer::from(id)) }
        }
        Value::List(items) => {
            let maps = items.iter().map(|item| item.as_map().cloned().ok_or_else(not_a_map)).collect::<Result<Vec<Map>>>()?;
            Ok(Answer::from(env.create(&call.model, maps)?))
        }
        _ => Err(not_a_map()),
    }
}

fn not_a_map() -> Error {
    Error::assertion("values must be a dictionary")
}

fn write(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let Value::Map(values) = call.arg("vals") else {
        return Err(Error::attribute(format!("'{}' object has no attribute 'items'", call.arg("vals").type_name())));
    };
    env.write(&call.model, &call.ids, values.clone())?;
    Ok(Answer::from(true))
}

fn unlink(env: &mut Env, call: &Invocation) -> Result<Answer> {
    env.unlink(&call.model, &call.ids)?;
    Ok(Answer::from(true))
}

fn copy(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let changes = call.arg("default").as_map().cloned().unwrap_or_default();
    Ok(Answer::from(env.copy(&call.model, &call.ids, &changes)?))
}

fn copy_data(env: &mut Env, call: &Invocation) -> Result<Answer> {
    env.check_access(&call.model, Operation::Read)?;
    env.check_records(&call.model, &call.ids, Operation::Read)?;
    let changes = call.arg("default").as_map().cloned().unwrap_or_default();
    let maps = env.copy_data(&call.model, &call.ids, &changes, 0)?;
    Ok(Answer::Value(Value::List(maps.into_iter().map(Value::Map).collect())))
}

fn default_get(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let names = fields_arg(call.arg("fields"))?.unwrap_or_default();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(Answer::Value(Value::Map(env.default_get(&call.model, &names)?)))
}

fn pairs(items: Vec<(Id, String)>) -> Answer {
    Answer::Value(Value::List(items.into_iter().map(|(id, name)| Value::List(vec![Value::from(id), Value::Str(name)])).collect()))
}

fn name_search(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let operator = call.arg("operator").as_str().unwrap_or("ilike").to_owned();
    let limit = number_arg(call.arg("limit"))?.filter(|n| *n != 0);
    env.name_search(&call.model, call.arg("name"), &domain_arg(call.arg("domain"))?, &operator, limit).map(pairs)
}

fn name_create(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let reg = env.registry();
    let Some(field) = reg.model(&call.model)?.rec_name.clone() else { return Ok(Answer::from(false)) };
    let id = env.create_one(&call.model, Map::from_iter([(field, call.arg("name").clone())]))?;
    let name = env.names(&call.model, &[id])?.pop().unwrap_or_default();
    let name = if name.is_empty() { Value::Bool(false) } else { Value::Str(name) };
    Ok(Answer::Value(Value::List(vec![Value::from(id), name])))
}

fn set_active(env: &mut Env, call: &Invocation, ids: &[Id], active: bool) -> Result<()> {
    let reg = env.registry();
    let field =
        reg.model(&call.model)?.active_field.clone().ok_or_else(|| Error::assertion(format!("'{}' has no field 'active'", call.model)))?;
    env.write(&call.model, ids, Map::from_iter([(field, Value::Bool(active))]))
}

fn archive(env: &mut Env, call: &Invocation) -> Result<Answer> {
    set_active(env, call, &call.ids, false).map(|()| Answer::Value(Value::None))
}

fn unarchive(env: &mut Env, call: &Invocation) -> Result<Answer> {
    set_active(env, call, &call.ids, true).map(|()| Answer::Value(Value::None))
}

fn toggle_active(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let reg = env.registry();
    let field =
        reg.model(&call.model)?.active_field.clone().ok_or_else(|| Error::assertion(format!("'{}' has no field 'active'", call.model)))?;
    let values = env.values(&call.model, &field, &call.ids)?;
    let (on, off): (Vec<_>, Vec<_>) = call.ids.iter().copied().zip(values).partition(|(_, v)| v.truthy());
    let ids = |list: Vec<(Id, Value)>| list.into_iter().map(|(id, _)| id).collect::<Vec<Id>>();
    set_active(env, call, &ids(on), false)?;
    set_active(env, call, &ids(off), true)?;
    Ok(Answer::Value(Value::None))
}

fn get_metadata(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let logs: Vec<String> = ["create_uid", "create_date", "write_uid", "write_date"].map(str::to_owned).to_vec();
    let rows = env.read(&call.model, &call.ids, Some(&logs), true)?.into_value()?;
    let xmlids = external_ids(env, &call.model, &call.ids)?;
    let mut out = Vec::new();
    for row in rows.as_list().unwrap_or_default() {
        let mut map = row.as_map().cloned().unwrap_or_default();
        let id = map.get("id").and_then(Value::as_id).unwrap_or(0);
        let own: Vec<&(Id, String, bool)> = xmlids.iter().filter(|(of, _, _)| *of == id).collect();
        let list =
            own.iter().map(|(_, xmlid, noupdate)| Value::Map(crate::map! { "xmlid" => xmlid.clone(), "noupdate" => *noupdate })).collect();
        map.insert("xmlids".into(), Value::List(list));
        map.insert("xmlid".into(), own.last().map_or(Value::Bool(false), |(_, x, _)| Value::Str(x.clone())));
        map.insert("noupdate".into(), Value::Bool(own.last().is_some_and(|(_, _, n)| *n)));
        out.push(Value::Map(map));
    }
    Ok(Answer::Value(Value::List(out)))
}

/// External ids of records: id, `module.name`, whether updates leave it alone.
fn external_ids(env: &mut Env, model: &str, ids: &[Id]) -> Result<Vec<(Id, String, bool)>> {
    use crate::sql::{Bind, Sql};
    let sql = Sql::lit("SELECT res_id, module || '.' || name, COALESCE(noupdate, FALSE) FROM ir_model_data WHERE model = ")
        .push_bind(Bind::text(model))
        .push(" AND res_id = ANY(")
        .push_bind(Bind::ids(ids))
        .push(") ORDER BY id DESC");
    Ok(env.query(sql)?.iter().filter_map(|r| Some((r.int(0)?, r.text(1)?, r.bool(2)?))).collect())
}

fn get_external_id(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let known = external_ids(env, &call.model, &call.ids)?;
    let map: Map = call
        .ids
        .iter()
        .map(|id| {
            let own = known.iter().rev().find(|(of, _, _)| of == id);
            (id.to_string(), Value::Str(own.map(|(_, x, _)| x.clone()).unwrap_or_default()))
        })
        .collect();
    Ok(Answer::Value(Value::Map(map)))
}

fn has_access(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let operation = Operation::parse(call.arg("operation").as_str().unwrap_or_default())?;
    if !env.may(&call.model, operation)? {
        return Ok(Answer::from(false));
    }
    match env.check_records(&call.model, &parse_ids(&call.raw_ids)?, operation) {
        Ok(()) => Ok(Answer::from(true)),
        Err(Error::Access(_)) => Ok(Answer::from(false)),
        Err(other) => Err(other),
    }
}

fn check_access_rights(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let operation = Operation::parse(call.arg("operation").as_str().unwrap_or_default()).map_err(|e| Error::assertion(e.to_string()))?;
    if call.arg("raise_exception").truthy() {
        env.check_access(&call.model, operation)?;
        return Ok(Answer::Value(Value::None));
    }
    Ok(Answer::from(env.may(&call.model, operation)?))
}
