//! Floods by strangers and by users do not keep others from being served.
//!
//! `LASTMILE_FLOOD_SECONDS` (5) is how long each lasts. The times are printed; what is asserted is generous.

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::support::Ends;
use crate::support::database::TestDb;
use crate::support::http;
use crate::support::rpc::{Rpc, WebSession};
use crate::support::server::TestServer;

const JSON: (&str, &str) = ("Content-Type", "application/json");
/// Longest that anybody else may wait, on a machine that tests something else beside.
const BOUND: Duration = Duration::from_secs(5);

fn length() -> Duration {
    Duration::from_secs(std::env::var("LASTMILE_FLOOD_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5))
}

fn body(service: &str, method: &str, args: &Value) -> Vec<u8> {
    json!({"jsonrpc": "2.0", "id": 1, "params": {"service": service, "method": method, "args": args}}).to_string().into_bytes()
}

/// Sends from many connections at once while health and an administrator's calls are timed.
fn flood(server: &TestServer, admin: &Rpc, what: &str, connections: usize, send: impl Fn(usize) + Sync) {
    let (over, sent) = (AtomicBool::new(false), AtomicUsize::new(0));
    let (mut health, mut call) = (Duration::ZERO, Duration::ZERO);
    std::thread::scope(|scope| {
        for n in 0..connections {
            let (over, sent, send) = (&over, &sent, &send);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    send(n);
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let _ends = Ends(&over);
        let end = Instant::now() + length();
        while Instant::now() < end {
            let begun = Instant::now();
            let answer = http::request(server.address(), "GET", "/healthz", &[], b"").unwrap();
            health = health.max(begun.elapsed());
            assert_eq!(answer.status, 200, "{}", answer.text());
            let begun = Instant::now();
            admin.call::<Vec<i64>>("res.partner", "search", json!([[], 0, 1]));
            call = call.max(begun.elapsed());
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    println!("{what}: {} requests; longest health {health:?}, longest call {call:?}", sent.load(Ordering::Relaxed));
    assert!(health < BOUND && call < BOUND, "{what}: health {health:?}, call {call:?}");
}

#[test]
fn logins_without_end_keep_nobody_else_waiting() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    admin.call::<Value>("ir.config_parameter", "set_param", json!(["base.login_cooldown_after", "0"]));
    admin.call::<Vec<i64>>("res.partner", "search", json!([[], 0, 1]));
    let name = db.name().to_owned();
    flood(&server, &admin, "logins", 600, |n| {
        let request = body("common", "login", &json!([name, format!("nobody{n}"), "wrong"]));
        // An answer that does not come in time is the flood's own trouble. The flood shares the machine: without a pause after
        // a refusal it would measure itself.
        let _ = http::request(server.address(), "POST", "/jsonrpc", &[JSON], &request);
        std::thread::sleep(Duration::from_millis(500));
    });
}

#[test]
fn wrong_old_passwords_are_throttled_and_hold_no_connection() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let group = admin.reference("base.group_user");
    let values = json!([{"name": "U", "login": "u", "password": "u-Passw0rd", "group_ids": [[6, 0, [group]]]}]);
    admin.call::<i64>("res.users", "create", values);
    let session = WebSession::open(&server, "u", "u-Passw0rd");
    let change = |old: &str| {
        let args = json!({"model": "res.users", "method": "change_password", "args": [old, "another-Passw0rd"], "kwargs": {}});
        session.post("/web/dataset/call_kw/res.users/change_password", &args).json()
    };
    flood(&server, &admin, "password changes", 40, |_| {
        assert!(change("wrong")["error"].is_object());
    });
    let told = change("u-Passw0rd");
    assert!(told["error"]["data"]["message"].as_str().is_some_and(|text| text.contains("Too many login failures")), "{told}");
}

#[test]
fn domains_without_measure_are_refused_and_many_calls_of_one_user_wait() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let group = admin.reference("base.group_user");
    let values = json!([{"name": "U", "login": "u", "password": "u-Passw0rd", "group_ids": [[6, 0, [group]]]}]);
    admin.call::<i64>("res.users", "create", values);
    let user = Rpc::login(&server, "u", "u-Passw0rd");
    let ored = |count: usize| {
        let mut domain = vec![json!("|"); count - 1];
        domain.extend((0..count).map(|n| json!(["child_ids.name", "ilike", format!("x{n}")])));
        Value::Array(domain)
    };
    let refused = user.try_call("res.partner", "search_count", json!([ored(3000)]), json!({})).unwrap_err();
    assert_eq!(refused.name, "builtins.ValueError", "{refused}");
    // Fewer conditions that all have to hold cost more than many of which one has to.
    let anded: Vec<Value> = (0..300).map(|n| json!(["parent_id.name", "ilike", format!("x{n}")])).collect();
    let refused = user.try_call("res.partner", "search_count", json!([anded]), json!({})).unwrap_err();
    assert_eq!(refused.name, "builtins.ValueError", "{refused}");
    flood(&server, &admin, "domains", 20, |_| {
        let _ = user.try_call("res.partner", "search_count", json!([ored(100)]), json!({}));
    });
}

/// Kilobytes that a process has in memory.
fn resident(server: &TestServer) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap()
}

#[test]
fn large_requests_take_turns_and_give_their_memory_back() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    // Values by the hundred thousand: what costs most for its bytes.
    let objects = vec![json!({"a": 1}); 450_000];
    let request = body("common", "version", &Value::Array(objects));
    println!("bodies of {} bytes; {} kB before", request.len(), resident(&server));
    let most = AtomicUsize::new(0);
    flood(&server, &admin, "large bodies", 24, |n| {
        let _ = http::request(server.address(), "POST", "/jsonrpc", &[JSON], &request);
        if n == 0 {
            most.fetch_max(usize::try_from(resident(&server)).unwrap(), Ordering::Relaxed);
        }
    });
    println!("{} kB at most", most.load(Ordering::Relaxed));
    // A fifth of what they take without turns; the machine may be busy with something else.
    assert!(most.load(Ordering::Relaxed) < 800_000);
    let end = Instant::now() + Duration::from_secs(10);
    while Instant::now() < end && resident(&server) > 100_000 {
        std::thread::sleep(Duration::from_millis(200));
    }
    println!("{} kB after", resident(&server));
    assert!(resident(&server) <= 250_000, "{} kB", resident(&server));
    // A large request alone is served.
    let answer = http::request(server.address(), "POST", "/jsonrpc", &[JSON], &request).unwrap();
    assert_eq!(answer.status, 200);
}

#[test]
fn large_requests_of_clients_that_hang_up_keep_their_turns() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let objects = vec![json!({"a": 1}); 450_000];
    let request = body("common", "version", &Value::Array(objects));
    let most = AtomicUsize::new(0);
    flood(&server, &admin, "bodies of clients that hang up", 24, |n| {
        // The answer is not waited for: the connection is closed while the body is worked on.
        if let Ok(mut connection) = http::Connection::open(server.address()) {
            let head = format!(
                "POST /jsonrpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                request.len()
            );
            let _ = connection.send(head.as_bytes()).and_then(|()| connection.send(&request));
            std::thread::sleep(Duration::from_millis(100));
        }
        if n == 0 {
            most.fetch_max(usize::try_from(resident(&server)).unwrap(), Ordering::Relaxed);
        }
    });
    println!("{} kB at most", most.load(Ordering::Relaxed));
    assert!(most.load(Ordering::Relaxed) < 800_000);
}

