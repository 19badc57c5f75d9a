//! ir.mail_server: the servers that mails leave by.

use lastmile_orm::access::Operation;
use lastmile_orm::declare::{Next, Tx, UnlinkHook, WriteHook};
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::value::Map;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Result, Value, map};

use super::address;
use crate::effects::Port;

const SERVER: &str = "ir.mail_server";

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(SERVER)
        .constrains(&["smtp_authentication", "smtp_ssl_certificate", "smtp_ssl_private_key"], has_certificate)
        .on_write(archived)
        .on_unlink(removed)
        .record_method("test_smtp_connection", "autodetect_max_email_size=False", Tx::Detached, test);
}

/// A server with what it takes to use it.
#[derive(Clone, Default)]
pub struct Server {
    pub id: Id,
    pub host: String,
    pub port: u16,
    /// `none`, `starttls`, `ssl`, or one of the latter with `_strict`: the certificate is checked.
    pub encryption: String,
    pub user: String,
    pub password: String,
    /// Addresses and domains that it sends for, comma separated; empty: any.
    pub from_filter: String,
    /// Certificate and key in PEM that the program shows.
    pub identity: Option<(Vec<u8>, Vec<u8>)>,
}

impl std::fmt::Debug for Server {
    /// Without secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{} ({})", self.host, self.port, self.encryption)
    }
}

impl Server {
    fn fits(&self, from: &str) -> Option<Fit> {
        let domain = from.rsplit_once('@').map(|(_, domain)| domain);
        let entries = || self.from_filter.split(',').map(str::trim).filter(|e| !e.is_empty());
        if entries().next().is_none() {
            return Some(Fit::Any);
        }
        let hits = |entry: &str, what: &str| entry.eq_ignore_ascii_case(what);
        if entries().any(|entry| hits(entry, from)) {
            return Some(Fit::Address);
        }
        domain.filter(|domain| entries().any(|entry| hits(entry, domain))).map(|_| Fit::Domain)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Address,
    Domain,
    Any,
}

/// The server for a sender: the one that a mail names; else one that names the address, the domain, nothing; else the first one.
pub fn choose<'s>(servers: &'s [Server], named: Option<Id>, from: &str) -> Option<&'s Server> {
    if let Some(server) = named.and_then(|id| servers.iter().find(|s| s.id == id)) {
        return Some(server);
    }
    let from = address::plain(from);
    let fitting = servers.iter().filter_map(|server| Some((server.fits(&from)?, server)));
    fitting.min_by_key(|(fit, _)| *fit).map(|(_, server)| server).or(servers.first())
}

/// Active servers in the order of their priority; `only`: that one, also when it is archived.
pub fn servers(env: &mut Env, only: Option<Id>) -> Result<Vec<Server>> {
    let sql = Sql::lit(
        "SELECT s.id, s.smtp_host::text, COALESCE(s.smtp_port, 25), s.smtp_encryption::text, s.smtp_authentication::text, COALESCE(s.smtp_user, '')::text, \
         COALESCE(s.smtp_pass, '')::text, COALESCE(s.from_filter, '')::text, s.smtp_ssl_certificate, s.smtp_ssl_private_key \
         FROM ir_mail_server s WHERE COALESCE(s.smtp_host, '') <> '' AND ",
    );
    let sql = match only {
        Some(id) => sql.push("s.id = ").push_bind(Bind::Int(Some(id))),
        None => sql.push("s.active"),
    };
    let one = |row: &lastmile_orm::sql::row::Row| {
        let text = |n: usize| row.text(n).unwrap_or_default();
        let login = text(4) == "login";
        Some(Server {
            id: row.int(0)?,
            host: text(1),
            port: row.int(2).and_then(|port| u16::try_from(port).ok()).unwrap_or(25),
            encryption: text(3),
            user: if login { text(5) } else { String::new() },
            password: if login { text(6) } else { String::new() },
            from_filter: text(7),
            identity: row.bytes(8).zip(row.bytes(9)).filter(|_| text(4) == "certificate"),
        })
    };
    Ok(env.query(sql.push(" ORDER BY s.sequence, s.id"))?.iter().filter_map(one).collect())
}

fn has_certificate(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT 1 FROM ir_mail_server WHERE smtp_authentication = 'certificate'
         AND (smtp_ssl_certificate IS NULL OR smtp_ssl_private_key IS NULL) AND id = ANY({ids}) LIMIT 1"
    );
    if env.query(sql)?.is_empty() { Ok(()) } else { Err(Error::user("A login by certificate needs the certificate and its private key.")) }
}

/// A server that templates send by stays.
fn unused(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT s.name::text, t.name ->> 'en_US' FROM mail_template t
         JOIN ir_mail_server s ON s.id = t.mail_server_id WHERE s.id = ANY({ids}) ORDER BY t.id LIMIT 1"
    );
    match env.query(sql)?.first() {
        Some(row) => Err(Error::user(format!(
            "The mail server {} is still used by the template {}.",
            row.text(0).unwrap_or_default(),
            row.text(1).unwrap_or_default()
        ))),
        None => Ok(()),
    }
}

fn archived(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    if values.get("active").is_some_and(|active| !active.truthy()) {
        unused(env, ids)?;
    }
    next.call(env, ids, values)
}

fn removed(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    unused(env, ids)?;
    next.call(env, ids)
}

/// Connects, encrypts and logs in. Success is something to show; failure an error.
fn test(env: &mut Env, call: &Invocation) -> Result<Answer> {
    env.check_access(SERVER, Operation::Write)?;
    for id in &call.ids {
        let found = env.transaction(|env| servers(env, Some(*id)))?;
        let Some(server) = found.first() else { return Err(Error::user("The server has no host name.")) };
        let Some(port) = env.port::<Port>() else { continue };
        port.0.check_mail_server(env, server)?.map_err(|reason| Error::user(format!("The connection test failed: {reason}")))?;
    }
    Ok(Answer::Value(Value::Map(map! {
        "type" => "ir.actions.client",
        "tag" => "display_notification",
        "params" => map! {
            "message" => "The connection works.", "type" => "success", "sticky" => false,
            "next" => map! { "type" => "ir.actions.act_window_close" },
        },
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_chosen_by_sender() {
        let server = |id, filter: &str| Server { id, from_filter: filter.into(), ..Server::default() };
        let all = [server(1, "other.com"), server(2, ""), server(3, "example.com, x@y.z"), server(4, "Ana@example.com")];
        let chosen = |from: &str, named| choose(&all, named, from).map(|s| s.id);
        assert_eq!(chosen("\"Ana\" <ana@example.com>", None), Some(4));
        assert_eq!(chosen("bob@Example.com", None), Some(3));
        assert_eq!(chosen("x@y.z", None), Some(3));
        assert_eq!(chosen("who@else.org", None), Some(2));
        assert_eq!(chosen("who@else.org", Some(1)), Some(1));
        let picky = [server(1, "other.com"), server(2, "else.com")];
        assert_eq!(choose(&picky, None, "a@b.c").map(|s| s.id), Some(1));
        assert_eq!(choose(&[], None, "a@b.c").map(|s| s.id), None);
    }
}
