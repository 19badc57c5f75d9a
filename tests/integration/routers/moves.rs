//! Services that move, end or are deleted; services that a router can be told nothing of; values as other programs spell them.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use super::{act, failures, rows_of, settled, try_again, write};
use crate::support::database::TestDb;
use crate::support::provider::{Provider, simulator};
use crate::support::server::TestServer;
use crate::support::wait_for;

#[test]
fn an_address_that_is_taken_away_while_suspended_does_not_block_its_next_holder() {
    let db = TestDb::new();
    let sim = simulator(0);
    let server = TestServer::with_jobs(&db);
    let admin = server.admin();
    let provider = Provider::new(&admin);
    let site = provider.site("a", &sim);
    let ids = provider.subscriptions(&site, "m", 2);
    write(&admin, "isp.subscription", &ids[..1], json!({"service_ip": "10.30.0.7"}));
    act(&admin, &ids, "action_activate");
    settled(&admin);
    act(&admin, &ids[..1], "action_suspend");
    settled(&admin);
    assert!(sim.find("/ip/firewall/address-list", "address", "10.30.0.7").is_some());
    write(&admin, "isp.subscription", &ids[..1], json!({"service_ip": false}));
    write(&admin, "isp.subscription", &ids[1..], json!({"service_ip": "10.30.0.7"}));
    settled(&admin);
    assert!(sim.rows("/ip/firewall/address-list").is_empty());
    let menus = |id| rows_of(&sim, id).into_iter().map(|(menu, _)| menu).collect::<Vec<_>>();
    assert_eq!((menus(ids[0]), menus(ids[1])), (vec!["/ppp/secret"], vec!["/ppp/secret", "/queue/simple"]));
}

#[test]
fn a_suspension_that_waits_for_its_router_outlives_later_changes() {
    let db = TestDb::new();
    let sim = simulator(0);
    let server = TestServer::with_jobs(&db);
    let admin = server.admin();
    let provider = Provider::new(&admin);
    let site = provider.site("a", &sim);
    let ids = provider.subscriptions(&site, "m", 1);
    act(&admin, &ids, "action_activate");
    settled(&admin);
    sim.set_faults(|faults| faults.offline = true);
    act(&admin, &ids, "action_suspend");
    write(&admin, "isp.subscription", &ids, json!({"service_ip": "10.30.0.9"}));
    act(&admin, &ids, "action_change_plan");
    sim.set_faults(|faults| faults.offline = false);
    try_again(&db);
    settled(&admin);
    assert_eq!(failures(&admin), Vec::<String>::new());
    assert!(sim.find("/ppp/secret", "name", "m0").unwrap().is_true("disabled"));
    assert_eq!(db.text(&format!("SELECT state AS value FROM isp_subscription WHERE id = {}", ids[0])), "suspended");
}

#[test]
fn what_a_deleted_service_left_goes_also_when_its_router_was_down() {
    let db = TestDb::new();
    let sim = simulator(0);
    let server = TestServer::with_jobs(&db);
    let admin = server.admin();
    let provider = Provider::new(&admin);
    let site = provider.site("a", &sim);
    let ids = provider.subscriptions(&site, "m", 2);
    write(&admin, "isp.subscription", &ids[..1], json!({"service_ip": "10.30.0.7"}));
    act(&admin, &ids, "action_activate");
    settled(&admin);
    assert_eq!(rows_of(&sim, ids[0]).len(), 2);
    sim.set_faults(|faults| faults.offline = true);
    let _: Value = admin.call("isp.subscription", "unlink", json!([ids[..1]]));
    sim.set_faults(|faults| faults.offline = false);
    try_again(&db);
    settled(&admin);
    assert!(rows_of(&sim, ids[0]).is_empty() && rows_of(&sim, ids[1]).len() == 1);
    assert_eq!(db.text("SELECT count(*)::text AS value FROM lastmile_router_place"), "1");
}

