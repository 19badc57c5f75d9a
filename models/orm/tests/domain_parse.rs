//! What is a domain and what is not; rules from their texts.
#![allow(clippy::unwrap_used)]

mod domain_fixture;

use chrono::NaiveDateTime;
use domain_fixture::Reader;
use lastmile_orm::Value;
use lastmile_orm::domain::rules::{combine, lower};
use lastmile_orm::domain::{Domain, Host, Query, translate};
use lastmile_orm::error::{Builtin, Error};
use lastmile_orm::expr::{self, Names, PyValue};
use lastmile_orm::registry::Rule;

fn parse(text: &str) -> Result<Domain, Error> {
    Domain::parse(&expr::literal(text).unwrap())
}

#[test]
fn malformed() {
    for (text, class) in [
        ("['|']", Builtin::ValueError),
        ("['|', ('id', '=', 1)]", Builtin::ValueError),
        ("['&', ('id', '=', 1)]", Builtin::ValueError),
        ("['!']", Builtin::ValueError),
        ("[('id', '=')]", Builtin::ValueError),
        ("[('id', '=', 1, 2)]", Builtin::ValueError),
        ("[[]]", Builtin::ValueError),
        ("['id', '=', 1]", Builtin::ValueError),
        ("[('id', '=', 1), 'x']", Builtin::ValueError),
        ("[('id', 'bad', 1)]", Builtin::ValueError),
        ("[('id', '= ', 1)]", Builtin::ValueError),
        ("[('id', '=', 0), ['|']]", Builtin::ValueError),
        ("[True]", Builtin::ValueError),
        ("['xor', ('id', '=', 1), ('id', '=', 2)]", Builtin::ValueError),
        ("[('', '=', 1)]", Builtin::TypeError),
        ("[(1, '=', 2)]", Builtin::TypeError),
        ("[(None, '=', 1)]", Builtin::TypeError),
        ("'[]'", Builtin::TypeError),
        ("''", Builtin::TypeError),
        ("None", Builtin::TypeError),
        ("{}", Builtin::TypeError),
        ("5", Builtin::TypeError),
        ("[('a', 'any', 5)]", Builtin::TypeError),
        ("[('a', 'any!', [])]", Builtin::ValueError),
        ("[('a', 'not any!', [])]", Builtin::ValueError),
    ] {
        match parse(text) {
            Err(Error::Builtin(found, _)) => assert_eq!(found, class, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn well_formed() {
    for (text, shown) in [
        ("[]", "[[1, '=', 1]]"),
        ("True", "[[1, '=', 1]]"),
        ("False", "[[0, '=', 1]]"),
        ("[('id', 'LIKE', '0'), ('id', '<>', 0)]", "['&', ['id', 'like', '0'], ['id', '!=', 0]]"),
        ("['|', ('a', '=', 1), '|', ('b', '=', 2), ('c', '=', 3)]", "['|', '|', ['a', '=', 1], ['b', '=', 2], ['c', '=', 3]]"),
        ("['|', '|', ('a', '=', 1), ('b', '=', 2), ('c', '=', 3)]", "['|', '|', ['a', '=', 1], ['b', '=', 2], ['c', '=', 3]]"),
        ("['!', '!', ('a', '=', 1)]", "[['a', '=', 1]]"),
        ("['!', '&', ('a', '=', 1), ('b', '=', 1)]", "['|', ['a', '!=', 1], ['b', '!=', 1]]"),
        ("['!', '|', ('a', '>', 1), ('b.c', '=', 1)]", "['&', '!', ['a', '>', 1], '!', ['b.c', '=', 1]]"),
        ("[('a', 'not any', [('b', '=', 1)])]", "[['a', 'not any', [['b', '=', 1]]]]"),
        ("[('a', '=?', False), ('b', '=?', 1)]", "[['b', '=', 1]]"),
    ] {
        assert_eq!(parse(text).unwrap().to_string(), shown, "{text}");
    }
}

#[test]
fn size_and_depth_are_bounded() {
    let long: Vec<Value> = std::iter::repeat_n(Value::from("|"), 900).chain(std::iter::repeat_n(leaf(), 901)).collect();
    assert!(Domain::parse(&Value::List(long)).is_ok());
    let alternating: Vec<Value> =
        (0..4000).map(|n| Value::from(if n % 2 == 0 { "!" } else { "|" })).chain(std::iter::repeat_n(leaf(), 2001)).collect();
    assert!(Domain::parse(&Value::List(alternating)).is_err());
    assert!(Domain::parse(&Value::List(vec![leaf(); 2001])).is_err());
    let mut nested = Value::List(vec![leaf()]);
    for _ in 0..200 {
        nested = Value::List(vec![Value::List(vec![Value::from("a"), Value::from("any"), nested])]);
    }
    assert!(Domain::parse(&nested).is_err());
}

fn leaf() -> Value {
    Value::List(vec![Value::from("a"), Value::from("="), Value::from(1_i64)])
}

fn rule(reader: &Reader, model: &str, text: &str) -> String {
    let scope = Names {
        names: vec![
            ("user".into(), PyValue::user()),
            ("uid".into(), PyValue::from(7_i64)),
            ("company_ids".into(), PyValue::from(vec![1_i64, 3])),
        ],
        now: NaiveDateTime::default(),
        today: NaiveDateTime::default().date(),
    };
    let domain = lower(text, &scope).unwrap();
    let model = reader.registry().model(model).unwrap();
    let mut query = Query::new(model);
    translate::rule_condition(reader, &mut query, model, &domain).unwrap().into_sql().to_text().replace('"', "")
}

#[test]
fn rules_lower_to_sub_selects() {
    let reader = Reader::new(false);
    let sectors =
        "SELECT u1.sector_id FROM user_sector_rel AS u1 JOIN sector AS u1a ON u1a.id = u1.sector_id AND u1a.active WHERE u1.user_id = $1";
    for (model, text, expected) in [
        ("sector", "[('id', 'in', user.sector_ids.ids)]", format!("t0.id IN ({sectors})")),
        (
            "device",
            "['|', ('sector_id', '=', False), ('sector_id', 'in', user.sector_ids.ids)]",
            format!("(t0.sector_id IS NULL OR t0.sector_id IN ({sectors}))"),
        ),
        (
            "line",
            "[('device_id.sector_id', 'in', user.sector_ids.ids)]",
            format!("t0.device_id IN (SELECT t1.id FROM device AS t1 WHERE t1.sector_id IN ({sectors}))"),
        ),
        (
            "device",
            "[('sector_id', 'in', user.sector_ids.ids + [False])]",
            format!("(t0.sector_id IS NULL OR t0.sector_id IN ({sectors}))"),
        ),
        ("device", "[('sector_id', 'not in', user.sector_ids.ids)]", format!("(t0.sector_id IN ({sectors})) IS NOT TRUE")),
        ("sector", "[('create_uid', '=', user.id)]", "t0.create_uid = $1".into()),
        ("sector", "[('create_uid', 'in', [False, user.id])]", "(t0.create_uid = ANY($1) OR t0.create_uid IS NULL)".into()),
        ("tree", "[('id', '=', user.partner_id.id)]", "t0.id IN (SELECT u1.partner_id FROM res_users AS u1 WHERE u1.id = $1)".into()),
        (
            "tree",
            "[('id', '=', user.commercial_id.id)]",
            "t0.id IN (SELECT u3.other_id FROM tree AS u3 WHERE u3.id IN (SELECT u2.partner_id FROM res_users AS u2 WHERE u2.id = $1))"
                .into(),
        ),
        (
            "tag",
            "[('id', 'parent_of', company_ids)]",
            "t0.id IN (SELECT unnest(string_to_array(rtrim(t1.parent_path, '/'), '/')::int4[]) FROM tag AS t1 WHERE t1.id = ANY($1))"
                .into(),
        ),
        (
            "device",
            "[('line_ids.sector_id', 'in', user.sector_ids.ids)]",
            format!("EXISTS (SELECT 1 FROM line AS t1 WHERE (t1.device_id = t0.id AND t1.sector_id IN ({sectors})))"),
        ),
    ] {
        assert_eq!(rule(&reader, model, text), expected, "{text}");
    }
}

#[test]
fn global_rules_and_group_rules_combine() {
    let reader = Reader::new(false);
    let make = |domain: &str, groups: &[i32]| Rule {
        id: 0,
        name: String::new(),
        domain: domain.into(),
        groups: groups.to_vec(),
        perms: [true; 4],
    };
    let rules = [make("[('a', '=', 1)]", &[]), make("[('b', '=', 1)]", &[1]), make("[('c', '=', 1)]", &[2]), make("[('d', '=', 1)]", &[3])];
    let of = |groups: &[i32]| combine(&reader, &rules.iter().collect::<Vec<_>>(), groups).unwrap().to_string();
    assert_eq!(of(&[]), "[['a', '=', 1]]");
    assert_eq!(of(&[2]), "['&', ['a', '=', 1], ['c', '=', 1]]");
    assert_eq!(of(&[1, 3]), "['&', ['a', '=', 1], '|', ['b', '=', 1], ['d', '=', 1]]");
    assert_eq!(combine(&reader, &[], &[1]).unwrap(), Domain::True);
}
