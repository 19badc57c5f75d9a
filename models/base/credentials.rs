//! Who somebody is: passwords and API keys, checked on a small own pool of threads.
//!
//! A check costs hundreds of thousands of rounds on purpose. The memo spares them when the very same secret was found
//! right before *for the very hash that is stored now*: the stored hash and the active flag are read anew each time,
//! so that a change in any process ends what was remembered.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use lastmile_orm::cancel;
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::slow::Work;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Database, Env, Error, Id, Result, Tx};
use sha2::Sha256;

use super::passlib::{self, KEY_ROUNDS, ROUNDS, Verdict};

/// How many threads check secrets.
const THREADS: usize = 2;
/// How far those threads stand back for others (0 to 19, as `nice`).
const NICE: i32 = 10;
/// How many checks may wait for them: some seconds' worth. Whoever comes then is asked to try again, so that a flood of
/// logins takes neither all threads of requests nor all memory.
const WAITING: usize = 48;
/// More remembered secrets than active users; past it the memo starts anew.
const MEMO: usize = 10_000;
/// How much of a key is kept in the clear, to find its row.
pub const KEY_INDEX: usize = 8;

type Job = Box<dyn FnOnce() + Send>;

/// Which secrets open the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accept {
    /// The password only: web sessions.
    Password,
    /// The password or an API key: the services for programs.
    PasswordOrKey,
}

/// Checks secrets. One for the program; models find it as a port of the database.
pub struct Credentials {
    jobs: Sender<Job>,
    /// Keyed hash of user and secret → the stored hash that it matched.
    memo: Mutex<HashMap<[u8; 32], String>>,
    /// Checks that wait or run.
    waiting: Arc<AtomicUsize>,
    key: [u8; 32],
}

/// Most bytes of a login. A longer one is wrong: its index could not hold it.
pub const LOGIN: usize = 1024;
/// Most bytes of a password or key. A longer one is wrong, and refused as a new one.
pub const SECRET: usize = 4096;

/// What is stored about a user.
struct Stored {
    uid: Id,
    active: bool,
    password: String,
    /// Programs come with keys: the password is half of what opens the door.
    second_factor: bool,
    keys: Vec<String>,
}

impl Credentials {
    /// Starts the threads.
    pub fn new() -> Result<Self> {
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        for n in 0..THREADS {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new()
                .name(format!("credentials-{n}"))
                .spawn(move || {
                    stand_back();
                    work(&queue);
                })
                .map_err(|e| Error::internal(format!("no thread for credentials: {e}")))?;
        }
        Ok(Credentials { jobs, memo: Mutex::default(), waiting: Arc::default(), key: passlib::random()? })
    }

    /// The active user of a login and secret; `None` for wrong ones. A successful login is noted in the user's log.
    pub fn authenticate(&self, db: &Arc<Database>, login: &str, secret: &str, accept: Accept) -> Result<Option<Id>> {
        let found = stored(db, sql!("u.active AND u.login = {login}"), secret)?;
        let Some(user) = found else {
            // As slow as for a login that exists.
            self.on_pool({
                let secret = secret.to_owned();
                move || passlib::hash(&secret, ROUNDS)
            })??;
            return Ok(None);
        };
        if !self.matches(db, &user, secret, accept)? {
            return Ok(None);
        }
        db.run(user.uid, Tx::Write, |env| {
            let note = sql!(
                "INSERT INTO res_users_log (create_uid, create_date, write_uid, write_date)
                     SELECT u, n, u, n FROM (SELECT {uid}::int4 AS u, now() AT TIME ZONE 'UTC' AS n) x",
                uid = user.uid
            );
            env.execute(&note).map(|_| ())
        })?;
        Ok(Some(user.uid))
    }

    /// Checks a caller that names itself by id.
    ///
    /// # Errors
    /// Missing for an unknown id, AccessDenied for a wrong secret or an archived user.
    pub fn check(&self, db: &Arc<Database>, uid: Id, secret: &str, accept: Accept) -> Result<()> {
        let by_id = sql!("u.id = {uid}");
        let Some(user) = stored(db, by_id, secret)? else {
            return Err(Error::missing(format!("Record does not exist or has been deleted.\n(Record: res.users({uid},), User: {uid})")));
        };
        if user.active && self.matches(db, &user, secret, accept)? { Ok(()) } else { Err(denied()) }
    }

