//! What hotspots show: the way in, the way out, and the notice of who is suspended. Routers send browsers here with their facts.
//!
//! Public, light, and without scripts where the router takes plain passwords: whoever comes has no Internet yet, and maybe an old phone.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_models::isp_captive_portal::{hotspot_form, session};
use lastmile_models::isp_portal::home;
use lastmile_models::words::{Catalogues, Files, Words};
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::error::{Error, Result};
use lastmile_orm::{Database, Env, Tx};
use lastmile_rpc::http::headers::page_with_form_elsewhere;
use lastmile_rpc::http::paths::{both_ways, page, read_only, reading};
use lastmile_rpc::http::request::{Form, encode_component, peer};
use lastmile_rpc::http::{failure, limits, response};
use lastmile_rpc::{CallError, State, call};
use tera::{Context, Tera};

/// Forms of routers are short.
const MAX_FORM: usize = 16 * 1024;
/// The longest voucher code.
const MAX_CODE: usize = 64;

const WORDS: Files =
    &[("en", include_str!("../../templates/captive/words/en.txt")), ("es", include_str!("../../templates/captive/words/es.txt"))];

/// What a router tells of a client that wants to log in, handed on from page to page.
const FACTS: &[&str] =
    &["link-login", "link-login-only", "link-orig", "chap-id", "chap-challenge", "trial", "mac-esc", "mac", "ip", "username"];

/// The pages that live on routers: they lead here, and work by themselves while this server is away.
const ON_ROUTERS: &[(&str, &str)] = &[
    ("login.html", include_str!("../../templates/captive/routeros/login.html")),
    ("alogin.html", include_str!("../../templates/captive/routeros/alogin.html")),
    ("status.html", include_str!("../../templates/captive/routeros/status.html")),
    ("logout.html", include_str!("../../templates/captive/routeros/logout.html")),
];

/// The pages' templates.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("captive/layout.html", include_str!("../../templates/captive/layout.html")),
    ("captive/login.html", include_str!("../../templates/captive/login.html")),
    ("captive/success.html", include_str!("../../templates/captive/success.html")),
    ("captive/status.html", include_str!("../../templates/captive/status.html")),
    ("captive/notice.html", include_str!("../../templates/captive/notice.html")),
];

/// What hotspots work with.
pub struct Hotspot {
    words: Catalogues,
    tera: Arc<Tera>,
    db: Arc<Database>,
}

impl Hotspot {
    /// The pages over a database.
    pub fn new(db: Arc<Database>, tera: Arc<Tera>) -> Result<Self> {
        Ok(Hotspot { words: Catalogues::read(WORDS)?, tera, db })
    }
}

type Desk = web::Data<Hotspot>;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(both_ways("/captive").route(reading().to(enter)).route(web::post().to(enter)));
    cfg.service(both_ways("/captive/success").route(reading().to(success)).route(web::post().to(success)));
    cfg.service(both_ways("/captive/status").route(reading().to(status)).route(web::post().to(status)));
    cfg.service(read_only("/captive/chap.js").route(reading().to(script)));
    cfg.service(read_only("/captive/api").route(reading().to(api)));
    cfg.service(read_only("/captive/routeros.zip").route(reading().to(on_routers)));
    cfg.service(page("/isp/suspended").route(reading().to(notice)));
}

/// Facts of the router, under their names with dashes or underscores; the form's win.
struct Facts(Form, Form);

impl Facts {
    async fn read(req: &HttpRequest, payload: web::Payload) -> std::result::Result<Self, HttpResponse> {
        let body = limits::read_body(req, payload, MAX_FORM).await?;
        Ok(Facts(Form::parse(&String::from_utf8_lossy(&body)), Form::parse(req.query_string())))
    }

    fn get(&self, name: &str) -> String {
        let other = name.replace('-', "_");
        let find = |form: &Form| [name, other.as_str()].iter().find_map(|n| form.get(n).map(str::to_owned)).filter(|v| !v.is_empty());
        find(&self.0).or_else(|| find(&self.1)).unwrap_or_default()
    }
}

