//! mail.template: mails made from records. However many records, the mails are a fixed number of statements, and one rendering each.

use std::collections::HashMap;
use std::sync::Arc;

use lastmile_orm::access::Operation;
use lastmile_orm::declare::Tx;
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::value::Map;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Result, Value};

use super::formats::Formats;
use super::recipients::{Recipient, default_recipients, due, linked};
use super::render::{self, Scope, Shared};
use super::source::{TEMPLATE, TEXTS, Template, authored, load, open, readable, renders, trusted};
use super::store::{self, NewMessage};

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(TEMPLATE).field("body_html").raw_html = true;
    all.model(TEMPLATE)
        .copy_suffix("name")
        .on_create(|env, values, next| {
            let files: Vec<Id> = values.iter().filter_map(|map| map.get("attachment_ids")).flat_map(linked).collect();
            let ids = next.call(env, values)?;
            authored(env, &ids, &files)?;
            Ok(ids)
        })
        .on_write(|env, ids, values, next| {
            let files = values.get("attachment_ids").map(linked).unwrap_or_default();
            next.call(env, ids, values)?;
            authored(env, ids, &files)
        })
        .constrains(&["subject", "body_html", "email_from", "email_to", "partner_to", "model_id"], renders)
        .record_method(
            "send_mail",
            "res_id, force_send=False, raise_exception=False, email_values=None, email_layout_xmlid=False",
            Tx::Detached,
            |env, call| {
                let record = call.arg("res_id").as_id().ok_or_else(|| Error::value("send_mail needs the id of a record."))?;
                let sent = send_now(env, call, &[record])?;
                Ok(sent.first().map_or(Answer::Value(Value::Bool(false)), |id| Answer::Value(Value::from(*id))))
            },
        )
        .record_method(
            "send_mail_batch",
            "res_ids, force_send=False, raise_exception=False, email_values=None, email_layout_xmlid=False",
            Tx::Detached,
            |env, call| Ok(Answer::from(send_now(env, call, &call.arg("res_ids").ids())?)),
        );
}

/// Puts the mails into the queue and, when asked to, sends them at once.
fn send_now(env: &mut Env, call: &Invocation, records: &[Id]) -> Result<Vec<Id>> {
    let template = call.one()?;
    let values = call.arg("email_values").as_map().cloned().unwrap_or_default();
    let mails = env.transaction(|env| {
        env.require(TEMPLATE, &[template])?;
        send(env, template, records, &values)
    })?;
    if call.arg("force_send").truthy() {
        super::queue::process(env, Some(&mails))?;
        if call.arg("raise_exception").truthy() {
            super::queue::raise_failed(env, &mails)?;
        }
    }
    Ok(mails)
}

/// A mail before it is kept.
struct Draft {
    record: Id,
    texts: HashMap<&'static str, String>,
    partners: Vec<Id>,
}

/// Puts mails about records into the queue. Answers the ids of the mails.
pub fn send(env: &mut Env, template: Id, records: &[Id], values: &Map) -> Result<Vec<Id>> {
    let found = open(env, template)?;
    if records.is_empty() || found.model.is_empty() {
        return Ok(Vec::new());
    }
    env.require(&found.model, records)?;
    readable(env, &found.model, records)?;
    let drafts = drafts(env, template, &found, records, values)?;
    let mails = keep(env, &found, &drafts)?;
    finish(env, &found, &mails, values)?;
    Ok(mails)
}

type Texts = HashMap<&'static str, String>;

