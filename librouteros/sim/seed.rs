//! What a new simulated router holds: enough that PPPoE, DHCP and hotspot subscribers can be put on it at once.

use super::kinds::{Kind, POLICIES};
use super::state::State;

type Seed = (&'static str, &'static [(&'static str, &'static str)]);

/// Rows in the order they are made; references look back only.
const ROWS: &[Seed] = &[
    ("/interface/list", &[("name", "all"), ("builtin", "true")]),
    ("/interface/list", &[("name", "none"), ("builtin", "true")]),
    ("/interface/list", &[("name", "dynamic"), ("builtin", "true")]),
    ("/interface/list", &[("name", "static"), ("builtin", "true")]),
    ("/interface/list", &[("name", "WAN")]),
    ("/interface/list", &[("name", "LAN")]),
    ("/interface", &[("name", "ether1"), ("default-name", "ether1"), ("mac-address", "02:00:00:00:00:01")]),
    ("/interface", &[("name", "ether2"), ("default-name", "ether2"), ("mac-address", "02:00:00:00:00:02")]),
    ("/interface", &[("name", "ether3"), ("default-name", "ether3"), ("mac-address", "02:00:00:00:00:03")]),
    ("/interface", &[("name", "ether4"), ("default-name", "ether4"), ("mac-address", "02:00:00:00:00:04")]),
    ("/interface", &[("name", "ether5"), ("default-name", "ether5"), ("mac-address", "02:00:00:00:00:05")]),
    ("/interface/list/member", &[("list", "WAN"), ("interface", "ether1")]),
    ("/interface/list/member", &[("list", "LAN"), ("interface", "bridge")]),
    ("/interface/bridge/port", &[("interface", "ether2"), ("bridge", "bridge")]),
    ("/interface/bridge/port", &[("interface", "ether3"), ("bridge", "bridge")]),
    ("/interface/bridge/port", &[("interface", "ether4"), ("bridge", "bridge")]),
    (
        "/ip/address",
        &[("address", "192.168.88.1/24"), ("network", "192.168.88.0"), ("interface", "bridge"), ("actual-interface", "bridge")],
    ),
    ("/ip/address", &[("address", "10.5.50.1/24"), ("network", "10.5.50.0"), ("interface", "ether5"), ("actual-interface", "ether5")]),
    ("/ip/pool", &[("name", "dhcp_pool1"), ("ranges", "192.168.88.10-192.168.88.254")]),
    ("/ip/pool", &[("name", "hs-pool-1"), ("ranges", "10.5.50.10-10.5.50.254")]),
    ("/ip/pool", &[("name", "pppoe-pool"), ("ranges", "10.10.0.2-10.10.255.254")]),
    ("/ip/dhcp-server", &[("name", "dhcp1"), ("interface", "bridge"), ("address-pool", "dhcp_pool1"), ("lease-time", "30m")]),
    ("/ip/dhcp-server/network", &[("address", "192.168.88.0/24"), ("gateway", "192.168.88.1"), ("dns-server", "192.168.88.1")]),
    ("/ip/dhcp-client", &[("interface", "ether1"), ("status", "bound")]),
    ("/ip/hotspot/profile", &[("name", "default"), ("default", "true")]),
    (
        "/ip/hotspot/profile",
        &[("name", "hsprof1"), ("hotspot-address", "10.5.50.1"), ("dns-name", "hotspot.lan"), ("login-by", "cookie,http-chap,http-pap")],
    ),
    ("/ip/hotspot/user/profile", &[("name", "default"), ("default", "true")]),
    ("/ip/hotspot", &[("name", "hotspot1"), ("interface", "ether5"), ("address-pool", "hs-pool-1"), ("profile", "hsprof1")]),
    ("/queue/type", &[("name", "default"), ("kind", "pfifo"), ("pfifo-limit", "50"), ("default", "true")]),
    ("/queue/type", &[("name", "ethernet-default"), ("kind", "pfifo"), ("pfifo-limit", "50"), ("default", "true")]),
    ("/queue/type", &[("name", "default-small"), ("kind", "pfifo"), ("pfifo-limit", "10"), ("default", "true")]),
    ("/queue/type", &[("name", "pcq-upload-default"), ("kind", "pcq"), ("pcq-classifier", "src-address"), ("default", "true")]),
    ("/queue/type", &[("name", "pcq-download-default"), ("kind", "pcq"), ("pcq-classifier", "dst-address"), ("default", "true")]),
    ("/ppp/profile", &[("name", "default"), ("default", "true"), ("change-tcp-mss", "yes")]),
    ("/ppp/profile", &[("name", "default-encryption"), ("default", "true"), ("use-encryption", "yes"), ("change-tcp-mss", "yes")]),
    ("/ip/firewall/filter", &[("chain", "forward"), ("action", "fasttrack-connection"), ("connection-state", "established,related")]),
    ("/ip/firewall/filter", &[("chain", "forward"), ("action", "accept"), ("connection-state", "established,related,untracked")]),
    ("/ip/firewall/nat", &[("chain", "srcnat"), ("action", "masquerade"), ("out-interface-list", "WAN")]),
    ("/ip/route", &[("dst-address", "0.0.0.0/0"), ("gateway", "203.0.113.1"), ("dynamic", "true"), ("static", "false")]),
    ("/ip/service", &[("name", "telnet"), ("port", "23")]),
    ("/ip/service", &[("name", "ftp"), ("port", "21")]),
    ("/ip/service", &[("name", "www"), ("port", "80")]),
    ("/ip/service", &[("name", "ssh"), ("port", "22")]),
    ("/ip/service", &[("name", "www-ssl"), ("port", "443"), ("disabled", "true")]),
    ("/ip/service", &[("name", "api"), ("port", "8728")]),
    ("/ip/service", &[("name", "winbox"), ("port", "8291")]),
    ("/ip/service", &[("name", "api-ssl"), ("port", "8729")]),
];

/// User groups and what they may not do.
const GROUPS: &[(&str, &[&str])] = &[
    ("read", &["local", "telnet", "ssh", "reboot", "read", "test", "winbox", "password", "web", "sniff", "api", "romon"]),
    ("write", &["local", "telnet", "ssh", "reboot", "read", "write", "test", "winbox", "password", "web", "sniff", "api", "romon"]),
    ("full", POLICIES),
];

/// Fills a new router.
pub(super) fn fill(state: &mut State, user: &str, password: &str) {
    let bridge = state.raw_insert("/interface/bridge", &[("name", "bridge")], None);
    for (path, row) in ROWS {
        state.raw_insert(path, row, None);
    }
    let facts = [("name", "bridge"), ("type", "bridge"), ("mac-address", "02:00:00:00:00:02")];
    state.raw_insert("/interface", &facts, bridge);
    for (name, policies) in GROUPS {
        let policy = Kind::Policy.normalize(&policies.join(",")).unwrap_or_default();
        state.raw_insert("/user/group", &[("name", name), ("policy", &policy)], None);
    }
    state.raw_insert("/user", &[("name", user), ("group", "full"), ("password", password)], None);
    let (text, bare) = (state.version.text(), state.version.bare().to_owned());
    state.raw_insert("/system/resource", &[("version", &text)], None);
    state.raw_insert("/system/routerboard", &[("current-firmware", &bare), ("upgrade-firmware", &bare)], None);
}
