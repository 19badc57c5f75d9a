//! Activities that are done: a message on the record remains, and what comes next begins.

use std::collections::HashMap;

use lastmile_orm::access::Operation;
use lastmile_orm::declare::Tx;
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::value::Map;
use lastmile_orm::{Answer, Declarations, Env, Id, Invocation, Result, Value, map};

use super::activity::{ACTIVITY, kinds};
use super::notify::{self, Manner};
use super::store::{self, NewMessage, Subtype};
use super::{guard, text};

/// Declares the methods.
pub fn declare(all: &mut Declarations) {
    all.model(ACTIVITY)
        .record_method("action_done", "", Tx::Write, |env, call| {
            let active = env.sudo(|env| env.values(ACTIVITY, "active", &call.ids))?;
            let open: Vec<Id> = call.ids.iter().zip(active).filter(|(_, a)| a.truthy()).map(|(id, _)| *id).collect();
            Ok(first(&done(env, &open, "", &[])?.0))
        })
        .record_method("action_feedback", "feedback=False, attachment_ids=None", Tx::Write, |env, call| {
            let (feedback, files) = given(call);
            Ok(first(&done(env, &call.ids, &feedback, &files)?.0))
        })
        .record_method("action_feedback_schedule_next", "feedback=False, attachment_ids=None", Tx::Write, schedule_next)
        .record_method("action_done_schedule_next", "", Tx::Write, schedule_next);
}

fn given(call: &Invocation) -> (String, Vec<Id>) {
    let feedback = Some(call.arg("feedback")).filter(|f| f.truthy()).map(Value::py_str).unwrap_or_default();
    (feedback, call.arg("attachment_ids").ids())
}

fn first(messages: &[Id]) -> Answer {
    Answer::Value(messages.first().map_or(Value::Bool(false), |id| Value::from(*id)))
}

/// Done, and the form for the next one, unless the type names what comes next.
fn schedule_next(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let (feedback, files) = given(call);
    let last = |env: &mut Env, name: &str| match call.ids.first() {
        Some(id) => env.value(ACTIVITY, name, *id),
        None => Ok(Value::Bool(false)),
    };
    let (kind, deadline) = (last(env, "activity_type_id")?, last(env, "date_deadline")?);
    let (model, record) = (last(env, "res_model")?, last(env, "res_id")?);
    let (_, next) = done(env, &call.ids, &feedback, &files)?;
    if !next.is_empty() {
        return Ok(Answer::Value(Value::Bool(false)));
    }
    let mut context = env.context().raw.clone();
    context.extend(map! {
        "default_previous_activity_type_id" => kind, "activity_previous_deadline" => deadline, "default_res_id" => record,
        "default_res_model" => model,
    });
    let views = Value::List(vec![Value::List(vec![Value::Bool(false), Value::from("form")])]);
    Ok(Answer::Value(Value::Map(map! {
        "name" => "Schedule an Activity", "context" => context, "view_mode" => "form", "res_model" => ACTIVITY, "views" => views,
        "type" => "ir.actions.act_window", "target" => "new",
    })))
}

/// Puts activities away: messages on their records, then the next ones. Answers both.
pub fn done(env: &mut Env, ids: &[Id], feedback: &str, files: &[Id]) -> Result<(Vec<Id>, Vec<Id>)> {
    guard::demand(env, ACTIVITY, ids, Operation::Write)?;
    crate::base::attachments::demand(env, files, Operation::Read)?;
    let ids = env.existing(ACTIVITY, ids)?;
    let (models, records) = (env.values(ACTIVITY, "res_model", &ids)?, env.values(ACTIVITY, "res_id", &ids)?);
    let (types, summaries) = (env.values(ACTIVITY, "activity_type_id", &ids)?, env.values(ACTIVITY, "summary", &ids)?);
    let deadlines = env.values(ACTIVITY, "date_deadline", &ids)?;
    let wanted: Vec<Id> = types.iter().filter_map(Value::as_id).collect();
    let kinds = kinds(env, &wanted)?;
    let names: HashMap<Id, String> = wanted.iter().copied().zip(env.names("mail.activity.type", &wanted)?).collect();
    let mut messages: Vec<(NewMessage, Id)> = Vec::new();
    let mut next: Vec<Map> = Vec::new();
    let company = Some(env.company_id());
    for ((((id, model), record), (kind, deadline)), summary) in
        ids.iter().zip(&models).zip(&records).zip(types.iter().zip(&deadlines)).zip(&summaries)
    {
        let (Some(model), Some(record)) = (model.as_str(), record.as_id().filter(|r| *r != 0)) else { continue };
        let kind = kind.as_id();
        let named = kind.and_then(|k| names.get(&k)).map_or("Activity", String::as_str);
        let body = body(named, summary.as_str().unwrap_or_default(), feedback);
        let message = NewMessage {
            subtype: Some(Subtype::Named("mail.mt_activities".into())),
            activity_type: kind,
            company,
            ..NewMessage::on(env, model, record, body)
        };
        messages.push((message, *id));
        let following = kind.and_then(|k| kinds.get(&k)?.next);
        if let Some(following) = following {
            next.push(map! {
                "activity_type_id" => following, "previous_activity_type_id" => kind, "res_model" => model, "res_id" => record,
                "date_deadline" => deadline.clone(),
            });
        }
    }
    let posted = keep(env, messages, files)?;
    let made = follow_up(env, next)?;
    let mut values = map! { "active" => false, "date_done" => env.today() };
    if !feedback.is_empty() {
        values.insert("feedback".into(), Value::from(feedback));
    }
    env.sudo(|env| env.write(ACTIVITY, &ids, values))?;
    env.invalidate();
    Ok((posted, made))
}