/// What the template says about each record, in the language that it says. Statements count by languages, not by records.
fn drafts(env: &mut Env, template: Id, found: &Template, records: &[Id], values: &Map) -> Result<Vec<Draft>> {
    let defaults = if found.use_default_to { default_recipients(env, &found.model, records)? } else { HashMap::new() };
    let current = env.context().lang.clone();
    let mut said: HashMap<Id, Texts> = HashMap::new();
    for (lang, group) in languages(env, found, records)? {
        if lang == current {
            said.extend(texts_of(env, found, &group, values)?);
            continue;
        }
        // What was read in one language is something else in another.
        env.invalidate();
        said.extend(env.with_context(lastmile_orm::map! { "lang" => lang }, |env| {
            let own = env.sudo(|env| load(env, template))?;
            texts_of(env, &own, &group, values)
        })?);
        env.invalidate();
    }
    let mut out = Vec::new();
    for record in records {
        let mut texts = said.get(record).cloned().unwrap_or_default();
        let listed = texts.get("partner_to").map(String::as_str).unwrap_or_default();
        let mut partners: Vec<Id> = listed.split(',').filter_map(|id| id.trim().parse().ok()).filter(|id| *id != 0).collect();
        match defaults.get(record) {
            Some(Recipient::Partner(partner)) => partners.push(*partner),
            Some(Recipient::Address(address)) if texts.get("email_to").is_none_or(String::is_empty) => {
                texts.insert("email_to", address.clone());
            }
            _ => {}
        }
        if let Some(given) = values.get("recipient_ids").or(values.get("partner_ids")) {
            partners = linked(given);
        }
        out.push(Draft { record: *record, texts, partners });
    }
    let mut wanted: Vec<Id> = out.iter().flat_map(|draft| draft.partners.iter().copied()).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let there = env.existing("res.partner", &wanted)?;
    out.iter_mut().for_each(|draft| draft.partners.retain(|partner| there.contains(partner)));
    Ok(out)
}

/// Records by the language of their mails; one that is not installed is the current one.
fn languages(env: &mut Env, found: &Template, records: &[Id]) -> Result<Vec<(String, Vec<Id>)>> {
    let (current, installed) = (env.context().lang.clone(), env.registry().langs.clone());
    let source = found.texts.get("lang").cloned().unwrap_or_default();
    if source.is_empty() {
        return Ok(vec![(current, records.to_vec())]);
    }
    let shared = Shared::default();
    shared.mark(&found.model, records);
    render::prefetch(env, &shared, &found.model, records, &[source.as_str()], "")?;
    let mut out: Vec<(String, Vec<Id>)> = Vec::new();
    for record in records {
        let scope = Scope { shared: shared.clone(), ..Scope::of(env, &found.model, *record) };
        let named = render::line(env, &scope, &source)?;
        let lang = if installed.contains(&named) { named } else { current.clone() };
        match out.iter_mut().find(|(known, _)| *known == lang) {
            Some((_, ids)) => ids.push(*record),
            None => out.push((lang, vec![*record])),
        }
    }
    Ok(out)
}

fn texts_of(env: &mut Env, said: &Template, records: &[Id], values: &Map) -> Result<HashMap<Id, Texts>> {
    let text = |name: &str| said.texts.get(name).map(String::as_str).unwrap_or_default();
    let lines: Vec<&str> = TEXTS.iter().filter(|name| **name != "body_html").map(|name| text(name)).collect();
    let shared = Shared::default();
    // Whoever comes here checked them.
    shared.mark(&said.model, records);
    render::prefetch(env, &shared, &said.model, records, &lines, text("body_html"))?;
    let formats = if said.texts.values().any(|text| text.contains("format_")) { Some(Arc::new(Formats::load(env)?)) } else { None };
    let mut out = HashMap::new();
    for record in records {
        let scope = Scope { formats: formats.clone(), shared: shared.clone(), ..Scope::of(env, &said.model, *record) };
        out.insert(*record, texts(env, said, &scope, values)?);
    }
    Ok(out)
}

fn texts(env: &mut Env, said: &Template, scope: &Scope, values: &Map) -> Result<Texts> {
    let mut out = HashMap::new();
    for name in TEXTS {
        let source = said.texts.get(name).map(String::as_str).unwrap_or_default();
        let given = values.get(name).map(|v| if v.is_empty_mark() { String::new() } else { v.py_str() });
        // Whoever wrote the text: what it names is read with the caller's rights.
        let text = match given {
            Some(text) => text,
            None if said.use_default_to && matches!(name, "email_to" | "partner_to") => String::new(),
            None if name == "body_html" => render::body(env, scope, source)?,
            None => render::line(env, scope, source)?,
        };
        out.insert(name, text);
    }
    Ok(out)
}

