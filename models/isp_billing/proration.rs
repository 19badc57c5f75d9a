//! Plans that change in the middle of a cycle: the days that are left cost what the new plan costs.

use chrono::NaiveDate;
use lastmile_orm::declare::{Next, WriteHook};
use lastmile_orm::money::round_to;
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Id, Map, Result, Value, map};
use rust_decimal::Decimal;

use super::invoices;
use crate::account::moves::document::MOVE;
use crate::account::moves::posting;
use crate::isp_core::audit::{self, Entry};
use crate::isp_core::calendar;

const REQUEST: &str = "isp.plan.change.request";

/// Declares what applying a request with `prorate` does.
pub fn declare(all: &mut Declarations) {
    all.model(REQUEST).on_write(prorate_applied);
}

fn prorate_applied(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    if values.get("state").and_then(Value::as_str) == Some("applied") {
        bill_differences(env, ids)?;
    }
    next.call(env, ids, values)
}

/// The part of a cycle's difference in price that falls on its days from `today` on, with how many they are and of how many.
/// Below zero it is the customer's.
pub fn difference(old: Decimal, new: Decimal, today: NaiveDate, start: NaiveDate, end: NaiveDate) -> Option<(Decimal, i64, i64)> {
    let (left, all) = ((end - today.max(start)).num_days(), (end - start).num_days());
    (left > 0 && all > 0 && old != new).then(|| ((new - old) * Decimal::from(left) / Decimal::from(all), left, all))
}

/// Bills or credits what changed plans cost more or less until the next cycle: all of them together.
fn bill_differences(env: &mut Env, requests: &[Id]) -> Result<()> {
    env.flush()?;
    let today = env.today();
    let sql = sql!(
        "SELECT s.id, s.partner_id, o.name::text, n.name::text, COALESCE(o.price_monthly, 0), COALESCE(n.price_monthly, 0),
         s.next_invoice_date, n.billing_cycle::text, s.billing_day, NULLIF(n.currency_id, c.currency_id), COALESCE(y.rounding, 0.01),
         (SELECT string_agg(t.account_tax_id::text, ',') FROM account_tax_isp_service_plan_rel t WHERE t.isp_service_plan_id = n.id)
         FROM isp_plan_change_request r JOIN isp_subscription s ON s.id = r.subscription_id
         JOIN isp_service_plan o ON o.id = s.plan_id JOIN isp_service_plan n ON n.id = r.requested_plan_id
         JOIN res_company c ON c.id = {company} LEFT JOIN res_currency y ON y.id = COALESCE(n.currency_id, c.currency_id)
         WHERE r.id = ANY({requests}) AND r.prorate AND r.state <> 'applied' AND s.state = 'active'
         AND s.next_invoice_date > {today} AND o.currency_id IS NOT DISTINCT FROM n.currency_id ORDER BY r.id",
        company = env.company_id()
    );
    let due_days = invoices::days(env, "isp_billing.due_days", 0)?;
    let (mut values, mut subs) = (Vec::new(), Vec::new());
    for row in env.query(sql)? {
        let (Some(sub), Some(partner), Some(end)) = (row.int(0), row.int(1), row.date(6)) else { continue };
        let months = calendar::cycle_months(&row.text(7).unwrap_or_default());
        let start = calendar::previous_cycle(end, months, row.int(8).and_then(|day| u32::try_from(day).ok()));
        let (old, new) = (row.decimal(4).unwrap_or_default(), row.decimal(5).unwrap_or_default());
        let Some((amount, left, all)) = difference(old, new, today, start, end) else { continue };
        let amount = round_to(amount, row.decimal(10).unwrap_or_default());
        if amount.is_zero() {
            continue;
        }
        let taxes: Vec<Id> = row.text(11).unwrap_or_default().split(',').filter_map(|id| id.parse().ok()).collect();
        let label = format!("{} → {}: {left} / {all}", row.text(2).unwrap_or_default(), row.text(3).unwrap_or_default());
        let line = map! {
            "name" => label,
            "quantity" => 1_i64,
            "price_unit" => amount.abs(),
            "tax_ids" => Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(taxes)])]),
        };
        let mut invoice = map! {
            "move_type" => if amount > Decimal::ZERO { "out_invoice" } else { "out_refund" },
            "partner_id" => partner,
            "invoice_date" => today,
            "invoice_date_due" => today + chrono::TimeDelta::days(due_days.into()),
            "isp_subscription_id" => sub,
            "invoice_line_ids" => Value::List(vec![Value::List(vec![Value::Int(0), Value::Int(0), Value::Map(line)])]),
        };
        if let Some(currency) = row.int(9) {
            invoice.insert("currency_id".into(), currency.into());
        }
        values.push(invoice);
        subs.push(sub);
    }
    if values.is_empty() {
        return Ok(());
    }
    env.sudo(|env| {
        let moves = env.create(MOVE, values)?;
        posting::post(env, &moves, false)?;
        let names = env.values(MOVE, "name", &moves)?;
        let entries: Vec<Entry> = subs
            .iter()
            .zip(names)
            .map(|(sub, name)| {
                let details = format!("{} for the changed plan", name.as_str().unwrap_or_default());
                Entry::new("plan_change_prorated", "isp.subscription", *sub, details)
            })
            .collect();
        audit::log(env, &entries)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(n: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 1, 1).unwrap() + chrono::TimeDelta::days(n)
    }

    proptest! {
        /// There and back on the same day costs nothing; the whole cycle costs the whole difference; never more than that.
        #[test]
        fn days_share_the_difference(old in 0_i64..100_000, new in 0_i64..100_000, start in 0_i64..1000, length in 1_i64..366, at in -10_i64..400) {
            let (old, new) = (Decimal::new(old, 2), Decimal::new(new, 2));
            let (from, until) = (day(start), day(start + length));
            let there = difference(old, new, day(start + at), from, until);
            let back = difference(new, old, day(start + at), from, until);
            prop_assert_eq!(there.map(|d| d.0), back.map(|d| -d.0));
            match there {
                None => prop_assert!(old == new || at >= length),
                Some((amount, left, all)) => {
                    prop_assert_eq!(all, length);
                    prop_assert_eq!(left, length - at.max(0));
                    prop_assert!(amount.abs() <= (new - old).abs());
                    prop_assert_eq!(amount > Decimal::ZERO, new > old);
                    if at <= 0 {
                        prop_assert_eq!(amount, (new - old) * Decimal::from(length) / Decimal::from(length));
                    }
                }
            }
        }
    }
}
