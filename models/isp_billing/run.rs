//! isp.billing.run: the due cycles of a company's subscriptions, billed in batches.

use lastmile_orm::access::Operation;
use lastmile_orm::declare::{CreateHook, Next, Tx};
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Map, Result, Value, map};

use super::batch::{self, LINE, RUN};
use super::preview;
use crate::isp_core::calendar;

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(RUN)
        .default("state", "draft")
        .default("catch_up", true)
        .on_create(complete_new)
        .constrains(&["period_start", "period_end"], periods_are_in_order)
        .record_method("action_confirm", "", Tx::Detached, action_confirm)
        .record_method("action_retry", "", Tx::Detached, action_retry)
        .record_method("action_cancel", "", Tx::Write, action_cancel)
        .record_method("action_preview", "", Tx::Read, preview::action_preview)
        .record_method("progress", "", Tx::Read, progress);
}

/// A run is for this month and the acting user's company when nobody said otherwise.
fn complete_new(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let today = env.today();
    let first = chrono::Datelike::with_day(&today, 1).unwrap_or(today);
    let last = calendar::months_later(first, 1).pred_opt().unwrap_or(today);
    for map in &mut values {
        map.get_or_insert_with("company_id", || env.company_id().into());
        let start = map.get_or_insert_with("period_start", || first.into()).py_str();
        let end = map.get_or_insert_with("period_end", || last.into()).py_str();
        map.get_or_insert_with("name", || format!("Billing {start} – {end}").into());
    }
    let companies: Vec<Id> = values.iter().filter_map(|map| map.get("company_id").and_then(Value::as_id)).collect();
    let currencies = env.sudo(|env| env.values("res.company", "currency_id", &companies))?;
    if currencies.len() == values.len() {
        for (map, currency) in values.iter_mut().zip(currencies) {
            map.get_or_insert_with("currency_id", || currency);
        }
    }
    next.call(env, values)
}

fn periods_are_in_order(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.flush()?;
    let sql = sql!("SELECT 1 FROM isp_billing_run WHERE id = ANY({ids}) AND period_start > period_end LIMIT 1");
    if env.query(sql)?.is_empty() { Ok(()) } else { Err(Error::validation("A billing period begins before it ends.")) }
}

fn may_run(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.check_access(RUN, Operation::Write)?;
    env.check_records(RUN, ids, Operation::Write)
}

/// Bills what is due; a run that was interrupted goes on.
fn action_confirm(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let run = call.one()?;
    begin(env, run, &["draft", "running"])?;
    work(env, run)?;
    Ok(Answer::NOTHING)
}

/// Forgets what could not be billed and tries it again.
fn action_retry(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let run = call.one()?;
    begin(env, run, &["done", "failed", "running"])?;
    work(env, run)?;
    Ok(Answer::NOTHING)
}

/// Marks a run as running, with what it could not bill to be tried again.
fn begin(env: &mut Env, run: Id, from: &[&str]) -> Result<()> {
    env.transaction(|env| {
        may_run(env, &[run])?;
        let state = env.value(RUN, "state", run)?;
        if !state.as_str().is_some_and(|state| from.contains(&state)) {
            return Err(Error::user(format!("The billing run is {} and cannot be run now.", state.py_str())));
        }
        let now = env.now();
        env.sudo(|env| {
            if state.as_str() != Some("running") {
                let sql = sql!("SELECT id FROM isp_billing_run_line WHERE run_id = {run} AND state = 'error'");
                let failed: Vec<Id> = env.query_ids(sql)?;
                env.unlink(LINE, &failed)?;
                let values = map! { "state" => "running", "started_at" => now, "finished_at" => Value::None, "error_count" => 0_i64 };
                env.write(RUN, &[run], values)?;
            }
            Ok(())
        })
    })
}

/// Works on a run until nothing is left of it, or it is cancelled. Each batch is committed.
///
/// # Errors
/// UserError when somebody else works on it; what ends the whole call.
pub fn work(env: &mut Env, run: Id) -> Result<()> {
    let Some(_held) = env.database().hold("billing run", run)? else {
        return Err(Error::user("Somebody works on this billing run already."));
    };
    loop {
        match env.transaction(|env| env.sudo(|env| batch::step(env, run))) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            // What may be over when it is tried again leaves the run as it is.
            Err(error) if error.ends_call() => return Err(error),
            Err(error) => {
                env.transaction(|env| env.sudo(|env| env.write(RUN, &[run], map! { "state" => "failed" })))?;
                return Err(error);
            }
        }
    }
}

