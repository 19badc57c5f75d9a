//! mail.mail: the queue of mails to send.

use lastmile_orm::declare::Tx;
use lastmile_orm::sql::{Bind, Sql};
use lastmile_orm::{Answer, Declarations, Env, Id, Invocation, Result, Value, map};

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model("mail.mail")
        .default("state", "outgoing")
        .default("message_type", "email_outgoing")
        .record_method("cancel", "", Tx::Write, |env, call| set_state(env, call, "cancel"))
        .record_method("mark_outgoing", "", Tx::Write, |env, call| set_state(env, call, "outgoing"))
        .record_method("action_retry", "", Tx::Write, |env, call| {
            let states = env.values(&call.model, "state", &call.ids)?;
            let failed: Vec<_> = call.ids.iter().zip(states).filter(|(_, s)| s.as_str() == Some("exception")).map(|(id, _)| *id).collect();
            env.write(
                &call.model,
                &failed,
                map! { "state" => "outgoing", "failure_reason" => Value::None, "scheduled_date" => Value::None },
            )?;
            Ok(Answer::Value(Value::None))
        })
        .unchecked(&["cancel", "mark_outgoing"]);
}

fn set_state(env: &mut Env, call: &Invocation, state: &str) -> Result<Answer> {
    env.write(&call.model, &call.ids, map! { "state" => state })?;
    Ok(Answer::Value(Value::Bool(true)))
}

/// The server that mails leave by.
#[derive(Clone, Debug)]
pub struct Server {
    pub host: String,
    pub port: u16,
    /// `none`, `starttls`, `ssl`, or one of the latter with `_strict`: the certificate is checked.
    pub encryption: String,
    pub user: String,
    pub password: String,
}

/// A mail on its way out.
#[derive(Clone, Debug)]
pub struct Letter {
    pub id: Id,
    pub subject: String,
    pub html: String,
    pub from: String,
    pub reply_to: String,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub message_id: String,
    pub files: Vec<(String, String, Vec<u8>)>,
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    Gone,
    /// Refused for now and not taken over by the server: it may be tried again.
    Later(String),
    Failed(String),
}

/// The first active server.
pub fn server(env: &mut Env) -> Result<Option<Server>> {
    let sql = Sql::lit(
        "SELECT smtp_host::text, COALESCE(smtp_port, 25), smtp_encryption::text, COALESCE(smtp_user, '')::text, COALESCE(smtp_pass, '')::text \
         FROM ir_mail_server WHERE active AND COALESCE(smtp_host, '') <> '' ORDER BY sequence, id LIMIT 1",
    );
    let rows = env.query(sql)?;
    Ok(rows.first().map(|row| Server {
        host: row.text(0).unwrap_or_default(),
        port: row.int(1).and_then(|port| u16::try_from(port).ok()).unwrap_or(25),
        encryption: row.text(2).unwrap_or_default(),
        user: row.text(3).unwrap_or_default(),
        password: row.text(4).unwrap_or_default(),
    }))
}

