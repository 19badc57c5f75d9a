//! mail.mail: the queue of mails to send.

use lastmile_orm::access::Operation;
use lastmile_orm::declare::{CreateHook, Next, Tx};
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::value::Map;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Result, Value, map};

use crate::effects::Port;

const MAIL: &str = "mail.mail";
/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(MAIL)
        .default("state", "outgoing")
        .default("message_type", "email_outgoing")
        .on_create(created)
        .on_write(|env, ids, values, next| {
            let files = values.get("attachment_ids").map(super::recipients::linked).unwrap_or_default();
            crate::base::attachments::demand(env, &files, Operation::Read)?;
            next.call(env, ids, values)
        })
        .record_method("cancel", "", Tx::Write, |env, call| set_state(env, call, "cancel"))
        .record_method("mark_outgoing", "", Tx::Write, |env, call| set_state(env, call, "outgoing"))
        .record_method("action_retry", "", Tx::Write, |env, call| {
            let states = env.values(&call.model, "state", &call.ids)?;
            let failed: Vec<_> = call.ids.iter().zip(states).filter(|(_, s)| s.as_str() == Some("exception")).map(|(id, _)| *id).collect();
            env.write(&call.model, &failed, again())?;
            Ok(Answer::NOTHING)
        })
        .record_method("send", "auto_commit=False, raise_exception=False, post_send_callback=None", Tx::Detached, send)
        .record_method("send_after_commit", "", Tx::Detached, send)
        .model_method("process_email_queue", "email_ids=(), batch_size=1000", Tx::Detached, |env, call| {
            env.check_access(MAIL, Operation::Write)?;
            let given = call.arg("email_ids").ids();
            process(env, Some(given).filter(|ids| !ids.is_empty()).as_deref())?;
            Ok(Answer::NOTHING)
        })
        .unchecked(&["cancel", "mark_outgoing"], "they check the right to write");
}

fn again() -> Map {
    map! { "state" => "outgoing", "failure_reason" => Value::None, "failure_type" => Value::None, "scheduled_date" => Value::None }
}

fn set_state(env: &mut Env, call: &Invocation, state: &str) -> Result<Answer> {
    env.write(&call.model, &call.ids, map! { "state" => state })?;
    Ok(Answer::Value(Value::Bool(true)))
}

/// A mail about a message that is there already tells of it.
fn created(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    for map in &mut values {
        if !map.contains_key("is_notification") && map.get("mail_message_id").is_some_and(Value::truthy) {
            map.insert("is_notification".into(), Value::Bool(true));
        }
        let files = map.get("attachment_ids").map(super::recipients::linked).unwrap_or_default();
        crate::base::attachments::demand(env, &files, Operation::Read)?;
    }
    next.call(env, values)
}

/// Sends the given mails now, whenever they are due. Failures are kept with the mails; `raise_exception` raises the first one, too.
fn send(env: &mut Env, call: &Invocation) -> Result<Answer> {
    env.check_access(MAIL, Operation::Write)?;
    let states = env.transaction(|env| {
        env.require(MAIL, &call.ids)?;
        env.values(MAIL, "state", &call.ids)
    })?;
    let due: Vec<Id> = call.ids.iter().zip(states).filter(|(_, s)| s.as_str() == Some("outgoing")).map(|(id, _)| *id).collect();
    process(env, Some(&due))?;
    if call.arg("raise_exception").truthy() {
        raise_failed(env, &due)?;
    }
    Ok(Answer::NOTHING)
}

/// The reason of the first mail that failed, as an error.
pub fn raise_failed(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = sql!("SELECT failure_reason FROM mail_mail WHERE state = 'exception' AND id = ANY({ids}");
    let rows = env.transaction(|env| env.query(sql.clone().push(") ORDER BY id LIMIT 1")))?;
    match rows.first() {
        Some(row) => Err(Error::user(format!("The mail could not be sent: {}", row.text(0).unwrap_or_default()))),
        None => Ok(()),
    }
}

