//! What is written reads back the same.

use lastmile_orm::answer::write_value as write_answer;
use lastmile_orm::value::Value;
use lastmile_rpc::{json, xml};
use proptest::prelude::*;

fn values(leaf: impl Strategy<Value = Value> + 'static, key: &'static str) -> impl Strategy<Value = Value> {
    leaf.prop_recursive(5, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::List),
            prop::collection::vec((key, inner), 0..8).prop_map(|pairs| Value::Map(pairs.into_iter().collect())),
        ]
    })
}

fn json_values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        "-?[1-9][0-9]{19,40}".prop_map(Value::Big),
        any::<f64>().prop_filter("numbers", |x| x.is_finite()).prop_map(Value::Float),
        any::<String>().prop_map(Value::Str),
    ];
    values(leaf, ".{0,12}")
}

fn xml_values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i32>().prop_map(|n| Value::Int(n.into())),
        any::<f64>().prop_filter("numbers", |x| x.is_finite()).prop_map(Value::Float),
        "[\\t\\n -~\u{80}-\u{d7ff}\u{10000}-\u{10ffff}]{0,30}".prop_map(Value::Str),
    ];
    values(leaf, "[\\t\\n -~é]{0,12}")
}

proptest! {
    #[test]
    fn json_reads_back(value in json_values()) {
        let mut out = Vec::new();
        json::write_value(&mut out, &value);
        prop_assert_eq!(json::parse(&out), Ok(value));
    }

    #[test]
    fn xml_reads_back(value in xml_values()) {
        let mut out = b"<methodCall><methodName>m</methodName><params><param>".to_vec();
        write_answer(&value, &mut xml::XmlSink::new(&mut out)).unwrap();
        out.extend_from_slice(b"</param></params></methodCall>");
        prop_assert_eq!(xml::parse(&out).map(|call| call.params), Ok(vec![value]));
    }

    #[test]
    fn no_bytes_bring_the_parsers_down(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _json = json::parse(&bytes);
        let _xml = xml::parse(&bytes);
    }

    #[test]
    fn broken_documents_do_not_bring_the_parsers_down(value in xml_values(), cut in 0..2000_usize, flip in any::<u8>()) {
        let mut out = b"<?xml version='1.0'?><methodCall><methodName>m</methodName><params><param>".to_vec();
        write_answer(&value, &mut xml::XmlSink::new(&mut out)).unwrap();
        out.extend_from_slice(b"</param></params></methodCall>");
        let at = cut % out.len();
        prop_assert!(xml::parse(&out[..at]).is_err());
        out[at] ^= flip;
        let _xml = xml::parse(&out);
        let mut out = Vec::new();
        json::write_value(&mut out, &value);
        let at = cut % out.len();
        out[at] ^= flip;
        let _json = json::parse(&out);
        let _json = json::parse(&out[..at]);
    }
}
