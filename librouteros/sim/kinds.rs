//! Kinds of values: what a router accepts, and the spelling it stores.

use std::net::IpAddr;

use crate::values::{RatePair, format_duration, normalize_mac, normalize_prefix, parse_bool, parse_duration, parse_rate};

/// The kind of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Bool,
    Int(u64, u64),
    /// A pair of numbers; one alone counts for both.
    Ints(u64, u64),
    Rate,
    Rates,
    Time,
    /// A time or this word.
    TimeOr(String),
    Times,
    Ip,
    Prefix,
    /// Prefixes or interface names.
    Targets,
    Mac,
    /// A pair of texts; one alone counts for both.
    Pair,
    Policy,
    Enum(Vec<String>),
    Ref(Reference),
}

/// A value that names a row elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    pub menu: String,
    /// Words that are no names.
    pub words: Vec<String>,
    /// An address will do too.
    pub or_address: bool,
}

/// Why a value is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Invalid,
    NoMatch,
    OutOfRange(u64, u64),
}

/// Every policy of a user group, in the router's order.
pub(super) const POLICIES: &[&str] = &[
    "local",
    "telnet",
    "ssh",
    "ftp",
    "reboot",
    "read",
    "write",
    "policy",
    "test",
    "winbox",
    "password",
    "web",
    "sniff",
    "sensitive",
    "api",
    "romon",
    "dude",
    "tikapp",
    "rest-api",
];

impl Kind {
    /// Reads a kind of the menu table.
    pub fn parse(text: &str) -> Option<Self> {
        let (head, rest) = text.split_once(':').unwrap_or((text, ""));
        let words = || rest.split('|').map(str::to_owned);
        let range = || {
            let (low, high) = rest.split_once("..")?;
            Some((low.parse().ok()?, high.parse().ok()?))
        };
        Some(match head {
            "text" => Self::Text,
            "bool" => Self::Bool,
            "int" => range().map(|(low, high)| Self::Int(low, high))?,
            "ints" => range().map(|(low, high)| Self::Ints(low, high))?,
            "rate" => Self::Rate,
            "rates" => Self::Rates,
            "time" => Self::Time,
            "timeor" => Self::TimeOr(rest.to_owned()),
            "times" => Self::Times,
            "ip" => Self::Ip,
            "prefix" => Self::Prefix,
            "targets" => Self::Targets,
            "mac" => Self::Mac,
            "pair" => Self::Pair,
            "policy" => Self::Policy,
            "enum" => Self::Enum(words().collect()),
            "ref" => {
                let (names, or_address) = rest.strip_suffix("+ip").map_or((rest, false), |names| (names, true));
                let mut names = names.split('|').map(str::to_owned);
                Self::Ref(Reference { menu: names.next()?, words: names.collect(), or_address })
            }
            _ => return None,
        })
    }

    /// The stored spelling of a value that was given. References are looked up by the caller.
    pub fn normalize(&self, value: &str) -> Result<String, Refusal> {
        let valid = |value: Option<String>| value.ok_or(Refusal::Invalid);
        match self {
            Self::Text | Self::Ref(_) => Ok(value.to_owned()),
            Self::Bool => valid(parse_bool(value).map(|flag| flag.to_string())),
            Self::Int(low, high) => within(value, *low, *high),
            Self::Ints(low, high) => sides(value, |side| within(side, *low, *high)),
            Self::Rate => valid(parse_rate(value).map(|bits| bits.to_string())),
            Self::Rates => valid(value.parse::<RatePair>().ok().map(RatePair::to_bits)),
            Self::Time => valid(parse_duration(value).map(format_duration)),
            Self::TimeOr(word) if value == word => Ok(value.to_owned()),
            Self::TimeOr(_) => Self::Time.normalize(value),
            Self::Times => sides(value, |side| Self::Time.normalize(side)),
            Self::Ip => valid(value.parse::<IpAddr>().ok().map(|ip| ip.to_string())),
            Self::Prefix => valid(normalize_prefix(value)),
            Self::Targets => Ok(value.split(',').map(target).collect::<Vec<_>>().join(",")),
            Self::Mac => valid(normalize_mac(value)),
            Self::Pair => sides(value, |side| Ok(side.to_owned())),
            Self::Policy => policies(value),
            Self::Enum(words) => enumerated(words, value),
        }
    }

    /// Orders two stored values, as query comparisons do: numbers and times by size, the rest by bytes.
    pub fn compare(&self, a: &str, b: &str) -> std::cmp::Ordering {
        let number = |text: &str| text.parse::<u64>().ok().or_else(|| parse_duration(text).map(|span| span.as_secs()));
        match (number(a), number(b)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => match (a.parse::<IpAddr>(), b.parse::<IpAddr>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                _ => a.cmp(b),
            },
        }
    }
}

/// Both sides of `a/b`; one alone counts for both.
fn sides(value: &str, read: impl Fn(&str) -> Result<String, Refusal>) -> Result<String, Refusal> {
    let (a, b) = value.split_once('/').unwrap_or((value, value));
    Ok(format!("{}/{}", read(a)?, read(b)?))
}

fn within(value: &str, low: u64, high: u64) -> Result<String, Refusal> {
    let number: u64 = value.parse().map_err(|_| Refusal::Invalid)?;
    if (low..=high).contains(&number) { Ok(number.to_string()) } else { Err(Refusal::OutOfRange(low, high)) }
}

/// A queue target: addresses get their prefix length, anything else is an interface.
fn target(text: &str) -> String {
    normalize_prefix(text.trim()).unwrap_or_else(|| text.trim().to_owned())
}

/// `yes` and `true` are the same word where a choice has one of them.
fn enumerated(words: &[String], value: &str) -> Result<String, Refusal> {
    let same = |word: &&String| *word == value || (parse_bool(word).is_some() && parse_bool(word) == parse_bool(value));
    words.iter().find(same).cloned().ok_or(Refusal::NoMatch)
}

/// Group policies read back complete: those not given with an exclamation mark.
fn policies(value: &str) -> Result<String, Refusal> {
    let given: Vec<&str> = value.split(',').map(str::trim).filter(|policy| !policy.is_empty()).collect();
    if given.iter().any(|policy| !POLICIES.contains(&policy.trim_start_matches('!'))) {
        return Err(Refusal::NoMatch);
    }
    let full = POLICIES.iter().map(|policy| if given.contains(policy) { (*policy).to_owned() } else { format!("!{policy}") });
    Ok(full.collect::<Vec<_>>().join(","))
}
