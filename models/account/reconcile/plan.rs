//! Which lines match which, and with what amounts: pure. Lines come in with what is open of them, partials go out.
//!
//! Debits meet credits from the earliest due to the latest: first among lines of one currency, then what is left of
//! them among all. What a pair does with its amounts is in [`pair`](super::pair).

use std::cmp::Ordering;
use std::collections::HashSet;

use lastmile_orm::Id;
use rust_decimal::Decimal;

pub use super::kinds::{Currency, Difference, Fix, Item, Partial, Rate, Rates, Terms};
use super::pair::{Pair, match_pair};

/// Matches lines. Their open amounts are reduced as they are matched.
pub fn plan(terms: &Terms, items: &mut [Item]) -> Vec<Partial> {
    let order = sorted(terms, items);
    let mut currencies: Vec<Id> = Vec::new();
    for item in order.iter().filter_map(|at| items.get(*at)) {
        if !currencies.contains(&item.currency.id) {
            currencies.push(item.currency.id);
        }
    }
    let (mut done, mut partials) = (HashSet::new(), Vec::new());
    if currencies.len() > 1 {
        for currency in currencies {
            let own: Vec<usize> =
                order.iter().copied().filter(|at| items.get(*at).is_some_and(|item| item.currency.id == currency)).collect();
            match_group(terms, items, &own, &mut done, &mut partials);
        }
    }
    match_group(terms, items, &order, &mut done, &mut partials);
    partials
}

/// The places of lines by when they are due, by currency, by amount.
fn sorted(terms: &Terms, items: &[Item]) -> Vec<usize> {
    let places: Vec<usize> = (0..items.len()).collect();
    let of = |at: usize| items.get(at);
    let order = |a: usize, b: usize| -> Ordering {
        let (Some(a), Some(b)) = (of(a), of(b)) else { return Ordering::Equal };
        let by_amount = || a.amount_currency.cmp(&b.amount_currency).then(a.balance.cmp(&b.balance));
        match a.due().cmp(&b.due()) {
            // Neither of two currencies comes first; what follows does not count then.
            Ordering::Equal if a.currency.id != b.currency.id || terms.keep_order => Ordering::Equal,
            Ordering::Equal => by_amount(),
            other => other,
        }
    };
    insert_sorted(places, order)
}

/// Sorts by binary insertion after the leading run, as Python sorts short lists: the order of currencies is none that a
/// usual sort would bear.
fn insert_sorted(mut places: Vec<usize>, order: impl Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let less = |a: usize, b: usize| order(a, b) == Ordering::Less;
    let mut pairs = places.windows(2).filter_map(|pair| if let [a, b] = pair { Some(less(*b, *a)) } else { None });
    let falling = pairs.next().unwrap_or(false);
    let run = if places.len() < 2 { places.len() } else { 2 + pairs.take_while(|next| *next == falling).count() };
    if falling && let Some(head) = places.get_mut(..run) {
        head.reverse();
    }
    for next in run..places.len() {
        let Some(pivot) = places.get(next).copied() else { break };
        let (mut low, mut high) = (0, next);
        while low < high {
            let middle = low + (high - low) / 2;
            if places.get(middle).is_some_and(|at| less(pivot, *at)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if let Some(tail) = places.get_mut(low..=next) {
            tail.rotate_right(1);
        }
    }
    places
}

/// Matches what is left of some lines, partner by partner.
fn match_group(terms: &Terms, items: &mut [Item], places: &[usize], done: &mut HashSet<Id>, partials: &mut Vec<Partial>) {
    let mut left: Vec<usize> = places.iter().copied().filter(|at| items.get(*at).is_some_and(|item| !done.contains(&item.id))).collect();
    let partners: HashSet<Id> = left.iter().filter_map(|at| items.get(*at)?.partner).collect();
    if partners.len() > 1 {
        left.sort_by_key(|at| items.get(*at).and_then(|item| item.partner).unwrap_or(0));
    }
    let side = |negative: bool| -> Vec<usize> {
        let fits = |x: Decimal| !x.is_zero() && x.is_sign_negative() == negative;
        left.iter().copied().filter(|at| items.get(*at).is_some_and(|item| fits(item.balance) || fits(item.amount_currency))).collect()
    };
    let (debits, credits) = (side(false), side(true));
    let (mut debits, mut credits) = (debits.into_iter(), credits.into_iter());
    let (mut debit, mut credit) = (debits.next(), credits.next());
    // Each pair uses one of its lines up, or the next one does; whatever did not, could go on for ever.
    let mut rounds = 4 * left.len() + 4;
    while let (Some(at), Some(against)) = (debit, credit)
        && rounds > 0
    {
        rounds -= 1;
        let Some(mut pair) = Pair::of(items, at, against) else { break };
        let outcome = match_pair(terms, &mut pair);
        let (debit_id, credit_id) = (pair.debit.id, pair.credit.id);
        pair.keep(items, at, against);
        partials.extend(outcome.partial);
        if outcome.debit_done {
            done.insert(debit_id);
            debit = debits.next();
        }
        if outcome.credit_done {
            done.insert(credit_id);
            credit = credits.next();
        }
    }
}
