//! What a billing run would bill: the same invoices, worked out and not kept.

use std::collections::BTreeMap;

use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Env, Error, Id, Invocation, Map, Result, Value, map};
use rust_decimal::Decimal;

use super::batch::{self, Run};
use super::bill::{self, Due};
use super::invoices;
use crate::account::moves::document::Document;
use crate::account::moves::facts::Facts;
use crate::account::moves::{edit, header, lines, totals};
use crate::isp_core::calendar;

/// Cycles of one subscription that a run catches up at most in a preview.
const MOST: usize = 1200;

/// Sums of a preview, in the company's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sums {
    invoices: i64,
    untaxed: Decimal,
    tax: Decimal,
    total: Decimal,
}

impl Sums {
    fn add(&mut self, totals: &Map, times: i64) {
        let amount = |name: &str| totals.get(name).and_then(Value::as_decimal).unwrap_or_default() * Decimal::from(times);
        self.invoices += times;
        self.untaxed += amount("amount_untaxed_signed");
        self.tax += amount("amount_tax_signed");
        self.total += amount("amount_total_signed");
    }

    fn answer(self) -> Map {
        map! { "invoices" => self.invoices, "amount_untaxed" => self.untaxed, "amount_tax" => self.tax, "amount_total" => self.total }
    }
}

/// Any run, whatever its state.
fn of(env: &mut Env, run: Id) -> Result<Run> {
    let sql = sql!("SELECT company_id, period_start, period_end, COALESCE(catch_up, FALSE) FROM isp_billing_run WHERE id = {run}");
    let rows = env.query(sql)?;
    rows.first()
        .and_then(|row| Some(Run { id: run, company: row.int(0)?, from: row.date(1)?, until: row.date(2)?, catch_up: row.bool(3)? }))
        .ok_or_else(|| Error::missing("The billing run does not exist."))
}

/// How many subscriptions wait for a run.
///
/// # Errors
/// MissingError for a run that is gone.
pub fn left(env: &mut Env, run: Id) -> Result<i64> {
    let run = of(env, run)?;
    let rows = env.query(sql!("SELECT count(*) FROM ({waiting:sql}) w", waiting = batch::waiting_sql(&run, None)))?;
    Ok(rows.first().and_then(|row| row.big(0)).unwrap_or(0))
}

/// Amounts by plan and altogether. Nothing is written.
pub fn action_preview(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let run = of(env, call.one()?)?;
    env.sudo(|env| env.for_company(run.company, |env| preview(env, &run)))
}

fn preview(env: &mut Env, run: &Run) -> Result<Answer> {
    let ids: Vec<Id> = env.query_ids(batch::waiting_sql(run, None))?;
    let due = bill::due(env, &ids, run.company)?;
    let (old, due): (Vec<Due>, Vec<Due>) = due.into_iter().partition(|due| run.catch_up && due.period < run.from);
    let mut documents = documents(env, &due)?;
    let facts = Facts::load(env)?;
    edit::work_out(env, &facts, &mut documents)?;
    let (mut all, mut plans) = (Sums::default(), BTreeMap::<&str, Sums>::new());
    for (due, document) in due.iter().zip(&documents) {
        let times = if run.catch_up { calendar::starts_until(due.period, run.until, due.months, due.anchor, MOST).len() } else { 1 };
        let times = i64::try_from(times).unwrap_or(0);
        let totals = totals::of(document);
        all.add(&totals, times);
        plans.entry(&due.label).or_default().add(&totals, times);
    }
    let by_plan = plans.into_iter().map(|(plan, sums)| {
        let mut row = map! { "plan" => plan };
        row.extend(sums.answer());
        Value::Map(row)
    });
    let by_plan: Vec<Value> = by_plan.collect();
    let mut answer = map! { "subscriptions" => i64::try_from(due.len()).unwrap_or(0), "skipped" => i64::try_from(old.len()).unwrap_or(0) };
    answer.extend(all.answer());
    answer.insert("by_plan".into(), Value::List(by_plan));
    Ok(Answer::Value(Value::Map(answer)))
}

/// The invoices as they would be made.
fn documents(env: &mut Env, due: &[Due]) -> Result<Vec<Document>> {
    let facts = Facts::load(env)?;
    let today = env.today();
    let due_days = invoices::days(env, "isp_billing.due_days", 0)?;
    let mut documents = Vec::with_capacity(due.len());
    for due in due {
        let mut values = bill::values(due, today, due_days);
        let commands = values.shift_remove("invoice_line_ids").unwrap_or_default();
        let mut document = header::begin(env, &facts, &values)?;
        lines::command(env, &facts, &mut document, "invoice_line_ids", &commands)?;
        documents.push(document);
    }
    Ok(documents)
}
