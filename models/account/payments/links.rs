//! Which payments paid an invoice, and what else a payment met.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::domain::{Op, Operand};
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Declarations, Domain, Env, Error, Id, Result, Value};

use super::PAYMENT;
use crate::account::reconcile::entries::MOVE;

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    all.model(MOVE).compute_sudo(&["reconciled_payment_ids", "payment_count"], &["matched_payment_ids"], payments).search(
        "reconciled_payment_ids",
        |_, op, value| match Op::parse(op) {
            Some(Op::Eq | Op::In) => {
                Ok(Domain::with("id", Op::In, Operand::Query(links().push(" WHERE payment = ANY(").push_bind(ids_of(value)).push(")"))))
            }
            _ => Err(Error::unfit(op)),
        },
    );
    all.model(PAYMENT)
        .compute_sudo(&["reconciled_statement_line_ids", "reconciled_statement_lines_count"], &["move_id"], transactions)
        .compute_sudo(&["duplicate_payment_ids"], &["partner_id", "amount", "date", "payment_type", "state"], duplicates);
}

fn ids_of(value: &Value) -> lastmile_orm::sql::Bind {
    let ids = if value.as_list().is_some() { value.ids() } else { value.as_id().into_iter().collect() };
    lastmile_orm::sql::Bind::ids(&ids)
}

/// Invoices with the payments that they were matched with, or that were made for them.
fn links() -> Sql {
    Sql::lit(
        "SELECT invoice FROM (SELECT o.move_id AS invoice, p.id AS payment FROM account_payment p JOIN account_move_line l ON l.move_id = p.move_id \
         JOIN account_account a ON a.id = l.account_id AND a.account_type IN ('asset_receivable', 'liability_payable') \
         JOIN account_partial_reconcile r ON l.id IN (r.debit_move_id, r.credit_move_id) \
         JOIN account_move_line o ON o.id IN (r.debit_move_id, r.credit_move_id) AND o.id <> l.id \
         UNION SELECT invoice_id, payment_id FROM account_move__account_payment) x",
    )
}

fn payments(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT x.invoice, x.payment FROM (SELECT m.move_id AS invoice, p.id AS payment FROM account_move_line m
         CROSS JOIN LATERAL (SELECT credit_move_id AS other FROM account_partial_reconcile WHERE debit_move_id = m.id UNION ALL
         SELECT debit_move_id FROM account_partial_reconcile WHERE credit_move_id = m.id) r
         JOIN account_move_line l ON l.id = r.other JOIN account_account a ON a.id = l.account_id
         AND a.account_type IN ('asset_receivable', 'liability_payable') JOIN account_payment p ON p.move_id = l.move_id
         WHERE m.move_id = ANY({ids}) UNION SELECT invoice_id, payment_id FROM account_move__account_payment
         WHERE invoice_id = ANY({ids2})) x JOIN account_payment p ON p.id = x.payment ORDER BY p.date DESC, p.name DESC, p.id",
        ids2 = ids
    );
    let mut found: HashMap<Id, Vec<Id>> = HashMap::new();
    for row in env.query(sql)? {
        if let (Some(invoice), Some(payment)) = (row.int(0), row.int(1)) {
            found.entry(invoice).or_default().push(payment);
        }
    }
    for id in ids {
        let own = found.remove(id).unwrap_or_default();
        out.set("payment_count", *id, i64::try_from(own.len()).unwrap_or(0));
        out.set("reconciled_payment_ids", *id, own);
    }
    Ok(())
}

/// Transactions of the bank that payments were matched with.
fn transactions(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT DISTINCT p.id, o.statement_line_id FROM account_payment p JOIN account_move_line l ON l.move_id = p.move_id
         AND l.account_id = p.outstanding_account_id JOIN account_partial_reconcile r ON l.id IN (r.debit_move_id, r.credit_move_id)
         JOIN account_move_line o ON o.id IN (r.debit_move_id, r.credit_move_id) AND o.id <> l.id
         WHERE o.statement_line_id IS NOT NULL AND p.id = ANY({ids}) ORDER BY 2"
    );
    let rows: Vec<(Id, Id)> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect();
    for id in ids {
        let own: Vec<Id> = rows.iter().filter(|(payment, _)| payment == id).map(|(_, line)| *line).collect();
        out.set("reconciled_statement_lines_count", *id, i64::try_from(own.len()).unwrap_or(0));
        out.set("reconciled_statement_line_ids", *id, own);
    }
    Ok(())
}

/// Other payments of the same partner, day, direction and amount that are not paid yet.
fn duplicates(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT p.id, o.id FROM account_payment p JOIN account_payment o ON o.id <> p.id AND o.partner_id = p.partner_id
         AND o.company_id = p.company_id AND o.date = p.date AND o.payment_type = p.payment_type AND o.amount = p.amount
         AND o.state IN ('draft', 'in_process') WHERE p.amount <> 0 AND p.state <> 'in_process' AND p.id = ANY({ids})
         ORDER BY o.date DESC, o.name DESC, o.id"
    );
    let rows: Vec<(Id, Id)> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect();
    for id in ids {
        let own: Vec<Id> = rows.iter().filter(|(payment, _)| payment == id).map(|(_, other)| *other).collect();
        out.set("duplicate_payment_ids", *id, own);
    }
    Ok(())
}
