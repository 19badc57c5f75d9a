//! Routers call home every few minutes.

use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Env, Id, Result, Value, map};

use crate::isp_core::mac_onboarding::same;

/// What a router sends; empty texts are absent.
#[derive(Clone, Debug, Default)]
pub struct CheckIn {
    pub token: String,
    pub identity: String,
    pub serial: String,
    pub mac: String,
    pub public_ip: String,
}

/// Takes a call; answers HTTP status and text.
pub fn take(env: &mut Env, call: &CheckIn) -> Result<(u16, &'static str)> {
    env.sudo(|env| {
        if !allowed(env, &call.token)? {
            return Ok((401, "unauthorized"));
        }
        let Some(router) = find(env, call)? else { return Ok((404, "unknown router")) };
        let now = env.now();
        let mut values = map! { "last_seen_at" => now };
        for (field, text) in [("public_ip", &call.public_ip), ("serial_number", &call.serial)] {
            if !text.is_empty() {
                values.insert(field.into(), Value::from(text.as_str()));
            }
        }
        env.write("isp.mikrotik.router", &[router], values)?;
        Ok((200, "ok"))
    })
}

/// The token is the parameter's, or that of a preconfiguration in use.
fn allowed(env: &mut Env, token: &str) -> Result<bool> {
    if token.is_empty() {
        return Ok(false);
    }
    let mut known: Vec<String> = env.parameter("isp_mikrotik.call_home_token")?.into_iter().collect();
    let sql = Sql::lit(
        "SELECT DISTINCT call_home_token_value::text FROM isp_mikrotik_preconfig WHERE active AND call_home_token_value IS NOT NULL",
    );
    known.extend(env.query(sql)?.iter().filter_map(|row| row.text(0)));
    Ok(known.iter().filter(|k| !k.is_empty()).fold(false, |found, k| same(k, token) | found))
}

/// By serial number, else by name.
fn find(env: &mut Env, call: &CheckIn) -> Result<Option<Id>> {
    let sql = sql!(
        "SELECT r.id FROM isp_mikrotik_router r JOIN isp_device d ON d.id = r.device_id
         WHERE r.serial_number = NULLIF({serial}::text, '') OR (d.name = NULLIF({identity}::text, '')
         AND (r.serial_number IS NULL OR r.serial_number = '')) ORDER BY r.serial_number NULLS LAST, r.id
         LIMIT 1",
        serial = &call.serial,
        identity = &call.identity
    );
    Ok(env.query(sql)?.first().and_then(|row| row.int(0)))
}
