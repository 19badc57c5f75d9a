//! Answers in HTTP. `X-Content-Type-Options` stands on answers that are meant, not on errors: as recorded.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, ALLOW,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION,
};
use actix_web::{HttpResponse, HttpResponseBuilder};

pub(super) const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const XML: &str = "text/xml; charset=utf-8";

pub(super) fn start(status: StatusCode, kind: &'static str) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    builder.insert_header((CONTENT_TYPE, kind));
    builder
}

fn nosniff(builder: &mut HttpResponseBuilder) -> &mut HttpResponseBuilder {
    builder.insert_header((HeaderName::from_static("x-content-type-options"), "nosniff"))
}

/// 200 with JSON.
pub fn json(body: Vec<u8>) -> HttpResponse {
    nosniff(&mut start(StatusCode::OK, JSON)).body(body)
}

/// A JSON-RPC error: 200 all the same.
pub fn json_error(body: Vec<u8>) -> HttpResponse {
    start(StatusCode::OK, JSON).body(body)
}

/// An XML-RPC answer.
pub fn xml(body: Vec<u8>) -> HttpResponse {
    nosniff(&mut start(StatusCode::OK, XML)).body(body)
}

/// An XML-RPC fault.
pub fn xml_fault(body: Vec<u8>) -> HttpResponse {
    start(StatusCode::OK, XML).body(body)
}

/// 200 with a page.
pub fn html(body: String) -> HttpResponse {
    nosniff(&mut start(StatusCode::OK, HTML)).body(body)
}

/// An answer with a content security policy of its own.
pub fn with_policy(mut response: HttpResponse, policy: &str) -> HttpResponse {
    if let Ok(policy) = HeaderValue::from_str(policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// A short text as HTML, such as `Invalid JSON data`.
pub fn text(status: StatusCode, body: &'static str) -> HttpResponse {
    nosniff(&mut start(status, HTML)).body(body)
}

/// A page with a page's status.
pub fn page(status: StatusCode, body: String) -> HttpResponse {
    start(status, HTML).body(body)
}

/// A plain page that says what went wrong.
pub fn error_page(status: StatusCode, explanation: &str) -> HttpResponse {
    let reason = status.canonical_reason().unwrap_or("Error");
    let explanation = escape(explanation);
    let code = status.as_u16();
    page(status, format!("<!doctype html>\n<html lang=en>\n<title>{code} {reason}</title>\n<h1>{reason}</h1>\n<p>{explanation}</p>\n"))
}

/// 405 with a page.
pub fn method_not_allowed(allow: &'static str) -> HttpResponse {
    let text = "The method is not allowed for the requested URL.";
    let mut response = error_page(StatusCode::METHOD_NOT_ALLOWED, text);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    response
}

/// What a path takes, for those who ask.
pub fn options(allow: &'static str) -> HttpResponse {
    HttpResponse::Ok().insert_header((ALLOW, HeaderValue::from_static(allow))).finish()
}

/// 204 for browsers that ask before they read a file from another site's page.
pub fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, "Origin, X-Requested-With, Content-Type, Accept, Authorization"))
        .insert_header((ACCESS_CONTROL_MAX_AGE, "86400"))
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .finish()
}

/// An answer that pages of any site may read.
pub fn for_every_site(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// 415: the content type is not the one of the route.
pub fn unsupported(path: &str, accepted: &'static str) -> HttpResponse {
    let text = format!("{path} reads bodies of type {accepted} only. Please check the Content-Type header.");
    let mut response = error_page(StatusCode::UNSUPPORTED_MEDIA_TYPE, &text);
    response.headers_mut().insert(HeaderName::from_static("accept"), HeaderValue::from_static(accepted));
    response
}

/// 303 to a path of ours.
pub fn see_other(location: &str) -> HttpResponse {
    let shown = escape(location);
    let Ok(value) = HeaderValue::from_str(location) else {
        return error_page(StatusCode::BAD_REQUEST, "The target of the redirection is no URL.");
    };
    nosniff(start(StatusCode::SEE_OTHER, HTML).insert_header((LOCATION, value))).body(format!(
        "<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n\
         <p>You should be redirected automatically to the target URL: <a href=\"{shown}\">{shown}</a>. \
         If not, click the link.\n"
    ))
}

/// Text inside HTML, quotes included.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
