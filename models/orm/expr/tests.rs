#![allow(clippy::unwrap_used)]

use chrono::NaiveDate;

use super::*;

struct User;

impl Scope for User {
    fn name(&self, name: &str) -> Option<PyValue> {
        Some(match name {
            "user" => PyValue::user(),
            "uid" => PyValue::from(7_i64),
            "company_ids" => PyValue::from(vec![1_i64, 3]),
            "company_id" => PyValue::from(1_i64),
            "context" => PyValue::Dict(vec![("active_ids".into(), PyValue::from(vec![4_i64]))]),
            _ => return None,
        })
    }
    fn now(&self) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2024, 1, 31).and_then(|d| d.and_hms_opt(10, 20, 30)).unwrap()
    }
}

fn eval(text: &str) -> Result<PyValue> {
    Expr::parse(text)?.eval(&User)
}

fn value(text: &str) -> String {
    eval(text).and_then(PyValue::into_value).map_or_else(|e| format!("! {e}"), |v| v.py_repr())
}

#[test]
fn plain_python() {
    for (text, expected) in [
        ("1 + 2 * 3 - 4 // 3", "6"),
        ("-7 // 2", "-4"),
        ("-7 % 3", "2"),
        ("7 / 2", "3.5"),
        ("(1)", "1"),
        ("(1,)", "[1]"),
        ("()", "[]"),
        ("1, 2", "[1, 2]"),
        ("[1, 2,]", "[1, 2]"),
        ("{'a': 1, \"b\": [True, None],}", "{'a': 1, 'b': [True, None]}"),
        ("not 1 == 2 and 3 or 4", "3"),
        ("1 if False else 2", "2"),
        ("'a' in ('a', 'b') and 'c' not in ['a']", "True"),
        ("None is not None", "False"),
        ("'it\\'s \\u00e1' \" and\"", "\"it's á and\""),
        ("[x * 2 for x in [1, 2, 3] if x != 2]", "[2, 6]"),
        ("[[x for x in [1]]]", "[[1]]"),
        ("[1, 2, 3][-1] + len('abc')", "6"),
        ("'hello'[1:3]", "'el'"),
        ("{'a': {'b': 5}}['a'].get('b')", "5"),
        ("{}.get('x', 9)", "9"),
        ("'%s-%d' % ('a', 3)", "'a-3'"),
        ("max(1, 4, 2) + sum([1, 2])", "7"),
        ("r'a\\n'", "'a\\\\n'"),
        ("12345678901234567890", "12345678901234567890"),
        ("1 == True and 1.0 == 1", "True"),
        ("'x' * 3", "'xxx'"),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn dates() {
    for (text, expected) in [
        ("time.strftime('%Y-%m-01')", "'2024-01-01'"),
        ("context_today()", "2024-01-31"),
        ("(context_today() + relativedelta(months=1)).strftime('%Y-%m-%d')", "'2024-02-29'"),
        ("(context_today() - datetime.timedelta(days=7)).strftime('%Y-%m-%d')", "'2024-01-24'"),
        ("datetime.datetime.now() - relativedelta(hours=1)", "2024-01-31 09:20:30"),
        ("context_today() + relativedelta(day=1, years=-1)", "2023-01-01"),
        ("context_today() + relativedelta(weekday=0)", "2024-02-05"),
        ("datetime.date.today().year", "2024"),
        ("datetime.datetime.combine(context_today(), datetime.time(0,0,0)).to_utc()", "! 'datetime.time' is not callable"),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn the_user_stays_symbolic() {
    let path = |names: &[&str]| PyValue::Path(names.iter().map(|n| (*n).to_owned()).collect());
    assert_eq!(eval("user.isp_sector_ids.ids").unwrap(), path(&["isp_sector_ids", "ids"]));
    assert_eq!(eval("[user.commercial_partner_id.id]").unwrap(), PyValue::List(vec![path(&["commercial_partner_id", "id"])]));
    assert_eq!(value("user.id"), "7");
    assert_eq!(value("user.ids"), "[7]");
    assert_eq!(value("[user.id, False]"), "[7, False]");
    assert_eq!(value("company_ids + [False]"), "[1, 3, False]");
    assert_eq!(eval("user.x_ids.ids + [False]").unwrap(), PyValue::List(vec![path(&["x_ids", "ids"]), PyValue::from(false)]));
    assert_eq!(value("context.get('active_ids')"), "[4]");
}

#[test]
fn what_is_not_in_the_dialect_is_refused() {
    for text in [
        "",
        "(",
        "[1",
        "1 +",
        "lambda x: x",
        "a b",
        "'open",
        "1 < 2 < 3",
        "import os",
        "x = 1",
        "nosuch",
        "__import__('os')",
        "().__class__",
        "open('x')",
        "user.id()",
        "1 / 0",
        "[][0]",
        "{}['a']",
        "user.x and 1",
        "9223372036854775807 + 1",
        "1()",
        "\\",
        "'a' * 100000",
        "[y for x in [1]]",
        "datetime.os",
        "é.",
        "''.format_map",
        "''.join(",
    ] {
        assert!(eval(text).and_then(PyValue::into_value).is_err(), "{text}");
    }
}

#[test]
fn depth_and_work_are_bounded() {
    for (open, close) in [("(", ")"), ("[", "]"), ("not ", ""), ("-", ""), ("{1:", "}"), ("1 if 1 else ", ""), ("f(", ")"), ("a[", "]")] {
        let text = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        assert!(Expr::parse(&text).is_err(), "{open}");
    }
    for link in ["+1", ".a", "(1)", " or 1"] {
        assert!(Expr::parse(&format!("x{}", link.repeat(10_000))).is_err(), "{link}");
    }
    let list = format!("[{}]", "1,".repeat(1000));
    assert!(eval(&format!("[[[1 for a in {list}] for b in {list}] for c in {list}]")).is_err());
}
