//! Taxes of lines by the tax's lines of repartition, and the tax lines of a document.

use std::cmp::Reverse;
use std::collections::HashMap;

use lastmile_orm::Id;
use rust_decimal::Decimal;

use super::base_line::{BaseLine, KeptTaxLine, LineTotals, Settings, Share, TaxAmounts, TaxLine, TaxLineChanges, TaxLineKey};
use super::rounding::Pair;
use super::sums::{Both, Side, rounded, spread, times};
use super::tax::{Repartition, Tax, Taxes};

/// Divides the taxes of a line; `raw` divides the amounts as they were before the document was rounded.
pub fn repartition(line: &BaseLine, totals: &mut LineTotals, settings: &Settings, taxes: &Taxes, raw: bool) {
    totals.tag_ids.clone_from(&line.product_tags);
    for amounts in &mut totals.taxes {
        let Some(tax) = taxes.get(amounts.tax) else { continue };
        if !amounts.reverse_charge && has_tags(tax, settings) {
            unite(&mut totals.tag_ids, tax.base_tags(line.is_refund));
        }
        let of = if raw { Both { currency: amounts.raw_amount.currency, company: amounts.raw_amount.company } } else { amounts.amount };
        amounts.shares = shares(line, amounts, of, tax, settings);
    }
    later_tags(line, totals, settings, taxes);
}

/// Tags are set at once, not when the invoice is paid.
fn has_tags(tax: &Tax, settings: &Settings) -> bool {
    settings.cash_basis_tags || !tax.on_payment
}

fn unite(tags: &mut Vec<Id>, more: impl IntoIterator<Item = Id>) {
    for tag in more {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
}

/// The amount by lines of repartition: what rounding the parts misses goes to the largest ones.
fn shares(line: &BaseLine, amounts: &TaxAmounts, of: Both, tax: &Tax, settings: &Settings) -> Vec<Share> {
    let reverse = amounts.reverse_charge;
    let sign = if reverse { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
    let parts =
        tax.repartition.iter().filter(|part| part.refund == line.is_refund && part.of_tax && (part.factor < Decimal::ZERO) == reverse);
    let mut out: Vec<Share> = parts
        .map(|part| {
            let factor = times(part.factor, sign);
            let amount = of.map(|side, whole| rounded(times(whole, factor), line.currency_of(side, settings).rounding));
            Share { amount, key: key(line, amounts, tax, part, settings) }
        })
        .collect();
    let mut order: Vec<usize> = (0..out.len()).collect();
    order.sort_by_key(|place| out.get(*place).map(|share| Reverse((share.amount.currency.abs(), share.amount.company.abs()))));
    for side in Side::BOTH {
        let sizes: Vec<Decimal> = order.iter().filter_map(|place| out.get(*place)).map(|share| share.amount.get(side)).collect();
        let delta = of.get(side) - sizes.iter().sum::<Decimal>();
        for (place, more) in order.iter().zip(spread(delta, line.currency_of(side, settings).decimals(), &sizes)) {
            if let Some(share) = out.get_mut(*place) {
                share.amount.add(side, more);
            }
        }
    }
    out
}

/// What the line is told apart by; tags of later taxes are added afterwards.
fn key(line: &BaseLine, amounts: &TaxAmounts, tax: &Tax, part: &Repartition, settings: &Settings) -> TaxLineKey {
    let waits = tax.on_payment && !settings.cash_basis_tags;
    let mut tag_ids = line.product_tags.clone();
    if has_tags(tax, settings) {
        unite(&mut tag_ids, part.tags.iter().copied());
    }
    TaxLineKey {
        repartition: part.id,
        group_tax: amounts.chosen_as,
        account: if waits { tax.transition_account } else { part.account }.or(line.account),
        partner: line.partner,
        currency: line.currency.id,
        analytic: line.analytic.clone().filter(|_| tax.analytic || !part.in_closing),
        tax_ids: amounts.affects.clone(),
        tag_ids,
    }
}

/// An amount that later taxes build on has the tags of their bases.
fn later_tags(line: &BaseLine, totals: &mut LineTotals, settings: &Settings, taxes: &Taxes) {
    let mut later: Vec<(Id, Vec<Id>)> = Vec::new();
    for amounts in totals.taxes.iter_mut().rev() {
        let Some(tax) = taxes.get(amounts.tax) else { continue };
        if tax.include_base_amount {
            for share in &mut amounts.shares {
                for (_, tags) in later.iter().filter(|(other, _)| *other != tax.id) {
                    unite(&mut share.key.tag_ids, tags.iter().copied());
                }
            }
        }
        if tax.is_base_affected && has_tags(tax, settings) && !later.iter().any(|(other, _)| *other == tax.id) {
            later.push((tax.id, tax.base_tags(line.is_refund).collect()));
        }
    }
}

/// The tax lines of a document, in the order in which its lines need them, without those of nothing.
pub fn tax_lines(pairs: &[Pair], taxes: &Taxes) -> Vec<TaxLine> {
    let mut places: HashMap<&TaxLineKey, usize> = HashMap::new();
    let mut out: Vec<TaxLine> = Vec::new();
    for (line, totals) in pairs {
        for amounts in &totals.taxes {
            let Some(tax) = taxes.get(amounts.tax) else { continue };
            for share in &amounts.shares {
                let place = *places.entry(&share.key).or_insert(out.len());
                if place == out.len() {
                    let key = share.key.clone();
                    out.push(TaxLine { key, tax: tax.id, name: tax.name.clone(), base: Decimal::ZERO, amount: Both::default() });
                }
                if let Some(of) = out.get_mut(place) {
                    of.base += times(line.sign, amounts.base.company);
                    of.amount += share.amount.signed(line.sign);
                }
            }
        }
    }
    out.retain(|line| !line.amount.is_zero());
    out
}

/// What must happen to the tax lines that a document has, so that it has those that were computed.
pub fn changes(computed: &[TaxLine], kept: &[KeptTaxLine]) -> TaxLineChanges {
    let mut left: Vec<Option<&TaxLine>> = computed.iter().map(Some).collect();
    let mut out = TaxLineChanges::default();
    let keys: Vec<TaxLineKey> = computed.iter().map(|line| in_order(&line.key)).collect();
    for line in kept {
        let key = in_order(&line.key);
        let found = left.iter_mut().zip(&keys).find(|(other, known)| other.is_some() && **known == key).and_then(|(other, _)| other.take());
        match found {
            Some(found) => out.update.push((line.id, found.clone())),
            None => out.delete.push(line.id),
        }
    }
    out.add = left.into_iter().flatten().cloned().collect();
    out
}

/// A key whose links are in the order of their numbers: the database keeps none.
fn in_order(key: &TaxLineKey) -> TaxLineKey {
    let mut key = key.clone();
    key.tax_ids.sort_unstable();
    key.tag_ids.sort_unstable();
    key
}
