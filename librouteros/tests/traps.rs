//! Every refusal, its text and what the client makes of it.

use librouteros::TrapKind::{self, *};

use crate::support::{add, both, cmd, refused};

/// Things on the router the cases below run into.
const GIVEN: &[(&str, &[(&str, &str)])] = &[
    ("/ppp/secret", &[("name", "ana")]),
    ("/ppp/profile", &[("name", "gold")]),
    ("/ip/hotspot/user", &[("name", "ana")]),
    ("/ip/hotspot/user/profile", &[("name", "gold")]),
    ("/ip/hotspot/profile", &[("name", "p")]),
    ("/queue/simple", &[("name", "q"), ("target", "10.0.0.1")]),
    ("/ip/pool", &[("name", "p"), ("ranges", "10.0.0.1")]),
    ("/ip/firewall/address-list", &[("list", "l"), ("address", "10.0.0.1")]),
    ("/ip/dns/static", &[("name", "a.b"), ("address", "10.0.0.1")]),
    ("/user/group", &[("name", "g"), ("policy", "read,api")]),
    ("/user", &[("name", "u"), ("group", "g")]),
    ("/system/script", &[("name", "s"), ("source", ":log info x")]),
    ("/system/scheduler", &[("name", "s")]),
];

const DUPLICATES: &[(&str, &[(&str, &str)], &str)] = &[
    ("/ppp/secret", &[("name", "ana")], "failure: secret with the same name already exists"),
    ("/ppp/profile", &[("name", "gold")], "failure: profile with the same name already exists"),
    ("/ip/hotspot/user", &[("name", "ana")], "failure: already have user with this name for this server"),
    ("/ip/hotspot/user/profile", &[("name", "gold")], "failure: profile with the same name already exists"),
    ("/ip/hotspot/profile", &[("name", "p")], "failure: profile with the same name already exists"),
    ("/queue/simple", &[("name", "q"), ("target", "10.0.0.9")], "failure: already have such name"),
    ("/ip/pool", &[("name", "p"), ("ranges", "10.0.0.9")], "failure: already have such name"),
    ("/ip/hotspot", &[("name", "hotspot1"), ("interface", "ether2")], "failure: already have such name"),
    ("/ip/firewall/address-list", &[("list", "l"), ("address", "10.0.0.1")], "failure: already have such entry"),
    ("/ip/dhcp-server", &[("name", "dhcp1"), ("interface", "ether2")], "failure: server with such name already exists"),
    ("/ip/dhcp-server/network", &[("address", "192.168.88.0/24")], "failure: such network already exists"),
    ("/ip/dns/static", &[("name", "a.b"), ("address", "10.0.0.1")], "failure: entry already exists"),
    ("/user", &[("name", "u"), ("group", "g")], "failure: user with the same name already exists"),
    ("/user/group", &[("name", "g")], "failure: group with the same name already exists"),
    ("/system/script", &[("name", "s")], "failure: item with this name already exists"),
    ("/system/scheduler", &[("name", "s")], "failure: item with this name already exists"),
    ("/interface/bridge/port", &[("interface", "ether2"), ("bridge", "bridge")], "failure: device already added as bridge port"),
    ("/interface/bridge", &[("name", "bridge")], "failure: already have interface with such name"),
    ("/interface/list", &[("name", "LAN")], "failure: already have interface list with such name"),
    ("/interface/list/member", &[("list", "LAN"), ("interface", "bridge")], "failure: already have such interface list member"),
    ("/ip/address", &[("address", "192.168.88.1/24"), ("interface", "bridge")], "failure: already have such address"),
    ("/ip/dhcp-client", &[("interface", "ether1")], "failure: dhcp-client on that interface already exists"),
];

