//! `/report/…`: documents as PDF and as pages, and the web client's way to download them.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName};
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_orm::error::{Error, Result};
use lastmile_orm::value::{Id, Map, Value};

use crate::backend::{CallError, Caller, Content, Form as Shape, Printed};
use crate::envelope::Envelope;
use crate::export::failure;
use crate::files::disposition;
use crate::http::body::parse_body;
use crate::http::failure::failure_page;
use crate::http::limits::{read_body, share};
use crate::http::paths::both;
use crate::http::paths::{FORGED, page, reading};
use crate::http::request::{Form, peer};
use crate::http::response;
use crate::http::session::{Visit, known};
use crate::{State, call};

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource(both("/report/check_wkhtmltopdf")).to(check_renderer))
        .service(page("/report/download").route(web::post().to(download)));
    for path in ["/report/{form:html|pdf|text}/{name}", "/report/{form:html|pdf|text}/{name}/{ids}"] {
        cfg.service(page(path).route(reading().to(report)).route(web::post().to(report)));
    }
}

/// Tells web clients that PDF can be made.
async fn check_renderer(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let envelope = match Envelope::read(&req, payload, &state).await {
        Ok(envelope) => envelope,
        Err(answer) => return answer,
    };
    envelope.answer(known(&req, &state).await.map(|_| Value::from("ok")))
}

/// A document as it is asked for: `1,2` are records; `context` and `options` of the query are JSON, what else is there are options.
async fn wanted(req: &HttpRequest, shape: &str, name: &str, ids: &str, query: &str) -> Result<Printed> {
    let ids = ids.split(',').filter(|id| !id.trim().is_empty());
    let ids: Vec<Id> = ids.map(|id| id.trim().parse().map_err(|_| Error::user("The records are no numbers."))).collect::<Result<_>>()?;
    let (mut context, mut options) = (Map::new(), Map::new());
    let query = Form::parse(query);
    for (key, text) in query.pairs() {
        if key != "context" && key != "options" {
            options.insert(key.to_owned(), Value::from(text));
            continue;
        }
        let Ok(Value::Map(map)) = parse_body(text.as_bytes().to_vec().into(), share(req)).await else {
            return Err(Error::user("The parameters of the report are no JSON."));
        };
        if key == "context" { context.extend(map) } else { options.extend(map) }
    }
    let form = match shape {
        "html" => Shape::Html,
        "text" => Shape::Text,
        _ => Shape::Pdf,
    };
    Ok(Printed { name: name.to_owned(), form, ids, context, options })
}

async fn made(req: &HttpRequest, state: &State, token: String, wanted: Printed) -> std::result::Result<Content, CallError> {
    let from = peer(req, state);
    let share = share(req);
    call::blocking(state, move |backend| {
        let _share = share;
        backend.report(&Caller::Session(token), &from, &wanted)
    })
    .await
}

/// A document as an answer; attached when it is to be kept.
pub fn sheet(content: Content, attached: bool) -> HttpResponse {
    let mut builder = HttpResponse::Ok();
    builder
        .insert_header((CONTENT_TYPE, content.mimetype.as_str()))
        .insert_header((CACHE_CONTROL, "no-cache, private"))
        .insert_header((HeaderName::from_static("x-content-type-options"), "nosniff"));
    if !content.mimetype.starts_with("text/html") {
        builder.insert_header((CONTENT_DISPOSITION, disposition(attached, &content.name)));
    }
    builder.body(content.bytes)
}

async fn report(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let (visit, session) = match Visit::logged_in(&req, &state).await {
        Ok(visitor) => visitor,
        Err(answer) => return answer,
    };
    let part = |name: &str| req.match_info().query(name).to_owned();
    let outcome = match wanted(&req, &part("form"), &part("name"), &part("ids"), req.query_string()).await {
        Ok(wanted) => made(&req, &state, session.token, wanted).await,
        Err(error) => Err(error.into()),
    };
    visit.finish(match outcome {
        Ok(content) => sheet(content, false),
        Err(CallError::NoModel(_)) => response::error_page(StatusCode::NOT_FOUND, "There is no such report."),
        Err(error) => failure_page(&req, error),
    })
}

/// The web client's download: `data` is JSON of an address and a kind, `context` the client's.
async fn download(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let body = match read_body(&req, payload, state.limits.body).await {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let (visit, session) = match Visit::logged_in(&req, &state).await {
        Ok(visitor) => visitor,
        Err(answer) => return answer,
    };
    let form = Form::parse(&String::from_utf8_lossy(&body));
    if !visit.csrf_valid(&state, form.get("csrf_token")) {
        return visit.finish(response::error_page(StatusCode::BAD_REQUEST, FORGED));
    }
    let outcome = match ordered(&req, &form).await {
        Ok(wanted) => made(&req, &state, session.token, wanted).await,
        Err(error) => Err(error.into()),
    };
    visit.finish(match outcome {
        Ok(content) => sheet(content, true),
        Err(CallError::NoModel(name)) => failure(&req, Error::value(format!("There is no report {name}.")).into()),
        Err(error) => failure(&req, error),
    })
}

/// What the form of a download asks for.
async fn ordered(req: &HttpRequest, form: &Form) -> Result<Printed> {
    let no = || Error::value("The download's data is no JSON of an address and a kind.");
    let data = parse_body(form.get("data").unwrap_or_default().as_bytes().to_vec().into(), share(req)).await.map_err(|_| no())?;
    let address = data.as_list().and_then(|list| list.first()).and_then(Value::as_str).ok_or_else(no)?;
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut parts = path.trim_start_matches('/').split('/').skip_while(|part| *part != "report").skip(1);
    let (shape, name, ids) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut wanted = wanted(req, shape, name, ids, query).await?;
    if let Some(context) = form.get("context").filter(|text| !text.is_empty()) {
        let parsed = parse_body(context.as_bytes().to_vec().into(), share(req)).await.map_err(|_| no())?;
        wanted.context = parsed.as_map().cloned().unwrap_or_default();
    }
    Ok(wanted)
}
