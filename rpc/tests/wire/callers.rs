//! Sessions, the web client's calls, and JSON-2.

use std::sync::Arc;

use lastmile_orm::error::{Error, Result};
use lastmile_orm::map;
use lastmile_orm::value::Value;
use lastmile_rpc::{CallError, Style};

use crate::support::{Ask, DB, Fake, Got, send};

fn answer(value: impl Into<Value>) -> Arc<Fake> {
    Fake::new(Ok(value.into()))
}

async fn plain(ask: Ask) -> Got {
    send(answer(1_i64), ask).await
}

#[actix_web::test]
async fn a_session_from_login_to_the_end() {
    let backend = answer(map! { "uid" => 2_i64 });
    let body = format!(r#"{{"id":7,"params":{{"db":"{DB}","login":"admin","password":"admin"}}}}"#);
    let got = send(backend.clone(), Ask::json("/web/session/authenticate", &body)).await;
    assert_eq!(got.text(), r#"{"jsonrpc": "2.0", "id": 7, "result": {"uid": 2}}"#);
    let cookie = format!("session_id={}", got.cookie().unwrap());
    let ask = |path: &str| Ask::json(path, r#"{"id":7,"params":{}}"#).header("Cookie", &cookie);

    let wrong = body.replace(r#""password":"admin""#, r#""password":"no""#);
    let got = send(backend.clone(), Ask::json("/web/session/authenticate", &wrong).header("Cookie", &cookie)).await;
    assert!(got.text().contains("odoo.exceptions.AccessDenied"));
    let got = send(backend.clone(), ask("/web/session/check")).await;
    assert_eq!(got.text(), r#"{"jsonrpc": "2.0", "id": 7}"#);
    let header = Ask::json("/web/session/check", "{}").header("X-Openerp-Session-Id", &cookie["session_id=".len()..]);
    assert!(!send(backend.clone(), header).await.text().contains("error"));

    let got = send(backend.clone(), ask("/web/session/destroy")).await;
    assert_eq!(got.text(), r#"{"jsonrpc": "2.0", "id": 7}"#);
    for path in ["/web/session/check", "/web/session/destroy", "/web/session/get_session_info"] {
        let got = send(backend.clone(), ask(path)).await.text();
        assert!(got.starts_with(r#"{"jsonrpc": "2.0", "id": null, "error": {"code": 100, "message": "Odoo Session Expired""#));
    }
    for (params, class) in [
        (r#"{"db":"isp_nodemo","login":"admin"}"#, "builtins.TypeError"),
        (r#"{"db":"nodb","login":"admin","password":"admin"}"#, "odoo.exceptions.AccessError"),
    ] {
        let body = format!(r#"{{"id":7,"params":{params}}}"#);
        let got = send(backend.clone(), Ask::json("/web/session/authenticate", &body)).await.text();
        assert!(got.starts_with(r#"{"jsonrpc": "2.0", "id": 7, "error": {"code": 0"#) && got.contains(class), "{got}");
    }
}

const TOKEN: &str = "BrNOCU6Jk8NYx8NAait2oag4rvlalJZmqXqTAs0c2Zuq1dHGf1OQPWaLOgUfnttJmk7PmWCJBuf_tYemBFVU";

async fn with_session(outcome: Result<Value, CallError>, path: &str, params: &str) -> String {
    let ask = Ask::json(path, &format!(r#"{{"id":7,"params":{params}}}"#)).header("Cookie", &format!("a=b; session_id={TOKEN}"));
    send(Fake::new(outcome).with_session(TOKEN), ask).await.text()
}

#[actix_web::test]
async fn methods_and_buttons_of_the_web_client() {
    let full = r#"{"model":"m","method":"f","args":[[2]],"kwargs":{},"extra":1}"#;
    let kw = "/web/dataset/call_kw/anything/else";
    assert_eq!(with_session(Ok(1_i64.into()), kw, full).await, r#"{"jsonrpc": "2.0", "id": 7, "result": 1}"#);
    assert_eq!(with_session(Ok(Value::None), kw, full).await, r#"{"jsonrpc": "2.0", "id": 7}"#);
    let button = "/web/dataset/call_button/m/f";
    for value in [Value::None, Value::Int(5), Value::List(vec![])] {
        assert_eq!(with_session(Ok(value), button, full).await, r#"{"jsonrpc": "2.0", "id": 7, "result": false}"#);
    }
    let got = with_session(Ok(1_i64.into()), kw, r#"{"model":"m","method":"f","args":[[2]]}"#).await;
    assert!(got.contains("builtins.TypeError"), "{got}");
    let got = with_session(Err(CallError::NoModel("no.model".into())), kw, full).await;
    assert!(got.starts_with(r#"{"jsonrpc": "2.0", "id": null, "error": {"code": 404, "message": "404: Not Found""#));
    let no_method = CallError::NoMethod { model: "m".into(), method: "f".into() };
    let got = with_session(Err(no_method), kw, full).await;
    assert!(got.starts_with(r#"{"jsonrpc": "2.0", "id": 7, "error": {"code": 0"#) && got.contains("builtins.AttributeError"));
    let missing = Err(CallError::MissingAction("gone".into()));
    let got = with_session(missing, "/web/action/load", r#"{"action_id":"a.b"}"#).await;
    assert!(got.contains("odoo.addons.web.controllers.action.MissingActionError"));
    let got = with_session(Ok(true.into()), "/web/domain/validate", r#"{"model":"m","domain":[]}"#).await;
    assert_eq!(got, r#"{"jsonrpc": "2.0", "id": 7, "result": true}"#);
}

async fn named(backend: Arc<Fake>, body: &str) -> Got {
    send(backend, Ask::json("/json/2/m/f", body).header("Authorization", "bearer k")).await
}

#[actix_web::test]
async fn json2_bodies_and_statuses() {
    let backend = answer(vec![1_i64]);
    let got = named(backend.clone(), r#"{"ids": 2, "fields": ["a"], "context": {"lang": "x"}}"#).await;
    assert_eq!((got.status, got.text().as_str(), got.cookie()), (200, "[1]", None));
    let call = backend.last();
    assert_eq!(call.style, Style::Named { ids: vec![Value::Int(2)] });
    assert_eq!(call.kwargs.keys().collect::<Vec<_>>(), ["fields", "context"]);
    for body in ["", "{}", "[1]"] {
        assert_eq!(named(answer(Value::None), body).await.text(), "null", "{body}");
    }
    for (error, status, class) in [
        (CallError::NoModel("m".into()), 404, "werkzeug.exceptions.NotFound"),
        (CallError::NoMethod { model: "m".into(), method: "f".into() }, 404, "werkzeug.exceptions.NotFound"),
        (CallError::BadArguments("x".into()), 422, "werkzeug.exceptions.UnprocessableEntity"),
        (CallError::BadKey, 401, "werkzeug.exceptions.Unauthorized"),
        (Error::missing("x").into(), 404, "odoo.exceptions.MissingError"),
        (Error::user("x").into(), 422, "odoo.exceptions.UserError"),
        (Error::value("x").into(), 500, "builtins.ValueError"),
    ] {
        let got = named(Fake::new(Err(error)), "{}").await;
        assert_eq!((got.status, got.kind()), (status, "application/json"));
        assert!(got.text().starts_with(&format!(r#"{{"name": "{class}", "message": "#)), "{}", got.text());
    }
    let key = |ask: Ask| ask.header("Authorization", "Bearer k");
    for (ask, status, kind) in [
        (key(Ask::json("/json/2/m/f", "not json")), 400, "application/json"),
        (key(Ask::new("POST", "/json/2/m/f").body("text/plain", "{}")), 415, "text/html"),
        (key(Ask::new("GET", "/json/2/m/f")), 404, "application/json"),
        (key(Ask::new("PUT", "/json/2/m/f").body("application/json", "{}")), 404, "application/json"),
        (key(Ask::json("/json/2/m", "{}")), 404, "application/json"),
        (key(Ask::json("/json/2", "{}")), 404, "application/json"),
        (key(Ask::json("/json/2/m/f", "{}").header("X-Odoo-Database", "other")), 404, "text/html"),
        (key(Ask::json("/json/2/m/f", "{}").header("X-Odoo-Database", DB)), 200, "application/json"),
        (Ask::json("/json/2/m/f", "{}").header("Authorization", "Basic YTph"), 401, "application/json"),
        (Ask::json("/json/2/m/f", "{}").header("Cookie", &format!("session_id={TOKEN}")), 401, "application/json"),
        (Ask::new("GET", "/doc/index.json"), 403, "application/json"),
        (key(Ask::new("GET", "/doc-bearer/res.partner.json")), 200, "application/json"),
    ] {
        let got = plain(ask.clone()).await;
        assert_eq!((got.status, got.kind()), (status, kind), "{} {}", ask.method, ask.path);
    }
}
