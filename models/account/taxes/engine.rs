//! Taxes of documents: from base lines to totals and tax lines, without reading or writing anything.
//!
//! ```text
//! BaseLine + Taxes ── details ── rounding ── tax_lines ── Computed
//! ```
//!
//! A caller loads the taxes of all its documents once (`load`), makes a [`BaseLine`] of each line, and calls [`compute`]
//! for each document. Lines show what they come to by themselves ([`compute_line`]); their balance also has its part of
//! what rounding the document as a whole leaves over ([`LineTotals::amount`]). To keep what somebody wrote into tax lines,
//! give them to [`compute_keeping`]; [`changes`] says what becomes of the tax lines that a document has.

use rust_decimal::Decimal;

pub use super::base_line::{
    BaseLine, Computed, Currency, KeptTaxLine, LineKind, LineTotals, PriceMode, Rounding, Settings, Share, TaxAmounts, TaxLine,
    TaxLineChanges, TaxLineKey,
};
pub use super::sums::{Both, Side};
pub use super::tax::{AmountType, Repartition, Tax, TaxGroup, Taxes};
pub use super::tax_lines::changes;

use super::details::{Details, Price, details};
use super::rounding::{Pair, follow_tax_lines, round_document};
use super::sums::{over, rounded, times};
use super::tax_lines::{repartition, tax_lines};

/// Computes a document.
pub fn compute(settings: &Settings, taxes: &Taxes, lines: &[BaseLine]) -> Computed {
    compute_keeping(settings, taxes, lines, &[])
}

/// Computes a document so that its taxes come to what its tax lines say now.
pub fn compute_keeping(settings: &Settings, taxes: &Taxes, lines: &[BaseLine], kept: &[KeptTaxLine]) -> Computed {
    let mut pairs: Vec<Pair> = lines.iter().map(|line| (line, raw_totals(line, settings, taxes))).collect();
    round_document(&mut pairs, settings);
    if !kept.is_empty() {
        follow_tax_lines(&mut pairs, settings, taxes, kept);
    }
    for (line, totals) in &mut pairs {
        repartition(line, totals, settings, taxes, false);
    }
    let tax_lines = tax_lines(&pairs, taxes);
    Computed { lines: pairs.into_iter().map(|(_, totals)| totals).collect(), tax_lines }
}

/// Computes a line by itself: `excluded` is its subtotal, `included` its total.
pub fn compute_line(settings: &Settings, taxes: &Taxes, line: &BaseLine) -> LineTotals {
    let mut pairs = [(line, raw_totals(line, settings, taxes))];
    round_document(&mut pairs, settings);
    let [(_, mut totals)] = pairs;
    repartition(line, &mut totals, settings, taxes, false);
    totals
}

/// Computes a line without rounding sums: what prices and their taxes are before a document.
pub fn compute_raw(settings: &Settings, taxes: &Taxes, line: &BaseLine) -> LineTotals {
    let mut totals = raw_totals(line, settings, taxes);
    repartition(line, &mut totals, settings, taxes, true);
    totals
}

/// The price for which other taxes leave the provider as much: only where all taxes were in the price.
pub fn adapt_price(taxes: &Taxes, price: Decimal, from: &[i32], to: &[i32]) -> Decimal {
    let all_in_price = from.iter().filter_map(|id| taxes.get(*id)).all(|tax| tax.price_include);
    if from == to || !all_in_price {
        return price;
    }
    let of = |unit, ids: &[i32], mode| details(&Price { unit, quantity: Decimal::ONE, mode, rounding: None }, &taxes.flatten(ids));
    let excluded = of(price, from, PriceMode::AsTaxes).excluded;
    let more = of(excluded, to, PriceMode::TotalExcluded).taxes.into_iter();
    let in_price = more.filter(|amount| taxes.get(amount.tax).is_some_and(|tax| tax.price_include));
    excluded + in_price.map(|amount| amount.amount).sum::<Decimal>()
}

/// What a line comes to before anything of the document is rounded.
fn raw_totals(line: &BaseLine, settings: &Settings, taxes: &Taxes) -> LineTotals {
    let per_line = settings.rounding == Rounding::PerLine;
    let price = Price {
        unit: over(times(line.price_unit, Decimal::ONE_HUNDRED - line.discount), Decimal::ONE_HUNDRED),
        quantity: line.quantity,
        mode: line.mode,
        rounding: per_line.then_some(line.currency.rounding),
    };
    let Details { excluded, mut included, mut taxes } = details(&price, &taxes.flatten(&line.tax_ids));
    if line.kind == LineKind::NonDeductible {
        included -= taxes.iter().filter(|tax| tax.reverse_charge).map(|tax| tax.amount).sum::<Decimal>();
        taxes.retain(|tax| !tax.reverse_charge);
    }
    let both = |amount: Decimal| {
        let company = over(amount, line.rate);
        Both { currency: amount, company: if per_line { rounded(company, settings.company_currency.rounding) } else { company } }
    };
    LineTotals {
        id: line.id,
        sign: line.sign,
        raw_excluded: both(excluded),
        raw_included: both(included),
        excluded: Both::default(),
        included: Both::default(),
        delta: Both::default(),
        taxes: taxes
            .into_iter()
            .map(|tax| TaxAmounts {
                tax: tax.tax,
                chosen_as: tax.chosen_as,
                reverse_charge: tax.reverse_charge,
                price_include: tax.price_include,
                affects: tax.affects,
                raw_base: both(tax.base),
                raw_amount: both(tax.amount),
                base: Both::default(),
                amount: Both::default(),
                shares: Vec::new(),
            })
            .collect(),
        tag_ids: Vec::new(),
    }
}
