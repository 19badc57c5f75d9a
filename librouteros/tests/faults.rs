//! What must be survived.

use std::time::{Duration, Instant};

use librouteros::sim::CpuClamp;
use librouteros::{Client, Error, TrapKind};

use crate::support::{both, cmd, connect, options, sim, sim_with};

#[test]
fn a_stall_is_waited_out() {
    let (sim, mut client) = both();
    sim.set_faults(|faults| faults.stall_next_ms = 300);
    let start = Instant::now();
    client.call(&cmd("/system/identity/print", &[])).unwrap();
    assert!(start.elapsed() >= Duration::from_millis(300));
    let start = Instant::now();
    client.call(&cmd("/system/identity/print", &[])).unwrap();
    assert!(start.elapsed() < Duration::from_millis(200));
}

#[test]
fn replies_of_unknown_kinds_are_passed_over() {
    let sim = sim();
    sim.set_faults(|faults| faults.strange_replies = true);
    // Before login and in calls, pipelines and streams alike.
    let mut client = connect(&sim);
    assert_eq!(client.call(&cmd("/system/identity/print", &[])).unwrap().rows[0].get("name"), Some("MikroTik"));
    let outcomes = client.call_many(&[cmd("/ppp/secret/add", &[("name", "ana")]), cmd("/ppp/secret/add", &[("name", "ana")])]);
    assert!(outcomes[0].is_ok(), "{:?}", outcomes[0]);
    assert_eq!(outcomes[1].as_ref().unwrap_err().trap_kind(), Some(TrapKind::AlreadyExists));
    // The row that is there shows that the router has taken the command.
    let mut listener = client.listen(&cmd("/ppp/secret/print", &[("follow", "")])).unwrap();
    assert_eq!(listener.next_within(Duration::from_secs(5)).unwrap().unwrap().get("name"), Some("ana"));
    sim.add("/ppp/secret", &[("name", "eva")]).unwrap();
    assert_eq!(listener.next_within(Duration::from_secs(5)).unwrap().unwrap().get("name"), Some("eva"));
    listener.cancel().unwrap();
    assert!(client.is_open());
}

#[test]
fn silence_times_out_and_closes() {
    let sim = sim();
    let mut short = options(&sim);
    short.command_timeout = Duration::from_millis(150);
    let mut client = Client::connect(short).unwrap();
    sim.set_faults(|faults| faults.silent = true);
    let outcomes = client.call_many(&[cmd("/ppp/secret/add", &[("name", "a")]), cmd("/ppp/secret/add", &[("name", "b")])]);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(Error::Timeout))));
    assert!(!client.is_open());
    let error = client.call(&cmd("/ppp/secret/print", &[])).unwrap_err();
    assert!(matches!(error, Error::NotSent(_)) && error.surely_not_applied());
    // Silent is not idle: it may have been applied.
    assert_eq!(sim.rows("/ppp/secret").len(), 2);
}

#[test]
fn a_drop_tells_sent_from_unsent() {
    let sim = sim();
    sim.set_faults(|faults| faults.drop_at = Some(4));
    let mut few = options(&sim);
    few.window = 2;
    let mut client = Client::connect(few).unwrap();
    let commands: Vec<_> = (0..8).map(|number| cmd("/ppp/secret/add", &[("name", &number.to_string())])).collect();
    let outcomes = client.call_many(&commands);
    assert!(outcomes[..3].iter().all(Result::is_ok));
    assert!(matches!(outcomes[3], Err(Error::Io(_))), "{:?}", outcomes[3]);
    assert!(outcomes[5..].iter().all(|outcome| matches!(outcome, Err(Error::NotSent(_)))));
    assert_eq!(sim.rows("/ppp/secret").len(), 3);
    sim.set_faults(|faults| faults.drop_at = None);
    connect(&sim).call(&commands[3]).unwrap();
}

#[test]
fn half_a_reply_is_an_error_though_applied() {
    let (sim, mut client) = both();
    sim.set_faults(|faults| faults.drop_mid_reply_at = Some(1));
    let error = client.call(&cmd("/ppp/secret/add", &[("name", "ana")])).unwrap_err();
    assert!(matches!(error, Error::Io(_)) && error.closes() && !error.surely_not_applied());
    assert_eq!(sim.rows("/ppp/secret").len(), 1);
}

