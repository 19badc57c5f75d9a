//! Module isp_captive_portal: hotspot accounts that are no subscriptions, hosts reachable before login, live sessions.

pub mod session;

use lastmile_orm::declare::{CreateHook, Next, Tx, WriteHook};
use lastmile_orm::record::{Many2one, Records};
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Answer, Declarations, Env, Id, Invocation, Map, Result, Value, model};

use url::Url;

use crate::isp_core::job_type::JobType;
use crate::isp_core::jobs::{self, NewJob};
use crate::isp_core::outcome;
use crate::isp_core::{address, customers, mirrors};
use crate::isp_mikrotik::router::Router;

/// Ports of login forms besides 80 for HTTP and 443 for HTTPS, with commas between: none unless set.
const LOGIN_PORTS: &str = "isp_captive_portal.login_ports";

model! {
    /// A hotspot account.
    pub CaptiveUser = "isp.captive.user" { ROUTER: "router_id" Many2one<Router> }
    /// A host reachable before login.
    pub WalledGarden = "isp.captive.walled_garden" { ROUTER: "router_id" Many2one<Router> }
}

/// Declares the module.
pub fn declare(all: &mut Declarations) {
    all.model("isp.captive.user")
        .on_create(mirrors::create)
        .on_write(mirrors::write)
        .on_create(tidy_new)
        .on_write(tidy)
        .record_method("action_enable", "", Tx::Write, enable)
        .record_method("action_disable", "", Tx::Write, disable);
    all.model("isp.captive.session").on_create(mirrors::create).on_write(mirrors::write);
    all.model("isp.captive.walled_garden")
        .on_create(mirrors::create)
        .on_write(mirrors::write)
        .on_create(tidy_new)
        .on_write(tidy)
        .record_method("action_apply", "", Tx::Write, apply);
}

/// Names that routers can have, on a router that the caller may see.
fn tidied(env: &mut Env, values: &mut [Map]) -> Result<()> {
    customers::check_link(env, values, "router_id", "isp.mikrotik.router")?;
    values.iter_mut().try_for_each(named)
}

fn named(values: &mut Map) -> Result<()> {
    address::keep(values, &["username", "profile"], address::name)?;
    address::keep(values, &["domain"], address::garden_host)
}

fn tidy_new(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    env.fill_defaults(next.model(), &["router_id"], &mut values)?;
    tidied(env, &mut values)?;
    next.call(env, values)
}

fn tidy(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    tidied(env, std::slice::from_mut(&mut values))?;
    next.call(env, ids, values)
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

/// The address that a hotspot's form posts to, when it is on a router of ours: one of a router's own addresses, or those that its set-up
/// gives it. The port is the scheme's own unless the parameter names it: behind another one may be anybody whom the router forwards to.
pub fn hotspot_form(env: &mut Env, link: &str) -> Result<Option<String>> {
    let Some((url, host)) = hotspot_url(link) else { return Ok(None) };
    if let Some(port) = url.port() {
        let ports = env.parameter(LOGIN_PORTS)?.unwrap_or_default();
        if !ports.split(',').any(|known| known.trim().parse() == Ok(port)) {
            return Ok(None);
        }
    }
    let sql = Sql::lit(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM isp_mikrotik_router r JOIN isp_device d ON d.id = r.device_id \
         WHERE v.host IN (lower(d.mgmt_ip), lower(r.public_ip))) \
         OR EXISTS (SELECT 1 FROM isp_mikrotik_preconfig p WHERE p.active AND v.host IN (split_part(p.lan_address, '/', 1), lower(p.hotspot_dns_name)))",
    );
    let sql = sql!("SELECT 1 FROM (SELECT {host}::text AS host) v WHERE EXISTS ({sql:sql})");
    Ok((!env.query(sql)?.is_empty()).then(|| url.into()))
}

/// A link as a browser reads it, and its whole host. None: it is no form of a router, whoever it belongs to.
fn hotspot_url(link: &str) -> Option<(Url, String)> {
    let url = Url::parse(link).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    // `url` leaves out an empty user as in `http://@host`; forms of routers have no `@` in any place of their address.
    let authority = link.split("//").nth(1).and_then(|rest| rest.split(['/', '?', '#', '\\']).next()).unwrap_or_default();
    if !url.username().is_empty() || url.password().is_some() || authority.contains('@') {
        return None;
    }
    let host = url.host_str()?.trim_matches(['[', ']']).trim_end_matches('.').to_lowercase();
    (!host.is_empty()).then_some((url, host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_as_browsers_read_them() {
        let host = |link: &str| hotspot_url(link).map(|(_, host)| host);
        for link in [
            "http://10.5.50.1/login",
            "HTTPS://10.5.50.1:443/login?a=@b",
            "http://10.5.50.1.",
            "http:10.5.50.1/login",
            "http://0xa.5.50.1/",
        ] {
            assert_eq!(host(link).as_deref(), Some("10.5.50.1"), "{link}");
        }
        assert_eq!(host("http://10.5.50.1\\.evil.example/").as_deref(), Some("10.5.50.1"), "as browsers do");
        assert_eq!(host("http://10.5.50.1.evil.example/").as_deref(), Some("10.5.50.1.evil.example"));
        assert_eq!(host("http://[2001:DB8::1]/login").as_deref(), Some("2001:db8::1"));
        for link in [
            "http://10.5.50.1@evil.example/",
            "http://10.5.50.1:80@evil.example/",
            "http://a:b@10.5.50.1/",
            "http://@10.5.50.1/",
            "javascript:alert(1)",
            "ftp://10.5.50.1/",
            "//10.5.50.1/",
            "/login",
            "",
            "http://",
            "http://10.5.50.1:99999/",
        ] {
            assert_eq!(host(link), None, "{link}");
        }
    }
}
