//! The HTTP side: who comes, what is asked, and the answer in a page.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_orm::error::Error;
use lastmile_rpc::errors::{Dialect, WireError};
use lastmile_rpc::http::request::{cookie, media_type, peer, request_id};
use lastmile_rpc::http::session::Visit as Visitor;
use lastmile_rpc::http::{failure, limits, login, paths, response, upload};
use lastmile_rpc::{CallError, State, call};
use tera::Tera;

use super::desk::{Admin, Desk, Done};
use super::frame::{Look, Page, render};
use super::html::{el, icon};
use super::params::Params;
use super::place::Place;
use super::screens::reports;
use super::search::everywhere;
use super::show::page;
use super::visit::{Reply, Visit};

/// Only what is inside the frame is wanted.
const PARTIAL: &str = "x-lastmile-partial";

/// What answers a visit.
pub enum Answer {
    Html(u16, String),
    Json(String),
    Go(String),
}

fn look(req: &HttpRequest) -> Look {
    let theme = cookie(req, "theme").filter(|theme| matches!(theme.as_str(), "dark" | "light")).unwrap_or_default();
    let all = req.headers().get_all("cookie").filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';'));
    let columns = all.filter_map(|pair| {
        let (model, chosen) = pair.trim().strip_prefix("cols-")?.split_once('=')?;
        Some((model.to_owned(), chosen.to_owned()))
    });
    Look { theme, partial: req.headers().contains_key(PARTIAL), columns: columns.take(50).collect() }
}

/// A failure as a page inside the frame.
fn trouble(desk: &Desk<'_>, error: CallError, request: &str) -> Done<Page> {
    if matches!(error, CallError::Error(Error::SessionExpired)) {
        return Err(error);
    }
    let known = WireError::of(error.clone(), Dialect::Named, request);
    let words = &desk.words;
    let (status, title, text) = match &error {
        CallError::Error(Error::Access(text)) => (403, words.get("no_access"), text.clone()),
        CallError::Error(Error::Missing(text)) => (404, words.get("gone"), text.clone()),
        // Clients of the reference get their frame for every address below /odoo.
        CallError::MissingAction(_) | CallError::NoModel(_) => (200, words.get("no_page"), words.get("no_page_hint").to_owned()),
        CallError::Error(Error::Internal(_)) => (500, words.get("our_fault"), words.with("our_fault_hint", &[request])),
        _ => (known.status.max(400), words.get("trouble"), known.message.clone()),
    };
    let text = el("p").class("pre").text(text);
    let back = el("p").child(el("a").class("btn").attr("href", "/odoo").text(words.get("home")));
    let body = el("div").class("o_view_nocontent o_error").child(icon("empty")).child(el("h2").text(title)).child(text).child(back);
    Ok(Page { title: title.to_owned(), body: body.into(), status })
}

fn answer(visitor: &Visitor, outcome: Result<Answer, CallError>, req: &HttpRequest) -> HttpResponse {
    let mut response = match outcome {
        Ok(Answer::Html(status, html)) => {
            let mut page = response::html(html);
            *page.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            page
        }
        Ok(Answer::Json(json)) => response::json(json.into_bytes()),
        Ok(Answer::Go(url)) => response::see_other(&url),
        Err(CallError::Error(Error::SessionExpired)) => response::see_other("/web/login?redirect=%2Fodoo"),
        Err(error) => failure::failure_page(req, error),
    };
    // Pages are somebody's: no cache but the browser's own way back may keep them.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(HeaderName::from_static("vary"), HeaderValue::from_static("x-lastmile-partial, cookie"));
    visitor.finish(response)
}

/// A report of the books as a file.
pub async fn report_file(req: HttpRequest, state: web::Data<State>, admin: web::Data<Admin>) -> HttpResponse {
    let (visitor, session) = match Visitor::logged_in(&req, &state).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let part = |name: &str| req.match_info().query(name).to_owned();
    let (name, ending, params) = (part("name"), part("ending"), Params::parse(req.query_string()));
    let (csrf, from, admin) = (visitor.csrf(&state), peer(&req, &state), admin.into_inner());
    let kind = ending.clone();
    let outcome = call::blocking(&state, move |backend| {
        let desk = Desk::open(backend, &session.token, from, csrf, &admin)?;
        reports::file(&desk, &name, &kind, &params)
    })
    .await;
    visitor.finish(match outcome {
        Ok(content) => lastmile_rpc::reports::sheet(content, true),
        Err(error) => failure::failure_page(&req, error),
    })
}

