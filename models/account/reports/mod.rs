//! What the books say: trial balance, ledgers, aged balances, taxes, day book. Each is one or two statements, whatever there is.
//!
//! Amounts are in the currency of the acting company, of posted entries, debit above zero. Only whoever reads all entries of a company may
//! ask: accountants, and employees who make invoices.

mod aged;
mod balances;
mod day_book;
mod ledgers;
mod taxes;

use chrono::{Datelike, NaiveDate, TimeDelta};
use lastmile_orm::access::Operation;
use lastmile_orm::convert::to_date;
use lastmile_orm::declare::Tx;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Map, Result, Value, map};
use rust_decimal::Decimal;

use crate::words::{Catalogues, Words};

/// The most lines of a report. Who wants more of them asks for a shorter time.
pub const MAX_LINES: usize = 20_000;

/// The reports by their names.
pub const NAMES: [&str; 8] =
    ["trial_balance", "general_ledger", "partner_ledger", "aged_receivable", "aged_payable", "tax_report", "day_book", "partner_lines"];

/// Who may see what everybody owes.
const READERS: [&str; 3] = ["account.group_account_readonly", "account.group_account_invoice", "account.group_account_user"];

/// Declares the method: `account.move.line.financial_report(name, options)` with the options `date_from`, `date_to` (days) and
/// `partner_id`, `account_id` (ids). It answers `columns` (`name`, `label` and `kind`: `text`, `date` or `amount`), `rows` (`cells`, `kind`:
/// `line`, `head` or `total`, and `model` and `id` of what a row is about) and the days that were taken.
pub fn declare(all: &mut Declarations) {
    all.model("account.move.line").model_method("financial_report", "name, options=None", Tx::Read, answer);
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub company: Id,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// The first day of the fiscal year that `from` lies in.
    pub year: NaiveDate,
    pub partner: Option<Id>,
    pub account: Option<Id>,
}

/// What a row is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Kind {
    #[default]
    Line,
    /// Lines of the same follow.
    Head,
    Total,
}

/// A row.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub kind: Kind,
    pub cells: Vec<Value>,
    /// What it is about.
    pub about: Option<(&'static str, Id)>,
}

impl Row {
    /// A line about a record.
    pub fn about(model: &'static str, id: Id, cells: Vec<Value>) -> Row {
        Row { cells, about: (id > 0).then_some((model, id)), kind: Kind::Line }
    }

    /// A total.
    pub fn total(cells: Vec<Value>) -> Row {
        Row { kind: Kind::Total, cells, about: None }
    }
}

/// A report: columns with their kinds, and rows.
pub struct Report {
    pub columns: &'static [(&'static str, &'static str)],
    pub rows: Vec<Row>,
}

/// Text of a cell.
pub fn words(text: impl Into<String>) -> Value {
    Value::Str(text.into())
}

/// An amount of a cell; nothing stays empty.
pub fn amount(amount: Decimal) -> Value {
    if amount.is_zero() { Value::None } else { Value::Decimal(amount) }
}

/// The code of account `a` in the company.
pub fn code(company: Id) -> Sql {
    sql!("(SELECT a.code_store ->> split_part(o.parent_path, '/', 1) FROM res_company o WHERE o.id = {company})")
}

/// A column with a text in several languages, in the reader's.
pub fn translated(env: &Env, column: &'static str) -> Sql {
    let lang = env.context().lang.clone();
    sql!("COALESCE({column:sql} ->> {lang}, {column:sql} ->> 'en_US', '')::text")
}

/// The first day of the fiscal year of a day.
fn year_of(day: NaiveDate, last_month: u32, last_day: u32) -> NaiveDate {
    let last = |year: i32| {
        let first = NaiveDate::from_ymd_opt(year, last_month, 1).unwrap_or(day);
        let days = first.checked_add_months(chrono::Months::new(1)).map_or(31, |next| (next - first).num_days());
        let wanted = i64::from(last_day).clamp(1, days);
        first + TimeDelta::days(wanted - 1)
    };
    let this = last(day.year());
    (if day > this { this } else { last(day.year() - 1) }) + TimeDelta::days(1)
}

