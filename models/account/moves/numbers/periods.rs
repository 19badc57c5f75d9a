//! The periods within which entries are counted.

use chrono::{Datelike, Months, NaiveDate};

/// When numbers begin at one again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reset {
    Never,
    Year,
    /// With the fiscal year.
    YearRange,
    Month,
    /// With the month; the name says the fiscal year.
    YearRangeMonth,
}

/// The last day of a company's fiscal year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fiscal {
    pub day: u32,
    pub month: u32,
}

impl Default for Fiscal {
    fn default() -> Self {
        Fiscal { day: 31, month: 12 }
    }
}

/// Days that share a counter, and the years that their names say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub year: i32,
    pub year_end: i32,
}

/// The number of days of a month.
fn days(year: i32, month: u32) -> u32 {
    let first = NaiveDate::from_ymd_opt(year, month, 1);
    first.and_then(|first| (first + Months::new(1)).pred_opt()).map_or(31, |last| last.day())
}

/// The last day of a month.
pub fn month_end(day: NaiveDate) -> NaiveDate {
    day.with_day(days(day.year(), day.month())).unwrap_or(day)
}

fn last_of(fiscal_day: u32, year: i32, month: u32) -> NaiveDate {
    let longest = days(year, month);
    let day = if month == 2 && (fiscal_day == 28 || fiscal_day == longest) { longest } else { fiscal_day.min(longest) };
    NaiveDate::from_ymd_opt(year, month, day.max(1)).unwrap_or(NaiveDate::MIN)
}

/// The day of a fiscal year's end in the year of a day.
pub(super) fn nominal_end(day: NaiveDate, fiscal: Fiscal) -> NaiveDate {
    let last = fiscal.day.min(days(day.year(), fiscal.month)).max(1);
    NaiveDate::from_ymd_opt(day.year(), fiscal.month, last).unwrap_or(day)
}

/// The fiscal year that a day is in.
pub fn fiscal_year(day: NaiveDate, fiscal: Fiscal) -> (NaiveDate, NaiveDate) {
    let end = last_of(fiscal.day, day.year(), fiscal.month);
    let before = |year: i32| last_of(end.day(), year, fiscal.month);
    let after = |day: NaiveDate| day.succ_opt().unwrap_or(day);
    if day <= end { (after(before(day.year() - 1)), end) } else { (after(end), before(day.year() + 1)) }
}

impl Period {
    /// The period of a day.
    pub fn of(reset: Reset, day: NaiveDate, fiscal: Fiscal) -> Period {
        let year = day.year();
        let date = |month, of_month| NaiveDate::from_ymd_opt(year, month, of_month).unwrap_or(day);
        let (from, to) = match reset {
            // A name that never begins anew says no year.
            Reset::Never => (NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or(day), NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(day)),
            Reset::Year => (date(1, 1), date(12, 31)),
            Reset::YearRange => fiscal_year(day, fiscal),
            Reset::Month => (date(day.month(), 1), month_end(day)),
            Reset::YearRangeMonth => split_month(day, fiscal),
        };
        let said = if reset == Reset::YearRangeMonth { fiscal_year(day, fiscal) } else { (from, to) };
        Period { from, to, year: said.0.year(), year_end: said.1.year() }
    }
}

/// The month of a day; the month in which a fiscal year ends before its last day is two periods.
fn split_month(day: NaiveDate, fiscal: Fiscal) -> (NaiveDate, NaiveDate) {
    let (first, last) = (day.with_day(1).unwrap_or(day), month_end(day));
    if fiscal.month != day.month() || fiscal.day >= last.day() {
        (first, last)
    } else if day.day() <= fiscal.day {
        (first, first.with_day(fiscal.day).unwrap_or(last))
    } else {
        (first.with_day(fiscal.day + 1).unwrap_or(first), last)
    }
}
