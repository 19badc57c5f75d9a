//! Bounds on what clients send. Everything here fails early, with a clear answer, and before memory is taken.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::rt::time::timeout;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{State, reply};

/// Depth of lists and maps in a request. Domains are flat; the deepest call seen of a client has 12 levels.
pub const DEPTH: usize = 200;

/// Values in a request, counted at every depth. A body of two-byte values takes forty times its size in memory.
pub const VALUES: usize = 1_000_000;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(120);

/// Bodies from this size on count: a tree of small objects takes sixty times the bytes of its text.
const LARGE: usize = 64 * 1024;

/// Bytes of large bodies that the process works on at once; a larger one is worked on alone.
const AT_ONCE: usize = 4 * 1024 * 1024;

/// Large bodies of one client that may wait for their turn.
const WAITING: usize = 6;

/// How long a large body waits.
const TURN: Duration = Duration::from_secs(20);

/// What large bodies share.
pub struct Budget {
    bytes: Arc<Semaphore>,
    waiting: Mutex<HashMap<Option<IpAddr>, usize>>,
}

impl Default for Budget {
    fn default() -> Self {
        Budget { bytes: Arc::new(Semaphore::new(AT_ONCE)), waiting: Mutex::default() }
    }
}

impl Budget {
    /// A share for a body, as large as it is. `None`: the client has too many that wait, or the wait was too long.
    async fn share(&self, client: Option<IpAddr>, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let weight = u32::try_from(bytes.min(AT_ONCE)).unwrap_or(u32::MAX);
        let _place = self.place(client)?;
        timeout(TURN, Arc::clone(&self.bytes).acquire_many_owned(weight)).await.ok()?.ok()
    }

    fn place(&self, client: Option<IpAddr>) -> Option<Place<'_>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.entry(client).or_default();
        if *count >= WAITING {
            return None;
        }
        *count += 1;
        Some(Place { budget: self, client })
    }
}

/// What a large request has of the budget, until its last copy is dropped: work on the blocking pool goes on when its client
/// hangs up, so whoever hands work to the pool hands it a copy, too.
#[derive(Clone)]
pub struct Share {
    _permit: Arc<OwnedSemaphorePermit>,
}

/// A body that waits.
struct Place<'a> {
    budget: &'a Budget,
    client: Option<IpAddr>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut waiting = self.budget.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = waiting.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&self.client);
            }
        }
    }
}

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
        Ok(Ok(Ok(body))) => {
            take_turn(req, body.len()).await?;
            Ok(body)
        }
    }
}

/// Waits until a body of this size may be worked on. Its [`share`] is given back with the request and the work on it.
pub async fn take_turn(req: &HttpRequest, bytes: usize) -> Result<(), HttpResponse> {
    let Some(state) = req.app_data::<web::Data<State>>().filter(|_| bytes >= LARGE) else { return Ok(()) };
    match state.budget.share(state.proxies.client(req).addr, bytes).await {
        Some(permit) => {
            req.extensions_mut().insert(Share { _permit: Arc::new(permit) });
            Ok(())
        }
        None => Err(failed(StatusCode::SERVICE_UNAVAILABLE, "Too many large requests are being worked on. Please try again in a moment.")),
    }
}

/// What a request whose body was read has of the budget; small ones need nothing.
pub fn share(req: &HttpRequest) -> Option<Share> {
    req.extensions().get::<Share>().cloned()
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
