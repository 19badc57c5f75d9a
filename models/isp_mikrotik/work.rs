//! What jobs ask of routers: facts from the database, turned into desired rows. A few statements for any number of jobs.

use std::collections::HashMap;

use lastmile_orm::sql::row::Row;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Env, Id, Result};

use super::book::{self, Book, Turn};
use super::desired::{Access, CaptiveUser, Desired, Policy, Service, SuspendMode, Target, Tariff};
use super::places::{self, LEAVE, Menus, Place};
use super::services::sessions;
use crate::isp_core::address::{self, Checked, Limits, Mac, ServiceAddress};
use crate::isp_core::job_type::JobType;
use crate::isp_core::outcome::payload_id;
use crate::isp_core::router_of;

/// What to do on a router.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// Bring these rows in line, then end the sessions.
    Converge(Desired),
    /// Ask for version and identity ([`super::router::keep_facts`]).
    Healthcheck,
    /// Read the configuration ([`super::snapshot::keep`]).
    Snapshot,
}

/// A job ready to be run.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    pub job: Id,
    pub kind: JobType,
    pub router: Id,
    pub task: Task,
    /// What the router holds of the service when the job is done, if that has to be written down.
    pub held: Option<Place>,
}

/// Columns of a service, from subscription `s` and plan `p`; [`service_of`] reads them.
const SERVICE: &str = "s.id, s.name::text, s.state::text, s.auth_method::text, s.pppoe_username::text, s.pppoe_password::text, \
     s.pppoe_profile::text, s.hotspot_username::text, s.hotspot_password::text, s.service_ip::text, s.service_mac::text, \
     s.suspend_reason IS NOT NULL, p.id, p.name::text, p.mikrotik_profile::text, p.download_mbps::float8, p.upload_mbps::float8, \
     p.service_type::text, COALESCE(s.gps_lat, 0) <> 0 AND COALESCE(s.gps_lng, 0) <> 0";

/// A subscription as it matters to a router.
struct Known {
    service: Service,
    state: String,
    /// Both coordinates are there.
    located: bool,
    pppoe: Access,
    /// Why nothing of it may be set on a router.
    refusal: Option<String>,
}

/// What the database holds is checked again: other programs write there too.
fn service_of(row: &Row, at: usize, limits: &Limits) -> Option<Known> {
    let text = |n: usize| row.text(at + n).map(|t| t.trim().to_owned()).unwrap_or_default();
    let id = row.int(at)?;
    let (name, state) = (text(1), text(2));
    let tariff = Tariff {
        id: row.int(at + 12).unwrap_or(0),
        name: text(13),
        profile: text(14),
        down_mbps: row.float(at + 15).unwrap_or(0.0),
        up_mbps: row.float(at + 16).unwrap_or(0.0),
    };
    let pppoe = Access::Pppoe { username: text(4), password: text(5) };
    let access = match (text(3).as_str(), text(17).as_str()) {
        ("pppoe", _) => pppoe.clone(),
        (_, "hotspot") => Access::Hotspot { username: if text(7).is_empty() { name.clone() } else { text(7) }, password: text(8) },
        _ => Access::Dhcp,
    };
    let was_suspended = state == "suspended" || row.bool(at + 11).unwrap_or(false);
    let mut refusal = None;
    let mut checked = |text: String, read: &dyn Fn(&str) -> Checked<String>| {
        if text.is_empty() {
            return text;
        }
        read(&text).unwrap_or_else(|message| {
            refusal.get_or_insert(message);
            String::new()
        })
    };
    let ip = checked(text(9), &|text| ServiceAddress::parse(text, limits).map(|address| address.to_string()));
    let mac = checked(text(10), &|text| Mac::parse(text).map(|mac| mac.to_string()));
    for access in [&access, &pppoe] {
        if let Access::Pppoe { username, .. } | Access::Hotspot { username, .. } = access {
            checked(username.clone(), &address::name);
        }
    }
    for given in [&name, &tariff.profile, &text(6)] {
        checked(given.clone(), &address::name);
    }
    let service = Service { id, name, access, tariff, profile: text(6), ip, mac, was_suspended, had_prefix: false };
    Some(Known { service, state, located: row.bool(at + 18).unwrap_or(false), pppoe, refusal })
}

