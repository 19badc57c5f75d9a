//! Commands that go on: listen, monitor, cancel, tags.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use librouteros::codec::{Decoder, Limits, encode_sentence};
use librouteros::sim::Simulator;
use librouteros::{Error, TrapKind};

use crate::support::{add, both, cmd, connect, sim};

const SOON: Duration = Duration::from_secs(3);

/// A connection spoken to word by word.
pub struct Raw {
    stream: TcpStream,
    decoder: Decoder,
}

impl Raw {
    pub fn login(sim: &Simulator) -> Self {
        let stream = TcpStream::connect(sim.addr()).unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        let mut raw = Self { stream, decoder: Decoder::new(Limits::SESSION) };
        assert_eq!(raw.ask(&["/login", "=name=admin", "=password=secret"]), [["!done"]]);
        raw
    }

    pub fn send(&mut self, words: &[&str]) {
        let mut bytes = Vec::new();
        encode_sentence(&mut bytes, words);
        self.stream.write_all(&bytes).unwrap();
    }

    pub fn next(&mut self) -> Vec<String> {
        let mut buffer = [0; 4096];
        loop {
            if let Some(sentence) = self.decoder.next_sentence().unwrap() {
                return sentence.texts().collect();
            }
            let size = self.stream.read(&mut buffer).unwrap();
            assert_ne!(size, 0, "closed");
            self.decoder.feed(&buffer[..size]);
        }
    }

    /// Sends a command and collects up to its `!done`.
    pub fn ask(&mut self, words: &[&str]) -> Vec<Vec<String>> {
        self.send(words);
        let mut seen = Vec::new();
        loop {
            seen.push(self.next());
            if seen.last().unwrap()[0] == "!done" {
                return seen;
            }
        }
    }
}

#[test]
fn listen_tells_of_changes() {
    let sim = sim();
    let mut watcher = connect(&sim);
    let mut worker = connect(&sim);
    add(&mut worker, "/ppp/secret", &[("name", "before")]);
    let mut listener = watcher.listen(&cmd("/ppp/secret/listen", &[]).proplist([".id", "name", "comment"])).unwrap();
    assert_eq!(listener.next_within(Duration::from_millis(50)).unwrap(), None);
    assert!(!listener.is_over());
    let id = add(&mut worker, "/ppp/secret", &[("name", "ana")]);
    let row = listener.next_within(SOON).unwrap().unwrap();
    assert_eq!(row.iter().collect::<Vec<_>>(), [(".id", id.as_str()), ("name", "ana")]);
    worker.call(&cmd("/ppp/secret/set", &[(".id", &id), ("comment", "x")])).unwrap();
    assert_eq!(listener.next_within(SOON).unwrap().unwrap().get("comment"), Some("x"));
    worker.call(&cmd("/ip/pool/add", &[("name", "other"), ("ranges", "10.0.0.1")])).unwrap();
    worker.call(&cmd("/ppp/secret/remove", &[(".id", &id)])).unwrap();
    let row = listener.next_within(SOON).unwrap().unwrap();
    assert_eq!(row.iter().collect::<Vec<_>>(), [(".id", id.as_str()), (".dead", "true")]);
    assert!(listener.cancel().unwrap().is_empty());
    assert_eq!(watcher.call(&cmd("/ppp/secret/print", &[])).unwrap().rows.len(), 1);
}

#[test]
fn a_print_may_follow() {
    let (sim, mut client) = both();
    let mut listener = client.listen(&cmd("/ip/pool/print", &[("follow", "")])).unwrap();
    for _ in 0..3 {
        listener.next_within(SOON).unwrap().unwrap();
    }
    sim.add("/ip/pool", &[("name", "new"), ("ranges", "10.0.0.1")]).unwrap();
    assert_eq!(listener.next_within(SOON).unwrap().unwrap().get("name"), Some("new"));
}

#[test]
fn a_dropped_listener_leaves_the_connection_usable() {
    let (sim, mut client) = both();
    for _ in 0..20 {
        let mut listener = client.listen(&cmd("/interface/monitor-traffic", &[("interface", "ether1")])).unwrap();
        listener.next_within(SOON).unwrap().unwrap();
        drop(listener);
        let rows = client.call(&cmd("/system/identity/print", &[])).unwrap().rows;
        assert_eq!(rows[0].get("name"), Some("MikroTik"));
    }
    assert_eq!(sim.sessions(), 1);
}

