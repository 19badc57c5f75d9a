//! mail.activity: what somebody has to do about a record, by when.

use std::collections::HashMap;

use chrono::{Days, Months, NaiveDate};
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next, Tx, WriteHook};
use lastmile_orm::registry::{Registry, translated};
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::value::Map;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Result, Value, map};

use super::notify::{self, Manner};
use super::store::{self, NewMessage};
use super::{guard, text};

/// The model.
pub const ACTIVITY: &str = "mail.activity";

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(ACTIVITY)
        .display_sql(name)
        .default_fn("activity_type_id", default_kind)
        .on_create(created)
        .on_write(written)
        .compute_sudo(&["state"], &["date_deadline", "active", "user_tz"], state)
        .compute_sudo(&["can_write"], &[], |_, ids, out| {
            out.set_all("can_write", ids, true);
            Ok(())
        })
        .onchange(&["activity_type_id"], follow_kind)
        .onchange(&["recommended_activity_type_id"], |env, id| {
            let kind = env.value(ACTIVITY, "recommended_activity_type_id", id)?;
            if kind.truthy() { env.assign(ACTIVITY, "activity_type_id", id, kind) } else { Ok(()) }
        })
        .record_method("action_reschedule_today", "", Tx::Write, |env, call| reschedule(env, call, 0))
        .record_method("action_reschedule_tomorrow", "", Tx::Write, |env, call| reschedule(env, call, 1))
        .record_method("action_reschedule_nextweek", "", Tx::Write, |env, call| {
            let weekday = u64::from(chrono::Datelike::weekday(&env.today()).num_days_from_monday());
            reschedule(env, call, 7 - weekday)
        })
        .record_method("action_cancel", "", Tx::Write, |env, call| {
            env.unlink(ACTIVITY, &call.ids)?;
            Ok(Answer::Value(Value::None))
        })
        .record_method("action_notify", "", Tx::Write, |env, call| {
            tell_assigned(env, &call.ids)?;
            Ok(Answer::Value(Value::None))
        })
        .record_method("action_open_document", "", Tx::Read, open_document);
}

/// The summary, else the type.
fn name(reg: &Registry, alias: &str, lang: &str) -> Sql {
    sql!(
        "COALESCE(NULLIF({summary:sql}, ''), (SELECT {kind:sql} FROM mail_activity_type k
         WHERE k.id = {kind_id:sql}))",
        summary = Sql::column(alias, "summary"),
        kind = crate::base::names::text(reg, "mail.activity.type", "name", "k", lang),
        kind_id = Sql::column(alias, "activity_type_id")
    )
}

/// The first type for records of any model.
pub fn default_kind(env: &mut Env) -> Result<Value> {
    let sql = Sql::lit("SELECT id FROM mail_activity_type WHERE active AND res_model IS NULL ORDER BY sequence, id LIMIT 1");
    Ok(Value::from(env.query(sql)?.first().and_then(|row| row.int(0))))
}

/// What an activity's type says of new ones.
#[derive(Clone, Debug)]
pub struct Kind {
    delay: i32,
    unit: String,
    from_today: bool,
    pub summary: Option<String>,
    pub user: Option<Id>,
    pub note: Option<String>,
    /// What follows when one is done.
    pub next: Option<Id>,
}

/// The types by id.
pub fn kinds(env: &mut Env, ids: &[Id]) -> Result<HashMap<Id, Kind>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let lang = env.context().lang.clone();
    let sql = sql!(
        "SELECT id, COALESCE(delay_count, 0), delay_unit::text, delay_from = 'current_date', COALESCE(summary ->>
         {lang}, summary ->> 'en_US'), default_user_id, COALESCE(default_note ->> {lang}, default_note ->> 'en_US'),
         CASE WHEN chaining_type = 'trigger' THEN triggered_next_type_id END FROM mail_activity_type
         WHERE id = ANY({ids})"
    );
    let kind = |row: &lastmile_orm::sql::row::Row| {
        let kind = Kind {
            delay: row.int(1).unwrap_or(0),
            unit: row.text(2).unwrap_or_default(),
            from_today: row.bool(3).unwrap_or(false),
            summary: row.text(4),
            user: row.int(5),
            note: row.text(6),
            next: row.int(7),
        };
        Some((row.int(0)?, kind))
    };
    Ok(env.query(sql)?.iter().filter_map(kind).collect())
}

impl Kind {
    /// When an activity of this type is due; `previous`: when the one before it was.
    pub fn due(&self, today: NaiveDate, previous: Option<NaiveDate>) -> NaiveDate {
        let base = previous.filter(|_| !self.from_today).unwrap_or(today);
        let count = u32::try_from(self.delay).unwrap_or(0);
        let due = match self.unit.as_str() {
            "weeks" => base.checked_add_days(Days::new(u64::from(count) * 7)),
            "months" => base.checked_add_months(Months::new(count)),
            _ => base.checked_add_days(Days::new(u64::from(count))),
        };
        due.unwrap_or(base)
    }
}

