//! Ways in for those without a password: a forgotten one, and invitations. Nobody learns here who has an account.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_models::auth::signup;
use lastmile_models::mail::queue;
use lastmile_orm::Tx;
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::error::{Error, Result};
use lastmile_rpc::http::request::{Form, peer};
use lastmile_rpc::http::session::Visit;
use lastmile_rpc::http::{failure, paths, response};
use lastmile_rpc::{CallError, Peer, State, call};

use super::account::SHORTEST;
use super::frame::{Desk, read, show_anybody, text};

/// The longest login that is looked for.
const LONGEST: usize = 250;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    for path in ["/web/reset_password", "/web/signup"] {
        cfg.service(paths::page(path).route(paths::reading().to(form)).route(web::post().to(posted)));
    }
}

fn closed() -> HttpResponse {
    response::error_page(StatusCode::NOT_FOUND, "There is no such page.")
}

/// The form for a new password, with a token; without one, the form that asks for a link.
async fn form(req: HttpRequest, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let query = Form::parse(req.query_string());
    let token = query.get("token").unwrap_or_default().to_owned();
    // Nobody signs up uninvited: customers are made by their provider.
    if token.is_empty() && req.path().contains("signup") {
        return closed();
    }
    show(&req, &state, &desk, token, query.get("told").map(str::to_owned)).await
}

async fn show(req: &HttpRequest, state: &State, desk: &Desk, token: String, told: Option<String>) -> HttpResponse {
    show_anybody(req, state, desk, "portal/reset.html", move |env, context, _| {
        if token.is_empty() && env.parameter("auth_signup.reset_password")?.as_deref() == Some("False") {
            return Ok(false);
        }
        let invited = if token.is_empty() { None } else { signup::invited(env, &token)? };
        context.insert("token", &token);
        context.insert("login", &invited.as_ref().map(|invited| invited.login.clone()).unwrap_or_default());
        context.insert("good", &invited.is_some());
        context.insert("shortest", &SHORTEST);
        context.insert("told", told.as_deref().unwrap_or_default());
        Ok(true)
    })
    .await
}

async fn posted(req: HttpRequest, payload: web::Payload, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let visit = match Visit::of(&req, &state).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let form = match read(&req, payload, &state, &visit).await {
        Ok(form) => form,
        Err(answer) => return answer,
    };
    let from = peer(&req, &state);
    let token = text(&form, "token");
    if token.is_empty() {
        if req.path().contains("signup") {
            return visit.finish(closed());
        }
        return visit.finish(ask(&desk, from, text(&form, "login")));
    }
    // Passwords are taken as they are typed.
    let typed = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let (password, again) = (typed("password"), typed("confirm_password"));
    let told = if password != again {
        "twice"
    } else if password.chars().count() < SHORTEST {
        "poor"
    } else {
        let (own, given) = (desk.clone(), token.clone());
        let done = call::blocking(&state, move |_| {
            let name = "signup token";
            own.throttle.check(&from, name, true)?;
            match own.db.run(SUPERUSER, Tx::Write, |env| signup::accept(env, &given, &password)) {
                Ok(invited) => {
                    if let Some(user) = invited.user {
                        own.sessions.end_others(user, "")?;
                    }
                    Ok(())
                }
                Err(error) => {
                    own.throttle.failed(&from, name)?;
                    Err(error.into())
                }
            }
        })
        .await;
        match done {
            Ok(()) => return visit.finish(response::see_other("/web/reset_password?told=done")),
            Err(CallError::Error(Error::User(_) | Error::Validation(_) | Error::AccessDenied(_))) => "bad",
            Err(error) => return visit.finish(failure::failure_page(&req, error)),
        }
    };
    show(&req, &state, &desk, token, Some(told.to_owned())).await
}

/// Sends a link to whoever has an account of this name, if anybody. The answer is the same, and as quick, for all.
fn ask(desk: &Desk, from: Peer, login: String) -> HttpResponse {
    let desk = desk.clone();
    if !login.is_empty() && login.len() <= LONGEST {
        actix_web::rt::task::spawn_blocking(move || {
            if let Err(error) = send(&desk, &from, &login) {
                tracing::warn!(%error, "a link for a new password was not sent");
            }
        });
    }
    response::see_other("/web/reset_password?told=sent")
}

fn send(desk: &Desk, from: &Peer, login: &str) -> Result<()> {
    let name = format!("reset:{}", login.to_lowercase());
    // Each request counts, so that nobody's mailbox is filled.
    for from in [from, &Peer::default()] {
        desk.throttle.check(from, &name, true)?;
        desk.throttle.failed(from, &name)?;
    }
    let mail = desk.db.run(SUPERUSER, Tx::Write, |env| match signup::known(env, login)? {
        Some((user, partner, _)) => signup::send_link(env, user, partner, "reset").map(Some),
        None => Ok(None),
    })?;
    match mail {
        Some(mail) => desk.db.run(SUPERUSER, Tx::Detached, |env| queue::process(env, Some(&[mail]))),
        None => Ok(()),
    }
}
