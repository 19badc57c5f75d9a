//! Posting on records, and telling somebody something.

use std::collections::HashMap;

use lastmile_orm::access::Operation;
use lastmile_orm::convert::to_datetime;
use lastmile_orm::declare::Tx;
use lastmile_orm::sql::sql;
use lastmile_orm::value::Map;
use lastmile_orm::{Answer, Declarations, Domain, Env, Error, Id, Invocation, Result, Value, map};

use super::notify::{self, Manner};
use super::store::{self, NewMessage, Subtype};
use super::text;

/// Further keywords that are columns of the message.
const COLUMNS: &[&str] = &[
    "author_guest_id",
    "create_date",
    "date",
    "email_add_signature",
    "email_layout_xmlid",
    "is_internal",
    "mail_activity_type_id",
    "mail_server_id",
    "message_id",
    "record_alias_domain_id",
    "record_company_id",
    "reply_to",
    "reply_to_force_new",
    "tracking_value_ids",
];
/// Keywords about how recipients are told.
const MANNERS: &[&str] = &[
    "force_email_company",
    "force_email_lang",
    "force_record_name",
    "force_send",
    "mail_auto_delete",
    "model_description",
    "notify_author",
    "notify_author_mention",
    "notify_skip_followers",
    "resend_existing",
    "scheduled_date",
    "send_after_commit",
    "skip_existing",
    "subtitles",
];

/// Declares the methods of records with chatter.
pub fn declare(all: &mut Declarations) {
    all.thread
        .record_method(
            "message_post",
            "body='', subject=None, message_type='notification', email_from=None, author_id=None, parent_id=False, subtype_xmlid=None, \
             subtype_id=False, partner_ids=None, outgoing_email_to=False, incoming_email_to=False, incoming_email_cc=False, \
             attachments=None, attachment_ids=None, body_is_html=False, **kwargs",
            Tx::Write,
            message_post,
        )
        .record_method(
            "message_notify",
            "body='', subject=False, author_id=None, email_from=None, model=False, res_id=False, subtype_xmlid=None, subtype_id=False, \
             partner_ids=False, attachments=None, attachment_ids=None, **kwargs",
            Tx::Write,
            message_notify,
        )
        .record_method(
            "message_post_with_source",
            "source_ref, render_values=None, message_type='notification', subtype_xmlid=False, subtype_id=False, **kwargs",
            Tx::Write,
            post_with_source,
        )
        .record_method(
            "message_mail_with_source",
            "source_ref, render_values=None, message_type='notification', **kwargs",
            Tx::Write,
            mail_with_source,
        )
        .model_method("notify_cancel_by_type", "notification_type", Tx::Write, cancel_by_type);
}

/// Ids of an argument that must be a list of them.
pub fn ids_arg(value: &Value, name: &str) -> Result<Vec<Id>> {
    match value {
        Value::None | Value::Bool(false) => Ok(Vec::new()),
        Value::List(items) if items.iter().all(|v| matches!(v, Value::Int(_)) && v.as_id().is_some()) => Ok(value.ids()),
        _ => Err(Error::value(format!("{name} must be a list of ids."))),
    }
}

/// Posting needs the right to write the record.
fn postable(env: &mut Env, model: &str, record: Id) -> Result<()> {
    env.require(model, &[record])?;
    env.check_access(model, Operation::Write)?;
    env.check_records(model, &[record], Operation::Write)
}

fn keywords<'c>(env: &Env, call: &'c Invocation, forbidden: &[&str]) -> Result<Option<&'c Map>> {
    let given = call.arg("kwargs").as_map();
    if given.is_some_and(|m| m.contains_key("tracking_value_ids")) && !env.is_su() && !env.has_group("base.group_system") {
        return Err(Error::access("Only administrators post changes of fields."));
    }
    let known =
        |name: &String| (COLUMNS.contains(&name.as_str()) || MANNERS.contains(&name.as_str())) && !forbidden.contains(&name.as_str());
    match given.and_then(|m| m.keys().find(|name| !known(name))) {
        Some(unknown) => Err(Error::value(format!("{unknown} cannot be given with a message."))),
        None => Ok(given),
    }
}

/// A message with what hangs on it.
pub struct Post {
    pub message: NewMessage,
    pub partners: Vec<Id>,
    pub files: Vec<Id>,
    pub new_files: Value,
    pub columns: Map,
    pub manner: Manner,
}

