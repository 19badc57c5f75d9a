//! Entries for taxes that are due when paid, made when invoices are matched with their payments.

use std::collections::HashMap;

use chrono::NaiveDate;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Map, Result, Value, map};
use rust_decimal::Decimal;

use super::PARTIAL;
use super::cash_basis_load::{Match, Origin, Side, matches, origins};
use super::entries::{self, new_line};
use super::options::{Options, Reconcile};
use crate::account::moves::locks;
use crate::account::taxes::cash_basis::{Due, DueLine, Paid, WaitingLine, due};
use crate::base::rates::{Exchange, rates};

/// Makes the taxes due that partials pay, in sets.
pub fn book(env: &mut Env, partials: &[Id], reconcile: Reconcile) -> Result<()> {
    let off = |key: &str| env.context_get(key).is_some_and(Value::truthy);
    if partials.is_empty() || off("move_reverse_cancel") || off("no_cash_basis") {
        return Ok(());
    }
    let matches = matches(env, partials)?;
    if matches.is_empty() {
        return Ok(());
    }
    let origins = env.sudo(|env| origins(env, &matches))?;
    if origins.is_empty() {
        return Ok(());
    }
    let made = entries_of(env, &matches, &origins)?;
    keep_drafts(env, &matches, &origins)?;
    let (values, posted): (Vec<Map>, Vec<bool>) = made.iter().map(|entry| (entry.values.clone(), entry.posted)).unzip();
    let quiet = map! { "skip_invoice_sync" => true, "skip_is_manually_modified" => true };
    let ids = env.with_context(quiet, |env| env.sudo(|env| entries::create(env, values)))?;
    let post: Vec<Id> = ids.iter().zip(&posted).filter(|(_, posted)| **posted).map(|(id, _)| *id).collect();
    env.sudo(|env| entries::post(env, &post))?;
    let wanted: Vec<(Id, i64, Vec<Id>)> = ids
        .iter()
        .zip(&made)
        .flat_map(|(id, entry)| entry.matches.iter().map(|(sequence, lines)| (*id, *sequence, lines.clone())))
        .collect();
    match_waiting(env, &wanted, reconcile)
}

/// An entry to be made.
struct New {
    values: Map,
    posted: bool,
    /// By the sequence of the line that takes a tax from where it waited: the lines that it is matched with.
    matches: Vec<(i64, Vec<Id>)>,
}

fn entries_of(env: &mut Env, matches: &[Match], origins: &HashMap<Id, Origin>) -> Result<Vec<New>> {
    let companies: Vec<Id> = matches.iter().map(|found| found.company).collect();
    let journals = journals(env, &companies)?;
    let locks = env.sudo(|env| locks::of_companies(env, &companies))?;
    let rates = rates_of(env, matches, origins)?;
    let today = env.today();
    let mut order: Vec<Id> = Vec::new();
    let mut payments: HashMap<Id, Vec<(Paid, &Match)>> = HashMap::new();
    for (found, rates) in matches.iter().zip(&rates) {
        for (place, side) in found.sides.iter().enumerate() {
            let Some(origin) = origins.get(&side.entry) else { continue };
            let Some(paid) = paid(found, side, origin, rates.get(place).copied().unwrap_or_default()) else { continue };
            if !journals.contains_key(&found.company) {
                return Err(Error::user("The company has no journal for taxes that are due when paid."));
            }
            if !order.contains(&side.entry) {
                order.push(side.entry);
            }
            payments.entry(side.entry).or_default().push((paid, found));
        }
    }
    let (mut posted, mut drafts) = (Vec::new(), Vec::new());
    for id in order {
        let (Some(origin), Some(payments)) = (origins.get(&id), payments.get(&id)) else { continue };
        let paid: Vec<Paid> = payments.iter().map(|(paid, _)| *paid).collect();
        for (due, (_, found)) in due(&origin.waiting, &paid).iter().zip(payments) {
            let Some((journal, kind)) = journals.get(&found.company) else { continue };
            let closed = locks.get(&found.company).and_then(|locks| locks.fiscal(kind));
            let day = if closed.is_none_or(|closed| found.day > closed) { found.day } else { today };
            let entry = entry_of(due, origin, found, *journal, day);
            if entry.posted { posted.push(entry) } else { drafts.push(entry) }
        }
    }
    posted.extend(drafts);
    Ok(posted)
}

