//! How much is to be paid: what is overdue or comes next of installments, less the discount for who pays early. Pure.

use chrono::NaiveDate;
use lastmile_orm::Id;
use rust_decimal::Decimal;

use super::items::Item;
use crate::account::reconcile::plan::{Currency, Rates};

/// In which currency and on which day is paid.
#[derive(Clone, Debug)]
pub struct Terms {
    /// `None`: nobody chose yet, each item's own counts.
    pub currency: Option<Currency>,
    pub day: NaiveDate,
    /// Installments until this day are asked for.
    pub before: Option<NaiveDate>,
    pub rates: Rates,
}

/// Which installments are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Next,
    Overdue,
    BeforeDate,
    Full,
}

impl Mode {
    /// The value of the field.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Next => "next",
            Mode::Overdue => "overdue",
            Mode::BeforeDate => "before_date",
            Mode::Full => "full",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Other,
    Early,
    Installment(Mode),
}

/// An item with the part of it that is asked for.
#[derive(Clone, Copy, Debug)]
struct Part<'i> {
    item: &'i Item,
    own: Decimal,
    foreign: Decimal,
}

/// Amounts to pay.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    pub by_default: Decimal,
    pub full: Decimal,
    /// Without the discount for who pays early.
    pub for_difference: Decimal,
    pub full_for_difference: Decimal,
    pub early: bool,
    pub mode: Option<Mode>,
    /// The items that the default amount pays.
    pub items: Vec<Id>,
}

/// The installments of one entry, by when they are due.
fn installments<'i>(terms: &Terms, items: &[&'i Item]) -> Vec<(Kind, Part<'i>)> {
    let mut sorted = items.to_vec();
    sorted.sort_by_key(|item| (item.maturity.unwrap_or(NaiveDate::MAX), item.date));
    let (mut first, mut current): (Option<Mode>, Option<Mode>) = (None, None);
    let mut found = Vec::with_capacity(sorted.len());
    for item in sorted {
        let part = Part { item, own: item.residual, foreign: item.residual_currency };
        let due = item.maturity.unwrap_or(item.date);
        let currency = terms.currency.map_or(item.currency.id, |currency| currency.id);
        let kind = if item.reconciled {
            Kind::Other
        } else if item.is_early(currency, terms.day) {
            found.push((Kind::Early, Part { item, own: item.discounted, foreign: item.discounted_currency }));
            continue;
        } else if item.by_term {
            if terms.before.is_some_and(|before| due <= before) {
                current = Some(Mode::BeforeDate);
            } else if due < terms.day {
                first = Some(Mode::Overdue);
                current = first;
            } else if first.is_none() {
                first = Some(Mode::Next);
                current = first;
            } else if current == Some(Mode::Overdue) {
                current = Some(Mode::Next);
            }
            current.map_or(Kind::Other, Kind::Installment)
        } else {
            Kind::Other
        };
        found.push((kind, part));
    }
    found
}

/// What parts come to in the currency in which is paid.
fn converted(terms: &Terms, parts: &[Part<'_>]) -> Decimal {
    let mut sums: Vec<(&Item, Decimal, Decimal)> = Vec::new();
    for part in parts {
        match sums.iter_mut().find(|(item, ..)| item.currency.id == part.item.currency.id) {
            Some((_, own, foreign)) => {
                *own += part.own;
                *foreign += part.foreign;
            }
            None => sums.push((part.item, part.own, part.foreign)),
        }
    }
    let convert =
        |amount: Decimal, from: Currency, to: Currency| to.round(terms.rates.conversion(from.id, to.id, terms.day).convert(amount));
    sums.into_iter()
        .map(|(item, own, foreign)| match terms.currency {
            Some(currency) if currency.id == item.currency.id => foreign,
            Some(currency) if currency.id == item.company_currency.id => convert(foreign, item.currency, currency),
            Some(currency) => convert(own, item.company_currency, currency),
            None => convert(own, item.company_currency, item.company_currency),
        })
        .sum()
}

/// The amounts to pay of items. The first that an entry asks for says how all of them are asked for, and one that asks for
/// its next installment before all others.
pub fn totals(terms: &Terms, items: &[Item]) -> Totals {
    let mut entries: Vec<(Id, Vec<&Item>)> = Vec::new();
    for item in items {
        match entries.iter_mut().find(|(entry, _)| *entry == item.entry) {
            Some((_, own)) => own.push(item),
            None => entries.push((item.entry, vec![item])),
        }
    }
    let (mut common, mut by_default, mut rest, mut undiscounted) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut totals = Totals::default();
    for (_, items) in &entries {
        let mut last: Option<Mode> = None;
        for (kind, part) in installments(terms, items) {
            match kind {
                Kind::Early => {
                    totals.early = true;
                    by_default.push(part);
                    undiscounted.push(Part { own: part.item.residual, foreign: part.item.residual_currency, ..part });
                }
                Kind::Installment(mode) => {
                    match (mode, last) {
                        (Mode::Next, Some(_)) => rest.push(part),
                        _ => common.push(part),
                    }
                    match mode {
                        Mode::BeforeDate => totals.mode = Some(Mode::BeforeDate),
                        Mode::Next if last.is_none() => totals.mode = Some(Mode::Next),
                        _ => {}
                    }
                    last = Some(mode);
                    totals.mode = totals.mode.or(last);
                }
                Kind::Other => common.push(part),
            }
        }
    }
    let [first, second, third, fourth] = [&common, &by_default, &undiscounted, &rest].map(|parts| converted(terms, parts));
    totals.by_default = (first + second).abs();
    totals.full = (first + second + fourth).abs();
    totals.for_difference = (first + third).abs();
    totals.full_for_difference = (first + third + fourth).abs();
    totals.items = common.iter().chain(&by_default).map(|part| part.item.id).collect();
    totals
}