#[test]
fn a_refused_stream_ends_with_its_trap() {
    let (_sim, mut client) = both();
    let mut listener = client.listen(&cmd("/nonsense/listen", &[])).unwrap();
    let error = listener.next_within(SOON).unwrap_err();
    assert_eq!(error.trap_kind(), Some(TrapKind::NoSuchCommand));
    assert!(listener.is_over());
    drop(listener);
    client.call(&cmd("/system/identity/print", &[])).unwrap();
    assert!(matches!(client.listen(&cmd("no path", &[])), Err(Error::Invalid(_))));
    client.call(&cmd("/system/identity/print", &[])).unwrap();
}

#[test]
fn traffic_once_and_streaming() {
    let (sim, mut client) = both();
    sim.set_traffic("ether1", 8_000_000, 1_000_000);
    let once = cmd("/interface/monitor-traffic", &[("interface", "ether1,ether2"), ("once", "")]);
    let rows = client.call(&once).unwrap().rows;
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0].get("name"), rows[0].get("rx-bits-per-second")), (Some("ether1"), Some("8000000")));
    assert_eq!(rows[1].get("tx-bits-per-second"), Some("0"));
    let mut listener = client.listen(&cmd("/interface/monitor-traffic", &[("interface", "ether1")])).unwrap();
    for _ in 0..3 {
        assert_eq!(listener.next_within(SOON).unwrap().unwrap().get("tx-bits-per-second"), Some("1000000"));
    }
    listener.cancel().unwrap();
    assert_eq!(client.call(&once).unwrap().rows.len(), 2);
}

#[test]
fn cancel_is_confirmed_on_both_tags() {
    let sim = sim();
    let mut raw = Raw::login(&sim);
    raw.send(&["/ppp/secret/listen", ".tag=a"]);
    raw.send(&["/ip/pool/listen", ".tag=b"]);
    raw.send(&["/cancel", "=tag=a", ".tag=c"]);
    assert_eq!(raw.next(), ["!trap", ".tag=a", "=category=2", "=message=interrupted"]);
    assert_eq!(raw.next(), ["!done", ".tag=c"]);
    assert_eq!(raw.next(), ["!done", ".tag=a"]);
    // Without a tag all are cancelled.
    raw.send(&["/ppp/secret/listen", ".tag=d"]);
    raw.send(&["/cancel"]);
    assert_eq!(raw.next(), ["!trap", ".tag=b", "=category=2", "=message=interrupted"]);
    assert_eq!(raw.next(), ["!trap", ".tag=d", "=category=2", "=message=interrupted"]);
    assert_eq!(raw.next(), ["!done"]);
    assert_eq!([raw.next(), raw.next()], [["!done", ".tag=b"], ["!done", ".tag=d"]]);
}

#[test]
fn later_commands_overtake_slow_ones() {
    let sim = sim();
    sim.set_faults(|faults| faults.slow = vec![("/ppp/secret/add".into(), 150)]);
    let mut raw = Raw::login(&sim);
    raw.send(&["/ppp/secret/add", "=name=ana", ".tag=slow"]);
    raw.send(&["/system/identity/print", ".tag=fast"]);
    assert_eq!(raw.next(), ["!re", ".tag=fast", "=name=MikroTik"]);
    assert_eq!(raw.next(), ["!done", ".tag=fast"]);
    assert_eq!(raw.next(), ["!done", ".tag=slow", "=ret=*1"]);
}

#[test]
fn a_cancelled_command_has_no_effect() {
    let sim = sim();
    sim.set_faults(|faults| faults.slow = vec![("/ppp/secret/add".into(), 200)]);
    let mut raw = Raw::login(&sim);
    raw.send(&["/ppp/secret/add", "=name=ana", ".tag=1"]);
    let start = Instant::now();
    let seen = raw.ask(&["/cancel", "=tag=1", ".tag=2"]);
    assert_eq!(seen[0], ["!trap", ".tag=1", "=category=2", "=message=interrupted"]);
    assert!(start.elapsed() < Duration::from_millis(150));
    std::thread::sleep(Duration::from_millis(250));
    assert!(sim.rows("/ppp/secret").is_empty());
}
