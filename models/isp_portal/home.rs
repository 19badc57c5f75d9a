//! What a customer sees first: who serves, and what is wrong nearby.

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Result};
use serde::Serialize;

use super::owner::me;
use crate::isp_billing::invoices::OPEN;
use crate::mail::formats::Formats;

/// So many customers of a sector without service make an outage.
const MANY: i64 = 3;

/// The provider, as pages name it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Provider {
    pub name: String,
    pub phone: String,
    pub email: String,
}

/// The acting user's provider.
///
/// # Errors
/// What the database answers.
pub fn provider(env: &mut Env) -> Result<Provider> {
    let company = env.company_id();
    let sql = sql!(
        "SELECT c.name::text, COALESCE(p.phone, '')::text, COALESCE(p.email, '')::text
         FROM res_company c JOIN res_partner p ON p.id = c.partner_id WHERE c.id = {company}"
    );
    let rows = env.query(sql)?;
    let text = |n: usize| rows.first().and_then(|row| row.text(n)).unwrap_or_default();
    Ok(Provider { name: text(0), phone: text(1), email: text(2) })
}

/// What is open of the only suspended service with an address; nothing when there is none, or several.
///
/// # Errors
/// What the database answers.
pub fn open_at(env: &mut Env, address: &str) -> Result<Option<String>> {
    let sql = sql!(
        "SELECT s.id, (SELECT SUM(m.amount_residual) FROM account_move m WHERE m.isp_subscription_id = s.id AND {OPEN:sql}),
         (SELECT MIN(m.currency_id) FROM account_move m WHERE m.isp_subscription_id = s.id AND {OPEN:sql})
         FROM isp_subscription s WHERE s.state = 'suspended' AND s.service_ip = {address} LIMIT 2"
    );
    let rows = env.query(sql)?;
    let [row] = rows.as_slice() else { return Ok(None) };
    let Some(amount) = row.decimal(1).filter(|amount| !amount.is_zero()) else { return Ok(None) };
    Ok(Some(Formats::load(env)?.amount(amount, row.int(2))))
}

/// How the acting user is called.
///
/// # Errors
/// What the database answers.
pub fn name(env: &mut Env) -> Result<String> {
    let rows = env.query(sql!("SELECT name::text FROM res_partner WHERE id = {me}", me = me(env)))?;
    Ok(rows.first().and_then(|row| row.text(0)).unwrap_or_default())
}

/// The sectors of the acting user's services in which something larger is wrong: a router that cannot be reached, or outages
/// that several customers reported within a day.
///
/// # Errors
/// What the database answers.
pub fn outages(env: &mut Env) -> Result<Vec<String>> {
    let sql = sql!(
        "SELECT x.name::text FROM isp_sector x WHERE x.id IN (SELECT s.sector_id FROM isp_subscription s
         WHERE s.partner_id = {me} AND s.state IN ('active', 'suspended'))
         AND (EXISTS (SELECT 1 FROM isp_subscription s JOIN isp_mikrotik_router r ON r.id = s.router_id
                WHERE s.partner_id = {me2} AND s.sector_id = x.id AND r.breaker_until > now() AT TIME ZONE 'UTC')
          OR (SELECT count(DISTINCT t.partner_id) FROM isp_fault_ticket t WHERE t.sector_id = x.id AND t.fault_type = 'outage'
                AND t.state IN ('new', 'in_progress') AND t.opened_at > now() AT TIME ZONE 'UTC' - interval '1 day') >= {MANY})
         ORDER BY x.name",
        me = me(env),
        me2 = me(env)
    );
    Ok(env.query(sql)?.iter().filter_map(|row| row.text(0)).collect())
}
