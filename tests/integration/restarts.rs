//! PostgreSQL goes and comes back: calls that had not changed anything wait for it, and health tells what is.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::http;
use crate::support::rpc::{Rpc, RpcError, WebSession};
use crate::support::server::TestServer;
use crate::support::{Ends, wait_for};

/// The server program of a cluster, and where its data is.
struct Postgres {
    pg_ctl: PathBuf,
    data: PathBuf,
}

impl Postgres {
    fn of(db: &TestDb) -> Postgres {
        let data = PathBuf::from(db.text("SELECT current_setting('data_directory') AS value"));
        let started = std::fs::read_to_string(data.join("postmaster.opts")).unwrap();
        let program = Path::new(started.split(' ').next().unwrap());
        Postgres { pg_ctl: program.with_file_name("pg_ctl"), data }
    }

    /// Runs `pg_ctl` as the owner of the data; how long it took.
    fn ctl(&self, args: &[&str]) -> Duration {
        let begun = Instant::now();
        let owner = std::fs::metadata(&self.data).unwrap();
        let mut command = Command::new(&self.pg_ctl);
        command.args(args).arg("-w").arg("-D").arg(&self.data).arg("-l").arg(self.data.join("../server.log"));
        command.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
        if std::fs::metadata("/proc/self").unwrap().uid() != owner.uid() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        assert!(command.status().unwrap().success(), "pg_ctl {args:?}");
        begun.elapsed()
    }
}

fn create(rpc: &Rpc, name: &str) -> Result<Value, RpcError> {
    rpc.try_call("res.partner", "create", json!([{"name": name}]), json!({}))
}

fn count(rpc: &Rpc, domain: Value) -> Result<Value, RpcError> {
    rpc.try_call("res.partner", "search_count", json!([domain]), json!({}))
}

/// One database for both: it takes a while to be made.
#[test]
fn calls_wait_for_a_database_that_comes_back() {
    let db = TestDb::of_its_own("restarts");
    let server = TestServer::with_jobs(&db);
    let postgres = Postgres::of(&db);
    restarted_under_load(&server, &postgres);
    away_for_a_while(&server, &postgres);
    let failures = server.failures();
    assert!(failures.iter().all(|line| !line.contains("a request failed")), "{failures:#?}");
}

/// What clients saw meanwhile.
#[derive(Default)]
struct Seen {
    read: AtomicI64,
    written: AtomicI64,
    /// Lost while they were committed: nobody knows whether they were kept.
    unsure: AtomicI64,
    /// Waited in vain.
    busy: AtomicI64,
    wrong: Mutex<Vec<String>>,
}

impl Seen {
    fn note(&self, done: &AtomicI64, write: bool, outcome: Result<Value, RpcError>) {
        let counted = match outcome {
            Ok(_) => done,
            Err(error) if write && error.name == "psycopg2.OperationalError" => &self.unsure,
            Err(error) if error.name == "odoo.exceptions.UserError" => &self.busy,
            Err(error) => return self.wrong.lock().unwrap().push(error.to_string()),
        };
        counted.fetch_add(1, Ordering::Relaxed);
    }
}

fn restarted_under_load(server: &TestServer, postgres: &Postgres) {
    let (over, seen) = (AtomicBool::new(false), Seen::default());
    let session = WebSession::open(server, "admin", "admin");
    let slowest = std::thread::scope(|scope| {
        let (over, seen, session) = (&over, &seen, &session);
        for client in 0..3 {
            let (reader, writer) = (server.admin(), server.admin());
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    seen.note(&seen.read, false, count(&reader, json!([["id", ">", 0]])));
                    // Two statements, in a snapshot of their own.
                    let fields = json!([[], ["name", "country_id", "category_id"], 0, 5]);
                    seen.note(&seen.read, false, reader.try_call("res.partner", "search_read", fields, json!({})));
                    seen.note(&seen.read, false, session.try_call("res.users", "search_count", json!([[]]), json!({})));
                }
            });
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    seen.note(&seen.written, true, create(&writer, &format!("Restart {client}")));
                }
            });
        }
        let _ends = Ends(over);
        let mut slowest = Duration::ZERO;
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(700));
            slowest = slowest.max(postgres.ctl(&["-m", "immediate", "restart"]));
        }
        std::thread::sleep(Duration::from_secs(1));
        slowest
    });
    let number = |of: &AtomicI64| of.load(Ordering::Relaxed);
    let (read, written, unsure, busy) = (number(&seen.read), number(&seen.written), number(&seen.unsure), number(&seen.busy));
    println!("{read} read, {written} written, {unsure} lost while they were committed, {busy} waited in vain; slowest restart {slowest:?}");
    let wrong = seen.wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(read > 10 && written > 10 && unsure <= 9, "{read} read, {written} written, {unsure} unsure");
    // A machine on which a restart takes as long as anybody waits proves nothing more.
    assert!(busy == 0 || slowest > Duration::from_secs(3), "{busy} waited in vain, slowest restart {slowest:?}");
    let kept = count(&server.admin(), json!([["name", "=like", "Restart %"]])).unwrap().as_i64().unwrap();
    assert!((written..=written + unsure).contains(&kept), "{kept} kept of {written}, and {unsure} unsure");
}

fn away_for_a_while(server: &TestServer, postgres: &Postgres) {
    let admin = server.admin();
    let health = |path: &str| http::request(server.address(), "GET", path, &[], b"").unwrap().status;
    let begun = Instant::now();
    postgres.ctl(&["-m", "immediate", "stop"]);
    std::thread::scope(|scope| {
        let reads = scope.spawn(|| count(&admin, json!([])));
        let writes = scope.spawn(|| create(&admin, "Patient"));
        assert_eq!((health("/healthz"), health("/web/health?db_server_status=1")), (503, 500));
        std::thread::sleep(Duration::from_secs(2).saturating_sub(begun.elapsed()));
        assert_eq!(health("/healthz"), 503);
        postgres.ctl(&["start"]);
        wait_for("health", Duration::from_secs(30), || (health("/healthz") == 200).then_some(()));
        let away = begun.elapsed();
        let (read, written) = (reads.join().unwrap(), writes.join().unwrap());
        // Where PostgreSQL takes longer to start than anybody waits, they were told so.
        let patient = away < Duration::from_secs(4);
        assert!(read.is_ok_and(|found| found.as_i64() > Some(0)) || !patient, "away for {away:?}");
        let kept = count(&admin, json!([["name", "=", "Patient"]])).unwrap();
        assert_eq!(kept, json!(i64::from(written.is_ok())));
        assert!(written.is_ok() || !patient, "{written:?}, away for {away:?}");
    });
    // For longer than anybody waits.
    postgres.ctl(&["-m", "immediate", "stop"]);
    let begun = Instant::now();
    let error = create(&admin, "Nobody").unwrap_err();
    let waited = begun.elapsed();
    assert_eq!(error.name, "odoo.exceptions.UserError", "{error}");
    assert!(waited > Duration::from_secs(4) && waited < Duration::from_secs(12), "{waited:?}");
    assert_eq!(health("/healthz"), 503);
    postgres.ctl(&["start"]);
    wait_for("calls", Duration::from_secs(30), || count(&admin, json!([["name", "=", "Nobody"]])).ok().filter(|n| *n == json!(0)));
    assert_eq!(health("/web/health?db_server_status=1"), 200);
}
