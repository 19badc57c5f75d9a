//! Mails leave by a real mail server: encrypted, logged in, chosen by sender, tried again or given up, never twice.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;
use crate::support::smtp::Peer;
use crate::support::wait_for;

const PASSWORD: &str = "s3cret+/=word";

fn outgoing(rpc: &Rpc, name: &str, port: i64, more: Value) -> i64 {
    let mut values = json!({"name": name, "smtp_host": "127.0.0.1", "smtp_port": port});
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    rpc.call("ir.mail_server", "create", json!([values]))
}

fn mail(rpc: &Rpc, subject: &str, more: Value) -> i64 {
    let mut values =
        json!({"subject": subject, "body_html": "<p>Hola <b>tú</b></p>", "email_from": "Ana <ana@example.com>", "auto_delete": false});
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    rpc.call("mail.mail", "create", json!([values]))
}

fn send(rpc: &Rpc, mails: &[i64]) {
    let _: Value = rpc.call("mail.mail", "send", json!([mails]));
}

fn state(rpc: &Rpc, mail: i64) -> (String, String, String) {
    let rows: Value = rpc.call("mail.mail", "read", json!([[mail], ["state", "failure_type", "failure_reason"]]));
    let text = |name: &str| rows[0][name].as_str().unwrap_or_default().to_owned();
    (text("state"), text("failure_type"), text("failure_reason"))
}

#[test]
fn mails_leave_by_a_real_server() {
    let (db, peer) = (TestDb::new(), Peer::start());
    let server = TestServer::start(&db);
    let rpc = server.admin();
    // Nowhere to send to.
    let lost = mail(&rpc, "nowhere", json!({"email_to": "b@example.com"}));
    send(&rpc, &[lost]);
    assert_eq!((state(&rpc, lost).0.as_str(), state(&rpc, lost).1.as_str()), ("exception", "mail_smtp"));

    ways_in(&rpc, &peer);
    contents(&rpc, &peer);
    by_sender(&rpc, &peer);
    refusals(&rpc, &peer);
    queue_waits(&rpc, &peer);
    interrupted(&db, server, &peer);
}

/// Encryption and logins: mood of the peer, settings, whether it lets us in.
fn ways_in(rpc: &Rpc, peer: &Peer) {
    let login = |password: &str| json!({"smtp_user": "sender", "smtp_pass": password});
    let cases = [
        ("plain", json!({}), true),
        ("starttls", json!({"smtp_encryption": "starttls"}), true),
        ("starttls", json!({"smtp_encryption": "starttls_strict"}), false),
        ("plain", json!({"smtp_encryption": "starttls"}), false),
        ("wrapper", json!({"smtp_encryption": "ssl"}), true),
        ("wrapper", json!({"smtp_encryption": "ssl_strict"}), false),
        ("plain", json!({"smtp_encryption": "ssl"}), false),
        ("login", login(PASSWORD), true),
        ("login_old", login(PASSWORD), true),
        ("login", login("wrong-S3cret"), false),
        ("gone", json!({}), false),
    ];
    for (n, (mood, settings, good)) in cases.into_iter().enumerate() {
        let id = outgoing(rpc, &format!("{mood} {n}"), peer.port(mood), settings.clone());
        let tested = rpc.try_call("ir.mail_server", "test_smtp_connection", json!([[id]]), json!({}));
        match &tested {
            Ok(answer) => assert_eq!(answer["params"]["type"], "success", "{mood} {settings}"),
            Err(error) => {
                assert_eq!(error.name, "odoo.exceptions.UserError", "{mood} {settings}: {error}");
                assert!(!error.message.contains("S3cret"), "{error}");
            }
        }
        assert_eq!(tested.is_ok(), good, "{mood} {settings}: {tested:?}");
        let subject = format!("way {n}");
        let sent = mail(rpc, &subject, json!({"email_to": "bob@example.com", "mail_server_id": id}));
        send(rpc, &[sent]);
        let (state, kind, reason) = state(rpc, sent);
        assert_eq!(state, if good { "sent" } else { "exception" }, "{mood} {settings}: {reason}");
        if good {
            let got = peer.mail_of(&subject);
            assert_eq!(got["server"], mood);
            assert_eq!(got["tls"], settings.get("smtp_encryption").is_some());
            assert_eq!(got["login"], settings.get("smtp_pass").is_some());
        } else {
            assert_eq!(kind, "mail_smtp");
            assert!(!reason.is_empty() && !reason.contains("S3cret"), "{reason}");
        }
        let _: Value = rpc.call("ir.mail_server", "write", json!([[id], {"active": false}]));
    }
}