/// The policy of each suspension mode.
fn policies(env: &mut Env) -> Result<impl Fn(Option<&str>) -> Policy + use<>> {
    let parameters = env.parameters(&["database.uuid", "isp_mikrotik.suspended_list"])?;
    let database: String = parameters.get("database.uuid").map(|uuid| uuid.chars().take(8).collect()).unwrap_or_default();
    let list = parameters.get("isp_mikrotik.suspended_list").filter(|l| !l.is_empty()).cloned();
    let list = list.unwrap_or_else(|| "isp_suspended".to_owned());
    Ok(move |mode: Option<&str>| Policy {
        database: database.clone(),
        suspended_list: list.clone(),
        suspend_mode: if mode == Some("disable") { SuspendMode::Disable } else { SuspendMode::AddressList },
    })
}

/// Jobs with what they ask for, or with why they cannot be run. Where rows will be is written down, unless nothing is sent (`dry`).
pub fn load(env: &mut Env, jobs: &[Id], dry: bool) -> Result<Vec<(Id, std::result::Result<Work, String>)>> {
    let policy = policies(env)?;
    let sql = sql!(
        "SELECT j.id, j.job_type::text, j.payload_json::text, r.id, r.suspend_mode::text, r.paused, r.name::text,
         {home_of_job:sql}, {SERVICE:sql}
         FROM isp_provisioning_job j {of_job:sql}LEFT JOIN isp_service_plan p ON p.id = s.plan_id
         WHERE j.id = ANY({jobs}) ORDER BY j.id",
        home_of_job = router_of::HOME_OF_JOB,
        of_job = router_of::OF_JOB
    );
    let limits = address::limits(env)?;
    let rows = env.query(sql)?;
    let payloads: Vec<String> = rows.iter().map(|row| row.text(2).unwrap_or_default()).collect();
    let ids = |key: &str| -> Vec<Id> { payloads.iter().filter_map(|payload| payload_id(payload, key)).collect() };
    let users = captive_users(env, sql!("u.id = ANY({ids})", ids = &ids("captive_user_id")))?;
    let gardens = gardens(env)?;
    let mut subscriptions = ids(LEAVE);
    subscriptions.extend(rows.iter().filter_map(|row| row.int(SERVICE_AT)));
    let mut book = if dry { Book::default() } else { Book::open(env, &subscriptions)? };
    let mut out = Vec::with_capacity(rows.len());
    for (row, payload) in rows.iter().zip(&payloads) {
        let Some(job) = row.int(0) else { continue };
        let Some(kind) = row.text(1).and_then(|name| JobType::parse(&name)) else { continue };
        let policy = policy(row.text(4).as_deref());
        let mut known = service_of(row, SERVICE_AT, &limits);
        if let (Some(known), false) = (&mut known, dry) {
            book.amend(known, row.int(3));
        }
        let job_of = Job { kind, policy: &policy, payload, router: row.int(3), home: row.int(7), dry };
        let paused = row.bool(5) == Some(true) && row.int(3).is_some();
        let task = if paused {
            Err(format!("Provisioning on {} is paused.", row.text(6).unwrap_or_default()))
        } else {
            task(job_of, known, &users, &gardens, &mut book)
        };
        let ready = match (task, row.int(3)) {
            (Ok((task, held)), Some(router)) => Ok(Work { job, kind, router, task, held }),
            (Ok(_), None) => Err("There is no router for this job.".to_owned()),
            (Err(message), _) => Err(message),
        };
        out.push((job, ready));
    }
    if !dry {
        book.close(env)?;
    }
    Ok(out)
}

/// Where the columns of [`SERVICE`] begin among those of jobs.
const SERVICE_AT: usize = 8;

/// A job's own facts.
#[derive(Clone, Copy)]
struct Job<'a> {
    kind: JobType,
    policy: &'a Policy,
    payload: &'a str,
    router: Option<Id>,
    /// Where the service belongs.
    home: Option<Id>,
    dry: bool,
}

impl Book {
    /// What the jobs before know better than the database.
    fn amend(&self, known: &mut Known, router: Option<Id>) {
        let id = known.service.id;
        if let Some(state) = self.decided(id) {
            known.state = state.to_owned();
            known.service.was_suspended |= state == "suspended";
        }
        known.service.had_prefix = router.is_some_and(|router| self.menus(id, router).contains(book::PREFIX));
    }
}

/// A walled-garden host.
struct Garden {
    id: Id,
    host: String,
    router: Option<Id>,
    active: bool,
}

/// What a job does, and the place of its service afterwards.
type Planned = (Task, Option<Place>);

