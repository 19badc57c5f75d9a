//! Books: what a real Odoo 19 stored for the same bookkeeping, laws that hold for all entries, many posters at once, and
//! kill -9 between.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::support::bench::Bench;
use crate::support::database::TestDb;
use crate::support::project;
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;

/// Models whose new rows are told by their order.
const COUNTED: [&str; 6] = [
    "account.move",
    "account.move.line",
    "account.payment",
    "account.partial.reconcile",
    "account.full.reconcile",
    "account.payment.register",
];

/// A player of recorded steps.
struct Player<'s> {
    rpc: &'s Rpc,
    names: HashMap<String, Value>,
    first: HashMap<String, i64>,
    kinds: HashMap<String, Value>,
    today: String,
}

impl Player<'_> {
    /// Where the next rows begin.
    fn begin(&mut self) {
        for model in COUNTED {
            let kwargs = json!({"order": "id desc", "limit": 1, "context": {"active_test": false}});
            let last: Vec<i64> = self.rpc.call_kw(model, "search", json!([[]]), kwargs);
            self.first.insert(model.into(), last.first().copied().unwrap_or(0) + 1);
        }
    }

    /// `$name` and `$name.0` stand for what earlier steps answered.
    fn fill(&self, value: &Value) -> Value {
        match value {
            Value::String(text) if text.starts_with('$') => {
                let mut parts = text[1..].split('.');
                let mut found = self.names.get(parts.next().unwrap()).cloned().unwrap_or_default();
                for part in parts {
                    found = part.parse::<usize>().ok().and_then(|n| found.get(n).cloned()).unwrap_or_default();
                }
                found
            }
            Value::Array(items) => items.iter().map(|item| self.fill(item)).collect(),
            Value::Object(map) => Value::Object(map.iter().map(|(key, value)| (key.clone(), self.fill(value))).collect()),
            other => other.clone(),
        }
    }

    /// Plays a step; the class of its error, if it has one.
    fn step(&mut self, step: &Value) -> Option<String> {
        let text = |key: &str| step[key].as_str().unwrap();
        let args = self.fill(step.get("args").unwrap_or(&json!([])));
        let kwargs = self.fill(step.get("kwargs").unwrap_or(&json!({})));
        let answer = self.rpc.try_call(text("model"), text("method"), args, kwargs);
        if let Some(name) = step.get("save").and_then(Value::as_str) {
            self.names.insert(name.into(), answer.as_ref().cloned().unwrap_or_default());
        }
        answer.err().map(|error| error.name)
    }

    /// The new rows of a model as they are recorded: links to new rows by their order, others by their names.
    fn rows(&mut self, model: &str, fields: &[&String]) -> Vec<Map<String, Value>> {
        if !self.kinds.contains_key(model) {
            let meta: Value = self.rpc.call_kw(model, "fields_get", json!([]), json!({"attributes": ["type", "relation"]}));
            self.kinds.insert(model.into(), meta);
        }
        let meta = &self.kinds[model];
        let domain = json!([[["id", ">=", self.first[model]]], fields]);
        let rows: Vec<Map<String, Value>> =
            self.rpc.call_kw(model, "search_read", domain, json!({"order": "id", "context": {"active_test": false}}));
        let shown = |name: &String, value: &Value| -> Value {
            let relation = meta[name]["relation"].as_str();
            match (relation, value) {
                _ if name == "matching_number" && value.is_string() => {
                    json!(if value.as_str().unwrap().starts_with('P') { "P" } else { "full" })
                }
                (Some(relation), Value::Array(link)) if meta[name]["type"] == "many2one" => {
                    let id = link[0].as_i64().unwrap();
                    match self.first.get(relation).filter(|first| id >= **first) {
                        Some(first) => json!(format!("new {relation} {}", id - first)),
                        None => link[1].clone(),
                    }
                }
                (Some(_), Value::Array(links)) => json!(links.len()),
                (_, Value::String(text)) => json!(text.replace(&self.today, "<today>")),
                (_, other) => other.clone(),
            }
        };
        rows.iter().map(|row| fields.iter().map(|name| ((*name).clone(), shown(name, &row[*name]))).collect()).collect()
    }
}

