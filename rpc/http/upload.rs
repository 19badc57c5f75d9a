//! Files of forms: `/web/binary/upload_attachment` makes attachments of a record, `/base_import/set_file` gives an import
//! wizard its file.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::{FromRequest as _, HttpRequest, HttpResponse, web};
use lastmile_orm::answer::Answer;
use lastmile_orm::error::Error;
use lastmile_orm::map;
use lastmile_orm::value::{Map, Value};

use crate::backend::{Backend, Call, CallError, Caller, Peer, Session, Style};
use crate::http::failure::failure_page;
use crate::http::headers::page_with_script;
use crate::http::limits::{read_body, share};
use crate::http::paths::{FORGED, form, page};
use crate::http::request::{Form, peer};
use crate::http::response;
use crate::http::session::Visit;
use crate::json::write_value;
use crate::{State, call};

const MODEL: &str = "ir.attachment";
const IMPORT: &str = "base_import.import";
/// Most parts of a form.
const PARTS: usize = 1000;

/// Registers the route.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(page("/web/binary/upload_attachment").route(web::post().to(upload)))
        .service(form("/base_import/set_file").route(web::post().to(set_file)));
}

/// A file of a form.
#[derive(Clone, Debug)]
pub struct File {
    pub name: String,
    pub kind: Option<String>,
    pub bytes: Vec<u8>,
}

/// A form with files.
#[derive(Debug, Default)]
pub struct Parts {
    fields: Vec<(String, String)>,
    files: Vec<(String, File)>,
}

