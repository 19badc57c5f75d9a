//! A batch of a billing run: some of its due cycles, billed and noted in one transaction.
//!
//! A cycle is claimed in the database before it is billed ([`claim`]), and claim, invoice, the subscription's next date and
//! the run's counts are committed together. A run that ends anywhere goes on where its last batch ended.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Env, Error, Id, Map, Result, map};
use rust_decimal::Decimal;

use super::bill::{self, Due};
use crate::account::moves::document::MOVE;

/// Runs.
pub const RUN: &str = "isp.billing.run";
/// What a run did with a cycle.
pub const LINE: &str = "isp.billing.run.line";
/// Subscriptions of a batch: statements count by batches, and memory by what is in one.
const SIZE: i64 = 500;
/// Parts that a batch is cut into when something in it cannot be billed.
const PARTS: usize = 8;

/// A run as it is worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub id: Id,
    pub company: Id,
    pub from: NaiveDate,
    pub until: NaiveDate,
    /// All missed cycles, each with its invoice; else one for each subscription.
    pub catch_up: bool,
}

/// A run that is running; `None` for others.
///
/// # Errors
/// What the database answers.
pub fn running(env: &mut Env, run: Id) -> Result<Option<Run>> {
    let sql = sql!(
        "SELECT company_id, period_start, period_end, COALESCE(catch_up, FALSE) FROM isp_billing_run
         WHERE id = {run} AND state = 'running' FOR UPDATE"
    );
    let rows = env.query(sql)?;
    Ok(rows
        .first()
        .and_then(|row| Some(Run { id: run, company: row.int(0)?, from: row.date(1)?, until: row.date(2)?, catch_up: row.bool(3)? })))
}

/// Subscriptions that a run has to bill still, those that wait longest first.
pub fn waiting_sql(run: &Run, limit: Option<i64>) -> Sql {
    sql!(
        "SELECT s.id FROM isp_subscription s JOIN res_partner p ON p.id = s.partner_id
         WHERE s.state = 'active' AND s.next_invoice_date <= {until} AND COALESCE(p.company_id, (SELECT company_id
         FROM res_users WHERE id = 1)) = {company} AND NOT EXISTS (SELECT 1 FROM isp_billing_run_line l
         WHERE l.run_id = {id} AND l.subscription_id = s.id AND (NOT {catch_up} OR l.period_date = s.next_invoice_date))
         ORDER BY s.next_invoice_date, s.id LIMIT {limit}",
        until = run.until,
        company = run.company,
        id = run.id,
        catch_up = run.catch_up,
        limit = Bind::Big(limit)
    )
}

/// What became of a cycle.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Invoiced(Id),
    Skipped(String),
    Failed(String),
}

/// Works on one batch. Answers whether there may be more to do.
///
/// # Errors
/// What ends the whole call; what is wrong with a single record is noted in the run.
pub fn step(env: &mut Env, run: Id) -> Result<bool> {
    let Some(run) = running(env, run)? else { return Ok(false) };
    // Whoever changes one of them meanwhile waits until its batch is over.
    let waiting = sql!("{waiting:sql} FOR UPDATE OF s", waiting = waiting_sql(&run, Some(SIZE)));
    let ids: Vec<Id> = env.query_ids(waiting)?;
    if ids.is_empty() {
        let now = env.now();
        env.update_each(RUN, vec![(run.id, map! { "state" => "done", "finished_at" => now })])?;
        return Ok(false);
    }
    env.for_company(run.company, |env| batch(env, &run, &ids))?;
    Ok(true)
}

