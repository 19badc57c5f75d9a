//! Subscribers online.

use librouteros::TrapKind;

use crate::support::{add, both, cmd, refused};

#[test]
fn a_ppp_session_outlives_its_secret_until_removed() {
    let (sim, mut client) = both();
    add(&mut client, "/ppp/profile", &[("name", "gold"), ("rate-limit", "5M/20M"), ("address-list", "clients")]);
    let secret = add(&mut client, "/ppp/secret", &[("name", "ana"), ("profile", "gold"), ("remote-address", "10.10.0.7")]);
    let active = sim.connect_ppp("ana", "10.10.0.99", "AA:BB:CC:00:00:01").unwrap();
    let row = sim.find("/ppp/active", "name", "ana").unwrap();
    assert_eq!((row.get("address"), row.get("caller-id"), row.id()), (Some("10.10.0.7"), Some("AA:BB:CC:00:00:01"), Some(active.as_str())));
    assert!(sim.find("/interface", "name", "<pppoe-ana>").unwrap().is_true("dynamic"));
    let queue = sim.find("/queue/simple", "name", "<pppoe-ana>").unwrap();
    assert_eq!((queue.get("max-limit"), queue.is_true("dynamic")), (Some("5000000/20000000"), true));
    assert!(sim.find("/ip/firewall/address-list", "list", "clients").is_some());

    client.call(&cmd("/ppp/secret/disable", &[(".id", &secret)])).unwrap();
    assert_eq!(sim.rows("/ppp/active").len(), 1, "a disabled secret does not end its session");
    client.call(&cmd("/ppp/active/remove", &[(".id", &active)])).unwrap();
    assert!(sim.rows("/ppp/active").is_empty() && sim.rows("/queue/simple").is_empty());
    assert!(sim.find("/interface", "name", "<pppoe-ana>").is_none());
    assert!(sim.rows("/ip/firewall/address-list").is_empty());
    assert_eq!(sim.find("/ppp/secret", "name", "ana").unwrap().get("last-caller-id"), Some("AA:BB:CC:00:00:01"));
    assert!(sim.connect_ppp("ana", "10.10.0.7", "x").is_err(), "disabled");
    assert!(sim.connect_ppp("nobody", "10.10.0.7", "x").is_err());
}

#[test]
fn a_secret_may_be_bound_to_a_caller() {
    let (sim, mut client) = both();
    add(&mut client, "/ppp/secret", &[("name", "ana"), ("caller-id", "AA:BB:CC:00:00:01")]);
    assert!(sim.connect_ppp("ana", "10.10.0.7", "AA:BB:CC:00:00:02").is_err());
    sim.connect_ppp("ana", "10.10.0.7", "AA:BB:CC:00:00:01").unwrap();
}

#[test]
fn hotspot_logins() {
    let (sim, mut client) = both();
    add(&mut client, "/ip/hotspot/user", &[("name", "v1"), ("password", "p"), ("limit-bytes-total", "1000")]);
    let login = |ip: &'static str, user: &'static str, password: &'static str| [("user", user), ("password", password), ("ip", ip)];
    let path = "/ip/hotspot/active/login";
    assert_eq!(refused(&mut client, path, &login("10.5.50.20", "v1", "p")).1, "unknown host IP 10.5.50.20");
    sim.hotspot_host("hotspot1", "10.5.50.20", "aa:bb:cc:00:00:01").unwrap();
    sim.hotspot_host("hotspot1", "10.5.50.21", "aa:bb:cc:00:00:02").unwrap();
    assert_eq!(refused(&mut client, path, &login("10.5.50.20", "v1", "x")).1, "invalid username or password");
    client.call(&cmd(path, &login("10.5.50.20", "v1", "p"))).unwrap();
    let active = sim.find("/ip/hotspot/active", "user", "v1").unwrap();
    assert_eq!((active.get("mac-address"), active.get("limit-bytes-total")), (Some("AA:BB:CC:00:00:01"), Some("1000")));
    assert!(sim.find("/ip/hotspot/host", "address", "10.5.50.20").unwrap().is_true("authorized"));
    assert_eq!(refused(&mut client, path, &login("10.5.50.21", "v1", "p")).1, "no more sessions are allowed for user v1");
    client.call(&cmd("/ip/hotspot/user/remove", &[(".id", "v1")])).unwrap();
    assert_eq!(sim.rows("/ip/hotspot/active").len(), 1);
    client.call(&cmd("/ip/hotspot/active/remove", &[(".id", active.id().unwrap())])).unwrap();
    assert!(!sim.find("/ip/hotspot/host", "address", "10.5.50.20").unwrap().is_true("authorized"));
    add(&mut client, "/ip/hotspot/user", &[("name", "v2"), ("mac-address", "aa:bb:cc:00:00:09")]);
    assert!(sim.connect_hotspot("hotspot1", "v2", "", "10.5.50.30", "aa:bb:cc:00:00:08").is_err());
    sim.connect_hotspot("hotspot1", "v2", "", "10.5.50.31", "aa:bb:cc:00:00:09").unwrap();
}

