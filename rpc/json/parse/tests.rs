use lastmile_orm::map;

use super::*;

fn ok(text: &str) -> Value {
    parse(text.as_bytes()).unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[test]
fn values_of_every_kind() {
    let value = ok(r#" {"a": [1, -2.5, 1e3, true, null], "b": "x\n\u00e9\ud83d\ude00", "a2": {}} "#);
    let list = Value::List(vec![Value::Int(1), Value::Float(-2.5), Value::Float(1000.0), Value::Bool(true), Value::None]);
    assert_eq!(value, Value::Map(map! { "a" => list, "b" => "x\né😀", "a2" => Map::new() }));
}

#[test]
fn numbers_of_any_length() {
    assert_eq!(ok("9223372036854775807"), Value::Int(i64::MAX));
    assert_eq!(ok("9223372036854775808"), Value::Big("9223372036854775808".into()));
    assert_eq!(ok("-123456789012345678901234567890"), Value::Big("-123456789012345678901234567890".into()));
    assert_eq!(ok("1e999"), Value::Float(f64::INFINITY));
    assert_eq!(ok("-Infinity"), Value::Float(f64::NEG_INFINITY));
    assert_eq!(ok("-0"), Value::Int(0));
}

#[test]
fn broken_documents_are_refused() {
    for text in [
        "",
        " ",
        "{",
        "[1,",
        "[1 2]",
        "{\"a\"}",
        "{a:1}",
        "01",
        "1.",
        "-",
        "+1",
        "\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12é\"",
        "nul",
        "[]]",
        "\"\n\"",
        "{\"a\":1,}",
        "[1,]",
        "1e",
        "\u{feff}1",
        "'a'",
    ] {
        assert!(parse(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn depth_is_bounded() {
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(parse(deep(DEPTH).as_bytes()).is_ok());
    assert!(parse(deep(DEPTH + 2).as_bytes()).is_err());
    assert!(parse("[".repeat(1_000_000).as_bytes()).is_err());
}

#[test]
fn bad_text_is_repaired() {
    assert_eq!(parse(b"\"a\xffb\""), Ok(Value::from("a\u{fffd}b")));
    assert_eq!(ok(r#""\ud800x""#), Value::from("\u{fffd}x"));
    assert_eq!(ok(r#""\ud800\u0041""#), Value::from("\u{fffd}A"));
}