impl Parts {
    /// A form without files.
    pub fn of_form(body: &str) -> Self {
        Parts { fields: web::Query::from_query(body).map(web::Query::into_inner).unwrap_or_default(), files: Vec::new() }
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.fields.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All fields that are no files.
    pub fn texts(&self) -> Vec<(String, String)> {
        self.fields.clone()
    }

    /// Names and contents of the files of a name; an empty place for one is none.
    pub fn files(&self, name: &str) -> Vec<(String, Vec<u8>)> {
        let filled = self.files.iter().filter(|(key, file)| key == name && !(file.name.is_empty() && file.bytes.is_empty()));
        filled.map(|(_, file)| (file.name.clone(), file.bytes.clone())).collect()
    }
}

/// Splits a body that was read within its limit.
pub async fn parts(req: &HttpRequest, body: web::Bytes) -> Result<Parts, String> {
    let mut payload = actix_web::dev::Payload::from(body);
    let mut form = Multipart::from_request(req, &mut payload).await.map_err(|e| e.to_string())?;
    let mut out = Parts::default();
    while let Some(field) = next(&mut form).await {
        let mut field = field?;
        let disposition = field.content_disposition();
        let name = disposition.and_then(|d| d.get_name()).unwrap_or_default().to_owned();
        let file = disposition.and_then(|d| d.get_filename()).map(str::to_owned);
        let kind = field.content_type().map(ToString::to_string);
        let bytes = field.bytes(usize::MAX).await.map_err(|e| e.to_string())?.map_err(|e| e.to_string())?.to_vec();
        match file {
            Some(file) => out.files.push((name, File { name: file, kind, bytes })),
            None => out.fields.push((name, String::from_utf8_lossy(&bytes).into_owned())),
        }
        if out.files.len() + out.fields.len() > PARTS {
            return Err(format!("The form has more than {PARTS} parts."));
        }
    }
    Ok(out)
}

async fn next(form: &mut Multipart) -> Option<Result<actix_multipart::Field, String>> {
    use std::pin::Pin;
    let polled = std::future::poll_fn(|cx| futures_core::Stream::poll_next(Pin::new(&mut *form), cx)).await;
    polled.map(|field| field.map_err(|e| e.to_string()))
}

/// A form of somebody who is logged in, with its CSRF token. The error is the answer to send.
async fn received(req: &HttpRequest, payload: web::Payload, state: &State) -> Result<(Visit, Session, Parts), HttpResponse> {
    // Strangers are sent away before their files are read.
    let (visit, session) = Visit::logged_in(req, state).await?;
    let body = read_body(req, payload, state.limits.upload).await?;
    let form = match parts(req, body).await {
        Ok(form) => form,
        Err(text) => return Err(visit.finish(response::error_page(StatusCode::BAD_REQUEST, &text))),
    };
    let query = Form::parse(req.query_string());
    if !visit.csrf_valid(state, form.get("csrf_token").or_else(|| query.get("csrf_token"))) {
        let text = FORGED;
        return Err(visit.finish(response::error_page(StatusCode::BAD_REQUEST, text)));
    }
    Ok((visit, session, form))
}

/// Gives an import wizard its file.
async fn set_file(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let (visit, session, form) = match received(&req, payload, &state).await {
        Ok(received) => received,
        Err(answer) => return answer,
    };
    let id = ["id", "import_id"].iter().find_map(|name| form.get(name)).and_then(|id| id.trim().parse::<i64>().ok());
    let file = form.files.into_iter().find(|(name, _)| matches!(name.as_str(), "ufile" | "file")).map(|(_, file)| file);
    let (Some(id), Some(file)) = (id, file) else {
        return visit.finish(response::error_page(StatusCode::INTERNAL_SERVER_ERROR, "id and ufile are needed."));
    };
    let from = peer(&req, &state);
    let share = share(&req);
    let outcome = call::blocking(&state, move |backend| {
        let _share = share;
        let values = map! { "file" => Value::Bytes(file.bytes), "file_name" => file.name, "file_type" => file.kind };
        let args = vec![Value::List(vec![Value::Int(id)]), Value::Map(values)];
        run(backend, &Caller::Session(session.token), &from, IMPORT, "write", args)
    })
    .await;
    let response = match outcome {
        Ok(written) => answer(&Value::Map(map! { "result" => written }), None),
        Err(error) => failure_page(&req, error),
    };
    visit.finish(response)
}

async fn upload(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let (visit, session, form) = match received(&req, payload, &state).await {
        Ok(received) => received,
        Err(answer) => return answer,
    };
    let (model, id) = (form.get("model").map(str::to_owned), form.get("id").and_then(|id| id.trim().parse::<i64>().ok()));
    let callback = form.get("callback").filter(|c| !c.is_empty()).map(str::to_owned);
    let files: Vec<File> = form.files.into_iter().filter(|(name, _)| name == "ufile").map(|(_, file)| file).collect();
    let (Some(model), Some(id), false) = (model, id, files.is_empty()) else {
        let text = "model, id and ufile are needed.";
        return visit.finish(response::error_page(StatusCode::INTERNAL_SERVER_ERROR, text));
    };
    let from = peer(&req, &state);
    let share = share(&req);
    let outcome = call::blocking(&state, move |backend| {
        let _share = share;
        let caller = Caller::Session(session.token);
        let mut kept = Vec::with_capacity(files.len());
        for file in files {
            kept.push(Value::Map(keep(backend, &caller, &from, &model, id, file)?));
        }
        Ok(Value::List(kept))
    })
    .await;
    let response = match outcome {
        Ok(kept) => answer(&kept, callback.as_deref()),
        Err(error) => failure_page(&req, error),
    };
    visit.finish(response)
}

/// Keeps one file; what the product refuses is told with the others.
fn keep(backend: &dyn Backend, caller: &Caller, from: &Peer, model: &str, id: i64, file: File) -> Result<Map, CallError> {
    let values = map! { "name" => file.name.as_str(), "raw" => Value::Bytes(file.bytes), "res_model" => model, "res_id" => id };
    let created = run(backend, caller, from, MODEL, "create", vec![Value::Map(values)]);
    let id = match created {
        Ok(id) => id,
        Err(CallError::Error(Error::SessionExpired)) => return Err(Error::SessionExpired.into()),
        Err(CallError::Error(Error::Access(_))) => return Ok(map! { "error" => "You are not allowed to upload an attachment here." }),
        Err(error) => {
            tracing::warn!(?error, "an upload failed");
            return Ok(map! { "error" => "Something horrible happened" });
        }
    };
    let fields = Value::List(vec![Value::from("mimetype"), Value::from("file_size")]);
    let read = run(backend, caller, from, MODEL, "read", vec![Value::List(vec![id.clone()]), fields])?;
    let row = read.as_list().and_then(|rows| rows.first()).and_then(Value::as_map).cloned().unwrap_or_default();
    let of = |name: &str| row.get(name).cloned().unwrap_or_default();
    Ok(map! { "filename" => file.name, "mimetype" => of("mimetype"), "id" => id, "size" => of("file_size") })
}

fn run(backend: &dyn Backend, caller: &Caller, from: &Peer, model: &str, method: &str, args: Vec<Value>) -> Result<Value, CallError> {
    let call = Call { model: model.into(), method: method.into(), args, kwargs: Map::new(), style: Style::Positional };
    let mut result = Value::None;
    backend.execute(caller, from, call, &mut |answer: Answer| {
        result = answer.into_value()?;
        Ok(())
    })?;
    Ok(result)
}

/// JSON as a page, or a script that hands it to whoever opened the frame.
fn answer(kept: &Value, callback: Option<&str>) -> HttpResponse {
    let json = |value: &Value| {
        let mut out = Vec::new();
        write_value(&mut out, value);
        // Inside a page: no tag may begin or end in a text.
        String::from_utf8_lossy(&out).replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
    };
    let Some(callback) = callback else { return response::html(json(kept)) };
    let script = format!("\nvar win = window.top.window;\nwin.jQuery(win).trigger({}, {});\n", json(&Value::from(callback)), json(kept));
    let page = format!("<script language=\"javascript\" type=\"text/javascript\">{script}</script>");
    response::with_policy(response::html(page), &page_with_script(&script))
}
