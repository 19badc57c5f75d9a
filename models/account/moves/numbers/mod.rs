//! Numbers of entries: what comes after the last one of a journal, for a day.
//!
//! Whoever numbers holds the series until the commit (`Env::exclusively`), so that the last name that is read is the
//! last one there is: two that post at once neither take the same number nor leave one out, and those that fail leave
//! no gap. See `orm/exclusive.rs` for why that holds with a snapshot that is older than the lock.

mod fields;
mod gaps;
pub mod pattern;
pub mod periods;
mod series;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use chrono::{Datelike, NaiveDate};
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Env, Id, Result};

pub use fields::{Named, declare, fits_day, of_names};
pub use gaps::{Numbered, ends_chain, gaps, mark_next, mark_next_posted};
use pattern::Pattern;
use periods::{Period, Reset};
use series::{Key, Last, Rules, Series};

/// An entry that is to be numbered.
#[derive(Clone, Debug, PartialEq)]
pub struct ToNumber {
    pub id: Id,
    pub journal: Id,
    pub company: Id,
    /// The accounting date.
    pub date: NaiveDate,
    pub move_type: String,
    /// It is the entry of a payment.
    pub payment: bool,
    /// The commercial partner.
    pub partner: Option<Id>,
    /// Entries of a day are numbered in the order of their references.
    pub reference: String,
}

/// Reads what numbering asks of entries, in the order of `ids`; those without a journal or a day are left out. One statement.
pub fn to_number(env: &mut Env, ids: &[Id]) -> Result<Vec<ToNumber>> {
    let sql = sql!(
        "SELECT m.id, m.journal_id, COALESCE(m.company_id, j.company_id), m.date, m.move_type::text,
         m.origin_payment_id IS NOT NULL, m.commercial_partner_id, m.ref::text FROM unnest({ids}::int4[])
         WITH ORDINALITY k (id, n) JOIN account_move m ON m.id = k.id
         JOIN account_journal j ON j.id = m.journal_id WHERE m.date IS NOT NULL ORDER BY k.n"
    );
    let rows = env.query(sql)?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            Some(ToNumber {
                id: row.int(0)?,
                journal: row.int(1)?,
                company: row.int(2)?,
                date: row.date(3)?,
                move_type: row.text(4).unwrap_or_default(),
                payment: row.bool(5).unwrap_or(false),
                partner: row.int(6),
                reference: row.text(7).unwrap_or_default(),
            })
        })
        .collect())
}

/// The names of entries, in their order. They are decided by day, reference and id, whatever the order of `moves`; the
/// caller writes them in the same transaction. The number of statements does not depend on the number of entries.
///
/// # Errors
/// A conflict when somebody numbers in the same series: the transaction is run again. Validation for a numbering
/// expression that names do not fit.
pub fn assign(env: &mut Env, moves: &[ToNumber]) -> Result<Vec<String>> {
    if moves.is_empty() {
        return Ok(Vec::new());
    }
    let rules = series::rules(env, moves)?;
    let mut all: Vec<(Series, usize)> = Vec::with_capacity(moves.len());
    for (n, entry) in moves.iter().enumerate() {
        all.push((Series::of(entry, rules.get(&entry.journal)), n));
    }
    let keys: HashSet<i64> = all.iter().map(|(series, _)| series.lock()).collect();
    env.exclusively(&keys.into_iter().collect::<Vec<i64>>())?;
    let mut known = Known::load(env, moves, &rules, &all)?;
    let mut order: Vec<(usize, &ToNumber)> = moves.iter().enumerate().collect();
    order.sort_by_key(|(_, entry)| (entry.date, entry.reference.clone(), entry.id));
    let mut names = vec![String::new(); moves.len()];
    for (n, entry) in order {
        let series = Series::of(entry, rules.get(&entry.journal));
        let next = known.next(env, entry, &series)?.next();
        let name = next.render();
        known.taken(&series, entry, &name);
        if let Some(slot) = names.get_mut(n) {
            *slot = name;
        }
    }
    Ok(names)
}

/// What the names around an entry say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outlook {
    /// The last name of its series and period, without its own.
    pub highest: Option<String>,
    /// The last name of its series, of whatever period.
    pub latest: Option<String>,
    /// The name that would come next.
    pub next: String,
    /// When its series begins anew: as the highest name says, or the latest.
    pub reset: Option<periods::Reset>,
}

