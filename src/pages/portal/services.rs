//! Home, services, usage, changes of plan.

use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_models::isp_portal::services::{self as own, PER_PAGE};
use lastmile_models::isp_portal::{home, money, tickets, usage};
use lastmile_orm::Env;
use lastmile_orm::value::Id;
use lastmile_rpc::State;
use lastmile_rpc::http::request::Form;

use super::frame::{Desk, act, posted, show};
use super::{form, page};

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    page(cfg, &["/my", "/my/home"], first_page);
    page(cfg, &["/my/isp"], services);
    page(cfg, &["/my/isp/page/{page}"], services_page);
    page(cfg, &["/my/isp/service/{id}"], service);
    page(cfg, &["/my/isp/plan/change"], plan_choice);
    form(cfg, &["/my/isp/plan/change/submit"], ask_for_plan);
    page(cfg, &["/my/isp/plan/change/{id}"], plan);
}

async fn first_page(req: HttpRequest, state: web::Data<State>, desk: Desk) -> HttpResponse {
    show(&req, &state, &desk, "portal/home.html", |env, context, _| {
        context.insert("here", "home");
        context.insert("name", &home::name(env)?);
        context.insert("balance", &money::balance(env)?);
        context.insert("bills", &money::open(env)?.into_iter().take(5).collect::<Vec<_>>());
        context.insert("services", &own::all_services(env)?);
        let waiting: Vec<_> =
            tickets::faults(env)?.into_iter().filter(|fault| !matches!(fault.state.as_str(), "resolved" | "closed")).collect();
        context.insert("faults", &waiting);
        context.insert("outages", &home::outages(env)?);
        Ok(true)
    })
    .await
}

async fn services(req: HttpRequest, state: web::Data<State>, desk: Desk) -> HttpResponse {
    list(req, state, desk, 1).await
}

async fn services_page(req: HttpRequest, state: web::Data<State>, desk: Desk, number: web::Path<i64>) -> HttpResponse {
    list(req, state, desk, number.into_inner().max(1)).await
}

async fn list(req: HttpRequest, state: web::Data<State>, desk: Desk, page: i64) -> HttpResponse {
    let query = Form::parse(req.query_string());
    let sort = match query.get("sortby") {
        Some("name") => "name",
        Some("state") => "state",
        _ => "date",
    };
    show(&req, &state, &desk, "portal/services.html", move |env, context, _| {
        let (services, total) = own::services(env, page, sort)?;
        context.insert("here", "services");
        context.insert("services", &services);
        context.insert("page", &page);
        context.insert("pages", &((total + PER_PAGE - 1) / PER_PAGE).max(1));
        context.insert("sortby", sort);
        Ok(true)
    })
    .await
}

async fn service(req: HttpRequest, state: web::Data<State>, desk: Desk, id: web::Path<Id>) -> HttpResponse {
    let id = id.into_inner();
    show(&req, &state, &desk, "portal/service.html", move |env, context, _| {
        let Some(service) = own::service(env, id)? else { return Ok(false) };
        context.insert("here", "services");
        context.insert("service", &service);
        context.insert("changes", &own::changes(env, id)?);
        context.insert("usage", &usage::usage(env, id)?);
        Ok(true)
    })
    .await
}

async fn plan_choice(req: HttpRequest, state: web::Data<State>, desk: Desk) -> HttpResponse {
    show(&req, &state, &desk, "portal/plan_choice.html", |env, context, _| {
        context.insert("here", "services");
        context.insert("services", &own::all_services(env)?);
        Ok(true)
    })
    .await
}

async fn plan(req: HttpRequest, state: web::Data<State>, desk: Desk, id: web::Path<Id>) -> HttpResponse {
    let id = id.into_inner();
    show(&req, &state, &desk, "portal/plan.html", move |env, context, _| {
        let Some(service) = own::service(env, id)? else { return Ok(false) };
        context.insert("here", "services");
        context.insert("service", &service);
        context.insert("offers", &own::offers(env, id)?);
        Ok(true)
    })
    .await
}

async fn ask_for_plan(req: HttpRequest, payload: web::Payload, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let (visit, uid, form) = match posted(&req, payload, &state).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let id = |name: &str| form.get(name).and_then(|id| id.trim().parse::<Id>().ok()).unwrap_or(0);
    let (service, plan) = (id("subscription_id"), id("plan_id"));
    let work = move |env: &mut Env| {
        let asked = own::ask_for_plan(env, service, plan)?;
        Ok(if asked { format!("/my/isp/service/{service}?msg=plan_change_submitted") } else { "/my".to_owned() })
    };
    act(&req, &state, &desk, visit, uid, work, format!("/my/isp/service/{service}?msg=plan_change_failed")).await
}
