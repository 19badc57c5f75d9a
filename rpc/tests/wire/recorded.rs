//! Recorded exchanges: the request is sent again, the product's part of the answer is taken from the recording, and
//! what goes over the wire must be the recorded bytes.

use std::fs;
use std::path::{Path, PathBuf};

use lastmile_orm::error::{Builtin, Error, Result};
use lastmile_orm::map;
use lastmile_orm::value::Value;
use lastmile_rpc::CallError;
use lastmile_rpc::json;

use crate::support::{Ask, Fake, Got, send};

struct Recording {
    ask: Ask,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded")
}

fn read(path: &Path) -> Recording {
    let text = fs::read_to_string(path).unwrap();
    let (asked, answered) = text.split_once("\n\n< ").unwrap();
    // Bodies of requests go on without a mark.
    let (head, body) = asked.split_once("\n>\n").map_or((asked.trim_end_matches('>'), ""), |p| p);
    let mut head = head.lines().filter(|l| !l.starts_with('#')).map(|l| l.trim_start_matches("> "));
    let (method, path) = head.next().unwrap().split_once(' ').unwrap();
    let mut ask = Ask::new(method, path);
    for (name, value) in head.filter_map(|line| line.split_once(": ")) {
        ask = ask.header(name, value);
    }
    ask.body = body.strip_prefix("> ").unwrap_or_default().trim_end().as_bytes().to_vec();
    let (head, body) = answered.split_once("\n<\n").unwrap();
    let mut head = head.lines();
    let status = head.next().unwrap().split(' ').next().unwrap().parse().unwrap();
    let headers = head
        .filter_map(|line| line.trim_start_matches("< ").split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.strip_prefix(' ').unwrap_or(value).to_owned()))
        .collect();
    Recording { ask, status, headers, body: body.strip_suffix('\n').unwrap_or(body).to_owned() }
}

/// The product's part of a recorded JSON answer.
fn outcome(recording: &Recording) -> Result<Value, CallError> {
    let Ok(Value::Map(body)) = json::parse(recording.body.as_bytes()) else {
        return json::parse(recording.body.as_bytes()).map_err(|_| CallError::BadKey);
    };
    if body.contains_key("jsonrpc") && !body.contains_key("error") {
        return Ok(body.get("result").cloned().unwrap_or_default());
    }
    let data = body.get("error").and_then(|e| e.as_map()).and_then(|e| e.get("data")).and_then(Value::as_map);
    let data = data.unwrap_or(&body);
    let message = data.get("message").and_then(Value::as_str).unwrap_or_default().to_owned();
    Err(match data.get("name").and_then(Value::as_str).unwrap_or_default() {
        "odoo.exceptions.AccessError" => Error::Access(message),
        "odoo.exceptions.ValidationError" => Error::Validation(message),
        "builtins.ValueError" => Error::Builtin(Builtin::ValueError, message),
        _ => return Ok(Value::Map(body)),
    }
    .into())
}

/// The recordings of XML hold their outcome in a form that this crate does not read.
fn xml_outcome(name: &str) -> Result<Value, CallError> {
    let groups = "You are not allowed to create 'ISP Sector' (isp.sector) records.\n\nThis operation is allowed for \
                  the following groups:\n\t- ISP/Field Technician\n\t- ISP/ISP Admin\n\t- ISP/NOC Operator\n\n\
                  Contact your administrator to request access if necessary.";
    match name {
        "xmlrpc_fault_access" | "xmlrpc1_fault_access" => Err(Error::access(groups).into()),
        "xmlrpc_fault_field" => Err(Error::value("Invalid field 'nope' on 'res.partner'").into()),
        "xmlrpc_read" => Ok(vec![Value::Map(map! {
            "id" => 1_i64,
            "name" => "My Company",
            "email" => false,
            "country_id" => vec![Value::Int(233), Value::from("United States")],
            "create_date" => "2026-11-23 07:40:10",
            "partner_latitude" => 0.0,
            "active" => true,
        })]
        .into()),
        _ => Ok(Value::None),
    }
}

/// Tracebacks are the server's own: they are cut out of both sides, but for the last line.
fn without_traceback(body: &str) -> String {
    if let Some((before, after)) = body.split_once("\"debug\": \"") {
        let end = after.rfind('"').unwrap_or(0);
        return format!("{before}\"debug\": \"{}", &after[end..]);
    }
    for mark in ["&lt;traceback text&gt;\n", "Traceback (most recent call last):\n  (frames are in the server's log)\n"] {
        if let Some((before, after)) = body.split_once(mark) {
            return format!("{before}{after}");
        }
    }
    body.to_owned()
}

fn compare(name: &str, recording: &Recording, got: &Got) {
    assert_eq!(got.status, recording.status, "{name}: {}", got.text());
    let recorded = |header: &str| recording.headers.iter().find(|(n, _)| n == header).map(|(_, v)| v.as_str());
    for header in ["content-type", "x-content-type-options", "www-authenticate", "location", "accept"] {
        assert_eq!(got.header(header), recorded(header), "{name}: {header}");
    }
    // Pages and refusals of media types have words of our own; a key-less document has one, too.
    if !matches!(name, "jsonrpc_wrong_type" | "doc_bearer") {
        assert_eq!(without_traceback(&got.text()), without_traceback(&recording.body), "{name}");
    }
}

#[actix_web::test]
async fn the_wire_is_as_recorded() {
    let mut count = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let recording = read(&path);
        let outcome = if name.starts_with("xml") { xml_outcome(&name) } else { outcome(&recording) };
        let mut backend = Fake::new(outcome);
        if let Some((_, line)) = recording.ask.headers.iter().find(|(n, _)| n == "Cookie") {
            backend = backend.with_session(line.strip_prefix("session_id=").unwrap());
        }
        let got = send(backend, recording.ask.clone()).await;
        compare(&name, &recording, &got);
        count += 1;
    }
    assert_eq!(count, 34);
}

#[actix_web::test]
async fn the_cookie_has_the_recorded_attributes() {
    let recording = read(&folder().join("authenticate.txt"));
    let got = send(Fake::new(Ok(Value::None)), recording.ask).await;
    let line = got.header("set-cookie").unwrap();
    let parts: Vec<&str> = line.split("; ").collect();
    assert_eq!(parts[0].len(), "session_id=".len() + 84);
    assert!(parts[1].starts_with("Expires=") && parts[1].ends_with(" GMT"), "{line}");
    assert_eq!(&parts[2..], ["Max-Age=604800", "HttpOnly", "Path=/"]);
}
