//! Words and forms of values: what a router takes, and how it tells it.

use librouteros::{Command, Query, Row};

use crate::support::{add, both, cmd, refused};

fn row(client: &mut librouteros::Client, menu: &str, id: &str) -> Row {
    let print = Command::new(format!("{menu}/print")).query(Query::eq(".id", id));
    client.call(&print).unwrap().rows.remove(0)
}

/// Adds a row with one more value and tells how that reads back; it is removed again.
fn stored(client: &mut librouteros::Client, menu: &str, others: &[(&str, &str)], name: &str, value: &str) -> Option<String> {
    let id = add(client, menu, &[others, &[(name, value)]].concat());
    let read = row(client, menu, &id).get(name).map(str::to_owned);
    client.call(&cmd(&format!("{menu}/remove"), &[(".id", &id)])).unwrap();
    read
}

const LEASE: &[(&str, &str)] = &[("address", "192.168.88.9")];
const MANGLE: &[(&str, &str)] = &[("chain", "forward")];
const TREE: &[(&str, &str)] = &[("name", "t"), ("parent", "global")];
const SIMPLE: &[(&str, &str)] = &[("name", "q"), ("target", "10.0.0.5")];

#[test]
fn a_choice_takes_its_words_and_no_others() {
    let (_sim, mut client) = both();
    for (menu, others, name, word) in [
        ("/ip/firewall/mangle", MANGLE, "action", "mark-packet"),
        ("/ip/firewall/mangle", MANGLE, "connection-state", "established,!invalid"),
        ("/radius", &[], "service", "ppp,hotspot"),
        ("/queue/type", &[("name", "q")], "kind", "fq-codel"),
        ("/ip/hotspot/profile", &[("name", "p")], "login-by", "http-pap,https"),
        ("/interface/pppoe-server/server", &[("interface", "ether2")], "authentication", "pap,chap"),
    ] {
        assert_eq!(stored(&mut client, menu, others, name, word).as_deref(), Some(word), "{menu} {name}");
        let strange = [others, &[(name, "no-such-word")]].concat();
        let text = format!("input does not match any value of {name}");
        assert_eq!(refused(&mut client, &format!("{menu}/add"), &strange).1, text, "{menu}");
    }
    assert_eq!(stored(&mut client, "/ip/hotspot/profile", &[("name", "p")], "login-by", "").as_deref(), Some(""));
    // Yes and no are words of either spelling; a text that has special words takes any.
    assert_eq!(stored(&mut client, "/radius", &[], "accounting-backup", "yes").as_deref(), Some("true"));
    assert_eq!(refused(&mut client, "/radius/add", &[("accounting-backup", "maybe")]).1, "invalid value for argument accounting-backup");
    assert_eq!(stored(&mut client, "/ip/firewall/mangle", &[], "chain", "customers").as_deref(), Some("customers"));
}

#[test]
fn only_matchers_are_negated() {
    let (_sim, mut client) = both();
    for (name, value) in [("src-address", "!10.0.0.0/8"), ("in-interface", "!ether1"), ("src-mac-address", "!02:00:00:00:00:0A")] {
        assert_eq!(stored(&mut client, "/ip/firewall/filter", MANGLE, name, value).as_deref(), Some(value));
    }
    assert_eq!(stored(&mut client, "/ip/firewall/filter", MANGLE, "in-interface", "all-ppp").as_deref(), Some("all-ppp"));
    let negated = [LEASE, &[("server", "!dhcp1")]].concat();
    assert_eq!(refused(&mut client, "/ip/dhcp-server/lease/add", &negated).1, "input does not match any value of server");
}

#[test]
fn macs_come_in_any_form_and_read_back_in_one() {
    let (_sim, mut client) = both();
    for form in ["aa:bb:cc:dd:ee:0f", "AA-BB-CC-DD-EE-0F", "aabbccddee0f"] {
        let read = stored(&mut client, "/ip/dhcp-server/lease", LEASE, "mac-address", form);
        assert_eq!(read.as_deref(), Some("AA:BB:CC:DD:EE:0F"));
    }
    // Also where only the tree knows the attribute.
    let raw = stored(&mut client, "/ip/firewall/raw", &[("chain", "prerouting")], "src-mac-address", "aa:bb:cc:dd:ee:0f");
    assert_eq!(raw.as_deref(), Some("AA:BB:CC:DD:EE:0F"));
    for wrong in ["aa:bb:cc:dd:ee", "zz:bb:cc:dd:ee:ff"] {
        let lease = [LEASE, &[("mac-address", wrong)]].concat();
        assert_eq!(refused(&mut client, "/ip/dhcp-server/lease/add", &lease).1, "invalid value for argument mac-address");
    }
}

