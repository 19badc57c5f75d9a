//! Payments and reconciliation: what a real Odoo 19 stored for the same, that undoing leads back, and that the number of
//! statements does not depend on the number of invoices.

use serde_json::{Value, json};

use crate::books::{broken_laws, replayed};
use crate::support::bench::Bench;
use crate::support::database::TestDb;
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;

#[test]
fn payments_and_reconciliations_are_stored_as_recorded() {
    let db = TestDb::new();
    let (count, wrong) = replayed(&db, "fixtures/books/payments.json");
    assert!(count.len() >= 11, "{count:?}");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(broken_laws(&db), Vec::<String>::new());
    let query = "SELECT r.id FROM account_partial_reconcile r JOIN account_move_line d ON d.id = r.debit_move_id
                 JOIN account_move_line c ON c.id = r.credit_move_id WHERE d.account_id <> c.account_id OR r.amount < 0
                 OR (r.full_reconcile_id IS NOT NULL AND (d.full_reconcile_id IS DISTINCT FROM r.full_reconcile_id
                 OR c.matching_number IS DISTINCT FROM r.full_reconcile_id::text))
                 OR (r.full_reconcile_id IS NULL AND d.matching_number NOT LIKE 'P%')";
    assert_eq!(db.text(&format!("SELECT count(*)::text AS value FROM ({query}) x")), "0", "partials are of one account and number");
}

/// Posts documents and answers them.
fn posted(rpc: &Rpc, values: Value) -> Vec<i64> {
    let ids: Vec<i64> = rpc.call("account.move", "create", json!([values]));
    let _: Value = rpc.call("account.move", "action_post", json!([ids]));
    ids
}

fn document(kind: &str, price: f64, currency: i64) -> Value {
    json!({"move_type": kind, "partner_id": 1, "currency_id": currency, "invoice_date": if kind == "out_invoice" { "2025-03-03" } else { "2025-07-07" },
        "invoice_line_ids": [[0, 0, {"name": "x", "price_unit": price, "tax_ids": [[6, 0, []]]}]]})
}

/// What is open of the items of entries, and their matches.
fn standing(rpc: &Rpc, moves: &[i64]) -> Value {
    let fields = [
        "amount_residual",
        "amount_residual_currency",
        "reconciled",
        "matching_number",
        "full_reconcile_id",
        "matched_debit_ids",
        "matched_credit_ids",
    ];
    rpc.call_kw("account.move.line", "search_read", json!([[["move_id", "in", moves]], fields]), json!({"order": "id"}))
}

#[test]
fn undoing_leads_back_to_where_it_began() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    let currencies: Vec<i64> = rpc.call_kw(
        "res.currency",
        "search",
        json!([[["name", "in", ["USD", "EUR"]]]]),
        json!({"context": {"active_test": false}, "order": "name"}),
    );
    let (euro, dollar) = (currencies[0], currencies[1]);
    let _: Value = rpc.call("res.currency", "write", json!([[euro], {"active": true}]));
    for (day, rate) in [("2025-01-01", 0.9), ("2025-06-01", 0.8)] {
        let _: Value = rpc.call("res.currency.rate", "create", json!([{"name": day, "rate": rate, "currency_id": euro}]));
    }
    let moves = posted(
        &rpc,
        json!([
            document("out_invoice", 100.0, dollar),
            document("out_invoice", 80.0, euro),
            document("out_refund", 33.33, dollar),
            document("out_refund", 70.0, euro),
            document("out_refund", 200.0, dollar),
        ]),
    );
    let before = standing(&rpc, &moves);
    let lines: Vec<i64> = rpc.call_kw(
        "account.move.line",
        "search",
        json!([[["move_id", "in", moves], ["account_type", "=", "asset_receivable"]]]),
        json!({"order": "id"}),
    );
    let _: Value = rpc.call("account.move.line", "reconcile", json!([lines]));
    let matched = standing(&rpc, &moves);
    assert_ne!(matched, before);
    assert_ne!(db.text("SELECT count(*)::text AS value FROM account_partial_reconcile WHERE exchange_move_id IS NOT NULL"), "0");
    assert_eq!(broken_laws(&db), Vec::<String>::new());
    let again = rpc.try_call("account.move.line", "reconcile", json!([[lines[0]]]), json!({}));
    let settled = matched
        .as_array()
        .unwrap()
        .iter()
        .any(|row| row["id"] == lines[0] && row["reconciled"] == true && row["full_reconcile_id"] != false);
    assert!(!settled || again.unwrap_err().name == "odoo.exceptions.UserError", "what is settled is not matched again");
    let _: Value = rpc.call("account.move.line", "remove_move_reconcile", json!([lines]));
    assert_eq!(standing(&rpc, &moves), before);
    let open: Vec<Value> = rpc.call("account.move", "read", json!([moves, ["payment_state", "amount_total", "amount_residual"]]));
    for row in &open {
        assert_eq!((row["payment_state"].as_str(), &row["amount_residual"]), (Some("not_paid"), &row["amount_total"]));
    }
    assert_eq!(broken_laws(&db), Vec::<String>::new());
    // Entries for differences were reversed: together they come to nothing.
    let left = db.text(
        "SELECT COALESCE(sum(l.amount_residual), 0)::text AS value FROM account_move_line l JOIN account_move m ON m.id = l.move_id
         JOIN res_company c ON c.currency_exchange_journal_id = m.journal_id JOIN account_account a ON a.id = l.account_id
         WHERE a.account_type = 'asset_receivable'",
    );
    assert_eq!(left.parse::<f64>().unwrap(), 0.0);
}