    /// The active user of an API key.
    pub fn bearer(&self, db: &Arc<Database>, key: &str) -> Result<Option<Id>> {
        let sql = sql!(
            "SELECT u.id, k.key::text FROM res_users_apikeys k JOIN res_users u ON u.id = k.user_id
             WHERE u.active AND {usable_key:sql} ORDER BY k.id",
            usable_key = usable_key(key)
        );
        let rows = db.run(SUPERUSER, Tx::Read, |env| env.query_alone(sql.clone()))?;
        for row in rows {
            let (Some(uid), Some(hash)) = (row.int(0), row.text(1)) else { continue };
            if self.verify(uid, key, &hash, KEY_ROUNDS)? != Verdict::Wrong {
                return Ok(Some(uid));
            }
        }
        Ok(None)
    }

    fn matches(&self, db: &Arc<Database>, user: &Stored, secret: &str, accept: Accept) -> Result<bool> {
        if secret.is_empty() {
            return Ok(false);
        }
        if accept == Accept::PasswordOrKey {
            for hash in &user.keys {
                if self.verify(user.uid, secret, hash, KEY_ROUNDS)? != Verdict::Wrong {
                    return Ok(true);
                }
            }
        }
        match self.verify(user.uid, secret, &user.password, ROUNDS)? {
            Verdict::Wrong => Ok(false),
            _ if user.second_factor && accept == Accept::PasswordOrKey => Ok(false),
            Verdict::Right => Ok(true),
            Verdict::Outdated => {
                let fresh = self.hash(secret)?;
                let sql = sql!(
                    "UPDATE res_users SET password = {fresh} WHERE id = {uid} AND password = {password}",
                    uid = user.uid,
                    password = user.password.as_str()
                );
                db.run(SUPERUSER, Tx::Write, |env| env.execute(&sql).map(|_| ()))?;
                Ok(true)
            }
        }
    }

    /// Compares a secret with a stored hash, from memory when it was found right before.
    pub fn verify(&self, uid: Id, secret: &str, stored: &str, rounds: u32) -> Result<Verdict> {
        let name = self.name(uid, secret)?;
        if self.memo.lock().unwrap_or_else(PoisonError::into_inner).get(&name).is_some_and(|known| known == stored) {
            return Ok(Verdict::Right);
        }
        let (own_secret, own_stored) = (secret.to_owned(), stored.to_owned());
        let verdict = self.on_pool(move || passlib::verify(&own_secret, &own_stored, rounds))?;
        if verdict == Verdict::Right {
            let mut memo = self.memo.lock().unwrap_or_else(PoisonError::into_inner);
            if memo.len() >= MEMO {
                memo.clear();
            }
            memo.insert(name, stored.to_owned());
        }
        Ok(verdict)
    }

    /// A new hash of a password.
    pub fn hash(&self, secret: &str) -> Result<String> {
        let secret = secret.to_owned();
        self.on_pool(move || passlib::hash(&secret, ROUNDS))?
    }

    /// Whether a password is that of an active user: as [`is_own_password`] will find, but outside any transaction.
    pub fn is_password_of(&self, db: &Arc<Database>, uid: Id, secret: &str) -> Result<bool> {
        let by_id = sql!("u.id = {uid}");
        let Some(user) = stored(db, by_id, secret)?.filter(|user| user.active) else { return Ok(false) };
        self.matches(db, &user, secret, Accept::Password)
    }

    /// What the memo knows a secret by: of no use to whoever reads the memory's map without the key.
    fn name(&self, uid: Id, secret: &str) -> Result<[u8; 32]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).map_err(|e| Error::internal(e.to_string()))?;
        mac.update(&uid.to_be_bytes());
        mac.update(secret.as_bytes());
        Ok(mac.finalize().into_bytes().into())
    }

    fn on_pool<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let gone = || Error::internal("the threads that check credentials are gone");
        if self.waiting.fetch_add(1, Ordering::AcqRel) >= WAITING + THREADS {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            return Err(Error::busy("Too many logins are being checked. Please try again in a moment."));
        }
        let (done, result) = channel();
        let waiting = Arc::clone(&self.waiting);
        // A client that has hung up leaves the queue without a check.
        let request = cancel::current();
        let job: Job = Box::new(move || {
            let value = if request.is_some_and(|request| request.gone()) { Err(cancel::hung_up()) } else { Ok(work()) };
            waiting.fetch_sub(1, Ordering::AcqRel);
            // The caller may have gone; then nobody wants the result.
            let _ = done.send(value);
        });
        self.jobs.send(job).map_err(|_| gone())?;
        result.recv().map_err(|_| gone())?
    }
}

