//! Days until which books are closed, for who asks: of a company and of those above it, less the exceptions.

mod companies;
pub mod dates;
mod exceptions;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use chrono::NaiveDate;
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Result, Value};

use super::numbers::{self, ToNumber};
use crate::mail::formats::Formats;
pub use dates::{Lock, Locks, Which, accounting_date};

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    companies::declare(all);
    exceptions::declare(all);
}

/// Until when companies are closed for the user. One statement.
pub fn of_companies(env: &mut Env, companies: &[Id]) -> Result<HashMap<Id, Locks>> {
    let ignore = env.context_get("ignore_exceptions").is_some_and(Value::truthy);
    of(env, companies, ignore)
}

/// Until when companies are closed; `ignore`: for those whom no exception helps.
fn of(env: &mut Env, companies: &[Id], ignore: bool) -> Result<HashMap<Id, Locks>> {
    env.flush()?;
    let sql = sql!(
        "SELECT c.id, l.field, max(l.day), max(CASE WHEN e.id IS NULL THEN l.day ELSE e.lock_date END)
         FROM res_company c JOIN res_company o ON starts_with(c.parent_path, o.parent_path)
         CROSS JOIN LATERAL (VALUES ('fiscalyear_lock_date', o.fiscalyear_lock_date), ('tax_lock_date', o.tax_lock_date),
         ('sale_lock_date', o.sale_lock_date), ('purchase_lock_date', o.purchase_lock_date),
         ('hard_lock_date', o.hard_lock_date)) l (field, day)
         LEFT JOIN LATERAL (SELECT x.id, x.lock_date FROM account_lock_exception x WHERE NOT {ignore}
         AND l.field <> 'hard_lock_date' AND x.active AND x.company_id = o.id AND x.lock_date_field = l.field
         AND (x.lock_date IS NULL OR x.lock_date < l.day) AND (x.end_datetime IS NULL OR x.end_datetime >= {now})
         AND (x.user_id IS NULL OR x.user_id = {uid}) ORDER BY x.lock_date NULLS FIRST LIMIT 1) e ON TRUE
         WHERE c.id = ANY({companies}) AND l.day IS NOT NULL GROUP BY 1, 2",
        now = env.now(),
        uid = env.uid()
    );
    let mut out: HashMap<Id, Locks> = companies.iter().map(|id| (*id, Locks::default())).collect();
    for row in env.query(sql)? {
        let (Some(company), Some(field)) = (row.int(0), row.text(1)) else { continue };
        let Some(lock) = out.get_mut(&company).zip(Lock::parse(&field)) else { continue };
        lock.0.set(lock.1, row.date(3));
    }
    Ok(out)
}

/// An entry that gets an accounting date.
#[derive(Clone, Debug)]
pub struct ToDate {
    /// The entry with its present date.
    pub entry: ToNumber,
    /// The day that it is of: an invoice's, or the accounting date.
    pub day: NaiveDate,
    /// Taxes are on its lines.
    pub has_tax: bool,
}

/// What the books of entries say of their days.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// Until when their companies are closed.
    pub locks: HashMap<Id, Locks>,
    /// The types of their journals.
    pub kinds: HashMap<Id, String>,
}

impl Books {
    /// Reads the locks of companies and the types of journals. Two statements.
    ///
    /// # Errors
    /// What the database answers.
    pub fn load(env: &mut Env, companies: &[Id], journals: &[Id]) -> Result<Self> {
        let locks = of_companies(env, companies)?;
        let sql = sql!("SELECT id, type::text FROM account_journal WHERE id = ANY({journals})");
        let kinds = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect();
        Ok(Books { locks, kinds })
    }

    /// The locks that a day is under, the earliest first.
    pub fn violated(&self, company: Id, journal: Id, day: NaiveDate, has_tax: bool) -> Vec<(NaiveDate, Lock)> {
        let which = Which { tax: has_tax, ..Which::of_journal(self.kinds.get(&journal).map_or("", String::as_str)) };
        self.locks.get(&company).map(|locks| locks.violated(day, which)).unwrap_or_default()
    }
}

