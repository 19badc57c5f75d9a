//! The commands that change rows, after what the menu's table says.

use super::commands::{Outcome, Request, target, targets, unknown_parameter};
use super::rules;
use super::schema::Menu;
use super::state::{Record, State, missing_trap};
use crate::error::Trap;

/// Parameters of a command that are no attributes.
const ADDRESSING: &[&str] = &[".id", "numbers"];

pub(super) fn add(state: &mut State, at: usize, menu: &Menu, request: &Request) -> Result<Outcome, Trap> {
    let mut row = Record { id: 0, values: State::blank(menu), owner: None };
    if let Some(given) = request.param("copy-from") {
        copy(menu, target(state, at, menu, given)?, &mut row);
    }
    assign(state, menu, &mut row, &request.params, &["place-before", "copy-from"])?;
    for (position, attr) in menu.attrs.iter().enumerate() {
        if row.get(position).is_some() {
            continue;
        }
        if attr.auto {
            row.put(position, Some(made_up(state, at, menu, position)));
        } else if attr.required {
            return Err(missing_trap(format!("missing ={}=", attr.name)));
        }
    }
    rules::check(state, at, menu, &row)?;
    let before = match request.param("place-before") {
        None => None,
        Some(_) if !menu.allows("move") => return Err(unknown_parameter("place-before")),
        Some(place) => Some(place_of(state, at, place)?),
    };
    let id = state.insert(at, row.values, None);
    if let Some(place) = before {
        shift(state, at, &[id], place);
    }
    rules::follow_up(state, at, id, true);
    Ok(Outcome { ret: Some(format!("*{id:X}")), ..Outcome::default() })
}

/// Takes over what was set on another row: no state, and no name that the router makes up.
fn copy(menu: &Menu, from: &Record, row: &mut Record) {
    for (position, _) in menu.attrs.iter().enumerate().filter(|(_, attr)| !attr.read_only && !attr.auto) {
        row.put(position, from.get(position).map(str::to_owned));
    }
}

/// `queue1`, `hotspot2`: the last part of the menu and the first free number.
fn made_up(state: &State, at: usize, menu: &Menu, position: usize) -> String {
    let stem = match menu.path.as_str() {
        "/queue/simple" => "queue",
        "/ip/dhcp-server" => "dhcp",
        path => path.rsplit('/').next().unwrap_or("item"),
    };
    let taken = |name: &str| state.rows(at).iter().any(|row| row.get(position) == Some(name));
    let mut names = (1_u32..).map(|number| format!("{stem}{number}"));
    names.find(|name| !taken(name)).unwrap_or_else(|| stem.to_owned())
}

/// Puts given values into a row.
fn assign(state: &State, menu: &Menu, row: &mut Record, params: &[(String, String)], others: &[&str]) -> Result<(), Trap> {
    for (name, value) in params.iter().filter(|(name, _)| !others.contains(&name.as_str())) {
        let attr = menu.position(name).and_then(|at| menu.attrs.get(at).map(|attr| (at, attr)));
        let (at, attr) = attr.filter(|(_, attr)| !attr.read_only).ok_or_else(|| unknown_parameter(name))?;
        row.put(at, rules::accept(state, attr, value)?);
    }
    Ok(())
}

pub(super) fn set(state: &mut State, at: usize, menu: &Menu, request: &Request) -> Result<Outcome, Trap> {
    let ids = targets(state, at, menu, request)?;
    change(state, at, menu, &ids, |state, row| assign(state, menu, row, &request.params, ADDRESSING))
}

pub(super) fn comment(state: &mut State, at: usize, menu: &Menu, request: &Request) -> Result<Outcome, Trap> {
    request.only(&[".id", "numbers", "comment"])?;
    set(state, at, menu, request)
}

/// `unset` brings attributes back to their defaults.
pub(super) fn unset(state: &mut State, at: usize, menu: &Menu, request: &Request) -> Result<Outcome, Trap> {
    request.only(&[".id", "numbers", "value-name"])?;
    let ids = targets(state, at, menu, request)?;
    let names = request.param("value-name").ok_or_else(|| missing_trap("missing =value-name="))?;
    change(state, at, menu, &ids, |_, row| {
        for name in names.split(',') {
            let attr = menu.position(name).and_then(|at| menu.attrs.get(at).map(|attr| (at, attr)));
            let (at, attr) = attr.filter(|(_, attr)| !attr.read_only).ok_or_else(|| unknown_parameter(name))?;
            row.put(at, attr.default.clone());
        }
        Ok(())
    })
}

