//! isp.mikrotik.router: a device that customers' services run on.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use lastmile_orm::declare::Tx;
use lastmile_orm::record::{Char, Many2one, Records};
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Env, Id, Invocation, Map, Result, Value, map, model};

use super::desired::SuspendMode;
use crate::isp_core::SECRETS;
use crate::isp_core::audit::{self, Entry};
use crate::isp_core::job_type::JobType;
use crate::isp_core::jobs::{self, NewJob};
use crate::isp_core::network::{Device, Sector};

model! {
    /// A router.
    pub Router = "isp.mikrotik.router" {
        NAME: "name" Char, DEVICE: "device_id" Many2one<Device>, SECTOR: "sector_id" Many2one<Sector>, API_USER: "api_user" Char,
    }
}

/// How to reach a router, and whether to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    pub router: Id,
    pub device: Id,
    pub name: String,
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: String,
    /// SHA-256 of the certificate that the router must show; empty: none is pinned.
    pub tls_fingerprint: String,
    pub suspend_mode: SuspendMode,
    /// Somebody holds provisioning back.
    pub paused: bool,
    /// It failed lately: not tried before this time.
    pub breaker_until: Option<NaiveDateTime>,
}

/// The API's port.
const PORT: u16 = 8728;
const USER_KEY: &str = "isp_mikrotik.default_api_user";
const PASSWORD_KEY: &str = "isp_mikrotik.default_api_password";
const NOTHING: Answer = Answer::Value(Value::None);

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model("isp.mikrotik.router")
        .groups(&["api_user"], crate::isp_core::SECRETS)
        .record_method("get_connection_info", "", Tx::Read, get_connection_info)
        .record_method("action_healthcheck", "", Tx::Write, action_healthcheck);
}

/// How to reach routers: two statements for any number of them.
pub fn connections(env: &mut Env, routers: &[Id]) -> Result<HashMap<Id, Connection>> {
    let own = |id: &Id| format!("isp_mikrotik.router_password.{id}");
    let mut keys: Vec<String> = routers.iter().map(own).collect();
    keys.extend([USER_KEY.to_owned(), PASSWORD_KEY.to_owned()]);
    let parameters = env.parameters(&keys.iter().map(String::as_str).collect::<Vec<_>>())?;
    let set = |key: &str| parameters.get(key).filter(|v| !v.is_empty()).cloned();
    let sql = sql!(
        "SELECT r.id, r.device_id, d.name::text, d.mgmt_ip::text, d.mgmt_port, r.api_user::text,
         r.tls_fingerprint::text, r.suspend_mode::text, r.paused, r.breaker_until
         FROM isp_mikrotik_router r JOIN isp_device d ON d.id = r.device_id WHERE r.id = ANY({routers})"
    );
    let rows = env.query(sql)?;
    let read = rows.iter().filter_map(|row| {
        let router = row.int(0)?;
        let user = row.text(5).filter(|user| !user.is_empty()).or_else(|| set(USER_KEY)).unwrap_or_else(|| "odoo_noc".to_owned());
        let connection = Connection {
            router,
            device: row.int(1)?,
            name: row.text(2).unwrap_or_default(),
            host: row.text(3).unwrap_or_default(),
            port: row.int(4).and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0).unwrap_or(PORT),
            user,
            password: set(&own(&router)).or_else(|| set(PASSWORD_KEY)).unwrap_or_default(),
            tls_fingerprint: row.text(6).unwrap_or_default(),
            suspend_mode: if row.text(7).as_deref() == Some("disable") { SuspendMode::Disable } else { SuspendMode::AddressList },
            paused: row.bool(8).unwrap_or(false),
            breaker_until: row.timestamp(9),
        };
        Some((router, connection))
    });
    Ok(read.collect())
}

