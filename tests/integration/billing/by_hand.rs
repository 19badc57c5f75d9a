//! `action_generate_invoice`: the next cycle, now.

use serde_json::{Value, json};

use super::Seller;
use crate::support::bench::Bench;
use crate::support::database::TestDb;
use crate::support::provider::set_parameter;
use crate::support::server::TestServer;

#[test]
fn an_invoice_says_what_the_plan_costs_and_when_it_is_due() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let seller = Seller::new(&admin);
    let sub = seller.due(seller.partner("Ana"), seller.plan, "2024-01-31", 1);
    let _: Value = admin.call("isp.subscription", "action_generate_invoice", json!([sub]));
    let fields = [
        "state",
        "amount_untaxed",
        "amount_tax",
        "amount_total",
        "invoice_date",
        "invoice_date_due",
        "isp_plan_id",
        "isp_sector_id",
        "name",
    ];
    let first = &seller.invoices(&sub, &fields)[0];
    assert_eq!(first["state"], "posted");
    assert_eq!((&first["amount_untaxed"], &first["amount_tax"], &first["amount_total"]), (&json!(42.5), &json!(7.65), &json!(50.15)));
    assert_eq!(first["invoice_date"], first["invoice_date_due"]);
    assert_eq!((&first["isp_plan_id"][0], &first["isp_sector_id"][0]), (&json!(seller.plan), &json!(seller.sector)));
    assert_eq!(seller.field("isp.subscription", &sub, "next_invoice_date"), ["2024-02-29"]);
    assert_eq!(seller.field("isp.subscription", &sub, "last_invoice_id")[0][0], first["id"]);
    let audit: Vec<Value> = admin.call("isp.audit_log", "search_read", json!([[["action", "=", "invoice_generated"]], ["details"]]));
    assert_eq!(audit[0]["details"], format!("Invoice {} generated", first["name"].as_str().unwrap()));

    // A parameter says how many days there are to pay, unless the customer has a term.
    set_parameter(&admin, "isp_billing.due_days", "7");
    let terms = json!([{"name": "In 30 days", "line_ids": [[0, 0, {"value": "percent", "value_amount": 100, "nb_days": 30}]]}]);
    let term: i64 = admin.call("account.payment.term", "create", terms);
    let slow = seller.partner("Eva");
    let _: bool = admin.call("res.partner", "write", json!([[slow], {"property_payment_term_id": term}]));
    let both = [sub[0], seller.due(slow, seller.plan, "2024-01-31", 1)[0]];
    let _: Value = admin.call("isp.subscription", "action_generate_invoice", json!([both]));
    for (sub, days) in both.iter().zip([7, 30]) {
        let invoice = seller.invoices(&[*sub], &["invoice_date", "invoice_date_due"]).pop().unwrap();
        let day = |field: &str| invoice[field].as_str().unwrap().parse::<chrono::NaiveDate>().unwrap();
        assert_eq!((day("invoice_date_due") - day("invoice_date")).num_days(), days);
    }
}

#[test]
fn an_anchored_cycle_comes_back_to_its_day() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let seller = Seller::new(&admin);
    let partner = seller.partner("Ana");
    let anchored = seller.due(partner, seller.plan, "2025-01-31", 1);
    let free = seller.due(partner, seller.plan, "2025-01-31", 1);
    let _: bool = admin.call("isp.subscription", "write", json!([anchored, {"billing_day": 31}]));
    let both = [anchored[0], free[0]];
    let mut seen = Vec::new();
    for _ in 0..3 {
        let _: Value = admin.call("isp.subscription", "action_generate_invoice", json!([both]));
        seen.push(seller.field("isp.subscription", &both, "next_invoice_date"));
    }
    assert_eq!(seen, [["2025-02-28", "2025-02-28"], ["2025-03-31", "2025-03-28"], ["2025-04-30", "2025-04-28"]]);
}

#[test]
fn fifty_invoices_take_no_more_statements_than_five() {
    let bench = Bench::new();
    let (taxes, _) = bench.create("account.tax", r#"{"name": "VAT", "amount": 18, "type_tax_use": "sale"}"#);
    let sector = bench.create("isp.sector", r#"{"name": "North", "code": "N"}"#).0[0];
    let plan = format!(r#"{{"name": "Home", "download_mbps": 20, "upload_mbps": 5, "price_monthly": 20, "tax_ids": [[6, 0, {taxes:?}]]}}"#);
    let plan = bench.create("isp.service_plan", &plan).0[0];
    let partner = bench.create("res.partner", r#"{"name": "Ana"}"#).0[0];
    let one = format!(
        r#"{{"partner_id": {partner}, "plan_id": {plan}, "sector_id": {sector}, "gps_lat": 18.5, "gps_lng": -69.9, "next_invoice_date": "2024-01-31"}}"#
    );
    let (all, _) = bench.create("isp.subscription", &format!("[{}]", vec![one; 56].join(",")));
    let bill = |ids: &[i64]| bench.call("isp.subscription", "action_generate_invoice", &format!("[{ids:?}]")).1;
    bill(&all[..1]);
    let (of_few, of_many) = (bill(&all[1..6]), bill(&all[6..]));
    assert!(of_many.len() <= of_few.len(), "{} for 5, {} for 50:\n{of_many:#?}", of_few.len(), of_many.len());
}
