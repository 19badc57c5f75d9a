//! Addresses and names as they reach routers: read once, kept in one spelling, refused when they would mean too much.
//!
//! Everything here is pure. Models call it before they keep a value, the desired state calls it again before a router
//! hears of it: what other programs wrote to the database is not trusted either.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use lastmile_orm::{Env, Error, Map, Result, Value};

/// Parameter: the shortest IPv4 prefix that one customer may have.
pub const V4_KEY: &str = "isp_core.service_ip_min_prefix";
/// Parameter: the shortest IPv6 prefix that one customer may have.
pub const V6_KEY: &str = "isp_core.service_ip6_min_prefix";
/// Longest name that is sent to a router, in characters.
pub const NAME_LENGTH: usize = 128;

/// Why a value is refused, for people.
pub type Checked<T> = std::result::Result<T, String>;

/// How large a network one customer may have, as the shortest prefixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub v4: u8,
    pub v6: u8,
}

impl Default for Limits {
    /// Four IPv4 addresses; a delegated /48 of IPv6.
    fn default() -> Self {
        Limits { v4: 30, v6: 48 }
    }
}

impl Limits {
    /// From the texts of the parameters [`V4_KEY`] and [`V6_KEY`]. What is no sensible prefix counts as not set: nobody
    /// opens a default route by a slip.
    pub fn from_parameters(v4: Option<&str>, v6: Option<&str>) -> Self {
        let default = Limits::default();
        let read = |text: Option<&str>, least: u8, most: u8| {
            let number = text?.trim().trim_start_matches('/').parse::<u8>().ok()?;
            (least..=most).contains(&number).then_some(number)
        };
        Limits { v4: read(v4, 16, 32).unwrap_or(default.v4), v6: read(v6, 32, 128).unwrap_or(default.v6) }
    }
}

/// What a service has: one address, or a network of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ServiceAddress {
    address: IpAddr,
    prefix: u8,
}

impl ServiceAddress {
    /// Reads `10.0.0.5`, `10.0.0.4/30`, `2001:db8::5`, `2001:db8:1::/56`.
    ///
    /// # Errors
    /// What is no address; networks that do not begin at their first address or are larger than the limits; addresses
    /// that no customer can have: unspecified, loopback, multicast, broadcast, reserved.
    pub fn parse(text: &str, limits: &Limits) -> Checked<Self> {
        let text = text.trim();
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| format!("'{text}' is no IP address."))?;
        let full = full(address);
        let prefix = match prefix {
            None => full,
            Some(digits) => prefix_of(digits).filter(|prefix| *prefix <= full).ok_or_else(|| format!("'{text}' is no network."))?,
        };
        let least = if address.is_ipv4() { limits.v4 } else { limits.v6 };
        if prefix < least {
            return Err(format!("The network {text} is too large for one service: at most /{least} is allowed."));
        }
        if first(address, prefix) != address {
            return Err(format!("{text} is no network: it begins at {}.", first(address, prefix)));
        }
        if !usable(address) {
            return Err(format!("The address {text} cannot be a customer's."));
        }
        Ok(ServiceAddress { address, prefix })
    }

    /// With its prefix, also when it is one address: `10.0.0.5/32`, `2001:db8::5/128`.
    pub fn cidr(&self) -> String {
        format!("{}/{}", self.address, self.prefix)
    }

    /// One address, not a network.
    pub fn is_host(&self) -> bool {
        self.prefix == full(self.address)
    }

    /// IPv6.
    pub fn is_v6(&self) -> bool {
        self.address.is_ipv6()
    }
}

impl fmt::Display for ServiceAddress {
    /// As it is kept: an address alone, a network with its prefix.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_host() { self.address.fmt(f) } else { write!(f, "{}/{}", self.address, self.prefix) }
    }
}

fn full(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn prefix_of(digits: &str) -> Option<u8> {
    let plain = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

/// The first address of the network around an address.
fn first(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(u32::from(prefix))).unwrap_or(0);
            IpAddr::V4((v4.to_bits() & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(u32::from(prefix))).unwrap_or(0);
            IpAddr::V6((v6.to_bits() & mask).into())
        }
    }
}

