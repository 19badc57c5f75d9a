//! Payment terms out of the database.

use std::collections::HashMap;

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result};

use super::due_dates::{Delay, Discount, DiscountOn, Line, Share, Term};

/// Payment terms by id, with their lines. One statement.
pub fn load(env: &mut Env, ids: &[Id]) -> Result<HashMap<Id, Term>> {
    let mut wanted = ids.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    env.flush()?;
    let sql = sql!(
        "SELECT t.id, COALESCE(t.early_discount, FALSE), COALESCE(t.discount_percentage, 0)::numeric, COALESCE(t.discount_days, 0),
         t.early_pay_discount_computation::text, l.value::text, COALESCE(l.value_amount, 0), l.delay_type::text, COALESCE(l.nb_days, 0),
         l.days_next_month::text FROM account_payment_term t LEFT JOIN account_payment_term_line l ON l.payment_id = t.id
         WHERE t.id = ANY({wanted}) ORDER BY t.id, l.id"
    );
    let mut out: HashMap<Id, Term> = HashMap::new();
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        let term = out.entry(id).or_insert_with(|| Term { id, ..Term::default() });
        if row.bool(1) == Some(true) {
            let on = match row.text(4).as_deref() {
                Some("excluded") => DiscountOn::Untaxed,
                Some("mixed") => DiscountOn::UntaxedAtOnce,
                _ => DiscountOn::Total,
            };
            term.discount = Some(Discount { percentage: row.decimal(2).unwrap_or_default(), days: row.int(3).unwrap_or(0), on });
        }
        let (Some(kind), amount) = (row.text(5), row.decimal(6).unwrap_or_default()) else { continue };
        term.lines.push(Line {
            share: if kind == "fixed" { Share::Fixed(amount) } else { Share::Percent(amount) },
            delay: delay(&row.text(7).unwrap_or_default(), &row.text(9).unwrap_or_default()),
            days: row.int(8).unwrap_or(0),
        });
    }
    Ok(out)
}

/// A way of counting days, by its name; `day` is for those that go on to a day of the next month.
pub fn delay(name: &str, day: &str) -> Delay {
    match name {
        "days_after_end_of_month" => Delay::MonthEnd,
        "days_after_end_of_next_month" => Delay::NextMonthEnd,
        "days_end_of_month_on_the" => Delay::DayOfNextMonth(day.trim().parse().unwrap_or(1)),
        _ => Delay::Invoice,
    }
}
