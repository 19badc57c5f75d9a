//! Calls over `/jsonrpc`, and over a web session where a test needs one.

use std::net::SocketAddr;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::http::{self, Response};
use super::server::TestServer;

/// A user of a server.
#[derive(Clone)]
pub struct Rpc {
    address: SocketAddr,
    db: String,
    pub uid: i64,
    password: String,
}

/// An error as clients branch on it.
#[derive(Debug, Clone)]
pub struct RpcError {
    /// Class of the exception, with its module.
    pub name: String,
    pub message: String,
}

impl std::fmt::Display for RpcError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.name, self.message)
    }
}

impl Rpc {
    /// Logs in; a wrong password panics.
    pub fn login(server: &TestServer, login: &str, password: &str) -> Rpc {
        let mut rpc = Rpc { address: server.address(), db: server.db_name().to_owned(), uid: 0, password: password.to_owned() };
        let uid = rpc.service("common", "login", json!([rpc.db, login, password])).unwrap();
        rpc.uid = uid.as_i64().unwrap_or_else(|| panic!("login of {login}: {uid}"));
        rpc
    }

    /// Calls a method; an error panics.
    pub fn call<T: DeserializeOwned>(&self, model: &str, method: &str, args: Value) -> T {
        self.call_kw(model, method, args, json!({}))
    }

    /// Calls a method with keywords; an error panics.
    pub fn call_kw<T: DeserializeOwned>(&self, model: &str, method: &str, args: Value, kwargs: Value) -> T {
        let answer = self.try_call(model, method, args, kwargs).unwrap_or_else(|error| panic!("{model}.{method}: {error}"));
        serde_json::from_value(answer.clone()).unwrap_or_else(|error| panic!("{model}.{method} answered {answer}: {error}"))
    }

    /// Calls a method.
    pub fn try_call(&self, model: &str, method: &str, args: Value, kwargs: Value) -> Result<Value, RpcError> {
        self.service("object", "execute_kw", json!([self.db, self.uid, self.password, model, method, args, kwargs]))
    }

    /// Calls a method of a server that may be gone before it answers.
    pub fn try_call_lost(&self, model: &str, method: &str, args: Value) {
        let args = json!([self.db, self.uid, self.password, model, method, args, {}]);
        let params = json!({"service": "object", "method": "execute_kw", "args": args});
        let body = json!({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}).to_string();
        drop(http::request(self.address, "POST", "/jsonrpc", &[("Content-Type", "application/json")], body.as_bytes()));
    }

    /// The record of an external id.
    pub fn reference(&self, xmlid: &str) -> i64 {
        let (module, name) = xmlid.split_once('.').unwrap();
        let domain = json!([[["module", "=", module], ["name", "=", name]], ["res_id"]]);
        let rows: Vec<Value> = self.call("ir.model.data", "search_read", domain);
        rows.first().and_then(|row| row["res_id"].as_i64()).unwrap_or_else(|| panic!("no record {xmlid}"))
    }

    fn service(&self, service: &str, method: &str, args: Value) -> Result<Value, RpcError> {
        let params = json!({"service": service, "method": method, "args": args});
        let body = json!({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}).to_string();
        let answer = http::request(self.address, "POST", "/jsonrpc", &[("Content-Type", "application/json")], body.as_bytes()).unwrap();
        outcome(&answer)
    }
}

fn outcome(answer: &Response) -> Result<Value, RpcError> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut document = answer.json();
    let error = document["error"].take();
    if error.is_null() {
        return Ok(document["result"].take());
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Err(RpcError { name: text(&error["data"]["name"]), message: text(&error["data"]["message"]) })
}

/// A browser's session.
pub struct WebSession {
    address: SocketAddr,
    pub cookie: String,
}

impl WebSession {
    pub fn open(server: &TestServer, login: &str, password: &str) -> WebSession {
        Self::at(server.address(), server.db_name(), login, password)
    }

    pub fn at(address: SocketAddr, db: &str, login: &str, password: &str) -> WebSession {
        let mut session = WebSession { address, cookie: String::new() };
        let params = json!({"db": db, "login": login, "password": password});
        let answer = session.post("/web/session/authenticate", &params);
        session.cookie = answer.session().unwrap_or_else(|| panic!("no session: {}", answer.text()));
        session
    }

    pub fn post(&self, path: &str, params: &Value) -> Response {
        let body = json!({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}).to_string();
        let headers = [("Content-Type", "application/json"), ("Cookie", self.cookie.as_str())];
        http::request(self.address, "POST", path, &headers, body.as_bytes()).unwrap()
    }

    pub fn call(&self, model: &str, method: &str, args: Value, kwargs: Value) -> Value {
        self.try_call(model, method, args, kwargs).unwrap_or_else(|error| panic!("{model}.{method}: {error}"))
    }

    pub fn try_call(&self, model: &str, method: &str, args: Value, kwargs: Value) -> Result<Value, RpcError> {
        let params = json!({"model": model, "method": method, "args": args, "kwargs": kwargs});
        outcome(&self.post(&format!("/web/dataset/call_kw/{model}/{method}"), &params))
    }

    /// An API key, made as a user makes one; the password is asked for again.
    pub fn api_key(&self, password: &str) -> String {
        let values = json!([{"name": "test", "duration": "1"}]);
        let wizard = self.call("res.users.apikeys.description", "create", values, json!({}));
        let mut done = self.call("res.users.apikeys.description", "make_key", json!([[wizard]]), json!({}));
        if done["res_model"] == "res.users.identitycheck" {
            let check = done["res_id"].clone();
            self.call("res.users.identitycheck", "write", json!([[check], {"password": password}]), json!({}));
            let context = json!({"context": {"password": password}});
            done = self.call("res.users.identitycheck", "run_check", json!([[check]]), context);
        }
        done["context"]["default_key"].as_str().unwrap_or_else(|| panic!("no key in {done}")).to_owned()
    }
}
