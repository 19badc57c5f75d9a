//! Approval of bank transfers: the money is booked as it came in, and pays the invoices that it was reported for.

use std::collections::HashMap;

use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Answer, Env, Error, Id, Invocation, Map, Result, Value, map};
use rust_decimal::Decimal;

use super::transfer::{self, NAME};
use crate::account::moves::document::MOVE;
use crate::account::moves::payment_state;
use crate::account::payments::status::{self, Parts};
use crate::account::payments::{PAYMENT, payment};
use crate::account::reconcile::{Options, reconcile_groups};
use crate::isp_core::calendar;

/// A transfer that is to be booked.
#[derive(Clone, Debug, PartialEq)]
struct Reported {
    id: Id,
    partner: Id,
    amount: Decimal,
    currency: Option<Id>,
    reference: String,
    at: Option<chrono::NaiveDateTime>,
    company: Id,
}

/// Approves transfers: each becomes one payment of exactly its amount, which pays its invoices, the oldest first; what is
/// left stays as the customer's credit. Those that were approved before are passed over.
pub fn action_approve(env: &mut Env, call: &Invocation) -> Result<Answer> {
    env.check_access(NAME, lastmile_orm::access::Operation::Write)?;
    env.check_records(NAME, &call.ids, lastmile_orm::access::Operation::Write)?;
    let states = env.values(NAME, "state", &call.ids)?;
    if states.iter().any(|state| state.as_str() == Some("rejected")) {
        return Err(Error::user("A transfer that was rejected cannot be approved: report it anew."));
    }
    let open = |state: &Value| !matches!(state.as_str(), Some("approved" | "applied"));
    let ids: Vec<Id> = call.ids.iter().zip(&states).filter(|(_, state)| open(state)).map(|(id, _)| *id).collect();
    if ids.is_empty() {
        return Ok(Answer::NOTHING);
    }
    let reviewer = env.uid();
    env.write(NAME, &ids, map! { "state" => "approved", "reviewer_id" => reviewer, "needs_attention" => false })?;
    let reported = reported(env, &ids)?;
    let payments = pay(env, &reported)?;
    let booked: Vec<(Id, Map)> =
        reported.iter().zip(&payments).map(|(transfer, payment)| (transfer.id, map! { "accounting_payment_id" => *payment })).collect();
    env.update_each(NAME, booked)?;
    env.write(NAME, &ids, map! { "state" => "applied" })?;
    transfer::log(env, &ids, "transfer_approved")?;
    crate::mail::template::tell(env, "isp_billing.mail_template_transfer_approved", NAME, &ids)?;
    Ok(Answer::NOTHING)
}

/// Transfers as they are booked, locked against a second approval at the same time.
fn reported(env: &mut Env, ids: &[Id]) -> Result<Vec<Reported>> {
    env.flush()?;
    let own = env.company_id();
    let sql = sql!(
        "SELECT t.id, t.partner_id, t.amount, t.currency_id, t.reference::text, t.transfer_datetime, COALESCE((SELECT min(m.company_id)
         FROM account_move_isp_bank_transfer_payment_rel r JOIN account_move m ON m.id = r.account_move_id
         WHERE r.isp_bank_transfer_payment_id = t.id), {own}) FROM isp_bank_transfer_payment t WHERE t.id = ANY({ids})
         ORDER BY array_position({order}::int4[], t.id)",
        order = ids
    );
    let rows = env.query(sql)?;
    let found: Vec<Reported> = rows
        .iter()
        .filter_map(|row| {
            Some(Reported {
                id: row.int(0)?,
                partner: row.int(1)?,
                amount: row.decimal(2)?,
                currency: row.int(3),
                reference: row.text(4).unwrap_or_default(),
                at: row.timestamp(5),
                company: row.int(6)?,
            })
        })
        .collect();
    if found.iter().any(|transfer| transfer.amount <= Decimal::ZERO) {
        return Err(Error::user("A transfer is approved with an amount above zero."));
    }
    Ok(found)
}

