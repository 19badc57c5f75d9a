//! The subscriber's portal: own services.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_orm::error::Result;
use lastmile_orm::read::Page;
use lastmile_orm::value::{Id, Value};
use lastmile_orm::{Database, Domain, Tx};
use lastmile_rpc::session::Visit;
use lastmile_rpc::{State, call, login, reply};
use serde::Serialize;
use tera::{Context, Tera};

/// Services on a page.
const PER_PAGE: i64 = 10;

/// Registers the routes. Everything under `/my` needs a session; paths that do not exist are told only then.
pub fn routes(cfg: &mut web::ServiceConfig) {
    for path in ["/my", "/my/home", "/my/isp"] {
        cfg.route(path, web::get().to(first_page));
    }
    cfg.route("/my/isp/page/{page}", web::get().to(page));
    cfg.service(
        web::resource("/my/isp/plan/change/submit")
            .route(web::post().to(elsewhere))
            .default_service(web::to(|| async { reply::method_not_allowed("POST") })),
    );
    cfg.route("/my/{tail:.*}", web::get().to(elsewhere));
}

#[derive(Serialize)]
struct Service {
    name: String,
    plan: String,
    state: String,
    start: String,
}

async fn first_page(req: HttpRequest, state: web::Data<State>, db: web::Data<Database>, tera: web::Data<Tera>) -> HttpResponse {
    services(req, state, db, tera, 1).await
}

async fn page(
    req: HttpRequest,
    state: web::Data<State>,
    db: web::Data<Database>,
    tera: web::Data<Tera>,
    number: web::Path<i64>,
) -> HttpResponse {
    services(req, state, db, tera, number.into_inner().max(1)).await
}

async fn services(req: HttpRequest, state: web::Data<State>, db: web::Data<Database>, tera: web::Data<Tera>, page: i64) -> HttpResponse {
    let (visit, session) = match Visit::logged_in(&req, &state).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let db = db.into_inner();
    let found = call::blocking(&state, move |_| Ok(own_services(&db, session.uid, page)?)).await;
    let answer = match found {
        Ok((services, total)) => {
            let mut context = Context::new();
            context.insert("services", &services);
            context.insert("page", &page);
            context.insert("pages", &((total + PER_PAGE - 1) / PER_PAGE).max(1));
            match tera.render("portal/services.html", &context) {
                Ok(html) => reply::html(html),
                Err(error) => {
                    tracing::error!(%error, "portal page");
                    reply::error_page(actix_web::http::StatusCode::INTERNAL_SERVER_ERROR, "The page could not be shown.")
                }
            }
        }
        Err(error) => login::failure_page(&req, error),
    };
    visit.finish(&state, answer)
}

/// A page of the services of a user's partner, read with superuser rights: the domain is the ownership check.
fn own_services(db: &Arc<Database>, uid: Id, page: i64) -> Result<(Vec<Service>, i64)> {
    db.run(uid, Tx::Read, |env| {
        let mine = Domain::eq("partner_id", env.user().partner_id);
        env.sudo(|env| {
            let total = env.search_count("isp.subscription", &mine, None)?;
            let fields = ["name", "plan_id", "state", "start_date"].map(str::to_owned);
            let window = Page { offset: (page - 1) * PER_PAGE, limit: Some(PER_PAGE), order: None };
            let rows = env.search_read("isp.subscription", &mine, Some(&fields), &window, true)?.into_value()?;
            let text = |row: &Value, key: &str| match row.as_map().and_then(|m| m.get(key)) {
                Some(Value::List(pair)) => pair.get(1).map(Value::py_str).unwrap_or_default(),
                Some(value) if value.truthy() => value.py_str(),
                _ => String::new(),
            };
            let services = rows.as_list().unwrap_or_default().iter().map(|row| Service {
                name: text(row, "name"),
                plan: text(row, "plan_id"),
                state: text(row, "state"),
                start: text(row, "start_date"),
            });
            Ok((services.collect(), total))
        })
    })
}

/// Paths of the portal that lead nowhere: strangers log in first.
async fn elsewhere(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    match Visit::logged_in(&req, &state).await {
        Ok(_) => login::not_found(req, state).await,
        Err(answer) => answer,
    }
}