#[test]
fn addresses_read_back_as_networks_and_hosts() {
    let (_sim, mut client) = both();
    let list: &[(&str, &str)] = &[("list", "l")];
    for (menu, others, name, given, told) in [
        ("/ip/firewall/address-list", list, "address", "10.0.0.5/32", "10.0.0.5"),
        ("/ip/firewall/address-list", list, "address", "10.0.0.5/24", "10.0.0.0/24"),
        ("/ip/firewall/address-list", list, "address", "10.0.0.5-10.0.0.9", "10.0.0.5-10.0.0.9"),
        ("/ip/firewall/address-list", list, "address", "pay.example.net", "pay.example.net"),
        ("/ipv6/firewall/address-list", list, "address", "2001:db8::1", "2001:db8::1/128"),
        ("/ip/firewall/mangle", MANGLE, "dst-address", "10.0.0.5/32", "10.0.0.5"),
        ("/queue/simple", &[], "target", "10.0.0.5", "10.0.0.5/32"),
        ("/queue/simple", &[], "target", "10.0.0.5,2001:db8::/56", "10.0.0.5/32,2001:db8::/56"),
        ("/ip/address", &[("interface", "ether2")], "address", "10.9.8.7/20", "10.9.8.7/20"),
    ] {
        assert_eq!(stored(&mut client, menu, others, name, given).as_deref(), Some(told), "{menu} {given}");
    }
    for wrong in ["10.0.0.256", "10.0.0.5/33", "10.0.0.9-10.0.0.5", "2001:db8::1"] {
        let refusal = refused(&mut client, "/ip/firewall/address-list/add", &[("list", "l"), ("address", wrong)]);
        assert_eq!(refusal.1, "invalid value for argument address", "{wrong}");
    }
}

#[test]
fn a_pair_may_be_given_as_one_and_one_is_no_pair() {
    let (_sim, mut client) = both();
    for (menu, others, name, given, told) in [
        ("/queue/simple", SIMPLE, "max-limit", "5M", "5000000/5000000"),
        ("/queue/simple", SIMPLE, "max-limit", "5M/20M", "5000000/20000000"),
        ("/queue/simple", SIMPLE, "priority", "3", "3/3"),
        ("/queue/simple", SIMPLE, "burst-time", "8s", "8s/8s"),
        ("/queue/simple", SIMPLE, "total-max-limit", "5M", "5000000"),
        ("/queue/tree", TREE, "max-limit", "5M", "5000000"),
        ("/queue/tree", TREE, "burst-time", "00:00:08", "8s"),
    ] {
        assert_eq!(stored(&mut client, menu, others, name, given).as_deref(), Some(told), "{menu} {given}");
    }
    for (menu, others, name, wrong) in [
        ("/queue/tree", TREE, "max-limit", "5M/20M"),
        ("/queue/tree", TREE, "priority", "8/8"),
        ("/queue/simple", SIMPLE, "total-max-limit", "5M/20M"),
        ("/queue/simple", SIMPLE, "max-limit", "5M/20M/1M"),
    ] {
        let refusal = refused(&mut client, &format!("{menu}/add"), &[others, &[(name, wrong)]].concat());
        assert_eq!(refusal.1, format!("invalid value for argument {name}"), "{menu} {wrong}");
    }
}

#[test]
fn addresses_of_pools_are_in_use_while_someone_has_them() {
    let (sim, mut client) = both();
    sim.add("/ppp/secret", &[("name", "ana")]).unwrap();
    let session = sim.connect_ppp("ana", "10.10.0.7", "AA:BB:CC:00:00:01").unwrap();
    sim.connect_dhcp("dhcp1", "192.168.88.50", "aa:bb:cc:00:00:02", "pc").unwrap();
    let used = |client: &mut librouteros::Client| {
        let rows = client.call(&Command::new("/ip/pool/used/print")).unwrap().rows;
        rows.iter().map(|row| ["pool", "address", "info"].map(|name| row.get(name).unwrap_or_default()).join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(used(&mut client), ["pppoe-pool 10.10.0.7 ana", "dhcp_pool1 192.168.88.50 AA:BB:CC:00:00:02"]);
    client.call(&cmd("/ppp/active/remove", &[(".id", &session)])).unwrap();
    assert_eq!(used(&mut client), ["dhcp_pool1 192.168.88.50 AA:BB:CC:00:00:02"]);
}
