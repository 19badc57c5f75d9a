//! Entries that are being typed and are not saved, as documents.

use lastmile_orm::{Env, Id, Map, Result, Value};
use rust_decimal::Decimal;

use super::document::{Document, Line};
use super::document::{LINE, MOVE};
use super::facts::Facts;
use super::{header, lines};

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
