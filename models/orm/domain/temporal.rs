//! Dates and datetimes: texts that mean them, and conditions on them.
//!
//! ```text
//! text     := ISO date | ISO datetime | [ "today" | "now" ] { offset }
//! offset   := ( "+" | "-" | "=" ) ( NUMBER UNIT | WEEKDAY | "week_start" )
//! UNIT     := "d" | "w" | "m" | "y" | "H" | "M" | "S"
//! ```

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike};
use chrono_tz::Tz;

use crate::error::{Error, Result};
use crate::expr::Delta;
use crate::registry::{Field, Kind};
use crate::sql::{Bind, Cond, Sql};
use crate::value::Value;

use super::condition;
use super::{Host, Op, Operand};

/// What a value says about time. Datetimes are UTC.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Moment {
    Date(NaiveDate),
    DateTime(NaiveDateTime),
}

const WEEKDAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Reads a value. ValueError when it means no moment.
pub(super) fn moment(host: &dyn Host, value: &Value) -> Result<Moment> {
    match value {
        Value::Date(date) => Ok(Moment::Date(*date)),
        Value::DateTime(moment) => Ok(Moment::DateTime(*moment)),
        Value::Str(text) => iso(text).map_or_else(|| relative(host, text), Ok),
        other => Err(bad(&other.py_repr())),
    }
}

fn bad(text: &str) -> Error {
    Error::value(format!("Not a date: {}", text.chars().take(100).collect::<String>()))
}

fn iso(text: &str) -> Option<Moment> {
    if text.len() <= 10 {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
        let compact = || NaiveDate::parse_from_str(text, "%Y%m%d").ok().filter(|_| text.len() == 8);
        return date.or_else(compact).map(Moment::Date);
    }
    let (date, rest) = text.split_at_checked(10)?;
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    let mut rest = rest.chars();
    rest.next()?;
    let time = rest.as_str();
    let formats = ["%H:%M:%S", "%H:%M", "%H:%M:%S%.f"];
    let time = formats.iter().find_map(|format| NaiveTime::parse_from_str(time, format).ok());
    let time = time.or_else(|| NaiveTime::from_hms_opt(rest.as_str().parse().ok().filter(|_| rest.as_str().len() == 2)?, 0, 0))?;
    Some(Moment::DateTime(date.and_time(time)))
}

/// `today -1d`, `now -1H`, `=monday -52w`.
fn relative(host: &dyn Host, text: &str) -> Result<Moment> {
    if text.split_once('-').is_some_and(|(digits, _)| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())) {
        return Err(bad(text));
    }
    let mut terms = text.split_whitespace().peekable();
    let today = match terms.peek() {
        None => return Err(bad(text)),
        Some(&"today") => terms.next().is_some(),
        Some(&"now") => terms.next().is_none(),
        Some(_) => false,
    };
    let tz = host.tz();
    let mut local = tz.from_utc_datetime(&host.now()).naive_local();
    if today {
        local = local.date().and_time(NaiveTime::MIN);
    }
    for term in terms {
        local = offset(host, local, today, term).ok_or_else(|| bad(text))?;
    }
    Ok(if today { Moment::Date(local.date()) } else { Moment::DateTime(to_utc(tz, local)) })
}

