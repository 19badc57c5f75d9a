//! The admin: who sees which page, what its forms do, and that what people write stays text.

mod browser;
mod doors;
mod forms;
mod pages;

use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::http::{self, Response};
use crate::support::rpc::{Rpc, WebSession};
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
        let cookie = WebSession::open(&self.server, login, login).cookie;
        Browser { server: &self.server, cookie }
    }

    fn read(&self, model: &str, id: i64, fields: &[&str]) -> Value {
        let rows: Vec<Value> = self.admin.call(model, "read", json!([[id], fields]));
        rows[0].clone()
    }
}

/// A browser that runs no scripts.
struct Browser<'a> {
    server: &'a TestServer,
    cookie: String,
}

fn encode(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

impl Browser<'_> {
    fn get(&self, path: &str) -> Response {
        http::request(self.server.address(), "GET", path, &[("Cookie", &self.cookie)], b"").unwrap()
    }

    /// The page; anything but 200 panics.
    #[track_caller]
    fn page(&self, path: &str) -> String {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {:.2000}", answer.text());
        answer.text()
    }

    /// Sends a form with a token of a page.
    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let page = self.page("/odoo");
        let token = attribute(&page, "name=\"csrf_token\"", "value");
        self.send(path, &token, fields)
    }

    fn send(&self, path: &str, token: &str, fields: &[(&str, &str)]) -> Response {
        let mut body = format!("csrf_token={}", encode(token));
        for (name, value) in fields {
            body.push_str(&format!("&{}={}", encode(name), encode(value)));
        }
        let headers = [("Cookie", self.cookie.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
        http::request(self.server.address(), "POST", path, &headers, body.as_bytes()).unwrap()
    }
}

/// An attribute of the tag that a mark stands in.
#[track_caller]
fn attribute(page: &str, mark: &str, name: &str) -> String {
    let at = page.find(mark).unwrap_or_else(|| panic!("no {mark} in {page:.3000}"));
    let start = page[..at].rfind('<').unwrap();
    let tag = &page[start..start + page[start..].find('>').unwrap()];
    let value = tag.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value);
    value.unwrap_or_else(|| panic!("no {name} in {tag}")).replace("&amp;", "&").replace("&#39;", "'").replace("&#34;", "\"")
}
