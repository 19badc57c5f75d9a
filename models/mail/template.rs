//! mail.template: mails made from records. However many records, the mails are a fixed number of statements, and one rendering each.

use std::collections::HashMap;

use lastmile_orm::access::Operation;
use lastmile_orm::declare::Tx;
use lastmile_orm::sql::{Bind, Sql};
use lastmile_orm::value::Map;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Result, Value};

use super::render::{self, Scope};
use super::store::{self, NewMessage};

const TEMPLATE: &str = "mail.template";

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(TEMPLATE).field("body_html").raw_html = true;
    all.model(TEMPLATE)
        .constrains(&["subject", "body_html", "email_from", "email_to", "partner_to", "model_id"], renders)
        .record_method(
            "send_mail",
            "res_id, force_send=False, raise_exception=False, email_values=None, email_layout_xmlid=False",
            Tx::Write,
            |env, call| {
                let template = call.one()?;
                let record = call.arg("res_id").as_id().ok_or_else(|| Error::value("send_mail needs the id of a record."))?;
                let values = call.arg("email_values").as_map().cloned().unwrap_or_default();
                let sent = send(env, template, &[record], &values)?;
                Ok(sent.first().map_or(Answer::Value(Value::Bool(false)), |id| Answer::Value(Value::from(*id))))
            },
        )
        .record_method(
            "send_mail_batch",
            "res_ids, force_send=False, raise_exception=False, email_values=None, email_layout_xmlid=False",
            Tx::Write,
            send_batch,
        );
}

fn send_batch(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let (template, records) = (call.one()?, call.arg("res_ids").ids());
    let values = call.arg("email_values").as_map().cloned().unwrap_or_default();
    Ok(Answer::from(send(env, template, &records, &values)?))
}

/// What a template says.
struct Template {
    model: String,
    texts: HashMap<&'static str, String>,
    use_default_to: bool,
    auto_delete: bool,
}

const TEXTS: [&str; 7] = ["subject", "body_html", "email_from", "email_to", "partner_to", "email_cc", "reply_to"];

fn load(env: &mut Env, template: Id) -> Result<Template> {
    let mut texts = HashMap::new();
    for name in TEXTS {
        let value = env.value(TEMPLATE, name, template)?;
        texts.insert(name, value.as_str().unwrap_or_default().to_owned());
    }
    Ok(Template {
        model: env.value(TEMPLATE, "model", template)?.as_str().unwrap_or_default().to_owned(),
        texts,
        use_default_to: env.value(TEMPLATE, "use_default_to", template)?.truthy(),
        auto_delete: env.value(TEMPLATE, "auto_delete", template)?.truthy(),
    })
}

fn renders(env: &mut Env, ids: &[Id]) -> Result<()> {
    for id in ids {
        let template = load(env, *id)?;
        if template.model.is_empty() {
            continue;
        }
        let text = |name: &str| template.texts.get(name).map(String::as_str).unwrap_or_default();
        let lines: Vec<&str> = TEXTS.iter().filter(|n| **n != "body_html").map(|n| text(n)).collect();
        render::check(&env.registry(), &template.model, &lines, text("body_html"))?;
    }
    Ok(())
}

/// A mail before it is kept.
struct Draft {
    record: Id,
    texts: HashMap<&'static str, String>,
    partners: Vec<Id>,
}

