//! Contact data, language, password, sessions, and a copy of what is kept.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_models::auth::totp;
use lastmile_models::base::users;
use lastmile_models::isp_portal::{details as own, home};
use lastmile_orm::error::{Error, Result};
use lastmile_orm::value::Id;
use lastmile_orm::{Env, Tx};
use lastmile_rpc::http::request::peer;
use lastmile_rpc::http::session::{Visit, new_token, set_cookie};
use lastmile_rpc::http::{failure, paths, response};
use lastmile_rpc::{Backend, CallError, Peer, State, call};

use super::frame::{Desk, act, posted, show, speak, text};
use super::{form, page};

/// The shortest password that customers may choose.
pub const SHORTEST: usize = 8;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(paths::page("/my/account").route(paths::reading().to(account)).route(web::post().to(save)));
    cfg.service(paths::page("/my/security").route(paths::reading().to(security)).route(web::post().to(password)));
    form(cfg, &["/my/security/sessions"], end_sessions);
    form(cfg, &["/my/security/second"], second);
    form(cfg, &["/my/language"], language);
    page(cfg, &["/my/data"], copy);
}

async fn account(req: HttpRequest, state: web::Data<State>, desk: Desk) -> HttpResponse {
    show(&req, &state, &desk, "portal/account.html", |env, context, _| {
        let (details, free) = own::details(env)?;
        let country = details.get("country_id").and_then(serde_json::Value::as_i64).and_then(|id| i32::try_from(id).ok()).unwrap_or(0);
        context.insert("here", "account");
        context.insert("details", &details);
        context.insert("free", &free);
        context.insert("countries", &own::countries(env)?);
        context.insert("states", &own::regions(env, country)?);
        Ok(true)
    })
    .await
}

async fn save(req: HttpRequest, payload: web::Payload, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let (visit, uid, form) = match posted(&req, payload, &state).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let given = form.texts();
    let work = move |env: &mut Env| own::change(env, &given).map(|()| "/my/account?msg=details_saved".to_owned());
    act(&req, &state, &desk, visit, uid, work, "/my/account?msg=details_failed".into()).await
}

async fn language(req: HttpRequest, payload: web::Payload, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let (visit, uid, form) = match posted(&req, payload, &state).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let (lang, back) = (text(&form, "lang"), text(&form, "path"));
    // Back to a page of the portal, never elsewhere.
    let back = if back.starts_with("/my/") && !back.contains(['\\', '?', '#']) { back } else { "/my".to_owned() };
    let target = back.clone();
    act(&req, &state, &desk, visit, uid, move |env: &mut Env| own::speak(env, &lang).map(|()| target.clone()), back).await
}

async fn security(req: HttpRequest, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let token = lastmile_rpc::http::session::token(&req).unwrap_or_default();
    let sessions = desk.clone();
    show(&req, &state, &desk, "portal/security.html", move |env, context, _| {
        context.insert("here", "account");
        context.insert("sessions", &sessions.sessions.of(env, &token)?);
        context.insert("shortest", &SHORTEST);
        let enabled = totp::enabled(env)?;
        context.insert("second", &enabled);
        if !enabled {
            let secret = totp::new_secret()?;
            let login = env.user().login.clone();
            let provider = home::provider(env)?.name;
            context.insert("code", &code(&totp::address(&provider, &login, &secret)));
            context.insert("secret", &secret);
        }
        Ok(true)
    })
    .await
}

/// A QR code as a picture inside the page; nothing where none can be made.
fn code(text: &str) -> String {
    #[cfg(feature = "documents")]
    return lastmile_reports::code(text).unwrap_or_default();
    #[cfg(not(feature = "documents"))]
    return String::new();
}