#[test]
fn a_dynamic_lease_is_made_static() {
    let (sim, mut client) = both();
    let id = sim.connect_dhcp("dhcp1", "192.168.88.77", "02:00:00:00:00:aa", "phone").unwrap();
    let lease = [("address", "192.168.88.50"), ("mac-address", "02:00:00:00:00:AA"), ("server", "dhcp1")];
    assert_eq!(refused(&mut client, "/ip/dhcp-server/lease/add", &lease).0, TrapKind::AlreadyExists);
    client.call(&cmd("/ip/dhcp-server/lease/make-static", &[(".id", &id)])).unwrap();
    let row = sim.find("/ip/dhcp-server/lease", "mac-address", "02:00:00:00:00:AA").unwrap();
    assert_eq!((row.get("dynamic"), row.get("status"), row.get("host-name")), (Some("false"), Some("bound"), Some("phone")));
    assert!(client.call(&cmd("/ip/dhcp-server/lease/make-static", &[(".id", &id)])).is_err());
    client.call(&cmd("/ip/dhcp-server/lease/set", &[(".id", &id), ("address", "192.168.88.50"), ("rate-limit", "5M/20M")])).unwrap();
    // A device with a static lease gets that address.
    sim.connect_dhcp("dhcp1", "192.168.88.99", "02:00:00:00:00:aa", "phone").unwrap();
    assert_eq!(sim.rows("/ip/dhcp-server/lease")[0].get("active-address"), Some("192.168.88.50"));
}

#[test]
fn counters_are_forced_and_reset() {
    let (sim, mut client) = both();
    let id = add(&mut client, "/ip/hotspot/user", &[("name", "v1")]);
    assert!(sim.force("/ip/hotspot/user", &id, "bytes-in", Some("12345")));
    assert!(!sim.force("/ip/hotspot/user", &id, "nonsense", Some("1")));
    assert!(!sim.force("/ip/hotspot/user", "*FF", "bytes-in", Some("1")));
    assert_eq!(sim.rows("/ip/hotspot/user")[0].get("bytes-in"), Some("12345"));
    client.call(&cmd("/ip/hotspot/user/reset-counters", &[(".id", &id)])).unwrap();
    assert_eq!(sim.rows("/ip/hotspot/user")[0].get("bytes-in"), Some("0"));
}

#[test]
fn the_log_remembers_what_was_asked() {
    let (sim, mut client) = both();
    sim.clear_log();
    add(&mut client, "/ppp/secret", &[("name", "ana"), ("comment", "a=b")]);
    let log = sim.log();
    assert_eq!(
        (log[0].path(), log[0].attr("name"), log[0].attr("comment"), log[0].session),
        ("/ppp/secret/add", Some("ana"), Some("a=b"), 1)
    );
    assert_eq!(log.len(), 1);
}
