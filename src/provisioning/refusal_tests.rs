//! What real routers refuse, what hangs, and what goes on past new rules.

use librouteros::Row;

use super::*;

/// `add` of a router's operator.
fn operator(sim: &Simulator, menu: &str, attrs: &[(&str, &str)]) -> String {
    sim.add(menu, attrs).unwrap()
}

fn own<'a>(rows: &'a [Row], kind: &str) -> Vec<&'a Row> {
    rows.iter().filter(|row| row.get("comment").is_some_and(|text| text.contains(&format!(":{kind}:")))).collect()
}

#[test]
fn what_a_menu_cannot_unset_gets_its_neutral_value() {
    let (sim, lines) = (sim(), lines());
    let bound = Service { mac: "AA:BB:CC:00:00:07".into(), ..hotspot(7) };
    for service in [bound, hotspot(7), Service { ip: String::new(), ..dhcp(6) }, dhcp(6), Service { ip: String::new(), ..dhcp(6) }] {
        done(&lines, &sim, policy().access(&service, Target::Active));
        assert_eq!(done(&lines, &sim, policy().access(&service, Target::Active)), 0, "{service:?}");
    }
    assert!(!sim.log().iter().any(|entry| entry.path().ends_with("/unset")));
    let lease = &sim.rows(menu::LEASE)[0];
    assert_eq!((lease.get("address"), lease.get("rate-limit")), (Some("0.0.0.0"), Some("10M/50M")));
    assert_eq!(
        sim.rows(menu::HOTSPOT_USER).iter().find(|row| row.get("name") == Some("spot7")).unwrap().get("mac-address"),
        Some("00:00:00:00:00:00")
    );
}

#[test]
fn a_fixed_address_of_an_account_is_unset_where_the_menu_can() {
    let (sim, lines) = (sim(), lines());
    done(&lines, &sim, policy().access(&pppoe(5), Target::Active));
    assert_eq!(done(&lines, &sim, policy().access(&Service { ip: String::new(), ..pppoe(5) }, Target::Active)), 1);
    assert_eq!(sim.rows(menu::PPP_SECRET)[0].get("remote-address"), None);
    let v6 = Service { ip: "2001:db8:1::/56".into(), ..pppoe(5) };
    done(&lines, &sim, policy().access(&v6, Target::Active));
    assert_eq!(sim.rows(menu::PPP_SECRET)[0].get("remote-ipv6-prefix"), Some("2001:db8:1::/56"));
    done(&lines, &sim, policy().access(&Service { had_prefix: true, ..pppoe(5) }, Target::Active));
    let secret = &sim.rows(menu::PPP_SECRET)[0];
    assert_eq!((secret.get("remote-ipv6-prefix"), secret.get("remote-address")), (None, Some("10.20.0.5")));
}

#[test]
fn an_address_of_ipv6_is_128_and_a_prefix_is_itself() {
    let (sim, lines) = (sim(), lines());
    let of = |id, ip: &str| Service { ip: ip.into(), was_suspended: true, ..dhcp(id) };
    for (id, ip, target) in
        [(5, "2001:db8::5", "2001:db8::5/128"), (6, "2001:db8:1::/56", "2001:db8:1::/56"), (7, "10.20.0.8/30", "10.20.0.8/30")]
    {
        done(&lines, &sim, policy().service(&of(id, ip), Target::Suspended));
        assert_eq!(done(&lines, &sim, policy().service(&of(id, ip), Target::Suspended)), 0);
        assert_eq!(sim.find(menu::QUEUE, "name", &format!("SUB-{id:06}")).unwrap().get("target"), Some(target));
        let list = if ip.contains(':') { menu::ADDRESS_LIST6 } else { menu::ADDRESS_LIST };
        assert!(sim.find(list, "address", target).is_some(), "{target}");
        let lease = sim.find(menu::LEASE, "mac-address", &format!("AA:BB:CC:00:00:{id:02X}")).unwrap();
        assert_eq!(lease.get("address"), None);
    }
    assert_eq!(sim.rows(menu::FILTER6)[0].get("src-address-list"), Some("isp_suspended"));
    for (id, ip) in [(5, "2001:db8::5"), (6, "2001:db8:1::/56"), (7, "10.20.0.8/30")] {
        done(&lines, &sim, policy().service(&of(id, ip), Target::Active));
    }
    assert!(sim.rows(menu::ADDRESS_LIST6).is_empty() && sim.rows(menu::ADDRESS_LIST).is_empty());
}