/// Whether a customer's device can have it.
fn usable(address: IpAddr) -> bool {
    if address.is_unspecified() || address.is_loopback() || address.is_multicast() {
        return false;
    }
    match address {
        // 0.0.0.0/8 names the own network, 240.0.0.0/4 is reserved and ends with the broadcast address.
        IpAddr::V4(v4) => !matches!(v4.octets(), [0 | 240..=255, ..]),
        IpAddr::V6(v6) => v6.to_ipv4_mapped().is_none() && !is_compatible(v6),
    }
}

/// `::/96`, where old texts put IPv4 addresses.
fn is_compatible(v6: Ipv6Addr) -> bool {
    v6.to_bits() >> 32 == 0
}

/// The address of a device's network interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mac([u8; 6]);

impl Mac {
    /// Reads `AA:BB:CC:DD:EE:FF`, `aa-bb-cc-dd-ee-ff`, `aabb.ccdd.eeff`, `aabbccddeeff`; octets may lack a leading zero
    /// where they are separated.
    ///
    /// # Errors
    /// Any other text; addresses of no device (all zero) and of groups of devices.
    pub fn parse(text: &str) -> Checked<Self> {
        let text = text.trim();
        let octets = octets(text).ok_or_else(|| format!("'{text}' is no MAC address."))?;
        if octets == [0; 6] || matches!(octets, [group, ..] if group & 1 == 1) {
            return Err(format!("The MAC address {text} is not that of one device."));
        }
        Ok(Mac(octets))
    }
}

impl Mac {
    /// How other programs write it in capitals.
    pub fn spellings(&self) -> [String; 4] {
        let kept = self.to_string();
        let digits = kept.replace(':', "");
        let dotted = digits.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(".");
        [kept.replace(':', "-"), dotted, digits, kept]
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mac([a, b, c, d, e, g]) = self;
        write!(f, "{a:02X}:{b:02X}:{c:02X}:{d:02X}:{e:02X}:{g:02X}")
    }
}

fn octets(text: &str) -> Option<[u8; 6]> {
    let hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let separator = text.chars().find(|c| !c.is_ascii_hexdigit());
    let digits = match separator {
        None => text.to_owned(),
        Some(c @ (':' | '-')) => {
            let parts: Vec<&str> = text.split(c).collect();
            if parts.len() != 6 || parts.iter().any(|part| !matches!(part.len(), 1 | 2)) {
                return None;
            }
            parts.iter().map(|part| format!("{part:0>2}")).collect()
        }
        Some('.') => {
            let parts: Vec<&str> = text.split('.').collect();
            if parts.len() != 3 || parts.iter().any(|part| part.len() != 4) {
                return None;
            }
            parts.concat()
        }
        Some(_) => return None,
    };
    if digits.len() != 12 || !hex(&digits) {
        return None;
    }
    let bits = u64::from_str_radix(&digits, 16).ok()?;
    let [_, _, octets @ ..] = bits.to_be_bytes();
    Some(octets)
}

/// What a model keeps of a service's address: in one spelling where it is one; the beginning of one as it is, for drafts.
///
/// # Errors
/// As [`ServiceAddress::parse`] for whole addresses and networks; what cannot become an address.
pub fn kept_address(text: &str, limits: &Limits) -> Checked<String> {
    let text = text.trim();
    match ServiceAddress::parse(text, limits) {
        Ok(address) => Ok(address.to_string()),
        Err(_) if text.is_empty() || (text.parse::<IpAddr>().is_err() && is_unfinished(text)) => Ok(text.to_owned()),
        Err(refusal) => Err(refusal),
    }
}

/// What a model keeps of a MAC address, as [`kept_address`].
///
/// # Errors
/// As [`Mac::parse`] for whole addresses; what cannot become one.
pub fn kept_mac(text: &str) -> Checked<String> {
    let text = text.trim();
    match Mac::parse(text) {
        Ok(mac) => Ok(mac.to_string()),
        Err(_) if text.is_empty() || (octets(text).is_none() && is_unfinished(text)) => Ok(text.to_owned()),
        Err(refusal) => Err(refusal),
    }
}

/// What a model keeps of a router's host, as [`kept_address`].
///
/// # Errors
/// As [`host`].
pub fn kept_host(text: &str) -> Checked<String> {
    let text = text.trim();
    if text.is_empty() { Ok(String::new()) } else { host(text) }
}

