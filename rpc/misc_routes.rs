//! What stands beside the wire on a site: the way in, what robots may read, database management, and reports.
//!
//! There is one database, and it is managed on the machine itself: the pages that Odoo has for it say so. Reports are not
//! rendered here: whoever asks for one is told, as an error of the kind that the route has.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_orm::error::Error;
use lastmile_orm::value::Value;

use crate::State;
use crate::envelope::Envelope;
use crate::export::failure;
use crate::http::limits::read_body;
use crate::http::paths::both;
use crate::http::paths::{FORGED, form, page, reading};
use crate::http::request::Form;
use crate::http::response;
use crate::http::session::{Visit, known};

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(page("/").route(reading().to(way_in))).service(page("/robots.txt").route(reading().to(robots)));
    for path in ["/web/database/manager", "/web/database/selector"] {
        cfg.service(page(path).route(reading().to(databases)));
    }
    for what in ["create", "duplicate", "drop", "backup", "restore", "change_password"] {
        cfg.service(form(&format!("/web/database/{what}")).route(web::post().to(managed_elsewhere)));
    }
    cfg.service(web::resource(both("/report/check_wkhtmltopdf")).to(check_renderer))
        .service(page("/report/download").route(web::post().to(download)));
    for path in ["/report/{kind:html|pdf|text}/{name}", "/report/{kind:html|pdf|text}/{name}/{ids}"] {
        cfg.service(page(path).route(reading().to(report)).route(web::post().to(report)));
    }
}

async fn way_in(req: HttpRequest) -> HttpResponse {
    let query = req.query_string();
    response::see_other(&if query.is_empty() { "/odoo".to_owned() } else { format!("/odoo?{query}") })
}

/// A back office is nothing to be found by search engines.
async fn robots() -> HttpResponse {
    let mut response = response::html("User-agent: *\nDisallow: /\n".into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

fn database_page(state: &State, error: Option<&str>) -> HttpResponse {
    let name = response::escape(state.backend.db_name());
    let error = error.map(|text| format!("<div class=\"alert alert-danger\">{}</div>\n", response::escape(text))).unwrap_or_default();
    response::html(format!(
        "<!doctype html>\n<html lang=en>\n<title>Databases</title>\n<h1>Databases</h1>\n{error}\
         <ul><li><a href=\"/odoo\">{name}</a></li></ul>\n<p>Databases are managed on the server itself.</p>\n"
    ))
}

async fn databases(state: web::Data<State>) -> HttpResponse {
    database_page(&state, None)
}

async fn managed_elsewhere(state: web::Data<State>) -> HttpResponse {
    database_page(&state, Some("Databases cannot be managed over the network."))
}

fn no_reports() -> Error {
    Error::user("This server does not render reports.")
}

/// Tells web clients that no PDF can be made.
async fn check_renderer(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let envelope = match Envelope::read(&req, payload, &state).await {
        Ok(envelope) => envelope,
        Err(answer) => return answer,
    };
    envelope.answer(known(&req, &state).await.map(|_| Value::from("install")))
}

async fn report(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    match Visit::logged_in(&req, &state).await {
        Ok((visit, _)) => visit.finish(response::error_page(StatusCode::NOT_IMPLEMENTED, &no_reports().to_string())),
        Err(answer) => answer,
    }
}

async fn download(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let body = match read_body(&req, payload, state.limits.body).await {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let visit = match Visit::logged_in(&req, &state).await {
        Ok((visit, _)) => visit,
        Err(answer) => return answer,
    };
    let form = Form::parse(&String::from_utf8_lossy(&body));
    if !visit.csrf_valid(&state, form.get("csrf_token")) {
        return visit.finish(response::error_page(StatusCode::BAD_REQUEST, FORGED));
    }
    visit.finish(failure(&req, no_reports().into()))
}