#[test]
fn what_does_not_belong_together_is_not_matched() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    let dollar: Vec<i64> = rpc.call("res.currency", "search", json!([[["name", "=", "USD"]]]));
    let moves = posted(&rpc, json!([document("out_invoice", 10.0, dollar[0])]));
    let lines: Vec<i64> = rpc.call_kw("account.move.line", "search", json!([[["move_id", "in", moves]]]), json!({"order": "id"}));
    let error = |model: &str, method: &str, args: Value, kwargs: Value| rpc.try_call(model, method, args, kwargs).unwrap_err().name;
    assert_eq!(error("account.move.line", "reconcile", json!([lines]), json!({})), "odoo.exceptions.UserError", "two accounts");
    let income: Vec<i64> = rpc.call("account.move.line", "search", json!([[["move_id", "in", moves], ["display_type", "=", "product"]]]));
    assert_eq!(
        error("account.move.line", "reconcile", json!([income]), json!({})),
        "odoo.exceptions.UserError",
        "an account without matching"
    );
    let wizard = |context: Value| rpc.try_call("account.payment.register", "create", json!([{}]), json!({"context": context}));
    assert_eq!(wizard(json!({})).unwrap_err().name, "odoo.exceptions.UserError", "opened from nowhere");
    let opened = wizard(json!({"active_model": "account.move", "active_ids": moves})).unwrap();
    let _: Value = rpc.call("account.payment.register", "action_create_payments", json!([[opened]]));
    let nothing_left = wizard(json!({"active_model": "account.move", "active_ids": moves})).unwrap_err().name;
    assert_eq!(nothing_left, "odoo.exceptions.UserError");
    let payment: Vec<i64> = rpc.call("account.payment", "search", json!([[]]));
    assert_eq!(error("account.payment", "unlink", json!([payment]), json!({})), "odoo.exceptions.ValidationError");
    assert_eq!(error("account.payment", "write", json!([payment, {"amount": -1}]), json!({})), "odoo.exceptions.ValidationError");
}

#[test]
fn many_invoices_are_paid_with_as_many_statements_as_few() {
    let bench = Bench::new();
    let paid = |count: usize| -> (usize, usize) {
        let values: Vec<Value> = (0..count).map(|n| document("out_invoice", 10.0 + n as f64, 1)).collect();
        let (ids, _) = bench.create("account.move", &json!(values).to_string());
        bench.call("account.move", "action_post", &json!([ids]).to_string());
        let context = json!({"active_model": "account.move", "active_ids": ids}).to_string();
        let (wizard, opened) = bench.try_call("account.payment.register", "create", r#"[{"payment_date": "2025-05-05"}]"#, &context);
        let wizard = wizard.unwrap();
        assert!(opened.len() <= 28, "{} to open the wizard: {opened:#?}", opened.len());
        let (_, made) = bench.call("account.payment.register", "action_create_payments", &json!([[wizard]]).to_string());
        let domain = json!([[["move_id", "in", ids], ["account_type", "=", "asset_receivable"]]]).to_string();
        let (lines, _) = bench.call("account.move.line", "search", &domain);
        let (states, _) = bench.call("account.move", "read", &json!([ids, ["payment_state"]]).to_string());
        assert!(states.as_array().unwrap().iter().all(|row| row["payment_state"] == "paid"), "{states}");
        let (_, undone) = bench.call("account.move.line", "remove_move_reconcile", &json!([lines]).to_string());
        (made.len(), undone.len())
    };
    paid(2);
    let (few, many) = (paid(3), paid(24));
    assert_eq!(few, many, "statements to pay, and to undo, 3 and 24 invoices");
}

#[test]
fn the_button_of_a_posted_invoice_opens_the_wizard_that_pays_it() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    let line = json!([0, 0, {"name": "x", "price_unit": 40}]);
    let id: i64 = rpc.call("account.move", "create", json!([{"move_type": "out_invoice", "partner_id": 1, "invoice_line_ids": [line]}]));
    let draft = rpc.try_call("account.move", "action_register_payment", json!([[id]]), json!({})).unwrap_err();
    assert_eq!(draft.name, "odoo.exceptions.UserError");
    let _: Value = rpc.call("account.move", "action_post", json!([[id]]));
    let action: Value = rpc.call("account.move", "action_register_payment", json!([[id]]));
    assert_eq!((&action["res_model"], &action["target"]), (&json!("account.payment.register"), &json!("new")));
    let context = json!({"context": action["context"]});
    let wizard: i64 = rpc.call_kw("account.payment.register", "create", json!([{}]), context);
    let _: Value = rpc.call("account.payment.register", "action_create_payments", json!([[wizard]]));
    let paid: Vec<Value> = rpc.call("account.move", "read", json!([[id], ["payment_state", "amount_residual"]]));
    assert_eq!((&paid[0]["payment_state"], &paid[0]["amount_residual"]), (&json!("paid"), &json!(0.0)));
}
