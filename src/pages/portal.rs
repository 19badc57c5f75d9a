//! The subscriber's portal: own services, invoices, transfers, changes of plan, faults.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_models::isp_portal::{self as own, PER_PAGE, Report};
use lastmile_orm::error::{Error, Result};
use lastmile_orm::value::Id;
use lastmile_orm::{Database, Env, Tx};
use lastmile_rpc::http::request::Form;
use lastmile_rpc::http::session::Visit;
use lastmile_rpc::http::{failure, limits, login, paths, response, upload};
use lastmile_rpc::{CallError, State, call};
use tera::{Context, Tera};

/// Forms without files are short.
const MAX_FORM: usize = 64 * 1024;

/// Registers the routes. Everything under `/my` needs a session; paths that do not exist are told only then.
pub fn routes(cfg: &mut web::ServiceConfig) {
    for path in ["/my", "/my/home", "/my/isp"] {
        cfg.service(paths::page(path).route(paths::reading().to(first_page)));
    }
    cfg.service(paths::page("/my/isp/page/{page}").route(paths::reading().to(page)));
    cfg.service(paths::page("/my/isp/service/{id}").route(paths::reading().to(service)));
    cfg.service(paths::page("/my/isp/invoices").route(paths::reading().to(invoices)));
    cfg.service(paths::page("/my/isp/plan/change").route(paths::reading().to(plan_choice)));
    for path in ["/my/isp/payment/transfer", "/my/isp/payments/transfer"] {
        cfg.service(paths::page(path).route(paths::reading().to(transfer)));
    }
    cfg.service(paths::page("/my/isp/faults").route(paths::reading().to(faults)));
    cfg.service(paths::page("/my/isp/faults/new").route(paths::reading().to(fault)).route(web::post().to(report_fault)));
    cfg.service(paths::form("/my/isp/plan/change/submit").route(web::post().to(ask_for_plan)));
    cfg.service(paths::page("/my/isp/plan/change/{id}").route(paths::reading().to(plan)));
    for path in ["/my/isp/payment/transfer/submit", "/my/isp/payments/transfer/submit"] {
        cfg.service(paths::form(path).route(web::post().to(report_transfer)));
    }
    cfg.route("/my/{tail:.*}", web::route().to(elsewhere));
}

type Db = web::Data<Database>;
type Pages = web::Data<Tera>;

/// Texts behind the `msg` of a path: nothing of a path is shown as it stands.
fn message(req: &HttpRequest) -> &'static str {
    match Form::parse(req.query_string()).get("msg") {
        Some("plan_change_submitted") => "Your request was handed in.",
        Some("plan_change_failed") => "This plan cannot be asked for.",
        Some("transfer_submitted") => "Your transfer was reported. Somebody will look at it soon.",
        Some("transfer_failed") => "Bank, reference, amount, date and a proof are needed.",
        Some("fault_submitted") => "Your fault was reported.",
        Some("fault_failed") => "The fault could not be reported.",
        _ => "",
    }
}

