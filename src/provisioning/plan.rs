//! Planning: what a menu should hold and what it holds, turned into the steps that make them agree. No I/O.
//!
//! A row is found by our marker in its `comment`, else by its key. Rows of others are never changed: one in the way is a
//! conflict, said by name. Exceptions, all of them the router's own doing or meant to be shared:
//! - a dynamic lease of the same device or address makes way for the fixed one;
//! - a profile that others made under the same name is used as it is;
//! - an address that is already in a list for good needs no second entry;
//! - an entry with a time-out makes way for the lasting one: it would end the suspension by itself.

use std::collections::{BTreeSet, HashMap, HashSet};

use lastmile_models::isp_mikrotik::desired::{Marker, Row, Session, menu};
use librouteros::values::{default_value, same_value};

use super::queues::Others;

/// A row as the router printed it.
pub type Present = librouteros::Row;

/// One change of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Remove {
        id: String,
    },
    Set {
        id: String,
        attrs: Vec<(String, String)>,
    },
    /// Brings an attribute back to its default.
    Unset {
        id: String,
        name: &'static str,
    },
    /// Before another row.
    Move {
        id: String,
        before: String,
    },
    Add {
        attrs: Vec<(String, String)>,
        before: Option<String>,
    },
}

/// A change, and the wanted row (by its position) that asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub row: usize,
    pub change: Change,
}

/// What to do with one menu.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub steps: Vec<Step>,
    /// Rows that cannot be had, and why.
    pub conflicts: Vec<(usize, String)>,
    /// Sessions that go on under old terms once the steps are done, and the row they belong to.
    pub sessions: Vec<(usize, Session)>,
}

/// An attribute that not every row has, and its neutral value.
pub type Optional = (&'static str, Option<&'static str>);

/// Attributes that go back to their default when a row leaves them out, and the value that says so. `None`: the menu's
/// `unset` takes them; most menus have none, or one for a few names only.
const OPTIONAL: &[(&str, &[Optional])] = &[
    (menu::PPP_SECRET, &[("remote-address", None)]),
    (menu::LEASE, &[("address", Some("0.0.0.0")), ("rate-limit", Some(""))]),
    (menu::HOTSPOT_USER, &[("mac-address", Some("00:00:00:00:00:00"))]),
    // A guarantee above the new limit would have the router refuse the limit.
    (menu::QUEUE, &[("limit-at", Some("0/0"))]),
];

/// Attributes that have no empty value: an empty one means `unset`.
const UNSET: &[&str] = &["remote-address", "remote-ipv6-prefix"];

/// Attributes of accounts that a session takes over when it begins, and keeps.
const AT_LOGIN: &[&str] = &["name", "password", "profile", "disabled", "remote-address", "remote-ipv6-prefix", "mac-address", "service"];

/// Profiles of ours in menus without comments are told by their name.
const OWN_PROFILE: &str = "lastmile-plan-";

/// Attributes of a menu that are left out by rows that do not need them, with their neutral value.
pub fn optional(menu: &str) -> &'static [Optional] {
    OPTIONAL.iter().find(|(path, _)| *path == menu).map_or(&[], |(_, names)| names)
}

/// Whether a router says by this value that the attribute is not used.
fn is_neutral(name: &str, neutral: Option<&str>, seen: Option<&str>) -> bool {
    same_value(name, seen, default_value(name)) || neutral.is_some_and(|value| same_value(name, seen, value))
}

/// Whether a printed row carries this row's marker.
pub fn is_marked(row: &Row, present: &Present) -> bool {
    let own = Marker::of_comment(&row.marker);
    own.is_some() && present.get("comment").and_then(Marker::of_comment) == own
}

/// Whether a printed row has this row's key, or what a router would take for it.
pub fn has_key(row: &Row, present: &Present) -> bool {
    let same = |name: &str, value: &str| !value.is_empty() && present.get(name).is_some_and(|seen| same_value(name, seen, value));
    match row.menu {
        // No two leases may share an address either.
        menu::LEASE => same(row.key_name, &row.key_value) || attr(row, "address").is_some_and(|address| same("address", address)),
        menu::ADDRESS_LIST | menu::ADDRESS_LIST6 => {
            ["list", "address"].iter().all(|name| attr(row, name).is_some_and(|value| same(name, value)))
        }
        _ => !row.key_name.is_empty() && same(row.key_name, &row.key_value),
    }
}

/// The value of a wanted attribute.
pub fn attr<'a>(row: &'a Row, name: &str) -> Option<&'a str> {
    row.attrs.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
}

