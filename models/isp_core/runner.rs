//! Claiming of jobs, and the record of what became of them.
//!
//! A job is claimed under a lease: whoever holds it runs it, and when the lease has run out anybody may. Claims commit
//! before a router is spoken to and outcomes commit after, so that a failure never undoes the count of attempts and
//! one bad job never holds up another.

use chrono::NaiveDateTime;
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Env, Error, Id, Result};

use super::{outcome, router_of};
use crate::effects::{Outcome, Port};

/// How long a claim lasts when it is made to be run at once.
const LEASE_SECONDS: f64 = 600.0;
/// Jobs claimed together by the cron.
const BATCH: i64 = 200;
/// First back-off; each further one is four times as long.
const BACK_OFF_SECONDS: f64 = 30.0;

/// A claimed job and the router it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claimed {
    pub job: Id,
    /// `None`: there is no router to be found; running the job says so.
    pub router: Option<Id>,
}

const NOW: &str = "(now() AT TIME ZONE 'UTC')";

/// What to claim.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    /// Name of the worker, for people who look at the leases.
    pub worker: &'a str,
    pub limit: i64,
    pub lease_seconds: f64,
    /// These queued jobs whatever their back-off and router; `None`: whatever is due.
    pub only: Option<&'a [Id]>,
    /// Routers that a worker is on already.
    pub busy: &'a [Id],
}

/// Claims jobs: marks them running, counts the attempt, leases them. Jobs of paused routers and of routers that just
/// failed wait. Jobs without attempts left become failed. Answers the claimed in the order in which they were asked for.
pub fn claim(env: &mut Env, claim: &Claim<'_>) -> Result<Vec<Claimed>> {
    exhaust(env, claim.only)?;
    let due = match claim.only {
        Some(ids) => sql!("j.state = 'queued' AND j.id = ANY({ids})"),
        None => sql!(
            "(j.state = 'queued' AND (l.next_attempt IS NULL OR l.next_attempt <= {NOW:sql})
             OR j.state = 'running' AND l.lease_until < {NOW:sql}) AND r.paused IS NOT TRUE
             AND (r.breaker_until IS NULL OR r.breaker_until <= {NOW:sql}) AND (r.id IS NULL
             OR NOT r.id = ANY({busy}) AND NOT EXISTS (SELECT 1 FROM (SELECT r.id FROM lastmile_job_lease l
             JOIN isp_provisioning_job j ON j.id = l.job_id {of_job:sql}WHERE l.lease_until >= {NOW:sql}
             AND l.worker <> {worker}::text) AS elsewhere WHERE elsewhere.id = r.id))",
            busy = claim.busy,
            of_job = router_of::OF_JOB,
            worker = claim.worker
        ),
    };
    let sql = sql!(
        "WITH due AS (SELECT j.id, r.id AS router FROM isp_provisioning_job j
         LEFT JOIN lastmile_job_lease l ON l.job_id = j.id {of_job:sql}WHERE {due:sql}
         AND COALESCE(j.attempts, 0) < COALESCE(j.max_attempts, 0) ORDER BY COALESCE(l.priority, 0) DESC, j.id
         LIMIT {limit} FOR UPDATE OF j SKIP LOCKED), leased AS (INSERT INTO lastmile_job_lease (job_id, worker, lease_until)
         SELECT id, {worker}::text, {NOW:sql} + make_interval(secs => {lease_seconds}) FROM due
         ON CONFLICT (job_id) DO UPDATE
         SET worker = EXCLUDED.worker, lease_until = EXCLUDED.lease_until, next_attempt = NULL)
         UPDATE isp_provisioning_job j
         SET state = 'running', attempts = COALESCE(j.attempts, 0) + 1, executed_at = {NOW:sql}, write_uid = {uid},
         write_date = {NOW:sql}
         FROM due WHERE j.id = due.id RETURNING j.id, due.router",
        of_job = router_of::OF_JOB,
        limit = claim.limit,
        worker = claim.worker,
        lease_seconds = claim.lease_seconds,
        uid = env.uid()
    );
    let rows = env.query(sql)?;
    let mut claimed: Vec<Claimed> = rows.iter().filter_map(|row| Some(Claimed { job: row.int(0)?, router: row.int(1) })).collect();
    match claim.only {
        Some(ids) => claimed.sort_by_key(|c| ids.iter().position(|id| *id == c.job)),
        None => claimed.sort_by_key(|c| c.job),
    }
    env.invalidate();
    Ok(claimed)
}

