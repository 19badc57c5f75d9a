//! What records with chatter do: post, log, follow.

use lastmile_orm::access::Operation;
use lastmile_orm::declare::{CreateHook, Next, Tx};
use lastmile_orm::registry::translated;
use lastmile_orm::sql::{Bind, Sql};
use lastmile_orm::value::Map;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Result, Value, map};

use super::store::{self, NewMessage};
use super::text;

const NOTHING: Answer = Answer::Value(Value::None);
const TRUE: Answer = Answer::Value(Value::Bool(true));

/// Declares the mixin.
pub fn declare(all: &mut Declarations) {
    all.thread
        .on_create(created)
        .record_method(
            "message_post",
            "body='', subject=None, message_type='notification', email_from=None, author_id=None, parent_id=False, subtype_xmlid=None, \
             subtype_id=False, partner_ids=None, attachments=None, attachment_ids=None, body_is_html=False, **kwargs",
            Tx::Write,
            message_post,
        )
        .record_method("message_subscribe", "partner_ids=None, subtype_ids=None", Tx::Write, message_subscribe)
        .record_method("message_unsubscribe", "partner_ids=None", Tx::Write, message_unsubscribe);
}

/// New records get their first log entry, and their creator as a follower.
fn created(env: &mut Env, values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let ids = next.call(env, values)?;
    let off = |env: &Env, key: &str| env.context().raw.get(key).is_some_and(Value::truthy);
    if ids.is_empty() || off(env, "tracking_disable") {
        return Ok(ids);
    }
    if !off(env, "mail_create_nolog") {
        let reg = env.registry();
        let model = reg.model(next.model())?;
        let body = text::span(&format!("{} created", translated(&model.label, "en_US")));
        let notes: Vec<NewMessage> = ids.iter().map(|id| NewMessage::log(env, &model.name, *id, body.clone())).collect();
        store::insert(env, &notes)?;
    }
    if !off(env, "mail_create_nosubscribe") && env.user().active {
        let partner = env.user().partner_id;
        store::follow(env, next.model(), &ids, &[partner])?;
    }
    env.invalidate();
    Ok(ids)
}

/// Ids of an argument that must be a list of them.
fn ids_arg(value: &Value, name: &str) -> Result<Vec<Id>> {
    match value {
        Value::None | Value::Bool(false) => Ok(Vec::new()),
        Value::List(items) if items.iter().all(|v| v.as_id().is_some()) => Ok(value.ids()),
        _ => Err(Error::value(format!("{name} must be a list of ids."))),
    }
}

/// Posting needs the right to write the record.
fn postable(env: &mut Env, call: &Invocation) -> Result<Id> {
    let record = call.one()?;
    env.require(&call.model, &[record])?;
    env.check_access(&call.model, Operation::Write)?;
    env.check_records(&call.model, &[record], Operation::Write)?;
    Ok(record)
}

