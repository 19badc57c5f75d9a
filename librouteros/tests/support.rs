//! A simulator and a client on it.

use std::time::Duration;

use librouteros::sim::{SimOptions, Simulator};
use librouteros::{Client, Command, ConnectOptions, Error, TrapKind};

pub fn sim() -> Simulator {
    sim_with(|_| {})
}

pub fn sim_with(change: impl FnOnce(&mut SimOptions)) -> Simulator {
    let version = std::env::var("LASTMILE_ROUTEROS").unwrap_or(SimOptions::default().version);
    let mut options =
        SimOptions { version, password: "secret".into(), monitor_interval: Duration::from_millis(20), ..SimOptions::default() };
    change(&mut options);
    Simulator::start(options).unwrap()
}

pub fn options(sim: &Simulator) -> ConnectOptions {
    let mut options = ConnectOptions::new("127.0.0.1", sim.addr().port(), "admin", "secret");
    options.command_timeout = Duration::from_secs(5);
    options
}

pub fn connect(sim: &Simulator) -> Client {
    Client::connect(options(sim)).unwrap()
}

pub fn both() -> (Simulator, Client) {
    let sim = sim();
    let client = connect(&sim);
    (sim, client)
}

pub fn cmd(path: &str, attributes: &[(&str, &str)]) -> Command {
    Command::new(path).attrs(attributes.iter().copied())
}

/// Runs a command that must be refused.
pub fn refused(client: &mut Client, path: &str, attributes: &[(&str, &str)]) -> (TrapKind, String) {
    match client.call(&cmd(path, attributes)) {
        Err(Error::Trap(trap)) => (trap.kind, trap.message),
        other => panic!("{path} {attributes:?} should have been refused: {other:?}"),
    }
}

/// Runs an `add` and gives the new `.id`.
pub fn add(client: &mut Client, menu: &str, attributes: &[(&str, &str)]) -> String {
    client.call(&cmd(&format!("{menu}/add"), attributes)).unwrap().ret.unwrap()
}
