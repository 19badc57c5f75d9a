//! `/web/content`, `/web/image` and logos: files for browsers.
//!
//! Whoever may upload a file must not make a browser run it for somebody else: no answer is sniffed, none may load or
//! run anything (`Content-Security-Policy`), and types that browsers run are downloads.

use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED, RANGE,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use lastmile_orm::Error;
use lastmile_orm::value::Id;
use ring::digest;
use unicode_normalization::UnicodeNormalization;

use crate::backend::{CallError, Caller, Content, Wanted};
use crate::errors::{Dialect, WireError};
use crate::http::failure::failure_page;
use crate::http::paths::{page, reading};
use crate::http::request::{Form, peer, request_id};
use crate::http::response;
use crate::http::session::{http_date, token};
use crate::{State, call};

/// A mast and what it sends.
const ICON: &str = concat!(
    r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#1f5f8b"/>"##,
    r##"<path d="M16 13v13M11 26h10M10 15a7 7 0 0 1 0-8M22 15a7 7 0 0 0 0-8M16 11v.01" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>"##,
);
/// Largest side of an image that is made on demand.
const SIDE: u32 = 4096;
/// Endings by media type, for names that have none.
const ENDINGS: &[(&str, &str)] = &[
    ("image/png", "png"),
    ("image/jpeg", "jpg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("image/svg+xml", "svg"),
    ("application/pdf", "pdf"),
    ("application/zip", "zip"),
    ("application/xml", "xml"),
    ("text/plain", "txt"),
    ("text/csv", "csv"),
    ("application/octet-stream", "bin"),
];

/// Registers the routes. The longer paths come first: what looks like an id is one.
pub fn routes(cfg: &mut web::ServiceConfig) {
    let named = "{model:[^/]+\\.[^/]+|[a-z_]+}/{id:\\d+}/{field:[a-z0-9_]+}";
    let own = "{id:\\d+}{unique:(-[^/]*)?}";
    for start in ["/web/content", "/web/image"] {
        let image = start == "/web/image";
        let mut add = |path: String| {
            let resource = page(&format!("{start}{path}"));
            cfg.service(if image { resource.route(reading().to(image_file)) } else { resource.route(reading().to(content_file)) });
        };
        add(String::new());
        for what in [own, named, "{xmlid:[^/]+}"] {
            if image {
                add(format!("/{what}/{{size:\\d+x\\d+}}"));
                add(format!("/{what}/{{size:\\d+x\\d+}}/{{filename}}"));
            }
            add(format!("/{what}"));
            add(format!("/{what}/{{filename}}"));
        }
    }
    for path in ["/web/binary/company_logo", "/logo", "/logo.png"] {
        cfg.service(page(path).route(web::method(Method::OPTIONS).to(async || response::preflight())).route(reading().to(logo)));
    }
    for path in ["/favicon.ico", "/web/static/img/favicon.ico"] {
        cfg.service(page(path).route(reading().to(icon)));
    }
}

/// What the path and the query ask for.
struct Ask {
    wanted: Wanted,
    filename: Option<String>,
    download: bool,
    /// The address changes with the content: it may be kept for long.
    unique: bool,
    /// A media type in place of the file's own.
    mimetype: Option<String>,
}

fn truthy(text: &str) -> bool {
    !matches!(text.to_ascii_lowercase().as_str(), "" | "0" | "false")
}

fn ask(req: &HttpRequest, image: bool) -> Ask {
    let query = Form::parse(req.query_string());
    let path = req.match_info();
    let get = |name: &str| {
        let of_path = path.get(name).filter(|v| !v.is_empty());
        of_path.or_else(|| query.get(name)).map(str::to_owned)
    };
    let side = |text: Option<&str>| text.and_then(|t| t.parse::<u32>().ok()).unwrap_or(0).min(SIDE);
    let (width, height) = match path.get("size").and_then(|s| s.split_once('x')) {
        Some((width, height)) => (side(Some(width)), side(Some(height))),
        None => (side(query.get("width")), side(query.get("height"))),
    };
    let crop = query.get("crop").is_some_and(truthy);
    let or = |name: &str, default: &str| get(name).unwrap_or_else(|| default.to_owned());
    Ask {
        wanted: Wanted::Field {
            xmlid: get("xmlid"),
            model: or("model", "ir.attachment"),
            id: get("id").and_then(|id| id.parse().ok()).unwrap_or(0),
            field: or("field", "raw"),
            name_field: or("filename_field", "name"),
            token: get("access_token"),
            image: image.then_some((width, height, crop)),
        },
        filename: get("filename"),
        download: query.get("download").is_some_and(truthy),
        unique: get("unique").is_some_and(|u| truthy(&u)),
        mimetype: query.get("mimetype").map(str::to_owned),
    }
}

async fn content_file(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let ask = ask(&req, false);
    serve(&req, &state, ask).await
}

async fn image_file(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let ask = ask(&req, true);
    serve(&req, &state, ask).await
}

async fn logo(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let company = Form::parse(req.query_string()).get("company").and_then(|c| c.parse::<Id>().ok()).filter(|c| *c != 0);
    let ask = Ask { wanted: Wanted::Logo(company), filename: Some("logo.png".into()), download: false, unique: false, mimetype: None };
    response::for_every_site(serve(&req, &state, ask).await)
}

/// What browsers show beside the title of pages.
async fn icon() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "image/svg+xml"))
        .insert_header((CACHE_CONTROL, "public, max-age=604800"))
        .insert_header((CONTENT_DISPOSITION, disposition(false, "favicon.svg")))
        .body(ICON)
}

