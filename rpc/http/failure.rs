//! Failures as responses: of pages, and of JSON-2.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse};

use crate::backend::CallError;
use crate::errors::{Dialect, WireError};
use crate::http::request::request_id;
use crate::http::response;

/// The page of a failure on a route of pages. Details are in the log only.
pub fn failure_page(req: &HttpRequest, error: CallError) -> HttpResponse {
    let error = WireError::of(error, Dialect::Named, &request_id(req));
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response::error_page(status, &error.message)
}

/// An error of JSON-2: the status tells it, the body is the error.
pub fn wire_error(error: &WireError) -> HttpResponse {
    let mut body = Vec::new();
    error.write_data(&mut body);
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = response::start(status, response::JSON);
    if status == StatusCode::UNAUTHORIZED {
        // With the space: as recorded.
        builder.insert_header((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer ")));
    }
    builder.body(body)
}
