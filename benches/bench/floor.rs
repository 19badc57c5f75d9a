//! `search_read` in this process against `PQexecPrepared` in binary form, the same statement, the same encoder, the same bytes.

#![allow(unsafe_code)]

use std::ffi::{CStr, CString};
use std::ptr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Timelike;
use lastmile_orm::answer::Sink;
use lastmile_orm::call::Request;
use lastmile_orm::database::PoolOptions;
use lastmile_orm::sql::exec::traced;
use lastmile_orm::sql::row::{push_padded, write_date};
use lastmile_orm::value::{Map, Value};
use lastmile_orm::{Database, Result};
use lastmile_rpc::json::{JsonSink, parse};
use pq_sys::{
    ConnStatusType, ExecStatusType, PGconn, PGresult, PQclear, PQconnectdb, PQerrorMessage, PQexecPrepared, PQfinish, PQgetisnull,
    PQgetlength, PQgetvalue, PQntuples, PQprepare, PQresultStatus, PQstatus,
};

use crate::support::database::TestDb;
use crate::{FIELDS, ROWS, line};

const ADMIN: i32 = 2;
const STATEMENT: &CStr = c"floor";

pub fn run() {
    let test = TestDb::durable();
    let db = Database::open(test.url(), test.name(), lastmile_models::declarations(), &PoolOptions { size: 2, ..PoolOptions::default() })
        .unwrap();
    seed(&db);
    let call = || search_read(&db);
    call();
    let (want, statements) = traced(call);
    assert_eq!(statements.len(), 1, "{statements:#?}");
    assert!(!statements[0].contains('$'), "the floor binds no values: {}", statements[0]);
    let floor = Floor::prepare(test.url(), &statements[0]);
    let got = floor.read();
    assert!(want == got, "the floor reads other bytes:\n{}\n{}", String::from_utf8_lossy(&want), String::from_utf8_lossy(&got));
    let (ours, raw) = measure(|| drop(call()), || drop(floor.read()));
    let micros = |time: Duration| format!("{:.0} µs", time.as_secs_f64() * 1e6);
    line(&format!("raw libpq, {ROWS} rows × {} fields, as JSON", FIELDS.len()), &micros(raw), "");
    line("search_read in process, the same", &micros(ours), "");
    line("ratio", &format!("{:.2} ×", ours.as_secs_f64() / raw.as_secs_f64()), "≤ 1.3 ×");
}

/// The best round of each, taken in turns so that a busy machine harms both alike.
fn measure(mut first: impl FnMut(), mut second: impl FnMut()) -> (Duration, Duration) {
    const CALLS: u32 = 200;
    let round = |work: &mut dyn FnMut()| {
        let begun = Instant::now();
        for _ in 0..CALLS {
            work();
        }
        begun.elapsed() / CALLS
    };
    let (mut best_first, mut best_second) = (Duration::MAX, Duration::MAX);
    for _ in 0..25 {
        best_first = best_first.min(round(&mut first));
        best_second = best_second.min(round(&mut second));
    }
    (best_first, best_second)
}

fn call(db: &Arc<Database>, model: &str, method: &str, args: &str) -> Vec<u8> {
    let Ok(Value::List(args)) = parse(args.as_bytes()) else { panic!("{args}") };
    let request = Request { model: model.into(), method: method.into(), args, kwargs: Map::new(), ids: None, by_name: false };
    let prepared = db.prepare(request).unwrap_or_else(|_| panic!("{model}.{method} is not there"));
    let (answer, _) = db.call(ADMIN, &prepared, |_| {}).unwrap_or_else(|error| panic!("{model}.{method}: {error}"));
    let mut out = Vec::with_capacity(1024);
    answer.write(&mut JsonSink::new(&mut out)).unwrap();
    out
}

fn search_read(db: &Arc<Database>) -> Vec<u8> {
    let fields = Value::List(FIELDS.iter().map(|field| Value::from(*field)).collect());
    let args = vec![Value::List(Vec::new()), fields, Value::Int(0), Value::Int(i64::try_from(ROWS).unwrap()), Value::from("id")];
    let request =
        Request { model: "isp.subscription".into(), method: "search_read".into(), args, kwargs: Map::new(), ids: None, by_name: false };
    let prepared = db.prepare(request).unwrap_or_else(|_| panic!("search_read is not there"));
    let (answer, _) = db.call(ADMIN, &prepared, |_| {}).unwrap();
    let mut out = Vec::with_capacity(1024);
    answer.write(&mut JsonSink::new(&mut out)).unwrap();
    out
}

