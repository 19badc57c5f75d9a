//! A real mail server that keeps what it is given.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::{project, scratch};

/// `tests/clients/smtp/peer.py`, running.
pub struct Peer {
    child: Child,
    ports: Value,
    log: PathBuf,
}

impl Peer {
    pub fn start() -> Peer {
        let venv = std::env::var_os("LASTMILE_CLIENTS_VENV").expect("LASTMILE_CLIENTS_VENV is not set: run `make test`");
        let log = scratch("").join(format!("mails-{}.jsonl", std::process::id()));
        let _ = std::fs::remove_file(&log);
        let mut command = Command::new(PathBuf::from(venv).join("bin/python"));
        command.arg(project("tests/clients/smtp/peer.py")).arg(&log).arg(project("tests/clients/smtp/peer.pem"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Peer { child, ports: serde_json::from_str(&line).unwrap(), log }
    }

    pub fn port(&self, mood: &str) -> i64 {
        self.ports[mood].as_i64().unwrap()
    }

    /// The mails that were taken over.
    pub fn mails(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub fn mail_of(&self, subject: &str) -> Value {
        let found: Vec<Value> = self.mails().into_iter().filter(|mail| mail["subject"] == subject).collect();
        assert_eq!(found.len(), 1, "{subject}: {found:?}");
        found[0].clone()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.log);
    }
}