/// What the names around entries say, in their order.
pub fn outlook(env: &mut Env, moves: &[ToNumber]) -> Result<Vec<Outlook>> {
    let rules = series::rules(env, moves)?;
    let of = |entry: &ToNumber| Series::of(entry, rules.get(&entry.journal)).around(entry.id);
    let all: Vec<(Series, usize)> = moves.iter().enumerate().map(|(n, entry)| (of(entry), n)).collect();
    let mut known = Known::load(env, moves, &rules, &all)?;
    let mut out = Vec::with_capacity(moves.len());
    for (entry, (series, _)) in moves.iter().zip(&all) {
        let key = known.key(entry, series)?;
        let highest = known.last(env, &key)?.and_then(|last| last.name.clone());
        let latest = known.references.get(&(series.clone(), entry.date)).and_then(|facts| facts.relaxed.clone());
        let next = known.next(env, entry, series)?.next().render();
        let named = highest.as_ref().or(latest.as_ref());
        let reset = named.map(|name| known.parse(entry.journal, name)).transpose()?.map(|pattern| pattern.reset);
        out.push(Outlook { highest, latest, next, reset });
    }
    Ok(out)
}

/// When the numbers of a journal begin anew, as its last one says; nothing is known of a journal without any.
///
/// # Errors
/// ValidationError for a name that cannot be read.
pub fn reset_of(last: Option<&str>) -> Result<Option<Reset>> {
    last.map(|name| Pattern::parse(name, None).map(|pattern| pattern.reset)).transpose()
}

/// A name that was given in this call.
struct Taken {
    date: NaiveDate,
    id: Id,
    name: String,
}

/// What is known of the names of series: what the database has, and what was given since.
struct Known<'r> {
    rules: &'r HashMap<Id, Rules>,
    references: HashMap<(Series, NaiveDate), series::Reference>,
    lasts: HashMap<Key, Last>,
    taken: HashMap<Series, Vec<Taken>>,
    /// How many of the taken names each key has looked at.
    seen: HashMap<Key, usize>,
}

impl<'r> Known<'r> {
    fn load(env: &mut Env, moves: &[ToNumber], rules: &'r HashMap<Id, Rules>, all: &[(Series, usize)]) -> Result<Known<'r>> {
        let facts = series::references(env, moves, all)?;
        let mut known = Known { rules, references: HashMap::new(), lasts: HashMap::new(), taken: HashMap::new(), seen: HashMap::new() };
        for (entry, ((series, _), facts)) in moves.iter().zip(all.iter().zip(facts)) {
            known.references.insert((series.clone(), entry.date), facts);
        }
        // Names of a series follow the one before them, or the last one of any period.
        let mut keys = HashSet::new();
        for (entry, (series, _)) in moves.iter().zip(all) {
            let first = known.key(entry, series)?;
            keys.insert(known.at(entry, series, known.fresh(entry, series)?.reset));
            keys.insert(first);
        }
        known.lasts = series::lasts(env, keys.into_iter().collect())?;
        Ok(known)
    }

    fn rules(&self, journal: Id) -> Option<&'r Rules> {
        self.rules.get(&journal)
    }

    fn parse(&self, journal: Id, name: &str) -> Result<Pattern> {
        Pattern::parse(name, self.rules(journal).and_then(|rules| rules.own.as_ref()))
    }

    fn at(&self, entry: &ToNumber, series: &Series, reset: Reset) -> Key {
        let rules = self.rules(entry.journal);
        let fiscal = rules.and_then(|rules| rules.fiscal.get(&entry.company).copied()).unwrap_or_default();
        let period = Period::of(reset, entry.date, fiscal);
        let anything = rules.is_some_and(|rules| rules.own.is_some());
        Key { series: series.clone(), from: period.from, to: period.to, reset: if anything { None } else { Some(reset) } }
    }

