//! Where rows of subscriptions are: the routers and menus that were told of each (`lastmile_router_place`).
//!
//! A place is written down before a router hears of a service and struck out after the router holds nothing of it any more. So
//! whatever happens in between, what is left behind is known, and a job for that router takes it away when it can be reached.

use std::collections::{BTreeSet, HashMap};

use lastmile_orm::declare::{Next, UnlinkHook, WriteHook};
use lastmile_orm::record::Records;
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Declarations, Env, Id, Map, Result, Value};

use crate::isp_core::credentials;
use crate::isp_core::job_type::JobType;
use crate::isp_core::jobs::{self, NewJob};
use crate::isp_core::outcome;
use crate::isp_core::router_of;
use crate::isp_core::subscription::Subscription;

/// Menus of one place.
pub type Menus = BTreeSet<String>;

/// In the payload of a job: the subscription whose rows the job's router gives up.
pub const LEAVE: &str = "leave_subscription_id";

/// A place: subscription, router, menus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub subscription: Id,
    pub router: Id,
    pub menus: Menus,
}

/// What routers hold of a subscription follows from these.
const WATCHED: &[&str] = &[
    "router_id",
    "sector_id",
    "auth_method",
    "service_ip",
    "ip_address",
    "service_mac",
    "mac_address",
    "name",
    "pppoe_username",
    "pppoe_password",
    "pppoe_profile",
    "hotspot_username",
    "hotspot_password",
];

/// Declares the hooks.
pub fn declare(all: &mut Declarations) {
    all.model("isp.subscription").on_write(followed).on_unlink(left);
}

/// The places of subscriptions, by subscription and router.
pub fn of(env: &mut Env, subscriptions: &[Id]) -> Result<HashMap<(Id, Id), Menus>> {
    if subscriptions.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = sql!(
        "SELECT subscription_id, router_id, menus FROM lastmile_router_place
         WHERE subscription_id = ANY({subscriptions})"
    );
    let rows = env.query(sql)?;
    let read = rows.iter().filter_map(|row| {
        let menus = row.text(2)?.split_whitespace().map(str::to_owned).collect();
        Some(((row.int(0)?, row.int(1)?), menus))
    });
    Ok(read.collect())
}

/// Places as columns of an `unnest`.
fn columns(places: &[Place]) -> Sql {
    let ids = |of: fn(&Place) -> Id| Bind::ids(&places.iter().map(of).collect::<Vec<_>>());
    let menus = places.iter().map(|place| place.menus.iter().map(String::as_str).collect::<Vec<_>>().join(" "));
    sql!(
        "unnest({ids}::int4[], {routers}::int4[], {menus}::text[]) AS v(subscription_id, router_id, menus)",
        ids = ids(|place| place.subscription),
        routers = ids(|place| place.router),
        menus = Bind::texts(menus)
    )
}

/// Writes down where rows may be from now on.
pub fn remember(env: &mut Env, places: &[Place]) -> Result<()> {
    if places.is_empty() {
        return Ok(());
    }
    let sql = sql!(
        "INSERT INTO lastmile_router_place (subscription_id, router_id, menus)
         SELECT v.subscription_id, v.router_id, v.menus FROM {columns:sql}
         ON CONFLICT (subscription_id, router_id) DO UPDATE SET menus = EXCLUDED.menus",
        columns = columns(places)
    );
    env.execute(&sql).map(|_| ())
}

/// Writes down what routers hold now; places without menus are struck out.
pub fn settle(env: &mut Env, places: &[Place]) -> Result<()> {
    if places.is_empty() {
        return Ok(());
    }
    let (empty, held): (Vec<Place>, Vec<Place>) = places.iter().cloned().partition(|place| place.menus.is_empty());
    if !empty.is_empty() {
        let sql = sql!(
            "DELETE FROM lastmile_router_place p USING {columns:sql}
             WHERE p.subscription_id = v.subscription_id AND p.router_id = v.router_id",
            columns = columns(&empty)
        );
        env.execute(&sql)?;
    }
    if held.is_empty() {
        return Ok(());
    }
    let sql = sql!(
        "UPDATE lastmile_router_place p SET menus = v.menus FROM {columns:sql}
         WHERE p.subscription_id = v.subscription_id AND p.router_id = v.router_id AND p.menus <> v.menus",
        columns = columns(&held)
    );
    env.execute(&sql).map(|_| ())
}

/// Writes down that a router holds all services of its subscriptions, as [`super::work::router_state`] gives them.
pub fn remember_all(env: &mut Env, router: Id, menus: &[(Id, Menus)]) -> Result<()> {
    let places: Vec<Place> =
        menus.iter().map(|(subscription, menus)| Place { subscription: *subscription, router, menus: menus.clone() }).collect();
    remember(env, &places)
}

