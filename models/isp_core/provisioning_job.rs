//! isp.provisioning_job: a request to bring a router in line.

use lastmile_orm::access::Operation;
use lastmile_orm::declare::{CreateHook, Next, Tx, WriteHook};
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Map, Result, Value};

use super::{runner, sequence};

/// The model's name.
pub const PROVISIONING_JOB: &str = "isp.provisioning_job";
/// Who listens here wakes when jobs are queued.
pub const CHANNEL: &str = "lastmile_jobs";

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(PROVISIONING_JOB)
        .on_create(numbered)
        .on_write(woken)
        .record_method("action_run", "", Tx::Detached, action_run)
        .record_method("get_payload", "", Tx::Read, get_payload);
}

/// The sector of a job follows from what it works on, whatever the caller says: by it record rules decide whose the job is.
/// A device is one of that sector.
fn place(env: &mut Env, values: &mut Map, known: Option<Id>) -> Result<()> {
    let id = |values: &Map, name: &str| values.get(name).and_then(Value::as_id);
    let sector_of = |env: &mut Env, model: &str, id: Option<Id>| -> Result<Option<Id>> {
        let Some(id) = id else { return Ok(None) };
        Ok(env.sudo(|env| env.value(model, "sector_id", id))?.as_id())
    };
    let current = |env: &mut Env, name: &str| -> Result<Option<Id>> {
        let Some(job) = known else { return Ok(None) };
        Ok(env.sudo(|env| env.value(PROVISIONING_JOB, name, job))?.as_id())
    };
    let subscription =
        if values.contains_key("subscription_id") { id(values, "subscription_id") } else { current(env, "subscription_id")? };
    let device = if values.contains_key("device_id") { id(values, "device_id") } else { current(env, "device_id")? };
    let (of_service, of_device) = (sector_of(env, "isp.subscription", subscription)?, sector_of(env, "isp.device", device)?);
    if let (Some(service), Some(device)) = (of_service, of_device)
        && service != device
        && !env.is_su()
    {
        return Err(Error::validation("The device of a job is one of the subscription's sector."));
    }
    if let Some(sector) = of_service.or(of_device) {
        values.insert("sector_id".into(), Value::from(sector));
    }
    Ok(())
}

fn numbered(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    // Our own code says it right.
    if !env.is_su() {
        env.fill_defaults(PROVISIONING_JOB, &["subscription_id", "device_id", "sector_id"], &mut values)?;
        for map in &mut values {
            place(env, map, None)?;
        }
    }
    sequence::name_new(env, "isp.provisioning.job", &mut values)?;
    let ids = next.call(env, values)?;
    env.notify(CHANNEL, "");
    Ok(ids)
}

fn woken(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let queued = values.get("state").and_then(Value::as_str) == Some("queued");
    if !env.is_su() && ["subscription_id", "device_id", "sector_id"].iter().any(|name| values.contains_key(name)) {
        for id in ids {
            let mut own = values.clone();
            place(env, &mut own, Some(*id))?;
            next.call(env, &[*id], own)?;
        }
        env.check_records(PROVISIONING_JOB, ids, Operation::Write)?;
    } else {
        next.call(env, ids, values)?;
    }
    if queued {
        env.notify(CHANNEL, "");
    }
    Ok(())
}

/// What a job was told besides its type. A text that is no JSON tells nothing.
fn get_payload(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    let text = env.value(PROVISIONING_JOB, "payload_json", id)?;
    let payload = serde_json::from_str(text.as_str().filter(|text| !text.is_empty()).unwrap_or("{}"));
    Ok(payload.map_or_else(|_| Value::Map(Map::new()), |payload: serde_json::Value| Value::from(&payload)).into())
}

/// Runs queued jobs now, whatever their back-off. Jobs in any other state are passed over.
fn action_run(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let states = env.values(PROVISIONING_JOB, "state", &call.ids)?;
    let queued: Vec<Id> = call.ids.iter().zip(states).filter(|(_, s)| s.as_str() == Some("queued")).map(|(id, _)| *id).collect();
    if queued.is_empty() {
        return Ok(Answer::Value(Value::None));
    }
    env.check_access(PROVISIONING_JOB, Operation::Write)?;
    env.check_records(PROVISIONING_JOB, &queued, Operation::Write)?;
    let outcomes = env.sudo(|env| runner::run_now(env, &queued))?;
    match outcomes.into_iter().find_map(|outcome| outcome.result.err()) {
        Some(message) => Err(Error::user(message)),
        None => Ok(Answer::Value(Value::None)),
    }
}