pub(super) fn switch(state: &mut State, at: usize, menu: &Menu, request: &Request, off: bool) -> Result<Outcome, Trap> {
    request.only(ADDRESSING)?;
    let ids = targets(state, at, menu, request)?;
    let disabled = menu.position("disabled").unwrap_or(usize::MAX);
    change(state, at, menu, &ids, |_, row| {
        row.put(disabled, Some(off.to_string()));
        Ok(())
    })
}

/// Changes rows one by one, each checked whole before it is stored; a refusal leaves the earlier ones changed, as on a router.
fn change(
    state: &mut State,
    at: usize,
    menu: &Menu,
    ids: &[u32],
    edit: impl Fn(&State, &mut Record) -> Result<(), Trap>,
) -> Result<Outcome, Trap> {
    for id in ids {
        let old = state.find(at, *id).cloned().ok_or_else(|| missing_trap("no such item"))?;
        let mut row = old.clone();
        edit(state, &mut row)?;
        if row == old {
            continue;
        }
        rules::check(state, at, menu, &row)?;
        let (before, after) = (old.named(menu, "name"), row.named(menu, "name").map(str::to_owned));
        if let Some(place) = state.rows_mut(at).and_then(|rows| rows.iter_mut().find(|row| row.id == *id)) {
            *place = row;
        }
        if let (Some(before), Some(after)) = (before, after)
            && before != after
        {
            rules::renamed(state, menu, before, &after);
        }
        state.changed(at, *id, false);
        rules::follow_up(state, at, *id, false);
    }
    Ok(Outcome::default())
}

pub(super) fn remove(state: &mut State, at: usize, menu: &Menu, request: &Request) -> Result<Outcome, Trap> {
    request.only(ADDRESSING)?;
    for id in targets(state, at, menu, request)? {
        let row = state.find(at, id).ok_or_else(|| missing_trap("no such item"))?;
        rules::check_removal(state, menu, row)?;
        if let Some(row) = state.delete(at, id) {
            rules::after_removal(state, menu, &row);
        }
    }
    Ok(Outcome::default())
}

pub(super) fn relocate(state: &mut State, at: usize, menu: &Menu, request: &Request) -> Result<Outcome, Trap> {
    request.only(&[".id", "numbers", "destination"])?;
    let ids = targets(state, at, menu, request)?;
    let place = match request.param("destination") {
        Some(place) => place_of(state, at, place)?,
        None => state.rows(at).len(),
    };
    shift(state, at, &ids, place);
    for id in ids {
        state.changed(at, id, false);
    }
    Ok(Outcome::default())
}

/// The place a destination names: a row like `*1F`, or, leniently, a position counted from 0, because scripts written for the
/// console send `0` for the top.
fn place_of(state: &State, at: usize, given: &str) -> Result<usize, Trap> {
    let place = match given.strip_prefix('*') {
        Some(hex) => {
            let id = u32::from_str_radix(hex, 16).ok();
            state.rows(at).iter().position(|row| Some(row.id) == id)
        }
        None => given.parse().ok().filter(|place| *place <= state.rows(at).len()),
    };
    place.ok_or_else(|| missing_trap("no such item"))
}

/// Moves rows, in the order given, to just before what is at `place` now.
fn shift(state: &mut State, at: usize, ids: &[u32], place: usize) {
    let Some(rows) = state.rows_mut(at) else {
        return;
    };
    let anchor = rows.iter().skip(place).find(|row| !ids.contains(&row.id)).map(|row| row.id);
    let (mut moved, mut rest): (Vec<_>, Vec<_>) = std::mem::take(rows).into_iter().partition(|row| ids.contains(&row.id));
    moved.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    let place = anchor.and_then(|anchor| rest.iter().position(|row| row.id == anchor)).unwrap_or(rest.len());
    let tail = rest.split_off(place);
    *rows = rest.into_iter().chain(moved).chain(tail).collect();
}
