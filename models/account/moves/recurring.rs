//! Entries that come again each month, quarter or year.

use chrono::{Datelike, Months, NaiveDate};
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Map, Result, Value, map};

use super::document::MOVE;

/// The day that lies as many whole periods after the first one as a day does, and one more; the first one's day of the month, where there is one.
fn after(day: NaiveDate, first: NaiveDate, months: i32) -> NaiveDate {
    let passed = (day.year() - first.year()) * 12 + i32::try_from(day.month()).unwrap_or(0) - i32::try_from(first.month()).unwrap_or(0);
    let all = passed + months;
    let moved = match u32::try_from(all) {
        Ok(all) => first.checked_add_months(Months::new(all)),
        Err(_) => first.checked_sub_months(Months::new(all.unsigned_abs())),
    };
    moved.unwrap_or(day)
}

fn months(period: &str) -> Option<i32> {
    match period {
        "monthly" => Some(1),
        "quarterly" => Some(3),
        "yearly" => Some(12),
        _ => None,
    }
}

/// Entries that were posted and come again: the next one of each, as a draft that posts itself.
///
/// # Errors
/// As for copying entries.
pub fn come_again(env: &mut Env, posted: &[Id]) -> Result<()> {
    // Nothing of this is a change by hand.
    env.with_context(map! { "skip_is_manually_modified" => true }, |env| copies(env, posted))
}

fn copies(env: &mut Env, posted: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT m.id, m.auto_post::text, m.date, m.auto_post_until, o.id, o.date, m.invoice_date, o.invoice_date, m.invoice_date_due,
         m.invoice_payment_term_id IS NULL, m.invoice_user_id, m.auto_post_origin_id IS NULL
         FROM account_move m JOIN account_move o ON o.id = COALESCE(m.auto_post_origin_id, m.id)
         WHERE m.id = ANY({posted}) AND m.auto_post IN ('monthly', 'quarterly', 'yearly') ORDER BY m.id"
    );
    env.flush()?;
    for row in env.query(sql)? {
        let (Some(id), Some(date), Some(origin), Some(first)) = (row.int(0), row.date(2), row.int(4), row.date(5)) else { continue };
        let period = row.text(1).unwrap_or_default();
        let Some(months) = months(&period) else { continue };
        if row.bool(11).unwrap_or(false) {
            env.update_each(MOVE, vec![(id, map! { "auto_post_origin_id" => id })])?;
        }
        let (next, until) = (after(date, first, months), row.date(3));
        if until.is_some_and(|until| next > until) {
            continue;
        }
        let mut changes: Map = map! {
            "date" => next, "auto_post" => period, "auto_post_until" => until, "auto_post_origin_id" => origin, "invoice_user_id" => row.int(10),
        };
        if let Some(day) = row.date(6) {
            changes.insert("invoice_date".into(), Value::Date(after(day, row.date(7).unwrap_or(first), months)));
        }
        if let Some(due) = row.date(8).filter(|_| row.bool(9).unwrap_or(false)) {
            changes.insert("invoice_date_due".into(), Value::Date(next + (due - date)));
        }
        env.copy(MOVE, &[id], &changes)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_month_do_not_drift() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let first = day("2026-01-31");
        assert_eq!(after(first, first, 1), day("2026-02-28"));
        assert_eq!(after(day("2026-02-28"), first, 1), day("2026-03-31"));
        assert_eq!(after(first, first, 3), day("2026-04-30"));
        assert_eq!(after(day("2024-02-29"), day("2024-02-29"), 12), day("2025-02-28"));
        assert_eq!(after(day("2027-02-28"), day("2024-02-29"), 12), day("2028-02-29"));
    }
}
