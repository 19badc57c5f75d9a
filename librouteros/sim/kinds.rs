//! Kinds of values: what a router accepts, and the spelling it stores.

use std::net::IpAddr;

use crate::values::{RatePair, format_duration, normalize_mac, normalize_prefix, parse_bool, parse_duration, parse_prefix, parse_rate};

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
    /// Some of these words; whether each may be negated by an exclamation mark.
    Enums(Vec<String>, bool),
    /// An address, a network or a range of one family: a host reads back without its length, a network without its host.
    Net(Family),
    /// The same, or a name that is to be resolved.
    NetOrName(Family),
    Ref(Reference),
}

/// Versions of the Internet Protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    V4,
    V6,
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
            "net" => Self::Net(Family::V4),
            "net6" => Self::Net(Family::V6),
            "netorname" => Self::NetOrName(Family::V4),
            "net6orname" => Self::NetOrName(Family::V6),
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
            Self::Enums(..) if value.is_empty() => Ok(String::new()),
            Self::Enums(words, not) => parts(value, |part| match part.strip_prefix('!').filter(|_| *not) {
                Some(part) => Ok(format!("!{}", enumerated(words, part)?)),
                None => enumerated(words, part),
            }),
            Self::Net(family) => valid(net(*family, value)),
            Self::NetOrName(family) => valid(net(*family, value).or_else(|| is_name(value).then(|| value.to_owned()))),
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

/// A comma list, part by part.
fn parts(value: &str, read: impl Fn(&str) -> Result<String, Refusal>) -> Result<String, Refusal> {
    Ok(value.split(',').map(|part| read(part.trim())).collect::<Result<Vec<_>, _>>()?.join(","))
}

/// Only IPv4 hosts lose their length.
fn net(family: Family, text: &str) -> Option<String> {
    let own = |ip: IpAddr| (ip.is_ipv4() == (family == Family::V4)).then_some(ip);
    if let Some((first, last)) = text.split_once('-') {
        let ends = (own(first.parse().ok()?)?, own(last.parse().ok()?)?);
        return (ends.0 <= ends.1).then(|| format!("{}-{}", ends.0, ends.1));
    }
    let (address, length) = parse_prefix(text)?;
    match own(address)? {
        ip if ip.is_ipv4() && length == 32 => Some(ip.to_string()),
        ip => Some(format!("{}/{length}", network(ip, length))),
    }
}

/// An address without its host part.
pub(super) fn network(address: IpAddr, length: u8) -> IpAddr {
    let length = u32::from(length);
    match address {
        IpAddr::V4(ip) => IpAddr::V4((u32::from(ip) & u32::MAX.checked_shl(32 - length).unwrap_or(0)).into()),
        IpAddr::V6(ip) => IpAddr::V6((u128::from(ip) & u128::MAX.checked_shl(128 - length).unwrap_or(0)).into()),
    }
}

/// A name of the DNS: with a letter at the end, so that a mistyped address is none.
fn is_name(text: &str) -> bool {
    let label = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    text.split('.').all(label) && text.ends_with(|last: char| last.is_ascii_alphabetic())
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
