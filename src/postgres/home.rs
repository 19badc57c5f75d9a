//! Where the private cluster lives, and under which account.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use lastmile_orm::error::{Error, Result};

/// Superuser of the cluster.
pub const SUPERUSER: &str = "lastmile";
/// Only names the socket: there is no TCP.
const PORT: &str = "5432";
/// Socket paths are limited to about 107 bytes by the kernel; the file name takes 15 of them.
const LONGEST_SOCKET_DIR: usize = 84;

/// The directories of one cluster.
#[derive(Debug)]
pub struct Home {
    /// All of the cluster is below this.
    pub dir: PathBuf,
    socket: PathBuf,
}

impl Home {
    /// Makes the directories: below the data directory, or elsewhere if the account cannot get there.
    pub fn prepare(data_dir: &Path, account: Option<&Account>) -> Result<Home> {
        fs::create_dir_all(data_dir).map_err(|e| failed(&format!("create {}", data_dir.display()), &e))?;
        let base = data_dir.canonicalize().map_err(|e| failed(&format!("open {}", data_dir.display()), &e))?;
        // Until a directory is given to its account, another program that starts now would take it for a stranger's.
        let gate = lock_file(&base.join("postgres.lock"))?;
        gate.lock().map_err(|e| failed("lock the data directory", &e))?;
        let hash = hash(base.as_os_str());
        let mut dir = base.join("postgres");
        if let Some(account) = account
            && !account.can_enter(&base)?
        {
            dir = PathBuf::from(format!("/var/tmp/lastmile-{hash:016x}"));
            tracing::warn!("{} is closed to the account {}; the database is kept in {}", base.display(), account.name, dir.display());
        }
        private_dir(&dir, account)?;
        let mut socket = dir.join("run");
        if socket.as_os_str().len() > LONGEST_SOCKET_DIR {
            socket = PathBuf::from(format!("/tmp/lastmile-{hash:016x}"));
        }
        private_dir(&socket, account)?;
        Ok(Home { dir, socket })
    }

    /// What PostgreSQL calls the data directory.
    pub fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// What the server prints.
    pub fn log(&self) -> PathBuf {
        self.dir.join("server.log")
    }

    /// Opens a file that is only ever locked.
    pub fn lock_file(&self, name: &str) -> Result<File> {
        lock_file(&self.dir.join(name))
    }

    /// Settings are a file of their own, included by the server's, so that the command line needs no quoting.
    pub fn write_settings(&self, fsync: bool) -> Result<()> {
        let socket = self.socket.display().to_string().replace('\'', "''");
        let mut text =
            format!("listen_addresses = ''\nport = {PORT}\nunix_socket_directories = '{socket}'\nlog_timezone = 'UTC'\ntimezone = 'UTC'\n");
        if !fsync {
            text += "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n";
        }
        let path = self.data().join("lastmile.conf");
        fs::write(&path, text).map_err(|e| failed(&format!("write {}", path.display()), &e))
    }

    /// Address of a database for libpq.
    pub fn url(&self, db_name: &str) -> String {
        let host = encode(&self.socket.display().to_string());
        format!("postgresql://{SUPERUSER}@/{}?host={host}&port={PORT}", encode(db_name))
    }

    /// A pid file left by a killed server may name a process that is now something else.
    pub fn remove_stale_pid_file(&self) {
        let path = self.data().join("postmaster.pid");
        let Ok(text) = fs::read_to_string(&path) else { return };
        let Some(pid) = text.lines().next() else { return };
        if let Ok(name) = fs::read_to_string(format!("/proc/{pid}/comm"))
            && !name.starts_with("postgres")
            && let Err(error) = fs::remove_file(&path)
        {
            tracing::warn!("{}: {error}", path.display());
        }
    }
}

/// The account that runs the server in root's stead.
#[derive(Debug)]
pub struct Account {
    name: String,
    /// As in the password file, like the next.
    pub uid: u32,
    pub gid: u32,
}

impl Account {
    /// None unless we are root.
    pub fn for_server() -> Result<Option<Account>> {
        let output = Command::new("id").arg("-u").output().map_err(|e| failed("run id", &e))?;
        if String::from_utf8_lossy(&output.stdout).trim() != "0" {
            return Ok(None);
        }
        let passwd = fs::read_to_string("/etc/passwd").map_err(|e| failed("read /etc/passwd", &e))?;
        let account = Account::named(&passwd, "postgres").or_else(|| Account::named(&passwd, "nobody"));
        account
            .map(Some)
            .ok_or_else(|| Error::User("PostgreSQL does not run as root, and there is no account `postgres` or `nobody`".into()))
    }

    fn named(passwd: &str, wanted: &str) -> Option<Account> {
        passwd.lines().find_map(|line| {
            let mut parts = line.split(':');
            let name = parts.next().filter(|name| *name == wanted)?;
            let uid = parts.nth(1)?.parse().ok()?;
            let gid = parts.next()?.parse().ok()?;
            Some(Account { name: name.to_owned(), uid, gid })
        })
    }

    fn can_enter(&self, dir: &Path) -> Result<bool> {
        let status = Command::new("test").arg("-x").arg(dir).current_dir("/").uid(self.uid).gid(self.gid).status();
        Ok(status.map_err(|e| failed("run test", &e))?.success())
    }
}

fn lock_file(path: &Path) -> Result<File> {
    File::options().create(true).append(true).open(path).map_err(|e| failed(&format!("open {}", path.display()), &e))
}

/// A directory for the server's account alone. One that someone else has put there is refused: `/tmp` is open to all.
fn private_dir(path: &Path, account: Option<&Account>) -> Result<()> {
    let made = match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => true,
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => false,
        Err(e) => return Err(failed(&format!("create {}", path.display()), &e)),
    };
    if made && let Some(account) = account {
        chown(path, Some(account.uid), Some(account.gid)).map_err(|e| failed(&format!("give away {}", path.display()), &e))?;
    }
    let found = fs::symlink_metadata(path).map_err(|e| failed(&format!("open {}", path.display()), &e))?;
    let foreign = account.is_some_and(|account| account.uid != found.uid());
    if !found.is_dir() || foreign || found.mode() & 0o077 != 0 {
        return Err(Error::User(format!("{} must be a directory of the database's own account, closed to others", path.display())));
    }
    Ok(())
}

/// FNV-1a: names of fallback directories must be the same in every version of the program.
fn hash(text: &OsStr) -> u64 {
    text.as_encoded_bytes().iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Percent-encoding of all but unreserved characters.
fn encode(text: &str) -> String {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if unreserved(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// An operation of the operating system that went wrong.
pub fn failed(what: &str, error: &io::Error) -> Error {
    Error::Internal(format!("cannot {what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::{Account, encode};

    #[test]
    fn accounts_are_found_by_name() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\npostgres:x:101:104::/var/lib/postgresql:/bin/bash\n";
        let found = Account::named(passwd, "postgres").map(|account| (account.uid, account.gid));
        assert_eq!(found, Some((101, 104)));
        assert!(Account::named(passwd, "nobody").is_none());
    }

    #[test]
    fn addresses_are_encoded() {
        assert_eq!(encode("/a b/é"), "%2Fa%20b%2F%C3%A9");
    }
}