/// Numbers are the same when they are told apart by less than a millionth.
fn alike(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => (one - other).abs() < 1e-6,
        _ => one == other,
    }
}

/// The first thing in which a scenario ends otherwise than recorded.
fn difference(player: &mut Player<'_>, scenario: &Value) -> Option<String> {
    player.begin();
    for (n, step) in scenario["steps"].as_array().unwrap().iter().enumerate() {
        let (told, recorded) = (player.step(step), step.get("error").and_then(Value::as_str).map(str::to_owned));
        if told != recorded {
            return Some(format!("step {n} {}.{}: {told:?} instead of {recorded:?}", step["model"], step["method"]));
        }
    }
    for (model, recorded) in scenario["rows"].as_object().unwrap() {
        let recorded = recorded.as_array().unwrap();
        let Some(first) = recorded.first() else { continue };
        let fields: Vec<&String> = first.as_object().unwrap().keys().collect();
        let told = player.rows(model, &fields);
        if told.len() != recorded.len() {
            return Some(format!("{model}: {} rows instead of {}", told.len(), recorded.len()));
        }
        for (n, (row, recorded)) in told.iter().zip(recorded).enumerate() {
            if let Some(name) = fields.iter().find(|name| !alike(&row[**name], &recorded[**name])) {
                return Some(format!("{model} {n} {name}: {} instead of {}", row[*name], recorded[*name]));
            }
        }
    }
    None
}

/// Plays the scenarios of a fixture: how many there are of each kind, and what ends otherwise than recorded.
pub fn replayed(db: &TestDb, fixture: &str) -> (BTreeMap<String, usize>, Vec<String>) {
    let recorded: Value = serde_json::from_str(&std::fs::read_to_string(project(fixture)).unwrap()).unwrap();
    let server = TestServer::start(db);
    let rpc = server.admin();
    let today = db.text("SELECT (now() AT TIME ZONE 'UTC')::date::text AS value");
    let mut player = Player { rpc: &rpc, names: HashMap::new(), first: HashMap::new(), kinds: HashMap::new(), today };
    for step in recorded["preparation"].as_array().unwrap() {
        assert_eq!(player.step(step), None, "{step}");
    }
    let (mut wrong, mut count) = (Vec::new(), BTreeMap::new());
    for scenario in recorded["scenarios"].as_array().unwrap() {
        *count.entry(scenario["kind"].as_str().unwrap().to_owned()).or_insert(0) += 1;
        if let Some(difference) = difference(&mut player, scenario) {
            wrong.push(format!("{} {}: {difference}", scenario["kind"], scenario["seed"]));
        }
    }
    (count, wrong)
}

#[test]
fn bookkeeping_is_stored_as_recorded() {
    let db = TestDb::new();
    let (count, wrong) = replayed(&db, "fixtures/books/scenarios.json");
    assert!(count.len() >= 14, "{count:?}");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(broken_laws(&db), Vec::<String>::new());
}

/// Laws of the books that a database breaks.
pub fn broken_laws(db: &TestDb) -> Vec<String> {
    let laws = [
        ("debits are credits", "SELECT move_id FROM account_move_line GROUP BY move_id HAVING abs(sum(balance)) >= 0.005"),
        ("debit less credit is the balance", "SELECT id FROM account_move_line WHERE debit - credit <> balance"),
        (
            "what is left is what there was less what was reconciled",
            "SELECT l.id FROM account_move_line l JOIN account_account a ON a.id = l.account_id
             WHERE (a.reconcile OR a.account_type IN ('asset_cash', 'liability_credit_card')) AND l.amount_residual <> l.balance
             - COALESCE((SELECT sum(amount) FROM account_partial_reconcile WHERE debit_move_id = l.id), 0)
             + COALESCE((SELECT sum(amount) FROM account_partial_reconcile WHERE credit_move_id = l.id), 0)",
        ),
        (
            "numbers are there once",
            "SELECT min(id) FROM account_move WHERE state = 'posted' AND name <> '/' GROUP BY journal_id, name HAVING count(*) > 1",
        ),
        ("posted entries have numbers", "SELECT id FROM account_move WHERE state = 'posted' AND COALESCE(name, '/') IN ('', '/')"),
        (
            "lines say what their entry says",
            "SELECT l.id FROM account_move_line l JOIN account_move m ON m.id = l.move_id
             WHERE l.parent_state <> m.state OR l.move_name IS DISTINCT FROM m.name OR l.date <> m.date",
        ),
        (
            "totals are those of the lines",
            "SELECT m.id FROM account_move m WHERE m.move_type <> 'entry' AND abs(m.amount_untaxed + m.amount_tax - m.amount_total) >= 0.005",
        ),
    ];
    let broken = |(law, query): &(&str, &str)| {
        let found = db.text(&format!("SELECT COALESCE(string_agg(x.id::text, ','), '') AS value FROM ({query}) AS x (id)"));
        (!found.is_empty()).then(|| format!("{law}: {found}"))
    };
    laws.iter().filter_map(broken).collect()
}

