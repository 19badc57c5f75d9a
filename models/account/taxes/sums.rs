//! Sums that cannot overflow, amounts in two currencies, and cents that are left over.

use std::ops::{AddAssign, Neg};

use lastmile_orm::money;
use rust_decimal::{Decimal, RoundingStrategy};

/// No amount of a document is larger; so many of them as there can be in one still add up.
const LARGEST: Decimal = Decimal::from_parts(2_701_131_776, 466_537_709, 54_210, false, 0);

/// Digits beyond which an amount is what dividing and multiplying left.
const NOISE: u32 = 15;

fn bounded(amount: Decimal) -> Decimal {
    amount.clamp(-LARGEST, LARGEST)
}

/// A product, at most the largest amount.
pub fn times(a: Decimal, b: Decimal) -> Decimal {
    bounded(a.saturating_mul(b))
}

/// A quotient; nothing when divided by nothing.
pub fn over(a: Decimal, b: Decimal) -> Decimal {
    bounded(a.checked_div(b).unwrap_or_default())
}

/// Rounds an amount that was computed: what is half a unit but for the last digits is half a unit.
pub fn rounded(amount: Decimal, unit: Decimal) -> Decimal {
    money::round_to(amount.round_dp_with_strategy(NOISE, RoundingStrategy::MidpointAwayFromZero), unit)
}

/// One of the two currencies of an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The document's.
    Document,
    /// The company's.
    Company,
}

impl Side {
    pub const BOTH: [Side; 2] = [Side::Document, Side::Company];
}

/// An amount in the document's currency and in the company's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Both {
    /// In the document's currency.
    pub currency: Decimal,
    /// In the company's.
    pub company: Decimal,
}

impl Both {
    pub fn get(&self, side: Side) -> Decimal {
        match side {
            Side::Document => self.currency,
            Side::Company => self.company,
        }
    }

    pub fn add(&mut self, side: Side, amount: Decimal) {
        match side {
            Side::Document => self.currency += amount,
            Side::Company => self.company += amount,
        }
    }

    /// Each by itself.
    pub fn map(self, change: impl Fn(Side, Decimal) -> Decimal) -> Self {
        Both { currency: change(Side::Document, self.currency), company: change(Side::Company, self.company) }
    }

    /// With a sign.
    pub fn signed(self, sign: Decimal) -> Self {
        self.map(|_, amount| times(sign, amount))
    }

    pub fn is_zero(&self) -> bool {
        self.currency.is_zero() && self.company.is_zero()
    }
}

impl AddAssign for Both {
    fn add_assign(&mut self, other: Self) {
        self.currency += other.currency;
        self.company += other.company;
    }
}

impl std::ops::Add for Both {
    type Output = Both;
    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

impl Neg for Both {
    type Output = Both;
    fn neg(self) -> Self {
        self.map(|_, amount| -amount)
    }
}

/// Spreads a difference in units of so many decimals over shares, the largest first: each gets its part, and what is
/// left then goes to the largest ones, a unit each.
pub fn spread(delta: Decimal, decimals: u32, shares: &[Decimal]) -> Vec<Decimal> {
    let mut out = vec![Decimal::ZERO; shares.len()];
    let unit = Decimal::new(1, decimals.min(28));
    let units = over(delta.abs(), unit).round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven);
    if rounded(delta, unit).is_zero() || shares.is_empty() {
        return out;
    }
    let step = if delta.is_sign_negative() { -unit } else { unit };
    let mut order: Vec<(usize, Decimal)> = shares.iter().map(|share| share.abs()).enumerate().collect();
    order.sort_by_key(|(_, share)| std::cmp::Reverse(*share));
    let sum: Decimal = order.iter().map(|(_, share)| *share).sum();
    let mut left = units;
    let mut give = |place: usize, count: Decimal| {
        if let Some(amount) = out.get_mut(place) {
            *amount += times(count, step);
        }
    };
    for (place, share) in &order {
        let part = if sum.is_zero() { over(Decimal::ONE, Decimal::from(order.len())) } else { over(*share, sum) };
        let wanted = times(part, units).round_dp_with_strategy(10, RoundingStrategy::MidpointNearestEven);
        let count = wanted.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven).min(left);
        left -= count;
        give(*place, count);
    }
    for (place, _) in &order {
        if left.is_zero() {
            break;
        }
        left -= Decimal::ONE;
        give(*place, Decimal::ONE);
    }
    out
}
