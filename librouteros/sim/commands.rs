//! Runs one command against the state: finds the menu, checks the right to it, and hands over to the verb.

use std::sync::Arc;

use super::query::Filter;
use super::schema::{Menu, Schema, Shape};
use super::state::{Record, State, failure, missing_trap};
use super::{reading, special, verbs};
use crate::codec::Row;
use crate::error::Trap;

/// A command as it came.
#[derive(Debug, Clone, Default)]
pub(super) struct Request {
    pub path: String,
    pub params: Vec<(String, String)>,
    pub queries: Vec<String>,
    pub tag: Option<String>,
}

impl Request {
    /// Reads the words of a sentence.
    pub fn parse(words: impl IntoIterator<Item = String>) -> Self {
        let mut request = Self::default();
        for (at, word) in words.into_iter().enumerate() {
            if at == 0 {
                request.path = word;
            } else if let Some(tag) = word.strip_prefix(".tag=") {
                request.tag = Some(tag.to_owned());
            } else if let Some(rest) = word.strip_prefix('=') {
                // A name may begin with `?` by a client's mistake; it is a name all the same.
                let (name, value) = rest.split_once('=').unwrap_or((rest, ""));
                request.params.push((name.to_owned(), value.to_owned()));
            } else if word.starts_with('?') {
                request.queries.push(word);
            }
        }
        request
    }

    /// The value of a parameter; the last one given wins.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The property list, if one was given.
    pub fn proplist(&self) -> Option<Vec<String>> {
        self.param(".proplist").map(|list| list.split(',').map(str::to_owned).collect())
    }

    /// Refuses parameters that are not among these.
    pub fn only(&self, known: &[&str]) -> Result<(), Trap> {
        let stranger = self.params.iter().find(|(name, _)| !known.contains(&name.as_str()));
        stranger.map_or(Ok(()), |(name, _)| Err(unknown_parameter(name)))
    }
}

pub(super) fn unknown_parameter(name: &str) -> Trap {
    missing_trap(format!("unknown parameter {name}"))
}

/// What a command gives.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub rows: Vec<Row>,
    pub ret: Option<String>,
    /// It asked for rows: without any, a new router says so.
    pub asks: bool,
    /// It goes on.
    pub stream: Option<Stream>,
}

/// A command that goes on until it is cancelled.
#[derive(Debug, Clone)]
pub(super) enum Stream {
    /// Changes of a menu.
    Listen { menu: usize, filter: Filter, proplist: Option<Vec<String>>, after: u64 },
    /// The traffic of interfaces, again and again.
    Monitor { interfaces: Vec<String> },
}

/// Who runs a command.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who<'a> {
    /// A logged-in user.
    User(&'a str),
    /// The operator at the console, who may do everything.
    Console,
}

/// Runs a command to its end, or to its first row if it goes on.
pub(super) fn run(state: &mut State, who: Who<'_>, request: &Request) -> Result<Outcome, Trap> {
    let schema = Arc::clone(&state.schema);
    if let Some((_, text)) = state.faults.trap_on.iter().find(|(path, _)| request.path.starts_with(path.as_str())) {
        return Err(failure(text.clone()));
    }
    if request.path == "/export" {
        permit(state, who, if request.param("file").is_some() { "ftp" } else { "read" })?;
        return special::export(state, request);
    }
    let located = locate(&schema, &request.path);
    if state.strict && matches!(who, Who::User(_)) {
        state.strange.extend(match &located {
            Ok((_, menu, verb)) => schema.tree.strange(&menu.path, verb, request),
            Err(trap) => Some(format!("{}: {}", request.path, trap.message)),
        });
    }
    let (at, menu, verb) = located?;
    schema.tree.check(state.version.minor(), &menu.path, verb, request)?;
    permit(state, who, policy(menu, verb))?;
    if !menu.allows(verb) {
        // A router would do something now; to say that there is no such command would be wrong.
        return Err(failure(format!("{} is not simulated", request.path)));
    }
    match verb {
        "print" | "getall" => reading::print(state, at, menu, request),
        "listen" => reading::listen(state, at, menu, request),
        "get" => reading::get(state, at, menu, request),
        "find" => reading::find(state, at, menu, request),
        "add" => verbs::add(state, at, menu, request),
        "set" => verbs::set(state, at, menu, request),
        "comment" => verbs::comment(state, at, menu, request),
        "unset" => verbs::unset(state, at, menu, request),
        "remove" => verbs::remove(state, at, menu, request),
        "enable" => verbs::switch(state, at, menu, request, false),
        "disable" => verbs::switch(state, at, menu, request, true),
        "move" => verbs::relocate(state, at, menu, request),
        _ => special::run(state, at, menu, verb, request),
    }
}

/// The menu and the verb of a path.
fn locate<'s, 'p>(schema: &'s Schema, path: &'p str) -> Result<(usize, &'s Menu, &'p str), Trap> {
    let prefix = || missing_trap("no such command prefix");
    let (base, verb) = path.rsplit_once('/').ok_or_else(prefix)?;
    let at = schema.position(base).ok_or_else(prefix)?;
    let menu = schema.menus.get(at).ok_or_else(prefix)?;
    let known = schema.tree.branches.get(base).is_some_and(|branch| branch.verbs.contains_key(verb));
    if known || menu.allows(verb) { Ok((at, menu, verb)) } else { Err(missing_trap("no such command")) }
}

/// The policy a command needs.
fn policy(menu: &Menu, verb: &str) -> &'static str {
    match verb {
        "print" | "getall" | "get" | "find" | "listen" | "monitor-traffic" => "read",
        _ if menu.path.starts_with("/user") => "policy",
        _ if menu.path == "/file" => "ftp",
        _ => "write",
    }
}

fn permit(state: &State, who: Who<'_>, policy: &str) -> Result<(), Trap> {
    match who {
        Who::Console => Ok(()),
        Who::User(user) if has_policy(state, user, policy) => Ok(()),
        Who::User(_) => Err(failure("not enough permissions (9)")),
    }
}

/// Whether the group of an enabled user has a policy.
pub(super) fn has_policy(state: &State, user: &str, policy: &str) -> bool {
    let held = || {
        let row = state.find_by("/user", "name", user)?;
        let group = state.value("/user", row, "group")?;
        let group = state.find_by("/user/group", "name", &group)?;
        state.value("/user/group", group, "policy")
    };
    held().is_some_and(|held| held.split(',').any(|own| own == policy))
}

/// The rows a command addresses by `.id` or `numbers`: numbers like `*1F`, or names, in a comma list.
pub(super) fn targets(state: &State, at: usize, menu: &Menu, request: &Request) -> Result<Vec<u32>, Trap> {
    if menu.shape == Shape::Single {
        return Ok(state.rows(at).iter().map(|row| row.id).collect());
    }
    let given = request.param(".id").or_else(|| request.param("numbers")).or_else(|| request.param("number"));
    let given = given.ok_or_else(|| missing_trap("missing =.id="))?;
    given.split(',').map(|one| target(state, at, menu, one).map(|row| row.id)).collect()
}

/// The row that a number like `*1F`, or a name, stands for.
pub(super) fn target<'s>(state: &'s State, at: usize, menu: &Menu, given: &str) -> Result<&'s Record, Trap> {
    let rows = state.rows(at);
    let found = match given.strip_prefix('*') {
        Some(hex) => {
            let id = u32::from_str_radix(hex, 16).ok();
            rows.iter().find(|row| Some(row.id) == id)
        }
        None => menu.position("name").and_then(|name| rows.iter().find(|row| row.get(name) == Some(given))),
    };
    found.ok_or_else(|| missing_trap("no such item"))
}
