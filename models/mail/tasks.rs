//! What records with activities know of them, and do with them.

use chrono::NaiveDate;
use lastmile_orm::compute::Computed;
use lastmile_orm::convert::to_date;
use lastmile_orm::declare::{Next, Tx, WriteHook};
use lastmile_orm::domain::{Op, Operand};
use lastmile_orm::sql::sql;
use lastmile_orm::value::Map;
use lastmile_orm::{Answer, Declarations, Domain, Env, Error, Id, Invocation, Result, Value, map};

use super::activity::{ACTIVITY, default_kind, kinds, state_of};
use super::done;
use super::figures::op_of;

const FALSE: Answer = Answer::Value(Value::Bool(false));
const TRUE: Answer = Answer::Value(Value::Bool(true));

/// Declares the mixin.
pub fn declare(all: &mut Declarations) {
    all.thread
        .on_write(archived)
        .compute_sudo(&["activity_state", "activity_date_deadline", "my_activity_date_deadline", "activity_user_id"], &[], of_records)
        .search("activity_state", search_state)
        .search("activity_date_deadline", |_, op, value| having("date_deadline", op, value, Domain::True))
        .search("my_activity_date_deadline", |env, op, value| having("date_deadline", op, value, Domain::eq("user_id", env.uid())))
        .search_path("activity_user_id", &["activity_ids", "user_id"])
        .search_path("activity_type_id", &["activity_ids", "activity_type_id"])
        .search("activity_summary", |_, op, value| having("summary", op, value, Domain::True))
        .search("activity_type_id", |_, op, value| having("activity_type_id", op, value, Domain::True))
        .search("activity_user_id", |_, op, value| having("user_id", op, value, Domain::True))
        .search_as_given("activity_exception_decoration", |_, op, value| {
            Ok(Domain::any_bypass(
                "activity_ids",
                Domain::with("activity_type_id.decoration_type", op_of(op)?, Operand::Value(value.clone())),
            ))
        })
        .compute_sudo(&["activity_exception_decoration", "activity_exception_icon"], &[], exceptions)
        .record_method("activity_schedule", "act_type_xmlid='', date_deadline=None, summary='', note='', **act_values", Tx::Write, schedule)
        .record_method("activity_search", "act_type_xmlids='', user_id=None, additional_domain=None, only_automated=True", Tx::Read, search)
        .record_method(
            "activity_feedback",
            "act_type_xmlids, user_id=None, feedback=None, attachment_ids=None, only_automated=True",
            Tx::Write,
            feedback,
        )
        .record_method("activity_unlink", "act_type_xmlids, user_id=None, only_automated=True", Tx::Write, unlink)
        .record_method(
            "activity_reschedule",
            "act_type_xmlids, user_id=None, date_deadline=None, new_user_id=None, only_automated=True",
            Tx::Write,
            reschedule,
        )
        .record_method("activity_send_mail", "template_id", Tx::Write, send_mail);
}

/// Records with an activity like this; empty: records without any of the kind.
fn having(field: &str, op: &str, value: &Value, among: Domain) -> Result<Domain> {
    let op = op_of(op)?;
    if !value.truthy() && matches!(op, Op::Eq | Op::Ne) {
        let any = Domain::any_bypass("activity_ids", among.and(Domain::set(field)));
        return Ok(if op == Op::Eq { any.negate() } else { any });
    }
    Ok(Domain::any_bypass("activity_ids", among.and(Domain::with(field, op, Operand::Value(value.clone())))))
}

fn through(field: &str, op: Op, value: impl Into<Value>) -> Domain {
    Domain::any_bypass("activity_ids", Domain::cond(field, op, value))
}

/// The state of a record is that of its most urgent activity.
fn search_state(env: &Env, op: &str, value: &Value) -> Result<Domain> {
    let today = env.today();
    let deadline = |op: Op| through("date_deadline", op, today);
    let of = |value: &Value| match value.as_str() {
        Some("overdue") => deadline(Op::Lt),
        Some("today") => deadline(Op::Eq).and(deadline(Op::Lt).negate()),
        Some("planned") => deadline(Op::Gt).and(deadline(Op::Le).negate()),
        _ => Domain::any_bypass("activity_ids", Domain::True).negate(),
    };
    let found = match value {
        Value::List(items) => Domain::one_of(items.iter().map(of)),
        one => of(one),
    };
    match op {
        "=" | "in" => Ok(found),
        "!=" | "not in" => Ok(found.negate()),
        other => Err(Error::unfit(other)),
    }
}

