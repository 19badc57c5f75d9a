//! The environment of a call: who asks, in which language and company, over which connection, with which cache.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Display;
use std::sync::Arc;

use chrono::{NaiveDateTime, Timelike, Utc};

use crate::cache::Cache;
pub use crate::context::{Context, UserInfo, WebSession};
use crate::database::{Connection, Database};
use crate::declare::{Declarations, Touch};
use crate::error::{Error, Result};
use crate::known::Known;
use crate::registry::Registry;
use crate::sql::row::Row;
use crate::sql::{Sql, exec};
use crate::value::Id;

/// The superuser `__system__`.
pub const SUPERUSER: Id = 1;

/// How far the transaction of an environment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Autocommit; a second statement begins a read-only snapshot when `lazy`.
    Open { lazy: bool },
    /// In a transaction that this environment began.
    Begun,
    /// In a transaction that somebody else ends (tests).
    Outer,
}

/// Work for after the commit.
pub type AfterCommit = Box<dyn FnOnce() + Send>;

/// The environment. One thread, one connection, one transaction at a time.
pub struct Env {
    /// `None` while the environment is [`outside`](Env::outside): the pool has it.
    pub(crate) conn: Option<Connection>,
    pub(crate) db: Arc<Database>,
    pub(crate) reg: Arc<Registry>,
    pub(crate) user: Arc<UserInfo>,
    pub(crate) su: bool,
    pub(crate) context: Context,
    pub(crate) cache: Cache,
    pub(crate) known: Known,
    /// The model whose records are being copied.
    pub(crate) copying: Option<String>,
    /// Computations that are running, by model and first field: one that reads its own field finds it as it was.
    pub(crate) computing: Vec<(String, &'static str)>,
    pub(crate) pending: crate::compute::Pending,
    pub(crate) touched: BTreeSet<Touch>,
    /// Records by model and number of the watch that is to be told of them.
    pub(crate) watched: BTreeMap<(String, usize), BTreeSet<Id>>,
    pub(crate) after_commit: Vec<AfterCommit>,
    pub(crate) notifications: Vec<(&'static str, String)>,
    pub(crate) stage: Stage,
    /// The transaction reads only.
    pub(crate) snapshot: bool,
    pub(crate) statements: u64,
    /// Locks of what one transaction at a time may do.
    pub(crate) exclusive: crate::exclusive::Exclusive,
    /// Results of slow work; `None` where nobody would run the call again.
    pub(crate) slow: Option<crate::slow::Results>,
    /// What the last refused statement was refused for.
    pub(crate) violation: Option<exec::Violation>,
    /// `None` for calls that no web session made.
    pub session: Option<WebSession>,
    now: NaiveDateTime,
}

impl Env {
    pub(crate) fn new(db: Arc<Database>, conn: Connection, user: Arc<UserInfo>, stage: Stage) -> Self {
        let reg = db.registry();
        let now = Utc::now().naive_utc();
        Env {
            su: user.id == SUPERUSER,
            conn: Some(conn),
            db,
            reg,
            user,
            context: Context { lang: "en_US".into(), active_test: true, ..Context::default() },
            cache: Cache::default(),
            known: Known::default(),
            copying: None,
            computing: Vec::new(),
            pending: crate::compute::Pending::default(),
            touched: BTreeSet::new(),
            watched: BTreeMap::new(),
            after_commit: Vec::new(),
            notifications: Vec::new(),
            stage,
            snapshot: false,
            statements: 0,
            exclusive: crate::exclusive::Exclusive::default(),
            slow: None,
            violation: None,
            session: None,
            now: now.with_nanosecond(0).unwrap_or(now),
        }
    }

    /// The metadata of this call; it does not change under it.
    pub fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.reg)
    }

    /// What code declared.
    pub fn declared(&self) -> Arc<Declarations> {
        self.db.declared()
    }

    /// The database, its pool and shared caches.
    pub fn database(&self) -> Arc<Database> {
        Arc::clone(&self.db)
    }

    /// The acting user, also under superuser rights.
    pub fn uid(&self) -> Id {
        self.user.id
    }

    /// The acting user's facts.
    pub fn user(&self) -> &Arc<UserInfo> {
        &self.user
    }

    /// Superuser rights: no access checks.
    pub fn is_su(&self) -> bool {
        self.su
    }

    /// The client's context.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Start of the call, UTC, whole seconds.
    pub fn now(&self) -> NaiveDateTime {
        self.now
    }

    /// Forgets cached values: SQL of the caller's changed rows behind the kernel's back.
    pub fn invalidate(&mut self) {
        self.cache.invalidate();
        self.known.clear();
    }

