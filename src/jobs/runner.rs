//! The job runner: claims queued jobs, gives each router's to a thread of its own, records what became of them.
//!
//! A claim is a lease. It is renewed while the work lasts; when this process dies it runs out, and whoever looks next takes the
//! jobs over. Converging is safe to repeat, so nothing is lost and nothing is doubled.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono::Utc;
use lastmile_models::effects::Outcome;
use lastmile_models::isp_core::runner::{self, Claim, Claimed};
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::error::LOST;
use lastmile_orm::sql::sql;
use lastmile_orm::{Database, Env, Error, Id, Result, Tx};

use crate::provisioning::{Batch, Provisioner, Ran};

/// How long a claim lasts without being renewed.
const LEASE: Duration = Duration::from_secs(60);
/// How often claims are renewed and idle sessions closed.
const UPKEEP: Duration = Duration::from_secs(15);
/// Longest time without looking for jobs: for leases that ran out, and notifications that were missed.
const POLL: Duration = Duration::from_secs(5);
/// How often finished threads are looked for while there are some.
const GLANCE: Duration = Duration::from_millis(25);
/// Jobs claimed together.
const BATCH: i64 = 500;
/// Routers worked on at the same time.
const ROUTERS: usize = 32;

/// The running job runner.
pub struct Runner {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Runner {
    /// Starts it; `wake` gets a message when jobs may be waiting.
    pub fn start(db: Arc<Database>, provisioner: Arc<Provisioner>, wake: Receiver<()>) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let (finished, done) = channel();
        let mut dispatcher = Dispatcher {
            worker: worker_name()?,
            db,
            provisioner,
            stop: Arc::clone(&stop),
            busy: BTreeMap::new(),
            finished,
            done,
            upkeep: Instant::now(),
        };
        let thread = std::thread::Builder::new()
            .name("jobs".into())
            .spawn(move || dispatcher.run(&wake))
            .map_err(|e| Error::internal(format!("cannot start the job runner: {e}")))?;
        Ok(Runner { stop, thread: Some(thread) })
    }

    /// Claims nothing more and waits until the claimed jobs are done.
    pub fn stop(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::warn!("the job runner panicked");
        }
    }
}

/// Differs from every other process's, also after a restart under the same number.
fn worker_name() -> Result<String> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).map_err(|e| Error::internal(format!("no randomness: {e}")))?;
    Ok(format!("runner-{}-{:08x}", std::process::id(), u32::from_ne_bytes(bytes)))
}

/// A router's jobs in flight.
struct Flight {
    jobs: Vec<Id>,
    thread: JoinHandle<()>,
}

struct Dispatcher {
    worker: String,
    db: Arc<Database>,
    provisioner: Arc<Provisioner>,
    stop: Arc<AtomicBool>,
    /// By router; jobs without one share a place.
    busy: BTreeMap<Option<Id>, Flight>,
    finished: Sender<Option<Id>>,
    done: Receiver<Option<Id>>,
    upkeep: Instant,
}

impl Dispatcher {
    fn run(&mut self, wake: &Receiver<()>) {
        while !self.stop.load(Ordering::Relaxed) {
            let claimed = self.dispatch().unwrap_or_else(|error| {
                tracing::error!(%error, "jobs could not be claimed");
                0
            });
            // More may be due than were claimed at once.
            if claimed == 0 {
                self.wait(wake);
            }
            self.reap();
            self.keep_up();
        }
        while !self.busy.is_empty() {
            std::thread::sleep(GLANCE);
            self.reap();
            self.keep_up();
        }
    }

    /// Claims what is due and starts a thread for each router; gives the number of jobs.
    fn dispatch(&mut self) -> Result<usize> {
        if self.busy.len() >= ROUTERS {
            return Ok(0);
        }
        let busy: Vec<Id> = self.busy.keys().copied().flatten().collect();
        let wanted = Claim { worker: &self.worker, limit: BATCH, lease_seconds: LEASE.as_secs_f64(), only: None, busy: &busy };
        let mut env = self.db.env(SUPERUSER, Tx::Detached)?;
        let claimed = runner::claim_committed(&mut env, &wanted)?;
        drop(env);
        let mut groups: BTreeMap<Option<Id>, Vec<Id>> = BTreeMap::new();
        for Claimed { job, router } in &claimed {
            groups.entry(*router).or_default().push(*job);
        }
        for (router, jobs) in groups {
            if self.busy.contains_key(&router) {
                // Only jobs without a router come here: they are over in no time, so they are not worth a queue.
                self.work(jobs);
            } else {
                self.start(router, jobs);
            }
        }
        Ok(claimed.len())
    }