impl Post {
    /// A plain post.
    pub fn new(message: NewMessage) -> Self {
        Post { message, partners: Vec::new(), files: Vec::new(), new_files: Value::None, columns: Map::new(), manner: Manner::default() }
    }

    fn take_keywords(&mut self, given: Option<&Map>) -> Result<()> {
        let flag = |name: &str| given.and_then(|m| m.get(name)).is_some_and(Value::truthy);
        self.manner.author = flag("notify_author") || flag("notify_author_mention");
        self.manner.followers = self.manner.followers && !flag("notify_skip_followers");
        self.manner.auto_delete = given.and_then(|m| m.get("mail_auto_delete")).is_none_or(Value::truthy);
        self.manner.not_before = given.and_then(|m| m.get("scheduled_date")).map(to_datetime).transpose()?.flatten();
        let columns = given.into_iter().flatten().filter(|(name, _)| COLUMNS.contains(&name.as_str()));
        self.columns.extend(columns.map(|(name, value)| (name.clone(), value.clone())));
        Ok(())
    }

    /// Keeps it and tells its recipients.
    pub fn send(self, env: &mut Env) -> Result<Id> {
        env.require("res.partner", &self.partners)?;
        crate::base::attachments::demand(env, &self.files, Operation::Read)?;
        let (model, record) = (self.message.model.clone(), self.message.record);
        let Some(id) = store::insert(env, &[self.message])?.first().copied() else { return Err(Error::internal("nothing was posted")) };
        if !self.columns.is_empty() {
            env.sudo(|env| env.write("mail.message", &[id], self.columns))?;
        }
        let mut files = self.files;
        files.extend(new_attachments(env, &model, record, &self.new_files)?);
        let pairs: Vec<(Id, Id)> = files.iter().map(|file| (id, *file)).collect();
        env.insert_links("message_attachment_rel", "message_id", "attachment_id", &pairs)?;
        let named: Vec<(Id, Id)> = self.partners.iter().map(|partner| (id, *partner)).collect();
        env.insert_links("mail_message_res_partner_rel", "mail_message_id", "res_partner_id", &named)?;
        notify::tell(env, &[id], &named, &self.manner)?;
        env.invalidate();
        Ok(id)
    }
}

fn body_of(call: &Invocation) -> String {
    match call.arg("body") {
        Value::Str(html) if !html.is_empty() && call.arg("body_is_html").truthy() => crate::base::sanitize::clean(html),
        empty if !empty.truthy() => String::new(),
        other => text::span(&other.py_str()),
    }
}

/// What `message_post` and `message_notify` share: the message from the arguments.
fn message_of(env: &mut Env, call: &Invocation, model: &str, record: Id) -> Result<NewMessage> {
    let filled = |name: &str| Some(call.arg(name)).filter(|v| v.truthy()).map(Value::py_str);
    // Customers write in their own name.
    let outsider = env.user().share && !env.is_su();
    let (author, from) =
        if outsider { author(env, &Value::None, None)? } else { author(env, call.arg("author_id"), filled("email_from"))? };
    let xmlid = call.arg("subtype_xmlid").as_str().filter(|name| !name.is_empty());
    let subtype = match (xmlid, call.arg("subtype_id").as_id().filter(|id| *id != 0)) {
        (None, Some(id)) => Subtype::Id(id),
        (name, _) => Subtype::Named(name.unwrap_or("mail.mt_note").to_owned()),
    };
    let company = company_of(env, model, record)?;
    let message = NewMessage {
        subject: filled("subject"),
        subtype: Some(subtype),
        author,
        from,
        company,
        ..NewMessage::on(env, model, record, body_of(call))
    };
    Ok(message)
}

/// Author and address: a given address finds its author, an author has an address, and without either it is the acting user.
fn author(env: &mut Env, author: &Value, from: Option<String>) -> Result<(Option<Id>, Option<String>)> {
    match (author, from) {
        (Value::None, None) => Ok((Some(env.user().partner_id), None)),
        (Value::None, Some(from)) => {
            let address = super::address::plain(&from);
            let known = Domain::cond("email_normalized", lastmile_orm::domain::Op::Eq, address);
            let found = env.sudo(|env| env.search_all("res.partner", &known))?;
            Ok((found.first().copied(), Some(from)))
        }
        (given, from) => Ok((given.as_id().filter(|id| *id != 0), from)),
    }
}

/// The company of a record; the current one when it has none.
fn company_of(env: &mut Env, model: &str, record: Id) -> Result<Option<Id>> {
    Ok(companies_of(env, model, &[record])?.into_iter().next().flatten())
}

