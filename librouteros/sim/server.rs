//! Listening, and the threads that serve.

use std::collections::HashMap;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ring::rand::SecureRandom as _;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::schema::Schema;
use super::session::Session;
use super::state::State;
use super::version::Version;
use super::wire::Wire;
use super::{SimOptions, seed, tls};

/// What the handle, the listener and the sessions share.
#[derive(Debug)]
pub(super) struct Shared {
    pub addr: SocketAddr,
    pub fingerprint: Option<[u8; 32]>,
    pub monitor_interval: Duration,
    max_sessions: usize,
    tls: Option<Arc<ServerConfig>>,
    state: Mutex<State>,
    cpu: Mutex<()>,
    sockets: Mutex<HashMap<u64, TcpStream>>,
    stopping: AtomicBool,
}

impl Shared {
    /// The router's memory. A session that panicked leaves it usable: every change is made whole.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one CPU of a clamped router.
    pub fn cpu(&self) -> MutexGuard<'_, ()> {
        self.cpu.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sockets(&self) -> MutexGuard<'_, HashMap<u64, TcpStream>> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn sessions(&self) -> usize {
        self.sockets().len()
    }

    /// Bytes for a login challenge.
    pub fn challenge(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        // A challenge of zeros still works; there is nothing better to do without a source of chance.
        let _ = ring::rand::SystemRandom::new().fill(&mut bytes);
        bytes
    }

    /// The service that listens.
    pub fn service(&self) -> &'static str {
        if self.tls.is_some() { "api-ssl" } else { "api" }
    }

    pub fn disconnect_all(&self) {
        for socket in self.sockets().values() {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }

    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.disconnect_all();
        // The listener waits in accept: a connection wakes it. One bound to all addresses is reached on the loopback.
        let mut addr = self.addr;
        if addr.ip().is_unspecified() {
            addr.set_ip(match addr {
                SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
            });
        }
        let _ = TcpStream::connect_timeout(&addr, Duration::from_secs(1));
    }
}

/// Binds, fills the router and starts the listening thread.
pub(super) fn start(options: SimOptions) -> std::io::Result<(Arc<Shared>, JoinHandle<()>)> {
    let invalid = |text: String| std::io::Error::new(std::io::ErrorKind::InvalidInput, text);
    let version = Version::parse(&options.version).ok_or_else(|| invalid(format!("no version: {}", options.version)))?;
    let schema = Arc::new(Schema::load(version.minor()).map_err(invalid)?);
    let mut state = State::new(schema, version);
    seed::fill(&mut state, &options.user, &options.password);
    state.strict = options.strict;
    state.faults.latency_ms = options.latency_ms;
    if let Some(menu) = state.menu("/system/identity") {
        state.raw_set(menu, 1, "name", Some(&options.identity));
    }
    let (tls, fingerprint) = if options.tls { tls::self_signed().map(|(tls, seen)| (Some(tls), Some(seen)))? } else { (None, None) };
    let listener = TcpListener::bind(options.listen)?;
    let shared = Arc::new(Shared {
        addr: listener.local_addr()?,
        fingerprint,
        monitor_interval: options.monitor_interval,
        max_sessions: options.max_sessions,
        tls,
        state: Mutex::new(state),
        cpu: Mutex::new(()),
        sockets: Mutex::new(HashMap::new()),
        stopping: AtomicBool::new(false),
    });
    let own = Arc::clone(&shared);
    let thread = thread::Builder::new().name("router-sim".to_owned()).spawn(move || accept(&listener, &own))?;
    Ok((shared, thread))
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut number = 0;
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    while let Ok((stream, _)) = listener.accept() {
        if shared.stopping.load(Ordering::SeqCst) {
            break;
        }
        threads.retain(|thread| !thread.is_finished());
        // Beyond its sessions a router hangs up; a dropped stream is that.
        if shared.sessions() >= shared.max_sessions || shared.state().faults.offline {
            continue;
        }
        number += 1;
        threads.extend(open(stream, number, shared));
    }
    shared.disconnect_all();
    for thread in threads {
        let _ = thread.join();
    }
}

/// Starts a session's thread; a connection that cannot be set up is dropped.
fn open(stream: TcpStream, number: u32, shared: &Arc<Shared>) -> Option<JoinHandle<()>> {
    stream.set_nodelay(true).ok()?;
    shared.sockets().insert(number.into(), stream.try_clone().ok()?);
    let shared = Arc::clone(shared);
    let serve = move || {
        let wire = match &shared.tls {
            None => Some(Wire::Plain(stream)),
            Some(config) => {
                ServerConnection::new(Arc::clone(config)).ok().map(|connection| Wire::Tls(Box::new(StreamOwned::new(connection, stream))))
            }
        };
        if let Some(wire) = wire {
            Session::new(&shared, number, wire).serve();
        }
        shared.sockets().remove(&u64::from(number));
    };
    thread::Builder::new().name(format!("router-sim-{number}")).spawn(serve).ok()
}
