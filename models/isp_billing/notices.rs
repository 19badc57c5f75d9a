//! isp.dunning.step and isp.dunning.notice: what customers are told when they are late, each once, and what comes next.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use lastmile_orm::declare::Tx;
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Answer, Declarations, Env, Id, Invocation, Map, Result, Value, map};

use super::dunning::{not_held, suspension_days};
use super::invoices::{self, OPEN};
use crate::mail::template;

/// The calendar of a company.
const STEP: &str = "isp.dunning.step";

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    all.model(STEP)
        .default("active", true)
        .default("sequence", 10_i64)
        .default_fn("company_id", |env| Ok(env.company_id().into()))
        .record_method("effect", "days=False", Tx::Read, effect);
    all.model("isp.subscription").record_method("dunning_calendar", "", Tx::Read, calendar);
}

/// A notice to be sent.
#[derive(Clone, Debug, PartialEq)]
struct Late {
    invoice: Id,
    step: Id,
    template: Option<Id>,
    subscription: Id,
    partner: Id,
    email: Option<String>,
}

/// Sends the notices that are due today: of each open invoice that of the last step it has reached, unless that one or a
/// later one was sent. What customers promised to pay by a day is not asked for before it.
///
/// # Errors
/// What the database answers.
pub fn send_due(env: &mut Env) -> Result<()> {
    let today = env.today();
    let default = invoices::days(env, "isp_billing.suspend_after_days", 10)?;
    // The suspension is told with the day that suspends, which a plan may say otherwise.
    let sql = sql!(
        "SELECT DISTINCT ON (m.id) m.id, t.id, t.template_id, s.id, m.partner_id, c.email::text, EXISTS (SELECT 1
         FROM isp_dunning_notice n JOIN isp_dunning_step o ON o.id = n.step_id WHERE n.move_id = m.id AND o.days >= t.days)
         FROM account_move m JOIN isp_subscription s ON s.id = m.isp_subscription_id JOIN isp_service_plan p ON p.id = s.plan_id
         JOIN res_partner c ON c.id = m.partner_id JOIN isp_dunning_step t ON t.company_id = m.company_id AND t.active
         WHERE {OPEN:sql} AND s.state = ANY('{{active,suspended}}')
         AND m.invoice_date_due + CASE WHEN t.action = 'suspend' THEN {suspension:sql} ELSE t.days END <= {today}
         AND (t.action <> 'suspend' OR {not_held:sql}) AND (s.promise_to_pay_date IS NULL OR s.promise_to_pay_date < {today})
         ORDER BY m.id, t.days DESC, t.sequence DESC, t.id DESC",
        suspension = suspension_days(default),
        not_held = not_held(today)
    );
    let late: Vec<Late> = env
        .query(sql)?
        .iter()
        .filter(|row| row.bool(6) == Some(false))
        .filter_map(|row| {
            Some(Late {
                invoice: row.int(0)?,
                step: row.int(1)?,
                template: row.int(2),
                subscription: row.int(3)?,
                partner: row.int(4)?,
                email: row.text(5).filter(|email| !email.is_empty()),
            })
        })
        .collect();
    send(env, &late)
}

/// Keeps notices, each once by its key in the database, and mails those that are new to whom they can reach.
fn send(env: &mut Env, late: &[Late]) -> Result<()> {
    if late.is_empty() {
        return Ok(());
    }
    let ids = |of: fn(&Late) -> Id| late.iter().map(of).collect::<Vec<Id>>();
    let sql = sql!(
        "INSERT INTO isp_dunning_notice (step_id, move_id, subscription_id, partner_id, email, sent_at, create_uid, write_uid, create_date, write_date)
         SELECT v.step, v.invoice, v.subscription, v.partner, v.email, {now}, {uid}, {uid}, {now}, {now}
         FROM unnest({steps}::int4[], {invoices}::int4[], {subs}::int4[], {partners}::int4[], {emails}::text[])
         AS v(step, invoice, subscription, partner, email) ON CONFLICT (step_id, move_id) DO NOTHING RETURNING step_id, move_id",
        now = env.now(),
        uid = env.uid(),
        steps = ids(|late| late.step),
        invoices = ids(|late| late.invoice),
        subs = ids(|late| late.subscription),
        partners = ids(|late| late.partner),
        emails = Bind::Texts(late.iter().map(|late| late.email.clone()).collect())
    );
    let new: Vec<(Id, Id)> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect();
    env.invalidate();
    let mut by_template: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    for late in late.iter().filter(|late| late.email.is_some() && new.contains(&(late.step, late.invoice))) {
        if let Some(template) = late.template {
            by_template.entry(template).or_default().push(late.invoice);
        }
    }
    for (template, invoices) in by_template {
        // A template that somebody broke keeps nobody from being suspended.
        if let Err(error) = env.savepoint(|env| template::send(env, template, &invoices, &Map::new())) {
            if error.ends_call() {
                return Err(error);
            }
            tracing::error!(%error, template, "a notice could not be made");
        }
    }
    Ok(())
}

