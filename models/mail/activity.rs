//! mail.activity: what somebody has to do about a record, by when.

use std::collections::HashMap;

use chrono::{Days, Months, NaiveDate};
use lastmile_orm::access::Operation;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next, Tx, WriteHook};
use lastmile_orm::domain::Op;
use lastmile_orm::sql::{Bind, Sql};
use lastmile_orm::value::Map;
use lastmile_orm::{Answer, Declarations, Domain, Env, Error, Id, Invocation, Result, Value, map};

use super::store::{self, NewMessage};
use super::{guard, text};

const ACTIVITY: &str = "mail.activity";

/// Declares the model and what it adds to records.
pub fn declare(all: &mut Declarations) {
    all.model(ACTIVITY)
        .on_create(created)
        .on_write(written)
        .compute_sudo(&["state"], &["date_deadline", "active"], state)
        .compute_sudo(&["can_write"], &[], |_, ids, out| {
            ids.iter().for_each(|id| out.set("can_write", *id, true));
            Ok(())
        })
        .record_method("action_done", "", Tx::Write, done)
        .record_method("action_feedback", "feedback=False, attachment_ids=None", Tx::Write, done);
    all.thread
        .compute_sudo(&["activity_state", "activity_date_deadline", "my_activity_date_deadline", "activity_user_id"], &[], of_records)
        .search("activity_state", search_state)
        .search("activity_date_deadline", |_, op, value| Ok(deadline(parse_op(op)?, value.clone())))
        .search("activity_user_id", |_, op, value| {
            Ok(Domain::any_bypass(
                "activity_ids",
                Domain::with("user_id", parse_op(op)?, lastmile_orm::domain::Operand::Value(value.clone())),
            ))
        })
        .record_method(
            "activity_schedule",
            "act_type_xmlid='', date_deadline=None, summary='', note='', **act_values",
            Tx::Write,
            schedule,
        );
}

fn parse_op(op: &str) -> Result<Op> {
    Ok(match op {
        "=" => Op::Eq,
        "!=" => Op::Ne,
        "<" => Op::Lt,
        "<=" => Op::Le,
        ">" => Op::Gt,
        ">=" => Op::Ge,
        "in" => Op::In,
        "not in" => Op::NotIn,
        other => return Err(Error::value(format!("Operator {other} does not fit activities."))),
    })
}

fn deadline(op: Op, value: impl Into<Value>) -> Domain {
    Domain::any_bypass("activity_ids", Domain::cond("date_deadline", op, value))
}

/// The state of a record is that of its most urgent activity.
fn search_state(env: &Env, op: &str, value: &Value) -> Result<Domain> {
    let today = env.today();
    let of = |value: &Value| match value.as_str() {
        Some("overdue") => deadline(Op::Lt, today),
        Some("today") => deadline(Op::Eq, today).and(deadline(Op::Lt, today).negate()),
        Some("planned") => deadline(Op::Gt, today).and(deadline(Op::Le, today).negate()),
        _ => Domain::any_bypass("activity_ids", Domain::True).negate(),
    };
    let found = match value {
        Value::List(items) => Domain::one_of(items.iter().map(of)),
        one => of(one),
    };
    match op {
        "=" | "in" => Ok(found),
        "!=" | "not in" => Ok(found.negate()),
        other => Err(Error::value(format!("Operator {other} does not fit a state."))),
    }
}

/// What an activity's type says of new ones.
struct Kind {
    delay: i32,
    unit: String,
    summary: Option<String>,
    user: Option<Id>,
    note: Option<String>,
}

fn kinds(env: &mut Env, ids: &[Id]) -> Result<HashMap<Id, Kind>> {
    let sql = Sql::lit("SELECT id, COALESCE(delay_count, 0), delay_unit::text, summary ->> 'en_US', default_user_id, default_note ->> 'en_US' FROM mail_activity_type WHERE id = ANY(")
        .push_bind(Bind::ids(ids))
        .push(")");
    let rows = env.query(sql)?;
    let kind = |row: &lastmile_orm::sql::row::Row| {
        let kind = Kind {
            delay: row.int(1).unwrap_or(0),
            unit: row.text(2).unwrap_or_default(),
            summary: row.text(3),
            user: row.int(4),
            note: row.text(5),
        };
        Some((row.int(0)?, kind))
    };
    Ok(rows.iter().filter_map(kind).collect())
}

