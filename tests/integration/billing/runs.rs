//! `isp.billing.run`: what is due, billed once, whatever happens on the way.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Seller, UNBALANCED};
use crate::support::database::TestDb;
use crate::support::server::TestServer;
use crate::support::wait_for;

#[test]
fn a_run_bills_what_is_due_and_reports_what_cannot_be_billed() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let seller = Seller::new(&admin);
    let partner = seller.partner("Ana");
    let good = seller.due(partner, seller.plan, "2025-03-10", 20);
    let later = seller.due(partner, seller.plan, "2025-04-01", 1);
    let bad_plan = seller.plan("Broken", -5.0);
    let bad = seller.due(partner, bad_plan, "2025-03-01", 3);
    let run = seller.run("2025-03-01", "2025-03-31");

    let preview: Value = admin.call("isp.billing.run", "action_preview", json!([[run]]));
    assert_eq!((&preview["subscriptions"], &preview["invoices"]), (&json!(23), &json!(23)), "{preview}");
    let home = preview["by_plan"].as_array().unwrap().iter().find(|row| row["plan"] == "Home").unwrap();
    assert_eq!((&home["amount_untaxed"], &home["amount_tax"], &home["amount_total"]), (&json!(850.0), &json!(153.0), &json!(1003.0)));
    assert!(seller.invoices(&good, &["id"]).is_empty(), "a preview keeps nothing");

    let _: Value = admin.call("isp.billing.run", "action_confirm", json!([[run]]));
    let done = seller.read_run(run);
    assert_eq!(done["state"], "done");
    assert_eq!((&done["invoice_count"], &done["error_count"], &done["amount_total"]), (&json!(20), &json!(3), &json!(1003.0)), "{done}");
    let invoices = seller.invoices(&good, &["state", "amount_total"]);
    assert_eq!(invoices.len(), 20);
    assert!(invoices.iter().all(|invoice| invoice["state"] == "posted" && invoice["amount_total"] == 50.15));
    assert!(seller.invoices(&later, &["id"]).is_empty());
    assert!(seller.invoices(&bad, &["id"]).is_empty());
    let errors: Vec<Value> = seller.lines(run).into_iter().filter(|line| line["state"] == "error").collect();
    assert_eq!(errors.len(), 3);
    assert!(errors.iter().all(|line| line["message"].as_str().is_some_and(|why| why.contains("below zero"))), "{errors:?}");
    assert!(seller.field("isp.subscription", &bad, "next_invoice_date").iter().all(|date| date == "2025-03-01"));

    // What was wrong is mended, and tried again: nothing else happens again.
    let _: bool = admin.call("isp.service_plan", "write", json!([[bad_plan], {"price_monthly": 5}]));
    let _: Value = admin.call("isp.billing.run", "action_retry", json!([[run]]));
    let done = seller.read_run(run);
    assert_eq!((&done["state"], &done["invoice_count"], &done["error_count"]), (&json!("done"), &json!(23), &json!(0)));
    assert_eq!((seller.invoices(&good, &["id"]).len(), seller.invoices(&bad, &["id"]).len()), (20, 3));
    assert_eq!(db.text(UNBALANCED), "0");
}

#[test]
fn missed_cycles_are_caught_up_from_where_the_run_begins() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let seller = Seller::new(&admin);
    let partner = seller.partner("Ana");
    let missed = seller.due(partner, seller.plan, "2025-01-31", 2);
    let _: bool = admin.call("isp.subscription", "write", json!([missed, {"billing_day": 31}]));
    let ancient = seller.due(partner, seller.plan, "2019-05-01", 1);
    let run = seller.run("2025-01-01", "2025-03-31");
    let preview: Value = admin.call("isp.billing.run", "action_preview", json!([[run]]));
    assert_eq!((&preview["invoices"], &preview["skipped"]), (&json!(6), &json!(1)), "{preview}");
    let _: Value = admin.call("isp.billing.run", "action_confirm", json!([[run]]));
    let done = seller.read_run(run);
    assert_eq!((&done["invoice_count"], &done["skipped_count"]), (&json!(6), &json!(1)), "{done}");
    assert_eq!(preview["amount_total"], done["amount_total"]);
    assert_eq!(seller.field("isp.subscription", &missed, "next_invoice_date"), ["2025-04-30", "2025-04-30"]);
    assert_eq!(seller.field("isp.subscription", &ancient, "next_invoice_date"), ["2019-05-01"]);
    let mut periods: Vec<String> = seller
        .lines(run)
        .iter()
        .filter(|line| line["subscription_id"][0] == missed[0])
        .map(|line| line["period_date"].as_str().unwrap().to_owned())
        .collect();
    periods.sort();
    assert_eq!(periods, ["2025-01-31", "2025-02-28", "2025-03-31"]);
}

