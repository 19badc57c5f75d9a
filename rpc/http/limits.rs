//! Bounds on what clients send. Everything here fails early, with a clear answer, and before memory is taken.

use std::collections::HashMap;
use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::rt::time::timeout;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use futures_core::Stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::State;
use crate::http::response;

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

/// Bytes of large bodies that the process reads at once. They cost memory before their turn comes, and a client that hangs up
/// and comes back has more of them than connections.
const READING: usize = 128 * 1024 * 1024;

/// Bytes of large bodies of one client that are read at once; a larger one is read alone.
const READING_OF_CLIENT: usize = 32 * 1024 * 1024;

/// Large bodies of one client that are read or wait to be.
const READERS: usize = 32;

/// What large bodies share.
pub struct Budget {
    bytes: Arc<Semaphore>,
    reading: Arc<Semaphore>,
    waiting: Mutex<HashMap<Option<IpAddr>, usize>>,
    readers: Mutex<HashMap<Option<IpAddr>, Reader>>,
}

/// What a client's bodies have of the room for reading.
struct Reader {
    bytes: Arc<Semaphore>,
    bodies: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Budget {
            bytes: Arc::new(Semaphore::new(AT_ONCE)),
            reading: Arc::new(Semaphore::new(READING)),
            waiting: Mutex::default(),
            readers: Mutex::default(),
        }
    }
}

/// A body's weight in a budget of `all` bytes.
fn weight(bytes: usize, all: usize) -> u32 {
    u32::try_from(bytes.min(all)).unwrap_or(u32::MAX)
}

impl Budget {
    /// A share for a body, as large as it is. `None`: the client has too many that wait, or the wait was too long.
    async fn share(&self, client: Option<IpAddr>, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let _place = self.place(client)?;
        timeout(TURN, Arc::clone(&self.bytes).acquire_many_owned(weight(bytes, AT_ONCE))).await.ok()?.ok()
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

    /// Room to read a body. `None`: the client has too many that are read, or the wait was too long.
    async fn room(&self, client: Option<IpAddr>, bytes: usize) -> Option<Room<'_>> {
        let (own, seat) = self.seat(client)?;
        let both = async {
            let own = own.acquire_many_owned(weight(bytes, READING_OF_CLIENT)).await.ok()?;
            let all = Arc::clone(&self.reading).acquire_many_owned(weight(bytes, READING)).await.ok()?;
            Some((own, all))
        };
        let permits = timeout(PATIENCE, both).await.ok()??;
        Some(Room { _permits: permits, _seat: seat })
    }

    fn seat(&self, client: Option<IpAddr>) -> Option<(Arc<Semaphore>, Seat<'_>)> {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = readers.entry(client).or_insert_with(|| Reader { bytes: Arc::new(Semaphore::new(READING_OF_CLIENT)), bodies: 0 });
        if reader.bodies >= READERS {
            return None;
        }
        reader.bodies += 1;
        Some((Arc::clone(&reader.bytes), Seat { budget: self, client }))
    }
}

/// What a large request has of the budget, until its last copy is dropped: work on the blocking pool goes on when its client
/// hangs up, so whoever hands work to the pool hands it a copy, too.
#[derive(Clone)]
pub struct Share {
    _permit: Arc<OwnedSemaphorePermit>,
}

/// A body that waits for its turn.
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

/// A body that is read, or waits to be.
struct Seat<'a> {
    budget: &'a Budget,
    client: Option<IpAddr>,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut readers = self.budget.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reader) = readers.get_mut(&self.client) {
            reader.bodies -= 1;
            if reader.bodies == 0 {
                readers.remove(&self.client);
            }
        }
    }
}

/// What a body that is read holds. The permits go back before the seat: a client without seats has all of its room.
struct Room<'a> {
    _permits: (OwnedSemaphorePermit, OwnedSemaphorePermit),
    _seat: Seat<'a>,
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
    let state = req.app_data::<web::Data<State>>();
    let size = announced.and_then(|n| usize::try_from(n).ok()).unwrap_or(limit);
    let (body, _room) = collect(req, payload, limit, size, state).await?;
    take_turn(req, body.len()).await?;
    Ok(body)
}

/// The bytes of a body, which may have `limit` and is said to have `size`, and its room when it is large.
async fn collect<'s>(
    req: &HttpRequest,
    mut payload: web::Payload,
    limit: usize,
    size: usize,
    state: Option<&'s web::Data<State>>,
) -> Result<(web::Bytes, Option<Room<'s>>), HttpResponse> {
    let late = || failed(StatusCode::REQUEST_TIMEOUT, "The request's body did not arrive in time.");
    let mut body = web::BytesMut::with_capacity(size.min(LARGE));
    let mut room = None;
    let mut deadline = Instant::now() + PATIENCE;
    loop {
        let chunk = poll_fn(|cx| Stream::poll_next(Pin::new(&mut payload), cx));
        let left = deadline.saturating_duration_since(Instant::now());
        let chunk = match timeout(left, chunk).await.map_err(|_| late())? {
            None => return Ok((body.freeze(), room)),
            Some(Err(_)) => return Err(failed(StatusCode::BAD_REQUEST, "The request's body broke off.")),
            Some(Ok(chunk)) => chunk,
        };
        let length = body.len() + chunk.len();
        if length > limit {
            return Err(too_large(limit));
        }
        if let Some(state) = state.filter(|_| room.is_none() && length >= LARGE) {
            let begun = Instant::now();
            room = state.budget.room(state.proxies.client(req).addr, size).await;
            if room.is_none() {
                return Err(busy());
            }
            deadline += begun.elapsed();
            body.reserve(size.saturating_sub(body.len()));
        }
        body.extend_from_slice(&chunk);
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
        None => Err(busy()),
    }
}

fn busy() -> HttpResponse {
    failed(StatusCode::SERVICE_UNAVAILABLE, "Too many large requests are being worked on. Please try again in a moment.")
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
    let mut response = response::error_page(status, text);
    response.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
    response
}
