//! The words an onboarding script sends to a new router, each answered.

use librouteros::TrapKind;

use crate::support::{cmd, connect, refused, sim_with};

const WORDS: &[(&str, &[(&str, &str)])] = &[
    ("/system/identity/set", &[("name", "pop-1")]),
    ("/ip/service/set", &[("numbers", "api"), ("disabled", "no")]),
    (
        "/user/group/add",
        &[
            ("name", "noc"),
            ("policy", "read,write,api,!local,!telnet,!ssh,!ftp,!reboot,!policy,!test,!winbox,!password,!web,!sniff,!sensitive,!romon"),
        ],
    ),
    ("/user/add", &[("name", "noc"), ("group", "noc"), ("password", "pw")]),
    ("/user/set", &[("numbers", "noc"), ("password", "pw2"), ("group", "noc")]),
    ("/interface/list/print", &[]),
    ("/interface/list/add", &[("name", "MGMT")]),
    ("/interface/list/member/print", &[]),
    ("/interface/list/member/add", &[("list", "MGMT"), ("interface", "ether2")]),
    ("/ip/neighbor/discovery-settings/set", &[("discover-interface-list", "MGMT")]),
    ("/tool/mac-server/set", &[("allowed-interface-list", "MGMT")]),
    ("/tool/mac-server/mac-winbox/set", &[("allowed-interface-list", "MGMT")]),
    ("/ip/firewall/filter/print", &[]),
    (
        "/ip/firewall/filter/add",
        &[
            ("chain", "input"),
            ("protocol", "tcp"),
            ("dst-port", "8728"),
            ("src-address", "10.0.0.0/8"),
            ("action", "accept"),
            ("comment", "mgmt"),
        ],
    ),
    ("/ip/firewall/filter/move", &[("numbers", "*3"), ("destination", "0")]),
    ("/ip/dhcp-client/print", &[]),
    ("/ip/dhcp-client/add", &[("interface", "ether2"), ("disabled", "no")]),
    ("/interface/bridge/print", &[]),
    ("/interface/bridge/add", &[("name", "br-clients")]),
    ("/interface/bridge/port/print", &[]),
    ("/interface/bridge/port/add", &[("bridge", "br-clients"), ("interface", "ether1")]),
    ("/ip/address/print", &[]),
    ("/ip/address/add", &[("address", "10.20.0.1/24"), ("interface", "br-clients")]),
    ("/ip/pool/print", &[]),
    ("/ip/pool/add", &[("name", "pool-clients"), ("ranges", "10.20.0.10-10.20.0.250")]),
    ("/ip/pool/set", &[("numbers", "pool-clients"), ("ranges", "10.20.0.20-10.20.0.250")]),
    ("/ip/dhcp-server/print", &[]),
    (
        "/ip/dhcp-server/add",
        &[
            ("name", "dhcp-clients"),
            ("interface", "br-clients"),
            ("address-pool", "pool-clients"),
            ("lease-time", "1h"),
            ("disabled", "no"),
        ],
    ),
    ("/ip/dhcp-server/set", &[("numbers", "*2"), ("lease-script", ":log info x")]),
    ("/ip/dhcp-server/network/print", &[]),
    ("/ip/dhcp-server/network/add", &[("address", "10.20.0.0/24"), ("gateway", "10.20.0.1"), ("dns-server", "10.20.0.1")]),
    ("/ip/dhcp-server/network/set", &[("numbers", "*2"), ("gateway", "10.20.0.1")]),
    ("/ip/dns/set", &[("servers", "1.1.1.1,8.8.8.8"), ("allow-remote-requests", "yes")]),
    ("/ip/firewall/nat/print", &[]),
    ("/ip/firewall/nat/add", &[("chain", "srcnat"), ("out-interface", "ether1"), ("action", "masquerade"), ("comment", "nat")]),
    ("/ip/hotspot/profile/print", &[]),
    (
        "/ip/hotspot/profile/add",
        &[
            ("name", "hsprof2"),
            ("hotspot-address", "10.20.0.1"),
            ("dns-name", "hs.lan"),
            ("login-by", "http-chap,http-pap"),
            ("html-directory", "hotspot"),
        ],
    ),
    ("/ip/hotspot/profile/set", &[("numbers", "hsprof2"), ("use-radius", "no")]),
    ("/ip/hotspot/print", &[]),
    (
        "/ip/hotspot/add",
        &[("name", "hs2"), ("interface", "br-clients"), ("address-pool", "pool-clients"), ("profile", "hsprof2"), ("disabled", "no")],
    ),
    ("/ip/hotspot/set", &[("numbers", "hs2"), ("idle-timeout", "10m")]),
    ("/ip/hotspot/walled-garden/print", &[]),
    ("/ip/hotspot/walled-garden/add", &[("dst-host", "*.example.com"), ("action", "allow"), ("comment", "portal")]),
    ("/system/script/print", &[]),
    ("/system/script/add", &[("name", "checkin"), ("source", "/tool fetch url=\"https://x/y\""), ("policy", "read,write,test")]),
    ("/system/script/set", &[("numbers", "checkin"), ("source", "x")]),
    ("/system/script/run", &[("number", "checkin")]),
    ("/system/scheduler/print", &[]),
    ("/system/scheduler/add", &[("name", "checkin"), ("interval", "5m"), ("on-event", "checkin")]),
    ("/system/scheduler/set", &[("numbers", "checkin"), ("interval", "00:05:00")]),
];

#[test]
fn every_word_is_understood() {
    let sim = sim_with(|options| options.strict = true);
    let mut client = connect(&sim);
    // A client library that mistakes a query for an attribute is told so.
    let (kind, text) = refused(&mut client, "/user/group/print", &[("?name", "noc")]);
    assert_eq!((kind, text.as_str()), (TrapKind::UnknownParameter, "unknown parameter ?name"));
    for (path, attributes) in WORDS {
        client.call(&cmd(path, attributes)).unwrap_or_else(|error| panic!("{path} {attributes:?}: {error}"));
    }
    let (kind, _) = refused(&mut client, "/user/add", &[("name", "noc"), ("group", "noc"), ("password", "pw")]);
    assert_eq!(kind, TrapKind::AlreadyExists);
    assert_eq!(refused(&mut client, "/system/script/run", &[("name", "checkin")]).0, TrapKind::UnknownParameter);
    // Of all of them, other versions refuse what this one refuses too.
    assert_eq!(sim.take_strange(), ["7.10 /system/script/run: unknown parameter name", "7.10 /user/group/print: unknown parameter ?name"]);
    assert_eq!(sim.rows("/ip/firewall/filter")[0].get("comment"), Some("mgmt"));
    assert_eq!(sim.find("/system/script", "name", "checkin").unwrap().get("run-count"), Some("1"));
}