fn body(kind: &str, summary: &str, feedback: &str) -> String {
    let mut body = format!("<div><p><span>{}</span> done", text::escape(kind));
    if !summary.is_empty() {
        body.push_str(&format!(": <span>{}</span>", text::escape(summary)));
    }
    body.push_str("</p>");
    if !feedback.is_empty() {
        body.push_str(&format!("<div>{}</div>", text::escape(feedback).replace('\n', "<br>")));
    }
    body.push_str("</div>");
    body
}

/// The messages of records that still exist; files of the activities go with them.
fn keep(env: &mut Env, messages: Vec<(NewMessage, Id)>, files: &[Id]) -> Result<Vec<Id>> {
    let mut by_model: HashMap<String, Vec<Id>> = HashMap::new();
    for (message, _) in &messages {
        by_model.entry(message.model.clone()).or_default().push(message.record);
    }
    let mut roots: HashMap<(String, Id), Option<Id>> = HashMap::new();
    for (model, records) in by_model {
        let there = if env.registry().models.contains_key(&model) { env.existing(&model, &records)? } else { Vec::new() };
        let first = super::post::thread_roots(env, &model, &there)?;
        for id in there {
            roots.insert((model.clone(), id), first.get(&id).copied());
        }
    }
    let mut kept = Vec::new();
    let mut of = Vec::new();
    for (message, activity) in messages {
        let Some(parent) = roots.get(&(message.model.clone(), message.record)) else { continue };
        kept.push(NewMessage { parent: *parent, ..message });
        of.push(activity);
    }
    let posted = store::insert(env, &kept)?;
    let mut pairs: Vec<(Id, Id)> = posted.iter().flat_map(|message| files.iter().map(|file| (*message, *file))).collect();
    let sql = sql!(
        "SELECT id, res_id FROM ir_attachment WHERE res_field IS NULL AND res_model = 'mail.activity'
         AND res_id = ANY({of})"
    );
    let by_activity: HashMap<Id, Id> = of.iter().copied().zip(posted.iter().copied()).collect();
    for row in env.query(sql)? {
        pairs.extend(row.int(1).and_then(|activity| by_activity.get(&activity)).copied().zip(row.int(0)));
    }
    env.insert_links("message_attachment_rel", "message_id", "attachment_id", &pairs)?;
    notify::tell(env, &posted, &[], &Manner::default())?;
    Ok(posted)
}

/// What the types say comes next. `date_deadline` of the given values is the previous one's.
fn follow_up(env: &mut Env, mut values: Vec<Map>) -> Result<Vec<Id>> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: Vec<Id> = values.iter().filter_map(|m| m.get("activity_type_id").and_then(Value::as_id)).collect();
    let kinds = kinds(env, &wanted)?;
    let models: Vec<String> = values.iter().map(|m| guard::text_of(m, "res_model")).collect();
    let sql = sql!("SELECT model::text, id FROM ir_model WHERE model = ANY({models})", models = Bind::texts(models));
    let models: HashMap<String, Id> = env.query(sql)?.iter().filter_map(|row| Some((row.text(0)?, row.int(1)?))).collect();
    let today = env.today();
    for map in &mut values {
        let model = guard::text_of(map, "res_model");
        map.insert("res_model_id".into(), Value::from(models.get(&model).copied()));
        let Some(kind) = map.get("activity_type_id").and_then(Value::as_id).and_then(|id| kinds.get(&id)) else { continue };
        let previous = if let Some(Value::Date(date)) = map.get("date_deadline") { Some(*date) } else { None };
        map.insert("date_deadline".into(), Value::from(kind.due(today, previous)));
        map.insert("summary".into(), Value::from(kind.summary.clone()));
        map.insert("note".into(), Value::from(kind.note.clone()));
        map.insert("user_id".into(), Value::from(kind.user));
    }
    env.sudo(|env| env.create(ACTIVITY, values))
}
