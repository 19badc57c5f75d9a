//! ir.attachment: files, alone or of a record whose rights they follow.

use std::collections::HashMap;

use lastmile_orm::access::Operation;
use lastmile_orm::args::{domain_arg, fields_arg, page_arg};
use lastmile_orm::attachments::{Files, mimetype};
use lastmile_orm::call::Invocation;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Guard, Next, Tx, UnlinkHook, WriteHook};
use lastmile_orm::error::Builtin;
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Domain, Env, Error, Id, Map, Result, Value, convert};

const MODEL: &str = "ir.attachment";
/// How much of a text file can be searched.
const INDEXED: usize = 100_000;

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    let attachments = all.model(MODEL);
    attachments.field("db_datas").raw_bytes = true;
    attachments
        .compute_sudo(&["datas", "raw"], &["store_fname", "db_datas"], contents)
        .on_create(create)
        .on_write(write)
        .on_unlink(unlink)
        .on_copy(copy)
        .record_method("read", "fields=None, load='_classic_read'", Tx::Read, read)
        .guarded(Guard { allowed, narrow })
        .model_method(
            "search_read",
            "domain=None, fields=None, offset=0, limit=None, order=None, load='_classic_read', **read_kwargs",
            Tx::Read,
            search_read,
        );
}

fn contents(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!("SELECT id, db_datas, store_fname::text FROM ir_attachment WHERE id = ANY({ids})");
    let files = env.port::<Files>();
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        let bytes = match (row.text(2), &files) {
            (Some(name), Some(files)) => files.0.get(&name)?,
            _ => row.bytes(1),
        };
        let value = bytes.map_or(Value::None, Value::Bytes);
        out.set("raw", id, value.clone());
        out.set("datas", id, value);
    }
    Ok(())
}

/// The type by the name's ending, else by the first bytes.
fn type_of(name: &str, bytes: &[u8]) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "txt" | "log" => "text/plain",
        "htm" | "html" => "text/html",
        "css" => "text/css",
        "csv" => "text/csv",
        "js" => "text/javascript",
        "json" => "application/json",
        "pdf" => "application/pdf",
        "xml" => "text/xml",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "zip" => "application/zip",
        "doc" => "application/msword",
        "xls" => "application/vnd.ms-excel",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => mimetype(bytes),
    }
}

/// Replaces `datas` or `raw` by what is stored, and settles the type.
fn store(env: &mut Env, values: &mut Map, is_new: bool) -> Result<()> {
    let (datas, raw) = (values.shift_remove("datas"), values.shift_remove("raw"));
    for name in ["checksum", "file_size", "store_fname", "db_datas", "index_content"] {
        if !env.is_su() {
            values.shift_remove(name);
        }
    }
    let bytes = match (raw, datas) {
        (Some(Value::Str(text)), _) => Some(text.into_bytes()),
        (Some(Value::Bytes(bytes)), _) => Some(bytes),
        (None, Some(datas)) => {
            let reg = env.registry();
            let model = reg.model(MODEL)?;
            Some(if let Value::Bytes(b) = convert::to_field(model, model.field("datas")?, &datas)? { b } else { Vec::new() })
        }
        (Some(_), _) => Some(Vec::new()),
        (None, None) => None,
    };
    let name = values.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let given = values.get("mimetype").and_then(Value::as_str).filter(|m| !m.is_empty()).map(str::to_owned);
    if let Some(kind) =
        given.or_else(|| bytes.as_ref().map(|b| type_of(&name, b).to_owned())).or_else(|| is_new.then(|| "application/octet-stream".into()))
    {
        // What a browser would run is shown as text, unless its author may write pages anyway.
        let runs = kind.contains("ht") || (kind.contains("xml") && !kind.contains("openxmlformats"));
        let safe = !runs || env.may("ir.ui.view", Operation::Write)?;
        values.insert("mimetype".into(), Value::Str(if safe { kind } else { "text/plain".into() }));
    }
    let Some(bytes) = bytes else { return Ok(()) };
    let stored = env.port::<Files>().map(|files| files.0.put(&bytes)).transpose()?;
    let text = values.get("mimetype").and_then(Value::as_str).is_some_and(|m| m.starts_with("text/"));
    let index = text.then(|| String::from_utf8_lossy(&bytes).replace('\0', "").chars().take(INDEXED).collect::<String>());
    values.insert("file_size".into(), Value::Int(i64::try_from(bytes.len()).unwrap_or(0)));
    values.insert("index_content".into(), Value::from(index));
    match stored {
        Some((name, checksum)) => {
            values.insert("store_fname".into(), Value::Str(name));
            values.insert("checksum".into(), Value::Str(checksum));
            values.insert("db_datas".into(), Value::None);
        }
        None => {
            values.insert("store_fname".into(), Value::None);
            values.insert("db_datas".into(), Value::Bytes(bytes));
        }
    }
    Ok(())
}

