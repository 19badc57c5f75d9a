//! Reports of the books: they say what the entries say, to those who keep the books, in a number of statements that does not depend on how much there is.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::bench::Bench;
use crate::support::browser::Browser;
use crate::support::database::TestDb;
use crate::support::rpc::{Rpc, WebSession};
use crate::support::server::TestServer;

fn report(rpc: &Rpc, name: &str, options: Value) -> Value {
    rpc.call("account.move.line", "financial_report", json!([name, options]))
}

fn number(value: &Value) -> Decimal {
    if value.is_null() || value == &json!(false) { Decimal::ZERO } else { Decimal::from_str(&value.to_string()).unwrap().round_dp(2) }
}

/// The cells of the rows of a kind.
fn cells(report: &Value, kind: &str) -> Vec<Vec<Value>> {
    let rows = report["rows"].as_array().unwrap().iter().filter(|row| row["kind"] == kind);
    rows.map(|row| row["cells"].as_array().unwrap().clone()).collect()
}

fn post(rpc: &Rpc, values: Value) -> i64 {
    let id: i64 = rpc.call("account.move", "create", json!([values]));
    let _: Value = rpc.call("account.move", "action_post", json!([[id]]));
    id
}

fn pay(rpc: &Rpc, invoice: i64, amount: f64, day: &str) {
    let context = json!({"context": {"active_model": "account.move", "active_ids": [invoice]}});
    let wizard: i64 = rpc.call_kw("account.payment.register", "create", json!([{"amount": amount, "payment_date": day}]), context.clone());
    let _: Value = rpc.call_kw("account.payment.register", "action_create_payments", json!([[wizard]]), context);
}

/// Two years of a small business.
fn books(rpc: &Rpc) -> (i64, i64) {
    let partner = |name: &str| -> i64 { rpc.call("res.partner", "create", json!([{"name": name}])) };
    let (ana, bruno) = (partner("Ana Torres"), partner("=Bruno"));
    let tax = |kind: &str| -> i64 {
        let found: Vec<i64> = rpc.call_kw(
            "account.tax",
            "search",
            json!([[["type_tax_use", "=", kind], ["amount_type", "=", "percent"]]]),
            json!({"limit": 1}),
        );
        found[0]
    };
    let (sale, purchase) = (tax("sale"), tax("purchase"));
    let document = |kind: &str, partner: i64, day: &str, due: &str, price: f64, tax: i64| {
        json!({"move_type": kind, "partner_id": partner, "invoice_date": day, "date": day, "invoice_date_due": due,
            "invoice_line_ids": [[0, 0, {"name": "x", "price_unit": price, "tax_ids": [[6, 0, [tax]]]}]]})
    };
    post(rpc, document("out_invoice", ana, "2025-11-10", "2025-11-20", 100.0, sale));
    let second = post(rpc, document("out_invoice", ana, "2026-02-01", "2026-02-28", 200.0, sale));
    pay(rpc, second, 90.0, "2026-03-15");
    post(rpc, document("out_invoice", bruno, "2026-03-01", "2026-04-30", 50.0, sale));
    post(rpc, document("out_refund", bruno, "2026-03-20", "2026-03-20", 10.0, sale));
    post(rpc, document("in_invoice", bruno, "2026-02-10", "2026-02-10", 80.0, purchase));
    (ana, bruno)
}

/// Posted items up to a day, as RPC tells them.
fn items(rpc: &Rpc, to: &str) -> Vec<Value> {
    let domain = json!([
        [["parent_state", "=", "posted"], ["date", "<=", to]],
        ["date", "debit", "credit", "account_id", "account_type", "partner_id", "tax_ids", "tax_line_id", "balance"]
    ]);
    rpc.call("account.move.line", "search_read", domain)
}

