//! Entries that are being typed and are not saved: what follows from an edit is shown at once. Lines that an entry keeps by
//! itself follow when it is saved.

use lastmile_orm::{Declarations, Env, Id, Result, Value, convert};

use super::document::{LINE, MOVE};
use super::facts::Facts;
use super::{drafts, edit, tax_totals};

/// Fields of a line that are shown anew.
const SHOWN: [&str; 11] = [
    "name",
    "account_id",
    "partner_id",
    "currency_id",
    "product_uom_id",
    "quantity",
    "price_unit",
    "price_subtotal",
    "price_total",
    "balance",
    "amount_currency",
];

/// Declares what follows from edits.
pub fn declare(all: &mut Declarations) {
    all.model(MOVE)
        .onchange(&["partner_id"], |env, draft| {
            follow(
                env,
                draft,
                &[
                    "commercial_partner_id",
                    "partner_shipping_id",
                    "fiscal_position_id",
                    "invoice_payment_term_id",
                    "preferred_payment_method_line_id",
                    "partner_bank_id",
                    "invoice_date_due",
                    "invoice_user_id",
                    "invoice_partner_display_name",
                ],
            )
        })
        .onchange(&["journal_id"], |env, draft| follow(env, draft, &["company_id", "currency_id", "invoice_currency_rate"]))
        .onchange(&["currency_id"], |env, draft| follow(env, draft, &["invoice_currency_rate", "partner_bank_id"]))
        .onchange(&["invoice_date"], |env, draft| follow(env, draft, &["date", "invoice_currency_rate", "invoice_date_due"]))
        .onchange(&["invoice_payment_term_id"], |env, draft| follow(env, draft, &["invoice_date_due"]))
        .onchange(&["invoice_line_ids", "line_ids", "fiscal_position_id"], |env, draft| follow(env, draft, &[]));
}

/// Works a draft out: the named fields of the entry, and what its lines come to.
fn follow(env: &mut Env, draft: Id, due: &[&str]) -> Result<()> {
    let facts = Facts::load(env)?;
    let mut document = drafts::read(env, &facts, draft)?;
    // What was there stays, but for what is due and what a new line is without.
    document.given = env.registry().model(MOVE)?.fields.keys().filter(|name| !due.contains(&name.as_str())).cloned().collect();
    for line in &mut document.lines {
        let kept: &[&str] = if line.before.is_some() { &["account_id", "tax_ids", "price_unit", "name", "product_uom_id"] } else { &[] };
        let product_changed = line.before.as_deref().is_some_and(|before| before.product != line.product);
        line.given.retain(|name| !SHOWN.contains(&name.as_str()) && name != "tax_ids");
        if !product_changed {
            line.given.extend(kept.iter().filter(|name| **name != "account_id" || line.account.is_some()).map(|name| (*name).to_owned()));
        }
    }
    let mut documents = vec![document];
    edit::work_out(env, &facts, &mut documents)?;
    let totals = tax_totals::shown(env, &facts, &documents)?;
    let Some(document) = documents.pop() else { return Ok(()) };
    if !env.value(MOVE, "journal_id", draft)?.truthy() {
        env.assign(MOVE, "journal_id", draft, document.journal)?;
    }
    let model = facts.registry.model(MOVE)?;
    for (name, value) in document.columns() {
        let Some(field) = model.fields.get(&name).filter(|_| due.contains(&name.as_str())) else { continue };
        env.assign(MOVE, &name, draft, convert::to_field(model, field, &value)?)?;
    }
    for line in document.lines.iter().filter(|line| !line.deleted && line.id < 0) {
        let columns = line.columns(document.own_currency);
        for name in SHOWN {
            if let Some(value) = columns.get(name) {
                env.assign(LINE, name, line.id, value.clone())?;
            }
        }
        env.assign(LINE, "tax_ids", line.id, Value::from(line.taxes.clone()))?;
    }
    for (id, totals) in totals {
        env.assign(MOVE, "tax_totals", id, totals)?;
    }
    Ok(())
}
