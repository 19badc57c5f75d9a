//! Module isp_portal: what customers may do for themselves. Its models are other modules'; here is who owns what.

use lastmile_orm::sql::{Bind, Sql};
use lastmile_orm::{Declarations, Env, Id, Result};

/// Customers with access to the portal.
pub const CUSTOMER: &str = "isp_portal.group_isp_portal_customer";

/// Declares the module.
pub fn declare(_all: &mut Declarations) {}

/// Whether a subscription is the acting user's own. Portal pages work with superuser rights after this check.
pub fn owns_subscription(env: &mut Env, subscription: Id) -> Result<bool> {
    let sql = Sql::lit("SELECT 1 FROM isp_subscription WHERE id = ")
        .push_bind(Bind::Int(Some(subscription)))
        .push(" AND partner_id = ")
        .push_bind(Bind::Int(Some(env.user().partner_id)));
    Ok(!env.query(sql)?.is_empty())
}
