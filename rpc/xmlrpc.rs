//! `/xmlrpc/2/<service>` and the older `/xmlrpc/<service>`, which differs in its faults only.
//!
//! Whatever happens inside is status 200: a document that is no request is a fault like any other. A method that
//! answers nothing has done its work when the fault says that nothing cannot be told.

use actix_web::{HttpRequest, HttpResponse, guard, web};
use lastmile_orm::error::Error;

use crate::backend::CallError;
use crate::errors::{Dialect, WireError};
use crate::http::limits::{read_body, share};
use crate::http::paths::both;
use crate::http::request::{peer, request_id};
use crate::http::response;
use crate::rpc_services::{dispatch, refuse_binary};
use crate::{State, call, xml};

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    for (path, handler) in [("/xmlrpc/2/{service}", Faults::Numbers), ("/xmlrpc/{service}", Faults::Texts)] {
        cfg.service(
            web::resource(both(path))
                .route(
                    web::route()
                        .guard(guard::Any(guard::Post()).or(guard::Options()))
                        .to(move |req, path, payload, state| xmlrpc(req, path, payload, state, handler)),
                )
                .default_service(web::to(post_only)),
        );
    }
}

#[derive(Clone, Copy)]
enum Faults {
    Numbers,
    Texts,
}

async fn post_only() -> HttpResponse {
    response::method_not_allowed("OPTIONS, POST")
}

async fn xmlrpc(
    req: HttpRequest,
    service: web::Path<String>,
    payload: web::Payload,
    state: web::Data<State>,
    faults: Faults,
) -> HttpResponse {
    let body = match read_body(&req, payload, state.limits.body).await {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let from = peer(&req, &state);
    let service = service.into_inner();
    // Parsed on the pool: a body of some megabytes would hold up the others of this thread.
    let share = share(&req);
    let outcome = call::blocking(&state, move |backend| {
        let _share = share;
        let request = match xml::parse(&body) {
            Ok(request) => request,
            Err(error) => return Ok(Err(WireError::malformed(error.0))),
        };
        refuse_binary(&request.params)?;
        let mut out = Vec::with_capacity(1024);
        dispatch(backend, &from, &service, &request.method, request.params, &mut |answer| {
            out.clear();
            xml::write_response(&mut out, |sink| answer.write(sink))
        })?;
        Ok(Ok(out))
    })
    .await;
    let error = match outcome {
        Ok(Ok(bytes)) => return response::xml(bytes),
        Ok(Err(error)) => error,
        Err(error) => WireError::of(without_session(error), Dialect::Service, &request_id(&req)),
    };
    response::xml_fault(match faults {
        Faults::Numbers => {
            let (code, text) = error.fault();
            xml::fault(code, &text)
        }
        Faults::Texts => {
            let (code, text) = error.text_fault();
            xml::text_fault(&code, &text)
        }
    })
}

/// There is no session here that could be over.
fn without_session(error: CallError) -> CallError {
    match error {
        CallError::Error(Error::SessionExpired) => crate::errors::denied().into(),
        other => other,
    }
}
