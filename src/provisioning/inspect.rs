//! Looking at a router: how it is, and what it is told to be.

use lastmile_models::isp_mikrotik::desired::menu;
use librouteros::{Client, Command, Query, Row, TrapKind};
use sha2::{Digest, Sha256};

/// What a health check finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// As the router says it: `7.18 (stable)`.
    pub version: String,
    pub identity: String,
    /// Empty on virtual routers.
    pub serial: String,
    /// A rule marks connections for FastTrack: they bypass simple queues.
    pub fasttrack: bool,
}

/// A router's configuration as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub version: String,
    pub content: String,
    /// SHA-256 of the content, in hexadecimal.
    pub hash: String,
}

/// Asks a router how it is.
///
/// # Errors
/// As [`Client::call`].
pub fn health(client: &mut Client) -> librouteros::Result<Health> {
    let version = single(client, "/system/resource", "version")?;
    let identity = single(client, "/system/identity", "name")?;
    let serial = match single(client, "/system/routerboard", "serial-number") {
        // Virtual routers have no board.
        Err(error) if error.trap_kind() == Some(TrapKind::NoSuchCommand) => String::new(),
        other => other?,
    };
    let marks = Command::new(format!("{}/print", menu::FILTER)).query(Query::eq("action", "fasttrack-connection")).proplist(["disabled"]);
    let fasttrack = match client.call(&marks) {
        Ok(answer) => answer.rows.iter().any(|row| !row.is_true("disabled")),
        // An API user may lack the right to look at rules.
        Err(error) if !error.closes() => false,
        Err(error) => return Err(error),
    };
    Ok(Health { version, identity, serial, fasttrack })
}

/// Who is logged in at the hotspots.
///
/// # Errors
/// As [`Client::call`].
pub fn hotspot_sessions(client: &mut Client) -> librouteros::Result<Vec<Row>> {
    let fields = ["user", "mac-address", "address", "uptime", "bytes-in", "bytes-out"];
    Ok(client.call(&Command::new("/ip/hotspot/active/print").proplist(fields))?.rows)
}

fn single(client: &mut Client, menu: &str, name: &str) -> librouteros::Result<String> {
    let answer = client.call(&Command::new(format!("{menu}/print")).proplist([name]))?;
    Ok(answer.rows.first().and_then(|row| row.get(name)).unwrap_or_default().to_owned())
}

/// Menus that make up a configuration. `/export` says nothing over the API.
const MENUS: &[&str] = &[
    "/system/identity",
    "/interface",
    "/interface/bridge",
    "/interface/bridge/port",
    "/interface/list",
    "/interface/list/member",
    "/ip/address",
    "/ip/pool",
    "/ip/dhcp-client",
    "/ip/dhcp-server",
    "/ip/dhcp-server/network",
    "/ip/dhcp-server/option",
    "/ip/dhcp-server/lease",
    "/ip/dns",
    "/ip/dns/static",
    "/ip/route",
    "/ip/service",
    "/ip/firewall/filter",
    "/ip/firewall/nat",
    "/ip/firewall/address-list",
    "/queue/simple",
    "/ppp/aaa",
    "/ppp/profile",
    "/ppp/secret",
    "/ip/hotspot",
    "/ip/hotspot/profile",
    "/ip/hotspot/user/profile",
    "/ip/hotspot/user",
    "/ip/hotspot/ip-binding",
    "/ip/hotspot/walled-garden",
    "/ip/hotspot/walled-garden/ip",
    "/user/group",
    "/user",
    "/system/script",
    "/system/scheduler",
];

