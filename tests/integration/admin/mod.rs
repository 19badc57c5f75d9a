//! The admin: who sees which page, what its forms do, and that what people write stays text.

mod browser;
mod doors;
mod forms;
mod pages;

use serde_json::{Value, json};

use crate::support::browser::{Browser, attribute, encode};
use crate::support::database::TestDb;
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;

/// A server with a small provider, and `admin` as its administrator.
struct House {
    server: TestServer,
    admin: Rpc,
    sector: i64,
    plan: i64,
    partner: i64,
    subscription: i64,
    ticket: i64,
    _db: TestDb,
}

/// Logins of the roles beside `admin`; their passwords are their logins.
const ROLES: [(&str, &[&str]); 3] =
    [("support", &["isp_core.group_isp_support"]), ("billing", &["isp_core.group_isp_billing"]), ("noc", &["isp_core.group_isp_noc"])];

impl House {
    fn new() -> House {
        let db = TestDb::new();
        let server = TestServer::start(&db);
        let admin = server.admin();
        let group = admin.reference("isp_core.group_isp_admin");
        let _: bool = admin.call("res.users", "write", json!([[admin.uid], {"group_ids": [[4, group]]}]));
        let sector: i64 = admin.call("isp.sector", "create", json!([{"name": "North Hill", "code": "NH"}]));
        let other: i64 = admin.call("isp.sector", "create", json!([{"name": "Far Away", "code": "FA"}]));
        let plan: i64 = admin.call(
            "isp.service_plan",
            "create",
            json!([{"name": "Home 20", "download_mbps": 20, "upload_mbps": 5, "price_monthly": 25.5, "service_type": "pppoe", "mikrotik_profile": "home-20"}]),
        );
        let partner: i64 =
            admin.call("res.partner", "create", json!([{"name": "Ana Torres", "email": "ana@example.com", "is_isp_customer": true}]));
        let service = |partner: i64, sector: i64| -> i64 {
            let values = json!({"partner_id": partner, "plan_id": plan, "sector_id": sector, "gps_lat": 1.0, "gps_lng": 1.0,
                                "service_mac": "AA:BB:CC:00:11:22", "service_ip": "10.1.2.3"});
            admin.call("isp.subscription", "create", json!([values]))
        };
        let subscription = service(partner, sector);
        let hidden: i64 = admin.call("res.partner", "create", json!([{"name": "Hidden Customer", "is_isp_customer": true}]));
        service(hidden, other);
        let ticket: i64 = admin.call(
            "isp.fault.ticket",
            "create",
            json!([{"partner_id": partner, "subscription_id": subscription, "fault_type": "outage", "priority": "urgent", "description": "No signal"}]),
        );
        for (login, groups) in ROLES {
            let mut all: Vec<i64> = vec![admin.reference("base.group_user")];
            all.extend(groups.iter().map(|group| admin.reference(group)));
            let values = json!({"name": format!("The {login}"), "login": login, "password": login, "group_ids": [[6, 0, all]], "isp_sector_ids": [[6, 0, [sector]]]});
            let _: i64 = admin.call_kw("res.users", "create", json!([values]), json!({"context": {"no_reset_password": true}}));
        }
        House { server, admin, sector, plan, partner, subscription, ticket, _db: db }
    }

    fn login(&self, login: &str) -> Browser<'_> {
        Browser::login(&self.server, login, login)
    }

    fn read(&self, model: &str, id: i64, fields: &[&str]) -> Value {
        let rows: Vec<Value> = self.admin.call(model, "read", json!([[id], fields]));
        rows[0].clone()
    }
}
