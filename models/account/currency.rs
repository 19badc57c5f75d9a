//! A currency as a value.

use std::cmp::Ordering;

use lastmile_orm::{Id, money};
use rust_decimal::Decimal;

/// A currency, and the unit that its amounts are multiples of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Currency {
    pub id: Id,
    pub rounding: Decimal,
}

impl Currency {
    /// Rounds an amount, half away from zero.
    pub fn round(self, amount: Decimal) -> Decimal {
        money::round_to(amount, self.rounding)
    }

    /// Whether nothing is left of an amount once it is rounded.
    pub fn is_zero(self, amount: Decimal) -> bool {
        self.round(amount).is_zero()
    }

    /// The order of two amounts once both are rounded.
    pub fn compare(self, a: Decimal, b: Decimal) -> Ordering {
        self.round(a).cmp(&self.round(b))
    }

    /// The decimals of its amounts.
    pub fn decimals(self) -> u32 {
        money::decimal_places(self.rounding)
    }
}
