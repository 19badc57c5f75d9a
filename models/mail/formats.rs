//! What templates may call to write dates and amounts as the reader's language does.

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use lastmile_orm::convert::{to_date, to_datetime};
use lastmile_orm::declare::Tx;
use lastmile_orm::expr::{PyValue, Scope};
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Declarations, Env, Error, Id, Result, Value, money};
use rust_decimal::Decimal;

use crate::base::currency_methods;

/// The functions.
const NAMES: &[&str] = &["format_date", "format_datetime", "format_time", "format_amount", "format_duration", "is_html_empty"];

/// Declares what scripts may call: an amount as people read it.
pub fn declare(all: &mut Declarations) {
    all.model("res.currency").record_method("format", "amount", Tx::Read, |env, call| {
        let amount = currency_methods::exact(call.arg("amount"))?;
        // A currency that is there.
        currency_methods::unit(env, call)?;
        Ok(Value::Str(Formats::load(env)?.amount(amount, Some(call.one()?))).into())
    });
}

/// How a language and its currencies are written.
#[derive(Clone, Debug, Default)]
pub struct Formats {
    date: String,
    time: String,
    decimal: String,
    thousands: String,
    zone: Option<Tz>,
    /// Symbol, whether it comes before, digits.
    currencies: HashMap<Id, (String, bool, u32)>,
}

impl Formats {
    /// Of the current language.
    pub fn load(env: &mut Env) -> Result<Self> {
        let lang = env.context().lang.clone();
        let sql = sql!(
            "SELECT date_format::text, time_format::text, decimal_point::text, COALESCE(thousands_sep, '')::text
             FROM res_lang WHERE code = {lang}"
        );
        let mut out =
            Formats { date: "%m/%d/%Y".into(), time: "%H:%M:%S".into(), decimal: ".".into(), zone: env.tz(), ..Formats::default() };
        if let Some(row) = env.query(sql)?.first() {
            let text = |n: usize| row.text(n).unwrap_or_default();
            (out.date, out.time, out.decimal, out.thousands) = (text(0), text(1), text(2), text(3));
        }
        let sql = Sql::lit(
            "SELECT id, symbol::text, \"position\" = 'before', CASE WHEN rounding > 0 AND rounding < 1 THEN ceil(log(1 / rounding))::int4 ELSE 0 END FROM res_currency",
        );
        for row in env.query(sql)? {
            if let Some(id) = row.int(0) {
                let digits = row.int(3).and_then(|n| u32::try_from(n).ok()).unwrap_or(2);
                out.currencies.insert(id, (row.text(1).unwrap_or_default(), row.bool(2).unwrap_or(false), digits));
            }
        }
        Ok(out)
    }

    /// A day, in the language's form or a given one.
    pub fn day(&self, value: &Value, format: Option<&str>) -> Result<String> {
        let date: Option<NaiveDate> = match value {
            Value::DateTime(moment) => Some(moment.date()),
            other => to_date(other)?,
        };
        Ok(date.map(|date| written(&date.format(format.unwrap_or(&self.date)))).unwrap_or_default())
    }

    /// A moment in the reader's time zone, as the language writes it.
    pub fn datetime(&self, value: &Value) -> Result<String> {
        self.moment(value, None, &format!("{} {}", self.date, self.time.replace(":%S", "")))
    }

    fn moment(&self, value: &Value, zone: Option<&str>, format: &str) -> Result<String> {
        let moment: Option<NaiveDateTime> = match value {
            Value::Date(date) => date.and_hms_opt(0, 0, 0),
            other => to_datetime(other)?,
        };
        let zone = zone.and_then(|name| name.parse().ok()).or(self.zone).unwrap_or(Tz::UTC);
        Ok(moment.map(|moment| written(&moment.and_utc().with_timezone(&zone).naive_local().format(format))).unwrap_or_default())
    }

    /// A number with as many digits as it has, as the language writes it.
    pub fn number(&self, value: Decimal) -> String {
        let text = value.abs().to_string();
        let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
        let mut number = String::new();
        for (n, c) in whole.chars().enumerate() {
            if n > 0 && (whole.len() - n).is_multiple_of(3) {
                number.push_str(&self.thousands.replace(' ', "\u{a0}"));
            }
            number.push(c);
        }
        if !rest.is_empty() {
            number.push_str(&self.decimal);
            number.push_str(rest);
        }
        if value < Decimal::ZERO {
            number.insert_str(0, "-\u{feff}");
        }
        number
    }

