//! The subscriber's portal: own services, invoices, transfers, changes of plan, tickets, contact data.

mod account;
mod doors;
mod frame;
mod money;
mod services;
mod tickets;

use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_rpc::State;
use lastmile_rpc::http::session::Visit;
use lastmile_rpc::http::{login, paths};

pub use frame::Portal;

/// The pages' templates.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("portal/layout.html", include_str!("../../../templates/portal/layout.html")),
    ("portal/parts.html", include_str!("../../../templates/portal/parts.html")),
    ("portal/home.html", include_str!("../../../templates/portal/home.html")),
    ("portal/services.html", include_str!("../../../templates/portal/services.html")),
    ("portal/service.html", include_str!("../../../templates/portal/service.html")),
    ("portal/plan.html", include_str!("../../../templates/portal/plan.html")),
    ("portal/plan_choice.html", include_str!("../../../templates/portal/plan_choice.html")),
    ("portal/transfer.html", include_str!("../../../templates/portal/transfer.html")),
    ("portal/invoices.html", include_str!("../../../templates/portal/invoices.html")),
    ("portal/invoice.html", include_str!("../../../templates/portal/invoice.html")),
    ("portal/statement.html", include_str!("../../../templates/portal/statement.html")),
    ("portal/faults.html", include_str!("../../../templates/portal/faults.html")),
    ("portal/fault.html", include_str!("../../../templates/portal/fault.html")),
    ("portal/ticket.html", include_str!("../../../templates/portal/ticket.html")),
    ("portal/account.html", include_str!("../../../templates/portal/account.html")),
    ("portal/reset.html", include_str!("../../../templates/portal/reset.html")),
    ("portal/security.html", include_str!("../../../templates/portal/security.html")),
];

/// Registers the routes. Everything under `/my` needs a session, but for documents that are opened by their token; paths that do
/// not exist are told only then.
pub fn routes(cfg: &mut web::ServiceConfig) {
    services::routes(cfg);
    money::routes(cfg);
    tickets::routes(cfg);
    account::routes(cfg);
    doors::routes(cfg);
    cfg.route("/my/{tail:.*}", web::route().to(elsewhere));
}

/// Paths of the portal that lead nowhere: strangers log in first.
async fn elsewhere(req: HttpRequest, state: web::Data<State>) -> HttpResponse {
    match Visit::logged_in(&req, &state).await {
        Ok(_) => login::not_found(req, state).await,
        Err(answer) => answer,
    }
}

/// Registers a page under each of its paths.
fn page<F, Args>(cfg: &mut web::ServiceConfig, all: &[&str], handler: F)
where
    F: actix_web::Handler<Args> + Clone,
    Args: actix_web::FromRequest + 'static,
    F::Output: actix_web::Responder + 'static,
{
    for path in all {
        cfg.service(paths::page(path).route(paths::reading().to(handler.clone())));
    }
}

/// Registers a form under each of its paths.
fn form<F, Args>(cfg: &mut web::ServiceConfig, all: &[&str], handler: F)
where
    F: actix_web::Handler<Args> + Clone,
    Args: actix_web::FromRequest + 'static,
    F::Output: actix_web::Responder + 'static,
{
    for path in all {
        cfg.service(paths::form(path).route(web::post().to(handler.clone())));
    }
}
