//! Every refusal, its text and what the client makes of it.

use librouteros::TrapKind::{self, *};

use crate::support::{add, both, cmd, refused};
use crate::trap_table::{DUPLICATES, OTHERS};

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
