//! Differences in exchange: what was matched in a foreign currency was not worth the same on both days. An entry in the
//! company's journal for them takes the rest off the line, against the account for gains or losses.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Env, Error, Id, Map, Result, Value, map};
use rust_decimal::Decimal;

use super::options::{Options, Reconcile};
use super::plan::{Difference, Fix, Partial};
use super::{PARTIAL, entries};
use crate::account::moves::{locks, numbers};

/// What an entry needs to know of a line that it takes something off.
struct Source {
    account: Id,
    currency: Id,
    partner: Option<Id>,
    company: Id,
    of_invoice: bool,
    date: NaiveDate,
    own_currency: bool,
}

/// Where a company books differences.
struct Books {
    journal: Option<Id>,
    losses: Option<Id>,
    gains: Option<Id>,
    /// The number of the journal's last entry.
    last: Option<String>,
}

/// Books the differences of partials just kept, and matches them with their lines.
pub fn book(env: &mut Env, ids: &[Id], partials: &[Partial], reconcile: Reconcile) -> Result<()> {
    let differences: Vec<&Difference> = partials.iter().filter_map(|partial| partial.difference.as_ref()).collect();
    if differences.is_empty() {
        return Ok(());
    }
    let lines: Vec<Id> = differences.iter().flat_map(|difference| difference.lines.iter().map(|(id, _)| *id)).collect();
    let sources = sources(env, &lines)?;
    let books = books(env, &sources)?;
    let mut values = Vec::with_capacity(differences.len());
    for difference in &differences {
        values.push(entry_of(env.today(), difference, &sources, &books)?);
    }
    let moves = env.with_context(map! { "no_exchange_difference" => true }, |env| env.sudo(|env| entries::create(env, values)))?;
    let matched = match_lines(env, &moves, &differences, reconcile)?;
    let post: Vec<Id> = moves.iter().zip(&differences).filter(|(_, difference)| difference.post).map(|(id, _)| *id).collect();
    env.sudo(|env| entries::post(env, &post))?;
    let links = links(ids, partials, &moves, &matched);
    let (partial, entry): (Vec<Id>, Vec<Id>) = links.iter().copied().unzip();
    let sql = sql!(
        "UPDATE account_partial_reconcile r SET exchange_move_id = v.entry FROM unnest({partial}::int4[], {entry}::int4[])
         v (partial, entry) WHERE r.id = v.partial"
    );
    env.execute(&sql)?;
    env.changed(PARTIAL, &["exchange_move_id"], &partial)
}

fn sources(env: &mut Env, lines: &[Id]) -> Result<HashMap<Id, Source>> {
    let sql = sql!(
        "SELECT l.id, l.account_id, l.currency_id, l.partner_id, m.company_id, m.move_type <> 'entry', l.date,
         l.currency_id = c.currency_id FROM account_move_line l JOIN account_move m ON m.id = l.move_id
         JOIN res_company c ON c.id = l.company_id WHERE l.id = ANY({lines})"
    );
    Ok(env
        .query(sql)?
        .iter()
        .filter_map(|row| {
            let source = Source {
                account: row.int(1)?,
                currency: row.int(2)?,
                partner: row.int(3),
                company: row.int(4)?,
                of_invoice: row.bool(5)?,
                date: row.date(6)?,
                own_currency: row.bool(7)?,
            };
            Some((row.int(0)?, source))
        })
        .collect())
}

fn books(env: &mut Env, sources: &HashMap<Id, Source>) -> Result<HashMap<Id, Books>> {
    let companies: HashSet<Id> = sources.values().map(|source| source.company).collect();
    let companies: Vec<Id> = companies.into_iter().collect();
    let sql = sql!(
        "SELECT c.id, c.currency_exchange_journal_id, c.expense_currency_exchange_account_id,
         c.income_currency_exchange_account_id, (SELECT m.name::text FROM account_move m
         WHERE m.journal_id = c.currency_exchange_journal_id AND m.name <> '/' AND m.sequence_prefix IS NOT NULL
         ORDER BY m.date DESC, m.sequence_number DESC LIMIT 1) FROM res_company c WHERE c.id = ANY({companies})"
    );
    Ok(env
        .query(sql)?
        .iter()
        .filter_map(|row| Some((row.int(0)?, Books { journal: row.int(1), losses: row.int(2), gains: row.int(3), last: row.text(4) })))
        .collect())
}

