//! A simulated router: the API protocol, the menus a provider uses, the texts of real refusals, and faults on demand.
//!
//! It is for tests and demonstrations. Menus are data (`sim/menus.table`); sessions are threads over one state; traffic,
//! scripts and the passing of time are not simulated.

mod commands;
mod faults;
mod kinds;
mod live;
mod query;
mod reading;
mod rules;
mod schema;
mod seed;
mod server;
mod session;
mod special;
mod state;
mod tls;
mod tree;
mod verbs;
mod version;
mod wire;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::codec::Row;
use crate::command::Command;
use crate::error::Trap;
use commands::{Request, Who};
use server::Shared;

pub use faults::{CpuClamp, Faults};
pub use state::LoggedCommand;

/// How a simulator starts.
#[derive(Debug, Clone)]
pub struct SimOptions {
    /// Where to listen; port 0 takes a free one (see [`Simulator::addr`]).
    pub listen: SocketAddr,
    /// The first user, with all rights.
    pub user: String,
    /// Its password.
    pub password: String,
    /// RouterOS version: below 6.43 login is by challenge; from 7.18 prints without rows say `!empty`.
    pub version: String,
    /// What `/system/identity` says.
    pub identity: String,
    /// Every command takes this long, in milliseconds (also in [`Faults`], where it can be changed).
    pub latency_ms: u64,
    /// Connections beyond this many are closed at once.
    pub max_sessions: usize,
    /// Speak TLS, with a self-signed certificate made at start.
    pub tls: bool,
    /// Commands are held against all versions from 7.10 to 7.24: dropping it panics when there is something left that
    /// [`Simulator::take_strange`] would tell. For tests of programs that speak to all of them.
    pub strict: bool,
    /// How often `monitor-traffic` speaks.
    pub monitor_interval: Duration,
}

impl Default for SimOptions {
    /// A current router on a free port of the loopback interface: user `admin`, no password, version 7.18, 20 sessions.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            user: "admin".to_owned(),
            password: String::new(),
            version: "7.18".to_owned(),
            identity: "MikroTik".to_owned(),
            latency_ms: 0,
            max_sessions: 20,
            tls: false,
            strict: false,
            monitor_interval: Duration::from_secs(1),
        }
    }
}

