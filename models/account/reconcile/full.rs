//! Groups of lines of which nothing is open get a full reconciliation.

use std::collections::{HashMap, HashSet};

use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Env, Id, Result};
use rust_decimal::Decimal;

use super::{FULL, LINE, PARTIAL, matching};

/// What decides whether a line is settled.
struct Standing {
    id: Id,
    number: Option<String>,
    currency: Id,
    own: Decimal,
    theirs: Decimal,
    reconciled: bool,
    matched: bool,
}

impl Standing {
    fn settled(&self, several_currencies: bool) -> bool {
        let open = if several_currencies { self.own } else { self.theirs };
        self.reconciled || (self.matched && open.is_zero())
    }
}

/// Makes the full reconciliations of groups of which all lines, and all that they were matched with, are settled.
pub fn close(env: &mut Env, groups: &[&[Id]]) -> Result<()> {
    let lines = standing(env, &groups.concat())?;
    let by_id: HashMap<Id, &Standing> = lines.iter().map(|line| (line.id, line)).collect();
    let mut by_number: HashMap<&str, Vec<&Standing>> = HashMap::new();
    for line in &lines {
        if let Some(number) = line.number.as_deref() {
            by_number.entry(number).or_default().push(line);
        }
    }
    let mut seen: HashSet<Id> = HashSet::new();
    let mut settled: Vec<Vec<Id>> = Vec::new();
    for group in groups {
        if group.iter().all(|id| seen.contains(id)) {
            continue;
        }
        let own = group.iter().filter_map(|id| by_id.get(id).copied());
        let numbers: HashSet<&str> = own.clone().filter_map(|line| line.number.as_deref()).collect();
        let mut involved: Vec<&Standing> = own.collect();
        involved.extend(numbers.iter().filter_map(|number| by_number.get(number)).flatten().copied());
        involved.sort_unstable_by_key(|line| line.id);
        involved.dedup_by_key(|line| line.id);
        seen.extend(involved.iter().map(|line| line.id));
        let several = involved.iter().map(|line| line.currency).collect::<HashSet<Id>>().len() > 1;
        if !involved.is_empty() && involved.iter().all(|line| line.settled(several)) {
            settled.push(involved.iter().map(|line| line.id).collect());
        }
    }
    if settled.is_empty() { Ok(()) } else { keep(env, &settled) }
}

fn standing(env: &mut Env, ids: &[Id]) -> Result<Vec<Standing>> {
    env.flush()?;
    let all = matching::with_matched(env, ids)?;
    let sql = sql!(
        "SELECT l.id, CASE WHEN l.matching_number NOT LIKE 'I%' THEN l.matching_number::text END, l.currency_id,
         l.amount_residual, l.amount_residual_currency, l.reconciled, EXISTS (SELECT 1
         FROM account_partial_reconcile d WHERE d.debit_move_id = l.id) OR EXISTS (SELECT 1
         FROM account_partial_reconcile c WHERE c.credit_move_id = l.id) FROM account_move_line l
         WHERE l.id = ANY({all})"
    );
    Ok(env
        .query(sql)?
        .iter()
        .filter_map(|row| {
            Some(Standing {
                id: row.int(0)?,
                number: row.text(1).filter(|number| !number.is_empty()),
                currency: row.int(2)?,
                own: row.decimal(3).unwrap_or_default(),
                theirs: row.decimal(4).unwrap_or_default(),
                reconciled: row.bool(5).unwrap_or(false),
                matched: row.bool(6).unwrap_or(false),
            })
        })
        .collect())
}

fn keep(env: &mut Env, settled: &[Vec<Id>]) -> Result<()> {
    let count = i64::try_from(settled.len()).unwrap_or(0);
    let sql = sql!(
        "INSERT INTO account_full_reconcile (create_uid, create_date, write_uid, write_date)
         SELECT {uid}::int4, {now}::timestamp, {uid2}::int4, {now2}::timestamp FROM generate_series(1, {count}) RETURNING id",
        uid = env.uid(),
        now = env.now(),
        uid2 = env.uid(),
        now2 = env.now()
    );
    let mut fulls: Vec<Id> = env.query_ids(sql)?;
    fulls.sort_unstable();
    let pairs: Vec<(Id, Id)> = fulls.iter().zip(settled).flat_map(|(full, lines)| lines.iter().map(|line| (*full, *line))).collect();
    let lines: Vec<Id> = pairs.iter().map(|(_, line)| *line).collect();
    let numbers = Bind::Ints(pairs.iter().map(|(full, _)| Some(*full)).collect());
    let sql = sql!(
        "UPDATE account_move_line l SET full_reconcile_id = v.number FROM unnest({numbers}::int4[], {lines}::int4[])
         v (number, line) WHERE l.id = v.line",
        lines = lines.as_slice()
    );
    env.execute(&sql)?;
    let sql = sql!(
        "UPDATE account_partial_reconcile r SET full_reconcile_id = l.full_reconcile_id FROM account_move_line l
         WHERE l.id = ANY({lines}) AND l.id IN (r.debit_move_id, r.credit_move_id) RETURNING r.id",
        lines = lines.as_slice()
    );
    let partials: Vec<Id> = env.query_ids(sql)?;
    env.changed(FULL, &["partial_reconcile_ids", "reconciled_line_ids"], &fulls)?;
    env.changed(PARTIAL, &["full_reconcile_id"], &partials)?;
    env.changed(LINE, &["full_reconcile_id"], &lines)?;
    matching::renumber(env, &lines).map(|_| ())
}
