//! The private PostgreSQL cluster: what runs when no database is configured.
//!
//! The cluster lives in `<data-dir>/postgres` and listens on a Unix socket in a directory only its owner can enter,
//! which is why its authentication is `trust`. The server outlives a killed program and is used again by the next
//! one; each program holds a shared file lock while it uses the server, and the last to leave stops it.
//!
//! PostgreSQL refuses to run as root. Started by root, the cluster belongs to the account `postgres` or `nobody`.

mod home;

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
use lastmile_orm::error::{Error, Result};

use self::home::{Account, Home, SUPERUSER, failed};

const TOOLS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// Where and how to run the cluster.
#[derive(Debug, Clone)]
pub struct ClusterOptions {
    /// The program's data directory; the cluster is its subdirectory `postgres`.
    pub data_dir: PathBuf,
    /// Database to create when it is not there.
    pub db_name: String,
    /// False trades durability for speed: for tests only. Applies when the server starts, not to a running one.
    pub fsync: bool,
}

/// A running cluster in use by this process.
#[derive(Debug)]
pub struct Cluster {
    tools: Tools,
    home: Home,
    url: String,
    in_use: Option<File>,
}

impl Cluster {
    /// Makes the cluster and the database if need be, starts the server unless it runs already.
    pub fn start(options: &ClusterOptions) -> Result<Cluster> {
        let account = Account::for_server()?;
        let home = Home::prepare(&options.data_dir, account.as_ref())?;
        let tools = Tools::find(&home, account)?;
        // Held until the server answers: two programs started at once must not both make a cluster.
        let gate = home.lock_file("start.lock")?;
        gate.lock().map_err(|e| failed("lock the cluster", &e))?;
        if !home.data().join("PG_VERSION").exists() {
            tools.initialize(&home, options.fsync)?;
        }
        home.write_settings(options.fsync)?;
        let in_use = home.lock_file("in-use.lock")?;
        in_use.lock_shared().map_err(|e| failed("lock the cluster", &e))?;
        let mut admin = tools.ensure_running(&home)?;
        create_database(&mut admin, &options.db_name)?;
        let url = home.url(&options.db_name);
        Ok(Cluster { tools, home, url, in_use: Some(in_use) })
    }

    /// Address of the database for libpq.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops using the cluster; the last user stops the server. Dropping does the same without telling of failures.
    pub fn stop(mut self) -> Result<()> {
        self.leave()
    }

    fn leave(&mut self) -> Result<()> {
        let Some(in_use) = self.in_use.take() else { return Ok(()) };
        let gate = self.home.lock_file("start.lock")?;
        gate.lock().map_err(|e| failed("lock the cluster", &e))?;
        in_use.unlock().map_err(|e| failed("unlock the cluster", &e))?;
        match in_use.try_lock() {
            Ok(()) => self.tools.stop(&self.home),
            Err(TryLockError::WouldBlock) => Ok(()),
            Err(TryLockError::Error(e)) => Err(failed("lock the cluster", &e)),
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.leave() {
            tracing::warn!("the database server was not stopped: {error}");
        }
    }
}

/// PostgreSQL's programs, and who runs them.
#[derive(Debug)]
struct Tools {
    bin: PathBuf,
    account: Option<Account>,
}

impl Tools {
    /// `LASTMILE_PG_BIN` alone if it is set, else the search path, then Debian's directories, newest first.
    /// An existing cluster takes the first of its own version.
    fn find(home: &Home, account: Option<Account>) -> Result<Tools> {
        let complete = |dir: &PathBuf| TOOLS.iter().all(|tool| dir.join(tool).is_file());
        let mut found: Vec<PathBuf> = match std::env::var_os("LASTMILE_PG_BIN") {
            Some(dir) => vec![PathBuf::from(dir)],
            None => std::env::var_os("PATH").iter().flat_map(std::env::split_paths).chain(debian_directories()).collect(),
        };
        found.retain(complete);
        let version = fs::read_to_string(home.data().join("PG_VERSION")).ok();
        if let Some(version) = version.as_deref().map(str::trim) {
            found.retain(|dir| version_of(dir).is_some_and(|v| v == version));
            if found.is_empty() {
                return Err(Error::User(format!("{} was made by PostgreSQL {version}, which is not installed", home.dir.display())));
            }
        }
        let bin = found.into_iter().next().ok_or_else(|| {
            Error::User(
                "PostgreSQL's server programs were not found: install the package `postgresql`, name their directory in \
                 LASTMILE_PG_BIN, or configure a database server"
                    .into(),
            )
        })?;
        Ok(Tools { bin, account })
    }

