//! Invoices of subscriptions: what is due of each, and all of them made, posted and noted together.

use chrono::NaiveDate;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Map, Result, Value, map};
use rust_decimal::Decimal;

use super::invoices;
use crate::account::moves::document::MOVE;
use crate::account::moves::posting;
use crate::isp_core::audit::{self, Entry};
use crate::isp_core::calendar;

const SUBSCRIPTION: &str = "isp.subscription";

/// A cycle of a subscription that is to be billed.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    pub subscription: Id,
    pub partner: Id,
    /// The plan's name: what the line says.
    pub label: String,
    pub price: Decimal,
    /// The price's currency, where it is not the company's.
    pub currency: Option<Id>,
    pub taxes: Vec<Id>,
    /// When the cycle begins.
    pub period: NaiveDate,
    /// When the one after it begins.
    pub next: NaiveDate,
    /// Months of a cycle, and the day of the month that it comes back to.
    pub months: u32,
    pub anchor: Option<u32>,
    /// The customer has a payment term: it says when the invoice is due.
    pub term: bool,
}

/// What is due of subscriptions, in the order of the ids, for a company. One without a date begins today.
///
/// # Errors
/// What the database answers.
pub fn due(env: &mut Env, ids: &[Id], company: Id) -> Result<Vec<Due>> {
    env.flush()?;
    let today = env.today();
    let sql = sql!(
        "SELECT s.id, s.partner_id, p.name::text, p.price_monthly, NULLIF(p.currency_id, c.currency_id), s.next_invoice_date,
         p.billing_cycle::text, s.billing_day, (SELECT string_agg(t.id::text, ',' ORDER BY t.sequence, t.id)
         FROM account_tax_isp_service_plan_rel r JOIN account_tax t ON t.id = r.account_tax_id
         JOIN res_company o ON o.id = t.company_id AND starts_with(c.parent_path, o.parent_path)
         WHERE r.isp_service_plan_id = p.id)
         FROM isp_subscription s JOIN isp_service_plan p ON p.id = s.plan_id JOIN res_company c ON c.id = {company}
         WHERE s.id = ANY({ids}) ORDER BY array_position({order}::int4[], s.id)",
        order = ids
    );
    let rows = env.query(sql)?;
    let partners: Vec<Id> = rows.iter().filter_map(|row| row.int(1)).collect();
    let terms = env.sudo(|env| env.values("res.partner", "property_payment_term_id", &partners))?;
    let found = rows.iter().zip(terms).filter_map(|(row, term)| {
        let period = row.date(5).unwrap_or(today);
        let months = calendar::cycle_months(&row.text(6).unwrap_or_default());
        let anchor = row.int(7).and_then(|day| u32::try_from(day).ok());
        Some(Due {
            subscription: row.int(0)?,
            partner: row.int(1)?,
            label: row.text(2).unwrap_or_default(),
            price: row.decimal(3).unwrap_or_default(),
            currency: row.int(4),
            taxes: row.text(8).unwrap_or_default().split(',').filter_map(|id| id.parse().ok()).collect(),
            period,
            next: calendar::next_cycle(period, months, anchor),
            months,
            anchor,
            term: term.truthy(),
        })
    });
    Ok(found.collect())
}

/// What an invoice is made of.
pub fn values(due: &Due, today: NaiveDate, due_days: i32) -> Map {
    let line = map! {
        "name" => due.label.as_str(),
        "quantity" => 1_i64,
        "price_unit" => due.price,
        "tax_ids" => Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(due.taxes.clone())])]),
    };
    let mut values = map! {
        "move_type" => "out_invoice",
        "partner_id" => due.partner,
        "invoice_date" => today,
        "isp_subscription_id" => due.subscription,
        "invoice_line_ids" => Value::List(vec![Value::List(vec![Value::Int(0), Value::Int(0), Value::Map(line)])]),
    };
    if let Some(currency) = due.currency {
        values.insert("currency_id".into(), currency.into());
    }
    if !due.term {
        values.insert("invoice_date_due".into(), Value::from(today + chrono::TimeDelta::days(due_days.into())));
    }
    values
}

/// Makes and posts the invoices of what is due, notes them on the subscriptions and in the audit log. Answers the
/// invoices in the order of what is due. The number of statements is the same for any number.
///
/// # Errors
/// AccessError without the rights to invoice and to write the subscriptions; what keeps an invoice from being posted.
pub fn bill(env: &mut Env, due: &[Due]) -> Result<Vec<Id>> {
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let today = env.today();
    let due_days = invoices::days(env, "isp_billing.due_days", 0)?;
    let moves = env.create(MOVE, due.iter().map(|due| values(due, today, due_days)).collect())?;
    posting::post(env, &moves, false)?;
    note(env, due, &moves)?;
    Ok(moves)
}

/// The last invoice, the next date, a row in the audit log.
fn note(env: &mut Env, due: &[Due], moves: &[Id]) -> Result<()> {
    let ids: Vec<Id> = due.iter().map(|due| due.subscription).collect();
    env.check_access(SUBSCRIPTION, lastmile_orm::access::Operation::Write)?;
    env.check_records(SUBSCRIPTION, &ids, lastmile_orm::access::Operation::Write)?;
    let names = env.sudo(|env| env.values(MOVE, "name", moves))?;
    let rows = due
        .iter()
        .zip(moves)
        .map(|(due, invoice)| (due.subscription, map! { "last_invoice_id" => *invoice, "next_invoice_date" => due.next }));
    env.update_each(SUBSCRIPTION, rows.collect())?;
    let entries: Vec<Entry> = due
        .iter()
        .zip(names)
        .map(|(due, name)| {
            let details = format!("Invoice {} generated", name.as_str().unwrap_or_default());
            Entry::new("invoice_generated", SUBSCRIPTION, due.subscription, details)
        })
        .collect();
    audit::log(env, &entries)
}
