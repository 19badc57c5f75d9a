//! `/xmlrpc/2/*` and `/xmlrpc/*`.

use super::{DEEP, INJECTIONS, Target, clear};
use crate::support::http::{self, Response};

const XML: [(&str, &str); 1] = [("Content-Type", "text/xml")];
const LAUGHS: &str = r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">
<!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;"><!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;"><!ENTITY h "&g;&g;&g;&g;&g;&g;&g;&g;">]>
<methodCall><methodName>login</methodName><params><param><value><string>&h;</string></value></param></params></methodCall>"#;
const FILE: &str = r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>
<methodCall><methodName>&f;</methodName><params><param><value><string>&f;</string></value></param></params></methodCall>"#;

fn refused(answer: &Response) -> bool {
    match answer.status {
        200 => answer.text().contains("<fault>"),
        status => (400..500).contains(&status),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn method_call(method: &str, values: &[String]) -> Vec<u8> {
    let params: String = values.iter().map(|value| format!("<param><value>{value}</value></param>")).collect();
    format!("<?xml version='1.0'?><methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>").into_bytes()
}

fn string(text: &str) -> String {
    format!("<string>{}</string>", escaped(text))
}

fn array(items: &[String]) -> String {
    let items: String = items.iter().map(|item| format!("<value>{item}</value>")).collect();
    format!("<array><data>{items}</data></array>")
}

fn execute(target: &Target, model: &str, method: &str, args: &[String]) -> Vec<u8> {
    let mut values = vec![string(target.db.name()), "<int>2</int>".into(), string("admin"), string(model), string(method)];
    values.push(array(args));
    method_call("execute_kw", &values)
}

#[test]
fn bodies_that_are_no_request() {
    let target = Target::new();
    let deep = format!("<methodCall><methodName>x</methodName><params><param>{}", "<value><array><data>".repeat(DEEP));
    let structs = "<value><struct><member><name>a</name>".repeat(DEEP);
    let value = |value: &str| method_call("login", &[value.to_owned()]);
    let attributes: String = (0..100_000).map(|n| format!(" a{n}='x'")).collect();
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("no XML", b"hello".to_vec()),
        ("JSON", b"{\"jsonrpc\": \"2.0\"}".to_vec()),
        ("an unclosed element", b"<methodCall><methodName>login".to_vec()),
        ("no method", b"<methodCall><params/></methodCall>".to_vec()),
        ("another document", b"<html><body/></html>".to_vec()),
        ("deep arrays", deep.into_bytes()),
        ("deep structs", format!("<methodCall><methodName>x</methodName><params><param>{structs}").into_bytes()),
        ("entities that grow", LAUGHS.as_bytes().to_vec()),
        ("an entity that is a file", FILE.as_bytes().to_vec()),
        ("bytes that are no text", vec![b'<', 0xff, 0xfe, 0x00, b'>']),
        ("bad UTF-8 in a name", b"<methodCall><methodName>log\xff\xfein</methodName></methodCall>".to_vec()),
        ("an unknown encoding", b"<?xml version='1.0' encoding='x-none'?><methodCall><methodName>login</methodName></methodCall>".to_vec()),
        ("an integer of 5000 digits", value(&format!("<int>{}</int>", "9".repeat(5000)))),
        ("an integer that is none", value("<int>1; DROP TABLE res_users</int>")),
        ("a double that is none", value("<double>x</double>")),
        ("a boolean that is none", value("<boolean>7</boolean>")),
        ("base64 that is none", value("<base64>***</base64>")),
        ("a date that is none", value("<dateTime.iso8601>yesterday</dateTime.iso8601>")),
        ("an unknown type", value("<script>alert(1)</script>")),
        ("a struct without names", value("<struct><member><value>1</value></member></struct>")),
        ("a null character", value("<string>&#0;</string>")),
        ("many attributes", format!("<methodCall{attributes}/>").into_bytes()),
        ("too few arguments", method_call("login", &[])),
        ("an unknown method", method_call("os.system", &[string("id")])),
    ];
    for (what, body) in bodies {
        for path in ["/xmlrpc/2/common", "/xmlrpc/2/object", "/xmlrpc/common"] {
            let answer = target.post(path, &XML, &body);
            clear(&format!("{what} at {path}"), &answer, refused(&answer));
        }
    }
    for path in ["/xmlrpc/2/shell", "/xmlrpc/3/common", "/xmlrpc/2/../../etc/passwd", "/xmlrpc/2/%00"] {
        let answer = target.post(path, &XML, &method_call("version", &[]));
        clear(path, &answer, refused(&answer));
    }
    let answer = http::request(target.server.address(), "DELETE", "/xmlrpc/2/common", &[], b"").unwrap();
    clear("another verb", &answer, refused(&answer));
    target.huge("/xmlrpc/2/object", &XML);
    target.assert_unharmed();
}

#[test]
fn calls_that_must_not_succeed() {
    let target = Target::new();
    let none = array(&[]);
    for injection in INJECTIONS {
        // A null character cannot be written in XML at all.
        let text = string(&injection.replace('\0', "\u{1}"));
        let term = |field: &str, operator: &str| array(&[array(&[field.to_owned(), operator.to_owned(), "<int>1</int>".into()])]);
        let calls = [
            ("search", vec![none.clone(), "<int>0</int>".into(), "<int>5</int>".into(), text.clone()]),
            ("search_read", vec![none.clone(), array(std::slice::from_ref(&text))]),
            ("search", vec![term(&text, &string("="))]),
            ("search", vec![term(&string("name"), &text)]),
            ("read_group", vec![none.clone(), array(&[string("id")]), array(std::slice::from_ref(&text))]),
            (
                "write",
                vec![array(&["<int>1</int>".into()]), format!("<struct><member><name>{}</name><value>1</value></member></struct>", &text)],
            ),
        ];
        for (method, args) in calls {
            let answer = target.post("/xmlrpc/2/object", &XML, &execute(&target, "res.partner", method, &args));
            clear(&format!("{method} with {injection:?}"), &answer, refused(&answer));
        }
        for path in ["/xmlrpc/2/object", "/xmlrpc/object"] {
            let model = execute(&target, &injection.replace('\0', ""), "read", &[array(&["<int>1</int>".into()])]);
            let answer = target.post(path, &XML, &model);
            clear(&format!("model {injection:?}"), &answer, refused(&answer));
        }
    }
    target.assert_unharmed();
}
