//! mail.message as rows: made, starred, read.

use std::collections::HashMap;

use lastmile_orm::access::Operation;
use lastmile_orm::declare::{CreateHook, Next, Tx, WriteHook};
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::value::Map;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Result, Value, map};

use super::{guard, text};

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model("mail.message")
        .default_fn("author_id", |env| Ok(Value::from(env.user().partner_id)))
        .default_fn("email_from", |env| {
            let partner = env.user().partner_id;
            env.sudo(|env| env.value("res.partner", "email_formatted", partner))
        })
        .on_create(created)
        .record_method("toggle_message_starred", "", Tx::Write, toggle_starred)
        .record_method("set_message_done", "", Tx::Write, done)
        .model_method("unstar_all", "", Tx::Write, unstar_all)
        .model_method("mark_all_as_read", "domain=None", Tx::Write, all_read)
        .on_write(moved);
    all.model("mail.notification")
        .on_create(|env, values, next| {
            let messages: Vec<Id> = values.iter().filter_map(|m| m.get("mail_message_id").and_then(Value::as_id)).collect();
            guard::demand(env, "mail.message", &messages, Operation::Read)?;
            next.call(env, values)
        })
        .on_write(|env, ids, values, next| {
            let moves = values.contains_key("mail_message_id") || values.contains_key("res_partner_id");
            if moves && !env.is_su() && !env.has_group("base.group_system") {
                return Err(Error::access("Only administrators change the message or the recipient of a notification."));
            }
            next.call(env, ids, values)
        });
}

/// Plain bodies become HTML; whoever writes on a record must be able to write it.
fn created(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let (author, now) = (env.user().partner_id, env.now());
    let mut on: HashMap<String, Vec<Id>> = HashMap::new();
    let outsider = env.user().share && !env.is_su();
    for map in &mut values {
        let files = map.get("attachment_ids").map(super::recipients::linked).unwrap_or_default();
        crate::base::attachments::demand(env, &files, Operation::Read)?;
        if outsider {
            // Customers write in their own name.
            map.insert("author_id".into(), Value::from(author));
            map.shift_remove("email_from");
        }
        let body = guard::text_of(map, "body");
        if !body.is_empty() && !body.contains('<') {
            map.insert("body".into(), Value::Str(text::span(&body)));
        }
        if !map.contains_key("author_id") {
            map.insert("author_id".into(), Value::from(author));
        }
        if !map.contains_key("date") {
            map.insert("date".into(), Value::from(now));
        }
        let model = guard::text_of(map, "model");
        if let Some(record) = map.get("res_id").and_then(Value::as_id).filter(|_| !model.is_empty()) {
            on.entry(model).or_default().push(record);
        }
    }
    for (model, records) in on {
        guard::demand_record(env, &model, &records)?;
    }
    head(env, &mut values)?;
    next.call(env, values)
}

/// What every mail has: its sender, where answers go, a name of its own.
fn head(env: &mut Env, values: &mut [Map]) -> Result<()> {
    let authors: Vec<Id> = values.iter().filter_map(|m| m.get("author_id").and_then(Value::as_id)).filter(|id| *id > 0).collect();
    let known = env.existing("res.partner", &authors)?;
    let addresses = env.sudo(|env| env.values("res.partner", "email_formatted", &known))?;
    let addresses: HashMap<Id, Value> = known.into_iter().zip(addresses).collect();
    let stamp = env.now().and_utc().timestamp_micros();
    for (n, map) in values.iter_mut().enumerate() {
        let given = |map: &Map, name: &str| map.get(name).is_some_and(Value::truthy);
        if !given(map, "email_from")
            && let Some(address) = map.get("author_id").and_then(Value::as_id).and_then(|id| addresses.get(&id)).filter(|a| a.truthy())
        {
            map.insert("email_from".into(), address.clone());
        }
        if !given(map, "reply_to")
            && let Some(from) = map.get("email_from").filter(|from| from.truthy()).cloned()
        {
            map.insert("reply_to".into(), from);
        }
        if !given(map, "message_id") {
            let random = u64::from_le_bytes(crate::base::passlib::random::<8>()?);
            let about = match (guard::text_of(map, "model"), map.get("res_id").and_then(Value::as_id)) {
                (model, Some(record)) if !model.is_empty() => format!("{record}-{model}"),
                _ => "private".into(),
            };
            map.insert("message_id".into(), Value::Str(format!("<{random}.{stamp}{n}-openerp-{about}@localhost>")));
        }
    }
    Ok(())
}

fn toggle_starred(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    guard::demand(env, &call.model, &[id], Operation::Read)?;
    let (me, id) = (Bind::Int(Some(env.user().partner_id)), Bind::Int(Some(id)));
    let sql = sql!(
        "DELETE FROM mail_message_res_partner_starred_rel WHERE mail_message_id = {id}
         AND res_partner_id = {me}",
        id = id.clone(),
        me = me.clone()
    );
    let starred = env.execute(&sql)? == 0;
    if starred {
        let sql = sql!(
            "INSERT INTO mail_message_res_partner_starred_rel (mail_message_id, res_partner_id)
             VALUES ({id}, {me})"
        );
        env.execute(&sql)?;
    }
    env.invalidate();
    Ok(Answer::Value(Value::Map(map! { "starred" => starred })))
}

fn mark_read(env: &mut Env, ids: Option<&[Id]>) -> Result<()> {
    let now = env.now();
    let mut sql = sql!(
        "UPDATE mail_notification SET is_read = TRUE, read_date = {now} WHERE NOT COALESCE(is_read, FALSE)
         AND res_partner_id = {partner_id}",
        partner_id = env.user().partner_id
    );
    if let Some(ids) = ids {
        sql = sql.push(" AND mail_message_id = ANY(").push_bind(Bind::ids(ids)).push(")");
    }
    env.execute(&sql)?;
    env.invalidate();
    Ok(())
}

fn done(env: &mut Env, call: &Invocation) -> Result<Answer> {
    mark_read(env, Some(&call.ids))?;
    Ok(Answer::Value(Value::None))
}

/// Only administrators move messages to other records.
fn moved(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let moves = values.contains_key("model") || values.contains_key("res_id");
    if moves && !env.is_su() && !env.has_group("base.group_system") {
        return Err(Error::access("Only administrators move messages to other records."));
    }
    let files = values.get("attachment_ids").map(super::recipients::linked).unwrap_or_default();
    crate::base::attachments::demand(env, &files, Operation::Read)?;
    next.call(env, ids, values)
}

fn unstar_all(env: &mut Env, _call: &Invocation) -> Result<Answer> {
    let sql =
        sql!("DELETE FROM mail_message_res_partner_starred_rel WHERE res_partner_id = {partner_id}", partner_id = env.user().partner_id);
    env.execute(&sql)?;
    env.invalidate();
    Ok(Answer::Value(Value::None))
}

/// All of the inbox, or what a domain finds.
fn all_read(env: &mut Env, call: &Invocation) -> Result<Answer> {
    if !call.arg("domain").truthy() {
        mark_read(env, None)?;
        return Ok(Answer::Value(Value::None));
    }
    let domain = lastmile_orm::args::domain_arg(call.arg("domain"))?;
    let found = env.search_all(&call.model, &domain)?;
    mark_read(env, Some(&found))?;
    Ok(Answer::from(found))
}
