//! `--demo`: a small provider with two simulated routers, on a new database.
//!
//! The records are made once, through the models, and found again by their external ids. The routers live in this process and
//! forget everything with it, so each start fills them anew from the database.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use lastmile_models::isp_core::job_type::JobType;
use lastmile_models::isp_core::subscription::Subscription;
use lastmile_models::isp_core::{credentials, jobs};
use lastmile_models::isp_mikrotik::desired::menu;
use lastmile_models::isp_mikrotik::router::{self, Connection};
use lastmile_models::isp_mikrotik::work;
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::record::Records;
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Database, Domain, Env, Error, Id, Map, Result, Tx, Value, map};
use librouteros::sim::{SimOptions, Simulator};
use serde::Deserialize;

use crate::provisioning::Provisioner;

const RECORDS: &str = include_str!("../fixtures/demo/records.json");
/// Module part of the external ids.
const MODULE: &str = "lastmile_demo";
/// Devices of the simulated routers, by external id.
const DEVICES: [&str; 2] = ["device_north", "device_river"];
const ADMIN: &str = "base.user_admin";
const ADMIN_GROUP: &str = "isp_core.group_isp_admin";
/// How often subscribers that are offline dial in.
const DIAL: Duration = Duration::from_secs(5);

/// A record to be. Text values that start with `@` are earlier records.
#[derive(Deserialize)]
struct Record {
    name: String,
    model: String,
    values: serde_json::Map<String, serde_json::Value>,
    /// A subscription that is in service.
    #[serde(default)]
    activate: bool,
}

/// The simulated routers of this process, and their subscribers.
pub struct Demo {
    routers: Arc<Vec<Simulator>>,
    stop: Sender<()>,
    subscribers: Option<JoinHandle<()>>,
}

impl Demo {
    /// Loads the demo data unless it is there, starts the routers and fills them.
    ///
    /// # Errors
    /// When the database holds routers of a real network.
    pub fn start(db: &Arc<Database>, provisioner: &Provisioner) -> Result<Self> {
        db.run(SUPERUSER, Tx::Write, load)?;
        let mut routers = Vec::new();
        for connection in db.run(SUPERUSER, Tx::Write, connections)? {
            let simulator = start_router(db, &connection)?;
            let connection = Connection { port: simulator.addr().port(), ..connection };
            let desired = db.run(SUPERUSER, Tx::Write, |env| work::router_state(env, connection.router))?;
            provisioner.bring(&connection, desired).map_err(Error::user)?;
            tracing::info!(router = connection.name, address = %simulator.addr(), "simulated router");
            routers.push(simulator);
        }
        let routers = Arc::new(routers);
        let (stop, stopped) = channel();
        let own = Arc::clone(&routers);
        let dial = move || {
            while stopped.recv_timeout(DIAL) == Err(RecvTimeoutError::Timeout) {
                own.iter().for_each(dial_in);
            }
        };
        let subscribers = std::thread::Builder::new().name("subscribers".into()).spawn(dial);
        let subscribers = subscribers.map_err(|e| Error::internal(format!("cannot start the demo's subscribers: {e}")))?;
        Ok(Demo { routers, stop, subscribers: Some(subscribers) })
    }

    /// Stops subscribers and routers.
    pub fn stop(mut self) {
        drop(self.stop);
        if let Some(thread) = self.subscribers.take()
            && thread.join().is_err()
        {
            tracing::warn!("the demo's subscribers panicked");
        }
        drop(self.routers);
    }
}

/// Makes what is missing.
fn load(env: &mut Env) -> Result<()> {
    let records: Vec<Record> = serde_json::from_str(RECORDS).map_err(|e| Error::internal(format!("demo data: {e}")))?;
    let mut known = known(env)?;
    let first = known.is_empty();
    if first && !env.search_all("isp.mikrotik.router", &Domain::True)?.is_empty() {
        return Err(Error::user("--demo is for a new database: this one has routers, and the demo switches dry runs off"));
    }
    let mut active = Vec::new();
    for record in records {
        if known.contains_key(&record.name) {
            continue;
        }
        let mut values = Map::new();
        for (field, value) in &record.values {
            values.insert(field.clone(), resolve(value, &known)?);
        }
        let id = env.create_one(&record.model, values)?;
        env.create_one(
            "ir.model.data",
            map! {
                "module" => MODULE, "name" => record.name.as_str(), "model" => record.model.as_str(), "res_id" => id, "noupdate" => true,
            },
        )?;
        known.insert(record.name, id);
        if record.activate {
            active.push(id);
        }
    }
    if first {
        for router in env.search_all("isp.mikrotik.router", &Domain::True)? {
            set_parameter(env, &format!("isp_mikrotik.router_password.{router}"), &credentials::random_hex(24)?)?;
        }
        set_parameter(env, "isp_mikrotik.dry_run", "0")?;
        promote_admin(env)?;
    }
    if !active.is_empty() {
        jobs::queue(env, &Records::<Subscription>::new(active), JobType::ActivateSubscription)?;
    }
    Ok(())
}

