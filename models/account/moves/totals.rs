//! Sums of an entry, and how far an invoice is paid.

use lastmile_orm::{Map, map};
use rust_decimal::Decimal;

use super::document::{Document, Line};

/// The amounts of an entry, from its lines. Those of invoices are positive in the document's direction; signed ones are
/// in the company's currency, positive for what customers owe.
pub fn of(document: &Document) -> Map {
    let sum = |kinds: &dyn Fn(&Line) -> bool, amount: &dyn Fn(&Line) -> Decimal| {
        document.live().filter(|line| kinds(line)).map(amount).sum::<Decimal>()
    };
    let balance = |line: &Line| line.balance;
    let currency = |line: &Line| line.amount_currency;
    let is_tax = |line: &Line| {
        matches!(line.display_type.as_str(), "tax" | "non_deductible_tax") || line.display_type == "rounding" && line.repartition.is_some()
    };
    let is_base = |line: &Line| {
        !is_tax(line)
            && matches!(line.display_type.as_str(), "product" | "rounding" | "non_deductible_product" | "non_deductible_product_total")
    };
    let invoice = document.kind.is_invoice();
    let (mut untaxed, mut tax, mut residual) =
        ((Decimal::ZERO, Decimal::ZERO), (Decimal::ZERO, Decimal::ZERO), (Decimal::ZERO, Decimal::ZERO));
    let total;
    if invoice {
        untaxed = (sum(&is_base, &balance), sum(&is_base, &currency));
        tax = (sum(&is_tax, &balance), sum(&is_tax, &currency));
        total = (untaxed.0 + tax.0, untaxed.1 + tax.1);
        for line in document.of_kind(&["payment_term"]) {
            let (own, foreign) = line.residuals(document.own_currency);
            residual = (residual.0 + own, residual.1 + foreign);
        }
    } else {
        let debits = |line: &Line| line.balance > Decimal::ZERO;
        total = (sum(&debits, &balance), sum(&debits, &currency));
    }
    let sign = document.kind.sign();
    map! {
        "amount_untaxed" => sign * untaxed.1,
        "amount_tax" => sign * tax.1,
        "amount_total" => sign * total.1,
        "amount_residual" => -sign * residual.1,
        "amount_untaxed_signed" => -untaxed.0,
        "amount_untaxed_in_currency_signed" => -untaxed.1,
        "amount_tax_signed" => -tax.0,
        "amount_total_signed" => if invoice { -total.0 } else { total.0.abs() },
        "amount_residual_signed" => residual.0,
        "amount_total_in_currency_signed" => if invoice { -total.1 } else { total.1.abs() },
    }
}
