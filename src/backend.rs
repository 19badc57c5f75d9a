//! The wire's port onto the product: who may call, in which transaction, with which answer.

use std::sync::Arc;
use std::time::Instant;

use lastmile_models::auth::totp;
use lastmile_models::base::apikeys::WRONG_PASSWORD;
use lastmile_models::base::credentials::{Accept, Credentials, LOGIN, SECRET, denied};
use lastmile_models::web;
use lastmile_orm::call::{Refusal, Request};
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::error::{Error, Result};
use lastmile_orm::value::{Id, Map, Value};
use lastmile_orm::{Answer, Database, Env, Tx};
use lastmile_rpc::{Backend, Call, CallError, Caller, Content, Peer, Printed, Query, Session, Style, Wanted};

use crate::admission::Admission;
use crate::sessions::Sessions;
use crate::throttle::Throttle;

/// The product behind the wire.
pub struct Product {
    db: Arc<Database>,
    credentials: Arc<Credentials>,
    sessions: Sessions,
    throttle: Throttle,
    admission: Admission,
}

/// A checked caller.
struct Who {
    uid: Id,
    /// The session's token and data, for calls that came through one.
    session: Option<(String, lastmile_orm::env::WebSession)>,
}

impl Product {
    /// The product over a database.
    /// Its calls share so many connections.
    pub fn new(db: Arc<Database>, credentials: Arc<Credentials>, sessions: Sessions, connections: usize) -> Self {
        Product { throttle: Throttle::new(Arc::clone(&db)), admission: Admission::new(connections), db, credentials, sessions }
    }

    fn check(&self, caller: &Caller, from: &Peer) -> Result<Who, CallError> {
        match caller {
            Caller::Password { uid, password } => {
                let name = format!("uid:{uid}");
                self.throttle.check(from, &name, false)?;
                if password.len() > SECRET {
                    self.throttle.failed(from, &name)?;
                    return Err(denied().into());
                }
                match self.credentials.check(&self.db, *uid, password, Accept::PasswordOrKey) {
                    Ok(()) => self.throttle.passed(from, &name)?,
                    Err(error) => {
                        if matches!(error, Error::AccessDenied(_)) {
                            self.throttle.failed(from, &name)?;
                        }
                        return Err(error.into());
                    }
                }
                Ok(Who { uid: *uid, session: None })
            }
            Caller::Session(token) => {
                let live = self.sessions.find(token)?.ok_or(Error::SessionExpired)?;
                Ok(Who { uid: live.uid, session: Some((token.clone(), live.data)) })
            }
            Caller::ApiKey(key) => {
                let uid = self.credentials.bearer(&self.db, key)?.ok_or(CallError::BadKey)?;
                Ok(Who { uid, session: None })
            }
        }
    }

    /// The user of a login and secret. Who fails too often waits.
    fn authenticate(&self, login: &str, password: &str, from: &Peer, accept: Accept) -> Result<Option<Id>> {
        // A place first: whoever has none costs no connection.
        let _place = self.admission.login(from.addr)?;
        self.throttle.check(from, login, true)?;
        let short = login.len() <= LOGIN && password.len() <= SECRET;
        let found = if short { self.credentials.authenticate(&self.db, login, password, accept)? } else { None };
        match found {
            Some(_) => self.throttle.passed(from, login)?,
            None => self.throttle.failed(from, login)?,
        }
        Ok(found)
    }

    /// The password that a call brings is checked before the call has a connection.
    ///
    /// # Errors
    /// AccessDenied for wrong passwords of one's own, which count as failed logins.
    fn secrets(&self, who: &Who, from: &Peer, request: &Request) -> Result<()> {
        let text = |at: usize, name: &str| request.args.get(at).or_else(|| request.kwargs.get(name)).and_then(Value::as_str);
        let own = match (request.model.as_str(), request.method.as_str()) {
            ("res.users", "change_password") => text(0, "old_passwd"),
            ("res.users.identitycheck", "run_check") => {
                let context = request.kwargs.get("context").and_then(Value::as_map);
                context.and_then(|context| context.get("password")).and_then(Value::as_str)
            }
            _ => return Ok(()),
        };
        let (own, name) = (own.unwrap_or_default(), format!("uid:{}", who.uid));
        let _place = self.admission.login(from.addr)?;
        self.throttle.check(from, &name, true)?;
        if own.is_empty() || own.len() > SECRET || !self.credentials.is_password_of(&self.db, who.uid, own)? {
            self.throttle.failed(from, &name)?;
            // The wizard says so itself, without another check.
            return if request.method == "change_password" { Err(denied()) } else { Err(Error::user(WRONG_PASSWORD)) };
        }
        self.throttle.passed(from, &name)
    }

