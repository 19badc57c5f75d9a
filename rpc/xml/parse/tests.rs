use lastmile_orm::map;

use super::*;

fn one(value: &str) -> Result<Value> {
    let text = format!("<?xml version='1.0'?><methodCall><methodName>m</methodName><params><param>{value}</param></params></methodCall>");
    parse(text.as_bytes()).map(|call| call.params.into_iter().next().unwrap())
}

#[test]
fn every_type() {
    let time = chrono::NaiveDate::from_ymd_opt(2024, 1, 2).unwrap().and_hms_opt(3, 4, 5).unwrap();
    for (text, value) in [
        ("<value>a b</value>", Value::from("a b")),
        ("<value/>", Value::from("")),
        ("<value><string/></value>", Value::from("")),
        ("<value> <i4> 7 </i4> </value>", Value::Int(7)),
        ("<value><i8>5000000000</i8></value>", Value::Int(5_000_000_000)),
        ("<value><int>99999999999999999999</int></value>", Value::Big("99999999999999999999".into())),
        ("<value><double>1e-07</double></value>", Value::Float(1e-7)),
        ("<value><boolean>1</boolean></value>", Value::Bool(true)),
        ("<value><nil/></value>", Value::None),
        ("<value><ex:nil xmlns:ex='x'></ex:nil></value>", Value::None),
        ("<value><dateTime.iso8601>20240102T03:04:05</dateTime.iso8601></value>", Value::DateTime(time)),
        ("<value><base64>\naGVs\nbG8=\n</base64></value>", Value::Bytes(b"hello".to_vec())),
        ("<value><array><data/></array></value>", Value::List(vec![])),
        ("<value><array><data><value>x</value><value><nil/></value></data></array></value>", vec![Some("x"), None].into()),
        ("<value><struct><member><name>a&amp;b</name><value>1</value></member></struct></value>", map! { "a&b" => "1" }.into()),
        ("<value><string>&lt;&#233;&#xe9;]<![CDATA[<&amp;]]></string></value>", Value::from("<éé]<&amp;")),
        ("<value><!-- c --><string>a<!-- c -->b</string></value>", Value::from("ab")),
        ("<value><string>a\r\nb\rc&#13;</string></value>", Value::from("a\nb\nc\r")),
    ] {
        assert_eq!(one(text), Ok(value), "{text}");
    }
}

#[test]
fn documents_in_other_encodings() {
    let body = "<methodCall><methodName>ñ</methodName></methodCall>";
    let latin: Vec<u8> = format!("<?xml version='1.0' encoding='ISO-8859-1'?>{body}").chars().map(|c| c as u8).collect();
    assert_eq!(parse(&latin).unwrap().method, "ñ");
    let wide: Vec<u8> = [0xFEFF].into_iter().chain(body.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(parse(&wide).unwrap().method, "ñ");
    let mut marked = b"\xef\xbb\xbf".to_vec();
    marked.extend_from_slice(body.as_bytes());
    assert_eq!(parse(&marked).unwrap().method, "ñ");
    let windows = b"<?xml version=\"1.0\" encoding=\"windows-1252\"?><methodCall><methodName>\x80\xf1</methodName></methodCall>";
    assert_eq!(parse(windows).unwrap().method, "€ñ");
    let broken = b"<?xml version='1.0' encoding='euc-kr'?><methodCall><methodName>\xff</methodName></methodCall>";
    assert!(parse(broken).is_err());
    assert!(parse(b"<?xml version='1.0' encoding='ebcdic'?><methodCall/>").is_err());
}

#[test]
fn hostile_documents_are_refused() {
    for text in [
        "",
        "not xml",
        "<x/>",
        "<a><b/></a>",
        "<methodCall>",
        "<methodCall></methodcall>",
        "<methodCall/><methodCall/>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><methodCall><methodName>&b;</methodName></methodCall>",
        "<methodCall><methodName>&b;</methodName></methodCall>",
        "<methodCall><methodName>&#1;</methodName></methodCall>",
        "<methodCall><methodName>&#xFFFFFFFF;</methodName></methodCall>",
        "<methodCall><methodName>\u{1}</methodName></methodCall>",
        "<methodCall>x</methodCall>",
        "<methodCall/>x",
    ] {
        assert!(parse(text.as_bytes()).is_err(), "{text}");
    }
    for value in [
        "<value><int>1.5</int></value>",
        "<value><int></int></value>",
        "<value><int>--1</int></value>",
        "<value><boolean>2</boolean></value>",
        "<value><foo/></value>",
        "<value>a<int>1</int></value>",
        "<value><base64>@</base64></value>",
        "<value><dateTime.iso8601>2024</dateTime.iso8601></value>",
        "<value><struct><member><name>a</name></member></struct></value>",
        "<value><nil>1</nil></value>",
        "<value><int>1</int><int>2</int></value>",
        "<int>1</int>",
    ] {
        assert!(one(value).is_err(), "{value}");
    }
    assert!(parse(b"<methodCall><methodName>\xff</methodName></methodCall>").is_err());
}

#[test]
fn depth_is_bounded() {
    let deep = |n: usize| one(&format!("{}<value/>{}", "<value><array><data>".repeat(n), "</data></array></value>".repeat(n)));
    assert!(deep(DEPTH - 1).is_ok());
    assert!(deep(DEPTH + 1).is_err());
    assert!(deep(100_000).is_err());
}
