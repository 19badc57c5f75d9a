//! The rows of each kind of record: subscriptions by the way they get in, captive users, walled-garden hosts.

use lastmile_orm::Id;

use super::desired::{Access, CaptiveUser, Cut, Desired, Marker, Policy, Row, Service, Session, SuspendMode, Target, Tariff, menu};

/// Rows that only their marker names.
const NO_KEY: (&str, &str) = ("", "");

impl Policy {
    fn row(&self, menu: &'static str, key: (&'static str, &str), attrs: Vec<(&str, String)>, marker: String) -> Row {
        Row {
            menu,
            key_name: key.0,
            key_value: key.1.to_owned(),
            attrs: attrs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            marker,
            present: true,
            shared: false,
            first: false,
        }
    }

    fn marker(&self, service: &Service) -> String {
        Marker::new(&self.database, "sub", service.id).named(&service.name)
    }

    /// Everything that a service needs in the target state, and the sessions that must not go on.
    pub fn service(&self, service: &Service, target: Target) -> Desired {
        let mut desired = self.access(service, target);
        desired.rows.extend(self.queue(service, target));
        desired.rows.extend(self.suspension(service, target));
        if target != Target::Active {
            desired.drop_sessions = sessions(service);
            desired.cuts.extend(self.cut(service, target));
        }
        desired
    }

    /// The account or lease alone.
    pub fn access(&self, service: &Service, target: Target) -> Desired {
        let rows = match &service.access {
            Access::Pppoe { username, password } => self.pppoe(service, username, password, target),
            Access::Dhcp => self.lease(service, target).into_iter().collect(),
            Access::Hotspot { username, password } => self.hotspot(service, username, password, target),
        };
        rows.into()
    }

    /// What goes on past new rules: connections under way, and the address that a lease has until it is renewed.
    fn cut(&self, service: &Service, target: Target) -> Option<Cut> {
        let lease = matches!(service.access, Access::Dhcp) && !service.mac.is_empty();
        let address = if service.is_v6() { String::new() } else { service.ip.clone() };
        if !lease && address.is_empty() {
            return None;
        }
        let listed = lease && target == Target::Suspended && self.suspend_mode == SuspendMode::AddressList;
        let lease = if lease { self.marker(service) } else { String::new() };
        Some(Cut { address, lease, entry: listed.then(|| self.active_entry(service)) })
    }

    /// Takes whatever the menu holds of a subscription.
    pub fn sweep(&self, menu: &'static str, subscription: Id, name: &str) -> Vec<Row> {
        let key = match menu {
            menu::ADDRESS_LIST | menu::ADDRESS_LIST6 => NO_KEY,
            menu::LEASE => ("mac-address", ""),
            _ => ("name", ""),
        };
        let list = || vec![("list", self.suspended_list.clone())];
        let attrs = if key == NO_KEY { list() } else { Vec::new() };
        let marker = |kind: &str| Marker::new(&self.database, kind, subscription).named(name);
        let mut rows = vec![Row { present: false, ..self.row(menu, key, attrs, marker("sub")) }];
        if menu == menu::ADDRESS_LIST {
            rows.push(Row { present: false, ..self.row(menu, NO_KEY, list(), marker("active")) });
        }
        rows
    }

    /// The entry of the address that the device of a lease has now, when it is not the service's own.
    pub fn active_entry(&self, service: &Service) -> Row {
        let marker = Marker::new(&self.database, "active", service.id).named(&service.name);
        self.row(menu::ADDRESS_LIST, NO_KEY, vec![("list", self.suspended_list.clone())], marker)
    }

    fn profile(&self, menu: &'static str, tariff: &Tariff) -> Row {
        let marker =
            if menu == menu::PPP_PROFILE { Marker::new(&self.database, "plan", tariff.id).named(&tariff.name) } else { String::new() };
        Row { shared: true, ..self.row(menu, ("name", &tariff.profile_name()), vec![("rate-limit", tariff.limit())], marker) }
    }

    fn pppoe(&self, service: &Service, username: &str, password: &str, target: Target) -> Vec<Row> {
        let planned = service.tariff.profile_name();
        let own = !service.profile.is_empty() && service.profile != planned;
        let mut attrs = vec![
            ("password", password.to_owned()),
            ("profile", if own { service.profile.clone() } else { planned }),
            ("service", "pppoe".to_owned()),
        ];
        if let Some(address) = service.host() {
            attrs.push(("remote-address", address.to_owned()));
        }
        if service.is_v6() {
            attrs.push(("remote-ipv6-prefix", service.cidr()));
        } else if service.had_prefix {
            attrs.push(("remote-ipv6-prefix", String::new()));
        }
        // Who dials in has no address that a list could hold beforehand: the account is closed in both modes.
        attrs.push(("disabled", yes(target == Target::Suspended)));
        let secret = Row { present: target != Target::Gone, ..self.row(menu::PPP_SECRET, ("name", username), attrs, self.marker(service)) };
        if own || target == Target::Gone {
            return vec![secret];
        }
        vec![self.profile(menu::PPP_PROFILE, &service.tariff), secret]
    }

    fn hotspot(&self, service: &Service, username: &str, password: &str, target: Target) -> Vec<Row> {
        let mut attrs = vec![("password", password.to_owned()), ("profile", service.tariff.profile_name())];
        if !service.mac.is_empty() {
            attrs.push(("mac-address", service.mac.to_uppercase()));
        }
        attrs.push(("disabled", yes(target == Target::Suspended)));
        let user = Row { present: target != Target::Gone, ..self.row(menu::HOTSPOT_USER, ("name", username), attrs, self.marker(service)) };
        if target == Target::Gone {
            return vec![user];
        }
        vec![self.profile(menu::HOTSPOT_PROFILE, &service.tariff), user]
    }

    /// A fixed lease needs to know the device.
    fn lease(&self, service: &Service, target: Target) -> Option<Row> {
        if service.mac.is_empty() {
            return None;
        }
        let suspended = target == Target::Suspended;
        let listed = suspended && self.suspend_mode == SuspendMode::AddressList;
        let mut attrs = Vec::new();
        if let Some(address) = service.host() {
            attrs.push(("address", address.to_owned()));
        }
        if service.ip.is_empty() || service.is_v6() {
            // Without an IPv4 address there is nothing for a queue to aim at: the lease carries the limit.
            attrs.push(("rate-limit", service.tariff.limit()));
        }
        attrs.push(("address-lists", if listed { self.suspended_list.clone() } else { String::new() }));
        attrs.push(("block-access", yes(suspended && !listed)));
        let key = service.mac.to_uppercase();
        Some(Row { present: target != Target::Gone, ..self.row(menu::LEASE, ("mac-address", &key), attrs, self.marker(service)) })
    }

    /// The speed limit of a known address. It stays while suspended, so that nothing is faster than before.
    pub fn queue(&self, service: &Service, target: Target) -> Option<Row> {
        if service.ip.is_empty() {
            return None;
        }
        // Blocking a lease acts when it is renewed; until then the address is choked.
        let choked = target == Target::Suspended && self.suspend_mode == SuspendMode::Disable;
        let limit = if choked { "1k/1k".to_owned() } else { service.tariff.limit() };
        let attrs = vec![("target", service.cidr()), ("max-limit", limit)];
        Some(Row { present: target != Target::Gone, ..self.row(menu::QUEUE, ("name", &service.name), attrs, self.marker(service)) })
    }

    /// The entry in the list of suspended addresses, and the rule that drops their traffic.
    fn suspension(&self, service: &Service, target: Target) -> Vec<Row> {
        if service.ip.is_empty() && !matches!(service.access, Access::Dhcp) {
            return Vec::new();
        }
        let suspended = target == Target::Suspended;
        if (self.suspend_mode != SuspendMode::AddressList || !suspended) && !service.was_suspended {
            return Vec::new();
        }
        let mut rows = Vec::new();
        let listed = suspended && self.suspend_mode == SuspendMode::AddressList;
        if !service.ip.is_empty() {
            // Lists of IPv6 print every entry with its prefix.
            let (menu, address) =
                if service.is_v6() { (menu::ADDRESS_LIST6, service.cidr()) } else { (menu::ADDRESS_LIST, service.ip.clone()) };
            let attrs = vec![("list", self.suspended_list.clone()), ("address", address)];
            rows.push(Row { present: listed, ..self.row(menu, NO_KEY, attrs, self.marker(service)) });
        }
        if !listed && matches!(service.access, Access::Dhcp) {
            rows.push(Row { present: false, ..self.active_entry(service) });
        }
        if listed {
            if service.is_v6() {
                rows.push(self.drop_rule(menu::FILTER6));
            }
            if !service.is_v6() || matches!(service.access, Access::Dhcp) {
                rows.push(self.drop_rule(menu::FILTER));
            }
        }
        rows
    }

    /// Drops what suspended customers send. Before every other rule: a fasttracked connection skips the later ones.
    pub fn drop_rule(&self, menu: &'static str) -> Row {
        let attrs = vec![("chain", "forward".to_owned()), ("src-address-list", self.suspended_list.clone()), ("action", "drop".to_owned())];
        let marker = Marker::new(&self.database, "suspended", 0).named("suspended customers");
        Row { first: true, ..self.row(menu, NO_KEY, attrs, marker) }
    }

    /// A captive user's account; without rights his session ends.
    pub fn captive_user(&self, user: &CaptiveUser) -> Desired {
        let mut attrs = Vec::new();
        if !user.password.is_empty() {
            attrs.push(("password", user.password.clone()));
        }
        attrs.push(("profile", if user.profile.is_empty() { "default".to_owned() } else { user.profile.clone() }));
        attrs.push(("disabled", yes(!user.enabled)));
        let marker = Marker::new(&self.database, "captive", user.id).named(&user.username);
        let mut desired = Desired::from(vec![self.row(menu::HOTSPOT_USER, ("name", &user.username), attrs, marker)]);
        if !user.enabled {
            desired.drop_sessions.push(Session { menu: menu::HOTSPOT_ACTIVE, key_name: "user", key_value: user.username.clone() });
        }
        desired
    }

    /// A host that may be reached before login, over HTTP and over HTTPS.
    pub fn garden(&self, id: Id, host: &str, present: bool) -> Desired {
        let marker = Marker::new(&self.database, "garden", id).named(host);
        let row = |menu, action: &str| Row {
            present,
            ..self.row(menu, NO_KEY, vec![("dst-host", host.to_owned()), ("action", action.to_owned())], marker.clone())
        };
        vec![row(menu::GARDEN, "allow"), row(menu::GARDEN_IP, "accept")].into()
    }
}

