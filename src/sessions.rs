//! Web sessions: rows keyed by the hash of a token that only the browser has.
//!
//! A session carries an HMAC over login, password hash and active flag: when one of them changes, it is over.
//! It also knows the groups that its user had: when they change, or the password by this very session, the browser gets a new token
//! with its next page, so that a token which leaked before does not gain by it.

use chrono::{NaiveDateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use lastmile_orm::env::WebSession;
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Database, Env, Id, Result, Tx};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// How long a session lives without being used.
pub const LIFETIME: TimeDelta = TimeDelta::days(7);
/// How long a token that was replaced goes on, for requests on their way.
const GRACE: TimeDelta = TimeDelta::seconds(120);

/// How long a right password waits for the second factor.
const WAITING: TimeDelta = TimeDelta::minutes(10);

/// What stands for the groups of a user, whose id follows.
const GROUPS: &str = "(SELECT md5(COALESCE(string_agg(gid::text, ',' ORDER BY gid), '')) FROM res_groups_users_rel WHERE uid = ";

/// A live session.
#[derive(Clone, Debug)]
pub struct Live {
    pub uid: Id,
    pub internal: bool,
    pub data: WebSession,
    /// The user's rights are not those with which the token was given.
    pub stale: bool,
}

/// The store.
pub struct Sessions {
    db: Arc<Database>,
    /// Key of the HMACs; the same for every process on the database.
    secret: Vec<u8>,
}

fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

impl Sessions {
    /// A store over a database.
    pub fn new(db: Arc<Database>, secret: Vec<u8>) -> Self {
        Sessions { db, secret }
    }

