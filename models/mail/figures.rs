//! What is computed of messages and of the records they hang on.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::domain::Op;
use lastmile_orm::sql::row::Row;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Declarations, Domain, Env, Error, Id, Result, Value};

use super::text;

const MESSAGE: &str = "mail.message";

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    // Fields of the modules sms and snailmail.
    all.optional(MESSAGE, &["has_sms_error", "snailmail_error"]);
    all.model(MESSAGE)
        .compute_sudo(&["preview"], &["body"], preview)
        .compute_sudo(&["record_name"], &["model", "res_id"], record_name)
        .compute_sudo(&["needaction", "starred", "has_error", "is_current_user_or_guest_author"], &[], personal)
        .search("needaction", |env, op, value| mine(env, op, value, "notification_ids", needs_action(env)))
        .search("has_error", |env, op, value| mine(env, op, value, "notification_ids", failed()))
        .search("has_sms_error", |env, op, value| mine(env, op, value, "notification_ids", sms_failed()))
        .search("snailmail_error", |env, op, value| {
            let letter = |domain| Domain::any_bypass("letter_ids", domain);
            let found = letter(Domain::eq("state", "error")).and(letter(Domain::eq("user_id", env.uid())));
            Ok(if wanted(op, value)? { found } else { found.negate() })
        })
        .search("starred", |env, op, value| {
            let me = Domain::in_ids("starred_partner_ids", &[env.user().partner_id]);
            Ok(if wanted(op, value)? { me } else { me.negate() })
        });
    all.model("mail.followers").rec_name("partner_id").display_sql(|_, alias, _| {
        sql!("(SELECT p.complete_name FROM res_partner p WHERE p.id = {alias:sql})", alias = Sql::column(alias, "partner_id"))
    });
    all.thread
        .compute_sudo(&["message_is_follower", "message_partner_ids"], &[], followers)
        .compute_sudo(
            &["message_needaction", "message_needaction_counter", "message_has_error", "message_has_error_counter"],
            &[],
            counters,
        )
        .compute_sudo(&["message_attachment_count"], &[], attachment_count)
        .compute_sudo(&["has_message"], &[], has_message)
        .search("has_message", |_, op, value| {
            let any = Domain::any_bypass("message_ids", Domain::True);
            Ok(if wanted(op, value)? { any } else { any.negate() })
        })
        .search("message_has_error", |env, op, value| {
            let own = Domain::eq("author_id", env.user().partner_id).and(Domain::any_bypass("notification_ids", failed()));
            mine(env, op, value, "message_ids", own)
        })
        .search_path("message_partner_ids", &["message_follower_ids", "partner_id"])
        .search("message_partner_ids", |_, op, value| {
            let inner = Domain::with("partner_id", op_of(op)?, lastmile_orm::domain::Operand::Value(value.clone()));
            Ok(Domain::any_bypass("message_follower_ids", inner))
        })
        .search("message_is_follower", |env, op, value| {
            let me = Domain::any_bypass("message_follower_ids", Domain::eq("partner_id", env.user().partner_id));
            Ok(if wanted(op, value)? { me } else { me.negate() })
        })
        .search_as_given("message_needaction", |env, op, value| {
            let inner = Domain::any_bypass("notification_ids", needs_action(env));
            // Records without messages are in neither answer.
            Ok(Domain::any_bypass("message_ids", if wanted(op, value)? { inner } else { inner.negate() }))
        })
        .search("message_has_sms_error", |env, op, value| {
            let own = Domain::eq("author_id", env.user().partner_id);
            let failed = Domain::any_bypass("message_ids", Domain::any_bypass("notification_ids", sms_failed()));
            let found = failed.and(Domain::any_bypass("message_ids", own));
            Ok(if wanted(op, value)? { found } else { found.negate() })
        });
}

/// An operator that a search of a computed field got.
pub(super) fn op_of(op: &str) -> Result<Op> {
    Op::parse(op).ok_or_else(|| Error::unfit(op))
}

/// Whether a condition asks for the true ones.
fn wanted(op: &str, value: &Value) -> Result<bool> {
    let truth = match value {
        Value::List(items) => items.iter().any(Value::truthy),
        other => other.truthy(),
    };
    match op {
        "=" | "in" => Ok(truth),
        "!=" | "not in" => Ok(!truth),
        other => Err(Error::unfit(other)),
    }
}

fn needs_action(env: &Env) -> Domain {
    Domain::eq("res_partner_id", env.user().partner_id).and(Domain::eq("is_read", false))
}

fn failed() -> Domain {
    Domain::is_in("notification_status", vec!["bounce", "exception"])
}

fn sms_failed() -> Domain {
    Domain::eq("notification_status", "exception").and(Domain::eq("notification_type", "sms"))
}

fn mine(_env: &Env, op: &str, value: &Value, through: &str, inner: Domain) -> Result<Domain> {
    let found = Domain::any_bypass(through, inner);
    Ok(if wanted(op, value)? { found } else { found.negate() })
}

fn preview(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, body) in ids.iter().zip(env.values(MESSAGE, "body", ids)?) {
        let line: String = text::plain(body.as_str().unwrap_or_default()).chars().take(190).collect();
        out.set("preview", *id, line);
    }
    Ok(())
}

