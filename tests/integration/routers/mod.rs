//! Routers hold what is wanted of each subscription and nothing else of ours; what is not ours stays as it is.

mod moves;
mod rollout;
mod speed;
mod walk;

use std::time::{Duration, Instant};

use librouteros::Row;
use librouteros::sim::Simulator;
use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::rpc::Rpc;

/// Menus that hold rows of services.
const MENUS: [&str; 5] = ["/ppp/secret", "/ip/hotspot/user", "/ip/dhcp-server/lease", "/queue/simple", "/ip/firewall/address-list"];

/// Rows of a router that carry a subscription's marker.
fn rows_of(sim: &Simulator, subscription: i64) -> Vec<(&'static str, Row)> {
    let ours = |row: &Row| {
        let mark = row.get("comment").and_then(|comment| comment.split(' ').next()).unwrap_or_default().to_owned();
        mark.starts_with("lastmile:")
            && (mark.ends_with(&format!(":sub:{subscription}")) || mark.ends_with(&format!(":active:{subscription}")))
    };
    MENUS.iter().flat_map(|menu| sim.rows(menu).into_iter().filter(ours).map(|row| (*menu, row)).collect::<Vec<_>>()).collect()
}

/// Waits until no job waits or runs; says what does when it takes too long.
fn settled(rpc: &Rpc) {
    let open = |method: &str, rest: Value| -> Value {
        let mut args = vec![json!([["state", "in", ["queued", "running"]]])];
        args.extend(rest.as_array().cloned().unwrap_or_default());
        rpc.call("isp.provisioning_job", method, Value::Array(args))
    };
    let end = Instant::now() + Duration::from_secs(60);
    while open("search_count", json!([])) != 0 {
        let left =
            || open("search_read", json!([["job_type", "state", "subscription_id", "device_id", "attempts", "error_message"], 0, 5]));
        assert!(Instant::now() < end, "jobs do not end: {:#}", left());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The router is tried again at once.
fn try_again(db: &TestDb) {
    use diesel::connection::SimpleConnection;
    db.connect()
        .batch_execute("UPDATE isp_mikrotik_router SET breaker_until = NULL; UPDATE lastmile_job_lease SET next_attempt = NULL")
        .unwrap();
}

fn write(rpc: &Rpc, model: &str, ids: &[i64], values: Value) {
    let _: Value = rpc.call(model, "write", json!([ids, values]));
}

fn act(rpc: &Rpc, ids: &[i64], method: &str) {
    let _: Value = rpc.call("isp.subscription", method, json!([ids]));
}

/// Errors of jobs that failed for good, but for those that a later one made pointless.
fn failures(rpc: &Rpc) -> Vec<String> {
    let failed: Vec<Value> =
        rpc.call("isp.provisioning_job", "search_read", json!([[["state", "=", "failed"]], ["name", "job_type", "error_message"]]));
    failed.iter().map(Value::to_string).filter(|text| !text.contains("Superseded")).collect()
}
