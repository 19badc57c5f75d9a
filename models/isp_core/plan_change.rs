//! isp.plan.change.request: a customer asks for another plan.

use std::collections::HashMap;

use chrono::NaiveDate;
use lastmile_orm::declare::{CreateHook, Next, Tx};
use lastmile_orm::record::{Char, Date, Many2one, Records};
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Domain, Env, Error, Id, Invocation, Map, Result, Value, map, model};

use super::audit::{self, Entry};
use super::calendar::months_later;
use super::plan::ServicePlan;
use super::subscription::{self, Subscription};
use super::{SECRETS, User, customers, mirrors, sequence};
use crate::mail::template;

model! {
    /// A request.
    pub PlanChange = "isp.plan.change.request" {
        STATE: "state" Char, SUBSCRIPTION: "subscription_id" Many2one<Subscription>, REQUESTED: "requested_plan_id" Many2one<ServicePlan>,
        MODE: "effective_date_mode" Char, EFFECTIVE: "effective_date" Date, REASON: "rejection_reason" Char, APPROVED_BY: "approved_by" Many2one<User>,
    }
}

const NAME: &str = "isp.plan.change.request";
/// What customers say themselves.
const OWN: &[&str] = &["subscription_id", "requested_plan_id", "effective_date_mode"];
/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(NAME)
        .on_create(mirrors::create)
        .on_write(mirrors::write)
        .on_create(numbered_and_dated)
        .constrains(&["effective_date_mode", "effective_date"], custom_needs_a_date)
        .constrains(&["subscription_id", "requested_plan_id", "state"], plans_differ)
        .record_method("action_submit", "", Tx::Write, action_submit)
        .record_method("action_approve", "", Tx::Write, action_approve)
        .record_method("action_reject", "", Tx::Write, action_reject);
}

fn numbered_and_dated(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    customers::hold(env, &mut values, OWN)?;
    if customers::is_customer(env) && values.iter().any(|map| map.get("effective_date_mode").and_then(Value::as_str) == Some("custom")) {
        return Err(Error::validation("A plan changes today or with the next cycle: other dates are set by staff."));
    }
    sequence::name_new(env, NAME, &mut values)?;
    let ids = customers::create(env, values, next)?;
    fill_dates(env, &Records::new(ids.clone()))?;
    Ok(ids)
}

/// Gives a date to requests without one: today, or when the next cycle begins.
fn fill_dates(env: &mut Env, requests: &Records<PlanChange>) -> Result<()> {
    let open = requests.filter(env, PlanChange::EFFECTIVE, Option::is_none)?;
    let modes = open.all(env, PlanChange::MODE)?;
    let today = env.today();
    let subs = Records::<Subscription>::new(env.values(NAME, "subscription_id", &open.ids)?.iter().filter_map(Value::as_id).collect());
    let cycles = env.sudo(|env| subs.all(env, Subscription::NEXT_INVOICE_DATE))?;
    let mut dated: HashMap<NaiveDate, Vec<Id>> = HashMap::new();
    for ((request, mode), cycle) in open.ids.iter().zip(modes).zip(cycles) {
        let date = match mode.as_str() {
            "immediate" => today,
            "next_cycle" => cycle.unwrap_or_else(|| months_later(today, 1)),
            _ => continue,
        };
        dated.entry(date).or_default().push(*request);
    }
    for (date, ids) in dated {
        env.sudo(|env| env.write(NAME, &ids, map! { "effective_date" => date }))?;
    }
    Ok(())
}

fn custom_needs_a_date(env: &mut Env, ids: &[Id]) -> Result<()> {
    let custom = Records::<PlanChange>::new(ids.to_vec()).filter(env, PlanChange::MODE, |mode| mode == "custom")?;
    if custom.all(env, PlanChange::EFFECTIVE)?.iter().any(Option::is_none) {
        return Err(Error::validation("A custom plan change needs its date."));
    }
    Ok(())
}

/// A request is for another plan as long as it is open; once it is applied both are the same.
fn plans_differ(env: &mut Env, ids: &[Id]) -> Result<()> {
    let open = |state: &String| !matches!(state.as_str(), "applied" | "rejected");
    let requests = Records::<PlanChange>::new(ids.to_vec()).filter(env, PlanChange::STATE, open)?;
    let subs = env.values(NAME, "subscription_id", &requests.ids)?.iter().filter_map(Value::as_id).collect();
    let current = Records::<Subscription>::new(subs).all(env, Subscription::PLAN)?;
    for (wanted, current) in requests.all(env, PlanChange::REQUESTED)?.iter().zip(current) {
        if wanted.id() == current.id() {
            return Err(Error::validation("The requested plan is the current one."));
        }
    }
    Ok(())
}

fn requested(call: &Invocation) -> Records<PlanChange> {
    Records::new(call.ids.clone())
}

fn action_submit(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let requests = requested(call);
    let trusted = env.is_su() || SECRETS.iter().any(|group| env.has_group(group));
    if !trusted && !requests.filter(env, PlanChange::MODE, |mode| mode == "immediate")?.is_empty() {
        return Err(Error::validation("Only the NOC and administrators may ask for an immediate change."));
    }
    submit(env, &requests.ids)?;
    Ok(Answer::NOTHING)
}

