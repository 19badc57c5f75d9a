//! A server that answers Odoo's protocols, and requests to it.

use std::net::{SocketAddr, ToSocketAddrs};

use serde_json::{Value, json};

use crate::ROWS;
use crate::support::http::{Connection, Response};
use crate::support::rpc::WebSession;

/// How a call travels.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    JsonRpc,
    XmlRpc,
    Json2,
}

impl Protocol {
    pub const ALL: [Protocol; 3] = [Protocol::JsonRpc, Protocol::XmlRpc, Protocol::Json2];

    pub fn path(self) -> &'static str {
        match self {
            Protocol::JsonRpc => "/jsonrpc",
            Protocol::XmlRpc => "/xmlrpc/2",
            Protocol::Json2 => "/json/2",
        }
    }
}

/// A method with its arguments: `ids` for methods of records, `first` by its place where the protocol has places.
pub struct Call {
    pub model: &'static str,
    pub method: &'static str,
    pub ids: Option<Value>,
    pub first: Option<(&'static str, Value)>,
    pub kwargs: Value,
}

impl Call {
    fn places(&self) -> Vec<&Value> {
        self.ids.iter().chain(self.first.iter().map(|(_, value)| value)).collect()
    }
}

/// A request that is sent again and again.
pub struct Load {
    pub path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Load {
    pub fn send(&self, connection: &mut Connection) -> std::io::Result<Response> {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        connection.request("POST", &self.path, &headers, &self.body)
    }
}

/// A server that answers Odoo's protocols.
pub struct Peer {
    pub address: SocketAddr,
    db: String,
    uid: i64,
    password: String,
    key: String,
}

impl Peer {
    /// The server of `ODOO_URL`.
    pub fn reference() -> Option<Peer> {
        let variable = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
        let url = std::env::var("ODOO_URL").ok()?;
        let authority = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let address =
            authority.to_socket_addrs().ok().and_then(|mut found| found.next()).unwrap_or_else(|| panic!("ODOO_URL: http://HOST:PORT"));
        Some(Peer::login(address, &variable("ODOO_DB", "odoo"), &variable("ODOO_LOGIN", "admin"), &variable("ODOO_PASSWORD", "admin")))
    }

    /// Logs in and makes sure that there is something to read.
    pub fn login(address: SocketAddr, db: &str, login: &str, password: &str) -> Peer {
        let mut peer = Peer { address, db: db.to_owned(), uid: 0, password: password.to_owned(), key: String::new() };
        peer.uid = peer.send(&peer.service("common", "login", json!([db, login, password]))).as_i64().expect("the login is refused");
        peer.key = WebSession::at(address, db, login, password).api_key(password);
        peer.prepare();
        peer
    }

    /// A call as the protocol has it.
    pub fn load(&self, protocol: Protocol, call: &Call) -> Load {
        match protocol {
            Protocol::JsonRpc => self.execute(call.model, call.method, json!(call.places()), &call.kwargs),
            Protocol::XmlRpc => self.xmlrpc(call),
            Protocol::Json2 => self.json2(call),
        }
    }

    fn service(&self, service: &str, method: &str, args: Value) -> Load {
        let params = json!({"service": service, "method": method, "args": args});
        let body = json!({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}).to_string().into_bytes();
        Load { path: "/jsonrpc".into(), headers: vec![("Content-Type".into(), "application/json".into())], body }
    }

    fn execute(&self, model: &str, method: &str, args: Value, kwargs: &Value) -> Load {
        self.service("object", "execute_kw", json!([self.db, self.uid, self.password, model, method, args, kwargs]))
    }

    fn xmlrpc(&self, call: &Call) -> Load {
        let params = [json!(self.db), json!(self.uid), json!(self.password), json!(call.model), json!(call.method), json!(call.places())];
        let params = params.iter().chain([&call.kwargs]).map(|value| format!("<param>{}</param>", xml(value))).collect::<String>();
        let body = format!("<?xml version='1.0'?><methodCall><methodName>execute_kw</methodName><params>{params}</params></methodCall>");
        Load { path: "/xmlrpc/2/object".into(), headers: vec![("Content-Type".into(), "text/xml".into())], body: body.into_bytes() }
    }

    fn json2(&self, call: &Call) -> Load {
        let mut body = call.kwargs.clone();
        for (name, value) in call.ids.iter().map(|ids| ("ids", ids)).chain(call.first.iter().map(|(name, value)| (*name, value))) {
            body[name] = value.clone();
        }
        let headers = [
            ("Content-Type", "application/json".to_owned()),
            ("Authorization", format!("bearer {}", self.key)),
            ("X-Odoo-Database", self.db.clone()),
        ];
        Load {
            path: format!("/json/2/{}/{}", call.model, call.method),
            headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
            body: body.to_string().into_bytes(),
        }
    }

    fn send(&self, load: &Load) -> Value {
        let answer = load.send(&mut Connection::open(self.address).unwrap()).unwrap();
        let mut document = answer.json();
        assert!(document["error"].is_null(), "{}", document["error"]);
        document["result"].take()
    }

    /// The answer of one call.
    pub fn call(&self, model: &str, method: &str, args: Value) -> Value {
        self.send(&self.execute(model, method, args, &json!({})))
    }

    /// Enough subscriptions for whole answers.
    fn prepare(&self) {
        let group = json!([[["module", "=", "isp_core"], ["name", "=", "group_isp_admin"]], ["res_id"]]);
        let group = self.call("ir.model.data", "search_read", group)[0]["res_id"].take();
        self.call("res.users", "write", json!([[self.uid], {"group_ids": [[4, group]]}]));
        if self.call("isp.subscription", "search_count", json!([[]])).as_u64() >= Some(ROWS as u64) {
            return;
        }
        let sector = self.call("isp.sector", "create", json!([{"name": "North", "code": "BENCH"}]));
        let plan = json!([{"name": "Home", "download_mbps": 20, "upload_mbps": 5, "service_type": "pppoe"}]);
        let plan = self.call("isp.service_plan", "create", plan);
        let partner = self.call("res.partner", "create", json!([{"name": "Ana"}]));
        for n in 0..ROWS {
            let values = json!({"partner_id": partner, "plan_id": plan, "sector_id": sector, "gps_lat": 18.5, "gps_lng": -69.9,
                                "pppoe_username": format!("bench{n}"), "pppoe_password": "pw", "service_ip": format!("10.0.0.{n}")});
            self.call("isp.subscription", "create", json!([values]));
        }
    }
}

/// A value of the benches as XML-RPC has it; their texts need no escapes.
fn xml(value: &Value) -> String {
    let inner = match value {
        Value::String(text) => format!("<string>{text}</string>"),
        Value::Number(number) => format!("<int>{number}</int>"),
        Value::Bool(truth) => format!("<boolean>{}</boolean>", u8::from(*truth)),
        Value::Array(items) => format!("<array><data>{}</data></array>", items.iter().map(xml).collect::<String>()),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("<member><name>{name}</name>{}</member>", xml(value)));
            format!("<struct>{}</struct>", members.collect::<String>())
        }
        Value::Null => "<nil/>".into(),
    };
    format!("<value>{inner}</value>")
}
