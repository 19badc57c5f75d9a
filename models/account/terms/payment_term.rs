//! Models of payment terms: what they must be, and what they show of an example.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use lastmile_orm::compute::Computed;
use lastmile_orm::convert::to_date;
use lastmile_orm::declare::{Next, UnlinkHook};
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Result, Value, money};
use rust_decimal::Decimal;

use super::due_dates::{Amounts, due_lines};
use super::load::load;
use crate::mail::formats::Formats;

const TERM: &str = "account.payment.term";
const LINE: &str = "account.payment.term.line";
/// Digits that percentages are compared with.
const DIGITS: u32 = 6;
/// The amount that examples share out.
const EXAMPLE: Decimal = Decimal::ONE_THOUSAND;

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    all.model(TERM)
        .compute_sudo(&["currency_id"], &["company_id"], currency)
        .compute_sudo(&["early_pay_discount_computation"], &["company_id"], discount_meets_tax)
        .default("example_amount", 1000.0)
        .compute(&["example_date"], &[], |env, ids, out| {
            let day = example_day(env);
            out.set_all("example_date", ids, day);
            Ok(())
        })
        .compute(&["example_invalid"], &["line_ids"], |env, ids, out| {
            for (id, lines) in ids.iter().zip(env.values(TERM, "line_ids", ids)?) {
                out.set("example_invalid", *id, lines.ids().is_empty());
            }
            Ok(())
        })
        .compute_sudo(
            &["example_preview", "example_preview_discount"],
            &["line_ids", "early_discount", "discount_percentage", "discount_days"],
            preview,
        )
        .constrains(&["line_ids", "early_discount"], lines_make_the_whole)
        .on_unlink(unlink);
    all.model(LINE)
        .compute_sudo(&["nb_days"], &["payment_id"], days)
        .compute_sudo(&["value_amount"], &["payment_id"], shares)
        .compute(&["display_days_next_month"], &["delay_type"], |env, ids, out| {
            for (id, delay) in ids.iter().zip(env.values(LINE, "delay_type", ids)?) {
                out.set("display_days_next_month", *id, delay.as_str() == Some("days_end_of_month_on_the"));
            }
            Ok(())
        })
        .constrains(&["days_next_month"], day_is_one)
        .constrains(&["value", "value_amount"], percent_is_one);
}

fn companies(env: &mut Env, ids: &[Id]) -> Result<Vec<Id>> {
    let own = env.company_id();
    Ok(env.values(TERM, "company_id", ids)?.iter().map(|company| company.as_id().unwrap_or(own)).collect())
}

/// How a discount meets the tax is what the country asks for.
fn discount_meets_tax(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let companies = companies(env, ids)?;
    for (id, code) in ids.iter().zip(env.values("res.company", "country_code", &companies)?) {
        let manner = match code.as_str() {
            Some("BE") => "mixed",
            Some("NL") => "excluded",
            _ => "included",
        };
        out.set("early_pay_discount_computation", *id, manner);
    }
    Ok(())
}

fn currency(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let companies = companies(env, ids)?;
    for (id, currency) in ids.iter().zip(env.values("res.company", "currency_id", &companies)?) {
        out.set("currency_id", *id, currency);
    }
    Ok(())
}

/// The day of the example: that of the context, or today.
fn example_day(env: &Env) -> NaiveDate {
    env.context_get("example_date").and_then(|day| to_date(day).ok().flatten()).unwrap_or_else(|| env.now().date())
}

/// What a term makes of the example's amount on its day.
fn preview(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let (terms, day) = (load(env, ids)?, example_day(env));
    let formats = Formats::load(env)?;
    let currencies = env.values(TERM, "currency_id", ids)?;
    let known: Vec<Id> = currencies.iter().filter_map(Value::as_id).collect();
    let roundings = env.values("res.currency", "rounding", &known)?;
    let roundings: HashMap<Id, Decimal> = known.iter().copied().zip(roundings.iter().filter_map(Value::as_decimal)).collect();
    for (id, currency) in ids.iter().zip(currencies) {
        let Some(term) = terms.get(id) else { continue };
        let currency = currency.as_id();
        let rounding = currency.and_then(|id| roundings.get(&id).copied()).unwrap_or_default();
        let amounts = Amounts {
            untaxed: EXAMPLE,
            untaxed_currency: EXAMPLE,
            sign: Decimal::ONE,
            company_rounding: rounding,
            rounding,
            ..Amounts::default()
        };
        let shown = |day: NaiveDate| formats.day(&Value::Date(day), None);
        let mut by_day: BTreeMap<NaiveDate, Decimal> = BTreeMap::new();
        for part in due_lines(term, day, &amounts) {
            *by_day.entry(part.date).or_default() += part.amount_currency;
        }
        let mut parts = String::new();
        for (n, (day, amount)) in by_day.into_iter().enumerate() {
            let (amount, day) = (formats.amount(amount, currency), shown(day)?);
            parts.push_str(&format!("<div><b>{}.</b> <b>{amount}</b> by <b style=\"color: #704A66;\">{day}</b></div>", n + 1));
        }
        out.set("example_preview", *id, parts);
        let text = match (term.discount, term.discount_date(day)) {
            (Some(discount), Some(last)) => {
                // The example is untaxed as a whole for a discount on the total, and all tax for the others.
                let less = money::round_to(EXAMPLE - EXAMPLE * discount.percentage / Decimal::ONE_HUNDRED, rounding);
                format!("<span>Paid early: <b>{}</b> until <b>{}</b></span>", formats.amount(less, currency), shown(last)?)
            }
            _ => String::new(),
        };
        out.set("example_preview_discount", *id, text);
    }
    Ok(())
}