/// The company of each record, in their order; the current one of those that have none.
pub fn companies_of(env: &mut Env, model: &str, records: &[Id]) -> Result<Vec<Option<Id>>> {
    let current = Some(env.company_id());
    if records.contains(&0) || !env.registry().models.get(model).is_some_and(|m| m.fields.contains_key("company_id")) {
        return Ok(vec![current; records.len()]);
    }
    let own = env.sudo(|env| env.values(model, "company_id", records))?;
    Ok(own.iter().map(|own| own.as_id().or(current)).collect())
}

fn message_post(env: &mut Env, call: &Invocation) -> Result<Answer> {
    if call.positional > 0 {
        return Err(Error::type_("message_post() takes 1 positional argument but more were given"));
    }
    let record = call.one()?;
    let given = keywords(env, call, &[])?;
    if call.model == "mail.thread" {
        return Err(Error::value("A message is posted on a record; message_notify tells somebody something without one."));
    }
    let kind = call.arg("message_type").as_str().unwrap_or_default().to_owned();
    let reg = env.registry();
    let known = reg.model("mail.message")?.field("message_type")?.selection.iter().any(|(value, _)| *value == kind);
    if !known || kind == "user_notification" {
        return Err(Error::value(format!("Messages of type '{kind}' cannot be posted.")));
    }
    check_files(call.arg("attachments"))?;
    let partners = ids_arg(call.arg("partner_ids"), "partner_ids")?;
    let files = ids_arg(call.arg("attachment_ids"), "attachment_ids")?;
    postable(env, &call.model, record)?;
    let parent = thread_root(env, &call.model, record, call.arg("parent_id").as_id().filter(|id| *id != 0))?;
    let message = NewMessage { kind, parent, ..message_of(env, call, &call.model, record)? };
    let follows = !matches!(message.kind.as_str(), "notification" | "auto_comment") && env.user().active;
    let autofollow = env.context_get("mail_post_autofollow").is_some_and(Value::truthy);
    let skip = env.context_get("mail_post_autofollow_author_skip").is_some_and(Value::truthy);
    let mut following = if autofollow { partners.clone() } else { Vec::new() };
    if follows && !skip {
        following.push(env.user().partner_id);
    }
    let mut post = Post { partners, files, new_files: call.arg("attachments").clone(), ..Post::new(message) };
    post.take_keywords(given)?;
    for name in ["outgoing_email_to", "incoming_email_to", "incoming_email_cc"] {
        if let Some(text) = call.arg(name).as_str().filter(|t| !t.is_empty()) {
            post.columns.insert(name.into(), Value::from(text));
        }
    }
    if autofollow {
        store::follow(env, &call.model, &[record], &following, None)?;
    }
    let id = post.send(env)?;
    if !following.is_empty() {
        store::follow(env, &call.model, &[record], &following, None)?;
        env.invalidate();
    }
    Ok(Answer::from(vec![id]))
}

fn message_notify(env: &mut Env, call: &Invocation) -> Result<Answer> {
    if call.positional > 0 {
        return Err(Error::type_("message_notify() takes 1 positional argument but more were given"));
    }
    if call.ids.len() > 1 {
        call.one()?;
    }
    let given = keywords(env, call, &["message_id"])?;
    let files = ids_arg(call.arg("attachment_ids"), "attachment_ids")?;
    check_files(call.arg("attachments"))?;
    let partners = ids_arg(call.arg("partner_ids"), "partner_ids")?;
    if partners.is_empty() {
        return Ok(Answer::from(Vec::<Id>::new()));
    }
    let named = call.arg("model").as_str().filter(|m| !m.is_empty()).zip(call.arg("res_id").as_id().filter(|id| *id != 0));
    let (model, record) = match (named, call.ids.first()) {
        (Some((model, record)), _) => (model.to_owned(), record),
        (None, Some(record)) => (call.model.clone(), *record),
        (None, None) => (String::new(), 0),
    };
    if record != 0 {
        env.registry().model(&model)?;
        postable(env, &model, record)?;
    }
    let message = NewMessage { kind: "user_notification".into(), internal: true, ..message_of(env, call, &model, record)? };
    let mut post = Post { partners, files, new_files: call.arg("attachments").clone(), ..Post::new(message) };
    post.manner.followers = false;
    post.take_keywords(given)?;
    Ok(Answer::from(vec![post.send(env)?]))
}