/// UTF-8 everywhere, both bodies, files; contacts get a mail each and learn nothing of each other.
fn contents(rpc: &Rpc, peer: &Peer) {
    let id = outgoing(rpc, "main", peer.port("plain"), json!({}));
    let people: Vec<i64> = rpc.call(
        "res.partner",
        "create",
        json!([[{"name": "Núria \"N\" Peña, hija", "email": "nuria@example.com"}, {"name": "Bob", "email": "bob@example.com"}, {"name": "Nobody"}]]),
    );
    let file: i64 = rpc.call("ir.attachment", "create", json!([{"name": "añadido.txt", "datas": "aGVsbG8="}]));
    let values = json!({
        "recipient_ids": [[6, 0, people]], "email_to": "Uno <uno@example.com>, dos@example.com", "email_cc": "tres@example.com",
        "attachment_ids": [[6, 0, [file]]], "reply_to": "Cartas <cartas@example.com>", "email_from": "\"Año, Nuevo\" <ana@example.com>",
    });
    let sent = mail(rpc, "Señal: ¿qué tal? ✓", values);
    send(rpc, &[sent]);
    assert_eq!(state(rpc, sent).0, "sent");
    let mut got: Vec<Value> = peer.mails().into_iter().filter(|mail| mail["subject"] == "Señal: ¿qué tal? ✓").collect();
    got.sort_by_key(|mail| mail["to"].to_string());
    let to: Vec<&Value> = got.iter().map(|mail| &mail["to"]).collect();
    assert_eq!(json!(to), json!([["bob@example.com"], ["nuria@example.com"], ["uno@example.com", "dos@example.com", "tres@example.com"]]));
    assert_eq!(got[1]["header_to"], "\"Núria \\\"N\\\" Peña, hija\" <nuria@example.com>");
    assert_eq!(got[2]["cc"], "tres@example.com");
    for mail in &got {
        assert_eq!(mail["html"].as_str().unwrap().trim(), "<p>Hola <b>tú</b></p>");
        assert_eq!(mail["text"].as_str().unwrap().trim(), "Hola tú");
        assert_eq!(mail["files"], json!([["añadido.txt", "text/plain", 5]]));
        assert_eq!((&mail["from"], &mail["reply_to"]), (&json!("ana@example.com"), &json!("Cartas <cartas@example.com>")));
        assert_eq!(mail["header_from"], "\"Año, Nuevo\" <ana@example.com>");
        assert!(mail["id"].as_str().unwrap().starts_with('<'), "{mail}");
    }
    let _: Value = rpc.call("ir.mail_server", "write", json!([[id], {"active": false}]));
}

/// Priorities and `from_filter`.
fn by_sender(rpc: &Rpc, peer: &Peer) {
    let first = outgoing(rpc, "first", peer.port("plain"), json!({"sequence": 1}));
    let filtered = outgoing(rpc, "filtered", peer.port("other"), json!({"sequence": 2, "from_filter": "special.example.com"}));
    for (subject, from, expected) in [("by priority", "a@example.com", "plain"), ("by domain", "Z <z@special.example.com>", "other")] {
        let sent = mail(rpc, subject, json!({"email_to": "b@example.com", "email_from": from}));
        send(rpc, &[sent]);
        assert_eq!(peer.mail_of(subject)["server"], expected);
    }
    let _: Value = rpc.call("ir.mail_server", "write", json!([[first, filtered], {"active": false}]));
}