/// Claims and commits, one process at a time: two that claim at once would not see each other's leases, and a router
/// is for one worker only. The claim is a statement after the lock, so that it sees what the one before has leased.
pub fn claim_committed(env: &mut Env, wanted: &Claim<'_>) -> Result<Vec<Claimed>> {
    env.locking(|env| {
        env.query(Sql::lit(CLAIM_LOCK))?;
        claim(env, wanted)
    })
}

/// Takes the lock of claims until the transaction ends. A process that is stopped while it holds it holds up the others
/// for seconds only: PostgreSQL ends its idle session.
pub const CLAIM_LOCK: &str = "SELECT set_config('idle_in_transaction_session_timeout', '5s', TRUE), \
     pg_advisory_xact_lock(hashtext('lastmile.claim'))::text";

/// Jobs whose attempts are used up are not tried again.
fn exhaust(env: &mut Env, only: Option<&[Id]>) -> Result<()> {
    let sql = sql!(
        "UPDATE isp_provisioning_job j
         SET state = 'failed', error_message = 'Max attempts reached', write_date = {NOW:sql}
         WHERE COALESCE(j.attempts, 0) >= COALESCE(j.max_attempts, 0) AND "
    );
    let sql = match only {
        Some(ids) => sql.push("j.state = 'queued' AND j.id = ANY(").push_bind(Bind::ids(ids)).push(")"),
        None => sql
            .push("(j.state = 'queued' OR j.state = 'running' AND EXISTS (SELECT 1 FROM lastmile_job_lease l WHERE l.job_id = j.id AND l.lease_until < ")
            .push(NOW)
            .push("))"),
    };
    env.execute(&sql)?;
    env.invalidate();
    Ok(())
}

/// Writes down what became of claimed jobs. A success takes effect on the subscription; when that is refused the job
/// failed after all. Answers the outcomes as they were written.
pub fn record(env: &mut Env, outcomes: &[Outcome]) -> Result<Vec<Outcome>> {
    let done: Vec<Id> = outcomes.iter().filter(|o| o.result.is_ok()).map(|o| o.job).collect();
    let refused = outcome::apply(env, &done)?;
    let mut all = outcomes.to_vec();
    for (job, message) in refused {
        if let Some(entry) = all.iter_mut().find(|o| o.job == job) {
            entry.result = Err(message);
        }
    }
    let done: Vec<Id> = all.iter().filter(|o| o.result.is_ok()).map(|o| o.job).collect();
    let failed: Vec<(Id, String)> = all.iter().filter_map(|o| Some((o.job, o.result.clone().err()?))).collect();
    if !done.is_empty() {
        finish(env, &done)?;
    }
    if !failed.is_empty() {
        outcome::failed(env, &failed.iter().map(|(job, _)| *job).collect::<Vec<_>>())?;
        retry(env, &failed)?;
    }
    env.invalidate();
    Ok(all)
}

fn finish(env: &mut Env, jobs: &[Id]) -> Result<()> {
    let sql = sql!(
        "WITH gone AS (DELETE FROM lastmile_job_lease WHERE job_id = ANY({jobs})) UPDATE isp_provisioning_job
         SET state = 'success', error_message = NULL, write_uid = {uid}, write_date = {NOW:sql}
         WHERE id = ANY({jobs})",
        uid = env.uid()
    );
    env.execute(&sql).map(|_| ())
}

