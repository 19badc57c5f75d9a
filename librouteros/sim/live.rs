//! Subscribers that are online: what their sessions put into the router's menus, and what is left when they end.

use std::net::IpAddr;

use super::kinds::network;
use super::schema::Menu;
use super::state::{Record, State, failure};
use crate::error::Trap;
use crate::values::{normalize_mac, parse_prefix};

/// A PPPoE session of a secret comes up: a row in `/ppp/active`, its interface, and what its profile says (a queue, an entry in
/// an address list). Gives the `.id` of the active row.
pub(super) fn connect_ppp(state: &mut State, name: &str, address: &str, caller_id: &str) -> Result<String, Trap> {
    let secret = state.find_by("/ppp/secret", "name", name).cloned();
    let secret = secret.ok_or_else(|| failure(format!("user {name} authentication failed")))?;
    let of_secret = |state: &State, attr: &str| state.value("/ppp/secret", &secret, attr).unwrap_or_default();
    let wanted = of_secret(state, "caller-id");
    if of_secret(state, "disabled") == "true" || !(wanted.is_empty() || wanted == caller_id) {
        return Err(failure(format!("user {name} authentication failed")));
    }
    let fixed = of_secret(state, "remote-address");
    let address = if fixed.parse::<std::net::IpAddr>().is_ok() { fixed.as_str() } else { address };
    let profile = state.find_by("/ppp/profile", "name", &of_secret(state, "profile")).cloned();
    let of_profile = |state: &State, attr: &str| profile.as_ref().and_then(|row| state.value("/ppp/profile", row, attr));
    let session = state.next_session();
    let interface = format!("<pppoe-{name}>");
    let active = [("name", name), ("caller-id", caller_id), ("address", address), ("session-id", &format!("0x{session:x}"))];
    let id = state.raw_insert("/ppp/active", &active, Some(session)).unwrap_or(0);
    let facts = [("name", interface.as_str()), ("type", "pppoe-in"), ("dynamic", "true"), ("mtu", "1480")];
    state.raw_insert("/interface", &facts, Some(session));
    if let Some(rates) = of_profile(state, "rate-limit").filter(|rates| !rates.is_empty()) {
        let pair = rates.split_whitespace().next().unwrap_or_default();
        let pair = pair.parse::<crate::values::RatePair>().unwrap_or_default().to_bits();
        let queue = [("name", interface.as_str()), ("target", &interface), ("max-limit", &pair), ("dynamic", "true")];
        state.raw_insert("/queue/simple", &queue, Some(session));
    }
    if let Some(list) = of_profile(state, "address-list").filter(|list| !list.is_empty()) {
        let entry = [("list", list.as_str()), ("address", address), ("dynamic", "true")];
        state.raw_insert("/ip/firewall/address-list", &entry, Some(session));
    }
    use_address(state, address, "PPP", name, session);
    Ok(format!("*{id:X}"))
}

/// An address of a pool is in use, as long as its owner's rows are there; `owner` and `info` as the router tells them.
fn use_address(state: &mut State, address: &str, service: &str, info: &str, owner: u32) {
    let Ok(ip) = address.parse::<IpAddr>() else { return };
    let within = |ranges: String| ranges.split(',').any(|range| holds(range, ip));
    let rows = state.rows(state.menu("/ip/pool").unwrap_or(usize::MAX)).iter();
    let pool = rows.filter(|row| state.value("/ip/pool", row, "ranges").is_some_and(within));
    let pool = pool.filter_map(|row| state.value("/ip/pool", row, "name")).next();
    if let Some(pool) = pool {
        let used = [("pool", pool.as_str()), ("address", address), ("owner", service), ("info", info)];
        state.raw_insert("/ip/pool/used", &used, Some(owner));
    }
}

/// Whether a range of a pool (`10.0.0.2-10.0.0.9`, `10.0.0.0/24`, an address alone) has an address.
fn holds(range: &str, ip: IpAddr) -> bool {
    match range.trim().split_once('-') {
        Some((first, last)) => match (first.parse::<IpAddr>(), last.parse::<IpAddr>()) {
            (Ok(first), Ok(last)) => (first..=last).contains(&ip),
            _ => false,
        },
        None => parse_prefix(range.trim()).is_some_and(|(base, length)| network(base, length) == network(ip, length)),
    }
}

