//! Speaking to one router until it holds what it should: read, plan, change, and read again where it refused.

use std::collections::BTreeMap;

use lastmile_models::isp_mikrotik::desired::{Cut, Desired, Marker, Row, Session, menu};
use librouteros::{Client, Command, Error, Query, TrapKind};

use super::cuts;
use super::plan::{Change, Step, plan};
use super::read;

/// How often a menu is read and planned. The second time sees what the first one met: a row that somebody added meanwhile, or
/// that a lost answer left.
const ROUNDS: usize = 3;

/// Menus in the order in which rows can be made: what is referred to is before what refers. Others come after.
const ORDER: &[&str] = &[
    menu::PPP_PROFILE,
    menu::HOTSPOT_PROFILE,
    menu::PPP_SECRET,
    menu::HOTSPOT_USER,
    menu::LEASE,
    menu::QUEUE,
    menu::ADDRESS_LIST,
    menu::ADDRESS_LIST6,
    menu::FILTER,
    menu::FILTER6,
];

/// What several requests want of one router together: every row once, the last word counts.
#[derive(Debug, Default)]
pub struct Wanted {
    rows: Vec<(Row, Vec<usize>)>,
    sessions: Vec<(Session, Vec<usize>)>,
    cuts: Vec<(Cut, usize)>,
    requests: usize,
}

/// Adds an owner to the one that is alike, or a new one.
fn join<T>(list: &mut Vec<(T, Vec<usize>)>, value: T, owners: &[usize], alike: impl Fn(&T) -> bool) {
    match list.iter_mut().find(|(known, _)| alike(known)) {
        Some((known, all)) => {
            *known = value;
            all.extend(owners.iter().filter(|owner| !all.contains(owner)).copied().collect::<Vec<_>>());
        }
        None => list.push((value, owners.to_vec())),
    }
}