fn offset(host: &dyn Host, local: NaiveDateTime, today: bool, term: &str) -> Option<NaiveDateTime> {
    let mut chars = term.chars();
    let sign = chars.next().filter(|c| matches!(c, '+' | '-' | '='))?;
    let rest = chars.as_str();
    if rest.len() < 2 {
        return None;
    }
    let start = host.week_start();
    let weekday = if rest == "week_start" { Some(start) } else { WEEKDAYS.iter().zip(0_u32..).find(|(n, _)| **n == rest).map(|(_, n)| n) };
    if let Some(weekday) = weekday {
        let in_week = |day: u32| i64::from((day + 7 - start % 7) % 7);
        let mut days = in_week(weekday) - in_week(local.weekday().num_days_from_monday());
        match sign {
            '+' if days < 0 => days += 7,
            '-' if days > 0 => days -= 7,
            _ => {}
        }
        let local = if sign == '=' { local.date().and_time(NaiveTime::MIN) } else { local };
        return local.checked_add_signed(Duration::try_days(days)?);
    }
    let unit = rest.chars().next_back()?;
    let number = rest.strip_suffix(unit)?;
    if !number.chars().all(|c| c.is_ascii_digit()) || (today && matches!(unit, 'H' | 'M' | 'S')) {
        return None;
    }
    let number: u32 = number.parse().ok()?;
    let mut delta = Delta::default();
    if sign == '=' {
        let place = ["y", "m", "d", "H", "M", "S"].iter().position(|u| u.starts_with(unit))?;
        *delta.set.get_mut(place)? = Some(number);
        // Setting a part of the date resets the time, setting a part of the time resets what is below.
        for slot in delta.set.iter_mut().skip(place.max(2) + 1) {
            *slot = Some(0);
        }
        return delta.apply(local);
    }
    let number = if sign == '-' { -i64::from(number) } else { i64::from(number) };
    match unit {
        'd' => delta.days = number,
        'w' => delta.days = number * 7,
        'm' => delta.months = number,
        'y' => delta.months = number * 12,
        'H' => delta.seconds = number * 3600,
        'M' => delta.seconds = number * 60,
        'S' => delta.seconds = number,
        _ => return None,
    }
    delta.apply(local)
}

/// A local time as UTC; one that a clock change skips is read with the offset before it.
fn to_utc(tz: Tz, local: NaiveDateTime) -> NaiveDateTime {
    tz.from_local_datetime(&local).latest().map_or_else(
        || {
            let earlier = tz.from_local_datetime(&(local - Duration::hours(3))).latest();
            earlier.map_or(local, |moment| moment.naive_utc() + Duration::hours(3))
        },
        |moment| moment.naive_utc(),
    )
}

/// A day's begin, where the user is, as UTC.
fn midnight(host: &dyn Host, date: NaiveDate) -> NaiveDateTime {
    let local = date.and_time(NaiveTime::MIN);
    if matches!(date.year(), 1 | 9999) { local } else { to_utc(host.tz(), local) }
}

fn date(host: &dyn Host, value: &Value) -> Result<NaiveDate> {
    Ok(match moment(host, value)? {
        Moment::Date(date) => date,
        Moment::DateTime(moment) => moment.date(),
    })
}

/// `in` on a date.
pub(super) fn dates_in(host: &dyn Host, field: &Field, value: Sql, negative: bool, values: &[Value], single: bool) -> Result<Cond> {
    let null = values.iter().any(empty);
    let dates = values.iter().filter(|v| !empty(v)).map(|v| date(host, v).map(Some)).collect::<Result<Vec<_>>>()?;
    let known = match dates.as_slice() {
        [] => Cond::False,
        [one] if single => Cond::Expr(value.clone().push(" = ").push_bind(Bind::Date(*one))),
        _ => Cond::Expr(value.clone().push(" = ANY(").push_bind(Bind::Dates(dates)).push(")")),
    };
    Ok(with_null(field, value, known, null, negative))
}

fn empty(value: &Value) -> bool {
    value.is_empty_mark()
}

/// Adds the question for NULL, then the sign.
fn with_null(field: &Field, value: Sql, known: Cond, null: bool, negative: bool) -> Cond {
    let null = null && condition::can_be_null(field);
    match (known, null, negative) {
        (Cond::False, true, false) => Cond::Expr(value.push(" IS NULL")),
        (Cond::False, true, true) => Cond::Expr(value.push(" IS NOT NULL")),
        (known, false, _) => condition::negated(known, negative),
        (known, true, _) => condition::negated(known.or(Cond::Expr(value.push(" IS NULL"))), negative),
    }
}

/// An inequality on a date. Nothing is before or after an empty date.
pub(super) fn date_compare(host: &dyn Host, value: Sql, op: Op, to: &Value) -> Result<Cond> {
    if empty(to) {
        return Ok(Cond::False);
    }
    Ok(Cond::Expr(value.push(condition::sign(op)).push_bind(Bind::Date(Some(date(host, to)?)))))
}

