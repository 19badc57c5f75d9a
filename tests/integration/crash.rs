//! kill -9 while jobs run: nothing is lost, nothing is done twice.

use std::collections::HashSet;
use std::time::Duration;

use librouteros::sim::Simulator;
use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::provider::{Provider, simulator};
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;
use crate::support::wait_for;

const PER_ROUTER: usize = 100;

fn jobs(rpc: &Rpc, states: &[&str]) -> usize {
    rpc.call("isp.provisioning_job", "search_count", json!([[["state", "in", states], ["job_type", "=", "activate_subscription"]]]))
}

#[test]
fn every_job_ends_once_after_kill_9() {
    let db = TestDb::new();
    // Slow enough that the kill meets them at work.
    let routers = [simulator(20), simulator(20)];
    let server = TestServer::with_jobs(&db);
    let admin = server.admin();
    let provider = Provider::new(&admin);
    let mut all = Vec::new();
    for (router, prefix) in routers.iter().zip(["a", "b"]) {
        let site = provider.site(prefix, router);
        all.extend(provider.subscriptions(&site, prefix, PER_ROUTER));
    }
    let _: Value = admin.call("isp.subscription", "action_activate", json!([all]));
    let written = || routers.iter().map(|router| router.rows("/ppp/secret").len()).sum::<usize>();
    wait_for("the first rows", Duration::from_secs(30), || (written() >= 10).then_some(()));
    server.kill();

    let server = TestServer::with_jobs(&db);
    let admin = server.admin();
    let left = jobs(&admin, &["queued", "running"]);
    println!("{left} jobs were left by the killed server");
    assert!(left > 0, "the server was killed too late to prove anything");
    // Leases of the killed process must run out first.
    wait_for("the end of all jobs", Duration::from_secs(180), || (jobs(&admin, &["queued", "running"]) == 0).then_some(()));
    assert_eq!(jobs(&admin, &["success"]), 2 * PER_ROUTER);
    let active: usize = admin.call("isp.subscription", "search_count", json!([[["id", "in", all], ["state", "=", "active"]]]));
    assert_eq!(active, 2 * PER_ROUTER);
    for (router, prefix) in routers.iter().zip(["a", "b"]) {
        check_secrets(router, prefix);
    }
}

/// One secret for each subscription, with the plan's profile and our marker; no marker twice.
fn check_secrets(router: &Simulator, prefix: &str) {
    let secrets = router.rows("/ppp/secret");
    let names: HashSet<&str> = secrets.iter().filter_map(|row| row.get("name")).collect();
    let expected: Vec<String> = (0..PER_ROUTER).map(|n| format!("{prefix}{n}")).collect();
    assert_eq!(secrets.len(), PER_ROUTER, "secrets of router {prefix}");
    assert!(expected.iter().all(|name| names.contains(name.as_str())));
    let markers: HashSet<&str> = secrets.iter().filter_map(|row| row.get("comment")?.split(' ').next()).collect();
    assert_eq!(markers.len(), PER_ROUTER);
    assert!(markers.iter().all(|marker| marker.starts_with("lastmile:")), "{markers:?}");
    assert!(secrets.iter().all(|row| row.get("profile") == Some("home-20")));
    assert_eq!(router.rows("/ppp/profile").iter().filter(|row| row.get("name") == Some("home-20")).count(), 1);
}
