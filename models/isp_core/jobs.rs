//! Queueing of provisioning jobs: one insert and one audit insert, however many there are.

use lastmile_orm::record::Records;
use lastmile_orm::{Env, Id, Map, Result, map};

use super::audit::{self, Entry};
use super::job_type::JobType;
use super::provisioning_job::PROVISIONING_JOB;
use super::sequence;
use super::subscription::Subscription;

/// A job to be.
#[derive(Clone, Debug)]
pub struct NewJob {
    pub kind: JobType,
    pub subscription: Option<Id>,
    pub device: Option<Id>,
    pub sector: Option<Id>,
    /// JSON.
    pub payload: String,
}

impl NewJob {
    /// A job without anything to work on yet.
    pub fn new(kind: JobType) -> Self {
        NewJob { kind, subscription: None, device: None, sector: None, payload: "{}".to_owned() }
    }
}

/// Queues one job for each subscription, with its audit row. Needs the right to create jobs.
pub fn queue(env: &mut Env, subs: &Records<Subscription>, kind: JobType) -> Result<Vec<Id>> {
    if subs.is_empty() {
        return Ok(Vec::new());
    }
    let sectors = env.sudo(|env| subs.all(env, Subscription::SECTOR))?;
    let jobs = subs.ids.iter().zip(sectors);
    let jobs: Vec<NewJob> =
        jobs.map(|(sub, sector)| NewJob { subscription: Some(*sub), sector: sector.id(), ..NewJob::new(kind) }).collect();
    let (ids, names) = insert(env, &jobs)?;
    let entries: Vec<Entry> = subs
        .ids
        .iter()
        .zip(&names)
        .map(|(sub, name)| Entry::new(kind.name(), "isp.subscription", *sub, format!("Queued job {name}")))
        .collect();
    audit::log(env, &entries)?;
    Ok(ids)
}

/// Queues jobs without audit rows.
pub fn queue_all(env: &mut Env, jobs: &[NewJob]) -> Result<Vec<Id>> {
    Ok(insert(env, jobs)?.0)
}

fn insert(env: &mut Env, jobs: &[NewJob]) -> Result<(Vec<Id>, Vec<String>)> {
    let names = sequence::next(env, "isp.provisioning.job", jobs.len())?;
    let rows: Vec<Map> = jobs
        .iter()
        .zip(&names)
        .map(|(job, name)| {
            map! {
                "name" => name.as_str(),
                "job_type" => job.kind.name(),
                "subscription_id" => job.subscription,
                "device_id" => job.device,
                "sector_id" => job.sector,
                "payload_json" => job.payload.as_str(),
            }
        })
        .collect();
    Ok((env.create(PROVISIONING_JOB, rows)?, names))
}