fn message_post(env: &mut Env, call: &Invocation) -> Result<Answer> {
    if call.positional > 0 {
        return Err(Error::type_("message_post() takes 1 positional argument but more were given"));
    }
    let record = postable(env, call)?;
    if let Some(unknown) = call.arg("kwargs").as_map().and_then(|m| m.keys().next()) {
        return Err(Error::value(format!("message_post() got an unexpected keyword: {unknown}")));
    }
    let kind = call.arg("message_type").as_str().unwrap_or("notification").to_owned();
    let reg = env.registry();
    let known = reg.model("mail.message")?.field("message_type")?.selection.iter().any(|(value, _)| *value == kind);
    if !known || kind == "user_notification" {
        return Err(Error::value(format!("Messages of type '{kind}' cannot be posted.")));
    }
    let partners = ids_arg(call.arg("partner_ids"), "partner_ids")?;
    let attached = ids_arg(call.arg("attachment_ids"), "attachment_ids")?;
    env.require("res.partner", &partners)?;
    crate::base::attachments::demand(env, &attached, Operation::Read)?;
    let (subtype, own) = (call.arg("subtype_xmlid").as_str().unwrap_or("mail.mt_note").to_owned(), call.arg("subtype_id").as_id());
    let message = NewMessage {
        body: posted_body(call),
        subject: call.arg("subject").as_str().filter(|s| !s.is_empty()).map(str::to_owned),
        subtype,
        internal: false,
        author: call.arg("author_id").as_id().unwrap_or(env.user().partner_id),
        from: call.arg("email_from").as_str().filter(|s| !s.is_empty()).map(str::to_owned),
        parent: thread_root(env, &call.model, record, call.arg("parent_id").as_id())?,
        kind,
        ..NewMessage::log(env, &call.model, record, "")
    };
    let author = message.author;
    let follows = message.kind != "notification" && author == env.user().partner_id && !env.user().share;
    let Some(id) = store::insert(env, &[message])?.first().copied() else { return Err(Error::internal("nothing was posted")) };
    if let Some(subtype) = own {
        let sql = Sql::lit("UPDATE mail_message SET subtype_id = ").push_bind(Bind::Int(Some(subtype))).push(" WHERE id = ");
        env.execute(&sql.push_bind(Bind::Int(Some(id))))?;
    }
    let mut files = attached;
    files.extend(new_attachments(env, &call.model, record, call.arg("attachments"))?);
    let pairs: Vec<(Id, Id)> = files.iter().map(|file| (id, *file)).collect();
    env.insert_links("message_attachment_rel", "message_id", "attachment_id", &pairs)?;
    let pairs: Vec<(Id, Id)> = partners.iter().map(|partner| (id, *partner)).collect();
    env.insert_links("mail_message_res_partner_rel", "mail_message_id", "res_partner_id", &pairs)?;
    store::notify(env, id, &partners)?;
    if follows {
        store::follow(env, &call.model, &[record], &[author])?;
    }
    env.invalidate();
    Ok(Answer::from(vec![id]))
}

fn posted_body(call: &Invocation) -> String {
    match call.arg("body").as_str() {
        None | Some("") => String::new(),
        Some(html) if call.arg("body_is_html").truthy() => crate::base::sanitize::clean(html),
        Some(text) => text::span(text),
    }
}

/// A reply hangs on the first message of its discussion.
fn thread_root(env: &mut Env, model: &str, record: Id, parent: Option<Id>) -> Result<Option<Id>> {
    let Some(parent) = parent else { return Ok(None) };
    let sql = Sql::lit("SELECT COALESCE(parent_id, id) FROM mail_message WHERE id = ")
        .push_bind(Bind::Int(Some(parent)))
        .push(" AND model = ")
        .push_bind(Bind::text(model))
        .push(" AND res_id = ")
        .push_bind(Bind::Int(Some(record)));
    Ok(env.query(sql)?.first().and_then(|row| row.int(0)))
}

/// Files given as `[name, content]`.
fn new_attachments(env: &mut Env, model: &str, record: Id, given: &Value) -> Result<Vec<Id>> {
    let mut rows = Vec::new();
    for item in given.as_list().unwrap_or_default() {
        let Some([name, content, ..]) = item.as_list() else {
            return Err(Error::value("An attachment is a name and its content."));
        };
        rows.push(map! { "name" => name.clone(), "raw" => content.clone(), "res_model" => model, "res_id" => record });
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    env.sudo(|env| env.create("ir.attachment", rows))
}

fn message_subscribe(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let partners = follower_change(env, call)?;
    store::follow(env, &call.model, &call.ids, &partners)?;
    env.invalidate();
    Ok(TRUE)
}

fn message_unsubscribe(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let partners = follower_change(env, call)?;
    if partners.is_empty() {
        return Ok(TRUE);
    }
    store::unfollow(env, &call.model, &call.ids, &partners)?;
    env.invalidate();
    Ok(NOTHING)
}

/// One may follow what one may read; who else follows is decided by those who may write.
fn follower_change(env: &mut Env, call: &Invocation) -> Result<Vec<Id>> {
    let partners = ids_arg(call.arg("partner_ids"), "partner_ids")?;
    let needed = if partners == [env.user().partner_id] { Operation::Read } else { Operation::Write };
    env.check_access(&call.model, needed)?;
    env.check_records(&call.model, &call.ids, needed)?;
    Ok(partners)
}
