//! Module isp_portal: what customers may do for themselves. Its models are other modules'; here is who owns what.
//!
//! Pages read and write with superuser rights: the acting user's partner in every condition is the ownership check.

use lastmile_orm::sql::row::Row;
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Declarations, Env, Error, Id, Result, Value, map};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::isp_billing::transfer;
use crate::isp_core::plan_change;

/// Customers with access to the portal.
pub const CUSTOMER: &str = "isp_portal.group_isp_portal_customer";
/// Services on a page.
pub const PER_PAGE: i64 = 10;

/// Declares the module.
pub fn declare(_all: &mut Declarations) {}

fn me(env: &Env) -> Bind {
    Bind::Int(Some(env.user().partner_id))
}

/// Whether a subscription is the acting user's own.
pub fn owns_subscription(env: &mut Env, subscription: Id) -> Result<bool> {
    let sql = sql!("SELECT 1 FROM isp_subscription WHERE id = {subscription} AND partner_id = {me}", me = me(env));
    Ok(!env.query(sql)?.is_empty())
}

/// A service as its owner sees it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Service {
    pub id: Id,
    pub name: String,
    pub plan: String,
    pub standing: String,
    pub start: String,
    pub next_invoice: String,
    pub down: f64,
    pub up: f64,
    pub price: String,
}

const SERVICE: &str = "SELECT s.id, COALESCE(s.name, '')::text, COALESCE(p.name, '')::text, s.start_date::text, s.next_invoice_date::text, \
     COALESCE(p.download_mbps, 0)::float8, COALESCE(p.upload_mbps, 0)::float8, \
     COALESCE(p.price_monthly, 0)::numeric \
     FROM isp_subscription s LEFT JOIN isp_service_plan p ON p.id = s.plan_id WHERE s.partner_id = ";

fn service_of(row: &Row) -> Option<Service> {
    let text = |n: usize| row.text(n).unwrap_or_default();
    Some(Service {
        id: row.int(0)?,
        name: text(1),
        plan: text(2),
        start: text(3),
        next_invoice: text(4),
        down: row.float(5).unwrap_or(0.0),
        up: row.float(6).unwrap_or(0.0),
        price: format!("{:.2}", row.decimal(7).unwrap_or_default()),
        standing: String::new(),
    })
}

fn with_standing(env: &mut Env, mut services: Vec<Service>) -> Result<Vec<Service>> {
    let ids: Vec<Id> = services.iter().map(|s| s.id).collect();
    let standing = env.sudo(|env| env.values("isp.subscription", "portal_status", &ids))?;
    for (service, value) in services.iter_mut().zip(standing) {
        value.as_str().unwrap_or_default().clone_into(&mut service.standing);
    }
    Ok(services)
}

/// A page of own services, and how many there are. Sorted by `name`, `state` or `date`.
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
    let found = env.query(sql)?.iter().filter_map(service_of).collect();
    Ok((with_standing(env, found)?, total))
}

/// All own services, by name.
pub fn all_services(env: &mut Env) -> Result<Vec<Service>> {
    let sql = sql!("{SERVICE:sql}{me} ORDER BY s.name, s.id", me = me(env));
    Ok(env.query(sql)?.iter().filter_map(service_of).collect())
}

/// An own service.
pub fn service(env: &mut Env, id: Id) -> Result<Option<Service>> {
    let sql = sql!("{SERVICE:sql}{me} AND s.id = {id}", me = me(env));
    let found = env.query(sql)?.iter().filter_map(service_of).collect();
    Ok(with_standing(env, found)?.into_iter().next())
}

/// A request for another plan.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    pub name: String,
    pub plan: String,
    pub state: String,
    pub date: String,
}

/// Requests for a service of the acting user's, latest first.
pub fn changes(env: &mut Env, service: Id) -> Result<Vec<Change>> {
    let sql = sql!(
        "SELECT r.name::text, p.name::text, r.state::text, COALESCE(r.effective_date::text, '')
         FROM isp_plan_change_request r JOIN isp_service_plan p ON p.id = r.requested_plan_id
         JOIN isp_subscription s ON s.id = r.subscription_id WHERE s.id = {service} AND s.partner_id = {me}
         ORDER BY r.id DESC LIMIT 20",
        me = me(env)
    );
    let text = |row: &Row, n: usize| row.text(n).unwrap_or_default();
    let one = |row: &Row| Change { name: text(row, 0), plan: text(row, 1), state: text(row, 2), date: text(row, 3) };
    Ok(env.query(sql)?.iter().map(one).collect())
}

/// Plans that a customer may ask for instead of the one of a service, as services are shown.
pub fn plans(env: &mut Env, instead_of: Id) -> Result<Vec<Service>> {
    let sql = sql!(
        "SELECT p.id, COALESCE(p.name, '')::text, '', '', '', COALESCE(p.download_mbps, 0)::float8,
         COALESCE(p.upload_mbps, 0)::float8,
         COALESCE(p.price_monthly, 0)::numeric
         FROM isp_service_plan p WHERE p.active AND p.id <> (SELECT plan_id FROM isp_subscription
         WHERE id = {instead_of}) ORDER BY p.price_monthly, p.id"
    );
    Ok(env.query(sql)?.iter().filter_map(service_of).collect())
}

/// Asks for another plan with the next cycle. False: the service is not the acting user's.
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

