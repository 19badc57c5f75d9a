//! The life of a web session's token.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::rpc::WebSession;
use crate::support::server::TestServer;
use crate::support::wait_for;

#[test]
fn a_change_of_rights_or_password_brings_a_new_token() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let values = json!([{"name": "Eva", "login": "eva", "password": "first-Pw1"}]);
    let eva: i64 = admin.call("res.users", "create", values);
    let mut session = WebSession::open(&server, "eva", "first-Pw1");
    let ask = |session: &WebSession| session.post("/web/session/get_session_info", &json!({}));
    let same = ask(&session);
    assert_eq!(same.session().as_ref(), Some(&session.cookie), "nothing changed");

    let group = admin.reference("isp_core.group_isp_support");
    admin.call::<bool>("res.users", "write", json!([[eva], {"group_ids": [[4, group]]}]));
    // Calls go on with the old token, the next page brings a new one.
    let count = session.call("isp.sector", "search_count", json!([[]]), json!({}));
    assert_eq!(count, json!(0));
    let answer = ask(&session);
    assert_eq!(answer.json()["result"]["uid"], json!(eva));
    let new = answer.session().unwrap();
    assert_ne!(new, session.cookie);
    let old = std::mem::replace(&mut session.cookie, new);
    assert_eq!(ask(&session).session().as_ref(), Some(&session.cookie), "once is enough");
    let left = "SELECT count(*)::text AS value FROM lastmile_session WHERE expires_at < now() AT TIME ZONE 'UTC' + interval '3 minutes'";
    assert_eq!(db.text(left), "1", "the old token goes on for a moment only");

    let changed = session.call("res.users", "change_password", json!(["first-Pw1", "second-Pw1"]), json!({}));
    assert_eq!(changed, Value::Bool(true));
    let answer = ask(&session);
    assert_eq!(answer.json()["result"]["uid"], json!(eva), "this session goes on");
    assert_ne!(answer.session().as_ref(), Some(&session.cookie));
    session.cookie = old;
    assert_eq!(ask(&session).json()["error"]["code"], json!(100), "the others ended");
}

#[test]
fn a_session_ends_with_the_reset_of_its_password_also_while_a_call_is_under_way() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let eva: i64 = admin.call("res.users", "create", json!([{"name": "Eva", "login": "eva", "password": "first-Pw1"}]));
    let session = WebSession::open(&server, "eva", "first-Pw1");
    // A user whose password is the one that Eva's becomes.
    admin.call::<i64>("res.users", "create", json!([{"name": "Bea", "login": "bea", "password": "reset-Pw1"}]));
    let mut reset = db.connect();
    let sql = format!("BEGIN; UPDATE res_users SET password = (SELECT password FROM res_users WHERE login = 'bea') WHERE id = {eva}");
    reset.batch_execute(&sql).unwrap();
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| session.call("res.users", "write", json!([[eva], {"tz": "Europe/Madrid"}]), json!({})));
        let waiting =
            "SELECT count(*)::text AS value FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        wait_for("the call under way", Duration::from_secs(30), || (db.text(waiting) != "0").then_some(()));
        reset.batch_execute("COMMIT").unwrap();
        assert_eq!(slow.join().unwrap(), Value::Bool(true));
    });
    assert_eq!(session.post("/web/session/get_session_info", &json!({})).json()["error"]["code"], json!(100), "the session ended");
    WebSession::open(&server, "eva", "reset-Pw1");
}