/// The most urgent activity of each record, in one statement; days are those of whoever has to do it.
fn of_records(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let uid = env.uid();
    let sql = sql!(
        "SELECT res_id, min(date_deadline), min(date_deadline) FILTER (WHERE user_id = {uid}), (array_agg(user_id
         ORDER BY date_deadline, id))[1], min(date_deadline - ({now}::timestamp AT TIME ZONE 'UTC' AT TIME ZONE
         COALESCE(NULLIF(user_tz, ''), 'UTC'))::date)
         FROM mail_activity WHERE active AND res_model = {model} AND res_id = ANY({ids}) GROUP BY res_id",
        now = env.now(),
        model = out.model()
    );
    for id in ids {
        for field in ["activity_state", "activity_date_deadline", "my_activity_date_deadline", "activity_user_id"] {
            out.set(field, *id, Value::None);
        }
    }
    let epoch = NaiveDate::default();
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        let left = row.int(4).map(|days| epoch + chrono::TimeDelta::days(i64::from(days)));
        out.set("activity_state", id, state_of(epoch, left));
        out.set("activity_date_deadline", id, row.date(1));
        out.set("my_activity_date_deadline", id, row.date(2));
        out.set("activity_user_id", id, row.int(3));
    }
    Ok(())
}

/// Activities of a type with a decoration mark their records: danger before warning.
fn exceptions(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT DISTINCT ON (a.res_id) a.res_id, k.decoration_type::text, k.icon::text FROM mail_activity a
         JOIN mail_activity_type k ON k.id = a.activity_type_id WHERE a.active
         AND k.decoration_type IS NOT NULL AND a.res_model = {model} AND a.res_id = ANY({ids})
         ORDER BY a.res_id, k.decoration_type, a.date_deadline, a.id",
        model = out.model()
    );
    for id in ids {
        out.set("activity_exception_decoration", *id, Value::None);
        out.set("activity_exception_icon", *id, Value::None);
    }
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        out.set("activity_exception_decoration", id, row.text(1));
        out.set("activity_exception_icon", id, row.text(2));
    }
    Ok(())
}

/// Nothing is left to do about what is put away.
fn archived(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let away = values.get("active").is_some_and(|active| !active.truthy()) && next.model() != ACTIVITY;
    let reg = env.registry();
    if away && reg.model(next.model())?.fields.contains_key("activity_ids") {
        let sql = sql!("DELETE FROM mail_activity WHERE res_model = {model} AND res_id = ANY({ids})", model = next.model());
        env.execute(&sql)?;
        env.invalidate();
    }
    next.call(env, ids, values)
}

fn skipped(env: &Env) -> bool {
    env.context_get("mail_activity_automation_skip").is_some_and(Value::truthy)
}

/// Types by their external ids; names that mean something else are left out.
fn kinds_by_name(env: &mut Env, names: &Value) -> Result<Vec<Id>> {
    let names: Vec<String> = match names {
        Value::Str(one) if !one.is_empty() => vec![one.clone()],
        Value::List(items) => items.iter().map(Value::py_str).collect(),
        _ => Vec::new(),
    };
    let wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    let found = crate::base::metadata::find(env, &wanted)?;
    Ok(wanted.iter().filter_map(|name| found.get(*name)).filter(|(model, _)| model == "mail.activity.type").map(|(_, id)| *id).collect())
}