#[test]
fn a_temporary_entry_of_somebody_else_is_no_suspension() {
    let (sim, lines) = (sim(), lines());
    operator(&sim, menu::ADDRESS_LIST, &[("list", "isp_suspended"), ("address", "10.20.0.5"), ("timeout", "1h"), ("comment", "abuse")]);
    operator(&sim, menu::ADDRESS_LIST, &[("list", "other"), ("address", "10.20.0.5"), ("timeout", "1h")]);
    operator(&sim, menu::ADDRESS_LIST, &[("list", "isp_suspended"), ("address", "10.20.0.6"), ("comment", "by hand")]);
    for service in [dhcp(5), dhcp(6)] {
        done(&lines, &sim, policy().service(&service, Target::Suspended));
        assert_eq!(done(&lines, &sim, policy().service(&service, Target::Suspended)), 0);
    }
    let rows = sim.rows(menu::ADDRESS_LIST);
    let lasting: Vec<&str> =
        own(&rows, "sub").iter().filter(|row| row.get("timeout").is_none()).filter_map(|row| row.get("address")).collect();
    assert_eq!(lasting, ["10.20.0.5"], "one of ours; the other address is in the list for good already");
    assert_eq!(rows.len(), 3);
}

#[test]
fn a_guarantee_set_by_hand_stops_neither_suspension_nor_downgrade() {
    let (sim, lines) = (sim(), lines());
    let choking = Policy { suspend_mode: SuspendMode::Disable, ..policy() };
    done(&lines, &sim, policy().service(&pppoe(5), Target::Active));
    let by_hand = |limit: &str| {
        let id = sim.rows(menu::QUEUE)[0].id().unwrap().to_owned();
        assert!(sim.force(menu::QUEUE, &id, "limit-at", Some(limit)));
    };
    by_hand("10000000/50000000");
    done(&lines, &sim, choking.service(&pppoe(5), Target::Suspended));
    assert_eq!(sim.rows(menu::QUEUE)[0].get("max-limit"), Some("1000/1000"));
    done(&lines, &sim, policy().service(&pppoe(5), Target::Active));
    by_hand("10000000/50000000");
    let slower = Tariff { down_mbps: 5.0, up_mbps: 1.0, ..pppoe(5).tariff };
    done(&lines, &sim, policy().service(&Service { tariff: slower, ..pppoe(5) }, Target::Active));
    assert_eq!(sim.rows(menu::QUEUE)[0].get("max-limit"), Some("1000000/5000000"));
}

#[test]
fn what_another_request_takes_away_is_not_in_the_way() {
    let (sim, lines) = (sim(), lines());
    done(&lines, &sim, policy().service(&dhcp(5), Target::Active));
    let next = Service { ip: dhcp(5).ip, ..dhcp(6) };
    let wanted = vec![policy().service(&next, Target::Active), policy().service(&dhcp(5), Target::Gone)];
    assert_eq!(bring(&lines, &sim, wanted).unwrap().errors, [None, None]);
    assert_eq!(sim.rows(menu::LEASE).len(), 1);
    assert_eq!(sim.rows(menu::LEASE)[0].get("mac-address"), Some("AA:BB:CC:00:00:06"));
}

#[test]
fn a_session_that_hangs_is_tried_once_more_on_a_new_one() {
    let (sim, lines) = (sim(), patient(Duration::from_secs(1)));
    done(&lines, &sim, policy().service(&pppoe(5), Target::Active));
    sim.set_faults(|faults| faults.stall_next_ms = 3_000);
    let health = lines.speak(&address(&sim), inspect::health).unwrap();
    assert_eq!(health.identity, "MikroTik");
    sim.set_faults(|faults| faults.silent = true);
    assert!(lines.speak(&address(&sim), inspect::health).unwrap_err().away.is_some());
}

