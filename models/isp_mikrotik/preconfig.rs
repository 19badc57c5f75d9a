//! isp.mikrotik.preconfig: how new routers are set up. A script fetches the profile of its sector.

use lastmile_orm::declare::Tx;
use lastmile_orm::read::Page;
use lastmile_orm::record::{Boolean, Many2one, Records};
use lastmile_orm::{Answer, Declarations, Domain, Env, Error, Id, Invocation, Map, Result, Value, map, model};

use crate::isp_core::network::Sector;

model! {
    /// A profile.
    pub Preconfig = "isp.mikrotik.preconfig" { IS_DEFAULT: "is_default" Boolean, SECTOR: "sector_id" Many2one<Sector> }
}

const NAME: &str = "isp.mikrotik.preconfig";
/// Fields of the sector's configuration, in the order of the payload. `lan_ports` is a list.
const CONFIG: [&str; 19] = [
    "wan_interface",
    "lan_bridge",
    "lan_ports",
    "lan_address",
    "dhcp_pool",
    "dhcp_range",
    "dhcp_server",
    "dhcp_lease_time",
    "dhcp_network",
    "dns_server",
    "enable_dhcp_client_wan",
    "enable_nat",
    "enable_hotspot",
    "hotspot_profile",
    "hotspot_server",
    "hotspot_dns_name",
    "hotspot_walled_garden",
    "hotspot_login_by",
    "hotspot_html_dir",
];

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(NAME)
        .constrains(&["is_default", "sector_id"], defaults_have_no_sector)
        .model_method("get_preconfig_for_sector", "sector_code", Tx::Read, get_preconfig_for_sector)
        .record_method("to_preloader_payload", "", Tx::Read, to_preloader_payload)
        .record_method("to_routeros_config", "", Tx::Read, to_routeros_config);
}

fn defaults_have_no_sector(env: &mut Env, ids: &[Id]) -> Result<()> {
    let profiles = Records::<Preconfig>::new(ids.to_vec()).filter(env, Preconfig::IS_DEFAULT, |default| *default)?;
    if profiles.all(env, Preconfig::SECTOR)?.iter().any(|sector| !sector.is_empty()) {
        return Err(Error::validation("A default profile is for no sector in particular."));
    }
    Ok(())
}

fn get_preconfig_for_sector(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let code = call.arg("sector_code").as_str().unwrap_or_default().to_owned();
    let first = Page { limit: Some(1), ..Page::default() };
    let own = if code.is_empty() { Vec::new() } else { env.search(NAME, &Domain::eq("sector_id.code", code), &first)? };
    let found = if own.is_empty() { env.search(NAME, &Domain::eq("is_default", true), &first)? } else { own };
    match found.first() {
        Some(id) => payload(env, *id).map(Answer::from),
        None => Ok(Answer::from(Map::new())),
    }
}

/// The profile as clients may read it.
fn profile(env: &mut Env, call: &Invocation) -> Result<Id> {
    let id = call.one()?;
    env.check_access(NAME, lastmile_orm::access::Operation::Read)?;
    env.check_records(NAME, &[id], lastmile_orm::access::Operation::Read)?;
    env.require(NAME, &[id])?;
    Ok(id)
}

fn to_preloader_payload(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = profile(env, call)?;
    payload(env, id).map(Answer::from)
}

fn to_routeros_config(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = profile(env, call)?;
    config(env, id).map(Answer::from)
}

/// The items of a comma list.
fn items(value: &Value) -> Vec<String> {
    value.as_str().unwrap_or_default().split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// The items, or null when there is none.
fn items_or_none(value: &Value) -> Value {
    let found = items(value);
    if found.is_empty() { Value::None } else { Value::from(found) }
}

fn config(env: &mut Env, id: Id) -> Result<Map> {
    let mut out = Map::new();
    for field in CONFIG {
        let value = env.value(NAME, field, id)?;
        let value = match value {
            value if field == "lan_ports" => Value::from(items(&value)),
            Value::None => Value::Bool(false),
            value => value,
        };
        out.insert(field.to_owned(), value);
    }
    Ok(out)
}

fn payload(env: &mut Env, id: Id) -> Result<Map> {
    let config = config(env, id)?;
    let mut get = |field: &str| env.value(NAME, field, id);
    Ok(map! {
        "mgmt_subnet" => get("mgmt_subnet")?,
        "target_mac" => get("target_mac")?,
        "bootstrap" => map! { "user" => get("bootstrap_user")?, "pass" => get("bootstrap_pass")? },
        "routeros" => map! {
            "api_port" => get("api_port")?,
            "mgmt_user" => get("routeros_mgmt_user")?,
            "mgmt_pass_env" => get("routeros_mgmt_pass_env")?,
            "mgmt_pass_value" => get("routeros_mgmt_pass_value")?,
            "discovery_interfaces" => items_or_none(&get("discovery_interfaces")?),
            "allowed_mgmt_ips" => items_or_none(&get("allowed_mgmt_ips")?),
            "apply_sector_config" => get("apply_sector_config")?,
            "config" => config,
        },
        "call_home" => map! {
            "enabled" => get("call_home_enabled")?,
            "url" => get("call_home_url")?,
            "token_value" => get("call_home_token_value")?,
            "interval" => get("call_home_interval")?,
            "ip_lookup_url" => get("call_home_ip_lookup_url")?,
            "script_name" => get("call_home_script_name")?,
            "scheduler_name" => get("call_home_scheduler_name")?,
            "check_certificate" => get("call_home_check_certificate")?,
            "mac_interface" => get("call_home_mac_interface")?,
        },
        "webhook" => map! {
            "enabled" => get("webhook_enabled")?,
            "url" => get("webhook_url")?,
            "token_value" => get("webhook_token_value")?,
            "clear_lease_script_on_disable" => get("webhook_clear_lease_script_on_disable")?,
        },
        "naming" => map! { "identity_prefix" => get("identity_prefix")?, "identity_format" => get("identity_format")? },
    })
}