impl Wanted {
    /// Merges requests, given in the order in which they were made.
    pub fn new(requests: impl IntoIterator<Item = Desired>) -> Self {
        let mut wanted = Wanted::default();
        let mut places: BTreeMap<(&'static str, String), usize> = BTreeMap::new();
        for (n, desired) in requests.into_iter().enumerate() {
            wanted.requests = n + 1;
            for row in desired.rows {
                let place = *places.entry((row.menu, identity(&row))).or_insert(wanted.rows.len());
                match wanted.rows.get_mut(place) {
                    Some((known, owners)) => {
                        *known = row;
                        owners.push(n);
                    }
                    None => wanted.rows.push((row, vec![n])),
                }
            }
            for session in desired.drop_sessions {
                let same = session.clone();
                join(&mut wanted.sessions, session, &[n], |known| *known == same);
            }
            for cut in desired.cuts {
                if !wanted.cuts.iter().any(|(known, _)| *known == cut) {
                    wanted.cuts.push((cut, n));
                }
            }
        }
        wanted.cuts.retain(|(cut, _)| still_cut(cut, &wanted.rows));
        wanted
    }
}

/// Menus in the order in which they are converged.
fn menus(all: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut menus: Vec<&'static str> = Vec::new();
    for menu in all {
        if !menus.contains(&menu) {
            menus.push(menu);
        }
    }
    menus.sort_by_key(|menu| ORDER.iter().position(|known| known == menu).unwrap_or(ORDER.len()));
    menus
}

/// A later request may have taken a suspension back: then the entry is not wanted, and connections go on.
fn still_cut(cut: &Cut, rows: &[(Row, Vec<usize>)]) -> bool {
    let Some(entry) = &cut.entry else { return true };
    let own = identity(entry);
    !rows.iter().any(|(row, _)| row.menu == entry.menu && !row.present && identity(row) == own)
}

/// What makes two wanted rows the same one: the record they are for, else their key.
fn identity(row: &Row) -> String {
    match Marker::of_comment(&row.marker) {
        Some(marker) => marker.to_owned(),
        None => format!("{}={}", row.key_name, row.key_value),
    }
}

/// What came of the requests.
#[derive(Debug, Default)]
pub struct Report {
    /// For each request the first thing that went wrong.
    pub errors: Vec<Option<String>>,
    /// How many changes the router made.
    pub changes: usize,
}

impl Report {
    fn blame(&mut self, owners: &[usize], text: &str) {
        for owner in owners {
            if let Some(place) = self.errors.get_mut(*owner) {
                place.get_or_insert_with(|| text.to_owned());
            }
        }
    }
}

/// Makes the router hold what is wanted. Refusals are in the report, each with those who asked.
///
/// # Errors
/// When the connection is lost: nobody knows what was done, and everything may be asked for again.
pub fn converge(client: &mut Client, wanted: &Wanted) -> librouteros::Result<Report> {
    let mut report = Report { errors: vec![None; wanted.requests], changes: 0 };
    let mut sessions = wanted.sessions.clone();
    let found = cuts::look(client, &wanted.cuts)?;
    let all = || wanted.rows.iter().chain(&found.entries);
    for menu in menus(all().map(|(row, _)| row.menu)) {
        let rows: Vec<(&Row, &[usize])> = all().filter(|(row, _)| row.menu == menu).map(|(row, owners)| (row, owners.as_slice())).collect();
        converge_menu(client, &rows, &mut sessions, &mut report)?;
    }
    drop_sessions(client, &sessions, &mut report)?;
    report.changes += cuts::sever(client, &found.addresses)?;
    Ok(report)
}

fn converge_menu(
    client: &mut Client,
    rows: &[(&Row, &[usize])],
    sessions: &mut Vec<(Session, Vec<usize>)>,
    report: &mut Report,
) -> librouteros::Result<()> {
    let mut open: Vec<(&Row, &[usize])> = rows.to_vec();
    for round in 1..=ROUNDS {
        let wanted: Vec<&Row> = open.iter().map(|(row, _)| *row).collect();
        let present = match read::present(client, &wanted) {
            Err(Error::Trap(trap)) => {
                let menu = wanted.first().map_or("", |row| row.menu);
                // A menu that the router does not have holds nothing that would have to go.
                let absent = |row: &Row| !row.present && trap.kind == TrapKind::NoSuchCommand;
                let asked = open.iter().filter(|(row, _)| !absent(row));
                asked.for_each(|(_, owners)| report.blame(owners, &format!("{menu}: {trap}")));
                return Ok(());
            }
            other => other?,
        };
        let planned = plan(&wanted, &present);
        let owners = |n: usize| open.get(n).map_or(&[][..], |(_, owners)| *owners);
        for (n, text) in &planned.conflicts {
            report.blame(owners(*n), text);
        }
        for (n, session) in planned.sessions {
            join(sessions, session.clone(), owners(n), |known| *known == session);
        }
        let refused = apply(client, &wanted, planned.steps, report)?;
        let mut again = Vec::new();
        for (n, error) in refused {
            // These two say that the router is not as it was read.
            let moved = matches!(error.trap_kind(), Some(TrapKind::AlreadyExists | TrapKind::NoSuchItem));
            match open.get(n) {
                Some(entry) if moved && round < ROUNDS => again.push(*entry),
                Some((row, owners)) => report.blame(owners, &format!("{}: {error}", describe(row))),
                None => {}
            }
        }
        if again.is_empty() {
            return Ok(());
        }
        open = again;
    }
    Ok(())
}

/// The row for people; accounts are named, their passwords are not.
fn describe(row: &Row) -> String {
    let name = if row.key_value.is_empty() { row.marker.as_str() } else { row.key_value.as_str() };
    format!("{} {name}", row.menu)
}

/// Sends the steps: removals first, because they make room. Gives the refusals by row.
fn apply(client: &mut Client, wanted: &[&Row], steps: Vec<Step>, report: &mut Report) -> librouteros::Result<Vec<(usize, Error)>> {
    let (removals, others): (Vec<Step>, Vec<Step>) = steps.into_iter().partition(|step| matches!(step.change, Change::Remove { .. }));
    let mut refused: Vec<(usize, Error)> = Vec::new();
    for batch in [removals, others] {
        let commands: Vec<Command> = batch.iter().filter_map(|step| Some(command(wanted.get(step.row)?.menu, &step.change))).collect();
        for (step, outcome) in batch.iter().zip(client.call_many(&commands)) {
            match outcome {
                Ok(_) => report.changes += 1,
                Err(error) if !error.closes() => {
                    if !refused.iter().any(|(n, _)| *n == step.row) {
                        refused.push((step.row, error));
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(refused)
}

/// The words of a change.
pub fn command(menu: &str, change: &Change) -> Command {
    let verb = |verb: &str| Command::new(format!("{menu}/{verb}"));
    let pairs = |attrs: &[(String, String)]| attrs.to_vec();
    match change {
        Change::Remove { id } => verb("remove").id(id),
        Change::Set { id, attrs } => verb("set").id(id).attrs(pairs(attrs)),
        Change::Unset { id, name } => verb("unset").id(id).attr("value-name", *name),
        Change::Move { id, before } => verb("move").attr("numbers", id).attr("destination", before),
        Change::Add { attrs, before } => match before {
            Some(before) => verb("add").attrs(pairs(attrs)).attr("place-before", before),
            None => verb("add").attrs(pairs(attrs)),
        },
    }
}

/// Ends sessions; one that ended by itself meanwhile is as good.
fn drop_sessions(client: &mut Client, sessions: &[(Session, Vec<usize>)], report: &mut Report) -> librouteros::Result<()> {
    let mut menus: Vec<(&'static str, &'static str)> = sessions.iter().map(|(s, _)| (s.menu, s.key_name)).collect();
    menus.sort_unstable();
    menus.dedup();
    for (menu, key_name) in menus {
        let here: Vec<&(Session, Vec<usize>)> = sessions.iter().filter(|(s, _)| s.menu == menu && s.key_name == key_name).collect();
        let prints: Vec<Command> = here
            .chunks(100)
            .map(|some| {
                let names = Query::one_of(key_name, some.iter().map(|(session, _)| session.key_value.as_str()));
                Command::new(format!("{menu}/print")).query(names).proplist([".id", key_name])
            })
            .collect();
        let mut removals: Vec<(Command, &[usize])> = Vec::new();
        for outcome in client.call_many(&prints) {
            let rows = match outcome {
                Ok(answer) => answer.rows,
                Err(error) if !error.closes() => {
                    here.iter().for_each(|(_, owners)| report.blame(owners, &format!("{menu}: {error}")));
                    continue;
                }
                Err(error) => return Err(error),
            };
            for row in &rows {
                let whose = here.iter().find(|(session, _)| row.get(key_name) == Some(session.key_value.as_str()));
                if let (Some(id), Some((_, owners))) = (row.id(), whose) {
                    removals.push((Command::new(format!("{menu}/remove")).id(id), owners));
                }
            }
        }
        let commands: Vec<Command> = removals.iter().map(|(command, _)| command.clone()).collect();
        for ((_, owners), outcome) in removals.iter().zip(client.call_many(&commands)) {
            match outcome {
                Ok(_) => report.changes += 1,
                Err(error) if error.trap_kind() == Some(TrapKind::NoSuchItem) => {}
                Err(error) if !error.closes() => report.blame(owners, &format!("{menu}: {error}")),
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}
