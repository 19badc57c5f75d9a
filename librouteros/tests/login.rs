use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use librouteros::client::challenge_response;
use librouteros::codec::{Decoder, Limits, encode_sentence};
use librouteros::{Client, Error};

use crate::support::{cmd, connect, options, sim, sim_with};

/// Sends sentences by hand and reads all that comes until the peer is quiet or gone.
fn converse(port: u16, sentences: &[&[&str]]) -> Vec<Vec<String>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let mut bytes = Vec::new();
    for sentence in sentences {
        encode_sentence(&mut bytes, *sentence);
    }
    stream.write_all(&bytes).unwrap();
    let (mut decoder, mut buffer, mut seen) = (Decoder::new(Limits::SESSION), [0; 4096], Vec::new());
    while let Ok(size) = stream.read(&mut buffer) {
        if size == 0 {
            seen.push(vec!["closed".to_owned()]);
            break;
        }
        decoder.feed(&buffer[..size]);
        while let Some(sentence) = decoder.next_sentence().unwrap() {
            seen.push(sentence.texts().collect());
        }
    }
    seen
}

#[test]
fn the_published_vector() {
    assert_eq!(challenge_response("passTest", "abc123").as_deref(), Some("0021277bff9ac7caf06aa608e46616d47f"));
    assert_eq!(challenge_response("x", "abc"), None);
    assert_eq!(challenge_response("x", "zz"), None);
}

#[test]
fn plain_login() {
    let sim = sim();
    let mut client = connect(&sim);
    assert_eq!(client.call(&cmd("/system/identity/print", &[])).unwrap().rows[0].get("name"), Some("MikroTik"));
    assert_eq!(sim.log()[0].words, ["/login", "=name=admin", "=password=secret"]);
}

#[test]
fn challenge_login_of_old_versions() {
    let sim = sim_with(|options| options.version = "6.42.12".into());
    connect(&sim);
    let log = sim.log();
    assert_eq!(log[1].path(), "/login");
    let response = log[1].attr("response").unwrap();
    assert!(response.len() == 34 && response.starts_with("00"));
    assert_eq!(log[1].attr("password"), None);

    let mut wrong = options(&sim);
    wrong.password = "wrong".into();
    let error = Client::connect(wrong).unwrap_err();
    assert!(matches!(&error, Error::LoginFailed(text) if text == "cannot log in"), "{error:?}");
}

#[test]
fn a_challenge_serves_once() {
    let sim = sim_with(|options| options.version = "6.42".into());
    let seen = converse(sim.addr().port(), &[&["/login", "=name=admin", "=response=00d41d8cd98f00b204e9800998ecf8427e"]]);
    assert_eq!(seen[0], ["!trap", "=message=cannot log in"]);
}

#[test]
fn wrong_credentials() {
    let sim = sim();
    for (user, password) in [("admin", "wrong"), ("nobody", "secret"), ("admin", "")] {
        let mut wrong = options(&sim);
        wrong.user = user.into();
        wrong.password = password.into();
        match Client::connect(wrong) {
            Err(Error::LoginFailed(text)) => assert_eq!(text, "invalid user name or password (6)"),
            other => panic!("{other:?}"),
        }
    }
    let seen = converse(sim.addr().port(), &[&["/login"]]);
    assert_eq!(seen[0], ["!trap", "=message=invalid user name or password (6)"]);
}

#[test]
fn a_failed_login_can_be_tried_again() {
    let sim = sim();
    let seen = converse(sim.addr().port(), &[&["/login", "=name=admin", "=password=x"], &["/login", "=name=admin", "=password=secret"]]);
    assert_eq!(seen, [vec!["!trap", "=message=invalid user name or password (6)"], vec!["!done"], vec!["!done"]]);
}

#[test]
fn nothing_before_login() {
    let sim = sim();
    assert_eq!(converse(sim.addr().port(), &[&["/system/resource/print"]]), [vec!["!fatal", "not logged in"], vec!["closed"]]);
}

#[test]
fn little_before_login() {
    let sim = sim();
    let long = "x".repeat(5000);
    assert_eq!(converse(sim.addr().port(), &[&["/login", &long]]), [vec!["closed"]]);
    assert_eq!(converse(sim.addr().port(), &[&["/login"; 40]]), [vec!["closed"]]);
}

#[test]
fn quit_ends_the_session() {
    let sim = sim();
    let seen = converse(sim.addr().port(), &[&["/login", "=name=admin", "=password=secret"], &["/quit"]]);
    assert_eq!(seen, [vec!["!done"], vec!["!fatal", "session terminated on request"], vec!["closed"]]);
    let mut client = connect(&sim);
    let error = client.call(&cmd("/quit", &[])).unwrap_err();
    assert!(matches!(error, Error::Fatal(text) if text == "session terminated on request"));
    assert!(!client.is_open());
}

#[test]
fn users_of_the_router_log_in_with_their_rights() {
    let sim = sim();
    sim.add("/user", &[("name", "viewer"), ("group", "read"), ("password", "v")]).unwrap();
    let mut viewer = options(&sim);
    (viewer.user, viewer.password) = ("viewer".into(), "v".into());
    let mut client = Client::connect(viewer.clone()).unwrap();
    client.call(&cmd("/ppp/secret/print", &[])).unwrap();
    let (kind, text) = crate::support::refused(&mut client, "/ppp/secret/add", &[("name", "x")]);
    assert_eq!((kind, text.as_str()), (librouteros::TrapKind::NotEnoughPermissions, "not enough permissions (9)"));
    sim.exec(&cmd("/user/set", &[("numbers", "viewer"), ("disabled", "yes")])).unwrap();
    assert!(matches!(Client::connect(viewer), Err(Error::LoginFailed(_))));
}
