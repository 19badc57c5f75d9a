//! Who is late is told, suspended and brought back.

use serde_json::{Value, json};

use super::Seller;
use crate::support::database::TestDb;
use crate::support::server::TestServer;

/// A posted invoice of a subscription, due so many days ago.
fn invoice(seller: &Seller, sub: i64, partner: i64, days_ago: i64) -> i64 {
    let due = (chrono::Utc::now().date_naive() - chrono::TimeDelta::days(days_ago)).to_string();
    let line = json!([0, 0, {"name": "Home", "quantity": 1, "price_unit": 100, "tax_ids": [[6, 0, []]]}]);
    let values = json!([{"move_type": "out_invoice", "partner_id": partner, "isp_subscription_id": sub, "invoice_date": due,
                         "invoice_date_due": due, "invoice_line_ids": [line]}]);
    let id: i64 = seller.rpc.call("account.move", "create", values);
    let _: Value = seller.rpc.call("account.move", "action_post", json!([[id]]));
    id
}

fn jobs(seller: &Seller, sub: i64) -> Vec<String> {
    let rows: Vec<Value> = seller.rpc.call_kw(
        "isp.provisioning_job",
        "search_read",
        json!([[["subscription_id", "=", sub]], ["job_type"]]),
        json!({"order": "id"}),
    );
    rows.iter().map(|row| row["job_type"].as_str().unwrap().to_owned()).collect()
}

/// Pays invoices in full with the wizard.
fn pay(seller: &Seller, invoices: &[i64]) {
    let context = json!({"context": {"active_model": "account.move", "active_ids": invoices}});
    let today = chrono::Utc::now().date_naive().to_string();
    let wizard: i64 =
        seller.rpc.call_kw("account.payment.register", "create", json!([{"payment_date": today, "group_payment": true}]), context);
    let _: Value = seller.rpc.call("account.payment.register", "action_create_payments", json!([[wizard]]));
}

#[test]
fn notices_are_sent_once_each_in_the_customers_language() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let seller = Seller::new(&admin);
    let languages: Vec<i64> =
        admin.call_kw("res.lang", "search", json!([[["code", "=", "es_ES"]]]), json!({"context": {"active_test": false}}));
    let _: bool = admin.call("res.lang", "write", json!([languages, {"active": true}]));
    let (ana, eva) = (seller.partner("Ana"), seller.partner("Eva"));
    let _: bool = admin.call("res.partner", "write", json!([[eva], {"lang": "es_ES"}]));
    let [one, other] = [ana, eva].map(|partner| seller.due(partner, seller.plan, "2099-01-01", 1)[0]);
    let (first, second) = (invoice(&seller, one, ana, 2), invoice(&seller, other, eva, 6));
    let notices = || -> Vec<Value> {
        let fields = json!([[], ["move_id", "step_id", "email"]]);
        admin.call_kw("isp.dunning.notice", "search_read", fields, json!({"order": "id"}))
    };
    let mails = || -> Vec<Value> {
        let fields = json!([[["model", "=", "account.move"], ["message_type", "=", "email_outgoing"]], ["res_id", "subject"]]);
        admin.call_kw("mail.message", "search_read", fields, json!({"order": "id"}))
    };
    for _ in 0..2 {
        assert_eq!(seller.cron("ISP Suspend Overdue"), true);
        let sent = notices();
        assert_eq!(sent.len(), 2, "{sent:?}");
        let of = |invoice: i64| sent.iter().find(|notice| notice["move_id"][0] == invoice).unwrap();
        assert_eq!((&of(first)["step_id"][1], &of(first)["email"]), (&json!("Reminder"), &json!("ana@example.com")));
        assert_eq!(of(second)["step_id"][1], "Warning");
        let mails = mails();
        assert_eq!(mails.len(), 2, "{mails:?}");
        let subject = |invoice: i64| mails.iter().find(|mail| mail["res_id"] == invoice).unwrap()["subject"].as_str().unwrap().to_owned();
        assert!(subject(first).starts_with("Reminder: invoice INV/"), "{}", subject(first));
        assert!(subject(second).starts_with("Su servicio será suspendido: factura INV/"), "{}", subject(second));
    }
    assert!(jobs(&seller, one).is_empty() && jobs(&seller, other).is_empty());

    // What comes next, and when.
    let calendar: Vec<Value> = admin.call("isp.subscription", "dunning_calendar", json!([[one]]));
    let due = chrono::Utc::now().date_naive() - chrono::TimeDelta::days(2);
    let seen: Vec<(String, i64, bool)> = calendar
        .iter()
        .map(|event| {
            let day: chrono::NaiveDate = event["date"].as_str().unwrap().parse().unwrap();
            (event["action"].as_str().unwrap().to_owned(), (day - due).num_days(), event["done"].as_bool().unwrap())
        })
        .collect();
    assert_eq!(seen, [("remind".to_owned(), 1, true), ("warn".to_owned(), 5, false), ("suspend".to_owned(), 10, false)]);
    let steps: Vec<i64> = admin.call("isp.dunning.step", "search", json!([[["action", "=", "suspend"]]]));
    let effect = |days: i64| -> Value { admin.call("isp.dunning.step", "effect", json!([steps, days])) };
    assert_eq!([effect(10)["subscriptions"].clone(), effect(6)["subscriptions"].clone(), effect(1)["subscriptions"].clone()], [0, 1, 2]);
}

