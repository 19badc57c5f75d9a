//! Who a customer is, for the conditions that keep customers apart.

use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Env, Id, Result};

/// The acting user's partner: the owner of services, tickets and transfers.
pub fn me(env: &Env) -> Bind {
    Bind::Int(Some(env.user().partner_id))
}

/// The partner that the acting user's invoices are made out to.
pub fn payer(env: &Env) -> Sql {
    sql!("(SELECT o.commercial_partner_id FROM res_partner o WHERE o.id = {me})", me = me(env))
}

/// Whether a subscription is the acting user's own.
///
/// # Errors
/// What the database answers.
pub fn owns_subscription(env: &mut Env, subscription: Id) -> Result<bool> {
    let sql = sql!("SELECT 1 FROM isp_subscription WHERE id = {subscription} AND partner_id = {me}", me = me(env));
    Ok(!env.query(sql)?.is_empty())
}
