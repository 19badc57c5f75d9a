//! A real browser walks through the admin: `tests/clients/admin_browser.mjs`, as each role. Its pictures stay in the scratch folder.

use std::path::PathBuf;
use std::process::Command;

use super::House;
use crate::support::{project, scratch};

#[test]
fn a_browser_walks_through_the_admin() {
    let node = std::env::var_os("LASTMILE_CLIENTS_NODE").map(PathBuf::from).expect("LASTMILE_CLIENTS_NODE is not set: run `make test`");
    let house = House::new();
    let shots = scratch("admin-pictures");
    std::fs::create_dir_all(&shots).unwrap();
    let output = Command::new("node")
        .arg(project("tests/clients/admin_browser.mjs"))
        .args([house.server.url(), shots.display().to_string()])
        .env("LASTMILE_CLIENTS_NODE", node)
        .output()
        .unwrap();
    let (out, errors) = (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned());
    assert!(output.status.success() && !out.contains("FAIL"), "{out}\n{errors}");
    let done = out.lines().filter(|line| line.starts_with("ok ")).count();
    assert!(done >= 40, "only {done} checks were done:\n{out}\n{errors}");
    let row = house.read("isp.sector", house.sector, &["name"]);
    assert_eq!(row["name"], "North Hill", "the walk leaves others' records alone");
    assert_eq!(house.server.failures(), Vec::<String>::new());
}
