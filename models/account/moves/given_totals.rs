//! Tax amounts that somebody wrote below an invoice: the first tax line of a group makes up for the difference.

use lastmile_orm::{Id, Value};
use rust_decimal::Decimal;

use super::document::Document;

/// Takes the tax amounts of `tax_totals` over; whether any of them was another one than the lines came to.
pub fn take(document: &mut Document, totals: &Value) -> bool {
    let mut changed = false;
    let list = |value: &Value, key: &str| -> Vec<Value> {
        value.as_map().and_then(|map| map.get(key)).and_then(Value::as_list).unwrap_or_default().to_vec()
    };
    for group in list(totals, "subtotals").iter().flat_map(|subtotal| list(subtotal, "tax_groups")) {
        let Some(group) = group.as_map() else { continue };
        let number = |key: &str| group.get(key).and_then(Value::as_decimal);
        let (Some(id), Some(wanted)) = (group.get("id").and_then(Value::as_id), number("tax_amount_currency")) else { continue };
        let more = number("non_deductible_tax_amount_currency").unwrap_or_default();
        changed |= in_group(document, id, wanted + more * document.kind.sign());
    }
    changed
}

/// Makes the tax lines of a group come to an amount, in the document's direction.
fn in_group(document: &mut Document, group: Id, wanted: Decimal) -> bool {
    let (sign, currency, own, rate) = (document.kind.sign(), document.currency, document.own_currency, document.exchange());
    let lines =
        || document.lines.iter().enumerate().filter(|(_, line)| !line.deleted && line.tax_group == Some(group) && line.tax.is_some());
    let now: Decimal = lines().map(|(_, line)| line.amount_currency).sum();
    let first = lines().next().map(|(at, _)| at);
    let difference = currency.round(wanted * sign - now);
    let Some(line) = first.filter(|_| !difference.is_zero()).and_then(|at| document.lines.get_mut(at)) else { return false };
    line.amount_currency += difference;
    line.balance = if currency == own { line.amount_currency } else { own.round(line.amount_currency / rate) };
    line.give("amount_currency");
    line.give("balance");
    true
}
