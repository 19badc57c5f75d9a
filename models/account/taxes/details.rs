//! What the taxes of one price come to, before the document is rounded.
//!
//! Taxes are taken in their order. Neighbours of one kind that do not build on each other form a batch and share a
//! base. Fixed amounts come first, since they may be a part of any base; then taxes that the price is with, from the
//! last to the first; then the others, from the first to the last. Each amount moves the bases of those that it must.

use lastmile_orm::Id;
use rust_decimal::Decimal;

use super::base_line::PriceMode;
use super::sums::{over, rounded, times};
use super::tax::{AmountType, Tax, Turn};

const HUNDRED: Decimal = Decimal::ONE_HUNDRED;

/// A price to be taxed.
#[derive(Clone, Copy, Debug)]
pub struct Price {
    pub unit: Decimal,
    pub quantity: Decimal,
    pub mode: PriceMode,
    /// Every amount is rounded to this at once.
    pub rounding: Option<Decimal>,
}

/// A tax of a price.
#[derive(Clone, Debug)]
pub struct TaxDetail {
    pub tax: Id,
    pub chosen_as: Option<Id>,
    pub reverse_charge: bool,
    pub price_include: bool,
    pub affects: Vec<Id>,
    pub base: Decimal,
    pub amount: Decimal,
}

/// A price and its taxes.
#[derive(Clone, Debug)]
pub struct Details {
    pub excluded: Decimal,
    pub included: Decimal,
    pub taxes: Vec<TaxDetail>,
}

/// A tax while it is computed.
struct Work<'a> {
    turn: &'a Turn,
    batch: usize,
    price_include: bool,
    amount: Option<Decimal>,
    more_for_tax: Decimal,
    more_for_base: Decimal,
    base: Decimal,
    affects: Vec<Id>,
}

impl Work<'_> {
    fn tax(&self) -> &Tax {
        &self.turn.tax
    }

    /// The amount, without what is taken off again.
    fn net(&self) -> Decimal {
        if self.tax().has_negative_factor() { Decimal::ZERO } else { self.amount.unwrap_or_default() }
    }
}

/// Computes the taxes of a price.
pub fn details(price: &Price, turns: &[Turn]) -> Details {
    let round = |amount: Decimal| price.rounding.map_or(amount, |unit| rounded(amount, unit));
    let raw_base = round(times(price.quantity, price.unit));
    let mut all: Vec<Work> = turns.iter().map(|turn| start(turn, price.mode)).collect();
    for (work, batch) in all.iter_mut().zip(batches(turns, price.mode)) {
        work.batch = batch;
    }
    let steps: [(Step, bool); 3] = [(fixed, true), (included, true), (excluded, false)];
    for (step, (compute, backwards)) in steps.into_iter().enumerate() {
        for place in order(all.len(), backwards) {
            let Some(work) = all.get(place) else { continue };
            let wanted = match step {
                0 => true,
                1 => work.price_include,
                _ => !work.price_include,
            };
            if !wanted || work.amount.is_some() {
                continue;
            }
            let percent: Decimal = all.iter().filter(|other| other.batch == work.batch).map(|other| other.tax().amount).sum();
            let Some(amount) = compute(work.tax(), price, raw_base + work.more_for_tax, percent) else { continue };
            settle(&mut all, place, round(amount), price.mode);
        }
    }
    bases(&mut all, raw_base, price.mode);
    collect(raw_base, &all)
}

/// The amount of a tax by its base and the percentages of its batch.
type Step = fn(&Tax, &Price, Decimal, Decimal) -> Option<Decimal>;

fn fixed(tax: &Tax, price: &Price, _: Decimal, _: Decimal) -> Option<Decimal> {
    if tax.amount_type != AmountType::Fixed {
        return None;
    }
    let amount = times(price.quantity, tax.amount);
    Some(if price.unit < Decimal::ZERO { -amount } else { amount })
}

fn included(tax: &Tax, _: &Price, base: Decimal, percent: Decimal) -> Option<Decimal> {
    match tax.amount_type {
        AmountType::Percent => Some(over(times(base, tax.amount), HUNDRED + percent)),
        AmountType::Division => Some(over(times(base, tax.amount), HUNDRED)),
        _ => None,
    }
}

fn excluded(tax: &Tax, _: &Price, base: Decimal, percent: Decimal) -> Option<Decimal> {
    match tax.amount_type {
        AmountType::Percent => Some(over(times(base, tax.amount), HUNDRED)),
        AmountType::Division if percent == HUNDRED => Some(over(times(base, tax.amount), HUNDRED)),
        AmountType::Division => Some(over(times(base, tax.amount), HUNDRED - percent)),
        _ => None,
    }
}