/// Hands requests in.
pub fn submit(env: &mut Env, ids: &[Id]) -> Result<()> {
    let requests = Records::<PlanChange>::new(ids.to_vec());
    fill_dates(env, &requests)?;
    requests.write(env, map! { "state" => "submitted" })?;
    log(env, &requests, "plan_change_submitted", "Plan change requested to")?;
    template::tell(env, "isp_core.mail_template_plan_change_submitted", NAME, ids)
}

fn action_approve(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let requests = requested(call).filter(env, PlanChange::STATE, |state| state != "applied")?;
    fill_dates(env, &requests)?;
    let approver = env.uid();
    requests.write(env, map! { "state" => "approved", "approved_by" => approver })?;
    log(env, &requests, "plan_change_approved", "Plan change approved to")?;
    template::tell(env, "isp_core.mail_template_plan_change_approved", NAME, &requests.ids)?;
    let today = env.today();
    let due = requests.filter(env, PlanChange::EFFECTIVE, |date| date.is_none_or(|date| date <= today))?;
    env.sudo(|env| apply(env, &due))?;
    Ok(Answer::NOTHING)
}

fn action_reject(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let requests = requested(call);
    if requests.all(env, PlanChange::REASON)?.iter().any(String::is_empty) {
        return Err(Error::validation("A rejection needs its reason."));
    }
    requests.write(env, map! { "state" => "rejected" })?;
    log(env, &requests, "plan_change_rejected", "Plan change rejected to")?;
    template::tell(env, "isp_core.mail_template_plan_change_rejected", NAME, &requests.ids)?;
    Ok(Answer::NOTHING)
}

/// Puts approved requests into effect: the plan, the credentials, the router.
fn apply(env: &mut Env, requests: &Records<PlanChange>) -> Result<()> {
    if requests.is_empty() {
        return Ok(());
    }
    let subs = requests.all(env, PlanChange::SUBSCRIPTION)?;
    let plans = requests.all(env, PlanChange::REQUESTED)?;
    // First closed, then changed: an open request must differ from what the subscription has.
    requests.write(env, map! { "state" => "applied" })?;
    let mut by_plan: HashMap<Id, Vec<Id>> = HashMap::new();
    for (sub, plan) in subs.iter().zip(&plans) {
        if let (Some(sub), Some(plan)) = (sub.id(), plan.id()) {
            by_plan.entry(plan).or_default().push(sub);
        }
    }
    for (plan, subs) in &by_plan {
        env.write("isp.subscription", subs, map! { "plan_id" => *plan })?;
    }
    let mut changed: Vec<Id> = by_plan.into_values().flatten().collect();
    changed.sort_unstable();
    changed.dedup();
    subscription::change_plan(env, &Records::new(changed))?;
    log(env, requests, "plan_change_applied", "Plan change applied to")?;
    template::tell(env, "isp_core.mail_template_plan_change_applied", NAME, &requests.ids)
}

/// The cron: applies approved requests whose date has come. One that fails stays approved and holds up no other.
pub fn apply_due(env: &mut Env) -> Result<()> {
    let today = env.today();
    let due = Domain::eq("state", "approved").and(Domain::cond("effective_date", lastmile_orm::domain::Op::Le, today));
    let requests = env.sudo(|env| Records::<PlanChange>::search(env, &due))?;
    let requests = env.sudo(|env| sound(env, &requests))?;
    if env.transaction(|env| env.sudo(|env| apply(env, &requests))).is_ok() {
        return Ok(());
    }
    for request in requests.iter() {
        if let Err(error) = env.transaction(|env| env.sudo(|env| apply(env, &request))) {
            tracing::warn!(request = ?request.ids, %error, "a plan change could not be applied");
        }
    }
    Ok(())
}

/// Requests for a subscription of the customer who asks, that staff made or approved. Others are passed over.
fn sound(env: &mut Env, requests: &Records<PlanChange>) -> Result<Records<PlanChange>> {
    let sql = sql!(
        "SELECT r.id FROM isp_plan_change_request r JOIN isp_subscription s ON s.id = r.subscription_id
         AND s.partner_id = r.partner_id LEFT JOIN res_users a ON a.id = r.approved_by
         LEFT JOIN res_users c ON c.id = r.create_uid WHERE COALESCE(NOT a.share, c.share IS NOT TRUE)
         AND r.id = ANY({ids}) ORDER BY r.id",
        ids = &requests.ids
    );
    let found: Vec<Id> = env.query_ids(sql)?;
    for id in requests.ids.iter().filter(|id| !found.contains(id)) {
        tracing::warn!(request = id, "a plan change was approved by nobody who may, or is for another's subscription");
    }
    Ok(Records::new(requests.ids.iter().copied().filter(|id| found.contains(id)).collect()))
}

/// Audit rows on the subscriptions, which name the requested plans.
fn log(env: &mut Env, requests: &Records<PlanChange>, action: &str, text: &str) -> Result<()> {
    let subs = env.sudo(|env| requests.all(env, PlanChange::SUBSCRIPTION))?;
    let plans = env.sudo(|env| env.values(NAME, "requested_plan_id", &requests.ids))?;
    let plans = Records::<ServicePlan>::new(plans.iter().filter_map(Value::as_id).collect());
    let names = env.sudo(|env| plans.all(env, ServicePlan::NAME))?;
    let entries: Vec<Entry> = subs
        .iter()
        .zip(names)
        .filter_map(|(sub, name)| Some(Entry::new(action, "isp.subscription", sub.id()?, format!("{text} {name}"))))
        .collect();
    audit::log(env, &entries)
}
