//! Open invoices of subscriptions, as set-based code asks for them.

use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Env, Result};

/// Of a move `m`: a customer's invoice that is still to be paid. A reversed one is not.
pub const OPEN: &str = "m.move_type = 'out_invoice' AND m.state = 'posted' AND m.payment_state = ANY('{not_paid,partial}')";

/// A whole number among the parameters.
pub fn days(env: &mut Env, key: &str, default: i32) -> Result<i32> {
    Ok(env.parameter(key)?.and_then(|text| text.trim().parse().ok()).unwrap_or(default))
}

/// How subscription `s` stands, as columns: whether it has open invoices, whether one of them is still in grace.
pub fn standing(env: &mut Env) -> Result<Sql> {
    let grace = days(env, "isp_billing.grace_days", 5)?;
    let today = env.today();
    Ok(sql!(
        "LEFT JOIN LATERAL (SELECT count(*) > 0 AS open, COALESCE(bool_or(m.invoice_date_due + {grace} >= {today}),
         FALSE) AS grace
         FROM account_move m WHERE m.isp_subscription_id = s.id AND {OPEN:sql}) owes ON TRUE"
    ))
}

/// Of subscription `s`, plan `p`, invoice `m`: days after the invoice is due at which the service is suspended. The plan's
/// own, else the company's step, else the parameter.
pub fn suspension_days(default: i32) -> Sql {
    sql!(
        "COALESCE(NULLIF(GREATEST(p.suspend_after_days, 0), 0), (SELECT min(t.days) FROM isp_dunning_step t
         WHERE t.company_id = m.company_id AND t.action = 'suspend' AND t.active), {default})"
    )
}

/// Of subscription `s` and customer `c`: nothing keeps the service from being suspended on a day.
pub fn not_held(today: chrono::NaiveDate) -> Sql {
    sql!(
        "s.manual_suspend_only IS NOT TRUE AND c.isp_vip IS NOT TRUE
         AND (s.promise_to_pay_date IS NULL OR s.promise_to_pay_date < {today})"
    )
}
