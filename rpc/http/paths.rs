//! Paths: with and without a slash at the end, and which methods they take.

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, Resource, Route, guard, web};

use crate::http::response;

/// What forms of other sites, and of ours that were open for too long, are told.
pub const FORGED: &str = "Session expired (invalid CSRF token)";

/// A path with and without a slash at its end: clients write both.
pub fn both(path: &str) -> [String; 2] {
    [path.to_owned(), format!("{path}/")]
}

/// A page's path, with and without a slash at its end. Any method reaches it: what its routes do not take is a form without a token
/// when it may change something, else 405.
pub fn page(path: &str) -> Resource {
    web::resource(both(path)).default_service(web::to(async |req: HttpRequest| {
        if req.method().is_safe() {
            return response::method_not_allowed("OPTIONS, POST");
        }
        response::error_page(StatusCode::BAD_REQUEST, FORGED)
    }))
}

/// A path that takes forms only; other methods are 405.
pub fn form(path: &str) -> Resource {
    const ALLOW: &str = "OPTIONS, POST";
    web::resource(both(path))
        .route(web::method(Method::OPTIONS).to(async || response::options(ALLOW)))
        .default_service(web::to(async || response::method_not_allowed(ALLOW)))
}

/// A path that is only read; other methods are 405.
pub fn read_only(path: &str) -> Resource {
    const ALLOW: &str = "GET, HEAD, OPTIONS";
    web::resource(both(path))
        .route(web::method(Method::TRACE).to(async || response::method_not_allowed(ALLOW)))
        .default_service(web::to(async || response::method_not_allowed(ALLOW)))
}

/// A path that is read and takes forms without a token; other methods are 405.
pub fn both_ways(path: &str) -> Resource {
    web::resource(both(path)).default_service(web::to(async || response::method_not_allowed("GET, HEAD, OPTIONS, POST")))
}

/// A route for what changes nothing: GET, HEAD, OPTIONS, TRACE.
pub fn reading() -> Route {
    web::route().guard(guard::fn_guard(|ctx| ctx.head().method.is_safe()))
}