    fn session_info(&self, uid: Id) -> Result<Value> {
        self.db.run(uid, Tx::Read, lastmile_models::base::session::session_info).map(Value::Map)
    }

    fn model_call(&self, uid: Id, model: &str, method: &str, args: Vec<Value>, kwargs: Map) -> Result<Value, CallError> {
        let request = Request { model: model.into(), method: method.into(), args, kwargs, ids: None, by_name: false };
        let prepared = self.db.prepare(request).map_err(Error::from)?;
        let (answer, _) = self.db.call(uid, &prepared, |_| {})?;
        Ok(answer.into_value()?)
    }
}

impl Backend for Product {
    fn db_name(&self) -> &str {
        self.db.name()
    }

    fn alive(&self) -> bool {
        self.db.answers()
    }

    fn languages(&self) -> Result<Value> {
        self.db.run(SUPERUSER, Tx::Read, |env| {
            let rows =
                env.query_alone(lastmile_orm::sql::Sql::lit("SELECT code::text, name::text FROM res_lang WHERE active ORDER BY name"))?;
            let pairs = rows.iter().filter_map(|r| Some(Value::List(vec![Value::Str(r.text(0)?), Value::Str(r.text(1)?)])));
            Ok(Value::List(pairs.collect()))
        })
    }

    fn language(&self, code: &str) -> Result<Option<Map>> {
        use lastmile_orm::sql::sql;
        const COLUMNS: [&str; 9] =
            ["name", "code", "direction", "date_format", "time_format", "grouping", "decimal_point", "thousands_sep", "week_start"];
        let sql = sql!(
            r#"SELECT name::text, code::text, direction::text, date_format::text, time_format::text, "grouping"::text,
             decimal_point::text, COALESCE(thousands_sep, '')::text, week_start::text
             FROM res_lang WHERE active AND code = {code}"#
        );
        self.db.run(SUPERUSER, Tx::Read, |env| {
            let rows = env.query_alone(sql.clone())?;
            let map = |row: &lastmile_orm::sql::row::Row| {
                let text = |n: usize| Value::Str(row.text(n).unwrap_or_default());
                let mut map: Map = COLUMNS.iter().enumerate().map(|(n, name)| ((*name).to_owned(), text(n))).collect();
                // A number, unlike the others.
                map.insert("week_start".into(), Value::Int(row.text(8).and_then(|day| day.parse().ok()).unwrap_or(7)));
                map
            };
            Ok(rows.first().map(map))
        })
    }

    fn login(&self, login: &str, password: &str, from: &Peer) -> Result<Option<Id>> {
        self.authenticate(login, password, from, Accept::PasswordOrKey)
    }

