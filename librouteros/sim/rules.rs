//! What a router refuses: duplicates, dangling references, and the rules of single menus. And what follows from a change.

use std::sync::Arc;

use super::kinds::{Kind, Reference, Refusal};
use super::schema::{Attr, Menu};
use super::state::{Record, State, failure, value_trap};
use crate::error::Trap;
use crate::values::{RatePair, parse_prefix};

/// The stored spelling of a value given for an attribute; `None` clears it.
pub(super) fn accept(state: &State, attr: &Attr, value: &str) -> Result<Option<String>, Trap> {
    if value.is_empty() {
        let clears = attr.default.is_none() && !attr.required;
        if clears {
            return Ok(None);
        }
        if matches!(attr.kind, Kind::Text | Kind::Policy | Kind::Enums(..)) && !attr.required {
            return attr.kind.normalize(value).map(Some).map_err(|_| no_match(attr));
        }
    }
    // What is left after an exclamation mark is a value as any.
    if let Some(rest) = value.strip_prefix('!').filter(|rest| attr.not && !rest.is_empty() && !matches!(attr.kind, Kind::Enums(..))) {
        return Ok(accept(state, attr, rest)?.map(|value| format!("!{value}")));
    }
    if let Kind::Ref(reference) = &attr.kind {
        return if refers(state, reference, value) { Ok(Some(value.to_owned())) } else { Err(no_match(attr)) };
    }
    attr.kind.normalize(value).map(Some).map_err(|refusal| match refusal {
        Refusal::Invalid => value_trap(format!("invalid value for argument {}", attr.name)),
        Refusal::NoMatch => no_match(attr),
        Refusal::OutOfRange(low, high) => value_trap(format!("value of {} out of range ({low}..{high})", attr.name)),
    })
}

/// The trap names what was looked for: `in-interface-list` is an `interface`, `remote-address` a `pool`, as the attribute.
fn no_match(attr: &Attr) -> Trap {
    value_trap(format!("input does not match any value of {}", attr.name))
}

fn refers(state: &State, reference: &Reference, value: &str) -> bool {
    reference.words.iter().any(|word| word == value)
        || (reference.or_address && parse_prefix(value).is_some())
        || state.find_by(&reference.menu, "name", value).is_some()
}

/// Checks a row that is about to be stored against the others of its menu.
pub(super) fn check(state: &State, at: usize, menu: &Menu, row: &Record) -> Result<(), Trap> {
    let enabled = |row: &Record| !row.is(menu, "disabled");
    for unique in &menu.unique {
        let given = unique.attrs.iter().any(|attr| row.get(*attr).is_some());
        let clash = |other: &&Record| {
            other.id != row.id
                && unique.attrs.iter().all(|attr| other.get(*attr) == row.get(*attr))
                && (!unique.enabled_only || (enabled(row) && enabled(other)))
        };
        if given && state.rows(at).iter().find(clash).is_some() {
            return Err(failure(unique.trap.clone()));
        }
    }
    for check in &menu.checks {
        match check.as_str() {
            "lease" => check_lease(state, at, menu, row)?,
            "queue-limits" => check_limits(menu, row)?,
            _ => {}
        }
    }
    Ok(())
}

/// Two enabled leases clash by client on one server (a lease of all servers clashes with every server's) and by address
/// across all servers (measured on 7.23.7). Dynamic rows count too: one must be made static or removed first.
fn check_lease(state: &State, at: usize, menu: &Menu, row: &Record) -> Result<(), Trap> {
    let server = |row: &Record| row.named(menu, "server").filter(|server| *server != "all").map(str::to_owned);
    if row.is(menu, "disabled") {
        return Ok(());
    }
    let (own, mac, address) = (server(row), row.named(menu, "mac-address"), row.named(menu, "address"));
    for other in state.rows(at).iter().filter(|other| other.id != row.id && !other.is(menu, "disabled")) {
        let theirs = server(other);
        let meet = own.is_none() || theirs.is_none() || own == theirs;
        if meet && mac.is_some() && other.named(menu, "mac-address") == mac {
            return Err(failure("failure: already have static lease for this client"));
        }
        // A pool stands for many addresses, and 0.0.0.0 for any.
        if address.is_some_and(|address| parse_prefix(address).is_some_and(|(host, _)| !host.is_unspecified()))
            && other.named(menu, "address") == address
        {
            return Err(failure("failure: already have static lease with this IP address"));
        }
    }
    Ok(())
}

