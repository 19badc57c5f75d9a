//! Documents for the authors of clients: models with their fields and methods, as JSON for programs and as pages for people.
//!
//! `/doc/<model>.json` is for sessions, `/doc-bearer/<model>.json` for API keys; `/doc` shows the same to those who are logged in.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, ETAG, HeaderValue, IF_NONE_MATCH, X_FRAME_OPTIONS};
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_orm::value::{Map, Value};
use ring::digest;

use crate::backend::{CallError, Caller, Query};
use crate::errors::WireError;
use crate::http::failure::{failure_page, wire_error};
use crate::http::paths::{page, reading};
use crate::http::request::{bearer, peer};
use crate::http::response;
use crate::http::response::escape;
use crate::http::session::{Visit, caller};
use crate::json::write_value;
use crate::json2::{failed, other_database};
use crate::{State, call};

/// Registers the routes. Programs may use any method.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/doc-bearer/{model}.json").to(of_key))
        .service(web::resource("/doc/{model}.json").to(of_session))
        .service(page("/doc").route(reading().to(all_models)))
        .service(page("/doc/index.html").route(reading().to(all_models)))
        .service(page("/doc/{model}").route(reading().to(one_model)));
}

async fn of_key(req: HttpRequest, model: web::Path<String>, state: web::Data<State>) -> HttpResponse {
    match bearer(&req) {
        Some(key) => document(&req, &state, Caller::ApiKey(key), model.into_inner()).await,
        None => wire_error(&WireError::unauthorized("Missing \"Authorization\" header with an API key.")),
    }
}

async fn of_session(req: HttpRequest, model: web::Path<String>, state: web::Data<State>) -> HttpResponse {
    match caller(&req) {
        Ok(caller) => document(&req, &state, caller, model.into_inner()).await,
        Err(error) => failed(&req, error),
    }
}

fn query(model: String) -> Query {
    if model == "index" { Query::DocIndex } else { Query::Doc { model } }
}

async fn document(req: &HttpRequest, state: &State, caller: Caller, model: String) -> HttpResponse {
    if let Some(answer) = other_database(req, state) {
        return answer;
    }
    let from = peer(req, state);
    let outcome = call::blocking(state, move |backend| {
        let document = backend.query(&caller, &from, query(model))?;
        let info = backend.query(&caller, &from, Query::SessionInfo)?;
        let mut out = Vec::new();
        write_value(&mut out, &document);
        Ok((out, language(&info)))
    })
    .await;
    let (bytes, language) = match outcome {
        Ok(found) => found,
        Err(error) => return failed(req, error),
    };
    let sum = digest::digest(&digest::SHA256, &bytes);
    let tag = sum.as_ref().iter().fold(String::from("\""), |text, byte| text + &format!("{byte:02x}")) + "\"";
    let header = |name| req.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let known =
        header(IF_NONE_MATCH).split(',').any(|given| given.trim().trim_start_matches("W/").trim_matches('"') == tag.trim_matches('"'));
    let mut response =
        if known && !header(CACHE_CONTROL).contains("no-cache") { HttpResponse::NotModified().finish() } else { response::json(bytes) };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
    for (name, value) in [(ETAG, tag), (CONTENT_LANGUAGE, language)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

/// The language of the caller as browsers write it.
fn language(info: &Value) -> String {
    let context = info.as_map().and_then(|info| info.get("user_context")).and_then(Value::as_map);
    let code = context.and_then(|context| context.get("lang")).and_then(Value::as_str).unwrap_or("en_US");
    code.split('@').next().unwrap_or("en_US").replace('_', "-")
}

async fn all_models(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    shown(&req, &state, "index".into(), index_page).await
}

async fn one_model(req: HttpRequest, model: web::Path<String>, state: web::Data<State>) -> HttpResponse {
    shown(&req, &state, model.into_inner(), model_page).await
}

async fn shown(req: &HttpRequest, state: &State, model: String, show: fn(&Map) -> String) -> HttpResponse {
    let (visit, session) = match Visit::logged_in(req, state).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let from = peer(req, state);
    let found = call::blocking(state, move |backend| backend.query(&Caller::Session(session.token), &from, query(model))).await;
    let mut response = match found {
        Ok(document) => response::html(show(document.as_map().unwrap_or(&Map::new()))),
        Err(CallError::NoModel(model)) => response::error_page(StatusCode::NOT_FOUND, &format!("There is no model {model}.")),
        Err(error) => failure_page(req, error),
    };
    response.headers_mut().insert(X_FRAME_OPTIONS, HeaderValue::from_static("deny"));
    visit.finish(response)
}

fn text<'a>(map: &'a Map, name: &str) -> &'a str {
    map.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn framed(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=\"en-US\">\n<head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\
         <title>{title}</title></head>\n<body><h1>{title}</h1>\n{body}</body>\n</html>\n"
    )
}

