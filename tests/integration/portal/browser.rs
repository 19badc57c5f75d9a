//! A real browser with the screen of a telephone walks through the portal: `tests/clients/portal_browser.mjs`.

use std::process::Command;

use super::House;
use crate::support::{project, scratch};

#[test]
fn a_subscriber_finds_his_way_on_a_telephone() {
    let house = House::new();
    let pictures = scratch("portal-pictures");
    std::fs::create_dir_all(&pictures).unwrap();
    let node =
        std::env::var("LASTMILE_CLIENTS_NODE").expect("run the tests with `make test`, or set LASTMILE_CLIENTS_NODE (CONTRIBUTING.md)");
    let output = Command::new("node")
        .arg(project("tests/clients/portal_browser.mjs"))
        .args([house.server.url(), pictures.display().to_string()])
        .env("LASTMILE_CLIENTS_NODE", node)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let failed: Vec<&str> = told.lines().filter(|line| !line.starts_with("ok ")).collect();
    assert!(output.status.success() && failed.is_empty(), "{}\n{}", failed.join("\n"), String::from_utf8_lossy(&output.stderr));
    assert!(told.lines().count() >= 30, "{told}");
}
