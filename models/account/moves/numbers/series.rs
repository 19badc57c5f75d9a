//! What the database has of the names of series.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Env, Id, Result};
use regex_lite::Regex;

use super::periods::{Fiscal, Reset, nominal_end};
use super::{ToNumber, bools, distinct, pattern};

/// Keys of locks of numbering: "numb" above the journal.
const LOCKS: i64 = 0x6e75_6d62 << 32;

/// How a journal numbers.
#[derive(Debug)]
pub(super) struct Rules {
    code: String,
    kind: String,
    refunds_apart: bool,
    payments_apart: bool,
    by_partner: bool,
    pub own: Option<Regex>,
    pub fiscal: HashMap<Id, Fiscal>,
}

/// Entries that share a counter in each period.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Series {
    pub journal: Id,
    /// Of credit notes or not, where they are counted apart.
    refund: Option<bool>,
    /// Of payments or not, where they are counted apart.
    payment: Option<bool>,
    /// Whose, where partners are counted apart: nobody's have no last name.
    partner: Option<Option<Id>>,
    /// An entry whose own name does not count.
    me: Id,
}

/// Where a last name is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub series: Series,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Names that count in shorter periods than this are none; `None`: all names are.
    pub reset: Option<Reset>,
}

/// The last name of a period.
#[derive(Clone, Debug, Default)]
pub(super) struct Last {
    /// The newest entry with the prefix.
    pub id: Id,
    pub prefix: String,
    pub number: i32,
    pub name: Option<String>,
}

/// The names around a day, and the last one of all.
#[derive(Clone, Debug, Default)]
pub(super) struct Reference {
    pub before: Option<(NaiveDate, String)>,
    pub after: Option<String>,
    pub relaxed: Option<String>,
    pub relaxed_id: Id,
}

fn is_refund(entry: &ToNumber) -> bool {
    matches!(entry.move_type.as_str(), "out_refund" | "in_refund")
}

impl Series {
    pub fn of(entry: &ToNumber, rules: Option<&Rules>) -> Self {
        Series {
            journal: entry.journal,
            refund: rules.filter(|rules| rules.refunds_apart).map(|_| is_refund(entry)),
            payment: rules.filter(|rules| rules.payments_apart).map(|_| entry.payment),
            partner: rules.filter(|rules| rules.by_partner).map(|_| entry.partner),
            me: 0,
        }
    }

    /// The series as an entry of it sees it.
    pub fn around(self, me: Id) -> Self {
        Series { me, ..self }
    }

    pub fn lock(&self) -> i64 {
        LOCKS | i64::from(self.journal)
    }
}

impl Rules {
    /// The name before the first one of a journal.
    pub fn starting(&self, entry: &ToNumber) -> String {
        let fiscal = self.fiscal.get(&entry.company).copied().unwrap_or_default();
        let split = fiscal.day != 31 || fiscal.month != 12;
        let year = if split {
            let end = entry.date.year() + i32::from(entry.date > nominal_end(entry.date, fiscal));
            let short = |year: i32| format!("{:02}", year.rem_euclid(100));
            format!("{}-{}", short(end - 1), short(end))
        } else {
            format!("{:04}", entry.date.year())
        };
        let month = entry.date.month();
        let code = &self.code;
        let name = match self.kind.as_str() {
            "sale" | "bank" | "cash" | "credit" if split => format!("{code}/{year}/0000"),
            "sale" | "bank" | "cash" | "credit" => format!("{code}/{year}/00000"),
            _ if self.by_partner => match entry.partner {
                Some(partner) => format!("{code}{partner:05}/{year}/{month:02}/0000"),
                None => format!("{code}[Partner id]/{year}/{month:02}/0000"),
            },
            _ => format!("{code}/{year}/{month:02}/0000"),
        };
        let refund = if self.refunds_apart && is_refund(entry) { "R" } else { "" };
        let payment = if self.payments_apart && entry.payment { "P" } else { "" };
        format!("{payment}{refund}{name}")
    }
}