fn index_page(index: &Map) -> String {
    let models = index.get("models").and_then(Value::as_list).unwrap_or_default();
    let mut body = String::from(
        "<p>Call a method with <code>POST /json/2/&lt;model&gt;/&lt;method&gt;</code>, an API key as bearer, and its arguments by name as a JSON object. \
         The same as JSON: <a href=\"/doc/index.json\">/doc/index.json</a>, with an API key <code>/doc-bearer/index.json</code>.</p>\n<ul>\n",
    );
    for model in models.iter().filter_map(Value::as_map) {
        let name = escape(text(model, "model"));
        let count =
            |what: &str| model.get(what).map_or(0, |all| all.as_map().map_or_else(|| all.as_list().map_or(0, <[Value]>::len), Map::len));
        // Writing to a string cannot fail.
        let _done = writeln!(
            body,
            "<li><a href=\"/doc/{name}\">{name}</a> {}: {} fields, {} methods</li>",
            escape(text(model, "name")),
            count("fields"),
            count("methods")
        );
    }
    framed("Models", &(body + "</ul>\n"))
}

fn model_page(model: &Map) -> String {
    let name = text(model, "model");
    let each = |what: &str| {
        model.get(what).and_then(Value::as_map).into_iter().flatten().filter_map(|(name, of)| Some((name.clone(), of.as_map()?)))
    };
    let mut body = format!("<p><a href=\"/doc\">Models</a> · {}</p>\n<h2>Methods</h2>\n<dl>\n", escape(text(model, "name")));
    for (method, of) in each("methods") {
        let (path, signature) = (escape(&format!("/json/2/{name}/{method}")), escape(text(of, "signature")));
        let on = of.get("api").and_then(Value::as_list).unwrap_or_default().iter().any(|mark| mark.as_str() == Some("model"));
        let on = if on { "on the model" } else { "on records: ids" };
        let _done =
            writeln!(body, "<dt id=\"{0}\"><code>{0}{signature}</code></dt><dd><code>POST {path}</code>, {on}</dd>", escape(&method));
    }
    body.push_str("</dl>\n<h2>Fields</h2>\n<table>\n<tr><th>Name</th><th>Type</th><th>Label</th><th></th></tr>\n");
    for (field, of) in each("fields") {
        let relation = text(of, "relation");
        let target = if relation.is_empty() { String::new() } else { format!(" <a href=\"/doc/{0}\">{0}</a>", escape(relation)) };
        let marks: Vec<&str> = ["required", "readonly"].into_iter().filter(|mark| of.get(mark).is_some_and(Value::truthy)).collect();
        let _done = writeln!(
            body,
            "<tr><td><code>{}</code></td><td>{}{target}</td><td>{}</td><td>{}</td></tr>",
            escape(&field),
            escape(text(of, "type")),
            escape(text(of, "string")),
            marks.join(", ")
        );
    }
    framed(name, &(body + "</table>\n"))
}