fn batch(env: &mut Env, run: &Run, ids: &[Id]) -> Result<()> {
    let due = bill::due(env, ids, run.company)?;
    let (old, due): (Vec<Due>, Vec<Due>) = due.into_iter().partition(|due| run.catch_up && due.period < run.from);
    let billed_before = claim(env, run, &due)?;
    let (known, due): (Vec<Due>, Vec<Due>) = due.into_iter().partition(|due| billed_before.contains(&due.subscription));
    let mut noted: Vec<(Due, Outcome)> = Vec::with_capacity(ids.len());
    let wrong = wrong(env, run, &due)?;
    let (bad, due): (Vec<Due>, Vec<Due>) = due.into_iter().partition(|due| wrong.contains_key(&due.subscription));
    bill_each(env, due, &mut noted)?;
    noted.extend(bad.into_iter().map(|due| {
        let why = wrong.get(&due.subscription).copied().unwrap_or_default().to_owned();
        (due, Outcome::Failed(why))
    }));
    // A cycle that was billed already is not billed again; the subscription goes on after it.
    env.update_each("isp.subscription", known.iter().map(|due| (due.subscription, map! { "next_invoice_date" => due.next })).collect())?;
    noted.extend(known.into_iter().map(|due| (due, Outcome::Skipped("This period is billed already.".to_owned()))));
    let before = format!("It is due since before {}, where the run begins.", run.from);
    noted.extend(old.into_iter().map(|due| (due, Outcome::Skipped(before.clone()))));
    note(env, run, &noted)
}

/// Claims cycles: the unique key of invoiced lines lets one run have each. Invoices that are gone, or were cancelled, give
/// their cycles back. Answers the subscriptions whose cycle is billed already.
fn claim(env: &mut Env, run: &Run, due: &[Due]) -> Result<HashSet<Id>> {
    let ids: Vec<Id> = due.iter().map(|due| due.subscription).collect();
    let gone = sql!(
        "UPDATE isp_billing_run_line l SET state = 'skipped', message = 'Its invoice was cancelled.' FROM isp_subscription s
         WHERE s.id = ANY({ids}) AND l.subscription_id = s.id AND l.period_date = s.next_invoice_date AND l.state = 'invoiced'
         AND NOT EXISTS (SELECT 1 FROM account_move m WHERE m.id = l.move_id AND m.state <> 'cancel') RETURNING l.id"
    );
    let gone: Vec<Id> = env.query_ids(gone)?;
    env.changed(LINE, &["state", "message"], &gone)?;
    let sql = sql!(
        "INSERT INTO isp_billing_run_line (run_id, subscription_id, period_date, currency_id, state, create_uid, write_uid, create_date, write_date)
         SELECT {run}, s.id, s.next_invoice_date, c.currency_id, 'invoiced', {uid}, {uid}, {now}, {now}
         FROM isp_subscription s JOIN res_company c ON c.id = {company} WHERE s.id = ANY({ids})
         ON CONFLICT (subscription_id, period_date) WHERE state = 'invoiced' DO NOTHING RETURNING subscription_id",
        run = run.id,
        uid = env.uid(),
        now = env.now(),
        company = run.company
    );
    let claimed: HashSet<Id> = env.query(sql)?.iter().filter_map(|row| row.int(0)).collect();
    Ok(ids.into_iter().filter(|id| !claimed.contains(id)).collect())
}

/// What is plainly wrong, so that it need not be tried with all the others.
fn wrong(env: &mut Env, run: &Run, due: &[Due]) -> Result<HashMap<Id, &'static str>> {
    let ids: Vec<Id> = due.iter().map(|due| due.subscription).collect();
    let sql = sql!(
        "SELECT s.id, CASE WHEN COALESCE(p.price_monthly, 0) < 0 THEN 1 WHEN c.active IS FALSE THEN 2
         WHEN a.active IS FALSE THEN 3 ELSE 0 END FROM isp_subscription s JOIN isp_service_plan p ON p.id = s.plan_id
         JOIN res_partner o ON o.id = s.partner_id LEFT JOIN res_partner b ON b.id = o.commercial_partner_id
         LEFT JOIN res_currency c ON c.id = p.currency_id
         LEFT JOIN account_account a ON a.id = (b.property_account_receivable_id ->> {company}::int4::text)::int4
         WHERE s.id = ANY({ids}) AND (p.price_monthly < 0 OR c.active IS FALSE OR a.active IS FALSE)",
        company = run.company
    );
    let rows = env.query(sql)?;
    let reasons = rows.iter().filter_map(|row| {
        let why = match row.int(1)? {
            1 => "The price of the plan is below zero.",
            2 => "The currency of the plan is not active.",
            3 => "The receivable account of the customer is archived.",
            _ => return None,
        };
        Some((row.int(0)?, why))
    });
    Ok(reasons.collect())
}

