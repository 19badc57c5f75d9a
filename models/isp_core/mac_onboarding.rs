//! Devices report themselves through the DHCP servers' lease scripts; unknown ones can become customers by themselves.

use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Env, Id, Result, map};
use subtle::ConstantTimeEq;

use super::address::{self, Mac, ServiceAddress};
use super::credentials::random_hex;
use super::job_type::JobType;
use super::jobs::{self, NewJob};
use super::router_of;
use super::{mac_profile, outcome};

/// The token that databases come with: everybody knows it.
const SHIPPED: &str = "CHANGEME";

/// What a lease script sends; empty texts are absent.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub token: String,
    pub mac: String,
    pub ip: String,
    pub bound: String,
    /// Code of the sector.
    pub sector: String,
    pub hostname: String,
}

/// Parameters that decide what becomes of a new device.
struct Settings {
    plan: Option<Id>,
    captive_user: bool,
    provision: bool,
    profile: String,
}

/// Takes a report; answers HTTP status and text.
pub fn take(env: &mut Env, report: &Report) -> Result<(u16, &'static str)> {
    let keys = [
        "mac_onboarding_token",
        "mac_auto_create",
        "mac_default_plan_id",
        "mac_auto_create_captive_user",
        "mac_auto_provision_captive",
        "mac_captive_default_profile",
    ];
    let names: Vec<String> = keys.iter().map(|key| format!("isp_core.{key}")).collect();
    let found = env.parameters(&names.iter().map(String::as_str).collect::<Vec<_>>())?;
    let text = |key: &str| found.get(&format!("isp_core.{key}")).map(|v| v.trim().to_owned()).unwrap_or_default();
    let on = |key: &str| matches!(text(key).to_lowercase().as_str(), "1" | "true" | "yes" | "on");
    let token = text("mac_onboarding_token");
    if token.is_empty() {
        return Ok((403, "mac_onboarding_token not configured"));
    }
    if !same(&token, &report.token) {
        return Ok((401, "unauthorized"));
    }
    let device = Mac::parse(&report.mac).ok();
    let mac = device.map_or_else(|| mac_profile::normalized(&report.mac), |device| device.to_string());
    if mac.is_empty() {
        return Ok((400, "mac required"));
    }
    if token == SHIPPED {
        return Ok((403, "mac_onboarding_token not configured"));
    }
    env.sudo(|env| {
        let sector = sector(env, &report.sector)?;
        let known = known(env, device, &mac)?;
        let becomes_customer = on("mac_auto_create") && !known.as_ref().is_some_and(|known| known.customer);
        let limits = address::limits(env)?;
        let ip = Some(report.ip.trim()).filter(|ip| !ip.is_empty()).map(|ip| ServiceAddress::parse(ip, &limits)).transpose();
        if becomes_customer {
            // Nothing is kept of what could not become a service.
            if device.is_none() {
                return Ok((400, "mac invalid"));
            }
            if !ip.as_ref().is_ok_and(|ip| ip.is_none_or(|ip| ip.is_host())) {
                return Ok((400, "ip invalid"));
            }
        }
        let kept_as = known.map_or_else(|| mac.clone(), |known| known.mac);
        let (profile, subscription) = upsert(env, &kept_as, report, sector)?;
        if subscription.is_none() && becomes_customer {
            let Some(sector) = sector else { return Ok((400, "sector required for auto-create")) };
            let settings = Settings {
                plan: text("mac_default_plan_id").parse().ok(),
                captive_user: on("mac_auto_create_captive_user"),
                provision: on("mac_auto_provision_captive"),
                profile: text("mac_captive_default_profile"),
            };
            let device = Device { mac: &mac, ip: ip.ok().flatten(), profile };
            make_customer(env, &device, sector, &settings)?;
        }
        Ok((200, "ok"))
    })
}

/// Compares tokens in a time that does not depend on where they differ.
pub fn same(expected: &str, given: &str) -> bool {
    bool::from(expected.as_bytes().ct_eq(given.as_bytes()))
}

/// A profile that is there already.
struct Known {
    /// As it is kept: other programs kept it as routers wrote it.
    mac: String,
    customer: bool,
}

fn known(env: &mut Env, device: Option<Mac>, mac: &str) -> Result<Option<Known>> {
    let mut spellings = vec![mac.to_owned()];
    spellings.extend(device.iter().flat_map(Mac::spellings));
    let sql = sql!(
        "SELECT mac_address::text, subscription_id IS NOT NULL FROM isp_mac_profile
         WHERE mac_address = ANY({spellings}) ORDER BY subscription_id IS NULL, id LIMIT 1",
        spellings = Bind::texts(spellings)
    );
    let rows = env.query(sql)?;
    Ok(rows.first().and_then(|row| Some(Known { mac: row.text(0)?, customer: row.bool(1)? })))
}

