//! The rounding of a document: sums are rounded once, and lines share what their own roundings miss.

use std::collections::HashMap;
use std::hash::Hash;

use lastmile_orm::Id;
use rust_decimal::Decimal;

use super::base_line::{BaseLine, Currency, KeptTaxLine, LineTotals, Settings, TaxAmounts};
use super::sums::{Both, Side, rounded, spread, times};
use super::tax::Taxes;

/// A line of a document and what it comes to.
pub type Pair<'a> = (&'a BaseLine, LineTotals);

/// A tax of a line, by their places.
type Place = (usize, usize);

/// Rounds what has been computed raw.
pub fn round_document(pairs: &mut [Pair], settings: &Settings) {
    for (line, totals) in pairs.iter_mut() {
        let unit = |side| line.currency_of(side, settings).rounding;
        totals.excluded = totals.raw_excluded.map(|side, amount| rounded(amount, unit(side)));
        totals.included = totals.excluded;
        for tax in &mut totals.taxes {
            tax.base = tax.raw_base.map(|side, amount| rounded(amount, unit(side)));
            tax.amount = tax.raw_amount.map(|side, amount| rounded(amount, unit(side)));
            totals.included += tax.amount;
        }
    }
    share_taxes(pairs, settings);
    share_bases(pairs, settings);
}

/// Members by key, keys in the order in which they came.
fn grouped<K: Hash + Eq + Clone, T>(members: impl IntoIterator<Item = (K, T)>) -> Vec<(K, Vec<T>)> {
    let mut places: HashMap<K, usize> = HashMap::new();
    let mut out: Vec<(K, Vec<T>)> = Vec::new();
    for (key, member) in members {
        let place = *places.entry(key.clone()).or_insert_with(|| {
            out.push((key, Vec::new()));
            out.len() - 1
        });
        if let Some((_, members)) = out.get_mut(place) {
            members.push(member);
        }
    }
    out
}

fn tax_at<'a>(pairs: &'a [Pair], (line, tax): Place) -> Option<&'a TaxAmounts> {
    pairs.get(line).and_then(|(_, totals)| totals.taxes.get(tax))
}

fn side_currency(document: Currency, side: Side, settings: &Settings) -> Currency {
    if side == Side::Document { document } else { settings.company_currency }
}

/// Each tax of the document: the sum of its amounts is the rounded sum, and so is that of its bases, or that of both
/// together where the price is with the tax.
fn share_taxes(pairs: &mut [Pair], settings: &Settings) {
    let members = places(pairs, |line, tax| {
        (tax.tax, line.currency, line.is_refund, tax.reverse_charge, tax.price_include, line.computation_key.clone())
    });
    for ((_, document, _, _, price_include, _), members) in members {
        for side in Side::BOTH {
            let currency = side_currency(document, side, settings);
            let sum = |of: fn(&TaxAmounts) -> Both| -> Decimal {
                members.iter().filter_map(|place| tax_at(pairs, *place)).map(|tax| of(tax).get(side)).sum()
            };
            let (raw_amount, raw_base) = (sum(|tax| tax.raw_amount), sum(|tax| tax.raw_base));
            let (amount, base) = (sum(|tax| tax.amount), sum(|tax| tax.base));
            let delta = rounded(raw_amount, currency.rounding) - amount;
            let delta_base = if price_include {
                rounded(raw_base + raw_amount, currency.rounding) - (base + amount + delta)
            } else {
                rounded(raw_base, currency.rounding) - base
            };
            give(pairs, &members, currency, delta, |tax| tax.raw_amount.get(side), |tax, more| tax.amount.add(side, more));
            give(pairs, &members, currency, delta_base, |tax| tax.raw_base.get(side), |tax, more| tax.base.add(side, more));
        }
    }
}

/// Taxes of lines by key.
fn places<K: Hash + Eq + Clone>(pairs: &[Pair], key: impl Fn(&BaseLine, &TaxAmounts) -> K) -> Vec<(K, Vec<Place>)> {
    let mut members = Vec::new();
    for (line_place, (line, totals)) in pairs.iter().enumerate() {
        for (tax_place, tax) in totals.taxes.iter().enumerate() {
            members.push((key(line, tax), (line_place, tax_place)));
        }
    }
    grouped(members)
}

