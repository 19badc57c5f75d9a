//! The recorded contract: every step ends as `tests/contract/ledger.txt` says. New failures and new passes both show.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

use crate::support::database::TestDb;
use crate::support::server::TestServer;
use crate::support::{golden, project, scratch};

#[derive(Deserialize)]
struct Case {
    area: String,
    scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
struct Scenario {
    name: String,
    steps: Vec<Value>,
}

/// A step that differs from the recording, as the replayer reports it.
#[derive(Deserialize)]
struct Difference {
    area: String,
    scenario: String,
    step: usize,
    why: String,
    on_purpose: bool,
}

fn cases() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(project("fixtures/contract/cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn the_recordings_end_as_the_ledger_says() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let out = scratch("logs").join(format!("{}.json", db.name()));
    let mut replay = Command::new("python3");
    replay
        .arg(project("fixtures/contract/contract.py"))
        .args(["replay", "--url", &server.url(), "--db", db.name(), "--json"])
        .arg(&out)
        .args(cases());
    let output = replay.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let report =
        fs::read_to_string(&out).unwrap_or_else(|_| panic!("the replayer failed\n{said}\n{}", String::from_utf8_lossy(&output.stderr)));
    fs::remove_file(&out).unwrap();
    println!("{said}");
    let differences: Vec<Difference> = serde_json::from_str(&report).unwrap();
    let found: HashMap<String, &Difference> = differences.iter().map(|d| (format!("{}/{}#{}", d.area, d.scenario, d.step), d)).collect();
    let mut ledger = String::new();
    for file in cases() {
        let case: Case = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        for scenario in case.scenarios {
            for number in 1..=scenario.steps.len() {
                let step = format!("{}/{}#{number}", case.area, scenario.name);
                let outcome = found.get(&step).map_or("pass", |difference| if difference.on_purpose { "deviates" } else { "fail" });
                ledger += &format!("{step} {outcome}\n");
            }
        }
    }
    golden::check("ledger", "tests/contract/ledger.txt", &ledger, |line| {
        let (step, _) = line.rsplit_once(' ')?;
        Some(found.get(step)?.why.clone())
    });
}