/// Sends given mails, or whatever is due. Commits by itself.
pub fn process(env: &mut Env, ids: Option<&[Id]>) -> Result<()> {
    if ids.is_some_and(<[Id]>::is_empty) {
        return Ok(());
    }
    let Some(port) = env.port::<Port>() else { return Ok(()) };
    port.0.send_mails(env, ids).map(|_| ())
}

/// A mail on its way out.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    pub id: Id,
    /// The server that it must leave by.
    pub server: Option<Id>,
    pub subject: String,
    pub html: String,
    pub from: String,
    pub reply_to: String,
    /// Addresses of one mail to all of them.
    pub to: String,
    pub cc: String,
    /// Contacts, who get a mail each: name and address.
    pub partners: Vec<(Id, String, String)>,
    pub message_id: String,
    pub references: String,
    pub files: Vec<(String, String, Vec<u8>)>,
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    Gone,
    /// Refused for now and not taken over by the server: it may be tried again.
    Later(String),
    /// Why not: kind of failure, and reason.
    Failed(&'static str, String),
}

/// What became of a letter, and of those of its contacts that could not be reached.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub mail: Id,
    pub sent: Sent,
    pub unreached: Vec<(Id, &'static str, String)>,
}

/// Takes mails out of the queue: the given ones, else what is due. Whatever happens after the commit, nobody else sends them: a program
/// that dies while it sends leaves them marked as failed, never to go out twice.
pub fn claim(env: &mut Env, given: Option<&[Id]>, limit: i64) -> Result<Vec<Letter>> {
    let now = env.now();
    let sql = Sql::lit(
        "UPDATE mail_mail SET state = 'exception', failure_type = 'unknown', failure_reason = 'Sending was interrupted: the mail may have gone out.' \
         WHERE id IN (SELECT id FROM mail_mail WHERE state = 'outgoing' AND ",
    );
    let sql = match given {
        Some(ids) => sql.push("id = ANY(").push_bind(Bind::ids(ids)).push(")"),
        None => sql.push("(scheduled_date IS NULL OR scheduled_date <= ").push_bind(Bind::Timestamp(Some(now))).push(")"),
    };
    let sql = sql.push(" ORDER BY id LIMIT ").push_bind(Bind::Big(Some(limit))).push(" FOR UPDATE SKIP LOCKED) RETURNING id");
    let ids: Vec<Id> = env.query_ids(sql)?;
    if ids.is_empty() { Ok(Vec::new()) } else { letters(env, &ids) }
}

fn letters(env: &mut Env, ids: &[Id]) -> Result<Vec<Letter>> {
    let sql = sql!(
        r#"SELECT q.id, m.mail_server_id, m.subject::text, q.body_html, m.email_from::text, m.reply_to::text, q.email_to,
         q.email_cc::text, m.message_id::text, q."references", m.model::text, m.res_id
         FROM mail_mail q JOIN mail_message m ON m.id = q.mail_message_id WHERE q.id = ANY({ids})
         ORDER BY q.id"#
    );
    let mut letters = Vec::new();
    let mut unnamed: std::collections::HashMap<String, Vec<(Id, usize)>> = std::collections::HashMap::new();
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        let text = |n: usize| row.text(n).unwrap_or_default();
        let letter = Letter {
            id,
            server: row.int(1),
            subject: text(2),
            html: text(3),
            from: text(4),
            reply_to: text(5),
            to: text(6),
            cc: text(7),
            message_id: text(8),
            references: text(9),
            ..Letter::default()
        };
        if let (true, Some(model), Some(record)) = (letter.subject.is_empty(), row.text(10), row.int(11)) {
            unnamed.entry(model).or_default().push((record, letters.len()));
        }
        letters.push(letter);
    }
    // A message without a subject goes out under the name of what it is about.
    for (model, places) in unnamed {
        if !env.registry().models.contains_key(&model) {
            continue;
        }
        let records: Vec<Id> = places.iter().map(|(record, _)| *record).collect();
        let names = env.sudo(|env| env.names(&model, &records))?;
        for ((_, place), name) in places.iter().zip(names) {
            if let Some(letter) = letters.get_mut(*place).filter(|_| !name.is_empty()) {
                letter.subject = format!("Re: {name}");
            }
        }
    }
    address(env, ids, &mut letters)?;
    attach(env, ids, &mut letters)?;
    Ok(letters)
}

