//! What a router should hold: rows computed from subscriptions, captive users and walled-garden hosts.
//!
//! Everything here is pure. The loader ([`super::work`]) reads the facts, the converger compares the rows with the
//! router's and sends the words. A row is ours when its `comment` starts with our marker; no other row is touched.

use lastmile_orm::Id;

/// Paths of the menus that we write to.
pub mod menu {
    /// PPPoE accounts.
    pub const PPP_SECRET: &str = "/ppp/secret";
    /// PPPoE profiles, one a plan.
    pub const PPP_PROFILE: &str = "/ppp/profile";
    /// Live PPPoE sessions.
    pub const PPP_ACTIVE: &str = "/ppp/active";
    /// DHCP leases.
    pub const LEASE: &str = "/ip/dhcp-server/lease";
    /// Speed limits of addresses.
    pub const QUEUE: &str = "/queue/simple";
    /// Lists of addresses.
    pub const ADDRESS_LIST: &str = "/ip/firewall/address-list";
    /// Lists of IPv6 addresses.
    pub const ADDRESS_LIST6: &str = "/ipv6/firewall/address-list";
    /// Filter rules.
    pub const FILTER: &str = "/ip/firewall/filter";
    /// Filter rules of IPv6.
    pub const FILTER6: &str = "/ipv6/firewall/filter";
    /// Connections under way; those that are marked bypass filters and queues.
    pub const CONNECTION: &str = "/ip/firewall/connection";
    /// Hotspot accounts.
    pub const HOTSPOT_USER: &str = "/ip/hotspot/user";
    /// Hotspot profiles, one a plan. This menu has no comments.
    pub const HOTSPOT_PROFILE: &str = "/ip/hotspot/user/profile";
    /// Live hotspot sessions.
    pub const HOTSPOT_ACTIVE: &str = "/ip/hotspot/active";
    /// Hosts reachable before login.
    pub const GARDEN: &str = "/ip/hotspot/walled-garden";
    /// The same for HTTPS.
    pub const GARDEN_IP: &str = "/ip/hotspot/walled-garden/ip";
}

/// Menus in which rows of subscriptions are.
pub const SERVICE_MENUS: [&str; 6] =
    [menu::PPP_SECRET, menu::HOTSPOT_USER, menu::LEASE, menu::QUEUE, menu::ADDRESS_LIST, menu::ADDRESS_LIST6];

/// One row that a router should, or should not, hold.
///
/// How it is found: by its marker at the start of `comment`, else by its key. A row that has the key but not the
/// marker is somebody else's: an error, unless the row is [`shared`](Row::shared). A marker is on at most one row of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Path of the menu.
    pub menu: &'static str,
    /// Attribute that names the row in its menu; empty where nothing does (rules, lists): found by the marker only.
    pub key_name: &'static str,
    pub key_value: String,
    /// Attributes beside the key and the comment, in the order in which they are sent.
    pub attrs: Vec<(String, String)>,
    /// The whole `comment`: [`Marker`], then a name for people. Empty in menus that have no comments.
    pub marker: String,
    /// `false`: the row must not be there; only our own is removed.
    pub present: bool,
    /// Others may have made it under the same name (profiles): then it is used as it is and left alone.
    pub shared: bool,
    /// Comes before every other row of its menu (`place-before=0`).
    pub first: bool,
}

/// Live sessions to end: every row of `menu` whose `key_name` is `key_value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub menu: &'static str,
    pub key_name: &'static str,
    pub key_value: String,
}

/// A customer whose traffic ends at once: connections that are under way would go on past the new rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// The IPv4 address; empty: only the device is known.
    pub address: String,
    /// The whole comment of the lease whose active address counts too; empty: none.
    pub lease: String,
    /// The entry for the active address, which is still to be filled in; none: it is not listed.
    pub entry: Option<Row>,
}

/// What a router should hold. Rows come in an order in which they can be made: what is referred to is before what refers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desired {
    pub rows: Vec<Row>,
    /// Ended after the rows are as they should be.
    pub drop_sessions: Vec<Session>,
    /// Connections ended last.
    pub cuts: Vec<Cut>,
}

impl Desired {
    /// Takes over what another one wants; shared rows and sessions already there are kept once.
    pub fn extend(&mut self, other: Desired) {
        for row in other.rows {
            // Only what services have in common can come twice.
            if !(row.shared || row.first) || !self.rows.contains(&row) {
                self.rows.push(row);
            }
        }
        for session in other.drop_sessions {
            if !self.drop_sessions.contains(&session) {
                self.drop_sessions.push(session);
            }
        }
        self.cuts.extend(other.cuts);
    }
}