async fn serve(req: &HttpRequest, state: &State, ask: Ask) -> HttpResponse {
    let (from, known) = (peer(req, state), token(req));
    let wanted = ask.wanted.clone();
    let outcome = call::blocking(state, move |backend| {
        let live = match known {
            Some(token) => backend.session(&token)?,
            None => None,
        };
        let caller = live.map(|session| Caller::Session(session.token));
        Ok((backend.content(caller.as_ref(), &from, &wanted)?, caller.is_some()))
    })
    .await;
    match outcome {
        Ok((Some(content), private)) => send(req, ask, content, private),
        Ok((None, _)) => missing(),
        Err(error @ CallError::Error(Error::Internal(_) | Error::Lost(_) | Error::Busy(_) | Error::Database(..))) => {
            failure_page(req, error)
        }
        Err(error) => {
            // Told to the log only: what is forbidden must look like what is missing.
            let error = WireError::of(error, Dialect::Web, &request_id(req));
            tracing::debug!(error = %error.message, "no content");
            missing()
        }
    }
}

fn missing() -> HttpResponse {
    let text = "The requested URL was not found on the server.";
    response::error_page(StatusCode::NOT_FOUND, text)
}

/// Types that a browser runs or lets run.
fn runs(mimetype: &str) -> bool {
    let kind = mimetype.to_ascii_lowercase();
    let image = kind.starts_with("image/svg");
    !image && ["html", "xml", "script", "xsl", "flash", "wasm"].iter().any(|part| kind.contains(part)) && !kind.contains("openxmlformats")
}

fn send(req: &HttpRequest, ask: Ask, content: Content, private: bool) -> HttpResponse {
    if let Some(url) = content.url.as_deref() {
        let outside = url.starts_with("https://") || url.starts_with("http://");
        let inside = url.starts_with('/') && !url.starts_with("//");
        return if outside || inside { response::see_other(url) } else { missing() };
    }
    let placeholder = matches!(content.name.as_str(), "placeholder.png" | "nologo.png");
    let kind = ask.mimetype.filter(|kind| kind.contains('/') && !runs(kind) && !placeholder).unwrap_or(content.mimetype);
    let attached = ask.download || runs(&kind);
    let name = with_ending(ask.filename.filter(|_| !placeholder).unwrap_or(content.name), &kind);
    let tag = etag(&content.bytes);
    let mut builder = HttpResponse::build(StatusCode::OK);
    headers(&mut builder, &tag, private, ask.unique && !placeholder);
    if let Some(at) = content.modified {
        builder.insert_header((LAST_MODIFIED, http_date(at.and_utc())));
    }
    let header = |name: HeaderName| req.headers().get(name).and_then(|v| v.to_str().ok());
    if header(IF_NONE_MATCH).is_some_and(|tags| tags == "*" || tags.split(',').any(|t| t.trim().trim_start_matches("W/") == tag)) {
        return builder.status(StatusCode::NOT_MODIFIED).finish();
    }
    // Unknown media types of users must not break the header.
    let kind = HeaderValue::from_str(&kind).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let kind = match kind.to_str() {
        Ok(text) if text.starts_with("text/") && !text.contains("charset") => {
            HeaderValue::from_str(&format!("{text}; charset=utf-8")).unwrap_or(kind)
        }
        _ => kind,
    };
    builder.insert_header((CONTENT_TYPE, kind));
    builder.insert_header((CONTENT_DISPOSITION, disposition(attached, &name)));
    builder.insert_header((ACCEPT_RANGES, "bytes"));
    let total = content.bytes.len();
    let whole = header(IF_RANGE).is_some_and(|t| t != tag);
    match header(RANGE).filter(|_| !whole).and_then(|text| range(text, total)) {
        None => builder.body(content.bytes),
        Some(Some((from, to))) => {
            let part = content.bytes.get(from..=to).unwrap_or_default().to_vec();
            builder.insert_header((CONTENT_RANGE, format!("bytes {from}-{to}/{total}")));
            builder.status(StatusCode::PARTIAL_CONTENT).body(part)
        }
        Some(None) => {
            builder.insert_header((CONTENT_RANGE, format!("bytes */{total}")));
            builder.status(StatusCode::RANGE_NOT_SATISFIABLE).finish()
        }
    }
}