/// A device appears on a hotspot's network, not logged in.
pub(super) fn hotspot_host(state: &mut State, server: &str, address: &str, mac: &str) -> Result<String, Trap> {
    if state.find_by("/ip/hotspot", "name", server).is_none() {
        return Err(failure("input does not match any value of server"));
    }
    let mac = normalize_mac(mac).ok_or_else(|| failure("invalid value for argument mac-address"))?;
    let host = [("mac-address", mac.as_str()), ("address", address), ("to-address", address), ("server", server)];
    let id = state.raw_insert("/ip/hotspot/host", &host, None).unwrap_or(0);
    Ok(format!("*{id:X}"))
}

/// A host logs in as a hotspot user. Gives the `.id` of the active row.
pub(super) fn hotspot_login(state: &mut State, user: &str, password: &str, ip: Option<&str>, mac: Option<&str>) -> Result<String, Trap> {
    let mac = mac.and_then(normalize_mac);
    let host = match (ip, &mac) {
        (Some(ip), _) => state.find_by("/ip/hotspot/host", "address", ip),
        (None, Some(mac)) => state.find_by("/ip/hotspot/host", "mac-address", mac),
        (None, None) => None,
    };
    let host = host.cloned().ok_or_else(|| failure(format!("unknown host IP {}", ip.unwrap_or("0.0.0.0"))))?;
    let of_host = |state: &State, attr: &str| state.value("/ip/hotspot/host", &host, attr).unwrap_or_default();
    let server = of_host(state, "server");
    let account = find_user(state, user, &server).ok_or_else(|| failure("invalid username or password"))?;
    let of_account = |state: &State, attr: &str| state.value("/ip/hotspot/user", &account, attr).unwrap_or_default();
    if of_account(state, "password") != password {
        return Err(failure("invalid username or password"));
    }
    let bound = of_account(state, "mac-address");
    if !matches!(bound.as_str(), "" | "00:00:00:00:00:00") && bound != of_host(state, "mac-address") {
        return Err(failure(format!("user {user} is not allowed to log in from this MAC address")));
    }
    let profile = state.find_by("/ip/hotspot/user/profile", "name", &of_account(state, "profile")).cloned();
    let shared = profile.as_ref().and_then(|row| state.value("/ip/hotspot/user/profile", row, "shared-users"));
    let shared = shared.and_then(|shared| shared.parse::<usize>().ok()).unwrap_or(1);
    let menu = state.menu("/ip/hotspot/active").unwrap_or(usize::MAX);
    let online = state.rows(menu).iter().filter(|row| state.value("/ip/hotspot/active", row, "user").as_deref() == Some(user));
    if online.count() >= shared {
        return Err(failure(format!("no more sessions are allowed for user {user}")));
    }
    let session = state.next_session();
    let (address, mac) = (of_host(state, "address"), of_host(state, "mac-address"));
    let active = [("server", server.as_str()), ("user", user), ("address", &address), ("mac-address", &mac)];
    let id = state.raw_insert("/ip/hotspot/active", &active, Some(session)).unwrap_or(0);
    for limit in ["limit-bytes-in", "limit-bytes-out", "limit-bytes-total"] {
        let value = of_account(state, limit);
        if !value.is_empty() {
            state.raw_set(menu, id, limit, Some(&value));
        }
    }
    authorize(state, &address, true);
    Ok(format!("*{id:X}"))
}

/// The enabled user of that name on a server, or on all of them.
fn find_user(state: &State, name: &str, server: &str) -> Option<Record> {
    let path = "/ip/hotspot/user";
    let value = |row: &Record, attr: &str| state.value(path, row, attr).unwrap_or_default();
    let usable = |row: &&Record| {
        value(row, "name") == name && value(row, "disabled") != "true" && [server, "all"].contains(&value(row, "server").as_str())
    };
    state.rows(state.menu(path)?).iter().find(usable).cloned()
}

fn authorize(state: &mut State, address: &str, flag: bool) {
    let host = state.find_by("/ip/hotspot/host", "address", address).map(|row| row.id);
    if let (Some(menu), Some(id)) = (state.menu("/ip/hotspot/host"), host) {
        state.raw_set(menu, id, "authorized", Some(if flag { "true" } else { "false" }));
    }
}