/// Takes due mails out of the queue. Whatever happens after the commit, nobody else sends them: a program that dies while it sends
/// leaves them marked as failed, never to go out twice.
pub fn claim(env: &mut Env, limit: i64) -> Result<Vec<Letter>> {
    let now = env.now();
    let sql = Sql::lit(
        "UPDATE mail_mail SET state = 'exception', failure_type = 'unknown', failure_reason = 'Sending was interrupted: the mail may have gone out.' \
         WHERE id IN (SELECT id FROM mail_mail WHERE state = 'outgoing' AND (scheduled_date IS NULL OR scheduled_date <= ",
    )
    .push_bind(Bind::Timestamp(Some(now)))
    .push(") ORDER BY id LIMIT ")
    .push_bind(Bind::Big(Some(limit)))
    .push(" FOR UPDATE SKIP LOCKED) RETURNING id");
    let ids: Vec<Id> = env.query(sql)?.iter().filter_map(|row| row.int(0)).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = Sql::lit(
        "SELECT q.id, m.subject::text, q.body_html, m.email_from::text, m.reply_to::text, q.email_to, q.email_cc::text, m.message_id::text, \
         (SELECT string_agg(p.email, ',') FROM mail_mail_res_partner_rel r JOIN res_partner p ON p.id = r.res_partner_id \
         WHERE r.mail_mail_id = q.id AND COALESCE(p.email, '') <> '') \
         FROM mail_mail q JOIN mail_message m ON m.id = q.mail_message_id WHERE q.id = ANY(",
    )
    .push_bind(Bind::ids(&ids))
    .push(") ORDER BY q.id");
    let list = |text: Option<String>| {
        let text = text.unwrap_or_default();
        text.split(',').map(str::trim).filter(|a| !a.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let mut letters = Vec::new();
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        let text = |n: usize| row.text(n).unwrap_or_default();
        let mut to = list(row.text(5));
        to.extend(list(row.text(8)));
        letters.push(Letter {
            id,
            subject: text(1),
            html: text(2),
            from: text(3),
            reply_to: text(4),
            to,
            cc: list(row.text(6)),
            message_id: text(7),
            files: Vec::new(),
        });
    }
    attach(env, &ids, &mut letters)?;
    Ok(letters)
}

fn attach(env: &mut Env, ids: &[Id], letters: &mut [Letter]) -> Result<()> {
    let sql = Sql::lit(
        "SELECT q.id, a.id, a.name::text, COALESCE(a.mimetype, 'application/octet-stream')::text FROM mail_mail q \
         JOIN message_attachment_rel r ON r.message_id = q.mail_message_id JOIN ir_attachment a ON a.id = r.attachment_id WHERE q.id = ANY(",
    )
    .push_bind(Bind::ids(ids))
    .push(") ORDER BY a.id");
    let rows = env.query(sql)?;
    let files: Vec<Id> = rows.iter().filter_map(|row| row.int(1)).collect();
    let contents = env.values("ir.attachment", "raw", &files)?;
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
pub fn record(env: &mut Env, outcomes: &[(Id, Sent)]) -> Result<()> {
    let ids = Bind::ids(&outcomes.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    let state = |sent: &Sent| match sent {
        Sent::Gone => "sent",
        Sent::Later(_) => "outgoing",
        Sent::Failed(_) => "exception",
    };
    let reason = |sent: &Sent| match sent {
        Sent::Gone => None,
        Sent::Later(reason) | Sent::Failed(reason) => Some(reason.clone()),
    };
    // What is refused for a day is refused for good.
    let sql = Sql::lit(
        "WITH v AS (SELECT x.id, CASE WHEN x.state = 'outgoing' AND q.create_date < (now() AT TIME ZONE 'UTC') - interval '1 day' THEN 'exception' ELSE x.state END AS state, \
         x.reason FROM unnest(",
    )
    .push_bind(ids.clone())
    .push("::int4[], ")
    .push_bind(Bind::texts(outcomes.iter().map(|(_, sent)| state(sent))))
    .push("::text[], ")
    .push_bind(Bind::Texts(outcomes.iter().map(|(_, sent)| reason(sent)).collect()))
    .push(
        "::text[]) AS x(id, state, reason) JOIN mail_mail q ON q.id = x.id), \
         n AS (UPDATE mail_notification n SET notification_status = CASE v.state WHEN 'sent' THEN 'sent' WHEN 'outgoing' THEN 'ready' ELSE 'exception' END, \
         failure_reason = v.reason FROM v WHERE n.mail_mail_id = v.id) \
         UPDATE mail_mail q SET state = v.state, failure_reason = v.reason, failure_type = CASE WHEN v.state = 'exception' THEN 'mail_smtp' END, \
         scheduled_date = CASE WHEN v.state = 'outgoing' THEN (now() AT TIME ZONE 'UTC') + interval '5 minutes' END FROM v WHERE q.id = v.id",
    );
    env.execute(&sql)?;
    let sql = Sql::lit("DELETE FROM mail_mail WHERE auto_delete AND state = 'sent' AND id = ANY(").push_bind(ids).push(")");
    env.execute(&sql)?;
    env.invalidate();
    Ok(())
}

/// Whether any mail is due.
pub fn waiting(env: &mut Env) -> Result<bool> {
    let sql = Sql::lit(
        "SELECT 1 FROM mail_mail WHERE state = 'outgoing' AND (scheduled_date IS NULL OR scheduled_date <= (now() AT TIME ZONE 'UTC')) LIMIT 1",
    );
    Ok(!env.query(sql)?.is_empty())
}