fn create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    for map in &mut values {
        store(env, map, true)?;
    }
    let ids = next.call(env, values)?;
    demand(env, &ids, Operation::Create)?;
    Ok(ids)
}

fn write(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    demand(env, ids, Operation::Write)?;
    if !values.contains_key("name")
        && (values.contains_key("datas") || values.contains_key("raw"))
        && let [id] = ids
    {
        values.insert("name".into(), env.value(MODEL, "name", *id)?);
    }
    store(env, &mut values, false)?;
    next.call(env, ids, values)?;
    demand(env, ids, Operation::Write)
}

/// A copy has the same contents.
fn copy(env: &mut Env, ids: &[Id], maps: &mut [Map]) -> Result<()> {
    for (map, bytes) in maps.iter_mut().zip(env.values(MODEL, "datas", ids)?) {
        if bytes.truthy() {
            map.insert("datas".into(), bytes);
        }
    }
    Ok(())
}

fn unlink(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    demand(env, ids, Operation::Unlink)?;
    next.call(env, ids)
}

/// Attachments that the caller may use so. Those of a record follow its rights; those of nothing are their author's.
fn allowed(env: &mut Env, ids: &[Id], operation: Operation) -> Result<Vec<Id>> {
    if env.is_su() || ids.is_empty() {
        return Ok(ids.to_vec());
    }
    let sql = sql!(
        "SELECT id, COALESCE(public, FALSE), create_uid, res_model::text, res_id FROM ir_attachment
         WHERE id = ANY({ids})"
    );
    let (mut ok, system) = (Vec::new(), env.has_group("base.group_system"));
    let mut of: HashMap<String, Vec<(Id, Id)>> = HashMap::new();
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        let public = operation == Operation::Read && row.bool(1) == Some(true);
        match (row.text(3).filter(|m| !m.is_empty()), row.int(4).filter(|r| *r != 0)) {
            _ if public => ok.push(id),
            (Some(model), Some(record)) => of.entry(model).or_default().push((id, record)),
            _ if system || row.int(2) == Some(env.uid()) => ok.push(id),
            _ => {}
        }
    }
    let needed = if operation == Operation::Read { Operation::Read } else { Operation::Write };
    for (model, pairs) in of {
        if !env.registry().models.contains_key(&model) || !env.may(&model, needed)? || !env.may(&model, Operation::Read)? {
            continue;
        }
        let records: Vec<Id> = pairs.iter().map(|(_, r)| *r).collect();
        let seen =
            env.with_context(lastmile_orm::map! { "active_test" => false }, |env| env.search_all(&model, &Domain::in_ids("id", &records)))?;
        ok.extend(pairs.iter().filter(|(_, r)| seen.contains(r)).map(|(id, _)| *id));
    }
    Ok(ids.iter().copied().filter(|id| ok.contains(id)).collect())
}

pub(crate) fn demand(env: &mut Env, ids: &[Id], operation: Operation) -> Result<()> {
    let existing = env.existing(MODEL, ids)?;
    if allowed(env, &existing, operation)?.len() == existing.len() {
        return Ok(());
    }
    Err(Error::access("You may not use attachments of records that you may not use."))
}

fn read(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let fields = fields_arg(call.arg("fields"))?;
    let answer = env.read(MODEL, &call.ids, fields.as_deref(), call.arg("load").as_str() == Some("_classic_read"))?;
    with_text(answer, fields.as_deref())
}

/// `raw` goes out as the text it is; bytes that are no text are refused when they are asked for by name.
fn with_text(answer: Answer, fields: Option<&[String]>) -> Result<Answer> {
    if !fields.is_some_and(|names| names.iter().any(|n| n == "raw")) {
        return Ok(answer);
    }
    let Value::List(mut rows) = answer.into_value()? else { return Ok(Answer::from(Vec::<Id>::new())) };
    for row in &mut rows {
        if let Value::Map(map) = row
            && let Some(Value::Bytes(bytes)) = map.get("raw")
        {
            let text = String::from_utf8(bytes.clone()).map_err(|e| Error::Builtin(Builtin::UnicodeError, e.to_string()))?;
            map.insert("raw".into(), if text.is_empty() { Value::Bool(false) } else { Value::Str(text) });
        }
    }
    Ok(Answer::Value(Value::List(rows)))
}

/// Those that fields of records keep are hidden unless asked for.
fn narrow(domain: Domain) -> Domain {
    if domain.mentions("id") || domain.mentions("res_field") { domain } else { domain.and(Domain::unset("res_field")) }
}

fn search_read(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let (domain, page) = (domain_arg(call.arg("domain"))?, page_arg(call)?);
    let fields = fields_arg(call.arg("fields"))?;
    let load = call.arg("read_kwargs").as_map().and_then(|m| m.get("load")).unwrap_or(call.arg("load"));
    let answer = env.search_read(MODEL, &domain, fields.as_deref(), &page, load.as_str() == Some("_classic_read"))?;
    with_text(answer, fields.as_deref())
}
