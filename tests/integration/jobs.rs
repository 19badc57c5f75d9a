//! Jobs go on soon whatever stops in between: another server that hangs, the database that is away.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::provider::{Provider, simulator};
use crate::support::server::TestServer;
use crate::support::wait_for;

/// The lease of a job: whoever waits for its end waits too long.
const LEASE: Duration = Duration::from_secs(60);

#[test]
fn a_server_that_stops_while_it_claims_holds_up_the_others_for_seconds() {
    let db = TestDb::new();
    let sim = simulator(0);
    let server = TestServer::with_jobs(&db);
    let admin = server.admin();
    let provider = Provider::new(&admin);
    let site = provider.site("a", &sim);
    let service = provider.subscriptions(&site, "a", 1);
    // What a stopped process leaves: a transaction with the lock that says nothing more.
    let mut stopped = db.connect();
    stopped.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED").unwrap();
    stopped.batch_execute(lastmile_models::isp_core::runner::CLAIM_LOCK).unwrap();
    let begun = Instant::now();
    let _: Value = admin.call("isp.subscription", "action_activate", json!([service]));
    wait_for("the job", LEASE, || (!sim.rows("/ppp/secret").is_empty()).then_some(()));
    println!("the others went on after {:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[test]
fn an_outcome_that_is_ready_while_the_database_is_away_is_recorded_when_it_is_back() {
    let db = TestDb::new();
    let sim = simulator(600);
    let server = TestServer::with_jobs(&db);
    let admin = server.admin();
    let provider = Provider::new(&admin);
    let site = provider.site("a", &sim);
    let service = provider.subscriptions(&site, "a", 1);
    let mut beside = PgConnection::establish(&db.url().replacen(&format!("/{}?", db.name()), "/postgres?", 1)).unwrap();
    let mut allow = |yes: bool| {
        let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'", db.name());
        beside.batch_execute(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS {yes}", db.name())).unwrap();
        beside.batch_execute(&end).unwrap();
    };
    let _: Value = admin.call("isp.subscription", "action_activate", json!([service]));
    wait_for("the router's session", Duration::from_secs(30), || {
        sim.rows("/ppp/profile").iter().any(|row| row.get("name") == Some("home-20")).then_some(())
    });
    allow(false);
    wait_for("the account", Duration::from_secs(30), || (!sim.rows("/ppp/secret").is_empty()).then_some(()));
    std::thread::sleep(Duration::from_secs(2));
    allow(true);
    let begun = Instant::now();
    let state = || db.text(&format!("SELECT state AS value FROM isp_subscription WHERE id = {}", service[0]));
    wait_for("the record", LEASE, || (state() == "active").then_some(()));
    println!("recorded {:?} after the database came back", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", begun.elapsed());
}
