//! The filestore: files by the SHA-1 of their bytes, `<data-dir>/filestore/<database>/ab/abcdef…`, as the reference keeps them.
//!
//! A file is there before the row that names it is committed, and equal files are one. So a rolled back transaction
//! leaves at most a file that no row names, which [`FileStore::sweep`] takes away, and never a row without its file.

use std::collections::HashSet;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use lastmile_orm::attachments::{FileStore, Files};
use lastmile_orm::error::{Builtin, Error, Result};
use sha1::{Digest, Sha1};

use crate::config::Config;

/// Where the reference keeps its data when nothing else is said, from the home directory and from the root.
const ODOO_HOME: &str = ".local/share/Odoo";
const ODOO_SYSTEM: &str = "/var/lib/odoo";
/// A file that no row names is left alone for so long: its transaction may still be open.
const GRACE: Duration = Duration::from_secs(24 * 3600);

/// Files of one database.
#[derive(Clone, Debug)]
pub struct Filestore {
    /// New files go here.
    own: PathBuf,
    /// Files of an adopted database are found here; nothing is written.
    others: Vec<PathBuf>,
}

/// For whoever wanted to keep a file; where it is stays our own.
fn full(what: &str) -> Error {
    Error::Builtin(Builtin::OsError, format!("The file was not kept: {what}."))
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => full("the disk of the filestore is full"),
        ErrorKind::ReadOnlyFilesystem => full("the filestore takes no changes"),
        _ => Error::internal(format!("filestore: cannot {what} {}: {error}", path.display())),
    }
}

/// Whether a name is one of ours: nothing else from a row may become a path.
fn is_name(name: &str) -> bool {
    let hex = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase());
    matches!(name.split_once('/'), Some((short, full)) if (2..=3).contains(&short.len()) && full.len() == 40 && full.starts_with(short) && hex(short) && hex(full))
}

impl Filestore {
    /// The filestore below a data directory, and those of a reference server on this machine.
    pub fn new(data_dir: &Path, db_name: &str) -> Self {
        let below = |dir: &Path| dir.join("filestore").join(db_name);
        let own = below(data_dir);
        let mut others = vec![below(&Path::new(ODOO_SYSTEM).join(ODOO_HOME)), below(Path::new(ODOO_SYSTEM))];
        if let Some(home) = std::env::var_os("HOME") {
            others.insert(0, below(&Path::new(&home).join(ODOO_HOME)));
        }
        others.retain(|dir| *dir != own && dir.is_dir());
        Filestore { own, others }
    }

    /// Held shared while a file is kept, and alone while one is taken away: by every process on this filestore.
    fn lock(&self, alone: bool) -> Result<fs::File> {
        fs::create_dir_all(&self.own).map_err(|e| failed("create", &self.own, &e))?;
        let path = self.own.join(".lock");
        let file = fs::File::options().create(true).append(true).open(&path).map_err(|e| failed("open", &path, &e))?;
        let locked = if alone { file.lock() } else { file.lock_shared() };
        locked.map(|()| file).map_err(|e| failed("lock", &path, &e))
    }

    /// Removes a file if it is old; a transaction may be about to name a young one.
    fn remove_old(&self, path: &Path) -> Result<bool> {
        let old = || {
            let changed = fs::metadata(path).and_then(|m| m.modified());
            changed.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > GRACE))
        };
        if !old() {
            return Ok(false);
        }
        let _alone = self.lock(true)?;
        // Looked at again: it may have been kept anew while the lock was waited for.
        Ok(old() && fs::remove_file(path).is_ok())
    }

    fn write(&self, folder: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
        fs::create_dir_all(folder).map_err(|e| failed("create", folder, &e))?;
        let part = folder.join(format!("{}.part", lastmile_rpc::http::request::random_text(12)));
        let written = fs::File::create(&part).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        // The name appears with all its bytes or not at all.
        written.and_then(|()| fs::rename(&part, path)).map_err(|e| {
            let _gone = fs::remove_file(&part);
            failed("write", path, &e)
        })?;
        // The name itself has to outlive a power cut as well.
        fs::File::open(folder).and_then(|dir| dir.sync_all()).map_err(|e| failed("sync", folder, &e))
    }
}