/// Plans one menu: `wanted` are rows of it, `present` everything of it that carries a marker or key of theirs, in the
/// router's order (all rows, where one of them comes `first`).
pub fn plan(wanted: &[&Row], present: &[Present]) -> Plan {
    let mut plan = Plan::default();
    let index = Index::new(wanted, present);
    let room = Room { present, others: Others::among(wanted.first().map_or("", |row| row.menu), present) };
    // What other requests change or take away in the same go is not in the way.
    let moving: HashSet<&str> = wanted.iter().filter_map(|row| Marker::of_comment(&row.marker)).collect();
    for (n, row) in wanted.iter().enumerate() {
        let marked = index.marked(row);
        if row.present {
            let mut others = index.keyed(row);
            others.retain(|p| p.get("comment").and_then(Marker::of_comment).is_none_or(|marker| !moving.contains(marker)));
            plan.keep(n, row, &marked, &others, &room);
        } else {
            plan.remove_all(n, row, &marked);
        }
    }
    plan
}

/// A menu as it is, for the order of its rows.
struct Room<'a> {
    present: &'a [Present],
    others: Others<'a>,
}

/// Printed rows by what they are looked for by: a large menu is gone through once, not once a wanted row.
struct Index<'a> {
    by_marker: HashMap<&'a str, Vec<&'a Present>>,
    by_key: HashMap<(&'static str, String), Vec<&'a Present>>,
}

impl<'a> Index<'a> {
    fn new(wanted: &[&Row], present: &'a [Present]) -> Self {
        let mut index = Index { by_marker: HashMap::new(), by_key: HashMap::new() };
        let names: Vec<&'static str> = wanted.iter().flat_map(|row| key_names(row)).collect::<BTreeSet<_>>().into_iter().collect();
        for row in present.iter().filter(|row| row.id().is_some()) {
            if let Some(marker) = row.get("comment").and_then(Marker::of_comment) {
                index.by_marker.entry(marker).or_default().push(row);
            }
            for name in &names {
                if let Some(value) = row.get(name) {
                    index.by_key.entry((name, folded(value))).or_default().push(row);
                }
            }
        }
        index
    }

    fn marked(&self, row: &Row) -> Vec<&'a Present> {
        Marker::of_comment(&row.marker).and_then(|marker| self.by_marker.get(marker)).cloned().unwrap_or_default()
    }

    /// Rows with the key of a wanted one that do not carry its marker.
    fn keyed(&self, row: &Row) -> Vec<&'a Present> {
        let mut found: Vec<&Present> = Vec::new();
        for name in key_names(row) {
            let value = if name == row.key_name { Some(row.key_value.as_str()) } else { attr(row, name) };
            let here = value.and_then(|value| self.by_key.get(&(name, folded(value)))).into_iter().flatten();
            for present in here.filter(|p| !is_marked(row, p) && has_key(row, p)) {
                if !found.iter().any(|known| known.id() == present.id()) {
                    found.push(present);
                }
            }
        }
        found
    }
}

/// Attributes that may tell that a row is the wanted one.
fn key_names(row: &Row) -> impl Iterator<Item = &'static str> + use<> {
    let more = matches!(row.menu, menu::LEASE | menu::ADDRESS_LIST | menu::ADDRESS_LIST6).then_some("address");
    Some(row.key_name).filter(|name| !name.is_empty()).into_iter().chain(more)
}

/// Coarser than what routers take for the same; [`has_key`] decides.
fn folded(value: &str) -> String {
    value.strip_suffix("/32").or_else(|| value.strip_suffix("/128")).unwrap_or(value).to_uppercase()
}

impl Plan {
    fn push(&mut self, row: usize, change: Change) {
        self.steps.push(Step { row, change });
    }

    fn remove_all(&mut self, n: usize, row: &Row, marked: &[&Present]) {
        for present in marked {
            self.push(n, Change::Remove { id: id(present) });
            self.end_session(n, row, present);
        }
    }

    fn keep(&mut self, n: usize, row: &Row, marked: &[&Present], others: &[&Present], room: &Room<'_>) {
        let best = marked.iter().find(|p| has_key(row, p)).or_else(|| marked.first()).copied();
        if let Some(best) = best {
            // A marker is on one row only: a second one is what a lost answer left.
            for double in marked.iter().filter(|p| p.id() != best.id()) {
                self.push(n, Change::Remove { id: id(double) });
            }
        }
        if self.clear_the_way(n, row, best, others) {
            match best {
                Some(best) => self.adjust(n, row, best, room),
                None => self.add(n, row, room),
            }
        }
    }

    /// Deals with other rows of the same key; `false`: nothing more is to be done for the row.
    fn clear_the_way(&mut self, n: usize, row: &Row, own: Option<&Present>, others: &[&Present]) -> bool {
        for other in others {
            // Two disabled rows of a key do not disturb each other in these menus.
            let idle = other.is_true("disabled");
            match row.menu {
                menu::LEASE | menu::ADDRESS_LIST | menu::ADDRESS_LIST6 if idle => {}
                menu::LEASE if other.is_true("dynamic") => self.push(n, Change::Remove { id: id(other) }),
                menu::ADDRESS_LIST | menu::ADDRESS_LIST6 if other.get("timeout").is_some_and(|time| !time.is_empty()) => {
                    self.push(n, Change::Remove { id: id(other) });
                }
                menu::ADDRESS_LIST | menu::ADDRESS_LIST6 => match own {
                    Some(own) if has_key(row, own) => {}
                    Some(own) => {
                        self.push(n, Change::Remove { id: id(own) });
                        return false;
                    }
                    None => return false,
                },
                _ if row.shared => {
                    if row.marker.is_empty() && row.key_value.starts_with(OWN_PROFILE) {
                        self.set(n, row, other);
                    }
                    return false;
                }
                _ => {
                    self.conflicts.push((n, conflict(row, other)));
                    return false;
                }
            }
        }
        true
    }

