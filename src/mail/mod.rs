//! Sending the queue of mails.
//!
//! A mail is claimed and committed, sent outside any transaction, and what became of it is committed: it goes out at most once.
//! Without a server in `ir_mail_server`, or while it cannot be reached, the queue waits.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use lastmile_models::mail::queue::{self, Letter, Sent, Server};
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::{Database, Error, Result, Tx};
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport};

/// How often the queue is looked at.
const POLL: Duration = Duration::from_secs(15);
/// Mails claimed at once: so many are in doubt at most when the program dies.
const BATCH: i64 = 20;
/// How long the server may take for an answer.
const TIMEOUT: Duration = Duration::from_secs(30);

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
                if let Err(error) = send_due(&db, &going_on) {
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

/// Sends what is due; answers how many mails were handed over.
pub fn send_due(db: &Arc<Database>, going_on: &dyn Fn() -> bool) -> Result<usize> {
    let mut env = db.env(SUPERUSER, Tx::Detached)?;
    let Some(server) = env.transaction(queue::server)? else { return Ok(0) };
    let transport = transport(&server)?;
    let mut sent = 0;
    while going_on() {
        let mut waiting = env.transaction(queue::waiting)?;
        // A server that is away costs no mail its place in the queue.
        if waiting && let Err(error) = transport.test_connection() {
            tracing::warn!(%error, server = server.host, "the mail server cannot be reached");
            waiting = false;
        }
        if !waiting {
            break;
        }
        let letters = env.transaction(|env| queue::claim(env, BATCH))?;
        let outcomes: Vec<_> = letters.iter().map(|letter| (letter.id, deliver(&transport, &server, letter))).collect();
        sent += outcomes.iter().filter(|(_, outcome)| *outcome == Sent::Gone).count();
        env.transaction(|env| queue::record(env, &outcomes))?;
    }
    Ok(sent)
}

fn transport(server: &Server) -> Result<SmtpTransport> {
    let strict = server.encryption.ends_with("_strict");
    let parameters = || {
        TlsParameters::builder(server.host.clone())
            .dangerous_accept_invalid_certs(!strict)
            .build()
            .map_err(|e| Error::user(format!("The mail server's encryption cannot be set up: {e}")))
    };
    let tls = match server.encryption.trim_end_matches("_strict") {
        "ssl" => Tls::Wrapper(parameters()?),
        "starttls" => Tls::Required(parameters()?),
        _ => Tls::None,
    };
    let builder = SmtpTransport::builder_dangerous(server.host.as_str()).port(server.port).tls(tls).timeout(Some(TIMEOUT));
    Ok(if server.user.is_empty() {
        builder.build()
    } else {
        builder.credentials(Credentials::new(server.user.clone(), server.password.clone())).build()
    })
}

fn deliver(transport: &SmtpTransport, server: &Server, letter: &Letter) -> Sent {
    let message = match message(server, letter) {
        Ok(message) => message,
        Err(reason) => return Sent::Failed(reason),
    };
    match transport.send(&message) {
        Ok(_) => Sent::Gone,
        // The server said that it did not take the mail over; anything else leaves that open.
        Err(error) if error.is_transient() => Sent::Later(error.to_string()),
        Err(error) => Sent::Failed(error.to_string()),
    }
}

fn mailbox(address: &str) -> std::result::Result<Mailbox, String> {
    address.parse().map_err(|e| format!("{address}: {e}"))
}

fn message(server: &Server, letter: &Letter) -> std::result::Result<Message, String> {
    let from = if letter.from.is_empty() { server.user.as_str() } else { letter.from.as_str() };
    let mut builder = Message::builder().from(mailbox(from)?).subject(letter.subject.as_str());
    if !letter.message_id.is_empty() {
        builder = builder.message_id(Some(letter.message_id.clone()));
    }
    if !letter.reply_to.is_empty() {
        builder = builder.reply_to(mailbox(&letter.reply_to)?);
    }
    if letter.to.is_empty() && letter.cc.is_empty() {
        return Err("The mail has no recipient with an address.".into());
    }
    for to in &letter.to {
        builder = builder.to(mailbox(to)?);
    }
    for cc in &letter.cc {
        builder = builder.cc(mailbox(cc)?);
    }
    let html = SinglePart::html(letter.html.clone());
    if letter.files.is_empty() {
        return builder.singlepart(html).map_err(|e| e.to_string());
    }
    let mut parts = MultiPart::mixed().singlepart(html);
    for (name, kind, bytes) in &letter.files {
        let kind = ContentType::parse(kind).unwrap_or(ContentType::TEXT_PLAIN);
        parts = parts.singlepart(Attachment::new(name.clone()).body(bytes.clone(), kind));
    }
    builder.multipart(parts).map_err(|e| e.to_string())
}
