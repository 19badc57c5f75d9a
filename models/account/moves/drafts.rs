//! Entries that are being typed and are not saved: what follows from an edit is shown at once. Lines that an entry keeps by
//! itself follow when it is saved.

use lastmile_orm::{Declarations, Env, Id, Map, Result, Value, convert};
use rust_decimal::Decimal;

use super::document::{Document, Line};
use super::document::{LINE, MOVE};
use super::facts::Facts;
use super::{edit, header, lines, tax_totals};

/// Fields of an entry that others follow from, in the order in which they are read.
const HEADER: [&str; 17] = [
    "move_type",
    "state",
    "company_id",
    "journal_id",
    "currency_id",
    "partner_id",
    "commercial_partner_id",
    "fiscal_position_id",
    "invoice_payment_term_id",
    "invoice_date",
    "date",
    "invoice_date_due",
    "invoice_currency_rate",
    "ref",
    "payment_reference",
    "invoice_cash_rounding_id",
    "invoice_user_id",
];
/// Fields of a line that are read.
const OF_LINE: [&str; 15] = [
    "display_type",
    "name",
    "sequence",
    "account_id",
    "partner_id",
    "currency_id",
    "product_id",
    "product_uom_id",
    "quantity",
    "price_unit",
    "discount",
    "balance",
    "amount_currency",
    "tax_repartition_line_id",
    "analytic_distribution",
];
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

/// A draft as a document: new lines are those without a saved one.
///
/// # Errors
/// What the database answers.
pub fn read(env: &mut Env, facts: &Facts, draft: Id) -> Result<Document> {
    let mut values = Map::new();
    for name in HEADER {
        let value = env.value(MOVE, name, draft)?;
        if value.truthy() {
            values.insert(name.into(), value);
        }
    }
    let mut document = header::begin(env, facts, &values)?;
    document.id = draft;
    document.commercial_partner = values.get("commercial_partner_id").and_then(Value::as_id);
    let mut shown = env.value(MOVE, "invoice_line_ids", draft)?.ids();
    for line in env.value(MOVE, "line_ids", draft)?.ids() {
        if !shown.contains(&line) {
            shown.push(line);
        }
    }
    let model = facts.registry.model(LINE)?;
    for id in shown {
        let mut of_line = Map::new();
        for name in OF_LINE {
            of_line.insert(name.into(), env.value(LINE, name, id)?);
        }
        of_line.retain(|_, value| value.truthy());
        let mut line = lines::begin(model, facts, &document, &of_line)?;
        line.taxes = env.value(LINE, "tax_ids", id)?.ids();
        line.taxes.sort_unstable();
        line.id = id;
        line.before = before(env, &line)?;
        if line.quantity.is_zero() && env.origin(id).is_none() && id < 0 && !line.is_text() {
            line.quantity = Decimal::ONE;
        }
        if line.display_type.is_empty() || line.display_type == "product" || line.is_text() {
            document.lines.push(line);
        }
    }
    Ok(document)
}

/// What a line was before it was edited: the saved one; a new one whose product has named it already; else nothing.
fn before(env: &mut Env, line: &Line) -> Result<Option<Box<Line>>> {
    let mut known = line.clone();
    if let Some(saved) = env.origin(line.id).or((line.id > 0).then_some(line.id)) {
        known.product = env.value(LINE, "product_id", saved)?.as_id();
        known.unit = env.value(LINE, "product_uom_id", saved)?.as_id();
        return Ok(Some(Box::new(known)));
    }
    Ok((line.product.is_none() || line.name.is_some() && line.unit.is_some()).then(|| Box::new(known)))
}

/// Works a draft out: the named fields of the entry, and what its lines come to.
fn follow(env: &mut Env, draft: Id, due: &[&str]) -> Result<()> {
    let facts = Facts::load(env)?;
    let mut document = read(env, &facts, draft)?;
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
