//! Work whose client has hung up.
//!
//! A [`CancelToken`] stands for what a thread works for: [`CancelToken::enter`] sets it, and whatever waits or runs long below asks
//! [`gone`]. When the client goes, a statement that reads is cancelled; one that writes goes on, as its outcome may be
//! awaited elsewhere. A connection's next user is never hit: the statement's owner ends it under the same lock under
//! which it is cancelled.

use std::cell::RefCell;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::error::{Error, Result};

/// Ends what a connection to the database does, by the process number of its server.
pub type Canceller = Arc<dyn Fn(i32) + Send + Sync>;

#[derive(Default)]
struct State {
    gone: bool,
    /// The connection that reads for this request, and what ends its statement.
    reading: Option<(i32, Canceller)>,
}

/// A client's request, as long as somebody works for it.
#[derive(Clone, Default)]
pub struct CancelToken(Arc<Mutex<State>>);

thread_local! {
    static CURRENT: RefCell<Option<CancelToken>> = const { RefCell::new(None) };
}

impl CancelToken {
    /// The client has hung up. The statement is cancelled by another thread: this one reads sockets.
    pub fn hang_up(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.gone = true;
        if state.reading.is_some()
            && let Some(canceller) = canceller()
        {
            // A thread that is gone leaves the statement to its time limit.
            let _ = canceller.send(self.clone());
        }
    }

    fn cancel(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((process, cancel)) = state.reading.take() {
            cancel(process);
        }
    }

    /// Whether the client has hung up.
    pub fn gone(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).gone
    }

    /// Does work for this request on this thread.
    pub fn enter<T>(&self, work: impl FnOnce() -> T) -> T {
        struct Leave(Option<CancelToken>);
        impl Drop for Leave {
            fn drop(&mut self) {
                CURRENT.set(self.0.take());
            }
        }
        let _leave = Leave(CURRENT.replace(Some(self.clone())));
        work()
    }
}

/// Where statements to cancel are sent. One thread for the program.
fn canceller() -> Option<&'static Sender<CancelToken>> {
    static CANCELLER: OnceLock<Option<Sender<CancelToken>>> = OnceLock::new();
    let started = CANCELLER.get_or_init(|| {
        let (sender, requests) = channel::<CancelToken>();
        let work = move || requests.iter().for_each(|request| request.cancel());
        std::thread::Builder::new().name("canceller".into()).spawn(work).ok().map(|_| sender)
    });
    started.as_ref()
}

/// The request that this thread works for.
pub fn current() -> Option<CancelToken> {
    CURRENT.with_borrow(Clone::clone)
}

/// Refuses to go on for nobody.
///
/// # Errors
/// Busy, which nobody reads, when the client of this thread's request has hung up.
pub fn check() -> Result<()> {
    match current() {
        Some(request) if request.gone() => Err(hung_up()),
        _ => Ok(()),
    }
}

/// Why work for nobody ends; nobody reads it.
pub fn hung_up() -> Error {
    Error::busy("The client has hung up.")
}

/// While it lives, the connection's statements are cancelled when the client goes.
pub(crate) struct Reading {
    request: CancelToken,
    /// What the thread read before: work within work.
    before: Option<(i32, Canceller)>,
}

impl Reading {
    /// For this thread's request; `None` when it works for none.
    ///
    /// # Errors
    /// Busy when the client has gone already.
    pub(crate) fn begin(process: impl FnOnce() -> Result<i32>, cancel: &Canceller) -> Result<Option<Reading>> {
        let Some(request) = current() else { return Ok(None) };
        let process = process()?;
        let before;
        {
            let mut state = request.0.lock().unwrap_or_else(PoisonError::into_inner);
            if state.gone {
                return Err(hung_up());
            }
            before = state.reading.replace((process, Arc::clone(cancel)));
        }
        Ok(Some(Reading { request, before }))
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.request.0.lock().unwrap_or_else(PoisonError::into_inner).reading = self.before.take();
    }
}