/// A form takes over what the chosen type says.
fn follow_kind(env: &mut Env, id: Id) -> Result<()> {
    let Some(kind) = env.value(ACTIVITY, "activity_type_id", id)?.as_id() else { return Ok(()) };
    let Some(kind) = kinds(env, &[kind])?.remove(&kind) else { return Ok(()) };
    let previous = env.context_get("activity_previous_deadline").cloned().unwrap_or_default();
    let previous = lastmile_orm::convert::to_date(&previous)?;
    let mut values = map! { "date_deadline" => kind.due(env.today(), previous) };
    for (name, value) in [("summary", Value::from(kind.summary)), ("user_id", Value::from(kind.user)), ("note", Value::from(kind.note))] {
        if value.truthy() {
            values.insert(name.into(), value);
        }
    }
    env.edit(ACTIVITY, id, values)
}

/// The model comes from its row; the record must be the caller's to write. Whoever has to do it follows the record and is told.
fn created(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let models: Vec<Id> = values.iter().filter_map(|m| m.get("res_model_id").and_then(Value::as_id)).collect();
    let sql = sql!("SELECT id, model::text FROM ir_model WHERE id = ANY({models})");
    let models: HashMap<Id, String> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect();
    let (today, uid, su) = (env.today(), env.uid(), env.is_su());
    let mut on: HashMap<String, Vec<Id>> = HashMap::new();
    let mut of_others = false;
    for map in &mut values {
        map.shift_remove("res_model");
        map.get_or_insert_with("date_deadline", || Value::from(today));
        if map.get("active").is_none() {
            map.insert("active".into(), Value::Bool(true));
        }
        let record = map.get("res_id").and_then(Value::as_id).filter(|id| *id != 0);
        if let Some(model) = map.get("res_model_id").and_then(Value::as_id).and_then(|id| models.get(&id)) {
            map.insert("res_model".into(), Value::from(model.as_str()));
            on.entry(model.clone()).or_default().extend(record);
        } else {
            // What hangs on nothing is the caller's own.
            of_others |= !su && map.get("user_id").and_then(Value::as_id).is_some_and(|user| user != uid);
        }
    }
    let mut names: HashMap<(String, Id), String> = HashMap::new();
    for (model, mut records) in on {
        records.sort_unstable();
        records.dedup();
        guard::demand_record(env, &model, &records)?;
        for (id, name) in records.iter().zip(env.sudo(|env| env.names(&model, &records))?) {
            names.insert((model.clone(), *id), name);
        }
    }
    for map in &mut values {
        let record = map.get("res_id").and_then(Value::as_id).unwrap_or(0);
        if let Some(name) = names.get(&(guard::text_of(map, "res_model"), record)) {
            map.insert("res_name".into(), Value::from(name.as_str()));
        }
    }
    let ids = next.call(env, values)?;
    if of_others {
        return Err(Error::access("An activity of somebody else has to hang on a record."));
    }
    assigned(env, &ids)?;
    env.invalidate();
    Ok(ids)
}

/// Where an activity hangs is not changed; a new assignee is told.
fn written(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    values.shift_remove("res_model");
    let moves = ["res_model_id", "res_id"].iter().any(|name| values.contains_key(name));
    rewritten(env, ids, values, next)?;
    if moves { demand_targets(env, ids) } else { Ok(()) }
}

/// Activities hang only on what the caller may write.
fn demand_targets(env: &mut Env, ids: &[Id]) -> Result<()> {
    if env.is_su() {
        return Ok(());
    }
    let (models, records) = env.sudo(|env| Ok((env.values(ACTIVITY, "res_model", ids)?, env.values(ACTIVITY, "res_id", ids)?)))?;
    for (model, record) in models.iter().zip(&records) {
        if let Some((model, record)) = model.as_str().filter(|m| !m.is_empty()).zip(record.as_id().filter(|id| *id != 0)) {
            guard::demand_record(env, model, &[record])?;
        }
    }
    Ok(())
}

fn rewritten(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let Some(user) = values.get("user_id").and_then(Value::as_id).filter(|id| *id != 0) else { return next.call(env, ids, values) };
    let before = env.sudo(|env| env.values(ACTIVITY, "user_id", ids))?;
    let moved: Vec<Id> = ids.iter().zip(before).filter(|(_, before)| before.as_id() != Some(user)).map(|(id, _)| *id).collect();
    next.call(env, ids, values)?;
    assigned(env, &moved)
}

/// An open activity, with whom it is for.
struct Assigned {
    id: Id,
    model: String,
    record: Id,
    user: Id,
    partner: Id,
    record_name: String,
    title: String,
}

