use librouteros::{Query, Row};

use crate::support::{add, both, cmd, connect, sim_with};

fn row(client: &mut librouteros::Client, menu: &str, id: &str) -> Row {
    let print = cmd(&format!("{menu}/print"), &[]).query(Query::eq(".id", id));
    client.call(&print).unwrap().rows.remove(0)
}

#[test]
fn a_comment_is_absent_when_empty() {
    let (_sim, mut client) = both();
    let id = add(&mut client, "/ppp/secret", &[("name", "ana"), ("comment", "x")]);
    client.call(&cmd("/ppp/secret/comment", &[(".id", &id), ("comment", "")])).unwrap();
    assert_eq!(row(&mut client, "/ppp/secret", &id).get("comment"), None);
    assert_eq!(row(&mut client, "/ppp/secret", &id).iter().next(), Some((".id", id.as_str())));
}

#[test]
fn rows_are_addressed_by_number_or_name_and_in_lists() {
    let (_sim, mut client) = both();
    let ana = add(&mut client, "/ppp/secret", &[("name", "ana")]);
    let eva = add(&mut client, "/ppp/secret", &[("name", "eva")]);
    client.call(&cmd("/ppp/secret/set", &[("numbers", "ana"), ("comment", "1")])).unwrap();
    client.call(&cmd("/ppp/secret/disable", &[(".id", &format!("{ana},eva"))])).unwrap();
    assert_eq!(row(&mut client, "/ppp/secret", &ana).get("comment"), Some("1"));
    assert!(row(&mut client, "/ppp/secret", &eva).is_true("disabled"));
    client.call(&cmd("/interface/set", &[(".id", "ether1"), ("comment", "uplink")])).unwrap();
    client.call(&cmd("/ip/service/set", &[("numbers", "api"), ("disabled", "no")])).unwrap();
    client.call(&cmd("/ppp/secret/remove", &[("numbers", &format!("{ana},{eva}"))])).unwrap();
    assert_eq!(client.call(&cmd("/ppp/secret/print", &[("count-only", "")])).unwrap().ret.as_deref(), Some("0"));
    // Numbers are never used again.
    assert_ne!(add(&mut client, "/ppp/secret", &[("name", "ana")]), ana);
}

#[test]
fn property_lists() {
    let (_sim, mut client) = both();
    add(&mut client, "/ppp/secret", &[("name", "ana"), ("comment", "x")]);
    add(&mut client, "/ppp/secret", &[("name", "eva")]);
    let rows = client.call(&cmd("/ppp/secret/print", &[]).proplist(["comment"])).unwrap().rows;
    assert_eq!(rows[0].iter().collect::<Vec<_>>(), [("comment", "x")]);
    assert!(rows[1].is_empty(), "a row without any of the properties is still a row");
    let rows = client.call(&cmd("/ppp/secret/getall", &[]).proplist([".id", "name", "nonsense"])).unwrap().rows;
    assert_eq!(rows[1].iter().collect::<Vec<_>>(), [(".id", "*2"), ("name", "eva")]);
    assert_eq!(
        client.call(&cmd("/ppp/secret/print", &[("count-only", "")]).query(Query::eq("name", "eva"))).unwrap().ret.as_deref(),
        Some("1")
    );
}

#[test]
fn single_menus_need_no_address() {
    let (_sim, mut client) = both();
    client.call(&cmd("/system/identity/set", &[("name", "pop-7")])).unwrap();
    let rows = client.call(&cmd("/system/identity/print", &[])).unwrap().rows;
    assert_eq!(rows[0].iter().collect::<Vec<_>>(), [("name", "pop-7")]);
    client.call(&cmd("/ip/dns/set", &[("servers", "1.1.1.1"), ("allow-remote-requests", "yes")])).unwrap();
    assert!(client.call(&cmd("/ip/dns/print", &[])).unwrap().rows[0].is_true("allow-remote-requests"));
}

#[test]
fn unset_brings_the_default_back() {
    let (_sim, mut client) = both();
    let id = add(&mut client, "/queue/simple", &[("target", "10.0.0.1"), ("max-limit", "1M/1M"), ("time", "0s-1h,mon")]);
    client.call(&cmd("/queue/simple/unset", &[(".id", &id), ("value-name", "dst,time")])).unwrap();
    let row = row(&mut client, "/queue/simple", &id);
    assert_eq!((row.get("max-limit"), row.get("time")), (Some("1000000/1000000"), None));
}

#[test]
fn get_and_find() {
    let (_sim, mut client) = both();
    let ret = |client: &mut librouteros::Client, command| client.call(&command).unwrap().ret;
    assert_eq!(
        ret(&mut client, cmd("/ip/pool/get", &[("number", "hs-pool-1"), ("value-name", "ranges")])).as_deref(),
        Some("10.5.50.10-10.5.50.254")
    );
    assert_eq!(ret(&mut client, cmd("/ip/pool/find", &[])).as_deref(), Some("*1;*2;*3"));
    assert!(ret(&mut client, cmd("/system/resource/get", &[("value-name", "version")])).unwrap().starts_with("7."));
}

