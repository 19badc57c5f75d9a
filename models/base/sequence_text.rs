//! The parts of dates in the prefix and suffix of a sequence.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use lastmile_orm::declare::Tx;
use lastmile_orm::{Answer, Declarations, Env, Error, Invocation, Result, Value};

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

/// Declares the method that writes a number as a sequence would, without drawing one.
pub fn declare(all: &mut Declarations) {
    all.model("ir.sequence").record_method("get_next_char", "number_next", Tx::Read, get_next_char);
}

fn get_next_char(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    let number = match call.arg("number_next") {
        Value::Bool(one) => i64::from(*one),
        #[expect(clippy::cast_possible_truncation, reason = "as texts of whole numbers cut the rest off")]
        Value::Float(number) => number.trunc() as i64,
        other => other.as_int().filter(|_| other.as_str().is_none()).ok_or_else(|| {
            let kind = other.type_name();
            Error::type_(format!("%d format: a real number is required, not {kind}"))
        })?,
    };
    let wanted = ["name", "prefix", "suffix", "padding"].map(str::to_owned);
    let rows = env.read("ir.sequence", &[id], Some(&wanted), true)?.into_value()?;
    let row = rows.as_list().and_then(|rows| rows.first()).and_then(Value::as_map).cloned();
    let row = row.ok_or_else(|| {
        Error::missing(format!("Record does not exist or has been deleted.\n(Record: ir.sequence({id},), User: {})", env.uid()))
    })?;
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut dates = Dates::of(env, &Value::None)?;
    let range = env.context_get("ir_sequence_date_range").filter(|date| date.truthy());
    if let Some(day) = range.map(lastmile_orm::convert::to_date).transpose()?.flatten() {
        dates.range = day.and_time(NaiveTime::MIN);
    }
    let wrong = || Error::user(format!("The prefix or suffix of the sequence {} is not valid.", text("name")));
    let (prefix, suffix) = (dates.fill(text("prefix")).ok_or_else(wrong)?, dates.fill(text("suffix")).ok_or_else(wrong)?);
    let width = row.get("padding").and_then(Value::as_int).and_then(|n| usize::try_from(n).ok()).unwrap_or(0).min(1000);
    Ok(Value::Str(format!("{prefix}{number:0width$}{suffix}")).into())
}

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
