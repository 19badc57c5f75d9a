//! The hotspot's pages: ways in, status, the pages for routers, the notice of who is suspended.

use std::io::Read as _;

use serde_json::json;

use crate::support::browser::encode;
use crate::support::database::TestDb;
use crate::support::http::{self, Response};
use crate::support::provider::set_parameter;
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;

const LOGIN: &str = "http://10.5.50.1/login";

struct Hotspot {
    server: TestServer,
    admin: Rpc,
    router: i64,
    sector: i64,
    _db: TestDb,
}

impl Hotspot {
    fn new() -> Hotspot {
        let db = TestDb::new();
        let server = TestServer::start_with(&db, &["--max-cron-threads", "0", "--proxy-mode"]);
        let admin = server.admin();
        let group = admin.reference("isp_core.group_isp_admin");
        admin.call::<bool>("res.users", "write", json!([[admin.uid], {"group_ids": [[4, group]]}]));
        let sector: i64 = admin.call("isp.sector", "create", json!([{"name": "North", "code": "N"}]));
        let device = json!([{"name": "R", "device_type": "mikrotik", "sector_id": sector, "mgmt_ip": "10.5.50.1"}]);
        let device: i64 = admin.call("isp.device", "create", device);
        let router = admin.call("isp.mikrotik.router", "create", json!([{"device_id": device, "api_user": "noc"}]));
        Hotspot { server, admin, router, sector, _db: db }
    }

    /// A page as the client at 10.20.0.5 gets it.
    fn get(&self, path: &str) -> Response {
        http::request(self.server.address(), "GET", path, &[("X-Forwarded-For", "10.20.0.5")], b"").unwrap()
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        let answer = http::request(self.server.address(), "POST", path, &headers, body.join("&").as_bytes()).unwrap();
        assert_eq!(answer.status, 200);
        answer.text()
    }
}

#[test]
fn people_come_in_by_account_by_code_and_for_free() {
    let hotspot = Hotspot::new();
    let facts = [("link-login-only", LOGIN), ("link-orig", "http://news.example/?a=1&b=2"), ("trial", "yes"), ("mac-esc", "AA%3ABB%3A00")];
    let page = hotspot.post("/captive", &facts);
    assert!(page.contains("action=\"http:&#x2F;&#x2F;10.5.50.1&#x2F;login\"") || page.contains(&format!("action=\"{LOGIN}\"")), "{page}");
    assert!(page.contains("username=T-AA%253ABB%253A00"), "a trial is named after the device: {page}");
    assert!(!page.contains("<script"), "plain passwords need no script");
    let coded: Vec<(&str, &str)> = facts.iter().copied().chain([("code", " ROOM-17 ")]).collect();
    let page = hotspot.post("/captive", &coded);
    assert!(page.contains("name=\"username\" value=\"ROOM-17\"") && page.contains("type=\"password\" value=\"ROOM-17\""), "{page}");
    assert!(page.contains("Continue") && !page.contains("name=\"code\""), "{page}");
    // With a challenge the script answers it, and the code goes on by itself.
    let chap: Vec<(&str, &str)> = coded.iter().copied().chain([("chap-id", "\\371"), ("chap-challenge", "\\357\"<b>")]).collect();
    let page = hotspot.post("/captive", &chap);
    assert!(page.contains("/captive/chap.js") && page.contains("data-go=\"yes\"") && !page.contains("\"<b>"), "{page}");
    set_parameter(&hotspot.admin, "isp_captive_portal.terms", "No <spam>");
    let page = hotspot.post("/captive", &facts);
    assert!(page.contains("No &lt;spam&gt;") && page.contains("type=\"checkbox\" required"), "{page}");
    let wrong = hotspot.post("/captive", &[("link-login-only", LOGIN), ("error", "invalid username or password <x>")]);
    assert!(wrong.contains("role=\"alert\">invalid username or password &lt;x&gt;"), "{wrong}");
}

#[test]
fn strange_links_lead_nowhere() {
    let hotspot = Hotspot::new();
    for link in ["javascript:alert(1)", "http://evil.example/login", "data:text/html,x"] {
        let page = hotspot.post("/captive", &[("link-login-only", link), ("code", "ROOM-17"), ("trial", "yes"), ("mac-esc", "AA")]);
        assert!(!page.contains("ROOM-17") && !page.contains("username=T-"), "codes go to routers of ours only: {page}");
        let page = hotspot.post("/captive/status", &[("link-logout", link), ("link-login", link), ("username", "<i>ana</i>")]);
        assert!(!page.contains("<form") && page.contains("&lt;i&gt;ana"), "{page}");
    }
    let page = hotspot.post("/captive/success", &[("link-redirect", "javascript:alert(1)")]);
    assert!(!page.contains("javascript"), "{page}");
    let page = hotspot.post("/captive/success", &[("link-redirect", "http://news.example/")]);
    assert!(page.contains("news.example"), "{page}");
}