/// What a partial pays of an entry; nothing for differences in exchange.
fn paid(found: &Match, side: &Side, origin: &Origin, rate: Decimal) -> Option<Paid> {
    let waiting = &origin.waiting;
    let (amount, of) = if waiting.currency == waiting.company_currency {
        (waiting.company_currency.round(found.amount), origin.total.0)
    } else {
        (waiting.currency.round(side.amount_currency), origin.total.1)
    };
    (!amount.is_zero() && !of.is_zero()).then_some(Paid { partial: found.id, amount, of, rate })
}

/// Journals for taxes that are due when paid, and their types, by company.
fn journals(env: &mut Env, companies: &[Id]) -> Result<HashMap<Id, (Id, String)>> {
    let sql = sql!(
        "SELECT c.id, j.id, j.type FROM res_company c JOIN account_journal j ON j.id = c.tax_cash_basis_journal_id
         WHERE c.id = ANY({companies})"
    );
    let rows = env.query(sql)?;
    Ok(rows.iter().filter_map(|row| Some((row.int(0)?, (row.int(1)?, row.text(2).unwrap_or_default())))).collect())
}

/// The rates that the sides of partials were paid at.
fn rates_of(env: &mut Env, matches: &[Match], origins: &HashMap<Id, Origin>) -> Result<Vec<[Decimal; 2]>> {
    let forced = env.context_get("forced_rate_from_register_payment").and_then(Value::as_decimal);
    let asked = |found: &Match, place: usize| -> Option<Exchange> {
        let [own, other] = ordered(found, place)?;
        let origin = origins.get(&own.entry)?;
        let day = if own.invoice && other.invoice { origin.day } else { other.date };
        (own.currency != other.currency).then_some(Exchange {
            from: origin.waiting.company_currency.id,
            to: own.currency,
            company: found.company,
            day,
        })
    };
    let exchanges: Vec<Exchange> = matches.iter().flat_map(|found| [asked(found, 0), asked(found, 1)]).flatten().collect();
    let known = rates(env, &exchanges)?;
    let rate = |found: &Match, place: usize| -> Decimal {
        if let Some(exchange) = asked(found, place) {
            return forced.or_else(|| known.get(&exchange).copied()).unwrap_or_default();
        }
        let Some([own, other]) = ordered(found, place) else { return Decimal::ZERO };
        // An invoice and its credit note each have their own.
        let by = if own.invoice && other.invoice { own } else { other };
        by.line_amount.checked_div(by.line_balance).unwrap_or_default()
    };
    Ok(matches.iter().map(|found| [rate(found, 0), rate(found, 1)]).collect())
}

/// The side at a place, and the other one.
fn ordered(found: &Match, place: usize) -> Option<[&Side; 2]> {
    Some([found.sides.get(place)?, found.sides.get(1 - place.min(1))?])
}

fn entry_of(due: &Due, origin: &Origin, found: &Match, journal: Id, day: NaiveDate) -> New {
    let mut lines = Vec::new();
    let mut matches = Vec::new();
    for (sequence, line) in (0_i64..).step_by(2).zip(&due.lines) {
        lines.push(new_line(counterpart(line, origin, sequence + 1)));
        lines.push(new_line(due_line(line, origin, sequence)));
        if !line.match_with.is_empty() {
            matches.push((sequence + 1, line.match_with.clone()));
        }
    }
    let values = map! {
        "move_type" => "entry",
        "date" => day,
        "ref" => origin.name.clone(),
        "journal_id" => journal,
        "company_id" => found.company,
        "line_ids" => Value::List(lines),
        "tax_cash_basis_rec_id" => due.partial,
        "tax_cash_basis_origin_move_id" => origin.waiting.id,
        "fiscal_position_id" => origin.position,
    };
    New { values, posted: found.sides.iter().all(|side| side.posted), matches }
}

/// What both lines have.
fn common(line: &DueLine, origin: &Origin, sequence: i64) -> Map {
    let analytic = line.key.analytic.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    map! {
        "name" => line.name.clone(),
        "currency_id" => origin.waiting.currency.id,
        "partner_id" => line.key.partner,
        "analytic_distribution" => analytic.map_or(Value::Bool(false), |json| Value::from(&json)),
        "display_type" => line.display_type.as_str(),
        "sequence" => sequence,
    }
}

