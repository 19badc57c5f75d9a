//! Bounds on what clients send. Everything here fails early, with a clear answer, and before memory is taken.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::rt::time::timeout;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::reply;

/// Depth of lists and maps in a request. Domains are flat; the deepest call seen of a client has 12 levels.
pub const DEPTH: usize = 200;

/// Values in a request, counted at every depth. A body of two-byte values takes forty times its size in memory.
pub const VALUES: usize = 1_000_000;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(120);

/// Bounds that an operator may set.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a body of JSON, XML or a form.
    pub body: usize,
    /// Bytes of a form with files.
    pub upload: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body: 16 * 1024 * 1024, upload: 128 * 1024 * 1024 }
    }
}

/// Reads a body up to `limit` bytes. The error is the answer to send.
pub async fn read_body(req: &HttpRequest, payload: web::Payload, limit: usize) -> Result<web::Bytes, HttpResponse> {
    let announced = req.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
    if announced.is_some_and(|n| n > limit as u64) {
        return Err(too_large(limit));
    }
    match timeout(PATIENCE, payload.to_bytes_limited(limit)).await {
        Err(_) => Err(failed(StatusCode::REQUEST_TIMEOUT, "The request's body did not arrive in time.")),
        Ok(Err(_)) => Err(too_large(limit)),
        Ok(Ok(Err(_))) => Err(failed(StatusCode::BAD_REQUEST, "The request's body broke off.")),
        Ok(Ok(Ok(body))) => Ok(body),
    }
}

/// 413 for a body.
fn too_large(limit: usize) -> HttpResponse {
    let text = format!("The request's body is larger than the {limit} bytes that this server reads.");
    failed(StatusCode::PAYLOAD_TOO_LARGE, &text)
}

/// 413 for a document.
pub fn too_many_values() -> HttpResponse {
    let text = format!("The request holds more than the {VALUES} values that this server reads at once.");
    failed(StatusCode::PAYLOAD_TOO_LARGE, &text)
}

fn failed(status: StatusCode, text: &str) -> HttpResponse {
    // What was not read would be taken for the next request.
    let mut response = reply::error_page(status, text);
    response.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
    response
}
