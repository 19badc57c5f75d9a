//! The portal: what subscribers see and do, and that none of them reaches what is another's.

mod browser;
mod pages;
mod walls;
mod ways_in;

use serde_json::{Value, json};

use crate::support::browser::{Browser, multipart};
use crate::support::database::TestDb;
use crate::support::http::{self, Response};
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;

/// A customer with everything that a customer has.
struct Customer {
    login: &'static str,
    partner: i64,
    service: i64,
    invoice: i64,
    ticket: i64,
}

/// A provider with two customers.
struct House {
    server: TestServer,
    admin: Rpc,
    plan: i64,
    better: i64,
    ana: Customer,
    bruno: Customer,
    _db: TestDb,
}

impl House {
    fn new() -> House {
        let db = TestDb::new();
        let server = TestServer::start(&db);
        let admin = server.admin();
        let group = admin.reference("isp_core.group_isp_admin");
        let _: bool = admin.call("res.users", "write", json!([[admin.uid], {"group_ids": [[4, group]]}]));
        let sector: i64 = admin.call("isp.sector", "create", json!([{"name": "North Hill", "code": "NH"}]));
        let plan = |name: &str, speed: i64, price: f64| -> i64 {
            let values = json!([{"name": name, "download_mbps": speed, "upload_mbps": 5, "price_monthly": price, "service_type": "pppoe"}]);
            admin.call("isp.service_plan", "create", values)
        };
        let (cheap, better) = (plan("Home 20", 20, 25.5), plan("Home 100", 100, 40.0));
        let ana = customer(&admin, "ana", "Ana Torres", sector, cheap);
        let bruno = customer(&admin, "bruno", "Bruno Secret", sector, cheap);
        House { plan: cheap, better, ana, bruno, server, admin, _db: db }
    }

    fn login(&self, customer: &Customer) -> Browser<'_> {
        Browser::login(&self.server, customer.login, &format!("{}-password", customer.login))
    }

    fn read(&self, model: &str, id: i64, field: &str) -> Value {
        let rows: Vec<Value> = self.admin.call(model, "read", json!([[id], [field]]));
        rows[0][field].clone()
    }
}

fn customer(admin: &Rpc, login: &'static str, name: &str, sector: i64, plan: i64) -> Customer {
    let partner: i64 =
        admin.call("res.partner", "create", json!([{"name": name, "email": format!("{login}@example.com"), "is_isp_customer": true}]));
    let groups: Vec<i64> =
        ["base.group_portal", "isp_portal.group_isp_portal_customer"].iter().map(|group| admin.reference(group)).collect();
    let values = json!([{"name": name, "login": login, "password": format!("{login}-password"), "partner_id": partner, "group_ids": [[6, 0, groups]]}]);
    let _: i64 = admin.call_kw("res.users", "create", values, json!({"context": {"no_reset_password": true}}));
    let values = json!([{"partner_id": partner, "plan_id": plan, "sector_id": sector, "gps_lat": 1.0, "gps_lng": 1.0}]);
    let service: i64 = admin.call("isp.subscription", "create", values);
    let lines = json!([[0, 0, {"name": format!("Internet of {name}"), "price_unit": 25.5, "tax_ids": [[6, 0, []]]}]]);
    let values = json!([{"move_type": "out_invoice", "partner_id": partner, "invoice_date": "2026-03-02", "invoice_date_due": "2026-03-12", "invoice_line_ids": lines}]);
    let invoice: i64 = admin.call("account.move", "create", values);
    let _: Value = admin.call("account.move", "action_post", json!([[invoice]]));
    let values =
        json!([{"partner_id": partner, "subscription_id": service, "fault_type": "speed", "description": format!("Slow at {name}")}]);
    Customer { login, partner, service, invoice, ticket: admin.call("isp.fault.ticket", "create", values) }
}

/// Sends a form with files, with the token of a page.
fn send_files(browser: &Browser, page: &str, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Response {
    let token = crate::support::browser::attribute(&browser.page(page), "name=\"csrf_token\"", "value");
    let mut all = vec![("csrf_token", token.as_str())];
    all.extend(fields);
    let (kind, body) = multipart(&all, files);
    let headers = [("Cookie", browser.cookie.as_str()), ("Content-Type", kind.as_str())];
    http::request(browser.server.address(), "POST", path, &headers, &body).unwrap()
}

fn target(answer: &Response) -> &str {
    assert_eq!(answer.status, 303, "{:.500}", answer.text());
    answer.header("location").unwrap()
}