/// The live sessions of a service. A DHCP lease has none: its queue and lists act at once.
pub fn sessions(service: &Service) -> Vec<Session> {
    match &service.access {
        Access::Pppoe { username, .. } => vec![Session { menu: menu::PPP_ACTIVE, key_name: "name", key_value: username.clone() }],
        Access::Hotspot { username, .. } => vec![Session { menu: menu::HOTSPOT_ACTIVE, key_name: "user", key_value: username.clone() }],
        Access::Dhcp => Vec::new(),
    }
}

fn yes(condition: bool) -> String {
    if condition { "yes" } else { "no" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(suspend_mode: SuspendMode) -> Policy {
        Policy { database: "0a1b2c3d".into(), suspended_list: "isp_suspended".into(), suspend_mode }
    }

    fn service(access: Access) -> Service {
        let tariff = Tariff { id: 7, name: "Home".into(), profile: "gold".into(), down_mbps: 50.0, up_mbps: 10.0 };
        Service {
            id: 42,
            name: "SUB-000042".into(),
            access,
            tariff,
            profile: "gold".into(),
            ip: "10.20.0.5".into(),
            mac: String::new(),
            was_suspended: false,
            had_prefix: false,
        }
    }

    fn attr<'a>(row: &'a Row, name: &str) -> Option<&'a str> {
        row.attrs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    #[test]
    fn limits_are_whole_and_upload_comes_first() {
        let tariff = Tariff { down_mbps: 20.5, up_mbps: 0.0, ..Tariff::default() };
        assert_eq!(tariff.limit(), "0/20500k");
        assert_eq!(service(Access::Dhcp).tariff.limit(), "10M/50M");
    }

    #[test]
    fn pppoe_suspension_closes_the_account_and_ends_the_session() {
        let service = service(Access::Pppoe { username: "u".into(), password: "p".into() });
        let active = policy(SuspendMode::AddressList).service(&service, Target::Active);
        let menus: Vec<&str> = active.rows.iter().map(|r| r.menu).collect();
        assert_eq!(menus, [menu::PPP_PROFILE, menu::PPP_SECRET, menu::QUEUE]);
        assert_eq!(active.rows[1].marker, "lastmile:0a1b2c3d:sub:42 SUB-000042");
        assert!(active.drop_sessions.is_empty());
        let suspended = policy(SuspendMode::AddressList).service(&service, Target::Suspended);
        assert_eq!(attr(&suspended.rows[1], "disabled"), Some("yes"));
        assert_eq!(suspended.drop_sessions[0].menu, menu::PPP_ACTIVE);
        assert!(suspended.rows.iter().any(|r| r.menu == menu::ADDRESS_LIST && r.present));
        assert!(suspended.rows.iter().any(|r| r.menu == menu::FILTER && r.first));
    }

    #[test]
    fn dhcp_suspension_cuts_service_without_lifting_the_limit() {
        let mut service = service(Access::Dhcp);
        service.mac = "aa:bb:cc:00:11:22".into();
        let rows = policy(SuspendMode::AddressList).service(&service, Target::Suspended).rows;
        assert_eq!(rows[0].key_value, "AA:BB:CC:00:11:22");
        assert_eq!(attr(&rows[0], "address-lists"), Some("isp_suspended"));
        assert_eq!(attr(&rows[1], "max-limit"), Some("10M/50M"));
        let rows = policy(SuspendMode::Disable).service(&service, Target::Suspended).rows;
        assert_eq!(attr(&rows[0], "block-access"), Some("yes"));
        assert_eq!(attr(&rows[1], "max-limit"), Some("1k/1k"));
        service.was_suspended = true;
        let back = policy(SuspendMode::AddressList).service(&service, Target::Active).rows;
        assert!(back.iter().any(|r| r.menu == menu::ADDRESS_LIST && !r.present));
    }

    #[test]
    fn termination_leaves_nothing_but_the_shared_profile() {
        let service = service(Access::Hotspot { username: "h".into(), password: "p".into() });
        let gone = policy(SuspendMode::AddressList).service(&service, Target::Gone);
        assert!(gone.rows.iter().all(|r| !r.present));
        assert_eq!(gone.drop_sessions[0].menu, menu::HOTSPOT_ACTIVE);
    }
}
