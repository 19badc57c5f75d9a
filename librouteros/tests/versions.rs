//! What routers of different versions take, by the trees of real ones.

use librouteros::sim::SimOptions;
use librouteros::{Command, Query};

use crate::support::{cmd, connect, refused, sim_with};

/// Runs a command that must be taken.
fn run(router: &mut librouteros::Client, path: &str, attrs: &[(&str, &str)]) {
    router.call(&cmd(path, attrs)).unwrap_or_else(|error| panic!("{path} {attrs:?}: {error}"));
}

fn at(version: &str) -> librouteros::sim::Simulator {
    sim_with(|options: &mut SimOptions| options.version = version.into())
}

/// One command on routers of two versions: the first refuses it with that text, the second takes it.
fn from_one_to_the_next(before: &str, after: &str, path: &str, attrs: &[(&str, &str)], text: &str) {
    let (old, new) = (at(before), at(after));
    let refusal = refused(&mut connect(&old), path, attrs);
    assert_eq!(refusal.1, text, "{path} on {before}");
    run(&mut connect(&new), path, attrs);
}

#[test]
fn a_word_is_refused_where_the_version_does_not_know_it() {
    let server = [("name", "d9"), ("interface", "ether2"), ("address-lists", "x")];
    from_one_to_the_next("7.16.2", "7.17.1", "/ip/dhcp-server/add", &server, "unknown parameter address-lists");
    let agent = [("address", "192.168.88.9"), ("mac-address", "02:00:00:00:00:09"), ("agent-circuit-id", "x")];
    from_one_to_the_next("7.20.8", "7.21.5", "/ip/dhcp-server/lease/add", &agent, "unknown parameter agent-circuit-id");
    let service = [("numbers", "api"), ("available-from", "10.0.0.0/8")];
    from_one_to_the_next("7.23.3", "7.24", "/ip/service/set", &service, "unknown parameter available-from");
    from_one_to_the_next("7.16.2", "7.17.1", "/ppp/secret/print", &[("group-by", "profile")], "unknown parameter group-by");
}

#[test]
fn a_command_is_refused_where_the_version_does_not_know_it() {
    let sim = at("7.17.1");
    let refusal = refused(&mut connect(&sim), "/ip/service/unset", &[("numbers", "api"), ("value-name", "max-sessions")]);
    assert_eq!(refusal.1, "no such command");
    assert_eq!(refused(&mut connect(&sim), "/ip/nowhere/print", &[]).1, "no such command prefix");
}

#[test]
fn unset_takes_what_routers_take() {
    let sim = at("7.22.3");
    let mut router = connect(&sim);
    sim.add("/ip/dhcp-server/lease", &[("address", "192.168.88.9"), ("mac-address", "02:00:00:00:00:09")]).unwrap();
    for name in ["address", "rate-limit", "mac-address"] {
        let refusal = refused(&mut router, "/ip/dhcp-server/lease/unset", &[(".id", "*1"), ("value-name", name)]);
        assert_eq!(refusal.1, format!("unknown parameter {name}"));
    }
    run(&mut router, "/ip/dhcp-server/lease/unset", &[(".id", "*1"), ("value-name", "parent-queue")]);
    sim.add("/ip/hotspot/user", &[("name", "u")]).unwrap();
    assert_eq!(refused(&mut router, "/ip/hotspot/user/unset", &[(".id", "*1"), ("value-name", "mac-address")]).1, "no such command");
}