fn address(env: &mut Env, ids: &[Id], letters: &mut [Letter]) -> Result<()> {
    let sql = sql!(
        "SELECT r.mail_mail_id, p.id, COALESCE(p.name, '')::text, COALESCE(p.email, '')::text
         FROM mail_mail_res_partner_rel r JOIN res_partner p ON p.id = r.res_partner_id
         WHERE r.mail_mail_id = ANY({ids}) ORDER BY p.id"
    );
    for row in env.query(sql)? {
        if let Some(letter) = letters.iter_mut().find(|l| Some(l.id) == row.int(0))
            && let Some(partner) = row.int(1)
        {
            letter.partners.push((partner, row.text(2).unwrap_or_default(), row.text(3).unwrap_or_default()));
        }
    }
    Ok(())
}

fn attach(env: &mut Env, ids: &[Id], letters: &mut [Letter]) -> Result<()> {
    let sql = sql!(
        "SELECT q.id, a.id, a.name::text, COALESCE(a.mimetype, 'application/octet-stream')::text
         FROM mail_mail q JOIN message_attachment_rel r ON r.message_id = q.mail_message_id
         JOIN ir_attachment a ON a.id = r.attachment_id WHERE q.id = ANY({ids}) ORDER BY a.id"
    );
    let rows = env.query(sql)?;
    let files: Vec<Id> = rows.iter().filter_map(|row| row.int(1)).collect();
    let contents = env.sudo(|env| env.values("ir.attachment", "raw", &files))?;
    for (row, content) in rows.iter().zip(contents) {
        if let Some(letter) = letters.iter_mut().find(|l| Some(l.id) == row.int(0))
            && let Value::Bytes(bytes) = content
        {
            letter.files.push((row.text(2).unwrap_or_default(), row.text(3).unwrap_or_default(), bytes));
        }
    }
    Ok(())
}

/// Writes down what became of mails; sent ones that nobody wants to keep go.
pub fn record(env: &mut Env, outcomes: &[Outcome]) -> Result<()> {
    let ids = Bind::ids(&outcomes.iter().map(|o| o.mail).collect::<Vec<_>>());
    let state = |sent: &Sent| match sent {
        Sent::Gone => "sent",
        Sent::Later(_) => "outgoing",
        Sent::Failed(..) => "exception",
    };
    let reason = |sent: &Sent| match sent {
        Sent::Gone => None,
        Sent::Later(reason) | Sent::Failed(_, reason) => Some(reason.clone()),
    };
    let kind = |sent: &Sent| if let Sent::Failed(kind, _) = sent { Some((*kind).to_owned()) } else { None };
    // What is refused for a day is refused for good.
    let sql = sql!(
        "WITH v AS (SELECT x.id, CASE WHEN late.now THEN 'exception' ELSE x.state END AS state, x.reason, CASE
         WHEN late.now THEN 'mail_smtp' ELSE x.kind END AS kind
         FROM unnest({ids}::int4[], {states}::text[], {reasons}::text[], {kinds}::text[]) AS x(id, state, reason, kind)
         JOIN mail_mail q ON q.id = x.id CROSS JOIN LATERAL (SELECT x.state = 'outgoing'
         AND q.create_date < (now() AT TIME ZONE 'UTC') - interval '1 day' AS now) late), n AS (UPDATE mail_notification n
         SET notification_status = CASE v.state WHEN 'sent' THEN 'sent'
         WHEN 'outgoing' THEN 'ready' ELSE 'exception' END, failure_type = v.kind, failure_reason = v.reason
         FROM v WHERE n.mail_mail_id = v.id
         AND n.notification_status IN ('ready', 'pending', 'process', 'exception')) UPDATE mail_mail q
         SET state = v.state, failure_reason = v.reason, failure_type = v.kind, scheduled_date = CASE
         WHEN v.state = 'outgoing' THEN (now() AT TIME ZONE 'UTC') + interval '5 minutes' END FROM v
         WHERE q.id = v.id",
        ids = ids.clone(),
        states = Bind::texts(outcomes.iter().map(|o| state(&o.sent))),
        reasons = Bind::Texts(outcomes.iter().map(|o| reason(&o.sent)).collect()),
        kinds = Bind::Texts(outcomes.iter().map(|o| kind(&o.sent)).collect())
    );
    env.execute(&sql)?;
    unreached(env, outcomes)?;
    let sql = sql!(
        "WITH q AS (DELETE FROM mail_mail WHERE auto_delete AND state = 'sent' AND id = ANY({ids})
         RETURNING mail_message_id, is_notification) DELETE FROM mail_message m USING q
         WHERE m.id = q.mail_message_id AND NOT COALESCE(q.is_notification, FALSE) AND (m.model IS NULL
         OR m.model = '')"
    );
    env.execute(&sql)?;
    env.invalidate();
    Ok(())
}