#[test]
fn a_cycle_is_billed_once_whatever_the_dates_say() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let seller = Seller::new(&admin);
    let sub = seller.due(seller.partner("Ana"), seller.plan, "2025-03-10", 1);
    let run = seller.run("2025-03-01", "2025-03-31");
    let _: Value = admin.call("isp.billing.run", "action_confirm", json!([[run]]));
    // Somebody puts the date back: the cycle stays billed, and the subscription goes on after it.
    let back = |date: &str| {
        let _: bool = admin.call("isp.subscription", "write", json!([sub, {"next_invoice_date": date}]));
    };
    back("2025-03-10");
    let again = seller.run("2025-03-01", "2025-03-31");
    let _: Value = admin.call("isp.billing.run", "action_confirm", json!([[again]]));
    let invoices = seller.invoices(&sub, &["id"]);
    assert_eq!(invoices.len(), 1);
    let lines = seller.lines(again);
    assert_eq!((&lines[0]["state"], &lines[0]["message"]), (&json!("skipped"), &json!("This period is billed already.")));
    assert_eq!(seller.field("isp.subscription", &sub, "next_invoice_date"), ["2025-04-10"]);
    // A cancelled invoice gives its cycle back.
    let first = json!([[invoices[0]["id"]]]);
    let _: Value = admin.call("account.move", "button_draft", first.clone());
    let _: Value = admin.call("account.move", "button_cancel", first);
    back("2025-03-10");
    let third = seller.run("2025-03-01", "2025-03-31");
    let _: Value = admin.call("isp.billing.run", "action_confirm", json!([[third]]));
    assert_eq!(seller.lines(third)[0]["state"], "invoiced");
    assert_eq!(seller.invoices(&sub, &["id"]).len(), 2);
    // A run that is done, or cancelled, does not begin again by confirming it.
    let error = admin.try_call("isp.billing.run", "action_confirm", json!([[third]]), json!({})).unwrap_err();
    assert_eq!(error.name, "odoo.exceptions.UserError");
    let fourth = seller.run("2025-04-01", "2025-04-30");
    let _: Value = admin.call("isp.billing.run", "action_cancel", json!([[fourth]]));
    assert_eq!(seller.read_run(fourth)["state"], "cancelled");
    assert!(admin.try_call("isp.billing.run", "action_confirm", json!([[fourth]]), json!({})).is_err());
}

#[test]
fn the_cron_bills_one_cycle_and_leaves_a_run_that_says_so() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let seller = Seller::new(&admin);
    let partner = seller.partner("Ana");
    let subs = seller.due(partner, seller.plan, "2024-01-31", 3);
    let bad = seller.due(partner, seller.plan("Broken", -5.0), "2024-01-31", 1);
    assert_eq!(seller.cron("ISP Generate Invoices"), true);
    assert_eq!(seller.field("isp.subscription", &subs, "next_invoice_date"), vec!["2024-02-29"; 3]);
    let runs: Vec<i64> = admin.call("isp.billing.run", "search", json!([[]]));
    let run = seller.read_run(runs[0]);
    assert_eq!((runs.len(), &run["invoice_count"], &run["error_count"]), (1, &json!(3), &json!(1)));
    assert!(seller.invoices(&bad, &["id"]).is_empty());
    assert_eq!(seller.cron("ISP Generate Invoices"), true);
    assert_eq!(seller.field("isp.subscription", &subs, "next_invoice_date"), vec!["2024-03-29"; 3]);
    assert_eq!(seller.invoices(&subs, &["id"]).len(), 6);
}

/// Three thousand due subscriptions, some of them broken: killed at five moments, begun again each time.
#[test]
fn kill_9_at_any_moment_leaves_one_invoice_for_each_subscription() {
    let db = TestDb::durable();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let seller = Seller::new(&admin);
    let partner = seller.partner("Ana");
    let today = chrono::Utc::now().date_naive().to_string();
    let mut good = Vec::new();
    for _ in 0..3 {
        good.extend(seller.due(partner, seller.plan, &today, 1000));
    }
    let bad = seller.due(partner, seller.plan("Broken", -5.0), &today, 3);
    let run = seller.run(&today, &today);
    let mut server = Some(server);
    let count = |text: &str| db.text(text).parse::<i64>().unwrap();
    let invoices = "SELECT count(*)::text AS value FROM account_move WHERE state = 'posted'";
    for (batch, moment) in [(false, 700_u64), (true, 0), (true, 300), (false, 1500), (true, 900)] {
        let running = server.take().unwrap();
        let (admin, before) = (running.admin(), count(invoices));
        let worker = std::thread::spawn(move || admin.try_call_lost("isp.billing.run", "action_confirm", json!([[run]])));
        if batch {
            wait_for("another batch", Duration::from_secs(60), || (count(invoices) > before).then_some(()));
        }
        std::thread::sleep(Duration::from_millis(moment));
        running.kill();
        worker.join().unwrap();
        println!("killed: {} invoices", count(invoices));
        server = Some(TestServer::start(&db));
    }
    let killed_at = count(invoices);
    assert!(killed_at > 0 && killed_at < 3000, "the server was killed too early or too late to prove anything: {killed_at}");
    let server = server.unwrap();
    let admin = server.admin();
    let seller = Seller { rpc: &admin, ..seller };
    // The cron finds the run where it was left.
    assert_eq!(seller.cron("ISP Generate Invoices"), true);
    let done = seller.read_run(run);
    assert_eq!((&done["state"], &done["invoice_count"], &done["error_count"]), (&json!("done"), &json!(3000), &json!(3)), "{done}");
    let once = "SELECT count(*)::text AS value FROM (SELECT isp_subscription_id FROM account_move WHERE state = 'posted' \
                GROUP BY 1 HAVING count(*) = 1) x";
    assert_eq!(count(once), 3000);
    assert_eq!(count(invoices), 3000);
    assert_eq!(count("SELECT count(*)::text AS value FROM account_move WHERE state <> 'posted'"), 0);
    assert_eq!(db.text(UNBALANCED), "0");
    let gaps = "SELECT (max(sequence_number) - count(DISTINCT sequence_number))::text AS value FROM account_move";
    assert_eq!(count(gaps), 0, "numbers without gaps");
    assert!(seller.field("isp.subscription", &bad, "next_invoice_date").iter().all(|date| *date == today));
    assert_eq!(good.len(), 3000);
}