/// Shows a template over what a reader finds; nothing found leads home.
async fn show<F>(req: &HttpRequest, state: web::Data<State>, db: Db, tera: Pages, template: &'static str, find: F) -> HttpResponse
where
    F: Fn(&mut Env, &mut Context) -> Result<bool> + Send + 'static,
{
    let (visit, session) = match Visit::logged_in(req, &state).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let db: Arc<Database> = db.into_inner();
    let found = call::blocking(&state, move |_| {
        Ok(db.run(session.uid, Tx::Read, |env| {
            let mut context = Context::new();
            Ok(find(env, &mut context)?.then_some(context))
        })?)
    });
    let answer = match found.await {
        Ok(Some(mut context)) => {
            context.insert("csrf_token", &visit.csrf(&state));
            context.insert("message", message(req));
            match tera.render(template, &context) {
                Ok(html) => response::html(html),
                Err(error) => {
                    tracing::error!(%error, "portal page");
                    response::error_page(StatusCode::INTERNAL_SERVER_ERROR, "The page could not be shown.")
                }
            }
        }
        Ok(None) => response::see_other("/my"),
        Err(error) => failure::failure_page(req, error),
    };
    visit.finish(answer)
}

async fn first_page(req: HttpRequest, state: web::Data<State>, db: Db, tera: Pages) -> HttpResponse {
    services(req, state, db, tera, 1).await
}

async fn page(req: HttpRequest, state: web::Data<State>, db: Db, tera: Pages, number: web::Path<i64>) -> HttpResponse {
    services(req, state, db, tera, number.into_inner().max(1)).await
}

async fn services(req: HttpRequest, state: web::Data<State>, db: Db, tera: Pages, page: i64) -> HttpResponse {
    let query = Form::parse(req.query_string());
    let sort = match query.get("sortby") {
        Some("name") => "name",
        Some("state") => "state",
        _ => "date",
    };
    show(&req, state, db, tera, "portal/services.html", move |env, context| {
        let (services, total) = own::services(env, page, sort)?;
        context.insert("services", &services);
        context.insert("page", &page);
        context.insert("pages", &((total + PER_PAGE - 1) / PER_PAGE).max(1));
        context.insert("sortby", sort);
        Ok(true)
    })
    .await
}

async fn service(req: HttpRequest, state: web::Data<State>, db: Db, tera: Pages, id: web::Path<Id>) -> HttpResponse {
    let id = id.into_inner();
    show(&req, state, db, tera, "portal/service.html", move |env, context| {
        let Some(service) = own::service(env, id)? else { return Ok(false) };
        context.insert("service", &service);
        context.insert("changes", &own::changes(env, id)?);
        Ok(true)
    })
    .await
}

async fn invoices(req: HttpRequest, state: web::Data<State>, db: Db, tera: Pages) -> HttpResponse {
    show(&req, state, db, tera, "portal/invoices.html", |env, context| {
        context.insert("invoices", &own::invoices(env, false)?);
        Ok(true)
    })
    .await
}

async fn plan_choice(req: HttpRequest, state: web::Data<State>, db: Db, tera: Pages) -> HttpResponse {
    show(&req, state, db, tera, "portal/plan_choice.html", |env, context| {
        context.insert("services", &own::all_services(env)?);
        Ok(true)
    })
    .await
}

async fn plan(req: HttpRequest, state: web::Data<State>, db: Db, tera: Pages, id: web::Path<Id>) -> HttpResponse {
    let id = id.into_inner();
    show(&req, state, db, tera, "portal/plan.html", move |env, context| {
        let Some(service) = own::service(env, id)? else { return Ok(false) };
        context.insert("service", &service);
        context.insert("plans", &own::plans(env, id)?);
        Ok(true)
    })
    .await
}

async fn transfer(req: HttpRequest, state: web::Data<State>, db: Db, tera: Pages) -> HttpResponse {
    show(&req, state, db, tera, "portal/transfer.html", |env, context| {
        context.insert("invoices", &own::invoices(env, true)?);
        Ok(true)
    })
    .await
}

async fn faults(req: HttpRequest, state: web::Data<State>, db: Db, tera: Pages) -> HttpResponse {
    show(&req, state, db, tera, "portal/faults.html", |env, context| {
        context.insert("faults", &own::faults(env)?);
        Ok(true)
    })
    .await
}

async fn fault(req: HttpRequest, state: web::Data<State>, db: Db, tera: Pages) -> HttpResponse {
    let chosen: Id = Form::parse(req.query_string()).get("subscription_id").and_then(|id| id.parse().ok()).unwrap_or(0);
    show(&req, state, db, tera, "portal/fault.html", move |env, context| {
        context.insert("services", &own::all_services(env)?);
        context.insert("kinds", &own::fault_kinds(env)?);
        context.insert("chosen", &chosen);
        Ok(true)
    })
    .await
}

/// A form of a visitor who is logged in and whose token is right.
async fn posted(req: &HttpRequest, payload: web::Payload, state: &State) -> std::result::Result<(Visit, Id, upload::Parts), HttpResponse> {
    let (visit, session) = Visit::logged_in(req, state).await?;
    let files = lastmile_rpc::http::request::media_type(req) == "multipart/form-data";
    let body = limits::read_body(req, payload, if files { state.limits.upload } else { MAX_FORM }).await?;
    let form = if files {
        upload::parts(req, body).await.map_err(|text| response::error_page(StatusCode::BAD_REQUEST, &text))?
    } else {
        upload::Parts::of_form(&String::from_utf8_lossy(&body))
    };
    if !visit.csrf_valid(state, form.get("csrf_token")) {
        let answer = response::error_page(StatusCode::BAD_REQUEST, paths::FORGED);
        return Err(visit.finish(answer));
    }
    Ok((visit, session.uid, form))
}

/// Does what a form asks for, and leads on. What the product refuses leads to `refused`.
async fn act<F>(req: &HttpRequest, state: &State, db: Db, visit: Visit, uid: Id, work: F, refused: String) -> HttpResponse
where
    F: Fn(&mut Env) -> Result<String> + Send + 'static,
{
    let db: Arc<Database> = db.into_inner();
    let share = limits::share(req);
    let done = call::blocking(state, move |_| {
        let _share = share;
        Ok(db.run(uid, Tx::Write, |env| work(env))?)
    });
    let answer = match done.await {
        Ok(target) => response::see_other(&target),
        Err(CallError::Error(Error::Validation(_) | Error::User(_) | Error::Missing(_) | Error::Builtin(..))) => {
            response::see_other(&refused)
        }
        Err(error) => failure::failure_page(req, error),
    };
    visit.finish(answer)
}

async fn ask_for_plan(req: HttpRequest, payload: web::Payload, state: web::Data<State>, db: Db) -> HttpResponse {
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
    act(&req, &state, db, visit, uid, work, format!("/my/isp/service/{service}?msg=plan_change_failed")).await
}

async fn report_transfer(req: HttpRequest, payload: web::Payload, state: web::Data<State>, db: Db) -> HttpResponse {
    let (visit, uid, form) = match posted(&req, payload, &state).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let text = |name: &str| form.get(name).map(str::trim).unwrap_or_default().to_owned();
    let report = Report {
        bank: text("bank_name"),
        reference: text("reference"),
        amount: text("amount").replace(',', ".").parse().unwrap_or_default(),
        date: text("date"),
        invoices: form.all("invoice_ids").filter_map(|id| id.trim().parse().ok()).collect(),
        files: form.files("attachment"),
    };
    let work = move |env: &mut Env| own::report_transfer(env, &report).map(|()| "/my/isp?msg=transfer_submitted".to_owned());
    act(&req, &state, db, visit, uid, work, "/my/isp/payment/transfer?msg=transfer_failed".into()).await
}

async fn report_fault(req: HttpRequest, payload: web::Payload, state: web::Data<State>, db: Db) -> HttpResponse {
    let (visit, uid, form) = match posted(&req, payload, &state).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let text = |name: &str| form.get(name).map(str::trim).unwrap_or_default().to_owned();
    let (service, kind, description) = (text("subscription_id").parse().ok(), text("fault_type"), text("description"));
    let work = move |env: &mut Env| {
        own::report_fault(env, service, &kind, &description)?;
        Ok("/my/isp/faults?msg=fault_submitted".to_owned())
    };
    act(&req, &state, db, visit, uid, work, "/my/isp/faults/new?msg=fault_failed".into()).await
}

/// Paths of the portal that lead nowhere: strangers log in first.
async fn elsewhere(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    match Visit::logged_in(&req, &state).await {
        Ok(_) => login::not_found(req, state).await,
        Err(answer) => answer,
    }
}
