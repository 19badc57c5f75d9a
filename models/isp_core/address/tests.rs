//! What addresses and names are taken for.

use super::*;

fn ip(text: &str) -> Checked<String> {
    ServiceAddress::parse(text, &Limits::default()).map(|address| address.to_string())
}

#[test]
fn services_have_an_address_or_a_small_network() {
    let good = [
        ("10.0.0.5", "10.0.0.5"),
        (" 10.0.0.5/32 ", "10.0.0.5"),
        ("10.0.0.4/30", "10.0.0.4/30"),
        ("2001:DB8:0::5", "2001:db8::5"),
        ("2001:db8::5/128", "2001:db8::5"),
        ("2001:db8:1:200::/56", "2001:db8:1:200::/56"),
    ];
    for (text, kept) in good {
        assert_eq!(ip(text).as_deref(), Ok(kept), "{text}");
    }
    let cidr = |text| ServiceAddress::parse(text, &Limits::default()).unwrap().cidr();
    assert_eq!((cidr("10.0.0.5"), cidr("2001:db8::5")), ("10.0.0.5/32".into(), "2001:db8::5/128".into()));
}

#[test]
fn nobody_has_everything_or_what_is_nobodys() {
    let bad = [
        "0.0.0.0/0",
        "0.0.0.0",
        "::/0",
        "::",
        "10.0.0.0/8",
        "10.0.0.0/29",
        "10.0.0.5/30",
        "127.0.0.1",
        "::1",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "240.0.0.1",
        "0.1.2.3",
        "::ffff:10.0.0.1",
        "2001:db8::/32",
        "10.0.0.5/33",
        "10.0.0.5/",
        "10.0.0.5/+32",
        "10.0.0.5-10.0.0.9",
        "10.0.0.5,10.0.0.6",
        "010.0.0.1",
        "10.0.0",
        "!10.0.0.5",
        "",
    ];
    for text in bad {
        assert!(ip(text).is_err(), "{text}");
    }
}

#[test]
fn limits_never_open_everything() {
    assert_eq!(Limits::from_parameters(Some("29"), Some("/56")), Limits { v4: 29, v6: 56 });
    assert_eq!(Limits::from_parameters(Some("0"), Some("x")), Limits::default());
    assert_eq!(Limits::from_parameters(None, None), Limits::default());
}

#[test]
fn macs_are_kept_in_one_spelling() {
    let good = ["aa:bb:cc:00:11:22", "AA-BB-CC-00-11-22", "aabb.cc00.1122", "AABBCC001122", " aa:bb:cc:0:11:22 "];
    for text in good {
        assert_eq!(Mac::parse(text).unwrap().to_string(), "AA:BB:CC:00:11:22", "{text}");
    }
    let bad = [
        "",
        "aa:bb",
        "aa:bb:cc:00:11:2g",
        "aa:bb-cc:00:11:22",
        "00:00:00:00:00:00",
        "ff:ff:ff:ff:ff:ff",
        "01:00:5e:00:00:01",
        "aabb.cc00.11223",
    ];
    for text in bad {
        assert!(Mac::parse(text).is_err(), "{text}");
    }
}

#[test]
fn hosts_are_hosts() {
    assert_eq!(host("10.0.0.1").as_deref(), Ok("10.0.0.1"));
    assert_eq!(host("R1.Example.Net.").as_deref(), Ok("r1.example.net"));
    for text in
        ["", "0.0.0.0", "10.0.0.256", "1.2.3", "http://a.example", "a.example:80", "a..example", "-a.example", "a b", "user@a.example"]
    {
        assert!(host(text).is_err(), "{text}");
    }
    assert_eq!(garden_host("*.Pay.example").as_deref(), Ok("*.pay.example"));
    assert_eq!(garden_host("pay.example.com").as_deref(), Ok("pay.example.com"));
    for text in ["*", "*.*", "*.com", "?", ":.*", "a*.b*", "*.a.b/x", "0.0.0.0/0", "*.1"] {
        assert!(garden_host(text).is_err(), "{text}");
    }
}

#[test]
fn names_are_printable_and_no_numbers_of_rows() {
    assert_eq!(login(" user@isp ").as_deref(), Ok("user@isp"));
    for text in ["", "*1A", "a\nb", "a b", "a;b", "$user", "a\"b"] {
        assert!(login(text).is_err(), "{text:?}");
    }
    assert_eq!(name("Home of Ann").as_deref(), Ok("Home of Ann"));
    assert!(name("a\u{0}b").is_err() && name(&"x".repeat(200)).is_err());
}