fn due_line(line: &DueLine, origin: &Origin, sequence: i64) -> Map {
    let set = |ids: &[Id]| Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(ids.to_vec())])]);
    let mut out = common(line, origin, sequence);
    out.extend(map! {
        "balance" => line.balance,
        "amount_currency" => line.amount_currency,
        "account_id" => line.key.account,
        "tax_ids" => set(&line.key.taxes),
        "tax_tag_ids" => set(&line.tags),
    });
    if let Some(repartition) = line.key.repartition {
        out.extend(map! { "tax_repartition_line_id" => repartition, "tax_base_amount" => line.tax_base });
    }
    out
}

fn counterpart(line: &DueLine, origin: &Origin, sequence: i64) -> Map {
    let mut out = common(line, origin, sequence);
    out.extend(map! {
        "balance" => -line.balance,
        "amount_currency" => -line.amount_currency,
        "account_id" => line.from_account,
        "tax_ids" => Value::List(Vec::new()),
    });
    out
}

/// Matches taxes that waited with what took them away.
fn match_waiting(env: &mut Env, wanted: &[(Id, i64, Vec<Id>)], reconcile: Reconcile) -> Result<()> {
    if wanted.is_empty() {
        return Ok(());
    }
    let moves: Vec<Id> = wanted.iter().map(|(id, ..)| *id).collect();
    let waiting: Vec<Id> = wanted.iter().flat_map(|(_, _, lines)| lines.iter().copied()).collect();
    let sql = sql!(
        "SELECT l.move_id, l.sequence, l.id FROM account_move_line l
         WHERE (l.move_id = ANY({moves}) OR l.id = ANY({waiting})) AND NOT COALESCE(l.reconciled, FALSE)"
    );
    env.flush()?;
    let rows = env.query(sql)?;
    let open = |id: Id| rows.iter().any(|row| row.int(2) == Some(id));
    let mut groups: Vec<Vec<Id>> = Vec::new();
    for (entry, sequence, lines) in wanted {
        let found = rows.iter().find(|row| row.int(0) == Some(*entry) && row.int(1).map(i64::from) == Some(*sequence));
        let taker = found.and_then(|row| row.int(2));
        let lines: Vec<Id> = lines.iter().copied().filter(|id| open(*id)).collect();
        if let Some(taker) = taker.filter(|_| !lines.is_empty()) {
            groups.push([vec![taker], lines].concat());
        }
    }
    let options = Options::of(env);
    reconcile(env, &groups, options)
}

/// Partials keep what the entries were made of, for those that are drafts.
fn keep_drafts(env: &mut Env, matches: &[Match], origins: &HashMap<Id, Origin>) -> Result<()> {
    let (mut ids, mut texts) = (Vec::new(), Vec::new());
    for found in matches {
        let mut values = serde_json::Map::new();
        let mut any = false;
        for (side, name) in found.sides.iter().zip(["debit", "credit"]) {
            let origin = origins.get(&side.entry);
            any |= origin.is_some();
            let lines = origin.map_or_else(Vec::new, |origin| origin.waiting.lines.iter().map(kept_line).collect());
            let total = |amount: fn(&Origin) -> Decimal| {
                origin.map_or(serde_json::Value::Null, |origin| lastmile_orm::money::to_f64(amount(origin)).into())
            };
            values.insert(format!("{name}_caba_lines"), lines.into());
            values.insert(format!("{name}_total_balance"), total(|origin| origin.total.0));
            values.insert(format!("{name}_total_amount_currency"), total(|origin| origin.total.1));
        }
        if any {
            ids.push(found.id);
            // The field keeps a text of JSON.
            texts.push(Some(serde_json::Value::String(serde_json::Value::Object(values).to_string()).to_string()));
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    let texts = lastmile_orm::sql::Bind::Texts(texts);
    let sql = sql!(
        "UPDATE account_partial_reconcile r SET draft_caba_move_vals = v.text::jsonb
         FROM unnest({ids}::int4[], {texts}::text[]) v (id, text) WHERE r.id = v.id"
    );
    env.execute(&sql)?;
    env.changed(PARTIAL, &["draft_caba_move_vals"], &ids)
}

fn kept_line(line: &WaitingLine) -> serde_json::Value {
    serde_json::json!([if line.key.repartition.is_some() { "tax" } else { "base" }, line.id])
}
