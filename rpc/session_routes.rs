//! `/web/session/*`: signing in and out, and what a session says of itself.

use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_orm::error::{Error, Result};
use lastmile_orm::value::{Map, Value};

use crate::backend::{CallError, Caller, Query};
use crate::envelope::Envelope;
use crate::errors::{Dialect, denied};
use crate::http::paths::both;
use crate::http::request::peer;
use crate::http::session::{caller, new_token, set_cookie, token};
use crate::{State, call};

/// Registers `/web/session/*`, but for the log-out link, which is a page.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource(both("/web/session/authenticate")).to(authenticate))
        .service(web::resource(both("/web/session/get_session_info")).to(get_session_info))
        .service(web::resource(both("/web/session/modules")).to(modules))
        .service(web::resource(both("/web/session/get_lang_list")).to(languages))
        .service(web::resource(both("/web/session/check")).to(check))
        .service(web::resource(both("/web/session/destroy")).to(destroy));
}

/// `db`, `login` and `password` of the envelope.
fn credentials(state: &State, mut params: Map) -> Result<(String, String)> {
    let mut take = |name: &str| params.shift_remove(name).ok_or_else(|| Error::type_(format!("missing a required argument: '{name}'")));
    let (db, login, password) = (take("db")?, take("login")?, take("password")?);
    if db.as_str() != Some(state.backend.db_name()) {
        return Err(Error::access("Database not found."));
    }
    match (login, password) {
        (Value::Str(login), Value::Str(password)) => Ok((login, password)),
        _ => Err(denied()),
    }
}

async fn authenticate(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let mut envelope = match Envelope::read(&req, payload, &state).await {
        Ok(envelope) => envelope,
        Err(answer) => return answer,
    };
    let (login, password) = match envelope.take_params().and_then(|params| Ok(credentials(&state, params)?)) {
        Ok(credentials) => credentials,
        Err(error) => return envelope.send(Err(error), Dialect::Web),
    };
    let (from, old) = (peer(&req, &state), token(&req));
    let outcome = call::blocking(&state, move |backend| {
        let session = backend.open_session(&login, &password, &from, old.as_deref())?;
        if session.waiting {
            // As recorded of the reference: the client goes on to `/web/login/totp`.
            return Ok((session.token, Value::Map(lastmile_orm::map! { "uid" => Value::None })));
        }
        let info = backend.query(&Caller::Session(session.token.clone()), &from, Query::SessionInfo)?;
        Ok((session.token, info))
    })
    .await;
    with_cookie(&envelope, outcome)
}

async fn get_session_info(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let envelope = match Envelope::read(&req, payload, &state).await {
        Ok(envelope) => envelope,
        Err(answer) => return answer,
    };
    let (from, token) = (peer(&req, &state), token(&req));
    let outcome = call::blocking(&state, move |backend| {
        let token = token.ok_or(Error::SessionExpired)?;
        let session = backend.renewed_session(&token)?.ok_or(Error::SessionExpired)?;
        let info = backend.query(&Caller::Session(session.token.clone()), &from, Query::SessionInfo)?;
        Ok((session.token, info))
    })
    .await;
    with_cookie(&envelope, outcome)
}

fn with_cookie(envelope: &Envelope, outcome: Result<(String, Value), CallError>) -> HttpResponse {
    match outcome {
        Ok((token, info)) => {
            let mut response = envelope.answer(Ok(info));
            set_cookie(&token, &mut response);
            response
        }
        Err(error) => envelope.send(Err(error), Dialect::Web),
    }
}

async fn check(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let envelope = match Envelope::read(&req, payload, &state).await {
        Ok(envelope) => envelope,
        Err(answer) => return answer,
    };
    let token = token(&req);
    let outcome = call::blocking(&state, move |backend| {
        let token = token.ok_or(Error::SessionExpired)?;
        backend.session(&token)?.ok_or(Error::SessionExpired)?;
        Ok(Value::None)
    })
    .await;
    envelope.answer(outcome)
}

/// The names of the installed modules.
async fn modules(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let envelope = match Envelope::read(&req, payload, &state).await {
        Ok(envelope) => envelope,
        Err(answer) => return answer,
    };
    let from = peer(&req, &state);
    let outcome = match caller(&req) {
        Ok(caller) => call::blocking(&state, move |backend| backend.query(&caller, &from, Query::Modules)).await,
        Err(error) => Err(error),
    };
    envelope.answer(outcome)
}

/// The languages as `[[code, name], ...]`, for anybody.
async fn languages(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let envelope = match Envelope::read(&req, payload, &state).await {
        Ok(envelope) => envelope,
        Err(answer) => return answer,
    };
    let outcome = call::blocking(&state, |backend| Ok(backend.languages()?)).await;
    envelope.answer(outcome)
}

async fn destroy(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let envelope = match Envelope::read(&req, payload, &state).await {
        Ok(envelope) => envelope,
        Err(answer) => return answer,
    };
    let token = token(&req);
    let outcome = call::blocking(&state, move |backend| {
        let token = token.ok_or(Error::SessionExpired)?;
        let session = backend.session(&token)?.ok_or(Error::SessionExpired)?;
        backend.close_session(&session.token)?;
        Ok((new_token(), Value::None))
    })
    .await;
    with_cookie(&envelope, outcome)
}
