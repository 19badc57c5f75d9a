//! Entries that come again and entries that post themselves.

use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;

fn invoice(rpc: &Rpc, more: Value) -> i64 {
    let mut values = json!({"move_type": "out_invoice", "partner_id": 1, "invoice_line_ids": [[0, 0, {"name": "Rent", "price_unit": 40.0, "tax_ids": [[6, 0, []]]}]]});
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    rpc.call("account.move", "create", json!([values]))
}

fn drafts(rpc: &Rpc) -> Vec<Value> {
    let fields = [
        "date",
        "invoice_date",
        "invoice_date_due",
        "auto_post",
        "auto_post_until",
        "auto_post_origin_id",
        "amount_total",
        "is_manually_modified",
    ];
    rpc.call_kw("account.move", "search_read", json!([[["state", "=", "draft"]], fields]), json!({"order": "id"}))
}

#[test]
fn what_comes_again_does_so_on_its_day_until_its_end() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    let first = invoice(
        &rpc,
        json!({"invoice_date": "2026-01-31", "invoice_date_due": "2026-02-10", "auto_post": "monthly", "auto_post_until": "2026-03-31"}),
    );
    let mut now = first;
    for (day, due) in [("2026-02-28", "2026-03-10"), ("2026-03-31", "2026-04-10")] {
        let _: Value = rpc.call("account.move", "action_post", json!([[now]]));
        let next = drafts(&rpc);
        assert_eq!(next.len(), 1, "{day}");
        assert_eq!((&next[0]["date"], &next[0]["invoice_date"], &next[0]["invoice_date_due"]), (&json!(day), &json!(day), &json!(due)));
        assert_eq!(
            (&next[0]["auto_post"], &next[0]["auto_post_origin_id"][0], &next[0]["amount_total"]),
            (&json!("monthly"), &json!(first), &json!(40.0))
        );
        assert_eq!(next[0]["is_manually_modified"], false);
        now = next[0]["id"].as_i64().unwrap();
    }
    let _: Value = rpc.call("account.move", "action_post", json!([[now]]));
    assert_eq!(drafts(&rpc), Vec::<Value>::new(), "it has an end");
}

#[test]
fn what_posts_itself_does_so_when_its_day_has_come_and_one_that_cannot_holds_up_no_other() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    let due = invoice(&rpc, json!({"invoice_date": "2026-02-10", "auto_post": "at_date"}));
    let broken = invoice(&rpc, json!({"invoice_date": "2026-02-10", "auto_post": "at_date", "partner_id": false}));
    let plain = invoice(&rpc, json!({"invoice_date": "2026-02-10"}));
    let later = invoice(&rpc, json!({"invoice_date": "2099-01-01", "date": "2099-01-01", "auto_post": "at_date"}));
    let crons: Vec<i64> =
        rpc.call_kw("ir.cron", "search", json!([[["cron_name", "like", "auto_post"]]]), json!({"context": {"active_test": false}}));
    let _: Value = rpc.call("ir.cron", "method_direct_trigger", json!([crons]));
    let rows: Vec<Value> = rpc.call("account.move", "read", json!([[due, broken, plain, later], ["state"]]));
    let states: Vec<&str> = rows.iter().map(|row| row["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["posted", "draft", "draft", "draft"]);
    let told: Vec<Value> = rpc.call(
        "mail.message",
        "search_read",
        json!([[["model", "=", "account.move"], ["res_id", "=", broken], ["message_type", "=", "comment"]], ["body"]]),
    );
    assert!(told.len() == 1 && told[0]["body"].as_str().unwrap().contains("no customer"), "{told:?}");
}
