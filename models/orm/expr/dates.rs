//! Spans of time and `strftime`.

use chrono::{Datelike, Days, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use crate::error::{Error, Result};
use crate::value::Value;

/// `relativedelta` and `timedelta`: parts to set, then months, then days and seconds to add.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Delta {
    pub months: i64,
    pub days: i64,
    pub seconds: i64,
    /// Parts to set: year, month, day, hour, minute, second.
    pub set: [Option<u32>; 6],
    /// A weekday to move to (0 is Monday) and which one (1: this or the next, -1: this or the last).
    pub weekday: Option<(u32, i64)>,
}

impl Delta {
    /// From the arguments of `relativedelta(…)` and `timedelta(…)`.
    pub(super) fn from_args(args: &[(String, f64)]) -> Result<Self> {
        let mut delta = Delta::default();
        for (name, amount) in args {
            #[expect(clippy::cast_possible_truncation, reason = "spans beyond i64 saturate and then overflow the date")]
            let whole = *amount as i64;
            #[expect(clippy::cast_possible_truncation, reason = "as above")]
            let seconds = |unit: f64| (*amount * unit) as i64;
            let part = |n: usize, delta: &mut Delta| {
                if let (Some(slot), Ok(value)) = (delta.set.get_mut(n), u32::try_from(whole)) {
                    *slot = Some(value);
                }
            };
            match name.as_str() {
                "years" => delta.months = delta.months.saturating_add(whole.saturating_mul(12)),
                "months" => delta.months = delta.months.saturating_add(whole),
                "weeks" => delta.seconds = delta.seconds.saturating_add(seconds(604_800.0)),
                "days" => delta.seconds = delta.seconds.saturating_add(seconds(86_400.0)),
                "hours" => delta.seconds = delta.seconds.saturating_add(seconds(3600.0)),
                "minutes" => delta.seconds = delta.seconds.saturating_add(seconds(60.0)),
                "seconds" => delta.seconds = delta.seconds.saturating_add(seconds(1.0)),
                "microseconds" | "milliseconds" | "microsecond" => {}
                "year" => part(0, &mut delta),
                "month" => part(1, &mut delta),
                "day" => part(2, &mut delta),
                "hour" => part(3, &mut delta),
                "minute" => part(4, &mut delta),
                "second" => part(5, &mut delta),
                "weekday" => delta.weekday = Some((u32::try_from(whole.rem_euclid(7)).unwrap_or(0), 1)),
                other => return Err(Error::type_(format!("'{other}' is an invalid keyword argument for a span"))),
            }
        }
        // Whole days stay days, so that a date moves by them and ignores the rest.
        delta.days += delta.seconds / 86_400;
        delta.seconds %= 86_400;
        Ok(delta)
    }

    /// The opposite span. Parts to set stay, as in Python.
    #[must_use]
    pub fn negated(self) -> Self {
        Delta { months: self.months.saturating_neg(), days: self.days.saturating_neg(), seconds: self.seconds.saturating_neg(), ..self }
    }

    /// Both spans.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let mut set = self.set;
        for (slot, value) in set.iter_mut().zip(other.set) {
            *slot = value.or(*slot);
        }
        Delta {
            months: self.months.saturating_add(other.months),
            days: self.days.saturating_add(other.days),
            seconds: self.seconds.saturating_add(other.seconds),
            set,
            weekday: other.weekday.or(self.weekday),
        }
    }

    /// The moment moved by the span. `None`: out of range.
    pub fn apply(&self, moment: NaiveDateTime) -> Option<NaiveDateTime> {
        let [year, month, day, hour, minute, second] = self.set;
        let year = year.map_or(Some(moment.year()), |y| i32::try_from(y).ok())?;
        let first = NaiveDate::from_ymd_opt(year, month.unwrap_or(moment.month()), 1)?;
        let months = u32::try_from(self.months.unsigned_abs()).ok()?;
        let first =
            if self.months < 0 { first.checked_sub_months(Months::new(months)) } else { first.checked_add_months(Months::new(months)) }?;
        let last = first.checked_add_months(Months::new(1))?.pred_opt()?.day();
        let date = first.with_day(day.unwrap_or(moment.day()).min(last))?;
        let time =
            NaiveTime::from_hms_opt(hour.unwrap_or(moment.hour()), minute.unwrap_or(moment.minute()), second.unwrap_or(moment.second()))?;
        let days = Days::new(self.days.unsigned_abs());
        let date = if self.days < 0 { date.checked_sub_days(days) } else { date.checked_add_days(days) }?;
        let mut out = date.and_time(time).checked_add_signed(Duration::try_seconds(self.seconds)?)?;
        if let Some((weekday, nth)) = self.weekday {
            let ahead = i64::from((weekday + 7 - out.weekday().num_days_from_monday()) % 7);
            let days = if nth > 0 { ahead + (nth - 1) * 7 } else { (ahead + 7 * nth) + if ahead == 0 { 7 } else { 0 } };
            out = out.checked_add_signed(Duration::try_days(days)?)?;
        }
        (1..=9999).contains(&out.year()).then_some(out)
    }

    /// Moves a date or datetime.
    pub(super) fn shift(&self, value: &Value) -> Result<Value> {
        let out_of_range = || Error::Builtin(crate::error::Builtin::OverflowError, "date value out of range".into());
        match value {
            Value::Date(date) => {
                let keeps_time = self.set.iter().skip(3).any(Option::is_some) || self.seconds != 0;
                let moved = self.apply(date.and_time(NaiveTime::MIN)).ok_or_else(out_of_range)?;
                Ok(if keeps_time { Value::DateTime(moved) } else { Value::Date(moved.date()) })
            }
            Value::DateTime(moment) => self.apply(*moment).map(Value::DateTime).ok_or_else(out_of_range),
            other => Err(Error::type_(format!("unsupported operand: {} and a span", other.type_name()))),
        }
    }
}

/// Python's `strftime`, for the directives that both sides know.
pub(super) fn strftime(moment: NaiveDateTime, format: &str) -> Result<String> {
    use std::fmt::Write;
    let mut out = String::new();
    write!(out, "{}", moment.format(format)).map_err(|_| Error::value("Invalid format of a date"))?;
    Ok(out)
}
