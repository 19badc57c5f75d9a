//! Routers and mail servers that never answer hold up nobody but those who wait for them.

use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::provider::{Provider, simulator};
use crate::support::server::TestServer;
use crate::support::wait_for;

/// Takes connections and says nothing.
struct Silent {
    port: u16,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Silent {
    fn start() -> Silent {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let open = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&open);
        std::thread::spawn(move || listener.incoming().for_each(|stream| kept.lock().unwrap().push(stream.unwrap())));
        Silent { port, open }
    }

    fn guests(&self) -> usize {
        self.open.lock().unwrap().len()
    }

    /// Hangs up on everybody.
    fn end(&self) {
        self.open.lock().unwrap().clear();
    }
}

/// With one thread for HTTP and six connections to the database, four calls wait for routers and four for a mail server;
/// everybody else, the same user too, goes on, and no transaction stays open.
#[test]
fn who_waits_for_others_holds_neither_connection_nor_transaction() {
    let db = TestDb::new();
    let sim = simulator(0);
    let server = TestServer::start_with(&db, &["--max-cron-threads", "0", "--workers", "1"]);
    let admin = server.admin();
    let provider = Provider::new(&admin);
    let (router, mail) = (Silent::start(), Silent::start());
    let mut jobs = Vec::new();
    for code in ["a", "b", "c", "d"] {
        let site = provider.site(code, &sim);
        let device: Vec<Value> = admin.call("isp.mikrotik.router", "read", json!([[site.router], ["device_id"]]));
        let _: bool = admin.call("isp.device", "write", json!([[device[0]["device_id"][0]], {"mgmt_port": router.port}]));
        let service = provider.subscriptions(&site, code, 1);
        let _: Value = admin.call("isp.subscription", "action_activate", json!([service]));
        let queued: Vec<i64> = admin.call("isp.provisioning_job", "search", json!([[["subscription_id", "in", service]]]));
        jobs.push(queued);
    }
    let values = json!([{"name": "Silent", "smtp_host": "127.0.0.1", "smtp_port": mail.port, "smtp_encryption": "none"}]);
    let smtp: i64 = admin.call("ir.mail_server", "create", values);
    let over = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for queued in &jobs {
            let (server, over) = (&server, &over);
            scope.spawn(move || {
                let _ = server.admin().try_call("isp.provisioning_job", "action_run", json!([queued]), json!({}));
                over.fetch_add(1, Ordering::SeqCst);
            });
        }
        for _ in 0..4 {
            scope.spawn(|| {
                let _ = server.admin().try_call("ir.mail_server", "test_smtp_connection", json!([[smtp]]), json!({}));
                over.fetch_add(1, Ordering::SeqCst);
            });
        }
        wait_for("the silent ones to be called", Duration::from_secs(20), || (router.guests() >= 4 && mail.guests() >= 4).then_some(()));
        let open = "SELECT count(*)::text AS value FROM pg_stat_activity WHERE datname = current_database() \
                    AND state LIKE 'idle in transaction%'";
        assert_eq!(db.text(open), "0");
        let begun = Instant::now();
        for _ in 0..20 {
            let count: i64 = admin.call("res.partner", "search_count", json!([[]]));
            assert!(count > 0);
            let _: i64 = admin.call("res.partner", "create", json!([{"name": "Meanwhile"}]));
        }
        println!("40 calls in {:?} while eight wait", begun.elapsed());
        assert_eq!(over.load(Ordering::SeqCst), 0, "the silent ones are still waited for");
        router.end();
        mail.end();
        // Who is hung up on tries again; the listener goes on taking calls, so they are ended until all are over.
        while over.load(Ordering::SeqCst) < 8 {
            std::thread::sleep(Duration::from_millis(100));
            router.end();
            mail.end();
        }
    });
    let states = db.text("SELECT string_agg(DISTINCT state, ',') AS value FROM isp_provisioning_job");
    assert!(!states.contains("running"), "{states}");
}

/// A scheduled action that runs is not run a second time, and can be edited meanwhile.
#[test]
fn an_action_that_runs_is_held_without_a_transaction() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let cron = admin.reference("base.autovacuum_job");
    // What another process does while it runs the action.
    let mut other = db.connect();
    other.batch_execute(&format!("SELECT pg_advisory_lock(hashtext('lastmile.cron'), {cron})")).unwrap();
    let refused = admin.try_call("ir.cron", "method_direct_trigger", json!([[cron]]), json!({}));
    assert!(format!("{refused:?}").contains("runs already"), "{refused:?}");
    let _: bool = admin.call("ir.cron", "write", json!([[cron], {"priority": 7}]));
    other.batch_execute("SELECT pg_advisory_unlock_all()").unwrap();
    let done: bool = admin.call("ir.cron", "method_direct_trigger", json!([[cron]]));
    assert!(done);
}
