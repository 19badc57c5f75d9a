//! Provisioning: bringing routers in line with what jobs ask for.
//!
//! Three steps that never overlap: [`Batch::load`] reads what is needed (a few statements for any number of jobs), then
//! [`Provisioner::run`] speaks to the routers without any database connection, then [`Done::keep`] writes down what they said.
//!
//! Architecture invariants: [`plan`] does no I/O; only [`converge`], [`read`] and [`inspect`] speak; only [`lines`] connects;
//! nothing here runs inside a database transaction.

pub mod converge;
mod cuts;
mod dry_run;
pub mod inspect;
pub mod lines;
pub mod plan;
mod queues;
mod read;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use lastmile_models::isp_core::audit;
use lastmile_models::isp_mikrotik::desired::{Desired, Marker};
use lastmile_models::isp_mikrotik::places::{self, Place};
use lastmile_models::isp_mikrotik::router::{self, Connection, Facts};
use lastmile_models::isp_mikrotik::snapshot;
use lastmile_models::isp_mikrotik::work::{self, Task, Work};
use lastmile_orm::{Env, Id, Result};

use self::converge::{Wanted, converge};
use self::inspect::{Health, Snapshot};
use self::lines::{Address, Failure, Lines, Patience};

/// Why customers may be faster than their plans.
const FASTTRACK: &str = "A FastTrack rule is in force: its connections bypass simple queues, so that the speeds of plans do not hold \
     for customers with a queue.";
/// Routers spoken to at the same time.
const PARALLEL: usize = 16;

/// What became of one job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    pub job: Id,
    pub result: std::result::Result<(), String>,
    /// Its router could not be reached: not the job's fault.
    pub away: bool,
}

impl Ran {
    fn failed(job: Id, message: impl Into<String>) -> Self {
        Ran { job, result: Err(message.into()), away: false }
    }
}

/// Jobs and everything that running them needs to know.
pub struct Batch {
    /// Jobs that cannot be run.
    refused: Vec<Ran>,
    routers: Vec<(Connection, Vec<Work>)>,
    /// Commands are written down, not sent.
    dry: bool,
}

impl Batch {
    /// Reads what jobs ask for, by router, in the order in which they were asked for.
    pub fn load(env: &mut Env, jobs: &[Id]) -> Result<Self> {
        env.transaction(|env| {
            let dry = router::dry_run(env)?;
            let mut batch = Batch { refused: Vec::new(), routers: Vec::new(), dry };
            let mut by_router: BTreeMap<Id, Vec<Work>> = BTreeMap::new();
            for (job, ready) in work::load(env, jobs, dry)? {
                match ready {
                    Ok(work) => by_router.entry(work.router).or_default().push(work),
                    Err(message) => batch.refused.push(Ran::failed(job, message)),
                }
            }
            let ids: Vec<Id> = by_router.keys().copied().collect();
            let mut connections = router::connections(env, &ids)?;
            for (id, works) in by_router {
                match connections.remove(&id) {
                    Some(connection) => batch.routers.push((connection, works)),
                    None => batch.refused.extend(works.iter().map(|work| Ran::failed(work.job, "The router of this job is gone."))),
                }
            }
            Ok(batch)
        })
    }
}

/// What routers said, to be kept.
enum Said {
    Health(Health),
    Snapshot(Snapshot),
    /// Could not be reached: to be left alone for so long.
    Away(TimeDelta),
    /// It answers again.
    Back,
}

/// Jobs that were run.
#[derive(Default)]
pub struct Done {
    ran: Vec<Ran>,
    said: Vec<(Id, Said)>,
    /// What routers hold of the services of jobs, if all of these succeed.
    held: Vec<(Place, Vec<Id>)>,
    /// Commands of a dry run, by device.
    unsent: Vec<(Id, String)>,
}

impl Done {
    /// Writes down what routers said; gives what became of the jobs.
    pub fn keep(&self, env: &mut Env) -> Result<Vec<Ran>> {
        let done = |jobs: &Vec<Id>| jobs.iter().all(|job| self.ran.iter().any(|ran| ran.job == *job && ran.result.is_ok()));
        let held: Vec<Place> = self.held.iter().filter(|(_, jobs)| done(jobs)).map(|(place, _)| place.clone()).collect();
        if !self.said.is_empty() || !self.unsent.is_empty() || !held.is_empty() {
            env.transaction(|env| {
                places::settle(env, &held)?;
                audit::dry_run(env, &self.unsent)?;
                self.said.iter().try_for_each(|(router, said)| said.keep(env, *router))
            })?;
        }
        Ok(self.ran.clone())
    }

