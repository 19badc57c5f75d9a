//! isp.subscription: a service sold to a customer at one place.

use lastmile_orm::access::Operation;
use lastmile_orm::declare::{CreateHook, Next, Tx, WriteHook};
use lastmile_orm::record::{Char, Date, Float, Many2one, Records};
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Map, Result, Value, map, model};

use super::address::{self, Checked, Limits};
use super::job_type::JobType;
use super::network::{Device, Sector};
use super::plan::ServicePlan;
use super::{Partner, SECRETS, credentials, customers, jobs, sequence};
use crate::isp_mikrotik::router::Router;

model! {
    /// A subscription.
    pub Subscription = "isp.subscription" {
        NAME: "name" Char, STATE: "state" Char, PARTNER: "partner_id" Many2one<Partner>, PLAN: "plan_id" Many2one<ServicePlan>,
        SECTOR: "sector_id" Many2one<Sector>, DEVICE: "device_id" Many2one<Device>, ROUTER: "router_id" Many2one<Router>,
        AUTH_METHOD: "auth_method" Char, DHCP_MODE: "dhcp_mode" Char, SERVICE_IP: "service_ip" Char,
        PPPOE_USERNAME: "pppoe_username" Char, PPPOE_PASSWORD: "pppoe_password" Char,
        GPS_LAT: "gps_lat" Float, GPS_LNG: "gps_lng" Float, NEXT_INVOICE_DATE: "next_invoice_date" Date,
    }
}

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model("isp.subscription")
        .groups(&["pppoe_username", "pppoe_password"], SECRETS)
        .on_create(complete_new)
        .on_write(mirrors_after)
        .constrains(&["auth_method", "pppoe_username", "pppoe_password"], pppoe_has_an_account)
        .constrains(&["auth_method", "dhcp_mode", "service_ip"], static_addresses_are_unique)
        .constrains(&["state", "gps_lat", "gps_lng"], located_when_in_service)
        .constrains(&["device_id", "sector_id"], device_is_in_the_sector)
        .onchange(&["plan_id"], plan_chosen)
        .onchange(&["service_ip", "service_mac"], address_typed)
        .record_method("action_activate", "", Tx::Write, action_activate)
        .record_method("action_suspend", "", Tx::Write, action_suspend)
        .record_method("action_reconnect", "", Tx::Write, action_reconnect)
        .record_method("action_terminate", "", Tx::Write, action_terminate)
        .record_method("action_change_plan", "", Tx::Write, action_change_plan)
        .record_method("action_request_plan_change", "", Tx::Read, action_request_plan_change);
}

fn complete_new(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    env.fill_defaults("isp.subscription", &["router_id", "device_id", "service_ip", "service_mac"], &mut values)?;
    places_are_seen(env, &values)?;
    tidy(env, &mut values)?;
    sequence::name_new(env, "isp.subscription", &mut values)?;
    credentials::complete_new(env, &mut values)?;
    next.call(env, values)
}

/// Addresses in one spelling, accounts that routers can have; what would mean too much there is refused.
fn tidy(env: &mut Env, values: &mut [Map]) -> Result<()> {
    const ADDRESSES: [&str; 2] = ["service_ip", "ip_address"];
    let given = |map: &Map| ADDRESSES.iter().any(|name| map.get(name).is_some_and(Value::truthy));
    let limits = if values.iter().any(given) { address::limits(env)? } else { Limits::default() };
    for map in values {
        address::keep(map, &ADDRESSES, |text| address::kept_address(text, &limits))?;
        address::keep(map, &["service_mac", "mac_address"], address::kept_mac)?;
        address::keep(map, &["pppoe_username", "hotspot_username"], address::login)?;
        address::keep(map, &["name", "pppoe_profile"], address::name)?;
    }
    Ok(())
}

/// Who gives a service to a router or device may see it: a job would act there.
fn places_are_seen(env: &mut Env, values: &[Map]) -> Result<()> {
    customers::check_link(env, values, "router_id", "isp.mikrotik.router")?;
    customers::check_link(env, values, "device_id", "isp.device")
}