/// What is the same for all mails of a call: the template's server and files, the caller's further values.
fn finish(env: &mut Env, template: &Template, mails: &[Id], values: &Map) -> Result<()> {
    let known = ["partner_ids", "recipient_ids", "attachment_ids", "attachments", "model", "res_id", "body"];
    let reg = env.registry();
    let fields = &reg.model("mail.mail")?.fields;
    let given = |name: &String| !TEXTS.contains(&name.as_str()) && !known.contains(&name.as_str()) && fields.contains_key(name);
    let mut more: Map = values.iter().filter(|(name, _)| given(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
    if let Some(server) = template.server.filter(|_| !more.contains_key("mail_server_id")) {
        more.insert("mail_server_id".into(), Value::from(server));
    }
    if let Some(layout) = &template.layout {
        more.get_or_insert_with("email_layout_xmlid", || Value::from(layout.as_str()));
    }
    if !more.is_empty() {
        env.sudo(|env| env.write("mail.mail", mails, more))?;
    }
    let mut files = template.files.clone();
    let given = values.get("attachment_ids").map(linked).unwrap_or_default();
    crate::base::attachments::demand(env, &given, Operation::Read)?;
    files.extend(given);
    if !files.is_empty() {
        let sql = sql!(
            "INSERT INTO message_attachment_rel (message_id, attachment_id) SELECT q.mail_message_id, f
             FROM mail_mail q, unnest({files}::int4[]) AS f WHERE q.id = ANY({mails}) ON CONFLICT DO NOTHING"
        );
        env.execute(&sql)?;
        env.invalidate();
    }
    Ok(())
}

fn keep(env: &mut Env, template: &Template, drafts: &[Draft]) -> Result<Vec<Id>> {
    let text = |draft: &Draft, name: &str| draft.texts.get(name).filter(|t| !t.is_empty()).cloned();
    let messages: Vec<NewMessage> = drafts
        .iter()
        .map(|draft| NewMessage {
            subject: text(draft, "subject"),
            kind: "email_outgoing".into(),
            from: text(draft, "email_from"),
            subtype: None,
            reply_to: text(draft, "reply_to"),
            ..NewMessage::on(
                env,
                &template.model,
                draft.record,
                crate::base::sanitize::clean(&text(draft, "body_html").unwrap_or_default()),
            )
        })
        .collect();
    let messages = store::insert(env, &messages)?;
    let texts = |name: &str| Bind::Texts(drafts.iter().map(|d| Some(text(d, name).unwrap_or_default())).collect());
    let (uid, now) = (env.uid(), env.now());
    let sql = sql!(
        "INSERT INTO mail_mail (mail_message_id, email_to, email_cc, body_html, scheduled_date, state, is_notification,
         auto_delete, create_uid, create_date, write_uid, write_date)
         SELECT v.message, v.email_to, v.email_cc, v.body, v.due, 'outgoing', FALSE, {auto_delete}::bool, {uid}::int4,
         {now}::timestamp, {uid}::int4, {now}::timestamp
         FROM unnest({messages}::int4[], {email_to}::text[], {email_cc}::text[], {body_html}::text[],
         {string}::timestamp[]) WITH ORDINALITY AS v(message, email_to, email_cc, body, due, n)
         ORDER BY v.n RETURNING id",
        auto_delete = template.auto_delete,
        email_to = texts("email_to"),
        email_cc = texts("email_cc"),
        body_html = texts("body_html"),
        string = Bind::Timestamps(drafts.iter().map(|d| due(d.texts.get("scheduled_date").map(String::as_str))).collect())
    );
    let mails: Vec<Id> = env.query_ids(sql)?;
    let pairs: Vec<(Id, Id)> = mails.iter().zip(drafts).flat_map(|(mail, d)| d.partners.iter().map(|p| (*mail, *p))).collect();
    env.insert_links("mail_mail_res_partner_rel", "mail_mail_id", "res_partner_id", &pairs)?;
    env.invalidate();
    Ok(mails)
}

/// What a source says about a record, with more values in its scope: subject and body of a template, the body of a view.
pub fn source(env: &mut Env, model: &str, id: Id, over: (&str, Id), values: Map) -> Result<(Option<String>, String)> {
    let mut scope = Scope::of(env, over.0, over.1);
    scope.values.extend(values);
    if model == TEMPLATE {
        let found = open(env, id)?;
        let text = |name: &str| found.texts.get(name).cloned().unwrap_or_default();
        let subject = Some(render::line(env, &scope, &text("subject"))?).filter(|s| !s.is_empty());
        return Ok((subject, crate::base::sanitize::clean(&render::body(env, &scope, &text("body_html"))?)));
    }
    let arch = env.sudo(|env| env.value("ir.ui.view", "arch_db", id))?;
    Ok((None, crate::base::sanitize::clean(&render::body(env, &scope, arch.as_str().unwrap_or_default())?)))
}

/// What a template says about one record, as values of the window that shows it before it goes out.
pub fn over(env: &mut Env, template: Id, record: Id) -> Result<Map> {
    let found = open(env, template)?;
    readable(env, &found.model, &[record])?;
    let mut out = Map::new();
    for draft in drafts(env, template, &found, &[record], &Map::new())? {
        for (name, field) in [("subject", "subject"), ("body_html", "body"), ("email_from", "email_from"), ("reply_to", "reply_to")] {
            if let Some(text) = draft.texts.get(name).filter(|t| !t.is_empty()) {
                out.insert(field.into(), Value::from(text.as_str()));
            }
        }
        let links = |ids: &[Id]| Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(ids.to_vec())])]);
        if !draft.partners.is_empty() {
            out.insert("partner_ids".into(), links(&draft.partners));
        }
        if !found.files.is_empty() {
            out.insert("attachment_ids".into(), links(&found.files));
        }
    }
    if let Some(server) = found.server {
        out.insert("mail_server_id".into(), Value::from(server));
    }
    Ok(out)
}

