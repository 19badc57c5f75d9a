//! Exceptions from locks: for a user or for all, until a time or for ever.

use chrono::NaiveDate;
use lastmile_orm::call::Invocation;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next, Tx};
use lastmile_orm::domain::Op;
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Answer, Declarations, Domain, Env, Error, Id, Map, Result, Value, map};

use super::dates::Lock;
use crate::mail::post::thread_roots;
use crate::mail::store::{self, NewMessage};

const EXCEPTION: &str = "account.lock_exception";

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    let model = all.model(EXCEPTION);
    model
        .no_copy("Exceptions from locks cannot be copied.")
        .accepts(&["fiscalyear_lock_date", "tax_lock_date", "sale_lock_date", "purchase_lock_date"])
        .display_name(|_, ids| Ok(ids.iter().map(|id| format!("Lock Date Exception {id}")).collect()))
        .compute_sudo(&["state"], &["active", "end_datetime"], state)
        .search("state", search_state)
        .compute_sudo(
            &["fiscalyear_lock_date", "tax_lock_date", "sale_lock_date", "purchase_lock_date"],
            &["lock_date_field", "lock_date"],
            days,
        )
        .on_create(create)
        .record_method("action_revoke", "", Tx::Write, revoke_call);
    model.search("fiscalyear_lock_date", |_, op, value| search_day(Lock::Fiscalyear, op, value));
    model.search("tax_lock_date", |_, op, value| search_day(Lock::Tax, op, value));
    model.search("sale_lock_date", |_, op, value| search_day(Lock::Sale, op, value));
    model.search("purchase_lock_date", |_, op, value| search_day(Lock::Purchase, op, value));
}

fn state(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let (active, ends) = (env.values(EXCEPTION, "active", ids)?, env.values(EXCEPTION, "end_datetime", ids)?);
    for ((id, active), end) in ids.iter().zip(active).zip(ends) {
        let over = matches!(end, Value::DateTime(end) if end < env.now());
        out.set(
            "state",
            *id,
            if !active.truthy() {
                "revoked"
            } else if over {
                "expired"
            } else {
                "active"
            },
        );
    }
    Ok(())
}

fn search_state(env: &Env, op: &str, value: &Value) -> Result<Domain> {
    let asked: Vec<&str> = match (op, value) {
        ("=", Value::Str(one)) => vec![one],
        ("in", Value::List(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => return Err(Error::unfit(op)),
    };
    let now = Value::DateTime(env.now());
    Ok(Domain::one_of(asked.into_iter().map(|state| match state {
        "revoked" => Domain::eq("active", false),
        "expired" => Domain::eq("active", true).and(Domain::cond("end_datetime", Op::Lt, now.clone())),
        "active" => {
            let goes_on = Domain::unset("end_datetime").or(Domain::cond("end_datetime", Op::Ge, now.clone()));
            Domain::eq("active", true).and(goes_on)
        }
        _ => Domain::False,
    })))
}

/// What an exception does not change is open for ever.
fn days(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let fields = env.values(EXCEPTION, "lock_date_field", ids)?;
    for ((id, field), day) in ids.iter().zip(fields).zip(env.values(EXCEPTION, "lock_date", ids)?) {
        for lock in Lock::SOFT {
            let own = field.as_str() == Some(lock.field());
            out.set(lock.field(), *id, if own { day.clone() } else { Value::from(NaiveDate::from_ymd_opt(9999, 12, 31)) });
        }
    }
    Ok(())
}

fn search_day(lock: Lock, op: &str, value: &Value) -> Result<Domain> {
    let (op, day) = match (Op::parse(op), value.truthy()) {
        (Some(op @ (Op::Lt | Op::Le)), true) => (op, value.clone()),
        _ => return Err(Error::unfit(op)),
    };
    let before = Domain::unset("lock_date").or(Domain::cond("lock_date", op, day));
    Ok(Domain::eq("lock_date_field", lock.field()).and(before))
}

/// An exception can be told by the field of the lock that it changes.
fn create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let own = env.company_id();
    for map in &mut values {
        let told: Vec<Lock> = Lock::SOFT.into_iter().filter(|lock| map.contains_key(lock.field())).collect();
        let days: Vec<Value> = told.iter().filter_map(|lock| map.shift_remove(lock.field())).collect();
        if !map.contains_key("lock_date") || !map.contains_key("lock_date_field") {
            let ([lock], [day]) = (told.as_slice(), days.as_slice()) else {
                return Err(Error::validation("An exception changes one lock."));
            };
            map.insert("lock_date_field".into(), Value::from(lock.field()));
            map.insert("lock_date".into(), day.clone());
        }
        let field = map.get("lock_date_field").and_then(Value::as_str).and_then(Lock::parse);
        if let (Some(lock), false) = (field, map.contains_key("company_lock_date")) {
            let company = map.get("company_id").map_or(Some(own), Value::as_id).unwrap_or(own);
            let day = env.value("res.company", lock.field(), company)?;
            map.insert("company_lock_date".into(), day);
        }
    }
    let ids = next.call(env, values)?;
    told(env, &ids)?;
    // What companies show of their locks was computed without them.
    env.invalidate();
    Ok(ids)
}

/// Companies remember who may do what until when.
fn told(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "SELECT x.id, x.company_id, COALESCE(p.name, 'everybody'), x.end_datetime, x.reason::text, f.id, x.company_lock_date, x.lock_date
         FROM account_lock_exception x LEFT JOIN res_users u ON u.id = x.user_id LEFT JOIN res_partner p ON p.id = u.partner_id
         LEFT JOIN ir_model_fields f ON f.model = 'account.lock_exception' AND f.name = x.lock_date_field
         WHERE x.id = ANY({ids}) ORDER BY x.id"
    );
    let rows = env.query(sql)?;
    let companies: Vec<Id> = rows.iter().filter_map(|row| row.int(1)).collect();
    let threads = thread_roots(env, "res.company", &companies)?;
    let own = env.company_id();
    let mut notes = Vec::new();
    for row in &rows {
        let until = row.timestamp(3).map(|end| format!(" until {end}")).unwrap_or_default();
        let reason = row.text(4).map(|reason| format!(": {reason}")).unwrap_or_default();
        let body = format!("Exception from a lock for {}{until}{reason}", row.text(2).unwrap_or_default());
        let body = body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let company = row.int(1).unwrap_or(0);
        let parent = threads.get(&company).copied();
        notes.push(NewMessage {
            parent,
            company: Some(own),
            ..NewMessage::on(env, "res.company", company, format!("<span>{body}</span>"))
        });
    }
    let messages = env.sudo(|env| store::insert(env, &notes))?;
    let dates = |n: usize| Bind::Dates(rows.iter().map(|row| row.date(n)).collect());
    let fields: Vec<Id> = rows.iter().map(|row| row.int(5).unwrap_or(0)).collect();
    let sql = sql!(
        "INSERT INTO mail_tracking_value (field_id, mail_message_id, old_value_datetime, new_value_datetime, create_uid, create_date,
         write_uid, write_date) SELECT k.field, k.message, k.old, k.new, {uid}, {now}::timestamp, {uid}, {now}::timestamp
         FROM unnest({fields}::int4[], {messages}::int4[], {old}::date[], {new}::date[]) k (field, message, old, new) WHERE k.field > 0",
        uid = env.uid(),
        now = env.now(),
        old = dates(6),
        new = dates(7)
    );
    env.execute(&sql)?;
    Ok(())
}