/// An invoice of three lines that nobody posted yet.
fn invoice(day: &str) -> Value {
    let line = |n: i32| json!([0, 0, {"name": format!("Line {n}"), "price_unit": 10 + n, "quantity": 2}]);
    json!({"move_type": "out_invoice", "partner_id": 1, "invoice_date": day, "invoice_line_ids": [line(1), line(2), line(3)]})
}

#[test]
fn the_number_of_statements_does_not_depend_on_the_number_of_invoices() {
    let bench = Bench::new();
    let made = |count: usize| -> (usize, usize) {
        let values: Vec<Value> = (0..count).map(|_| invoice("2025-05-05")).collect();
        let (ids, created) = bench.create("account.move", &json!(values).to_string());
        let (_, posted) = bench.call("account.move", "action_post", &json!([ids]).to_string());
        (created.len(), posted.len())
    };
    // The first call of a process fills caches, the first number begins a series.
    made(2);
    let (few, many) = (made(2), made(30));
    assert_eq!(few, many, "statements to create and to post 2 and 30 invoices");
}

#[test]
fn eight_posters_leave_neither_gap_nor_double() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    let drafts: Vec<i64> = rpc.call("account.move", "create", json!([(0..48).map(|_| invoice("2025-05-05")).collect::<Vec<_>>()]));
    let left = Mutex::new(drafts.clone());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let own = Rpc::login(&server, "admin", "admin");
                while let Some(id) = { left.lock().unwrap().pop() } {
                    let posted: Value = own.call("account.move", "action_post", json!([[id]]));
                    assert_eq!(posted, json!(false));
                }
            });
        }
    });
    let rows: Vec<Value> =
        rpc.call_kw("account.move", "search_read", json!([[["id", "in", drafts]], ["name", "state"]]), json!({"order": "name"}));
    let names: Vec<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    let wanted: Vec<String> = (1..=48).map(|n| format!("INV/2025/{n:05}")).collect();
    assert_eq!(names, wanted);
    assert_eq!(broken_laws(&db), Vec::<String>::new());
}

#[test]
fn kill_9_while_posting_leaves_nothing_half_posted() {
    let db = TestDb::durable();
    for round in 0..3 {
        let server = TestServer::start(&db);
        let rpc = server.admin();
        let drafts: Vec<i64> = rpc.call("account.move", "create", json!([(0..40).map(|_| invoice("2025-06-06")).collect::<Vec<_>>()]));
        let (stop, done) = (AtomicBool::new(false), Mutex::new(HashSet::new()));
        let mut server = Some(server);
        std::thread::scope(|scope| {
            let rpc = Rpc::login(server.as_ref().unwrap(), "admin", "admin");
            let (stop, done, drafts) = (&stop, &done, &drafts);
            scope.spawn(move || {
                for batch in drafts.chunks(4) {
                    // The connection of a killed server ends without an answer.
                    let post = || rpc.try_call("account.move", "action_post", json!([batch]), json!({}));
                    let answered = std::panic::catch_unwind(std::panic::AssertUnwindSafe(post)).is_ok_and(|answer| answer.is_ok());
                    if stop.load(Ordering::SeqCst) || !answered {
                        break;
                    }
                    done.lock().unwrap().extend(batch.iter().copied());
                }
            });
            std::thread::sleep(Duration::from_millis(60 + 90 * round));
            server.take().unwrap().kill();
            stop.store(true, Ordering::SeqCst);
        });
        let ids = drafts.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        let posted = db.text(&format!(
            "SELECT COALESCE(string_agg(id::text, ','), '') AS value FROM account_move WHERE state = 'posted' AND id IN ({ids})"
        ));
        let posted: HashSet<i64> = posted.split(',').filter_map(|id| id.parse().ok()).collect();
        assert!(done.lock().unwrap().is_subset(&posted), "what was answered is there");
        assert_eq!(posted.len() % 4, 0, "batches are posted as a whole");
        assert_eq!(broken_laws(&db), Vec::<String>::new());
    }
}