/// Shows a place.
pub async fn get(req: HttpRequest, state: web::Data<State>, tera: web::Data<Tera>, admin: web::Data<Admin>) -> HttpResponse {
    let (visitor, session) = match Visitor::logged_in(&req, &state).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    if !session.internal {
        return visitor.finish(response::see_other("/my"));
    }
    let Some(place) = Place::parse(req.match_info().get("path").unwrap_or_default()) else {
        return login::not_found(req, state).await;
    };
    let params = Params::parse(req.query_string());
    let (csrf, from, look, request) = (visitor.csrf(&state), peer(&req, &state), look(&req), request_id(&req));
    let (tera, admin): (Arc<Tera>, Arc<Admin>) = (tera.into_inner(), admin.into_inner());
    let outcome = call::blocking(&state, move |backend| {
        let desk = Desk::open(backend, &session.token, from, csrf, &admin)?;
        if params.get("as") == Some("json") && place.url() == "/odoo/search" {
            let hits = everywhere::find(&desk, params.get("q").unwrap_or_default())?;
            return Ok(Answer::Json(everywhere::json(&desk, &hits)));
        }
        let visit = Visit { desk: &desk, place, params, look };
        let shown = match page(&visit) {
            Ok(Reply::Go(url)) => return Ok(Answer::Go(url)),
            Ok(Reply::Page(page)) => page,
            Err(error) => trouble(&desk, error, &request)?,
        };
        Ok(Answer::Html(shown.status, render(&desk, &tera, &visit.look, &visit.place, &shown)?))
    })
    .await;
    answer(&visitor, outcome, &req)
}

/// Forms without files are not long, but lines may be many.
const MAX_FORM: usize = 4 * 1024 * 1024;

/// Does what a form of a page asks for.
pub async fn post(
    req: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
    tera: web::Data<Tera>,
    admin: web::Data<Admin>,
) -> HttpResponse {
    let (visitor, session) = match Visitor::logged_in(&req, &state).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let files = media_type(&req) == "multipart/form-data";
    let body = match limits::read_body(&req, payload, if files { state.limits.upload } else { MAX_FORM }).await {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let parts = if files {
        match upload::parts(&req, body).await {
            Ok(parts) => parts,
            Err(text) => return response::error_page(StatusCode::BAD_REQUEST, &text),
        }
    } else {
        upload::Parts::of_form(&String::from_utf8_lossy(&body))
    };
    if !visitor.csrf_valid(&state, parts.get("csrf_token")) {
        return visitor.finish(response::error_page(StatusCode::BAD_REQUEST, paths::FORGED));
    }
    let place = Place::parse(req.match_info().get("path").unwrap_or_default()).filter(|_| session.internal);
    let Some(place) = place else { return login::not_found(req, state).await };
    let params = Params::parse(req.query_string());
    let (csrf, from, look, request) = (visitor.csrf(&state), peer(&req, &state), look(&req), request_id(&req));
    let (tera, admin): (Arc<Tera>, Arc<Admin>) = (tera.into_inner(), admin.into_inner());
    let share = limits::share(&req);
    let outcome = call::blocking(&state, move |backend| {
        let _share = share;
        let desk = Desk::open(backend, &session.token, from, csrf, &admin)?;
        let visit = Visit { desk: &desk, place, params, look };
        let shown = match super::act::act(&visit, &parts) {
            Ok(super::act::Done::Go(url)) => return Ok(Answer::Go(url)),
            Ok(super::act::Done::Json(json)) => return Ok(Answer::Json(json)),
            Ok(super::act::Done::Page(page)) => page,
            Err(error) => trouble(&desk, error, &request)?,
        };
        Ok(Answer::Html(shown.status, render(&desk, &tera, &visit.look, &visit.place, &shown)?))
    })
    .await;
    answer(&visitor, outcome, &req)
}
