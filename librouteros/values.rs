//! RouterOS spellings of values: read, written, and compared.
//!
//! A router stores what it understood, not what it was told: `5M/20M` reads back as `5000000/20000000`, `10.0.0.5` as
//! `10.0.0.5/32`. Whoever looks for drift must compare meanings: [`same_value`].

mod address;
mod compare;
mod rate;
mod time;

pub use address::{format_host, normalize_mac, normalize_prefix, parse_prefix};
pub use compare::{default_value, same_value};
pub use rate::{RatePair, format_rate, parse_rate};
pub use time::{format_duration, parse_duration};

/// Reads a RouterOS boolean: `yes`, `no`, `true`, `false`.
#[must_use]
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "yes" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    }
}

/// A boolean as commands take it: `yes` or `no`.
#[must_use]
pub fn format_bool(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}
