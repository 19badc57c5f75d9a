//! What a router makes of the values it is given.

use librouteros::Query;

use crate::support::{add, both, cmd};

type Pairs = &'static [(&'static str, &'static str)];

/// A menu, the attributes of a row, and how some of them read back.
const STORED: &[(&str, Pairs, Pairs)] = &[
    (
        "/queue/simple",
        &[("target", "10.0.0.5"), ("max-limit", "5M/20M"), ("disabled", "no"), ("burst-time", "00:00:08")],
        &[
            ("name", "queue1"),
            ("target", "10.0.0.5/32"),
            ("max-limit", "5000000/20000000"),
            ("disabled", "false"),
            ("burst-time", "8s/8s"),
            ("priority", "8/8"),
            ("queue", "default-small/default-small"),
        ],
    ),
    (
        "/ip/dhcp-server/lease",
        &[
            ("address", "192.168.88.50"),
            ("mac-address", "aa:bb:cc:dd:ee:ff"),
            ("server", "dhcp1"),
            ("lease-time", "600"),
            ("block-access", "yes"),
        ],
        &[
            ("mac-address", "AA:BB:CC:DD:EE:FF"),
            ("lease-time", "10m"),
            ("block-access", "true"),
            ("status", "waiting"),
            ("last-seen", "never"),
            ("dynamic", "false"),
        ],
    ),
    (
        "/ppp/secret",
        &[("name", "ana"), ("comment", "né")],
        &[("service", "any"), ("profile", "default"), ("password", ""), ("comment", "né")],
    ),
    (
        "/ip/hotspot/user",
        &[("name", "v1"), ("limit-uptime", "1d")],
        &[("server", "all"), ("profile", "default"), ("limit-uptime", "1d"), ("uptime", "0s")],
    ),
    (
        "/ip/hotspot/user/profile",
        &[("name", "p")],
        &[("shared-users", "1"), ("keepalive-timeout", "2m"), ("mac-cookie-timeout", "3d"), ("idle-timeout", "none")],
    ),
    ("/ip/hotspot/profile", &[("name", "p")], &[("login-by", "cookie,http-chap")]),
    ("/ip/hotspot/walled-garden/ip", &[("dst-host", "pay.example")], &[("action", "accept")]),
    ("/ip/address", &[("address", "10.9.8.7/20"), ("interface", "ether2")], &[("network", "10.9.0.0"), ("actual-interface", "ether2")]),
    (
        "/user/group",
        &[("name", "g"), ("policy", "read,api,!local")],
        &[(
            "policy",
            "!local,!telnet,!ssh,!ftp,!reboot,read,!write,!policy,!test,!winbox,!password,!web,!sniff,!sensitive,api,!romon,!dude,!tikapp,!rest-api",
        )],
    ),
    ("/ip/firewall/address-list", &[("list", "l"), ("address", "10.0.0.1"), ("timeout", "1h")], &[("dynamic", "true"), ("timeout", "1h")]),
];

#[test]
fn values_read_back_as_understood() {
    let (_sim, mut client) = both();
    for (menu, attributes, expected) in STORED {
        let id = add(&mut client, menu, attributes);
        let print = cmd(&format!("{menu}/print"), &[]).query(Query::eq(".id", id));
        let row = client.call(&print).unwrap().rows.remove(0);
        for (name, value) in *expected {
            assert_eq!(row.get(name), Some(*value), "{menu} {name}");
        }
    }
}
