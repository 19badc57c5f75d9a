//! What the web client calls with its session: methods, buttons, actions, menus.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_orm::answer::Answer;
use lastmile_orm::error::{Error, Result};
use lastmile_orm::value::{Map, Value};

use crate::actions::of_button;
use crate::backend::{Call, CallError, Caller, Peer, Query, Style};
use crate::envelope::Envelope;
use crate::errors::Dialect;
use crate::http::failure::failure_page;
use crate::http::limits::read_body;
use crate::http::paths::both;
use crate::http::paths::{FORGED, form, read_only, reading};
use crate::http::request::{Form, peer};
use crate::http::response;
use crate::http::session::{Visit, caller};
use crate::json::{self, write_value};
use crate::rpc_services::{keywords, positional};
use crate::{State, call};

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/web/dataset/call_kw{path:(/.*)?}").to(call_kw))
        .service(web::resource("/web/dataset/call_button{path:(/.*)?}").to(call_button))
        .service(web::resource(both("/web/action/load")).to(action_load))
        .service(web::resource(both("/web/action/run")).to(action_run))
        .service(web::resource(both("/web/action/load_breadcrumbs")).to(breadcrumbs))
        .service(form("/web/model/get_definitions").route(web::post().to(definitions)))
        .service(web::resource(both("/web/domain/validate")).to(domain_validate))
        .service(read_only("/web/webclient/load_menus").route(reading().to(load_menus)));
}

fn take(params: &mut Map, name: &str) -> Result<Value> {
    params.shift_remove(name).ok_or_else(|| Error::type_(format!("missing a required argument: '{name}'")))
}

fn take_text(params: &mut Map, name: &str) -> Result<String> {
    match take(params, name)? {
        Value::Str(text) => Ok(text),
        other => Err(Error::type_(format!("{name} must be text, not {}", other.type_name()))),
    }
}

/// `model`, `method`, `args`, `kwargs`; all of them, and others are ignored. The path tells nothing.
fn method_call(mut params: Map) -> Result<Call> {
    Ok(Call {
        model: take_text(&mut params, "model")?,
        method: take_text(&mut params, "method")?,
        args: positional(take(&mut params, "args")?)?,
        kwargs: match take(&mut params, "kwargs")? {
            Value::None => return Err(Error::type_("'NoneType' object is not iterable")),
            kwargs => keywords(kwargs)?,
        },
        style: Style::Positional,
    })
}

/// The envelope of a route that needs a session, with the caller.
async fn begin(req: &HttpRequest, payload: web::Payload, state: &State) -> Result<(Envelope, Map, Caller, Peer), HttpResponse> {
    let mut envelope = Envelope::read(req, payload, state).await?;
    // Who calls is looked at before what they call.
    match caller(req).and_then(|caller| Ok((caller, envelope.take_params()?))) {
        Ok((caller, params)) => Ok((envelope, params, caller, peer(req, state))),
        Err(error) => Err(envelope.send(Err(error), Dialect::Web)),
    }
}

/// Turns what a method answered into what the envelope holds.
type Shape = fn(&Envelope, Answer, &mut Vec<u8>) -> Result<()>;

fn button(envelope: &Envelope, answer: Answer, out: &mut Vec<u8>) -> Result<()> {
    let value = match answer {
        Answer::Value(value) => of_button(value)?,
        _ => Value::Bool(false),
    };
    envelope.encode(Answer::Value(value), out)
}

async fn run(state: &State, envelope: Envelope, caller: Caller, from: Peer, call: Call, shape: Shape) -> HttpResponse {
    let envelope = Arc::new(envelope);
    let inner = Arc::clone(&envelope);
    let outcome =
        call::blocking(state, move |backend| call::to_bytes(backend, &caller, &from, call, |answer, out| shape(&inner, answer, out))).await;
    envelope.send(outcome, Dialect::Web)
}

async fn called(req: HttpRequest, payload: web::Payload, state: web::Data<State>, shape: Shape) -> HttpResponse {
    match begin(&req, payload, &state).await {
        Ok((envelope, params, caller, from)) => match method_call(params) {
            Ok(call) => run(&state, envelope, caller, from, call, shape).await,
            Err(error) => envelope.send(Err(error.into()), Dialect::Web),
        },
        Err(answer) => answer,
    }
}

async fn call_kw(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    called(req, payload, state, Envelope::encode).await
}

async fn call_button(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    called(req, payload, state, button).await
}

