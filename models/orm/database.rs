//! The database: pool, registry, shared caches, and how a call becomes a transaction.

use std::any::{Any, TypeId};
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use diesel::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool, PooledConnection};

use crate::answer::Answer;
use crate::call::{self, Prepared, Refusal, Request};
use crate::cancel::{Canceller, Reading};
use crate::declare::{Declarations, Touch, Tx};
use crate::env::{Env, Stage, UserInfo, WebSession};
use crate::error::{Error, Result};
use crate::patience;
use crate::pool::{self, Schema, Timeout, forget_statements, process};
pub use crate::pool::{Connection, PoolOptions};
use crate::registry::Registry;
use crate::slow::Results;
use crate::sql::{Bind, Sql, exec};
use crate::value::Id;

/// How often a transaction that met another one is tried.
const TRIES: u32 = 5;
/// How often a call is run again for slow work that it turned out to need.
const ROUNDS: usize = 100;

#[derive(Default)]
struct Caches {
    registry: Arc<Registry>,
    users: HashMap<Id, Arc<UserInfo>>,
    /// Grows with each fall of the caches, so that a reader does not keep what fell meanwhile.
    generation: u64,
}

/// The database of this process.
pub struct Database {
    name: String,
    url: String,
    pool: Pool<ConnectionManager<PgConnection>>,
    declared: Arc<Declarations>,
    caches: RwLock<Caches>,
    /// Grows with each new registry: statements prepared under an older one may not fit the schema any more.
    schema: AtomicU64,
    ports: RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    canceller: Canceller,
    /// For everybody, and for outsiders.
    timeouts: (Duration, Duration),
}

/// Cleans HTML of what could run.
pub type Sanitizer = fn(&str) -> String;

impl Database {
    /// Connects and reads the registry.
    pub fn open(url: &str, name: &str, declared: Declarations, options: &PoolOptions) -> Result<Arc<Self>> {
        let pool = pool::pool(url, options);
        let db = Database {
            name: name.to_owned(),
            url: url.to_owned(),
            pool,
            declared: Arc::new(declared),
            caches: RwLock::default(),
            schema: AtomicU64::new(0),
            canceller: pool::canceller(url.to_owned()),
            ports: RwLock::default(),
            timeouts: (options.statement_timeout, options.outsider_timeout),
        };
        let registry = db.fresh_registry(&mut *db.connection()?)?;
        db.declared.check(&registry)?;
        db.with_caches(|c| c.registry = registry);
        Ok(Arc::new(db))
    }

    /// The database's name on the wire.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What code declared.
    pub fn declared(&self) -> Arc<Declarations> {
        Arc::clone(&self.declared)
    }

    /// The registry of now.
    pub fn registry(&self) -> Arc<Registry> {
        self.caches.read().map(|c| Arc::clone(&c.registry)).unwrap_or_default()
    }

    /// A connection of the pool.
    pub fn connection(&self) -> Result<Connection> {
        let mut conn = patience::checkout(&self.pool)?;
        let now = self.schema.load(Ordering::Acquire);
        if PooledConnection::extensions(&conn).get::<Schema>().is_some_and(|known| known.0 != now) {
            forget_statements(&mut conn)?;
        }
        PooledConnection::extensions_mut(&mut conn).insert(Schema(now));
        Ok(conn)
    }

    /// A connection for the statements of a user.
    pub(crate) fn connection_of(&self, user: &UserInfo) -> Result<Connection> {
        let mut conn = self.connection()?;
        self.limit(&mut conn, self.timeout_of(user))?;
        Ok(conn)
    }

    fn timeout_of(&self, user: &UserInfo) -> Duration {
        if user.share { self.timeouts.1 } else { self.timeouts.0 }
    }

    /// Sets how long statements may take, where the connection has another limit.
    fn limit(&self, conn: &mut Connection, timeout: Duration) -> Result<()> {
        let wanted = Timeout(timeout.as_millis());
        if PooledConnection::extensions(conn).get::<Timeout>() == Some(&wanted) {
            return Ok(());
        }
        diesel::connection::SimpleConnection::batch_execute(&mut **conn, &format!("SET statement_timeout TO {}", wanted.0))
            .map_err(|e| exec::explain(e, None))?;
        PooledConnection::extensions_mut(conn).insert(wanted);
        Ok(())
    }