    fn task(&self, jobs: Vec<Id>) -> impl FnOnce() + Send + 'static {
        let (db, provisioner, worker) = (Arc::clone(&self.db), Arc::clone(&self.provisioner), self.worker.clone());
        move || work(&db, &provisioner, &worker, &jobs)
    }

    fn work(&self, jobs: Vec<Id>) {
        self.task(jobs)();
    }

    fn start(&mut self, router: Option<Id>, jobs: Vec<Id>) {
        let (task, finished) = (self.task(jobs.clone()), self.finished.clone());
        let run = move || {
            let _told = Told { finished, router };
            task();
        };
        match std::thread::Builder::new().name(format!("jobs-{}", router.unwrap_or(0))).spawn(run) {
            Ok(thread) => {
                self.busy.insert(router, Flight { jobs, thread });
            }
            Err(error) => {
                tracing::warn!(%error, "no thread for a router's jobs");
                self.work(jobs);
            }
        }
    }

    /// Waits for jobs, for a thread to finish, or for the time at which something is due.
    fn wait(&mut self, wake: &Receiver<()>) {
        let end = Instant::now() + self.until_due();
        loop {
            let step = if self.busy.is_empty() { Duration::from_millis(250) } else { GLANCE };
            let left = end.saturating_duration_since(Instant::now());
            match wake.recv_timeout(step.min(left)) {
                Ok(()) => {
                    // One look serves all that was told meanwhile.
                    while wake.try_recv().is_ok() {}
                    return;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(step.min(left)),
            }
            if self.stop.load(Ordering::Relaxed) || Instant::now() >= end || self.reap() {
                return;
            }
        }
    }

    fn until_due(&self) -> Duration {
        let due = self.db.env(SUPERUSER, Tx::Detached).and_then(|mut env| runner::next_due(&mut env));
        let left = match due {
            Ok(Some(at)) => (at - Utc::now().naive_utc()).to_std().unwrap_or_default(),
            Ok(None) => POLL,
            Err(error) => {
                tracing::warn!(%error, "cannot look for jobs");
                POLL
            }
        };
        // What is due and was not claimed is somebody else's, or waits for a router in use.
        left.clamp(Duration::from_millis(500), POLL)
    }

    /// Frees the routers of finished threads.
    fn reap(&mut self) -> bool {
        let mut some = false;
        while let Ok(router) = self.done.try_recv() {
            some = true;
            if let Some(flight) = self.busy.remove(&router)
                && flight.thread.join().is_err()
            {
                tracing::error!(jobs = ?flight.jobs, "a thread panicked over jobs; they are tried again when their lease has run out");
            }
        }
        some
    }

    fn keep_up(&mut self) {
        if self.upkeep.elapsed() < UPKEEP {
            return;
        }
        self.upkeep = Instant::now();
        self.provisioner.close_idle();
        let jobs: Vec<Id> = self.busy.values().flat_map(|flight| flight.jobs.iter().copied()).collect();
        if let Err(error) = renew(&self.db, &self.worker, &jobs) {
            tracing::warn!(%error, "leases could not be renewed");
        }
    }
}

/// Tells the dispatcher that a thread is over, also when it panics.
struct Told {
    finished: Sender<Option<Id>>,
    router: Option<Id>,
}

impl Drop for Told {
    fn drop(&mut self) {
        // Nobody listens any more when the program ends.
        let _ = self.finished.send(self.router);
    }
}