#[test]
fn all_menus_of_a_provider_hold_rows() {
    let sim = at("7.22.3");
    let mut router = connect(&sim);
    for (menu, row) in [
        ("/radius", [("address", "192.0.2.7"), ("secret", "s")]),
        ("/queue/type", [("kind", "pcq"), ("name", "q1")]),
        ("/queue/tree", [("name", "t1"), ("parent", "global")]),
        ("/ip/firewall/raw", [("chain", "prerouting"), ("action", "notrack")]),
        ("/ip/firewall/mangle", [("chain", "forward"), ("action", "mark-packet")]),
        ("/interface/pppoe-server/server", [("service-name", "isp"), ("interface", "ether2")]),
        ("/ipv6/dhcp-server/binding", [("address", "2001:db8::/56"), ("duid", "0x1")]),
        ("/user-manager/user", [("name", "ana"), ("password", "p")]),
    ] {
        run(&mut router, &format!("{menu}/add"), &row);
        let rows = router.call(&Command::new(format!("{menu}/print")).query(Query::eq(row[1].0, row[1].1))).unwrap().rows;
        assert_eq!(rows.len(), 1, "{menu}");
        assert_eq!(rows[0].get(row[0].0), Some(row[0].1), "{menu}");
        let stranger = [row[0], row[1], ("no-such-word", "x")];
        assert_eq!(refused(&mut router, &format!("{menu}/add"), &stranger).1, "unknown parameter no-such-word", "{menu}");
        run(&mut router, &format!("{menu}/remove"), &[(".id", rows[0].id().unwrap())]);
    }
    for menu in ["/ipv6/pool/used", "/user-manager/session"] {
        assert!(router.call(&Command::new(format!("{menu}/print"))).unwrap().rows.is_empty(), "{menu}");
    }
    sim.track("10.10.0.7 51000", "203.0.113.7 443");
    assert_eq!(router.call(&Command::new("/ip/firewall/connection/print")).unwrap().rows[0].get("src-port"), Some("51000"));
}

#[test]
fn a_row_is_copied_from_another() {
    let sim = at("7.22.3");
    let mut router = connect(&sim);
    run(&mut router, "/ppp/secret/add", &[("name", "ana"), ("password", "p"), ("comment", "c")]);
    run(&mut router, "/ppp/secret/add", &[("copy-from", "ana"), ("name", "eva")]);
    let rows = router.call(&Command::new("/ppp/secret/print").query(Query::eq("name", "eva"))).unwrap().rows;
    assert_eq!((rows[0].get("password"), rows[0].get("comment")), (Some("p"), Some("c")));
    let twice = refused(&mut router, "/ppp/secret/add", &[("copy-from", "*1")]);
    assert_eq!(twice.1, "failure: secret with the same name already exists");
}

#[test]
fn a_bound_lease_is_on_its_lists_and_its_servers() {
    let sim = at("7.22.3");
    let mut router = connect(&sim);
    run(&mut router, "/ip/dhcp-server/set", &[("numbers", "dhcp1"), ("address-lists", "all-of-dhcp1")]);
    let lease = [("address", "192.168.88.9"), ("mac-address", "02:00:00:00:00:09"), ("server", "dhcp1"), ("address-lists", "gold,slow")];
    run(&mut router, "/ip/dhcp-server/lease/add", &lease);
    let lists = |router: &mut librouteros::Client| {
        let query = Command::new("/ip/firewall/address-list/print").query(Query::eq("address", "192.168.88.9"));
        let rows = router.call(&query).unwrap().rows;
        assert!(rows.iter().all(|row| row.is_true("dynamic")));
        let mut lists: Vec<String> = rows.iter().filter_map(|row| row.get("list")).map(str::to_owned).collect();
        lists.sort();
        lists
    };
    assert!(lists(&mut router).is_empty(), "not bound yet");
    sim.connect_dhcp("dhcp1", "192.168.88.9", "02:00:00:00:00:09", "pc").unwrap();
    assert_eq!(lists(&mut router), ["all-of-dhcp1", "gold", "slow"]);
    run(&mut router, "/ip/dhcp-server/lease/set", &[(".id", "*1"), ("address-lists", "gold")]);
    assert_eq!(lists(&mut router), ["all-of-dhcp1", "gold"]);
    run(&mut router, "/ip/dhcp-server/lease/remove", &[(".id", "*1")]);
    assert!(lists(&mut router).is_empty());
}

#[test]
fn bytes_that_are_no_text_come_back_as_they_were() {
    use std::io::{Read, Write};
    let sim = at("7.22.3");
    let mut stream = std::net::TcpStream::connect(sim.addr()).unwrap();
    let mut send = |words: &[&[u8]]| {
        let mut bytes = Vec::new();
        librouteros::codec::encode_sentence(&mut bytes, words);
        stream.write_all(&bytes).unwrap();
        let mut answer = Vec::new();
        let mut buffer = [0; 4096];
        while !answer.ends_with(b"!done\0") && !answer.windows(4).any(|four| four == b"=ret") {
            let size = stream.read(&mut buffer).unwrap();
            assert!(size > 0);
            answer.extend_from_slice(&buffer[..size]);
        }
        answer
    };
    send(&[b"/login", b"=name=admin", b"=password=secret"]);
    send(&[b"/ppp/secret/add", b"=name=jos\xE9", b"=comment=\xF1and\xFA"]);
    let answer = send(&[b"/ppp/secret/print"]);
    for bytes in [&b"=name=jos\xE9"[..], b"=comment=\xF1and\xFA"] {
        assert!(answer.windows(bytes.len()).any(|part| part == bytes), "{}", String::from_utf8_lossy(&answer));
    }
}

