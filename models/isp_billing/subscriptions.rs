//! What billing adds to subscriptions: an invoice by hand, and those of the day.

use chrono::{Datelike, NaiveDate};
use lastmile_orm::declare::{Next, Tx, WriteHook};
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Env, Id, Invocation, Map, Result, Value, map};

use super::bill::{self, SUBSCRIPTION};

/// Declares the methods.
pub fn declare(all: &mut Declarations) {
    all.model(SUBSCRIPTION).on_write(anchored_anew).record_method("action_generate_invoice", "", Tx::Write, action_generate_invoice);
}

/// Whoever sets the next date of an anchored cycle moves its anchor with it.
fn anchored_anew(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let date = values.get("next_invoice_date").and_then(|date| match date {
        Value::Date(date) => Some(*date),
        other => other.as_str().and_then(|text| text.parse::<NaiveDate>().ok()),
    });
    let date = date.filter(|_| !values.contains_key("billing_day"));
    next.call(env, ids, values)?;
    let Some(date) = date else { return Ok(()) };
    env.flush()?;
    let day = i32::try_from(date.day()).unwrap_or(0);
    // The last day of a month may stand for any day after it.
    let last = date.succ_opt().is_some_and(|after| after.day() == 1);
    let sql = sql!(
        "SELECT id FROM isp_subscription WHERE id = ANY({ids}) AND billing_day > 0 AND billing_day <> {day}
         AND NOT ({last} AND billing_day > {day})"
    );
    let moved: Vec<Id> = env.query_ids(sql)?;
    env.update_each(SUBSCRIPTION, moved.into_iter().map(|id| (id, map! { "billing_day" => day })).collect())
}

/// Bills the next cycle of subscriptions now, whether it is due or not.
fn action_generate_invoice(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let company = env.company_id();
    let due = bill::due(env, &call.ids, company)?;
    bill::bill(env, &due)?;
    Ok(Answer::NOTHING)
}
