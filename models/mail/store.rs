//! Messages as rows: whatever their number, a set of them is one statement.

use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Env, Id, Result};

/// A message to keep.
#[derive(Clone, Debug)]
pub struct NewMessage {
    pub model: String,
    pub record: Id,
    pub body: String,
    pub subject: Option<String>,
    /// `None`: the message has no subtype (mails that only went out).
    pub subtype: Option<Subtype>,
    pub kind: String,
    pub author: Option<Id>,
    /// `None`: the author's own address.
    pub from: Option<String>,
    /// `None`: answers go to the sender.
    pub reply_to: Option<String>,
    pub parent: Option<Id>,
    pub activity_type: Option<Id>,
    pub company: Option<Id>,
    /// An entry of the log: only employees see it and nobody is told.
    pub log: bool,
    /// Only employees see it.
    pub internal: bool,
}

/// What a message is about.
#[derive(Clone, Debug)]
pub enum Subtype {
    /// By name (`module.name`); an unknown one is a note.
    Named(String),
    Id(Id),
}

impl NewMessage {
    /// A message of the acting user on a record.
    pub fn on(env: &Env, model: &str, record: Id, body: impl Into<String>) -> Self {
        NewMessage {
            model: model.to_owned(),
            record,
            body: body.into(),
            subject: None,
            subtype: Some(Subtype::Named("mail.mt_note".into())),
            kind: "notification".into(),
            author: Some(env.user().partner_id),
            from: None,
            reply_to: None,
            parent: None,
            activity_type: None,
            company: None,
            log: false,
            internal: false,
        }
    }

    /// A log entry on a record: a note that only employees see.
    pub fn log(env: &Env, model: &str, record: Id, body: impl Into<String>) -> Self {
        NewMessage { log: true, internal: true, ..NewMessage::on(env, model, record, body) }
    }

    fn subtype_name(&self) -> Option<String> {
        match &self.subtype {
            Some(Subtype::Named(name)) => Some(name.clone()),
            _ => None,
        }
    }

    fn subtype_id(&self) -> Option<Id> {
        match &self.subtype {
            Some(Subtype::Id(id)) => Some(*id),
            _ => None,
        }
    }
}

/// The address of a partner row `p`, as a mail header has it.
pub const ADDRESS: &str =
    "CASE WHEN COALESCE(p.email, '') <> '' THEN '\"' || replace(COALESCE(p.name, ''), '\"', '\\\"') || '\" <' || p.email || '>' END";

const COLUMNS: &str = "INSERT INTO mail_message (model, res_id, body, subject, message_type, parent_id, is_internal, mail_activity_type_id, \
     author_id, record_company_id, email_from, reply_to, subtype_id, message_id, email_add_signature, date, create_uid, create_date, write_uid, write_date) \
     SELECT NULLIF(v.model, ''), NULLIF(v.record, 0), v.body, v.subject, v.kind, v.parent, NULLIF(v.internal, FALSE), v.activity, v.author, v.company, \
     COALESCE(v.sender, a.address), COALESCE(v.reply_to, v.sender, a.address), ";

const SUBTYPE: &str = "COALESCE(v.subtype_id, (SELECT d.res_id FROM ir_model_data d WHERE d.model = 'mail.message.subtype' AND d.module || '.' || d.name = v.subtype LIMIT 1), \
     (SELECT d.res_id FROM ir_model_data d WHERE v.subtype IS NOT NULL AND d.model = 'mail.message.subtype' AND d.module = 'mail' AND d.name = 'mt_note')), \
     '<' || (random() * 1e15)::bigint || '.' || extract(epoch FROM clock_timestamp()) || '-openerp-' || \
     CASE WHEN v.log OR v.kind = 'user_notification' THEN 'message-notify' WHEN v.record = 0 THEN 'private' ELSE v.record || '-' || v.model END || '@localhost>', NOT v.log, ";

