//! Who is told of messages, and how: in the inbox of the web client, or by a mail in the queue.

use chrono::{NaiveDateTime, TimeDelta};
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result};

/// Days that read notifications of employees are kept.
const KEPT: i64 = 180;

/// How messages are told of.
#[derive(Clone, Debug)]
pub struct Manner {
    /// The followers of the message's subtype are told, too.
    pub followers: bool,
    /// Authors hear of what they wrote themselves.
    pub author: bool,
    /// Sent mails are not kept.
    pub auto_delete: bool,
    /// No mail leaves before.
    pub not_before: Option<NaiveDateTime>,
}

impl Default for Manner {
    fn default() -> Self {
        Manner { followers: true, author: false, auto_delete: true, not_before: None }
    }
}

const RECIPIENTS: &str = "INSERT INTO mail_notification (mail_message_id, res_partner_id, author_id, notification_type, notification_status, failure_type, is_read, read_date) \
     SELECT m.id, p.id, m.author_id, k.kind, CASE WHEN k.kind = 'inbox' THEN 'sent' WHEN COALESCE(p.email, '') = '' THEN 'exception' ELSE 'ready' END, \
     CASE WHEN k.kind = 'email' AND COALESCE(p.email, '') = '' THEN 'mail_email_missing' END, k.kind = 'email', CASE WHEN k.kind = 'email' THEN ";

const FOLLOWERS: &str = " AND f.res_model = m.model AND f.res_id = m.res_id AND s.mail_message_subtype_id = m.subtype_id) r \
     JOIN res_partner p ON p.id = r.partner AND p.active \
     CROSS JOIN LATERAL (SELECT COALESCE((SELECT u.notification_type FROM res_users u WHERE u.partner_id = p.id AND u.active \
     ORDER BY COALESCE(u.share, FALSE), u.id LIMIT 1), 'email') AS kind) k WHERE m.id = ANY(";

/// Tells the named partners (pairs of message and partner) and followers: a fixed number of statements for all messages.
pub fn tell(env: &mut Env, messages: &[Id], named: &[(Id, Id)], manner: &Manner) -> Result<()> {
    let (of, partners): (Vec<Id>, Vec<Id>) = named.iter().copied().unzip();
    let (uid, now) = (env.uid(), env.now());
    let sql = sql!(
        "{RECIPIENTS:sql}{now}::timestamp END FROM mail_message m CROSS JOIN LATERAL (SELECT n.partner
         FROM unnest({of}::int4[], {partners}::int4[]) AS n(message, partner) WHERE n.message = m.id UNION
         SELECT f.partner_id FROM mail_followers f
         JOIN mail_followers_mail_message_subtype_rel s ON s.mail_followers_id = f.id
         WHERE {followers}{FOLLOWERS:sql}{messages}) AND ({author} OR p.id IS DISTINCT FROM m.author_id)
         RETURNING id",
        followers = manner.followers,
        author = manner.author
    );
    if env.query(sql)?.is_empty() {
        return Ok(());
    }
    let sql = sql!(
        "WITH q AS (INSERT INTO mail_mail (mail_message_id, state, body_html, is_notification, auto_delete,
         scheduled_date, create_uid, create_date, write_uid, write_date)
         SELECT m.id, 'outgoing', m.body, TRUE, {auto_delete}::bool, {not_before}::timestamp, {uid}::int4,
         {now}::timestamp, {uid}::int4, {now}::timestamp
         FROM mail_message m WHERE m.id = ANY({messages}) AND EXISTS (SELECT 1 FROM mail_notification n
         WHERE n.mail_message_id = m.id AND n.notification_status = 'ready')
         RETURNING id, mail_message_id), r AS (INSERT INTO mail_mail_res_partner_rel (mail_mail_id, res_partner_id)
         SELECT q.id, n.res_partner_id FROM q
         JOIN mail_notification n ON n.mail_message_id = q.mail_message_id
         AND n.notification_status = 'ready') UPDATE mail_notification n SET mail_mail_id = q.id FROM q
         WHERE n.mail_message_id = q.mail_message_id AND n.notification_status = 'ready'",
        auto_delete = manner.auto_delete,
        not_before = manner.not_before
    );
    env.execute(&sql).map(|_| ())
}

/// The cron: what everybody has read long ago is forgotten.
pub fn forget_old(env: &mut Env) -> Result<()> {
    env.transaction(|env| {
        let sql = sql!(
            "DELETE FROM mail_notification n USING res_partner p WHERE p.id = n.res_partner_id
             AND NOT COALESCE(p.partner_share, FALSE) AND n.is_read
             AND n.notification_status IN ('sent', 'canceled') AND n.read_date < {days}",
            days = env.now() - TimeDelta::days(KEPT)
        );
        env.execute(&sql).map(|_| ())
    })
}