/// Exceptions from locks that moved are made anew, so that each says which lock it is from.
pub(super) fn renew(env: &mut Env, companies: &[Id], locks: &[Lock]) -> Result<()> {
    env.flush()?;
    let fields = Bind::texts(locks.iter().map(|lock| lock.field()));
    let sql = sql!(
        "SELECT x.id, x.company_id, x.user_id, x.reason::text, x.end_datetime, x.lock_date_field::text, x.lock_date
         FROM account_lock_exception x JOIN res_company c ON c.id = x.company_id
         CROSS JOIN LATERAL (SELECT CASE x.lock_date_field WHEN 'fiscalyear_lock_date' THEN c.fiscalyear_lock_date
         WHEN 'tax_lock_date' THEN c.tax_lock_date WHEN 'sale_lock_date' THEN c.sale_lock_date
         ELSE c.purchase_lock_date END AS day) l WHERE x.active AND x.company_id = ANY({companies})
         AND x.lock_date_field = ANY({fields}::text[]) AND (x.end_datetime IS NULL OR x.end_datetime >= {now})
         AND (x.lock_date IS NULL AND l.day IS NOT NULL OR x.lock_date < l.day) ORDER BY x.id",
        now = env.now()
    );
    let rows = env.query(sql)?;
    if rows.is_empty() {
        return Ok(());
    }
    let values = rows.iter().map(|row| {
        map! {
            "company_id" => row.int(1), "user_id" => row.int(2), "reason" => row.text(3),
            "end_datetime" => row.timestamp(4).map_or(Value::None, Value::DateTime),
            "lock_date_field" => row.text(5), "lock_date" => row.date(6)
        }
    });
    let values: Vec<Map> = values.collect();
    let old: Vec<Id> = rows.iter().filter_map(|row| row.int(0)).collect();
    env.create(EXCEPTION, values)?;
    revoke(env, &old)
}

fn revoke(env: &mut Env, ids: &[Id]) -> Result<()> {
    let states = env.values(EXCEPTION, "state", ids)?;
    let active: Vec<Id> = ids.iter().zip(states).filter(|(_, state)| state.as_str() == Some("active")).map(|(id, _)| *id).collect();
    let now = env.now();
    env.sudo(|env| env.write(EXCEPTION, &active, map! { "active" => false, "end_datetime" => Value::DateTime(now) }))?;
    env.invalidate();
    Ok(())
}

fn revoke_call(env: &mut Env, call: &Invocation) -> Result<Answer> {
    if !env.is_su() && !env.has_group("account.group_account_manager") {
        return Err(Error::user("Exceptions from locks are ended by accounting administrators."));
    }
    revoke(env, &call.ids)?;
    Ok(Answer::from(Value::None))
}
