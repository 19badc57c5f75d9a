//! Tickets: reported, followed, answered.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_models::isp_portal::{services, tickets as own};
use lastmile_orm::value::Id;
use lastmile_orm::{Env, Tx};
use lastmile_rpc::files::disposition;
use lastmile_rpc::http::request::Form;
use lastmile_rpc::http::session::Visit;
use lastmile_rpc::http::{failure, paths, response};
use lastmile_rpc::{State, call};

use super::frame::{Desk, act, posted, show, text};
use super::{form, page};

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    page(cfg, &["/my/isp/faults"], faults);
    cfg.service(paths::page("/my/isp/faults/new").route(paths::reading().to(fault)).route(web::post().to(report_fault)));
    page(cfg, &["/my/isp/faults/{id}"], ticket);
    form(cfg, &["/my/isp/faults/{id}/answer"], answer);
    page(cfg, &["/my/isp/faults/{id}/file/{file}"], file);
}

async fn faults(req: HttpRequest, state: web::Data<State>, desk: Desk) -> HttpResponse {
    show(&req, &state, &desk, "portal/faults.html", |env, context, _| {
        context.insert("here", "faults");
        context.insert("faults", &own::faults(env)?);
        Ok(true)
    })
    .await
}

async fn fault(req: HttpRequest, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let chosen: Id = Form::parse(req.query_string()).get("subscription_id").and_then(|id| id.parse().ok()).unwrap_or(0);
    show(&req, &state, &desk, "portal/fault.html", move |env, context, _| {
        context.insert("here", "faults");
        context.insert("services", &services::all_services(env)?);
        context.insert("kinds", &own::fault_kinds(env)?);
        context.insert("chosen", &chosen);
        Ok(true)
    })
    .await
}

async fn ticket(req: HttpRequest, state: web::Data<State>, desk: Desk, id: web::Path<Id>) -> HttpResponse {
    let id = id.into_inner();
    show(&req, &state, &desk, "portal/ticket.html", move |env, context, _| {
        let Some(fault) = own::fault(env, id)? else { return Ok(false) };
        let (files, said) = own::conversation(env, id)?;
        context.insert("here", "faults");
        context.insert("fault", &fault);
        context.insert("files", &files);
        context.insert("said", &said);
        Ok(true)
    })
    .await
}

/// A file is always downloaded: who reported it may have chosen anything.
async fn file(req: HttpRequest, state: web::Data<State>, desk: Desk, ids: web::Path<(Id, Id)>) -> HttpResponse {
    let (ticket, file) = ids.into_inner();
    let (visit, session) = match Visit::logged_in(&req, &state).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let desk = desk.clone();
    let found = call::blocking(&state, move |_| Ok(desk.db.run(session.uid, Tx::Read, |env| own::file(env, ticket, file))?)).await;
    visit.finish(match found {
        Ok(Some((name, bytes))) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "application/octet-stream"))
            .insert_header((CONTENT_DISPOSITION, disposition(true, &name)))
            .body(bytes),
        Ok(None) => response::see_other("/my"),
        Err(error) => failure::failure_page(&req, error),
    })
}

async fn answer(req: HttpRequest, payload: web::Payload, state: web::Data<State>, desk: Desk, id: web::Path<Id>) -> HttpResponse {
    let id = id.into_inner();
    let (visit, uid, form) = match posted(&req, payload, &state).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let (said, files) = (text(&form, "body"), form.files("attachment"));
    let work = move |env: &mut Env| {
        let own = own::answer(env, id, &said, &files)?;
        Ok(if own { format!("/my/isp/faults/{id}?msg=answer_submitted") } else { "/my".to_owned() })
    };
    act(&req, &state, &desk, visit, uid, work, format!("/my/isp/faults/{id}?msg=answer_failed")).await
}

async fn report_fault(req: HttpRequest, payload: web::Payload, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let (visit, uid, form) = match posted(&req, payload, &state).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let (service, kind, description) = (text(&form, "subscription_id").parse().ok(), text(&form, "fault_type"), text(&form, "description"));
    let files = form.files("attachment");
    let work = move |env: &mut Env| {
        own::report_fault(env, service, &kind, &description, &files)?;
        Ok("/my/isp/faults?msg=fault_submitted".to_owned())
    };
    act(&req, &state, &desk, visit, uid, work, "/my/isp/faults/new?msg=fault_failed".into()).await
}
