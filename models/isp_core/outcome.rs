//! What jobs do to our own records once the router is as it should be.

use std::collections::HashMap;

use chrono::Datelike;
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Env, Id, Map, Result, map};

use super::job_type::{DECIDING, JobType, STATE_JOBS};

/// A finished job, as far as it matters here.
#[derive(Clone, Debug)]
struct Done {
    job: Id,
    kind: JobType,
    subscription: Option<Id>,
    device: Option<Id>,
    payload: String,
    /// The subscription has no start, no first invoice date yet.
    unstarted: bool,
    uninvoiced: bool,
}

/// What a job says that a later one made pointless.
pub const SUPERSEDED: &str = "Superseded by a later job";

/// Lets finished jobs take effect, all at once; answers those that were refused, with the reason.
pub fn apply(env: &mut Env, jobs: &[Id]) -> Result<Vec<(Id, String)>> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let done = load(env, jobs)?;
    if env.savepoint(|env| env.sudo(|env| effects(env, &done))).is_ok() {
        return Ok(Vec::new());
    }
    // One of them is not allowed: one by one, so that it alone fails.
    let mut refused = Vec::new();
    for one in &done {
        if let Err(error) = env.savepoint(|env| env.sudo(|env| effects(env, std::slice::from_ref(one)))) {
            refused.push((one.job, error.to_string()));
        }
    }
    Ok(refused)
}

fn load(env: &mut Env, jobs: &[Id]) -> Result<Vec<Done>> {
    let sql = sql!(
        "SELECT j.id, j.job_type::text, j.subscription_id, j.device_id, j.payload_json::text, s.start_date IS NULL,
         s.next_invoice_date IS NULL
         FROM isp_provisioning_job j LEFT JOIN isp_subscription s ON s.id = j.subscription_id
         WHERE j.id = ANY({jobs}) ORDER BY j.id"
    );
    let rows = env.query(sql)?;
    let read = rows.iter().filter_map(|row| {
        Some(Done {
            job: row.int(0)?,
            kind: JobType::parse(&row.text(1)?)?,
            subscription: row.int(2),
            device: row.int(3),
            payload: row.text(4).unwrap_or_default(),
            unstarted: row.bool(5).unwrap_or(false),
            uninvoiced: row.bool(6).unwrap_or(false),
        })
    });
    Ok(read.collect())
}

fn effects(env: &mut Env, done: &[Done]) -> Result<()> {
    let today = env.today();
    // The last job of a subscription decides.
    let mut last: HashMap<Id, &Done> = HashMap::new();
    for job in done.iter().filter(|d| DECIDING.contains(&d.kind)) {
        if let Some(sub) = job.subscription {
            last.insert(sub, job);
        }
    }
    let subs = |test: &dyn Fn(&Done) -> bool| -> Vec<Id> {
        let mut ids: Vec<Id> = last.iter().filter(|(_, job)| test(job)).map(|(sub, _)| *sub).collect();
        ids.sort_unstable();
        ids
    };
    let back = |d: &Done| matches!(d.kind, JobType::ActivateSubscription | JobType::ReconnectSubscription);
    let uninvoiced = subs(&|d| back(d) && d.uninvoiced);
    let first = if !uninvoiced.is_empty() && bills_from_activation(env)? { uninvoiced } else { Vec::new() };
    let writes: [(Vec<Id>, Map); 5] = [
        (subs(&|d| back(d)), map! { "state" => "active", "suspend_reason" => false }),
        (subs(&|d| back(d) && d.unstarted), map! { "start_date" => today }),
        (first, map! { "next_invoice_date" => today, "billing_day" => i64::from(today.day()) }),
        (subs(&|d| d.kind == JobType::SuspendSubscription), map! { "state" => "suspended" }),
        (subs(&|d| d.kind == JobType::TerminateSubscription), map! { "state" => "terminated" }),
    ];
    for (ids, values) in writes {
        env.write("isp.subscription", &ids, values)?;
    }
    for (kind, state) in [(JobType::CaptiveUserCreate, "active"), (JobType::CaptiveUserDisable, "disabled")] {
        let ids: Vec<Id> = done.iter().filter(|d| d.kind == kind).filter_map(|d| payload_id(&d.payload, "captive_user_id")).collect();
        let ids = env.existing("isp.captive.user", &ids)?;
        env.write("isp.captive.user", &ids, map! { "state" => state })?;
    }
    checked(env, done.iter().filter(|d| d.kind == JobType::Healthcheck).filter_map(|d| d.device), "ok")?;
    supersede(env, done)
}

/// Whether cycles begin with the activation. A database that was taken over bills as before until somebody says so.
fn bills_from_activation(env: &mut Env) -> Result<bool> {
    let said = env.parameter("isp_billing.first_invoice_on_activation")?;
    Ok(said.is_some_and(|text| matches!(text.trim(), "1" | "True" | "true")))
}

/// An id in a job's payload; a payload that cannot be read has none.
pub fn payload_id(payload: &str, key: &str) -> Option<Id> {
    let json: serde_json::Value = serde_json::from_str(payload).ok()?;
    Id::try_from(json.get(key)?.as_i64()?).ok()
}

/// The outcome of health checks, on the routers of the devices.
fn checked(env: &mut Env, devices: impl Iterator<Item = Id>, status: &str) -> Result<()> {
    let devices: Vec<Id> = devices.collect();
    if devices.is_empty() {
        return Ok(());
    }
    let sql = sql!("SELECT id FROM isp_mikrotik_router WHERE device_id = ANY({devices})");
    let routers: Vec<Id> = env.query_ids(sql)?;
    let now = env.now();
    env.write("isp.mikrotik.router", &routers, map! { "last_healthcheck_at" => now, "last_healthcheck_status" => status })
}

/// What failed jobs tell about their routers.
pub fn failed(env: &mut Env, jobs: &[Id]) -> Result<()> {
    let done = load(env, jobs)?;
    env.sudo(|env| checked(env, done.iter().filter(|d| d.kind == JobType::Healthcheck).filter_map(|d| d.device), "failed"))
}

/// Older requests for the same subscriptions that still wait would undo what is done now: the last one counts.
fn supersede(env: &mut Env, done: &[Done]) -> Result<()> {
    let decided: Vec<&Done> = done.iter().filter(|d| STATE_JOBS.contains(&d.kind) && d.subscription.is_some()).collect();
    if decided.is_empty() {
        return Ok(());
    }
    let sql = sql!(
        "UPDATE isp_provisioning_job old
         SET state = 'failed', write_date = (now() AT TIME ZONE 'UTC'), error_message = {SUPERSEDED}
         FROM isp_provisioning_job new WHERE new.id = ANY({jobs})
         AND old.subscription_id = new.subscription_id AND old.id < new.id AND old.state = 'queued'
         AND (new.job_type <> 'change_plan' OR old.job_type = 'change_plan') AND old.job_type = ANY({name})",
        jobs = &decided.iter().map(|d| d.job).collect::<Vec<_>>(),
        name = Bind::texts(STATE_JOBS.iter().map(|kind| kind.name()))
    );
    env.execute(&sql).map(|_| ())
}

/// The JSON of a payload with one id.
pub fn payload(key: &str, id: Id) -> String {
    // Spaced as Python's json.dumps writes it: clients compare the text.
    format!("{{\"{key}\": {id}}}")
}
