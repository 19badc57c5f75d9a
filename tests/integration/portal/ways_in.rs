//! Forgotten passwords, invitations, and the second factor.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;

use super::{House, target};
use crate::support::browser::{Browser, attribute};
use crate::support::http::{self, Response};
use crate::support::provider::set_parameter;
use crate::support::rpc::WebSession;
use crate::support::smtp::Peer;
use crate::support::wait_for;

/// A browser that nobody signed in with.
fn stranger<'a>(house: &'a House) -> Browser<'a> {
    let answer = http::request(house.server.address(), "GET", "/web/login", &[], b"").unwrap();
    Browser { server: &house.server, cookie: answer.session().unwrap() }
}

fn ask(house: &House, login: &str) -> Response {
    stranger(house).post_from("/web/reset_password", "/web/reset_password", &[("login", login)])
}

/// Lets mails leave by a peer.
fn with_mail(house: &House) -> Peer {
    let peer = Peer::start();
    let values = json!([{"name": "peer", "smtp_host": "127.0.0.1", "smtp_port": peer.port("plain")}]);
    let _: i64 = house.admin.call("ir.mail_server", "create", values);
    set_parameter(&house.admin, "web.base.url", &house.server.url());
    let _: Value = house.admin.call("res.company", "write", json!([[1], {"email": "isp@example.com"}]));
    peer
}

/// The path of the link in the only mail to an address, after `before` ones.
fn link(peer: &Peer, to: &str, before: usize) -> String {
    let mail = wait_for("a mail with a link", Duration::from_secs(20), || {
        peer.mails().into_iter().filter(|mail| mail["to"].to_string().contains(to)).nth(before)
    });
    let body = mail.to_string().replace("=\\r\\n", "").replace("=\\n", "").replace("=3D", "=");
    let at = body.find("/web/").unwrap_or_else(|| panic!("no link in {body}"));
    body[at..].split(|c: char| !(c.is_ascii_alphanumeric() || "/_?=-".contains(c))).next().unwrap().to_owned()
}

#[test]
fn a_forgotten_password_is_replaced_by_a_link_that_works_once() {
    let house = House::new();
    let peer = with_mail(&house);
    let here = house.login(&house.ana);
    let known = ask(&house, "ana");
    assert_eq!(target(&known), "/web/reset_password?told=sent");
    let path = link(&peer, "ana@example.com", 0);
    assert!(path.starts_with("/web/reset_password?token="), "{path}");
    let page = stranger(&house);
    let set = |password: &str, again: &str| {
        let token = path.split("token=").nth(1).unwrap();
        page.post_from(&path, "/web/reset_password", &[("token", token), ("password", password), ("confirm_password", again)])
    };
    assert!(set("a-new-one", "another").text().contains("typed in two ways"));
    assert!(set("short", "short").text().contains("Shortest length"));
    assert_eq!(target(&set("a-new-one", "a-new-one")), "/web/reset_password?told=done");
    assert_eq!(here.get("/my").status, 303, "sessions of before end");
    Browser::login(&house.server, "ana", "a-new-one").page("/my");
    assert!(page.page(&path).contains("not valid any more"), "used up");
    // A token ends with the next login too.
    ask(&house, "ana@example.com");
    let second = link(&peer, "ana@example.com", 1);
    assert!(page.page(&second).contains("value=\"ana\""));
    // Logins are told apart by the second.
    std::thread::sleep(Duration::from_millis(1100));
    Browser::login(&house.server, "ana", "a-new-one");
    assert!(page.page(&second).contains("not valid any more"));
}

#[test]
fn nobody_learns_who_has_an_account_and_no_mailbox_is_filled() {
    let house = House::new();
    let peer = with_mail(&house);
    set_parameter(&house.admin, "base.login_cooldown_after", "3");
    let (known, unknown) = (ask(&house, "bruno"), ask(&house, "nobody"));
    assert_eq!((known.status, known.header("location"), known.text()), (unknown.status, unknown.header("location"), unknown.text()));
    for _ in 0..6 {
        ask(&house, "bruno");
    }
    link(&peer, "bruno@example.com", 2);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(peer.mails().len(), 3, "no more than three in a minute");
    for path in ["/web/signup", "/web/signup?token="] {
        assert_eq!(stranger(&house).get(path).status, 404, "{path}: nobody comes uninvited");
    }
    let page = stranger(&house);
    for token in ["x", "AQAA", &"A".repeat(3000)] {
        let shown = page.page(&format!("/web/reset_password?token={token}"));
        assert!(shown.contains("not valid any more") && !shown.contains("name=\"password\""), "{token}");
        let answer = page.post_from(
            "/web/reset_password",
            "/web/signup",
            &[("token", token), ("password", "long-enough"), ("confirm_password", "long-enough")],
        );
        assert!(answer.text().contains("not valid any more"), "{token}");
    }
    set_parameter(&house.admin, "auth_signup.reset_password", "False");
    assert_eq!(page.get("/web/reset_password").status, 404);
}

#[test]
fn an_administrator_sends_links_and_others_do_not() {
    let house = House::new();
    let peer = with_mail(&house);
    let users: Vec<i64> = house.admin.call("res.users", "search", json!([[["login", "=", "ana"]]]));
    let answer: Value = house.admin.call("res.users", "action_reset_password", json!([users]));
    assert_eq!((&answer["type"], &answer["tag"]), (&json!("ir.actions.client"), &json!("display_notification")));
    let _: Value = house.admin.call("ir.cron", "search_read", json!([[], ["name"]]));
    let mails: Vec<i64> = house.admin.call("mail.mail", "search", json!([[["email_to", "=", "ana@example.com"]]]));
    let _: Value = house.admin.call("mail.mail", "send", json!([mails]));
    assert!(link(&peer, "ana@example.com", 0).starts_with("/web/reset_password?token="));
    let session = WebSession::open(&house.server, "bruno", "bruno-password");
    let refused = session.try_call("res.users", "action_reset_password", json!([users]), json!({})).unwrap_err();
    assert_eq!(refused.name, "odoo.exceptions.AccessError");
}