#[test]
fn nothing_on_any_router_is_no_success() {
    let db = TestDb::new();
    let sim = simulator(0);
    let server = TestServer::start(&db);
    let admin = server.admin();
    let provider = Provider::new(&admin);
    let site = provider.site("a", &sim);
    let values = json!([{"partner_id": provider.partner, "plan_id": provider.plan, "sector_id": site.sector, "router_id": site.router,
                         "gps_lat": 18.5, "gps_lng": -69.9, "auth_method": "dhcp"}]);
    let id: i64 = admin.call("isp.subscription", "create", values);
    for kind in ["activate_subscription", "suspend_subscription", "reconnect_subscription", "ensure_queue", "activate_dhcp"] {
        let job: i64 = admin.call("isp.provisioning_job", "create", json!([{"job_type": kind, "subscription_id": id}]));
        let error = admin.try_call("isp.provisioning_job", "action_run", json!([[job]]), json!({})).unwrap_err();
        assert!(error.message.contains("there is nothing that its router could be told"), "{kind}: {error}");
    }
    assert_eq!(db.text(&format!("SELECT state AS value FROM isp_subscription WHERE id = {id}")), "draft");
    write(&admin, "isp.subscription", &[id], json!({"service_mac": "02:aa:00:00:00:01"}));
    let job: i64 = admin.call("isp.provisioning_job", "create", json!([{"job_type": "activate_subscription", "subscription_id": id}]));
    let _: Value = admin.call("isp.provisioning_job", "action_run", json!([[job]]));
    assert_eq!(db.text(&format!("SELECT state AS value FROM isp_subscription WHERE id = {id}")), "active");
}

#[test]
fn values_reach_routers_in_their_own_form_whoever_wrote_them() {
    let db = TestDb::new();
    let sim = simulator(0);
    let server = TestServer::with_jobs(&db);
    let admin = server.admin();
    let provider = Provider::new(&admin);
    let site = provider.site("a", &sim);
    let ids = provider.subscriptions(&site, "m", 2);
    write(&admin, "isp.subscription", &ids, json!({"auth_method": "dhcp", "dhcp_mode": "dynamic"}));
    let spell = |id: i64, ip: &str, mac: &str| {
        let sql = format!(
            "UPDATE isp_subscription SET service_ip = '{ip}', ip_address = '{ip}', service_mac = '{mac}', mac_address = '{mac}' WHERE id = {id}"
        );
        db.connect().batch_execute(&sql).unwrap();
    };
    spell(ids[0], "10.30.0.7/32", "02aa.0000.00f1");
    spell(ids[1], " 2001:DB8:0::5 ", "2-aa-0-0-0-f2");
    for method in ["action_activate", "action_suspend"] {
        act(&admin, &ids, method);
        settled(&admin);
    }
    assert_eq!(failures(&admin), Vec::<String>::new());
    let words: Vec<String> =
        sim.log().iter().filter(|entry| entry.path().ends_with("/add")).flat_map(|entry| entry.words.clone()).collect();
    for word in [
        "=address=10.30.0.7",
        "=target=10.30.0.7/32",
        "=mac-address=02:AA:00:00:00:F1",
        "=mac-address=02:AA:00:00:00:F2",
        "=target=2001:db8::5/128",
        "=address=2001:db8::5/128",
    ] {
        assert!(words.iter().any(|sent| sent == word), "{word} is not among {words:#?}");
    }
}

#[test]
fn a_router_whose_rules_void_queues_is_warned_of_once() {
    let db = TestDb::new();
    let sim = simulator(0);
    let server = TestServer::with_jobs(&db);
    let admin = server.admin();
    let provider = Provider::new(&admin);
    let site = provider.site("a", &sim);
    for _ in 0..2 {
        let _: Value = admin.call("isp.mikrotik.router", "action_healthcheck", json!([[site.router]]));
        settled(&admin);
    }
    let warned =
        || db.text("SELECT count(*)::text AS value FROM isp_audit_log WHERE action = 'routeros.warning' AND details LIKE '%FastTrack%'");
    wait_for("the warning", std::time::Duration::from_secs(10), || (warned() == "1").then_some(()));
}
