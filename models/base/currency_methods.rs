//! What scripts ask of a currency: amounts rounded, compared, and in words.

use lastmile_orm::declare::Tx;
use lastmile_orm::error::Builtin;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Result, Value, money};
use rust_decimal::Decimal;

const CURRENCY: &str = "res.currency";

/// Declares the methods.
pub fn declare(all: &mut Declarations) {
    all.model(CURRENCY)
        .record_method("round", "amount", Tx::Read, |env, call| {
            let amount = number(call.arg("amount"))?;
            // Beyond what decimals hold there is nothing to round.
            let Some(exact) = amount.as_decimal() else { return Ok(amount.into()) };
            Ok(Value::Decimal(money::round_to(exact, unit(env, call)?)).into())
        })
        .record_method("compare_amounts", "amount1, amount2", Tx::Read, |env, call| {
            let unit = unit(env, call)?;
            let (a, b) = (rounded(call.arg("amount1"), unit)?, rounded(call.arg("amount2"), unit)?);
            Ok(Value::Int(a.cmp(&b) as i64).into())
        })
        .record_method("is_zero", "amount", Tx::Read, |env, call| {
            let unit = unit(env, call)?;
            Ok(Value::Bool(rounded(call.arg("amount"), unit)?.is_zero()).into())
        })
        .record_method("amount_to_text", "amount", Tx::Read, amount_to_text);
}

/// A number that a client gives; text is none.
fn number(value: &Value) -> Result<Value> {
    match value {
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => Ok(value.clone()),
        other => Err(Error::type_(format!("an amount must be a real number, not '{}'", other.type_name()))),
    }
}

/// An amount as callers give it.
///
/// # Errors
/// TypeError for what is no number, OverflowError beyond what decimals hold.
pub fn exact(value: &Value) -> Result<Decimal> {
    number(value)?.as_decimal().ok_or_else(too_large)
}

/// An amount by the currency's unit.
fn rounded(value: &Value, unit: Decimal) -> Result<Decimal> {
    Ok(money::round_to(exact(value)?, unit))
}

fn too_large() -> Error {
    Error::Builtin(Builtin::OverflowError, "The amount is too large.".into())
}

/// The smallest amount of the currency.
///
/// # Errors
/// ValueError unless there is one record, MissingError when it is gone.
pub fn unit(env: &mut Env, call: &Invocation) -> Result<Decimal> {
    let id = call.one()?;
    Ok(read(env, id, "rounding")?.as_decimal().unwrap_or_default())
}

fn read(env: &mut Env, id: Id, field: &str) -> Result<Value> {
    let rows = env.read(CURRENCY, &[id], Some(&[field.to_owned()]), true)?.into_value()?;
    let row = rows.as_list().and_then(|rows| rows.first()).and_then(Value::as_map);
    let uid = env.uid();
    row.and_then(|row| row.get(field).cloned())
        .ok_or_else(|| Error::missing(format!("Record does not exist or has been deleted.\n(Record: {CURRENCY}({id},), User: {uid})")))
}

/// `Twenty-One Dollars and Fifty Cents`, in English whatever the language.
fn amount_to_text(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    let given = number(call.arg("amount"))?;
    let amount = given.as_decimal().ok_or_else(too_large)?;
    let unit = unit(env, call)?;
    let places = read(env, id, "decimal_places")?.as_int().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let label = read(env, id, "currency_unit_label")?.as_str().unwrap_or_default().to_owned();
    // As Python formats the double, whose halves go to the even digit.
    let digits = format!("{:.places$}", given.as_float().unwrap_or(0.0));
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, "0"));
    let main = format!("{} {label}", in_words(whole)?);
    let spelled: Decimal = whole.parse().map_err(|_| too_large())?;
    if money::round_to(amount - spelled, unit).is_zero() {
        return Ok(Value::Str(main).into());
    }
    let sublabel = read(env, id, "currency_subunit_label")?.as_str().unwrap_or_default().to_owned();
    Ok(Value::Str(format!("{main} and {} {sublabel}", in_words(fraction)?)).into())
}

const SMALL: [&str; 20] = [
    "Zero",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
    "Thirteen",
    "Fourteen",
    "Fifteen",
    "Sixteen",
    "Seventeen",
    "Eighteen",
    "Nineteen",
];
const TENS: [&str; 10] = ["", "", "Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"];
/// By groups of three digits, from the last.
const GROUPS: [&str; 12] = [
    "",
    "Thousand",
    "Million",
    "Billion",
    "Trillion",
    "Quadrillion",
    "Quintillion",
    "Sextillion",
    "Septillion",
    "Octillion",
    "Nonillion",
    "Decillion",
];

fn word<'a>(words: &[&'a str], at: usize) -> &'a str {
    words.get(at).copied().unwrap_or_default()
}

/// A whole number in words; its sign as a word, too.
fn in_words(digits: &str) -> Result<String> {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("Minus ", rest),
        None => ("", digits),
    };
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        // A negative amount that rounds to nothing has no sign.
        return Ok(word(&SMALL, 0).to_owned());
    }
    let groups: Vec<usize> =
        digits.as_bytes().rchunks(3).map(|group| group.iter().fold(0, |n, d| n * 10 + usize::from(d - b'0'))).collect();
    if groups.len() > GROUPS.len() || !digits.bytes().all(|d| d.is_ascii_digit()) {
        return Err(Error::Builtin(Builtin::OverflowError, "The amount is too large to be written out.".into()));
    }
    let mut out = String::new();
    for (at, group) in groups.iter().enumerate().rev().filter(|(_, group)| **group > 0) {
        if !out.is_empty() {
            out.push_str(if at == 0 && *group < 100 { " And " } else { ", " });
        }
        out.push_str(&hundreds(*group));
        if at > 0 {
            out.push(' ');
            out.push_str(word(&GROUPS, at));
        }
    }
    Ok(format!("{sign}{out}"))
}

fn hundreds(number: usize) -> String {
    let rest = number % 100;
    let small = match rest {
        0..20 => word(&SMALL, rest).to_owned(),
        _ if rest.is_multiple_of(10) => word(&TENS, rest / 10).to_owned(),
        _ => format!("{}-{}", word(&TENS, rest / 10), word(&SMALL, rest % 10)),
    };
    match (number / 100, rest) {
        (0, _) => small,
        (hundred, 0) => format!("{} Hundred", word(&SMALL, hundred)),
        (hundred, _) => format!("{} Hundred And {small}", word(&SMALL, hundred)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words() {
        let cases = [
            ("0", "Zero"),
            ("-0", "Zero"),
            ("13", "Thirteen"),
            ("42", "Forty-Two"),
            ("110", "One Hundred And Ten"),
            ("1001", "One Thousand And One"),
            ("1100", "One Thousand, One Hundred"),
            ("1000000", "One Million"),
            ("1001000", "One Million, One Thousand"),
            ("-1234567", "Minus One Million, Two Hundred And Thirty-Four Thousand, Five Hundred And Sixty-Seven"),
        ];
        for (digits, words) in cases {
            assert_eq!(in_words(digits).as_deref(), Ok(words), "{digits}");
        }
        assert!(in_words(&"9".repeat(40)).is_err());
    }
}
