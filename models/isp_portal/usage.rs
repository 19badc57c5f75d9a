//! What a service carried, by day and by month.

use chrono::{Datelike, NaiveDate, TimeDelta};
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result, Value};
use serde::Serialize;

use super::owner::me;
use crate::mail::formats::Formats;

/// Days that are shown one by one.
const DAYS: i64 = 30;

/// What was carried within a time, as megabytes or gigabytes.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Span {
    /// The day, or the month as `2026-03`.
    pub name: String,
    pub down: String,
    pub up: String,
    /// Parts of a thousand of the most that a day carried: the height of bars.
    pub down_height: i64,
    pub up_height: i64,
}

/// What a service carried.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Usage {
    /// The last thirty days, each of them.
    pub days: Vec<Span>,
    /// The last twelve months that carried something, latest first.
    pub months: Vec<Span>,
}

/// Bytes as people read them.
fn written(formats: &Formats, bytes: f64) -> String {
    let (size, unit) = if bytes >= 1e9 { (bytes / 1e9, "GB") } else { (bytes / 1e6, "MB") };
    let rounded = rust_decimal::Decimal::try_from((size * 10.0).round() / 10.0).unwrap_or_default();
    format!("{} {unit}", formats.number(rounded.normalize()))
}

#[expect(clippy::cast_possible_truncation, reason = "parts of a thousand")]
fn height(bytes: f64, most: f64) -> i64 {
    if most > 0.0 { (bytes / most * 1000.0).round() as i64 } else { 0 }
}

/// What an own service carried; nothing while nobody counts.
///
/// # Errors
/// What the database answers.
pub fn usage(env: &mut Env, service: Id) -> Result<Usage> {
    let today = env.today();
    let since = today.with_day(1).unwrap_or(today) - TimeDelta::days(335);
    let sql = sql!(
        "SELECT u.day, COALESCE(u.download_bytes, 0), COALESCE(u.upload_bytes, 0)
         FROM isp_usage_day u JOIN isp_subscription s ON s.id = u.subscription_id AND s.partner_id = {me}
         WHERE u.subscription_id = {service} AND u.day >= {since} AND u.day <= {today} ORDER BY u.day",
        me = me(env)
    );
    let formats = Formats::load(env)?;
    let rows = env.query(sql)?;
    let all: Vec<(NaiveDate, f64, f64)> = rows
        .iter()
        .filter_map(|row| Some((row.date(0)?, row.float(1).unwrap_or(0.0).max(0.0), row.float(2).unwrap_or(0.0).max(0.0))))
        .collect();
    if all.is_empty() {
        return Ok(Usage::default());
    }
    let first = today - TimeDelta::days(DAYS - 1);
    let most = all.iter().filter(|(day, ..)| *day >= first).map(|(_, down, up)| down.max(*up)).fold(0.0, f64::max);
    let mut out = Usage::default();
    for n in 0..DAYS {
        let day = first + TimeDelta::days(n);
        let (down, up) = all.iter().find(|(known, ..)| *known == day).map_or((0.0, 0.0), |(_, down, up)| (*down, *up));
        out.days.push(Span {
            name: formats.day(&Value::Date(day), None)?,
            down: written(&formats, down),
            up: written(&formats, up),
            down_height: height(down, most),
            up_height: height(up, most),
        });
    }
    let mut months: Vec<(String, f64, f64)> = Vec::new();
    for (day, down, up) in all {
        let name = format!("{}-{:02}", day.year(), day.month());
        match months.last_mut().filter(|(last, ..)| *last == name) {
            Some((_, down_sum, up_sum)) => {
                *down_sum += down;
                *up_sum += up;
            }
            None => months.push((name, down, up)),
        }
    }
    let span =
        |(name, down, up): (String, f64, f64)| Span { name, down: written(&formats, down), up: written(&formats, up), ..Span::default() };
    out.months = months.into_iter().rev().take(12).map(span).collect();
    Ok(out)
}