    fn execute(&self, caller: &Caller, from: &Peer, call: Call, encode: &mut dyn FnMut(Answer) -> Result<()>) -> Result<(), CallError> {
        let who = self.check(caller, from)?;
        let named = matches!(call.style, Style::Named { .. });
        let ids = match call.style {
            Style::Named { ids } => Some(Value::List(ids)),
            Style::Positional => None,
        };
        let request = Request { model: call.model, method: call.method, args: call.args, kwargs: call.kwargs, ids, by_name: named };
        let place = self.admission.call(who.uid)?;
        self.secrets(&who, from, &request)?;
        let prepared = self.db.prepare(request).map_err(|refusal| match refusal {
            Refusal::NoModel(model) => CallError::NoModel(model),
            Refusal::NoMethod { model, method } => CallError::NoMethod { model, method },
            Refusal::Arguments(error) if named => CallError::BadArguments(error.to_string()),
            Refusal::Arguments(error) | Refusal::Error(error) => CallError::Error(error),
        })?;
        let _place = if prepared.method.tx == Tx::Detached {
            drop(place);
            self.admission.outside(who.uid)?
        } else {
            place
        };
        let data = who.session.as_ref().map(|(_, data)| data.clone());
        let begun = Instant::now();
        let outcome = self.db.call(who.uid, &prepared, |env| env.session = data.clone());
        let (model, method, failed) = (prepared.call.model.as_str(), prepared.method.name, outcome.is_err());
        let ms = begun.elapsed().as_secs_f64() * 1e3;
        tracing::debug!(target: "lastmile::calls", request = from.request_id, uid = who.uid, model, method, failed, ms);
        let (answer, after) = outcome?;
        if let (Some((token, before)), Some(mut after)) = (&who.session, after) {
            if let Some(credentials) = after.credentials.take() {
                // One's own new password ends the other sessions, not this one.
                self.sessions.reseal(token, who.uid, &credentials)?;
            }
            if *before != after {
                self.sessions.keep(token, &after)?;
            }
        }
        encode(answer)?;
        Ok(())
    }

    fn query(&self, caller: &Caller, from: &Peer, query: Query) -> Result<Value, CallError> {
        let who = self.check(caller, from)?;
        let _place = self.admission.call(who.uid)?;
        match query {
            Query::SessionInfo => Ok(self.session_info(who.uid)?),
            Query::Menus => self.model_call(who.uid, "ir.ui.menu", "load_web_menus", vec![Value::Bool(false)], Map::new()),
            Query::Action { action, context } => {
                let found = self.db.run(who.uid, Tx::Read, |env| {
                    env.set_context(client_context(env, &context))?;
                    web::actions::load(env, &action)
                })?;
                found.ok_or_else(|| CallError::MissingAction(action.py_str()))
            }
            Query::Breadcrumbs(actions) => {
                if let Some(text) = web::breadcrumbs::senseless(&actions) {
                    return Err(CallError::BadRequest(text.into()));
                }
                Ok(self.db.run(who.uid, Tx::Read, |env| {
                    env.set_context(client_context(env, &Map::new()))?;
                    web::breadcrumbs::load(env, &actions)
                })?)
            }
            Query::Definitions { models } => Ok(self.db.run(who.uid, Tx::Read, |env| {
                env.set_context(client_context(env, &Map::new()))?;
                web::definitions::of(env, &models)
            })?),
            Query::Export { model, fields, ids, domain, context } => {
                Ok(crate::files::export(&self.db, who.uid, &model, &fields, ids.as_ref(), &domain, &context)?)
            }
            Query::ExportFields(params) => Ok(crate::files::fields(&self.db, who.uid, &params)?),
            Query::ExportNames { model, export } => Ok(crate::files::saved_fields(&self.db, who.uid, &model, &export)?),
            Query::ValidateDomain { model, domain } => self.validate_domain(who.uid, &model, &domain),
            Query::Modules => Ok(self.db.run(SUPERUSER, Tx::Read, |env| {
                let installed = env.search_all("ir.module.module", &lastmile_orm::Domain::eq("state", "installed"))?;
                Ok(Value::List(env.values("ir.module.module", "name", &installed)?))
            })?),
            Query::DocIndex => Ok(self.db.run(who.uid, Tx::Read, |env| {
                env.set_context(client_context(env, &Map::new()))?;
                web::doc::index(env)
            })?),
            Query::Doc { model } => {
                let found = self.db.run(who.uid, Tx::Read, |env| {
                    env.set_context(client_context(env, &Map::new()))?;
                    web::doc::model(env, &model)
                })?;
                found.ok_or(CallError::NoModel(model))
            }
        }
    }