    fn merge(&mut self, other: Done) {
        self.ran.extend(other.ran);
        self.said.extend(other.said);
        self.held.extend(other.held);
        self.unsent.extend(other.unsent);
    }
}

impl Said {
    fn keep(&self, env: &mut Env, router: Id) -> Result<()> {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        match self {
            Said::Health(health) => {
                let facts = Facts { version: given(&health.version), identity: given(&health.identity), serial: given(&health.serial) };
                router::keep_facts(env, router, &facts)?;
                if health.fasttrack { router::warn(env, router, FASTTRACK) } else { Ok(()) }
            }
            Said::Snapshot(taken) => snapshot::keep(env, router, &taken.version, &taken.content).map(|_| ()),
            Said::Away(pause) => {
                let until = env.now() + *pause;
                router::set_breaker(env, router, Some(until))
            }
            Said::Back => router::set_breaker(env, router, None),
        }
    }
}

/// Speaks to routers. One for the program: it keeps the sessions.
#[derive(Default)]
pub struct Provisioner {
    lines: Lines,
}

impl Provisioner {
    /// One with its own patience.
    pub fn new(patience: Patience) -> Self {
        Provisioner { lines: Lines::new(patience) }
    }

    /// Closes sessions that nobody used for a while.
    pub fn close_idle(&self) {
        self.lines.close_idle();
    }

    /// Brings a router in line with everything that it should hold; gives the number of changes.
    ///
    /// # Errors
    /// The first thing that went wrong, with the router's name.
    pub fn bring(&self, connection: &Connection, desired: Desired) -> std::result::Result<usize, String> {
        let wanted = Wanted::new([desired]);
        let report = self.lines.speak(&Address::from(connection), |client| converge(client, &wanted)).map_err(|failure| failure.message)?;
        match report.errors.into_iter().flatten().next() {
            Some(text) => Err(format!("router {}: {text}", connection.name)),
            None => Ok(report.changes),
        }
    }

    /// Runs a batch: routers side by side, the jobs of each in order. No database connection is needed meanwhile.
    pub fn run(&self, batch: Batch) -> Done {
        let Batch { refused, routers, dry } = batch;
        let mut done = Done { ran: refused, ..Done::default() };
        if dry {
            for (connection, works) in &routers {
                done.merge(dry_run::router(connection, works));
            }
            return done;
        }
        for one in side_by_side(routers, |(connection, works)| self.router(&connection, works)) {
            done.merge(one);
        }
        done
    }

    /// The live hotspot sessions of routers, or why one says nothing.
    pub fn hotspot_sessions(&self, routers: Vec<Connection>) -> Vec<(Id, std::result::Result<Vec<librouteros::Row>, String>)> {
        side_by_side(routers, |connection| {
            let seen = self.lines.speak(&Address::from(&connection), inspect::hotspot_sessions);
            (connection.router, seen.map_err(|failure| failure.message))
        })
    }

    /// All jobs of one router.
    fn router(&self, connection: &Connection, works: Vec<Work>) -> Done {
        let address = Address::from(connection);
        let mut done = Done::default();
        let mut rows: Vec<(Id, Desired)> = Vec::new();
        let mut looks: Vec<(Id, Task)> = Vec::new();
        let replaced = replaced(&works);
        done.held = held(&works);
        for work in works {
            match work.task {
                Task::Converge(_) if replaced.contains_key(&work.job) => {}
                Task::Converge(desired) => rows.push((work.job, desired)),
                task => looks.push((work.job, task)),
            }
        }
        if !rows.is_empty() {
            self.converge(&address, rows, &mut done);
        }
        for (job, task) in looks {
            let said = match task {
                Task::Healthcheck => self.lines.speak(&address, inspect::health).map(Said::Health),
                _ => self.lines.speak(&address, inspect::snapshot).map(Said::Snapshot),
            };
            let result = said.map(|said| done.said.push((address.id, said)));
            done.push(&address, job, result);
        }
        for (job, by) in replaced {
            if let Some(like) = done.ran.iter().find(|ran| ran.job == by).cloned() {
                done.ran.push(Ran { job, ..like });
            }
        }
        if connection.breaker_until.is_some() && done.ran.iter().any(|ran| !ran.away) {
            done.said.push((address.id, Said::Back));
        }
        done
    }

