//! What a router refuses, as data: who says what to which command.

use librouteros::TrapKind::{self, *};

type Attributes = &'static [(&'static str, &'static str)];

/// A menu, a row that clashes there, and the text.
pub type Duplicate = (&'static str, Attributes, &'static str);
/// A command, its attributes, what the refusal is and its text.
pub type Refusal = (&'static str, Attributes, TrapKind, &'static str);

pub const DUPLICATES: &[Duplicate] = &[
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

pub const OTHERS: &[Refusal] = &[
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
    (
        "/ip/dhcp-server/lease/add",
        &[("address", "10.0.0.9"), ("server", "none")],
        DanglingReference,
        "input does not match any value of server",
    ),
    (
        "/ip/hotspot/add",
        &[("interface", "ether2"), ("address-pool", "x")],
        DanglingReference,
        "input does not match any value of address-pool",
    ),
    ("/ip/hotspot/add", &[("interface", "ether9")], DanglingReference, "input does not match any value of interface"),
    ("/queue/simple/add", &[("target", "10.0.0.9"), ("parent", "x")], DanglingReference, "input does not match any value of parent"),
    ("/user/add", &[("name", "x"), ("group", "none")], DanglingReference, "input does not match any value of group"),
    ("/user/group/add", &[("name", "x"), ("policy", "read,magic")], DanglingReference, "input does not match any value of policy"),
    (
        "/interface/monitor-traffic",
        &[("interface", "ether9"), ("once", "")],
        DanglingReference,
        "input does not match any value of interface",
    ),
    ("/queue/simple/add", &[("target", "10.0.0.9"), ("priority", "9/9")], OutOfRange, "value of priority out of range (1..8)"),
    ("/queue/simple/add", &[("target", "10.0.0.9"), ("max-limit", "fast")], Other, "invalid value for argument max-limit"),
    ("/queue/simple/add", &[("name", "x")], Other, "missing =target="),
    (
        "/queue/simple/set",
        &[(".id", "q"), ("max-limit", "1M/9M"), ("limit-at", "2M/2M")],
        Other,
        "failure: upload-max-limit less than upload-limit",
    ),
    (
        "/queue/simple/set",
        &[(".id", "q"), ("max-limit", "9M/1M"), ("limit-at", "2M/2M")],
        Other,
        "failure: download-max-limit less than download-limit",
    ),
    ("/ip/address/add", &[("address", "10.0.0.300/24"), ("interface", "ether2")], Other, "invalid value for argument address"),
    ("/ppp/secret/set", &[(".id", "ana"), ("disabled", "maybe")], Other, "invalid value for argument disabled"),
    ("/ppp/profile/remove", &[(".id", "default")], Other, "failure: default profile can not be removed"),
    ("/ppp/profile/remove", &[(".id", "default-encryption")], Other, "failure: default profile can not be removed"),
    ("/ip/hotspot/user/profile/remove", &[(".id", "default")], Other, "failure: default profile can not be removed"),
    ("/user/group/remove", &[(".id", "g")], Other, "failure: group has some users"),
    ("/user/group/remove", &[(".id", "full")], Other, "failure: default group can not be removed"),
];