/// How the journals of entries number, and when the years of their companies end. One statement.
pub(super) fn rules(env: &mut Env, moves: &[ToNumber]) -> Result<HashMap<Id, Rules>> {
    let mut pairs: Vec<(Id, Id)> = moves.iter().map(|entry| (entry.journal, entry.company)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let (journals, companies): (Vec<Id>, Vec<Id>) = pairs.into_iter().unzip();
    let sql = sql!(
        "SELECT j.id, c.id, j.code::text, j.type::text, COALESCE(j.refund_sequence, FALSE),
         COALESCE(j.payment_sequence, FALSE), COALESCE(j.is_self_billing, FALSE), j.sequence_override_regex,
         c.fiscalyear_last_day, c.fiscalyear_last_month::text FROM unnest({journals}::int4[], {companies}::int4[]) k (journal, company)
         JOIN account_journal j ON j.id = k.journal JOIN res_company c ON c.id = k.company"
    );
    let mut out: HashMap<Id, Rules> = HashMap::new();
    for row in env.query(sql)? {
        let (Some(journal), Some(company)) = (row.int(0), row.int(1)) else { continue };
        let rules = out.entry(journal).or_insert_with(|| Rules {
            code: row.text(2).unwrap_or_default(),
            kind: row.text(3).unwrap_or_default(),
            refunds_apart: row.bool(4).unwrap_or(false),
            payments_apart: row.bool(5).unwrap_or(false),
            by_partner: row.bool(6).unwrap_or(false),
            own: pattern::own_expression(row.text(7).as_deref()),
            fiscal: HashMap::new(),
        });
        let day = row.int(8).and_then(|day| u32::try_from(day).ok()).unwrap_or(31);
        let month = row.text(9).and_then(|month| month.parse().ok()).unwrap_or(12);
        rules.fiscal.insert(company, Fiscal { day, month });
    }
    Ok(out)
}

/// Series as the rows of a statement.
struct Columns {
    journals: Bind,
    refunds: Bind,
    payments: Bind,
    apart: Bind,
    partners: Bind,
    mine: Bind,
}

impl Columns {
    fn of<'s>(list: impl Iterator<Item = &'s Series> + Clone) -> Self {
        Columns {
            journals: Bind::Ints(list.clone().map(|series| Some(series.journal)).collect()),
            refunds: bools(list.clone().map(|series| series.refund)),
            payments: bools(list.clone().map(|series| series.payment)),
            apart: bools(list.clone().map(|series| Some(series.partner.is_some()))),
            partners: Bind::Ints(list.clone().map(|series| series.partner.flatten()).collect()),
            mine: Bind::Ints(list.map(|series| Some(series.me)).collect()),
        }
    }
}

/// Entries of the series of a row `k`.
fn of_series(alias: &'static str) -> Sql {
    sql!(
        "{m:sql}.journal_id = k.journal AND (k.refund IS NULL OR ({m:sql}.move_type IN ('out_refund', 'in_refund')) = k.refund)
         AND (k.payment IS NULL OR ({m:sql}.origin_payment_id IS NOT NULL) = k.payment)
         AND (NOT k.apart OR {m:sql}.commercial_partner_id = k.partner) AND {m:sql}.id <> k.me",
        m = alias
    )
}

/// The last name of the newest entry's prefix, of entries that fit a condition, as columns of a lateral join.
fn last_name(fits: &dyn Fn(&'static str) -> Sql) -> Sql {
    sql!(
        "LATERAL (SELECT l.name::text AS name, p.id, p.sequence_prefix::text AS prefix, l.sequence_number AS number
         FROM (SELECT p.id, p.sequence_prefix FROM account_move p WHERE {newest:sql} AND p.name <> '/'
         ORDER BY p.id DESC LIMIT 1) p JOIN account_move l ON {last:sql} AND l.name <> '/'
         AND l.sequence_prefix = p.sequence_prefix ORDER BY l.sequence_number DESC LIMIT 1)",
        newest = fits("p"),
        last = fits("l")
    )
}

