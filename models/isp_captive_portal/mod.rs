//! Module isp_captive_portal: hotspot accounts that are no subscriptions, hosts reachable before login, live sessions.

pub mod session;

use lastmile_orm::declare::Tx;
use lastmile_orm::record::{Many2one, Records};
use lastmile_orm::sql::{Bind, Sql};
use lastmile_orm::{Answer, Declarations, Env, Id, Invocation, Result, Value, model};

use crate::isp_core::job_type::JobType;
use crate::isp_core::jobs::{self, NewJob};
use crate::isp_core::outcome;
use crate::isp_mikrotik::router::Router;

model! {
    /// A hotspot account.
    pub CaptiveUser = "isp.captive.user" { ROUTER: "router_id" Many2one<Router> }
    /// A host reachable before login.
    pub WalledGarden = "isp.captive.walled_garden" { ROUTER: "router_id" Many2one<Router> }
}

/// Declares the module.
pub fn declare(all: &mut Declarations) {
    all.model("isp.captive.user").record_method("action_enable", "", Tx::Write, enable).record_method(
        "action_disable",
        "",
        Tx::Write,
        disable,
    );
    all.model("isp.captive.walled_garden").record_method("action_apply", "", Tx::Write, apply);
}

fn enable(env: &mut Env, call: &Invocation) -> Result<Answer> {
    queue(env, call, JobType::CaptiveUserCreate, "captive_user_id")
}

fn disable(env: &mut Env, call: &Invocation) -> Result<Answer> {
    queue(env, call, JobType::CaptiveUserDisable, "captive_user_id")
}

fn apply(env: &mut Env, call: &Invocation) -> Result<Answer> {
    queue(env, call, JobType::WalledGardenApply, "walled_garden_id")
}

/// One job a record, for the device of its router.
fn queue(env: &mut Env, call: &Invocation, kind: JobType, key: &str) -> Result<Answer> {
    let routers = env.values(&call.model, "router_id", &call.ids)?;
    let routers: Vec<Option<Id>> = routers.iter().map(Value::as_id).collect();
    let known = Records::<Router>::new(routers.iter().copied().flatten().collect());
    let (devices, sectors) = env.sudo(|env| Ok((known.all(env, Router::DEVICE)?, known.all(env, Router::SECTOR)?)))?;
    let mut places = devices.into_iter().zip(sectors);
    let mut new = Vec::with_capacity(call.ids.len());
    for (id, router) in call.ids.iter().zip(routers) {
        let place = router.and_then(|_| places.next());
        let (device, sector) = place.map_or((None, None), |(device, sector)| (device.id(), sector.id()));
        new.push(NewJob { device, sector, payload: outcome::payload(key, *id), ..NewJob::new(kind) });
    }
    jobs::queue_all(env, &new)?;
    Ok(Answer::Value(Value::None))
}

/// Whether an address belongs to a hotspot of ours: a router's own addresses, or those that its set-up gives it.
pub fn is_hotspot(env: &mut Env, link: &str) -> Result<bool> {
    let Some(rest) = link.strip_prefix("http://").or_else(|| link.strip_prefix("https://")) else { return Ok(false) };
    let host = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = host.split_once(':').map_or(host, |(host, _)| host).to_lowercase();
    if host.is_empty() || host.contains('@') {
        return Ok(false);
    }
    let sql = Sql::lit(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM isp_mikrotik_router r JOIN isp_device d ON d.id = r.device_id WHERE v.host IN (d.mgmt_ip, r.public_ip)) \
         OR EXISTS (SELECT 1 FROM isp_mikrotik_preconfig p WHERE p.active AND v.host IN (split_part(p.lan_address, '/', 1), lower(p.hotspot_dns_name)))",
    );
    let sql =
        Sql::lit("SELECT 1 FROM (SELECT ").push_bind(Bind::text(host)).push("::text AS host) v WHERE EXISTS (").push_sql(sql).push(")");
    Ok(!env.query(sql)?.is_empty())
}