/// The refusal of wrong credentials.
pub fn denied() -> Error {
    Error::AccessDenied("Access Denied".into())
}

/// Whoever answers others goes before this thread: on Linux, threads have priorities of their own.
fn stand_back() {
    let own = rustix::thread::gettid();
    if let Err(error) = rustix::process::setpriority_process(Some(own), NICE) {
        tracing::debug!(%error, "checks of passwords have the priority of other work");
    }
}

fn work(queue: &Mutex<Receiver<Job>>) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

/// Conditions on `k`, a row of keys, that it may be this key and is valid.
fn usable_key(key: &str) -> Sql {
    let index: String = key.chars().take(KEY_INDEX).collect();
    sql!(
        "(k.scope IS NULL OR k.scope = 'rpc') AND (k.expiration_date IS NULL
         OR k.expiration_date >= now() AT TIME ZONE 'UTC') AND k.index = {index}"
    )
}

/// One statement for the password's hash and the keys that the secret may be.
fn stored(db: &Arc<Database>, which: Sql, secret: &str) -> Result<Option<Stored>> {
    let sql = sql!(
        "SELECT u.id, u.active, u.password::text, k.key::text, u.totp_secret IS NOT NULL FROM res_users u
         LEFT JOIN res_users_apikeys k ON k.user_id = u.id AND {usable_key:sql} WHERE {which:sql}
         ORDER BY u.id, k.id",
        usable_key = usable_key(secret)
    );
    let rows = db.run(SUPERUSER, Tx::Read, |env| env.query_alone(sql.clone()))?;
    let Some(first) = rows.first() else { return Ok(None) };
    let Some(uid) = first.int(0) else { return Ok(None) };
    Ok(Some(Stored {
        uid,
        active: first.bool(1).unwrap_or(false),
        password: first.text(2).unwrap_or_default(),
        second_factor: first.bool(4).unwrap_or(false),
        keys: rows.iter().filter(|row| row.int(0) == Some(uid)).filter_map(|row| row.text(3)).collect(),
    }))
}

/// Whether a password is the acting user's, within a call.
pub fn is_own_password(env: &mut Env, password: &str) -> Result<bool> {
    let uid = env.uid();
    let sql = sql!("SELECT password::text FROM res_users WHERE active AND id = {uid}");
    let Some(stored) = env.query(sql)?.first().and_then(|row| row.text(0)) else { return Ok(false) };
    if password.is_empty() {
        return Ok(false);
    }
    let (port, secret) = (env.port::<Credentials>(), password.to_owned());
    let name = format!("verify {uid} {stored} {password}");
    let check: Work = Arc::new(move || {
        let verdict = match &port {
            Some(port) => port.verify(uid, &secret, &stored, ROUNDS)?,
            None => passlib::verify(&secret, &stored, ROUNDS),
        };
        Ok(if verdict == Verdict::Wrong { String::new() } else { "right".to_owned() })
    });
    Ok(env.slowly(&[(name, check)])?.iter().all(|verdict| !verdict.is_empty()))
}

/// New hashes of passwords, in their order, within a call. No connection is held while they are made.
pub fn new_hashes(env: &mut Env, passwords: &[&str]) -> Result<Vec<String>> {
    let port = env.port::<Credentials>();
    let wanted = passwords.iter().map(|password| {
        let (port, secret) = (port.clone(), (*password).to_owned());
        let work: Work = Arc::new(move || match &port {
            Some(port) => port.hash(&secret),
            None => passlib::hash(&secret, ROUNDS),
        });
        (format!("hash {password}"), work)
    });
    env.slowly(&wanted.collect::<Vec<_>>())
}
