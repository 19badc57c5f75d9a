//! XML-RPC documents, forms, and requests that mean no good.

use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::rt::time::{sleep, timeout};
use lastmile_orm::error::Error;
use lastmile_orm::value::Value;
use lastmile_rpc::Limits;

use crate::support::{Ask, Fake, Got, send, send_to, send_within, state};

async fn plain(ask: Ask) -> Got {
    send(Fake::new(Ok(Value::Int(1))), ask).await
}

fn execute(outcome: Value) -> (std::sync::Arc<Fake>, Ask) {
    let text = |t: &str| format!("<param><value>{t}</value></param>");
    let params = [text("isp_nodemo"), text("2"), text("admin"), text("m"), text("f")].concat();
    let list = "<param><value><array><data><value><nil/></value></data></array></value></param>";
    let body = format!("<methodCall><methodName>execute_kw</methodName><params>{params}{list}</params></methodCall>");
    (Fake::new(Ok(outcome)), Ask::xml("/xmlrpc/2/object", &body))
}

#[actix_web::test]
async fn documents_that_are_no_requests_are_faults() {
    for path in ["/xmlrpc/2/common", "/xmlrpc/common", "/xmlrpc/2/nosuch"] {
        for body in ["", "not xml", "<x/>", "<a><b/></a>", "<methodCall><methodName></methodName><params/></methodCall>"] {
            let got = plain(Ask::xml(path, body)).await;
            assert_eq!((got.status, got.kind()), (200, "text/xml"));
            assert!(got.text().contains("<name>faultCode</name>"), "{path} {body}");
        }
    }
    let got = plain(Ask::new("POST", "/xmlrpc/2/common").body("", "<methodCall><methodName>version</methodName></methodCall>"));
    assert!(got.await.text().contains("server_serie"));
}

#[actix_web::test]
async fn what_xml_cannot_tell_is_a_fault_after_the_work() {
    for (value, line) in [
        (Value::None, "TypeError: cannot marshal None unless allow_none is enabled\n</string>"),
        (vec![Value::Int(1), Value::None].into(), "TypeError: cannot marshal None"),
        (Value::Int(1 << 31), "OverflowError: int exceeds XML-RPC limits\n</string>"),
    ] {
        let (backend, ask) = execute(value);
        let got = send(backend.clone(), ask).await.text();
        assert!(got.contains("<value><int>1</int></value>") && got.contains(line), "{got}");
        assert_eq!(backend.last().args, [Value::None]);
    }
    let (backend, ask) = execute(Value::from("x\u{1}y\u{1f}z\t</b>&"));
    assert!(send(backend, ask).await.text().contains("<value><string>xyz\t&lt;/b&gt;&amp;</string></value>"));
}

#[actix_web::test]
async fn the_binary_type_is_refused() {
    let (backend, mut ask) = execute(Value::Bool(true));
    ask.body = String::from_utf8(ask.body).unwrap().replace("<nil/>", "<base64>aGVsbG8=</base64>").into();
    let got = send(backend.clone(), ask).await.text();
    assert!(got.contains("TypeError: argument should be") && backend.calls.lock().unwrap().is_empty());
}