const OTHERS: &[(&str, &[(&str, &str)], TrapKind, &str)] = &[
    ("/ppp/secret/set", &[(".id", "*FF"), ("profile", "gold")], NoSuchItem, "no such item"),
    ("/ppp/secret/set", &[(".id", "nobody"), ("profile", "gold")], NoSuchItem, "no such item"),
    ("/ppp/secret/remove", &[("numbers", "*1,*FF")], NoSuchItem, "no such item"),
    ("/ppp/secret/remove", &[(".id", "0")], NoSuchItem, "no such item"),
    ("/ip/address/set", &[(".id", "bridge"), ("comment", "x")], NoSuchItem, "no such item"),
    ("/ppp/secret/set", &[("profile", "gold")], MissingId, "missing =.id="),
    ("/ppp/secret/remove", &[], MissingId, "missing =.id="),
    ("/ppp/secret/enable", &[], MissingId, "missing =.id="),
    ("/ppp/nonsense/print", &[], NoSuchCommand, "no such command prefix"),
    ("/nonsense", &[], NoSuchCommand, "no such command prefix"),
    ("/ppp/secret/nonsense", &[], NoSuchCommand, "no such command"),
    ("/ppp/active/add", &[("name", "x")], NoSuchCommand, "no such command"),
    ("/ppp/secret/move", &[(".id", "*1")], NoSuchCommand, "no such command"),
    ("/ip/pool/disable", &[(".id", "p")], NoSuchCommand, "no such command"),
    ("/ppp/secret/add", &[("name", "x"), ("nonsense", "1")], UnknownParameter, "unknown parameter nonsense"),
    ("/ppp/secret/add", &[("name", "x"), ("last-caller-id", "1")], UnknownParameter, "unknown parameter last-caller-id"),
    ("/ppp/secret/print", &[("?name", "ana")], UnknownParameter, "unknown parameter ?name"),
    ("/ppp/secret/print", &[("where", "")], UnknownParameter, "unknown parameter where"),
    ("/ppp/secret/remove", &[(".id", "*1"), ("name", "x")], UnknownParameter, "unknown parameter name"),
    ("/ppp/secret/add", &[("name", "x"), ("place-before", "*1")], UnknownParameter, "unknown parameter place-before"),
    ("/system/script/run", &[("name", "s")], UnknownParameter, "unknown parameter name"),
    ("/ppp/secret/add", &[("name", "x"), ("profile", "none")], DanglingReference, "input does not match any value of profile"),
    ("/ppp/secret/set", &[(".id", "ana"), ("profile", "none")], DanglingReference, "input does not match any value of profile"),
    ("/ip/hotspot/user/add", &[("name", "x"), ("profile", "none")], DanglingReference, "input does not match any value of profile"),
    ("/ip/hotspot/user/add", &[("name", "x"), ("server", "none")], DanglingReference, "input does not match any value of server"),
    ("/ip/dhcp-server/lease/add", &[("address", "10.0.0.9"), ("server", "none")], DanglingReference, "input does not match any value of server"),
    ("/ip/hotspot/add", &[("interface", "ether2"), ("address-pool", "x")], DanglingReference, "input does not match any value of address-pool"),
    ("/ip/hotspot/add", &[("interface", "ether9")], DanglingReference, "input does not match any value of interface"),
    ("/queue/simple/add", &[("target", "10.0.0.9"), ("parent", "x")], DanglingReference, "input does not match any value of parent"),
    ("/user/add", &[("name", "x"), ("group", "none")], DanglingReference, "input does not match any value of group"),
    ("/user/group/add", &[("name", "x"), ("policy", "read,magic")], DanglingReference, "input does not match any value of policy"),
    ("/interface/monitor-traffic", &[("interface", "ether9"), ("once", "")], DanglingReference, "input does not match any value of interface"),
    ("/queue/simple/add", &[("target", "10.0.0.9"), ("priority", "9/9")], OutOfRange, "value of priority out of range (1..8)"),
    ("/queue/simple/add", &[("target", "10.0.0.9"), ("max-limit", "fast")], Other, "invalid value for argument max-limit"),
    ("/queue/simple/add", &[("name", "x")], Other, "missing =target="),
    ("/queue/simple/set", &[(".id", "q"), ("max-limit", "1M/9M"), ("limit-at", "2M/2M")], Other, "failure: upload-max-limit less than upload-limit"),
    ("/queue/simple/set", &[(".id", "q"), ("max-limit", "9M/1M"), ("limit-at", "2M/2M")], Other, "failure: download-max-limit less than download-limit"),
    ("/ip/address/add", &[("address", "10.0.0.300/24"), ("interface", "ether2")], Other, "invalid value for argument address"),
    ("/ppp/secret/set", &[(".id", "ana"), ("disabled", "maybe")], Other, "invalid value for argument disabled"),
    ("/ppp/profile/remove", &[(".id", "default")], Other, "failure: default profile can not be removed"),
    ("/ppp/profile/remove", &[(".id", "default-encryption")], Other, "failure: default profile can not be removed"),
    ("/ip/hotspot/user/profile/remove", &[(".id", "default")], Other, "failure: default profile can not be removed"),
    ("/user/group/remove", &[(".id", "g")], Other, "failure: group has some users"),
    ("/user/group/remove", &[(".id", "full")], Other, "failure: default group can not be removed"),
];