/// Spreads a difference over taxes of lines.
fn give(
    pairs: &mut [Pair],
    members: &[Place],
    currency: Currency,
    delta: Decimal,
    share: impl Fn(&TaxAmounts) -> Decimal,
    add: impl Fn(&mut TaxAmounts, Decimal),
) {
    let shares: Vec<Decimal> = members.iter().map(|place| tax_at(pairs, *place).map(&share).unwrap_or_default()).collect();
    for ((line, tax), more) in members.iter().zip(spread(delta, currency.decimals(), &shares)) {
        if let Some(tax) = pairs.get_mut(*line).and_then(|(_, totals)| totals.taxes.get_mut(*tax)) {
            add(tax, more);
        }
    }
}

/// The amounts without taxes: their sum is the rounded sum; where all prices are with their taxes, the sum with taxes is.
fn share_bases(pairs: &mut [Pair], settings: &Settings) {
    let members =
        grouped(pairs.iter().enumerate().map(|(place, (line, _))| ((line.currency, line.is_refund, line.computation_key.clone()), place)));
    for ((document, _, _), members) in members {
        let of = |place: &usize| pairs.get(*place).map(|(_, totals)| totals);
        let with_taxes = !members.iter().filter_map(of).flat_map(|totals| &totals.taxes).any(|tax| !tax.price_include);
        for side in Side::BOTH {
            let currency = side_currency(document, side, settings);
            let (mut raw, mut sum) = (Decimal::ZERO, Decimal::ZERO);
            for (_, totals) in members.iter().filter_map(|place| pairs.get(*place)) {
                raw += totals.raw_excluded.get(side);
                sum += totals.excluded.get(side);
                if with_taxes {
                    raw += totals.taxes.iter().map(|tax| tax.raw_amount.get(side)).sum::<Decimal>();
                    sum += totals.taxes.iter().map(|tax| tax.amount.get(side)).sum::<Decimal>();
                }
            }
            if raw.is_zero() {
                continue;
            }
            let share = |totals: &LineTotals| if with_taxes { totals.raw_included } else { totals.raw_excluded };
            let shares: Vec<Decimal> =
                members.iter().filter_map(|place| pairs.get(*place)).map(|(_, totals)| share(totals).get(side)).collect();
            let delta = rounded(raw, currency.rounding) - sum;
            for (place, more) in members.iter().zip(spread(delta, currency.decimals(), &shares)) {
                if let Some((_, totals)) = pairs.get_mut(*place) {
                    totals.delta.add(side, more);
                }
            }
        }
    }
}

/// Lets the amounts of taxes add up to those of the tax lines that the document has, which somebody may have changed.
pub fn follow_tax_lines(pairs: &mut [Pair], settings: &Settings, taxes: &Taxes, kept: &[KeptTaxLine]) {
    let mut wanted: HashMap<(Id, Id, bool), Both> = HashMap::new();
    for line in kept {
        if let Some((tax, repartition)) = taxes.repartition(line.key.repartition) {
            *wanted.entry((tax.id, line.key.currency, repartition.refund)).or_default() += line.amount.map(|_, x| times(line.sign, x));
        }
    }
    let members = places(pairs, |line, tax| (tax.tax, line.currency, line.is_refund));
    for ((tax, document, refund), members) in members {
        let Some(wanted) = wanted.get(&(tax, document.id, refund)) else { continue };
        for side in Side::BOTH {
            let sum: Decimal = members.iter().filter_map(|place| tax_at(pairs, *place)).map(|tax| tax.amount.get(side)).sum();
            if sum.is_zero() {
                continue;
            }
            let currency = side_currency(document, side, settings);
            let delta = wanted.get(side) - sum;
            give(pairs, &members, currency, delta, |tax| tax.amount.get(side), |tax, more| tax.amount.add(side, more));
        }
    }
}