    fn with_caches<T>(&self, change: impl FnOnce(&mut Caches) -> T) -> Option<T> {
        self.caches.write().ok().map(|mut c| change(&mut c))
    }

    /// What cleans HTML fields, when a module declared it.
    pub(crate) fn sanitizer(&self) -> Option<Sanitizer> {
        self.declared.sanitizer
    }

    /// Registers what the program offers to models (routers, mail…).
    pub fn set_port<T: Any + Send + Sync>(&self, port: Arc<T>) {
        if let Ok(mut ports) = self.ports.write() {
            ports.insert(TypeId::of::<T>(), port);
        }
    }

    /// What was registered under a type.
    pub fn port<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let ports = self.ports.read().ok()?;
        Arc::clone(ports.get(&TypeId::of::<T>())?).downcast().ok()
    }

    pub(crate) fn fresh_registry(&self, conn: &mut PgConnection) -> Result<Arc<Registry>> {
        Registry::load(conn, &self.declared).map(Arc::new)
    }

    /// Facts of a user, from the cache when they are there.
    pub(crate) fn user(&self, uid: Id, conn: &mut PgConnection) -> Result<Arc<UserInfo>> {
        let known = self.caches.read().ok().and_then(|c| c.users.get(&uid).cloned());
        if let Some(user) = known {
            return Ok(user);
        }
        let generation = self.caches.read().map(|c| c.generation).unwrap_or(0);
        let user = Arc::new(read_user(uid, conn, &self.registry())?);
        self.with_caches(|c| {
            if c.generation == generation {
                c.users.insert(uid, Arc::clone(&user));
            }
        });
        Ok(user)
    }

    /// Ends caches: after a commit here, or a notification from another process.
    pub fn reload(&self, touched: &BTreeSet<Touch>, conn: &mut PgConnection) -> Result<()> {
        let registry = if touched.contains(&Touch::Registry) { Some(self.fresh_registry(conn)?) } else { None };
        self.with_caches(|c| {
            c.generation += 1;
            c.users.clear();
            if let Some(registry) = registry {
                c.registry = registry;
                self.schema.fetch_add(1, Ordering::AcqRel);
            }
        });
        Ok(())
    }

    /// Ends all caches: the connection that listens for changes was lost.
    pub fn reload_all(&self) -> Result<()> {
        patience::patiently(|| self.reload(&BTreeSet::from([Touch::Users, Touch::Registry]), &mut *self.connection()?))
    }

    /// Whether it answers right now.
    pub fn answers(&self) -> bool {
        patience::answers(&self.pool)
    }

    /// An environment outside any transaction, for a user. That of a detached method has a connection that lives: it is not run again.
    pub fn env(self: &Arc<Self>, uid: Id, tx: Tx) -> Result<Env> {
        patience::patiently(|| self.try_env(uid, tx))
    }

    fn try_env(self: &Arc<Self>, uid: Id, tx: Tx) -> Result<Env> {
        let mut conn = self.connection()?;
        if tx == Tx::Detached {
            patience::ping(&mut conn)?;
        }
        let user = self.user(uid, &mut conn)?;
        self.limit(&mut conn, self.timeout_of(&user))?;
        Ok(Env::new(Arc::clone(self), conn, user, Stage::Open { lazy: tx == Tx::Read }))
    }

    /// Runs `work` in a transaction of its own: commit on success, retried when it met another one, run again with the
    /// results of [`slow`](crate::slow) work.
    pub fn run<T>(self: &Arc<Self>, uid: Id, tx: Tx, mut work: impl FnMut(&mut Env) -> Result<T>) -> Result<T> {
        let mut slow = Results::default();
        for _ in 0..ROUNDS {
            match self.run_with(uid, tx, &mut slow, &mut work) {
                Err(Error::Slow(pieces)) => slow.add(&pieces)?,
                result => return result,
            }
        }
        Err(Error::user("This asks for too many passwords at once: set them in smaller parts."))
    }

    fn run_with<T>(self: &Arc<Self>, uid: Id, tx: Tx, slow: &mut Results, work: &mut impl FnMut(&mut Env) -> Result<T>) -> Result<T> {
        let mut reloaded = false;
        let mut locks = BTreeSet::new();
        let mut once = || {
            let mut env = self.env(uid, tx)?;
            env.slow = Some(std::mem::take(slow));
            env.exclusive.want(std::mem::take(&mut locks));
            let reading = if tx == Tx::Read { Reading::begin(|| process(env.conn()?), &self.canceller)? } else { None };
            let result = Self::attempt(&mut env, tx, work);
            drop(reading);
            *slow = env.slow.take().unwrap_or_default();
            locks = env.exclusive.carried();
            if let Err(error) = &result {
                env.rollback();
                if let Error::Stale(text) = error {
                    if reloaded {
                        return Err(Error::internal(text.clone()));
                    }
                    reloaded = true;
                    // The schema moved under the cached plans: a new registry, a new connection.
                    drop(env);
                    self.reload_all()?;
                    return Err(Error::Conflict(text.clone()));
                }
            }
            if tx == Tx::Detached { result.map_err(patience::for_good) } else { result }
        };
        retrying(|| patience::patiently(&mut once))
    }

    fn attempt<T>(env: &mut Env, tx: Tx, work: &mut impl FnMut(&mut Env) -> Result<T>) -> Result<T> {
        if tx == Tx::Write {
            env.begin()?;
        }
        let value = work(env)?;
        env.commit()?;
        Ok(value)
    }

    /// Runs a prepared call for a user in its kind of transaction. `before` sees the environment first.
    pub fn call(self: &Arc<Self>, uid: Id, prepared: &Prepared, before: impl Fn(&mut Env)) -> Result<(Answer, Option<WebSession>)> {
        self.run(uid, prepared.method.tx, |env| {
            before(env);
            env.set_context(prepared.context.clone())?;
            let answer = call::invoke(env, &prepared.method, &prepared.call)?;
            Ok((answer, env.session.take()))
        })
    }

    /// Finds and binds a call by the registry of now.
    pub fn prepare(&self, request: Request) -> Result<Prepared, Refusal> {
        call::prepare(&self.registry(), &self.declared, request)
    }
}

