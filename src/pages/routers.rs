//! What routers call: `/isp/mac_onboarding` from DHCP lease scripts, `/isp/mikrotik/checkin` every few minutes.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_models::isp_core::mac_onboarding::{self, Report};
use lastmile_models::isp_mikrotik::check_in::{self, CheckIn};
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::{Database, Tx};
use lastmile_rpc::http::request::Form;
use lastmile_rpc::http::{failure, limits, paths, response};
use lastmile_rpc::{State, call};

/// Forms of lease scripts are short.
const MAX_FORM: usize = 16 * 1024;

/// Registers the routes. Public, without CSRF: a token in the request is the credential.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(paths::both_ways("/isp/mac_onboarding").route(paths::reading().to(onboarding)).route(web::post().to(onboarding)));
    cfg.service(paths::both_ways("/isp/mikrotik/checkin").route(paths::reading().to(checkin)).route(web::post().to(checkin)));
}

/// Query and form parameters; the form's win.
struct Given {
    query: Form,
    form: Form,
    header: Option<String>,
}

impl Given {
    async fn read(req: &HttpRequest, payload: web::Payload) -> Result<Self, HttpResponse> {
        let body = limits::read_body(req, payload, MAX_FORM).await?;
        Ok(Given {
            query: Form::parse(req.query_string()),
            form: Form::parse(&String::from_utf8_lossy(&body)),
            header: req.headers().get("X-ISP-TOKEN").and_then(|v| v.to_str().ok()).map(str::to_owned),
        })
    }

    /// The first of the names that was given.
    fn get(&self, names: &[&str]) -> String {
        let find = |name: &&str| self.form.get(name).or_else(|| self.query.get(name)).map(str::to_owned);
        names.iter().find_map(find).unwrap_or_default()
    }

    fn token(&self) -> String {
        Some(self.get(&["token"])).filter(|t| !t.is_empty()).or_else(|| self.header.clone()).unwrap_or_default()
    }
}

async fn onboarding(req: HttpRequest, payload: web::Payload, state: web::Data<State>, db: web::Data<Database>) -> HttpResponse {
    let given = match Given::read(&req, payload).await {
        Ok(given) => given,
        Err(answer) => return answer,
    };
    let report = Report {
        token: given.token(),
        mac: given.get(&["mac", "leaseActMAC"]),
        ip: given.get(&["ip", "leaseActIP"]),
        bound: given.get(&["bound", "leaseBound"]),
        sector: given.get(&["sector"]),
        hostname: given.get(&["hostname"]),
    };
    let db = db.into_inner();
    let done = call::blocking(&state, move |_| Ok(db.run(SUPERUSER, Tx::Write, |env| mac_onboarding::take(env, &report))?));
    answer(&req, done.await)
}

async fn checkin(req: HttpRequest, payload: web::Payload, state: web::Data<State>, db: web::Data<Database>) -> HttpResponse {
    let given = match Given::read(&req, payload).await {
        Ok(given) => given,
        Err(answer) => return answer,
    };
    let check = CheckIn {
        token: given.token(),
        identity: given.get(&["identity"]),
        serial: given.get(&["serial"]),
        mac: given.get(&["mac"]),
        public_ip: given.get(&["public_ip"]),
    };
    let db = db.into_inner();
    let done = call::blocking(&state, move |_| Ok(db.run(SUPERUSER, Tx::Write, |env| check_in::take(env, &check))?));
    answer(&req, done.await)
}

fn answer(req: &HttpRequest, done: Result<(u16, &'static str), lastmile_rpc::CallError>) -> HttpResponse {
    match done {
        Ok((status, text)) => response::text(StatusCode::from_u16(status).unwrap_or(StatusCode::OK), text),
        Err(error) => failure::failure_page(req, error),
    }
}