    fn content(&self, caller: Option<&Caller>, from: &Peer, wanted: &Wanted) -> Result<Option<Content>, CallError> {
        let uid = match caller.map(|caller| self.check(caller, from)).transpose() {
            Ok(who) => who.map(|who| who.uid),
            // The session ended meanwhile: a visitor like any other.
            Err(CallError::Error(Error::SessionExpired)) => None,
            Err(error) => return Err(error),
        };
        Ok(crate::files::content(&self.db, uid, wanted)?)
    }

    fn report(&self, caller: &Caller, from: &Peer, wanted: &Printed) -> Result<Content, CallError> {
        let who = self.check(caller, from)?;
        crate::documents::report(&self.db, who.uid, wanted)
    }

    fn open_session(&self, login: &str, password: &str, from: &Peer, replaces: Option<&str>) -> Result<Session> {
        let uid = self.authenticate(login, password, from, Accept::Password)?.ok_or_else(|| Error::AccessDenied("Access Denied".into()))?;
        let token = lastmile_rpc::http::session::new_token();
        if self.db.run(uid, Tx::Read, totp::enabled)? {
            self.sessions.wait(uid, &token, replaces)?;
            return Ok(Session { token, uid, internal: false, waiting: true });
        }
        let live = self.sessions.open(uid, &token, replaces)?;
        Ok(Session { token, uid, internal: live.internal, waiting: false })
    }

    fn second_factor(&self, token: &str, code: &str, from: &Peer) -> Result<Session> {
        let uid = self.sessions.waiting(token)?.ok_or(Error::SessionExpired)?;
        let name = format!("totp:{uid}");
        // Wherever the guesses come from: there are only a million codes.
        let anywhere = Peer::default();
        let _place = self.admission.login(from.addr)?;
        self.throttle.check(&anywhere, &name, true)?;
        if !self.db.run(uid, Tx::Write, |env| totp::take(env, uid, code))? {
            self.throttle.failed(&anywhere, &name)?;
            return Err(Error::AccessDenied("This code is wrong or was used before. Please wait for the next one.".into()));
        }
        self.throttle.passed(&anywhere, &name)?;
        let new = lastmile_rpc::http::session::new_token();
        let live = self.sessions.open(uid, &new, Some(token))?;
        Ok(Session { token: new, uid, internal: live.internal, waiting: false })
    }

    fn session(&self, token: &str) -> Result<Option<Session>> {
        Ok(self.sessions.find(token)?.map(|live| Session {
            token: token.to_owned(),
            uid: live.uid,
            internal: live.internal,
            waiting: false,
        }))
    }

    fn renewed_session(&self, token: &str) -> Result<Option<Session>> {
        let Some(live) = self.sessions.find(token)? else { return Ok(None) };
        let mut token = token.to_owned();
        if live.stale {
            let new = lastmile_rpc::http::session::new_token();
            self.sessions.rotate(&token, &new, live.uid)?;
            token = new;
        }
        Ok(Some(Session { token, uid: live.uid, internal: live.internal, waiting: false }))
    }

    fn close_session(&self, token: &str) -> Result<()> {
        self.sessions.close(token)
    }
}

impl Product {
    fn validate_domain(&self, uid: Id, model: &str, domain: &Value) -> Result<Value, CallError> {
        if !self.db.registry().models.contains_key(model) {
            return Err(Error::validation(format!("Invalid model name “{model}”")).into());
        }
        let valid = self.db.run(uid, Tx::Read, |env| {
            let parsed = match lastmile_orm::Domain::parse(domain) {
                Ok(parsed) => parsed,
                Err(_) => return Ok(false),
            };
            Ok(env.sudo(|env| env.search_count(model, &parsed, Some(1))).is_ok())
        })?;
        Ok(Value::Bool(valid))
    }
}

/// A client's context over what follows from the user: language and time zone.
fn client_context(env: &Env, context: &Map) -> Map {
    let (mut all, user) = (Map::new(), env.user());
    all.extend(user.lang.clone().map(|lang| ("lang".to_owned(), Value::Str(lang))));
    all.extend(user.tz.clone().map(|tz| ("tz".to_owned(), Value::Str(tz))));
    all.extend(context.clone());
    all
}