/// Runs `work` again, after a short random pause, while it ends in a conflict.
pub(crate) fn retrying<T>(mut work: impl FnMut() -> Result<T>) -> Result<T> {
    let mut tries = 0;
    loop {
        match work() {
            Err(Error::Conflict(text)) => {
                tries += 1;
                if tries >= TRIES {
                    return Err(Error::Database("psycopg2.errors.SerializationFailure", text));
                }
                std::thread::sleep(Duration::from_millis(jitter(1 << (3 + tries))));
            }
            other => return other,
        }
    }
}

/// A number below `limit` that differs from thread to thread; no quality is needed.
fn jitter(limit: u64) -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish() % limit.max(1)
}

/// Reads a user's facts in one statement.
pub(crate) fn read_user(uid: Id, conn: &mut PgConnection, reg: &Registry) -> Result<UserInfo> {
    let sql = Sql::lit(
        "SELECT u.login::text, u.active, u.share, u.partner_id, u.company_id, p.lang::text, p.tz::text, \
         (SELECT string_agg(r.cid::text, ',' ORDER BY c.sequence, c.name, c.id) FROM res_company_users_rel r JOIN res_company c ON c.id = r.cid AND c.active WHERE r.user_id = u.id), \
         (SELECT string_agg(g.gid::text, ',') FROM res_groups_users_rel g WHERE g.uid = u.id) \
         FROM res_users u LEFT JOIN res_partner p ON p.id = u.partner_id WHERE u.id = ",
    )
    .push_bind(Bind::Int(Some(uid)));
    let rows = exec::query(conn, sql).map_err(|e| exec::explain(e, None))?;
    let Some(row) = rows.first() else {
        return Err(Error::missing(format!("Record does not exist or has been deleted. (Record: res.users({uid},), User: {uid})")));
    };
    let list = |n: usize| -> Vec<Id> { row.text(n).map(|l| l.split(',').filter_map(|x| x.parse().ok()).collect()).unwrap_or_default() };
    let mut groups: Vec<Id> = list(8);
    for own in groups.clone() {
        for implied in reg.groups.get(&own).map(|g| g.implied.as_slice()).unwrap_or_default() {
            if !groups.contains(implied) {
                groups.push(*implied);
            }
        }
    }
    Ok(UserInfo {
        id: uid,
        login: row.text(0).unwrap_or_default(),
        active: row.bool(1).unwrap_or(false),
        share: row.bool(2).unwrap_or(false),
        partner_id: row.int(3).unwrap_or(0),
        company_id: row.int(4).unwrap_or(0),
        company_ids: list(7),
        groups,
        lang: row.text(5),
        tz: row.text(6),
    })
}
