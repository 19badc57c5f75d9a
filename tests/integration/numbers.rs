//! Entries are numbered one after the other, whoever posts them at once.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::database::{TestDb, texts};
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;

/// Somebody who may do all of accounting.
fn accountant(server: &TestServer) -> Rpc {
    let rpc = server.admin();
    let group = rpc.reference("account.group_account_manager");
    rpc.call::<bool>("res.users", "write", json!([[rpc.uid], {"group_ids": [[4, group]]}]));
    rpc
}

fn invoices(rpc: &Rpc, days: &[&str]) -> Vec<i64> {
    let partner: i64 = rpc.call("res.partner", "create", json!([{"name": "Customer"}]));
    let values: Vec<Value> = days
        .iter()
        .map(|day| {
            let line = json!([0, 0, {"name": "Service", "price_unit": 10.0, "tax_ids": [[5]]}]);
            json!({"move_type": "out_invoice", "partner_id": partner, "invoice_date": day, "invoice_line_ids": [line]})
        })
        .collect();
    rpc.call("account.move", "create", json!([values]))
}

fn names(rpc: &Rpc, ids: &[i64]) -> Vec<String> {
    let rows: Vec<Value> = rpc.call("account.move", "read", json!([ids, ["name"]]));
    rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn eight_that_post_at_once_leave_no_gap() {
    const CLIENTS: usize = 8;
    const EACH: usize = 6;
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = accountant(&server);
    let ids = invoices(&rpc, &["2025-03-10"; CLIENTS * EACH * 2]);
    // What cannot be posted must not leave a gap either.
    let empty: i64 = rpc.call("account.move", "create", json!([{"move_type": "out_invoice"}]));
    std::thread::scope(|scope| {
        for mine in ids.chunks(EACH * 2) {
            let server = &server;
            scope.spawn(move || {
                let rpc = server.admin();
                for pair in mine.chunks(2) {
                    let refused = rpc.try_call("account.move", "action_post", json!([[pair[0], empty]]), json!({}));
                    assert_eq!(refused.unwrap_err().name, "odoo.exceptions.UserError");
                    rpc.call::<bool>("account.move", "action_post", json!([pair]));
                }
            });
        }
    });
    let found: BTreeSet<String> = names(&rpc, &ids).into_iter().collect();
    let expected: BTreeSet<String> = (1..=CLIENTS * EACH * 2).map(|n| format!("INV/2025/{n:05}")).collect();
    assert_eq!(found, expected);
    let gaps = "SELECT name FROM account_move WHERE made_sequence_gap AND state = 'posted'";
    assert_eq!(texts(&mut db.connect(), gaps), Vec::<String>::new());
    let locks = "SELECT count(*)::text AS value FROM pg_locks WHERE locktype = 'advisory' AND granted AND database =
                 (SELECT oid FROM pg_database WHERE datname = current_database()) AND classid = x'6e756d62'::int";
    assert_eq!(db.text(locks), "0", "nobody numbers any more");
}

#[test]
fn names_follow_day_reference_and_id() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = accountant(&server);
    let ids = invoices(&rpc, &["2025-12-31", "2025-01-31", "2024-06-30", "2025-01-31"]);
    rpc.call::<bool>("account.move", "write", json!([[ids[1]], {"ref": "b"}]));
    rpc.call::<bool>("account.move", "write", json!([[ids[3]], {"ref": "a"}]));
    rpc.call::<bool>("account.move", "action_post", json!([ids]));
    assert_eq!(names(&rpc, &ids), ["INV/2025/00003", "INV/2025/00002", "INV/2024/00001", "INV/2025/00001"]);
    // A name given by hand is the pattern of those that follow, in its year and the next.
    let hand = invoices(&rpc, &["2025-05-05"]);
    rpc.call::<bool>("account.move", "write", json!([hand, {"name": "F-2025-0041"}]));
    rpc.call::<bool>("account.move", "action_post", json!([hand]));
    let later = invoices(&rpc, &["2025-06-01", "2026-01-01", "2025-06-02"]);
    rpc.call::<bool>("account.move", "action_post", json!([later]));
    assert_eq!(names(&rpc, &later), ["F-2025-0042", "F-2026-0001", "F-2025-0043"]);
    let taken = invoices(&rpc, &["2025-06-01"]);
    rpc.call::<bool>("account.move", "write", json!([taken, {"name": "F-2025-0042"}]));
    let refused = rpc.try_call("account.move", "action_post", json!([taken]), json!({})).unwrap_err();
    assert_eq!(refused.name, "odoo.exceptions.ValidationError");
}

#[test]
fn what_is_left_out_is_remembered_by_the_next() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = accountant(&server);
    let ids = invoices(&rpc, &["2025-01-01", "2025-01-02", "2025-01-03"]);
    rpc.call::<bool>("account.move", "action_post", json!([ids]));
    let gaps = |ids: &[i64]| -> Vec<bool> {
        let rows: Vec<Value> = rpc.call("account.move", "read", json!([ids, ["made_sequence_gap"]]));
        rows.iter().map(|row| row["made_sequence_gap"].as_bool().unwrap()).collect()
    };
    assert_eq!(gaps(&ids), [false, false, false]);
    rpc.call::<Value>("account.move", "button_draft", json!([[ids[1]]]));
    rpc.call::<bool>("account.move", "unlink", json!([[ids[1]]]));
    assert_eq!(gaps(&[ids[0], ids[2]]), [false, true]);
    // Whoever takes the number that is free fills the gap.
    let late = invoices(&rpc, &["2025-01-02"]);
    rpc.call::<bool>("account.move", "write", json!([late, {"name": "INV/2025/00002"}]));
    rpc.call::<bool>("account.move", "action_post", json!([late]));
    assert_eq!(gaps(&[ids[0], late[0], ids[2]]), [false, false, false]);
}
