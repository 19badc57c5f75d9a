//! Versions, health, the list of databases: what clients ask before they log in.

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_orm::map;
use lastmile_orm::value::{Map, Value};

use crate::envelope::Envelope;
use crate::http::failure::failure_page;
use crate::http::paths::both;
use crate::http::paths::{page, reading};
use crate::http::request::Form;
use crate::http::response;
use crate::json::write_value;
use crate::version::{SERIE, version, version_tuple};
use crate::{State, call};

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(page("/web/version").route(reading().to(short_version)))
        .service(page("/json/version").route(reading().to(short_version)))
        .service(web::resource(both("/web/webclient/version_info")).to(version_info))
        .service(web::resource(both("/web/webclient/bootstrap_translations")).to(no_translations))
        .service(
            page("/web/webclient/translations")
                .route(web::method(Method::OPTIONS).to(async || response::preflight()))
                .route(reading().to(translations)),
        )
        .service(web::resource(both("/web/database/list")).to(database_list))
        .service(page("/web/health").route(reading().to(health)));
}

fn json(value: &Value) -> HttpResponse {
    let mut body = Vec::new();
    write_value(&mut body, value);
    response::json(body)
}

async fn short_version() -> HttpResponse {
    json(&Value::Map(map! { "version_info" => version_tuple(), "version" => SERIE }))
}

async fn version_info(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    match Envelope::read(&req, payload, &state).await {
        Ok(envelope) => envelope.answer(Ok(version())),
        Err(answer) => answer,
    }
}

/// Pages of this server bring their own words.
async fn no_translations(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    match Envelope::read(&req, payload, &state).await {
        Ok(envelope) => envelope.answer(Ok(Value::Map(map! { "modules" => Value::Map(Map::new()), "lang_parameters" => Value::None }))),
        Err(answer) => answer,
    }
}

/// How a language writes dates and numbers. A client that has it already names its hash.
async fn translations(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let query = Form::parse(req.query_string());
    let asked = query.get("lang").unwrap_or("en_US").to_owned();
    let found = call::blocking(&state, move |backend| {
        let own = backend.language(&asked)?;
        let language = if own.is_some() { own } else { backend.language("en_US")? };
        let several = backend.languages()?.as_list().is_some_and(|all| all.len() > 1);
        Ok((language.unwrap_or_default(), several))
    })
    .await;
    let (language, several) = match found {
        Ok(found) => found,
        Err(error) => return failure_page(&req, error),
    };
    let code = language.get("code").cloned().unwrap_or_default();
    let mut text = Vec::new();
    write_value(&mut text, &Value::Map(language.clone()));
    let sum = ring::digest::digest(&ring::digest::SHA256, &text);
    let hash: String = sum.as_ref().iter().take(20).map(|b| format!("{b:02x}")).collect();
    let mut answer = map! { "lang" => code, "hash" => hash.as_str() };
    if query.get("hash") != Some(&hash) {
        answer.extend(map! { "lang_parameters" => Value::Map(language), "modules" => Value::Map(Map::new()), "multi_lang" => several });
    }
    response::for_every_site(json(&Value::Map(answer)))
}

async fn database_list(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    match Envelope::read(&req, payload, &state).await {
        Ok(envelope) => envelope.answer(Ok(vec![state.backend.db_name()].into())),
        Err(answer) => answer,
    }
}

/// For load balancers: alive, and with `db_server_status` whether the database is.
async fn health(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let mut answer = map! { "status" => "pass" };
    let mut status = StatusCode::OK;
    let asked = Form::parse(req.query_string()).get("db_server_status").is_some_and(|v| !matches!(v, "" | "0" | "false"));
    if asked {
        let alive = call::blocking(&state, |backend| Ok(backend.alive())).await.unwrap_or(false);
        answer.insert("db_server_status".into(), alive.into());
        if !alive {
            answer.insert("status".into(), "fail".into());
            status = StatusCode::INTERNAL_SERVER_ERROR;
        }
    }
    let mut response = json(&Value::Map(answer));
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