#[test]
fn all_fields_of_many_records_take_memory_by_the_answer() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let group = admin.reference("isp_core.group_isp_admin");
    admin.call::<bool>("res.users", "write", json!([[2], {"group_ids": [[4, group]]}]));
    let people: Vec<Value> = (0..10_000).map(|n| json!({"name": format!("P{n}")})).collect();
    for part in people.chunks(2_000) {
        admin.call::<Vec<i64>>("res.partner", "create", json!([part]));
    }
    let before = resident(&server);
    let over = AtomicBool::new(false);
    let most = std::thread::scope(|scope| {
        let watched = scope.spawn(|| {
            let mut most = 0;
            while !over.load(Ordering::Relaxed) {
                most = most.max(resident(&server));
                std::thread::sleep(Duration::from_millis(20));
            }
            most
        });
        let ends = Ends(&over);
        let rows = admin.try_call("res.partner", "search_read", json!([[["name", "=like", "P%"]]]), json!({})).unwrap();
        drop(ends);
        println!("{} bytes, {} fields", rows.to_string().len(), rows[0].as_object().map_or(0, serde_json::Map::len));
        assert_eq!(rows.as_array().map(Vec::len), Some(10_000));
        watched.join().unwrap()
    });
    println!("{before} kB before, {most} kB at most");
    // The answer alone has 166 MB; read as a whole, and then written, they take 860.
    assert!(most < 650_000, "{most} kB");
}

/// Sends a request and leaves the connection open, unanswered.
fn send_only(server: &TestServer, request: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head = format!("POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", request.len());
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(request).unwrap();
    stream
}

/// Waits until a query answers `wanted`; what it answered last.
fn awaited(db: &TestDb, query: &str, wanted: &str) -> String {
    let end = Instant::now() + Duration::from_secs(15);
    loop {
        let text = db.text(query);
        if text == wanted || Instant::now() > end {
            return text;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_client_that_hangs_up_ends_what_is_read_for_it() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let mut holder = db.connect();
    holder.batch_execute("BEGIN; LOCK TABLE res_country IN ACCESS EXCLUSIVE MODE").unwrap();
    let request = body("object", "execute_kw", &json!([db.name(), 2, "admin", "res.country", "search", [[]]]));
    let waiting = "SELECT count(*)::text AS value FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    let stream = send_only(&server, &request);
    assert_eq!(awaited(&db, waiting, "1"), "1");
    drop(stream);
    // Its own time limit for locks would end it later.
    assert_eq!(awaited(&db, waiting, "0"), "0");
    holder.batch_execute("ROLLBACK").unwrap();
    // Who has the connection next is not disturbed.
    for _ in 0..30 {
        assert!(!admin.call::<Vec<i64>>("res.country", "search", json!([[]])).is_empty());
    }
}

#[test]
fn a_client_that_hangs_up_leaves_the_queue_of_logins() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let request = |n: usize| body("common", "login", &json!([db.name(), format!("gone{n}"), "wrong"]));
    let streams: Vec<TcpStream> = (0..14).map(|n| send_only(&server, &request(n))).collect();
    drop(streams);
    // Whoever comes after them is served after them: two, as two are checked at once.
    for name in ["late", "later"] {
        let request = body("common", "login", &json!([db.name(), name, "wrong"]));
        assert_eq!(http::request(server.address(), "POST", "/jsonrpc", &[JSON], &request).unwrap().status, 200);
    }
    admin.call::<Vec<i64>>("res.partner", "search", json!([[], 0, 1]));
    let failed: usize = db.text("SELECT count(*)::text AS value FROM lastmile_login_attempt").parse().unwrap();
    assert!(failed < 16, "all of them were checked");
}
