//! Which entries leave a number out before them.

use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Env, Id, Result, Value};

const MOVE: &str = "account.move";

/// An entry with its number.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbered {
    pub id: Id,
    pub journal: Id,
    pub prefix: String,
    pub number: i32,
    pub posted: bool,
}

/// Whether no entry has the number before each: among those of the call, or in the database. Those that have a number and
/// are not posted leave one too. One statement.
pub fn gaps(env: &mut Env, entries: &[Numbered]) -> Result<Vec<bool>> {
    let asked: Vec<&Numbered> = entries.iter().filter(|entry| entry.posted && entry.number > 1).collect();
    let mut there: std::collections::HashSet<(Id, &str, i32)> =
        entries.iter().map(|entry| (entry.journal, entry.prefix.as_str(), entry.number)).collect();
    let mut found: Vec<(Id, String, i32)> = Vec::new();
    if !asked.is_empty() {
        let journals: Vec<Id> = asked.iter().map(|entry| entry.journal).collect();
        let prefixes = Bind::texts(asked.iter().map(|entry| entry.prefix.as_str()));
        let numbers: Vec<Id> = asked.iter().map(|entry| entry.number - 1).collect();
        let sql = sql!(
            "SELECT k.journal, k.prefix, k.number FROM unnest({journals}::int4[], {prefixes}::text[], {numbers}::int4[])
             k (journal, prefix, number) WHERE EXISTS (SELECT 1 FROM account_move m WHERE m.journal_id = k.journal
             AND m.sequence_prefix = k.prefix AND m.sequence_number = k.number)"
        );
        found.extend(env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?, row.int(2)?))));
    }
    there.extend(found.iter().map(|(journal, prefix, number)| (*journal, prefix.as_str(), *number)));
    let gap = |entry: &Numbered| match entry {
        Numbered { number: 0, .. } => false,
        Numbered { posted: false, .. } => true,
        entry => entry.number > 1 && !there.contains(&(entry.journal, entry.prefix.as_str(), entry.number - 1)),
    };
    Ok(entries.iter().map(gap).collect())
}

/// Notes on the entries that come right after others whether a gap is before them: before those change their names or
/// are deleted, and after they were posted. As in the reference the note is a change like any other, so that it shows as one.
pub fn mark_next(env: &mut Env, ids: &[Id], gap: bool) -> Result<()> {
    let shows = !env.context_get("skip_is_manually_modified").is_some_and(Value::truthy);
    mark(env, ids, gap, shows)
}

/// As [`mark_next`], where entries get their numbers by being posted: that is no change by hand.
pub fn mark_next_posted(env: &mut Env, ids: &[Id]) -> Result<()> {
    mark(env, ids, false, false)
}

fn mark(env: &mut Env, ids: &[Id], gap: bool, shows: bool) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "SELECT DISTINCT n.id FROM account_move m JOIN account_move n ON n.journal_id = m.journal_id
         AND n.sequence_prefix = m.sequence_prefix AND n.sequence_number = m.sequence_number + 1
         WHERE m.id = ANY({ids}) AND m.name NOT IN ('/', '') AND (n.made_sequence_gap IS DISTINCT FROM {gap}
         OR {shows} AND n.is_manually_modified IS NOT TRUE)"
    );
    let next: Vec<Id> = env.query_ids(sql)?;
    if next.is_empty() {
        return Ok(());
    }
    let sql = sql!(
        "UPDATE account_move SET made_sequence_gap = {gap}, is_manually_modified = COALESCE(is_manually_modified, FALSE) OR {shows} WHERE id = ANY({next})"
    );
    env.execute(&sql)?;
    env.changed(MOVE, &["made_sequence_gap", "is_manually_modified"], &next)
}

/// Whether entries could go without leaving a gap: each prefix of theirs loses its last numbers. One statement.
pub fn ends_chain(env: &mut Env, ids: &[Id]) -> Result<bool> {
    let sql = sql!(
        "SELECT 1 FROM (SELECT m.journal_id, m.sequence_prefix, max(m.sequence_number) AS last,
         max(m.sequence_number) - min(m.sequence_number) + 1 AS span, count(*) AS n,
         (array_agg(m.id ORDER BY m.sequence_number DESC))[1] AS id FROM account_move m
         WHERE m.id = ANY({ids}) AND m.name NOT IN ('/', '') GROUP BY 1, 2) g
         LEFT JOIN LATERAL (SELECT o.sequence_number FROM account_move o WHERE o.journal_id = g.journal_id
         AND o.sequence_prefix = g.sequence_prefix AND o.name <> '/' AND o.id <> g.id
         ORDER BY o.sequence_number DESC LIMIT 1) o ON TRUE
         WHERE g.span <> g.n OR o.sequence_number <> g.last - 1 LIMIT 1"
    );
    Ok(env.query(sql)?.is_empty())
}
