//! A plan's new terms reach everybody who has it: one job a service, a few a minute on each router, because sessions begin anew.

use std::collections::HashMap;

use lastmile_orm::declare::{Next, Tx, WriteHook};
use lastmile_orm::record::Records;
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Env, Id, Invocation, Map, Result, map};

use crate::isp_core::audit::{self, Entry};
use crate::isp_core::credentials;
use crate::isp_core::job_type::JobType;
use crate::isp_core::jobs::{self, NewJob};
use crate::isp_core::router_of;
use crate::isp_core::subscription::Subscription;

/// Parameter: jobs a minute on each router after a plan's change; 0: all at once.
pub const PACE_KEY: &str = "isp_mikrotik.plan_jobs_per_minute";
/// A router takes some five new sessions a second with ease.
const PACE: u32 = 300;

/// Fields of a plan that routers are told.
const TERMS: &[&str] = &["download_mbps", "upload_mbps", "down_mbps", "up_mbps", "mikrotik_profile", "service_type"];

/// Declares the hook and the method.
pub fn declare(all: &mut Declarations) {
    all.model("isp.service_plan").on_write(spread).record_method("get_rollout_progress", "", Tx::Read, progress);
}

/// Terms of plans as routers would be told them.
fn terms(env: &mut Env, plans: &[Id]) -> Result<HashMap<Id, (String, String)>> {
    let sql = sql!(
        "SELECT id, ROW(COALESCE(download_mbps, 0)::float8, COALESCE(upload_mbps, 0)::float8, service_type)::text,
         COALESCE(mikrotik_profile, '')::text
         FROM isp_service_plan WHERE id = ANY({plans})"
    );
    Ok(env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, (row.text(1)?, row.text(2)?)))).collect())
}

fn spread(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    if !TERMS.iter().any(|name| values.contains_key(name)) {
        return next.call(env, ids, values);
    }
    let before = terms(env, ids)?;
    next.call(env, ids, values)?;
    let after = terms(env, ids)?;
    let changed: Vec<Id> = after.iter().filter(|(id, terms)| before.get(id).is_some_and(|old| old != *terms)).map(|(id, _)| *id).collect();
    let renamed = changed.iter().any(|id| before.get(id).map(|old| &old.1) != after.get(id).map(|new| &new.1));
    if changed.is_empty() { Ok(()) } else { env.sudo(|env| queue(env, &changed, renamed)) }
}

/// One job for each service of the plans, with its time; rows in the audit log say how many.
fn queue(env: &mut Env, plans: &[Id], renamed: bool) -> Result<()> {
    let sql = sql!(
        "SELECT id, sector_id, plan_id FROM isp_subscription WHERE state = ANY('{{active,suspended}}')
         AND plan_id = ANY({plans}) ORDER BY id"
    );
    let rows = env.query(sql)?;
    if rows.is_empty() {
        return Ok(());
    }
    let subs: Vec<Id> = rows.iter().filter_map(|row| row.int(0)).collect();
    credentials::complete(env, &Records::<Subscription>::new(subs), renamed)?;
    let change = env.now().and_utc().timestamp_millis();
    let mut counts: HashMap<Id, usize> = HashMap::new();
    let mut new = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some(plan) = row.int(2) else { continue };
        *counts.entry(plan).or_default() += 1;
        let payload = format!("{}{change}}}", payload_start(plan));
        new.push(NewJob { subscription: row.int(0), sector: row.int(1), payload, ..NewJob::new(JobType::ChangePlan) });
    }
    let queued = jobs::queue_all(env, &new)?;
    pace(env, &queued)?;
    let mut counts: Vec<(Id, usize)> = counts.into_iter().collect();
    counts.sort_unstable();
    let entries: Vec<Entry> = counts
        .iter()
        .map(|(plan, count)| Entry::new("plan_rollout", "isp.service_plan", *plan, format!("Queued {count} jobs for the new terms")))
        .collect();
    audit::log(env, &entries)
}

/// How the payload of a plan's jobs begins; the moment of the change follows.
fn payload_start(plan: Id) -> String {
    format!("{{\"plan_id\": {plan}, \"plan_change\": ")
}

/// Spreads jobs over time, router by router, behind what is asked for one by one.
fn pace(env: &mut Env, queued: &[Id]) -> Result<()> {
    let pace = env.parameter(PACE_KEY)?.and_then(|text| text.trim().parse::<u32>().ok()).unwrap_or(PACE);
    let gap = if pace == 0 { 0.0 } else { 60.0 / f64::from(pace) };
    let sql = sql!(
        "INSERT INTO lastmile_job_lease (job_id, priority, next_attempt)
         SELECT j.id, -1, (now() AT TIME ZONE 'UTC') + make_interval(secs => {gap} * (row_number() OVER (PARTITION BY r.id
         ORDER BY j.id) - 1)) FROM isp_provisioning_job j {of_job:sql}WHERE j.id = ANY({queued})
         ON CONFLICT (job_id) DO UPDATE SET priority = EXCLUDED.priority, next_attempt = EXCLUDED.next_attempt",
        of_job = router_of::OF_JOB
    );
    env.execute(&sql).map(|_| ())
}

/// How far the last change of a plan has come: `total`, `waiting`, `running`, `done`, `failed`.
fn progress(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let plan = call.one()?;
    env.require(&call.model, &[plan])?;
    let sql = sql!(
        "WITH mine AS (SELECT state, error_message, payload_json, max(payload_json) OVER () AS last
         FROM isp_provisioning_job WHERE job_type = 'change_plan'
         AND starts_with(payload_json, {payload_start}))
         SELECT count(*)::int4, (count(*) FILTER (WHERE state = 'queued'))::int4, (count(*) FILTER (WHERE state =
         'running'))::int4, (count(*) FILTER (WHERE state = 'success'
         OR state = 'failed' AND error_message = {superseded}))::int4 FROM mine WHERE payload_json = last",
        payload_start = payload_start(plan),
        superseded = crate::isp_core::outcome::SUPERSEDED
    );
    let rows = env.query(sql)?;
    let count = |column: usize| rows.first().and_then(|row| row.int(column)).unwrap_or(0);
    let (total, waiting, running, done) = (count(0), count(1), count(2), count(3));
    Ok(Answer::from(map! {
        "total" => total, "waiting" => waiting, "running" => running, "done" => done, "failed" => total - waiting - running - done,
    }))
}
