use chrono::NaiveDate;

use super::dates::{Lock, Locks, Which, accounting_date};
use crate::account::moves::numbers::periods::Reset;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Days, and which the reference makes of them.
#[test]
fn entries_are_dated_as_recorded() {
    let mut seen = 0;
    for line in include_str!("../../../../fixtures/books/accounting_dates.tsv").lines().filter(|line| !line.starts_with('#')) {
        let [of, today, document, closed, reset, expected] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let reset = match reset {
            "never" => Some(Reset::Never),
            "year" => Some(Reset::Year),
            "year_range" => Some(Reset::YearRange),
            "month" => Some(Reset::Month),
            "year_range_month" => Some(Reset::YearRangeMonth),
            _ => None,
        };
        let found = accounting_date(day(of), day(today), document == "sale", closed.parse().ok(), reset);
        assert_eq!(found, day(expected), "{line}");
        seen += 1;
    }
    assert!(seen >= 300);
}

#[test]
fn locks_are_told_the_earliest_first() {
    let mut locks = Locks::default();
    locks.set(Lock::Tax, Some(day("2026-03-31")));
    locks.set(Lock::Sale, Some(day("2026-01-31")));
    locks.set(Lock::Hard, Some(day("2025-12-31")));
    let of = |text, which| locks.violated(day(text), which).into_iter().map(|(_, lock)| lock).collect::<Vec<_>>();
    assert_eq!(of("2025-12-31", Which { tax: true, ..Which::of_journal("sale") }), [Lock::Hard, Lock::Sale, Lock::Tax]);
    assert_eq!(of("2026-01-31", Which::of_journal("purchase")), []);
    assert_eq!(of("2026-01-31", Which::of_journal("sale")), [Lock::Sale]);
    assert_eq!(of("2026-02-01", Which::of_journal("sale")), []);
    assert_eq!(locks.fiscal("sale"), Some(day("2026-01-31")));
    assert_eq!(locks.fiscal("general"), Some(day("2025-12-31")));
}
