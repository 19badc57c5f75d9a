//! `/json/2`.

use super::{DEEP, INJECTIONS, Target, clear, quoted};
use crate::support::http::{self, Response};
use crate::support::rpc::WebSession;

/// 4xx, or 500 for what the reference calls an error of Python: with a class and a text.
fn refused(answer: &Response) -> bool {
    match answer.status {
        500 => serde_json::from_slice::<serde_json::Value>(&answer.body)
            .is_ok_and(|body| body["name"].is_string() && body["message"].is_string()),
        status => (400..500).contains(&status),
    }
}

fn key(target: &Target) -> String {
    format!("bearer {}", WebSession::open(&target.server, "admin", "admin").api_key("admin"))
}

#[test]
fn bodies_and_paths_that_are_no_request() {
    let target = Target::new();
    let bearer = key(&target);
    let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
    let closed = format!(r#"{{"domain": {}{}}}"#, "[".repeat(DEEP), "]".repeat(DEEP));
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("a broken object", b"{".to_vec()),
        ("a list", b"[]".to_vec()),
        ("text", b"\"x\"".to_vec()),
        ("bytes that are no text", vec![0xff, 0xfe, 0x00]),
        ("bad UTF-8 in a name", b"{\"dom\xffain\": []}".to_vec()),
        ("deep nesting", "[".repeat(DEEP).into_bytes()),
        ("deep nesting that is closed", closed.into_bytes()),
        ("an unknown argument", br#"{"domain": [], "no": 1}"#.to_vec()),
        ("ids on a method of the model", br#"{"ids": [1], "domain": []}"#.to_vec()),
        ("a domain that is text", br#"{"domain": "[]"}"#.to_vec()),
        ("too many values", format!(r#"{{"domain": [{}1]}}"#, "1,".repeat(2_000_000)).into_bytes()),
        ("a limit below zero", br#"{"domain": [], "limit": -1}"#.to_vec()),
        ("an offset that is text", br#"{"domain": [], "offset": "1; DROP TABLE res_partner"}"#.to_vec()),
    ];
    for (what, body) in bodies {
        let answer = target.post("/json/2/res.partner/search", &headers, &body);
        clear(what, &answer, refused(&answer));
    }
    let long = format!("/json/2/{}/read", "x".repeat(6000));
    let paths = [
        "/json/2/no.model/read",
        "/json/2/res.partner/no_method",
        "/json/2/res.partner/_search",
        "/json/2/res.partner/sudo",
        "/json/2/res.partner",
        "/json/2/../../etc/passwd",
        "/json/2/%2e%2e/%2e%2e",
        "/json/2/res.partner%00/read",
        "/json/2/res.partner'/read",
        "/json/3/res.partner/read",
        long.as_str(),
    ];
    for path in paths {
        let answer = target.post(path, &headers, b"{}");
        clear(&path.chars().take(60).collect::<String>(), &answer, refused(&answer));
    }
    for verb in ["GET", "PUT", "DELETE", "PATCH"] {
        let answer = http::request(target.server.address(), verb, "/json/2/res.partner/read", &headers, b"{}").unwrap();
        clear(verb, &answer, refused(&answer));
    }
    target.huge("/json/2/res.partner/search", &headers);
    target.assert_unharmed();
}

#[test]
fn callers_that_are_nobody() {
    let target = Target::new();
    let session = WebSession::open(&target.server, "admin", "admin");
    let long = format!("bearer {}", "a".repeat(6000));
    let callers = [
        vec![],
        vec![("Authorization", "bearer x")],
        vec![("Authorization", "bearer ")],
        vec![("Authorization", "Basic YWRtaW46YWRtaW4=")],
        vec![("Authorization", "bearer ' OR 1=1 --")],
        vec![("Authorization", long.as_str())],
        vec![("Cookie", session.cookie.as_str())],
    ];
    for mut headers in callers {
        headers.push(("Content-Type", "application/json"));
        let answer = target.post("/json/2/res.partner/search", &headers, br#"{"domain": []}"#);
        clear(&format!("{headers:.60?}"), &answer, answer.status == 401);
    }
    target.assert_unharmed();
}

#[test]
fn calls_that_must_not_succeed() {
    let target = Target::new();
    let bearer = key(&target);
    let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
    for injection in INJECTIONS {
        let text = quoted(injection);
        let calls = [
            ("search", format!(r#"{{"domain": [], "order": {text}}}"#)),
            ("search_read", format!(r#"{{"domain": [], "fields": [{text}]}}"#)),
            ("read", format!(r#"{{"ids": [1], "fields": [{text}]}}"#)),
            ("read", format!(r#"{{"ids": [{text}]}}"#)),
            ("search", format!(r#"{{"domain": [[{text}, "=", 1]]}}"#)),
            ("search", format!(r#"{{"domain": [["name", {text}, 1]]}}"#)),
            ("formatted_read_group", format!(r#"{{"domain": [], "groupby": [{text}], "aggregates": ["__count"]}}"#)),
            ("write", format!(r#"{{"ids": [1], "vals": {{{text}: 1}}}}"#)),
            ("search", format!(r#"{{"domain": [], {text}: 1}}"#)),
        ];
        for (method, body) in calls {
            let answer = target.post(&format!("/json/2/res.partner/{method}"), &headers, body.as_bytes());
            clear(&format!("{method} {body}"), &answer, refused(&answer));
        }
    }
    target.assert_unharmed();
}