/// Percentages are a hundred together; a discount is for those who pay all at once.
fn lines_make_the_whole(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "SELECT COALESCE(sum(l.value_amount) FILTER (WHERE l.value = 'percent'), 0), count(l.id), COALESCE(t.early_discount, FALSE),
         COALESCE(t.discount_percentage, 0) > 0, COALESCE(t.discount_days, 0) > 0 FROM account_payment_term t
         LEFT JOIN account_payment_term_line l ON l.payment_id = t.id WHERE t.id = ANY({ids}) GROUP BY t.id ORDER BY t.id"
    );
    for row in env.query(sql)? {
        if money::round_digits(row.decimal(0).unwrap_or_default(), DIGITS) != Decimal::ONE_HUNDRED {
            return Err(Error::validation("The percentages of a payment term must be 100 together."));
        }
        if row.bool(2) != Some(true) {
            continue;
        }
        if row.big(1).unwrap_or(0) > 1 {
            return Err(Error::validation("A discount for early payment needs a payment term with one line of 100 %."));
        }
        if row.bool(3) != Some(true) {
            return Err(Error::validation("The discount for early payment must be more than nothing."));
        }
        if row.bool(4) != Some(true) {
            return Err(Error::validation("The days of the discount for early payment must be more than none."));
        }
    }
    Ok(())
}

fn day_is_one(env: &mut Env, ids: &[Id]) -> Result<()> {
    let fits = |day: &Value| {
        day.as_str().is_some_and(|day| day.chars().all(|c| c.is_ascii_digit()) && day.parse().is_ok_and(|day: u32| day <= 31))
    };
    if env.values(LINE, "days_next_month", ids)?.iter().all(fits) {
        return Ok(());
    }
    Err(Error::validation("The day of the next month must be a number from 0 to 31."))
}

fn percent_is_one(env: &mut Env, ids: &[Id]) -> Result<()> {
    let kinds = env.values(LINE, "value", ids)?;
    for (kind, amount) in kinds.iter().zip(env.values(LINE, "value_amount", ids)?) {
        let amount = amount.as_decimal().unwrap_or_default();
        if kind.as_str() == Some("percent") && (amount < Decimal::ZERO || amount > Decimal::ONE_HUNDRED) {
            return Err(Error::validation("Percentages of payment terms are from 0 to 100."));
        }
    }
    Ok(())
}

/// A line of a term, as it is known while others are computed.
struct Known {
    id: Id,
    percent: bool,
    amount: Decimal,
    days: i64,
    /// What it was not given.
    wants_amount: bool,
    wants_days: bool,
}

/// The lines of the terms of lines, in their order.
fn by_term(env: &mut Env, ids: &[Id]) -> Result<Vec<Vec<Known>>> {
    let sql = sql!(
        "SELECT l.payment_id, l.id, l.value = 'percent', l.value_amount, l.nb_days FROM account_payment_term_line l
         WHERE l.payment_id IN (SELECT payment_id FROM account_payment_term_line WHERE id = ANY({ids})) ORDER BY l.payment_id, l.id"
    );
    let mut out: Vec<(Id, Vec<Known>)> = Vec::new();
    for row in env.query(sql)? {
        let (Some(term), Some(id)) = (row.int(0), row.int(1)) else { continue };
        let line = Known {
            id,
            percent: row.bool(2) == Some(true),
            amount: row.decimal(3).unwrap_or_default(),
            days: i64::from(row.int(4).unwrap_or(0)),
            wants_amount: row.decimal(3).is_none(),
            wants_days: row.int(4).is_none(),
        };
        match out.last_mut() {
            Some((last, lines)) if *last == term => lines.push(line),
            _ => out.push((term, vec![line])),
        }
    }
    Ok(out.into_iter().map(|(_, lines)| lines).collect())
}

/// A line without days is due thirty days after the one before the last.
fn days(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for mut lines in by_term(env, ids)? {
        let before = lines.len().checked_sub(2);
        for n in 0..lines.len() {
            let of_before = before.and_then(|n| lines.get(n)).map(|line| line.days);
            let Some(line) = lines.get_mut(n).filter(|line| line.wants_days) else { continue };
            if let (0, Some(days)) = (line.days, of_before) {
                line.days = days + 30;
            }
            out.set("nb_days", line.id, line.days);
        }
    }
    Ok(())
}

/// A line without a share takes what the others leave.
fn shares(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for mut lines in by_term(env, ids)? {
        for n in 0..lines.len() {
            let taken: Decimal = lines.iter().filter(|line| line.percent).map(|line| line.amount).sum();
            let Some(line) = lines.get_mut(n).filter(|line| line.wants_amount) else { continue };
            line.amount = if line.percent { Decimal::ONE_HUNDRED - taken } else { Decimal::ZERO };
            out.set("value_amount", line.id, line.amount);
        }
    }
    Ok(())
}

/// Terms of entries stay.
fn unlink(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    let sql = sql!("SELECT 1 FROM account_move WHERE invoice_payment_term_id = ANY({ids}) LIMIT 1");
    if !env.query(sql)?.is_empty() {
        return Err(Error::user("Payment terms that entries use cannot be deleted. Archive them instead."));
    }
    next.call(env, ids)
}