fn action_cancel(env: &mut Env, call: &Invocation) -> Result<Answer> {
    may_run(env, &call.ids)?;
    let states = env.values(RUN, "state", &call.ids)?;
    if states.iter().any(|state| state.as_str() == Some("done")) {
        return Err(Error::user("A billing run that is done cannot be cancelled: its invoices can be reversed."));
    }
    let now = env.now();
    env.sudo(|env| env.write(RUN, &call.ids, map! { "state" => "cancelled", "finished_at" => now }))?;
    Ok(Answer::NOTHING)
}

/// How far a run is: what is done, what is left, the seconds that both take.
fn progress(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let run = call.one()?;
    let sql = sql!(
        "SELECT r.state, COALESCE(r.invoice_count, 0), COALESCE(r.skipped_count, 0), COALESCE(r.error_count, 0),
         EXTRACT(EPOCH FROM COALESCE(r.finished_at, now() AT TIME ZONE 'UTC') - r.started_at)::float8
         FROM isp_billing_run r WHERE r.id = {run}"
    );
    let rows = env.query(sql)?;
    let Some(row) = rows.first() else { return Err(Error::missing("The billing run does not exist.")) };
    let count = |column: usize| i64::from(row.int(column).unwrap_or(0));
    let done = count(1) + count(2) + count(3);
    let left = env.sudo(|env| preview::left(env, run))?;
    let seconds = row.float(4).unwrap_or(0.0).max(0.0);
    let each = if done > 0 { seconds / f64::from(i32::try_from(done).unwrap_or(i32::MAX)) } else { 0.0 };
    let running = row.text(0).as_deref() == Some("running");
    let seconds_left = (running && done > 0).then(|| each * f64::from(i32::try_from(left).unwrap_or(i32::MAX)));
    Ok(Answer::Value(Value::Map(map! {
        "state" => row.text(0),
        "invoices" => count(1),
        "skipped" => count(2),
        "errors" => count(3),
        "left" => left,
        "seconds" => seconds,
        "seconds_left" => seconds_left.map_or(Value::Bool(false), Value::from),
    })))
}

/// The cron: goes on with runs that were interrupted; else a run for each company that has something due, of one cycle
/// for each subscription.
pub fn generate_invoices(env: &mut Env) -> Result<()> {
    let sql = sql!("SELECT id, COALESCE(catch_up, FALSE) FROM isp_billing_run WHERE state = 'running' ORDER BY id");
    let mut runs: Vec<Id> = Vec::new();
    let mut of_the_day = false;
    for row in env.query(sql)? {
        runs.extend(row.int(0));
        of_the_day |= row.bool(1) == Some(false);
    }
    if !of_the_day {
        runs.extend(env.transaction(|env| env.sudo(new_runs))?);
    }
    let mut failed = None;
    for run in runs {
        if let Err(error) = work(env, run) {
            tracing::error!(run, %error, "a billing run could not be ended");
            failed = Some(error);
        }
    }
    failed.map_or(Ok(()), Err)
}

/// A run for each company with something due today.
fn new_runs(env: &mut Env) -> Result<Vec<Id>> {
    let today = env.today();
    let sql = sql!(
        "SELECT COALESCE(p.company_id, (SELECT company_id FROM res_users WHERE id = 1)) AS company, min(s.next_invoice_date)
         FROM isp_subscription s JOIN res_partner p ON p.id = s.partner_id
         WHERE s.state = 'active' AND s.next_invoice_date <= {today} GROUP BY 1 ORDER BY 1"
    );
    let now = env.now();
    let values: Vec<Map> = env
        .query(sql)?
        .iter()
        .filter_map(|row| {
            Some(map! {
                "name" => format!("Billing {today}"),
                "company_id" => row.int(0)?,
                "period_start" => row.date(1)?,
                "period_end" => today,
                "catch_up" => false,
                "state" => "running",
                "started_at" => now,
            })
        })
        .collect();
    env.create(RUN, values)
}