/// A running simulator. It stops when dropped.
#[derive(Debug)]
pub struct Simulator {
    shared: Arc<Shared>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Simulator {
    /// Starts to listen, with the factory rows in place.
    ///
    /// # Errors
    /// When the address cannot be had, or the version cannot be read.
    pub fn start(options: SimOptions) -> std::io::Result<Self> {
        let (shared, thread) = server::start(options)?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.shared.addr
    }

    /// SHA-256 of its certificate, if it speaks TLS.
    #[must_use]
    pub fn fingerprint(&self) -> Option<[u8; 32]> {
        self.shared.fingerprint
    }

    /// Stops listening, closes all sessions and waits for them.
    pub fn stop(mut self) {
        self.halt();
    }

    /// Waits until it stops by itself, which it never does: for a program that is nothing but a simulator.
    pub fn join(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    fn halt(&mut self) {
        self.shared.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    /// Closes all sessions; it goes on listening.
    pub fn disconnect_all(&self) {
        self.shared.disconnect_all();
    }

    /// How many connections are open.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.shared.sessions()
    }

    /// Changes what goes wrong.
    pub fn set_faults(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut self.shared.state().faults);
    }

    /// Runs a command as the operator at the console would: all rights, no faults, not logged. Gives rows and `ret`.
    ///
    /// # Errors
    /// The router's refusal.
    pub fn exec(&self, command: &Command) -> Result<crate::Answer, Trap> {
        let words = command.words().map_err(|error| Trap::new(error.to_string(), None))?;
        let outcome = commands::run(&mut self.shared.state(), Who::Console, &Request::parse(words))?;
        Ok(crate::Answer { rows: outcome.rows, ret: outcome.ret })
    }

    /// All rows of a menu, as `print` would show them; none when there is no such menu.
    #[must_use]
    pub fn rows(&self, menu: &str) -> Vec<Row> {
        let mut state = self.shared.state();
        state.refresh(menu);
        let Some(at) = state.menu(menu) else {
            return Vec::new();
        };
        let schema = Arc::clone(&state.schema);
        schema.menus.get(at).map_or_else(Vec::new, |spec| state.rows(at).iter().map(|row| state.print(spec, row, None)).collect())
    }

    /// The first row of a menu whose attribute has this value.
    #[must_use]
    pub fn find(&self, menu: &str, name: &str, value: &str) -> Option<Row> {
        self.rows(menu).into_iter().find(|row| row.get(name) == Some(value))
    }

    /// Adds a row, after the rules. Gives its `.id`.
    ///
    /// # Errors
    /// The router's refusal.
    pub fn add(&self, menu: &str, attributes: &[(&str, &str)]) -> Result<String, Trap> {
        let command = Command::new(format!("{menu}/add")).attrs(attributes.iter().copied());
        self.exec(&command).map(|answer| answer.ret.unwrap_or_default())
    }

    /// Sets an attribute of a row past all rules, state such as counters included. `id` is like `*1F`. False when there is no
    /// such row or attribute.
    pub fn force(&self, menu: &str, id: &str, name: &str, value: Option<&str>) -> bool {
        let mut state = self.shared.state();
        let id = id.strip_prefix('*').and_then(|hex| u32::from_str_radix(hex, 16).ok());
        matches!((state.menu(menu), id), (Some(at), Some(id)) if state.raw_set(at, id, name, value))
    }

    /// The commands received so far, oldest first, logins included.
    #[must_use]
    pub fn log(&self) -> Vec<LoggedCommand> {
        self.shared.state().log.iter().cloned().collect()
    }

    /// Forgets the commands received so far.
    pub fn clear_log(&self) {
        self.shared.state().log.clear();
    }

    /// Brings up a PPPoE session of an enabled secret. A fixed `remote-address` of the secret wins over `address`. Gives the
    /// `.id` in `/ppp/active`.
    ///
    /// # Errors
    /// When there is no such secret, it is disabled, or it is bound to another caller.
    pub fn connect_ppp(&self, name: &str, address: &str, caller_id: &str) -> Result<String, Trap> {
        live::connect_ppp(&mut self.shared.state(), name, address, caller_id)
    }

    /// Puts a device on a hotspot's network, not logged in. Gives the `.id` in `/ip/hotspot/host`.
    ///
    /// # Errors
    /// When there is no such hotspot, or the MAC cannot be read.
    pub fn hotspot_host(&self, server: &str, address: &str, mac: &str) -> Result<String, Trap> {
        live::hotspot_host(&mut self.shared.state(), server, address, mac)
    }

    /// Puts a device on a hotspot's network and logs it in. Gives the `.id` in `/ip/hotspot/active`.
    ///
    /// # Errors
    /// The hotspot's refusal.
    pub fn connect_hotspot(&self, server: &str, user: &str, password: &str, address: &str, mac: &str) -> Result<String, Trap> {
        let mut state = self.shared.state();
        live::hotspot_host(&mut state, server, address, mac)?;
        live::hotspot_login(&mut state, user, password, Some(address), None)
    }

    /// Gives a device an address by DHCP: its static lease is bound, or a dynamic one appears. Gives the lease's `.id`.
    ///
    /// # Errors
    /// When the MAC cannot be read.
    pub fn connect_dhcp(&self, server: &str, address: &str, mac: &str, host_name: &str) -> Result<String, Trap> {
        live::connect_dhcp(&mut self.shared.state(), server, address, mac, host_name)
    }

    /// A connection of the firewall's table: `10.0.0.5 51000` to `203.0.113.7 443`, or `10.0.0.5:51000` as older versions print
    /// them. Gives its `.id`.
    pub fn track(&self, src: &str, dst: &str) -> String {
        live::track(&mut self.shared.state(), src, dst)
    }

    /// What was sent so far that some version from 7.10 to 7.24 does not take, each with the first such version's refusal, and
    /// what was asked for (in property lists and queries) that no router has: sorted, each once, and then forgotten. Nothing
    /// unless the simulator is [`SimOptions::strict`].
    #[must_use]
    pub fn take_strange(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.state().strange).into_iter().collect()
    }

    /// Sets what `monitor-traffic` says of an interface, in bits per second received and sent.
    pub fn set_traffic(&self, interface: &str, rx: u64, tx: u64) {
        self.shared.state().traffic.insert(interface.to_owned(), (rx, tx));
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.halt();
        let strange = self.take_strange();
        assert!(strange.is_empty() || std::thread::panicking(), "not for every version: {strange:?}");
    }
}
