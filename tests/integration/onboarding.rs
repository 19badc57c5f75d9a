//! Devices that lease scripts report become customers, once each, however their addresses are written.

use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::http;
use crate::support::provider::{Provider, set_parameter, simulator};
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;

fn report(server: &TestServer, query: &str) -> (u16, String) {
    let path = format!("/isp/mac_onboarding?token=a-long-token&{query}");
    let answer = http::request(server.address(), "GET", &path, &[], b"").unwrap();
    (answer.status, answer.text())
}

fn profiles(admin: &Rpc) -> Vec<Value> {
    admin.call("isp.mac_profile", "search_read", json!([[], ["mac_address", "last_seen_ip", "subscription_id"], 0, 0, "id"]))
}

#[test]
fn reported_devices_become_subscriptions_with_their_addresses() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let router = simulator(0);
    let provider = Provider::new(&admin);
    provider.site("north", &router);
    set_parameter(&admin, "isp_core.mac_onboarding_token", "a-long-token");
    // A profile that another program wrote, in its own spelling.
    let _: i64 = admin.call("isp.mac_profile", "create", json!([{"mac_address": "00-1A-2B-3C-4D-5E"}]));
    set_parameter(&admin, "isp_core.mac_auto_create", "1");
    set_parameter(&admin, "isp_core.mac_auto_create_captive_user", "1");
    set_parameter(&admin, "isp_core.mac_default_plan_id", &provider.plan.to_string());

    let spellings = ["aa:bb:cc:dd:ee:02", "AA-BB-CC-DD-EE-02", "aabb.ccdd.ee02", "aabbccddee02", "%20aa:bb:cc:dd:ee:2%20"];
    for spelling in spellings {
        let told = report(&server, &format!("mac={spelling}&ip=10.20.0.7&bound=1&sector=north&hostname=box"));
        assert_eq!(told, (200, "ok".into()), "{spelling}");
    }
    let told = report(&server, "leaseActMAC=001a.2b3c.4d5e&leaseActIP=10.20.0.8&leaseBound=1&sector=north");
    assert_eq!(told, (200, "ok".into()));
    // One without an address yet.
    assert_eq!(report(&server, "mac=aa:bb:cc:dd:ee:04&sector=north"), (200, "ok".into()));

    let found = profiles(&admin);
    let macs: Vec<&str> = found.iter().map(|row| row["mac_address"].as_str().unwrap()).collect();
    assert_eq!(macs, ["00-1A-2B-3C-4D-5E", "AA:BB:CC:DD:EE:02", "AA:BB:CC:DD:EE:04"]);
    let services: Vec<Value> =
        admin.call("isp.subscription", "search_read", json!([[], ["service_mac", "service_ip", "ip_address", "state"], 0, 0, "id"]));
    let shown: Vec<_> = services.iter().map(|s| (&s["service_mac"], &s["service_ip"], &s["ip_address"], &s["state"])).collect();
    let (draft, none) = (json!("draft"), json!(false));
    let expected = [
        (&json!("AA:BB:CC:DD:EE:02"), &json!("10.20.0.7"), &json!("10.20.0.7"), &draft),
        (&json!("00:1A:2B:3C:4D:5E"), &json!("10.20.0.8"), &json!("10.20.0.8"), &draft),
        (&json!("AA:BB:CC:DD:EE:04"), &none, &none, &draft),
    ];
    assert_eq!(shown, expected);
    assert!(found.iter().all(|row| row["subscription_id"].is_array()), "{found:?}");
    let users: Vec<Value> = admin.call("isp.captive.user", "search_read", json!([[], ["username"], 0, 0, "id"]));
    let names: Vec<&str> = users.iter().map(|row| row["username"].as_str().unwrap()).collect();
    assert_eq!(names, ["onu_aabbccddee02", "onu_001a2b3c4d5e", "onu_aabbccddee04"]);

    // What cannot become a service leaves nothing behind.
    let customers: i64 = admin.call("res.partner", "search_count", json!([[]]));
    for (query, text) in [
        ("mac=zz:bb:cc:dd:ee:02&ip=10.20.0.9", "mac invalid"),
        ("mac=aa:bb:cc:dd:ee&ip=10.20.0.9", "mac invalid"),
        ("mac=ff:ff:ff:ff:ff:ff&ip=10.20.0.9", "mac invalid"),
        ("mac=aa:bb:cc:dd:ee:06&ip=10.20.0", "ip invalid"),
        ("mac=aa:bb:cc:dd:ee:06&ip=0.0.0.0", "ip invalid"),
        ("mac=aa:bb:cc:dd:ee:06&ip=10.20.0.0/24", "ip invalid"),
    ] {
        assert_eq!(report(&server, &format!("{query}&sector=north")), (400, text.into()), "{query}");
    }
    assert_eq!(profiles(&admin).len(), 3);
    assert_eq!(admin.call::<i64>("res.partner", "search_count", json!([[]])), customers);
    assert!(server.failures().is_empty(), "{:?}", server.failures());
}
