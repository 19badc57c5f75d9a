//! Other people's Odoo clients: every script `tests/clients/client_*` does every check, against one server. The table of
//! `docs/COMPATIBILITY.md` says what they did; `LASTMILE_ACCEPT=clients` writes it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::database::TestDb;
use crate::support::server::TestServer;
use crate::support::{golden, project};

const CHECKS: [&str; 9] = ["connect", "wrong password", "relations", "search", "write", "business", "errors", "binary", "dates"];
const DOCUMENT: &str = "docs/COMPATIBILITY.md";
const BEGIN: &str = "<!-- clients: written by LASTMILE_ACCEPT=clients -->\n";
const END: &str = "<!-- end of clients -->\n";

fn place(variable: &str) -> PathBuf {
    let place = std::env::var_os(variable).filter(|place| !place.is_empty());
    PathBuf::from(place.unwrap_or_else(|| panic!("{variable} is not set: run `make test`, which installs the clients there")))
}

/// One line of the table.
struct Client {
    name: String,
    version: String,
    checks: Vec<(String, bool)>,
}

impl Client {
    fn cell(&self, check: &str) -> &'static str {
        match self.checks.iter().find(|(name, _)| name == check) {
            Some((_, true)) => "yes",
            Some((_, false)) => "NO",
            None => "not done",
        }
    }

    fn line(&self) -> String {
        let cells: Vec<&str> = CHECKS.iter().map(|check| self.cell(check)).collect();
        format!("| {} | {} | {} |\n", self.name, self.version, cells.join(" | "))
    }
}

/// The scripts, in the order of their names.
fn scripts() -> Vec<PathBuf> {
    let entries = fs::read_dir(project("tests/clients")).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("client_")).collect();
    found.sort();
    found
}

/// Runs one script. What went wrong is added to `problems`.
fn run(script: &Path, server: &TestServer, db: &TestDb, problems: &mut Vec<String>) -> Vec<Client> {
    let node = script.extension().is_some_and(|extension| extension == "mjs");
    let mut command = if node { Command::new("node") } else { Command::new(place("LASTMILE_CLIENTS_VENV").join("bin/python")) };
    command.env("LASTMILE_CLIENTS_NODE", place("LASTMILE_CLIENTS_NODE")).env("PYTHONDONTWRITEBYTECODE", "1");
    let output = command.arg(script).args([&server.url(), db.name(), "admin", "admin"]).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let mut clients: Vec<Client> = Vec::new();
    let before = problems.len();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(line) = serde_json::from_str::<Value>(line) else {
            problems.push(format!("{}: not a check: {line}", script.display()));
            continue;
        };
        let text = |key: &str| line[key].as_str().unwrap().to_owned();
        let ok = line["ok"].as_bool().unwrap();
        if !ok {
            problems.push(format!("{}, {}: {}", text("client"), text("check"), text("detail")));
        }
        if clients.last().is_none_or(|client| client.name != text("client")) {
            clients.push(Client { name: text("client"), version: text("version"), checks: Vec::new() });
        }
        clients.last_mut().unwrap().checks.push((text("check"), ok));
    }
    for client in &clients {
        let left_out = CHECKS.iter().filter(|check| client.cell(check) == "not done");
        problems.extend(left_out.map(|check| format!("{} did not do {check}", client.name)));
    }
    if clients.is_empty() || !output.status.success() {
        problems.push(format!("{} ended with {}", script.display(), output.status));
    }
    if problems.len() > before {
        eprintln!("{}:\n{errors}", script.display());
    }
    clients
}

#[test]
fn every_client_does_every_check() {
    let (db, mut problems) = (TestDb::new(), Vec::new());
    let server = TestServer::start(&db);
    let clients: Vec<Client> = scripts().iter().flat_map(|script| run(script, &server, &db, &mut problems)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let mut table = format!("| client | version | {} |\n|{}\n", CHECKS.join(" | "), " --- |".repeat(CHECKS.len() + 2));
    table.extend(clients.iter().map(Client::line));
    let document = fs::read_to_string(project(DOCUMENT)).unwrap();
    let (head, rest) = document.split_once(BEGIN).unwrap();
    let (_, tail) = rest.split_once(END).unwrap();
    golden::check("clients", DOCUMENT, &format!("{head}{BEGIN}{table}{END}{tail}"), |_| None);
}
