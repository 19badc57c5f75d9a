//! Periods of dates: where they begin, end, and how they are called.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike};
use chrono_tz::Tz;

use crate::error::Result;
use crate::sql::{Bind, Sql};
use crate::value::Value;

use super::locale::Locale;

/// How dates fall into groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granularity {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    /// A number of the date: its name on the wire and in PostgreSQL.
    Part(&'static str, &'static str),
}

const PERIODS: &[(&str, Granularity)] = &[
    ("hour", Granularity::Hour),
    ("day", Granularity::Day),
    ("week", Granularity::Week),
    ("month", Granularity::Month),
    ("quarter", Granularity::Quarter),
    ("year", Granularity::Year),
];

const PARTS: &[(&str, &str)] = &[
    ("year_number", "year"),
    ("quarter_number", "quarter"),
    ("month_number", "month"),
    ("iso_week_number", "week"),
    ("day_of_year", "doy"),
    ("day_of_month", "day"),
    ("day_of_week", "dow"),
    ("hour_number", "hour"),
    ("minute_number", "minute"),
    ("second_number", "second"),
];

impl Granularity {
    /// From its name on the wire.
    pub fn parse(name: &str) -> Option<Self> {
        let period = PERIODS.iter().find(|(known, _)| *known == name).map(|(_, granularity)| *granularity);
        period.or_else(|| PARTS.iter().find(|(known, _)| *known == name).map(|(wire, part)| Granularity::Part(wire, part)))
    }

    /// The begin of the period of a date, or the number of its part. `value` is a date, or a UTC datetime when
    /// `zone` is given. The caller groups by position, because binds make two prints of it two expressions.
    pub(super) fn sql(self, value: Sql, zone: Option<Tz>, week_start: u32) -> Sql {
        let local = match zone {
            Some(zone) => {
                Sql::lit("timezone(").push_bind(Bind::text(zone.name())).push("::text, timezone('UTC', ").push_sql(value).push("))")
            }
            None => value.push("::timestamp"),
        };
        let trunc = |unit: &'static str| Sql::lit("date_trunc('").push(unit).push("', ");
        match self {
            Granularity::Hour => trunc("hour").push_sql(local).push(")"),
            Granularity::Day => trunc("day").push_sql(local).push(")"),
            Granularity::Month => trunc("month").push_sql(local).push(")"),
            Granularity::Quarter => trunc("quarter").push_sql(local).push(")"),
            Granularity::Year => trunc("year").push_sql(local).push(")"),
            Granularity::Week => match i64::from((7 - week_start % 7) % 7) {
                0 => trunc("week").push_sql(local).push(")"),
                // PostgreSQL's weeks begin on Monday: the days are moved there and back.
                days => {
                    let shift = |sign: &'static str| Sql::lit(sign).push("interval '").push_number(days).push(" day'");
                    Sql::lit("(").push_sql(trunc("week")).push_sql(local).push_sql(shift(" + ")).push(")").push_sql(shift(" - ")).push(")")
                }
            },
            Granularity::Part(_, part) => Sql::lit("date_part('").push(part).push("', ").push_sql(local).push(")"),
        }
    }

    /// Whether groups are numbers.
    pub fn is_part(self) -> bool {
        matches!(self, Granularity::Part(..))
    }

    /// The begin of the next period, `count` periods on.
    pub(super) fn after(self, start: NaiveDateTime, count: u32) -> NaiveDateTime {
        let next = match self {
            Granularity::Hour => start.checked_add_signed(TimeDelta::hours(i64::from(count))),
            Granularity::Day | Granularity::Part(..) => start.checked_add_days(Days::new(u64::from(count))),
            Granularity::Week => start.checked_add_days(Days::new(u64::from(count) * 7)),
            Granularity::Month => start.checked_add_months(Months::new(count)),
            Granularity::Quarter => start.checked_add_months(Months::new(count.saturating_mul(3))),
            Granularity::Year => start.checked_add_months(Months::new(count.saturating_mul(12))),
        };
        next.unwrap_or(NaiveDateTime::MAX)
    }

    /// The begin of the period a moment is in.
    pub(super) fn floor(self, at: NaiveDateTime, week_start: u32) -> NaiveDateTime {
        let date = at.date();
        let first = |month: u32| NaiveDate::from_ymd_opt(date.year(), month, 1).unwrap_or(date);
        let date = match self {
            Granularity::Hour => return date.and_time(NaiveTime::from_hms_opt(at.hour(), 0, 0).unwrap_or_default()),
            Granularity::Day | Granularity::Part(..) => date,
            Granularity::Week => {
                let back = (date.weekday().num_days_from_monday() + 7 - week_start % 7) % 7;
                date.checked_sub_days(Days::new(u64::from(back))).unwrap_or(date)
            }
            Granularity::Month => first(date.month()),
            Granularity::Quarter => first((date.month() - 1) / 3 * 3 + 1),
            Granularity::Year => first(1),
        };
        date.and_time(NaiveTime::MIN)
    }

    /// What a period is called.
    pub(super) fn label(self, start: NaiveDateTime, locale: &Locale) -> String {
        let (day, year) = (start.day(), start.year());
        match self {
            Granularity::Hour => {
                let hour = start.hour12().1;
                format!("{hour:02}:00 {day:02} {}", locale.month_short(start.month()))
            }
            Granularity::Day | Granularity::Part(..) => format!("{day:02} {} {year:04}", locale.month_short(start.month())),
            Granularity::Week => {
                let (week, year) = locale.week(start.date());
                format!("W{week} {year:04}")
            }
            Granularity::Month => format!("{} {year:04}", locale.month(start.month())),
            Granularity::Quarter => format!("{}{} {year:04}", locale.quarter(), (start.month() - 1) / 3 + 1),
            Granularity::Year => format!("{year:04}"),
        }
    }
}

/// A local begin as clients and domains say it: a date, or a UTC datetime for datetime fields.
pub(super) fn bound(start: NaiveDateTime, datetime: bool, zone: Option<Tz>) -> Value {
    match (datetime, zone) {
        (false, _) => Value::Date(start.date()),
        (true, None) => Value::DateTime(start),
        (true, Some(zone)) => Value::DateTime(utc(zone, start)),
    }
}

/// A local time as UTC. One that a clock change skips is read with the offset before it.
fn utc(zone: Tz, local: NaiveDateTime) -> NaiveDateTime {
    if let Some(at) = zone.from_local_datetime(&local).earliest() {
        return at.naive_utc();
    }
    let before = zone.from_local_datetime(&(local - TimeDelta::hours(3))).earliest();
    before.map_or(local, |at| at.naive_utc() + TimeDelta::hours(3))
}

/// A moment that a client named, as local time: a date, or a datetime of UTC.
pub(super) fn named(value: &Value, zone: Option<Tz>) -> Result<Option<NaiveDateTime>> {
    let text = match value {
        Value::Str(text) if !text.is_empty() => text,
        _ => return Ok(None),
    };
    let bad = || crate::Error::value(format!("Not a date: {}", text.chars().take(40).collect::<String>()));
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Ok(Some(date.and_time(NaiveTime::MIN)));
    }
    let at = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").map_err(|_| bad())?;
    Ok(Some(zone.map_or(at, |zone| zone.from_utc_datetime(&at).naive_local())))
}
