//! `/web/dataset/*` and `/web/session/*`, and paths that lead nowhere.

use std::time::Duration;

use super::{INJECTIONS, Target, clear, quoted};
use crate::support::http::{self, Connection, Response};
use crate::support::rpc::WebSession;

fn refused(answer: &Response) -> bool {
    match answer.status {
        200 => {
            serde_json::from_slice::<serde_json::Value>(&answer.body).is_ok_and(|document| document["error"]["data"]["name"].is_string())
        }
        status => (400..500).contains(&status),
    }
}

#[test]
fn calls_that_must_not_succeed() {
    let target = Target::new();
    let session = WebSession::open(&target.server, "admin", "admin");
    let headers = [("Content-Type", "application/json"), ("Cookie", session.cookie.as_str())];
    let mut params = vec![
        r#"{}"#.to_owned(),
        r#"{"model": "res.partner"}"#.to_owned(),
        r#"{"model": "res.partner", "method": "read", "args": [[1]]}"#.to_owned(),
        r#"{"model": "res.partner", "method": "read", "args": 1, "kwargs": 2}"#.to_owned(),
        r#"{"model": "res.partner", "method": "_search", "args": [[]], "kwargs": {}}"#.to_owned(),
        r#"{"model": ["res.partner"], "method": {"a": 1}, "args": [], "kwargs": {}}"#.to_owned(),
        r#"{"model": "no.model", "method": "read", "args": [[1]], "kwargs": {}}"#.to_owned(),
        r#"{"model": "res.partner", "method": "search", "args": [], "kwargs": {"context": {"lang": "xx_XX"}}}"#.to_owned(),
        r#"{"model": "res.partner", "method": "search", "args": [[]], "kwargs": {"context": {"allowed_company_ids": [99]}}}"#.to_owned(),
    ];
    for injection in INJECTIONS {
        let text = quoted(injection);
        let call = |method: &str, args: &str, kwargs: &str| {
            format!(r#"{{"model": "res.partner", "method": "{method}", "args": {args}, "kwargs": {kwargs}}}"#)
        };
        params.push(call("web_search_read", "[]", &format!(r#"{{"domain": [], "specification": {{{text}: {{}}}}}}"#)));
        params.push(call("web_search_read", "[]", &format!(r#"{{"domain": [], "specification": {{}}, "order": {text}}}"#)));
        params.push(call("web_read_group", "[]", &format!(r#"{{"domain": [], "groupby": [{text}], "aggregates": []}}"#)));
        params.push(call("web_save", "[[1]]", &format!(r#"{{"vals": {{{text}: 1}}, "specification": {{}}}}"#)));
    }
    for one in params {
        let body = format!(r#"{{"jsonrpc": "2.0", "id": 1, "params": {one}}}"#);
        let answer = target.post("/web/dataset/call_kw/x/y", &headers, body.as_bytes());
        clear(&one, &answer, refused(&answer));
    }
    target.huge("/web/dataset/call_kw", &headers);
    target.assert_unharmed();
}

#[test]
fn sessions_that_are_none() {
    let target = Target::new();
    let body = br#"{"jsonrpc": "2.0", "id": 1, "params": {"model": "res.partner", "method": "search", "args": [[]], "kwargs": {}}}"#;
    let long = format!("session_id={}", "a".repeat(6000));
    for cookie in ["", "session_id=", "session_id=' OR 1=1 --", "session_id=../../etc/passwd", "session_id=\u{ff}", long.as_str()] {
        let answer = target.post("/web/dataset/call_kw", &[("Content-Type", "application/json"), ("Cookie", cookie)], body);
        clear(&format!("cookie {cookie:.40}"), &answer, refused(&answer));
    }
    for params in [
        r#"{}"#,
        r#"{"db": "x", "login": "admin", "password": "wrong"}"#,
        r#"{"db": [], "login": {}, "password": 1}"#,
        r#"{"db": "x\u0000", "login": "a", "password": "b"}"#,
    ] {
        let body = format!(r#"{{"jsonrpc": "2.0", "id": 1, "params": {params}}}"#);
        let answer = target.post("/web/session/authenticate", &[("Content-Type", "application/json")], body.as_bytes());
        clear(params, &answer, refused(&answer));
    }
    target.assert_unharmed();
}

#[test]
fn requests_that_are_no_http() {
    let target = Target::new();
    for path in
        ["/nowhere", "/web/../../../etc/passwd", "/web/static/%2e%2e/%2e%2e/etc/passwd", "/.git/config", "/web/content/999999999999"]
    {
        let answer = http::request(target.server.address(), "GET", path, &[], b"").unwrap();
        assert!(answer.status < 500 && answer.status != 200, "{path}: {}", answer.status);
        assert!(!answer.text().contains("root:x:0:"), "{path}");
    }
    let endless = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "a".repeat(1 << 20));
    let requests: [&[u8]; 7] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        endless.as_bytes(),
    ];
    for request in requests {
        let mut connection = Connection::open(target.server.address()).unwrap();
        // Some of these leave the server waiting for more, and it may close while we still write.
        connection.set_patience(Duration::from_secs(2)).unwrap();
        if connection.send(request).is_err() {
            continue;
        }
        if let Ok(answer) = connection.receive() {
            assert!((400..500).contains(&answer.status), "{}: {}", super::shown(request), answer.status);
        }
    }
    target.assert_unharmed();
}