/// Bills all together; when that fails, parts of them, down to the ones that cannot be billed.
fn bill_each(env: &mut Env, due: Vec<Due>, noted: &mut Vec<(Due, Outcome)>) -> Result<()> {
    if due.is_empty() {
        return Ok(());
    }
    match env.savepoint(|env| bill::bill(env, &due)) {
        Ok(moves) => noted.extend(due.into_iter().zip(moves.into_iter().map(Outcome::Invoiced))),
        Err(error @ (Error::Conflict(_) | Error::Stale(_) | Error::Lost(_) | Error::Slow(_))) => return Err(error),
        Err(error) if due.len() == 1 => noted.extend(due.into_iter().map(|due| (due, Outcome::Failed(error.to_string())))),
        Err(_) => {
            for part in due.chunks(due.len().div_ceil(PARTS)) {
                bill_each(env, part.to_vec(), noted)?;
            }
        }
    }
    Ok(())
}

/// Keeps what became of the cycles of a batch: the run's lines and its counts.
fn note(env: &mut Env, run: &Run, noted: &[(Due, Outcome)]) -> Result<()> {
    let moves: Vec<Id> =
        noted.iter().filter_map(|(_, outcome)| if let Outcome::Invoiced(id) = outcome { Some(*id) } else { None }).collect();
    let totals = env.values(MOVE, "amount_total_signed", &moves)?;
    let totals: HashMap<Id, Decimal> =
        moves.iter().copied().zip(totals.iter().map(|total| total.as_decimal().unwrap_or_default())).collect();
    let sql = sql!(
        "SELECT subscription_id, id FROM isp_billing_run_line WHERE run_id = {run} AND subscription_id = ANY({ids})
         AND state = 'invoiced' AND move_id IS NULL",
        run = run.id,
        ids = noted.iter().map(|(due, _)| due.subscription).collect::<Vec<Id>>()
    );
    let claims: HashMap<Id, Id> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect();
    let (mut changed, mut new): (Vec<(Id, Map)>, Vec<Map>) = (Vec::new(), Vec::new());
    let (mut invoices, mut skipped, mut errors, mut amount) = (0_i32, 0_i32, 0_i32, Decimal::ZERO);
    for (due, outcome) in noted {
        let values = match outcome {
            Outcome::Invoiced(invoice) => {
                let total = totals.get(invoice).copied().unwrap_or_default();
                (invoices, amount) = (invoices + 1, amount + total);
                map! { "move_id" => *invoice, "amount_total" => total }
            }
            Outcome::Skipped(why) => {
                skipped += 1;
                map! { "state" => "skipped", "message" => why.as_str() }
            }
            Outcome::Failed(why) => {
                errors += 1;
                map! { "state" => "error", "message" => why.as_str() }
            }
        };
        match claims.get(&due.subscription) {
            Some(line) => changed.push((*line, values)),
            None => {
                let mut values = values;
                values.extend(map! { "run_id" => run.id, "subscription_id" => due.subscription, "period_date" => due.period });
                new.push(values);
            }
        }
    }
    env.update_each(LINE, changed)?;
    if !new.is_empty() {
        env.create(LINE, new)?;
    }
    let sql = sql!(
        "UPDATE isp_billing_run SET invoice_count = COALESCE(invoice_count, 0) + {invoices},
         skipped_count = COALESCE(skipped_count, 0) + {skipped}, error_count = COALESCE(error_count, 0) + {errors},
         amount_total = COALESCE(amount_total, 0) + {amount} WHERE id = {run}",
        run = run.id
    );
    env.execute(&sql)?;
    env.changed(RUN, &["invoice_count", "skipped_count", "error_count", "amount_total"], &[run.id])?;
    env.invalidate();
    Ok(())
}