#[test]
fn reports_say_what_the_entries_say() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    let (ana, _) = books(&rpc);
    let (from, to) = ("2026-01-01", "2026-03-31");
    let span = json!({"date_from": from, "date_to": to});
    let lines = items(&rpc, to);
    let sum = |keep: &dyn Fn(&Value) -> bool, field: &str| -> Decimal {
        lines.iter().filter(|line| keep(line)).map(|line| number(&line[field])).sum()
    };

    // The trial balance is even, and each account is the sum of its items; income and expenses begin anew.
    let trial = report(&rpc, "trial_balance", span.clone());
    let total = &cells(&trial, "total")[0];
    let moved = |line: &Value| line["date"].as_str().unwrap() >= from;
    assert_eq!((number(&total[2]), number(&total[5])), (Decimal::ZERO, Decimal::ZERO), "{trial}");
    assert_eq!((number(&total[3]), number(&total[4])), (sum(&moved, "debit"), sum(&moved, "credit")));
    assert_eq!(number(&total[3]), number(&total[4]));
    for row in trial["rows"].as_array().unwrap().iter().filter(|row| row["model"] == "account.account") {
        let own = |line: &Value| line["account_id"][0] == row["id"];
        let yearly = lines
            .iter()
            .any(|line| own(line) && ["income", "expense"].iter().any(|kind| line["account_type"].as_str().unwrap().starts_with(kind)));
        let before = if yearly { Decimal::ZERO } else { sum(&|line| own(line) && !moved(line), "balance") };
        assert_eq!(number(&row["cells"][2]), before, "{row}");
        assert_eq!(number(&row["cells"][5]), before + sum(&|line| own(line) && moved(line), "balance"), "{row}");
    }
    assert!(
        cells(&trial, "line").iter().any(|row| row[1] == "Result of earlier years" && number(&row[5]) == Decimal::from(-100)),
        "{trial}"
    );

    // The general ledger ends where the trial balance does.
    let ledger = report(&rpc, "general_ledger", span.clone());
    let mut last: BTreeMap<i64, Decimal> = BTreeMap::new();
    let mut now = 0;
    for row in ledger["rows"].as_array().unwrap() {
        if row["kind"] == "head" {
            now = row["id"].as_i64().unwrap();
        }
        last.insert(now, number(&row["cells"][6]));
    }
    for row in trial["rows"].as_array().unwrap().iter().filter(|row| row["model"] == "account.account") {
        assert_eq!(last[&row["id"].as_i64().unwrap()], number(&row["cells"][5]), "{row}");
    }

    // Partners: what they owe, and each with his items.
    let partners = report(&rpc, "partner_ledger", span.clone());
    let owed = |line: &Value| matches!(line["account_type"].as_str(), Some("asset_receivable" | "liability_payable"));
    assert_eq!(number(&cells(&partners, "total")[0][4]), sum(&owed, "balance"));
    let own = partners["rows"].as_array().unwrap().iter().find(|row| row["id"] == ana).unwrap();
    assert_eq!(own["cells"], json!(["Ana Torres", own["cells"][1], own["cells"][2], own["cells"][3], own["cells"][4]]));
    let one = report(&rpc, "partner_lines", json!({"date_from": from, "date_to": to, "partner_id": ana}));
    assert_eq!(one["rows"].as_array().unwrap().last().unwrap()["cells"][6], own["cells"][4]);
    assert_eq!(number(&cells(&one, "head")[0][6]), number(&own["cells"][1]));

    // Aged: as of that day, so that a later payment changes nothing.
    let aged = report(&rpc, "aged_receivable", json!({"date_to": "2026-03-10"}));
    let of_ana = aged["rows"].as_array().unwrap().iter().find(|row| row["id"] == ana).unwrap()["cells"].clone();
    assert_eq!(
        (number(&of_ana[2]), number(&of_ana[5]), number(&of_ana[1])),
        (Decimal::from(230), Decimal::from(115), Decimal::ZERO),
        "{aged}"
    );
    let later = report(&rpc, "aged_receivable", json!({"date_to": "2026-03-31"}));
    let of_ana = later["rows"].as_array().unwrap().iter().find(|row| row["id"] == ana).unwrap()["cells"].clone();
    assert_eq!((number(&of_ana[3]), number(&of_ana[6])), (Decimal::from(140), Decimal::from(115)), "90 were paid, 31 days late: {later}");
    let payable = report(&rpc, "aged_payable", json!({"date_to": "2026-03-31"}));
    assert_eq!(number(&cells(&payable, "total")[0][7]), Decimal::from(92), "{payable}");

    // Taxes: bases and amounts by tax, refunds taken off.
    let taxes = report(&rpc, "tax_report", span.clone());
    let totals: Vec<Decimal> = cells(&taxes, "total").iter().map(|row| number(&row[2])).collect();
    assert_eq!(totals, [Decimal::from(36), Decimal::from(12), Decimal::from(24)], "{taxes}");
    assert!(cells(&taxes, "line").iter().any(|row| number(&row[1]) == Decimal::from(240)), "200 + 50 - 10: {taxes}");

    // The day book is every item.
    let book = report(&rpc, "day_book", span);
    assert_eq!(cells(&book, "line").len(), lines.iter().filter(|line| moved(line)).count());
    for (name, options) in
        [("nothing", json!({})), ("day_book", json!({"date_from": "2026-04-01", "date_to": "2026-03-01"})), ("partner_lines", json!({}))]
    {
        let refused = rpc.try_call("account.move.line", "financial_report", json!([name, options]), json!({})).unwrap_err();
        assert_eq!(refused.name, "odoo.exceptions.UserError", "{name}");
    }
}

