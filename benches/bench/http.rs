//! Calls a second over HTTP on the loopback interface, by protocol and number of connections.

use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::http::{Connection, Response};
use crate::support::server::TestServer;
use crate::{FIELDS, ROWS, line};

/// How long each line is measured.
const TIME: Duration = Duration::from_secs(2);
const CONNECTIONS: [u32; 2] = [1, 8];

/// A server that answers Odoo's protocols.
struct Peer {
    address: SocketAddr,
    db: String,
    uid: i64,
    password: String,
}

/// A request that is sent again and again.
struct Load {
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Load {
    fn send(&self, connection: &mut Connection) -> std::io::Result<Response> {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        connection.request("POST", &self.path, &headers, &self.body)
    }
}

pub fn run() {
    let db = TestDb::durable();
    let begun = Instant::now();
    let server = TestServer::start_with(&db, &["--max-cron-threads", "0", "--workers", "2"]);
    line("start on an existing database, to the first answer", &format!("{:.2} s", begun.elapsed().as_secs_f64()), "< 1 s");
    line("memory, idle", &memory(server.pid(), "VmRSS"), "< 60 MB");
    let ours = Peer::login(server.address(), db.name(), "admin", "admin");
    ours.prepare();
    let reference = reference();
    for (what, protocol, target) in [
        ("search_read over /jsonrpc", "jsonrpc", "≥ 30 × reference"),
        ("search_read over /xmlrpc/2", "xmlrpc", ""),
        ("search_read over /json/2", "json2", ""),
        ("create over /jsonrpc", "create", "≥ 20 × reference"),
        ("write over /jsonrpc", "write", "≥ 20 × reference"),
    ] {
        for connections in CONNECTIONS {
            let found = rate(&ours, protocol, connections);
            let beside = reference.as_ref().map(|reference| rate(reference, protocol, connections));
            let ratio = beside.map(|other| format!(" ({:.0} ×, {other:.0}/s there)", found / other)).unwrap_or_default();
            line(&format!("{what}, {connections} connections"), &format!("{found:.0}/s{ratio}"), target);
        }
    }
    line("one-row commits by libpq, 1 connection", &format!("{:.0}/s", commits(&db)), "");
    line("memory, most under load", &memory(server.pid(), "VmHWM"), "< 200 MB");
}

/// The server of `ODOO_URL`.
fn reference() -> Option<Peer> {
    let variable = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let url = std::env::var("ODOO_URL").ok()?;
    let authority = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let address =
        authority.to_socket_addrs().ok().and_then(|mut found| found.next()).unwrap_or_else(|| panic!("ODOO_URL: http://HOST:PORT"));
    let peer = Peer::login(address, &variable("ODOO_DB", "odoo"), &variable("ODOO_LOGIN", "admin"), &variable("ODOO_PASSWORD", "admin"));
    peer.prepare();
    Some(peer)
}

impl Peer {
    fn login(address: SocketAddr, db: &str, login: &str, password: &str) -> Peer {
        let mut peer = Peer { address, db: db.to_owned(), uid: 0, password: password.to_owned() };
        peer.uid = peer.send(&peer.service("common", "login", json!([db, login, password]))).as_i64().expect("the login is refused");
        peer
    }

    fn service(&self, service: &str, method: &str, args: Value) -> Load {
        let params = json!({"service": service, "method": method, "args": args});
        let body = json!({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}).to_string().into_bytes();
        Load { path: "/jsonrpc".into(), headers: vec![("Content-Type".into(), "application/json".into())], body }
    }

    fn execute(&self, model: &str, method: &str, args: Value) -> Load {
        self.service("object", "execute_kw", json!([self.db, self.uid, self.password, model, method, args, {}]))
    }

    fn send(&self, load: &Load) -> Value {
        let answer = load.send(&mut Connection::open(self.address).unwrap()).unwrap();
        let mut document = answer.json();
        assert!(document["error"].is_null(), "{}", document["error"]);
        document["result"].take()
    }