/// A device gets an address by DHCP: its static lease is bound, or a dynamic one appears.
pub(super) fn connect_dhcp(state: &mut State, server: &str, address: &str, mac: &str, name: &str) -> Result<String, Trap> {
    let mac = normalize_mac(mac).ok_or_else(|| failure("invalid value for argument mac-address"))?;
    let menu = state.menu("/ip/dhcp-server/lease").unwrap_or(usize::MAX);
    let known = state.find_by("/ip/dhcp-server/lease", "mac-address", &mac).map(|row| row.id);
    let id = match known {
        Some(id) => id,
        None => {
            let lease = [("address", address), ("mac-address", mac.as_str()), ("server", server), ("dynamic", "true")];
            state.raw_insert("/ip/dhcp-server/lease", &lease, None).unwrap_or(0)
        }
    };
    let row = state.find(menu, id).cloned();
    let fixed = row.and_then(|row| state.value("/ip/dhcp-server/lease", &row, "address"));
    let fixed = fixed.filter(|fixed| fixed != "0.0.0.0").unwrap_or_else(|| address.to_owned());
    let bound = [
        ("status", "bound"),
        ("last-seen", "1s"),
        ("expires-after", "29m59s"),
        ("active-address", fixed.as_str()),
        ("active-mac-address", mac.as_str()),
        ("active-server", server),
        ("host-name", name),
    ];
    for (attr, value) in bound {
        state.raw_set(menu, id, attr, Some(value));
    }
    lease_lists(state, menu, id);
    Ok(format!("*{id:X}"))
}

/// What owns the entries that a lease makes.
pub(super) fn owner_of_lease(id: u32) -> u32 {
    0x2000_0000 | id
}

/// A bound lease puts its address on the lists that it names, and its server's.
pub(super) fn lease_lists(state: &mut State, menu: usize, id: u32) {
    const LEASE: &str = "/ip/dhcp-server/lease";
    state.delete_owned(owner_of_lease(id));
    let Some(row) = state.find(menu, id).cloned() else { return };
    let value = |state: &State, name: &str| state.value(LEASE, &row, name).unwrap_or_default();
    let address = value(state, "active-address");
    if value(state, "status") != "bound" || value(state, "disabled") == "true" || address.is_empty() {
        return;
    }
    let server = state.find_by("/ip/dhcp-server", "name", &value(state, "active-server"));
    let of_server = server.and_then(|server| state.value("/ip/dhcp-server", server, "address-lists")).unwrap_or_default();
    let mac = value(state, "active-mac-address");
    use_address(state, &address, "DHCP", &mac, owner_of_lease(id));
    let lists = format!("{},{of_server}", value(state, "address-lists"));
    for list in lists.split(',').filter(|list| !list.is_empty()) {
        let entry = [("list", list), ("address", &address), ("dynamic", "true")];
        state.raw_insert("/ip/firewall/address-list", &entry, Some(owner_of_lease(id)));
    }
}

/// A connection of a customer is seen. With ports in the addresses, as older versions print them, when they are given so.
pub(super) fn track(state: &mut State, src: &str, dst: &str) -> String {
    let mut row = vec![("protocol", "tcp"), ("fasttrack", "true")];
    let apart = |text: &str| text.split_once(' ').map(|(host, port)| (host.to_owned(), port.to_owned()));
    let (source, target) = (apart(src), apart(dst));
    for (end, text, names) in [(&source, src, ["src-address", "src-port"]), (&target, dst, ["dst-address", "dst-port"])] {
        match end {
            Some((host, port)) => row.extend([(names[0], host.as_str()), (names[1], port.as_str())]),
            None => row.push((names[0], text)),
        }
    }
    let host = |end: &Option<(String, String)>, text: &str| end.as_ref().map_or_else(|| text.to_owned(), |(host, _)| host.clone());
    let (back, to) = (host(&target, dst), host(&source, src));
    row.extend([("reply-src-address", back.as_str()), ("reply-dst-address", to.as_str())]);
    let id = state.raw_insert("/ip/firewall/connection", &row, None).unwrap_or(0);
    format!("*{id:X}")
}

/// A session's row is gone: so is everything it brought.
pub(super) fn ended(state: &mut State, menu: &Menu, row: &Record) {
    if let Some(session) = row.owner {
        state.delete_owned(session);
    }
    if menu.path == "/ip/hotspot/active" {
        authorize(state, row.named(menu, "address").unwrap_or_default(), false);
        return;
    }
    let secret = row.named(menu, "name").and_then(|name| state.find_by("/ppp/secret", "name", name)).map(|row| row.id);
    if let (Some(at), Some(id)) = (state.menu("/ppp/secret"), secret) {
        state.raw_set(at, id, "last-logged-out", Some("2026-09-28 10:11:12"));
        state.raw_set(at, id, "last-caller-id", row.named(menu, "caller-id"));
        state.raw_set(at, id, "last-disconnect-reason", Some("admin-reset"));
    }
}
