//! JSON-2: `POST /json/2/<model>/<method>` with an API key, arguments by name, the answer without an envelope, errors
//! by status.
//!
//! A cookie is no credential here: nothing on these routes can be done from another site in a user's name.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::{HttpRequest, HttpResponse, guard, web};
use lastmile_orm::error::Result;
use lastmile_orm::value::{Map, Value};

use crate::backend::{Call, CallError, Caller, Style};
use crate::errors::{Dialect, WireError};
use crate::http::body::parse_body;
use crate::http::failure::wire_error;
use crate::http::limits::{Share, read_body, share, too_many_values};
use crate::http::paths::both;
use crate::http::request::{bearer, media_type, peer, request_id};
use crate::http::response;
use crate::json::JsonSink;
use crate::{State, call};

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource(both("/json/2/{model}/{method}"))
            .route(web::route().guard(guard::Any(guard::Post()).or(guard::Options())).to(json2))
            .default_service(web::to(lost)),
    )
    .service(web::resource("/json/2{path:(/.*)?}").to(lost));
}

/// An error as these routes tell it.
pub fn failed(req: &HttpRequest, error: CallError) -> HttpResponse {
    wire_error(&WireError::of(error, Dialect::Named, &request_id(req)))
}

/// 415 for a body of another type. Without a body the type does not matter.
fn wrong_type(req: &HttpRequest, body: &[u8]) -> Option<HttpResponse> {
    (!body.is_empty() && media_type(req) != "application/json").then(|| response::unsupported(req.path(), "application/json"))
}

/// The header that names a database, where there is only one, can only be right or wrong.
pub fn other_database(req: &HttpRequest, state: &State) -> Option<HttpResponse> {
    let named = req.headers().get("X-Odoo-Database")?;
    (named.as_bytes() != state.backend.db_name().as_bytes())
        .then(|| response::error_page(StatusCode::NOT_FOUND, "This server does not have the database you asked for."))
}

/// Every other path and verb.
async fn lost(req: HttpRequest) -> HttpResponse {
    let has_body = req.headers().get(CONTENT_LENGTH).is_some_and(|n| n.as_bytes() != b"0");
    if has_body && media_type(&req) != "application/json" {
        return response::unsupported(req.path(), "application/json");
    }
    wire_error(&WireError::not_found("Did you mean POST /json/2/<model>/<method>?"))
}

async fn json2(req: HttpRequest, path: web::Path<(String, String)>, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    if let Some(answer) = other_database(&req, &state) {
        return answer;
    }
    let Some(key) = bearer(&req) else {
        let text = "User not authenticated, use an API Key with a Bearer Authorization header.";
        return wire_error(&WireError::unauthorized(text));
    };
    let body = match read_body(&req, payload, state.limits.body).await {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    if let Some(answer) = wrong_type(&req, &body) {
        return answer;
    }
    let named = match arguments(body, share(&req)).await {
        Ok(named) => named,
        Err(answer) => return answer,
    };
    let (model, method) = path.into_inner();
    let call = named_call(model, method, named);
    let (caller, from) = (Caller::ApiKey(key), peer(&req, &state));
    let share = share(&req);
    let outcome = call::blocking(&state, move |backend| {
        let _share = share;
        call::to_bytes(backend, &caller, &from, call, |answer, out| answer.write(&mut JsonSink::new(out)))
    })
    .await;
    match outcome {
        Ok(bytes) => response::json(bytes),
        Err(error) => failed(&req, error),
    }
}

/// The body's names. No body has none, and neither has JSON that is no object.
async fn arguments(body: web::Bytes, share: Option<Share>) -> Result<Map, HttpResponse> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    match parse_body(body, share).await {
        Ok(Value::Map(map)) => Ok(map),
        Ok(_) => Ok(Map::new()),
        Err(error) if error.too_large() => Err(too_many_values()),
        Err(error) => {
            let text = format!("could not parse the body as JSON: {error}");
            Err(wire_error(&WireError::bad_request(text)))
        }
    }
}

fn named_call(model: String, method: String, mut kwargs: Map) -> Call {
    let ids = match kwargs.shift_remove("ids") {
        Some(Value::List(ids)) => ids,
        None | Some(Value::None | Value::Bool(false)) => Vec::new(),
        Some(id) => vec![id],
    };
    Call { model, method, args: Vec::new(), kwargs, style: Style::Named { ids } }
}
