//! What the program costs beside what cannot be avoided: raw libpq with the same statement and the same encoder; and how many calls
//! a second it answers over HTTP. With `ODOO_URL` (and `ODOO_DB`, `ODOO_LOGIN`, `ODOO_PASSWORD`) a reference server is asked
//! the same in the same run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod floor;
mod http;
mod peer;
#[allow(dead_code)]
#[path = "../../tests/integration/support/mod.rs"]
mod support;

/// Eight stored fields, two of them many2one.
const FIELDS: [&str; 8] = ["name", "state", "auth_method", "partner_id", "plan_id", "service_ip", "gps_lat", "create_date"];
/// Rows of one answer.
const ROWS: usize = 80;

/// One line of the report.
fn line(what: &str, found: &str, target: &str) {
    println!("{what:<58} {found:>36}   {target}");
}

fn main() {
    // `cargo test --benches` runs benches too, with no time to measure.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    line("what", "found", "target");
    floor::run();
    http::run();
}
