//! isp.fault.ticket: something does not work at a customer's.

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next, Tx, WriteHook};
use lastmile_orm::record::{Char, Datetime, Many2one, Records};
use lastmile_orm::{Answer, Declarations, Env, Id, Invocation, Map, Result, Value, map, model};

use super::subscription::Subscription;
use super::{customers, mirrors, sequence};
use crate::mail::template;

model! {
    /// A ticket.
    pub FaultTicket = "isp.fault.ticket" {
        STATE: "state" Char, PRIORITY: "priority" Char, OPENED_AT: "opened_at" Datetime, CLOSED_AT: "closed_at" Datetime,
        SUBSCRIPTION: "subscription_id" Many2one<Subscription>,
    }
}

const NAME: &str = "isp.fault.ticket";
/// What customers say themselves.
const OWN: &[&str] = &["subscription_id", "fault_type", "priority", "description", "attachment_ids", "gps_lat", "gps_lng"];

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(NAME)
        .on_create(mirrors::create)
        .on_write(mirrors::write)
        .on_create(opened)
        .on_write(closed)
        .compute(&["sla_target_hours"], &["priority"], sla)
        .compute(&["resolution_time_hours"], &["opened_at", "closed_at"], resolution_time)
        .record_method("action_start", "", Tx::Write, |env, call| set_state(env, call, "in_progress"))
        .record_method("action_waiting", "", Tx::Write, |env, call| set_state(env, call, "waiting_customer"))
        .record_method("action_resolve", "", Tx::Write, |env, call| set_state(env, call, "resolved"))
        .record_method("action_close", "", Tx::Write, |env, call| set_state(env, call, "closed"));
}

fn opened(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    customers::hold(env, &mut values, OWN)?;
    sequence::name_new(env, NAME, &mut values)?;
    let now = env.now();
    let subs: Vec<Option<Id>> = values.iter().map(|map| map.get("subscription_id").and_then(Value::as_id)).collect();
    let known = Records::<Subscription>::new(subs.iter().copied().flatten().collect());
    let (lat, lng) = env.sudo(|env| Ok((known.all(env, Subscription::GPS_LAT)?, known.all(env, Subscription::GPS_LNG)?)))?;
    let mut places = lat.into_iter().zip(lng);
    for (map, sub) in values.iter_mut().zip(subs) {
        if map.get("opened_at").is_none_or(|at| !at.truthy()) {
            map.insert("opened_at".into(), Value::from(now));
        }
        // Where the service is, whatever the caller says.
        if let Some((lat, lng)) = sub.and_then(|_| places.next()) {
            map.insert("gps_lat".into(), Value::from(lat));
            map.insert("gps_lng".into(), Value::from(lng));
        }
    }
    let ids = customers::create(env, values, next)?;
    stamp_closed(env, &ids)?;
    template::tell(env, "isp_core.mail_template_fault_created", NAME, &ids)?;
    Ok(ids)
}

fn closed(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let state = values.get("state").and_then(Value::as_str).map(str::to_owned);
    let Some(state) = state else { return next.call(env, ids, values) };
    // Told once: who is in the state already has heard of it.
    let others = Records::<FaultTicket>::new(ids.to_vec()).filter(env, FaultTicket::STATE, |now| *now != state)?;
    next.call(env, ids, values)?;
    stamp_closed(env, ids)?;
    match state.as_str() {
        "resolved" => template::tell(env, "isp_core.mail_template_fault_resolved", NAME, &others.ids),
        "closed" => template::tell(env, "isp_core.mail_template_fault_closed", NAME, &others.ids),
        _ => Ok(()),
    }
}

/// The time of the first resolution is kept, also when a ticket is opened again.
fn stamp_closed(env: &mut Env, ids: &[Id]) -> Result<()> {
    let done = |state: &String| matches!(state.as_str(), "resolved" | "closed");
    let tickets = Records::<FaultTicket>::new(ids.to_vec()).filter(env, FaultTicket::STATE, done)?;
    let open = tickets.filter(env, FaultTicket::CLOSED_AT, Option::is_none)?;
    let now = env.now();
    open.write(env, map! { "closed_at" => now })
}

fn sla(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, priority) in Records::<FaultTicket>::new(ids.to_vec()).with(env, FaultTicket::PRIORITY)? {
        let hours = match priority.as_str() {
            "low" => 72.0,
            "high" => 24.0,
            "urgent" => 8.0,
            _ => 48.0,
        };
        out.set("sla_target_hours", id, hours);
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a ticket's life")]
fn resolution_time(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let tickets = Records::<FaultTicket>::new(ids.to_vec());
    let closed = tickets.all(env, FaultTicket::CLOSED_AT)?;
    for ((id, opened), closed) in tickets.with(env, FaultTicket::OPENED_AT)?.into_iter().zip(closed) {
        let hours = match (opened, closed) {
            (Some(opened), Some(closed)) => (closed - opened).num_seconds() as f64 / 3600.0,
            _ => 0.0,
        };
        out.set("resolution_time_hours", id, hours);
    }
    Ok(())
}

fn set_state(env: &mut Env, call: &Invocation, state: &str) -> Result<Answer> {
    env.write(NAME, &call.ids, map! { "state" => state })?;
    Ok(Answer::Value(Value::None))
}
