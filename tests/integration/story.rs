//! The main story, told by a client of each protocol (`tests/clients/story.py`) and seen by somebody else's RouterOS client.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use librouteros::sim::Simulator;

use crate::support::database::TestDb;
use crate::support::project;
use crate::support::provider::{ROUTER_PASSWORD, simulator};
use crate::support::server::TestServer;

/// The Python with the clients of `tests/clients/requirements.txt`; `make test` makes it.
fn python() -> Option<PathBuf> {
    let place = std::env::var_os("LASTMILE_CLIENTS_VENV").filter(|place| !place.is_empty());
    if place.is_none() {
        eprintln!("NOT RUN: LASTMILE_CLIENTS_VENV is not set (make test sets it)");
    }
    place.map(|place| PathBuf::from(place).join("bin/python"))
}

/// What the script cannot do from outside: let a subscriber dial in. `connect ROUTER NAME ADDRESS MAC`.
fn obey(line: &str, routers: &[Simulator]) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let ["connect", router, name, address, mac] = words[..] else { return format!("unknown request {line}") };
    match routers[router.parse::<usize>().unwrap()].connect_ppp(name, address, mac) {
        Ok(_) => "ok".to_owned(),
        Err(trap) => trap.message,
    }
}

fn tell(protocol: &str) {
    let Some(python) = python() else { return };
    let db = TestDb::new();
    let routers = [simulator(1), simulator(1)];
    let server = TestServer::with_jobs(&db);
    let mut script = Command::new(python);
    script.arg(project("tests/clients/story.py")).args([protocol, &server.url(), db.name(), ROUTER_PASSWORD]);
    script.args(routers.iter().map(|router| router.addr().port().to_string()));
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
    let mut answers = child.stdin.take().unwrap();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        match line.strip_prefix("@ ") {
            Some(request) => writeln!(answers, "{}", obey(request, &routers)).unwrap(),
            None => println!("{line}"),
        }
    }
    drop(answers);
    assert!(child.wait().unwrap().success(), "the story over {protocol} went wrong");
}

#[test]
fn over_xmlrpc() {
    tell("xmlrpc");
}

#[test]
fn over_jsonrpc() {
    tell("jsonrpc");
}

#[test]
fn over_a_web_session() {
    tell("web");
}

#[test]
fn over_json2() {
    tell("json2");
}