    fn converge(&self, address: &Address, jobs: Vec<(Id, Desired)>, done: &mut Done) {
        let (ids, desired): (Vec<Id>, Vec<Desired>) = jobs.into_iter().unzip();
        let wanted = Wanted::new(desired);
        match self.lines.speak(address, |client| converge(client, &wanted)) {
            Ok(report) => {
                tracing::debug!(router = address.name, jobs = ids.len(), changes = report.changes, "converged");
                for (job, error) in ids.into_iter().zip(report.errors) {
                    let result = error.map_or(Ok(()), |text| Err(format!("router {}: {text}", address.name)));
                    done.ran.push(Ran { job, result, away: false });
                }
            }
            Err(failure) => ids.into_iter().for_each(|job| done.push(address, job, Err(failure.clone()))),
        }
    }
}

impl Done {
    fn push(&mut self, address: &Address, job: Id, result: std::result::Result<(), Failure>) {
        let away = result.as_ref().err().and_then(|failure| failure.away);
        if let Some(pause) = away.and_then(|pause| TimeDelta::from_std(pause).ok())
            && !self.said.iter().any(|(router, said)| *router == address.id && matches!(said, Said::Away(_)))
        {
            self.said.push((address.id, Said::Away(pause)));
        }
        self.ran.push(Ran { job, result: result.map_err(|failure| failure.message), away: away.is_some() });
    }
}

/// Does the same for many routers, on a bounded number of threads; results come in any order.
fn side_by_side<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let helpers = items.len().min(PARALLEL).saturating_sub(1);
    let queue = Mutex::new(items.into_iter());
    let results = Mutex::new(Vec::new());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let serve = || {
        while let Some(item) = next() {
            let result = work(item);
            results.lock().unwrap_or_else(PoisonError::into_inner).push(result);
        }
    };
    std::thread::scope(|scope| {
        for n in 0..helpers {
            if let Err(error) = std::thread::Builder::new().name(format!("router-{n}")).spawn_scoped(scope, serve) {
                // Fewer threads do the same work, later.
                tracing::warn!(%error, "no more threads for routers");
                break;
            }
        }
        serve();
    });
    results.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Jobs that a later one makes pointless, and that later one: only the last word is carried out.
fn replaced(works: &[Work]) -> HashMap<Id, Id> {
    let mut last: HashMap<&str, &Work> = HashMap::new();
    let mut out = HashMap::new();
    for work in works.iter().rev() {
        let Some(subject) = subject(work) else { continue };
        match last.get(subject) {
            Some(later) if later.kind.replaces(work.kind) => {
                out.insert(work.job, later.job);
            }
            // A new plan after a decision goes by it: both are carried out.
            _ if work.kind.brings_in_line() => {
                last.insert(subject, work);
            }
            _ => {}
        }
    }
    out
}

/// What the router holds of each service after these jobs, and the jobs that it takes.
fn held(works: &[Work]) -> Vec<(Place, Vec<Id>)> {
    let mut last: BTreeMap<Id, (Place, Vec<Id>)> = BTreeMap::new();
    for work in works {
        if let Some(place) = &work.held {
            let (known, jobs) = last.entry(place.subscription).or_insert_with(|| (place.clone(), Vec::new()));
            *known = place.clone();
            jobs.push(work.job);
        }
    }
    last.into_values().collect()
}

/// The marker of the subscription that a job is about.
fn subject(work: &Work) -> Option<&str> {
    let Task::Converge(desired) = &work.task else { return None };
    desired.rows.iter().filter_map(|row| Marker::of_comment(&row.marker)).find(|marker| marker.contains(":sub:"))
}

impl From<&Connection> for Address {
    fn from(connection: &Connection) -> Self {
        Address {
            id: connection.router,
            name: connection.name.clone(),
            host: connection.host.clone(),
            port: connection.port,
            user: connection.user.clone(),
            password: connection.password.clone(),
            fingerprint: connection.tls_fingerprint.clone(),
        }
    }
}
