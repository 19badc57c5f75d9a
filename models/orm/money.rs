//! Decimal amounts: how they are read, rounded, and given to clients.
//!
//! Monetary fields and floats with a fixed number of digits are decimals from the row to the wire; only there do
//! they become the doubles that clients have always been sent. Rounding is half away from zero, to a multiple of a
//! currency's `rounding` (0.01, 1, 0.05) or to the digits of a field, as Odoo rounds.

use rust_decimal::{Decimal, RoundingStrategy};

/// The most decimals that a [`Decimal`] holds.
const MOST_DECIMALS: u32 = 28;

/// Powers of ten that a double holds exactly.
const EXACT_POWERS: [f64; 23] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

/// The decimal that a double is written as: its shortest digits that read back the same. `None` for what no decimal
/// holds: infinite, not a number, beyond 28 digits before the point.
pub fn from_f64(x: f64) -> Option<Decimal> {
    if x == 0.0 {
        return Some(Decimal::ZERO);
    }
    if !x.is_finite() {
        return None;
    }
    let text = x.to_string();
    text.parse().ok()
}

/// The double nearest to a decimal, as Python's `float(Decimal)`.
pub fn to_f64(amount: Decimal) -> f64 {
    let (mantissa, scale) = (amount.mantissa(), amount.scale() as usize);
    if mantissa.unsigned_abs() < 1 << 53
        && let Some(power) = EXACT_POWERS.get(scale)
    {
        // Both are exact, so that the one division rounds once.
        #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
        return mantissa as f64 / power;
    }
    amount.to_string().parse().unwrap_or(0.0)
}

/// Rounds to a number of decimals, half away from zero: 2.675 → 2.68. The result has exactly these decimals.
pub fn round_digits(amount: Decimal, decimals: u32) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(decimals.min(MOST_DECIMALS), RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(decimals.min(MOST_DECIMALS));
    positive_zero(rounded)
}

/// Rounds to a multiple of a currency's rounding, half away from zero; a rounding of zero or less leaves the amount.
/// The result has the decimals of the rounding.
pub fn round_to(amount: Decimal, rounding: Decimal) -> Decimal {
    if rounding <= Decimal::ZERO {
        return amount;
    }
    let unit = rounding.normalize();
    let Some(steps) = amount.checked_div(unit) else { return amount };
    let steps = steps.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    let Some(mut rounded) = steps.checked_mul(unit) else { return amount };
    rounded.rescale(decimal_places(unit));
    positive_zero(rounded)
}

/// The decimals that amounts of a currency have: 2 for 0.01, 1 for 0.5, 0 for 1 and 10.
pub fn decimal_places(rounding: Decimal) -> u32 {
    let unit = rounding.normalize();
    if unit <= Decimal::ZERO || unit >= Decimal::ONE { 0 } else { unit.scale() }
}

/// There is no negative nothing.
fn positive_zero(mut amount: Decimal) -> Decimal {
    if amount.is_zero() {
        amount.set_sign_positive(true);
    }
    amount
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn halves_go_away_from_zero() {
        for (x, y) in [
            ("2.675", "2.68"),
            ("10.005", "10.01"),
            ("19.999", "20.00"),
            ("-0.001", "0.00"),
            ("1.005", "1.01"),
            ("-2.675", "-2.68"),
            ("2.674", "2.67"),
        ] {
            assert_eq!(round_digits(decimal(x), 2).to_string(), y, "{x}");
            assert_eq!(round_to(decimal(x), decimal("0.010000")).to_string(), y, "{x}");
        }
    }

    #[test]
    fn currencies_round_to_their_unit() {
        for (x, unit, y) in [
            ("1234.5", "1.000000", "1235"),
            ("-1234.5", "1", "-1235"),
            ("10.024", "0.05", "10.00"),
            ("10.025", "0.05", "10.05"),
            ("14", "10", "10"),
            ("15", "10", "20"),
            ("1.23456", "0", "1.23456"),
            ("0.0005", "0.001", "0.001"),
        ] {
            assert_eq!(round_to(decimal(x), decimal(unit)).to_string(), y, "{x} by {unit}");
        }
        for (unit, places) in [("0.01", 2), ("0.050000", 2), ("0.5", 1), ("1.000000", 0), ("10", 0), ("0.001", 3)] {
            assert_eq!(decimal_places(decimal(unit)), places, "{unit}");
        }
    }

    /// Amounts of every size, with up to eight decimals.
    fn amounts() -> impl Strategy<Value = Decimal> {
        (any::<i64>(), 0_u32..60, 0_u32..9).prop_map(|(digits, shift, scale)| Decimal::new(digits >> shift, scale))
    }

    proptest! {
        #[test]
        fn rounding_is_near_idempotent_and_symmetric(amount in amounts()) {
            for unit in ["0.01", "0.05", "1", "10", "0.001"] {
                let unit = decimal(unit);
                let rounded = round_to(amount, unit);
                prop_assert!((rounded - amount).abs() * Decimal::TWO <= unit, "{amount} by {unit}: {rounded}");
                prop_assert_eq!(round_to(rounded, unit), rounded);
                prop_assert_eq!(round_to(-amount, unit), -rounded);
                prop_assert_eq!((rounded / unit).fract(), Decimal::ZERO);
            }
        }

        #[test]
        fn doubles_are_those_that_the_digits_read_as(amount in amounts()) {
            let double: f64 = amount.to_string().parse().unwrap();
            prop_assert_eq!(to_f64(amount), double);
            // Fifteen digits survive the way through a double.
            if amount.mantissa().unsigned_abs() < 1_000_000_000_000_000 {
                prop_assert_eq!(from_f64(double), Some(amount));
            }
        }
    }

    #[test]
    fn some_doubles_are_no_amounts() {
        for x in [f64::NAN, f64::INFINITY, 1e300, -1e29] {
            assert_eq!(from_f64(x), None);
        }
    }
}
