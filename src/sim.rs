//! `lastmile router-sim`: a simulated router, for trying things out without one.

use std::net::{SocketAddr, ToSocketAddrs as _};

use clap::Args;
use lastmile_orm::{Error, Result};
use librouteros::sim::{SimOptions, Simulator};

/// Options of `lastmile router-sim`.
#[derive(Args, Clone)]
pub struct Options {
    /// Where to listen for API connections
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8728")]
    pub listen: String,
    /// API user, with all rights
    #[arg(long, default_value = "admin")]
    pub user: String,
    /// Its password
    #[arg(long, default_value = "", env = "ROUTER_SIM_PASSWORD", hide_env_values = true)]
    pub password: String,
    /// RouterOS version to behave like
    #[arg(long, default_value = "7.18")]
    pub version: String,
    /// What the router is called
    #[arg(long, default_value = "MikroTik")]
    pub identity: String,
    /// Every command takes this long
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub latency_ms: u64,
    /// Connections beyond this many are closed at once
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub max_sessions: usize,
}

/// Runs the simulator until the process is ended.
///
/// # Errors
/// When the address cannot be had or the version cannot be read.
pub fn run(options: Options) -> Result<()> {
    let simulator = start(SimOptions {
        listen: resolve(&options.listen)?,
        user: options.user,
        password: options.password,
        version: options.version,
        identity: options.identity,
        latency_ms: options.latency_ms,
        max_sessions: options.max_sessions,
        ..SimOptions::default()
    })?;
    println!("router-sim listens on {}", simulator.addr());
    simulator.join();
    Ok(())
}

/// Starts a simulator.
pub fn start(options: SimOptions) -> Result<Simulator> {
    let listen = options.listen;
    Simulator::start(options).map_err(|e| Error::user(format!("cannot start a simulated router on {listen}: {e}")))
}

fn resolve(text: &str) -> Result<SocketAddr> {
    let found = text.to_socket_addrs().map_err(|e| Error::user(format!("{text}: {e}")))?.next();
    found.ok_or_else(|| Error::user(format!("{text} is no address")))
}