/// Replaces the texts of fields by what is kept of them. Empty values and what is no text pass.
///
/// # Errors
/// ValidationError with the refusal.
pub fn keep(values: &mut Map, fields: &[&str], kept: impl Fn(&str) -> Checked<String>) -> Result<()> {
    for field in fields {
        if let Some(Value::Str(text)) = values.get_mut(field)
            && !text.is_empty()
        {
            *text = kept(text).map_err(Error::validation)?;
        }
    }
    Ok(())
}

/// The limits that parameters set.
///
/// # Errors
/// Those of the database.
pub fn limits(env: &mut Env) -> Result<Limits> {
    let found = env.parameters(&[V4_KEY, V6_KEY])?;
    Ok(Limits::from_parameters(found.get(V4_KEY).map(String::as_str), found.get(V6_KEY).map(String::as_str)))
}

/// The beginning of an address, as a draft may have it: it names nothing on a router.
pub fn is_unfinished(text: &str) -> bool {
    let text = text.trim();
    text.len() <= 45 && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-'))
}

/// A name of a row on a router: of a queue, a profile, an account that is named like its subscription.
///
/// # Errors
/// Empty and overlong names, control characters, and a leading `*`, which routers take for an internal number.
pub fn name(text: &str) -> Checked<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > NAME_LENGTH {
        return Err(format!("A name on a router has 1 to {NAME_LENGTH} characters."));
    }
    if text.starts_with('*') || text.chars().any(char::is_control) {
        return Err(format!("'{}' cannot be a name on a router.", text.escape_debug()));
    }
    Ok(text.to_owned())
}

/// The name of an account: a [`name`] without blanks and without what scripts on routers would expand.
///
/// # Errors
/// As [`name`]; blanks, quotes, `$`, `;`, brackets and braces.
pub fn login(text: &str) -> Checked<String> {
    let text = name(text)?;
    let strange = |c: char| c.is_whitespace() || matches!(c, '"' | '$' | ';' | '[' | ']' | '{' | '}');
    if text.contains(strange) { Err(format!("'{text}' cannot be the name of an account.")) } else { Ok(text) }
}

/// Where a router is reached: an address, or a host name in lower case.
///
/// # Errors
/// Ports, URLs, ranges, and addresses that are no single machine's.
pub fn host(text: &str) -> Checked<String> {
    let text = text.trim();
    if let Ok(address) = text.parse::<IpAddr>() {
        if address.is_unspecified() || address.is_multicast() || matches!(address, IpAddr::V4(v4) if v4.is_broadcast()) {
            return Err(format!("The address {text} is not that of one machine."));
        }
        return Ok(address.to_string());
    }
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    if is_host_name(&name, is_label) { Ok(name) } else { Err(format!("'{text}' is neither an IP address nor a host name.")) }
}

/// A host that may be reached before login, in lower case. `*` and `?` stand for text before the last two labels.
///
/// # Errors
/// As [`host`]; wildcards that open whole domains of the first level or everything; regular expressions.
pub fn garden_host(text: &str) -> Checked<String> {
    if !text.contains(['*', '?']) {
        return host(text);
    }
    let text = text.trim();
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    let labels: Vec<&str> = name.split('.').collect();
    let fixed = labels.iter().rev().take_while(|label| !label.contains(['*', '?'])).count();
    let pattern = |label: &str| label.len() <= 63 && label.chars().all(|c| c.is_ascii_alphanumeric() || "*?-_".contains(c));
    if !is_host_name(&name, |label| if label.contains(['*', '?']) { pattern(label) } else { is_label(label) }) {
        return Err(format!("'{text}' is no host name."));
    }
    if fixed < 2 {
        return Err(format!("'{text}' opens too much: the last two labels of a host are written out."));
    }
    Ok(name)
}

fn is_host_name(name: &str, is_label: impl Fn(&str) -> bool) -> bool {
    let numeric = name.rsplit('.').next().is_none_or(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    !name.is_empty() && name.len() <= 253 && !numeric && name.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (1..=63).contains(&label.len()) && label.chars().all(inner) && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests;
