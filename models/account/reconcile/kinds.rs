//! What is matched and what comes of it, as values.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use lastmile_orm::Id;
use rust_decimal::Decimal;

pub use crate::account::currency::Currency;

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
    /// When it is due.
    pub fn due(&self) -> NaiveDate {
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
