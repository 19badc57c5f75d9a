//! Cycles begin with the activation, and plans change in the middle of them.

use serde_json::{Value, json};

use super::Seller;
use crate::support::database::TestDb;
use crate::support::provider::set_parameter;
use crate::support::server::TestServer;

#[test]
fn a_changed_plan_costs_or_returns_the_days_that_are_left() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let seller = Seller::new(&admin);
    let dear = seller.plan("Dear", 1042.5);
    let today = chrono::Utc::now().date_naive();
    // A cycle of which ten days are left.
    let next = today + chrono::TimeDelta::days(10);
    let days = (next - next.checked_sub_months(chrono::Months::new(1)).unwrap()).num_days();
    let ana = seller.partner("Ana");
    let up = seller.due(ana, seller.plan, &next.to_string(), 1);
    let down = seller.due(ana, dear, &next.to_string(), 1);
    let plain = seller.due(ana, seller.plan, &next.to_string(), 1);
    for (sub, plan, prorate) in [(up[0], dear, true), (down[0], seller.plan, true), (plain[0], dear, false)] {
        let values = json!([{"subscription_id": sub, "requested_plan_id": plan, "effective_date_mode": "immediate", "prorate": prorate}]);
        let request: i64 = admin.call("isp.plan.change.request", "create", values);
        let _: Value = admin.call("isp.plan.change.request", "action_submit", json!([[request]]));
        let _: Value = admin.call("isp.plan.change.request", "action_approve", json!([[request]]));
        assert_eq!(seller.field("isp.plan.change.request", &[request], "state"), ["applied"]);
        let _: Value = admin.call("isp.plan.change.request", "action_approve", json!([[request]]));
    }
    let share = (1000.0 * 10.0 / days as f64 * 100.0).round() / 100.0;
    for (subs, kind) in [(&up, "out_invoice"), (&down, "out_refund")] {
        let invoices = seller.invoices(subs, &["move_type", "state", "amount_untaxed"]);
        assert_eq!(invoices.len(), 1);
        assert_eq!((&invoices[0]["move_type"], &invoices[0]["state"]), (&json!(kind), &json!("posted")));
        assert_eq!(invoices[0]["amount_untaxed"], share);
    }
    assert!(seller.invoices(&plain, &["id"]).is_empty());
    assert_eq!(seller.field("isp.subscription", &up, "next_invoice_date"), [next.to_string()]);
}

#[test]
fn the_first_cycle_begins_with_the_activation_where_the_parameter_says_so() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let seller = Seller::new(&admin);
    let ana = seller.partner("Ana");
    let today = chrono::Utc::now().date_naive();
    let device: i64 = admin.call("isp.device", "create", json!([{"name": "R", "device_type": "mikrotik", "sector_id": seller.sector}]));
    let _: i64 = admin.call("isp.mikrotik.router", "create", json!([{"device_id": device}]));
    let activate = || -> i64 {
        let values = json!([{"partner_id": ana, "plan_id": seller.plan, "sector_id": seller.sector, "gps_lat": 18.5, "gps_lng": -69.9}]);
        let sub: i64 = admin.call("isp.subscription", "create", values);
        let _: Value = admin.call("isp.subscription", "action_activate", json!([[sub]]));
        let jobs: Vec<i64> = admin.call("isp.provisioning_job", "search", json!([[["subscription_id", "=", sub]]]));
        let _: Value = admin.call("isp.provisioning_job", "action_run", json!([jobs]));
        sub
    };
    let first = activate();
    assert_eq!(seller.field("isp.subscription", &[first], "next_invoice_date"), [today.to_string()]);
    assert_eq!(seller.field("isp.subscription", &[first], "billing_day"), [chrono::Datelike::day(&today)]);
    // Who sets the date moves the anchor with it.
    let _: bool = admin.call("isp.subscription", "write", json!([[first], {"next_invoice_date": "2099-03-17"}]));
    assert_eq!(seller.field("isp.subscription", &[first], "billing_day"), [17]);
    set_parameter(&admin, "isp_billing.first_invoice_on_activation", "0");
    let second = activate();
    assert_eq!(seller.field("isp.subscription", &[second], "state"), ["active"]);
    assert_eq!(seller.field("isp.subscription", &[second], "next_invoice_date"), [false]);
}