/// Keeps messages; answers their ids in order.
pub fn insert(env: &mut Env, messages: &[NewMessage]) -> Result<Vec<Id>> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let texts = |f: &dyn Fn(&NewMessage) -> Option<String>| Bind::Texts(messages.iter().map(f).collect());
    let ints = |f: &dyn Fn(&NewMessage) -> Option<Id>| Bind::Ints(messages.iter().map(f).collect());
    let bools = |f: &dyn Fn(&NewMessage) -> bool| Bind::Bools(messages.iter().map(|m| Some(f(m))).collect());
    let (uid, now) = (env.uid(), env.now());
    let stamp = |sql: Sql| sql.push_bind(Bind::Int(Some(uid))).push("::int4, ").push_bind(Bind::Timestamp(Some(now))).push("::timestamp");
    let sql = sql!("{COLUMNS:sql}{SUBTYPE:sql}{now}::timestamp, ");
    let mut sql = stamp(stamp(sql).push(", ")).push(" FROM unnest(");
    let given = [
        texts(&|m| Some(m.model.clone())),
        texts(&|m| Some(m.body.clone())),
        texts(&|m| m.subject.clone()),
        texts(&|m| Some(m.kind.clone())),
        texts(&|m| m.from.clone()),
        texts(&|m| m.reply_to.clone()),
        texts(&NewMessage::subtype_name),
    ];
    for bind in given {
        sql = sql.push_bind(bind).push("::text[], ");
    }
    let given = [
        ints(&|m| Some(m.record)),
        ints(&|m| m.parent),
        ints(&|m| m.activity_type),
        ints(&|m| m.author),
        ints(&|m| m.company),
        ints(&NewMessage::subtype_id),
    ];
    for bind in given {
        sql = sql.push_bind(bind).push("::int4[], ");
    }
    let sql = sql.push_bind(bools(&|m| m.internal)).push("::bool[], ").push_bind(bools(&|m| m.log)).push(
        "::bool[]) WITH ORDINALITY AS v(model, body, subject, kind, sender, reply_to, subtype, record, parent, activity, author, company, \
         subtype_id, internal, log, n) LEFT JOIN res_partner p ON p.id = v.author CROSS JOIN LATERAL (SELECT ",
    );
    let sql = sql.push(ADDRESS).push(" AS address) a ORDER BY v.n RETURNING id");
    env.query_ids(sql)
}

/// Makes partners follow records. With subtypes they follow these and nothing else; without, who follows already stays as is and
/// others get the default ones.
pub fn follow(env: &mut Env, model: &str, records: &[Id], partners: &[Id], subtypes: Option<&[Id]>) -> Result<()> {
    let mut sql = sql!(
        "WITH f AS (INSERT INTO mail_followers (res_model, res_id, partner_id)
         SELECT {model}::text, r.id, p.id FROM unnest({records}::int4[]) AS r(id), res_partner p
         WHERE p.id = ANY({partners}::int4[]) ON CONFLICT (res_model, res_id, partner_id) "
    );
    let Some(subtypes) = subtypes else {
        sql = sql.push(
            "DO NOTHING RETURNING id, res_model, partner_id) \
             INSERT INTO mail_followers_mail_message_subtype_rel (mail_followers_id, mail_message_subtype_id) \
             SELECT f.id, s.id FROM f, mail_message_subtype s WHERE s.\"default\" AND (s.res_model IS NULL OR s.res_model = f.res_model) \
             AND (COALESCE(s.internal, FALSE) = FALSE OR EXISTS (SELECT 1 FROM res_users u WHERE u.partner_id = f.partner_id AND NOT COALESCE(u.share, FALSE)))",
        );
        return env.execute(&sql).map(|_| ());
    };
    sql = sql
        .push(
            "DO UPDATE SET res_id = EXCLUDED.res_id RETURNING id), \
             gone AS (DELETE FROM mail_followers_mail_message_subtype_rel r USING f WHERE r.mail_followers_id = f.id AND NOT r.mail_message_subtype_id = ANY(",
        )
        .push_bind(Bind::ids(subtypes))
        .push(
            "::int4[])) INSERT INTO mail_followers_mail_message_subtype_rel (mail_followers_id, mail_message_subtype_id) \
             SELECT f.id, s FROM f, unnest(",
        )
        .push_bind(Bind::ids(subtypes))
        .push("::int4[]) AS s ON CONFLICT DO NOTHING");
    env.execute(&sql).map(|_| ())
}

/// Ends that partners follow records.
pub fn unfollow(env: &mut Env, model: &str, records: &[Id], partners: &[Id]) -> Result<()> {
    let sql = sql!(
        "DELETE FROM mail_followers WHERE res_model = {model} AND res_id = ANY({records})
         AND partner_id = ANY({partners})"
    );
    env.execute(&sql).map(|_| ())
}
