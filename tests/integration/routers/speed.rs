//! How long a thousand suspensions take.

use std::time::{Duration, Instant};

use librouteros::sim::Simulator;
use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::provider::{Provider, simulator};
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;
use crate::support::wait_for;

const ROUTERS: usize = 10;
const SERVICES: usize = 100;

fn all_are(rpc: &Rpc, state: &str) -> bool {
    let count: usize = rpc.call("isp.subscription", "search_count", json!([[["state", "=", state]]]));
    count == ROUTERS * SERVICES
}

/// What the server has used of the CPU, in clock ticks: steadier than the time on a busy machine.
fn cpu(server: &TestServer) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.pid())).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    fields.iter().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// Ten routers that take two milliseconds a command, a hundred services each.
#[test]
fn a_thousand_suspensions_are_over_in_seconds() {
    let db = TestDb::new();
    let sims: Vec<Simulator> = (0..ROUTERS).map(|_| simulator(2)).collect();
    let server = TestServer::with_jobs(&db);
    let admin = server.admin();
    let provider = Provider::new(&admin);
    let mut all = Vec::new();
    for (n, sim) in sims.iter().enumerate() {
        let site = provider.site(&format!("r{n}"), sim);
        let ids = provider.subscriptions(&site, &format!("r{n}u"), SERVICES);
        for (at, id) in ids.iter().enumerate().step_by(2) {
            let _: Value = admin.call("isp.subscription", "write", json!([[id], {"service_ip": format!("10.{n}.0.{}", at + 1)}]));
        }
        all.extend(ids);
    }
    for (method, state) in [("action_activate", "active"), ("action_suspend", "suspended"), ("action_reconnect", "active")] {
        let (begun, busy) = (Instant::now(), cpu(&server));
        sims.iter().for_each(Simulator::clear_log);
        let _: Value = admin.call("isp.subscription", method, json!([all]));
        let asked = begun.elapsed();
        wait_for(state, Duration::from_secs(120), || all_are(&admin, state).then_some(()));
        let took = begun.elapsed();
        let commands: usize = sims.iter().map(|sim| sim.log().len()).sum();
        println!("{method}: asked for in {asked:?}, all done after {took:?}, {commands} commands, {} ticks of CPU", cpu(&server) - busy);
    }
}
