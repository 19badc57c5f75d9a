use std::time::Duration;

use librouteros::{Client, Error, TlsOptions};

use crate::support::{cmd, options, sim, sim_with};

#[test]
fn pinning() {
    let sim = sim_with(|options| options.tls = true);
    let shown = sim.fingerprint().unwrap();
    // First use: taken and reported.
    let mut client = Client::connect(options(&sim).tls(TlsOptions::default())).unwrap();
    assert_eq!(client.peer_fingerprint(), Some(shown));
    let commands = vec![cmd("/interface/print", &[]); 50];
    assert!(client.call_many(&commands).iter().all(Result::is_ok));
    let mut listener = client.listen(&cmd("/interface/monitor-traffic", &[("interface", "ether1")])).unwrap();
    listener.next_within(Duration::from_secs(2)).unwrap().unwrap();
    listener.cancel().unwrap();
    // Pinned.
    Client::connect(options(&sim).tls(TlsOptions { fingerprint_sha256: Some(shown) })).unwrap();
    // Looking without a password.
    sim.clear_log();
    assert_eq!(Client::probe_fingerprint("127.0.0.1", sim.addr().port(), Duration::from_secs(2)).unwrap(), shown);
    // Another certificate: not one word is sent.
    let wrong = TlsOptions { fingerprint_sha256: Some([7; 32]) };
    match Client::connect(options(&sim).tls(wrong)) {
        Err(Error::FingerprintMismatch { seen }) => assert_eq!(seen, shown),
        other => panic!("{other:?}"),
    }
    assert!(sim.log().is_empty());
}

#[test]
fn every_start_makes_its_own_certificate() {
    let start = || sim_with(|options| options.tls = true);
    assert_ne!(start().fingerprint(), start().fingerprint());
}

#[test]
fn plain_and_tls_do_not_mix() {
    let plain = sim();
    let mut over = options(&plain).tls(TlsOptions::default());
    over.command_timeout = Duration::from_secs(1);
    assert!(Client::connect(over).is_err());
    assert_eq!(plain.fingerprint(), None);
    let tls = sim_with(|options| options.tls = true);
    let mut under = options(&tls);
    under.command_timeout = Duration::from_secs(1);
    assert!(Client::connect(under).is_err());
    let client = Client::connect(options(&plain)).unwrap();
    assert_eq!(client.peer_fingerprint(), None);
}