fn due(today: NaiveDate, kind: Option<&Kind>) -> NaiveDate {
    let Some(kind) = kind else { return today };
    let count = u32::try_from(kind.delay).unwrap_or(0);
    let due = match kind.unit.as_str() {
        "weeks" => today.checked_add_days(Days::new(u64::from(count) * 7)),
        "months" => today.checked_add_months(Months::new(count)),
        _ => today.checked_add_days(Days::new(u64::from(count))),
    };
    due.unwrap_or(today)
}

/// The model comes from its row, the rest from the type; the record must be the caller's to write.
fn created(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let models: Vec<Id> = values.iter().filter_map(|m| m.get("res_model_id").and_then(Value::as_id)).collect();
    let sql = Sql::lit("SELECT id, model::text FROM ir_model WHERE id = ANY(").push_bind(Bind::ids(&models)).push(")");
    let models: HashMap<Id, String> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect();
    let types: Vec<Id> = values.iter().filter_map(|m| m.get("activity_type_id").and_then(Value::as_id)).collect();
    let kinds = if types.is_empty() { HashMap::new() } else { kinds(env, &types)? };
    let (today, uid) = (env.today(), env.uid());
    let mut on: HashMap<String, Vec<Id>> = HashMap::new();
    for map in &mut values {
        map.shift_remove("res_model");
        let kind = map.get("activity_type_id").and_then(Value::as_id).and_then(|id| kinds.get(&id));
        let mut fill = |key: &str, value: Value| {
            if value.truthy() && map.get(key).is_none_or(|given| !given.truthy()) {
                map.insert(key.to_owned(), value);
            }
        };
        fill("date_deadline", Value::from(due(today, kind)));
        fill("summary", Value::from(kind.and_then(|k| k.summary.clone())));
        fill("note", Value::from(kind.and_then(|k| k.note.clone())));
        fill("user_id", Value::from(kind.and_then(|k| k.user)));
        fill("active", Value::Bool(true));
        let record = map.get("res_id").and_then(Value::as_id).filter(|id| *id != 0);
        if let Some(model) = map.get("res_model_id").and_then(Value::as_id).and_then(|id| models.get(&id)) {
            map.insert("res_model".into(), Value::from(model.as_str()));
            on.entry(model.clone()).or_default().extend(record);
        } else if map.get("user_id").is_none_or(|user| !user.truthy()) {
            // What hangs on nothing is somebody's.
            map.insert("user_id".into(), Value::from(uid));
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
    env.invalidate();
    Ok(ids)
}

/// Where an activity hangs is not changed.
fn written(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    values.shift_remove("res_model");
    next.call(env, ids, values)
}

fn state_of(today: NaiveDate, deadline: Option<NaiveDate>) -> &'static str {
    match deadline {
        Some(date) if date < today => "overdue",
        Some(date) if date == today => "today",
        _ => "planned",
    }
}

fn state(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let today = env.today();
    let active = env.values(ACTIVITY, "active", ids)?;
    for ((id, value), active) in ids.iter().zip(env.values(ACTIVITY, "date_deadline", ids)?).zip(active) {
        let date = if let Value::Date(date) = value { Some(date) } else { None };
        out.set("state", *id, if active.truthy() { state_of(today, date) } else { "done" });
    }
    Ok(())
}

/// The most urgent activity of each record, in one statement.
fn of_records(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let (today, uid) = (env.today(), env.uid());
    let sql = Sql::lit("SELECT res_id, min(date_deadline), min(date_deadline) FILTER (WHERE user_id = ")
        .push_bind(Bind::Int(Some(uid)))
        .push("), (array_agg(user_id ORDER BY date_deadline, id))[1] FROM mail_activity WHERE active AND res_model = ")
        .push_bind(Bind::text(out.model()))
        .push(" AND res_id = ANY(")
        .push_bind(Bind::ids(ids))
        .push(") GROUP BY res_id");
    for id in ids {
        for field in ["activity_state", "activity_date_deadline", "my_activity_date_deadline", "activity_user_id"] {
            out.set(field, *id, Value::None);
        }
    }
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        out.set("activity_state", id, state_of(today, row.date(1)));
        out.set("activity_date_deadline", id, row.date(1));
        out.set("my_activity_date_deadline", id, row.date(2));
        out.set("activity_user_id", id, row.int(3));
    }
    Ok(())
}