/// Books transfers as payments and matches them with their invoices.
fn pay(env: &mut Env, reported: &[Reported]) -> Result<Vec<Id>> {
    let journals = journals(env, reported)?;
    let today = env.today();
    let values = reported.iter().map(|transfer| {
        let mut values = map! {
            "payment_type" => "inbound",
            "partner_type" => "customer",
            "partner_id" => transfer.partner,
            "amount" => transfer.amount,
            "date" => transfer.at.map_or(today, |at| calendar::day_in(env.tz(), at)),
            "journal_id" => journals.get(&transfer.company).copied(),
            "memo" => transfer.reference.as_str(),
        };
        if let Some(currency) = transfer.currency {
            values.insert("currency_id".into(), currency.into());
        }
        values
    });
    let values: Vec<Map> = values.collect();
    let payments = env.without_defaults(|env| env.create(PAYMENT, values))?;
    payment::post(env, &payments)?;
    settle(env, reported, &payments)?;
    Ok(payments)
}

/// The first bank journal of each company, or its first for cash.
fn journals(env: &mut Env, reported: &[Reported]) -> Result<HashMap<Id, Id>> {
    let companies: Vec<Id> = reported.iter().map(|transfer| transfer.company).collect();
    let sql = sql!(
        "SELECT DISTINCT ON (c.id) c.id, j.id FROM res_company c JOIN res_company o ON starts_with(c.parent_path, o.parent_path)
         JOIN account_journal j ON j.company_id = o.id AND j.active AND j.type = ANY('{{bank,cash}}')
         WHERE c.id = ANY({companies}) ORDER BY c.id, j.type, j.sequence, j.code, j.id"
    );
    let found: HashMap<Id, Id> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect();
    if companies.iter().all(|company| found.contains_key(company)) {
        Ok(found)
    } else {
        Err(Error::user("The company has no journal for money that comes in: make one of type bank or cash."))
    }
}

/// Matches payments with the open invoices of their transfers, by the day on which these are due.
fn settle(env: &mut Env, reported: &[Reported], payments: &[Id]) -> Result<()> {
    env.flush()?;
    let transfers = Bind::ids(&reported.iter().map(|transfer| transfer.id).collect::<Vec<Id>>());
    let sql = sql!(
        "SELECT v.payment, p.line, i.line, i.invoice FROM unnest({transfers}::int4[], {payments}::int4[]) AS v(transfer, payment)
         JOIN LATERAL (SELECT l.id AS line, l.account_id AS account FROM account_payment y JOIN account_move_line l ON l.move_id = y.move_id
         JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
         WHERE y.id = v.payment AND l.parent_state = 'posted' AND NOT l.reconciled) p ON TRUE
         JOIN LATERAL (SELECT l.id AS line, m.id AS invoice, l.date_maturity AS due FROM account_move_isp_bank_transfer_payment_rel r
         JOIN account_move m ON m.id = r.account_move_id AND m.state = 'posted' AND m.move_type = 'out_invoice'
         JOIN account_move_line l ON l.move_id = m.id AND l.account_id = p.account AND l.display_type = 'payment_term' AND NOT l.reconciled
         WHERE r.isp_bank_transfer_payment_id = v.transfer) i ON TRUE ORDER BY v.payment, i.due, i.line"
    );
    let (mut groups, mut links): (Vec<Vec<Id>>, Vec<(Id, Id)>) = (Vec::new(), Vec::new());
    let mut last = None;
    for row in env.query(sql)? {
        let (Some(payment), Some(own), Some(line), Some(invoice)) = (row.int(0), row.int(1), row.int(2), row.int(3)) else { continue };
        if last != Some(payment) {
            groups.push(vec![own]);
            last = Some(payment);
        }
        if let Some(group) = groups.last_mut() {
            group.push(line);
        }
        if !links.contains(&(invoice, payment)) {
            links.push((invoice, payment));
        }
    }
    let options = Options::of(env);
    reconcile_groups(env, &groups, options)?;
    let (invoices, paid): (Vec<Id>, Vec<Id>) = links.iter().copied().unzip();
    env.insert_links("account_move__account_payment", "invoice_id", "payment_id", &links)?;
    env.changed(MOVE, &["matched_payment_ids"], &invoices)?;
    env.changed(PAYMENT, &["invoice_ids"], &paid)?;
    payment_state::refresh(env, &invoices)?;
    status::refresh(env, payments, Parts { state: true, amount: false })
}
