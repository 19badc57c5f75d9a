//! The real program as a process on a free port.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::database::TestDb;
use super::rpc::Rpc;
use super::{http, scratch, wait_for};

/// A running server; killed when dropped.
pub struct TestServer {
    child: Child,
    address: SocketAddr,
    db_name: String,
    log: PathBuf,
}

impl TestServer {
    /// Neither scheduler nor job runner, as the contract was recorded.
    pub fn start(db: &TestDb) -> TestServer {
        Self::start_with(db, &["--max-cron-threads", "0"])
    }

    /// With jobs and the scheduler.
    pub fn with_jobs(db: &TestDb) -> TestServer {
        Self::start_with(db, &["--max-cron-threads", "2"])
    }

    pub fn start_with(db: &TestDb, options: &[&str]) -> TestServer {
        // Between choosing a port and taking it, another process may take it: then the next one.
        for _ in 0..3 {
            let mut server = Self::spawn(db, options);
            if server.answers() {
                return server;
            }
        }
        panic!("the server does not start");
    }

    fn spawn(db: &TestDb, options: &[&str]) -> TestServer {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let logs = scratch("logs");
        fs::create_dir_all(&logs).unwrap();
        let log = logs.join(format!("{}-{port}.log", db.name()));
        let mut command = Command::new(env!("CARGO_BIN_EXE_lastmile"));
        command.args(["serve", "--http-interface", "127.0.0.1", "--http-port", &port.to_string()]);
        command.args(["--db-name", db.name(), "--database-url", db.url(), "--data-dir"]).arg(db.data_dir()).args(options);
        command.env("NO_COLOR", "1").env_remove("DATABASE_URL");
        // A `lastmile.toml` of the developer's must not be read.
        command.current_dir(scratch("")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log).unwrap());
        let child = command.spawn().unwrap();
        TestServer { child, address: SocketAddr::from(([127, 0, 0, 1], port)), db_name: db.name().to_owned(), log }
    }

    /// Waits until the server answers. False when it ended first.
    fn answers(&mut self) -> bool {
        wait_for("an answer of /healthz", Duration::from_secs(60), || {
            if let Ok(Some(status)) = self.child.try_wait() {
                eprintln!("the server ended: {status}\n{}", self.log_end());
                return Some(false);
            }
            self.healthy().then_some(true)
        })
    }

    pub fn healthy(&self) -> bool {
        http::request(self.address, "GET", "/healthz", &[], b"").is_ok_and(|answer| answer.status == 200)
    }

    /// Whether the process that was started still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn db_name(&self) -> &str {
        &self.db_name
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Calls as `admin`.
    pub fn admin(&self) -> Rpc {
        Rpc::login(self, "admin", "admin")
    }

    /// kill -9.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and how the process ended.
    pub fn terminate(mut self) -> ExitStatus {
        let process = nix::unistd::Pid::from_raw(self.child.id().try_into().unwrap());
        nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGTERM).unwrap();
        wait_for("the end of the server", Duration::from_secs(40), || self.child.try_wait().unwrap())
    }

    /// What was logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Failures of the server's own, as it logged them.
    #[allow(dead_code, reason = "benches have no use for it")]
    pub fn failures(&self) -> Vec<String> {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        text.lines().filter(|line| line.contains("ERROR") || line.contains("panicked")).map(str::to_owned).collect()
    }

    fn log_end(&self) -> String {
        let text = self.log();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- {} ends with\n{}", self.log.display(), self.log_end());
        } else {
            let _ = fs::remove_file(&self.log);
        }
    }
}