fn check_limits(menu: &Menu, row: &Record) -> Result<(), Trap> {
    let pair = |name: &str| row.named(menu, name).and_then(|value| value.parse::<RatePair>().ok()).unwrap_or_default();
    let (max, limit) = (pair("max-limit"), pair("limit-at"));
    if max.upload > 0 && max.upload < limit.upload {
        return Err(failure("failure: upload-max-limit less than upload-limit"));
    }
    if max.download > 0 && max.download < limit.download {
        return Err(failure("failure: download-max-limit less than download-limit"));
    }
    Ok(())
}

/// Checks that a row may go.
pub(super) fn check_removal(state: &State, menu: &Menu, row: &Record) -> Result<(), Trap> {
    if let Some(builtin) = &menu.builtin
        && row.get(builtin.attr).is_some_and(|value| builtin.values.iter().any(|own| own == value))
    {
        return Err(failure(builtin.trap.clone()));
    }
    let used = |path: &str, attr: &str| row.named(menu, "name").is_some_and(|name| state.find_by(path, attr, name).is_some());
    if menu.checks.iter().any(|check| check == "group-users") && used("/user", "group") {
        return Err(failure("failure: group has some users"));
    }
    Ok(())
}

/// A row has a new name.
pub(super) fn renamed(state: &mut State, menu: &Menu, old: &str, new: &str) {
    repoint(state, &menu.path, old, new);
    if menu.path == "/interface/bridge" {
        repoint(state, "/interface", old, new);
    }
}

/// References are to rows, not to names: they follow a new name, and a row that is gone leaves its number (measured).
fn repoint(state: &mut State, path: &str, old: &str, new: &str) {
    let schema = Arc::clone(&state.schema);
    for (at, menu) in schema.menus.iter().enumerate() {
        for (position, attr) in menu.attrs.iter().enumerate() {
            if !matches!(&attr.kind, Kind::Ref(reference) if reference.menu == path) {
                continue;
            }
            let held: Vec<u32> = state.rows(at).iter().filter(|row| row.get(position) == Some(old)).map(|row| row.id).collect();
            for row in state.rows_mut(at).into_iter().flatten().filter(|row| held.contains(&row.id)) {
                row.put(position, Some(new.to_owned()));
            }
        }
    }
}

/// What the router itself does after a row was added or set.
pub(super) fn follow_up(state: &mut State, at: usize, id: u32, new: bool) {
    let schema = Arc::clone(&state.schema);
    let (Some(menu), Some(row)) = (schema.menus.get(at), state.find(at, id).cloned()) else {
        return;
    };
    let text = |name: &str| row.named(menu, name).unwrap_or_default().to_owned();
    match menu.path.as_str() {
        "/ip/firewall/address-list" if new => {
            state.raw_set(at, id, "creation-time", Some("2026-09-28 10:11:12"));
            if row.named(menu, "timeout").is_some() {
                state.raw_set(at, id, "dynamic", Some("true"));
            }
        }
        "/ip/address" => {
            state.raw_set(at, id, "network", network(&text("address")).as_deref());
            state.raw_set(at, id, "actual-interface", Some(&text("interface")));
        }
        "/interface/bridge" => {
            // A bridge is an interface too; it belongs to the bridge, so it goes with it.
            let interface = state.menu("/interface").unwrap_or(usize::MAX);
            match state.rows(interface).iter().find(|row| row.owner == Some(id)).map(|row| row.id) {
                Some(own) => {
                    state.raw_set(interface, own, "name", Some(&text("name")));
                }
                None => {
                    state.raw_insert("/interface", &[("name", &text("name")), ("type", "bridge")], Some(id));
                }
            }
        }
        "/ip/dhcp-server/lease" => super::live::lease_lists(state, at, id),
        "/ip/dhcp-client" if new => {
            state.raw_set(at, id, "status", Some("bound"));
        }
        "/file" => {
            let size = text("contents").len().to_string();
            state.raw_set(at, id, "size", Some(&size));
        }
        _ => {}
    }
}

/// The network of an address with prefix length: `192.168.88.1/24` → `192.168.88.0`.
fn network(text: &str) -> Option<String> {
    parse_prefix(text).map(|(address, length)| super::kinds::network(address, length).to_string())
}

/// What the router itself does after a row is gone.
pub(super) fn after_removal(state: &mut State, menu: &Menu, row: &Record) {
    if let Some(name) = row.named(menu, "name") {
        renamed(state, menu, name, &row.id_text());
    }
    match menu.path.as_str() {
        "/interface/bridge" => state.delete_owned(row.id),
        "/ip/dhcp-server/lease" => state.delete_owned(super::live::owner_of_lease(row.id)),
        "/ppp/active" | "/ip/hotspot/active" => super::live::ended(state, menu, row),
        _ => {}
    }
}