/// Queues jobs that take rows of subscriptions from routers where they do not belong, unless one is queued already.
pub fn leave(env: &mut Env, places: &[(Id, Id)]) -> Result<()> {
    if places.is_empty() {
        return Ok(());
    }
    let places: Vec<Place> =
        places.iter().map(|(subscription, router)| Place { subscription: *subscription, router: *router, menus: Menus::new() }).collect();
    let sql = sql!(
        r#"SELECT v.subscription_id, s.id, s.sector_id, r.device_id FROM {columns:sql}
         JOIN isp_mikrotik_router r ON r.id = v.router_id
         LEFT JOIN isp_subscription s ON s.id = v.subscription_id WHERE NOT EXISTS (SELECT 1
         FROM isp_provisioning_job j WHERE j.state IN ('queued', 'running') AND j.job_type = {name}
         AND j.device_id = r.device_id AND j.payload_json = '{{"{LEAVE:sql}": ' || v.subscription_id || '}}')
         ORDER BY v.subscription_id, r.id"#,
        columns = columns(&places),
        name = JobType::DisconnectSession.name()
    );
    let rows = env.query(sql)?;
    let new: Vec<NewJob> = rows
        .iter()
        .filter_map(|row| {
            let payload = outcome::payload(LEAVE, row.int(0)?);
            let kind = JobType::DisconnectSession;
            Some(NewJob { subscription: row.int(1), sector: row.int(2), device: row.int(3), payload, ..NewJob::new(kind) })
        })
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    env.sudo(|env| jobs::queue_all(env, &new)).map(|_| ())
}

/// Of subscriptions that routers hold something of: all that decides what.
fn facts(env: &mut Env, ids: &[Id]) -> Result<HashMap<Id, String>> {
    let sql = sql!(
        "SELECT s.id, ROW(s.router_id, s.sector_id, s.auth_method, s.service_ip, s.service_mac, s.plan_id, s.name,
         s.pppoe_username, s.pppoe_password, s.pppoe_profile, s.hotspot_username, s.hotspot_password, s.state =
         'terminated')::text
         FROM isp_subscription s WHERE EXISTS (SELECT 1 FROM lastmile_router_place p
         WHERE p.subscription_id = s.id) AND s.id = ANY({ids})"
    );
    Ok(env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect())
}

/// Around a write: what was put on routers follows, on every router that has something of it.
fn followed(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    // Our own code queues what a new plan asks for.
    let replanned = values.contains_key("plan_id") && !env.is_su();
    let ended = values.get("state").and_then(Value::as_str) == Some("terminated");
    if !replanned && !ended && !WATCHED.iter().any(|name| values.contains_key(name)) {
        return next.call(env, ids, values);
    }
    let before = facts(env, ids)?;
    next.call(env, ids, values)?;
    if before.is_empty() {
        return Ok(());
    }
    let known: Vec<Id> = ids.iter().copied().filter(|id| before.contains_key(id)).collect();
    let after = facts(env, &known)?;
    let mut changed: Vec<Id> = known.into_iter().filter(|id| before.get(id) != after.get(id)).collect();
    changed.sort_unstable();
    changed.dedup();
    if changed.is_empty() {
        return Ok(());
    }
    env.sudo(|env| follow(env, &changed, replanned))
}

fn follow(env: &mut Env, changed: &[Id], replanned: bool) -> Result<()> {
    let subs = Records::<Subscription>::new(changed.to_vec());
    credentials::complete(env, &subs, replanned)?;
    let sectors = subs.all(env, Subscription::SECTOR)?;
    let kind = JobType::ChangePlan;
    let new: Vec<NewJob> = changed
        .iter()
        .zip(sectors)
        .map(|(sub, sector)| NewJob { subscription: Some(*sub), sector: sector.id(), ..NewJob::new(kind) })
        .collect();
    jobs::queue_all(env, &new)?;
    let sql = sql!(
        "SELECT p.subscription_id, p.router_id FROM lastmile_router_place p
             JOIN isp_subscription s ON s.id = p.subscription_id {of_subscription:sql}WHERE p.router_id IS DISTINCT FROM
             home.id AND s.id = ANY({changed})",
        of_subscription = router_of::OF_SUBSCRIPTION
    );
    let stale: Vec<(Id, Id)> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect();
    leave(env, &stale)
}

/// Around a deletion: the rows of what is deleted go from all routers.
fn left(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    let places: Vec<(Id, Id)> = of(env, ids)?.into_keys().collect();
    next.call(env, ids)?;
    leave(env, &places)
}
