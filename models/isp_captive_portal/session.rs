//! isp.captive.session: who is logged in to a hotspot, as the routers tell.

use chrono::TimeDelta;
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Env, Id, Result, map};

use crate::effects::{Port, SeenSession};
use crate::isp_mikrotik::router;

const NAME: &str = "isp.captive.session";

/// The cron: asks all routers, writes down what they say. A router that does not answer keeps its rows.
pub fn sync(env: &mut Env) -> Result<()> {
    let Some(port) = env.port::<Port>() else { return Ok(()) };
    if router::dry_run(env)? {
        return Ok(());
    }
    let routers: Vec<Id> = env
        .query(Sql::lit("SELECT id FROM isp_mikrotik_router WHERE paused IS NOT TRUE ORDER BY id"))?
        .iter()
        .filter_map(|row| row.int(0))
        .collect();
    for (router, seen) in port.0.hotspot_sessions(env, &routers)? {
        match seen {
            Ok(sessions) => env.transaction(|env| env.sudo(|env| keep(env, router, &sessions)))?,
            Err(error) => tracing::warn!(router, %error, "sessions could not be read"),
        }
    }
    Ok(())
}

/// Whether somebody is logged in at an address, as the routers told last. An address that several routers use is nobody's.
///
/// # Errors
/// What the database answers.
pub fn live_at(env: &mut Env, address: &str) -> Result<bool> {
    let sql = sql!("SELECT count(DISTINCT router_id) FROM isp_captive_session WHERE state = 'active' AND ip_address = {address}");
    Ok(env.query(sql)?.first().and_then(|row| row.big(0)) == Some(1))
}

/// A session with the same user, device and address goes on; one that is not seen any more has ended.
pub fn keep(env: &mut Env, router: Id, seen: &[SeenSession]) -> Result<()> {
    let texts = |of: fn(&SeenSession) -> &String| Bind::texts(seen.iter().map(|s| of(s).as_str()));
    let counts = |of: fn(&SeenSession) -> f64| Bind::Floats(seen.iter().map(|s| Some(of(s))).collect());
    let sql = sql!(
        "WITH seen AS (SELECT *
         FROM unnest({username}::text[], {mac}::text[], {ip}::text[], {uptime}::text[], {bytes_in}::float8[],
         {bytes_out}::float8[]) AS v(username, mac, ip, uptime, bytes_in, bytes_out)), ended AS (UPDATE isp_captive_session s
         SET state = 'closed', write_date = (now() AT TIME ZONE 'UTC') WHERE s.state = 'active'
         AND s.router_id = {router} AND NOT EXISTS (SELECT 1 FROM seen v WHERE v.username = s.username
         AND v.mac = s.mac_address AND v.ip = s.ip_address)) UPDATE isp_captive_session s
         SET uptime = v.uptime, bytes_in = v.bytes_in, bytes_out = v.bytes_out, write_date = (now() AT TIME ZONE 'UTC')
         FROM seen v WHERE s.state = 'active' AND v.username = s.username AND v.mac = s.mac_address
         AND v.ip = s.ip_address AND s.router_id = {router}
         RETURNING s.username::text, s.mac_address::text, s.ip_address::text",
        username = texts(|s| &s.username),
        mac = texts(|s| &s.mac),
        ip = texts(|s| &s.ip),
        uptime = texts(|s| &s.uptime),
        bytes_in = counts(|s| s.bytes_in),
        bytes_out = counts(|s| s.bytes_out)
    );
    let rows = env.query(sql)?;
    let known: Vec<(String, String, String)> = rows.iter().filter_map(|row| Some((row.text(0)?, row.text(1)?, row.text(2)?))).collect();
    let now = env.now();
    let fresh = seen.iter().filter(|s| !known.iter().any(|(user, mac, ip)| *user == s.username && *mac == s.mac && *ip == s.ip));
    let values = fresh.map(|s| {
        map! {
            "username" => s.username.as_str(), "mac_address" => s.mac.as_str(), "ip_address" => s.ip.as_str(), "router_id" => router,
            "uptime" => s.uptime.as_str(), "bytes_in" => s.bytes_in, "bytes_out" => s.bytes_out, "state" => "active",
            "started_at" => now - uptime(&s.uptime),
        }
    });
    let values: Vec<_> = values.collect();
    env.invalidate();
    env.create(NAME, values).map(|_| ())
}

/// `1w2d3h4m5s` as RouterOS writes it.
pub fn uptime(text: &str) -> TimeDelta {
    let (mut total, mut number) = (0_i64, 0_i64);
    for c in text.chars() {
        if let Some(digit) = c.to_digit(10) {
            number = number.saturating_mul(10).saturating_add(i64::from(digit));
            continue;
        }
        let unit = match c {
            'w' => 604_800,
            'd' => 86_400,
            'h' => 3600,
            'm' => 60,
            _ => 1,
        };
        total = total.saturating_add(number.saturating_mul(unit));
        number = 0;
    }
    TimeDelta::try_seconds(total).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uptimes_add_up() {
        assert_eq!(uptime("1w2d3h4m5s").num_seconds(), 604_800 + 2 * 86_400 + 3 * 3600 + 245);
        assert_eq!(uptime("").num_seconds(), 0);
    }
}
