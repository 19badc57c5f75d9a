//! What strangers and proxies may tell, and what browsers are told: hotspot forms, addresses, cookies, headers, refusals.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::http::{self, Response};
use crate::support::rpc::{Rpc, WebSession};
use crate::support::server::TestServer;

const JSON: (&str, &str) = ("Content-Type", "application/json");

fn get(server: &TestServer, path: &str, headers: &[(&str, &str)]) -> Response {
    http::request(server.address(), "GET", path, headers, b"").unwrap()
}

fn envelope(params: &Value) -> Vec<u8> {
    json!({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}).to_string().into_bytes()
}

/// Where the hotspot's form goes; empty when there is none.
fn form_of(server: &TestServer, link: &str) -> String {
    let query: String = link.bytes().map(|b| format!("%{b:02X}")).collect();
    let page = get(server, &format!("/captive?link-login-only={query}"), &[]).text();
    let action = page.split_once("action=\"").and_then(|(_, rest)| rest.split_once('"'));
    action.map(|(url, _)| url.replace("&#x2F;", "/").replace("&amp;", "&")).unwrap_or_default()
}

#[test]
fn the_captive_page_posts_to_known_routers_only() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let group = admin.reference("isp_core.group_isp_admin");
    admin.call::<bool>("res.users", "write", json!([[admin.uid], {"group_ids": [[4, group]]}]));
    let sector: i64 = admin.call("isp.sector", "create", json!([{"name": "North", "code": "N"}]));
    let device = json!([{"name": "R", "device_type": "mikrotik", "sector_id": sector, "mgmt_ip": "10.5.50.1"}]);
    let device: i64 = admin.call("isp.device", "create", device);
    admin.call::<i64>("isp.mikrotik.router", "create", json!([{"device_id": device, "api_user": "noc"}]));
    for link in ["http://10.5.50.1/login", "https://10.5.50.1/login", "http://10.5.50.1:80/login"] {
        assert_eq!(form_of(&server, link), link.replace(":80", ""), "{link}");
    }
    for link in [
        "http://10.5.50.1:80@evil.example/login",
        "http://10.5.50.1:x@evil.example/login",
        "http://10.5.50.1@evil.example/",
        "http://user:pw@10.5.50.1/login",
        "http://10.5.50.1.evil.example/login",
        "http://10.5.50.1:8081/login",
        "http://evil.example/10.5.50.1",
        "//10.5.50.1/login",
        "javascript:alert(1)//10.5.50.1",
        "ftp://10.5.50.1/login",
    ] {
        assert_eq!(form_of(&server, link), "", "{link}");
    }
    admin.call::<Value>("ir.config_parameter", "set_param", json!(["isp_captive_portal.login_ports", "8080, 8081"]));
    assert_eq!(form_of(&server, "http://10.5.50.1:8081/login"), "http://10.5.50.1:8081/login");
}

/// A failed login with these headers, and the address that it is counted for.
fn source(db: &TestDb, server: &TestServer, headers: &[(&str, &str)]) -> String {
    db.connect().batch_execute("DELETE FROM lastmile_login_attempt").unwrap();
    let body = envelope(&json!({"db": db.name(), "login": "nobody", "password": "wrong"}));
    let all: Vec<_> = headers.iter().copied().chain([JSON]).collect();
    http::request(server.address(), "POST", "/web/session/authenticate", &all, &body).unwrap();
    db.text("SELECT source::text AS value FROM lastmile_login_attempt")
}

#[test]
fn the_client_behind_proxies_is_whom_they_saw() {
    let db = TestDb::new();
    let forged = "198.51.100.7";
    let plain = [("X-Forwarded-For", "198.51.100.7, 203.0.113.5")];
    let standard = [("Forwarded", "for=198.51.100.7;proto=http, for=203.0.113.5;proto=https")];
    let server = TestServer::start(&db);
    assert_eq!(source(&db, &server, &plain), "127.0.0.1", "nobody is believed unless told");
    drop(server);
    let server = TestServer::start_with(&db, &["--max-cron-threads", "0", "--proxy-mode"]);
    assert_eq!(source(&db, &server, &plain), "203.0.113.5");
    assert_eq!(source(&db, &server, &standard), "203.0.113.5");
    assert_eq!(source(&db, &server, &[("X-Forwarded-For", forged), ("X-Forwarded-For", "203.0.113.5")]), "203.0.113.5");
    assert_eq!(source(&db, &server, &[("Forwarded", "for=198.51.100.7"), plain[0]]), "127.0.0.1", "the client's own header moves nobody");
    drop(server);
    let server = TestServer::start_with(&db, &["--max-cron-threads", "0", "--trusted-proxies", "10.0.0.0/8"]);
    assert_eq!(source(&db, &server, &plain), "127.0.0.1", "not one of the proxies");
    drop(server);
    let server = TestServer::start_with(&db, &["--max-cron-threads", "0", "--trusted-proxies", "127.0.0.1, 203.0.113.0/24"]);
    assert_eq!(source(&db, &server, &plain), "198.51.100.7");
}

