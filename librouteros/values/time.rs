//! Spans of time.

use std::time::Duration;

const UNITS: &[(&str, u64)] = &[("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Reads a span: `1w2d3h4m5s`, `500ms`, `00:10:00`, `1d00:10:00`, or plain seconds. Units come at most once and in falling
/// order.
#[must_use]
pub fn parse_duration(text: &str) -> Option<Duration> {
    let mut total = 0_u64;
    let mut units = UNITS.iter();
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        let (number, tail) = rest.split_at(digits);
        if tail.starts_with(':') {
            return Some(Duration::from_millis(total.checked_add(clock(rest)?)?));
        }
        let number: u64 = number.parse().ok()?;
        let end = tail.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        // Seconds may go without their letter, at the end.
        let unit = if unit.is_empty() && tail.is_empty() { "s" } else { unit };
        let (_, size) = units.find(|(name, _)| *name == unit)?;
        total = total.checked_add(number.checked_mul(*size)?)?;
        rest = tail;
    }
    Some(Duration::from_millis(total))
}

/// `hh:mm:ss` or `hh:mm`, in milliseconds.
fn clock(text: &str) -> Option<u64> {
    let mut parts = text.split(':').map(|part| part.parse::<u64>().ok());
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    if parts.next().is_some() || minutes > 59 || seconds > 59 {
        return None;
    }
    hours.checked_mul(3600)?.checked_add(minutes * 60 + seconds)?.checked_mul(1000)
}

/// Writes a span as routers do: `1w2d3h4m5s`; nothing left over is left out, zero is `0s`. Below a millisecond is cut off.
#[must_use]
pub fn format_duration(span: Duration) -> String {
    let mut left = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let mut out = String::new();
    for (name, size) in UNITS {
        if left >= *size {
            out.push_str(&format!("{}{name}", left / size));
            left %= size;
        }
    }
    if out.is_empty() { "0s".to_owned() } else { out }
}
