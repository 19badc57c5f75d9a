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