    /// Where the entry's last name would be found: in the period that the name before its day counts in.
    fn key(&self, entry: &ToNumber, series: &Series) -> Result<Key> {
        let stored = self.references.get(&(series.clone(), entry.date));
        let given = self.taken.get(series).and_then(|taken| taken.last());
        let name = match (stored.and_then(|facts| facts.before.as_ref()), given) {
            (Some((day, name)), Some(given)) => Some(if given.date >= *day { given.name.as_str() } else { name.as_str() }),
            (Some((_, name)), None) => Some(name.as_str()),
            (None, Some(given)) => Some(given.name.as_str()),
            (None, None) => stored.and_then(|facts| facts.after.as_deref()),
        };
        let reset = match name {
            Some(name) => self.parse(entry.journal, name)?.reset,
            None => Reset::Never,
        };
        Ok(self.at(entry, series, reset))
    }

    /// What begins a new period: the pattern of the last name of any period, or the journal's first one.
    fn fresh(&self, entry: &ToNumber, series: &Series) -> Result<Pattern> {
        let stored =
            self.references.get(&(series.clone(), entry.date)).and_then(|facts| facts.relaxed.clone().map(|name| (facts.relaxed_id, name)));
        let given = self.taken.get(series).and_then(|taken| taken.iter().max_by_key(|one| one.id));
        let name = match (stored, given) {
            (Some((id, name)), Some(given)) => Some(if id > given.id { name } else { given.name.clone() }),
            (Some((_, name)), None) => Some(name),
            (None, given) => given.map(|given| given.name.clone()),
        };
        let rules = self.rules(entry.journal);
        match (name, rules) {
            (Some(name), _) => self.parse(entry.journal, &name),
            (None, Some(rules)) => self.parse(entry.journal, &rules.starting(entry)),
            (None, None) => self.parse(entry.journal, ""),
        }
    }

    /// The last name under a key, with the names that were given since it was read.
    fn last(&mut self, env: &mut Env, key: &Key) -> Result<Option<&Last>> {
        if !self.lasts.contains_key(key) {
            let found = series::lasts(env, vec![key.clone()])?;
            self.lasts.extend(found);
        }
        let last = self.lasts.entry(key.clone()).or_default();
        let own = self.rules.get(&key.series.journal).and_then(|rules| rules.own.as_ref());
        let seen = self.seen.entry(key.clone()).or_default();
        for one in self.taken.get(&key.series).map(Vec::as_slice).unwrap_or_default().iter().skip(*seen) {
            *seen += 1;
            let (prefix, number) = pattern::split(&one.name, own);
            if one.date < key.from || one.date > key.to || key.reset.is_some_and(|reset| pattern::counts_closer(&prefix, reset)) {
                continue;
            }
            if prefix == last.prefix {
                last.id = last.id.max(one.id);
                if number >= last.number {
                    (last.number, last.name) = (number, Some(one.name.clone()));
                }
            } else if one.id > last.id {
                *last = Last { id: one.id, prefix, number, name: Some(one.name.clone()) };
            }
        }
        Ok(Some(&*last).filter(|last| last.name.is_some()))
    }

    /// The pattern whose number comes before the entry's.
    fn next(&mut self, env: &mut Env, entry: &ToNumber, series: &Series) -> Result<Pattern> {
        let key = self.key(entry, series)?;
        let last = self.last(env, &key)?.and_then(|last| last.name.clone());
        match last {
            Some(name) => self.parse(entry.journal, &name),
            None => {
                let fresh = self.fresh(entry, series)?;
                let fiscal = self.rules(entry.journal).and_then(|rules| rules.fiscal.get(&entry.company).copied()).unwrap_or_default();
                let period = Period::of(fresh.reset, entry.date, fiscal);
                Ok(fresh.restarted(&period, entry.date.month()))
            }
        }
    }

    fn taken(&mut self, series: &Series, entry: &ToNumber, name: &str) {
        let taken = self.taken.entry(series.clone()).or_default();
        taken.push(Taken { date: entry.date, id: entry.id, name: name.to_owned() });
    }
}

/// The first of each series and day, for statements about them.
fn distinct(moves: &[ToNumber], all: &[(Series, usize)]) -> Vec<(Series, NaiveDate)> {
    let mut seen = HashSet::new();
    let mut out: Vec<(Series, NaiveDate)> =
        moves.iter().zip(all).map(|(entry, (series, _))| (series.clone(), entry.date)).filter(|key| seen.insert(key.clone())).collect();
    out.sort_by_key(|(series, date)| (series.journal, Reverse(*date)));
    out
}

/// Nullable lists for a statement.
fn bools(list: impl Iterator<Item = Option<bool>>) -> Bind {
    Bind::Bools(list.collect())
}
