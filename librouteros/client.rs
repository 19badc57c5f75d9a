//! A blocking client: one connection to one router, used by one thread at a time.

mod exchange;
mod listen;
mod login;
mod tls;
mod transport;

use std::time::Duration;

use crate::codec::{Decoder, Limits, Row};
use crate::command::Command;
use crate::error::{Error, Result};
use transport::Transport;

pub use listen::Listener;
pub use login::challenge_response;

/// Where and how to connect.
#[derive(Clone)]
pub struct ConnectOptions {
    /// Host name or address.
    pub host: String,
    /// TCP port: 8728, or 8729 with TLS.
    pub port: u16,
    /// API user.
    pub user: String,
    /// Its password.
    pub password: String,
    /// Longest wait for the TCP connection, each address of the host included; 10 s.
    pub connect_timeout: Duration,
    /// Longest silence while something is awaited (not the longest command: a large table may take minutes to print); 30 s.
    pub command_timeout: Duration,
    /// TLS, or plain TCP.
    pub tls: Option<TlsOptions>,
    /// Most commands of [`Client::call_many`] under way at once; 16.
    pub window: usize,
}

impl ConnectOptions {
    /// Plain TCP with the default time-outs (10 s to connect, 30 s of silence: slow boards stall for seconds).
    pub fn new(host: impl Into<String>, port: u16, user: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port,
            user: user.into(),
            password: password.into(),
            connect_timeout: Duration::from_secs(10),
            command_timeout: Duration::from_secs(30),
            tls: None,
            window: 16,
        }
    }

    /// The same with TLS.
    #[must_use]
    pub fn tls(self, tls: TlsOptions) -> Self {
        Self { tls: Some(tls), ..self }
    }
}

impl std::fmt::Debug for ConnectOptions {
    /// Without the password: options end up in logs.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { host, port, user, tls, .. } = self;
        out.debug_struct("ConnectOptions")
            .field("host", host)
            .field("port", port)
            .field("user", user)
            .field("tls", tls)
            .finish_non_exhaustive()
    }
}

/// How a router proves itself. Routers carry self-signed certificates, so names and issuers say nothing: the certificate itself
/// is pinned.
#[derive(Debug, Clone, Default)]
pub struct TlsOptions {
    /// SHA-256 of the certificate (DER) to insist on. Without one any certificate is taken and [`Client::peer_fingerprint`]
    /// reports it; see [`Client::probe_fingerprint`] for looking before the password is sent.
    pub fingerprint_sha256: Option<[u8; 32]>,
}

/// What a command returned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The `!re` rows, in order.
    pub rows: Vec<Row>,
    /// `ret` of `!done`: the new row's `.id` after `add`, the number after `count-only`.
    pub ret: Option<String>,
}

/// A logged-in connection.
#[derive(Debug)]
pub struct Client {
    transport: Transport,
    decoder: Decoder,
    options: ConnectOptions,
    next_tag: u64,
    /// Why the connection is of no more use.
    closed: Option<String>,
}

impl Client {
    /// Connects and logs in, with the plain form and, when the router answers with a challenge (before 6.43), with MD5.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Timeout`], [`Error::Tls`], [`Error::FingerprintMismatch`] (before the password is sent),
    /// [`Error::LoginFailed`], [`Error::Fatal`], [`Error::Protocol`].
    pub fn connect(options: ConnectOptions) -> Result<Self> {
        let transport = Transport::connect(&options)?;
        let decoder = Decoder::new(Limits::SESSION);
        let mut client = Self { transport, decoder, options, next_tag: 0, closed: None };
        client.login()?;
        Ok(client)
    }

    /// The SHA-256 fingerprint of the certificate a router shows, without logging in: what an operator is asked to trust.
    ///
    /// # Errors
    /// As [`Self::connect`], login aside.
    pub fn probe_fingerprint(host: &str, port: u16, timeout: Duration) -> Result<[u8; 32]> {
        let mut options = ConnectOptions::new(host, port, "", "").tls(TlsOptions::default());
        options.connect_timeout = timeout;
        options.command_timeout = timeout;
        let seen = Transport::connect(&options)?.peer_fingerprint();
        seen.ok_or_else(|| Error::Tls("the router showed no certificate".to_owned()))
    }

    /// SHA-256 of the certificate the router showed; `None` on plain TCP.
    #[must_use]
    pub fn peer_fingerprint(&self) -> Option<[u8; 32]> {
        self.transport.peer_fingerprint()
    }

    /// Whether commands can still be sent.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// Runs one command to its end.
    ///
    /// # Errors
    /// [`Error::Trap`] when the router refuses it; [`Error::Invalid`] when it is not sent; the others close the connection.
    pub fn call(&mut self, command: &Command) -> Result<Answer> {
        let mut outcomes = self.call_many(std::slice::from_ref(command));
        outcomes.pop().unwrap_or_else(|| Err(Error::NotSent("no command".to_owned())))
    }

    /// Ends the session politely; errors are of no interest by then.
    pub fn close(mut self) {
        if self.is_open() {
            let quit = Command::new("/quit").encode(None).unwrap_or_default();
            let _ = self.transport.send(&quit);
        }
    }
}