/// What is typed shows as it will be kept.
fn address_typed(env: &mut Env, draft: Id) -> Result<()> {
    let typed = |env: &mut Env, field: &str| Ok::<_, Error>(env.value("isp.subscription", field, draft)?.as_str().map(str::to_owned));
    let (ip, mac) = (typed(env, "service_ip")?, typed(env, "service_mac")?);
    let limits = if ip.is_some() { address::limits(env)? } else { Limits::default() };
    let kept = [
        ("service_ip", ip, address::kept_address as fn(&str, &Limits) -> Checked<String>),
        ("service_mac", mac, |mac, _| address::kept_mac(mac)),
    ];
    for (field, text, keep) in kept {
        let Some(text) = text else { continue };
        let tidy = keep(&text, &limits).map_err(Error::validation)?;
        if tidy != text {
            env.assign("isp.subscription", field, draft, tidy)?;
        }
    }
    Ok(())
}

/// Values given through a mirror take effect after the others are checked, as constraints are used to.
fn mirrors_after(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    places_are_seen(env, std::slice::from_ref(&values))?;
    tidy(env, std::slice::from_mut(&mut values))?;
    if !values.contains_key("dhcp_mode") && !values.contains_key("auth_method") {
        return next.call(env, ids, values);
    }
    let mirror = values.shift_remove("ip_address");
    next.call(env, ids, values)?;
    match mirror {
        Some(address) => next.call(env, ids, map! { "ip_address" => address }),
        None => Ok(()),
    }
}

fn pppoe_has_an_account(env: &mut Env, ids: &[Id]) -> Result<()> {
    let subs = Records::<Subscription>::new(ids.to_vec()).filter(env, Subscription::AUTH_METHOD, |method| method == "pppoe")?;
    let users = subs.all(env, Subscription::PPPOE_USERNAME)?;
    let passwords = subs.all(env, Subscription::PPPOE_PASSWORD)?;
    if users.iter().chain(&passwords).any(String::is_empty) {
        return Err(Error::validation("A PPPoE subscription needs a user name and a password."));
    }
    Ok(())
}

fn static_addresses_are_unique(env: &mut Env, ids: &[Id]) -> Result<()> {
    let subs = Records::<Subscription>::new(ids.to_vec()).filter(env, Subscription::AUTH_METHOD, |method| method == "dhcp")?.filter(
        env,
        Subscription::DHCP_MODE,
        |mode| mode == "static",
    )?;
    if subs.is_empty() {
        return Ok(());
    }
    let addresses = subs.all(env, Subscription::SERVICE_IP)?;
    if addresses.iter().any(String::is_empty) {
        return Err(Error::validation("A static DHCP subscription needs an IP address."));
    }
    let sql = sql!(
        "SELECT service_ip::text FROM isp_subscription WHERE auth_method = 'dhcp' AND dhcp_mode = 'static'
             AND service_ip = ANY({addresses}) GROUP BY service_ip HAVING count(*) > 1 LIMIT 1",
        addresses = Bind::texts(addresses)
    );
    match env.query(sql)?.first().and_then(|row| row.text(0)) {
        Some(address) => Err(Error::validation(format!("The address {address} is another subscription's already."))),
        None => Ok(()),
    }
}

fn located_when_in_service(env: &mut Env, ids: &[Id]) -> Result<()> {
    let in_service = |state: &String| matches!(state.as_str(), "active" | "suspended");
    let subs = Records::<Subscription>::new(ids.to_vec()).filter(env, Subscription::STATE, in_service)?;
    let (lat, lng) = (subs.all(env, Subscription::GPS_LAT)?, subs.all(env, Subscription::GPS_LNG)?);
    if lat.iter().chain(&lng).any(|degrees| *degrees == 0.0) {
        return Err(Error::validation("A subscription in service needs its GPS coordinates."));
    }
    Ok(())
}

