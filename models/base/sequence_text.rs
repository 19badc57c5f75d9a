//! The parts of dates in the prefix and suffix of a sequence.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use lastmile_orm::{Env, Result, Value};

/// Names of parts and how they are written.
const PARTS: &[(&str, &str)] = &[
    ("year", "%Y"),
    ("month", "%m"),
    ("day", "%d"),
    ("y", "%y"),
    ("doy", "%j"),
    ("woy", "%W"),
    ("weekday", "%w"),
    ("h24", "%H"),
    ("h12", "%I"),
    ("min", "%M"),
    ("sec", "%S"),
    ("isoyear", "%G"),
    ("isoy", "%g"),
    ("isoweek", "%V"),
];

/// The moments that a text may speak of.
#[derive(Clone, Debug)]
pub struct Dates {
    /// `%(year)s`: the date that is numbered.
    pub effective: NaiveDateTime,
    /// `%(range_year)s`: the start of the date range.
    pub range: NaiveDateTime,
    /// `%(current_year)s`: now.
    pub current: NaiveDateTime,
}

impl Dates {
    /// Now, in the time zone of the call.
    pub fn now(env: &Env) -> Self {
        let now = env.tz().map_or(env.now(), |tz| env.now().and_utc().with_timezone(&tz).naive_local());
        Dates { effective: now, range: now, current: now }
    }

    /// A given date, else now.
    pub fn of(env: &Env, date: &Value) -> Result<Self> {
        let mut dates = Self::now(env);
        let given =
            lastmile_orm::convert::to_date(if date.truthy() { date } else { env.context_get("ir_sequence_date").unwrap_or(&Value::None) })?;
        if let Some(day) = given {
            dates.effective = day.and_time(NaiveTime::MIN);
            dates.range = dates.effective;
        }
        Ok(dates)
    }

    /// Writes the parts; `None` when the text has a part that nobody knows.
    pub fn fill(&self, text: &str) -> Option<String> {
        let (mut out, mut rest) = (String::with_capacity(text.len()), text);
        while let Some((before, after)) = rest.split_once('%') {
            out.push_str(before);
            if let Some(more) = after.strip_prefix('%') {
                out.push('%');
                rest = more;
                continue;
            }
            let (name, more) = after.strip_prefix('(')?.split_once(")s")?;
            out.push_str(&self.part(name)?);
            rest = more;
        }
        out.push_str(rest);
        Some(out)
    }

    fn part(&self, name: &str) -> Option<String> {
        let (moment, name) = match (name.strip_prefix("range_"), name.strip_prefix("current_")) {
            (Some(name), _) => (self.range, name),
            (_, Some(name)) => (self.current, name),
            _ => (self.effective, name),
        };
        let (_, format) = PARTS.iter().find(|(part, _)| *part == name)?;
        Some(moment.format(format).to_string())
    }
}

/// First and last day of the year of a day.
pub fn year_of(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let edge = |month, d| NaiveDate::from_ymd_opt(day.year(), month, d).unwrap_or(day);
    (edge(1, 1), edge(12, 31))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_written_and_unknown_ones_refused() {
        let at = |y| NaiveDate::from_ymd_opt(y, 3, 5).unwrap().and_hms_opt(14, 0, 9).unwrap();
        let dates = Dates { effective: at(2024), range: at(2023), current: at(2025) };
        assert_eq!(dates.fill("A/%(year)s/%(month)s-").as_deref(), Some("A/2024/03-"));
        assert_eq!(dates.fill("%(range_y)s%(current_y)s %(h12)s:%(sec)s").as_deref(), Some("2325 02:09"));
        assert_eq!(dates.fill("100%%").as_deref(), Some("100%"));
        assert_eq!(dates.fill("plain").as_deref(), Some("plain"));
        assert_eq!(dates.fill("%(bad)s"), None);
        assert_eq!(dates.fill("50%"), None);
    }
}
