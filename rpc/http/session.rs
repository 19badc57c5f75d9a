//! Web sessions: the cookie, the CSRF token, and `/web/session/*`.
//!
//! The store of sessions is the product's. A visitor without one still has a cookie, a random text that no store
//! knows: it is what CSRF tokens are bound to. So visitors cost no row, and a login always begins with a token of
//! the product's making, never with one that somebody may have planted.

use std::time::{SystemTime, UNIX_EPOCH};

use actix_web::http::header::{HeaderValue, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, TimeDelta, Utc};
use lastmile_orm::error::{Error, Result};
use ring::hmac;

use crate::backend::{CallError, Caller, Session};
use crate::http::request::{cookie, encode_component, random_text};
use crate::http::response;
use crate::{State, call};

const COOKIE: &str = "session_id";
/// Seconds that a browser keeps the cookie of an idle session.
const MAX_AGE: u32 = 7 * 24 * 60 * 60;
/// Seconds that a form may stay open before it is sent.
const FORM_AGE: u64 = 48 * 60 * 60;

/// A new token: 84 URL-safe characters.
pub fn new_token() -> String {
    random_text(63)
}

/// The token a request brings: in the header that scripts use, or in the cookie.
pub fn token(req: &HttpRequest) -> Option<String> {
    let header = req.headers().get("X-Openerp-Session-Id").and_then(|v| v.to_str().ok()).map(str::to_owned);
    // Longer or stranger texts are none of ours and not worth a look into the store.
    header
        .or_else(|| cookie(req, COOKIE))
        .filter(|t| (20..=200).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)))
}

/// The caller of a route that needs a session.
pub fn caller(req: &HttpRequest) -> Result<Caller, CallError> {
    token(req).map(Caller::Session).ok_or_else(|| Error::SessionExpired.into())
}

/// The session of a route that needs one and asks nothing of the product but that.
///
/// # Errors
/// SessionExpired when there is none any more.
pub async fn known(req: &HttpRequest, state: &State) -> Result<Session, CallError> {
    let token = token(req).ok_or(Error::SessionExpired)?;
    let found = call::blocking(state, move |backend| Ok(backend.session(&token)?)).await?;
    found.ok_or_else(|| Error::SessionExpired.into())
}

/// Puts the session's cookie on an answer; [`crate::http::headers`] marks it behind HTTPS.
pub fn set_cookie(token: &str, response: &mut HttpResponse) {
    let expires = Utc::now() + TimeDelta::days(365);
    let line = format!("{COOKIE}={token}; Expires={}; Max-Age={MAX_AGE}; HttpOnly; Path=/", http_date(expires));
    if let Ok(value) = HeaderValue::from_str(&line) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

/// A moment as HTTP writes it.
pub fn http_date(moment: DateTime<Utc>) -> String {
    moment.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|d| d.as_secs()).unwrap_or_default()
}

fn csrf_message(token: &str, until: u64) -> String {
    format!("{token}{until}")
}

/// A CSRF token for the forms of a session.
pub fn csrf(secret: &[u8], token: &str) -> String {
    let until = now() + FORM_AGE;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    format!("{}o{until}", hex::encode(hmac::sign(&key, csrf_message(token, until).as_bytes())))
}

/// Whether a form's token was made by [`csrf`] for this session, not too long ago.
pub fn csrf_valid(secret: &[u8], token: &str, given: &str) -> bool {
    let Some((digits, until)) = given.split_once('o') else {
        return false;
    };
    let Ok(until) = until.parse::<u64>() else {
        return false;
    };
    let tag = hex::decode(digits);
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    until >= now() && tag.is_ok_and(|tag| hmac::verify(&key, csrf_message(token, until).as_bytes(), &tag).is_ok())
}

/// Somebody with a browser, logged in or not.
pub struct Visit {
    /// The cookie's value: the session's, or one for CSRF only.
    pub token: String,
    /// The session, when there is one.
    pub session: Option<Session>,
    /// The browser does not have this token yet.
    fresh: bool,
}

impl Visit {
    /// Who sent the request. The error is the answer to send.
    pub async fn of(req: &HttpRequest, state: &State) -> Result<Self, HttpResponse> {
        let Some(token) = token(req) else {
            return Ok(Self { token: new_token(), session: None, fresh: true });
        };
        let known = token.clone();
        // The forms of a page are bound to the token that it came with.
        let form = req.method() == actix_web::http::Method::POST;
        let found =
            call::blocking(state, move |backend| Ok(if form { backend.session(&known)? } else { backend.renewed_session(&known)? })).await;
        match found {
            Ok(Some(session)) => Ok(Self { fresh: session.token != token, token: session.token.clone(), session: Some(session) }),
            Ok(None) => Ok(Self { token, session: None, fresh: false }),
            Err(error) => Err(crate::http::failure::failure_page(req, error)),
        }
    }

    /// As [`Visit::of`], for pages that need a session: others are sent to the login form and back again.
    pub async fn logged_in(req: &HttpRequest, state: &State) -> Result<(Self, Session), HttpResponse> {
        let visit = Self::of(req, state).await?;
        match visit.session.clone() {
            Some(session) => Ok((visit, session)),
            None => Err(visit.finish(response::see_other(&login_path(req)))),
        }
    }

    /// The CSRF token for this visitor's forms.
    pub fn csrf(&self, state: &State) -> String {
        csrf(&state.secret, &self.token)
    }

    /// Whether a form was ours.
    pub fn csrf_valid(&self, state: &State, given: Option<&str>) -> bool {
        given.is_some_and(|given| csrf_valid(&state.secret, &self.token, given))
    }

    /// Puts the cookie on the answer when the browser needs it.
    pub fn finish(&self, mut response: HttpResponse) -> HttpResponse {
        if self.fresh {
            set_cookie(&self.token, &mut response);
        }
        response
    }
}

/// The login form, with the way back. The question mark stands even without a query: recorded so.
fn login_path(req: &HttpRequest) -> String {
    format!("/web/login?redirect={}", encode_component(&format!("{}?{}", req.path(), req.query_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csrf_tokens_are_bound_to_session_key_and_time() {
        let made = csrf(b"secret", "session");
        assert!(made.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert!(csrf_valid(b"secret", "session", &made));
        assert!(!csrf_valid(b"secret", "other", &made));
        assert!(!csrf_valid(b"other", "session", &made));
        assert!(!csrf_valid(b"secret", "session", &made.replace('o', "o9")));
        for broken in ["", "o", "abo", "o99999999999", "zzo99999999999", "abcо", "é"] {
            assert!(!csrf_valid(b"secret", "session", broken), "{broken}");
        }
    }

    #[test]
    fn tokens_have_the_recorded_length() {
        assert_eq!(new_token().len(), 84);
        assert_ne!(new_token(), new_token());
    }
}