/// A device that becomes a customer.
struct Device<'a> {
    mac: &'a str,
    ip: Option<ServiceAddress>,
    profile: Option<Id>,
}

fn sector(env: &mut Env, code: &str) -> Result<Option<Id>> {
    if code.is_empty() {
        return Ok(None);
    }
    let sql = sql!("SELECT id FROM isp_sector WHERE active AND code = {code} ORDER BY name, id LIMIT 1");
    Ok(env.query(sql)?.first().and_then(|row| row.int(0)))
}

/// One statement, so that a storm of reports after a power cut loses none. What is not reported is emptied.
fn upsert(env: &mut Env, mac: &str, report: &Report, sector: Option<Id>) -> Result<(Option<Id>, Option<Id>)> {
    let offline = matches!(report.bound.trim().to_lowercase().as_str(), "0" | "false" | "no");
    let text = |value: &str| Bind::Text((!value.is_empty()).then(|| value.to_owned()));
    let sql = sql!(
        "INSERT INTO isp_mac_profile (mac_address, state, last_seen_ip, hostname, sector_id, last_seen_at, create_uid,
         create_date, write_uid, write_date)
         SELECT v.mac, v.state, v.ip, v.host, v.sector, v.now, v.uid, v.now, v.uid, v.now
         FROM (SELECT {mac}::text AS mac, {offline}::text AS state, {ip}::text AS ip, {hostname}::text AS host,
         {sector}::int4 AS sector, (now() AT TIME ZONE 'UTC') AS now, {uid}::int4 AS uid) v
         ON CONFLICT (mac_address) DO UPDATE
         SET state = EXCLUDED.state, last_seen_ip = EXCLUDED.last_seen_ip, hostname = EXCLUDED.hostname, sector_id =
         EXCLUDED.sector_id, last_seen_at = EXCLUDED.last_seen_at, write_uid = EXCLUDED.write_uid, write_date =
         EXCLUDED.write_date
         RETURNING id, subscription_id",
        offline = if offline { "offline" } else { "online" },
        ip = text(&report.ip),
        hostname = text(&report.hostname),
        uid = env.uid()
    );
    let rows = env.query(sql)?;
    env.invalidate();
    Ok(rows.first().map_or((None, None), |row| (row.int(0), row.int(1))))
}

fn make_customer(env: &mut Env, device: &Device, sector: Id, settings: &Settings) -> Result<()> {
    let mac = device.mac;
    if let Some(plan) = settings.plan {
        let partner = env.create_one("res.partner", map! { "name" => format!("Auto {mac}"), "is_isp_customer" => true })?;
        let mut values = map! { "partner_id" => partner, "plan_id" => plan, "sector_id" => sector, "service_mac" => mac };
        values.extend(device.ip.map(|ip| ("service_ip".to_owned(), ip.to_string().into())));
        let subscription = env.create_one("isp.subscription", values)?;
        let links = map! { "partner_id" => partner, "subscription_id" => subscription, "plan_id" => plan };
        env.write("isp.mac_profile", &device.profile.into_iter().collect::<Vec<_>>(), links)?;
    }
    if settings.captive_user { make_captive_user(env, mac, sector, settings) } else { Ok(()) }
}

fn make_captive_user(env: &mut Env, mac: &str, sector: Id, settings: &Settings) -> Result<()> {
    let username = format!("onu_{}", mac.replace(':', "").to_lowercase());
    let known = sql!("SELECT 1 FROM isp_captive_user WHERE username = {username}");
    if !env.query(known)?.is_empty() {
        return Ok(());
    }
    let (router, device) = router_of::of_sector(env, sector)?;
    let values = map! {
        "username" => username,
        "password" => random_hex(8)?,
        "profile" => if settings.profile.is_empty() { "default" } else { settings.profile.as_str() },
        "state" => "disabled",
        "router_id" => router,
    };
    let user = env.create_one("isp.captive.user", values)?;
    if settings.provision {
        let payload = outcome::payload("captive_user_id", user);
        let job = NewJob { device, sector: Some(sector), payload, ..NewJob::new(JobType::CaptiveUserCreate) };
        jobs::queue_all(env, &[job])?;
    }
    Ok(())
}