fn task(
    job: Job<'_>,
    known: Option<Known>,
    users: &HashMap<Id, CaptiveUser>,
    gardens: &[Garden],
    book: &mut Book,
) -> std::result::Result<Planned, String> {
    let Job { kind, policy, payload, router, .. } = job;
    match kind {
        JobType::Healthcheck => return Ok((Task::Healthcheck, None)),
        JobType::ExportConfigSnapshot => return Ok((Task::Snapshot, None)),
        JobType::CaptiveUserCreate | JobType::CaptiveUserDisable => {
            let user = payload_id(payload, "captive_user_id").and_then(|id| users.get(&id));
            let user = user.ok_or("The captive user of this job does not exist.")?;
            if user.router.is_some() && user.router != router {
                return Err("The captive user of this job is another router's.".to_owned());
            }
            address::name(&user.username)?;
            if !user.profile.is_empty() {
                address::name(&user.profile)?;
            }
            let enabled = kind == JobType::CaptiveUserCreate;
            return Ok((Task::Converge(policy.captive_user(&CaptiveUser { enabled, ..user.clone() })), None));
        }
        JobType::WalledGardenApply => {
            return Ok((Task::Converge(garden_rows(policy, gardens, payload_id(payload, "walled_garden_id"), router)), None));
        }
        _ => {}
    }
    if let (JobType::DisconnectSession, Some(subscription)) = (kind, payload_id(payload, LEAVE)) {
        return Ok(leave(job, subscription, known, book));
    }
    let known = known.ok_or("This job needs a subscription.")?;
    let moves = matches!(kind, JobType::ActivateSubscription | JobType::ReconnectSubscription | JobType::SuspendSubscription);
    if moves && !known.located {
        return Err("A subscription in service needs its GPS coordinates.".to_owned());
    }
    let service = known.service.clone();
    let in_service = known.state == "active" || known.state == "suspended" || moves;
    let held = router.map(|router| book.menus(service.id, router)).unwrap_or_default();
    let mut desired = subscription_task(kind, policy, known, &held)?;
    let (Some(router), false) = (router, job.dry) else { return Ok((Task::Converge(desired), None)) };
    let turn = Turn { kind, service: &service, router, home: job.home, in_service: in_service && kind != JobType::TerminateSubscription };
    let place = book.enter(policy, turn, &mut desired)?;
    book.decide(service.id, kind);
    Ok((Task::Converge(desired), place))
}

/// A router gives up what it holds of a subscription, unless that belongs there again.
fn leave(job: Job<'_>, subscription: Id, known: Option<Known>, book: &mut Book) -> Planned {
    let belongs = known.as_ref().is_some_and(|known| known.state != "terminated" && job.home.is_some() && job.home == job.router);
    let name = known.map(|known| known.service.name).unwrap_or_default();
    let (Some(router), false, false) = (job.router, belongs, job.dry) else { return (Task::Converge(Desired::default()), None) };
    let (desired, place) = book.leave(job.policy, subscription, &name, router);
    (Task::Converge(desired), place)
}

fn subscription_task(kind: JobType, policy: &Policy, known: Known, held: &Menus) -> std::result::Result<Desired, String> {
    let Known { service, state, pppoe, refusal, .. } = known;
    // Taking away and ending sessions needs no address.
    let sets = !matches!(kind, JobType::TerminateSubscription | JobType::DisconnectSession);
    if let Some(message) = refusal.filter(|_| sets) {
        return Err(message);
    }
    Ok(match kind {
        JobType::ActivateSubscription | JobType::ReconnectSubscription => policy.service(complete(&service)?, Target::Active),
        JobType::SuspendSubscription => policy.service(complete(&service)?, Target::Suspended),
        JobType::TerminateSubscription => policy.service(&service, Target::Gone),
        JobType::ChangePlan => match state.as_str() {
            // A session keeps the limits that it began with.
            "active" => Desired { drop_sessions: sessions(&service), ..policy.service(complete(&service)?, Target::Active) },
            "suspended" => policy.service(complete(&service)?, Target::Suspended),
            _ if held.is_empty() => Desired::default(),
            "terminated" => policy.service(&service, Target::Gone),
            // What was put there before the service began is kept as it should be.
            _ => {
                let mut desired = Desired::from(policy.service(complete(&service)?, Target::Active).rows);
                desired.rows.retain(|row| row.shared || held.contains(row.menu));
                desired
            }
        },
        JobType::ActivatePppoe => policy.access(complete(&Service { access: pppoe, ..service })?, Target::Active),
        JobType::ActivateDhcp => policy.access(&Service { access: Access::Dhcp, ..service }, Target::Active),
        JobType::EnsureQueue => Desired { rows: policy.queue(&service, Target::Active).into_iter().collect(), ..Desired::default() },
        _ => Desired { drop_sessions: sessions(&service), ..Desired::default() },
    })
}

