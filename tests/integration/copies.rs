//! Entries that are copied, reversed or made from given lines: which instalments they have, and what counts as changed by
//! hand. The expectations are what a real Odoo 19 answered.

use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;

/// An invoice of 45.50 in three instalments from 31 January 2025.
fn invoice(rpc: &Rpc) -> (i64, i64) {
    let part = |percent: f64, days: i32| json!([0, 0, {"value": "percent", "value_amount": percent, "nb_days": days}]);
    let parts = [part(33.33, 0), part(33.33, 30), part(33.34, 60)];
    let term: i64 = rpc.call("account.payment.term", "create", json!([{"name": "Thirds", "line_ids": parts}]));
    let line = json!([0, 0, {"name": "x", "price_unit": 45.5, "quantity": 1}]);
    let values = json!([{
        "move_type": "out_invoice", "partner_id": 1, "invoice_date": "2025-01-31", "invoice_payment_term_id": term, "invoice_line_ids": [line]
    }]);
    (rpc.call("account.move", "create", values), term)
}

/// Amounts and days of what is due of an entry, in the order of the rows.
fn due(rpc: &Rpc, entry: i64) -> Vec<(f64, String)> {
    let domain = json!([[["move_id", "=", entry], ["display_type", "=", "payment_term"]], ["balance", "date_maturity"]]);
    let rows: Vec<Value> = rpc.call_kw("account.move.line", "search_read", domain, json!({"order": "id"}));
    rows.iter().map(|row| (row["balance"].as_f64().unwrap(), row["date_maturity"].as_str().unwrap_or_default().to_owned())).collect()
}

fn dated(parts: &[(f64, &str)]) -> Vec<(f64, String)> {
    parts.iter().map(|(amount, day)| (*amount, (*day).to_owned())).collect()
}

fn copy(rpc: &Rpc, entry: i64, changes: Value) -> i64 {
    rpc.call::<Vec<i64>>("account.move", "copy", json!([[entry], changes]))[0]
}

#[test]
fn copies_are_due_as_their_own_days_say() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    let (entry, _) = invoice(&rpc);
    assert_eq!(due(&rpc, entry), dated(&[(15.17, "2025-01-31"), (15.17, "2025-03-02"), (15.16, "2025-04-01")]));
    let later = copy(&rpc, entry, json!({"invoice_date": "2025-02-20"}));
    assert_eq!(due(&rpc, later), dated(&[(15.17, "2025-02-20"), (15.17, "2025-03-22"), (15.16, "2025-04-21")]));
    let at_once = copy(&rpc, entry, json!({"invoice_payment_term_id": false, "invoice_date_due": "2025-06-30"}));
    assert_eq!(due(&rpc, at_once), dated(&[(45.5, "2025-06-30")]));
    // A refund is due on its day, in one part.
    let _: Value = rpc.call("account.move", "action_post", json!([[entry]]));
    let journal: Vec<Value> = rpc.call("account.move", "read", json!([[entry], ["journal_id"]]));
    let values = json!([{"journal_id": journal[0]["journal_id"][0], "date": "2025-01-31", "move_ids": [[6, 0, [entry]]]}]);
    let context = json!({"context": {"active_model": "account.move", "active_ids": [entry]}});
    let wizard: i64 = rpc.call_kw("account.move.reversal", "create", values, context);
    let action: Value = rpc.call("account.move.reversal", "refund_moves", json!([[wizard]]));
    assert_eq!(due(&rpc, action["res_id"].as_i64().unwrap()), dated(&[(-45.5, "2025-01-31")]));
}

#[test]
fn given_instalments_stay_and_must_balance() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    let with = |amounts: &[(f64, &str)]| {
        let product = json!([0, 0, {"name": "x", "price_unit": 45.5, "quantity": 1, "display_type": "product"}]);
        let part = |(amount, day): &(f64, &str)| json!([0, 0, {"display_type": "payment_term", "balance": amount, "date_maturity": day}]);
        let lines: Vec<Value> = std::iter::once(product).chain(amounts.iter().map(part)).collect();
        let values = json!([{"move_type": "out_invoice", "partner_id": 1, "invoice_date": "2025-01-31", "line_ids": lines}]);
        rpc.try_call("account.move", "create", values, json!({}))
    };
    let parts = [(40.0, "2025-02-10"), (5.5, "2025-03-10")];
    assert_eq!(due(&rpc, with(&parts).unwrap().as_i64().unwrap()), dated(&parts));
    assert_eq!(with(&[(40.0, "2025-02-10")]).unwrap_err().name, "odoo.exceptions.UserError");
}

#[test]
fn what_every_entry_has_cannot_be_emptied() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    for (field, class) in
        [("journal_id", "ValidationError"), ("currency_id", "ValidationError"), ("date", "ValidationError"), ("company_id", "AccessError")]
    {
        let line = json!([0, 0, {"name": "x", "price_unit": 1}]);
        let refused = rpc.try_call(
            "account.move",
            "create",
            json!([{"move_type": "out_invoice", "partner_id": 1, field: false, "invoice_line_ids": [line]}]),
            json!({}),
        );
        assert_eq!(refused.unwrap_err().name, format!("odoo.exceptions.{class}"), "{field}");
    }
}

#[test]
fn kinds_are_switched_until_something_was_posted() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    let (entry, _) = invoice(&rpc);
    let shown = |entry: i64| {
        let row = rpc
            .call::<Vec<Value>>("account.move", "read", json!([[entry], ["move_type", "amount_total", "is_manually_modified"]]))
            .remove(0);
        (
            row["move_type"].as_str().unwrap().to_owned(),
            row["amount_total"].as_f64().unwrap(),
            row["is_manually_modified"].as_bool().unwrap(),
        )
    };
    assert_eq!(shown(entry), ("out_invoice".into(), 45.5, false));
    // Copies leave a mark on what they were made of.
    let other = copy(&rpc, entry, json!({}));
    assert_eq!((shown(entry).2, shown(other).2), (true, false));
    let _: Value = rpc.call("account.move", "action_switch_move_type", json!([[other]]));
    assert_eq!(shown(other), ("out_refund".into(), 45.5, true));
    assert_eq!(due(&rpc, other).iter().map(|(amount, _)| amount).sum::<f64>(), -45.5);
    let _: Value = rpc.call("account.move", "action_post", json!([[entry]]));
    let refused = rpc.try_call("account.move", "action_switch_move_type", json!([[entry]]), json!({}));
    assert_eq!(refused.unwrap_err().name, "odoo.exceptions.ValidationError");
}
