//! Commands only some menus have.

use super::commands::{Outcome, Request, Stream, targets};
use super::live;
use super::schema::Menu;
use super::state::{State, failure, missing_trap, value_trap};
use crate::codec::Row;
use crate::error::Trap;

/// Runs a verb the menu table grants.
pub(super) fn run(state: &mut State, at: usize, menu: &Menu, verb: &str, request: &Request) -> Result<Outcome, Trap> {
    match verb {
        "make-static" => make_static(state, at, menu, request),
        "reset-counters" | "reset-counters-all" => reset_counters(state, at, menu, verb, request),
        "monitor-traffic" => monitor(state, request),
        "login" => login(state, request),
        "run" => run_script(state, at, menu, request),
        "release" | "renew" => targets(state, at, menu, request).map(|_| Outcome::default()),
        _ => Err(missing_trap("no such command")),
    }
}

/// Over the API an export shows nothing: only `!done`. With `file` it is written to the router's files.
pub(super) fn export(state: &mut State, request: &Request) -> Result<Outcome, Trap> {
    request.only(&["file", "compact", "verbose", "terse", "show-sensitive", "hide-sensitive"])?;
    if let Some(file) = request.param("file") {
        let name = format!("{}.rsc", file.strip_suffix(".rsc").unwrap_or(file));
        let stale = state.find_by("/file", "name", &name).map(|row| row.id);
        if let (Some(menu), Some(id)) = (state.menu("/file"), stale) {
            state.delete(menu, id);
        }
        let contents = format!("# by RouterOS {}\n", state.version.bare());
        let size = contents.len().to_string();
        state.raw_insert("/file", &[("name", &name), ("type", "script"), ("size", &size), ("contents", &contents)], None);
    }
    Ok(Outcome::default())
}

/// A dynamic lease becomes a configured one.
fn make_static(state: &mut State, at: usize, menu: &Menu, request: &Request) -> Result<Outcome, Trap> {
    request.only(&[".id", "numbers"])?;
    for id in targets(state, at, menu, request)? {
        if !state.find(at, id).is_some_and(|row| row.is(menu, "dynamic")) {
            return Err(failure("failure: lease is already static"));
        }
        state.raw_set(at, id, "dynamic", Some("false"));
    }
    Ok(Outcome::default())
}

fn reset_counters(state: &mut State, at: usize, menu: &Menu, verb: &str, request: &Request) -> Result<Outcome, Trap> {
    request.only(&[".id", "numbers"])?;
    let counters = ["bytes", "packets", "bytes-in", "bytes-out", "packets-in", "packets-out", "uptime", "hits", "rx-byte", "tx-byte"];
    // Without rows, where a menu takes none, it is for all of them.
    let all = || state.rows(at).iter().map(|row| row.id).collect();
    let ids: Vec<u32> =
        if request.params.is_empty() && !state.schema.addresses(menu, verb) { all() } else { targets(state, at, menu, request)? };
    for id in ids {
        for attr in menu.attrs.iter().filter(|attr| attr.read_only && counters.contains(&attr.name.as_str())) {
            state.raw_set(at, id, &attr.name, attr.default.as_deref());
        }
    }
    Ok(Outcome::default())
}

fn monitor(state: &mut State, request: &Request) -> Result<Outcome, Trap> {
    request.only(&["interface", ".id", "numbers", "once", "duration", "interval", "file", ".proplist"])?;
    let given = request.param("interface").or_else(|| request.param(".id")).or_else(|| request.param("numbers"));
    let given = given.ok_or_else(|| missing_trap("missing =interface="))?;
    let mut interfaces = Vec::new();
    for one in given.split(',') {
        let row = state.rows(state.menu("/interface").unwrap_or(usize::MAX)).iter().find(|row| row.id_text() == one);
        let row = row.or_else(|| state.find_by("/interface", "name", one));
        let row = row.ok_or_else(|| value_trap("input does not match any value of interface".to_owned()))?;
        interfaces.extend(state.value("/interface", row, "name"));
    }
    if request.param("once").is_some() {
        return Ok(Outcome { rows: traffic(state, &interfaces), asks: true, ..Outcome::default() });
    }
    Ok(Outcome { stream: Some(Stream::Monitor { interfaces }), ..Outcome::default() })
}

/// One row per interface: what is set by [`super::Simulator::set_traffic`], or nothing.
pub(super) fn traffic(state: &State, interfaces: &[String]) -> Vec<Row> {
    let row = |name: &String| {
        let (rx, tx) = state.traffic.get(name).copied().unwrap_or_default();
        let packets = |bits: u64| (bits / 8 / 1000).to_string();
        let fields = [
            ("name", name.clone()),
            ("rx-packets-per-second", packets(rx)),
            ("rx-bits-per-second", rx.to_string()),
            ("rx-drops-per-second", "0".to_owned()),
            ("rx-errors-per-second", "0".to_owned()),
            ("tx-packets-per-second", packets(tx)),
            ("tx-bits-per-second", tx.to_string()),
            ("tx-drops-per-second", "0".to_owned()),
            ("tx-errors-per-second", "0".to_owned()),
        ];
        fields.into_iter().collect()
    };
    interfaces.iter().map(row).collect()
}

/// Logs a hotspot host in without its browser.
fn login(state: &mut State, request: &Request) -> Result<Outcome, Trap> {
    request.only(&["user", "password", "ip", "mac-address", "domain"])?;
    let user = request.param("user").ok_or_else(|| missing_trap("missing =user="))?;
    let password = request.param("password").unwrap_or_default();
    let id = live::hotspot_login(state, user, password, request.param("ip"), request.param("mac-address"))?;
    Ok(Outcome { ret: Some(id), ..Outcome::default() })
}

/// Scripts are not interpreted: a run is counted. It takes `number` (or `.id`), never `name`.
fn run_script(state: &mut State, at: usize, menu: &Menu, request: &Request) -> Result<Outcome, Trap> {
    request.only(&["number", ".id", "numbers", "use-script-permissions"])?;
    for id in targets(state, at, menu, request)? {
        let runs = state.find(at, id).and_then(|row| row.named(menu, "run-count")?.parse::<u64>().ok()).unwrap_or(0);
        state.raw_set(at, id, "run-count", Some(&(runs + 1).to_string()));
        state.raw_set(at, id, "last-started", Some("2026-09-28 10:11:12"));
    }
    Ok(Outcome::default())
}

/// The rows a stream has to tell now.
pub(super) fn news(state: &State, stream: &mut Stream, due: bool) -> Vec<Row> {
    match stream {
        Stream::Monitor { interfaces } if due => traffic(state, interfaces),
        Stream::Monitor { .. } => Vec::new(),
        Stream::Listen { menu, filter, proplist, after } => {
            let mut rows = Vec::new();
            let Some(spec) = state.schema.menus.get(*menu) else {
                return rows;
            };
            for change in state.changes(*menu, *after) {
                if change.dead {
                    rows.push([(".id", format!("*{:X}", change.id)), (".dead", "true".to_owned())].into_iter().collect());
                } else if let Some(row) = state.find(*menu, change.id).filter(|row| filter.matches(row)) {
                    rows.push(state.print(spec, row, proplist.as_deref()));
                }
            }
            *after = state.sequence;
            rows
        }
    }
}
