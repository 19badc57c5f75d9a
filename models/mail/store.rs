//! Messages as rows: whatever their number, a set of them is one statement.

use lastmile_orm::sql::{Bind, Sql};
use lastmile_orm::{Env, Id, Result};

/// A message to keep.
#[derive(Clone, Debug)]
pub struct NewMessage {
    pub model: String,
    pub record: Id,
    pub body: String,
    pub subject: Option<String>,
    /// Name of the subtype (`module.name`); an unknown one is a note.
    pub subtype: String,
    pub kind: String,
    pub author: Id,
    /// `None`: the author's own address.
    pub from: Option<String>,
    pub parent: Option<Id>,
    pub internal: bool,
    pub activity_type: Option<Id>,
}

impl NewMessage {
    /// A log entry on a record: a note that only employees see.
    pub fn log(env: &Env, model: &str, record: Id, body: impl Into<String>) -> Self {
        NewMessage {
            model: model.to_owned(),
            record,
            body: body.into(),
            subject: None,
            subtype: "mail.mt_note".into(),
            kind: "notification".into(),
            author: env.user().partner_id,
            from: None,
            parent: None,
            internal: true,
            activity_type: None,
        }
    }
}

/// The address of a partner row `p`, as a mail header has it.
pub const ADDRESS: &str =
    "CASE WHEN COALESCE(p.email, '') <> '' THEN '\"' || replace(COALESCE(p.name, ''), '\"', '\\\"') || '\" <' || p.email || '>' END";

const COLUMNS: &str = "INSERT INTO mail_message (model, res_id, body, subject, message_type, parent_id, is_internal, mail_activity_type_id, \
     author_id, email_from, subtype_id, message_id, reply_to_force_new, email_add_signature, date, create_uid, create_date, write_uid, write_date) \
     SELECT v.model, v.record, v.body, v.subject, v.kind, v.parent, v.internal, v.activity, v.author, COALESCE(v.sender, ";

const SUBTYPE: &str = "), COALESCE((SELECT d.res_id FROM ir_model_data d WHERE d.model = 'mail.message.subtype' AND d.module || '.' || d.name = v.subtype LIMIT 1), \
     (SELECT d.res_id FROM ir_model_data d WHERE d.model = 'mail.message.subtype' AND d.module = 'mail' AND d.name = 'mt_note')), \
     '<' || (random() * 1e15)::bigint || '.' || extract(epoch FROM clock_timestamp()) || '-openerp-' || v.record || '-' || v.model || '@localhost>', \
     FALSE, TRUE, ";

/// Keeps messages; answers their ids in order.
pub fn insert(env: &mut Env, messages: &[NewMessage]) -> Result<Vec<Id>> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let texts = |f: &dyn Fn(&NewMessage) -> Option<String>| Bind::Texts(messages.iter().map(f).collect());
    let ints = |f: &dyn Fn(&NewMessage) -> Option<Id>| Bind::Ints(messages.iter().map(f).collect());
    let (uid, now) = (env.uid(), env.now());
    let stamp = |sql: Sql| sql.push_bind(Bind::Int(Some(uid))).push("::int4, ").push_bind(Bind::Timestamp(Some(now))).push("::timestamp");
    let sql = Sql::lit(COLUMNS).push(ADDRESS).push(SUBTYPE).push_bind(Bind::Timestamp(Some(now))).push("::timestamp, ");
    let sql = stamp(stamp(sql).push(", ")).push(" FROM unnest(");
    let sql = sql
        .push_bind(texts(&|m| Some(m.model.clone())))
        .push("::text[], ")
        .push_bind(ints(&|m| Some(m.record)))
        .push("::int4[], ")
        .push_bind(texts(&|m| Some(m.body.clone())))
        .push("::text[], ")
        .push_bind(texts(&|m| m.subject.clone()))
        .push("::text[], ")
        .push_bind(texts(&|m| Some(m.kind.clone())))
        .push("::text[], ")
        .push_bind(ints(&|m| m.parent))
        .push("::int4[], ")
        .push_bind(Bind::Bools(messages.iter().map(|m| Some(m.internal)).collect()))
        .push("::bool[], ")
        .push_bind(ints(&|m| m.activity_type))
        .push("::int4[], ")
        .push_bind(ints(&|m| Some(m.author)))
        .push("::int4[], ")
        .push_bind(texts(&|m| m.from.clone()))
        .push("::text[], ")
        .push_bind(texts(&|m| Some(m.subtype.clone())))
        .push(
            "::text[]) WITH ORDINALITY AS v(model, record, body, subject, kind, parent, internal, activity, author, sender, subtype, n) \
             LEFT JOIN res_partner p ON p.id = v.author ORDER BY v.n RETURNING id",
        );
    Ok(env.query(sql)?.iter().filter_map(|row| row.int(0)).collect())
}