#[test]
fn refused_logins() {
    let sim = sim();
    sim.set_faults(|faults| faults.refuse_login = true);
    assert!(matches!(Client::connect(options(&sim)), Err(Error::LoginFailed(_))));
}

#[test]
fn fatal_closes() {
    let (sim, mut client) = both();
    sim.set_faults(|faults| faults.fatal_on = Some(("/ppp".into(), "too many commands".into())));
    client.call(&cmd("/system/identity/print", &[])).unwrap();
    let outcomes = client.call_many(&[cmd("/ppp/secret/print", &[]), cmd("/ip/pool/print", &[])]);
    assert!(matches!(&outcomes[0], Err(Error::Fatal(text)) if text == "too many commands"));
    assert!(outcomes[1].is_err() && !client.is_open());
}

#[test]
fn injected_traps_are_traps() {
    let (sim, mut client) = both();
    sim.set_faults(|faults| faults.trap_on = vec![("/ppp/secret/add".into(), "not enough permissions (9)".into())]);
    let error = client.call(&cmd("/ppp/secret/add", &[("name", "x")])).unwrap_err();
    assert_eq!(error.trap_kind(), Some(TrapKind::NotEnoughPermissions));
    assert!(client.is_open());
}

#[test]
fn an_offline_router_hangs_up_and_comes_back() {
    let (sim, mut client) = both();
    sim.set_faults(|faults| faults.offline = true);
    assert!(client.call(&cmd("/system/identity/print", &[])).is_err());
    assert!(Client::connect(options(&sim)).is_err());
    sim.set_faults(|faults| faults.offline = false);
    connect(&sim).call(&cmd("/system/identity/print", &[])).unwrap();
    let mut client = connect(&sim);
    sim.disconnect_all();
    assert!(client.call(&cmd("/system/identity/print", &[])).is_err());
}

#[test]
fn latency_is_per_command() {
    let sim = sim_with(|options| options.latency_ms = 10);
    let mut client = connect(&sim);
    let start = Instant::now();
    for _ in 0..10 {
        client.call(&cmd("/system/identity/print", &[])).unwrap();
    }
    assert!(start.elapsed() >= Duration::from_millis(100));
}

#[test]
fn a_clamped_cpu_is_shared_by_all_sessions() {
    let sim = sim();
    sim.set_faults(|faults| faults.cpu_clamp = Some(CpuClamp { burst: 20, then_ms: 10 }));
    let commands = vec![cmd("/system/identity/print", &[]); 10];
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let (sim, commands) = (&sim, &commands);
            scope.spawn(move || assert!(connect(sim).call_many(commands).iter().all(Result::is_ok)));
        }
    });
    // Forty commands, twenty of them one after the other although there are four sessions.
    assert!(start.elapsed() >= Duration::from_millis(200), "{:?}", start.elapsed());
}

#[test]
fn an_unanswered_cancel_times_out() {
    let sim = sim();
    sim.set_faults(|faults| faults.mute_cancel = true);
    let mut short = options(&sim);
    short.command_timeout = Duration::from_millis(150);
    let mut client = Client::connect(short).unwrap();
    let listener = client.listen(&cmd("/ppp/secret/listen", &[])).unwrap();
    assert!(matches!(listener.cancel(), Err(Error::Timeout)));
    assert!(!client.is_open());
}

#[test]
fn garbage_is_dropped() {
    use std::io::{Read, Write};
    let sim = sim();
    let mut stream = std::net::TcpStream::connect(sim.addr()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    stream.write_all(&[0xFF, 1, 2, 3]).unwrap();
    assert_eq!(stream.read(&mut [0; 16]).unwrap(), 0);
    connect(&sim);
}

#[test]
fn a_peer_that_is_no_router() {
    use std::io::Write;
    for answer in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], &[0xFF; 8], b"\x05!what\x00"] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let peer = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(answer).unwrap();
            std::thread::sleep(Duration::from_millis(300));
        });
        let mut options = librouteros::ConnectOptions::new("127.0.0.1", port, "a", "b");
        options.command_timeout = Duration::from_secs(2);
        let error = Client::connect(options).unwrap_err();
        assert!(matches!(error, Error::Protocol(_) | Error::Io(_)), "{error:?}");
        peer.join().unwrap();
    }
}
