//! Invoices, their documents, the statement of account, and reported transfers.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_models::account::documents::{self, Papers, Period, Report, links};
use lastmile_models::isp_portal::money::{self as own, PER_PAGE, Which};
use lastmile_orm::convert::to_date;
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::error::Result;
use lastmile_orm::value::{Id, Value};
use lastmile_orm::{Env, Tx};
use lastmile_rpc::backend::Form as Shape;
use lastmile_rpc::http::request::Form;
use lastmile_rpc::http::session::Visit;
use lastmile_rpc::http::{failure, response};
use lastmile_rpc::reports::sheet;
use lastmile_rpc::{Content, State, call};

use super::frame::{Desk, act, posted, show, show_anybody, speak, text};
use super::{form, page};

const INVOICE: Report = Report::Invoice { payments: true };

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    page(cfg, &["/my/invoices", "/my/isp/invoices"], invoices);
    page(cfg, &["/my/invoices/page/{page}", "/my/isp/invoices/page/{page}"], invoices_page);
    page(cfg, &["/my/invoices/{id}", "/my/isp/invoices/{id}"], invoice);
    page(cfg, &["/my/isp/statement"], statement);
    page(cfg, &["/my/isp/payment/transfer", "/my/isp/payments/transfer"], transfer);
    form(cfg, &["/my/isp/payment/transfer/submit", "/my/isp/payments/transfer/submit"], report_transfer);
}

async fn invoices(req: HttpRequest, state: web::Data<State>, desk: Desk) -> HttpResponse {
    list(req, state, desk, 1).await
}

async fn invoices_page(req: HttpRequest, state: web::Data<State>, desk: Desk, number: web::Path<i64>) -> HttpResponse {
    list(req, state, desk, number.into_inner().max(1)).await
}

async fn list(req: HttpRequest, state: web::Data<State>, desk: Desk, page: i64) -> HttpResponse {
    let query = Form::parse(req.query_string());
    let (which, filter) = match query.get("filterby") {
        Some("open") => (Which::Open, "open"),
        Some("paid") => (Which::Paid, "paid"),
        _ => (Which::All, "all"),
    };
    show(&req, &state, &desk, "portal/invoices.html", move |env, context, _| {
        let (bills, total) = own::page(env, which, page)?;
        context.insert("here", "invoices");
        context.insert("bills", &bills);
        context.insert("balance", &own::balance(env)?);
        context.insert("filterby", filter);
        context.insert("page", &page);
        context.insert("pages", &((total + PER_PAGE - 1) / PER_PAGE).max(1));
        Ok(true)
    })
    .await
}

/// The form of a document that an address asks for: `report_type`, as the reference's addresses have it.
fn asked(query: &Form) -> Option<(Shape, bool)> {
    let download = query.get("download").is_some_and(|text| text == "true" || text == "1");
    match query.get("report_type") {
        Some("pdf") => Some((Shape::Pdf, download)),
        Some("html" | "text") => Some((Shape::Html, false)),
        _ => None,
    }
}

/// A document of an owner, in his language.
fn papers(env: &mut Env, report: Report, id: Id, period: Period) -> Result<Papers> {
    documents::of_owner(env, report, &[id], period)
}

/// One invoice, for its payer or for whoever has its token; as a page, or as a document.
async fn invoice(req: HttpRequest, state: web::Data<State>, desk: Desk, id: web::Path<Id>) -> HttpResponse {
    let id = id.into_inner();
    let query = Form::parse(req.query_string());
    let Some(token) = query.get("access_token").map(str::to_owned) else { return own_invoice(req, state, desk, id).await };
    // A wrong token tells nothing: neither whether there is such an invoice, nor whose.
    let opened = {
        let own = desk.clone();
        call::blocking(&state, move |_| {
            Ok(own.db.run(SUPERUSER, Tx::Read, |env| Ok(links::opens(env, id, &token)? && own::shown(env, id)?))?)
        })
        .await
    };
    match opened {
        Ok(true) => {}
        Ok(false) => return own_invoice(req, state, desk, id).await,
        Err(error) => return failure::failure_page(&req, error),
    }
    if let Some((shape, download)) = asked(&query) {
        return document(&req, &state, &desk, SUPERUSER, INVOICE, id, Period::default(), shape, download).await;
    }
    let token = query.get("access_token").unwrap_or_default().to_owned();
    show_anybody(&req, &state, &desk, "portal/invoice.html", move |env, context, _| {
        let papers = papers_read(env, INVOICE, id, Period::default())?;
        context.insert("data", &papers.data);
        context.insert("id", &id);
        context.insert("token", &token);
        Ok(true)
    })
    .await
}

