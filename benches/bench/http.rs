//! Calls over HTTP on the loopback interface: how many a second and how long each takes, by protocol and number of connections.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::peer::{Call, Load, Peer, Protocol};
use crate::support::database::TestDb;
use crate::support::http::Connection;
use crate::support::server::TestServer;
use crate::{FIELDS, ROWS, line};

/// How long each line is measured.
const TIME: Duration = Duration::from_secs(1);
const CONNECTIONS: [usize; 2] = [1, 8];
/// Calls that are measured, and what the design asks for.
const CALLS: [(&str, &str); 7] = [
    ("read", ""),
    ("search_read 80", "≥ 30 × reference"),
    ("create", "≥ 20 × reference"),
    ("write", "≥ 20 × reference"),
    ("search_count", ""),
    ("read_group", ""),
    ("fields_get", ""),
];

pub fn run() {
    let db = TestDb::durable();
    let begun = Instant::now();
    let server = TestServer::start_with(&db, &["--max-cron-threads", "0", "--workers", "2"]);
    line("start on an existing database, to the first answer", &format!("{:.2} s", begun.elapsed().as_secs_f64()), "< 1 s");
    line("memory, idle", &memory(server.pid(), "VmRSS"), "< 60 MB");
    let ours = Peer::login(server.address(), db.name(), "admin", "admin");
    let reference = Peer::reference();
    for (what, target) in CALLS {
        for protocol in Protocol::ALL {
            for connections in CONNECTIONS {
                let found = measure(&ours, protocol, what, connections);
                let beside = reference.as_ref().map(|reference| measure(reference, protocol, what, connections));
                let name = format!("{what} over {}, {connections} connection(s)", protocol.path());
                line(&name, &found.to_text(), beside.as_ref().map_or("", |_| target));
                if let Some(other) = beside {
                    line("  reference", &other.to_text(), &format!("{:.1} ×", found.rate / other.rate));
                }
            }
        }
    }
    line("one-row commits by libpq, 1 connection", &format!("{:.0}/s", commits(&db)), "");
    line("memory, most under load", &memory(server.pid(), "VmHWM"), "< 200 MB");
}

/// What is called. Each connection has records of its own to write.
fn call(peer: &Peer, what: &str) -> Call {
    let of =
        |model: &'static str, method: &'static str, ids: Option<Value>, kwargs: Value| Call { model, method, ids, first: None, kwargs };
    let partner = || peer.call("res.partner", "create", json!([{"name": "Bench"}]));
    match what {
        "read" => of("res.partner", "read", Some(json!([partner()])), json!({"fields": ["name", "city", "country_id", "create_date"]})),
        "create" => Call { first: Some(("vals_list", json!([{"name": "Bench"}]))), ..of("res.partner", "create", None, json!({})) },
        "write" => of("res.partner", "write", Some(json!([partner()])), json!({"vals": {"city": "Bonao"}})),
        "search_count" => of("isp.subscription", "search_count", None, json!({"domain": [["state", "=", "draft"]]})),
        "read_group" => of(
            "isp.subscription",
            "read_group",
            None,
            json!({"domain": [], "fields": ["gps_lat:avg"], "groupby": ["plan_id", "state"], "lazy": false}),
        ),
        "fields_get" => of("isp.subscription", "fields_get", None, json!({"attributes": ["string", "type", "relation"]})),
        _ => {
            of("isp.subscription", "search_read", None, json!({"domain": [], "fields": FIELDS, "offset": 0, "limit": ROWS, "order": "id"}))
        }
    }
}

/// Calls a second, and how long they take.
struct Found {
    rate: f64,
    median: Duration,
    /// 99 of 100 take no longer.
    slow: Duration,
}

impl Found {
    fn to_text(&self) -> String {
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        format!("{:.0}/s, {:.2} ms, 99 %: {:.2} ms", self.rate, millis(self.median), millis(self.slow))
    }
}

/// With so many connections that wait for nothing else.
fn measure(peer: &Peer, protocol: Protocol, what: &str, connections: usize) -> Found {
    let loads: Vec<Load> = (0..connections).map(|_| peer.load(protocol, &call(peer, what))).collect();
    let first = loads[0].send(&mut Connection::open(peer.address).unwrap()).unwrap();
    let text = first.text();
    assert!(first.status == 200 && !text.contains("\"error\"") && !text.contains("<fault>"), "{} {what}: {text:.300}", loads[0].path);
    let begun = Instant::now();
    let mut times: Vec<Duration> = std::thread::scope(|scope| {
        let threads: Vec<_> = loads.iter().map(|load| scope.spawn(move || repeat(peer, load, begun))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let rate = times.len() as f64 / begun.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    Found { rate, median: at(50), slow: at(99) }
}

/// One connection's calls.
fn repeat(peer: &Peer, load: &Load, begun: Instant) -> Vec<Duration> {
    let (mut connection, mut times) = (Connection::open(peer.address).unwrap(), Vec::new());
    while begun.elapsed() < TIME {
        let sent = Instant::now();
        match load.send(&mut connection) {
            Ok(answer) => {
                assert_eq!(answer.status, 200);
                times.push(sent.elapsed());
            }
            // A server may end a connection after so many calls.
            Err(_) => connection = Connection::open(peer.address).unwrap(),
        }
    }
    times
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