#[test]
fn who_is_online_is_numbered_by_address() {
    let sim = at("7.22.3");
    sim.add("/ip/hotspot/user", &[("name", "u"), ("password", "p")]).unwrap();
    sim.hotspot_host("hotspot1", "10.5.50.20", "02:00:00:00:00:20").unwrap();
    let mut router = connect(&sim);
    run(&mut router, "/ip/hotspot/active/login", &[("user", "u"), ("password", "p"), ("ip", "10.5.50.20")]);
    let rows = router.call(&Command::new("/ip/hotspot/active/print")).unwrap().rows;
    assert_eq!(rows[0].id(), Some("*1432050A"));
    run(&mut router, "/ip/hotspot/active/remove", &[(".id", "*1432050A")]);
    assert!(router.call(&Command::new("/ip/hotspot/active/print")).unwrap().rows.is_empty());
}

#[test]
fn services_tell_their_connections_from_7_19_on() {
    for (version, told) in [("7.18.2", 0), ("7.19.6", 2)] {
        let sim = at(version);
        let (mut router, other) = (connect(&sim), connect(&sim));
        let connections = Command::new("/ip/service/print").query(Query::eq("connection", "true"));
        assert_eq!(router.call(&connections).unwrap().rows.len(), told, "{version}");
        drop(other);
        let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while router.call(&connections).unwrap().rows.len() > told.min(1) && std::time::Instant::now() < end {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        assert_eq!(router.call(&connections).unwrap().rows.len(), told.min(1), "{version}");
    }
}

/// A router shows nothing of what a later version brings, whatever its defaults.
#[test]
fn what_a_version_has_not_got_is_not_printed() {
    for (version, shown) in [("7.23.3", false), ("7.24", true)] {
        let sim = at(version);
        assert!(sim.force("/ip/service", "*6", "available-from", Some("10.0.0.0/8")));
        let service = sim.find("/ip/service", "name", "api").unwrap();
        assert_eq!(service.get("available-from").is_some(), shown, "{version}");
    }
}

#[test]
fn a_command_of_real_routers_that_is_not_simulated_says_so() {
    let sim = at("7.22.3");
    let refusal = refused(&mut connect(&sim), "/interface/bridge/monitor", &[("numbers", "bridge")]);
    assert_eq!(refusal.1, "/interface/bridge/monitor is not simulated");
}

/// The other tests of this crate, which misbehave in every way, on routers of other versions.
#[test]
fn everything_else_holds_for_every_version() {
    for version in ["7.10.2", "7.16.2", "7.21.5", "7.24"] {
        let mut tests = std::process::Command::new(std::env::current_exe().unwrap());
        tests.args(["--skip", "versions::", "--skip", "foreign::", "--test-threads", "2"]).env("LASTMILE_ROUTEROS", version);
        let output = tests.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{version}\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
        for kept in ["faults::a_stall_is_waited_out", "onboarding::"] {
            assert!(said.contains(kept), "{kept} did not run on {version}");
        }
    }
}

#[test]
fn a_strict_router_tells_what_no_router_has() {
    let sim = sim_with(|options| options.strict = true);
    let mut router = connect(&sim);
    let asked = Command::new("/ppp/secret/print").query(Query::eq("nickname", "x"));
    router.call(&asked).unwrap();
    router.call(&Command::new("/ppp/secret/print").proplist([".id", "name", "passwort"])).unwrap();
    assert_eq!(sim.take_strange(), ["/ppp/secret/print: no attribute nickname", "/ppp/secret/print: no attribute passwort"]);
    router.call(&Command::new("/ppp/secret/print").proplist([".id", "last-caller-id"])).unwrap();
    assert_eq!(sim.take_strange(), Vec::<String>::new());
}

#[test]
#[should_panic(expected = "not for every version")]
fn a_strict_router_tells_what_other_versions_refuse() {
    let sim = sim_with(|options| {
        options.version = "7.24".into();
        options.strict = true;
    });
    run(&mut connect(&sim), "/ip/dhcp-server/add", &[("name", "d9"), ("interface", "ether2"), ("address-lists", "x")]);
    drop(sim);
}
