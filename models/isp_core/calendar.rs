//! Dates of billing cycles.

use chrono::{Datelike, Months, NaiveDate};

/// The day of a moment (UTC) in a time zone.
pub fn day_in(zone: Option<chrono_tz::Tz>, at: chrono::NaiveDateTime) -> NaiveDate {
    zone.map_or(at.date(), |zone| at.and_utc().with_timezone(&zone).date_naive())
}

/// Months of a cycle of a plan (`isp.service_plan.billing_cycle`).
pub fn cycle_months(cycle: &str) -> u32 {
    match cycle {
        "quarterly" => 3,
        "yearly" => 12,
        _ => 1,
    }
}

/// The same day some months later; the last day of a shorter month.
pub fn months_later(date: NaiveDate, months: u32) -> NaiveDate {
    date.checked_add_months(Months::new(months)).unwrap_or(date)
}

/// The start of the cycle after the one that starts on `date`. With an anchor day a cycle that was cut short by a
/// shorter month comes back to its day; without one it goes on from where it is.
pub fn next_cycle(date: NaiveDate, months: u32, anchor: Option<u32>) -> NaiveDate {
    anchored(months_later(date, months), anchor)
}

/// The start of the cycle before the one that starts on `date`.
pub fn previous_cycle(date: NaiveDate, months: u32, anchor: Option<u32>) -> NaiveDate {
    anchored(date.checked_sub_months(Months::new(months)).unwrap_or(date), anchor)
}

/// The anchor day in the month of a date; its last day where it has none.
fn anchored(date: NaiveDate, anchor: Option<u32>) -> NaiveDate {
    match anchor {
        Some(anchor @ 1..=31) => (1..=anchor).rev().find_map(|day| NaiveDate::from_ymd_opt(date.year(), date.month(), day)).unwrap_or(date),
        _ => date,
    }
}

/// Starts of the cycles that begin up to and with a day, at most `limit` of them.
pub fn starts_until(first: NaiveDate, until: NaiveDate, months: u32, anchor: Option<u32>, limit: usize) -> Vec<NaiveDate> {
    let next = |date: &NaiveDate| Some(next_cycle(*date, months, anchor)).filter(|next| next > date);
    std::iter::successors(Some(first), next).take_while(|date| *date <= until).take(limit).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap_or_default()
    }

    #[test]
    fn short_months_do_not_move_an_anchored_cycle() {
        assert_eq!(next_cycle(date(2024, 1, 31), 1, None), date(2024, 2, 29));
        assert_eq!(next_cycle(date(2024, 2, 29), 1, None), date(2024, 3, 29));
        assert_eq!(next_cycle(date(2024, 2, 29), 1, Some(31)), date(2024, 3, 31));
        assert_eq!(next_cycle(date(2024, 12, 31), 1, Some(31)), date(2025, 1, 31));
        assert_eq!(next_cycle(date(2024, 11, 30), 3, Some(31)), date(2025, 2, 28));
        assert_eq!(next_cycle(date(2024, 2, 29), 12, Some(29)), date(2025, 2, 28));
        assert_eq!(next_cycle(date(2027, 2, 28), 12, Some(29)), date(2028, 2, 29));
        assert_eq!(previous_cycle(date(2024, 3, 31), 1, Some(31)), date(2024, 2, 29));
    }

    #[test]
    fn missed_cycles_are_those_up_to_the_day() {
        let starts = starts_until(date(2024, 1, 31), date(2024, 4, 30), 1, Some(31), 100);
        assert_eq!(starts, [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)]);
        assert!(starts_until(date(2024, 2, 1), date(2024, 1, 31), 1, None, 100).is_empty());
        assert_eq!(starts_until(date(2024, 1, 1), date(2030, 1, 1), 1, None, 5).len(), 5);
    }

    proptest! {
        /// Cycle after cycle, whatever the months between: the anchor day, or the month's last day where it has none.
        #[test]
        fn an_anchored_cycle_never_drifts(days in 0_i64..40_000, months in prop::sample::select(vec![1_u32, 3, 12]), rounds in 1_usize..60) {
            let first = date(2000, 1, 1) + chrono::TimeDelta::days(days);
            let anchor = first.day();
            let mut at = first;
            for round in 1..=rounds {
                at = next_cycle(at, months, Some(anchor));
                let month = (first.month0() + months * u32::try_from(round).unwrap()) % 12 + 1;
                prop_assert_eq!(at.month(), month);
                let last = at.day() == anchor || (at.day() < anchor && at.succ_opt().unwrap().day() == 1);
                prop_assert!(last, "{} of anchor {}", at, anchor);
            }
            prop_assert_eq!(at, months_later(first, months * u32::try_from(rounds).unwrap()));
        }

        /// Cycles follow each other without gaps: what comes before the next one is this one.
        #[test]
        fn forth_and_back(days in 0_i64..40_000, months in prop::sample::select(vec![1_u32, 3, 12])) {
            let first = date(2000, 1, 1) + chrono::TimeDelta::days(days);
            let anchor = Some(first.day());
            let next = next_cycle(first, months, anchor);
            prop_assert!(next > first);
            prop_assert_eq!(previous_cycle(next, months, anchor), first);
        }

        /// Without an anchor the day only ever falls.
        #[test]
        fn without_an_anchor_days_are_kept_or_cut(days in 0_i64..40_000) {
            let first = date(2000, 1, 1) + chrono::TimeDelta::days(days);
            let next = next_cycle(first, 1, None);
            prop_assert!(next.day() <= first.day());
            prop_assert!(next.day() == first.day() || next.succ_opt().unwrap().day() == 1);
        }
    }
}