    /// An amount as the language and its currency write it.
    pub fn amount(&self, value: Decimal, currency: Option<Id>) -> String {
        let (symbol, before, digits) = currency.and_then(|id| self.currencies.get(&id)).cloned().unwrap_or((String::new(), false, 2));
        let rounded = money::round_digits(value, digits);
        // What rounds to nothing keeps its sign, as the reference writes it.
        let sign = if rounded.is_zero() && value < Decimal::ZERO { "-\u{feff}" } else { "" };
        let number = format!("{sign}{}", self.number(rounded));
        match (symbol.is_empty(), before) {
            (true, _) => number,
            (_, true) => format!("{symbol}\u{a0}{number}"),
            (_, false) => format!("{number}\u{a0}{symbol}"),
        }
    }
}

/// A moment in a format; one that does not exist is written as it stands.
fn written(text: &dyn std::fmt::Display) -> String {
    let mut out = String::new();
    if write!(out, "{text}").is_err() {
        out.clear();
    }
    out
}

/// Names with the functions.
pub struct Helpers<'f> {
    pub names: lastmile_orm::expr::Names,
    pub formats: &'f Formats,
}

impl Scope for Helpers<'_> {
    fn name(&self, name: &str) -> Option<PyValue> {
        self.names.name(name)
    }

    fn now(&self) -> NaiveDateTime {
        self.names.now
    }

    fn today(&self) -> NaiveDate {
        self.names.today
    }

    fn has_function(&self, name: &str) -> bool {
        NAMES.contains(&name)
    }

    fn call(&self, name: &str, args: Vec<Value>, named: Vec<(String, Value)>) -> Result<Value> {
        let first = args.first().cloned().unwrap_or_default();
        let arg = |place: usize, word: &str| {
            let given = named.iter().find(|(n, _)| n == word).map(|(_, v)| v).or(args.get(place));
            given.filter(|v| v.truthy()).cloned()
        };
        let text = |place: usize, word: &str| arg(place, word).map(|v| v.py_str());
        Ok(Value::Str(match name {
            _ if !first.truthy() && matches!(name, "format_date" | "format_datetime" | "format_time") => String::new(),
            "format_date" => self.formats.day(&first, text(2, "date_format").filter(|f| f.contains('%')).as_deref())?,
            "format_datetime" => {
                let own = format!("{} {}", self.formats.date, self.formats.time);
                let format = text(2, "dt_format").filter(|f| f.contains('%')).unwrap_or(own);
                self.formats.moment(&first, text(1, "tz").as_deref(), &format)?
            }
            "format_time" => self.formats.moment(&first, text(1, "tz").as_deref(), &self.formats.time)?,
            "format_amount" => {
                let value = first.as_decimal().ok_or_else(|| Error::type_("format_amount() needs a number"))?;
                self.formats.amount(value, arg(1, "currency").and_then(|v| v.as_id()))
            }
            "format_duration" => {
                let minutes = (first.as_float().unwrap_or(0.0).abs() * 60.0).round();
                let sign = if first.as_float().unwrap_or(0.0) < 0.0 { "-" } else { "" };
                format!("{sign}{:02}:{:02}", (minutes / 60.0).floor(), minutes % 60.0)
            }
            _ => return Ok(Value::Bool(super::text::plain(first.as_str().unwrap_or_default()).is_empty())),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_days() {
        let mut formats = Formats { date: "%d/%m/%Y".into(), decimal: ",".into(), thousands: ".".into(), ..Formats::default() };
        formats.currencies.insert(1, ("€".into(), false, 2));
        formats.currencies.insert(2, ("$".into(), true, 0));
        assert_eq!(formats.amount("1234567.891".parse().unwrap(), Some(1)), "1.234.567,89\u{a0}€");
        assert_eq!(formats.amount("-12.5".parse().unwrap(), Some(2)), "$\u{a0}-\u{feff}13");
        assert_eq!(formats.day(&Value::from("2026-02-03"), None).unwrap(), "03/02/2026");
        // 23:30 UTC is the next day in Madrid.
        let madrid = formats.moment(&Value::from("2026-02-03 23:30:00"), Some("Europe/Madrid"), "%d %H:%M").unwrap();
        assert_eq!(madrid, "04 00:30");
    }
}