/// The names around the days of entries, in their order. One statement.
pub(super) fn references(env: &mut Env, moves: &[ToNumber], all: &[(Series, usize)]) -> Result<Vec<Reference>> {
    let keys = distinct(moves, all);
    let columns = Columns::of(keys.iter().map(|(series, _)| series));
    let days = Bind::Dates(keys.iter().map(|(_, day)| Some(*day)).collect());
    let named = |alias| sql!("{fits:sql} AND {m:sql}.name NOT IN ('/', '')", fits = of_series(alias), m = alias);
    let sql = sql!(
        "SELECT k.n, b.date, b.name::text, a.name::text, r.name, r.id FROM unnest({journals}::int4[], {refunds}::bool[],
         {payments}::bool[], {apart}::bool[], {partners}::int4[], {mine}::int4[], {days}::date[])
         WITH ORDINALITY k (journal, refund, payment, apart, partner, me, day, n)
         LEFT JOIN LATERAL (SELECT m.date, m.name FROM account_move m WHERE {before:sql} AND m.date <= k.day
         ORDER BY m.date DESC, m.id DESC LIMIT 1) b ON TRUE
         LEFT JOIN LATERAL (SELECT m.name FROM account_move m WHERE b.name IS NULL AND {after:sql} AND m.date > k.day
         ORDER BY m.date, m.id LIMIT 1) a ON TRUE LEFT JOIN {relaxed:sql} r ON TRUE",
        journals = columns.journals,
        refunds = columns.refunds,
        payments = columns.payments,
        apart = columns.apart,
        partners = columns.partners,
        mine = columns.mine,
        before = named("m"),
        after = named("m"),
        relaxed = last_name(&|alias| of_series(alias))
    );
    let mut found: HashMap<&(Series, NaiveDate), Reference> = HashMap::new();
    for row in env.query(sql)? {
        let Some(key) = row.big(0).and_then(|n| usize::try_from(n - 1).ok()).and_then(|n| keys.get(n)) else { continue };
        let before = row.date(1).zip(row.text(2));
        found.insert(key, Reference { before, after: row.text(3), relaxed: row.text(4), relaxed_id: row.int(5).unwrap_or(0) });
    }
    let of = |(entry, (series, _)): (&ToNumber, &(Series, usize))| found.get(&(series.clone(), entry.date)).cloned().unwrap_or_default();
    Ok(moves.iter().zip(all).map(of).collect())
}

/// The last names under keys. One statement.
pub(super) fn lasts(env: &mut Env, keys: Vec<Key>) -> Result<HashMap<Key, Last>> {
    let columns = Columns::of(keys.iter().map(|key| &key.series));
    let days = |day: fn(&Key) -> NaiveDate| Bind::Dates(keys.iter().map(|key| Some(day(key))).collect());
    let closer = |of: &[Reset]| bools(keys.iter().map(|key| Some(key.reset.is_some_and(|reset| of.contains(&reset)))));
    let fits = |alias: &'static str| {
        sql!(
            "{series:sql} AND {m:sql}.date BETWEEN k.first AND k.last
             AND NOT (k.years AND {m:sql}.sequence_prefix ~ {months}) AND NOT (k.never AND {m:sql}.sequence_prefix ~ {years})",
            series = of_series(alias),
            m = alias,
            months = pattern::MONTHS,
            years = pattern::YEARS
        )
    };
    let sql = sql!(
        "SELECT k.n, f.name, f.id, f.prefix, f.number FROM unnest({journals}::int4[], {refunds}::bool[], {payments}::bool[],
         {apart}::bool[], {partners}::int4[], {mine}::int4[], {first}::date[], {last}::date[], {by_year}::bool[], {never}::bool[])
         WITH ORDINALITY k (journal, refund, payment, apart, partner, me, first, last, years, never, n)
         JOIN {found:sql} f ON TRUE",
        journals = columns.journals,
        refunds = columns.refunds,
        payments = columns.payments,
        apart = columns.apart,
        partners = columns.partners,
        mine = columns.mine,
        first = days(|key| key.from),
        last = days(|key| key.to),
        by_year = closer(&[Reset::Year, Reset::YearRange]),
        never = closer(&[Reset::Never]),
        found = last_name(&fits)
    );
    let mut out: HashMap<Key, Last> = HashMap::new();
    for row in env.query(sql)? {
        let Some(key) = row.big(0).and_then(|n| usize::try_from(n - 1).ok()).and_then(|n| keys.get(n)) else { continue };
        let last = Last {
            name: row.text(1),
            id: row.int(2).unwrap_or(0),
            prefix: row.text(3).unwrap_or_default(),
            number: row.int(4).unwrap_or(0),
        };
        out.insert(key.clone(), last);
    }
    // What was looked for and not found need not be looked for again.
    for key in keys {
        out.entry(key).or_default();
    }
    Ok(out)
}
