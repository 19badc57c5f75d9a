//! The number that lines have in common when they were matched: `P` and the first partial, or the full reconciliation.

use std::collections::HashMap;

use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Env, Id, Result};

use super::LINE;

/// The least partial of all that hang together, for each line: lines are the nodes, partials (number, debit, credit) the
/// edges.
pub fn numbers(partials: &[(Id, Id, Id)]) -> HashMap<Id, Id> {
    let mut parent: HashMap<Id, Id> = HashMap::new();
    let mut least: HashMap<Id, Id> = HashMap::new();
    for (number, debit, credit) in partials {
        let (a, b) = (root(&mut parent, *debit), root(&mut parent, *credit));
        let lowest = [a, b].iter().filter_map(|line| least.get(line).copied()).chain([*number]).min().unwrap_or(*number);
        parent.insert(b, a);
        least.insert(a, lowest);
    }
    let lines: Vec<Id> = parent.keys().copied().collect();
    lines
        .into_iter()
        .filter_map(|line| {
            let top = root(&mut parent, line);
            Some((line, *least.get(&top)?))
        })
        .collect()
}

/// The line that stands for a line's group; the way there is shortened.
fn root(parent: &mut HashMap<Id, Id>, line: Id) -> Id {
    let mut top = *parent.entry(line).or_insert(line);
    while let Some(next) = parent.get(&top).copied().filter(|next| *next != top) {
        top = next;
    }
    let mut at = line;
    while at != top {
        at = parent.insert(at, top).unwrap_or(top);
    }
    top
}

/// Lines, and those that share a number with one of them.
pub fn with_matched(env: &mut Env, lines: &[Id]) -> Result<Vec<Id>> {
    let sql = sql!(
        "SELECT id FROM account_move_line WHERE id = ANY({lines}) UNION SELECT id FROM account_move_line
         WHERE matching_number IN (SELECT matching_number FROM account_move_line WHERE id = ANY({lines2})
         AND matching_number NOT LIKE 'I%' AND matching_number <> '') ORDER BY 1",
        lines2 = lines
    );
    env.query_ids(sql)
}

/// Numbers lines anew, with all that they were matched with; answers those that have no number any more.
pub fn renumber(env: &mut Env, lines: &[Id]) -> Result<Vec<Id>> {
    let lines = with_matched(env, lines)?;
    let sql = sql!(
        "SELECT id, debit_move_id, credit_move_id FROM account_partial_reconcile
         WHERE debit_move_id = ANY({lines}) UNION SELECT id, debit_move_id, credit_move_id
         FROM account_partial_reconcile WHERE credit_move_id = ANY({lines2}) ORDER BY 1",
        lines2 = lines.as_slice()
    );
    let partials: Vec<(Id, Id, Id)> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?, row.int(2)?))).collect();
    let found = numbers(&partials);
    let mut all = lines;
    all.extend(found.keys().copied());
    all.sort_unstable();
    all.dedup();
    let given = Bind::Ints(all.iter().map(|line| found.get(line).copied()).collect());
    let sql = sql!(
        "UPDATE account_move_line l SET matching_number = v.text FROM (SELECT x.line, CASE
         WHEN x.number IS NULL THEN NULL WHEN y.full_reconcile_id IS NOT NULL THEN y.full_reconcile_id::text
         ELSE 'P' || x.number END AS text FROM unnest({all}::int4[], {given}::int4[]) x (line, number)
         JOIN account_move_line y ON y.id = x.line) v WHERE l.id = v.line
         AND l.matching_number IS DISTINCT FROM v.text RETURNING l.id"
    );
    let changed: Vec<Id> = env.query_ids(sql)?;
    env.changed(LINE, &["matching_number"], &changed)?;
    all.retain(|line| !found.contains_key(line));
    Ok(all)
}

/// The partials of lines.
pub fn partials_of(env: &mut Env, lines: &[Id]) -> Result<Vec<Id>> {
    let sql = sql!(
        "SELECT id FROM account_partial_reconcile WHERE debit_move_id = ANY({lines}) UNION
         SELECT id FROM account_partial_reconcile WHERE credit_move_id = ANY({lines2}) ORDER BY 1",
        lines2 = lines
    );
    env.query_ids(sql)
}