fn renew(db: &Arc<Database>, worker: &str, jobs: &[Id]) -> Result<()> {
    if jobs.is_empty() {
        return Ok(());
    }
    let sql = sql!(
        "UPDATE lastmile_job_lease
         SET lease_until = (now() AT TIME ZONE 'UTC') + make_interval(secs => {seconds})
         WHERE worker = {worker} AND job_id = ANY({jobs})",
        seconds = LEASE.as_secs_f64()
    );
    db.env(SUPERUSER, Tx::Detached)?.execute(&sql).map(|_| ())
}

/// Runs claimed jobs to their record. What goes wrong here is logged: the lease runs out and the jobs are tried again.
fn work(db: &Arc<Database>, provisioner: &Provisioner, worker: &str, jobs: &[Id]) {
    let result = (|| {
        let batch = Batch::load(&mut db.env(SUPERUSER, Tx::Detached)?, jobs)?;
        // No connection is held while routers are spoken to.
        let done = provisioner.run(batch);
        patiently(|| {
            let mut env = db.env(SUPERUSER, Tx::Detached)?;
            let ran = done.keep(&mut env)?;
            env.transaction(|env| record(env, worker, &ran))
        })
    })();
    if let Err(error) = result {
        tracing::error!(%error, ?jobs, "jobs could not be run or recorded");
        let ran: Vec<Ran> = jobs.iter().map(|job| Ran { job: *job, result: Err(error.to_string()), away: false }).collect();
        let recorded = db.env(SUPERUSER, Tx::Detached).and_then(|mut env| env.transaction(|env| record(env, worker, &ran)));
        if let Err(error) = recorded {
            tracing::error!(%error, ?jobs, "the failure of jobs could not be recorded");
        }
    }
}

/// What routers did is known and has to be written down: tried again while the database is away, for as long as the lease
/// would make others wait.
fn patiently(mut write: impl FnMut() -> Result<()>) -> Result<()> {
    let end = Instant::now() + LEASE;
    loop {
        match write() {
            Err(Error::Internal(error) | Error::Lost(error) | Error::Busy(error) | Error::Database(LOST, error))
                if Instant::now() < end =>
            {
                tracing::warn!(%error, "the outcome of jobs cannot be recorded yet");
                std::thread::sleep(Duration::from_millis(500));
            }
            other => return other,
        }
    }
}

/// Records the outcomes of the jobs that are still ours.
fn record(env: &mut Env, worker: &str, ran: &[Ran]) -> Result<()> {
    let ids: Vec<Id> = ran.iter().map(|ran| ran.job).collect();
    let sql = sql!("SELECT job_id FROM lastmile_job_lease WHERE worker = {worker} AND job_id = ANY({ids}) FOR UPDATE");
    let ours: Vec<Id> = env.query_ids(sql)?;
    let ours: Vec<&Ran> = ran.iter().filter(|ran| ours.contains(&ran.job)).collect();
    let outcomes: Vec<Outcome> = ours.iter().map(|ran| Outcome::from((*ran).clone())).collect();
    let recorded = runner::record(env, &outcomes)?;
    let mut failures: BTreeMap<&str, Vec<Id>> = BTreeMap::new();
    for outcome in &recorded {
        if let Err(text) = &outcome.result {
            failures.entry(text).or_default().push(outcome.job);
        }
    }
    for (error, jobs) in failures {
        tracing::warn!(error, count = jobs.len(), first = ?jobs.first(), "jobs failed");
    }
    let away: Vec<Id> = ours.iter().filter(|ran| ran.away).map(|ran| ran.job).collect();
    if away.is_empty() { Ok(()) } else { wait_for_router(env, &away) }
}

/// A try at a router that is away does not count: its jobs wait until it is back.
fn wait_for_router(env: &mut Env, jobs: &[Id]) -> Result<()> {
    let sql = sql!(
        "UPDATE isp_provisioning_job
             SET state = 'queued', attempts = greatest(COALESCE(attempts, 0) - 1, 0) WHERE id = ANY({jobs})"
    );
    env.execute(&sql)?;
    // The router's own pause decides when they are tried.
    let sql = sql!("UPDATE lastmile_job_lease SET next_attempt = NULL WHERE job_id = ANY({jobs})");
    env.execute(&sql)?;
    env.invalidate();
    Ok(())
}
