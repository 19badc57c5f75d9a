//! `/jsonrpc`: the services in the JSON-RPC envelope.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};

use crate::envelope::Envelope;
use crate::errors::Dialect;
use crate::http::paths::both;
use crate::http::request::peer;
use crate::rpc_services::{dispatch, envelope_arguments};
use crate::{State, call};

/// Registers `/jsonrpc`.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource(both("/jsonrpc")).to(jsonrpc));
}

async fn jsonrpc(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let mut envelope = match Envelope::read(&req, payload, &state).await {
        Ok(envelope) => envelope,
        Err(answer) => return answer,
    };
    let from = peer(&req, &state);
    let called = envelope.take_params().and_then(|params| Ok(envelope_arguments(params)?));
    let (service, method, args) = match called {
        Ok(called) => called,
        Err(error) => return envelope.send(Err(error), Dialect::Service),
    };
    let envelope = Arc::new(envelope);
    let inner = Arc::clone(&envelope);
    let outcome = call::blocking(&state, move |backend| {
        let mut out = Vec::with_capacity(1024);
        dispatch(backend, &from, &service, &method, args, &mut |answer| {
            out.clear();
            inner.encode(answer, &mut out)
        })?;
        Ok(out)
    })
    .await;
    envelope.send(outcome, Dialect::Service)
}
