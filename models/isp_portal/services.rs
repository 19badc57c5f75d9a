//! Services of customers: what they have, and another plan in place of it.

use lastmile_orm::sql::row::Row;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Result, Value, map};
use rust_decimal::Decimal;
use serde::Serialize;

use super::owner::{me, owns_subscription};
use crate::isp_core::plan_change;
use crate::mail::formats::Formats;

/// Services on a page.
pub const PER_PAGE: i64 = 10;

/// A service as its owner sees it. Days and amounts are written as the owner's language does.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Service {
    pub id: Id,
    pub name: String,
    pub plan: String,
    /// `draft`, `active`, `suspended`, `terminated`.
    pub state: String,
    /// `Up to date`, `Grace period`, `In arrears`, `Suspended`…
    pub standing: String,
    pub start: String,
    pub next_invoice: String,
    /// Mbit/s.
    pub down: String,
    pub up: String,
    /// A month.
    pub price: String,
    pub address: String,
    pub ip: String,
    /// Whether its session was seen lately; `None`: nobody looks.
    pub online: Option<bool>,
    /// When it was seen last.
    pub seen: String,
}

const SERVICE: &str = "SELECT s.id, COALESCE(s.name, '')::text, COALESCE(p.name, '')::text, s.start_date, s.next_invoice_date, \
     COALESCE(p.download_mbps, 0)::numeric, COALESCE(p.upload_mbps, 0)::numeric, COALESCE(p.price_monthly, 0)::numeric, p.currency_id, \
     s.state::text, COALESCE(s.address_text, '')::text, COALESCE(s.service_ip, '')::text, s.online, s.last_seen_at \
     FROM isp_subscription s LEFT JOIN isp_service_plan p ON p.id = s.plan_id WHERE s.partner_id = ";

fn speed(row: &Row, column: usize, formats: &Formats) -> String {
    formats.number(row.decimal(column).unwrap_or_default().normalize())
}

fn service_of(row: &Row, formats: &Formats) -> Result<Option<Service>> {
    let text = |n: usize| row.text(n).unwrap_or_default();
    let day = |n: usize| row.date(n).map_or(Ok(String::new()), |day| formats.day(&Value::Date(day), None));
    let Some(id) = row.int(0) else { return Ok(None) };
    Ok(Some(Service {
        id,
        name: text(1),
        plan: text(2),
        start: day(3)?,
        next_invoice: day(4)?,
        down: speed(row, 5, formats),
        up: speed(row, 6, formats),
        price: formats.amount(row.decimal(7).unwrap_or_default(), row.int(8)),
        state: text(9),
        address: text(10),
        ip: text(11),
        online: row.bool(12),
        seen: row.timestamp(13).map_or(Ok(String::new()), |at| formats.datetime(&Value::DateTime(at)))?,
        standing: String::new(),
    }))
}

fn found(env: &mut Env, rows: &[Row]) -> Result<Vec<Service>> {
    let formats = Formats::load(env)?;
    let mut services = Vec::with_capacity(rows.len());
    for row in rows {
        services.extend(service_of(row, &formats)?);
    }
    let ids: Vec<Id> = services.iter().map(|s| s.id).collect();
    let standing = env.sudo(|env| env.values("isp.subscription", "portal_status", &ids))?;
    for (service, value) in services.iter_mut().zip(standing) {
        value.as_str().unwrap_or_default().clone_into(&mut service.standing);
    }
    Ok(services)
}

/// A page of own services, and how many there are. Sorted by `name`, `state` or `date`.
///
/// # Errors
/// What the database answers.
pub fn services(env: &mut Env, page: i64, sort: &str) -> Result<(Vec<Service>, i64)> {
    let sql = sql!("SELECT count(*) FROM isp_subscription WHERE partner_id = {me}", me = me(env));
    let total = env.query(sql)?.first().and_then(|row| row.big(0)).unwrap_or(0);
    let order = match sort {
        "name" => " ORDER BY s.name, s.id",
        "state" => " ORDER BY s.state, s.id DESC",
        _ => " ORDER BY s.create_date DESC, s.id DESC",
    };
    let sql = sql!(
        "{SERVICE:sql}{me}{order:sql} LIMIT {PER_PAGE} OFFSET {max}",
        me = me(env),
        max = page.saturating_sub(1).saturating_mul(PER_PAGE).max(0)
    );
    let rows = env.query(sql)?;
    Ok((found(env, &rows)?, total))
}

/// Own services that were not ended, by name.
///
/// # Errors
/// What the database answers.
pub fn all_services(env: &mut Env) -> Result<Vec<Service>> {
    let sql = sql!("{SERVICE:sql}{me} AND s.state <> 'terminated' ORDER BY s.name, s.id LIMIT 500", me = me(env));
    let rows = env.query(sql)?;
    found(env, &rows)
}

