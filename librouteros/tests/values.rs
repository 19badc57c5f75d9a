use std::time::Duration;

use librouteros::values::*;
use proptest::prelude::*;

#[test]
fn rates() {
    for (text, bits) in
        [("0", 0), ("64000", 64_000), ("64k", 64_000), ("5M", 5_000_000), ("1.5M", 1_500_000), ("1G", 1_000_000_000), ("512K", 512_000)]
    {
        assert_eq!(parse_rate(text), Some(bits), "{text}");
    }
    for text in ["", "M", "5 M", "-1", "5T", "1.M", ".5M", "5MM", "99999999999999999999", "é"] {
        assert_eq!(parse_rate(text), None, "{text}");
    }
    for (bits, text) in [(0, "0"), (5_000_000, "5M"), (1_500_000, "1500k"), (2_000_000_000, "2G"), (1_234, "1234")] {
        assert_eq!(format_rate(bits), text);
    }
    let pair: RatePair = "5M/20M".parse().unwrap();
    assert_eq!(pair, RatePair { upload: 5_000_000, download: 20_000_000 });
    assert_eq!((pair.to_bits().as_str(), pair.to_string().as_str()), ("5000000/20000000", "5M/20M"));
    assert_eq!("10M".parse::<RatePair>().unwrap().to_string(), "10M/10M");
    assert!("5M/".parse::<RatePair>().is_err());
}

#[test]
fn durations() {
    for (text, seconds) in [
        ("1w2d3h4m5s", 788_645),
        ("10m", 600),
        ("00:10:00", 600),
        ("1d00:10:00", 87_000),
        ("01:30", 5_400),
        ("90", 90),
        ("0s", 0),
        ("1h30", 3_630),
    ] {
        assert_eq!(parse_duration(text), Some(Duration::from_secs(seconds)), "{text}");
    }
    assert_eq!(parse_duration("1s500ms"), Some(Duration::from_millis(1500)));
    for text in ["", "s", "5x", "1s1m", "1m1m", "00:99:00", "1:2:3:4", "-5s", "never", "é5s"] {
        assert_eq!(parse_duration(text), None, "{text}");
    }
    assert_eq!(format_duration(Duration::from_secs(788_645)), "1w2d3h4m5s");
    assert_eq!(format_duration(Duration::from_millis(1500)), "1s500ms");
    assert_eq!(format_duration(Duration::ZERO), "0s");
}

#[test]
fn booleans() {
    assert_eq!(["yes", "true", "no", "false", "1"].map(parse_bool), [Some(true), Some(true), Some(false), Some(false), None]);
    assert_eq!((format_bool(true), format_bool(false)), ("yes", "no"));
}

#[test]
fn addresses() {
    for text in ["aa:bb:cc:dd:ee:0f", "AA-BB-CC-DD-EE-0F", "aabb.ccdd.ee0f", "aabbccddee0f"] {
        assert_eq!(normalize_mac(text).as_deref(), Some("AA:BB:CC:DD:EE:0F"), "{text}");
    }
    for text in ["", "aa:bb:cc:dd:ee", "aa:bb:cc:dd:ee:gg", "aaa:b:cc:dd:ee:ff", "é"] {
        assert_eq!(normalize_mac(text), None, "{text}");
    }
    assert_eq!(normalize_prefix("10.0.0.5").as_deref(), Some("10.0.0.5/32"));
    assert_eq!(normalize_prefix("10.0.0.0/24").as_deref(), Some("10.0.0.0/24"));
    assert_eq!(normalize_prefix("2001:DB8::1").as_deref(), Some("2001:db8::1/128"));
    assert_eq!(normalize_prefix("10.0.0.0/33"), None);
    assert_eq!(format_host("10.0.0.5/32").as_deref(), Some("10.0.0.5"));
    assert_eq!(format_host("10.0.0.0/24").as_deref(), Some("10.0.0.0/24"));
}

#[test]
fn same_meanings() {
    for (name, a, b) in [
        ("max-limit", "5M/20M", "5000000/20000000"),
        ("max-limit", "10M", "10000000/10000000"),
        ("lease-time", "1h", "01:00:00"),
        ("burst-time", "8s/8s", "00:00:08/8s"),
        ("target", "10.0.0.5", "10.0.0.5/32"),
        ("target", "10.0.0.5,10.0.0.6", "10.0.0.5/32,10.0.0.6/32"),
        ("mac-address", "aa:bb:cc:dd:ee:ff", "AA:BB:CC:DD:EE:FF"),
        ("disabled", "yes", "true"),
        ("disabled", "no", "false"),
        ("priority", "8", "8/8"),
        ("rate-limit", "5M/20M", "5000k/20000k"),
        ("rate-limit", "5M/20M 10M/40M 4M/16M 8/8 8 1M/1M", "5M/20M 10M/40M 4M/16M 8/8 8/8 1M"),
        ("comment", "x", "x"),
    ] {
        assert!(same_value(name, a, b), "{name}: {a} = {b}");
        assert!(same_value(name, b, a), "{name}: {b} = {a}");
    }
    for (name, a, b) in [
        ("max-limit", "5M/20M", "20M/5M"),
        ("target", "10.0.0.5", "10.0.0.5/24"),
        ("password", "yes", "true"),
        ("password", "10.0.0.5", "10.0.0.5/32"),
        ("name", "aa:bb:cc:dd:ee:ff", "AA:BB:CC:DD:EE:FF"),
        ("profile", "gold", "silver"),
        ("rate-limit", "5M/20M", "5M/20M 1M/1M"),
        ("target", "10.0.0.5", "10.0.0.5,10.0.0.6"),
    ] {
        assert!(!same_value(name, a, b), "{name}: {a} ≠ {b}");
    }
}

#[test]
fn absent_means_the_default() {
    assert!(same_value("disabled", None, "no"));
    assert!(same_value("comment", "", None));
    assert!(same_value("profile", None, "default"));
    assert!(same_value("server", "all", None));
    assert!(same_value("max-limit", "0/0", None));
    assert!(!same_value("disabled", None, "yes"));
    assert!(!same_value("comment", None, "x"));
    assert_eq!(default_value("shared-users"), "1");
}

proptest! {
    #[test]
    fn rates_round_trip(upload: u64, download: u64) {
        let pair = RatePair { upload, download };
        prop_assert_eq!(pair.to_string().parse::<RatePair>().unwrap(), pair);
        prop_assert_eq!(pair.to_bits().parse::<RatePair>().unwrap(), pair);
        prop_assert!(same_value("max-limit", pair.to_string().as_str(), pair.to_bits().as_str()));
    }

    #[test]
    fn durations_round_trip(millis in 0..u64::MAX / 2) {
        let span = Duration::from_millis(millis);
        prop_assert_eq!(parse_duration(&format_duration(span)), Some(span));
    }

    #[test]
    fn nothing_panics(name in ".*", a in ".*", b in ".*") {
        let _ = (parse_rate(&a), parse_duration(&a), normalize_mac(&a), format_host(&a), a.parse::<RatePair>().is_ok());
        prop_assert_eq!(same_value(&name, a.as_str(), b.as_str()), same_value(&name, b.as_str(), a.as_str()));
        prop_assert!(same_value(&name, a.as_str(), a.as_str()));
    }
}