/// Puts mails about records into the queue. Answers the ids of the mails.
pub fn send(env: &mut Env, template: Id, records: &[Id], values: &Map) -> Result<Vec<Id>> {
    let found = env.sudo(|env| load(env, template))?;
    if records.is_empty() || found.model.is_empty() {
        return Ok(Vec::new());
    }
    env.require(&found.model, records)?;
    env.check_access(&found.model, Operation::Read)?;
    env.check_records(&found.model, records, Operation::Read)?;
    let defaults = if found.use_default_to { default_recipients(env, &found.model, records)? } else { HashMap::new() };
    let mut drafts = Vec::new();
    for record in records {
        let scope = Scope::of(env, &found.model, *record);
        let mut texts = HashMap::new();
        for name in TEXTS {
            let source = found.texts.get(name).map(String::as_str).unwrap_or_default();
            let given = values.get(name).and_then(Value::as_str).map(str::to_owned);
            // The text is the template's author's, who may read what it names; the caller's rights on the record were checked.
            let text = match given {
                Some(text) => text,
                None if found.use_default_to && matches!(name, "email_to" | "partner_to") => String::new(),
                None => {
                    env.sudo(|env| if name == "body_html" { render::body(env, &scope, source) } else { render::line(env, &scope, source) })?
                }
            };
            texts.insert(name, text);
        }
        let listed = texts.get("partner_to").map(String::as_str).unwrap_or_default();
        let mut partners: Vec<Id> = listed.split(',').filter_map(|id| id.trim().parse().ok()).filter(|id| *id != 0).collect();
        partners.extend(defaults.get(record));
        partners.extend(values.get("recipient_ids").map(Value::ids).unwrap_or_default());
        drafts.push(Draft { record: *record, texts, partners });
    }
    keep(env, &found, &drafts)
}

/// A customer's mails go to the record's partner, or to itself.
fn default_recipients(env: &mut Env, model: &str, records: &[Id]) -> Result<HashMap<Id, Id>> {
    if model == "res.partner" {
        return Ok(records.iter().map(|id| (*id, *id)).collect());
    }
    if !env.registry().model(model)?.fields.contains_key("partner_id") {
        return Ok(HashMap::new());
    }
    let partners = env.sudo(|env| env.values(model, "partner_id", records))?;
    Ok(records.iter().copied().zip(partners).filter_map(|(id, partner)| Some((id, partner.as_id()?))).collect())
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
    let sql = Sql::lit(
        "INSERT INTO mail_mail (mail_message_id, email_to, email_cc, body_html, state, is_notification, auto_delete, create_uid, create_date, write_uid, write_date) \
         SELECT v.message, v.email_to, v.email_cc, v.body, 'outgoing', FALSE, ",
    )
    .push_bind(Bind::Bool(Some(template.auto_delete)))
    .push("::bool, ")
    .push_bind(Bind::Int(Some(uid)))
    .push("::int4, ")
    .push_bind(Bind::Timestamp(Some(now)))
    .push("::timestamp, ")
    .push_bind(Bind::Int(Some(uid)))
    .push("::int4, ")
    .push_bind(Bind::Timestamp(Some(now)))
    .push("::timestamp FROM unnest(")
    .push_bind(Bind::ids(&messages))
    .push("::int4[], ")
    .push_bind(texts("email_to"))
    .push("::text[], ")
    .push_bind(texts("email_cc"))
    .push("::text[], ")
    .push_bind(texts("body_html"))
    .push("::text[]) WITH ORDINALITY AS v(message, email_to, email_cc, body, n) ORDER BY v.n RETURNING id");
    let mails: Vec<Id> = env.query(sql)?.iter().filter_map(|row| row.int(0)).collect();
    let pairs: Vec<(Id, Id)> = mails.iter().zip(drafts).flat_map(|(mail, d)| d.partners.iter().map(|p| (*mail, *p))).collect();
    store::link(env, "mail_mail_res_partner_rel", "mail_mail_id", "res_partner_id", &pairs)?;
    env.invalidate();
    Ok(mails)
}

/// What a source says about a record, with more values in its scope: subject and body of a template, the body of a view.
pub fn source(env: &mut Env, model: &str, id: Id, over: (&str, Id), values: Map) -> Result<(Option<String>, String)> {
    let mut scope = Scope::of(env, over.0, over.1);
    scope.values.extend(values);
    env.sudo(|env| {
        if model == TEMPLATE {
            let found = load(env, id)?;
            let text = |name: &str| found.texts.get(name).cloned().unwrap_or_default();
            let subject = Some(render::line(env, &scope, &text("subject"))?).filter(|s| !s.is_empty());
            return Ok((subject, crate::base::sanitize::clean(&render::body(env, &scope, &text("body_html"))?)));
        }
        let arch = env.value("ir.ui.view", "arch_db", id)?;
        Ok((None, crate::base::sanitize::clean(&render::body(env, &scope, arch.as_str().unwrap_or_default())?)))
    })
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
