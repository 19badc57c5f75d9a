//! SIGTERM ends the server in order.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::database::TestDb;
use crate::support::server::TestServer;
use crate::support::wait_for;

#[test]
fn sigterm_finishes_what_is_in_flight() {
    let db = TestDb::new();
    let server = TestServer::with_jobs(&db);
    let admin = server.admin();
    let values: Vec<_> = (0..2000).map(|n| json!({"name": format!("Bulk {n}")})).collect();
    let call = std::thread::spawn(move || admin.call::<Vec<i64>>("res.partner", "create", json!([values])));
    let in_flight = "SELECT count(*)::text AS value FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                     AND xact_start IS NOT NULL AND query <> 'SELECT 1'";
    wait_for("a transaction in flight", Duration::from_secs(60), || (db.text(in_flight) != "0").then_some(()));
    let begun = Instant::now();
    let status = server.terminate();
    assert!(status.success(), "{status}");
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert_eq!(call.join().unwrap().len(), 2000, "the call in flight got its answer");
    assert_eq!(db.text("SELECT count(*)::text AS value FROM res_partner WHERE name LIKE 'Bulk %'"), "2000");
}
