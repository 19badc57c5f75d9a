//! What clients send in odd forms, and what they get.

use lastmile_orm::value::Value;
use lastmile_rpc::Style;

use crate::support::{Ask, Fake, Got, send};

const VERSION: &str = r#""params":{"service":"common","method":"version","args":[]}"#;

fn answer(value: impl Into<Value>) -> std::sync::Arc<Fake> {
    Fake::new(Ok(value.into()))
}

async fn plain(ask: Ask) -> Got {
    send(answer(1_i64), ask).await
}

async fn object(args: &str) -> String {
    let body = format!(r#"{{"id":1,"params":{{"service":"object","method":"execute_kw","args":{args}}}}}"#);
    plain(Ask::json("/jsonrpc", &body)).await.text()
}

#[actix_web::test]
async fn any_id_comes_back_as_it_was() {
    for (id, shown) in [
        (r#","id":"abc""#, r#""abc""#),
        ("", "null"),
        (r#","id":null"#, "null"),
        (r#","id":[1,{"a":2}]"#, r#"[1, {"a": 2}]"#),
        (r#","id":1.5"#, "1.5"),
        (r#","id":12345678901234567890123"#, "12345678901234567890123"),
    ] {
        let got = plain(Ask::json("/jsonrpc", &format!("{{{VERSION}{id}}}"))).await.text();
        let start = format!(r#"{{"jsonrpc": "2.0", "id": {shown}, "result": {{"server_version": "19.0""#);
        assert!(got.starts_with(&start), "{got}");
    }
}

#[actix_web::test]
async fn parameters_that_are_none() {
    for (body, class) in [
        (r#"{"id":3}"#, "builtins.TypeError"),
        (r#"{"id":3,"params":{}}"#, "builtins.TypeError"),
        (r#"{"id":3,"params":null}"#, "builtins.TypeError"),
        (r#"{"id":3,"params":["common","version",[]]}"#, "builtins.ValueError"),
    ] {
        let got = plain(Ask::json("/jsonrpc", body)).await;
        assert_eq!(got.status, 200);
        assert!(got.text().starts_with(r#"{"jsonrpc": "2.0", "id": 3, "error": {"code": 0, "message": "Odoo Server Error""#));
        assert!(got.text().contains(&format!(r#""name": "{class}""#)), "{}", got.text());
    }
}

#[actix_web::test]
async fn bodies_and_types_of_json_routes() {
    let body = format!("{{{VERSION}}}");
    for broken in ["{", "", "[]", "[1]", "null", "\"text\"", &format!("[{body}]")] {
        let got = plain(Ask::json("/jsonrpc", broken)).await;
        assert_eq!((got.status, got.kind()), (400, "text/html"), "{broken}");
    }
    for (method, kind, status) in [
        ("POST", "text/plain", 415),
        ("POST", "application/x-www-form-urlencoded", 415),
        ("POST", "application/json; charset=utf-8", 200),
        ("POST", "application/json-rpc", 200),
        ("PUT", "application/json", 200),
    ] {
        let got = plain(Ask::new(method, "/jsonrpc").body(kind, &body)).await;
        assert_eq!(got.status, status, "{method} {kind}");
    }
    for (method, path) in
        [("GET", "/jsonrpc"), ("OPTIONS", "/jsonrpc"), ("GET", "/web/dataset/call_kw"), ("GET", "/web/session/get_session_info")]
    {
        let got = plain(Ask::new(method, path)).await;
        assert_eq!((got.status, got.kind()), (415, "text/html"), "{method} {path}");
    }
}

#[actix_web::test]
async fn paths() {
    for (ask, status) in [
        (Ask::new("GET", "/nosuch"), 404),
        (Ask::json("/nosuch", "{}"), 404),
        (Ask::new("GET", "/web/nosuch"), 404),
        (Ask::json("/web/dataset/nosuch", "{}"), 404),
        (Ask::json("/web/dataset/resequence", "{}"), 404),
        (Ask::json("/web/dataset/call_kwx", "{}"), 404),
        (Ask::new("GET", "/xmlrpc/2/common"), 405),
        (Ask::new("GET", "/xmlrpc/common"), 405),
        (Ask::xml("/xmlrpc/3/common", "<methodCall/>"), 404),
        (Ask::json("/jsonrpc/", &format!("{{{VERSION}}}")), 200),
        (Ask::xml("/xmlrpc/2/common/", "<methodCall/>"), 200),
        (Ask::new("PUT", "/web/login"), 400),
        (Ask::new("PUT", "/web/webclient/load_menus"), 405),
        (Ask::new("HEAD", "/web/login"), 200),
        (Ask::new("GET", "/web/version"), 200),
        (Ask::new("GET", "/json/version"), 200),
    ] {
        let got = plain(ask.clone()).await;
        assert_eq!(got.status, status, "{} {}", ask.method, ask.path);
        assert!(status < 400 || got.kind() == "text/html");
        assert!(got.header("x-request-id").is_some());
    }
    let got = plain(Ask::new("GET", "/web/health?db_server_status=1").header("X-Request-Id", "abc-1")).await;
    assert_eq!(got.text(), r#"{"status": "pass", "db_server_status": true}"#);
    assert_eq!((got.header("x-request-id"), got.cookie()), (Some("abc-1"), None));
}

#[actix_web::test]
async fn services_count_their_arguments() {
    for (service, method, args, found) in [
        ("common", "login", r#"["isp_nodemo","admin","admin"]"#, r#""result": 2}"#),
        ("common", "login", r#"["isp_nodemo","admin","nope"]"#, r#""result": false}"#),
        ("common", "login", r#"["isp_nodemo","admin",false]"#, r#""result": false}"#),
        ("common", "login", r#"["nodb","admin","admin"]"#, "psycopg2.OperationalError"),
        ("common", "authenticate", r#"["isp_nodemo","admin","admin",{}]"#, r#""result": 2}"#),
        ("common", "authenticate", r#"["isp_nodemo","admin","admin"]"#, "builtins.TypeError"),
        ("common", "nosuch", "[]", "builtins.Exception"),
        ("nosuch", "login", "[]", "builtins.KeyError"),
        ("db", "db_exist", r#"["isp_nodemo"]"#, r#""result": true}"#),
        ("db", "db_exist", r#"["nodb"]"#, r#""result": false}"#),
        ("db", "list", "[]", r#""result": ["isp_nodemo"]}"#),
        ("db", "server_version", "[]", r#""result": "19.0"}"#),
        ("db", "drop", r#"["bad","nodb"]"#, "odoo.exceptions.AccessDenied"),
        ("db", "nosuch", "[]", "builtins.KeyError"),
        ("object", "nosuch", r#"["isp_nodemo",2,"admin","res.users","read",[2]]"#, "builtins.NameError"),
        ("object", "execute_workflow", r#"["isp_nodemo",2,"admin","res.users","x",1]"#, "builtins.NameError"),
    ] {
        let body = format!(r#"{{"id":1,"params":{{"service":"{service}","method":"{method}","args":{args}}}}}"#);
        let got = plain(Ask::json("/jsonrpc", &body)).await.text();
        assert!(got.contains(found), "{service} {method} {args}: {got}");
    }
}

#[actix_web::test]
async fn execute_kw_takes_uids_and_arguments_loosely() {
    for (args, found) in [
        (r#"["isp_nodemo",2,"admin","m","f",[[1]]]"#, r#""result": 1}"#),
        (r#"["isp_nodemo",2,"admin","m","f",[[1]],null]"#, r#""result": 1}"#),
        (r#"["isp_nodemo",2,"admin","m","f",[],[]]"#, r#""result": 1}"#),
        (r#"["isp_nodemo","2","admin","m","f",[]]"#, r#""result": 1}"#),
        (r#"["isp_nodemo",2.0,"admin","m","f",[]]"#, r#""result": 1}"#),
        (r#"["isp_nodemo","two","admin","m","f",[]]"#, "builtins.ValueError"),
        (r#"["isp_nodemo",null,"admin","m","f",[]]"#, "builtins.TypeError"),
        (r#"["isp_nodemo",false,"admin","m","f",[]]"#, "odoo.exceptions.AccessDenied"),
        (r#"["isp_nodemo",2,"","m","f",[]]"#, "odoo.exceptions.AccessDenied"),
        (r#"["isp_nodemo",2,"bad","m","f",[]]"#, "odoo.exceptions.AccessDenied"),
        (r#"["isp_nodemo",99999999,"admin","m","f",[]]"#, "odoo.exceptions.MissingError"),
        (r#"["nodb",2,"admin","m","f",[]]"#, "psycopg2.OperationalError"),
        (r#"["isp_nodemo",2,"admin","m","f"]"#, "builtins.ValueError"),
        (r#"["isp_nodemo",2,"admin"]"#, "builtins.ValueError"),
        (r#"["isp_nodemo",2,"admin","m","f",[],{},1]"#, "builtins.ValueError"),
    ] {
        let got = object(args).await;
        assert!(got.contains(found), "{args}: {got}");
    }
}

#[actix_web::test]
async fn execute_passes_the_rest_on() {
    let backend = answer(true);
    let body = r#"{"params":{"service":"object","method":"execute","args":["isp_nodemo",2,"admin","m","f",[2],["login"]]}}"#;
    send(backend.clone(), Ask::json("/jsonrpc", body)).await;
    let call = backend.last();
    assert_eq!((call.args.len(), call.kwargs.len(), call.style), (2, 0, Style::Positional));
}
