//! What every page and file tells the browser about itself, and what cookies are marked with. Answers of RPC are no pages.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::web;
use base64::Engine as _;

use crate::State;

/// Pages load from here, post to here, and stand in frames of ours only.
const PAGE: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";
/// Files load nothing.
const FILE: &str = "default-src 'none'";

/// Seconds after which it makes sense to try again what the server had no room for.
const AGAIN: &str = "2";

/// The policy of a page with one script of its own inside.
pub fn page_with_script(script: &str) -> String {
    let sum = ring::digest::digest(&ring::digest::SHA256, script.as_bytes());
    let sum = base64::engine::general_purpose::STANDARD.encode(sum.as_ref());
    format!("{PAGE}; script-src 'self' 'sha256-{sum}'")
}

/// The policy of a page whose form goes to another site that the server has checked, which may send the browser anywhere.
pub fn page_with_form_elsewhere() -> String {
    PAGE.replace("form-action 'self'", "form-action http: https:")
}

/// Middleware: security headers where an answer has none of its own, and the marks of cookies.
pub async fn protect<B: MessageBody>(req: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, actix_web::Error> {
    let state = req.app_data::<web::Data<State>>().cloned();
    let mut response = next.call(req).await?;
    if response.headers().contains_key(SET_COOKIE) && state.is_some_and(|state| crate::http::request::secure(response.request(), &state)) {
        secure_cookies(response.headers_mut());
    }
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        default(response.headers_mut(), RETRY_AFTER, AGAIN);
    }
    let kind = response.headers().get(CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase()).unwrap_or_default();
    if !kind.starts_with(b"application/json") && !kind.starts_with(b"text/xml") {
        let policy = if kind.starts_with(b"text/html") { PAGE } else { FILE };
        let failed = response.status().is_client_error() || response.status().is_server_error();
        let headers = response.headers_mut();
        default(headers, CONTENT_SECURITY_POLICY, policy);
        // Errors are HTML as it is, and have none in the recordings.
        if !failed {
            default(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
        }
        default(headers, X_FRAME_OPTIONS, "SAMEORIGIN");
        default(headers, REFERRER_POLICY, "same-origin");
    }
    Ok(response)
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn secure_cookies(headers: &mut HeaderMap) {
    let lines: Vec<HeaderValue> = headers.remove(SET_COOKIE).collect();
    for line in lines {
        let marked = line.to_str().ok().and_then(|text| HeaderValue::from_str(&format!("{text}; Secure; SameSite=Lax")).ok());
        headers.append(SET_COOKIE, marked.unwrap_or(line));
    }
}
