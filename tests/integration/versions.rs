//! The story, and services that move, on routers of other versions than the other tests have.

use std::process::Command;

/// Runs tests of this program again.
fn again(version: &str) {
    let mut tests = Command::new(std::env::current_exe().unwrap());
    tests.args(["story::", "routers::moves::", "routers::walk::", "jobs::", "--test-threads", "2"]).env("LASTMILE_ROUTEROS", version);
    let output = tests.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{version}\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("over_json2 ... ok"), "{said}");
}

#[test]
fn of_7_10() {
    again("7.10.2");
}

#[test]
fn of_7_16() {
    again("7.16.2");
}

#[test]
fn of_7_21() {
    again("7.21.5");
}

#[test]
fn of_7_24() {
    again("7.24");
}
