//! What hotspots show before anybody is logged in. Routers send browsers here with their facts in the query.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_models::isp_captive_portal::hotspot_form;
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::{Database, Tx};
use lastmile_rpc::http::headers::page_with_form_elsewhere;
use lastmile_rpc::http::paths::{both_ways, read_only, reading};
use lastmile_rpc::http::request::Form;
use lastmile_rpc::http::{limits, response};
use lastmile_rpc::{State, call};
use tera::{Context, Tera};

/// Forms of routers are short.
const MAX_FORM: usize = 16 * 1024;

/// Registers the routes. Public: whoever comes has no Internet yet.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(both_ways("/captive").route(reading().to(enter)).route(web::post().to(enter)));
    cfg.service(both_ways("/captive/success").route(reading().to(success)).route(web::post().to(success)));
    cfg.service(read_only("/captive/chap.js").route(reading().to(script)));
}

/// Facts of the router, under their names with dashes or underscores; the form's win.
struct Facts(Form, Form);

impl Facts {
    fn get(&self, name: &str) -> String {
        let other = name.replace('-', "_");
        let find = |form: &Form| [name, other.as_str()].iter().find_map(|n| form.get(n).map(str::to_owned)).filter(|v| !v.is_empty());
        find(&self.0).or_else(|| find(&self.1)).unwrap_or_default()
    }
}

async fn enter(
    req: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
    db: web::Data<Database>,
    tera: web::Data<Tera>,
) -> HttpResponse {
    let body = match limits::read_body(&req, payload, MAX_FORM).await {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let facts = Facts(Form::parse(&String::from_utf8_lossy(&body)), Form::parse(req.query_string()));
    let target = Some(facts.get("link-login-only")).filter(|l| !l.is_empty()).unwrap_or_else(|| facts.get("link-login"));
    let (db, asked) = (db.into_inner(), target);
    // Passwords go to routers of ours only, wherever a link may come from.
    let known = call::blocking(&state, move |_| Ok(db.run(SUPERUSER, Tx::Read, |env| hotspot_form(env, &asked))?)).await;
    let mut context = Context::new();
    context.insert("action", &known.ok().flatten().unwrap_or_default());
    context.insert("dst", &facts.get("link-orig"));
    for name in ["error", "chap-id", "chap-challenge"] {
        context.insert(name.replace('-', "_"), &facts.get(name));
    }
    response::with_policy(page(&tera, "captive/login.html", &context), &page_with_form_elsewhere())
}

async fn success(tera: web::Data<Tera>) -> HttpResponse {
    page(&tera, "captive/success.html", &Context::new())
}

async fn script() -> HttpResponse {
    let text = include_str!("../../templates/captive/chap.js");
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/javascript; charset=utf-8")).body(text)
}

fn page(tera: &Tera, name: &str, context: &Context) -> HttpResponse {
    match tera.render(name, context) {
        Ok(html) => response::html(html),
        Err(error) => {
            tracing::error!(%error, "captive page");
            response::error_page(StatusCode::INTERNAL_SERVER_ERROR, "The page could not be shown.")
        }
    }
}
