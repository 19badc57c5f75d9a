//! `/web/export/*`: the export dialog and the files it makes.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName};
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_orm::error::{Error, Result};
use lastmile_orm::value::{Map, Value};

use crate::backend::{CallError, Caller, Query};
use crate::envelope::Envelope;
use crate::errors::{Dialect, WireError};
use crate::http::body::parse_body;
use crate::http::limits::{read_body, share};
use crate::http::paths::both;
use crate::http::paths::{FORGED, page};
use crate::http::request::{Form, encode_component, peer, request_id};
use crate::http::response;
use crate::http::session::{Visit, caller, known};
use crate::spreadsheet;
use crate::{State, call};

const CSV: &str = "text/csv;charset=utf8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(page("/web/export/csv").route(web::post().to(csv)))
        .service(page("/web/export/xlsx").route(web::post().to(xlsx)))
        .service(web::resource(both("/web/export/formats")).to(formats))
        .service(web::resource(both("/web/export/namelist")).to(namelist))
        .service(web::resource(both("/web/export/get_fields")).to(get_fields));
}

/// A file's form.
struct Kind {
    ending: &'static str,
    media: &'static str,
    write: fn(&[String], &[Value]) -> Result<Vec<u8>>,
}

async fn csv(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let kind = Kind { ending: "csv", media: CSV, write: spreadsheet::csv };
    file(req, payload, state, kind).await
}

async fn xlsx(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let kind = Kind { ending: "xlsx", media: XLSX, write: spreadsheet::xlsx };
    file(req, payload, state, kind).await
}

/// What is to be exported, and under which headings.
struct Order {
    query: Query,
    model: String,
    headers: Vec<String>,
}

/// Reads the form's `data`.
fn order(data: Value, kind: &Kind) -> Result<Order> {
    let Value::Map(mut data) = data else {
        return Err(Error::type_("the export's data must be a map"));
    };
    let mut take = |name: &str| data.shift_remove(name).ok_or_else(|| Error::key(name.to_owned()));
    let model = take("model")?.py_str();
    let columns = take("fields")?;
    let (ids, domain, compatible) = (take("ids")?, take("domain")?, take("import_compat")?.truthy());
    if kind.ending == "csv" && !compatible && data.get("groupby").is_some_and(Value::truthy) {
        return Err(Error::user("Exporting grouped data to csv is not supported."));
    }
    let text = |column: &Value, key: &str| -> Result<String> {
        let value = column.as_map().and_then(|m| m.get(key));
        value.and_then(Value::as_str).map(|t| t.trim().to_owned()).ok_or_else(|| Error::key(key.to_owned()))
    };
    let columns = columns.as_list().unwrap_or_default();
    let fields: Vec<String> = columns.iter().map(|c| text(c, "name")).collect::<Result<_>>()?;
    let headers = if compatible { fields.clone() } else { columns.iter().map(|c| text(c, "label")).collect::<Result<_>>()? };
    let mut context = match data.shift_remove("context") {
        Some(Value::Map(context)) => context,
        _ => Map::new(),
    };
    context.get_or_insert_with("import_compat", || Value::Bool(compatible));
    let ids = Some(ids).filter(Value::truthy);
    let query = Query::Export { model: model.clone(), fields, ids, domain, context };
    Ok(Order { query, model, headers })
}

async fn file(req: HttpRequest, payload: web::Payload, state: web::Data<State>, kind: Kind) -> HttpResponse {
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
        let text = FORGED;
        return visit.finish(response::error_page(StatusCode::BAD_REQUEST, text));
    }
    let data = form.get("data").unwrap_or_default().as_bytes().to_vec();
    let Ok(data) = parse_body(data.into(), share(&req)).await else {
        return visit.finish(failure(&req, Error::value("the export's data is no JSON").into()));
    };
    let order = match order(data, &kind) {
        Ok(order) => order,
        Err(error) => return visit.finish(failure(&req, error.into())),
    };
    let from = peer(&req, &state);
    let Order { query, model, headers } = order;
    let (write, media) = (kind.write, kind.media);
    let share = share(&req);
    let outcome = call::blocking(&state, move |backend| {
        let _share = share;
        let answer = backend.query(&Caller::Session(session.token), &from, query)?;
        let answer = answer.as_map();
        let rows = answer.and_then(|a| a.get("datas")).and_then(Value::as_list);
        let label = answer.and_then(|a| a.get("label")).and_then(Value::as_str);
        let bytes = write(&headers, rows.unwrap_or_default())?;
        Ok((label.unwrap_or_default().to_owned(), bytes))
    })
    .await;
    let response = match outcome {
        Ok((label, bytes)) => {
            let name: String = format!("{label} ({model}).{}", kind.ending)
                .chars()
                .map(|c| if c.is_control() || "/\\<>:\"|?*".contains(c) { '_' } else { c })
                .collect();
            HttpResponse::Ok()
                .insert_header((CONTENT_TYPE, media))
                .insert_header((CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}", encode_component(&name))))
                .insert_header((HeaderName::from_static("x-content-type-options"), "nosniff"))
                .body(bytes)
        }
        Err(error) => failure(&req, error),
    };
    visit.finish(response)
}

/// Every failure is 500 with the error as JSON in a page's clothes: recorded so, the dialog reads it.
pub fn failure(req: &HttpRequest, error: CallError) -> HttpResponse {
    let error = WireError::of(error, Dialect::Web, &request_id(req));
    let mut data = Vec::new();
    error.write_data(&mut data);
    let data = format!("{{\"code\": 0, \"message\": \"Odoo Server Error\", \"data\": {}}}", String::from_utf8_lossy(&data));
    response::error_page(StatusCode::INTERNAL_SERVER_ERROR, &data)
}

/// Answers a question of the dialog.
async fn asked(req: HttpRequest, payload: web::Payload, state: web::Data<State>, query: fn(Map) -> Result<Query>) -> HttpResponse {
    let mut envelope = match Envelope::read(&req, payload, &state).await {
        Ok(envelope) => envelope,
        Err(answer) => return answer,
    };
    let asked = caller(&req).and_then(|caller| Ok((caller, query(envelope.take_params()?)?)));
    let (caller, query) = match asked {
        Ok(asked) => asked,
        Err(error) => return envelope.send(Err(error), Dialect::Web),
    };
    let from = peer(&req, &state);
    let outcome = call::blocking(&state, move |backend| backend.query(&caller, &from, query)).await;
    envelope.answer(outcome)
}

async fn formats(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let envelope = match Envelope::read(&req, payload, &state).await {
        Ok(envelope) => envelope,
        Err(answer) => return answer,
    };
    envelope.answer(known(&req, &state).await.map(|_| {
        let format = |tag: &str, label: &str| {
            lastmile_orm::map! { "tag" => tag, "label" => label }
        };
        let mut xlsx = format("xlsx", "XLSX");
        xlsx.insert("error".into(), Value::None);
        Value::List(vec![xlsx.into(), format("csv", "CSV").into()])
    }))
}

async fn namelist(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    asked(req, payload, state, |mut params| {
        let mut take = |name: &str| params.shift_remove(name).ok_or_else(|| Error::type_(format!("missing a required argument: '{name}'")));
        Ok(Query::ExportNames { model: take("model")?.py_str(), export: take("export_id")? })
    })
    .await
}

async fn get_fields(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    asked(req, payload, state, |params| {
        if !params.contains_key("model") {
            return Err(Error::type_("missing a required argument: 'model'"));
        }
        Ok(Query::ExportFields(params))
    })
    .await
}