fn schedule(env: &mut Env, call: &Invocation) -> Result<Answer> {
    if skipped(env) {
        return Ok(FALSE);
    }
    let given = call.arg("act_values").as_map().cloned().unwrap_or_default();
    let kind = if call.arg("act_type_xmlid").truthy() {
        match kinds_by_name(env, call.arg("act_type_xmlid"))?.first() {
            Some(id) => Some(*id),
            None => default_kind(env)?.as_id(),
        }
    } else {
        given.get("activity_type_id").and_then(Value::as_id)
    };
    let says = kinds(env, &kind.into_iter().collect::<Vec<_>>())?;
    let says = kind.and_then(|id| says.get(&id)).cloned();
    let due = to_date(call.arg("date_deadline"))?.unwrap_or(env.today());
    let or = |name: &str, own: Option<String>| match call.arg(name) {
        given if given.truthy() => given.clone(),
        _ => Value::from(own),
    };
    let sql = sql!("SELECT id FROM ir_model WHERE model = {model}", model = call.model.as_str());
    let model = env.query(sql)?.first().and_then(|row| row.int(0));
    let user = says.as_ref().and_then(|k| k.user).unwrap_or(env.uid());
    let mut rows = Vec::new();
    for id in &call.ids {
        let mut row = map! {
            "activity_type_id" => kind, "automated" => true, "date_deadline" => due, "res_model_id" => model, "res_id" => *id,
            "summary" => or("summary", says.as_ref().and_then(|k| k.summary.clone())),
            "note" => or("note", says.as_ref().and_then(|k| k.note.clone())),
        };
        row.extend(given.clone());
        if row.get("user_id").is_none_or(|user| !user.truthy()) {
            row.insert("user_id".into(), Value::from(user));
        }
        rows.push(row);
    }
    if rows.is_empty() {
        return Ok(Answer::from(Vec::<Id>::new()));
    }
    Ok(Answer::from(env.create(ACTIVITY, rows)?))
}

/// Open activities of records: of some types, of a user, made by the program.
fn find(env: &mut Env, call: &Invocation, kinds: &[Id]) -> Result<Vec<Id>> {
    let mut domain = Domain::eq("res_model", call.model.as_str()).and(Domain::in_ids("res_id", &call.ids));
    if !kinds.is_empty() {
        domain = domain.and(Domain::in_ids("activity_type_id", kinds));
    }
    if call.arg("only_automated").truthy() {
        domain = domain.and(Domain::eq("automated", true));
    }
    if let Some(user) = call.arg("user_id").as_id().filter(|id| *id != 0) {
        domain = domain.and(Domain::eq("user_id", user));
    }
    if call.arg("additional_domain").truthy() {
        domain = domain.and(lastmile_orm::args::domain_arg(call.arg("additional_domain"))?);
    }
    env.search_all(ACTIVITY, &domain)
}

fn search(env: &mut Env, call: &Invocation) -> Result<Answer> {
    if skipped(env) {
        return Ok(FALSE);
    }
    let kinds = kinds_by_name(env, call.arg("act_type_xmlids"))?;
    if kinds.is_empty() && call.arg("act_type_xmlids").truthy() {
        return Ok(FALSE);
    }
    Ok(Answer::from(find(env, call, &kinds)?))
}

/// The found activities, unless the types are unknown.
fn chosen(env: &mut Env, call: &Invocation) -> Result<Option<Vec<Id>>> {
    if skipped(env) {
        return Ok(None);
    }
    let kinds = kinds_by_name(env, call.arg("act_type_xmlids"))?;
    if kinds.is_empty() { Ok(None) } else { find(env, call, &kinds).map(Some) }
}

fn feedback(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let Some(found) = chosen(env, call)? else { return Ok(FALSE) };
    let text = Some(call.arg("feedback")).filter(|f| f.truthy()).map(Value::py_str).unwrap_or_default();
    done::done(env, &found, &text, &call.arg("attachment_ids").ids())?;
    Ok(TRUE)
}

fn unlink(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let Some(found) = chosen(env, call)? else { return Ok(FALSE) };
    env.unlink(ACTIVITY, &found)?;
    Ok(TRUE)
}

fn reschedule(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let Some(found) = chosen(env, call)? else { return Ok(FALSE) };
    let mut values = Map::new();
    if call.arg("date_deadline").truthy() {
        values.insert("date_deadline".into(), call.arg("date_deadline").clone());
    }
    if call.arg("new_user_id").truthy() {
        values.insert("user_id".into(), call.arg("new_user_id").clone());
    }
    if !found.is_empty() && !values.is_empty() {
        env.write(ACTIVITY, &found, values)?;
    }
    Ok(Answer::from(found))
}

/// Mails records by a template, as a comment on each.
fn send_mail(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let template = call.arg("template_id").as_id().unwrap_or(0);
    if env.existing("mail.template", &[template])?.is_empty() {
        return Ok(FALSE);
    }
    super::template::send(env, template, &call.ids, &Map::new())?;
    Ok(TRUE)
}