#[test]
fn duplicates() {
    let (_sim, mut client) = both();
    for (menu, row) in GIVEN {
        add(&mut client, menu, row);
    }
    for (menu, row, text) in DUPLICATES {
        let (kind, message) = refused(&mut client, &format!("{menu}/add"), row);
        assert_eq!((kind, message.as_str()), (AlreadyExists, *text), "{menu}");
    }
}

#[test]
fn everything_else() {
    let (_sim, mut client) = both();
    for (menu, row) in GIVEN {
        add(&mut client, menu, row);
    }
    for (path, attributes, kind, text) in OTHERS {
        let seen = refused(&mut client, path, attributes);
        assert_eq!((seen.0, seen.1.as_str()), (*kind, *text), "{path} {attributes:?}");
    }
    assert!(client.is_open());
}

#[test]
fn a_new_name_may_clash_too() {
    let (_sim, mut client) = both();
    add(&mut client, "/ppp/secret", &[("name", "ana")]);
    let eva = add(&mut client, "/ppp/secret", &[("name", "eva")]);
    let (kind, _) = refused(&mut client, "/ppp/secret/set", &[(".id", &eva), ("name", "ana")]);
    assert_eq!(kind, AlreadyExists);
    client.call(&cmd("/ppp/secret/set", &[(".id", &eva), ("name", "eva")])).unwrap();
}

#[test]
fn some_duplicates_count_only_while_enabled() {
    let (_sim, mut client) = both();
    let entry = [("list", "l"), ("address", "10.0.0.1")];
    add(&mut client, "/ip/firewall/address-list", &entry);
    let second = add(&mut client, "/ip/firewall/address-list", &[entry[0], entry[1], ("disabled", "yes")]);
    let (kind, _) = refused(&mut client, "/ip/firewall/address-list/enable", &[(".id", &second)]);
    assert_eq!(kind, AlreadyExists);
    let dns = [("name", "a.b"), ("address", "10.0.0.1"), ("disabled", "yes")];
    add(&mut client, "/ip/dns/static", &dns);
    add(&mut client, "/ip/dns/static", &dns);
}

#[test]
fn leases() {
    let (_sim, mut client) = both();
    add(&mut client, "/ip/dhcp-server", &[("name", "dhcp2"), ("interface", "ether2")]);
    let menu = "/ip/dhcp-server/lease";
    let (a, b) = ("02:00:00:00:00:0a", "02:00:00:00:00:0b");
    add(&mut client, menu, &[("address", "10.0.0.1"), ("mac-address", a), ("server", "dhcp1")]);
    let client_text = "failure: already have static lease for this client";
    let address_text = "failure: already have static lease with this IP address";
    let mut clash = |row: &[(&str, &str)]| refused(&mut client, "/ip/dhcp-server/lease/add", row).1;
    // One client per server, and a lease of all servers is one of each.
    assert_eq!(clash(&[("address", "10.0.0.2"), ("mac-address", a), ("server", "dhcp1")]), client_text);
    assert_eq!(clash(&[("address", "10.0.0.2"), ("mac-address", a)]), client_text);
    assert_eq!(clash(&[("address", "10.0.0.2"), ("mac-address", a), ("server", "all")]), client_text);
    // One address across all servers.
    assert_eq!(clash(&[("address", "10.0.0.1"), ("mac-address", b), ("server", "dhcp2")]), address_text);
    // The same client on another server, and a disabled twin.
    add(&mut client, menu, &[("address", "10.0.0.2"), ("mac-address", a), ("server", "dhcp2")]);
    let twin = add(&mut client, menu, &[("address", "10.0.0.1"), ("mac-address", a), ("server", "dhcp1"), ("disabled", "yes")]);
    assert_eq!(refused(&mut client, "/ip/dhcp-server/lease/enable", &[(".id", &twin)]).1, client_text);
}

#[test]
fn kinds_are_told_by_text() {
    for (text, kind) in [
        ("no such item (4)", NoSuchItem),
        ("no such command or directory (nonsense)", NoSuchCommand),
        ("unknown parameter", UnknownParameter),
        ("interrupted", Interrupted),
        ("something else", Other),
    ] {
        assert_eq!(TrapKind::classify(text, None), kind, "{text}");
    }
    assert_eq!(TrapKind::classify("whatever", Some(2)), Interrupted);
}