/// An invoice as its payer sees it.
#[derive(Clone, Debug, Serialize)]
pub struct Bill {
    pub id: Id,
    pub name: String,
    pub date: String,
    pub due: String,
    pub total: String,
    pub open: String,
}

/// The acting user's posted invoices, latest first; only those with something open, when asked so.
pub fn invoices(env: &mut Env, only_open: bool) -> Result<Vec<Bill>> {
    let sql = sql!(
        "SELECT m.id, m.name::text, COALESCE(m.invoice_date::text, ''), COALESCE(m.invoice_date_due::text, ''),
         m.amount_total, m.amount_residual
         FROM account_move m WHERE m.move_type = 'out_invoice' AND m.state = 'posted' AND m.partner_id = {me}
         AND (NOT {only_open} OR m.payment_state = ANY('{{not_paid,partial}}'))
         ORDER BY m.invoice_date DESC, m.id DESC LIMIT 100",
        me = me(env)
    );
    let text = |row: &Row, n: usize| row.text(n).unwrap_or_default();
    let amount = |row: &Row, n: usize| format!("{:.2}", row.decimal(n).unwrap_or_default());
    let one = |row: &Row| {
        Some(Bill {
            id: row.int(0)?,
            name: text(row, 1),
            date: text(row, 2),
            due: text(row, 3),
            total: amount(row, 4),
            open: amount(row, 5),
        })
    };
    Ok(env.query(sql)?.iter().filter_map(one).collect())
}

/// A transfer as a customer reports it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub bank: String,
    pub reference: String,
    pub amount: Decimal,
    pub date: String,
    pub invoices: Vec<Id>,
    /// Names and contents.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Keeps a reported transfer and hands it in. Invoices of others are left out.
pub fn report_transfer(env: &mut Env, report: &Report) -> Result<()> {
    let partner = env.user().partner_id;
    let own: Vec<Id> = invoices(env, true)?.into_iter().map(|bill| bill.id).filter(|id| report.invoices.contains(id)).collect();
    let date = lastmile_orm::convert::to_date(&Value::from(report.date.as_str())).ok().flatten();
    let Some(moment) = date.and_then(|date| date.and_hms_opt(0, 0, 0)) else { return Err(Error::validation("The date is not one.")) };
    if report.amount <= Decimal::ZERO || report.bank.is_empty() || report.reference.is_empty() || report.files.is_empty() {
        return Err(Error::validation("Bank, reference, amount, date and a proof are needed."));
    }
    env.sudo(|env| {
        let files = report.files.iter().map(|(name, bytes)| map! { "name" => name.as_str(), "raw" => Value::Bytes(bytes.clone()) }).collect();
        let files = env.create("ir.attachment", files)?;
        let set = |ids: Vec<Id>| Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(ids)])]);
        let values = map! {
            "partner_id" => partner, "bank_name" => report.bank.as_str(), "reference" => report.reference.as_str(), "amount" => report.amount,
            "transfer_datetime" => moment, "invoice_ids" => set(own), "attachment_ids" => set(files.clone()),
        };
        let transfer = env.create_one("isp.bank.transfer.payment", values)?;
        env.write("ir.attachment", &files, map! { "res_model" => "isp.bank.transfer.payment", "res_id" => transfer })?;
        transfer::submit(env, &[transfer])
    })
}

/// A ticket as its customer sees it.
#[derive(Clone, Debug, Serialize)]
pub struct Fault {
    pub name: String,
    pub kind: String,
    pub state: String,
    pub opened: String,
}

/// The acting user's tickets, latest first.
pub fn faults(env: &mut Env) -> Result<Vec<Fault>> {
    let sql = sql!(
        "SELECT name::text, fault_type::text, state::text, COALESCE(to_char(opened_at, 'YYYY-MM-DD HH24:MI'), '')
         FROM isp_fault_ticket WHERE partner_id = {me} ORDER BY id DESC LIMIT 100",
        me = me(env)
    );
    let text = |row: &Row, n: usize| row.text(n).unwrap_or_default();
    let one = |row: &Row| Fault { name: text(row, 0), kind: text(row, 1), state: text(row, 2), opened: text(row, 3) };
    Ok(env.query(sql)?.iter().map(one).collect())
}

/// Opens a ticket of the acting user's. A service of somebody else's is left out.
pub fn report_fault(env: &mut Env, service: Option<Id>, kind: &str, description: &str) -> Result<()> {
    let partner = env.user().partner_id;
    let service = match service {
        Some(service) if owns_subscription(env, service)? => Some(service),
        _ => None,
    };
    let mut values = map! { "partner_id" => partner, "subscription_id" => service, "description" => description };
    if !kind.is_empty() {
        values.insert("fault_type".into(), Value::from(kind));
    }
    env.sudo(|env| env.create_one("isp.fault.ticket", values)).map(|_| ())
}

/// What may be wrong: values and labels.
pub fn fault_kinds(env: &Env) -> Result<Vec<(String, String)>> {
    let reg = env.registry();
    let field = reg.model("isp.fault.ticket")?.field("fault_type")?;
    let lang = env.context().lang.clone();
    Ok(field.selection.iter().map(|(value, label)| (value.clone(), lastmile_orm::registry::translated(label, &lang).to_owned())).collect())
}