fn cookies(answer: &Response) -> Vec<String> {
    answer.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.clone()).collect()
}

#[test]
fn cookies_are_for_https_only_behind_it() {
    let db = TestDb::new();
    let https = [("X-Forwarded-Proto", "https")];
    let marked = |answer: &Response| {
        let all = cookies(answer);
        assert!(all.iter().any(|line| line.starts_with("session_id=") && line.contains("; HttpOnly")), "{all:?}");
        let marks: Vec<bool> = all.iter().map(|line| line.contains("; Secure; SameSite=Lax")).collect();
        assert!(marks.iter().all(|mark| *mark == marks[0]), "{all:?}");
        marks[0]
    };
    let server = TestServer::start(&db);
    assert!(!marked(&get(&server, "/web/login", &https)), "a client's word");
    drop(server);
    let server = TestServer::start_with(&db, &["--max-cron-threads", "0", "--proxy-mode"]);
    assert!(marked(&get(&server, "/web/login", &https)));
    assert!(!marked(&get(&server, "/web/login", &[])));
    drop(server);
    let server = TestServer::start_with(&db, &["--max-cron-threads", "0", "--base-url", "https://isp.example/"]);
    assert!(marked(&get(&server, "/web/login", &[])));
    let body = envelope(&json!({"db": db.name(), "login": "admin", "password": "admin"}));
    assert!(marked(&http::request(server.address(), "POST", "/web/session/authenticate", &[JSON], &body).unwrap()));
}