fn record_name(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let models = env.values(MESSAGE, "model", ids)?;
    let records = env.values(MESSAGE, "res_id", ids)?;
    let mut by_model: HashMap<String, Vec<(Id, Id)>> = HashMap::new();
    for ((id, model), record) in ids.iter().zip(models).zip(records) {
        if let (Some(model), Some(record)) = (model.as_str(), record.as_id().filter(|r| *r != 0)) {
            by_model.entry(model.to_owned()).or_default().push((*id, record));
        }
    }
    for (model, pairs) in by_model {
        if !env.registry().models.contains_key(&model) {
            continue;
        }
        let mut records: Vec<Id> = pairs.iter().map(|(_, record)| *record).collect();
        records.sort_unstable();
        records.dedup();
        let names: HashMap<Id, String> = records.iter().copied().zip(env.names(&model, &records)?).collect();
        for (id, record) in pairs {
            out.set("record_name", id, names.get(&record).filter(|n| !n.is_empty()).cloned());
        }
    }
    Ok(())
}

fn personal(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let me = env.user().partner_id;
    let sql = sql!(
        "SELECT m.id, EXISTS (SELECT 1 FROM mail_notification n WHERE n.mail_message_id = m.id
         AND NOT COALESCE(n.is_read, FALSE) AND n.res_partner_id = {me}), EXISTS (SELECT 1
         FROM mail_message_res_partner_starred_rel s WHERE s.mail_message_id = m.id
         AND s.res_partner_id = {me}), EXISTS (SELECT 1 FROM mail_notification n
         WHERE n.mail_message_id = m.id
         AND n.notification_status IN ('exception', 'bounce')), COALESCE(m.author_id = {me}, FALSE)
         FROM mail_message m WHERE m.id = ANY({ids})"
    );
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        for (n, field) in ["needaction", "starred", "has_error", "is_current_user_or_guest_author"].into_iter().enumerate() {
            out.set(field, id, row.bool(n + 1).unwrap_or(false));
        }
    }
    Ok(())
}

fn grouped(env: &mut Env, sql: Sql, mut take: impl FnMut(Id, &Row)) -> Result<()> {
    for row in env.query(sql)? {
        if let Some(id) = row.int(0) {
            take(id, &row);
        }
    }
    Ok(())
}

fn followers(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let (model, me) = (out.model().to_owned(), env.user().partner_id);
    let sql = sql!(
        "SELECT res_id, partner_id FROM mail_followers WHERE res_model = {model} AND res_id = ANY({ids})
         ORDER BY partner_id"
    );
    let mut found: HashMap<Id, Vec<Id>> = HashMap::new();
    grouped(env, sql, |id, row| found.entry(id).or_default().extend(row.int(1)))?;
    for id in ids {
        let partners = found.remove(id).unwrap_or_default();
        out.set("message_is_follower", *id, partners.contains(&me));
        out.set("message_partner_ids", *id, partners);
    }
    Ok(())
}

fn counters(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let (model, me) = (out.model().to_owned(), env.user().partner_id);
    let sql = sql!(
        "SELECT m.res_id, count(DISTINCT m.id) FILTER (WHERE NOT COALESCE(n.is_read, FALSE)
         AND n.res_partner_id = {me}), count(DISTINCT m.id) FILTER (WHERE n.notification_status IN ('exception', 'bounce')
         AND m.author_id = {me}) FROM mail_message m JOIN mail_notification n ON n.mail_message_id = m.id
         WHERE m.model = {model} AND m.res_id = ANY({ids}) GROUP BY m.res_id"
    );
    let mut found: HashMap<Id, (i64, i64)> = HashMap::new();
    grouped(env, sql, |id, row| {
        found.insert(id, (row.big(1).unwrap_or(0), row.big(2).unwrap_or(0)));
    })?;
    for id in ids {
        let (open, failed) = found.get(id).copied().unwrap_or((0, 0));
        out.set("message_needaction", *id, open > 0);
        out.set("message_needaction_counter", *id, open);
        out.set("message_has_error", *id, failed > 0);
        out.set("message_has_error_counter", *id, failed);
    }
    Ok(())
}

fn has_message(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!("SELECT DISTINCT res_id FROM mail_message WHERE model = {model} AND res_id = ANY({ids})", model = out.model());
    let found: std::collections::HashSet<Id> = env.query(sql)?.iter().filter_map(|row| row.int(0)).collect();
    for id in ids {
        out.set("has_message", *id, found.contains(id));
    }
    Ok(())
}

fn attachment_count(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let model = out.model().to_owned();
    let sql = sql!(
        "SELECT res_id, count(*) FROM ir_attachment WHERE res_field IS NULL AND res_model = {model}
         AND res_id = ANY({ids}) GROUP BY res_id"
    );
    let mut found: HashMap<Id, i64> = HashMap::new();
    grouped(env, sql, |id, row| {
        found.insert(id, row.big(1).unwrap_or(0));
    })?;
    for id in ids {
        out.set("message_attachment_count", *id, found.get(id).copied().unwrap_or(0));
    }
    Ok(())
}
