//! The environment of a call: who asks, in which language and company, over which connection, with which cache.

use std::any::Any;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime, Timelike, Utc};
use chrono_tz::Tz;
use diesel::connection::SimpleConnection;

use crate::cache::Cache;
use crate::database::{Connection, Database};
use crate::declare::{Declarations, Touch};
use crate::error::{Error, Result};
use crate::registry::Registry;
use crate::sql::row::Row;
use crate::sql::{Sql, exec};
use crate::value::{Id, Map, Value};

/// The superuser `__system__`.
pub const SUPERUSER: Id = 1;

/// What the kernel knows of a user; read once and kept until a change anywhere ends it.
#[derive(Clone, Debug, Default)]
pub struct UserInfo {
    pub id: Id,
    pub login: String,
    pub active: bool,
    pub share: bool,
    pub partner_id: Id,
    pub company_id: Id,
    pub company_ids: Vec<Id>,
    /// Own and implied groups.
    pub groups: Vec<Id>,
    pub lang: Option<String>,
    pub tz: Option<String>,
}

/// The context of a call: the client's map, and what the kernel reads from it.
#[derive(Clone, Debug, Default)]
pub struct Context {
    pub raw: Map,
    /// `en_US` unless the context names an installed language.
    pub lang: String,
    /// A language that is not installed: an error for whoever needs it.
    pub unknown_lang: Option<String>,
    pub active_test: bool,
    /// Companies of the call, the current one first; empty: the user's.
    pub companies: Vec<Id>,
}

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

/// The web session a call came through, for methods that ask when the user last proved who they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WebSession {
    /// UTC; the program keeps a change of it with the session.
    pub identity_checked_at: Option<NaiveDateTime>,
}

/// Work for after the commit.
pub type AfterCommit = Box<dyn FnOnce() + Send>;