#[test]
fn order_is_kept_and_changed() {
    let (sim, mut client) = both();
    let order = |sim: &librouteros::sim::Simulator| {
        sim.rows("/ip/firewall/filter").iter().map(|row| row.id().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(order(&sim), "*1 *2");
    let rule = [("chain", "forward"), ("action", "accept"), ("place-before", "*1")];
    assert_eq!(add(&mut client, "/ip/firewall/filter", &rule), "*3");
    assert_eq!(order(&sim), "*3 *1 *2");
    let mut relocate = |pairs: &[(&str, &str)]| client.call(&cmd("/ip/firewall/filter/move", pairs)).map(|_| ());
    relocate(&[("numbers", "*2"), ("destination", "*3")]).unwrap();
    assert_eq!(order(&sim), "*2 *3 *1");
    relocate(&[("numbers", "*1"), ("destination", "0")]).unwrap();
    assert_eq!(order(&sim), "*1 *2 *3");
    relocate(&[("numbers", "*3,*2"), ("destination", "*1")]).unwrap();
    assert_eq!(order(&sim), "*3 *2 *1");
    relocate(&[("numbers", "*3")]).unwrap();
    assert_eq!(order(&sim), "*2 *1 *3");
    relocate(&[("numbers", "*2"), ("destination", "*2")]).unwrap();
    assert_eq!(order(&sim), "*2 *1 *3");
    assert!(relocate(&[("numbers", "*2"), ("destination", "*99")]).is_err());
}

#[test]
fn references_follow_names_and_dangle_when_gone() {
    let (sim, mut client) = both();
    let gold = add(&mut client, "/ppp/profile", &[("name", "gold"), ("remote-address", "pppoe-pool")]);
    add(&mut client, "/ppp/secret", &[("name", "ana"), ("profile", "gold")]);
    client.call(&cmd("/ppp/profile/set", &[(".id", &gold), ("name", "platinum")])).unwrap();
    assert_eq!(sim.find("/ppp/secret", "name", "ana").unwrap().get("profile"), Some("platinum"));
    client.call(&cmd("/ip/pool/remove", &[(".id", "pppoe-pool")])).unwrap();
    assert_eq!(sim.find("/ppp/profile", "name", "platinum").unwrap().get("remote-address"), Some("*3"));
    add(&mut client, "/ip/dhcp-server/lease", &[("address", "10.0.0.1"), ("server", "dhcp1")]);
    client.call(&cmd("/ip/dhcp-server/remove", &[(".id", "dhcp1")])).unwrap();
    assert_eq!(sim.rows("/ip/dhcp-server/lease")[0].get("server"), Some("*1"));
}

#[test]
fn a_bridge_is_an_interface() {
    let (sim, mut client) = both();
    let id = add(&mut client, "/interface/bridge", &[("name", "br2")]);
    add(&mut client, "/ip/address", &[("address", "10.0.0.1/24"), ("interface", "br2")]);
    client.call(&cmd("/interface/bridge/set", &[(".id", &id), ("name", "br3")])).unwrap();
    assert!(sim.find("/ip/address", "interface", "br3").is_some());
    client.call(&cmd("/interface/bridge/remove", &[(".id", "br3")])).unwrap();
    assert!(sim.find("/interface", "name", "br3").is_none());
}

#[test]
fn exports_show_nothing_but_can_be_filed() {
    let (sim, mut client) = both();
    let answer = client.call(&cmd("/export", &[])).unwrap();
    assert_eq!((answer.rows.len(), answer.ret), (0, None));
    client.call(&cmd("/export", &[("file", "backup")])).unwrap();
    assert!(sim.find("/file", "name", "backup.rsc").unwrap().get("contents").unwrap().starts_with("# by RouterOS 7."));
}

#[test]
fn empty_is_said_from_7_18() {
    for (version, says) in [("7.17.2", false), ("7.18", true), ("7.23.7 (long-term)", true), ("6.49.10", false)] {
        let sim = sim_with(|options| options.version = version.into());
        let mut client = connect(&sim);
        assert_eq!(client.call(&cmd("/ppp/secret/print", &[])).unwrap().rows.len(), 0);
        let mut raw = crate::streams::Raw::login(&sim);
        let sentences = raw.ask(&["/ppp/secret/print"]);
        let expected: &[&[&str]] = if says { &[&["!empty"], &["!done"]] } else { &[&["!done"]] };
        assert_eq!(sentences, expected, "{version}");
        let sentences = raw.ask(&["/ppp/secret/print", "=count-only=", ".tag=1"]);
        assert_eq!(sentences, [["!done", ".tag=1", "=ret=0"]]);
    }
}

#[test]
fn the_router_says_what_it_is() {
    let sim = sim_with(|options| {
        options.version = "7.23.7 (long-term)".into();
        options.identity = "core".into();
    });
    let mut client = connect(&sim);
    let resource = client.call(&cmd("/system/resource/print", &[])).unwrap().rows.remove(0);
    assert_eq!(resource.get("version"), Some("7.23.7 (long-term)"));
    assert!(resource.get("uptime").is_some() && resource.id().is_none());
    assert_eq!(client.call(&cmd("/system/identity/print", &[])).unwrap().rows[0].get("name"), Some("core"));
    assert_eq!(client.call(&cmd("/system/routerboard/print", &[])).unwrap().rows[0].get("serial-number"), Some("SIM0000001"));
}

#[test]
fn long_and_foreign_text_is_kept() {
    let (_sim, mut client) = both();
    for comment in ["x".repeat(256), "x".repeat(70_000), "né \u{1F600} =.tag=1\n".to_owned()] {
        let id = add(&mut client, "/ppp/secret", &[("name", &comment.chars().take(20).collect::<String>()), ("comment", &comment)]);
        assert_eq!(row(&mut client, "/ppp/secret", &id).get("comment"), Some(comment.as_str()));
        client.call(&cmd("/ppp/secret/remove", &[(".id", &id)])).unwrap();
    }
}
