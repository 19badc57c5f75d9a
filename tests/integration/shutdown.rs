//! SIGTERM ends the server in order.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::database::TestDb;
use crate::support::server::TestServer;

#[test]
fn sigterm_finishes_what_is_in_flight() {
    let db = TestDb::new();
    let server = TestServer::with_jobs(&db);
    let admin = server.admin();
    let values: Vec<_> = (0..2000).map(|n| json!({"name": format!("Bulk {n}")})).collect();
    let call = std::thread::spawn(move || admin.call::<Vec<i64>>("res.partner", "create", json!([values])));
    std::thread::sleep(Duration::from_millis(50));
    let begun = Instant::now();
    let status = server.terminate();
    assert!(status.success(), "{status}");
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert_eq!(call.join().unwrap().len(), 2000, "the call in flight got its answer");
    assert_eq!(db.text("SELECT count(*)::text AS value FROM res_partner WHERE name LIKE 'Bulk %'"), "2000");
}