impl FileStore for Filestore {
    fn put(&self, bytes: &[u8]) -> Result<(String, String)> {
        let _shared = self.lock(false)?;
        let sum: String = Sha1::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
        let short: String = sum.chars().take(2).collect();
        let name = format!("{short}/{sum}");
        let (folder, path) = (self.own.join(&short), self.own.join(&name));
        match fs::read(&path) {
            // SHA-1 collisions can be made: the second of two different files with one sum is refused.
            Ok(known) if known == bytes => {
                // Young again: a sweep must not take it before the new row is committed.
                let _kept = fs::File::options().append(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
            }
            Ok(known) if known.is_empty() => self.write(&folder, &path, bytes)?,
            Ok(_) => return Err(Error::user("The attachment collides with an existing file.")),
            Err(error) if error.kind() == ErrorKind::NotFound => self.write(&folder, &path, bytes)?,
            Err(error) => return Err(failed("read", &path, &error)),
        }
        Ok((name, sum))
    }

    fn get(&self, name: &str) -> Result<Option<Vec<u8>>> {
        if !is_name(name) {
            return Ok(None);
        }
        for dir in std::iter::once(&self.own).chain(&self.others) {
            let path = dir.join(name);
            match fs::read(&path) {
                Ok(bytes) => return Ok(Some(bytes)),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => tracing::warn!(path = %path.display(), %error, "a file of the filestore cannot be read"),
            }
        }
        Ok(None)
    }

    fn sweep(&self, named: &HashSet<String>) -> Result<usize> {
        let mut gone = 0;
        let Ok(folders) = fs::read_dir(&self.own) else { return Ok(0) };
        for folder in folders.flatten() {
            for file in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
                let name = format!("{}/{}", folder.file_name().to_string_lossy(), file.file_name().to_string_lossy());
                // Half-written files of a crash are no names, but ours all the same.
                let ours = is_name(&name) || name.ends_with(".part");
                if ours && !named.contains(&name) && self.remove_old(&file.path())? {
                    gone += 1;
                }
            }
        }
        Ok(gone)
    }
}

/// The port of the models onto the filestore of the settings.
pub fn files(config: &Config) -> Files {
    Files(Box::new(Filestore::new(&config.data_dir, &config.db_name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_named_and_its_place_is_not() {
        let of = |code: i32| failed("write", Path::new("/srv/data/x"), &std::io::Error::from_raw_os_error(code));
        // ENOSPC, EDQUOT, EROFS.
        for code in [28, 122, 30] {
            let error = of(code);
            assert!(matches!(&error, Error::Builtin(Builtin::OsError, text) if !text.contains("/srv")), "{error:?}");
        }
        assert!(matches!(of(5), Error::Internal(_)));
    }

    #[test]
    fn files_are_kept_once_by_their_sum_and_found_again() {
        let dir = std::env::temp_dir().join(format!("lastmile-filestore-{}", std::process::id()));
        let store = Filestore::new(&dir, "isp");
        let (name, sum) = store.put(b"hello").unwrap();
        assert_eq!(name, "aa/aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
        assert_eq!(sum, "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
        assert_eq!(store.put(b"hello").unwrap().0, name);
        assert_eq!(store.get(&name).unwrap().as_deref(), Some(b"hello".as_slice()));
        assert!(dir.join("filestore/isp").join(&name).is_file());
        assert_eq!(store.get("aa/aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434e").unwrap(), None);
        // Another directory's file, as an adopted database has them.
        let adopted = Filestore { own: dir.join("new"), others: vec![dir.join("filestore/isp")] };
        assert_eq!(adopted.get(&name).unwrap().as_deref(), Some(b"hello".as_slice()));
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn old_files_that_nobody_names_are_taken_away() {
        let dir = std::env::temp_dir().join(format!("lastmile-sweep-{}", std::process::id()));
        let store = Filestore::new(&dir, "isp");
        let own = dir.join("filestore/isp");
        let age = |name: &str| fs::File::open(own.join(name)).unwrap().set_modified(SystemTime::now() - 2 * GRACE).unwrap();
        let (named, _) = store.put(b"named").unwrap();
        let (young, _) = store.put(b"young").unwrap();
        let (old, _) = store.put(b"old").unwrap();
        let (again, _) = store.put(b"kept again").unwrap();
        fs::write(own.join("aa.txt"), "not ours").unwrap();
        for name in [&named, &old, &again] {
            age(name);
        }
        store.put(b"kept again").unwrap();
        assert_eq!(store.sweep(&HashSet::from([named.clone()])).unwrap(), 1);
        assert_eq!(store.get(&old).unwrap(), None);
        for name in [&named, &young, &again] {
            assert!(store.get(name).unwrap().is_some(), "{name}");
        }
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn names_are_no_paths() {
        for name in [
            "../../etc/passwd",
            "aa/../../x",
            "/etc/passwd",
            "aa/AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D",
            "",
            "aa/",
            "bb/aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
        ] {
            assert!(!is_name(name), "{name}");
        }
    }
}