fn order(count: usize, backwards: bool) -> Vec<usize> {
    if backwards { (0..count).rev().collect() } else { (0..count).collect() }
}

fn start(turn: &Turn, mode: PriceMode) -> Work<'_> {
    let price_include = match mode {
        _ if turn.tax.has_negative_factor() => false,
        PriceMode::TotalIncluded => true,
        PriceMode::TotalExcluded => false,
        PriceMode::AsTaxes => turn.tax.price_include,
    };
    Work {
        turn,
        batch: 0,
        price_include,
        amount: None,
        more_for_tax: Decimal::ZERO,
        more_for_base: Decimal::ZERO,
        base: Decimal::ZERO,
        affects: Vec::new(),
    }
}

/// The batch of each tax, found from the last to the first.
fn batches(turns: &[Turn], mode: PriceMode) -> Vec<usize> {
    let mut out = vec![0; turns.len()];
    let mut batch = 0;
    let mut begun: Option<&Tax> = None;
    let mut affected = false;
    for (place, turn) in turns.iter().enumerate().rev() {
        let tax = turn.tax.as_ref();
        let same = begun.is_some_and(|first| {
            tax.amount_type == first.amount_type
                && (mode != PriceMode::AsTaxes || tax.price_include == first.price_include)
                && tax.include_base_amount == first.include_base_amount
                && !(tax.include_base_amount && affected)
        });
        if !same {
            batch += 1;
            begun = Some(tax);
        }
        affected = tax.is_base_affected;
        if let Some(out) = out.get_mut(place) {
            *out = batch;
        }
    }
    out
}

/// Keeps an amount and moves the bases of the taxes before and after its batch.
fn settle(all: &mut [Work], place: usize, amount: Decimal, mode: PriceMode) {
    let Some(work) = all.get_mut(place) else { return };
    work.amount = Some(amount);
    let batch = work.batch;
    let (include, builds) = (work.tax().price_include, work.tax().include_base_amount);
    for (other_place, other) in all.iter_mut().enumerate() {
        if other.batch == batch {
            continue;
        }
        let after = other_place > place;
        let affected = other.tax().is_base_affected;
        let part_of_price = if include { mode != PriceMode::TotalExcluded } else { mode == PriceMode::TotalIncluded };
        let factor = match (part_of_price, after) {
            (true, false) => -1,
            (true, true) if !builds => -1,
            (true, true) => -i32::from(include && !affected),
            (false, true) => i32::from(builds && affected),
            (false, false) => 0,
        };
        let more = times(Decimal::from(factor), amount);
        other.more_for_base += more;
        if other.amount.is_none() {
            other.more_for_tax += more;
        }
    }
}

/// Bases, and the later taxes that each amount is a base of.
fn bases(all: &mut [Work], raw_base: Decimal, mode: PriceMode) {
    let mut later: Vec<Id> = Vec::new();
    for place in order(all.len(), true) {
        let Some(batch) = all.get(place).map(|work| work.batch) else { continue };
        let together: Decimal = all.iter().filter(|other| other.batch == batch).map(Work::net).sum();
        let Some(work) = all.get_mut(place).filter(|work| work.amount.is_some()) else { continue };
        work.base = raw_base + work.more_for_base;
        if work.price_include && mode != PriceMode::TotalExcluded {
            work.base -= together;
        }
        if work.tax().include_base_amount {
            work.affects.clone_from(&later);
        }
        if work.tax().is_base_affected && !later.contains(&work.tax().id) {
            later.push(work.tax().id);
        }
    }
}

fn collect(raw_base: Decimal, all: &[Work]) -> Details {
    let mut taxes = Vec::new();
    for work in all {
        let Some(amount) = work.amount else { continue };
        let detail = TaxDetail {
            tax: work.tax().id,
            chosen_as: work.turn.group,
            reverse_charge: false,
            price_include: work.price_include,
            affects: work.affects.clone(),
            base: work.base,
            amount,
        };
        if work.tax().has_negative_factor() {
            taxes.push(detail.clone());
            taxes.push(TaxDetail { reverse_charge: true, amount: -amount, ..detail });
        } else {
            taxes.push(detail);
        }
    }
    let excluded = taxes.first().map_or(raw_base, |tax| tax.base);
    let included = excluded + taxes.iter().map(|tax| tax.amount).sum::<Decimal>();
    Details { excluded, included, taxes }
}
