//! The number of SQL statements of a call depends on what is asked, never on how many rows there are; and their texts are known.

use std::sync::Arc;

use lastmile_orm::call::Request;
use lastmile_orm::database::PoolOptions;
use lastmile_orm::sql::exec::traced;
use lastmile_orm::value::{Map, Value};
use lastmile_orm::{Database, Tx};
use lastmile_rpc::json::{JsonSink, parse};

use crate::support::database::TestDb;
use crate::support::golden;

const ADMIN: i32 = 2;

/// A database of the program, in this process.
struct Bench {
    db: Arc<Database>,
    /// Dropped after the pool is.
    _test: TestDb,
}

impl Bench {
    fn new() -> Bench {
        let test = TestDb::new();
        let options = PoolOptions { size: 2, ..PoolOptions::default() };
        let db = Database::open(test.url(), test.name(), lastmile_models::declarations(), &options).unwrap();
        let bench = Bench { db, _test: test };
        let group: i64 = bench.xmlid("isp_core.group_isp_admin");
        bench.call("res.users", "write", &format!(r#"[[{ADMIN}], {{"group_ids": [[4, {group}]]}}]"#));
        bench
    }

    fn xmlid(&self, xmlid: &str) -> i64 {
        let (module, name) = xmlid.split_once('.').unwrap();
        let domain = format!(r#"[[["module", "=", "{module}"], ["name", "=", "{name}"]], ["res_id"]]"#);
        let (answer, _) = self.call("ir.model.data", "search_read", &domain);
        answer[0]["res_id"].as_i64().unwrap()
    }

    /// The answer as JSON, and the statements it took.
    fn call(&self, model: &str, method: &str, args: &str) -> (serde_json::Value, Vec<String>) {
        let Ok(Value::List(args)) = parse(args.as_bytes()) else { panic!("{args}") };
        let request = Request { model: model.into(), method: method.into(), args, kwargs: Map::new(), ids: None, by_name: false };
        let prepared = self.db.prepare(request).unwrap_or_else(|_| panic!("{model}.{method} is not there"));
        let (answer, statements) = traced(|| self.db.call(ADMIN, &prepared, |_| {}));
        let (answer, _) = answer.unwrap_or_else(|error| panic!("{model}.{method}: {error}"));
        let mut bytes = Vec::new();
        answer.write(&mut JsonSink::new(&mut bytes)).unwrap();
        (serde_json::from_slice(&bytes).unwrap(), statements)
    }

    fn create(&self, model: &str, values: &str) -> (Vec<i64>, Vec<String>) {
        let (ids, statements) = self.call(model, "create", &format!("[{values}]"));
        let ids = match ids {
            serde_json::Value::Array(ids) => ids.iter().map(|id| id.as_i64().unwrap()).collect(),
            id => vec![id.as_i64().unwrap()],
        };
        (ids, statements)
    }

    /// The values of new subscriptions, once what they refer to is there.
    fn subscriptions(&self) -> impl Fn(usize) -> String {
        let sector = self.create("isp.sector", r#"{"name": "North", "code": "N"}"#).0[0];
        let plan =
            self.create("isp.service_plan", r#"{"name": "Home", "download_mbps": 20, "upload_mbps": 5, "service_type": "pppoe"}"#).0[0];
        let partner = self.create("res.partner", r#"{"name": "Ana"}"#).0[0];
        move |count| {
            let one =
                format!(r#"{{"partner_id": {partner}, "plan_id": {plan}, "sector_id": {sector}, "gps_lat": 18.5, "gps_lng": -69.9}}"#);
            format!("[{}]", vec![one; count].join(","))
        }
    }
}

#[test]
fn reading_stored_fields_and_names_is_one_statement() {
    let bench = Bench::new();
    let values = bench.subscriptions();
    let (ids, _) = bench.create("isp.subscription", &values(5));
    let fields = r#"["name", "state", "partner_id", "plan_id", "sector_id", "gps_lat", "install_date", "create_date"]"#;
    let calls = [
        ("search_read", "isp.subscription", format!(r#"[[["state", "=", "draft"]], {fields}, 0, 80, "name"]"#)),
        ("read", "isp.subscription", format!("[{ids:?}, {fields}]")),
        ("search", "isp.subscription", r#"[[["partner_id.name", "ilike", "a"]], 0, 80]"#.to_owned()),
        ("search_count", "isp.subscription", "[[]]".to_owned()),
        ("search_read", "res.partner", r#"[[["is_company", "=", true]], ["name", "email", "country_id", "parent_id"], 0, 80]"#.to_owned()),
    ];
    let mut golden = String::new();
    for (method, model, args) in calls {
        // The first call of a process reads who calls.
        bench.call(model, method, &args);
        let (_, statements) = bench.call(model, method, &args);
        assert_eq!(statements.len(), 1, "{model}.{method}: {statements:#?}");
        golden += &format!("-- {model}.{method} {args}\n{}\n", statements[0]);
    }
    golden::check("statements", "tests/integration/statements.sql", &golden, |_| None);
}

#[test]
fn creating_a_hundred_takes_no_more_statements_than_ten() {
    let bench = Bench::new();
    let values = bench.subscriptions();
    bench.create("isp.subscription", &values(1));
    let (few, of_ten) = bench.create("isp.subscription", &values(10));
    let (many, of_hundred) = bench.create("isp.subscription", &values(100));
    assert_eq!((few.len(), many.len()), (10, 100));
    assert!(of_hundred.len() <= of_ten.len(), "{} for ten, {} for a hundred:\n{of_hundred:#?}", of_ten.len(), of_hundred.len());
}

#[test]
fn what_follows_from_values_is_written_by_one_statement() {
    let bench = Bench::new();
    bench.create("res.partner", r#"{"name": "Ana"}"#);
    let (_, statements) = bench.create("res.partner", r#"{"name": "Eva", "email": "Eva@Example.com"}"#);
    let updates = statements.iter().filter(|statement| statement.starts_with("UPDATE \"res_partner\"")).count();
    assert_eq!(updates, 1, "{statements:#?}");
    assert!(statements.len() <= 11, "{}: {statements:#?}", statements.len());
}

#[test]
fn writing_activating_and_deleting_many_takes_no_more_statements_than_few() {
    let bench = Bench::new();
    let values = bench.subscriptions();
    let (few, _) = bench.create("isp.subscription", &values(5));
    let (many, _) = bench.create("isp.subscription", &values(50));
    for (method, rest) in
        [("write", r#", {"notes": "x"}"#), ("action_activate", ""), ("read", r#", ["job_ids", "display_name"]"#), ("unlink", "")]
    {
        let (_, of_few) = bench.call("isp.subscription", method, &format!("[{few:?}{rest}]"));
        let (_, of_many) = bench.call("isp.subscription", method, &format!("[{many:?}{rest}]"));
        assert!(of_many.len() <= of_few.len(), "{method}: {} for 5, {} for 50:\n{of_many:#?}", of_few.len(), of_many.len());
    }
}

#[test]
fn what_a_transaction_did_is_gone_when_it_fails() {
    let bench = Bench::new();
    let failed = bench.db.run(ADMIN, Tx::Write, |env| {
        let mut values = Map::new();
        values.insert("name".into(), Value::from("Half"));
        env.create_one("res.partner", values)?;
        Err::<(), _>(lastmile_orm::Error::user("no"))
    });
    assert!(failed.is_err());
    let (count, _) = bench.call("res.partner", "search_count", r#"[[["name", "=", "Half"]]]"#);
    assert_eq!(count, 0);
}
