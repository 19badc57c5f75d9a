//! A plan's new speed reaches everybody who has it: queued, paced, with a progress that can be asked for.

use std::time::Duration;

use serde_json::{Value, json};

use super::{act, failures, settled, write};
use crate::support::database::TestDb;
use crate::support::provider::{Provider, set_parameter, simulator};
use crate::support::server::TestServer;
use crate::support::wait_for;

const SERVICES: usize = 30;

#[test]
fn a_new_speed_reaches_everybody_at_a_pace() {
    let db = TestDb::new();
    let sim = simulator(0);
    let server = TestServer::with_jobs(&db);
    let admin = server.admin();
    let provider = Provider::new(&admin);
    let site = provider.site("a", &sim);
    let ids = provider.subscriptions(&site, "p", SERVICES);
    for (n, id) in ids.iter().enumerate() {
        write(&admin, "isp.subscription", &[*id], json!({"service_ip": format!("10.40.0.{}", n + 1)}));
    }
    act(&admin, &ids[..SERVICES - 1], "action_activate");
    settled(&admin);
    act(&admin, &ids[..1], "action_suspend");
    settled(&admin);
    sim.connect_ppp("p1", "10.40.0.2", "02:AA:00:00:00:01").unwrap();
    let jobs = || admin.call::<usize>("isp.provisioning_job", "search_count", json!([[["job_type", "=", "change_plan"]]]));
    let progress = || admin.call::<Value>("isp.service_plan", "get_rollout_progress", json!([[provider.plan]]));
    assert_eq!(progress()["total"], 0);
    let plan = [provider.plan];
    write(&admin, "isp.service_plan", &plan, json!({"price_monthly": 30.0, "download_mbps": 20}));
    assert_eq!(jobs(), 0, "nothing that routers are told has changed");

    set_parameter(&admin, "isp_mikrotik.plan_jobs_per_minute", "300");
    write(&admin, "isp.service_plan", &plan, json!({"down_mbps": 80}));
    assert_eq!(jobs(), SERVICES - 1, "one for each service that is not a draft");
    let first = progress();
    assert_eq!(first["total"], SERVICES - 1);
    assert!(first["waiting"].as_u64().unwrap() > 0, "all at once: {first}");
    wait_for("the new speed everywhere", Duration::from_secs(60), || (progress()["done"] == SERVICES - 1).then_some(()));
    assert_eq!(failures(&admin), Vec::<String>::new());
    let slow = sim.rows("/queue/simple").iter().filter(|row| row.get("max-limit") != Some("5000000/80000000")).count();
    assert_eq!(slow, 0);
    assert_eq!(sim.find("/ppp/profile", "name", "home-20").unwrap().get("rate-limit"), Some("5M/80M"));
    assert!(sim.rows("/ppp/active").is_empty(), "sessions begin anew");
    assert!(sim.find("/ppp/secret", "name", "p0").unwrap().is_true("disabled"), "who is suspended stays so");
    let told = db.text("SELECT details AS value FROM isp_audit_log WHERE action = 'plan_rollout'");
    assert_eq!(told, format!("Queued {} jobs for the new terms", SERVICES - 1));

    set_parameter(&admin, "isp_mikrotik.plan_jobs_per_minute", "0");
    write(&admin, "isp.service_plan", &plan, json!({"upload_mbps": 7}));
    settled(&admin);
    assert_eq!(progress(), json!({"total": SERVICES - 1, "waiting": 0, "running": 0, "done": SERVICES - 1, "failed": 0}));
}