/// The code that an authenticator shows now, and in `ahead` steps of thirty seconds.
fn code(secret: &str, ahead: u64) -> String {
    let key = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).unwrap();
    mac.update(&(now / 30 + ahead).to_be_bytes());
    let sum = mac.finalize().into_bytes();
    let from = usize::from(sum[19] & 0xf);
    let number = u32::from_be_bytes(sum[from..from + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

#[test]
fn with_a_second_factor_a_password_alone_opens_nothing() {
    let house = House::new();
    let ana = house.login(&house.ana);
    let page = ana.page("/my/security");
    let secret = attribute(&page, "name=\"secret\"", "value");
    assert!(page.contains("<svg") && secret.len() == 32, "{page}");
    let turn_on = |code: &str, password: &str| {
        target(&ana.post_from("/my/security", "/my/security/second", &[("secret", &secret), ("code", code), ("password", password)]))
            .to_owned()
    };
    assert_eq!(turn_on("000000", "ana-password"), "/my/security?msg=second_failed");
    assert_eq!(turn_on(&code(&secret, 0), "wrong"), "/my/security?msg=second_failed");
    assert_eq!(turn_on(&code(&secret, 0), "ana-password"), "/my/security?msg=second_changed");
    let kept = house._db.text("SELECT totp_secret AS value FROM res_users WHERE login = 'ana'");
    assert_eq!(kept, secret, "as the reference keeps it");
    // Programs need a key now.
    let params = json!({"service": "common", "method": "login", "args": [house.server.db_name(), "ana", "ana-password"]});
    let body = json!({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}).to_string();
    let answer =
        http::request(house.server.address(), "POST", "/jsonrpc", &[("Content-Type", "application/json")], body.as_bytes()).unwrap();
    assert_eq!(answer.json()["result"], false);
    // The web client is told to go on.
    let params = json!({"db": house.server.db_name(), "login": "ana", "password": "ana-password"});
    let body = json!({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}).to_string();
    let headers = [("Content-Type", "application/json")];
    let answer = http::request(house.server.address(), "POST", "/web/session/authenticate", &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.json()["result"], json!({"uid": null}));
    let waiting = Browser { server: &house.server, cookie: answer.session().unwrap() };
    for path in ["/my", "/my/data", "/odoo", "/web/content/1"] {
        assert_ne!(waiting.get(path).status, 200, "{path}");
    }
    let headers = [("Content-Type", "application/json"), ("Cookie", waiting.cookie.as_str())];
    let call = json!({"jsonrpc": "2.0", "method": "call", "id": 1, "params": {"model": "res.partner", "method": "search_read", "args": [[]], "kwargs": {}}}).to_string();
    let refused =
        http::request(house.server.address(), "POST", "/web/dataset/call_kw/res.partner/search_read", &headers, call.as_bytes()).unwrap();
    assert_eq!(refused.json()["error"]["data"]["name"], "odoo.http.SessionExpiredException");
    // A browser is asked for the code: a wrong one, the one that was used, the next one.
    let door = stranger(&house);
    let answer = door.post_from(
        "/web/login",
        "/web/login?redirect=/my/isp",
        &[("login", "ana"), ("password", "ana-password"), ("redirect", "/my/isp")],
    );
    assert_eq!(target(&answer), "/web/login/totp?redirect=%2Fmy%2Fisp");
    let door = Browser { server: &house.server, cookie: answer.session().unwrap() };
    let give = |code: &str| door.post_from("/web/login/totp", "/web/login/totp", &[("totp_token", code), ("redirect", "/my/isp")]);
    assert!(give("123").text().contains("wrong or was used before"));
    assert!(give(&code(&secret, 0)).text().contains("wrong or was used before"), "each code is taken once");
    let done = give(&code(&secret, 1));
    assert_eq!(target(&done), "/my/isp");
    let ana = Browser { server: &house.server, cookie: done.session().unwrap() };
    ana.page("/my");
    assert_eq!(door.get("/my").status, 303, "the token that waited opens nothing afterwards");
    let off = ana.post_from("/my/security", "/my/security/second", &[("password", "ana-password")]);
    assert_eq!(target(&off), "/my/security?msg=second_changed");
    house.login(&house.ana).page("/my");
}

#[test]
fn codes_cannot_be_guessed() {
    let house = House::new();
    let secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    let mut conn = house._db.connect();
    diesel::RunQueryDsl::execute(
        diesel::sql_query(format!("UPDATE res_users SET totp_secret = '{secret}' WHERE login = 'ana'")),
        &mut conn,
    )
    .unwrap();
    let answer = stranger(&house).post_from("/web/login", "/web/login", &[("login", "ana"), ("password", "ana-password")]);
    let door = Browser { server: &house.server, cookie: answer.session().unwrap() };
    let give = |code: &str| door.post_from("/web/login/totp", "/web/login/totp", &[("totp_token", code)]);
    for n in 0..10 {
        assert!(give(&format!("{n:06}")).text().contains("wrong or was used before"), "{n}");
    }
    let shut = give(&code(secret, 0));
    assert!(shut.status == 200 && shut.text().contains("Too many login failures"), "even the right one waits: {}", shut.text());
}
