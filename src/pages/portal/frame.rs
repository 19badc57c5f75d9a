//! What all pages of the portal share: who is there, in which language, and what became of the last form.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_models::isp_portal::{details, home};
use lastmile_models::words::{Catalogues, Files, Words};
use lastmile_orm::error::{Error, Result};
use lastmile_orm::value::{Id, Map, Value};
use lastmile_orm::{Database, Env, Tx};
use lastmile_rpc::http::request::{Form, media_type};
use lastmile_rpc::http::session::Visit;
use lastmile_rpc::http::{failure, limits, paths, response, upload};
use lastmile_rpc::{CallError, State, call};
use tera::{Context, Tera};

use crate::sessions::Sessions;
use crate::throttle::Throttle;

/// Forms without files are short.
const MAX_FORM: usize = 64 * 1024;

const WORDS: Files =
    &[("en", include_str!("../../../templates/portal/words/en.txt")), ("es", include_str!("../../../templates/portal/words/es.txt"))];

/// What became of a form: the `msg` of an address, the text's name, whether it went well. Nothing of an address is shown as it stands.
const MESSAGES: &[(&str, &str, bool)] = &[
    ("plan_change_submitted", "=done_plan", true),
    ("plan_change_failed", "=failed_plan", false),
    ("transfer_submitted", "=done_transfer", true),
    ("transfer_failed", "=failed_transfer", false),
    ("fault_submitted", "=done_fault", true),
    ("fault_failed", "=failed_fault", false),
    ("answer_submitted", "=done_answer", true),
    ("answer_failed", "=failed_answer", false),
    ("details_saved", "=done_details", true),
    ("details_failed", "=failed_details", false),
    ("password_changed", "=done_password", true),
    ("password_wrong", "=failed_password", false),
    ("password_differs", "=failed_twice", false),
    ("password_poor", "=failed_poor", false),
    ("sessions_ended", "=done_sessions", true),
    ("second_changed", "=done_second", true),
    ("second_failed", "=failed_second", false),
];

/// What the portal works with.
pub struct Portal {
    pub words: Catalogues,
    pub sessions: Sessions,
    pub throttle: Throttle,
    pub tera: Arc<Tera>,
    pub db: Arc<Database>,
}

impl Portal {
    /// The portal over a database.
    pub fn new(db: Arc<Database>, sessions: Sessions, tera: Arc<Tera>) -> Result<Self> {
        Ok(Portal { words: words()?, sessions, throttle: Throttle::new(Arc::clone(&db)), tera, db })
    }
}

/// The portal's texts.
pub fn words() -> Result<Catalogues> {
    Catalogues::read(WORDS)
}

/// The portal, for handlers.
pub type Desk = web::Data<Portal>;

/// Lets a transaction speak the acting user's language, in his time zone.
pub fn speak(env: &mut Env) -> Result<()> {
    let (mut context, user) = (Map::new(), env.user());
    context.extend(user.lang.clone().map(|lang| ("lang".to_owned(), Value::Str(lang))));
    context.extend(user.tz.clone().map(|tz| ("tz".to_owned(), Value::Str(tz))));
    env.set_context(context)
}

/// What every page says: texts, provider, languages.
fn furnish(env: &mut Env, words: &Words, context: &mut Context) -> Result<()> {
    context.insert("t", words.all());
    context.insert("lang", words.lang());
    context.insert("provider", &home::provider(env)?);
    context.insert("languages", &details::languages(env)?);
    context.insert("speaks", &env.context().lang);
    context.insert("version", crate::pages::assets::version());
    Ok(())
}

/// The text behind the `msg` of an address.
fn message(req: &HttpRequest, words: &Words, context: &mut Context) {
    let query = Form::parse(req.query_string());
    if let Some((_, name, good)) = MESSAGES.iter().find(|(msg, ..)| Some(*msg) == query.get("msg")) {
        context.insert("message", words.get(name));
        context.insert("went_well", good);
    }
}

fn rendered(desk: &Portal, template: &str, context: &Context) -> HttpResponse {
    match desk.tera.render(template, context) {
        Ok(html) => response::html(html),
        Err(error) => {
            tracing::error!(?error, template, "portal page");
            response::error_page(StatusCode::INTERNAL_SERVER_ERROR, "The page could not be shown.")
        }
    }
}

