//! A small provider on a server: sector, plan, simulated routers, subscriptions, all made over RPC.

use librouteros::sim::{SimOptions, Simulator};
use serde_json::json;

use super::rpc::Rpc;

/// Password of the simulated routers' API user.
pub const ROUTER_PASSWORD: &str = "router-secret";

/// A router that takes `latency_ms` for each command.
pub fn simulator(latency_ms: u64) -> Simulator {
    let version = std::env::var("LASTMILE_ROUTEROS").unwrap_or(SimOptions::default().version);
    Simulator::start(SimOptions {
        user: "noc".into(),
        password: ROUTER_PASSWORD.into(),
        latency_ms,
        version,
        strict: true,
        ..SimOptions::default()
    })
    .unwrap()
}

/// The records of one router.
pub struct Site {
    pub sector: i64,
    pub router: i64,
}

/// What the tests sell.
pub struct Provider<'a> {
    rpc: &'a Rpc,
    pub plan: i64,
    pub partner: i64,
}

impl<'a> Provider<'a> {
    /// Gives `rpc`'s user the rights, turns dry-run off, makes a PPPoE plan of 20/5 Mbps.
    pub fn new(rpc: &'a Rpc) -> Provider<'a> {
        let group = rpc.reference("isp_core.group_isp_admin");
        let _: bool = rpc.call("res.users", "write", json!([[rpc.uid], {"group_ids": [[4, group]]}]));
        set_parameter(rpc, "isp_mikrotik.dry_run", "0");
        let values = json!([{"name": "Home 20", "download_mbps": 20, "upload_mbps": 5, "price_monthly": 25.0,
                             "service_type": "pppoe", "mikrotik_profile": "home-20"}]);
        let plan = rpc.call("isp.service_plan", "create", values);
        let partner = rpc.call("res.partner", "create", json!([{"name": "Subscriber"}]));
        Provider { rpc, plan, partner }
    }

    /// A sector with a router that is this simulator.
    pub fn site(&self, code: &str, simulator: &Simulator) -> Site {
        let sector = self.rpc.call("isp.sector", "create", json!([{"name": format!("Sector {code}"), "code": code}]));
        let device: i64 = self.rpc.call(
            "isp.device",
            "create",
            json!([{"name": format!("Router {code}"), "device_type": "mikrotik", "sector_id": sector,
                    "mgmt_ip": "127.0.0.1", "mgmt_port": simulator.addr().port()}]),
        );
        let router = self.rpc.call("isp.mikrotik.router", "create", json!([{"device_id": device, "api_user": "noc"}]));
        set_parameter(self.rpc, &format!("isp_mikrotik.router_password.{router}"), ROUTER_PASSWORD);
        Site { sector, router }
    }

    /// Draft subscriptions in one call. Their PPPoE names are `prefix` and a number from 0.
    pub fn subscriptions(&self, site: &Site, prefix: &str, count: usize) -> Vec<i64> {
        let values = (0..count).map(|n| {
            json!({"partner_id": self.partner, "plan_id": self.plan, "sector_id": site.sector, "router_id": site.router,
                   "gps_lat": 18.5, "gps_lng": -69.9, "pppoe_username": format!("{prefix}{n}"), "pppoe_password": "pw"})
        });
        self.rpc.call("isp.subscription", "create", json!([values.collect::<Vec<_>>()]))
    }
}

/// Sets a system parameter.
pub fn set_parameter(rpc: &Rpc, key: &str, value: &str) {
    let _: serde_json::Value = rpc.call("ir.config_parameter", "set_param", json!([key, value]));
}