#[test]
fn what_is_posted_stands() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    let id: i64 = rpc.call("account.move", "create", json!([invoice("2025-05-05")]));
    let line: i64 =
        rpc.call::<Vec<i64>>("account.move.line", "search", json!([[["move_id", "=", id], ["display_type", "=", "product"]]]))[0];
    let term: i64 =
        rpc.call::<Vec<i64>>("account.move.line", "search", json!([[["move_id", "=", id], ["display_type", "=", "payment_term"]]]))[0];
    let error = |model: &str, method: &str, args: Value| {
        rpc.try_call(model, method, args, json!({})).map_or_else(|error| error.name, |_| String::new())
    };
    assert_eq!(error("account.move", "create", json!([{"move_type": "out_invoice", "state": "posted"}])), "odoo.exceptions.UserError");
    assert_eq!(error("account.move.line", "unlink", json!([[term]])), "odoo.exceptions.ValidationError");
    assert_eq!(error("account.move.line", "write", json!([[line], {"balance": "much"}])), "builtins.ValueError");
    let _: Value = rpc.call("account.move", "action_post", json!([[id]]));
    for refused in [
        error("account.move", "write", json!([[id], {"partner_id": 2}])),
        error("account.move", "write", json!([[id], {"line_ids": [[1, line, {"price_unit": 1}]]}])),
        error("account.move", "unlink", json!([[id]])),
        error("account.move", "action_post", json!([[id]])),
        error("account.move.line", "unlink", json!([[line]])),
        error("account.move.line", "create", json!([{"move_id": id, "name": "late"}])),
        error("account.move.line", "write", json!([[line], {"tax_ids": [[6, 0, []]]}])),
    ] {
        assert_eq!(refused, "odoo.exceptions.UserError");
    }
    let _: Value = rpc.call("account.move", "button_draft", json!([[id]]));
    let _: Value = rpc.call("account.move", "button_cancel", json!([[id]]));
    assert_eq!(broken_laws(&db), Vec::<String>::new());
    let _: Value = rpc.call("account.move", "unlink", json!([[id]]));
    let left: i64 = rpc.call("account.move.line", "search_count", json!([[["move_id", "=", id]]]));
    assert_eq!(left, 0);
}

#[test]
fn tax_amounts_written_below_an_invoice_are_kept() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    let tax: i64 = rpc.call("account.tax", "create", json!([{"name": "Below", "amount": 15, "type_tax_use": "sale"}]));
    let line = json!([0, 0, {"name": "x", "price_unit": 100, "tax_ids": [[6, 0, [tax]]]}]);
    let id: i64 = rpc.call("account.move", "create", json!([{"move_type": "out_invoice", "partner_id": 1, "invoice_line_ids": [line]}]));
    let read = || {
        rpc.call::<Vec<Value>>("account.move", "read", json!([[id], ["tax_totals", "amount_tax", "amount_total", "amount_residual"]]))
            .remove(0)
    };
    let mut totals = read()["tax_totals"].clone();
    // The same amount changes nothing, another one goes to the tax line and to what is due.
    let _: Value = rpc.call("account.move", "write", json!([[id], {"tax_totals": totals}]));
    assert_eq!(read()["amount_tax"], json!(15.0));
    totals["subtotals"][0]["tax_groups"][0]["tax_amount_currency"] = json!(15.01);
    let _: Value = rpc.call("account.move", "write", json!([[id], {"tax_totals": totals}]));
    let after = read();
    assert_eq!((&after["amount_tax"], &after["amount_total"], &after["amount_residual"]), (&json!(15.01), &json!(115.01), &json!(115.01)));
    assert_eq!(after["tax_totals"]["tax_amount_currency"], json!(15.01));
    assert_eq!(broken_laws(&db), Vec::<String>::new());
}