/// Ids of the demo's records, by name.
fn known(env: &mut Env) -> Result<HashMap<String, Id>> {
    let sql = sql!("SELECT name::text, res_id FROM ir_model_data WHERE module = {MODULE}");
    Ok(env.query(sql)?.iter().filter_map(|row| Some((row.text(0)?, row.int(1)?))).collect())
}

fn resolve(value: &serde_json::Value, known: &HashMap<String, Id>) -> Result<Value> {
    let Some(name) = value.as_str().and_then(|text| text.strip_prefix('@')) else { return Ok(Value::from(value)) };
    let id = known.get(name).ok_or_else(|| Error::internal(format!("demo data: {name} is not there yet")))?;
    Ok(Value::from(*id))
}

fn set_parameter(env: &mut Env, key: &str, value: &str) -> Result<()> {
    let model = "ir.config_parameter";
    match env.search_all(model, &Domain::eq("key", key))?.as_slice() {
        [] => env.create_one(model, map! { "key" => key, "value" => value }).map(|_| ()),
        ids => env.write(model, ids, map! { "value" => value }),
    }
}

/// The administrator runs the provider too.
fn promote_admin(env: &mut Env) -> Result<()> {
    let group = env.registry().group(ADMIN_GROUP).ok_or_else(|| Error::internal("the ISP administrators' group is missing"))?;
    let sql = sql!("SELECT res_id FROM ir_model_data WHERE module || '.' || name = {ADMIN}");
    let Some(admin) = env.query(sql)?.first().and_then(|row| row.int(0)) else { return Ok(()) };
    let link = Value::List(vec![Value::Int(4), Value::from(group)]);
    env.write("res.users", &[admin], map! { "group_ids" => Value::List(vec![link]) })
}

/// How to reach the demo's routers.
fn connections(env: &mut Env) -> Result<Vec<Connection>> {
    let sql = sql!(
        "SELECT r.id FROM isp_mikrotik_router r JOIN ir_model_data x ON x.model = 'isp.device'
         AND x.res_id = r.device_id WHERE x.module = {MODULE} AND x.name = ANY({devices}) ORDER BY r.id",
        devices = Bind::texts(DEVICES)
    );
    let ids: Vec<Id> = env.query_ids(sql)?;
    let mut found = router::connections(env, &ids)?;
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Starts a router on the port that its device says; when that is taken, on a free one, which the device is told.
fn start_router(db: &Arc<Database>, connection: &Connection) -> Result<Simulator> {
    let options = |port: u16| SimOptions {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        user: connection.user.clone(),
        password: connection.password.clone(),
        identity: connection.name.clone(),
        ..SimOptions::default()
    };
    if let Ok(simulator) = crate::sim::start(options(connection.port)) {
        return Ok(simulator);
    }
    let simulator = crate::sim::start(options(0))?;
    let (device, port) = (connection.device, i64::from(simulator.addr().port()));
    db.run(SUPERUSER, Tx::Write, |env| env.write("isp.device", &[device], map! { "mgmt_port" => port }))?;
    Ok(simulator)
}

/// Subscribers whose account is open and who are offline dial in; devices with a lease ask for their address.
fn dial_in(router: &Simulator) {
    let online: Vec<String> = router.rows(menu::PPP_ACTIVE).iter().filter_map(|row| row.get("name").map(str::to_owned)).collect();
    for (n, secret) in router.rows(menu::PPP_SECRET).iter().enumerate() {
        let Some(name) = secret.get("name").filter(|name| !secret.is_true("disabled") && !online.iter().any(|known| known == name)) else {
            continue;
        };
        let mac = format!("02:4C:4D:01:00:{:02X}", n % 256);
        if let Err(error) = router.connect_ppp(name, &format!("10.10.0.{}", n % 250 + 2), &mac) {
            tracing::debug!(name, %error, "a subscriber was refused");
        }
    }
    for lease in router.rows(menu::LEASE).iter().filter(|lease| lease.get("status") != Some("bound") && !lease.is_true("block-access")) {
        if let (Some(address), Some(mac)) = (lease.get("address"), lease.get("mac-address")) {
            // Whoever is refused asks again the next time.
            let _ = router.connect_dhcp(lease.get("server").unwrap_or("dhcp1"), address, mac, "customer");
        }
    }
}
