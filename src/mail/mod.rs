//! Sending the queue of mails.
//!
//! A mail is claimed and committed, sent outside any transaction, and what became of it is committed: it goes out at most once.
//! Without a server in `ir_mail_server`, or while it cannot be reached, the queue waits.

mod letter;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use lastmile_models::mail::queue::{self, Letter, Outcome, Sent};
use lastmile_models::mail::server::{self, Server};
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::{Database, Env, Error, Id, Result, Tx};
use lettre::{SmtpTransport, Transport};

/// How often the queue is looked at.
const POLL: Duration = Duration::from_secs(15);
/// Mails claimed at once: so many are in doubt at most when the program dies.
const BATCH: i64 = 20;

/// The thread that sends.
pub struct Postman {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Postman {
    /// Starts the thread.
    pub fn start(db: &Arc<Database>) -> Result<Self> {
        let (stop, stopped) = channel();
        let db = Arc::clone(db);
        let run = move || {
            while stopped.recv_timeout(POLL) == Err(RecvTimeoutError::Timeout) {
                let going_on = || stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty);
                let sent = db.env(SUPERUSER, Tx::Detached).and_then(|mut env| send(&mut env, None, &going_on));
                if let Err(error) = sent {
                    tracing::error!(%error, "the mail queue could not be sent");
                }
            }
        };
        let thread = std::thread::Builder::new().name("postman".into()).spawn(run);
        Ok(Postman { stop, thread: thread.map_err(|e| Error::internal(format!("cannot start the postman: {e}")))? })
    }

    /// Takes no more mails and waits for those on their way.
    pub fn stop(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::warn!("the postman panicked");
        }
    }
}

/// Whether a server lets us in; the reason when not.
pub fn check(server: &Server) -> std::result::Result<(), String> {
    match letter::transport(server)?.test_connection() {
        Ok(true) => Ok(()),
        Ok(false) => Err("the server hung up".into()),
        Err(error) => Err(reason(server, &error)),
    }
}

/// What a server said, without what we told it: some repeat the password that they did not like.
fn reason(server: &Server, error: &lettre::transport::smtp::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if !text.contains(&inner.to_string()) {
            text = format!("{text}: {inner}");
        }
        cause = inner.source();
    }
    if server.password.is_empty() { text } else { text.replace(&server.password, "***") }
}

/// The servers of a round, those that were tried with what came of it.
struct Servers {
    known: Vec<Server>,
    open: BTreeMap<Id, std::result::Result<SmtpTransport, String>>,
}

impl Servers {
    fn reach(&mut self, server: &Server) -> std::result::Result<SmtpTransport, String> {
        let tried = self.open.entry(server.id).or_insert_with(|| {
            let transport = letter::transport(server)?;
            match transport.test_connection() {
                Ok(true) => Ok(transport),
                Ok(false) => Err("the server hung up".into()),
                Err(error) => Err(reason(server, &error)),
            }
            .inspect_err(|error| tracing::warn!(%error, server = server.host, "the mail server cannot be reached"))
        });
        tried.clone()
    }
}

/// Sends the given mails now, else what is due; answers how many were handed over. Mails that are due wait while their server is away;
/// given ones fail.
pub fn send(env: &mut Env, ids: Option<&[Id]>, going_on: &dyn Fn() -> bool) -> Result<usize> {
    let known = env.transaction(|env| server::servers(env, None))?;
    if known.is_empty() {
        if let Some(ids) = ids {
            env.transaction(|env| queue::undeliverable(env, ids, "There is no outgoing mail server."))?;
        }
        return Ok(0);
    }
    let mut servers = Servers { known, open: BTreeMap::new() };
    let mut sent = 0;
    let mut left = ids.map(<[Id]>::to_vec);
    while going_on() {
        let ids = left.as_deref();
        let mut waiting = env.transaction(|env| queue::waiting(env, ids))?;
        // A server that is away costs no mail its place in the queue.
        if waiting && ids.is_none() {
            let all = servers.known.clone();
            waiting = env.outside(|| all.iter().any(|server| servers.reach(server).is_ok()))?;
        }
        if !waiting {
            break;
        }
        let letters = env.transaction(|env| queue::claim(env, ids, BATCH))?;
        if letters.is_empty() {
            break;
        }
        let one = |letter| deliver(&mut servers, letter, ids.is_some());
        let outcomes: Vec<Outcome> = env.outside(|| letters.iter().map(one).collect())?;
        sent += outcomes.iter().filter(|outcome| outcome.sent == Sent::Gone).count();
        env.transaction(|env| queue::record(env, &outcomes))?;
        // What is to be tried again waits its turn.
        if let Some(left) = &mut left {
            left.retain(|id| letters.iter().all(|letter| letter.id != *id));
        }
    }
    Ok(sent)
}

fn deliver(servers: &mut Servers, letter: &Letter, now: bool) -> Outcome {
    let mut outcome = Outcome { mail: letter.id, sent: Sent::Gone, unreached: Vec::new() };
    let Some(server) = server::choose(&servers.known, letter.server, &letter.from).cloned() else {
        outcome.sent = Sent::Failed("mail_smtp", "There is no outgoing mail server.".into());
        return outcome;
    };
    let transport = match servers.reach(&server) {
        Ok(transport) => transport,
        Err(reason) => {
            outcome.sent = if now { Sent::Failed("mail_smtp", reason) } else { Sent::Later(reason) };
            return outcome;
        }
    };
    let (copies, unreached) = match letter::copies(letter) {
        Ok(found) => found,
        Err((kind, reason)) => {
            outcome.sent = Sent::Failed(kind, reason);
            return outcome;
        }
    };
    outcome.unreached = unreached.into_iter().map(|(partner, (kind, reason))| (partner, kind, reason)).collect();
    let (mut gone, mut first) = (false, None);
    for copy in &copies {
        let sent = hand_over(&transport, &server, letter, copy);
        match (&sent, copy.partner) {
            (Sent::Gone, _) => gone = true,
            (Sent::Failed(kind, reason), Some(partner)) => outcome.unreached.push((partner, kind, reason.clone())),
            (Sent::Later(reason), Some(partner)) => outcome.unreached.push((partner, "mail_smtp", reason.clone())),
            _ => {}
        }
        // What may be tried again is, as long as nothing of the letter has gone out.
        if sent != Sent::Gone && !matches!(first, Some(Sent::Later(_))) {
            first = Some(sent);
        }
    }
    match first {
        Some(sent) if !gone => {
            if matches!(sent, Sent::Later(_)) {
                outcome.unreached.clear();
            }
            outcome.sent = sent;
        }
        _ => {}
    }
    outcome
}

fn hand_over(transport: &SmtpTransport, server: &Server, letter: &Letter, copy: &letter::Copy) -> Sent {
    let message = match letter::message(server, letter, copy) {
        Ok(message) => message,
        Err((kind, reason)) => return Sent::Failed(kind, reason),
    };
    match transport.send(&message) {
        Ok(_) => Sent::Gone,
        // The server said that it did not take the mail over; anything else leaves that open.
        Err(error) if error.is_transient() => Sent::Later(reason(server, &error)),
        Err(error) => Sent::Failed("mail_smtp", reason(server, &error)),
    }
}