impl From<Vec<Row>> for Desired {
    fn from(rows: Vec<Row>) -> Self {
        Desired { rows, ..Desired::default() }
    }
}

/// The start of the comment of every row of ours: `lastmile:<database>:<kind>:<id>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker(String);

impl Marker {
    /// The marker of one record.
    pub fn new(database: &str, kind: &str, id: Id) -> Self {
        Marker(format!("lastmile:{database}:{kind}:{id}"))
    }

    /// What the comments of all rows of a database start with.
    pub fn prefix(database: &str) -> String {
        format!("lastmile:{database}:")
    }

    /// Whether a comment is that of a row for a subscription: of the service itself, or of its device's address of the moment.
    pub fn is_service(comment: &str) -> bool {
        Self::of_comment(comment).is_some_and(|marker| marker.contains(":sub:") || marker.contains(":active:"))
    }

    /// The part of a comment that tells whose row it is; `None`: not ours.
    pub fn of_comment(comment: &str) -> Option<&str> {
        comment.split_whitespace().next().filter(|word| word.starts_with("lastmile:"))
    }

    /// The whole comment: the marker, then a name for people.
    pub fn named(&self, name: &str) -> String {
        // Comments are one line; control characters would break exports.
        let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        format!("{} {}", self.0, name.trim()).trim_end().to_owned()
    }
}

/// How customers of a router are suspended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SuspendMode {
    /// Addresses enter a list whose traffic is dropped, so that a notice page can still be shown.
    #[default]
    AddressList,
    /// The access itself is taken away; needs nothing of the router's firewall.
    Disable,
}

/// What all rows of a router depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// First eight characters of the database's uuid.
    pub database: String,
    /// Address list of suspended customers.
    pub suspended_list: String,
    pub suspend_mode: SuspendMode,
}

/// How a customer gets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    Pppoe { username: String, password: String },
    Dhcp,
    Hotspot { username: String, password: String },
}

/// A plan's part of a service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tariff {
    pub id: Id,
    pub name: String,
    /// The plan's own profile name; empty: ours.
    pub profile: String,
    pub down_mbps: f64,
    pub up_mbps: f64,
}

/// What a subscription brings to its router.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    pub id: Id,
    pub name: String,
    pub access: Access,
    pub tariff: Tariff,
    /// The subscription's own profile, when it is not the plan's.
    pub profile: String,
    /// Empty: none.
    pub ip: String,
    /// Empty: none.
    pub mac: String,
    /// The router may still hold the entry of a suspension.
    pub was_suspended: bool,
    /// The account on the router may still have the IPv6 prefix that it was given.
    pub had_prefix: bool,
}

impl Service {
    /// The address is one of IPv6.
    pub fn is_v6(&self) -> bool {
        self.ip.contains(':')
    }

    /// The IPv4 address, when it is one host's: what leases and accounts can be given.
    pub fn host(&self) -> Option<&str> {
        Some(self.ip.as_str()).filter(|ip| !ip.is_empty() && !self.is_v6() && !ip.contains('/'))
    }

    /// The address with its prefix: a host is /32 or /128, a network is itself.
    pub fn cidr(&self) -> String {
        let whole = if self.is_v6() { 128 } else { 32 };
        if self.ip.is_empty() || self.ip.contains('/') { self.ip.clone() } else { format!("{}/{whole}", self.ip) }
    }
}

/// What should become of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Active,
    Suspended,
    Gone,
}

/// A hotspot account that is no subscription.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaptiveUser {
    pub id: Id,
    /// Where the account is.
    pub router: Option<Id>,
    pub username: String,
    pub password: String,
    pub profile: String,
    pub enabled: bool,
}

/// `5M`, `2500k`, `0` (unlimited): whole numbers only, as RouterOS wants them.
#[expect(clippy::cast_possible_truncation, reason = "kilobits of a tariff fit")]
pub fn rate(mbps: f64) -> String {
    let kilobits = (mbps * 1000.0).round().max(0.0) as i64;
    match kilobits {
        0 => "0".to_owned(),
        k if k % 1000 == 0 => format!("{}M", k / 1000),
        k => format!("{k}k"),
    }
}

impl Tariff {
    /// Upload before download: the direction of queues, and of `rate-limit`, where the router receives what customers send.
    pub fn limit(&self) -> String {
        format!("{}/{}", rate(self.up_mbps), rate(self.down_mbps))
    }

    /// Name of the profile on routers.
    pub fn profile_name(&self) -> String {
        if self.profile.is_empty() { format!("lastmile-plan-{}", self.id) } else { self.profile.clone() }
    }
}
