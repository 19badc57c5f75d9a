//! The order of simple queues: the first one that fits a packet has it, so ours stand before those of others that are wider.

use std::collections::BTreeSet;
use std::net::IpAddr;

use lastmile_models::isp_mikrotik::desired::{Marker, Row, menu};
use librouteros::values::parse_prefix;

use super::plan::{Present, attr};

/// Lengths of the networks that are looked for around a target: what catch-alls usually have.
const LENGTHS: &[u8] = &[0, 8, 10, 12, 16, 17, 18, 19, 20, 21, 22, 23, 24];
/// The same for IPv6.
const LENGTHS6: &[u8] = &[0, 32, 40, 44, 48, 52, 56, 64];

/// Queues of others that are in force, in the router's order: few beside ours, so they are told apart once.
#[derive(Debug, Default)]
pub struct Others<'a>(Vec<(usize, &'a Present)>);

impl<'a> Others<'a> {
    /// Looks for them among what a router printed.
    pub fn among(menu: &str, present: &'a [Present]) -> Self {
        let in_force = |p: &Present| {
            let ours = p.get("comment").and_then(Marker::of_comment).is_some();
            let child = p.get("parent").is_some_and(|parent| !matches!(parent, "" | "none"));
            !(ours || child || p.is_true("disabled") || p.is_true("dynamic"))
        };
        Others(if menu == menu::QUEUE { present.iter().enumerate().filter(|(_, p)| in_force(p)).collect() } else { Vec::new() })
    }

    /// The first one that would take what is meant for the row's queue, with its place.
    pub fn first_wider(&self, row: &Row) -> Option<(usize, &'a Present)> {
        if self.0.is_empty() {
            return None;
        }
        let own = attr(row, "target").and_then(parse_prefix)?;
        self.0.iter().find(|(_, p)| is_wider(p, own)).copied()
    }
}

fn is_wider(present: &Present, (address, length): (IpAddr, u8)) -> bool {
    let covers = |target: &str| parse_prefix(target.trim()).is_some_and(|(net, wide)| wide < length && network(address, wide) == Some(net));
    present.get("target").is_some_and(|targets| targets.split(',').any(covers))
}

/// The network of a length around an address.
pub fn network(address: IpAddr, length: u8) -> Option<IpAddr> {
    Some(match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32_u32.checked_sub(u32::from(length))?).unwrap_or(0);
            IpAddr::V4((v4.to_bits() & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128_u32.checked_sub(u32::from(length))?).unwrap_or(0);
            IpAddr::V6((v6.to_bits() & mask).into())
        }
    })
}

/// Targets under which wider queues around the wanted ones are found.
pub fn wider_targets(rows: &[&Row]) -> BTreeSet<String> {
    let (mut found, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let targets =
        rows.iter().filter(|row| row.present && row.menu == menu::QUEUE).filter_map(|row| attr(row, "target").and_then(parse_prefix));
    for (address, length) in targets {
        let lengths = if address.is_ipv4() { LENGTHS } else { LENGTHS6 };
        // Neighbours share their networks: they are written once.
        let narrow = lengths.iter().rev().find(|wide| **wide < length).and_then(|wide| Some((network(address, *wide)?, *wide)));
        if narrow.is_some_and(|narrow| seen.insert(narrow)) {
            for wide in lengths.iter().filter(|wide| **wide < length) {
                found.extend(network(address, *wide).map(|net| format!("{net}/{wide}")));
            }
        }
    }
    if !found.is_empty() {
        found.extend(["0.0.0.0/0,::/0", "::/0,0.0.0.0/0"].map(str::to_owned));
    }
    found
}

/// Whether rows that were found by different questions have to be put into the router's order.
pub fn needs_order(wanted: &[&Row], found: &[Present]) -> bool {
    let others = Others::among(wanted.first().map_or("", |row| row.menu), found);
    wanted.iter().any(|row| row.present && others.first_wider(row).is_some())
}
