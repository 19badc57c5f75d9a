//! What the log tells, and what it never tells.

use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::http;
use crate::support::rpc::WebSession;
use crate::support::server::TestServer;

#[test]
fn requests_are_told_and_secrets_are_not() {
    let db = TestDb::new();
    let options = ["--max-cron-threads", "0", "--log-format", "json", "--log", "debug"];
    let server = TestServer::start_with(&db, &options);
    let admin = server.admin();
    let session = WebSession::open(&server, "admin", "admin");
    let key = session.api_key("admin");
    let bearer = format!("bearer {key}");
    let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str()), ("X-Request-Id", "from-the-client")];
    let answer = http::request(server.address(), "POST", "/json/2/res.partner/search_count", &headers, br#"{"domain": []}"#).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let user: i64 = admin.call("res.users", "create", json!([{"name": "Eva", "login": "eva", "password": "Geheim-4711"}]));
    admin.call::<bool>("res.users", "write", json!([[user], {"password": "Geheim-4712"}]));
    let refused = admin.try_call("isp.subscription", "create", json!([{"pppoe_password": "Geheim-4713", "nothing": 1}]), json!({}));
    assert!(refused.is_err());
    http::request(server.address(), "GET", "/isp/mac_onboarding?token=Geheim-4714&mac=x", &[], b"").unwrap();

    let log = server.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect();
    let told = |target: &str, path: &str, value: &str| lines.iter().any(|line| line["target"] == target && line[path] == value);
    assert!(told("lastmile::access", "request", "from-the-client"), "{log}");
    assert!(told("lastmile::calls", "request", "from-the-client"), "{log}");
    assert!(told("lastmile::calls", "method", "search_count"), "{log}");
    assert!(told("lastmile::access", "path", "/isp/mac_onboarding"), "{log}");
    let token = session.cookie.split_once('=').unwrap().1.to_owned();
    for secret in ["Geheim-471", key.as_str(), token.as_str()] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