/// Runs a server action: a button's call of its `run`.
async fn action_run(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let (envelope, mut params, caller, from) = match begin(&req, payload, &state).await {
        Ok(begun) => begun,
        Err(answer) => return answer,
    };
    let action = match take(&mut params, "action_id") {
        Ok(action) => action,
        Err(error) => return envelope.send(Err(error.into()), Dialect::Web),
    };
    let mut kwargs = Map::new();
    if let Some(context) = params.shift_remove("context") {
        kwargs.insert("context".into(), context);
    }
    let call = Call {
        model: "ir.actions.server".into(),
        method: "run".into(),
        args: vec![Value::List(vec![action])],
        kwargs,
        style: Style::Positional,
    };
    run(&state, envelope, caller, from, call, button).await
}

async fn asked(req: HttpRequest, payload: web::Payload, state: web::Data<State>, query: fn(Map) -> Result<Query>) -> HttpResponse {
    let (envelope, params, caller, from) = match begin(&req, payload, &state).await {
        Ok(begun) => begun,
        Err(answer) => return answer,
    };
    let query = match query(params) {
        Ok(query) => query,
        Err(error) => return envelope.send(Err(error.into()), Dialect::Web),
    };
    let outcome = call::blocking(&state, move |backend| backend.query(&caller, &from, query)).await;
    envelope.answer(outcome)
}

async fn action_load(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    asked(req, payload, state, |mut params| {
        let context = keywords(params.shift_remove("context").unwrap_or_default())?;
        Ok(Query::Action { action: take(&mut params, "action_id")?, context })
    })
    .await
}

async fn breadcrumbs(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    asked(req, payload, state, |mut params| match take(&mut params, "actions")? {
        Value::List(actions) => Ok(Query::Breadcrumbs(actions)),
        Value::Str(text) if text.is_empty() => Ok(Query::Breadcrumbs(Vec::new())),
        Value::Str(_) => Err(Error::attribute("'str' object has no attribute 'get'")),
        other => Err(Error::type_(format!("'{}' object is not iterable", other.type_name()))),
    })
    .await
}

/// A form whose answer is JSON, whatever its type says.
async fn definitions(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let (visit, session) = match Visit::logged_in(&req, &state).await {
        Ok(visitor) => visitor,
        Err(answer) => return answer,
    };
    let given = match read_body(&req, payload, state.limits.body).await {
        Ok(body) => Form::parse(&String::from_utf8_lossy(&body)),
        Err(answer) => return answer,
    };
    if !visit.csrf_valid(&state, given.get("csrf_token")) {
        return visit.finish(response::error_page(StatusCode::BAD_REQUEST, FORGED));
    }
    let models = match names(given.get("model_names")) {
        Ok(models) => models,
        Err(error) => return visit.finish(failure_page(&req, error.into())),
    };
    let from = peer(&req, &state);
    let outcome =
        call::blocking(&state, move |backend| backend.query(&Caller::Session(session.token), &from, Query::Definitions { models }));
    visit.finish(match outcome.await {
        Ok(found) => {
            let mut body = Vec::new();
            write_value(&mut body, &found);
            response::html(String::from_utf8_lossy(&body).into_owned())
        }
        Err(error) => failure_page(&req, error),
    })
}

fn names(given: Option<&str>) -> Result<Vec<String>> {
    let given = given.ok_or_else(|| Error::type_("missing a required argument: 'model_names'"))?;
    match json::parse(given.as_bytes()) {
        Ok(Value::List(names)) => Ok(names.iter().map(Value::py_str).collect()),
        Ok(Value::Map(names)) => Ok(names.into_iter().map(|(name, _)| name).collect()),
        Ok(other) => Err(Error::type_(format!("'{}' object is not a list of names", other.type_name()))),
        Err(_) => Err(Error::value("model_names is no JSON")),
    }
}

async fn domain_validate(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    asked(req, payload, state, |mut params| {
        Ok(Query::ValidateDomain { model: take_text(&mut params, "model")?, domain: take(&mut params, "domain")? })
    })
    .await
}

/// A page's route: without a session the browser goes to the login form.
async fn load_menus(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let (visit, session) = match Visit::logged_in(&req, &state).await {
        Ok(visitor) => visitor,
        Err(answer) => return answer,
    };
    let from = peer(&req, &state);
    let outcome: Result<Value, CallError> =
        call::blocking(&state, move |backend| backend.query(&Caller::Session(session.token), &from, Query::Menus)).await;
    match outcome {
        Ok(menus) => {
            let mut body = Vec::new();
            write_value(&mut body, &menus);
            let mut response = response::json(body);
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            // What one user may see is no matter for shared caches.
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
            visit.finish(response)
        }
        Err(error) => failure_page(&req, error),
    }
}