/// Turns the second factor on, by a code of the new key, or off, by the password.
async fn second(req: HttpRequest, payload: web::Payload, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let (visit, uid, form) = match posted(&req, payload, &state).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let typed = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let (secret, given, password) = (typed("secret"), typed("code"), typed("password"));
    let (desk, from) = (desk.clone(), peer(&req, &state));
    let outcome = call::blocking(&state, move |backend| {
        let known = own_password(backend, &desk, uid, &password, &from);
        known?;
        let change = |env: &mut Env| if secret.is_empty() { totp::disable(env) } else { totp::enable(env, &secret, &given) };
        Ok(desk.db.run(uid, Tx::Write, change)?)
    })
    .await;
    visit.finish(match outcome {
        Ok(()) => response::see_other("/my/security?msg=second_changed"),
        Err(CallError::Error(Error::AccessDenied(_) | Error::Validation(_))) => response::see_other("/my/security?msg=second_failed"),
        Err(error) => failure::failure_page(&req, error),
    })
}

/// Checks the password of whoever is signed in, as at the door: failures count, and API keys are none.
fn own_password(backend: &dyn Backend, desk: &Desk, uid: Id, password: &str, from: &Peer) -> Result<()> {
    let login = desk.db.run(uid, Tx::Read, |env| Ok(env.user().login.clone()))?;
    let session = backend.open_session(&login, password, from, None)?;
    backend.close_session(&session.token)
}

/// A new password, for whoever knows the old one. Every other session ends with the old one.
async fn password(req: HttpRequest, payload: web::Payload, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let (visit, uid, form) = match posted(&req, payload, &state).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    // Passwords are taken as they are typed.
    let typed = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let (old, new, again) = (typed("old"), typed("new"), typed("again"));
    let told = |msg: &str| response::see_other(&format!("/my/security?msg={msg}"));
    if new != again {
        return visit.finish(told("password_differs"));
    }
    if new.chars().count() < SHORTEST || new == old {
        return visit.finish(told("password_poor"));
    }
    let from = peer(&req, &state);
    let fresh = new_token();
    let (desk, token) = (desk.clone(), fresh.clone());
    let outcome = call::blocking(&state, move |backend| {
        own_password(backend, &desk, uid, &old, &from)?;
        desk.db.run(uid, Tx::Write, |env| {
            speak(env)?;
            users::ready_passwords(env, &[new.as_str()])?;
            users::give_password(env, uid, &new)
        })?;
        desk.sessions.end_others(uid, "")?;
        desk.sessions.open(uid, &token, None)?;
        Ok(())
    })
    .await;
    match outcome {
        Ok(()) => {
            let mut answer = told("password_changed");
            set_cookie(&fresh, &mut answer);
            answer
        }
        Err(CallError::Error(Error::AccessDenied(_))) => visit.finish(told("password_wrong")),
        Err(CallError::Error(Error::User(_) | Error::Validation(_))) => visit.finish(told("password_poor")),
        Err(error) => visit.finish(failure::failure_page(&req, error)),
    }
}

async fn end_sessions(req: HttpRequest, payload: web::Payload, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let (visit, uid, _) = match posted(&req, payload, &state).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let token = lastmile_rpc::http::session::token(&req).unwrap_or_default();
    let desk = desk.clone();
    let ended = call::blocking(&state, move |_| Ok(desk.sessions.end_others(uid, &token)?)).await;
    visit.finish(match ended {
        Ok(()) => response::see_other("/my/security?msg=sessions_ended"),
        Err(error) => failure::failure_page(&req, error),
    })
}

/// What is kept of the acting user, as a file that programs read.
async fn copy(req: HttpRequest, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let (visit, session) = match Visit::logged_in(&req, &state).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let desk = desk.clone();
    let found = call::blocking(&state, move |_| Ok(desk.db.run(session.uid, Tx::Read, own::copy)?)).await;
    visit.finish(match found.map(|copy| serde_json::to_vec_pretty(&copy)) {
        Ok(Ok(bytes)) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "application/json; charset=utf-8"))
            .insert_header((CONTENT_DISPOSITION, "attachment; filename=my-data.json"))
            .body(bytes),
        Ok(Err(_)) => response::error_page(StatusCode::INTERNAL_SERVER_ERROR, "The copy could not be made."),
        Err(error) => failure::failure_page(&req, error),
    })
}