/// Attributes that say what happens, not what is set: they would make every snapshot another one.
const STATE: &[&str] = &[
    ".id",
    "dynamic",
    "invalid",
    "running",
    "slave",
    "default",
    "builtin",
    "active",
    "static",
    "status",
    "uptime",
    "rate",
    "hits",
    "bytes",
    "packets",
    "bytes-in",
    "bytes-out",
    "packets-in",
    "packets-out",
    "packet-rate",
    "dropped",
    "queued-bytes",
    "queued-packets",
    "total-bytes",
    "total-packets",
    "rx-byte",
    "tx-byte",
    "rx-packet",
    "tx-packet",
    "link-downs",
    "last-link-up-time",
    "actual-mtu",
    "last-logged-in",
    "last-logged-out",
    "last-caller-id",
    "last-disconnect-reason",
    "last-seen",
    "expires-after",
    "active-address",
    "active-mac-address",
    "active-client-id",
    "active-server",
    "host-name",
    "radius",
    "blocked",
    "cache-used",
    "dynamic-servers",
    "run-count",
    "last-started",
    "next-run",
    "creation-time",
    "proxy-status",
    "expired",
    "inactive",
    "managed",
    "age",
    "class-id",
    "src-mac-address",
    "active-agent-circuit-id",
    "active-agent-remote-id",
    "reconfigure-key",
    "reconfigure-last-counter",
    "reconfigure-last-sent",
    "reconfigure-status",
    "fp-rps-drop",
    "fp-rx-byte",
    "fp-rx-packet",
    "fp-tx-byte",
    "fp-tx-packet",
    "rx-drop",
    "rx-error",
    "tx-drop",
    "tx-error",
    "tx-queue-drop",
    "last-link-down-time",
    "max-l2mtu",
    "pcq-queues",
    "total-dropped",
    "total-packet-rate",
    "total-pcq-queues",
    "total-queued-bytes",
    "total-queued-packets",
    "total-rate",
    "raw-value",
    "ip-of-dns-name",
    "bypassed",
];

/// The same in single menus, where the names are settings elsewhere: what a router can print but nobody can set.
const STATE_OF: &[(&str, &[&str])] = &[
    ("/ip/pool", &["available", "total", "used"]),
    ("/interface/bridge", &["l2mtu"]),
    (
        "/interface/bridge/port",
        &[
            "actual-path-cost",
            "debug-info",
            "declared-vlan-ids",
            "designated-bridge-id",
            "designated-cost",
            "designated-port-id",
            "discard-transitions",
            "edge-port",
            "edge-port-discovery",
            "external-fdb-status",
            "forward-transitions",
            "forwarding",
            "hw-offload",
            "hw-offload-group",
            "internal-root-path-cost",
            "last-topology-change",
            "learning",
            "parent",
            "point-to-point-port",
            "port-id",
            "registered-vlan-ids",
            "role",
            "root-path-cost",
            "rx-bpdu",
            "rx-tc",
            "sending-rstp",
            "topology-changes",
            "tx-bpdu",
            "tx-tc",
        ],
    ),
    ("/ip/address", &["actual-interface", "vrf"]),
    (
        "/ip/dhcp-client",
        &["address", "caps-managers", "dhcp-server", "gateway", "netmask", "primary-dns", "primary-ntp", "secondary-dns", "secondary-ntp"],
    ),
    (
        "/ip/route",
        &["bgp", "connect", "dhcp", "ecmp", "hw-offloaded", "immediate-gw", "is-is", "local-address", "modem", "ospf", "rip", "vpn"],
    ),
    ("/ip/service", &["connection", "local", "remote"]),
];

/// Ends of the names of attributes whose values must not be kept, as in `ipsec-secret`, `wpa2-pre-shared-key`, `on-up`.
const SECRETS: &[&str] =
    &["password", "passphrase", "secret", "key", "token", "script", "source", "on-event", "on-login", "on-logout", "on-up", "on-down"];

/// Whether an attribute holds credentials, or a script that may hold some.
fn is_secret(name: &str) -> bool {
    SECRETS.iter().any(|end| name.strip_suffix(end).is_some_and(|start| start.is_empty() || start.ends_with('-')))
}

/// Prints everything that is set, row by row, without state and without secrets.
///
/// # Errors
/// As [`Client::call`].
pub fn snapshot(client: &mut Client) -> librouteros::Result<Snapshot> {
    let version = single(client, "/system/resource", "version")?;
    let prints: Vec<Command> = MENUS.iter().map(|menu| Command::new(format!("{menu}/print"))).collect();
    let mut content = String::new();
    for (menu, outcome) in MENUS.iter().zip(client.call_many(&prints)) {
        let rows = match outcome {
            Ok(answer) => answer.rows,
            // Packages that are not installed, and rights that the API user lacks.
            Err(error) if matches!(error.trap_kind(), Some(TrapKind::NoSuchCommand | TrapKind::NotEnoughPermissions)) => continue,
            Err(error) => return Err(error),
        };
        let lines: Vec<String> = rows.iter().filter(|row| is_set(row)).map(|row| line(menu, row)).filter(|line| !line.is_empty()).collect();
        if !lines.is_empty() {
            content.push_str(menu);
            content.push('\n');
            lines.iter().for_each(|line| content.push_str(line));
        }
    }
    let hash = hex::encode(Sha256::digest(content.as_bytes()));
    Ok(Snapshot { version, content, hash })
}