fn unreached(env: &mut Env, outcomes: &[Outcome]) -> Result<()> {
    let missed: Vec<(Id, Id, &'static str, String)> =
        outcomes.iter().flat_map(|o| o.unreached.iter().map(|(partner, kind, reason)| (o.mail, *partner, *kind, reason.clone()))).collect();
    if missed.is_empty() {
        return Ok(());
    }
    let sql = sql!(
        "UPDATE mail_notification n
         SET notification_status = 'exception', failure_type = v.kind, failure_reason = v.reason
         FROM unnest({mails}::int4[], {partners}::int4[], {kinds}::text[], {reasons}::text[]) AS v(mail, partner, kind, reason)
         WHERE n.mail_mail_id = v.mail AND n.res_partner_id = v.partner",
        mails = &missed.iter().map(|m| m.0).collect::<Vec<_>>(),
        partners = &missed.iter().map(|m| m.1).collect::<Vec<_>>(),
        kinds = Bind::texts(missed.iter().map(|m| m.2)),
        reasons = Bind::texts(missed.iter().map(|m| m.3.as_str()))
    );
    env.execute(&sql).map(|_| ())
}

/// Whether any mail is due: among the given ones, else at all.
pub fn waiting(env: &mut Env, given: Option<&[Id]>) -> Result<bool> {
    let sql = Sql::lit("SELECT 1 FROM mail_mail WHERE state = 'outgoing' AND ");
    let sql = match given {
        Some(ids) => sql.push("id = ANY(").push_bind(Bind::ids(ids)).push(")"),
        None => sql.push("(scheduled_date IS NULL OR scheduled_date <= (now() AT TIME ZONE 'UTC'))"),
    };
    Ok(!env.query(sql.push(" LIMIT 1"))?.is_empty())
}

/// Mails that were to go at once while there is nowhere to send them to.
pub fn undeliverable(env: &mut Env, ids: &[Id], reason: &str) -> Result<()> {
    let failed = |id: &Id| Outcome { mail: *id, sent: Sent::Failed("mail_smtp", reason.to_owned()), unreached: Vec::new() };
    let sql = sql!("SELECT id FROM mail_mail WHERE state = 'outgoing' AND id = ANY({ids}) FOR UPDATE");
    let still: Vec<Id> = env.query_ids(sql)?;
    let outcomes: Vec<Outcome> = still.iter().map(failed).collect();
    record(env, &outcomes)
}