fn seed(db: &Arc<Database>) {
    let group = r#"[[["module", "=", "isp_core"], ["name", "=", "group_isp_admin"]], ["res_id"]]"#;
    let rows: serde_json::Value = serde_json::from_slice(&call(db, "ir.model.data", "search_read", group)).unwrap();
    call(db, "res.users", "write", &format!(r#"[[{ADMIN}], {{"group_ids": [[4, {}]]}}]"#, rows[0]["res_id"]));
    let one = |model: &str, values: &str| {
        let made: serde_json::Value = serde_json::from_slice(&call(db, model, "create", &format!("[{values}]"))).unwrap();
        made.as_i64().unwrap()
    };
    let sector = one("isp.sector", r#"{"name": "North", "code": "N"}"#);
    let plan = one("isp.service_plan", r#"{"name": "Home", "download_mbps": 20, "upload_mbps": 5, "service_type": "pppoe"}"#);
    let partner = one("res.partner", r#"{"name": "Ana"}"#);
    let subscription = |n: usize| {
        format!(
            r#"{{"partner_id": {partner}, "plan_id": {plan}, "sector_id": {sector}, "gps_lat": 18.5, "gps_lng": -69.9, "service_ip": "10.0.{}.{}"}}"#,
            n / 250,
            n % 250 + 1
        )
    };
    let all: Vec<String> = (0..1000).map(subscription).collect();
    call(db, "isp.subscription", "create", &format!("[[{}]]", all.join(",")));
}

/// A connection of libpq with the statement prepared.
struct Floor {
    conn: *mut PGconn,
}

impl Floor {
    fn prepare(url: &str, statement: &str) -> Floor {
        let (url, statement) = (CString::new(url).unwrap(), CString::new(statement).unwrap());
        // SAFETY: the texts live until the calls return; libpq owns what it returns.
        unsafe {
            let conn = PQconnectdb(url.as_ptr());
            assert!(PQstatus(conn) == ConnStatusType::CONNECTION_OK, "{:?}", CStr::from_ptr(PQerrorMessage(conn)));
            let result = PQprepare(conn, STATEMENT.as_ptr(), statement.as_ptr(), 0, ptr::null());
            assert!(PQresultStatus(result) == ExecStatusType::PGRES_COMMAND_OK, "{:?}", CStr::from_ptr(PQerrorMessage(conn)));
            PQclear(result);
            Floor { conn }
        }
    }

    fn read(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(1024);
        // SAFETY: the connection is open; the result is cleared after its last use.
        unsafe {
            let result = PQexecPrepared(self.conn, STATEMENT.as_ptr(), 0, ptr::null(), ptr::null(), ptr::null(), 1);
            assert!(PQresultStatus(result) == ExecStatusType::PGRES_TUPLES_OK, "{:?}", CStr::from_ptr(PQerrorMessage(self.conn)));
            encode(result, &mut JsonSink::new(&mut out)).unwrap();
            PQclear(result);
        }
        out
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        // SAFETY: nothing uses the connection after this.
        unsafe { PQfinish(self.conn) }
    }
}

/// A cell's bytes.
fn cell<'a>(result: *mut PGresult, row: i32, column: i32) -> Option<&'a [u8]> {
    // SAFETY: row and column are within the result, which outlives the slice.
    unsafe {
        if PQgetisnull(result, row, column) != 0 {
            return None;
        }
        let length = usize::try_from(PQgetlength(result, row, column)).unwrap();
        Some(std::slice::from_raw_parts(PQgetvalue(result, row, column).cast::<u8>(), length))
    }
}

/// The columns in the order of [`FIELDS`]; a many2one has two, id and name.
fn encode(result: *mut PGresult, sink: &mut JsonSink) -> Result<()> {
    // SAFETY: the result is whole.
    let rows = unsafe { PQntuples(result) };
    let text = |sink: &mut JsonSink, row, column| match cell(result, row, column) {
        Some(bytes) => sink.str(std::str::from_utf8(bytes).unwrap()),
        None => sink.bool(false),
    };
    let int = |row, column| cell(result, row, column).map(|bytes| i64::from(i32::from_be_bytes(bytes.try_into().unwrap())));
    let mut moment = String::new();
    sink.begin_list()?;
    for row in 0..rows {
        sink.begin_map()?;
        sink.key("id")?;
        sink.int(int(row, 0).unwrap_or(0))?;
        let mut column = 1;
        for field in FIELDS {
            sink.key(field)?;
            match field {
                "partner_id" | "plan_id" => {
                    match int(row, column) {
                        Some(id) => {
                            sink.begin_list()?;
                            sink.int(id)?;
                            text(sink, row, column + 1)?;
                            sink.end_list()?;
                        }
                        None => sink.bool(false)?,
                    }
                    column += 1;
                }
                "gps_lat" => sink.float(cell(result, row, column).map_or(0.0, |bytes| f64::from_be_bytes(bytes.try_into().unwrap())))?,
                "create_date" => match cell(result, row, column) {
                    Some(bytes) => {
                        let micros = i64::from_be_bytes(bytes.try_into().unwrap());
                        // PostgreSQL counts from 2000-01-01.
                        let at = chrono::DateTime::from_timestamp(micros.div_euclid(1_000_000) + 946_684_800, 0).unwrap().naive_utc();
                        moment.clear();
                        write_date(at.date(), &mut moment);
                        for (part, mark) in [(at.hour(), ' '), (at.minute(), ':'), (at.second(), ':')] {
                            moment.push(mark);
                            push_padded(&mut moment, part, 2);
                        }
                        sink.str(&moment)?;
                    }
                    None => sink.bool(false)?,
                },
                _ => text(sink, row, column)?,
            }
            column += 1;
        }
        sink.end_map()?;
    }
    sink.end_list()
}
