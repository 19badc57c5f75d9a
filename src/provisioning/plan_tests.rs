use super::*;

fn row(menu: &'static str, key: (&'static str, &str), attrs: &[(&str, &str)], marker: &str) -> Row {
    Row {
        menu,
        key_name: key.0,
        key_value: key.1.into(),
        attrs: attrs.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect(),
        marker: marker.into(),
        present: true,
        shared: false,
        first: false,
    }
}

fn seen(attrs: &[(&str, &str)]) -> Present {
    attrs.iter().map(|(n, v)| (*n, *v)).collect()
}

const MARK: &str = "lastmile:0a1b2c3d:sub:42 SUB-000042";

fn secret() -> Row {
    row(menu::PPP_SECRET, ("name", "ana"), &[("password", "p"), ("profile", "gold"), ("disabled", "no")], MARK)
}

fn changes(wanted: &[&Row], present: &[Present]) -> Vec<Change> {
    let plan = plan(wanted, present);
    assert_eq!(plan.conflicts, []);
    plan.steps.into_iter().map(|step| step.change).collect()
}

fn set(id: &str, attrs: &[(&str, &str)]) -> Change {
    Change::Set { id: id.into(), attrs: attrs.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect() }
}

fn removed(id: &str) -> Change {
    Change::Remove { id: id.into() }
}

#[test]
fn what_is_missing_is_added_and_what_is_right_is_left_alone() {
    let added = changes(&[&secret()], &[]);
    let Change::Add { attrs, before: None } = &added[0] else { panic!("{added:?}") };
    assert_eq!(attrs.first().unwrap(), &("name".to_owned(), "ana".to_owned()));
    assert_eq!(attrs.last().unwrap(), &("comment".to_owned(), MARK.to_owned()));
    let right = seen(&[(".id", "*1"), ("name", "ana"), ("password", "p"), ("profile", "gold"), ("disabled", "false"), ("comment", MARK)]);
    assert_eq!(changes(&[&secret()], &[right]), []);
}

#[test]
fn spelling_is_no_difference() {
    let queue = row(menu::QUEUE, ("name", "SUB-000042"), &[("target", "10.0.0.5/32"), ("max-limit", "5M/20M")], MARK);
    let present =
        seen(&[(".id", "*1"), ("name", "SUB-000042"), ("target", "10.0.0.5/32"), ("max-limit", "5000000/20000000"), ("comment", MARK)]);
    assert_eq!(changes(&[&queue], &[present]), []);
}

#[test]
fn only_what_differs_is_set_and_the_session_ends() {
    let present = seen(&[(".id", "*1"), ("name", "ana"), ("password", "p"), ("profile", "silver"), ("comment", MARK)]);
    let plan = plan(&[&secret()], &[present]);
    assert_eq!(plan.steps[0].change, set("*1", &[("profile", "gold")]));
    assert_eq!(plan.sessions[0].1.key_value, "ana");
}

#[test]
fn a_renamed_account_is_found_by_its_marker_even_under_another_label() {
    let present =
        seen(&[(".id", "*1"), ("name", "old"), ("password", "p"), ("profile", "gold"), ("comment", "lastmile:0a1b2c3d:sub:42 Old name")]);
    let plan = plan(&[&secret()], &[present]);
    assert_eq!(plan.steps[0].change, set("*1", &[("name", "ana"), ("comment", MARK)]));
    assert_eq!(plan.sessions[0].1.key_value, "old");
}

#[test]
fn rows_of_others_are_conflicts_by_name() {
    for comment in ["put in by hand", "lastmile:0a1b2c3d:sub:7 SUB-000007", "lastmile:ffffffff:sub:42 SUB-000042", ""] {
        let foreign = seen(&[(".id", "*9"), ("name", "ana"), ("comment", comment)]);
        let plan = plan(&[&secret()], &[foreign]);
        assert_eq!(plan.steps, []);
        let text = &plan.conflicts[0].1;
        assert!(text.contains("/ppp/secret name=ana") && text.contains(comment), "{text}");
    }
}

#[test]
fn only_our_own_is_removed() {
    let gone = Row { present: false, ..secret() };
    let foreign = seen(&[(".id", "*9"), ("name", "ana")]);
    assert_eq!(changes(&[&gone], &[foreign]), []);
    let own = seen(&[(".id", "*1"), ("name", "other"), ("comment", MARK)]);
    assert_eq!(changes(&[&gone], &[own]), [removed("*1")]);
}

#[test]
fn doubles_of_ours_are_removed() {
    let host = row(menu::GARDEN, ("", ""), &[("dst-host", "pay.example"), ("action", "allow")], MARK);
    let one = |id| seen(&[(".id", id), ("dst-host", "pay.example"), ("action", "allow"), ("comment", MARK)]);
    assert_eq!(changes(&[&host], &[one("*1"), one("*2")]), [removed("*2")]);
}

