//! Taxes and fiscal positions answer as a real Odoo 19 did: made, copied, changed, refused, found, computed, and put in
//! the place of others on invoices.

use serde_json::{Value, json};

use crate::support::bench::Bench;
use crate::support::database::TestDb;
use crate::support::project;
use crate::support::server::TestServer;

/// What nobody but the server decides.
const OWN: [&str; 8] = [
    "create_date",
    "write_date",
    "create_uid",
    "write_uid",
    "message_ids",
    "message_follower_ids",
    "message_partner_ids",
    "website_message_ids",
];

/// Where an answer is not the recorded one; doubles may differ in their last digits.
fn difference(told: &Value, recorded: &Value, path: &str) -> Option<String> {
    match (told, recorded) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys()).filter(|key| !OWN.contains(&key.as_str()));
            let mut keys: Vec<&String> = keys.collect();
            keys.sort();
            keys.dedup();
            let at = |map: &serde_json::Map<String, Value>, key: &str| map.get(key).cloned().unwrap_or_else(|| json!("<none>"));
            keys.into_iter().find_map(|key| difference(&at(a, key), &at(b, key), &format!("{path}.{key}")))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(n, (a, b))| difference(a, b, &format!("{path}[{n}]")))
        }
        (Value::Number(a), Value::Number(b)) if (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-6 => None,
        (a, b) if a == b => None,
        (a, b) => Some(format!("{path}: {a} instead of {b}")),
    }
}

/// Makes recorded calls, each of which must answer as it did.
fn play(recording: &str) {
    let text = std::fs::read_to_string(project(recording)).unwrap();
    let steps: Vec<(String, String, Vec<Value>, Value, Value)> = serde_json::from_str(&text).unwrap();
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    let mut wrong = Vec::new();
    for (model, method, args, kwargs, recorded) in &steps {
        let told = match rpc.try_call(model, method, json!(args), kwargs.clone()) {
            Ok(answer) => answer,
            Err(error) => json!(format!("!{}", error.name)),
        };
        if let Some(difference) = difference(&told, recorded, "") {
            wrong.push(format!("{model}.{method}{} {kwargs}\n    {difference}", json!(args)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), steps.len(), wrong.join("\n"));
}

#[test]
fn taxes_and_fiscal_positions_answer_as_recorded() {
    play("fixtures/books/tax_records.json");
}

/// Invoices are paid in parts, in two currencies: each payment makes its part of the taxes due.
#[test]
fn taxes_that_are_due_when_paid_become_due_as_recorded() {
    play("fixtures/books/cash_basis.json");
}

#[test]
fn statements_do_not_depend_on_how_many_there_are() {
    let bench = Bench::new();
    let taxes = |prefix: &str, count: usize| -> (Vec<i64>, usize) {
        let values: Vec<Value> = (0..count).map(|n| json!({"name": format!("{prefix}{n}"), "amount": n + 1})).collect();
        let (ids, statements) = bench.create("account.tax", &json!(values).to_string());
        (ids, statements.len())
    };
    // The first call of a process fills caches.
    taxes("first", 1);
    let ((_, one), (ids, many)) = (taxes("a", 1), taxes("b", 9));
    assert_eq!(one, many, "taxes are made together");
    let (partner, _) = bench.create("res.partner", &json!([{"name": "Somebody", "country_id": 20}]).to_string());
    let invoices = |count: usize| -> Vec<i64> {
        let line = |n: usize| json!([0, 0, {"name": "Service", "price_unit": 10 + n, "tax_ids": [[6, 0, [ids[n % ids.len()]]]]}]);
        let invoice = |n: usize| json!({"move_type": "out_invoice", "partner_id": partner[0], "invoice_line_ids": [line(n), line(n + 1)]});
        bench.create("account.move", &json!((0..count).map(invoice).collect::<Vec<_>>()).to_string()).0
    };
    let reading = |ids: &[i64]| bench.call("account.move", "read", &json!([ids, ["tax_totals"]]).to_string()).1.len();
    reading(&invoices(1));
    assert_eq!(reading(&invoices(1)), reading(&invoices(9)), "totals are read together");
    let computing = |ids: &[i64]| bench.call("account.tax", "compute_all", &json!([ids, 100]).to_string()).1.len();
    assert_eq!(computing(&ids[..1]), computing(&ids), "taxes of a price are read together");
    let fields = json!(["display_name", "price_include", "is_domestic", "has_negative_factor", "repartition_lines_str", "tax_label"]);
    let shown = |ids: &[i64]| bench.call("account.tax", "read", &json!([ids, fields]).to_string()).1.len();
    assert_eq!(shown(&ids[..1]), shown(&ids), "taxes are shown together");
}