fn headers(builder: &mut HttpResponseBuilder, tag: &str, private: bool, lasting: bool) {
    let cache = match (lasting, private) {
        (true, true) => "private, immutable, max-age=31536000",
        (true, false) => "public, immutable, max-age=31536000",
        (false, true) => "no-cache, private",
        (false, false) => "no-cache",
    };
    builder
        .insert_header((CACHE_CONTROL, cache))
        .insert_header((ETAG, tag))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'"))
        .insert_header((HeaderName::from_static("x-content-type-options"), "nosniff"));
}

fn etag(bytes: &[u8]) -> String {
    let sum = digest::digest(&digest::SHA256, bytes);
    let hex: String = sum.as_ref().iter().take(16).map(|b| format!("{b:02x}")).collect();
    format!("\"{hex}\"")
}

/// The first and last byte of `bytes=0-4`, `bytes=5-` or `bytes=-3`. Several ranges are answered with everything;
/// `Some(None)`: there is nothing in the range.
fn range(text: &str, total: usize) -> Option<Option<(usize, usize)>> {
    let (from, to) = text.strip_prefix("bytes=")?.trim().split_once('-')?;
    let last = total.checked_sub(1);
    Some(match (from.trim(), to.trim()) {
        ("", count) => {
            let count: usize = count.parse().ok()?;
            last.filter(|_| count > 0).map(|last| (total.saturating_sub(count), last))
        }
        (from, to) => {
            let from: usize = from.parse().ok()?;
            let to: usize = if to.is_empty() { usize::MAX } else { to.parse().ok()? };
            last.filter(|last| from <= *last && from <= to).map(|last| (from, to.min(last)))
        }
    })
}

/// A name with an ending, and without what cannot stand in one.
fn with_ending(name: String, kind: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_control() || matches!(c, '/' | '\\') { '_' } else { c }).collect();
    let has = name.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty() && (1..=10).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    match ENDINGS.iter().find(|(known, _)| *known == kind) {
        Some((_, ending)) if !has => format!("{name}.{ending}"),
        _ => name,
    }
}

/// `Content-Disposition`: plain where a token will do, quoted with spaces, and percent-encoded beyond ASCII, with a name beside that is taken
/// apart into letters and accents and keeps the letters.
pub fn disposition(attached: bool, name: &str) -> String {
    let how = if attached { "attachment" } else { "inline" };
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let ascii: String = name.nfkd().filter(|c| c.is_ascii() && !c.is_ascii_control()).collect();
    let plain = if !ascii.is_empty() && ascii.chars().all(token) {
        ascii.clone()
    } else {
        format!("\"{}\"", ascii.replace('\\', "\\\\").replace('"', "\\\""))
    };
    if name.is_ascii() {
        format!("{how}; filename={plain}")
    } else {
        format!("{how}; filename={plain}; filename*=UTF-8''{}", encoded(name))
    }
}

/// Percent-encodes what a parameter of a header cannot have as it is.
fn encoded(name: &str) -> String {
    let as_it_is = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte);
    name.bytes().map(|byte| if as_it_is(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_in_headers() {
        assert_eq!(disposition(false, "a.txt"), "inline; filename=a.txt");
        assert_eq!(disposition(true, "x cust.png"), "attachment; filename=\"x cust.png\"");
        assert_eq!(disposition(true, "é.txt"), "attachment; filename=e.txt; filename*=UTF-8''%C3%A9.txt");
        assert_eq!(disposition(true, "½ ß+.txt"), "attachment; filename=\"12 +.txt\"; filename*=UTF-8''%C2%BD%20%C3%9F+.txt");
        assert_eq!(disposition(false, "a\"b.txt"), "inline; filename=\"a\\\"b.txt\"");
        assert_eq!(with_ending("x cust".into(), "image/png"), "x cust.png");
        assert_eq!(with_ending("a.txt".into(), "text/plain"), "a.txt");
        assert_eq!(with_ending("../a\nb.txt".into(), "text/plain"), ".._a_b.txt");
    }

    #[test]
    fn ranges_of_bytes() {
        assert_eq!(range("bytes=0-4", 11), Some(Some((0, 4))));
        assert_eq!(range("bytes=6-", 11), Some(Some((6, 10))));
        assert_eq!(range("bytes=-3", 11), Some(Some((8, 10))));
        assert_eq!(range("bytes=-30", 11), Some(Some((0, 10))));
        assert_eq!(range("bytes=11-", 11), Some(None));
        assert_eq!(range("bytes=0-", 0), Some(None));
        for whole in ["bytes=0-1,3-4", "items=0-1", "bytes=a-b", ""] {
            assert_eq!(range(whole, 11), None, "{whole}");
        }
    }

    #[test]
    fn what_browsers_run_is_downloaded() {
        for kind in ["text/html", "application/xhtml+xml", "text/xml", "text/javascript", "TEXT/HTML"] {
            assert!(runs(kind), "{kind}");
        }
        for kind in [
            "text/plain",
            "image/png",
            "image/svg+xml",
            "application/pdf",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ] {
            assert!(!runs(kind), "{kind}");
        }
    }
}