/// Makes partners follow records, with the default subtypes; who follows already stays as is.
pub fn follow(env: &mut Env, model: &str, records: &[Id], partners: &[Id]) -> Result<()> {
    let sql = Sql::lit(
        "WITH f AS (INSERT INTO mail_followers (res_model, res_id, partner_id) SELECT ",
    )
    .push_bind(Bind::text(model))
    .push("::text, r.id, p.id FROM unnest(")
    .push_bind(Bind::ids(records))
    .push("::int4[]) AS r(id), res_partner p WHERE p.id = ANY(")
    .push_bind(Bind::ids(partners))
    .push(
        "::int4[]) ON CONFLICT (res_model, res_id, partner_id) DO NOTHING RETURNING id, res_model, partner_id) \
         INSERT INTO mail_followers_mail_message_subtype_rel (mail_followers_id, mail_message_subtype_id) \
         SELECT f.id, s.id FROM f, mail_message_subtype s WHERE s.\"default\" AND (s.res_model IS NULL OR s.res_model = f.res_model) \
         AND (COALESCE(s.internal, FALSE) = FALSE OR EXISTS (SELECT 1 FROM res_users u WHERE u.partner_id = f.partner_id AND NOT COALESCE(u.share, FALSE)))",
    );
    env.execute(&sql).map(|_| ())
}

/// Ends that partners follow records.
pub fn unfollow(env: &mut Env, model: &str, records: &[Id], partners: &[Id]) -> Result<()> {
    let sql = Sql::lit("DELETE FROM mail_followers WHERE res_model = ")
        .push_bind(Bind::text(model))
        .push(" AND res_id = ANY(")
        .push_bind(Bind::ids(records))
        .push(") AND partner_id = ANY(")
        .push_bind(Bind::ids(partners))
        .push(")");
    env.execute(&sql).map(|_| ())
}

const NOTIFY: &str = "INSERT INTO mail_notification (mail_message_id, res_partner_id, author_id, notification_type, notification_status, failure_type, is_read) \
     SELECT m.id, p.id, m.author_id, k.kind, CASE WHEN k.kind = 'inbox' THEN 'sent' WHEN COALESCE(p.email, '') = '' THEN 'exception' ELSE 'ready' END, \
     CASE WHEN k.kind = 'email' AND COALESCE(p.email, '') = '' THEN 'mail_email_missing' END, k.kind = 'email' \
     FROM mail_message m JOIN res_partner p ON p.active AND (p.id = ANY(";

/// Tells recipients and the followers of the message's subtype, in their inbox or by a mail in the queue.
pub fn notify(env: &mut Env, message: Id, partners: &[Id]) -> Result<()> {
    let sql = Sql::lit(NOTIFY)
        .push_bind(Bind::ids(partners))
        .push(
            "::int4[]) OR p.id IN (SELECT f.partner_id FROM mail_followers f JOIN mail_followers_mail_message_subtype_rel s ON s.mail_followers_id = f.id \
             WHERE f.res_model = m.model AND f.res_id = m.res_id AND s.mail_message_subtype_id = m.subtype_id)) \
             CROSS JOIN LATERAL (SELECT COALESCE((SELECT u.notification_type FROM res_users u WHERE u.partner_id = p.id AND u.active \
             ORDER BY COALESCE(u.share, FALSE), u.id LIMIT 1), 'email') AS kind) k \
             WHERE m.id = ",
        )
        .push_bind(Bind::Int(Some(message)))
        .push(
            " AND (p.id = ANY(",
        )
        .push_bind(Bind::ids(partners))
        .push("::int4[]) OR p.id IS DISTINCT FROM m.author_id) RETURNING id");
    if env.query(sql)?.is_empty() {
        return Ok(());
    }
    let (uid, now) = (env.uid(), env.now());
    let sql = Sql::lit(
        "WITH q AS (INSERT INTO mail_mail (mail_message_id, state, body_html, is_notification, auto_delete, create_uid, create_date, write_uid, write_date) \
         SELECT m.id, 'outgoing', m.body, TRUE, TRUE, ",
    )
    .push_bind(Bind::Int(Some(uid)))
    .push("::int4, ")
    .push_bind(Bind::Timestamp(Some(now)))
    .push("::timestamp, ")
    .push_bind(Bind::Int(Some(uid)))
    .push("::int4, ")
    .push_bind(Bind::Timestamp(Some(now)))
    .push("::timestamp FROM mail_message m WHERE m.id = ")
    .push_bind(Bind::Int(Some(message)))
    .push(
        " AND EXISTS (SELECT 1 FROM mail_notification n WHERE n.mail_message_id = m.id AND n.notification_status = 'ready') RETURNING id, mail_message_id), \
         r AS (INSERT INTO mail_mail_res_partner_rel (mail_mail_id, res_partner_id) SELECT q.id, n.res_partner_id FROM q \
         JOIN mail_notification n ON n.mail_message_id = q.mail_message_id AND n.notification_status = 'ready') \
         UPDATE mail_notification n SET mail_mail_id = q.id FROM q WHERE n.mail_message_id = q.mail_message_id AND n.notification_status = 'ready'",
    );
    env.execute(&sql).map(|_| ())
}