    /// What the session is bound to.
    fn seal(&self, uid: Id, login: &str, hash: &str, active: bool) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.secret) else { return String::new() };
        mac.update(format!("{uid}\n{login}\n{hash}\n{active}").as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }

    /// Opens a session under a token; the one it replaces ends.
    pub fn open(&self, uid: Id, token: &str, replaces: Option<&str>) -> Result<Live> {
        self.db.run(lastmile_orm::env::SUPERUSER, Tx::Write, |env| {
            let user = read_user(env, uid)?;
            if let Some(old) = replaces {
                env.execute(&sql!("DELETE FROM lastmile_session WHERE token_hash = {token_hash}", token_hash = token_hash(old)))?;
            }
            env.execute(&Sql::lit("DELETE FROM lastmile_session WHERE expires_at < now() AT TIME ZONE 'UTC'"))?;
            let seal = self.seal(uid, &user.login, &user.hash, user.active);
            let sql = sql!(
                "INSERT INTO lastmile_session (token_hash, user_id, data, hmac, expires_at)
                 VALUES ({token_hash}, {uid}, jsonb_build_object('groups', {GROUPS:sql}{uid})), {seal}, {lifetime})",
                token_hash = token_hash(token),
                lifetime = Utc::now().naive_utc() + LIFETIME
            );
            env.execute(&sql)?;
            Ok(Live { uid, internal: !user.share, data: WebSession::default(), stale: false })
        })
    }

    /// Remembers a right password while the second factor is missing. Such a session has no seal, so it opens nothing.
    pub fn wait(&self, uid: Id, token: &str, replaces: Option<&str>) -> Result<()> {
        self.db.run(lastmile_orm::env::SUPERUSER, Tx::Write, |env| {
            if let Some(old) = replaces {
                env.execute(&sql!("DELETE FROM lastmile_session WHERE token_hash = {token_hash}", token_hash = token_hash(old)))?;
            }
            let sql = sql!(
                "INSERT INTO lastmile_session (token_hash, user_id, data, hmac, expires_at)
                 VALUES ({token_hash}, {uid}, jsonb_build_object('waiting', TRUE), '', {until})",
                token_hash = token_hash(token),
                until = Utc::now().naive_utc() + WAITING
            );
            env.execute(&sql).map(|_| ())
        })
    }

    /// The user whose session waits for its second factor.
    pub fn waiting(&self, token: &str) -> Result<Option<Id>> {
        let sql = sql!(
            "SELECT s.user_id FROM lastmile_session s JOIN res_users u ON u.id = s.user_id AND u.active
             WHERE s.token_hash = {token_hash} AND s.data ? 'waiting' AND s.expires_at > now() AT TIME ZONE 'UTC'",
            token_hash = token_hash(token)
        );
        let rows = self.db.run(lastmile_orm::env::SUPERUSER, Tx::Read, |env| env.query_alone(sql.clone()))?;
        Ok(rows.first().and_then(|row| row.int(0)))
    }

    /// The session of a token, unless it ended or the user's credentials changed. Its life is prolonged once a day.
    pub fn find(&self, token: &str) -> Result<Option<Live>> {
        let sql = sql!(
            "SELECT s.user_id, s.hmac::text, s.data ->> 'identity_checked_at', u.login::text, u.password::text,
             u.active, u.share, s.expires_at, s.data ->> 'groups' IS DISTINCT FROM
             (SELECT md5(COALESCE(string_agg(gid::text, ',' ORDER BY gid), '')) FROM res_groups_users_rel
             WHERE uid = u.id) FROM lastmile_session s JOIN res_users u ON u.id = s.user_id
             WHERE s.expires_at > now() AT TIME ZONE 'UTC' AND s.token_hash = {token_hash}",
            token_hash = token_hash(token)
        );
        let rows = self.db.run(lastmile_orm::env::SUPERUSER, Tx::Read, |env| env.query_alone(sql.clone()))?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (Some(uid), Some(login), Some(active)) = (row.int(0), row.text(3), row.bool(5)) else { return Ok(None) };
        let seal = self.seal(uid, &login, &row.text(4).unwrap_or_default(), active);
        if !active || row.text(1).as_deref() != Some(seal.as_str()) {
            return Ok(None);
        }
        // One that was replaced ends as it was told to.
        let (now, ends) = (Utc::now().naive_utc(), row.timestamp(7));
        if ends.is_some_and(|at| at > now + GRACE && at < now + LIFETIME - TimeDelta::days(1)) {
            let longer = sql!("expires_at = {lifetime}", lifetime = Utc::now().naive_utc() + LIFETIME);
            // A database that takes no writes at present can be read all the same.
            if let Err(error) = self.update(token, longer) {
                tracing::warn!(%error, "a session could not be prolonged");
            }
        }
        let checked = row.text(2).and_then(|t| NaiveDateTime::parse_from_str(&t, "%Y-%m-%d %H:%M:%S").ok());
        Ok(Some(Live {
            uid,
            internal: !row.bool(6).unwrap_or(true),
            data: WebSession { identity_checked_at: checked, credentials: None },
            stale: row.bool(8).unwrap_or(false),
        }))
    }

    /// Keeps changed data; a password change through this session seals it anew, so that it alone goes on.
    pub fn keep(&self, token: &str, data: &WebSession) -> Result<()> {
        let checked = data.identity_checked_at.map(|t| t.format("%Y-%m-%d %H:%M:%S").to_string());
        let sql = sql!("data = data || jsonb_build_object('identity_checked_at', {checked}::text)", checked = Bind::Text(checked));
        self.update(token, sql)
    }

    /// Binds the session to the credentials that a call of its own gave the user. Those that somebody else gave since end it. The next page
    /// brings a new token.
    pub fn reseal(&self, token: &str, uid: Id, (login, hash, active): &(String, String, bool)) -> Result<()> {
        let seal = Bind::text(self.seal(uid, login, hash, *active));
        let sql = sql!("data = CASE WHEN hmac = {seal} THEN data ELSE data - 'groups' END, hmac = ", seal = seal.clone());
        self.update(token, sql.push_bind(seal))
    }

    /// Gives the session a new token; the old one goes on for a moment.
    pub fn rotate(&self, token: &str, new: &str, uid: Id) -> Result<()> {
        let copy = sql!(
            "INSERT INTO lastmile_session (token_hash, user_id, data, hmac, created_at, expires_at)
             SELECT {new_hash}::text, user_id, data || jsonb_build_object('groups', {GROUPS:sql}{uid})), hmac,
             created_at, expires_at
             FROM lastmile_session WHERE token_hash = {old_hash}",
            new_hash = token_hash(new),
            old_hash = token_hash(token)
        );
        let end = sql!(
            "UPDATE lastmile_session SET expires_at = LEAST(expires_at, {grace}::timestamp)
             WHERE token_hash = {token_hash}",
            grace = Utc::now().naive_utc() + GRACE,
            token_hash = token_hash(token)
        );
        self.db.run(lastmile_orm::env::SUPERUSER, Tx::Write, |env| {
            env.execute(&copy)?;
            env.execute(&end).map(|_| ())
        })
    }

    fn update(&self, token: &str, set: Sql) -> Result<()> {
        let sql = sql!("UPDATE lastmile_session SET {set:sql} WHERE token_hash = {token_hash}", token_hash = token_hash(token));
        self.db.run(lastmile_orm::env::SUPERUSER, Tx::Write, |env| env.execute(&sql).map(|_| ()))
    }

    /// The sessions of the acting user, the latest first: since when, and whether it is that of a token.
    pub fn of(&self, env: &mut Env, token: &str) -> Result<Vec<(String, bool)>> {
        let (uid, own) = (env.uid(), token_hash(token));
        let sql = sql!(
            "SELECT to_char(created_at, 'YYYY-MM-DD HH24:MI'), token_hash = {own} FROM lastmile_session
             WHERE user_id = {uid} AND NOT data ? 'waiting' AND expires_at > now() AT TIME ZONE 'UTC' ORDER BY created_at DESC LIMIT 50"
        );
        Ok(env.query(sql)?.iter().map(|row| (row.text(0).unwrap_or_default(), row.bool(1).unwrap_or(false))).collect())
    }

    /// Ends the sessions of a user but that of a token.
    pub fn end_others(&self, uid: Id, token: &str) -> Result<()> {
        let sql = sql!("DELETE FROM lastmile_session WHERE user_id = {uid} AND token_hash <> {own}", own = token_hash(token));
        self.db.run(lastmile_orm::env::SUPERUSER, Tx::Write, |env| env.execute(&sql).map(|_| ()))
    }

    /// Ends a session.
    pub fn close(&self, token: &str) -> Result<()> {
        let sql = sql!("DELETE FROM lastmile_session WHERE token_hash = {token_hash}", token_hash = token_hash(token));
        self.db.run(lastmile_orm::env::SUPERUSER, Tx::Write, |env| env.execute(&sql).map(|_| ()))
    }
}

struct User {
    login: String,
    hash: String,
    active: bool,
    share: bool,
}

fn read_user(env: &mut Env, uid: Id) -> Result<User> {
    let sql = sql!(
        "SELECT login::text, COALESCE(password, '')::text, active, COALESCE(share, FALSE) FROM res_users
         WHERE id = {uid}"
    );
    let rows = env.query(sql)?;
    let row = rows.first().ok_or(lastmile_orm::Error::SessionExpired)?;
    Ok(User {
        login: row.text(0).unwrap_or_default(),
        hash: row.text(1).unwrap_or_default(),
        active: row.bool(2).unwrap_or(false),
        share: row.bool(3).unwrap_or(false),
    })
}
