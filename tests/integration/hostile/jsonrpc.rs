//! `/jsonrpc`.

use super::{DEEP, INJECTIONS, Target, clear, quoted};
use crate::support::http::Response;

const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

fn refused(answer: &Response) -> bool {
    match answer.status {
        200 => {
            serde_json::from_slice::<serde_json::Value>(&answer.body).is_ok_and(|document| document["error"]["data"]["name"].is_string())
        }
        status => (400..500).contains(&status),
    }
}

fn envelope(params: &str) -> Vec<u8> {
    format!(r#"{{"jsonrpc": "2.0", "method": "call", "id": 1, "params": {params}}}"#).into_bytes()
}

fn execute(target: &Target, rest: &str) -> Vec<u8> {
    let args = format!(r#"[{}, 2, "admin", {rest}]"#, quoted(target.db.name()));
    envelope(&format!(r#"{{"service": "object", "method": "execute_kw", "args": {args}}}"#))
}

#[test]
fn bodies_that_are_no_request() {
    let target = Target::new();
    let deep = "[".repeat(DEEP);
    let closed = format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP));
    let maps = r#"{"a":"#.repeat(DEEP);
    let many = format!("[{}1]", "1,".repeat(2_000_000));
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("a broken object", b"{".to_vec()),
        ("bytes that are no text", vec![0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28]),
        ("bad UTF-8 in a key", b"{\"par\xffams\": {}}".to_vec()),
        ("deep nesting", deep.into_bytes()),
        ("deep nesting that is closed", envelope(&closed)),
        ("deep maps", maps.into_bytes()),
        ("a batch", b"[]".to_vec()),
        ("a number", b"1e400".to_vec()),
        ("parameters that are text", envelope("\"x\"")),
        ("parameters that are a list", envelope("[1, 2]")),
        ("no parameters", envelope("{}")),
        ("an unknown service", envelope(r#"{"service": "shell", "method": "exec", "args": ["id"]}"#)),
        ("an unknown method", envelope(r#"{"service": "common", "method": "eval", "args": ["1"]}"#)),
        ("arguments that are a map", envelope(r#"{"service": "common", "method": "login", "args": {"a": 1}}"#)),
        ("too many values", envelope(&many)),
        ("a comment", b"/* x */ {}".to_vec()),
        ("two documents", b"{} {}".to_vec()),
        ("XML", b"<methodCall/>".to_vec()),
        ("a login of odd types", envelope(r#"{"service": "common", "method": "login", "args": [[], {}, null]}"#)),
    ];
    for (what, body) in bodies {
        let answer = target.post("/jsonrpc", &JSON, &body);
        clear(what, &answer, refused(&answer));
    }
    let answer = target.post("/jsonrpc", &[("Content-Type", "text/plain")], b"{}");
    clear("the wrong content type", &answer, answer.status == 415);
    target.huge("/jsonrpc", &JSON);
    target.assert_unharmed();
}

#[test]
fn calls_that_must_not_succeed() {
    let target = Target::new();
    let number = "9".repeat(5000);
    let nested = format!("{}1{}", "[".repeat(150), "]".repeat(150));
    let mut calls = vec![
        r#""res.partner", "_search", [[]]"#.to_owned(),
        r#""res.partner", "sudo", []"#.to_owned(),
        r#""res.partner", "__class__", []"#.to_owned(),
        r#""no.model", "read", [[1]]"#.to_owned(),
        r#""res.partner", "no_method", [[1]]"#.to_owned(),
        r#"7, "read", [[1]]"#.to_owned(),
        format!(r#""res.partner", "write", [[1], {{"color": {number}}}]"#),
        r#""res.partner", "write", [[1], {"color": 99999999999}]"#.to_owned(),
        r#""res.partner", "search", [[], 0, -1]"#.to_owned(),
        r#""res.partner", "search", [[["name", "=~", "x"]]]"#.to_owned(),
        r#""res.partner", "search", [["|"]]"#.to_owned(),
        r#""res.partner", "search", [[["name", "="]]]"#.to_owned(),
        format!(r#""res.partner", "search", [[["id", "in", {nested}]]]"#),
        r#""res.partner", "create", [{"name": ["x", {"y": 1}], "parent_id": {"z": 2}, "no_field": 1}]"#.to_owned(),
        r#""res.partner", "read", [["1; DROP TABLE res_partner"]]"#.to_owned(),
        r#""res.partner", "search_read", [], {"context": {"lang": "en_US'; DROP TABLE res_partner; --"}}"#.to_owned(),
    ];
    for injection in INJECTIONS {
        let text = quoted(injection);
        calls.push(format!(r#""res.partner", "search", [[]], {{"order": {text}}}"#));
        calls.push(format!(r#""res.partner", "search_read", [[], [{text}]]"#));
        calls.push(format!(r#""res.partner", "read", [[1], [{text}]]"#));
        calls.push(format!(r#""res.partner", "search", [[[{text}, "=", 1]]]"#));
        calls.push(format!(r#""res.partner", "search", [[["name", {text}, 1]]]"#));
        calls.push(format!(r#""res.partner", "write", [[1], {{{text}: 1}}]"#));
        calls.push(format!(r#""res.partner", "formatted_read_group", [[], [{text}], ["__count"]]"#));
        calls.push(format!(r#""res.partner", "read_group", [[], ["id"], [{text}]]"#));
        calls.push(format!(r#""res.partner", "formatted_read_group", [[], ["country_id"], [{text}]]"#));
        calls.push(format!(r#"{text}, "read", [[1]]"#));
        calls.push(format!(r#""res.partner", {text}, [[1]]"#));
    }
    for call in calls {
        let answer = target.post("/jsonrpc", &JSON, &execute(&target, &call));
        clear(&call.chars().take(120).collect::<String>(), &answer, refused(&answer));
    }
    target.assert_unharmed();
}