#[test]
fn shared_profiles_of_others_are_used_as_they_are() {
    let profile =
        Row { shared: true, ..row(menu::PPP_PROFILE, ("name", "gold"), &[("rate-limit", "5M/20M")], "lastmile:0a1b2c3d:plan:7 Gold") };
    let foreign = seen(&[(".id", "*9"), ("name", "gold"), ("rate-limit", "1M/1M")]);
    assert_eq!(changes(&[&profile], &[foreign]), []);
    let own = seen(&[(".id", "*9"), ("name", "gold"), ("rate-limit", "1M/1M"), ("comment", "lastmile:0a1b2c3d:plan:7 Gold")]);
    assert_eq!(changes(&[&profile], &[own]), [set("*9", &[("rate-limit", "5M/20M")])]);
    // Without comments only a name like ours says whose it is.
    let hotspot = Row { shared: true, ..row(menu::HOTSPOT_PROFILE, ("name", "lastmile-plan-7"), &[("rate-limit", "5M/20M")], "") };
    let ours = seen(&[(".id", "*3"), ("name", "lastmile-plan-7"), ("rate-limit", "1M/1M")]);
    assert_eq!(changes(&[&hotspot], &[ours]), [set("*3", &[("rate-limit", "5M/20M")])]);
}

fn lease() -> Row {
    row(menu::LEASE, ("mac-address", "AA:BB:CC:00:11:22"), &[("address", "10.0.0.5"), ("address-lists", ""), ("block-access", "no")], MARK)
}

#[test]
fn dynamic_leases_make_way_and_static_ones_do_not() {
    let of_device = seen(&[(".id", "*1"), ("mac-address", "AA:BB:CC:00:11:22"), ("address", "10.0.0.77"), ("dynamic", "true")]);
    let of_address = seen(&[(".id", "*2"), ("mac-address", "AA:BB:CC:00:11:33"), ("address", "10.0.0.5"), ("dynamic", "true")]);
    let steps = changes(&[&lease()], &[of_device, of_address]);
    assert_eq!(steps[..2], [removed("*1"), removed("*2")]);
    assert!(matches!(&steps[2], Change::Add { attrs, .. } if !attrs.iter().any(|(name, _)| name == "address-lists")));
    let foreign = seen(&[(".id", "*3"), ("mac-address", "AA:BB:CC:00:11:33"), ("address", "10.0.0.5"), ("dynamic", "false")]);
    let plan = plan(&[&lease()], &[foreign]);
    assert_eq!(plan.steps, []);
    assert!(plan.conflicts[0].1.contains("address=10.0.0.5"));
}

#[test]
fn what_is_left_out_goes_back_to_its_default() {
    let present =
        seen(&[(".id", "*1"), ("mac-address", "AA:BB:CC:00:11:22"), ("address", "10.0.0.5"), ("rate-limit", "5M/20M"), ("comment", MARK)]);
    assert_eq!(changes(&[&lease()], &[present]), [set("*1", &[("rate-limit", "")])]);
}

#[test]
fn an_address_listed_by_others_is_listed() {
    let entry = row(menu::ADDRESS_LIST, ("", ""), &[("list", "isp_suspended"), ("address", "10.0.0.5")], MARK);
    let dynamic = seen(&[(".id", "*1"), ("list", "isp_suspended"), ("address", "10.0.0.5"), ("dynamic", "true")]);
    assert_eq!(changes(&[&entry], &[dynamic]), []);
    let other_list = seen(&[(".id", "*1"), ("list", "allowed"), ("address", "10.0.0.5")]);
    assert!(matches!(changes(&[&entry], &[other_list])[..], [Change::Add { .. }]));
}

#[test]
fn the_drop_rule_comes_before_what_would_skip_it() {
    let rule = Row { first: true, ..row(menu::FILTER, ("", ""), &[("chain", "forward"), ("action", "drop")], MARK) };
    let fast = seen(&[(".id", "*1"), ("chain", "forward"), ("action", "fasttrack-connection")]);
    let dynamic = seen(&[(".id", "*0"), ("action", "passthrough"), ("dynamic", "true")]);
    let added = changes(&[&rule], &[dynamic.clone(), fast.clone()]);
    assert!(matches!(&added[..], [Change::Add { before: Some(before), .. }] if before == "*1"));
    let own = seen(&[(".id", "*2"), ("chain", "forward"), ("action", "drop"), ("comment", MARK)]);
    assert_eq!(changes(&[&rule], &[dynamic.clone(), fast.clone(), own.clone()]), [Change::Move { id: "*2".into(), before: "*1".into() }]);
    let accept = seen(&[(".id", "*3"), ("action", "accept")]);
    assert_eq!(changes(&[&rule], &[dynamic, accept, own, fast]), []);
}
