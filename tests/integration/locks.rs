//! Books that are closed stay so, but for whom an exception was made.

use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;

const USER: &str = "odoo.exceptions.UserError";
const COMPANY: &str = "res.company";
const EXCEPTION: &str = "account.lock_exception";

fn accountant(server: &TestServer) -> Rpc {
    let rpc = server.admin();
    let group = rpc.reference("account.group_account_manager");
    rpc.call::<bool>("res.users", "write", json!([[rpc.uid], {"group_ids": [[4, group]]}]));
    rpc
}

fn locked(rpc: &Rpc, field: &str) -> Value {
    let mut rows: Vec<Value> = rpc.call(COMPANY, "read", json!([[1], [field]]));
    rows.remove(0)[field].take()
}

fn entry(rpc: &Rpc, day: &str) -> i64 {
    let accounts: Vec<i64> = rpc.call("account.account", "search", json!([[["account_type", "=", "equity"]], 0, 2]));
    let line = |debit: f64, credit: f64| json!([0, 0, {"account_id": accounts[0], "debit": debit, "credit": credit}]);
    rpc.call("account.move", "create", json!([{"move_type": "entry", "date": day, "line_ids": [line(5.0, 0.0), line(0.0, 5.0)]}]))
}

#[test]
fn closed_books_stay_closed() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = accountant(&server);
    let (old, draft) = (entry(&rpc, "2025-03-10"), entry(&rpc, "2025-03-11"));
    rpc.call::<bool>("account.move", "action_post", json!([[old]]));
    rpc.call::<bool>(COMPANY, "write", json!([[1], {"fiscalyear_lock_date": "2025-12-31", "sale_lock_date": "2026-01-31"}]));
    assert_eq!((locked(&rpc, "user_fiscalyear_lock_date"), locked(&rpc, "user_tax_lock_date")), (json!("2025-12-31"), json!("1-01-01")));
    let refused = rpc.try_call("account.move", "button_draft", json!([[old]]), json!({})).unwrap_err();
    assert_eq!(refused.name, USER, "{refused}");
    // A draft of a closed year is posted on a day that is open.
    rpc.call::<bool>("account.move", "action_post", json!([[draft]]));
    let rows: Vec<Value> = rpc.call("account.move", "read", json!([[draft], ["date", "state"]]));
    assert!(rows[0]["date"].as_str().unwrap() > "2025-12-31", "{rows:?}");
    // An exception opens them for whom it is.
    let made: i64 = rpc.call(EXCEPTION, "create", json!([{"company_id": 1, "fiscalyear_lock_date": "2025-01-31", "reason": "late"}]));
    assert_eq!(locked(&rpc, "user_fiscalyear_lock_date"), json!("2025-01-31"));
    rpc.call::<Value>("account.move", "button_draft", json!([[old]]));
    rpc.call::<bool>("account.move", "action_post", json!([[old]]));
    // It is made anew when the lock moves, and ends when it is taken back.
    rpc.call::<bool>(COMPANY, "write", json!([[1], {"fiscalyear_lock_date": "2026-02-28"}]));
    let fields = json!([[["company_id", "=", 1]], ["company_lock_date", "lock_date", "state"]]);
    let kw = json!({"order": "id", "context": {"active_test": false}});
    let rows: Vec<Value> = rpc.call_kw(EXCEPTION, "search_read", fields, kw);
    let told: Vec<(&str, &str)> = rows.iter().map(|r| (r["company_lock_date"].as_str().unwrap(), r["state"].as_str().unwrap())).collect();
    assert_eq!(told, [("2025-12-31", "revoked"), ("2026-02-28", "active")]);
    let active: Vec<i64> = rpc.call(EXCEPTION, "search", json!([[["state", "=", "active"]]]));
    assert!(!active.contains(&made));
    rpc.call::<Value>(EXCEPTION, "action_revoke", json!([active]));
    assert_eq!(locked(&rpc, "user_fiscalyear_lock_date"), json!("2026-02-28"));
    for (values, error) in [
        (json!({"company_id": 1}), "odoo.exceptions.ValidationError"),
        (json!({"company_id": 1, "fiscalyear_lock_date": "2025-01-31", "sale_lock_date": "2025-01-31"}), "odoo.exceptions.ValidationError"),
    ] {
        assert_eq!(rpc.try_call(EXCEPTION, "create", json!([values]), json!({})).unwrap_err().name, error, "{values}");
    }
}

#[test]
fn books_closed_for_good_are_never_opened() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = accountant(&server);
    let draft = entry(&rpc, "2025-06-30");
    let hard = |day: Value| rpc.try_call(COMPANY, "write", json!([[1], {"hard_lock_date": day}]), json!({})).map_err(|e| e.name);
    assert_eq!(hard(json!("2025-12-31")), Err("odoo.exceptions.RedirectWarning".to_owned()));
    assert_eq!(hard(json!("2025-03-31")), Ok(json!(true)));
    assert_eq!(hard(json!("2025-02-28")), Err(USER.to_owned()));
    assert_eq!(hard(json!(false)), Err(USER.to_owned()));
    rpc.call::<bool>("account.move", "unlink", json!([[draft]]));
    assert_eq!(hard(json!("2025-12-31")), Ok(json!(true)));
    assert_eq!(locked(&rpc, "user_hard_lock_date"), json!("2025-12-31"));
    // No exception helps.
    rpc.call::<i64>(EXCEPTION, "create", json!([{"company_id": 1, "fiscalyear_lock_date": "2025-01-31"}]));
    let late = entry(&rpc, "2025-05-05");
    rpc.call::<bool>("account.move", "action_post", json!([[late]]));
    let rows: Vec<Value> = rpc.call("account.move", "read", json!([[late], ["date"]]));
    assert!(rows[0]["date"].as_str().unwrap() > "2025-12-31", "{rows:?}");
}
