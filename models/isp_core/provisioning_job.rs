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
    all.model(PROVISIONING_JOB).on_create(numbered).on_write(woken).record_method("action_run", "", Tx::Detached, action_run);
}

fn numbered(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    sequence::name_new(env, "isp.provisioning.job", &mut values)?;
    let ids = next.call(env, values)?;
    env.notify(CHANNEL, "");
    Ok(ids)
}

fn woken(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let queued = values.get("state").and_then(Value::as_str) == Some("queued");
    next.call(env, ids, values)?;
    if queued {
        env.notify(CHANNEL, "");
    }
    Ok(())
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
