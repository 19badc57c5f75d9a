//! Dates of billing cycles.

use chrono::{Datelike, Months, NaiveDate};

/// The same day some months later; the last day of a shorter month.
pub fn months_later(date: NaiveDate, months: u32) -> NaiveDate {
    date.checked_add_months(Months::new(months)).unwrap_or(date)
}

/// The next start of a cycle. With an anchor day a cycle that was cut short by February comes back to its day.
pub fn next_cycle(date: NaiveDate, anchor: u32) -> NaiveDate {
    let next = months_later(date, 1);
    if anchor == 0 {
        return next;
    }
    (1..=anchor.min(31)).rev().find_map(|day| NaiveDate::from_ymd_opt(next.year(), next.month(), day)).unwrap_or(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_months_do_not_move_an_anchored_cycle() {
        let date = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap_or_default();
        assert_eq!(next_cycle(date(2024, 1, 31), 0), date(2024, 2, 29));
        assert_eq!(next_cycle(date(2024, 2, 29), 0), date(2024, 3, 29));
        assert_eq!(next_cycle(date(2024, 2, 29), 31), date(2024, 3, 31));
        assert_eq!(next_cycle(date(2024, 12, 31), 31), date(2025, 1, 31));
    }
}