/// 4xx waits for another try, 5xx is the end, with the reason kept.
fn refusals(rpc: &Rpc, peer: &Peer) {
    let id = outgoing(rpc, "moody", peer.port("plain"), json!({}));
    let later = mail(rpc, "later", json!({"email_to": "later@example.com"}));
    let never = mail(rpc, "never", json!({"email_to": "never@example.com"}));
    let nobody = mail(rpc, "nobody", json!({}));
    let odd = mail(rpc, "odd", json!({"email_to": "not an address"}));
    send(rpc, &[later, never, nobody, odd]);
    let (now, _, reason) = state(rpc, later);
    assert_eq!(now, "outgoing");
    assert!(reason.contains("come back later"), "{reason}");
    let due: Value = rpc.call("mail.mail", "read", json!([[later], ["scheduled_date"]]));
    assert!(due[0]["scheduled_date"].is_string(), "{due}");
    let (now, kind, reason) = state(rpc, never);
    assert_eq!((now.as_str(), kind.as_str()), ("exception", "mail_smtp"));
    assert!(reason.contains("nobody of this name"), "{reason}");
    assert_eq!(state(rpc, nobody).1, "mail_email_missing");
    assert_eq!(state(rpc, odd).1, "mail_email_invalid");
    // Tried again when somebody says so, and under an address that works.
    let _: Value = rpc.call("mail.mail", "write", json!([[never], {"email_to": "b@example.com"}]));
    let _: Value = rpc.call("mail.mail", "action_retry", json!([[never]]));
    let raised = rpc.try_call("mail.mail", "send", json!([[odd, never]]), json!({}));
    assert!(raised.is_ok(), "{raised:?}");
    assert_eq!(state(rpc, never).0, "sent");
    let _: Value = rpc.call("mail.mail", "cancel", json!([[later]]));
    // Of several contacts one is refused: the others have their mail, its notification tells.
    let people: Vec<i64> = rpc.call(
        "res.partner",
        "create",
        json!([[{"name": "Good", "email": "good@example.com"}, {"name": "Bad", "email": "never@example.com"}]]),
    );
    let posted: Vec<i64> = rpc.call_kw(
        "res.partner",
        "message_post",
        json!([[people[0]]]),
        json!({"body": "to both", "subject": "to both", "email_from": "ana@example.com", "partner_ids": people, "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}),
    );
    let _: Value = rpc.call("mail.mail", "process_email_queue", json!([]));
    assert_eq!(peer.mail_of("to both")["to"], json!(["good@example.com"]));
    let told: Value = rpc.call_kw(
        "mail.notification",
        "search_read",
        json!([[["mail_message_id", "in", posted], ["res_partner_id", "in", people]], ["notification_status", "failure_type"]]),
        json!({"order": "res_partner_id"}),
    );
    let states: Vec<(&str, &str)> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|n| (n["notification_status"].as_str().unwrap(), n["failure_type"].as_str().unwrap_or("")))
        .collect();
    // By name: Bad, Good.
    assert_eq!(states, [("exception", "mail_smtp"), ("sent", "")]);
    let _: Value = rpc.call("ir.mail_server", "write", json!([[id], {"active": false}]));
}

/// While the only server is silent or away, the queue keeps its mails, and nobody waits long.
fn queue_waits(rpc: &Rpc, peer: &Peer) {
    let waiting = mail(rpc, "waiting", json!({"email_to": "b@example.com"}));
    for mood in ["gone", "silent"] {
        let id = outgoing(rpc, mood, peer.port(mood), json!({}));
        let begun = Instant::now();
        let _: Value = rpc.call("mail.mail", "process_email_queue", json!([]));
        assert!(begun.elapsed() < Duration::from_secs(30), "{mood}: {:?}", begun.elapsed());
        assert_eq!(state(rpc, waiting).0, "outgoing", "{mood}");
        let _: Value = rpc.call("ir.mail_server", "write", json!([[id], {"active": false}]));
    }
    outgoing(rpc, "back", peer.port("plain"), json!({}));
    let _: Value = rpc.call("mail.mail", "process_email_queue", json!([]));
    assert_eq!(state(rpc, waiting).0, "sent");
    peer.mail_of("waiting");
}

/// kill -9 while a mail is on its way: it is marked, and never goes out twice.
fn interrupted(db: &TestDb, server: TestServer, peer: &Peer) {
    let rpc = server.admin();
    let slow = mail(&rpc, "slow one", json!({"email_to": "slow@example.com"}));
    let other = rpc.clone();
    let sending = std::thread::spawn(move || other.try_call("mail.mail", "send", json!([[slow]]), json!({})));
    wait_for("the claim", Duration::from_secs(10), || (state(&rpc, slow).0 == "exception").then_some(()));
    server.kill();
    let _ = sending.join();
    let server = TestServer::start(db);
    let rpc = server.admin();
    let _: Value = rpc.call("mail.mail", "process_email_queue", json!([]));
    let (now, kind, _) = state(&rpc, slow);
    assert_eq!((now.as_str(), kind.as_str()), ("exception", "unknown"));
    std::thread::sleep(Duration::from_secs(3));
    let got = peer.mails().iter().filter(|mail| mail["subject"] == "slow one").count();
    assert!(got <= 1, "the mail went out {got} times");
}