fn assignments(env: &mut Env, ids: &[Id]) -> Result<Vec<Assigned>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let lang = env.context().lang.clone();
    let sql = sql!(
        "SELECT a.id, a.res_model::text, a.res_id, a.user_id, u.partner_id, a.res_name::text, COALESCE(NULLIF(a.summary,
         '')::text, k.name ->> {lang}, k.name ->> 'en_US')
         FROM mail_activity a JOIN res_users u ON u.id = a.user_id
         LEFT JOIN mail_activity_type k ON k.id = a.activity_type_id WHERE a.id = ANY({ids})
         AND COALESCE(a.res_model, '') <> '' AND COALESCE(a.res_id, 0) <> 0 ORDER BY a.id"
    );
    let one = |row: &lastmile_orm::sql::row::Row| {
        Some(Assigned {
            id: row.int(0)?,
            model: row.text(1)?,
            record: row.int(2)?,
            user: row.int(3)?,
            partner: row.int(4)?,
            record_name: row.text(5).unwrap_or_default(),
            title: row.text(6).unwrap_or_default(),
        })
    };
    Ok(env.query(sql)?.iter().filter_map(one).collect())
}

/// Who has to do something follows the record, and hears of it when somebody else said so.
fn assigned(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.flush()?;
    let found = assignments(env, ids)?;
    let mut of: HashMap<(&str, Id), Vec<Id>> = HashMap::new();
    for one in &found {
        of.entry((one.model.as_str(), one.partner)).or_default().push(one.record);
    }
    for ((model, partner), records) in of {
        if env.registry().models.get(model).is_some_and(|m| m.mail_thread) {
            store::follow(env, model, &records, &[partner], None)?;
        }
    }
    if env.context_get("mail_activity_quick_update").is_some_and(Value::truthy) {
        return Ok(());
    }
    let uid = env.uid();
    let others: Vec<Id> = found.iter().filter(|one| one.user != uid).map(|one| one.id).collect();
    tell_assigned(env, &others)
}

/// A message about each activity to whoever has to do it.
fn tell_assigned(env: &mut Env, ids: &[Id]) -> Result<()> {
    let found = assignments(env, ids)?;
    let company = Some(env.company_id());
    let mut messages = Vec::new();
    for one in &found {
        let reg = env.registry();
        let label = reg.models.get(&one.model).map(|m| translated(&m.label, &env.context().lang).to_owned()).unwrap_or_default();
        let (record, title) = (text::escape(&one.record_name), text::escape(&one.title));
        let body = format!("<div><p>You have something to do: <b>{title}</b></p><p>{}: {record}</p></div>", text::escape(&label));
        messages.push(NewMessage {
            subject: Some(format!("\"{}: {}\" assigned to you", one.record_name, one.title)),
            kind: "user_notification".into(),
            internal: true,
            company,
            ..NewMessage::on(env, &one.model, one.record, body)
        });
    }
    let kept = store::insert(env, &messages)?;
    let named: Vec<(Id, Id)> = kept.iter().copied().zip(found.iter().map(|one| one.partner)).collect();
    env.insert_links("mail_message_res_partner_rel", "mail_message_id", "res_partner_id", &named)?;
    // The system's own assignments are told to whoever they are for, also when that is the author's partner.
    notify::tell(env, &kept, &named, &Manner { followers: false, ..Manner::default() })
}

/// How urgent a deadline is.
pub fn state_of(today: NaiveDate, deadline: Option<NaiveDate>) -> &'static str {
    match deadline {
        Some(date) if date < today => "overdue",
        Some(date) if date == today => "today",
        _ => "planned",
    }
}

/// The day at the place of a time zone.
pub fn today_at(env: &Env, zone: Option<&str>) -> NaiveDate {
    match zone.and_then(|name| name.parse::<chrono_tz::Tz>().ok()) {
        Some(zone) => env.now().and_utc().with_timezone(&zone).date_naive(),
        None => env.now().date(),
    }
}

/// Days are those of whoever has to do it.
fn state(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let active = env.values(ACTIVITY, "active", ids)?;
    let zones = env.values(ACTIVITY, "user_tz", ids)?;
    for (((id, value), active), zone) in ids.iter().zip(env.values(ACTIVITY, "date_deadline", ids)?).zip(active).zip(zones) {
        let date = if let Value::Date(date) = value { Some(date) } else { None };
        let state = state_of(today_at(env, zone.as_str()), date);
        out.set("state", *id, if active.truthy() { Value::from(state) } else { Value::from("done") });
    }
    Ok(())
}

fn reschedule(env: &mut Env, call: &Invocation, days: u64) -> Result<Answer> {
    let day = env.today().checked_add_days(Days::new(days));
    env.write(ACTIVITY, &call.ids, map! { "date_deadline" => day })?;
    Ok(Answer::Value(Value::None))
}

fn open_document(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    let (model, record) = (env.value(ACTIVITY, "res_model", id)?, env.value(ACTIVITY, "res_id", id)?);
    let views = Value::List(vec![Value::List(vec![Value::Bool(false), Value::from("form")])]);
    Ok(Answer::Value(Value::Map(map! {
        "res_id" => record, "res_model" => model, "target" => "current", "type" => "ir.actions.act_window", "view_mode" => "form",
        "views" => views,
    })))
}
