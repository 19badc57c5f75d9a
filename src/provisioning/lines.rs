//! Lines to routers: one warm session a router, used by one thread at a time, closed when nobody needs it any more.
//!
//! More sessions would not make a router faster (its CPU is the limit), and small boards break under them.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lastmile_orm::Id;
use librouteros::{Client, ConnectOptions, Error, TlsOptions};

/// The port of the API over TLS.
const TLS_PORT: u16 = 8729;
/// First pause after a router could not be reached; twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_secs(15);
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// Where a router is and how to get in.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub id: Id,
    pub name: String,
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: String,
    /// SHA-256 of the pinned certificate in hexadecimal; empty: none.
    pub fingerprint: String,
}

impl fmt::Debug for Address {
    /// Without the password: addresses end up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({} {}@{}:{})", self.name, self.user, self.host, self.port)
    }
}

/// How long to wait for routers.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub connect: Duration,
    /// Silence while an answer is awaited: boards stall for seconds.
    pub command: Duration,
    /// How long a session is kept that nobody uses.
    pub idle: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { connect: Duration::from_secs(10), command: Duration::from_secs(30), idle: Duration::from_secs(60) }
    }
}

/// Why a router did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// For people; names the router.
    pub message: String,
    /// The router could not be reached at all: it should be left alone for so long.
    pub away: Option<Duration>,
}

#[derive(Default)]
struct Line {
    client: Option<(Client, Address)>,
    used: Option<Instant>,
    /// How often in a row the router could not be reached.
    misses: u32,
}

/// All lines.
#[derive(Default)]
pub struct Lines {
    lines: Mutex<HashMap<Id, Arc<Mutex<Line>>>>,
    patience: Patience,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Whoever panicked left a session in an unknown state; its next use finds out and reconnects.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Lines {
    /// Lines with their own patience.
    pub fn new(patience: Patience) -> Self {
        Lines { patience, ..Lines::default() }
    }

    /// Speaks to a router, alone. `work` must be safe to repeat: it is run again, on a new session, when the session is lost
    /// under it.
    ///
    /// # Errors
    /// [`Failure`], with the router's name in its text.
    pub fn speak<T>(&self, to: &Address, mut work: impl FnMut(&mut Client) -> librouteros::Result<T>) -> Result<T, Failure> {
        let line = Arc::clone(locked(&self.lines).entry(to.id).or_default());
        let mut line = locked(&line);
        let mut repeated = false;
        loop {
            let mut client = match line.client.take().filter(|(client, address)| client.is_open() && address == to) {
                Some((client, _)) => client,
                None => self.open(&mut line, to)?,
            };
            let result = work(&mut client);
            line.used = Some(Instant::now());
            match result {
                Ok(value) => {
                    line.client = Some((client, to.clone()));
                    return Ok(value);
                }
                // Sessions of routers in good health hang at times, and a new one is answered at once.
                Err(error) if error.closes() && !repeated => {
                    tracing::info!(router = to.name, %error, "the session was lost; trying once more");
                    repeated = true;
                }
                Err(error) => {
                    if !error.closes() {
                        line.client = Some((client, to.clone()));
                    }
                    let away = matches!(error, Error::Timeout).then(|| line.miss());
                    return Err(Failure { message: format!("router {}: {error}", to.name), away });
                }
            }
        }
    }

    fn open(&self, line: &mut Line, to: &Address) -> Result<Client, Failure> {
        let fail = |message: String, away| Failure { message: format!("router {}: {message}", to.name), away };
        let options = self.options(to).map_err(|message| fail(message, None))?;
        match Client::connect(options) {
            Ok(client) => {
                line.misses = 0;
                Ok(client)
            }
            // Waiting does not help against these: somebody has to correct something.
            Err(error @ (Error::LoginFailed(_) | Error::FingerprintMismatch { .. } | Error::Invalid(_))) => {
                Err(fail(error.to_string(), None))
            }
            Err(error) => Err(fail(format!("cannot be reached at {}:{}: {error}", to.host, to.port), Some(line.miss()))),
        }
    }

    fn options(&self, to: &Address) -> Result<ConnectOptions, String> {
        if to.host.is_empty() {
            return Err("has no management address".to_owned());
        }
        let mut options = ConnectOptions::new(&to.host, to.port, &to.user, &to.password);
        options.connect_timeout = self.patience.connect;
        options.command_timeout = self.patience.command;
        let pin = parse_fingerprint(&to.fingerprint)?;
        if pin.is_some() || to.port == TLS_PORT {
            options = options.tls(TlsOptions { fingerprint_sha256: pin });
        }
        Ok(options)
    }

    /// Closes sessions that nobody used for a while. Lines in use are passed over.
    pub fn close_idle(&self) {
        let all: Vec<Arc<Mutex<Line>>> = locked(&self.lines).values().cloned().collect();
        for line in all {
            let Ok(mut line) = line.try_lock() else { continue };
            if line.used.is_none_or(|used| used.elapsed() >= self.patience.idle)
                && let Some((client, _)) = line.client.take()
            {
                client.close();
            }
        }
    }
}

impl Line {
    /// Counts a vain try; answers how long to leave the router alone.
    fn miss(&mut self) -> Duration {
        let pause = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(self.misses.min(10)));
        self.misses = self.misses.saturating_add(1);
        pause.min(LONGEST_PAUSE)
    }
}

/// Reads `AB:CD:…` or `abcd…`; the empty text is no fingerprint.
fn parse_fingerprint(text: &str) -> Result<Option<[u8; 32]>, String> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != ':')
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()
        .ok_or("its TLS fingerprint is no hexadecimal text")?;
    if digits.is_empty() {
        return Ok(None);
    }
    let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |sum, digit| sum << 4 | digit)).collect();
    match <[u8; 32]>::try_from(bytes) {
        Ok(pin) if digits.len() == 64 => Ok(Some(pin)),
        _ => Err("its TLS fingerprint is no SHA-256".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_with_and_without_colons() {
        let plain = "0123456789abcdef".repeat(4);
        let pin = parse_fingerprint(&plain).unwrap().unwrap();
        assert_eq!(pin[..3], [0x01, 0x23, 0x45]);
        let colons: Vec<String> = plain.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).to_uppercase()).collect();
        assert_eq!(parse_fingerprint(&colons.join(":")).unwrap(), Some(pin));
        assert_eq!(parse_fingerprint(" ").unwrap(), None);
        assert!(parse_fingerprint("0123").is_err() && parse_fingerprint("xy").is_err());
    }

    #[test]
    fn pauses_grow_to_a_limit() {
        let mut line = Line::default();
        let pauses: Vec<u64> = (0..8).map(|_| line.miss().as_secs()).collect();
        assert_eq!(pauses, [15, 30, 60, 120, 240, 480, 600, 600]);
    }

    #[test]
    fn addresses_do_not_tell_passwords() {
        let address = Address {
            id: 1,
            name: "r".into(),
            host: "h".into(),
            port: 1,
            user: "u".into(),
            password: "hush".into(),
            fingerprint: String::new(),
        };
        assert!(!format!("{address:?}").contains("hush"));
    }
}