#[actix_web::test]
async fn large_and_deep_requests_are_refused() {
    let limits = Limits { body: 1000, ..Limits::default() };
    for path in ["/jsonrpc", "/xmlrpc/2/common", "/json/2/m/f", "/web/login", "/web/session/authenticate"] {
        let ask = Ask::json(path, &" ".repeat(1001)).header("Authorization", "bearer k");
        let got = send_within(Fake::new(Ok(Value::None)), ask, limits).await;
        assert_eq!((got.status, got.kind()), (413, "text/html"), "{path}");
    }
    let deep = format!("{{\"params\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(plain(Ask::json("/jsonrpc", &deep)).await.status, 400);
    let many = format!("{{\"params\":[{}0]}}", "0,".repeat(1_000_001));
    assert_eq!(plain(Ask::json("/jsonrpc", &many)).await.status, 413);
}

#[actix_web::test]
async fn a_panic_and_an_internal_error_tell_nothing() {
    let call = |method: &str| {
        let args = format!(r#"["isp_nodemo",2,"admin","m","{method}",[]]"#);
        Ask::json("/jsonrpc", &format!(r#"{{"id":9,"params":{{"service":"object","method":"execute_kw","args":{args}}}}}"#))
            .header("X-Request-Id", "r-9")
    };
    let broken = Fake::new(Err(Error::internal("host=10.0.0.1 password=x").into()));
    for got in [plain(call("panics")).await, send(broken, call("f")).await] {
        let text = got.text();
        assert!(text.starts_with(r#"{"jsonrpc": "2.0", "id": 9, "error""#) && text.contains("r-9"), "{text}");
        assert!(text.contains("builtins.Exception") && !text.contains("10.0.0.1"));
    }
    let strange = plain(Ask::new("GET", "/web/version").header("X-Request-Id", "a b\t")).await;
    assert_eq!(strange.header("x-request-id").unwrap().len(), 16);
}

fn field(page: &str, name: &str) -> String {
    page.split_once(&format!("name=\"{name}\" value=\"")).unwrap().1.split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn the_login_form() {
    let backend = Fake::new(Ok(Value::None));
    let got = send(backend.clone(), Ask::new("GET", "/odoo")).await;
    assert_eq!((got.status, got.header("location")), (303, Some("/web/login?redirect=%2Fodoo%3F")));
    let cookie = format!("session_id={}", got.cookie().unwrap());

    let form = Ask::new("GET", "/web/login").header("Cookie", &cookie);
    let got = send(backend.clone(), form).await;
    let page = got.text();
    for part in ["name=\"login\"", "name=\"password\"", "name=\"csrf_token\"", "oe_login_form"] {
        assert!(page.contains(part), "{part}");
    }
    assert_eq!(got.cookie(), None);
    assert!(got.header("set-cookie").unwrap().starts_with("frontend_lang=en_US; Expires="));
    let csrf = field(&page, "csrf_token");

    let post = |body: String| Ask::new("POST", "/web/login").body("application/x-www-form-urlencoded", body).header("Cookie", &cookie);
    let got = send(backend.clone(), post("login=admin&password=admin".into())).await;
    assert_eq!((got.status, got.kind()), (400, "text/html"));
    let got = send(backend.clone(), post(format!("login=admin%22%3E&password=no&csrf_token={csrf}"))).await;
    assert_eq!((got.status, got.header("location")), (200, None));
    assert!(got.text().contains("admin&#34;&gt;"));
    for (redirect, location) in [("", "/odoo"), ("/odoo/x", "/odoo/x"), ("//evil.example", "/odoo"), ("https://evil.example", "/odoo")] {
        let got = send(backend.clone(), post(format!("login=admin&password=admin&redirect={redirect}&csrf_token={csrf}"))).await;
        assert_eq!((got.status, got.header("location")), (303, Some(location)));
        // A new token: one that was planted before the login is worth nothing after it.
        assert_ne!(Some(cookie["session_id=".len()..].to_owned()), got.cookie());
        let home = Ask::new("GET", "/odoo").header("Cookie", &format!("session_id={}", got.cookie().unwrap()));
        assert_eq!(send(backend.clone(), home).await.status, 200);
    }
    let got = send(backend.clone(), Ask::new("GET", "/web/session/logout").header("Cookie", &cookie)).await;
    assert_eq!((got.status, got.header("location")), (303, Some("/odoo")));
    let got = send(backend, Ask::new("GET", "/web/webclient/load_menus")).await;
    assert_eq!(got.header("location"), Some("/web/login?redirect=%2Fweb%2Fwebclient%2Fload_menus%3F"));
}

/// Requests that take the whole budget for large bodies, on each envelope: one whose client hangs up is still worked on.
#[actix_web::test]
async fn work_keeps_its_share_when_its_client_hangs_up() {
    let large = "x".repeat(5 * 1024 * 1024);
    let params = format!(
        "{{\"service\": \"object\", \"method\": \"execute_kw\", \"args\": [\"isp_nodemo\", 2, \"admin\", \"m\", \"waits\", [\"{large}\"]]}}"
    );
    let texts = ["isp_nodemo", "2", "admin", "m", "waits"].map(|t| format!("<param><value>{t}</value></param>")).concat();
    let list = format!("<param><value><array><data><value>{large}</value></data></array></value></param>");
    let asks = [
        Ask::json("/jsonrpc", &format!("{{\"id\": 1, \"params\": {params}}}")),
        Ask::json("/json/2/m/waits", &format!("{{\"a\": \"{large}\"}}")).header("Authorization", "Bearer good"),
        Ask::xml(
            "/xmlrpc/2/object",
            &format!("<methodCall><methodName>execute_kw</methodName><params>{texts}{list}</params></methodCall>"),
        ),
    ];
    for ask in asks {
        let backend = Fake::new(Ok(Value::Int(1)));
        let server = state(backend.clone(), Limits::default());
        let calls = || backend.calls.lock().unwrap().len();
        let first = actix_web::rt::spawn(send_to(server.clone(), ask.clone()));
        timeout(Duration::from_secs(30), async {
            while calls() == 0 {
                sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .unwrap();
        first.abort();
        assert!(first.await.is_err(), "{}", ask.path);
        let second = actix_web::rt::spawn(send_to(server, ask.clone()));
        sleep(Duration::from_secs(2)).await;
        assert_eq!(calls(), 1, "{}", ask.path);
        backend.released.store(true, Ordering::Relaxed);
        assert_eq!(second.await.unwrap().status, 200, "{}", ask.path);
        assert_eq!(calls(), 2, "{}", ask.path);
    }
}
