//! The program's models over a database of their own, in this process.

use std::sync::Arc;

use lastmile_orm::call::Request;
use lastmile_orm::database::PoolOptions;
use lastmile_orm::sql::exec::traced;
use lastmile_orm::value::{Map, Value};
use lastmile_orm::{Database, Error};
use lastmile_rpc::json::{JsonSink, parse};

use super::database::TestDb;

pub const ADMIN: i32 = 2;

/// A database of the program, in this process.
pub struct Bench {
    pub db: Arc<Database>,
    /// Dropped after the pool is.
    _test: TestDb,
}

impl Bench {
    /// The administrator of it has the ISP rights.
    pub fn new() -> Bench {
        let test = TestDb::new();
        let options = PoolOptions { size: 2, ..PoolOptions::default() };
        let db = Database::open(test.url(), test.name(), lastmile_models::declarations(), &options).unwrap();
        let bench = Bench { db, _test: test };
        let group: i64 = bench.xmlid("isp_core.group_isp_admin");
        bench.call("res.users", "write", &format!(r#"[[{ADMIN}], {{"group_ids": [[4, {group}]]}}]"#));
        bench
    }

    /// The id of an external id.
    pub fn xmlid(&self, xmlid: &str) -> i64 {
        let (module, name) = xmlid.split_once('.').unwrap();
        let domain = format!(r#"[[["module", "=", "{module}"], ["name", "=", "{name}"]], ["res_id"]]"#);
        let (answer, _) = self.call("ir.model.data", "search_read", &domain);
        answer[0]["res_id"].as_i64().unwrap()
    }

    /// The answer as JSON, and the statements it took.
    pub fn call(&self, model: &str, method: &str, args: &str) -> (serde_json::Value, Vec<String>) {
        let (answer, statements) = self.try_call(model, method, args, "{}");
        (answer.unwrap_or_else(|error| panic!("{model}.{method}: {error}")), statements)
    }

    /// The same in a context, where an error is an answer too.
    pub fn try_call(&self, model: &str, method: &str, args: &str, context: &str) -> (Result<serde_json::Value, Error>, Vec<String>) {
        let Ok(Value::List(args)) = parse(args.as_bytes()) else { panic!("{args}") };
        let Ok(context) = parse(context.as_bytes()) else { panic!("{context}") };
        let kwargs = Map::from_iter([("context".to_owned(), context)]);
        let request = Request { model: model.into(), method: method.into(), args, kwargs, ids: None, by_name: false };
        let prepared = self.db.prepare(request).unwrap_or_else(|_| panic!("{model}.{method} is not there"));
        let (answer, statements) = traced(|| self.db.call(ADMIN, &prepared, |_| {}));
        let answer = answer.map(|(answer, _)| {
            let mut bytes = Vec::new();
            answer.write(&mut JsonSink::new(&mut bytes)).unwrap();
            serde_json::from_slice(&bytes).unwrap()
        });
        (answer, statements)
    }

    /// Creates records: their ids, and the statements it took.
    pub fn create(&self, model: &str, values: &str) -> (Vec<i64>, Vec<String>) {
        let (ids, statements) = self.call(model, "create", &format!("[{values}]"));
        let ids = match ids {
            serde_json::Value::Array(ids) => ids.iter().map(|id| id.as_i64().unwrap()).collect(),
            id => vec![id.as_i64().unwrap()],
        };
        (ids, statements)
    }
}
