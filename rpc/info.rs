//! Versions, health, the list of databases: what clients ask before they log in.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_orm::map;
use lastmile_orm::value::Value;

use crate::json::write_value;
use crate::jsonrpc::{Envelope, both};
use crate::request::Form;
use crate::{State, call, reply};

/// The series of the surface.
pub const SERIE: &str = "19.0";

/// What `common.about` answers.
pub const ABOUT: &str = "Lastmile, the back office of an internet provider. It answers the RPC surface of Odoo 19.";

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource(both("/web/version")).to(short_version))
        .service(web::resource(both("/json/version")).to(short_version))
        .service(web::resource(both("/web/webclient/version_info")).to(version_info))
        .service(web::resource(both("/web/database/list")).to(database_list))
        .service(web::resource(both("/web/health")).to(health));
}

fn version_tuple() -> Value {
    Value::List(vec![Value::Int(19), Value::Int(0), Value::Int(0), Value::from("final"), Value::Int(0), Value::from("")])
}

/// What `common.version` answers.
pub fn version() -> Value {
    Value::Map(map! {
        "server_version" => SERIE,
        "server_version_info" => version_tuple(),
        "server_serie" => SERIE,
        "protocol_version" => 1_i64,
    })
}

fn json(value: &Value) -> HttpResponse {
    let mut body = Vec::new();
    write_value(&mut body, value);
    reply::json(body)
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