/// The template that a source is, with its body and subject over each record.
fn sourced(env: &mut Env, call: &Invocation, kind: &str) -> Result<Answer> {
    let source = call.arg("source_ref").as_str().unwrap_or_default().to_owned();
    let found = crate::base::metadata::find(env, &[&source])?;
    let (model, template) = match found.get(&source) {
        Some((model, id)) if model == "mail.template" || model == "ir.ui.view" => (model.clone(), *id),
        _ => return Err(Error::value(format!("{source} is neither a template nor a view."))),
    };
    let given = keywords(env, call, &[])?;
    let mut posted = Vec::new();
    for record in &call.ids {
        postable(env, &call.model, *record)?;
        let values = call.arg("render_values").as_map().cloned().unwrap_or_default();
        let (subject, body) = super::template::source(env, &model, template, (&call.model, *record), values)?;
        let message = message_of(env, call, &call.model, *record)?;
        let parent = thread_root(env, &call.model, *record, None)?;
        let mut post =
            Post::new(NewMessage { body, subject: subject.or(message.subject.clone()), kind: kind.to_owned(), parent, ..message });
        post.take_keywords(given)?;
        posted.push(post.send(env)?);
    }
    Ok(Answer::from(posted))
}

fn post_with_source(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let kind = call.arg("message_type").as_str().unwrap_or("notification").to_owned();
    sourced(env, call, &kind)
}

fn mail_with_source(env: &mut Env, call: &Invocation) -> Result<Answer> {
    sourced(env, call, "email_outgoing")
}

/// Takes back what could not be delivered.
fn cancel_by_type(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let sql = sql!(
        "UPDATE mail_notification n SET notification_status = 'canceled' FROM mail_message m
         WHERE m.id = n.mail_message_id AND m.model = {model} AND n.notification_type = {notification_type}
         AND n.notification_status IN ('bounce', 'exception') AND n.author_id = {partner_id}",
        model = call.model.as_str(),
        notification_type = call.arg("notification_type").py_str(),
        partner_id = env.user().partner_id
    );
    env.execute(&sql)?;
    env.invalidate();
    Ok(Answer::Value(Value::Bool(true)))
}

/// What a new message hangs on: the given one, if it is on the same record; else, where discussions are flat, what people
/// wrote last, or whatever came last.
pub fn thread_root(env: &mut Env, model: &str, record: Id, parent: Option<Id>) -> Result<Option<Id>> {
    if let Some(parent) = parent {
        let sql = sql!("SELECT id FROM mail_message WHERE id = {parent} AND model = {model} AND res_id = {record}");
        if let Some(parent) = env.query_ids(sql)?.first() {
            return Ok(Some(*parent));
        }
    }
    Ok(thread_roots(env, model, &[record])?.get(&record).copied())
}

/// The message of each record that new ones hang on. One statement.
pub fn thread_roots(env: &mut Env, model: &str, records: &[Id]) -> Result<HashMap<Id, Id>> {
    if is_not_flat(model) || records.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = sql!(
        "SELECT DISTINCT ON (res_id) res_id, id FROM mail_message WHERE message_type <> 'user_notification'
         AND model = {model} AND res_id = ANY({records})
         ORDER BY res_id, message_type IN ('comment', 'email') DESC, COALESCE(date, create_date) DESC, id DESC"
    );
    Ok(env.query(sql)?.iter().filter_map(|row| row.int(0).zip(row.int(1))).collect())
}

/// Contacts have many discussions, other records one.
fn is_not_flat(model: &str) -> bool {
    matches!(model, "res.partner" | "discuss.channel")
}

fn check_files(given: &Value) -> Result<()> {
    let good = match given {
        Value::None | Value::Bool(false) => true,
        Value::List(items) => items.iter().all(|item| item.as_list().is_some_and(|parts| matches!(parts.len(), 2 | 3))),
        _ => false,
    };
    if good { Ok(()) } else { Err(Error::value("attachments must be a list of pairs of a name and a content.")) }
}

/// Files given as `[name, content]`.
fn new_attachments(env: &mut Env, model: &str, record: Id, given: &Value) -> Result<Vec<Id>> {
    let mut rows = Vec::new();
    for item in given.as_list().unwrap_or_default() {
        let Some([name, content, ..]) = item.as_list() else { continue };
        if !content.is_empty_mark() {
            rows.push(map! { "name" => name.clone(), "raw" => content.clone(), "description" => name.clone(), "res_model" => model, "res_id" => record });
        }
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    env.sudo(|env| env.create("ir.attachment", rows))
}
