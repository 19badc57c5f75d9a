//! Bank transfers that customers report: booked as they are.

use serde_json::{Value, json};

use super::Seller;
use crate::support::database::TestDb;
use crate::support::server::TestServer;

struct Bank<'a> {
    seller: &'a Seller<'a>,
}

impl Bank<'_> {
    fn invoice(&self, partner: i64, due: &str, amount: f64) -> i64 {
        let line = json!([0, 0, {"name": "Home", "quantity": 1, "price_unit": amount, "tax_ids": [[6, 0, []]]}]);
        let values = json!([{"move_type": "out_invoice", "partner_id": partner, "invoice_date": due, "invoice_date_due": due, "invoice_line_ids": [line]}]);
        let id: i64 = self.seller.rpc.call("account.move", "create", values);
        let _: Value = self.seller.rpc.call("account.move", "action_post", json!([[id]]));
        id
    }

    fn transfer(&self, partner: i64, amount: f64, invoices: &[i64]) -> i64 {
        let rpc = self.seller.rpc;
        let proof: i64 = rpc.call("ir.attachment", "create", json!([{"name": "proof.txt", "datas": "aGVsbG8="}]));
        let values = json!([{"partner_id": partner, "bank_name": "BHD", "reference": "R1", "amount": amount, "transfer_datetime": "2025-03-10 10:00:00",
                             "invoice_ids": [[6, 0, invoices]], "attachment_ids": [[6, 0, [proof]]]}]);
        let id: i64 = rpc.call("isp.bank.transfer.payment", "create", values);
        let _: Value = rpc.call("isp.bank.transfer.payment", "action_submit", json!([[id]]));
        id
    }

    fn approve(&self, transfers: &[i64]) {
        let _: Value = self.seller.rpc.call("isp.bank.transfer.payment", "action_approve", json!([transfers]));
    }

    /// What is left of invoices.
    fn open(&self, invoices: &[i64]) -> Vec<f64> {
        self.seller.field("account.move", invoices, "amount_residual").iter().map(|left| left.as_f64().unwrap()).collect()
    }

    /// The payment of a transfer: amount, what is left of it as credit.
    fn booked(&self, transfer: i64) -> (f64, f64) {
        let rpc = self.seller.rpc;
        let payment = self.seller.field("isp.bank.transfer.payment", &[transfer], "accounting_payment_id")[0][0].clone();
        let amount = self.seller.field("account.payment", &[payment.as_i64().unwrap()], "amount")[0].as_f64().unwrap();
        let entry = self.seller.field("account.payment", &[payment.as_i64().unwrap()], "move_id")[0][0].clone();
        let domain = json!([[["move_id", "=", entry], ["account_type", "=", "asset_receivable"]], ["amount_residual"]]);
        let lines: Vec<Value> = rpc.call("account.move.line", "search_read", domain);
        (amount, -lines.iter().map(|line| line["amount_residual"].as_f64().unwrap()).sum::<f64>())
    }
}

#[test]
fn the_oldest_is_paid_first_and_the_rest_is_credit() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let seller = Seller::new(&admin);
    let bank = Bank { seller: &seller };
    let ana = seller.partner("Ana");
    // The newer one was made first: the day on which they are due decides.
    let newer = bank.invoice(ana, "2025-02-10", 100.0);
    let older = bank.invoice(ana, "2025-01-10", 100.0);
    let part = bank.transfer(ana, 130.0, &[newer, older]);
    bank.approve(&[part]);
    assert_eq!(bank.open(&[older, newer]), [0.0, 70.0]);
    assert_eq!(bank.booked(part), (130.0, 0.0));
    assert_eq!(seller.field("isp.bank.transfer.payment", &[part], "state"), ["applied"]);
    assert_eq!(seller.field("account.move", &[older, newer], "payment_state"), ["paid", "partial"]);

    let too_much = bank.transfer(ana, 100.0, &[newer]);
    bank.approve(&[too_much]);
    bank.approve(&[too_much]);
    assert_eq!(bank.open(&[newer]), [0.0]);
    assert_eq!(bank.booked(too_much), (100.0, 30.0));

    // Several at once, one without invoices.
    let eva = seller.partner("Eva");
    let of_eva = bank.invoice(eva, "2025-02-10", 80.0);
    let both = [bank.transfer(eva, 80.0, &[of_eva]), bank.transfer(ana, 25.0, &[])];
    bank.approve(&both);
    assert_eq!((bank.booked(both[0]), bank.booked(both[1])), ((80.0, 0.0), (25.0, 25.0)));
    assert_eq!(bank.open(&[of_eva]), [0.0]);
    let payments: i64 = admin.call("account.payment", "search_count", json!([[["partner_id", "in", [ana, eva]]]]));
    assert_eq!(payments, 4);
    assert_eq!(db.text(super::UNBALANCED), "0");
}

#[test]
fn a_transfer_that_pays_everything_brings_the_service_back() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let seller = Seller::new(&admin);
    let bank = Bank { seller: &seller };
    let ana = seller.partner("Ana");
    let sub = seller.due(ana, seller.plan, "2099-01-01", 1)[0];
    let owed = bank.invoice(ana, "2025-01-10", 100.0);
    let _: bool = admin.call("account.move", "write", json!([[owed], {"isp_subscription_id": sub}]));
    let _: bool = admin.call("isp.subscription", "write", json!([[sub], {"state": "suspended", "suspend_reason": "debt"}]));
    let jobs = || -> i64 { admin.call("isp.provisioning_job", "search_count", json!([[["subscription_id", "=", sub]]])) };
    let short = bank.transfer(ana, 99.0, &[owed]);
    bank.approve(&[short]);
    assert_eq!(jobs(), 0);
    let rest = bank.transfer(ana, 1.0, &[owed]);
    bank.approve(&[rest]);
    assert_eq!(jobs(), 1);
}

#[test]
fn what_was_rejected_or_never_came_is_not_booked() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let seller = Seller::new(&admin);
    let bank = Bank { seller: &seller };
    let ana = seller.partner("Ana");
    let rejected = bank.transfer(ana, 10.0, &[]);
    let _: bool = admin.call("isp.bank.transfer.payment", "write", json!([[rejected], {"rejection_reason": "no proof"}]));
    let _: Value = admin.call("isp.bank.transfer.payment", "action_reject", json!([[rejected]]));
    let nothing = bank.transfer(ana, 0.0, &[]);
    for transfer in [rejected, nothing] {
        let error = admin.try_call("isp.bank.transfer.payment", "action_approve", json!([[transfer]]), json!({})).unwrap_err();
        assert_eq!(error.name, "odoo.exceptions.UserError", "{error}");
    }
    assert_eq!(seller.field("isp.bank.transfer.payment", &[rejected, nothing], "state"), ["rejected", "in_review"]);
    let payments: i64 = admin.call("account.payment", "search_count", json!([[]]));
    assert_eq!(payments, 0);
    // Nobody looked at it in time.
    assert_eq!(seller.cron("ISP Transfer Deadlines"), true);
    assert_eq!(seller.field("isp.bank.transfer.payment", &[rejected, nothing], "needs_attention"), [false, true]);
}