/// An address of the web that a page may lead to; nothing else gets into a link.
fn link(text: String) -> String {
    let web = text.starts_with("http://") || text.starts_with("https://");
    if web && !text.chars().any(char::is_control) { text } else { String::new() }
}

/// Shows a template over what a reader finds, in the browser's language.
async fn show<F>(req: &HttpRequest, state: &State, desk: &Desk, template: &'static str, find: F) -> HttpResponse
where
    F: Fn(&mut Env, &mut Context) -> Result<()> + Send + 'static,
{
    let asked = req.headers().get(ACCEPT_LANGUAGE).and_then(|text| text.to_str().ok()).unwrap_or_default();
    let words: Words = desk.words.of(asked.split([',', ';']).next().unwrap_or_default().trim());
    let own = desk.clone();
    let found = call::blocking(state, move |_| {
        Ok(own.db.run(SUPERUSER, Tx::Read, |env| {
            let mut context = Context::new();
            context.insert("provider", &home::provider(env)?);
            find(env, &mut context)?;
            Ok(context)
        })?)
    });
    let mut context = match found.await {
        Ok(context) => context,
        Err(error) => return failure::failure_page(req, error),
    };
    context.insert("t", words.all());
    context.insert("lang", words.lang());
    context.insert("version", super::assets::version());
    match desk.tera.render(template, &context) {
        Ok(html) => response::with_policy(response::html(html), &page_with_form_elsewhere()),
        Err(error) => {
            tracing::error!(?error, template, "captive page");
            response::error_page(StatusCode::INTERNAL_SERVER_ERROR, "The page could not be shown.")
        }
    }
}

/// The way in: by account, by a code, or for free where the router offers it. A code is name and password at once; it comes
/// back as a form for the router, so that codes need no scripts.
async fn enter(req: HttpRequest, payload: web::Payload, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let facts = match Facts::read(&req, payload).await {
        Ok(facts) => facts,
        Err(answer) => return answer,
    };
    let target = Some(facts.get("link-login-only")).filter(|l| !l.is_empty()).unwrap_or_else(|| facts.get("link-login"));
    let code = Some(facts.get("code").trim().to_owned()).filter(|code| !code.is_empty() && code.len() <= MAX_CODE);
    let handed: Vec<(&str, String)> = FACTS.iter().map(|name| (*name, facts.get(name))).filter(|(_, value)| !value.is_empty()).collect();
    let handed: Vec<(String, String)> = handed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let (dst, error) = (link(facts.get("link-orig")), facts.get("error"));
    let (chap_id, challenge) = (facts.get("chap-id"), facts.get("chap-challenge"));
    let trial = (facts.get("trial") == "yes").then(|| facts.get("mac-esc")).filter(|mac| !mac.is_empty());
    let username = facts.get("username");
    show(&req, &state, &desk, "captive/login.html", move |env, context| {
        // Passwords go to routers of ours only, wherever a link may come from.
        let action = hotspot_form(env, &target)?.unwrap_or_default();
        let free = trial.as_ref().filter(|_| !action.is_empty()).map(|mac| {
            let separator = if action.contains('?') { '&' } else { '?' };
            format!("{action}{separator}dst={}&username=T-{}", encode_component(&dst), encode_component(mac))
        });
        context.insert("action", &action);
        context.insert("trial", &free);
        context.insert("dst", &dst);
        context.insert("error", &error);
        context.insert("chap_id", &chap_id);
        context.insert("chap_challenge", &challenge);
        context.insert("facts", &handed);
        context.insert("known", &code.is_some());
        context.insert("username", code.as_ref().unwrap_or(&username));
        context.insert("password", code.as_deref().unwrap_or_default());
        context.insert("terms", &env.parameter("isp_captive_portal.terms")?.unwrap_or_default());
        Ok(())
    })
    .await
}

async fn success(req: HttpRequest, payload: web::Payload, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let facts = match Facts::read(&req, payload).await {
        Ok(facts) => facts,
        Err(answer) => return answer,
    };
    let dst = link(Some(facts.get("link-redirect")).filter(|l| !l.is_empty()).unwrap_or_else(|| facts.get("dst")));
    show(&req, &state, &desk, "captive/success.html", move |_, context| {
        context.insert("dst", &dst);
        Ok(())
    })
    .await
}

/// What the router says of a session, and the way out.
async fn status(req: HttpRequest, payload: web::Payload, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let facts = match Facts::read(&req, payload).await {
        Ok(facts) => facts,
        Err(answer) => return answer,
    };
    let told: Vec<(String, String)> =
        ["username", "uptime", "session-time-left", "bytes-in-nice", "bytes-out-nice", "remain-bytes-total-nice"]
            .iter()
            .map(|name| (name.replace('-', "_"), facts.get(name)))
            .collect();
    let (logout, login, out) = (facts.get("link-logout"), facts.get("link-login"), facts.get("logged-in") == "no");
    show(&req, &state, &desk, "captive/status.html", move |env, context| {
        for (name, value) in &told {
            context.insert(name.clone(), value);
        }
        context.insert("logout", &hotspot_form(env, &logout)?);
        context.insert("login", &hotspot_form(env, &login)?);
        context.insert("out", &out);
        Ok(())
    })
    .await
}

async fn script() -> HttpResponse {
    let text = include_str!("../../templates/captive/chap.js");
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/javascript; charset=utf-8")).body(text)
}

/// RFC 8908: whether the client, known by its address, is behind a login.
async fn api(req: HttpRequest, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let from = peer(&req, &state);
    let (own, addr, origin) = (desk.clone(), from.addr.map(|addr| addr.to_string()).unwrap_or_default(), from.origin);
    let found = call::blocking(&state, move |_| {
        Ok(own.db.run(SUPERUSER, Tx::Read, |env| {
            let base = env.parameter("web.base.url")?.filter(|url| !url.is_empty()).unwrap_or(origin.clone());
            Ok((base.trim_end_matches('/').to_owned(), session::live_at(env, &addr)?))
        })?)
    });
    match found.await {
        Ok((base, live)) => {
            let told = serde_json::json!({ "captive": !live, "user-portal-url": format!("{base}/captive") });
            HttpResponse::Ok()
                .insert_header((CONTENT_TYPE, "application/captive+json"))
                .insert_header((CACHE_CONTROL, "private"))
                .body(told.to_string())
        }
        Err(error) => failure::failure_page(&req, error),
    }
}

/// The pages for routers' flash, as an archive.
async fn on_routers(req: HttpRequest, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let own = desk.clone();
    let here = match call::blocking(&state, move |_| Ok(own.db.run(SUPERUSER, Tx::Read, |env| env.parameter("web.base.url"))?)).await {
        Ok(configured) => configured.filter(|url| !url.is_empty()).unwrap_or_else(|| peer(&req, &state).origin),
        Err(error) => return failure::failure_page(&req, error),
    };
    match archive(&response::escape(here.trim_end_matches('/'))) {
        Ok(bytes) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "application/zip"))
            .insert_header((CONTENT_DISPOSITION, "attachment; filename=hotspot.zip"))
            .body(bytes),
        Err(error) => failure::failure_page(&req, CallError::Error(error)),
    }
}

fn archive(base: &str) -> Result<Vec<u8>> {
    use std::io::Write as _;
    let failed = |error: &dyn std::fmt::Display| Error::internal(format!("archive: {error}"));
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in ON_ROUTERS {
        zip.start_file(format!("hotspot/{name}"), zip::write::SimpleFileOptions::default()).map_err(|e| failed(&e))?;
        zip.write_all(text.replace("@BASE@", base).as_bytes()).map_err(|e| failed(&e))?;
    }
    Ok(zip.finish().map_err(|e| failed(&e))?.into_inner())
}

/// Why the Internet does not work. Whoever's address is that of a suspended service is told what is open, and nothing else.
async fn notice(req: HttpRequest, state: web::Data<State>, desk: Desk) -> HttpResponse {
    let addr = peer(&req, &state).addr.map(|addr| addr.to_string()).unwrap_or_default();
    show(&req, &state, &desk, "captive/notice.html", move |env, context| {
        context.insert("open", &home::open_at(env, &addr)?);
        Ok(())
    })
    .await
}
