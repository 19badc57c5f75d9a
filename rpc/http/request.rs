//! What a request tells besides its body: its id, its peer, its cookies, its content type, its form.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderName, HeaderValue, USER_AGENT};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};
use lastmile_orm::cancel::CancelToken;
use ring::rand::{SecureRandom, SystemRandom};

use crate::State;
use crate::backend::Peer;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id under which a request appears in the log.
#[derive(Clone)]
pub struct RequestId(pub String);

/// Middleware: every request has an id, the client's when it is harmless, and every answer tells it.
pub async fn stamp<B: MessageBody>(req: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, actix_web::Error> {
    let given = req.headers().get(&REQUEST_ID).and_then(|v| v.to_str().ok());
    let id = given.filter(|id| harmless(id)).map_or_else(|| random_text(12), str::to_owned);
    req.extensions_mut().insert(RequestId(id.clone()));
    // Dropped before its end when the client hangs up.
    let mut open = Open(Some(CancelToken::default()));
    let request = open.0.clone().unwrap_or_default();
    let mut response = CURRENT.scope(request, next.call(req)).await?;
    open.0 = None;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    Ok(response)
}

tokio::task_local! {
    static CURRENT: CancelToken;
}

/// The request that is being answered, as threads that work for it know it.
pub(crate) fn current() -> CancelToken {
    CURRENT.try_with(CancelToken::clone).unwrap_or_default()
}

/// A request whose client waits.
struct Open(Option<CancelToken>);

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(request) = self.0.take() {
            request.hang_up();
        }
    }
}

/// Ids go to the log: no spaces, no control characters, no novels.
fn harmless(id: &str) -> bool {
    (1..=100).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:/+=".contains(&b))
}

/// Random bytes as URL-safe text. Of `len` bytes come 4/3 as many characters.
pub fn random_text(len: usize) -> String {
    use base64::Engine as _;
    let mut bytes = vec![0; len];
    // The system's generator fails only where the system is broken; a guessable text would be worse than none.
    if SystemRandom::new().fill(&mut bytes).is_err() {
        tracing::error!("the system gives no random bytes");
        std::process::abort();
    }
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// Who sent the request.
pub fn peer(req: &HttpRequest, state: &State) -> Peer {
    let client = state.proxies.client(req);
    let user_agent = req.headers().get(USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    Peer {
        addr: client.addr,
        origin: state.base_url.clone().unwrap_or_else(|| {
            let host = req.headers().get(actix_web::http::header::HOST).and_then(|v| v.to_str().ok()).unwrap_or("localhost");
            format!("{}://{}", client.scheme.as_deref().unwrap_or("http"), client.host.as_deref().unwrap_or(host))
        }),
        user_agent: user_agent.chars().take(300).collect(),
        request_id: request_id(req),
    }
}

/// Whether the browser reached us over HTTPS: by the settings, or by the word of a proxy of ours.
pub fn secure(req: &HttpRequest, state: &State) -> bool {
    state.base_url.as_deref().is_some_and(|url| url.starts_with("https://")) || state.proxies.client(req).scheme.as_deref() == Some("https")
}

/// The id that [`stamp`] gave.
pub fn request_id(req: &HttpRequest) -> String {
    req.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

/// The media type, in lower case and without parameters. Empty when there is none.
pub fn media_type(req: &HttpRequest) -> String {
    let value = req.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A cookie by name.
pub fn cookie(req: &HttpRequest, name: &str) -> Option<String> {
    let lines = req.headers().get_all(COOKIE).filter_map(|v| v.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.trim_matches('"').to_owned())
}

/// The credentials of `Authorization: bearer`.
pub fn bearer(req: &HttpRequest) -> Option<String> {
    let value = req.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.trim().split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then(|| key.to_owned())
}

/// Fields of a form or a query string, in order.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads `a=1&b=2`. What is no form has no fields.
    pub fn parse(text: &str) -> Self {
        Self(web::Query::from_query(text).map(web::Query::into_inner).unwrap_or_default())
    }

    /// The first field of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All fields in their order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

/// Percent-encodes a value of a query.
pub fn encode_component(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn bearer_keys() {
        let of = |value: &str| bearer(&TestRequest::default().insert_header((AUTHORIZATION, value)).to_http_request());
        assert_eq!(of("bearer abc"), Some("abc".into()));
        assert_eq!(of("Bearer  abc "), Some("abc".into()));
        assert_eq!(of("Basic YWRtaW46YWRtaW4="), None);
        assert_eq!(of("bearer "), None);
        assert_eq!(of("bearer"), None);
    }

    #[test]
    fn cookies_by_name() {
        let req = TestRequest::default().insert_header((COOKIE, "a=1; session_id=x_y-z; b=\"2\"")).to_http_request();
        assert_eq!(cookie(&req, "session_id"), Some("x_y-z".into()));
        assert_eq!(cookie(&req, "b"), Some("2".into()));
        assert_eq!(cookie(&req, "id"), None);
    }

    #[test]
    fn forms_and_queries() {
        let form = Form::parse("login=admin&password=a+b%26%C3%A9&redirect=&login=other");
        assert_eq!(form.get("login"), Some("admin"));
        assert_eq!(form.get("password"), Some("a b&é"));
        assert_eq!(form.get("redirect"), Some(""));
        assert_eq!(form.get("nope"), None);
        assert_eq!(encode_component("/web?a=é"), "%2Fweb%3Fa%3D%C3%A9");
    }
}