fn schedule(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let xmlid = call.arg("act_type_xmlid").as_str().filter(|x| !x.is_empty()).unwrap_or("mail.mail_activity_data_todo").to_owned();
    let found = crate::base::metadata::find(env, &[&xmlid])?;
    let kind = found.get(&xmlid).filter(|(model, _)| model == "mail.activity.type").map(|(_, id)| *id);
    let sql = Sql::lit("SELECT id FROM ir_model WHERE model = ").push_bind(Bind::text(call.model.as_str()));
    let model = env.query(sql)?.first().and_then(|row| row.int(0));
    let mut rows = Vec::new();
    for id in &call.ids {
        let mut row =
            map! { "res_model_id" => model, "res_id" => *id, "activity_type_id" => kind, "automated" => true, "user_id" => env.uid() };
        for name in ["date_deadline", "summary", "note"] {
            if call.arg(name).truthy() {
                row.insert(name.into(), call.arg(name).clone());
            }
        }
        row.extend(call.arg("act_values").as_map().cloned().unwrap_or_default());
        rows.push(row);
    }
    if rows.is_empty() {
        return Ok(Answer::from(Vec::<Id>::new()));
    }
    Ok(Answer::from(env.create(ACTIVITY, rows)?))
}

/// Logs what was done, and puts the activities away. Answers the last message.
fn done(env: &mut Env, call: &Invocation) -> Result<Answer> {
    guard::demand(env, ACTIVITY, &call.ids, Operation::Write)?;
    let ids = env.existing(ACTIVITY, &call.ids)?;
    let feedback = call.arg("feedback").as_str().unwrap_or_default().to_owned();
    let (models, records) = (env.values(ACTIVITY, "res_model", &ids)?, env.values(ACTIVITY, "res_id", &ids)?);
    let (kinds, summaries) = (env.values(ACTIVITY, "activity_type_id", &ids)?, env.values(ACTIVITY, "summary", &ids)?);
    let mut messages = Vec::new();
    for (((model, record), kind), summary) in models.iter().zip(&records).zip(&kinds).zip(&summaries) {
        let (Some(model), Some(record)) = (model.as_str(), record.as_id().filter(|r| *r != 0)) else { continue };
        let mut body = format!("<div><p><span>Done</span>: {}</p>", text::escape(summary.as_str().unwrap_or("Activity")));
        if !feedback.is_empty() {
            body.push_str(&format!("<div>{}</div>", text::escape(&feedback)));
        }
        body.push_str("</div>");
        let note = NewMessage::log(env, model, record, body);
        messages.push(NewMessage { subtype: "mail.mt_activities".into(), activity_type: kind.as_id(), internal: false, ..note });
    }
    let posted = store::insert(env, &messages)?;
    let files = call.arg("attachment_ids").ids();
    if let Some(first) = posted.first() {
        let pairs: Vec<(Id, Id)> = files.iter().map(|file| (*first, *file)).collect();
        crate::base::attachments::demand(env, &files, Operation::Read)?;
        env.insert_links("message_attachment_rel", "message_id", "attachment_id", &pairs)?;
    }
    let today = env.today();
    let values = map! { "active" => false, "date_done" => today, "feedback" => if feedback.is_empty() { Value::None } else { Value::from(feedback) } };
    env.sudo(|env| env.write(ACTIVITY, &ids, values))?;
    env.invalidate();
    Ok(posted.last().map_or(Answer::Value(Value::Bool(false)), |id| Answer::Value(Value::from(*id))))
}