#[test]
fn the_status_says_what_is_left_and_leads_out() {
    let hotspot = Hotspot::new();
    let fields = [
        ("username", "ana"),
        ("uptime", "1h2m"),
        ("session-time-left", "58m"),
        ("bytes-out-nice", "12.3 MiB"),
        ("link-logout", "http://10.5.50.1/logout"),
    ];
    let page = hotspot.post("/captive/status", &fields);
    for part in ["1h2m", "58m", "12.3 MiB", "erase-cookie", "10.5.50.1"] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    let out = hotspot.post("/captive/status", &[("logged-in", "no"), ("link-login", LOGIN)]);
    assert!(out.contains("You are logged out") && out.contains("10.5.50.1"), "{out}");
}

#[test]
fn programs_ask_by_rfc_8908() {
    let hotspot = Hotspot::new();
    set_parameter(&hotspot.admin, "web.base.url", "https://isp.example/");
    let ask = || {
        let answer = hotspot.get("/captive/api");
        assert_eq!((answer.header("content-type"), answer.header("cache-control")), (Some("application/captive+json"), Some("private")));
        answer.json()
    };
    assert_eq!(ask(), json!({"captive": true, "user-portal-url": "https://isp.example/captive"}));
    let mut conn = hotspot._db.connect();
    let row = format!(
        "INSERT INTO isp_captive_session (username, ip_address, router_id, state) VALUES ('ana', '10.20.0.5', {}, 'active')",
        hotspot.router
    );
    diesel::RunQueryDsl::execute(diesel::sql_query(row), &mut conn).unwrap();
    assert_eq!(ask()["captive"], false);
}

#[test]
fn routers_get_pages_that_lead_here_and_work_alone() {
    let hotspot = Hotspot::new();
    set_parameter(&hotspot.admin, "web.base.url", "https://isp.example/a\"b");
    let answer = hotspot.get("/captive/routeros.zip");
    assert_eq!(answer.header("content-type"), Some("application/zip"));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(answer.body)).unwrap();
    let mut text = String::new();
    archive.by_name("hotspot/login.html").unwrap().read_to_string(&mut text).unwrap();
    assert!(text.contains("action=\"https://isp.example/a&#34;b/captive\"") || text.contains("a&quot;b/captive\""), "{text}");
    for part in ["$(link-login-only)", "$(chap-challenge)", "hexMD5(", "name=\"chap-id\" value=\"$(chap-id)\""] {
        assert!(text.contains(part), "{part}");
    }
    assert!(!text.contains("@BASE@"));
    for name in ["alogin.html", "status.html", "logout.html"] {
        archive.by_name(&format!("hotspot/{name}")).unwrap();
    }
}

#[test]
fn whoever_is_suspended_reads_what_is_open_and_nobody_elses() {
    let hotspot = Hotspot::new();
    assert!(!hotspot.get("/isp/suspended").text().contains("class=\"big\""));
    let plan = json!([{"name": "Home", "download_mbps": 20, "upload_mbps": 5, "price_monthly": 25.0, "service_type": "dhcp"}]);
    let plan: i64 = hotspot.admin.call("isp.service_plan", "create", plan);
    let service = |name: &str| -> i64 {
        let partner: i64 = hotspot.admin.call("res.partner", "create", json!([{"name": name}]));
        let values = json!([{"partner_id": partner, "plan_id": plan, "sector_id": hotspot.sector, "gps_lat": 1.0, "gps_lng": 1.0, "service_ip": "10.20.0.5"}]);
        let id: i64 = hotspot.admin.call("isp.subscription", "create", values);
        hotspot.admin.call::<bool>("isp.subscription", "write", json!([[id], {"state": "active"}]));
        let _ = hotspot.admin.try_call("isp.subscription", "action_generate_invoice", json!([[id]]), json!({}));
        hotspot.admin.call::<bool>("isp.subscription", "write", json!([[id], {"state": "suspended"}]));
        id
    };
    service("Ana Torres");
    let page = hotspot.get("/isp/suspended");
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(text.contains("$\u{a0}25.00") && text.contains("href=\"/my\""), "{text}");
    assert!(!text.contains("Ana"), "no names: {text}");
    service("Bruno");
    assert!(!hotspot.get("/isp/suspended").text().contains("class=\"big\""), "two with one address: nobody's amount is told");
    let spanish = http::request(hotspot.server.address(), "GET", "/isp/suspended", &[("Accept-Language", "es-DO,es;q=0.8")], b"").unwrap();
    assert!(spanish.text().contains("Este servicio está suspendido"), "{}", spanish.text());
}

#[test]
fn the_first_page_is_light() {
    let hotspot = Hotspot::new();
    let page = hotspot.get(&format!("/captive?link-login-only={}&chap-id=%5C001&chap-challenge=x", encode(LOGIN)));
    let text = page.text();
    let files = text.split(['"']).filter(|part| part.starts_with("/lastmile/assets/") || part.starts_with("/captive/chap"));
    let weight: usize = page.body.len() + files.map(|path| hotspot.get(&path.replace("&#x2F;", "/")).body.len()).sum::<usize>();
    assert!((10_000..60_000).contains(&weight), "{weight} bytes");
}
