//! mail.compose.message: the window in which people write about one record, or about many.

use lastmile_orm::access::Operation;
use lastmile_orm::args::domain_arg;
use lastmile_orm::declare::{CreateHook, Next, Tx};
use lastmile_orm::value::Map;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Result, Value, map};

use super::post::{Post, thread_root};
use super::render::{self, Scope};
use super::store::{NewMessage, Subtype};
use super::{guard, source, template};

const COMPOSER: &str = "mail.compose.message";

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(COMPOSER).field("body").raw_html = true;
    all.model(COMPOSER).on_create(created).record_method("action_send_mail", "", Tx::Write, send).record_method(
        "action_cancel",
        "",
        Tx::Write,
        |_, _| Ok(close()),
    );
}

fn close() -> Answer {
    Answer::Value(Value::Map(map! { "type" => "ir.actions.act_window_close" }))
}

/// Ids as the window keeps them: a text that holds a list, or a list.
fn listed(value: Option<&Value>) -> Result<Vec<Id>> {
    match value {
        Some(Value::Str(text)) if !text.trim().is_empty() => Ok(lastmile_orm::expr::literal(text.trim())?.ids()),
        Some(list @ Value::List(_)) => Ok(list.ids()),
        _ => Ok(Vec::new()),
    }
}

/// What is not given follows from the template, the records, the caller.
fn created(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    for map in &mut values {
        if let Some(list @ Value::List(_)) = map.get("res_ids") {
            let text = list.py_repr();
            map.insert("res_ids".into(), Value::from(text));
        }
        for (field, key) in [("model", "active_model"), ("res_ids", "active_ids")] {
            if map.get(field).is_none_or(|v| !v.truthy())
                && let Some(given) = env.context_get(&format!("default_{field}")).or(env.context_get(key)).filter(|v| v.truthy())
            {
                let text = if given.as_list().is_some() { Value::from(given.py_repr()) } else { given.clone() };
                map.insert(field.into(), text);
            }
        }
        let files = map.get("attachment_ids").map(super::recipients::linked).unwrap_or_default();
        crate::base::attachments::demand(env, &files, Operation::Read)?;
        complete(env, map)?;
    }
    next.call(env, values)
}

fn complete(env: &mut Env, map: &mut Map) -> Result<()> {
    let (model, ids) = (guard::text_of(map, "model"), listed(map.get("res_ids"))?);
    let mass = guard::text_of(map, "composition_mode") == "mass_mail"
        || env.context_get("default_composition_mode").and_then(Value::as_str) == Some("mass_mail");
    let mut fill = |name: &str, value: Value| {
        if value.truthy() && !map.contains_key(name) {
            map.insert(name.to_owned(), value);
        }
    };
    fill("author_id", Value::from(env.user().partner_id));
    let from = env.sudo(|env| env.value("res.partner", "email_formatted", env.user().partner_id))?;
    fill("email_from", from);
    if !mass {
        let found = crate::base::metadata::find(env, &["mail.mt_comment"])?;
        let comment = found.get("mail.mt_comment").map(|(_, id)| *id);
        if !map.contains_key("subtype_id") {
            map.insert("subtype_id".into(), Value::from(comment));
        }
    }
    let template = map.get("template_id").and_then(Value::as_id).filter(|id| *id != 0);
    let mut fill = |name: &str, value: Value| {
        if value.truthy() && !map.contains_key(name) {
            map.insert(name.to_owned(), value);
        }
    };
    if let Some(template) = template {
        if let ([record], false) = (ids.as_slice(), mass) {
            let said = template::over(env, template, *record)?;
            for (name, value) in said {
                fill(&name, value);
            }
        } else {
            env.check_access("mail.template", Operation::Read)?;
            env.check_records("mail.template", &[template], Operation::Read)?;
            for (name, source) in [("subject", "subject"), ("body", "body_html")] {
                let value = env.value("mail.template", source, template)?;
                fill(name, value);
            }
        }
    } else if let ([record], false) = (ids.as_slice(), mass)
        && env.registry().models.contains_key(&model)
    {
        env.check_access(&model, Operation::Read)?;
        env.check_records(&model, &[*record], Operation::Read)?;
        let name = env.sudo(|env| env.names(&model, &[*record]))?.pop();
        fill("subject", Value::from(name));
    }
    Ok(())
}

/// What the window says.
struct Draft {
    model: String,
    records: Vec<Id>,
    mass: bool,
    template: Option<Id>,
    values: Map,
}

const READ: &[&str] = &[
    "model",
    "res_ids",
    "res_domain",
    "composition_mode",
    "template_id",
    "subject",
    "body",
    "partner_ids",
    "attachment_ids",
    "author_id",
    "email_from",
    "reply_to",
    "message_type",
    "subtype_id",
    "subtype_is_log",
    "parent_id",
    "mail_server_id",
    "auto_delete",
    "notify_author",
    "notify_skip_followers",
    "use_exclusion_list",
];