/// Failed jobs go back into the queue, later each time, until their attempts are used up.
fn retry(env: &mut Env, failed: &[(Id, String)]) -> Result<()> {
    let jobs: Vec<Id> = failed.iter().map(|(job, _)| *job).collect();
    let sql = sql!(
        "WITH told AS (UPDATE isp_provisioning_job j
         SET error_message = v.message, write_date = (now() AT TIME ZONE 'UTC'), state = CASE
         WHEN COALESCE(j.attempts, 0) >= COALESCE(j.max_attempts, 0) THEN 'failed' ELSE 'queued' END
         FROM unnest({jobs}::int4[], {message}::text[]) AS v(id, message) WHERE j.id = v.id
         RETURNING j.id, j.attempts) INSERT INTO lastmile_job_lease (job_id, next_attempt)
         SELECT id, {NOW:sql} + make_interval(secs => {BACK_OFF_SECONDS} * power(4, least(attempts, 6) - 1) * (0.75 +
         random() / 2))
         FROM told ON CONFLICT (job_id) DO UPDATE
         SET worker = NULL, lease_until = NULL, next_attempt = EXCLUDED.next_attempt",
        message = Bind::texts(failed.iter().map(|(_, message)| message.as_str()))
    );
    env.execute(&sql).map(|_| ())
}

/// When something may be claimed next: now or in the past when a job is due. `None`: nothing waits.
pub fn next_due(env: &mut Env) -> Result<Option<NaiveDateTime>> {
    let sql = sql!(
        "SELECT min(CASE
         WHEN j.state = 'running' THEN l.lease_until ELSE greatest(COALESCE(l.next_attempt, j.requested_at,
         j.create_date), r.breaker_until) END)
         FROM isp_provisioning_job j
         LEFT JOIN lastmile_job_lease l ON l.job_id = j.id {of_job:sql}WHERE j.state = ANY('{{queued,running}}')
         AND r.paused IS NOT TRUE",
        of_job = router_of::OF_JOB
    );
    Ok(env.query(sql)?.first().and_then(|row| row.timestamp(0)))
}

/// Claims the given queued jobs, runs them and records what became of them; commits in between.
pub fn run_now(env: &mut Env, jobs: &[Id]) -> Result<Vec<Outcome>> {
    let limit = i64::try_from(jobs.len()).unwrap_or(i64::MAX);
    let wanted = Claim { worker: "call", limit, lease_seconds: LEASE_SECONDS, only: Some(jobs), busy: &[] };
    let claimed = claim_committed(env, &wanted)?;
    run_claimed(env, &claimed)
}

/// The cron: runs everything that is due. Failures are in the jobs; none is raised.
pub fn run_pending(env: &mut Env) -> Result<()> {
    loop {
        let wanted = Claim { worker: "cron", limit: BATCH, lease_seconds: LEASE_SECONDS, only: None, busy: &[] };
        let claimed = claim_committed(env, &wanted)?;
        if claimed.is_empty() {
            return Ok(());
        }
        run_claimed(env, &claimed)?;
    }
}

/// Runs claimed jobs through the program's port and records the outcomes.
pub fn run_claimed(env: &mut Env, claimed: &[Claimed]) -> Result<Vec<Outcome>> {
    if claimed.is_empty() {
        return Ok(Vec::new());
    }
    let jobs: Vec<Id> = claimed.iter().map(|c| c.job).collect();
    let port = env.port::<Port>().ok_or_else(|| Error::internal("nothing is registered that runs jobs"));
    let mut outcomes = match port.and_then(|port| port.0.run_jobs(env, &jobs)) {
        Ok(outcomes) => outcomes,
        Err(error) => {
            tracing::error!(%error, "running jobs failed");
            jobs.iter().map(|job| Outcome { job: *job, result: Err(error.to_string()) }).collect()
        }
    };
    for job in &jobs {
        if !outcomes.iter().any(|o| o.job == *job) {
            outcomes.push(Outcome { job: *job, result: Err("The job was not run.".to_owned()) });
        }
    }
    env.transaction(|env| record(env, &outcomes))
}