/// The environment. One thread, one connection, one transaction at a time.
pub struct Env {
    pub(crate) conn: Connection,
    pub(crate) db: Arc<Database>,
    pub(crate) reg: Arc<Registry>,
    pub(crate) user: Arc<UserInfo>,
    pub(crate) su: bool,
    pub(crate) context: Context,
    pub(crate) cache: Cache,
    pub(crate) pending: crate::compute::Pending,
    pub(crate) touched: BTreeSet<Touch>,
    pub(crate) after_commit: Vec<AfterCommit>,
    pub(crate) notifications: Vec<(&'static str, String)>,
    pub(crate) stage: Stage,
    pub(crate) statements: u64,
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
            conn,
            db,
            reg,
            user,
            context: Context { lang: "en_US".into(), active_test: true, ..Context::default() },
            cache: Cache::default(),
            pending: crate::compute::Pending::default(),
            touched: BTreeSet::new(),
            after_commit: Vec::new(),
            notifications: Vec::new(),
            stage,
            statements: 0,
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

    /// The acting user's day: the context's time zone, the user's, else UTC.
    pub fn today(&self) -> NaiveDate {
        match self.tz() {
            Some(tz) => self.now.and_utc().with_timezone(&tz).date_naive(),
            None => self.now.date(),
        }
    }

    /// Time zone of the context, else of the user.
    pub fn tz(&self) -> Option<Tz> {
        let named = self.context.raw.get("tz").and_then(Value::as_str).or(self.user.tz.as_deref());
        named.and_then(|name| name.parse().ok())
    }

    /// The current company.
    pub fn company_id(&self) -> Id {
        self.context.companies.first().copied().unwrap_or(self.user.company_id)
    }

    /// Companies of the call.
    pub fn company_ids(&self) -> Vec<Id> {
        if self.context.companies.is_empty() { self.user.company_ids.clone() } else { self.context.companies.clone() }
    }

    /// The language, or UserError when the context names one that is not installed.
    pub fn lang(&self) -> Result<&str> {
        match &self.context.unknown_lang {
            Some(lang) => Err(Error::user(format!("Invalid language code: {lang}"))),
            None => Ok(&self.context.lang),
        }
    }

    /// Whether the acting user is in the group (external id).
    pub fn has_group(&self, xmlid: &str) -> bool {
        self.reg.group(xmlid).is_some_and(|id| self.user.groups.contains(&id))
    }

    /// Takes over a client's context map.
    pub fn set_context(&mut self, raw: Map) -> Result<()> {
        let mut context = Context { lang: "en_US".into(), active_test: true, ..Context::default() };
        match raw.get("lang").and_then(Value::as_str) {
            Some(lang) if lang.is_empty() || self.reg.langs.iter().any(|l| l == lang) => {
                if !lang.is_empty() {
                    context.lang = lang.to_owned();
                }
            }
            Some(lang) => context.unknown_lang = Some(lang.to_owned()),
            None => {}
        }
        context.active_test = raw.get("active_test").is_none_or(Value::truthy);
        if let Some(Value::List(companies)) = raw.get("allowed_company_ids") {
            context.companies = companies.iter().filter_map(Value::as_id).collect();
            if !self.su && context.companies.iter().any(|c| !self.user.company_ids.contains(c)) {
                return Err(Error::access("Access to unauthorized or invalid companies."));
            }
        }
        context.raw = raw;
        self.context = context;
        Ok(())
    }

    /// Forgets cached values: SQL of the caller's changed rows behind the kernel's back.
    pub fn invalidate(&mut self) {
        self.cache.invalidate();
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

    /// Runs `work` with more keys in the context.
    pub fn with_context<T>(&mut self, keys: Map, work: impl FnOnce(&mut Env) -> Result<T>) -> Result<T> {
        let before = self.context.clone();
        let mut raw = before.raw.clone();
        raw.extend(keys);
        self.set_context(raw)?;
        let result = work(self);
        self.context = before;
        result
    }

    /// A key of the context.
    pub fn context_get(&self, key: &str) -> Option<&Value> {
        self.context.raw.get(key)
    }

    /// Runs a statement for its rows. Recomputations that wait are done first by those who search.
    pub fn query(&mut self, sql: Sql) -> Result<Vec<Row>> {
        self.begin_if_lazy()?;
        self.statements += 1;
        exec::query(&mut self.conn, sql).map_err(|e| self.refused(e))
    }

    /// Runs a statement that is the only one of its call: no transaction is begun for it.
    pub fn query_alone(&mut self, sql: Sql) -> Result<Vec<Row>> {
        self.statements += 1;
        exec::query(&mut self.conn, sql).map_err(|e| self.refused(e))
    }

    /// Runs a statement for the number of rows it touched.
    pub fn execute(&mut self, sql: &Sql) -> Result<usize> {
        self.begin_if_lazy()?;
        self.statements += 1;
        exec::execute(&mut self.conn, sql).map_err(|e| self.refused(e))
    }

    fn refused(&mut self, error: diesel::result::Error) -> Error {
        self.violation = exec::violation(&error, &self.reg);
        exec::explain(error, Some(&self.reg))
    }

    /// How many statements this environment ran.
    pub fn statements(&self) -> u64 {
        self.statements
    }

    /// The connection, for typed Diesel queries in set-based code.
    pub fn connection(&mut self) -> Result<&mut diesel::PgConnection> {
        self.begin_if_lazy()?;
        self.statements += 1;
        Ok(&mut self.conn)
    }

    fn begin_if_lazy(&mut self) -> Result<()> {
        if self.stage == (Stage::Open { lazy: true }) {
            self.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
            self.stage = Stage::Begun;
        }
        Ok(())
    }

    pub(crate) fn batch(&mut self, text: &str) -> Result<()> {
        self.conn.batch_execute(text).map_err(|e| exec::explain(e, Some(&self.reg)))
    }

    pub(crate) fn begin(&mut self) -> Result<()> {
        if self.stage != Stage::Outer {
            self.batch("BEGIN ISOLATION LEVEL REPEATABLE READ")?;
            self.stage = Stage::Begun;
        }
        Ok(())
    }

    /// Ends the transaction. Notifications are part of it; caches fall and after-commit work runs once it is done.
    pub(crate) fn commit(&mut self) -> Result<()> {
        self.flush()?;
        self.notify_touched()?;
        if self.stage == Stage::Begun {
            self.batch("COMMIT")?;
            self.stage = Stage::Open { lazy: false };
        }
        self.cache.clear();
        let touched = std::mem::take(&mut self.touched);
        if !touched.is_empty() {
            self.db.reload(&touched, &mut self.conn)?;
            self.reg = self.db.registry();
        }
        for work in std::mem::take(&mut self.after_commit) {
            work();
        }
        Ok(())
    }

    pub(crate) fn rollback(&mut self) {
        if self.stage == Stage::Begun {
            if let Err(error) = self.batch("ROLLBACK") {
                tracing::warn!(%error, "rollback failed; the connection is given up by the pool");
            }
            self.stage = Stage::Open { lazy: false };
        }
        self.cache.clear();
        self.pending.clear();
        self.touched.clear();
        self.after_commit.clear();
        self.notifications.clear();
    }

    fn notify_touched(&mut self) -> Result<()> {
        let mut all = std::mem::take(&mut self.notifications);
        for touch in &self.touched {
            all.push(("lastmile_cache", format!("{touch:?}")));
        }
        for (channel, payload) in all {
            let sql = Sql::lit("SELECT pg_notify(")
                .push_bind(crate::sql::Bind::text(channel))
                .push(", ")
                .push_bind(crate::sql::Bind::text(payload))
                .push(")");
            self.execute(&sql)?;
        }
        Ok(())
    }

    /// One committed transaction of a detached method: retried when it meets another one.
    pub fn transaction<T>(&mut self, mut work: impl FnMut(&mut Env) -> Result<T>) -> Result<T> {
        if self.stage != (Stage::Open { lazy: false }) {
            // Already inside one (tests, nested calls): its owner commits.
            let result = work(self)?;
            self.flush()?;
            return Ok(result);
        }
        crate::database::retrying(|| {
            self.begin()?;
            let result = work(self).and_then(|value| self.commit().map(|()| value));
            if result.is_err() {
                self.rollback();
            }
            result
        })
    }

    /// Undoes the statements of `work` when it fails; the transaction goes on.
    pub fn savepoint<T>(&mut self, work: impl FnOnce(&mut Env) -> Result<T>) -> Result<T> {
        self.begin_if_lazy()?;
        self.batch("SAVEPOINT lastmile")?;
        let (later, told) = (self.after_commit.len(), self.notifications.len());
        let result = work(self).and_then(|value| self.flush().map(|()| value));
        match result {
            Ok(value) => self.batch("RELEASE SAVEPOINT lastmile").map(|()| value),
            Err(error) => {
                self.batch("ROLLBACK TO SAVEPOINT lastmile; RELEASE SAVEPOINT lastmile")?;
                self.cache.clear();
                self.pending.clear();
                self.after_commit.truncate(later);
                self.notifications.truncate(told);
                Err(error)
            }
        }
    }

    /// Ends caches after the commit, in every process; inside this transaction they are read anew at once.
    pub fn touch(&mut self, touch: Touch) -> Result<()> {
        self.touched.insert(touch);
        if touch == Touch::Registry {
            self.reg = self.db.fresh_registry(&mut self.conn)?;
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
            self.db.user(uid, &mut self.conn)
        } else {
            crate::database::read_user(uid, &mut self.conn, &self.reg).map(Arc::new)
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
