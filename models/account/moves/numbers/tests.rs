use proptest::prelude::*;

use super::pattern::{Pattern, counts_closer, split};
use super::periods::{Fiscal, Period, Reset, fiscal_year};
use chrono::{Datelike, NaiveDate};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn reset(text: &str) -> Reset {
    match text {
        "never" => Reset::Never,
        "year" => Reset::Year,
        "year_range" => Reset::YearRange,
        "month" => Reset::Month,
        "year_range_month" => Reset::YearRangeMonth,
        other => panic!("{other}"),
    }
}

/// Names and what the reference makes of them.
#[test]
fn names_are_taken_apart_as_recorded() {
    let recorded = include_str!("../../../../fixtures/books/names.tsv");
    let mut seen = 0;
    for line in recorded.lines().filter(|line| !line.starts_with('#')) {
        let [name, begins, prefix, number, next, fits, months, years] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let pattern = Pattern::parse(name, None).unwrap();
        assert_eq!(pattern.reset, reset(begins), "{name}");
        assert_eq!(split(name, None), (prefix.to_owned(), number.parse().unwrap()), "{name}");
        let days = ["2026-03-15", "2027-12-01", "2025-05-01", "2020-01-20"];
        let found: String =
            days.iter().map(|d| if name.is_empty() || pattern.fits(day(d), Fiscal::default()) { 'y' } else { 'n' }).collect();
        assert_eq!(found, fits, "{name}");
        assert_eq!(counts_closer(prefix, Reset::Year), months == "y", "{name}");
        assert_eq!(counts_closer(prefix, Reset::Never), years == "y", "{name}");
        assert_eq!(pattern.next().render(), next, "{name}");
        seen += 1;
    }
    assert!(seen > 400);
}

#[test]
fn fiscal_years_end_where_they_are_told() {
    let june = Fiscal { day: 30, month: 6 };
    assert_eq!(fiscal_year(day("2026-06-30"), june), (day("2025-07-01"), day("2026-06-30")));
    assert_eq!(fiscal_year(day("2026-07-01"), june), (day("2026-07-01"), day("2027-06-30")));
    let february = Fiscal { day: 28, month: 2 };
    assert_eq!(fiscal_year(day("2028-02-29"), february), (day("2027-03-01"), day("2028-02-29")));
    let middle = Fiscal { day: 10, month: 6 };
    let period = Period::of(Reset::YearRangeMonth, day("2026-06-11"), middle);
    assert_eq!((period.from, period.to, period.year, period.year_end), (day("2026-06-11"), day("2026-06-30"), 2026, 2027));
    let period = Period::of(Reset::YearRangeMonth, day("2026-06-10"), middle);
    assert_eq!((period.from, period.to, period.year, period.year_end), (day("2026-06-01"), day("2026-06-10"), 2025, 2026));
}

#[test]
fn own_expressions_say_what_counts() {
    let own = super::pattern::own_expression(Some(r"(?P<prefix1>.*?)(?P<seq>\d{0,9})(?P<suffix>/\d{4})$")).unwrap();
    let pattern = Pattern::parse("A0012/2026", Some(&own)).unwrap();
    assert_eq!(pattern.reset, Reset::Never);
    assert_eq!(pattern.next().render(), "A0013/2026");
    assert_eq!(split("A0012/2026", Some(&own)), ("A".to_owned(), 12));
    assert!(Pattern::parse("A0012", Some(&own)).is_err());
}

proptest! {
    /// A name taken apart is the name; the next one keeps the pattern and counts one more.
    #[test]
    fn names_come_back(prefix in "[A-Z]{1,4}", year in 1900..2200_i32, month in 1..13_u32, number in 1..99_998_i128, kind in 0..5_usize) {
        let end = (year + 1) % 100;
        let name = match kind {
            0 => format!("{prefix}{number:05}"),
            1 => format!("{prefix}/{year}/{number:05}"),
            2 => format!("{prefix}/{year}/{month:02}/{number:04}"),
            3 => format!("{prefix}/{year}-{end:02}/{number:04}"),
            _ => format!("{prefix}/{year}-{end:02}/{month:02}/{number:04}"),
        };
        let pattern = Pattern::parse(&name, None).unwrap();
        prop_assert_eq!(pattern.render(), name);
        let next = pattern.clone().next();
        let again = Pattern::parse(&next.render(), None).unwrap();
        prop_assert_eq!(again.number, number + 1);
        prop_assert_eq!(again.reset, pattern.reset);
    }

    /// A restarted pattern fits the day that it was restarted for, and no day of another period.
    #[test]
    fn restarted_names_fit_their_day(year in 1990..2100_i32, ordinal in 1..366_u32, other in 0..700_i64, kind in 1..5_usize, month in 1..13_u32, last in 1..32_u32) {
        let fiscal = Fiscal { day: last, month };
        let date = NaiveDate::from_yo_opt(year, ordinal).unwrap();
        let name = ["", "A/2026/0007", "A/2026/01/0007", "A/2026-2027/0007", "A/2026-2027/01/0007"][kind];
        let pattern = Pattern::parse(name, None).unwrap();
        let period = Period::of(pattern.reset, date, fiscal);
        let first = pattern.restarted(&period, date.month()).next();
        prop_assert_eq!(first.number, 1);
        prop_assume!(period.year != period.year_end || kind < 3);
        let first = Pattern::parse(&first.render(), None).unwrap();
        prop_assert!(first.fits(date, fiscal), "{} {:?}", first.render(), date);
        let later = date + chrono::Days::new(other as u64);
        let same = Period::of(first.reset, later, fiscal);
        if (same.year, same.year_end) != (period.year, period.year_end) {
            prop_assert!(!first.fits(later, fiscal));
        }
    }

    /// Fiscal years follow each other without a day between.
    #[test]
    fn fiscal_years_are_seamless(year in 1990..2100_i32, ordinal in 1..366_u32, month in 1..13_u32, last in 1..32_u32) {
        let fiscal = Fiscal { day: last, month };
        let date = NaiveDate::from_yo_opt(year, ordinal).unwrap();
        let (from, to) = fiscal_year(date, fiscal);
        prop_assert!(from <= date && date <= to);
        prop_assert_eq!(fiscal_year(to.succ_opt().unwrap(), fiscal).0, to.succ_opt().unwrap());
        prop_assert_eq!(fiscal_year(from.pred_opt().unwrap(), fiscal).1, from.pred_opt().unwrap());
    }
}
