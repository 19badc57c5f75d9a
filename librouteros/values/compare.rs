//! When two spellings of an attribute mean the same: what tells drift from mere form.

use super::{RatePair, normalize_mac, parse_bool, parse_duration, parse_prefix, parse_rate};

/// What a row means by leaving an attribute out, where it is not the empty text.
const DEFAULTS: &[(&str, &str)] = &[
    ("disabled", "false"),
    ("block-access", "false"),
    ("use-src-mac", "false"),
    ("always-broadcast", "false"),
    ("max-limit", "0/0"),
    ("limit-at", "0/0"),
    ("burst-limit", "0/0"),
    ("burst-threshold", "0/0"),
    ("burst-time", "0s/0s"),
    ("priority", "8/8"),
    ("queue", "default-small/default-small"),
    ("bucket-size", "0.1/0.1"),
    ("parent", "none"),
    ("parent-queue", "none"),
    ("service", "any"),
    ("profile", "default"),
    ("server", "all"),
    ("lease-time", "0s"),
    ("limit-uptime", "0s"),
    ("limit-bytes-in", "0"),
    ("limit-bytes-out", "0"),
    ("limit-bytes-total", "0"),
    ("shared-users", "1"),
    ("address-pool", "none"),
    ("keepalive-timeout", "2m"),
    ("mac-cookie-timeout", "3d"),
    ("session-timeout", "0s"),
    ("idle-timeout", "none"),
    ("only-one", "default"),
];

/// How values of these names are read; names not listed compare as text, booleans, addresses or MACs by their look.
const RATES: &[&str] = &["max-limit", "limit-at", "burst-limit", "burst-threshold"];
const TIMES: &[&str] = &[
    "burst-time",
    "lease-time",
    "limit-uptime",
    "session-timeout",
    "idle-timeout",
    "keepalive-timeout",
    "mac-cookie-timeout",
    "timeout",
    "interval",
    "status-autorefresh",
    "login-timeout",
];
/// Free text: a password or comment that looks like an address or `yes` is still compared letter by letter.
const TEXTS: &[&str] = &["name", "password", "comment", "source", "on-event", "on-login", "on-logout", "lease-script", "user", "email"];

/// What a row means by leaving `name` out; the empty text when nothing better is known.
#[must_use]
pub fn default_value(name: &str) -> &'static str {
    DEFAULTS.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
}

/// Whether two values of the attribute `name` mean the same to a router: bits (`5M/20M` and `5000000/20000000`), times
/// (`1h` and `00:60:00`'s kin), `/32`, the case of MACs, `yes` and `true`, and an absent value and its default.
///
/// ```
/// use librouteros::values::same_value;
/// assert!(same_value("max-limit", "5M/20M", "5000000/20000000"));
/// assert!(same_value("disabled", "no", None));
/// assert!(!same_value("password", "yes", "true"));
/// ```
#[must_use]
pub fn same_value<'a>(name: &str, a: impl Into<Option<&'a str>>, b: impl Into<Option<&'a str>>) -> bool {
    let stated = |value: Option<&'a str>| value.filter(|text| !text.is_empty()).unwrap_or_else(|| default_value(name));
    let (a, b) = (stated(a.into()), stated(b.into()));
    if a == b {
        return true;
    }
    if TEXTS.contains(&name) {
        return false;
    }
    same_list(name, a, b) || same_rates(name, a, b)
}

/// Lists part by part, in order; a value alone is a list of one.
fn same_list(name: &str, a: &str, b: &str) -> bool {
    let (a, b): (Vec<_>, Vec<_>) = (a.split(',').collect(), b.split(',').collect());
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| same_one(name, a.trim(), b.trim()))
}

fn same_one(name: &str, a: &str, b: &str) -> bool {
    fn agree<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
        a.is_some() && a == b
    }
    if a == b || agree(parse_bool(a), parse_bool(b)) || agree(normalize_mac(a), normalize_mac(b)) {
        return true;
    }
    if RATES.contains(&name) {
        return agree(a.parse::<RatePair>().ok(), b.parse::<RatePair>().ok());
    }
    if TIMES.contains(&name) {
        let spans = |text: &str| text.split('/').map(parse_duration).collect::<Option<Vec<_>>>();
        return agree(spans(a), spans(b));
    }
    if ["priority", "queue", "bucket-size"].contains(&name) {
        return both(a) == both(b);
    }
    agree(parse_prefix(a), parse_prefix(b))
}

/// One value alone counts for both directions.
fn both(text: &str) -> (&str, &str) {
    text.split_once('/').unwrap_or((text, text))
}

/// `rate-limit`: up to six fields of pairs, rates or times or a priority (`5M/20M 0/0 0/0 0/0 8 1M/1M`).
fn same_rates(name: &str, a: &str, b: &str) -> bool {
    if name != "rate-limit" {
        return false;
    }
    let fields = |text: &str| {
        let field = |part: &str| {
            let (rx, tx) = both(part);
            let side = |text: &str| parse_rate(text).or_else(|| parse_duration(text).map(|span| span.as_secs()));
            Some((side(rx)?, side(tx)?))
        };
        text.split_whitespace().map(field).collect::<Option<Vec<_>>>()
    };
    matches!((fields(a), fields(b)), (Some(a), Some(b)) if a == b)
}
