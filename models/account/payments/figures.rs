//! What payments show without keeping it: what they may be made with, and what they paid.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::ModelDecl;
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Id, Result, Value};

const PAYMENT: &str = "account.payment";

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    payments(all.model(PAYMENT));
}

fn payments(payments: &mut ModelDecl) {
    payments
        .compute_sudo(&["amount_signed"], &["amount", "payment_type"], |env, ids, out| {
            let amounts = env.values(PAYMENT, "amount", ids)?;
            for ((id, kind), amount) in ids.iter().zip(env.values(PAYMENT, "payment_type", ids)?).zip(amounts) {
                let amount = amount.as_decimal().unwrap_or_default();
                out.set("amount_signed", *id, if kind.as_str() == Some("outbound") { -amount } else { amount });
            }
            Ok(())
        })
        .compute_sudo(&["available_journal_ids", "available_payment_method_line_ids"], &["payment_type", "journal_id"], available)
        .compute_sudo(&["available_partner_bank_ids"], &["partner_id", "company_id", "payment_type", "journal_id"], banks)
        .compute_sudo(
            &["show_partner_bank_account", "require_partner_bank_account"],
            &["payment_method_line_id", "journal_id"],
            |env, ids, out| {
                let (codes, kinds) = (linked(env, ids, "payment_method_line_id.code")?, linked(env, ids, "journal_id.type")?);
                for ((id, code), kind) in ids.iter().zip(codes).zip(kinds) {
                    out.set("show_partner_bank_account", *id, kind.as_str() != Some("cash") && code.as_str() == Some("manual"));
                    out.set("require_partner_bank_account", *id, false);
                }
                Ok(())
            },
        )
        .compute_sudo(
            &[
                "reconciled_invoice_ids",
                "reconciled_bill_ids",
                "reconciled_invoices_count",
                "reconciled_bills_count",
                "reconciled_invoices_type",
            ],
            &["invoice_ids"],
            reconciled,
        )
        .compute_sudo(&["payment_receipt_title"], &[], |_, ids, out| {
            out.set_all("payment_receipt_title", ids, "Payment Receipt");
            Ok(())
        });
}

/// A field of what payments lead to.
fn linked(env: &mut Env, ids: &[Id], path: &str) -> Result<Vec<Value>> {
    let (link, field) = path.split_once('.').unwrap_or((path, "id"));
    let model = if link == "journal_id" { "account.journal" } else { "account.payment.method.line" };
    let targets: Vec<Id> = env.values(PAYMENT, link, ids)?.iter().map(|target| target.as_id().unwrap_or(0)).collect();
    env.values(model, field, &targets)
}

/// Journals of money in the companies above and below with a method for the direction, and the methods of the payment's own.
fn available(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT j.id FROM account_journal j JOIN res_company c ON c.id = j.company_id
         JOIN res_company o ON starts_with(c.parent_path, o.parent_path)
         OR starts_with(o.parent_path, c.parent_path) WHERE j.active AND j.type IN ('bank', 'cash', 'credit')
         AND o.id = {company_id} ORDER BY j.sequence, j.type, j.code, j.id",
        company_id = env.company_id()
    );
    let journals: Vec<Id> = env.query_ids(sql)?;
    let mut with: HashMap<&str, Vec<Id>> = HashMap::new();
    for (kind, field) in [("inbound", "inbound_payment_method_line_ids"), ("outbound", "outbound_payment_method_line_ids")] {
        let lines = env.values("account.journal", field, &journals)?;
        with.insert(kind, journals.iter().zip(lines).filter(|(_, lines)| !lines.ids().is_empty()).map(|(id, _)| *id).collect());
    }
    let (inbound, outbound) =
        (linked(env, ids, "journal_id.inbound_payment_method_line_ids")?, linked(env, ids, "journal_id.outbound_payment_method_line_ids")?);
    for (((id, kind), inbound), outbound) in ids.iter().zip(env.values(PAYMENT, "payment_type", ids)?).zip(inbound).zip(outbound) {
        let (kind, lines) = if kind.as_str() == Some("inbound") { ("inbound", inbound) } else { ("outbound", outbound) };
        out.set("available_journal_ids", *id, with.get(kind).cloned().unwrap_or_default());
        out.set("available_payment_method_line_ids", *id, lines);
    }
    Ok(())
}

/// Money comes to the journal's bank account, and goes to one of the partner's.
fn banks(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let own = linked(env, ids, "journal_id.bank_account_id")?;
    let sql = sql!(
        "SELECT p.id, b.id FROM account_payment p JOIN res_partner_bank b ON b.partner_id = p.partner_id
         AND b.active AND (b.company_id IS NULL OR b.company_id = p.company_id) WHERE p.id = ANY({ids})
         ORDER BY b.sequence, b.id"
    );
    let theirs: Vec<(Id, Id)> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect();
    for ((id, kind), own) in ids.iter().zip(env.values(PAYMENT, "payment_type", ids)?).zip(own) {
        let found: Vec<Id> = match kind.as_str() {
            Some("inbound") => own.as_id().into_iter().collect(),
            _ => theirs.iter().filter(|(payment, _)| payment == id).map(|(_, bank)| *bank).collect(),
        };
        out.set("available_partner_bank_ids", *id, found);
    }
    Ok(())
}

/// Invoices that payments are matched with, and those they were made for.
fn reconciled(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT p.id, i.id, i.move_type::text FROM account_payment p
         JOIN account_move_line l ON l.move_id = p.move_id JOIN account_account a ON a.id = l.account_id
         AND a.account_type IN ('asset_receivable', 'liability_payable')
         JOIN account_partial_reconcile r ON l.id IN (r.debit_move_id, r.credit_move_id)
         JOIN account_move_line o ON o.id IN (r.debit_move_id, r.credit_move_id) AND o.id <> l.id
         JOIN account_move i ON i.id = o.move_id AND i.move_type <> 'entry' WHERE p.id = ANY({ids}) UNION
         SELECT r.payment_id, i.id, i.move_type::text FROM account_move__account_payment r
         JOIN account_move i ON i.id = r.invoice_id WHERE i.move_type <> 'entry' AND r.payment_id = ANY({ids})
         ORDER BY 2"
    );
    let rows: Vec<(Id, Id, String)> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?, row.text(2)?))).collect();
    for id in ids {
        let own = |sale: bool| -> Vec<&(Id, Id, String)> {
            rows.iter().filter(|(payment, _, kind)| payment == id && kind.starts_with("out_") == sale).collect()
        };
        let (invoices, bills) = (own(true), own(false));
        let refunds = !invoices.is_empty() && invoices.iter().all(|(_, _, kind)| kind == "out_refund");
        out.set("reconciled_invoices_type", *id, if refunds { "credit_note" } else { "invoice" });
        for (many, count, found) in
            [("reconciled_invoice_ids", "reconciled_invoices_count", invoices), ("reconciled_bill_ids", "reconciled_bills_count", bills)]
        {
            out.set(count, *id, i64::try_from(found.len()).unwrap_or(0));
            out.set(many, *id, found.iter().map(|(_, invoice, _)| *invoice).collect::<Vec<Id>>());
        }
    }
    Ok(())
}
