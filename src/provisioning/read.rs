//! What has to be read of a menu before it can be planned: as few commands as possible, and only the rows in question.

use std::collections::{BTreeSet, HashMap};

use lastmile_models::isp_mikrotik::desired::{Marker, Row, menu};
use librouteros::{Client, Command, Query};

use super::plan::{Present, attr, has_key, is_marked, optional};
use super::queues;

/// Rows asked for in one command; more would make long sentences.
const CHUNK: usize = 100;
/// From so many rows on, everything is printed: cheaper for the router than as many comparisons a row.
const EVERYTHING: usize = 400;

/// Reads the rows of a menu that carry a marker or the key of wanted ones, in the router's order.
///
/// # Errors
/// As [`Client::call`].
pub fn present(client: &mut Client, wanted: &[&Row]) -> librouteros::Result<Vec<Present>> {
    let Some(menu) = wanted.first().map(|row| row.menu) else { return Ok(Vec::new()) };
    let fields = fields(menu, wanted);
    if wanted.len() >= EVERYTHING || wanted.iter().any(|row| row.first) {
        return print(client, menu, &fields, &[]);
    }
    let mut found = print(client, menu, &fields, &queries(wanted))?;
    // A row may have got another key and another name since: then only the marker's beginning tells it, which no query can ask.
    let unmarked: Vec<&Row> = wanted.iter().filter(|row| is_lost(row, &found)).copied().collect();
    if !unmarked.is_empty() {
        let marks: BTreeSet<&str> = unmarked.iter().filter_map(|row| Marker::of_comment(&row.marker)).collect();
        let all = print(client, menu, &BTreeSet::from([".id", "comment"]), &scope(&unmarked))?;
        let ours = |p: &&Present| p.get("comment").and_then(Marker::of_comment).is_some_and(|mark| marks.contains(mark));
        let ids: Vec<&str> = all.iter().filter(ours).filter_map(Present::id).collect();
        let chunks: Vec<Query> = ids.chunks(CHUNK).map(|ids| Query::one_of(".id", ids.iter().copied())).collect();
        if !chunks.is_empty() {
            found.extend(print(client, menu, &fields, &chunks)?);
        }
    }
    let mut seen = BTreeSet::new();
    found.retain(|row| row.id().is_some_and(|id| seen.insert(id.to_owned())));
    if queues::needs_order(wanted, &found) {
        let order = print(client, menu, &BTreeSet::from([".id"]), &[])?;
        let places: HashMap<&str, usize> = order.iter().enumerate().filter_map(|(place, row)| Some((row.id()?, place))).collect();
        found.sort_by_key(|row| row.id().and_then(|id| places.get(id)).copied());
    }
    Ok(found)
}

/// Not found under its marker. Profiles without one, and those of others, are not looked for any further.
fn is_lost(row: &Row, found: &[Present]) -> bool {
    let known = |p: &Present| is_marked(row, p) || (row.shared && has_key(row, p));
    !row.marker.is_empty() && !found.iter().any(known)
}

/// Attributes that planning looks at.
fn fields<'a>(menu: &str, wanted: &[&'a Row]) -> BTreeSet<&'a str> {
    let mut names: BTreeSet<&str> = wanted.iter().flat_map(|row| row.attrs.iter().map(|(name, _)| name.as_str())).collect();
    names.extend([".id", "disabled", "dynamic"]);
    names.extend(optional(menu).iter().map(|(name, _)| *name));
    match menu {
        menu::QUEUE => names.extend(["target", "parent"]),
        menu::ADDRESS_LIST | menu::ADDRESS_LIST6 => names.extend(["list", "address", "timeout"]),
        _ => {}
    }
    names.extend(wanted.iter().map(|row| row.key_name).filter(|name| !name.is_empty()));
    if wanted.iter().any(|row| !row.marker.is_empty()) {
        names.insert("comment");
    }
    names
}

/// Conditions for the rows in question, by whole comment (the common case) or key; one a command.
fn queries(wanted: &[&Row]) -> Vec<Query> {
    wanted
        .chunks(CHUNK)
        .map(|rows| {
            let mut any = Vec::new();
            for row in rows {
                if !row.marker.is_empty() {
                    any.push(Query::eq("comment", row.marker.as_str()));
                }
                if !row.key_value.is_empty() {
                    any.push(Query::eq(row.key_name, row.key_value.as_str()));
                }
                if matches!(row.menu, menu::LEASE | menu::ADDRESS_LIST | menu::ADDRESS_LIST6)
                    && let Some(address) = attr(row, "address")
                {
                    any.push(Query::eq("address", address));
                }
            }
            any.extend(queues::wider_targets(rows).into_iter().map(|target| Query::eq("target", target)));
            Query::Any(any)
        })
        .collect()
}

/// Address lists may hold tens of thousands of blocked addresses that are none of our business.
fn scope(rows: &[&Row]) -> Vec<Query> {
    let lists: BTreeSet<&str> = rows.iter().filter_map(|row| attr(row, "list")).collect();
    if lists.is_empty() { Vec::new() } else { vec![Query::one_of("list", lists)] }
}

/// Prints a menu, once for each query (or once, without), all under way at the same time.
fn print(client: &mut Client, menu: &str, fields: &BTreeSet<&str>, queries: &[Query]) -> librouteros::Result<Vec<Present>> {
    let base = Command::new(format!("{menu}/print")).proplist(fields.iter().copied());
    let commands: Vec<Command> =
        if queries.is_empty() { vec![base] } else { queries.iter().map(|query| base.clone().query(query.clone())).collect() };
    let mut rows = Vec::new();
    for outcome in client.call_many(&commands) {
        rows.extend(outcome?.rows);
    }
    Ok(rows)
}
