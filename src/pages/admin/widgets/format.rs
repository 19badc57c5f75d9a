//! Numbers and dates as the user's language writes them.

use chrono::{NaiveDate, NaiveDateTime};
use lastmile_orm::value::{DATE, DATETIME, Map, Value};
use rust_decimal::Decimal;

use crate::pages::admin::desk::{Desk, Manner};

/// A number with so many decimals.
pub fn number(manner: &Manner, amount: Decimal, decimals: u32) -> String {
    let text = lastmile_orm::money::round_digits(amount, decimals).to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let mut grouped = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            grouped.push_str(&manner.thousands);
        }
        grouped.push(digit);
    }
    let point = if rest.is_empty() { "" } else { &manner.point };
    format!("{sign}{grouped}{point}{rest}")
}

/// A number that somebody typed: with the point of their language, or of programs.
pub fn read_number(manner: &Manner, text: &str) -> Option<Decimal> {
    let text: String = text.trim().chars().filter(|c| !c.is_whitespace() && *c != '\u{a0}').collect();
    let plain = if manner.thousands.is_empty()
        || (manner.thousands == "." && text.matches('.').count() == 1 && !text.contains(',') && !grouped(&text))
    {
        text.clone()
    } else {
        text.replace(&manner.thousands, "")
    };
    plain.replace(manner.point.as_str(), ".").parse().ok()
}

/// Whether the only point has three digits behind it, as thousands have.
fn grouped(text: &str) -> bool {
    text.rsplit('.').next().is_some_and(|tail| tail.len() == 3)
}

/// An amount with its currency.
pub fn amount(desk: &Desk<'_>, amount: Decimal, currency: Option<&Value>) -> String {
    let id = match currency {
        Some(Value::Map(map)) => map.get("id").map(Value::py_str),
        Some(Value::Int(id)) => Some(id.to_string()),
        Some(Value::List(pair)) => pair.first().map(Value::py_str),
        _ => None,
    };
    let facts = id.and_then(|id| desk.currencies.get(&id)).and_then(Value::as_map).cloned().unwrap_or_default();
    let decimals = facts.get("digits").and_then(Value::as_list).and_then(|d| d.get(1)).and_then(Value::as_int).unwrap_or(2);
    let text = number(&desk.manner, amount, u32::try_from(decimals).unwrap_or(2));
    let of = |name: &str| facts.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    match (of("symbol"), of("position").as_str()) {
        (symbol, _) if symbol.is_empty() => text,
        (symbol, "before") => format!("{symbol}\u{a0}{text}"),
        (symbol, _) => format!("{text}\u{a0}{symbol}"),
    }
}

/// An amount of a row with a currency beside it.
pub fn amount_of(desk: &Desk<'_>, row: &Map, field: &str) -> String {
    let value = row.get(field).and_then(Value::as_decimal).unwrap_or_default();
    amount(desk, value, row.get("currency_id"))
}

/// A date of the wire.
pub fn read_date(value: &Value) -> Option<NaiveDate> {
    match value {
        Value::Date(date) => Some(*date),
        Value::Str(text) => NaiveDate::parse_from_str(text, DATE).ok(),
        _ => None,
    }
}

/// A moment of the wire, UTC.
pub fn read_moment(value: &Value) -> Option<NaiveDateTime> {
    match value {
        Value::DateTime(moment) => Some(*moment),
        Value::Str(text) => NaiveDateTime::parse_from_str(text, DATETIME).ok(),
        _ => None,
    }
}

fn known(format: &str) -> bool {
    !format.is_empty() && chrono::format::StrftimeItems::new(format).all(|item| item != chrono::format::Item::Error)
}

/// A date for people.
pub fn date(manner: &Manner, date: NaiveDate) -> String {
    let format = if known(&manner.date) { manner.date.as_str() } else { DATE };
    date.format(format).to_string()
}

/// A moment for people, where they are, to the minute.
pub fn moment(desk: &Desk<'_>, moment: NaiveDateTime) -> String {
    let local = desk.local(moment);
    let time = desk.manner.time.replace(":%S", "");
    let time = if known(&time) { time } else { "%H:%M".into() };
    format!("{} {}", date(&desk.manner, local.date_naive()), local.format(&time))
}

/// Any value in words.
pub fn plain(desk: &Desk<'_>, value: &Value) -> String {
    match value {
        Value::None | Value::Bool(false) => String::new(),
        Value::Bool(true) => desk.words.get("yes").to_owned(),
        Value::Map(map) => map.get("display_name").or_else(|| map.get("id")).map(Value::py_str).unwrap_or_default(),
        Value::List(items) => match items.as_slice() {
            [Value::Int(_), Value::Str(name)] => name.clone(),
            items => items.iter().map(|item| plain(desk, item)).collect::<Vec<_>>().join(", "),
        },
        Value::Float(_) | Value::Decimal(_) => {
            value.as_decimal().map_or_else(|| value.py_str(), |x| number(&desk.manner, x, x.normalize().scale().min(4)))
        }
        other => match (read_moment(other), read_date(other)) {
            (Some(at), _) => moment(desk, at),
            (_, Some(day)) => date(&desk.manner, day),
            _ => other.py_str(),
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn manner(point: &str, thousands: &str) -> Manner {
        Manner { point: point.into(), thousands: thousands.into(), date: "%d/%m/%Y".into(), time: "%H:%M:%S".into(), week_start: 1 }
    }

    #[test]
    fn numbers_are_written() {
        let text = |n: &str, d| number(&manner(",", "."), n.parse().unwrap(), d);
        assert_eq!(text("1234567.891", 2), "1.234.567,89");
        assert_eq!(text("-12", 0), "-12");
        assert_eq!(text("0.005", 2), "0,01");
    }

    #[test]
    fn numbers_are_read_as_people_and_programs_write_them() {
        let spanish = manner(",", ".");
        for (text, number) in [("1.234,5", "1234.5"), ("12,5", "12.5"), ("12.5", "12.5"), ("1.234", "1234"), (" 7 ", "7")] {
            assert_eq!(read_number(&spanish, text), Some(number.parse().unwrap()), "{text}");
        }
        let english = manner(".", ",");
        for (text, number) in [("1,234.5", "1234.5"), ("12.5", "12.5"), ("1.234", "1.234")] {
            assert_eq!(read_number(&english, text), Some(number.parse().unwrap()), "{text}");
        }
        assert_eq!(read_number(&english, "twelve"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(cents in -100_000_000_i64..100_000_000) {
            for manner in [manner(",", "."), manner(".", ","), manner(",", " ")] {
                let amount = Decimal::new(cents, 2);
                prop_assert_eq!(read_number(&manner, &number(&manner, amount, 2)), Some(amount));
            }
        }
    }
}
