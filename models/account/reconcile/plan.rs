//! Which lines match which, and with what amounts: pure. Lines come in with what is open of them, partials go out.
//!
//! Debits meet credits from the earliest due to the latest: first among lines of one currency, then what is left of
//! them among all. What a pair does with its amounts is in [`pair`](super::pair).

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use lastmile_orm::{Id, money};
use rust_decimal::Decimal;

use super::pair::{Pair, match_pair};

/// A currency and the unit that its amounts are multiples of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Currency {
    pub id: Id,
    pub rounding: Decimal,
}

impl Currency {
    /// An amount as this currency has it.
    pub fn round(self, amount: Decimal) -> Decimal {
        money::round_to(amount, self.rounding)
    }

    /// Nothing, once rounded.
    pub fn is_zero(self, amount: Decimal) -> bool {
        self.round(amount).is_zero()
    }

    /// The order of two amounts once both are rounded.
    pub fn compare(self, a: Decimal, b: Decimal) -> Ordering {
        self.round(a).cmp(&self.round(b))
    }
}

/// A line to be matched.
#[derive(Clone, Debug)]
pub struct Item {
    pub id: Id,
    pub date: NaiveDate,
    pub maturity: Option<NaiveDate>,
    pub partner: Option<Id>,
    pub currency: Currency,
    pub balance: Decimal,
    pub amount_currency: Decimal,
    pub residual: Decimal,
    pub residual_currency: Decimal,
    /// Its account is a customer's or a vendor's.
    pub of_partner: bool,
    /// Its entry is that of a payment or of a bank's transaction.
    pub of_payment: bool,
    /// The day whose rate tells what it is worth in other currencies.
    pub rate_date: NaiveDate,
    pub posted: bool,
}

impl Item {
    fn due(&self) -> NaiveDate {
        self.maturity.unwrap_or(self.date)
    }
}

/// Units of one currency for some of another: two amounts that are worth the same. Kept so, not as their quotient, halves
/// stay halves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub units: Decimal,
    pub of: Decimal,
}

impl Rate {
    /// One for one.
    pub const ONE: Rate = Rate { units: Decimal::ONE, of: Decimal::ONE };

    /// The rate of amounts of which neither is nothing.
    pub fn new(units: Decimal, of: Decimal) -> Option<Self> {
        (!units.is_zero() && !of.is_zero()).then_some(Rate { units, of })
    }

    /// What an amount is in the one currency.
    pub fn convert(self, amount: Decimal) -> Decimal {
        amount.checked_mul(self.units).and_then(|x| x.checked_div(self.of)).unwrap_or_default()
    }

    /// What an amount of the one currency is in the other.
    pub fn back(self, amount: Decimal) -> Decimal {
        Rate { units: self.of, of: self.units }.convert(amount)
    }
}

/// Units of currencies for a common one, by day.
#[derive(Clone, Debug, Default)]
pub struct Rates(HashMap<Id, BTreeMap<NaiveDate, Decimal>>);

impl Rates {
    /// Adds the rate of a day.
    pub fn insert(&mut self, currency: Id, day: NaiveDate, rate: Decimal) {
        self.0.entry(currency).or_default().insert(day, rate);
    }

    /// The last rate until a day; before the first it is the first, without any it is one.
    fn on(&self, currency: Id, day: NaiveDate) -> Decimal {
        let found = self.0.get(&currency).and_then(|days| days.range(..=day).next_back().or_else(|| days.iter().next()));
        found.map(|(_, rate)| *rate).filter(|rate| !rate.is_zero()).unwrap_or(Decimal::ONE)
    }

    /// Units of a currency for one of another.
    pub fn conversion(&self, from: Id, to: Id, day: NaiveDate) -> Rate {
        if from == to { Rate::ONE } else { Rate { units: self.on(to, day), of: self.on(from, day) } }
    }
}

/// What holds for a whole reconciliation.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The company's currency.
    pub company: Currency,
    pub rates: Rates,
    /// Differences in exchange are made up for.
    pub exchange: bool,
    /// The rate that a payment was registered with.
    pub forced_rate: Option<Rate>,
    /// Lines of one day and currency stay in the order given.
    pub keep_order: bool,
}

/// What an entry has to take off a line, in one of its two currencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fix {
    Company(Decimal),
    Foreign(Decimal),
}

/// A difference in exchange: lines, what to take off them, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub lines: Vec<(Id, Fix)>,
    pub date: NaiveDate,
    /// Both entries are posted, so the difference is.
    pub post: bool,
}

/// A debit matched with a credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    pub debit: Id,
    pub credit: Id,
    pub amount: Decimal,
    pub debit_amount_currency: Decimal,
    pub credit_amount_currency: Decimal,
    pub difference: Option<Difference>,
}

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