/// The entry that makes up for a difference.
fn entry_of(today: NaiveDate, difference: &Difference, sources: &HashMap<Id, Source>, books: &HashMap<Id, Books>) -> Result<Map> {
    let found: Vec<(&Source, Fix)> = difference.lines.iter().filter_map(|(id, fix)| Some((sources.get(id)?, *fix))).collect();
    let company = found.iter().find(|(source, _)| source.of_invoice).or(found.first()).map(|(source, _)| source.company);
    let books = company.and_then(|company| books.get(&company)).ok_or_else(|| Error::internal("a difference without a company"))?;
    let Some(journal) = books.journal else {
        return Err(Error::user("The company has no journal for differences in exchange: choose one in its settings."));
    };
    let Some(losses) = books.losses else {
        return Err(Error::user("The company has no account for losses in exchange: choose one in its settings."));
    };
    let Some(gains) = books.gains else {
        return Err(Error::user("The company has no account for gains in exchange: choose one in its settings."));
    };
    let mut date = accounting_date(books.last.as_deref(), difference.date, today)?;
    let mut lines = Vec::with_capacity(2 * found.len());
    for (source, fix) in &found {
        date = date.max(source.date);
        let (own, foreign) = match *fix {
            Fix::Company(amount) => (amount, if source.own_currency { amount } else { Decimal::ZERO }),
            Fix::Foreign(amount) => (Decimal::ZERO, amount),
        };
        let to_fix = if own.is_zero() { foreign } else { own };
        let sides = [(source.account, own, foreign), (if to_fix > Decimal::ZERO { losses } else { gains }, -own, -foreign)];
        for (account, own, foreign) in sides {
            lines.push(entries::new_line(map! {
                "name" => "Currency exchange rate difference",
                "debit" => (-own).max(Decimal::ZERO),
                "credit" => own.max(Decimal::ZERO),
                "amount_currency" => -foreign,
                "account_id" => account,
                "currency_id" => source.currency,
                "partner_id" => source.partner,
                "sequence" => i64::try_from(lines.len()).unwrap_or(0),
            }));
        }
    }
    Ok(map! {
        "move_type" => "entry", "date" => date, "journal_id" => journal, "line_ids" => Value::List(lines), "always_tax_exigible" => true,
    })
}

/// The day on which what happened on a day is booked in a journal whose last number is `last`.
///
/// # Errors
/// ValidationError for a number that cannot be read.
pub fn accounting_date(last: Option<&str>, day: NaiveDate, today: NaiveDate) -> Result<NaiveDate> {
    Ok(locks::accounting_date(day, today, false, None, numbers::reset_of(last)?))
}

/// Matches the lines of entries with those that they take something off; answers those, by entry.
fn match_lines(env: &mut Env, moves: &[Id], differences: &[&Difference], reconcile: Reconcile) -> Result<HashMap<Id, Vec<Id>>> {
    let sql = sql!("SELECT move_id, id FROM account_move_line WHERE move_id = ANY({moves}) ORDER BY move_id, sequence, id");
    let mut lines: HashMap<Id, Vec<Id>> = HashMap::new();
    for row in env.query(sql)? {
        if let (Some(entry), Some(line)) = (row.int(0), row.int(1)) {
            lines.entry(entry).or_default().push(line);
        }
    }
    let (mut groups, mut matched) = (Vec::new(), HashMap::new());
    for (entry, difference) in moves.iter().zip(differences) {
        // Each line of the entry on the source's account is followed by the one on that for gains and losses.
        let own = lines.get(entry).map(Vec::as_slice).unwrap_or_default().iter().step_by(2);
        for (line, (source, _)) in own.zip(&difference.lines) {
            groups.push(vec![*line, *source]);
            matched.entry(*entry).or_insert_with(Vec::new).push(*source);
        }
    }
    reconcile(env, &groups, Options { no_exchange: true, ..Options::default() })?;
    Ok(matched)
}

/// Which partial shows which entry: the first that has one of its lines.
fn links(ids: &[Id], partials: &[Partial], moves: &[Id], matched: &HashMap<Id, Vec<Id>>) -> Vec<(Id, Id)> {
    let (mut used, mut links) = (HashSet::new(), Vec::new());
    for (id, partial) in ids.iter().zip(partials) {
        let fits = |entry: &&Id| {
            !used.contains(*entry)
                && matched.get(entry).is_some_and(|lines| lines.contains(&partial.debit) || lines.contains(&partial.credit))
        };
        if let Some(entry) = moves.iter().find(fits) {
            used.insert(*entry);
            links.push((*id, *entry));
        }
    }
    links
}

/// Whether entries made up for differences: they are reset by undoing what was matched, not by themselves.
pub fn are_differences(env: &mut Env, moves: &[Id]) -> Result<Vec<Id>> {
    let sql = sql!(
        "SELECT DISTINCT exchange_move_id FROM account_partial_reconcile WHERE exchange_move_id = ANY({moves}::int4[])",
        moves = Bind::ids(moves)
    );
    env.query_ids(sql)
}