/// Whether commands are only written down (parameter `isp_mikrotik.dry_run`, on unless switched off).
pub fn dry_run(env: &mut Env) -> Result<bool> {
    let value = env.parameter("isp_mikrotik.dry_run")?.unwrap_or_else(|| "1".to_owned());
    Ok(!matches!(value.trim().to_lowercase().as_str(), "0" | "false" | "no" | "off" | ""))
}

fn get_connection_info(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let router = call.one()?;
    env.require(&call.model, &[router])?;
    let Some(found) = connections(env, &[router])?.remove(&router) else { return Ok(Answer::from(Map::new())) };
    let trusted = env.is_su() || SECRETS.iter().any(|group| env.has_group(group));
    let text = |text: String| if text.is_empty() { Value::Bool(false) } else { Value::Str(text) };
    Ok(Answer::from(map! {
        "host" => text(found.host),
        "port" => i64::from(found.port),
        "user" => if trusted { text(found.user) } else { Value::Bool(false) },
        "password" => if trusted { text(found.password) } else { Value::Bool(false) },
    }))
}

fn action_healthcheck(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let jobs = on_routers(env, &Records::new(call.ids.clone()), JobType::Healthcheck)?;
    jobs::queue_all(env, &jobs)?;
    Ok(NOTHING)
}

/// Jobs for routers themselves.
pub fn on_routers(env: &mut Env, routers: &Records<Router>, kind: JobType) -> Result<Vec<NewJob>> {
    let devices = routers.all(env, Router::DEVICE)?;
    let sectors = routers.all(env, Router::SECTOR)?;
    let pairs = devices.iter().zip(sectors);
    Ok(pairs.map(|(device, sector)| NewJob { device: device.id(), sector: sector.id(), ..NewJob::new(kind) }).collect())
}

/// What a router says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub version: Option<String>,
    pub identity: Option<String>,
    pub serial: Option<String>,
}

/// Keeps what a router says of itself; its identity is the device's name.
pub fn keep_facts(env: &mut Env, router: Id, facts: &Facts) -> Result<()> {
    env.sudo(|env| {
        let now = env.now();
        let mut values = map! { "last_seen_at" => now };
        if let Some(version) = &facts.version {
            values.insert("routeros_version".into(), Value::from(version.as_str()));
        }
        if let Some(serial) = &facts.serial {
            values.insert("serial_number".into(), Value::from(serial.as_str()));
        }
        env.write("isp.mikrotik.router", &[router], values)?;
        match facts.identity.as_deref().filter(|name| !name.is_empty()) {
            Some(name) => {
                let device = env.linked("isp.mikrotik.router", "device_id", &[router])?;
                env.write("isp.device", &device, map! { "name" => name })
            }
            None => Ok(()),
        }
    })
}

/// Writes a warning about a router into the audit log, once a day.
pub fn warn(env: &mut Env, router: Id, text: &str) -> Result<()> {
    const ACTION: &str = "routeros.warning";
    env.sudo(|env| {
        let Some(device) = env.linked("isp.mikrotik.router", "device_id", &[router])?.first().copied() else { return Ok(()) };
        let sql = sql!(
            r#"SELECT 1 FROM isp_audit_log WHERE action = {ACTION} AND record_model = 'isp.device'
             AND record_id = {device} AND details = {text}
             AND "timestamp" > (now() AT TIME ZONE 'UTC') - interval '1 day' LIMIT 1"#
        );
        if !env.query(sql)?.is_empty() {
            return Ok(());
        }
        tracing::warn!(router, text);
        audit::log(env, &[Entry::new(ACTION, "isp.device", device, text)])
    })
}

/// Leaves a router alone until a time; `None`: it answers again.
pub fn set_breaker(env: &mut Env, router: Id, until: Option<NaiveDateTime>) -> Result<()> {
    let sql = sql!("UPDATE isp_mikrotik_router SET breaker_until = {until} WHERE id = {router}");
    env.execute(&sql)?;
    env.invalidate();
    Ok(())
}