/// Shows a template over what a reader finds; nothing found leads home.
pub async fn show<F>(req: &HttpRequest, state: &State, desk: &Desk, template: &'static str, find: F) -> HttpResponse
where
    F: Fn(&mut Env, &mut Context, &Words) -> Result<bool> + Send + 'static,
{
    let (visit, session) = match Visit::logged_in(req, state).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let own = desk.clone();
    let found = call::blocking(state, move |_| {
        Ok(own.db.run(session.uid, Tx::Read, |env| {
            speak(env)?;
            let words = own.words.of(&env.context().lang);
            let mut context = Context::new();
            furnish(env, &words, &mut context)?;
            Ok(find(env, &mut context, &words)?.then_some((context, words)))
        })?)
    });
    let answer = match found.await {
        Ok(Some((mut context, words))) => {
            context.insert("csrf_token", &visit.csrf(state));
            context.insert("path", req.path());
            message(req, &words, &mut context);
            rendered(desk, template, &context)
        }
        Ok(None) => response::see_other("/my"),
        Err(error) => failure::failure_page(req, error),
    };
    visit.finish(answer)
}

/// As [`show`], for anybody: what is found is read with superuser rights, and the language is the browser's.
pub async fn show_anybody<F>(req: &HttpRequest, state: &State, desk: &Desk, template: &'static str, find: F) -> HttpResponse
where
    F: Fn(&mut Env, &mut Context, &Words) -> Result<bool> + Send + 'static,
{
    let visit = match Visit::of(req, state).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let asked = req.headers().get(actix_web::http::header::ACCEPT_LANGUAGE).and_then(|text| text.to_str().ok()).unwrap_or_default();
    let (own, asked) = (desk.clone(), asked.to_owned());
    let found = call::blocking(state, move |_| {
        Ok(own.db.run(lastmile_orm::env::SUPERUSER, Tx::Read, |env| {
            env.set_context(browsers(env, &asked))?;
            let words = own.words.of(asked.trim());
            let mut context = Context::new();
            furnish(env, &words, &mut context)?;
            context.insert("stranger", &true);
            Ok(find(env, &mut context, &words)?.then_some((context, words)))
        })?)
    });
    let answer = match found.await {
        Ok(Some((mut context, words))) => {
            context.insert("csrf_token", &visit.csrf(state));
            context.insert("path", req.path());
            message(req, &words, &mut context);
            rendered(desk, template, &context)
        }
        Ok(None) => response::error_page(StatusCode::NOT_FOUND, "There is no such page."),
        Err(error) => failure::failure_page(req, error),
    };
    visit.finish(answer)
}

/// The installed language that a browser likes best, of those it names first.
fn browsers(env: &Env, asked: &str) -> Map {
    let first = asked.split([',', ';']).next().unwrap_or_default().trim().replace('-', "_");
    let short = first.split('_').next().unwrap_or_default().to_owned();
    let langs = &env.registry().langs;
    let known =
        langs.iter().find(|lang| **lang == first).or_else(|| langs.iter().find(|lang| lang.split('_').next() == Some(short.as_str())));
    known.map(|lang| ("lang".to_owned(), Value::from(lang.as_str()))).into_iter().collect()
}

/// A form of a visitor who is logged in and whose token is right.
pub async fn posted(
    req: &HttpRequest,
    payload: web::Payload,
    state: &State,
) -> std::result::Result<(Visit, Id, upload::Parts), HttpResponse> {
    let (visit, session) = Visit::logged_in(req, state).await?;
    let form = read(req, payload, state, &visit).await?;
    Ok((visit, session.uid, form))
}

/// A form of anybody whose token is right.
pub async fn read(
    req: &HttpRequest,
    payload: web::Payload,
    state: &State,
    visit: &Visit,
) -> std::result::Result<upload::Parts, HttpResponse> {
    let files = media_type(req) == "multipart/form-data";
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
    Ok(form)
}

/// Does what a form asks for, and leads on. What the product refuses leads to `refused`.
pub async fn act<F>(req: &HttpRequest, state: &State, desk: &Desk, visit: Visit, uid: Id, work: F, refused: String) -> HttpResponse
where
    F: Fn(&mut Env) -> Result<String> + Send + 'static,
{
    let own = desk.clone();
    let share = limits::share(req);
    let done = call::blocking(state, move |_| {
        let _share = share;
        Ok(own.db.run(uid, Tx::Write, |env| {
            speak(env)?;
            work(env)
        })?)
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

/// A trimmed field of a form.
pub fn text(form: &upload::Parts, name: &str) -> String {
    form.get(name).map(str::trim).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_text_that_pages_name_is_there_in_every_language_and_none_is_left_over() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut used = BTreeSet::new();
        for dir in ["templates/portal", "src/pages/portal"] {
            for entry in fs::read_dir(root.join(dir)).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    continue;
                }
                let source = fs::read_to_string(&path).unwrap();
                for mark in ["t.", "\"=", "words.get(\"", "words.with(\""] {
                    let ends = |c: char| !(c == '_' || c.is_ascii_alphanumeric());
                    for rest in source.split(mark).skip(1) {
                        used.extend(rest.split(ends).next().filter(|name| !name.is_empty()).map(str::to_owned));
                    }
                }
            }
        }
        let all = words().unwrap();
        for words in all.all() {
            let names: BTreeSet<_> = words.all().keys().copied().collect();
            assert_eq!(names, all.all()[0].all().keys().copied().collect(), "{}", words.lang());
            let over: Vec<_> = names.iter().filter(|name| !used.contains(**name)).collect();
            assert!(over.is_empty(), "nothing uses {over:?}");
        }
        let missing: Vec<_> =
            MESSAGES.iter().map(|(_, name, _)| &name[1..]).filter(|name| !all.all()[0].all().contains_key(name)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
