//! Where browsers are sent: the login form, the log-out link, the home of staff, and the page for wrong paths.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{TimeDelta, Utc};
use lastmile_orm::error::Error;

use crate::backend::{CallError, Session};
use crate::http::failure::failure_page;
use crate::http::headers::page_with_script;
use crate::http::limits::read_body;
use crate::http::paths::{FORGED, page, reading};
use crate::http::request::{Form, cookie, encode_component, peer};
use crate::http::response;
use crate::http::session::{Visit, http_date, new_token, set_cookie, token};
use crate::pages::{CodeForm, LoginForm, client_script};
use crate::{State, call};

/// Registers the pages.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(page("/web/login").route(reading().to(login_form)).route(web::post().to(login)))
        .service(page("/web/login/totp").route(reading().to(code_form)).route(web::post().to(code)))
        .service(page("/web/session/logout").route(reading().to(logout)))
        .service(page("/web").route(reading().to(client)))
        .service(page("/odoo").route(reading().to(client)))
        .service(page("/odoo/{path:.+}").route(reading().to(client)));
}

/// 404 with a page: for paths that lead nowhere.
pub async fn not_found(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let mut response = response::html(state.pages.not_found(req.path()));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// A target within this site, else nothing: a login must not send anybody elsewhere.
fn local(target: &str) -> Option<&str> {
    let mut chars = target.chars();
    let ours = chars.next() == Some('/') && !matches!(chars.next(), Some('/' | '\\'));
    (ours && !target.chars().any(char::is_control)).then_some(target)
}

fn home(session: &Session) -> &'static str {
    if session.internal { "/odoo" } else { "/my" }
}

/// Shows the form. Browsers learn their language here, as the rest of the site expects.
fn show(req: &HttpRequest, state: &State, visit: &Visit, form: &LoginForm) -> HttpResponse {
    let mut response = visit.finish(response::html(state.pages.login(form)));
    if cookie(req, "frontend_lang").is_none() {
        let line = format!("frontend_lang=en_US; Expires={}; Path=/", http_date(Utc::now() + TimeDelta::days(365)));
        if let Ok(value) = HeaderValue::from_str(&line) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
    response
}

async fn login_form(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let visit = match Visit::of(&req, &state).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let query = Form::parse(req.query_string());
    let redirect = query.get("redirect").and_then(local).unwrap_or_default();
    if visit.session.is_some() && !redirect.is_empty() {
        return visit.finish(response::see_other(redirect));
    }
    let form = LoginForm {
        csrf_token: visit.csrf(&state),
        redirect: redirect.to_owned(),
        login: query.get("login").unwrap_or_default().to_owned(),
        error: None,
    };
    show(&req, &state, &visit, &form)
}

async fn login(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let body = match read_body(&req, payload, state.limits.body).await {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let visit = match Visit::of(&req, &state).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let form = Form::parse(&String::from_utf8_lossy(&body));
    if !visit.csrf_valid(&state, form.get("csrf_token")) {
        return visit.finish(response::error_page(StatusCode::BAD_REQUEST, FORGED));
    }
    let typed = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let (login, password) = (typed("login"), typed("password"));
    let (from, old, name) = (peer(&req, &state), token(&req), login.clone());
    let outcome = call::blocking(&state, move |backend| Ok(backend.open_session(&name, &password, &from, old.as_deref())?)).await;
    let query = Form::parse(req.query_string());
    let redirect = form.get("redirect").or_else(|| query.get("redirect")).and_then(local);
    match outcome {
        Ok(session) => {
            let mut response = if session.waiting {
                let back = redirect.map(|target| format!("?redirect={}", encode_component(target))).unwrap_or_default();
                response::see_other(&format!("/web/login/totp{back}"))
            } else {
                response::see_other(redirect.unwrap_or(home(&session)))
            };
            set_cookie(&session.token, &mut response);
            response
        }
        Err(CallError::Error(Error::AccessDenied(message))) => {
            let error = if message == "Access Denied" { "Wrong login/password".into() } else { message };
            let redirect = redirect.unwrap_or_default().to_owned();
            let form = LoginForm { csrf_token: visit.csrf(&state), redirect, login, error: Some(error) };
            show(&req, &state, &visit, &form)
        }
        Err(other) => failure_page(&req, other),
    }
}

/// Asks for the code of the second factor.
async fn code_form(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let visit = match Visit::of(&req, &state).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let query = Form::parse(req.query_string());
    let redirect = query.get("redirect").and_then(local).unwrap_or_default().to_owned();
    if let Some(session) = &visit.session {
        return visit.finish(response::see_other(if redirect.is_empty() { home(session) } else { &redirect }));
    }
    visit.finish(response::html(state.pages.code(&CodeForm { csrf_token: visit.csrf(&state), redirect, error: None })))
}

async fn code(req: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let body = match read_body(&req, payload, state.limits.body).await {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let visit = match Visit::of(&req, &state).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let form = Form::parse(&String::from_utf8_lossy(&body));
    if !visit.csrf_valid(&state, form.get("csrf_token")) {
        return visit.finish(response::error_page(StatusCode::BAD_REQUEST, FORGED));
    }
    let (given, waiting, from) = (form.get("totp_token").unwrap_or_default().to_owned(), visit.token.clone(), peer(&req, &state));
    let redirect = form.get("redirect").and_then(local).map(str::to_owned);
    match call::blocking(&state, move |backend| Ok(backend.second_factor(&waiting, &given, &from)?)).await {
        Ok(session) => {
            let mut response = response::see_other(redirect.as_deref().unwrap_or(home(&session)));
            set_cookie(&session.token, &mut response);
            response
        }
        Err(CallError::Error(Error::SessionExpired)) => visit.finish(response::see_other("/web/login")),
        Err(CallError::Error(Error::AccessDenied(message))) => {
            let form = CodeForm { csrf_token: visit.csrf(&state), redirect: redirect.unwrap_or_default(), error: Some(message) };
            visit.finish(response::html(state.pages.code(&form)))
        }
        Err(other) => failure_page(&req, other),
    }
}

/// Ends the session and gives the browser a cookie that is none.
async fn logout(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    if let Some(token) = token(&req) {
        let outcome = call::blocking(&state, move |backend| Ok(backend.close_session(&token)?)).await;
        if let Err(error) = outcome {
            return failure_page(&req, error);
        }
    }
    let query = Form::parse(req.query_string());
    let mut response = response::see_other(query.get("redirect").and_then(local).unwrap_or("/odoo"));
    set_cookie(&new_token(), &mut response);
    response
}

async fn client(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let (visit, session) = match Visit::logged_in(&req, &state).await {
        Ok(visitor) => visitor,
        Err(answer) => return answer,
    };
    if !session.internal {
        return visit.finish(response::see_other(home(&session)));
    }
    let csrf = visit.csrf(&state);
    let page = state.pages.client(&session, &csrf, req.path());
    visit.finish(response::with_policy(response::html(page), &page_with_script(&client_script(&csrf))))
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn redirections_stay_on_this_site() {
        assert_eq!(local("/odoo?debug=1"), Some("/odoo?debug=1"));
        for elsewhere in ["", "https://x.example", "//x.example", "/\\x.example", "odoo", "/a\nb", "javascript:x"] {
            assert_eq!(local(elsewhere), None, "{elsewhere}");
        }
    }
}
