//! Rates in bits per second, alone and in upload/download pairs.

use std::fmt;
use std::str::FromStr;

const UNITS: &[(char, u64)] = &[('G', 1_000_000_000), ('M', 1_000_000), ('k', 1_000)];

/// Reads a rate in bits per second: `5000000`, `5000k`, `5M`, `1.5M`, `1G`. `k`, `M` and `G` are powers of 1000.
#[must_use]
pub fn parse_rate(text: &str) -> Option<u64> {
    let (number, unit) = match text.char_indices().last()? {
        (end, 'k' | 'K') => (text.get(..end)?, 1_000),
        (end, 'M' | 'm') => (text.get(..end)?, 1_000_000),
        (end, 'G' | 'g') => (text.get(..end)?, 1_000_000_000),
        _ => (text, 1),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let scale = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let part = fraction.parse::<u64>().ok()?.checked_mul(unit)?;
    whole.parse::<u64>().ok()?.checked_mul(unit)?.checked_add(part / scale)
}

/// Writes a rate in the largest unit that keeps it whole: 5000000 → `5M`, 1500000 → `1500k`, 0 → `0`.
#[must_use]
pub fn format_rate(bits: u64) -> String {
    let unit = UNITS.iter().find(|(_, size)| bits > 0 && bits.is_multiple_of(*size));
    unit.map_or_else(|| bits.to_string(), |(letter, size)| format!("{}{letter}", bits / size))
}

/// Rates of the two directions, in bits per second, in the order every RouterOS limit has: what the subscriber sends, then what
/// the subscriber receives (queues: upload/download of the target; `rate-limit`: the router's rx/tx). 0 is unlimited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RatePair {
    /// From the subscriber.
    pub upload: u64,
    /// To the subscriber.
    pub download: u64,
}

impl RatePair {
    /// The pair as routers read it back: plain bits, `5000000/20000000`.
    #[must_use]
    pub fn to_bits(self) -> String {
        format!("{}/{}", self.upload, self.download)
    }
}

impl fmt::Display for RatePair {
    /// Short: `5M/20M`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", format_rate(self.upload), format_rate(self.download))
    }
}

/// The text is no pair of rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a pair of rates")]
pub struct NotARatePair;

impl FromStr for RatePair {
    type Err = NotARatePair;

    /// Reads `5M/20M`; one rate alone counts for both directions.
    fn from_str(text: &str) -> Result<Self, NotARatePair> {
        let (upload, download) = text.split_once('/').unwrap_or((text, text));
        let read = |part: &str| parse_rate(part.trim()).ok_or(NotARatePair);
        Ok(Self { upload: read(upload)?, download: read(download)? })
    }
}