fn asked(env: &mut Env, options: &Map) -> Result<Asked> {
    let day = |name: &str| match options.get(name) {
        Some(value) if value.truthy() => to_date(value),
        _ => Ok(None),
    };
    let id = |name: &str| options.get(name).and_then(Value::as_id).filter(|id| *id > 0);
    let company = env.company_id();
    let rows = env.query(sql!("SELECT fiscalyear_last_month::text, fiscalyear_last_day FROM res_company WHERE id = {company}"))?;
    let row = rows.first();
    let month = row.and_then(|row| row.text(0)).and_then(|text| text.parse().ok()).unwrap_or(12);
    let last = row.and_then(|row| row.int(1)).and_then(|day| u32::try_from(day).ok()).unwrap_or(31);
    let to = day("date_to")?.unwrap_or_else(|| env.today());
    let from = day("date_from")?.unwrap_or_else(|| year_of(to, month, last));
    if from > to {
        return Err(Error::user("The time of a report ends after it begins."));
    }
    Ok(Asked { company, from, to, year: year_of(from, month, last), partner: id("partner_id"), account: id("account_id") })
}

/// Makes a report for the acting user.
///
/// # Errors
/// AccessError for whoever may not read all entries; UserError for a name or a time that makes no sense, and for too many lines.
pub fn report(env: &mut Env, name: &str, options: &Map) -> Result<(Asked, Report)> {
    env.check_access("account.move.line", Operation::Read)?;
    if !env.is_su() && (env.user().share || !READERS.iter().any(|group| env.has_group(group))) {
        return Err(Error::access("Reports of the books are for those who keep them."));
    }
    let asked = asked(env, options)?;
    let made = match name {
        "trial_balance" => balances::trial(env, &asked),
        "general_ledger" => ledgers::general(env, &asked),
        "partner_ledger" => balances::partners(env, &asked),
        "partner_lines" => ledgers::partner(env, &asked),
        "aged_receivable" => aged::aged(env, &asked, "asset_receivable"),
        "aged_payable" => aged::aged(env, &asked, "liability_payable"),
        "tax_report" => taxes::report(env, &asked),
        "day_book" => day_book::book(env, &asked),
        _ => Err(Error::user(format!("There is no report “{name}”."))),
    }?;
    if made.rows.len() > MAX_LINES {
        return Err(Error::user(format!("The report has more than {MAX_LINES} lines. Please choose a shorter time.")));
    }
    Ok((asked, made))
}

/// The reports' texts.
///
/// # Errors
/// A catalogue line without a text: a mistake of ours.
pub fn catalogues() -> Result<Catalogues> {
    Catalogues::read(&[
        ("en", include_str!("../../../templates/reports/words/en.txt")),
        ("es", include_str!("../../../templates/reports/words/es.txt")),
    ])
}

/// A cell as its reader sees it: words of ours begin with `=` until here.
fn said(words: &Words, cell: Value) -> Value {
    match cell {
        Value::Str(text) if text.starts_with('=') && text.get(1..).is_some_and(|name| words.all().contains_key(name)) => {
            Value::from(words.get(&text))
        }
        other => other,
    }
}

fn answer(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let texts = catalogues()?.of(&env.context().lang);
    let name = call.arg("name").as_str().unwrap_or_default().to_owned();
    let options = call.arg("options").as_map().cloned().unwrap_or_default();
    let (asked, report) = report(env, &name, &options)?;
    let columns = report
        .columns
        .iter()
        .map(|(name, kind)| Value::Map(map! { "name" => *name, "label" => texts.get(name), "kind" => *kind }))
        .collect::<Vec<_>>();
    let row = |row: Row| {
        let kind = match row.kind {
            Kind::Line => "line",
            Kind::Head => "head",
            Kind::Total => "total",
        };
        let mut out = map! { "kind" => kind, "cells" => Value::List(row.cells.into_iter().map(|cell| said(&texts, cell)).collect()) };
        if let Some((model, id)) = row.about {
            out.insert("model".into(), Value::from(model));
            out.insert("id".into(), Value::from(id));
        }
        Value::Map(out)
    };
    let rows: Vec<Value> = report.rows.into_iter().map(row).collect();
    Ok(Answer::Value(Value::Map(map! {
        "name" => name, "date_from" => asked.from, "date_to" => asked.to, "columns" => Value::List(columns), "rows" => Value::List(rows),
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fiscal_years_begin_after_their_last_day() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (at, month, last, year) in [
            ("2026-05-05", 12, 31, "2026-01-01"),
            ("2026-12-31", 12, 31, "2026-01-01"),
            ("2026-03-31", 3, 31, "2025-04-01"),
            ("2026-04-01", 3, 31, "2026-04-01"),
            ("2028-02-29", 2, 29, "2027-03-01"),
            ("2027-03-01", 2, 29, "2027-03-01"),
        ] {
            assert_eq!(year_of(day(at), month, last), day(year), "{at} {month}/{last}");
        }
    }
}
