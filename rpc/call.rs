//! From a handler to the product: onto the blocking pool and back as bytes.

use std::sync::Arc;

use actix_web::web;
use lastmile_orm::answer::Answer;
use lastmile_orm::cancel;
use lastmile_orm::error::{Error, Result};

use crate::State;
use crate::backend::{Backend, Call, CallError, Caller, Peer};

/// Runs `work` on the blocking pool. A panic there is an internal error of this request only.
pub async fn blocking<T, F>(state: &State, work: F) -> std::result::Result<T, CallError>
where
    T: Send + 'static,
    F: FnOnce(&dyn Backend) -> std::result::Result<T, CallError> + Send + 'static,
{
    let (backend, request) = (Arc::clone(&state.backend), crate::http::request::current());
    let begin = move || if request.gone() { Err(cancel::hung_up().into()) } else { request.enter(|| work(&*backend)) };
    match web::block(begin).await {
        Ok(outcome) => outcome,
        Err(canceled) => Err(Error::internal(format!("the worker broke off: {canceled}")).into()),
    }
}

/// Calls a method and encodes its answer: `encode` appends to the buffer that is returned.
///
/// A call of a named method over JSON-2 answers `null` for nothing; other envelopes decide in `encode`.
pub fn to_bytes(
    backend: &dyn Backend,
    caller: &Caller,
    from: &Peer,
    call: Call,
    mut encode: impl FnMut(Answer, &mut Vec<u8>) -> Result<()>,
) -> std::result::Result<Vec<u8>, CallError> {
    let mut out = Vec::with_capacity(1024);
    backend.execute(caller, from, call, &mut |answer| {
        // A call that is run again after a conflict starts its answer again.
        out.clear();
        encode(answer, &mut out)
    })?;
    Ok(out)
}