    fn call(&self, model: &str, method: &str, args: Value) -> Value {
        self.send(&self.execute(model, method, args))
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

    fn load(&self, protocol: &str) -> Load {
        match protocol {
            "xmlrpc" => self.xmlrpc(),
            "json2" => self.json2(),
            "create" => self.execute("res.partner", "create", json!([{"name": "Bench"}])),
            "write" => {
                let partner = self.call("res.partner", "create", json!([{"name": "Bench"}]));
                self.execute("res.partner", "write", json!([[partner], {"city": "Bonao"}]))
            }
            _ => self.execute("isp.subscription", "search_read", json!([[], FIELDS, 0, ROWS, "id"])),
        }
    }

    fn xmlrpc(&self) -> Load {
        let string = |text: &str| format!("<value><string>{text}</string></value>");
        let array = |items: String| format!("<value><array><data>{items}</data></array></value>");
        let args = array(String::new())
            + &array(FIELDS.map(string).concat())
            + &format!("<value><int>0</int></value><value><int>{ROWS}</int></value>")
            + &string("id");
        let params = [
            string(&self.db),
            format!("<value><int>{}</int></value>", self.uid),
            string(&self.password),
            string("isp.subscription"),
            string("search_read"),
            array(args),
        ];
        let params = params.map(|value| format!("<param>{value}</param>")).concat();
        let body = format!("<?xml version='1.0'?><methodCall><methodName>execute_kw</methodName><params>{params}</params></methodCall>");
        Load { path: "/xmlrpc/2/object".into(), headers: vec![("Content-Type".into(), "text/xml".into())], body: body.into_bytes() }
    }

    fn json2(&self) -> Load {
        let body = json!({"domain": [], "fields": FIELDS, "offset": 0, "limit": ROWS, "order": "id"}).to_string().into_bytes();
        let headers = [
            ("Content-Type", "application/json".to_owned()),
            ("Authorization", format!("bearer {}", self.key())),
            ("X-Odoo-Database", self.db.clone()),
        ];
        Load {
            path: "/json/2/isp.subscription/search_read".into(),
            headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
            body,
        }
    }

    /// An API key, through a session as a user makes one.
    fn key(&self) -> String {
        let login = self.call("res.users", "read", json!([[self.uid], ["login"]]))[0]["login"].take();
        crate::support::rpc::WebSession::at(self.address, &self.db, login.as_str().unwrap_or("admin"), &self.password)
            .api_key(&self.password)
    }
}

/// Calls a second with so many connections that wait for nothing else. Each has records of its own to write.
fn rate(peer: &Peer, protocol: &str, connections: u32) -> f64 {
    let loads: Vec<Load> = (0..connections).map(|_| peer.load(protocol)).collect();
    let first = loads[0].send(&mut Connection::open(peer.address).unwrap()).unwrap();
    let text = first.text();
    assert!(first.status == 200 && !text.contains("\"error\"") && !text.contains("<fault>"), "{}: {text:.300}", loads[0].path);
    let (count, begun) = (AtomicU32::new(0), Instant::now());
    std::thread::scope(|scope| {
        for load in &loads {
            let count = &count;
            scope.spawn(move || {
                let mut connection = Connection::open(peer.address).unwrap();
                while begun.elapsed() < TIME {
                    // A server may end a connection after so many calls.
                    match load.send(&mut connection) {
                        Ok(answer) => assert_eq!(answer.status, 200),
                        Err(_) => connection = Connection::open(peer.address).unwrap(),
                    }
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    f64::from(count.into_inner()) / begun.elapsed().as_secs_f64()
}

/// One-row transactions a second with nothing but libpq on one connection: what the disk allows.
fn commits(db: &TestDb) -> f64 {
    let (mut conn, mut count, begun) = (db.connect(), 0.0, Instant::now());
    while begun.elapsed() < TIME {
        conn.batch_execute("UPDATE res_partner SET city = 'Bonao' WHERE id = 1").unwrap();
        count += 1.0;
    }
    count / begun.elapsed().as_secs_f64()
}

fn memory(pid: u32, what: &str) -> String {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line =
        status.lines().find_map(|line| line.strip_prefix(what)?.trim_start_matches(':').trim().strip_suffix(" kB")?.parse::<u32>().ok());
    line.map_or_else(|| "unknown".into(), |kib| format!("{:.0} MB", f64::from(kib) / 1024.0))
}