/// An account needs its name; the password may be empty on purpose.
fn complete(service: &Service) -> std::result::Result<&Service, String> {
    match &service.access {
        Access::Pppoe { username, .. } | Access::Hotspot { username, .. } if username.is_empty() => {
            Err(format!("{} has no user name.", service.name))
        }
        _ => Ok(service),
    }
}

fn garden_rows(policy: &Policy, gardens: &[Garden], only: Option<Id>, router: Option<Id>) -> Desired {
    let mut desired = Desired::default();
    let here = |garden: &&Garden| match only {
        Some(id) => garden.id == id,
        None => true,
    } && (garden.router.is_none() || garden.router == router);
    for garden in gardens.iter().filter(here) {
        desired.extend(policy.garden(garden.id, &garden.host, garden.active));
    }
    desired
}

fn gardens(env: &mut Env) -> Result<Vec<Garden>> {
    let sql = Sql::lit("SELECT id, domain::text, router_id, COALESCE(active, FALSE) FROM isp_captive_walled_garden ORDER BY domain, id");
    let rows = env.query(sql)?;
    let read = rows.iter().filter_map(|row| {
        let host = row.text(1)?;
        let allowed = address::garden_host(&host).is_ok();
        Some(Garden { id: row.int(0)?, host, router: row.int(2), active: allowed && row.bool(3)? })
    });
    Ok(read.collect())
}

fn captive_users(env: &mut Env, which: Sql) -> Result<HashMap<Id, CaptiveUser>> {
    let sql = sql!(
        "SELECT u.id, u.username::text, u.password::text, u.profile::text, u.state = 'active'
         AND (u.expires_at IS NULL OR u.expires_at > (now() AT TIME ZONE 'UTC')), u.router_id
         FROM isp_captive_user u WHERE {which:sql}"
    );
    let rows = env.query(sql)?;
    let read = rows.iter().filter_map(|row| {
        let id = row.int(0)?;
        let router = row.int(5);
        let (password, profile) = (row.text(2).unwrap_or_default(), row.text(3).unwrap_or_default());
        Some((id, CaptiveUser { id, username: row.text(1)?, router, password, profile, enabled: row.bool(4).unwrap_or(false) }))
    });
    Ok(read.collect())
}

/// Everything that a router should hold: services of its subscriptions, captive users, walled garden. Rows of ours that
/// are not in it are left-overs; what is `present: false` in it must go. That they will be there is written down.
pub fn router_state(env: &mut Env, router: Id) -> Result<Desired> {
    let policy = policies(env)?;
    let sql = sql!(
        "SELECT home.suspend_mode::text, {SERVICE:sql}
         FROM isp_subscription s {of_subscription:sql}LEFT JOIN isp_service_plan p ON p.id = s.plan_id
         WHERE s.state = ANY('{{active,suspended}}') AND home.id = {router} ORDER BY s.id",
        of_subscription = router_of::OF_SUBSCRIPTION
    );
    let mut desired = Desired::default();
    let mut held: Vec<(Id, Menus)> = Vec::new();
    let limits = address::limits(env)?;
    for row in env.query(sql)? {
        let Some(known) = service_of(&row, 1, &limits) else { continue };
        let target = if known.state == "suspended" { Target::Suspended } else { Target::Active };
        if known.refusal.is_none() && complete(&known.service).is_ok() {
            let wanted = policy(row.text(0).as_deref()).service(&known.service, target);
            held.push((known.service.id, book::menus_of(&wanted)));
            desired.extend(Desired { drop_sessions: Vec::new(), ..wanted });
        }
    }
    places::remember_all(env, router, &held)?;
    let mut users: Vec<CaptiveUser> = captive_users(env, sql!("u.router_id = {router}"))?.into_values().collect();
    users.sort_by_key(|user| user.id);
    for user in users {
        desired.extend(Desired { drop_sessions: Vec::new(), ..policy(None).captive_user(&user) });
    }
    desired.extend(garden_rows(&policy(None), &gardens(env)?, None, Some(router)));
    Ok(desired)
}