/// What happens to subscriptions and when, if nothing is paid: a row for each step of each open invoice.
fn calendar(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let ids = &call.ids;
    let rows = env.sudo(|env| {
        let default = invoices::days(env, "isp_billing.suspend_after_days", 10)?;
        let sql = sql!(
            "SELECT s.id, m.id, m.name::text, m.invoice_date_due, t.action::text, t.name::text,
             CASE WHEN t.action = 'suspend' THEN {suspension:sql} ELSE t.days END, n.sent_at, s.promise_to_pay_date,
             COALESCE(s.manual_suspend_only, FALSE) OR COALESCE(c.isp_vip, FALSE), s.state = 'suspended'
             FROM isp_subscription s JOIN isp_service_plan p ON p.id = s.plan_id JOIN res_partner c ON c.id = s.partner_id
             JOIN account_move m ON m.isp_subscription_id = s.id AND {OPEN:sql}
             JOIN isp_dunning_step t ON t.company_id = m.company_id AND t.active
             LEFT JOIN isp_dunning_notice n ON n.step_id = t.id AND n.move_id = m.id
             WHERE s.id = ANY({ids}) ORDER BY s.id, m.invoice_date_due, m.id, t.days, t.sequence, t.id",
            suspension = suspension_days(default)
        );
        env.query(sql)
    })?;
    let events: Vec<Value> = rows
        .iter()
        .filter_map(|row| {
            let suspends = row.text(4).as_deref() == Some("suspend");
            let day = day_of(row.date(3)?, row.int(6)?, row.date(8));
            let held = suspends && row.bool(9) == Some(true);
            let done = row.timestamp(7).is_some() || suspends && row.bool(10) == Some(true);
            Some(Value::Map(map! {
                "subscription_id" => row.int(0)?,
                "move_id" => row.int(1)?,
                "invoice" => row.text(2),
                "action" => row.text(4),
                "name" => row.text(5),
                "date" => day,
                "done" => done,
                "held" => held,
            }))
        })
        .collect();
    Ok(Answer::Value(Value::List(events)))
}

/// The day of a step: so many days after the invoice is due, never before the day after a promise to pay.
fn day_of(due: NaiveDate, days: i32, promised: Option<NaiveDate>) -> NaiveDate {
    let day = due + TimeDelta::days(days.into());
    promised.and_then(|promised| promised.succ_opt()).map_or(day, |after| day.max(after))
}

/// How many open invoices and subscriptions a step meets today, as it is or with other days.
fn effect(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let step = call.one()?;
    let days = match call.arg("days") {
        Value::Int(days) => Some(*days),
        _ => None,
    };
    let days = match days {
        Some(days) => Id::try_from(days).ok(),
        None => env.value(STEP, "days", step)?.as_id(),
    };
    let today = env.today();
    let sql = sql!(
        "SELECT count(*), count(DISTINCT s.id) FROM account_move m JOIN isp_subscription s ON s.id = m.isp_subscription_id
         JOIN res_partner c ON c.id = s.partner_id JOIN isp_dunning_step t ON t.id = {step} AND t.company_id = m.company_id
         WHERE {OPEN:sql} AND s.state = 'active' AND m.invoice_date_due + {days} <= {today}
         AND (t.action <> 'suspend' OR {not_held:sql})",
        days = days.unwrap_or(0),
        not_held = not_held(today)
    );
    let rows = env.sudo(|env| env.query(sql))?;
    let count = |column: usize| rows.first().and_then(|row| row.big(column)).unwrap_or(0);
    Ok(Answer::Value(Value::Map(map! { "invoices" => count(0), "subscriptions" => count(1) })))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_promise_is_waited_for(due in 0_i64..10_000, days in 0_i32..60, promise in prop::option::of(0_i64..10_000)) {
            let at = |days: i64| NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + TimeDelta::days(days);
            let day = day_of(at(due), days, promise.map(at));
            prop_assert!(day >= at(due) + TimeDelta::days(days.into()));
            if let Some(promise) = promise {
                prop_assert!(day > at(promise));
            }
            let later = promise.is_some_and(|promise| promise >= due + i64::from(days));
            prop_assert_eq!(later, day != at(due) + TimeDelta::days(days.into()));
        }
    }
}
