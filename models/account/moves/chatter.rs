//! What the chatter of entries says of them.

use lastmile_orm::{Declarations, Env, Id, Map, Result, Value};

use super::document::{Document, Kind, Line};
use super::document::{LINE, MOVE};
use crate::mail::tracking::{self, TracedLine};

/// Declares it.
pub fn declare(all: &mut Declarations) {
    all.model(MOVE).created_as(created).traced_as(traced);
}

fn created(env: &mut Env, ids: &[Id]) -> Result<Vec<(Option<&'static str>, String)>> {
    let kinds = env.values(MOVE, "move_type", ids)?;
    let says = kinds.iter().map(|kind| match kind.as_str().and_then(Kind::parse).unwrap_or_default() {
        Kind::OutInvoice => (Some("account.mt_invoice_created"), "Invoice Created"),
        Kind::OutReceipt => (Some("account.mt_invoice_created"), "Sales Receipt Created"),
        Kind::OutRefund => (None, "Credit Note Created"),
        Kind::InInvoice => (None, "Vendor Bill Created"),
        Kind::InRefund => (None, "Refund Created"),
        Kind::InReceipt => (None, "Purchase Receipt Created"),
        Kind::Entry => (None, "Journal Entry created"),
    });
    Ok(says.map(|(subtype, text)| (subtype, text.to_owned())).collect())
}

fn traced(env: &mut Env, records: &[(Id, Vec<&str>)]) -> Result<Vec<Option<&'static str>>> {
    let ids: Vec<Id> = records.iter().map(|(id, _)| *id).collect();
    let (kinds, states, paid) =
        (env.values(MOVE, "move_type", &ids)?, env.values(MOVE, "state", &ids)?, env.values(MOVE, "payment_state", &ids)?);
    let subtypes = records.iter().zip(kinds).zip(states).zip(paid).map(|((((_, fields), kind), state), paid)| {
        let kind = kind.as_str().and_then(Kind::parse).unwrap_or_default();
        if !kind.is_invoice() {
            None
        } else if fields.contains(&"payment_state") && paid.as_str() == Some("paid") {
            Some("account.mt_invoice_paid")
        } else if fields.contains(&"state") && state.as_str() == Some("posted") && kind.is_sale() {
            Some("account.mt_invoice_validated")
        } else {
            None
        }
    });
    Ok(subtypes.collect())
}

/// Traces what changed of the lines of entries that were posted once.
///
/// # Errors
/// What the database answers.
pub fn trace_lines(env: &mut Env, documents: &[Document]) -> Result<()> {
    let mut traces = Vec::new();
    for document in documents.iter().filter(|document| document.posted_before) {
        for line in document.lines.iter().filter(|line| line.id != 0) {
            let (before, after, verb) = match (line.before.as_deref(), line.deleted) {
                (None, true) => continue,
                (None, false) => (Map::new(), values(line, true), "created"),
                (Some(before), true) => (values(before, true), Map::new(), "deleted"),
                (Some(before), false) => (values(before, line.has("name")), values(line, line.has("name")), "updated"),
            };
            let id = line.id;
            let body = format!("<span>Journal Item <a href=\"#\" data-oe-model=\"{LINE}\" data-oe-id=\"{id}\">#{id}</a> {verb}</span>");
            traces.push(TracedLine { document: document.id, line: id, body, before, after });
        }
    }
    if traces.is_empty() { Ok(()) } else { tracking::trace_lines(env, MOVE, LINE, &traces) }
}

/// The tracked fields of a line that are its own.
fn values(line: &Line, named: bool) -> Map {
    lastmile_orm::map! {
        "account_id" => line.account,
        "balance" => line.balance,
        "date_maturity" => line.due,
        // Names follow from references by themselves, which is no change that somebody made.
        "name" => line.name.clone().filter(|_| named),
        "tax_ids" => Value::from(line.taxes.clone()),
        "tax_tag_ids" => Value::from(line.tags.clone()),
    }
}