/// An own service.
///
/// # Errors
/// What the database answers.
pub fn service(env: &mut Env, id: Id) -> Result<Option<Service>> {
    let sql = sql!("{SERVICE:sql}{me} AND s.id = {id}", me = me(env));
    let rows = env.query(sql)?;
    Ok(found(env, &rows)?.into_iter().next())
}

/// A request for another plan.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    pub name: String,
    pub plan: String,
    /// `draft`, `submitted`, `approved`, `rejected`, `applied`.
    pub state: String,
    pub date: String,
    /// Why it was rejected.
    pub reason: String,
}

/// Requests for a service of the acting user's, latest first.
///
/// # Errors
/// What the database answers.
pub fn changes(env: &mut Env, service: Id) -> Result<Vec<Change>> {
    let sql = sql!(
        "SELECT r.name::text, p.name::text, r.state::text, r.effective_date, COALESCE(r.rejection_reason, '')::text
         FROM isp_plan_change_request r JOIN isp_service_plan p ON p.id = r.requested_plan_id
         JOIN isp_subscription s ON s.id = r.subscription_id WHERE s.id = {service} AND s.partner_id = {me}
         ORDER BY r.id DESC LIMIT 20",
        me = me(env)
    );
    let formats = Formats::load(env)?;
    let one = |row: &Row| {
        let text = |n: usize| row.text(n).unwrap_or_default();
        let date = row.date(3).map_or(Ok(String::new()), |day| formats.day(&Value::Date(day), None))?;
        Ok(Change { name: text(0), plan: text(1), state: text(2), date, reason: text(4) })
    };
    env.query(sql)?.iter().map(one).collect()
}

/// A plan that may take the place of another.
#[derive(Clone, Debug, Serialize)]
pub struct Offer {
    pub id: Id,
    pub name: String,
    /// Mbit/s.
    pub down: String,
    pub up: String,
    /// A month.
    pub price: String,
    /// What it costs more a month; with `less`, what it costs less. Empty for the same price.
    pub difference: String,
    pub less: bool,
    /// The day from which it would be.
    pub from: String,
}

/// Plans that a customer may ask for instead of the one of an own service: of the same kind of service and currency, by price.
///
/// # Errors
/// What the database answers.
pub fn offers(env: &mut Env, instead_of: Id) -> Result<Vec<Offer>> {
    let sql = sql!(
        "SELECT p.id, COALESCE(p.name, '')::text, COALESCE(p.download_mbps, 0)::numeric, COALESCE(p.upload_mbps, 0)::numeric,
         COALESCE(p.price_monthly, 0)::numeric, p.currency_id, COALESCE(p.price_monthly, 0)::numeric - COALESCE(o.price_monthly, 0)::numeric,
         s.next_invoice_date
         FROM isp_subscription s JOIN isp_service_plan o ON o.id = s.plan_id JOIN isp_service_plan p ON p.active AND p.id <> o.id
         AND p.service_type IS NOT DISTINCT FROM o.service_type AND p.currency_id IS NOT DISTINCT FROM o.currency_id
         WHERE s.id = {instead_of} AND s.partner_id = {me} ORDER BY p.price_monthly, p.id LIMIT 200",
        me = me(env)
    );
    let (formats, today) = (Formats::load(env)?, env.today());
    let one = |row: &Row| {
        let amount = |n: usize| row.decimal(n).unwrap_or_default();
        let difference = amount(6);
        // Without a next invoice a change waits a month.
        let from = row.date(7).or_else(|| today.checked_add_months(chrono::Months::new(1))).unwrap_or(today);
        Ok(Offer {
            id: row.int(0).unwrap_or(0),
            name: row.text(1).unwrap_or_default(),
            down: speed(row, 2, &formats),
            up: speed(row, 3, &formats),
            price: formats.amount(amount(4), row.int(5)),
            difference: if difference.is_zero() { String::new() } else { formats.amount(difference.abs(), row.int(5)) },
            less: difference < Decimal::ZERO,
            from: formats.day(&Value::Date(from), None)?,
        })
    };
    env.query(sql)?.iter().map(one).collect()
}

/// Asks for another plan with the next cycle. False: the service is not the acting user's.
///
/// # Errors
/// ValidationError for a plan that does not exist, or that is the one already.
pub fn ask_for_plan(env: &mut Env, service: Id, plan: Id) -> Result<bool> {
    if !owns_subscription(env, service)? {
        return Ok(false);
    }
    env.sudo(|env| {
        if env.existing("isp.service_plan", &[plan])?.is_empty() {
            return Err(Error::validation("This plan does not exist."));
        }
        let values = map! { "subscription_id" => service, "requested_plan_id" => plan, "effective_date_mode" => "next_cycle" };
        let request = env.create_one("isp.plan.change.request", values)?;
        plan_change::submit(env, &[request])
    })?;
    Ok(true)
}
