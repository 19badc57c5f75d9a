//! The books of a database that was taken over stay balanced: what is posted stands.

use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::server::TestServer;

#[test]
fn what_is_posted_stands() {
    let db = TestDb::odoo();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    let group = rpc.reference("account.group_account_manager");
    rpc.call::<bool>("res.users", "write", json!([[rpc.uid], {"group_ids": [[4, group]]}]));
    let first = |model: &str, domain: Value| rpc.call::<Vec<i64>>(model, "search", json!([domain, 0, 1]))[0];
    let posted = first("account.move", json!([["state", "=", "posted"], ["move_type", "=", "out_invoice"]]));
    let line = first("account.move.line", json!([["move_id", "=", posted]]));
    let paid = first("account.payment", json!([["state", "in", ["in_process", "paid"]]]));
    let sums = "SELECT (sum(debit), sum(credit), sum(balance), count(*))::text AS value FROM account_move_line";
    let before = db.text(sums);
    for (model, method, args) in [
        ("account.move", "unlink", json!([[posted]])),
        ("account.move", "write", json!([[posted], {"date": "2020-01-01"}])),
        ("account.move", "write", json!([[posted], {"invoice_date": "2020-01-01"}])),
        ("account.move", "write", json!([[posted], {"line_ids": [[2, line, 0]]}])),
        ("account.move", "create", json!([{"move_type": "entry", "state": "posted"}])),
        ("account.move.line", "unlink", json!([[line]])),
        ("account.move.line", "write", json!([[line], {"debit": 5.0}])),
        ("account.move.line", "create", json!([{"move_id": posted, "name": "x", "account_id": 1, "debit": 5.0}])),
        ("account.payment", "unlink", json!([[paid]])),
    ] {
        let refusal = rpc.try_call(model, method, args.clone(), json!({})).expect_err(&format!("{model}.{method} {args}"));
        let class = if (model, method) == ("account.payment", "unlink") { "ValidationError" } else { "UserError" };
        assert_eq!(refusal.name, format!("odoo.exceptions.{class}"), "{model}.{method} {args}: {refusal}");
    }
    // What says nothing about money may still be said.
    rpc.call::<bool>("account.move", "write", json!([[posted], {"ref": "noted"}]));
    assert_eq!(db.text(sums), before);
}
