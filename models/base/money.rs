//! What scripts ask of a currency: amounts rounded, compared, and in words.

use lastmile_orm::declare::Tx;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Result, Value};

const CURRENCY: &str = "res.currency";

/// Declares the methods.
pub fn declare(all: &mut Declarations) {
    all.model(CURRENCY)
        .record_method("round", "amount", Tx::Read, |env, call| {
            let amount = number(call.arg("amount"))?;
            Ok(Value::Float(rounded(amount, step(env, call)?)).into())
        })
        .record_method("compare_amounts", "amount1, amount2", Tx::Read, |env, call| {
            let (a, b) = (number(call.arg("amount1"))?, number(call.arg("amount2"))?);
            let step = step(env, call)?;
            let difference = rounded(a, step) - rounded(b, step);
            let order = match difference {
                _ if nothing(difference, step) => 0_i64,
                less if less < 0.0 => -1,
                _ => 1,
            };
            Ok(Value::Int(order).into())
        })
        .record_method("is_zero", "amount", Tx::Read, |env, call| {
            let amount = number(call.arg("amount"))?;
            Ok(Value::Bool(nothing(amount, step(env, call)?)).into())
        })
        .record_method("amount_to_text", "amount", Tx::Read, amount_to_text);
}

/// An amount as callers give it.
///
/// # Errors
/// TypeError for what is no number.
pub fn number(value: &Value) -> Result<f64> {
    match value {
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => Ok(value.as_float().unwrap_or(f64::from(u8::from(value.truthy())))),
        other => Err(Error::type_(format!("an amount must be a real number, not '{}'", other.type_name()))),
    }
}

/// The smallest amount of the currency.
///
/// # Errors
/// ValueError unless there is one record, Missing when it is gone.
pub fn step(env: &mut Env, call: &Invocation) -> Result<f64> {
    let id = call.one()?;
    let value = read(env, id, "rounding")?;
    Ok(value.as_float().unwrap_or(0.0))
}

fn read(env: &mut Env, id: Id, field: &str) -> Result<Value> {
    let rows = env.read(CURRENCY, &[id], Some(&[field.to_owned()]), true)?.into_value()?;
    let row = rows.as_list().and_then(|rows| rows.first()).and_then(Value::as_map);
    let uid = env.uid();
    row.and_then(|row| row.get(field).cloned())
        .ok_or_else(|| Error::missing(format!("Record does not exist or has been deleted.\n(Record: {CURRENCY}({id},), User: {uid})")))
}

/// To the nearest multiple of a step, halves away from zero. What is a hair under the half in binary counts as the half: the hair
/// follows the size of the amount.
pub fn rounded(amount: f64, step: f64) -> f64 {
    if amount == 0.0 || step <= 0.0 || !amount.is_finite() {
        return 0.0;
    }
    // Small steps have inverses that are whole; the steps themselves are not exact.
    let inverse = 1.0 / step;
    let whole = inverse.round();
    let inverse = if (inverse - whole).abs() < inverse * 1e-9 { whole } else { inverse };
    let steps = if step < 1.0 { amount * inverse } else { amount / step };
    let hair = 2_f64.powf(steps.abs().log2() - 50.0);
    let count = (steps + hair.copysign(steps)).round_ties_even();
    if step < 1.0 { count / inverse } else { count * step }
}

fn nothing(amount: f64, step: f64) -> bool {
    amount == 0.0 || rounded(amount, step).abs() < step
}

/// `Twenty-One Dollars and Fifty Cents`, in English whatever the language.
fn amount_to_text(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    let amount = number(call.arg("amount"))?;
    let step = step(env, call)?;
    let places = read(env, id, "decimal_places")?.as_int().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let unit = read(env, id, "currency_unit_label")?.as_str().unwrap_or_default().to_owned();
    let digits = format!("{amount:.places$}");
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, "0"));
    let main = format!("{} {unit}", in_words(whole)?);
    if nothing(amount - whole.parse::<f64>().unwrap_or(0.0), step) {
        return Ok(Value::Str(main).into());
    }
    let subunit = read(env, id, "currency_subunit_label")?.as_str().unwrap_or_default().to_owned();
    Ok(Value::Str(format!("{main} and {} {subunit}", in_words(fraction)?)).into())
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
        return Err(Error::Builtin(lastmile_orm::error::Builtin::OverflowError, "The amount is too large to be written out.".into()));
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
    fn steps_of_any_size_round_halves_away_from_zero() {
        let cases = [
            (1.005, 0.01, 1.01),
            (2.675, 0.01, 2.68),
            (-1.005, 0.01, -1.01),
            (1234.5, 1.0, 1235.0),
            (2.5, 1.0, 3.0),
            (1.005, 0.001, 1.005),
            (1.32, 0.05, 1.3),
            (1.325, 0.05, 1.35),
            (13.0, 5.0, 15.0),
            (0.0, 0.01, 0.0),
        ];
        for (amount, step, expected) in cases {
            assert!((rounded(amount, step) - expected).abs() < 1e-12, "{amount} by {step}: {}", rounded(amount, step));
        }
        assert!(nothing(0.004, 0.01) && !nothing(0.005, 0.01) && nothing(-0.001, 0.01));
    }

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