fn device_is_in_the_sector(env: &mut Env, ids: &[Id]) -> Result<()> {
    let subs = Records::<Subscription>::new(ids.to_vec()).filter(env, Subscription::DEVICE, |device| !device.is_empty())?;
    let devices = env.values("isp.subscription", "device_id", &subs.ids)?.iter().filter_map(Value::as_id).collect();
    let places = Records::<Device>::new(devices).all(env, Device::SECTOR)?;
    for (own, place) in subs.all(env, Subscription::SECTOR)?.iter().zip(places) {
        if own.id() != place.id() {
            return Err(Error::validation("The device is not in the sector of the subscription."));
        }
    }
    Ok(())
}

fn plan_chosen(env: &mut Env, draft: Id) -> Result<()> {
    let plan = Records::<Subscription>::one(draft).get(env, Subscription::PLAN)?;
    if plan.is_empty() {
        return Ok(());
    }
    let service_type = plan.get(env, ServicePlan::SERVICE_TYPE)?;
    if matches!(service_type.as_str(), "pppoe" | "dhcp") {
        env.assign("isp.subscription", "auth_method", draft, service_type)?;
    }
    let profile = plan.get(env, ServicePlan::MIKROTIK_PROFILE)?;
    // A plan without a profile leaves what was typed.
    if profile.is_empty() { Ok(()) } else { env.assign("isp.subscription", "pppoe_profile", draft, profile) }
}

fn requested(call: &Invocation) -> Records<Subscription> {
    Records::new(call.ids.clone())
}

const NOTHING: Answer = Answer::Value(Value::None);

/// Whoever sells may activate what he sold: it needs the right to write the subscription, not the one to make jobs.
fn action_activate(env: &mut Env, call: &Invocation) -> Result<Answer> {
    env.check_access("isp.subscription", Operation::Write)?;
    env.check_records("isp.subscription", &call.ids, Operation::Write)?;
    let subs = requested(call);
    credentials::complete(env, &subs, false)?;
    env.sudo(|env| jobs::queue(env, &subs, JobType::ActivateSubscription))?;
    Ok(NOTHING)
}

fn action_suspend(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let reason = env.context_get("suspend_reason").and_then(Value::as_str).unwrap_or("manual").to_owned();
    suspend(env, &requested(call), &reason)?;
    Ok(NOTHING)
}

/// Queues the suspension of subscriptions and keeps why: only those suspended for debt come back by paying.
pub fn suspend(env: &mut Env, subs: &Records<Subscription>, reason: &str) -> Result<Vec<Id>> {
    let ids = jobs::queue(env, subs, JobType::SuspendSubscription)?;
    env.sudo(|env| subs.write(env, map! { "suspend_reason" => reason }))?;
    Ok(ids)
}

fn action_reconnect(env: &mut Env, call: &Invocation) -> Result<Answer> {
    jobs::queue(env, &requested(call), JobType::ReconnectSubscription)?;
    Ok(NOTHING)
}

fn action_terminate(env: &mut Env, call: &Invocation) -> Result<Answer> {
    jobs::queue(env, &requested(call), JobType::TerminateSubscription)?;
    Ok(NOTHING)
}

fn action_change_plan(env: &mut Env, call: &Invocation) -> Result<Answer> {
    change_plan(env, &requested(call))?;
    Ok(NOTHING)
}

/// Takes a changed plan to the router.
pub fn change_plan(env: &mut Env, subs: &Records<Subscription>) -> Result<()> {
    credentials::complete(env, subs, true)?;
    jobs::queue(env, subs, JobType::ChangePlan).map(|_| ())
}

fn action_request_plan_change(_env: &mut Env, call: &Invocation) -> Result<Answer> {
    Ok(Answer::from(map! {
        "type" => "ir.actions.act_window",
        "name" => "Plan Change Request",
        "res_model" => "isp.plan.change.request",
        "view_mode" => "form",
        "target" => "current",
        "context" => map! { "default_subscription_id" => call.one()? },
    }))
}