#[test]
fn every_page_and_file_tells_browsers_what_it_may_do() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let session = WebSession::open(&server, "admin", "admin");
    let cookie = [("Cookie", session.cookie.as_str())];
    let pages = [
        ("/web/login", 200),
        ("/web", 200),
        ("/my", 200),
        ("/captive", 200),
        ("/captive/success", 200),
        ("/captive/chap.js", 200),
        ("/nowhere", 404),
        ("/robots.txt", 200),
        ("/web/database/selector", 200),
        ("/isp/mac_onboarding", 401),
        ("/web/content/999999", 404),
        ("/web/image/res.users/1/avatar_128", 200),
        ("/logo.png", 200),
        ("/report/pdf/x/1", 404),
        ("/metrics", 200),
    ];
    for (path, status) in pages {
        let answer = get(&server, path, &cookie);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert!(status >= 400 || answer.header("x-content-type-options") == Some("nosniff"), "{path}");
        assert_eq!(answer.header("x-frame-options"), Some("SAMEORIGIN"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{path}");
        let policy = answer.header("content-security-policy").unwrap_or_default();
        let page = answer.header("content-type").unwrap_or_default().starts_with("text/html");
        assert!(policy.starts_with(if page { "default-src 'self'" } else { "default-src 'none'" }), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
    }
    let policy = get(&server, "/web", &cookie).header("content-security-policy").unwrap().to_owned();
    assert!(!policy.contains("script-src"), "no script inside a page runs: {policy}");
    let answer = http::request(server.address(), "POST", "/web/login", &[], b"login=x").unwrap();
    assert_eq!((answer.status, answer.header("x-frame-options")), (400, Some("SAMEORIGIN")));
}

/// `admin` logs in with this over every protocol: each refuses as it refuses a wrong password.
fn wrong_everywhere(server: &TestServer, db: &str, login: &str, password: &str) {
    let post = |path: &str, kind: &str, body: &[u8]| {
        let answer = http::request(server.address(), "POST", path, &[("Content-Type", kind)], body).unwrap();
        assert!(answer.status < 500, "{path}: {}", answer.status);
        assert!(!answer.text().contains("Internal server error"), "{path}: {:.300}", answer.text());
        answer
    };
    let common = json!({"service": "common", "method": "login", "args": [db, login, password]});
    let answer = post("/jsonrpc", "application/json", &envelope(&common)).json();
    let refused = answer["result"] == json!(false) || answer["error"]["data"]["name"] == "psycopg2.OperationalError";
    assert!(refused, "{:.300}", answer.to_string());
    assert!(answer.to_string().len() < 2000, "a long name is not told back");
    let execute = json!({"service": "object", "method": "execute_kw", "args": [db, 2, password, "res.users", "search", [[]]]});
    let name = post("/jsonrpc", "application/json", &envelope(&execute)).json()["error"]["data"]["name"].clone();
    assert!(name == "odoo.exceptions.AccessDenied" || name == "psycopg2.OperationalError" || login.len() > 5000, "{name}");
    let params = json!({"db": db, "login": login, "password": password});
    let name = post("/web/session/authenticate", "application/json", &envelope(&params)).json()["error"]["data"]["name"].clone();
    assert!(name == "odoo.exceptions.AccessDenied" || name == "odoo.exceptions.AccessError", "{name}");
    let xml = format!(
        "<?xml version=\"1.0\"?><methodCall><methodName>login</methodName><params><param><value>{db}</value></param>\
         <param><value>{login}</value></param><param><value>{password}</value></param></params></methodCall>"
    );
    for path in ["/xmlrpc/2/common", "/xmlrpc/common"] {
        let text = post(path, "text/xml", xml.as_bytes()).text();
        assert!(text.contains("<boolean>0</boolean>") || text.contains("does not exist"), "{path}: {text:.300}");
    }
    let form = get(server, "/web/login", &[]);
    let page = form.text();
    let token = page.split_once("name=\"csrf_token\" value=\"").and_then(|(_, rest)| rest.split_once('"')).unwrap().0.to_owned();
    let body = format!("csrf_token={token}&login={login}&password={password}");
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Cookie", &form.session().unwrap())];
    let answer = http::request(server.address(), "POST", "/web/login", &headers, body.as_bytes()).unwrap();
    assert!(answer.status == 200 && answer.text().contains("Wrong login/password"), "{}: {:.300}", answer.status, answer.text());
}

#[test]
fn logins_without_measure_are_wrong_logins() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    server.admin().call::<Value>("ir.config_parameter", "set_param", json!(["base.login_cooldown_after", "0"]));
    // Not to be squeezed: a text of one letter would fit into an index.
    let mut seed = 1_u64;
    let mut long = |length: usize| -> String {
        let next = |seed: &mut u64| {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(b'a' + u8::try_from((*seed >> 33) % 26).unwrap())
        };
        (0..length).map(|_| next(&mut seed)).collect()
    };
    wrong_everywhere(&server, db.name(), &long(100_000), "wrong");
    wrong_everywhere(&server, db.name(), "admin", &long(200_000));
    let name = long(100_000);
    let body = envelope(&json!({"service": "common", "method": "login", "args": [name, "admin", "admin"]}));
    let answer = http::request(server.address(), "POST", "/jsonrpc", &[JSON], &body).unwrap();
    assert_eq!(answer.json()["error"]["data"]["name"], "psycopg2.OperationalError");
    assert!(answer.body.len() < 2000, "a long name is not told back");
    let key = format!("Bearer {}", long(6000));
    let answer = http::request(server.address(), "POST", "/json/2/res.users/search", &[JSON, ("Authorization", &key)], b"{}").unwrap();
    assert_eq!(answer.status, 401, "{}", answer.text());
    assert_eq!(server.failures(), Vec::<String>::new());
}

fn refusal(rpc: &Rpc) -> (String, String) {
    let error = rpc.try_call("res.partner", "create", json!([{"name": "Kept"}]), json!({})).unwrap_err();
    (error.name, error.message)
}

#[test]
fn a_database_that_keeps_nothing_says_why() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let full = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                RAISE EXCEPTION 'could not extend file \"base/1/2\": No space left on device' USING ERRCODE = 'disk_full'; END $$; \
                CREATE TRIGGER full_disk BEFORE INSERT ON res_partner FOR EACH ROW EXECUTE FUNCTION full_disk()";
    db.connect().batch_execute(full).unwrap();
    let (name, message) = refusal(&admin);
    assert_eq!(name, "psycopg2.errors.DiskFull", "{message}");
    assert!(message.contains("disk"), "{message}");
    assert_eq!(server.failures().len(), 1, "{:?}", server.failures());
    db.connect().batch_execute("DROP TRIGGER full_disk ON res_partner").unwrap();

    let read_only = |on: &str| {
        let sql = format!(
            "ALTER DATABASE {0} SET default_transaction_read_only = {on}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = '{0}' AND pid <> pg_backend_pid()",
            db.name()
        );
        db.connect().batch_execute(&format!("SET default_transaction_read_only = off; {sql}")).unwrap();
    };
    read_only("on");
    let session = |rpc: &Rpc| rpc.try_call("res.partner", "search_count", json!([[]]), json!({}));
    crate::support::wait_for("a new connection", std::time::Duration::from_secs(30), || session(&admin).ok());
    let before = server.failures().iter().filter(|line| line.contains("nothing can be stored")).count();
    let (name, message) = refusal(&admin);
    assert_eq!(name, "psycopg2.errors.ReadOnlySqlTransaction", "{message}");
    let after = server.failures().iter().filter(|line| line.contains("nothing can be stored")).count();
    assert_eq!(after - before, 1, "logged once");
    assert!(session(&admin).is_ok(), "reading goes on");
}

#[test]
fn health_is_that_of_the_database() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let mut beside = PgConnection::establish(&db.url().replacen(&format!("/{}?", db.name()), "/postgres?", 1)).unwrap();
    let mut allow = |yes: bool| {
        let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'", db.name());
        beside.batch_execute(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS {yes}", db.name())).unwrap();
        beside.batch_execute(&end).unwrap();
    };
    assert_eq!(get(&server, "/healthz", &[]).json(), json!({"status": "pass"}));
    allow(false);
    for _ in 0..3 {
        let answer = get(&server, "/healthz", &[]);
        assert_eq!((answer.status, answer.json()), (503, json!({"status": "fail"})));
        assert_eq!(answer.header("retry-after"), Some("2"));
    }
    allow(true);
    assert_eq!(get(&server, "/healthz", &[]).status, 200);
}
