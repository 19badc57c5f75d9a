//! What customers write on their transfers: the payment reference of invoices, as their journal says.

use std::collections::HashMap;

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Result};

use super::document::{Document, Kind};

/// References of customers' invoices that have none, by invoice. Their numbers must be known.
///
/// # Errors
/// UserError for a way of references that is not known here.
pub fn of(env: &mut Env, documents: &[Document]) -> Result<HashMap<Id, String>> {
    let due: Vec<Id> = documents
        .iter()
        .filter(|document| document.kind == Kind::OutInvoice && document.payment_reference.is_none())
        .map(|document| document.id)
        .collect();
    if due.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = sql!(
        "SELECT m.id, j.invoice_reference_model, j.invoice_reference_type, j.id, j.code::text, p.id, p.ref FROM account_move m
         JOIN account_journal j ON j.id = m.journal_id LEFT JOIN res_partner p ON p.id = m.partner_id WHERE m.id = ANY({due})"
    );
    let mut found = HashMap::new();
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        let name = documents.iter().find(|document| document.id == id).and_then(|document| document.name.clone()).unwrap_or_default();
        let code = row.text(4).filter(|code| !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric()));
        let journal = code.unwrap_or_else(|| row.int(3).unwrap_or(0).to_string());
        let partner = || row.text(6).filter(|text| !text.is_empty()).unwrap_or_else(|| row.int(5).unwrap_or(0).to_string());
        let (model, kind) = (row.text(1).unwrap_or_default(), row.text(2).unwrap_or_default());
        let reference = match (model.as_str(), kind.as_str()) {
            (_, "none" | "") => String::new(),
            ("odoo", "invoice") => name,
            ("odoo", "partner") => format!("CUST/{}", partner()),
            ("number", "invoice") => digits(&name),
            ("number", "partner") => digits(&format!("CUST/{}", partner())),
            ("euro", "invoice") => creditor_reference(&format!("{journal}{id:06}")),
            ("euro", "partner") => {
                let own = digits(&row.text(6).unwrap_or_default());
                let own = if own.is_empty() { row.int(5).unwrap_or(0).to_string() } else { own };
                creditor_reference(last(&format!("{journal}{}", last(&own, 21)), 21))
            }
            _ => return Err(Error::user(format!("References of kind {model}, {kind} are not known: choose another one in the journal."))),
        };
        if !reference.is_empty() {
            found.insert(id, reference);
        }
    }
    Ok(found)
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The last characters of a text.
fn last(text: &str, count: usize) -> &str {
    let skip = text.chars().count().saturating_sub(count);
    text.char_indices().nth(skip).map_or("", |(at, _)| text.get(at..).unwrap_or_default())
}

/// The creditor reference of ISO 11649: `RF`, two check digits, the reference, in groups of four.
fn creditor_reference(data: &str) -> String {
    let checked: u32 = format!("{data}RF00").chars().fold(0, |rest, c| {
        let value = c.to_digit(36).unwrap_or(0);
        (if value > 9 { rest * 100 + value } else { rest * 10 + value }) % 97
    });
    let whole = format!("RF{:02}{data}", 98 - checked);
    let letters: Vec<char> = whole.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn creditor_references_have_their_check_digits() {
        assert_eq!(creditor_reference("INV000037"), "RF67 INV0 0003 7");
        assert_eq!(creditor_reference("539007547034"), "RF18 5390 0754 7034");
        assert_eq!(last("12345", 3), "345");
        assert_eq!(last("é2", 5), "é2");
    }
}
