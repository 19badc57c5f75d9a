//! Looking at a router: how it is, and what it is told to be.

use librouteros::{Client, Command, Row, TrapKind};
use sha2::{Digest, Sha256};

/// What a health check finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// As the router says it: `7.18 (stable)`.
    pub version: String,
    pub identity: String,
    /// Empty on virtual routers.
    pub serial: String,
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
    Ok(Health { version, identity, serial })
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
        let lines: Vec<String> = rows.iter().filter(|row| !row.is_true("dynamic")).map(line).filter(|line| !line.is_empty()).collect();
        if !lines.is_empty() {
            content.push_str(menu);
            content.push('\n');
            lines.iter().for_each(|line| content.push_str(line));
        }
    }
    let hash = Sha256::digest(content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Snapshot { version, content, hash })
}

/// `  name="value" …`: quoted, so that a value with blanks or breaks stays one value and one line.
fn line(row: &Row) -> String {
    let mut out = String::new();
    for (name, value) in row.iter().filter(|(name, value)| !STATE.contains(name) && !value.is_empty()) {
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
    use super::is_secret;

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
}