/// Mails about records by a subject and a body that are templates themselves; what they don't say, a template does.
pub fn send_texts(
    env: &mut Env,
    template: Option<Id>,
    model: &str,
    records: &[Id],
    said: (&Value, &Value),
    values: &Map,
) -> Result<Vec<Id>> {
    env.require(model, records)?;
    readable(env, model, records)?;
    let mut found = match template {
        Some(template) => open(env, template)?,
        None => Template {
            model: String::new(),
            texts: HashMap::new(),
            use_default_to: true,
            auto_delete: true,
            server: None,
            layout: None,
            files: Vec::new(),
        },
    };
    trusted(env, &found, said)?;
    model.clone_into(&mut found.model);
    found.texts.remove("lang");
    found.texts.insert("subject", said.0.as_str().unwrap_or_default().to_owned());
    found.texts.insert("body_html", said.1.as_str().unwrap_or_default().to_owned());
    let drafts = drafts(env, template.unwrap_or(0), &found, records, values)?;
    let mails = keep(env, &found, &drafts)?;
    finish(env, &found, &mails, values)?;
    Ok(mails)
}

/// Mails customers about records by a template of the suite: those with an address only. A template that somebody deleted sends
/// nothing, and one that somebody broke stops no business.
pub fn tell(env: &mut Env, xmlid: &str, model: &str, records: &[Id]) -> Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let found = crate::base::metadata::find(env, &[xmlid])?;
    let Some((_, template)) = found.get(xmlid).filter(|(of, _)| of == TEMPLATE) else { return Ok(()) };
    env.sudo(|env| {
        let partners: Vec<Option<Id>> = env.values(model, "partner_id", records)?.iter().map(Value::as_id).collect();
        let known: Vec<Id> = partners.iter().flatten().copied().collect();
        let emails: HashMap<Id, Value> = known.iter().copied().zip(env.values("res.partner", "email", &known)?).collect();
        let reached = |partner: &Option<Id>| partner.and_then(|p| emails.get(&p)).is_some_and(Value::truthy);
        let to: Vec<Id> = records.iter().zip(&partners).filter(|(_, partner)| reached(partner)).map(|(id, _)| *id).collect();
        if let Err(error) = env.savepoint(|env| send(env, *template, &to, &Map::new())) {
            tracing::warn!(%error, xmlid, "mails could not be made");
        }
        Ok(())
    })
}
