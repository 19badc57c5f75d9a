//! What stands beside the wire on a site: the way in, what robots may read, and database management.
//!
//! There is one database, and it is managed on the machine itself: the pages that Odoo has for it say so.

use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::State;
use crate::http::paths::{form, page, reading};
use crate::http::response;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(page("/").route(reading().to(way_in))).service(page("/robots.txt").route(reading().to(robots)));
    for path in ["/web/database/manager", "/web/database/selector"] {
        cfg.service(page(path).route(reading().to(databases)));
    }
    for what in ["create", "duplicate", "drop", "backup", "restore", "change_password"] {
        cfg.service(form(&format!("/web/database/{what}")).route(web::post().to(managed_elsewhere)));
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