#[test]
fn holds_keep_services_running_and_each_is_suspended_once() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let seller = Seller::new(&admin);
    let today = chrono::Utc::now().date_naive();
    let soon = (today + chrono::TimeDelta::days(1)).to_string();
    let [plain, vip, promised, by_hand, broke] = ["Plain", "Vip", "Promised", "Byhand", "Broke"].map(|name| seller.partner(name));
    let subs: Vec<i64> = [plain, vip, promised, by_hand, broke]
        .iter()
        .map(|partner| {
            let sub = seller.due(*partner, seller.plan, "2099-01-01", 1)[0];
            invoice(&seller, sub, *partner, 11);
            sub
        })
        .collect();
    let _: bool = admin.call("res.partner", "write", json!([[vip], {"isp_vip": true}]));
    let _: bool = admin.call("isp.subscription", "write", json!([[subs[2]], {"promise_to_pay_date": soon}]));
    let _: bool = admin.call("isp.subscription", "write", json!([[subs[3]], {"manual_suspend_only": true}]));
    let _: bool = admin.call(
        "isp.subscription",
        "write",
        json!([[subs[4]], {"promise_to_pay_date": (today - chrono::TimeDelta::days(1)).to_string()}]),
    );
    for _ in 0..2 {
        assert_eq!(seller.cron("ISP Suspend Overdue"), true);
        let suspended: Vec<bool> = subs.iter().map(|sub| jobs(&seller, *sub) == ["suspend_subscription"]).collect();
        assert_eq!(suspended, [true, false, false, false, true]);
        assert!([1, 2, 3].iter().all(|at| jobs(&seller, subs[*at]).is_empty()));
    }
    let promised: Vec<Value> = admin.call("isp.subscription", "dunning_calendar", json!([[subs[2]]]));
    assert!(promised.iter().all(|event| event["date"].as_str().unwrap() > soon.as_str()), "{promised:?}");
}

#[test]
fn paying_everything_brings_a_service_back_without_a_cron() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let seller = Seller::new(&admin);
    let ana = seller.partner("Ana");
    let sub = seller.due(ana, seller.plan, "2099-01-01", 1)[0];
    let by_hand = seller.due(ana, seller.plan, "2099-01-01", 1)[0];
    let (first, second) = (invoice(&seller, sub, ana, 40), invoice(&seller, sub, ana, 11));
    let third = invoice(&seller, by_hand, ana, 20);
    let _: bool = admin.call("isp.subscription", "write", json!([[sub], {"state": "suspended", "suspend_reason": "debt"}]));
    let _: bool = admin.call("isp.subscription", "write", json!([[by_hand], {"state": "suspended", "suspend_reason": "manual"}]));
    pay(&seller, &[first]);
    assert!(jobs(&seller, sub).is_empty(), "something is still owed");
    pay(&seller, &[second]);
    assert_eq!(jobs(&seller, sub), ["reconnect_subscription"]);
    assert_eq!(seller.field("isp.subscription", &[sub], "portal_status"), ["Suspended"]);
    assert_eq!(seller.cron("ISP Reconnect On Payment"), true);
    assert_eq!(jobs(&seller, sub), ["reconnect_subscription"], "the cron has nothing left to do");
    pay(&seller, &[third]);
    assert!(jobs(&seller, by_hand).is_empty(), "suspended by hand stays suspended");

    // A credit note settles a debt as well as money does.
    let last = seller.due(ana, seller.plan, "2099-01-01", 1)[0];
    let owed = invoice(&seller, last, ana, 15);
    assert_eq!(seller.cron("ISP Suspend Overdue"), true);
    assert_eq!(jobs(&seller, last), ["suspend_subscription"]);
    let context = json!({"context": {"active_model": "account.move", "active_ids": [owed]}});
    let journal = seller.field("account.move", &[owed], "journal_id")[0][0].clone();
    let wizard: i64 = admin.call_kw("account.move.reversal", "create", json!([{"reason": "Wrong", "journal_id": journal}]), context);
    let _: Value = admin.call("account.move.reversal", "modify_moves", json!([[wizard]]));
    assert_eq!(seller.field("account.move", &[owed], "payment_state"), ["reversed"]);
    assert_eq!(jobs(&seller, last), ["suspend_subscription", "reconnect_subscription"]);
}