/// The accounting dates that entries get on posting, and invoices of vendors as drafts: a day of an open period, so that
/// numbers go up. In their order; a fixed number of statements.
pub fn accounting_dates(env: &mut Env, entries: &[ToDate]) -> Result<Vec<NaiveDate>> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let numbered: Vec<ToNumber> = entries.iter().map(|one| one.entry.clone()).collect();
    let companies: Vec<Id> = numbered.iter().map(|entry| entry.company).collect();
    let journals: Vec<Id> = numbered.iter().map(|entry| entry.journal).collect();
    let books = Books::load(env, &companies, &journals)?;
    let (today, around) = (env.today(), numbers::outlook(env, &numbered)?);
    let date = |(one, around): (&ToDate, numbers::Outlook)| {
        let locks = books.violated(one.entry.company, one.entry.journal, one.day, one.has_tax);
        let sale = matches!(one.entry.move_type.as_str(), "out_invoice" | "out_refund" | "out_receipt");
        accounting_date(one.day, today, sale, locks.last().map(|(day, _)| *day), around.reset)
    };
    Ok(entries.iter().zip(around).map(date).collect())
}

/// Entries are in open periods.
///
/// # Errors
/// User, which locks are in the way.
pub fn check_fiscal(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "SELECT DISTINCT COALESCE(m.company_id, j.company_id), m.journal_id, j.type::text, m.date FROM account_move m
         JOIN account_journal j ON j.id = m.journal_id WHERE m.id = ANY({ids}) AND m.date IS NOT NULL ORDER BY m.date"
    );
    let rows = env.query(sql)?;
    let days = rows.iter().filter_map(|row| Some((row.int(0)?, row.date(3)?, Which::of_journal(&row.text(2).unwrap_or_default()))));
    match first_closed(env, days.collect())? {
        Some(locks) => Err(Error::user(format!("Entries cannot be made or changed until {locks}."))),
        None => Ok(()),
    }
}

/// The locks that the first of some days of companies is under, as people read them.
fn first_closed(env: &mut Env, days: Vec<(Id, NaiveDate, Which)>) -> Result<Option<String>> {
    let companies: Vec<Id> = days.iter().map(|(company, ..)| *company).collect();
    if companies.is_empty() {
        return Ok(None);
    }
    let locks = of_companies(env, &companies)?;
    let found = days.into_iter().filter_map(|(company, day, which)| Some(locks.get(&company)?.violated(day, which)));
    match found.into_iter().find(|violated| !violated.is_empty()) {
        Some(violated) => written(env, &violated).map(Some),
        None => Ok(None),
    }
}

/// Posted lines that reports of taxes count are in periods whose taxes are not reported yet.
///
/// # Errors
/// User, which locks are in the way.
pub fn check_tax(env: &mut Env, lines: &[Id]) -> Result<()> {
    check_tax_where(env, "l.id", lines)
}

/// As [`check_tax`], for all lines of entries.
///
/// # Errors
/// User, which locks are in the way.
pub fn check_tax_of_moves(env: &mut Env, ids: &[Id]) -> Result<()> {
    check_tax_where(env, "l.move_id", ids)
}

fn check_tax_where(env: &mut Env, column: &'static str, ids: &[Id]) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "SELECT DISTINCT COALESCE(m.company_id, l.company_id), m.date FROM account_move_line l
         JOIN account_move m ON m.id = l.move_id WHERE {column:sql} = ANY({ids}) AND m.state = 'posted' AND m.date IS NOT NULL
         AND (l.tax_line_id IS NOT NULL OR EXISTS (SELECT 1 FROM account_move_line_account_tax_rel r
         WHERE r.account_move_line_id = l.id) OR EXISTS (SELECT 1 FROM account_account_tag_account_move_line_rel r
         JOIN account_account_tag t ON t.id = r.account_account_tag_id AND t.applicability = 'taxes'
         WHERE r.account_move_line_id = l.id)) ORDER BY 2"
    );
    let rows = env.query(sql)?;
    let which = || Which { tax: true, hard: true, ..Which::default() };
    let days = rows.iter().filter_map(|row| Some((row.int(0)?, row.date(1)?, which())));
    match first_closed(env, days.collect())? {
        Some(locks) => {
            Err(Error::user(format!("This would change taxes that were reported already. Give the entry another date, or change {locks}.")))
        }
        None => Ok(()),
    }
}

/// Locks with their days, as people read them.
fn written(env: &mut Env, locks: &[(NaiveDate, Lock)]) -> Result<String> {
    let formats = Formats::load(env)?;
    let mut out = Vec::new();
    for (day, lock) in locks {
        out.push(format!("{} ({})", lock.label(), formats.day(&Value::Date(*day), None)?));
    }
    Ok(out.join(", "))
}