    fn run(&self, tool: &str, args: &[&OsStr]) -> Result<Output> {
        let mut command = Command::new(self.bin.join(tool));
        // The caller's directory and PG* variables must not leak into the server.
        command.args(args).current_dir("/").env("LC_ALL", "C");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PG")) {
            command.env_remove(name);
        }
        if let Some(account) = &self.account {
            command.uid(account.uid).gid(account.gid);
        }
        command.output().map_err(|e| failed(&format!("run {tool}"), &e))
    }

    /// Makes the cluster next to its place and moves it there, so that an interrupted attempt leaves nothing half-made.
    fn initialize(&self, home: &Home, fsync: bool) -> Result<()> {
        let draft = home.dir.join("data.new");
        if draft.exists() {
            fs::remove_dir_all(&draft).map_err(|e| failed(&format!("remove {}", draft.display()), &e))?;
        }
        let mut args = ["--locale=C.UTF-8", "-E", "UTF8", "-A", "trust", "-U", SUPERUSER, "-D"].map(OsStr::new).to_vec();
        args.push(draft.as_os_str());
        if !fsync {
            args.push(OsStr::new("--no-sync"));
        }
        let output = self.run("initdb", &args)?;
        if !output.status.success() {
            return Err(Error::Internal(format!("initdb failed: {}", text_of(&output))));
        }
        let settings = draft.join("postgresql.conf");
        fs::read_to_string(&settings)
            .and_then(|text| fs::write(&settings, format!("{text}\ninclude_if_exists = 'lastmile.conf'\n")))
            .and_then(|()| fs::rename(&draft, home.data()))
            .map_err(|e| failed(&format!("set up {}", home.data().display()), &e))
    }

    /// A connection to the server, which is started unless it answers. Tries again for a while: after a kill, the
    /// server's children need a moment to notice, and no new server starts before they are gone.
    fn ensure_running(&self, home: &Home) -> Result<PgConnection> {
        let url = home.url("postgres");
        let (data, log) = (home.data(), home.log());
        let args = [OsStr::new("-D"), data.as_os_str(), OsStr::new("-l"), log.as_os_str(), OsStr::new("-w"), OsStr::new("start")];
        let mut last = String::new();
        for _ in 0..40 {
            if let Ok(connection) = PgConnection::establish(&url) {
                return Ok(connection);
            }
            home.remove_stale_pid_file();
            let output = self.run("pg_ctl", &args)?;
            match PgConnection::establish(&url) {
                Ok(connection) => return Ok(connection),
                Err(error) => last = format!("{error}; {}", text_of(&output)),
            }
            sleep(Duration::from_millis(250));
        }
        Err(Error::Internal(format!("the database server does not start (its log: {}): {last}", log.display())))
    }

    fn stop(&self, home: &Home) -> Result<()> {
        let data = home.data();
        let args = ["-m", "fast", "-w", "stop", "-D"].map(OsStr::new);
        let output = self.run("pg_ctl", &[&args[..], &[data.as_os_str()]].concat())?;
        if output.status.success() || !data.join("postmaster.pid").exists() {
            return Ok(());
        }
        Err(Error::Internal(format!("the database server does not stop: {}", text_of(&output))))
    }
}

fn create_database(admin: &mut PgConnection, name: &str) -> Result<()> {
    let failed = |e: diesel::result::Error| Error::Internal(format!("create the database {name}: {e}"));
    let known = sql_query("SELECT 1 FROM pg_database WHERE datname = $1").bind::<diesel::sql_types::Text, _>(name);
    if known.execute(admin).map_err(failed)? > 0 {
        return Ok(());
    }
    let name = name.replace('"', "\"\"");
    let statement = format!("CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'");
    admin.batch_execute(&statement).map_err(failed)
}

/// `/usr/lib/postgresql/<version>/bin`, newest first.
fn debian_directories() -> Vec<PathBuf> {
    let entries = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> =
        entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))).collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, path)| path).collect()
}

/// Major version of the server in a directory.
fn version_of(bin: &Path) -> Option<String> {
    let output = Command::new(bin.join("postgres")).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let number = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(number.chars().take_while(char::is_ascii_digit).collect())
}

fn text_of(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).trim().to_owned()).join(" ")
}
