//! Malformed and hostile input: a clear answer each time, and the server goes on as if nothing had been.

mod json2;
mod jsonrpc;
mod web;
mod xmlrpc;

use std::io::ErrorKind;

use crate::support::database::TestDb;
use crate::support::http::{self, Connection, Response};
use crate::support::server::TestServer;

/// Deep enough to break a parser that recurses.
const DEEP: usize = 200_000;
/// More than any request may have.
const HUGE_BODY: usize = 100 << 20;
/// Resident memory that no input may drive the server beyond.
const MEMORY_KIB: u64 = 600 << 10;

/// Text that would be dangerous wherever a name is expected, and what a careless server would do with it.
const INJECTIONS: &[&str] = &[
    "id; DROP TABLE res_partner; --",
    "name\" = name; UPDATE res_users SET active = false; --",
    "(SELECT password FROM res_users LIMIT 1)",
    "name' OR '1'='1",
    "name DESC, pg_sleep(30)",
    "name\u{0}",
    "id/**/UNION/**/SELECT",
    "../../../etc/passwd",
];

/// A server under attack.
struct Target {
    server: TestServer,
    db: TestDb,
}

impl Target {
    fn new() -> Target {
        let db = TestDb::new();
        Target { server: TestServer::start(&db), db }
    }

    fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let answer = http::request(self.server.address(), "POST", path, headers, body);
        answer.unwrap_or_else(|error| panic!("no answer to {}: {error}", shown(body)))
    }

    /// Sends a body beyond all limits. The server may answer before it has read it and close the connection.
    fn huge(&self, path: &str, headers: &[(&str, &str)]) {
        let mut connection = Connection::open(self.server.address()).unwrap();
        let mut head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {HUGE_BODY}\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        connection.send(format!("{head}\r\n").as_bytes()).unwrap();
        let part = vec![b' '; 1 << 20];
        for _ in 0..HUGE_BODY >> 20 {
            if connection.send(&part).is_err() {
                break;
            }
        }
        match connection.receive() {
            Ok(answer) => assert_eq!(answer.status, 413, "{}", answer.text()),
            // What was sent after the answer resets the connection, and the answer with it.
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe), "{error}")
            }
        }
        // Announced and not sent: the answer is certain.
        let mut connection = Connection::open(self.server.address()).unwrap();
        connection.send(format!("{head}\r\n").as_bytes()).unwrap();
        assert_eq!(connection.receive().unwrap().status, 413);
    }

    /// Nothing happened to the server or its data.
    fn assert_unharmed(mut self) {
        assert!(self.server.runs() && self.server.healthy());
        self.server.admin();
        let users = self.db.text("SELECT count(*)::text AS value FROM res_users WHERE active AND login = 'admin'");
        assert_eq!(users, "1");
        assert_ne!(self.db.text("SELECT count(*)::text AS value FROM res_partner"), "0");
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.pid())).unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        assert!(resident.unwrap() < MEMORY_KIB, "{resident:?} KiB");
    }
}

/// A refusal that says something, and nothing that it should not.
fn clear(what: &str, answer: &Response, refused: bool) {
    let text = answer.text();
    let start: String = text.chars().take(400).collect();
    assert!(refused, "{what} was not refused: {} {start}", answer.status);
    assert!(text.len() > 10, "{what}: {} says only {text:?}", answer.status);
    assert!(!text.contains("root:x:0:"), "{what} shows a file: {start}");
    assert!(!text.contains("panicked at"), "{what}: {start}");
}

fn shown(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned()
}

/// A JSON text.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}
