//! Addresses: IP, with and without prefix length, and MAC.

use std::net::IpAddr;

/// Reads `10.0.0.5` or `10.0.0.0/24`: the address and the prefix length, full when none is given.
#[must_use]
pub fn parse_prefix(text: &str) -> Option<(IpAddr, u8)> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let full = if address.is_ipv4() { 32 } else { 128 };
    let length = match length {
        None => full,
        Some(length) => length.parse().ok().filter(|length| *length <= full)?,
    };
    Some((address, length))
}

/// An address always with its prefix length, as queue targets read back: `10.0.0.5` → `10.0.0.5/32`.
#[must_use]
pub fn normalize_prefix(text: &str) -> Option<String> {
    parse_prefix(text).map(|(address, length)| format!("{address}/{length}"))
}

/// An address without a prefix length that only says "this host": `10.0.0.5/32` → `10.0.0.5`; networks keep theirs.
#[must_use]
pub fn format_host(text: &str) -> Option<String> {
    let (address, length) = parse_prefix(text)?;
    let full = if address.is_ipv4() { 32 } else { 128 };
    Some(if length == full { address.to_string() } else { format!("{address}/{length}") })
}

/// A MAC address as routers write it, `AA:BB:CC:DD:EE:FF`, from any of the usual spellings: `aa-bb-cc-dd-ee-ff`,
/// `aabb.ccdd.eeff`, `aabbccddeeff`.
#[must_use]
pub fn normalize_mac(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split([':', '-', '.']).collect();
    let width = match groups.len() {
        1 => 12,
        3 => 4,
        6 => 2,
        _ => return None,
    };
    let hex = |group: &&str| group.len() == width && group.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !groups.iter().all(hex) {
        return None;
    }
    let digits: Vec<char> = groups.concat().to_ascii_uppercase().chars().collect();
    Some(digits.chunks(2).map(|pair| pair.iter().collect::<String>()).collect::<Vec<_>>().join(":"))
}