    fn add(&mut self, n: usize, row: &Row, room: &Room<'_>) {
        let mut attrs = Vec::with_capacity(row.attrs.len() + 2);
        if !row.key_name.is_empty() {
            attrs.push((row.key_name.to_owned(), row.key_value.clone()));
        }
        attrs.extend(row.attrs.iter().filter(|(_, value)| !value.is_empty()).cloned());
        if !row.marker.is_empty() {
            attrs.push(("comment".to_owned(), row.marker.clone()));
        }
        let before = match row.first {
            true => room.present.iter().find(|p| !p.is_true("dynamic")),
            false => room.others.first_wider(row).map(|(_, wider)| wider),
        };
        let before = before.map(id);
        self.push(n, Change::Add { attrs, before });
    }

    fn adjust(&mut self, n: usize, row: &Row, own: &Present, room: &Room<'_>) {
        self.set(n, row, own);
        if let Some((place, wider)) = room.others.first_wider(row)
            && room.present.iter().position(|p| p.id() == own.id()) > Some(place)
        {
            // The first queue that fits a packet has it.
            self.push(n, Change::Move { id: id(own), before: id(wider) });
        }
        if row.first {
            // Whoever put rules of his own before ours knows why. But a fasttracked connection skips all later rules.
            let earlier = room.present.iter().take_while(|p| p.id() != own.id());
            if let Some(fast) = earlier.into_iter().find(|p| !p.is_true("dynamic") && p.get("action") == Some("fasttrack-connection")) {
                self.push(n, Change::Move { id: id(own), before: id(fast) });
            }
        }
    }

    /// Sets what differs.
    fn set(&mut self, n: usize, row: &Row, present: &Present) {
        let mut wanted: Vec<(&str, &str)> = row.attrs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if !row.key_name.is_empty() {
            wanted.push((row.key_name, &row.key_value));
        }
        if !row.marker.is_empty() {
            wanted.push(("comment", &row.marker));
        }
        if attr(row, "disabled").is_none() {
            wanted.push(("disabled", "no"));
        }
        wanted.retain(|(name, value)| !same_value(name, present.get(name), *value));
        for (name, neutral) in optional(row.menu) {
            let left_out = attr(row, name).is_none() && row.key_name != *name;
            if left_out && !is_neutral(name, *neutral, present.get(name)) {
                wanted.push((name, neutral.unwrap_or_default()));
            }
        }
        if wanted.iter().any(|(name, _)| AT_LOGIN.contains(name)) {
            self.end_session(n, row, present);
        }
        let (unset, attrs): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|(name, value)| value.is_empty() && UNSET.contains(name));
        if !attrs.is_empty() {
            let attrs = attrs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            self.push(n, Change::Set { id: id(present), attrs });
        }
        for name in UNSET.iter().filter(|name| unset.iter().any(|(own, _)| own == *name)) {
            self.push(n, Change::Unset { id: id(present), name });
        }
    }

    /// The session of an account, under the name that it began with.
    fn end_session(&mut self, n: usize, row: &Row, present: &Present) {
        let (menu, key_name) = match row.menu {
            menu::PPP_SECRET => (menu::PPP_ACTIVE, "name"),
            menu::HOTSPOT_USER => (menu::HOTSPOT_ACTIVE, "user"),
            _ => return,
        };
        let Some(name) = present.get("name") else { return };
        let session = Session { menu, key_name, key_value: name.to_owned() };
        if !self.sessions.iter().any(|(own, known)| *own == n && *known == session) {
            self.sessions.push((n, session));
        }
    }
}

fn id(present: &Present) -> String {
    present.id().unwrap_or_default().to_owned()
}

/// Whose row is in the way.
fn conflict(row: &Row, other: &Present) -> String {
    let comment = other.get("comment").unwrap_or_default();
    let whose = if comment.is_empty() { "it has no comment".to_owned() } else { format!("its comment is \"{comment}\"") };
    let (name, value) = match row.menu {
        menu::LEASE if other.get(row.key_name).is_none_or(|seen| !same_value(row.key_name, seen, row.key_value.as_str())) => {
            ("address", attr(row, "address").unwrap_or_default())
        }
        _ => (row.key_name, row.key_value.as_str()),
    };
    format!("{} {name}={value} ({}) is not ours to change: {whose}", row.menu, other.id().unwrap_or("?"))
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
