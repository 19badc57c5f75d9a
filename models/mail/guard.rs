//! Messages and activities have no record rules: who may use one follows from its author and from the record it hangs on.

use std::collections::HashMap;

use lastmile_orm::access::Operation;
use lastmile_orm::declare::Guard;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::value::Map;
use lastmile_orm::{Declarations, Domain, Env, Error, Id, Result, Value, map};

/// Declares the guards.
pub fn declare(all: &mut Declarations) {
    let narrow = |domain| domain;
    all.model("mail.message").guarded(Guard { allowed: |env, ids, operation| allowed(env, "mail.message", ids, operation), narrow });
    all.model("mail.activity").guarded(Guard { allowed: |env, ids, operation| allowed(env, "mail.activity", ids, operation), narrow });
}

/// AccessError unless all may be used so.
pub fn demand(env: &mut Env, model: &str, ids: &[Id], operation: Operation) -> Result<()> {
    if env.is_su() || ids.is_empty() {
        return Ok(());
    }
    let existing = env.existing(model, ids)?;
    if allowed(env, model, &existing, operation)?.len() == existing.len() {
        return Ok(());
    }
    Err(Error::access("You may not use messages and activities of records that you may not use."))
}

/// Rows with: id, theirs by themselves, hidden from outsiders, model, record.
fn facts(env: &Env, model: &str, ids: &[Id], operation: Operation) -> Sql {
    let is = |wanted: &[Operation]| wanted.contains(&operation);
    if model == "mail.activity" {
        return sql!(
            "SELECT t.id, COALESCE(t.user_id = {uid}, FALSE) OR (NOT {reading}
             AND COALESCE(t.create_uid = {uid}, FALSE)), TRUE, t.res_model::text, t.res_id
             FROM mail_activity t WHERE t.id = ANY({ids})",
            uid = env.uid(),
            reading = is(&[Operation::Read])
        );
    }
    let me = env.user().partner_id;
    // An author reads and corrects what he wrote; what stands on a record goes with the right to write that.
    sql!(
        "SELECT t.id, ({authors} AND COALESCE(t.author_id = {me}, FALSE)) OR ({creators}
         AND COALESCE(t.create_uid = {uid}, FALSE)) OR ({addressed} AND (EXISTS (SELECT 1
         FROM mail_message_res_partner_rel r WHERE r.mail_message_id = t.id AND r.res_partner_id = {me})
         OR EXISTS (SELECT 1 FROM mail_notification n WHERE n.mail_message_id = t.id
         AND n.res_partner_id = {me}))), COALESCE(t.is_internal, FALSE) OR COALESCE(s.internal, FALSE)
         OR t.subtype_id IS NULL, t.model::text, t.res_id FROM mail_message t
         LEFT JOIN mail_message_subtype s ON s.id = t.subtype_id WHERE t.id = ANY({ids})",
        authors = is(&[Operation::Read, Operation::Write, Operation::Create]),
        creators = is(&[Operation::Read]),
        uid = env.uid(),
        addressed = is(&[Operation::Read, Operation::Write])
    )
}

/// Those of the rows that the caller may use so, in the order given.
fn allowed(env: &mut Env, model: &str, ids: &[Id], operation: Operation) -> Result<Vec<Id>> {
    if env.is_su() || ids.is_empty() {
        return Ok(ids.to_vec());
    }
    let (mut ok, outsider) = (Vec::new(), env.user().share);
    let mut of: HashMap<String, Vec<(Id, Id)>> = HashMap::new();
    let sql = facts(env, model, ids, operation);
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        if outsider && row.bool(2) == Some(true) {
            continue;
        }
        match (row.text(3).filter(|m| !m.is_empty()), row.int(4).filter(|r| *r != 0)) {
            _ if row.bool(1) == Some(true) => ok.push(id),
            (Some(of_model), Some(record)) => of.entry(of_model).or_default().push((id, record)),
            _ => {}
        }
    }
    let needed = if operation == Operation::Read { Operation::Read } else { Operation::Write };
    for (of_model, pairs) in of {
        if !env.registry().models.contains_key(&of_model) || !env.may(&of_model, needed)? || !env.may(&of_model, Operation::Read)? {
            continue;
        }
        let mut records: Vec<Id> = pairs.iter().map(|(_, r)| *r).collect();
        records.sort_unstable();
        records.dedup();
        let domain = Domain::in_ids("id", &records);
        let seen: std::collections::HashSet<Id> =
            env.with_context(map! { "active_test" => false }, |env| env.search_all(&of_model, &domain))?.into_iter().collect();
        ok.extend(pairs.iter().filter(|(_, r)| seen.contains(r)).map(|(id, _)| *id));
    }
    let ok: std::collections::HashSet<Id> = ok.into_iter().collect();
    Ok(ids.iter().copied().filter(|id| ok.contains(id)).collect())
}

/// Whether a record may get a message or an activity from the caller.
pub fn demand_record(env: &mut Env, model: &str, records: &[Id]) -> Result<()> {
    if env.is_su() || records.is_empty() {
        return Ok(());
    }
    env.check_access(model, Operation::Write)?;
    env.check_records(model, records, Operation::Write)
}

/// The text of a value, empty for anything else.
pub fn text_of(values: &Map, key: &str) -> String {
    values.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}