    /// Answers a look-up, from what is known when it was asked before (see `known.rs`). `asked` tells look-ups of the same
    /// type apart: everything that the answer depends on and that is no record (ids, language, company) is in it. `of` names
    /// the models it reads, or `model.field`.
    ///
    /// # Errors
    /// What `load` answers.
    pub fn known<T: Any + Send + Sync>(
        &mut self,
        asked: impl Display,
        of: &'static [&'static str],
        load: impl FnOnce(&mut Env) -> Result<T>,
    ) -> Result<Arc<T>> {
        let asked = asked.to_string();
        if let Some(found) = self.known.get::<T>(&asked) {
            return Ok(found);
        }
        let value = load(self)?;
        Ok(self.known.keep(asked, of, value))
    }

    /// Runs `work` with superuser rights.
    pub fn sudo<T>(&mut self, work: impl FnOnce(&mut Env) -> Result<T>) -> Result<T> {
        let before = std::mem::replace(&mut self.su, true);
        let result = work(self);
        self.su = before;
        result
    }

    /// Runs `work` as another user.
    pub fn with_user<T>(&mut self, uid: Id, work: impl FnOnce(&mut Env) -> Result<T>) -> Result<T> {
        let user = self.load_user(uid)?;
        let (old_user, old_su) = (std::mem::replace(&mut self.user, user), self.su);
        self.su = uid == SUPERUSER;
        let result = work(self);
        self.user = old_user;
        self.su = old_su;
        result
    }

    /// Runs a statement for its rows. Recomputations that wait are done first by those who search.
    pub fn query(&mut self, sql: Sql) -> Result<Vec<Row>> {
        self.begin_if_lazy()?;
        if self.sees_pending(&sql) {
            self.write_dirty()?;
        }
        self.statements += 1;
        exec::query(self.conn()?, sql).map_err(|e| self.refused(e))
    }

    /// The ids in the first column of a query's rows.
    ///
    /// # Errors
    /// As [`Env::query`].
    pub fn query_ids(&mut self, sql: Sql) -> Result<Vec<Id>> {
        Ok(self.query(sql)?.iter().filter_map(|row| row.int(0)).collect())
    }

    /// Runs a statement that is the only one of its call: no transaction is begun for it.
    pub fn query_alone(&mut self, sql: Sql) -> Result<Vec<Row>> {
        self.statements += 1;
        exec::query(self.conn()?, sql).map_err(|e| self.refused(e))
    }

    /// Runs a statement for the number of rows it touched.
    pub fn execute(&mut self, sql: &Sql) -> Result<usize> {
        self.before_statement()?;
        self.statements += 1;
        exec::execute(self.conn()?, sql).map_err(|e| self.refused(e))
    }

    fn refused(&mut self, error: diesel::result::Error) -> Error {
        self.violation = exec::violation(&error, &self.reg);
        let unique = exec::is_unique(&error);
        let explained = exec::explain(error, Some(&self.reg));
        if unique { self.overtaken(explained) } else { explained }
    }

    /// How many statements this environment ran.
    pub fn statements(&self) -> u64 {
        self.statements
    }

    /// The connection, for typed Diesel queries in set-based code.
    pub fn connection(&mut self) -> Result<&mut diesel::PgConnection> {
        self.before_statement()?;
        self.statements += 1;
        self.conn().map(|conn| &mut **conn)
    }

    /// The connection, taken from the pool again after a time [outside](Env::outside).
    pub(crate) fn conn(&mut self) -> Result<&mut Connection> {
        if self.conn.is_none() {
            self.conn = Some(self.db.connection_of(&self.user)?);
        }
        self.conn.as_mut().ok_or_else(|| Error::internal("an environment without a connection"))
    }

    fn before_statement(&mut self) -> Result<()> {
        self.begin_if_lazy()?;
        if self.pending.dirty.is_empty() { Ok(()) } else { self.write_dirty() }
    }

    /// Ends caches after the commit, in every process; inside this transaction they are read anew at once.
    pub fn touch(&mut self, touch: Touch) -> Result<()> {
        self.known.clear();
        self.touched.insert(touch);
        if touch == Touch::Registry {
            self.reg = self.database().fresh_registry(self.conn()?)?;
        }
        let id = self.user.id;
        self.user = self.load_user(id)?;
        Ok(())
    }

    pub(crate) fn load_user(&mut self, uid: Id) -> Result<Arc<UserInfo>> {
        if uid == self.user.id && self.touched.is_empty() {
            return Ok(Arc::clone(&self.user));
        }
        if self.touched.is_empty() {
            self.database().user(uid, self.conn()?)
        } else {
            let reg = self.registry();
            crate::database::read_user(uid, self.conn()?, &reg).map(Arc::new)
        }
    }

    /// Sends a notification to every process when the transaction commits.
    pub fn notify(&mut self, channel: &'static str, payload: impl Into<String>) {
        let item = (channel, payload.into());
        if !self.notifications.contains(&item) {
            self.notifications.push(item);
        }
    }

    /// Work for after the commit; dropped when the transaction fails.
    pub fn after_commit(&mut self, work: AfterCommit) {
        self.after_commit.push(work);
    }

    /// The port that the program registered for a kind of outside work.
    pub fn port<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.db.port::<T>()
    }

    /// Parameters (`ir_config_parameter`), read with superuser rights.
    pub fn parameters(&mut self, keys: &[&str]) -> Result<HashMap<String, String>> {
        let sql = Sql::lit("SELECT key::text, value::text FROM ir_config_parameter WHERE key = ANY(")
            .push_bind(crate::sql::Bind::texts(keys.iter().copied()))
            .push(")");
        let rows = self.query(sql)?;
        Ok(rows.iter().filter_map(|row| Some((row.text(0)?, row.text(1)?))).collect())
    }

    /// One parameter.
    pub fn parameter(&mut self, key: &str) -> Result<Option<String>> {
        Ok(self.parameters(&[key])?.remove(key))
    }
}

impl Drop for Env {
    /// A connection never goes back to the pool inside a transaction, whatever happened.
    fn drop(&mut self) {
        self.rollback();
    }
}