#[test]
fn connections_under_way_end_with_the_suspension() {
    for apart in [true, false] {
        let (sim, lines) = (sim(), lines());
        let end = |host: &str, port: u16| if apart { format!("{host} {port}") } else { format!("{host}:{port}") };
        for service in [dhcp(5), dhcp(6), pppoe(7)] {
            done(&lines, &sim, policy().service(&service, Target::Active));
        }
        sim.connect_dhcp("dhcp1", "192.168.88.77", "AA:BB:CC:00:00:06", "phone").unwrap();
        for host in ["10.20.0.5", "10.20.0.6", "10.20.0.50", "10.20.0.7"] {
            sim.track(&end(host, 51_000), &end("203.0.113.7", 443));
        }
        sim.track(&end("203.0.113.8", 40_000), &end("10.20.0.5", 22));
        done(&lines, &sim, policy().service(&dhcp(5), Target::Suspended));
        assert_eq!(sim.rows(menu::CONNECTION).len(), 3, "those of others go on");
        done(&lines, &sim, policy().service(&pppoe(7), Target::Gone));
        assert_eq!(sim.rows(menu::CONNECTION).len(), 2);
        assert_eq!(done(&lines, &sim, policy().service(&dhcp(5), Target::Suspended)), 0);
        done(&lines, &sim, policy().service(&Service { ip: "10.20.0.4/30".into(), ..dhcp(6) }, Target::Suspended));
        let left: Vec<String> = sim.rows(menu::CONNECTION).iter().filter_map(|row| row.get("src-address").map(str::to_owned)).collect();
        assert_eq!(left, [if apart { "10.20.0.50".to_owned() } else { end("10.20.0.50", 51_000) }]);
    }
}

#[test]
fn the_address_that_a_lease_has_now_is_listed_too() {
    let (sim, lines) = (sim(), lines());
    let any = Service { ip: String::new(), ..dhcp(6) };
    done(&lines, &sim, policy().service(&any, Target::Active));
    sim.connect_dhcp("dhcp1", "192.168.88.77", "AA:BB:CC:00:00:06", "phone").unwrap();
    sim.track("192.168.88.77 51000", "203.0.113.7 443");
    done(&lines, &sim, policy().service(&any, Target::Suspended));
    let entries = sim.rows(menu::ADDRESS_LIST);
    assert_eq!((entries.len(), entries[0].get("address")), (1, Some("192.168.88.77")));
    assert!(sim.rows(menu::CONNECTION).is_empty());
    assert_eq!(done(&lines, &sim, policy().service(&any, Target::Suspended)), 0);
    // A suspension that is taken back in the same go leaves no entry.
    let both = [Target::Suspended, Target::Active].map(|target| policy().service(&Service { was_suspended: true, ..any.clone() }, target));
    assert_eq!(bring(&lines, &sim, both.to_vec()).unwrap().errors, [None, None]);
    assert!(sim.rows(menu::ADDRESS_LIST).is_empty());
}

#[test]
fn queues_stand_before_catch_alls_of_others() {
    let (sim, lines) = (sim(), lines());
    let names = || sim.rows(menu::QUEUE).iter().map(|row| row.get("name").unwrap_or_default().to_owned()).collect::<Vec<_>>();
    operator(&sim, menu::QUEUE, &[("name", "voice"), ("target", "10.20.0.5/32"), ("max-limit", "1M/1M")]);
    operator(&sim, menu::QUEUE, &[("name", "rest"), ("target", "10.20.0.0/22"), ("max-limit", "9M/9M")]);
    operator(&sim, menu::QUEUE, &[("name", "all"), ("target", "0.0.0.0/0"), ("max-limit", "9M/9M")]);
    done(&lines, &sim, policy().service(&pppoe(5), Target::Active));
    assert_eq!(names(), ["voice", "SUB-000005", "rest", "all"]);
    let id = operator(&sim, menu::QUEUE, &[("name", "new"), ("target", "0.0.0.0/0"), ("max-limit", "9M/9M"), ("place-before", "0")]);
    assert!(!id.is_empty());
    done(&lines, &sim, policy().service(&pppoe(5), Target::Active));
    assert_eq!(names(), ["SUB-000005", "new", "voice", "rest", "all"]);
    assert_eq!(done(&lines, &sim, policy().service(&pppoe(5), Target::Active)), 0);
}

#[test]
fn a_fasttrack_rule_is_seen() {
    let (sim, lines) = (sim(), lines());
    assert!(lines.speak(&address(&sim), inspect::health).unwrap().fasttrack);
    let rule = sim.find(menu::FILTER, "action", "fasttrack-connection").unwrap();
    assert!(sim.force(menu::FILTER, rule.id().unwrap(), "disabled", Some("true")));
    assert!(!lines.speak(&address(&sim), inspect::health).unwrap().fasttrack);
}