async fn own_invoice(req: HttpRequest, state: web::Data<State>, desk: Desk, id: Id) -> HttpResponse {
    let query = Form::parse(req.query_string());
    let (visit, session) = match Visit::logged_in(&req, &state).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let Some((shape, download)) = asked(&query) else {
        return show(&req, &state, &desk, "portal/invoice.html", move |env, context, _| {
            let Some(bill) = own::own(env, id)? else { return Ok(false) };
            context.insert("here", "invoices");
            context.insert("data", &papers_read(env, INVOICE, id, Period::default())?.data);
            context.insert("id", &id);
            context.insert("bill", &bill);
            Ok(true)
        })
        .await;
    };
    let owner = desk.clone();
    let known = call::blocking(&state, move |_| Ok(owner.db.run(session.uid, Tx::Read, |env| Ok(own::own(env, id)?.is_some()))?)).await;
    match known {
        Ok(true) => visit.finish(document(&req, &state, &desk, session.uid, INVOICE, id, Period::default(), shape, download).await),
        Ok(false) => visit.finish(response::see_other("/my")),
        Err(error) => visit.finish(failure::failure_page(&req, error)),
    }
}

/// Papers for a page: the address of the page itself is no news there, and a reader makes no tokens.
fn papers_read(env: &mut Env, report: Report, id: Id, period: Period) -> Result<Papers> {
    documents::without_codes(env, report, &[id], period)
}

#[expect(clippy::too_many_arguments, reason = "a document is asked for in many ways")]
async fn document(
    req: &HttpRequest,
    state: &State,
    desk: &Desk,
    uid: Id,
    report: Report,
    id: Id,
    period: Period,
    shape: Shape,
    download: bool,
) -> HttpResponse {
    let own = desk.clone();
    let made: std::result::Result<Content, _> = call::blocking(state, move |_| {
        let papers = own.db.run(uid, Tx::Write, |env| {
            speak(env)?;
            papers(env, report, id, period)
        })?;
        Ok(crate::documents::made(&own.db, &papers, shape)?)
    })
    .await;
    match made {
        Ok(content) => sheet(content, download),
        Err(error) => failure::failure_page(req, error),
    }
}

/// The acting user's statement of account, of a year or of the days that are asked for.
async fn statement(req: HttpRequest, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let query = Form::parse(req.query_string());
    let day = |name: &str| query.get(name).filter(|text| !text.is_empty()).map(|text| to_date(&Value::from(text))).transpose();
    let (Ok(from), Ok(to)) = (day("date_from"), day("date_to")) else {
        return response::error_page(StatusCode::BAD_REQUEST, "A day is written as 2026-03-31.");
    };
    let period = Period { from: from.flatten(), to: to.flatten() };
    if period.from.zip(period.to).is_some_and(|(from, to)| from > to) {
        return response::error_page(StatusCode::BAD_REQUEST, "A statement ends after it begins.");
    }
    let Some((shape, download)) = asked(&query) else {
        return show(&req, &state, &desk, "portal/statement.html", move |env, context, _| {
            let partner = env.user().partner_id;
            context.insert("here", "invoices");
            context.insert("data", &papers_read(env, Report::Statement, partner, period)?.data);
            context.insert("from", &period.from.map(|day| day.to_string()).unwrap_or_default());
            context.insert("to", &period.to.map(|day| day.to_string()).unwrap_or_default());
            Ok(true)
        })
        .await;
    };
    let (visit, session) = match Visit::logged_in(&req, &state).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let owner = desk.clone();
    let partner = call::blocking(&state, move |_| Ok(owner.db.run(session.uid, Tx::Read, |env| Ok(env.user().partner_id))?)).await;
    visit.finish(match partner {
        Ok(partner) => document(&req, &state, &desk, session.uid, Report::Statement, partner, period, shape, download).await,
        Err(error) => failure::failure_page(&req, error),
    })
}

async fn transfer(req: HttpRequest, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let query = Form::parse(req.query_string());
    let chosen: Vec<Id> = query.pairs().filter(|(name, _)| *name == "invoice").filter_map(|(_, id)| id.parse().ok()).collect();
    show(&req, &state, &desk, "portal/transfer.html", move |env, context, _| {
        let bills = own::open(env)?;
        let sum: rust_decimal::Decimal = bills
            .iter()
            .filter(|bill| chosen.contains(&bill.id))
            .filter_map(|bill| bill.amount.parse::<rust_decimal::Decimal>().ok())
            .sum();
        context.insert("here", "transfer");
        context.insert("bills", &bills);
        context.insert("chosen", &chosen);
        context.insert("amount", &if sum.is_zero() { String::new() } else { format!("{sum:.2}") });
        context.insert("today", &env.today().to_string());
        context.insert("transfers", &own::transfers(env)?);
        Ok(true)
    })
    .await
}

async fn report_transfer(req: HttpRequest, payload: web::Payload, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let (visit, uid, form) = match posted(&req, payload, &state).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let report = own::Report {
        bank: text(&form, "bank_name"),
        reference: text(&form, "reference"),
        amount: text(&form, "amount").replace(',', ".").parse().unwrap_or_default(),
        date: text(&form, "date"),
        invoices: form.all("invoice_ids").filter_map(|id| id.trim().parse().ok()).collect(),
        files: form.files("attachment"),
    };
    let work = move |env: &mut Env| own::report_transfer(env, &report).map(|()| "/my/isp?msg=transfer_submitted".to_owned());
    act(&req, &state, &desk, visit, uid, work, "/my/isp/payment/transfer?msg=transfer_failed".into()).await
}