fn load(env: &mut Env, id: Id) -> Result<Draft> {
    let mut values = Map::new();
    for name in READ {
        values.insert((*name).to_owned(), env.value(COMPOSER, name, id)?);
    }
    let model = guard::text_of(&values, "model");
    let mut records = listed(values.get("res_ids"))?;
    let domain = guard::text_of(&values, "res_domain");
    if records.is_empty() && !domain.is_empty() {
        let domain = domain_arg(&lastmile_orm::expr::literal(&domain)?)?;
        records = env.search_all(&model, &domain)?;
    }
    Ok(Draft {
        mass: guard::text_of(&values, "composition_mode") == "mass_mail",
        template: values.get("template_id").and_then(Value::as_id),
        model,
        records,
        values,
    })
}

fn send(env: &mut Env, call: &Invocation) -> Result<Answer> {
    for id in &call.ids {
        let draft = load(env, *id)?;
        if draft.mass { mass(env, &draft)? } else { comment(env, &draft)? }
    }
    Ok(close())
}

/// A message on each record.
fn comment(env: &mut Env, draft: &Draft) -> Result<()> {
    let value = |name: &str| draft.values.get(name).cloned().unwrap_or_default();
    let text = |name: &str| value(name).as_str().filter(|t| !t.is_empty()).map(str::to_owned);
    if draft.model.is_empty() || draft.records.is_empty() {
        return Err(Error::user("There is no record to write about."));
    }
    let (many, shared) = (draft.records.len() > 1, render::Shared::default());
    shared.mark(&draft.model, &draft.records);
    env.require(&draft.model, &draft.records)?;
    env.check_access(&draft.model, Operation::Write)?;
    env.check_records(&draft.model, &draft.records, Operation::Write)?;
    if let Some(template) = draft.template.filter(|_| many) {
        let own = env.sudo(|env| source::load(env, template))?;
        source::trusted(env, &own, (&value("subject"), &value("body")))?;
    }
    for record in &draft.records {
        let scope = Scope { shared: shared.clone(), ..Scope::of(env, &draft.model, *record) };
        let (mut subject, mut body) = (text("subject"), text("body").unwrap_or_default());
        if many && draft.template.is_some() {
            subject = subject.map(|s| render::line(env, &scope, &s)).transpose()?;
            body = render::body(env, &scope, &body)?;
        }
        let subtype = match value("subtype_id").as_id() {
            _ if value("subtype_is_log").truthy() => Subtype::Named("mail.mt_note".into()),
            Some(id) => Subtype::Id(id),
            None => Subtype::Named("mail.mt_comment".into()),
        };
        let message = NewMessage {
            subject,
            subtype: Some(subtype),
            kind: text("message_type").unwrap_or_else(|| "comment".into()),
            author: value("author_id").as_id().or(Some(env.user().partner_id)),
            from: text("email_from"),
            reply_to: text("reply_to"),
            parent: thread_root(env, &draft.model, *record, value("parent_id").as_id())?,
            company: Some(env.company_id()),
            ..NewMessage::on(env, &draft.model, *record, crate::base::sanitize::clean(&body))
        };
        let mut post = Post { partners: value("partner_ids").ids(), files: value("attachment_ids").ids(), ..Post::new(message) };
        post.manner.author = value("notify_author").truthy();
        post.manner.followers = !value("notify_skip_followers").truthy();
        if let Some(server) = value("mail_server_id").as_id() {
            post.columns.insert("mail_server_id".into(), Value::from(server));
        }
        post.send(env)?;
    }
    Ok(())
}

/// A mail about each record; whoever is on the black list gets none.
fn mass(env: &mut Env, draft: &Draft) -> Result<()> {
    if draft.records.is_empty() {
        return Ok(());
    }
    let value = |name: &str| draft.values.get(name).cloned().unwrap_or_default();
    let mut given = Map::new();
    for name in ["email_from", "reply_to", "author_id", "mail_server_id"] {
        if value(name).truthy() {
            given.insert(name.into(), value(name));
        }
    }
    if !value("attachment_ids").ids().is_empty() {
        given.insert("attachment_ids".into(), value("attachment_ids"));
    }
    let mails = template::send_texts(env, draft.template, &draft.model, &draft.records, (&value("subject"), &value("body")), &given)?;
    if value("use_exclusion_list").truthy() {
        exclude(env, &mails)?;
    }
    Ok(())
}

/// Mails to addresses of the black list are cancelled.
fn exclude(env: &mut Env, mails: &[Id]) -> Result<()> {
    let sql = lastmile_orm::sql::Sql::lit(
        "UPDATE mail_mail q SET state = 'cancel', failure_type = 'mail_bl' WHERE q.state = 'outgoing' AND EXISTS (SELECT 1 FROM mail_mail_res_partner_rel r \
         JOIN res_partner p ON p.id = r.res_partner_id JOIN mail_blacklist b ON b.active AND b.email = lower(p.email_normalized) WHERE r.mail_mail_id = q.id) AND q.id = ANY(",
    )
    .push_bind(lastmile_orm::sql::Bind::ids(mails))
    .push(")");
    env.execute(&sql)?;
    env.invalidate();
    Ok(())
}