/// Neither made by the router itself nor, since 7.19, a connection to one of its services.
fn is_set(row: &Row) -> bool {
    !row.is_true("dynamic") && !row.is_true("connection")
}

/// `  name="value" …`: quoted, so that a value with blanks or breaks stays one value and one line.
fn line(menu: &str, row: &Row) -> String {
    let mut out = String::new();
    let own = STATE_OF.iter().find(|(path, _)| *path == menu).map_or(&[][..], |(_, names)| *names);
    let set = |name: &str| !STATE.contains(&name) && !own.contains(&name);
    for (name, value) in row.iter().filter(|(name, value)| set(name) && !value.is_empty()) {
        let value = if is_secret(name) { "***".to_owned() } else { value.escape_debug().to_string() };
        out.push_str(&format!(" {name}=\"{value}\""));
    }
    if !out.is_empty() {
        out.insert(0, ' ');
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use librouteros::Row;

    use super::{is_secret, is_set, line};

    #[test]
    fn credentials_and_scripts_are_masked_whatever_their_prefix() {
        for name in ["password", "otp-secret", "reconfigure-key", "wpa2-pre-shared-key", "api-token", "source", "on-event", "lease-script"]
        {
            assert!(is_secret(name), "{name}");
        }
        for name in ["name", "comment", "address", "max-limit", "on-update", "monkey"] {
            assert!(!is_secret(name), "{name}");
        }
    }

    fn row(attrs: &[(&str, &str)]) -> Row {
        attrs.iter().copied().collect()
    }

    #[test]
    fn counters_ages_and_what_happens_make_no_other_snapshot() {
        type Case = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);
        let pairs: [Case; 6] = [
            ("/interface", &[("name", "ether1"), ("mtu", "1500")], &["fp-rx-byte", "fp-tx-packet", "rx-drop", "tx-queue-drop", "tx-error"]),
            ("/ip/pool", &[("name", "p"), ("ranges", "10.0.0.2-10.0.0.9")], &["used", "available", "total"]),
            (
                "/ip/dhcp-server/lease",
                &[("address", "10.0.0.5"), ("comment", "x")],
                &["age", "reconfigure-status", "reconfigure-last-sent"],
            ),
            ("/queue/simple", &[("name", "q"), ("total-max-limit", "5M")], &["total-rate", "total-queued-bytes", "total-dropped"]),
            ("/ip/dhcp-client", &[("interface", "ether1")], &["address", "gateway", "primary-dns", "expires-after"]),
            ("/interface/bridge/port", &[("interface", "ether2"), ("bridge", "b")], &["rx-bpdu", "topology-changes", "role"]),
        ];
        for (menu, settings, states) in pairs {
            let (mut early, mut late) = (row(settings), row(settings));
            for name in states {
                early.push(*name, "1");
                late.push(*name, "2");
            }
            assert_eq!(line(menu, &early), line(menu, &late), "{menu}");
            assert!(settings.iter().all(|(name, value)| line(menu, &late).contains(&format!("{name}=\"{value}\""))), "{menu}");
        }
        assert!(line("/ip/address", &row(&[("address", "10.0.0.1/24")])).contains("10.0.0.1/24"));
        assert!(!is_set(&row(&[("name", "api"), ("connection", "true")])));
    }

    #[test]
    fn one_time_passwords_keys_and_scripts_are_not_kept() {
        let text =
            line("/ip/hotspot/user", &row(&[("name", "u"), ("otp-secret", "hush"), ("password", "hush"), ("on-login", ":log hush")]));
        assert!(text.contains("name=\"u\"") && !text.contains("hush"), "{text}");
    }
}