/// `in` on a datetime: the whole second.
pub(super) fn moments_in(host: &dyn Host, field: &Field, value: Sql, negative: bool, values: &[Value]) -> Result<Cond> {
    let null = values.iter().any(empty);
    let moments = values
        .iter()
        .filter(|v| !empty(v))
        .map(|v| {
            Ok(match moment(host, v)? {
                Moment::Date(date) => midnight(host, date),
                Moment::DateTime(moment) => moment.with_nanosecond(0).unwrap_or(moment),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let known = match moments.as_slice() {
        [] => Cond::False,
        [one] => {
            let from = value.clone().push(" >= ").push_bind(Bind::Timestamp(Some(*one)));
            let to = value.clone().push(" < ").push_bind(Bind::Timestamp(one.checked_add_signed(Duration::seconds(1))));
            Cond::Expr(Sql::lit("(").push_sql(from).push(" AND ").push_sql(to).push(")"))
        }
        _ => {
            let second = Sql::lit("date_trunc('second', ").push_sql(value.clone()).push(") = ANY(");
            Cond::Expr(second.push_bind(Bind::Timestamps(moments.into_iter().map(Some).collect())).push(")"))
        }
    };
    Ok(with_null(field, value, known, null, negative))
}

/// An inequality on a datetime. A bare date stands for its whole day, a datetime for its whole second.
pub(super) fn moment_compare(host: &dyn Host, value: Sql, op: Op, to: &Value) -> Result<Cond> {
    if empty(to) {
        return Ok(Cond::False);
    }
    let (from, next) = match moment(host, to)? {
        Moment::Date(date) => {
            let from = midnight(host, date);
            (from, from.checked_add_signed(Duration::days(1)))
        }
        Moment::DateTime(moment) => {
            let moment = moment.with_nanosecond(0).unwrap_or(moment);
            (moment, moment.checked_add_signed(Duration::seconds(1)))
        }
    };
    let (sign, bound) = match op {
        Op::Ge => (" >= ", Some(from)),
        Op::Lt => (" < ", Some(from)),
        Op::Gt => (" >= ", next),
        _ => (" < ", next),
    };
    Ok(match bound {
        Some(bound) => Cond::Expr(value.push(sign).push_bind(Bind::Timestamp(Some(bound)))),
        None if op == Op::Gt => Cond::False,
        None => Cond::Expr(value.push(" IS NOT NULL")),
    })
}

/// `field.month_number` and friends, where the user is.
pub(super) fn part_condition(host: &dyn Host, field: &Field, value: Sql, part: &str, op: Op, operand: &Operand) -> Result<Cond> {
    let (open, close) = match part {
        "year_number" => ("EXTRACT(YEAR FROM ", ")::int4"),
        "quarter_number" => ("EXTRACT(QUARTER FROM ", ")::int4"),
        "month_number" => ("EXTRACT(MONTH FROM ", ")::int4"),
        "iso_week_number" => ("EXTRACT(WEEK FROM ", ")::int4"),
        "day_of_year" => ("EXTRACT(DOY FROM ", ")::int4"),
        "day_of_month" => ("EXTRACT(DAY FROM ", ")::int4"),
        "day_of_week" => ("EXTRACT(DOW FROM ", ")::int4"),
        "hour_number" => ("EXTRACT(HOUR FROM ", "::timestamp)::int4"),
        "minute_number" => ("EXTRACT(MINUTE FROM ", "::timestamp)::int4"),
        "second_number" => ("FLOOR(EXTRACT(SECOND FROM ", "::timestamp))::int4"),
        other => return Err(Error::value(format!("'{}' has no part '{other}'", field.name))),
    };
    let local = if field.kind == Kind::Datetime && host.tz() != Tz::UTC {
        let zone = Bind::text(host.tz().name());
        Sql::lit("((").push_sql(value).push(" AT TIME ZONE 'UTC') AT TIME ZONE ").push_bind(zone).push(")")
    } else {
        value
    };
    let number = Sql::lit(open).push_sql(local).push(close);
    // A part is a number for which 0 is not empty: it compares as ids do.
    let as_number = Field { kind: Kind::Many2one, column: None, not_null: false, ..field.clone() };
    condition::scalar(host, &as_number, number, op.is_negative(), &condition::test(op, operand)?)
}