#[test]
fn reports_are_for_those_who_keep_the_books() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    books(&rpc);
    for (login, groups, may) in [
        ("accountant", vec!["base.group_user", "account.group_account_readonly"], true),
        ("support", vec!["base.group_user", "isp_core.group_isp_support"], false),
        ("client", vec!["base.group_portal"], false),
    ] {
        let groups: Vec<i64> = groups.iter().map(|group| rpc.reference(group)).collect();
        let values = json!([{"name": login, "login": login, "password": login, "group_ids": [[6, 0, groups]]}]);
        let _: i64 = rpc.call_kw("res.users", "create", values, json!({"context": {"no_reset_password": true}}));
        let session = WebSession::open(&server, login, login);
        let outcome = session.try_call("account.move.line", "financial_report", json!(["aged_receivable"]), json!({}));
        assert_eq!(outcome.is_ok(), may, "{login}");
        if let Err(error) = outcome {
            assert_eq!(error.name, "odoo.exceptions.AccessError", "{login}");
        }
        let browser = Browser { server: &server, cookie: session.cookie };
        let file = browser.get("/lastmile/reports/aged_receivable.csv");
        assert_eq!(file.status == 200, may, "{login}");
    }
}

#[test]
fn reports_are_pages_and_files() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    books(&rpc);
    let admin = Browser::login(&server, "admin", "admin");
    for name in ["trial_balance", "general_ledger", "partner_ledger", "aged_receivable", "aged_payable", "tax_report", "day_book"] {
        let page = admin.page(&format!("/odoo/reports?report={name}&date_from=2026-01-01&date_to=2026-03-31"));
        assert!(
            page.contains("<table class=\"o_list_table\"") && page.contains(&format!("/lastmile/reports/{name}.xlsx")),
            "{name}: {page:.2000}"
        );
        let csv = admin.get(&format!("/lastmile/reports/{name}.csv?date_from=2026-01-01&date_to=2026-03-31"));
        assert_eq!((csv.status, csv.header("content-type")), (200, Some("text/csv; charset=utf-8")));
        assert!(csv.text().lines().count() > 2, "{name}");
        let xlsx = admin.get(&format!("/lastmile/reports/{name}.xlsx?date_from=2026-01-01&date_to=2026-03-31"));
        assert!(xlsx.body.starts_with(b"PK"), "{name}");
    }
    let csv = admin.page("/lastmile/reports/partner_ledger.csv?date_to=2026-03-31");
    assert!(csv.contains("\"'=Bruno\""), "no formula: {csv}");
    assert_eq!(admin.get("/lastmile/reports/nothing.csv").status, 422);
    assert_eq!(admin.get("/lastmile/reports/day_book.exe").status, 404);
    assert!(admin.page("/odoo/reports?report=%3Cb%3E&partner_id=x").contains("Trial balance"));
}

#[test]
fn reports_take_as_many_statements_for_much_as_for_little() {
    let bench = Bench::new();
    let partner = bench.create("res.partner", r#"[{"name": "P"}]"#).0[0];
    let mut counts: Vec<Vec<usize>> = Vec::new();
    for many in [2, 30] {
        let one = json!({"move_type": "out_invoice", "partner_id": partner, "invoice_date": "2026-03-02",
            "invoice_line_ids": [[0, 0, {"name": "x", "price_unit": 5.0}]]});
        let (ids, _) = bench.create("account.move", &json!(vec![one; many]).to_string());
        bench.call("account.move", "action_post", &json!([ids]).to_string());
        let of = |name: &str| {
            bench
                .call(
                    "account.move.line",
                    "financial_report",
                    &json!([name, {"date_from": "2026-01-01", "date_to": "2026-12-31"}]).to_string(),
                )
                .1
                .len()
        };
        counts.push(
            ["trial_balance", "general_ledger", "partner_ledger", "aged_receivable", "tax_report", "day_book"]
                .iter()
                .map(|name| of(name))
                .collect(),
        );
    }
    assert_eq!(counts[0], counts[1]);
    assert!(counts[1].iter().all(|count| *count <= 6), "{counts:?}");
}
