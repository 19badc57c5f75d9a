//! A product that answers what it is told, and a client.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix_web::body::to_bytes;
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::middleware::from_fn;
use actix_web::{App, test};
use lastmile_orm::answer::Answer;
use lastmile_orm::error::{Error, Result};
use lastmile_orm::map;
use lastmile_orm::value::{Id, Map, Value};
use lastmile_rpc::{Backend, Call, CallError, Caller, Limits, Peer, PlainPages, Query, Session, Shared, State};

pub const DB: &str = "isp_nodemo";

/// Answers one outcome to every call, and remembers the calls.
pub struct Fake {
    pub outcome: Result<Value, CallError>,
    pub calls: Mutex<Vec<Call>>,
    sessions: Mutex<Vec<String>>,
    /// Calls of the method `waits` end when this is set.
    pub released: AtomicBool,
}

impl Fake {
    pub fn new(outcome: Result<Value, CallError>) -> Arc<Self> {
        Arc::new(Self { outcome, calls: Mutex::default(), sessions: Mutex::default(), released: AtomicBool::new(false) })
    }

    /// Knows this session.
    pub fn with_session(self: Arc<Self>, token: &str) -> Arc<Self> {
        self.sessions.lock().unwrap().push(token.to_owned());
        self
    }

    pub fn last(&self) -> Call {
        self.calls.lock().unwrap().last().cloned().expect("a call")
    }

    fn check(&self, caller: &Caller) -> Result<(), CallError> {
        match caller {
            Caller::Password { uid: 2, password } if password == "admin" => Ok(()),
            Caller::Password { uid: 2, .. } => Err(Error::AccessDenied("Access Denied".into()).into()),
            Caller::Password { .. } => Err(Error::missing("Record does not exist").into()),
            Caller::Session(token) => match self.session(token)? {
                Some(_) => Ok(()),
                None => Err(Error::SessionExpired.into()),
            },
            Caller::ApiKey(key) if key == "bad" => Err(CallError::BadKey),
            Caller::ApiKey(_) => Ok(()),
        }
    }
}

impl Backend for Fake {
    fn db_name(&self) -> &str {
        DB
    }
    fn alive(&self) -> bool {
        true
    }
    fn languages(&self) -> Result<Value> {
        Ok(Value::List(vec![]))
    }
    fn language(&self, _code: &str) -> Result<Option<Map>> {
        Ok(None)
    }
    fn login(&self, login: &str, password: &str, _from: &Peer) -> Result<Option<Id>> {
        Ok((login == "admin" && password == "admin").then_some(2))
    }
    fn execute(&self, caller: &Caller, _from: &Peer, call: Call, encode: &mut dyn FnMut(Answer) -> Result<()>) -> Result<(), CallError> {
        self.check(caller)?;
        assert_ne!(call.method, "panics", "as asked");
        let waits = call.method == "waits";
        self.calls.lock().unwrap().push(call);
        // A test that fails before it sets that ends, too.
        let end = Instant::now() + Duration::from_secs(20);
        while waits && Instant::now() < end && !self.released.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(encode(Answer::Value(self.outcome.clone()?))?)
    }
    fn query(&self, caller: &Caller, _from: &Peer, query: Query) -> Result<Value, CallError> {
        self.check(caller)?;
        match query {
            Query::Menus => Ok(map! { "root" => map! { "id" => "root" } }.into()),
            _ => self.outcome.clone(),
        }
    }
    fn open_session(&self, login: &str, password: &str, from: &Peer, replaces: Option<&str>) -> Result<Session> {
        self.login(login, password, from)?.ok_or(Error::AccessDenied("Access Denied".into()))?;
        let token = lastmile_rpc::http::session::new_token();
        let mut sessions = self.sessions.lock().unwrap();
        sessions.retain(|known| Some(known.as_str()) != replaces);
        sessions.push(token.clone());
        Ok(Session { token, uid: 2, internal: true, waiting: false })
    }
    fn session(&self, token: &str) -> Result<Option<Session>> {
        let known = self.sessions.lock().unwrap().iter().any(|t| t == token);
        Ok(known.then(|| Session { token: token.to_owned(), uid: 2, internal: true, waiting: false }))
    }
    fn close_session(&self, token: &str) -> Result<()> {
        self.sessions.lock().unwrap().retain(|t| t != token);
        Ok(())
    }
}

/// A request.
#[derive(Clone)]
pub struct Ask {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Ask {
    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.into(), path: path.into(), headers: vec![], body: vec![] }
    }
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
    pub fn body(mut self, kind: &str, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        self.header("Content-Type", kind)
    }
    pub fn json(path: &str, body: &str) -> Self {
        Self::new("POST", path).body("application/json", body)
    }
    pub fn xml(path: &str, body: &str) -> Self {
        Self::new("POST", path).body("text/xml", body)
    }
}

/// An answer.
pub struct Got {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Got {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|v| v.to_str().unwrap())
    }
    pub fn kind(&self) -> &str {
        self.header("content-type").unwrap_or_default().split(';').next().unwrap()
    }
    /// The session's cookie, without its attributes.
    pub fn cookie(&self) -> Option<String> {
        let mut lines = self.headers.get_all("set-cookie").map(|v| v.to_str().unwrap());
        lines.find_map(|l| l.strip_prefix("session_id=")?.split(';').next().map(str::to_owned))
    }
}

pub async fn send(backend: Arc<Fake>, ask: Ask) -> Got {
    send_within(backend, ask, Limits::default()).await
}

pub async fn send_within(backend: Arc<Fake>, ask: Ask, limits: Limits) -> Got {
    send_to(state(backend, limits), ask).await
}

/// What requests to one server share.
pub fn state(backend: Arc<Fake>, limits: Limits) -> State {
    State::new(Shared {
        backend,
        pages: Arc::new(PlainPages),
        limits,
        budget: lastmile_rpc::http::limits::Budget::default(),
        secret: b"test".to_vec(),
        base_url: None,
        proxies: lastmile_rpc::Proxies::None,
    })
}

pub async fn send_to(state: State, ask: Ask) -> Got {
    let app = test::init_service(
        App::new().wrap(from_fn(lastmile_rpc::http::request::stamp)).configure(|cfg| lastmile_rpc::configure(cfg, &state)),
    )
    .await;
    let mut req = test::TestRequest::default().method(Method::from_bytes(ask.method.as_bytes()).unwrap()).uri(&ask.path);
    for (name, value) in &ask.headers {
        req = req.insert_header((name.as_str(), value.as_str()));
    }
    if !ask.body.is_empty() {
        req = req.insert_header(("content-length", ask.body.len().to_string()));
    }
    let response = test::call_service(&app, req.set_payload(ask.body).to_request()).await;
    Got {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: to_bytes(response.into_body()).await.unwrap().to_vec(),
    }
}
