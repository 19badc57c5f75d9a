//! The base models over a real database: statements follow shapes, not rows. Runs when `LASTMILE_TEST_URL` names a
//! database of the product; nothing is kept.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::Arc;

use lastmile_models::base::credentials::{Accept, Credentials};
use lastmile_models::base::{sequences, session};
use lastmile_orm::{Database, Domain, Env, Error, Map, Result, Tx, Value, map};

const ADMIN: i32 = 2;

fn database() -> Option<Arc<Database>> {
    let url = std::env::var("LASTMILE_TEST_URL").ok()?;
    Some(Database::open(&url, "test", lastmile_models::declarations(), &Default::default()).unwrap())
}

/// Runs work in a transaction that is undone.
fn undone<T>(db: &Arc<Database>, work: impl Fn(&mut Env) -> Result<T>) -> T {
    let mut out = None;
    let result: Result<()> = db.run(ADMIN, Tx::Write, |env| {
        out = Some(work(env)?);
        Err(Error::user("undo"))
    });
    assert_eq!(result, Err(Error::user("undo")));
    out.unwrap()
}

fn counted<T>(env: &mut Env, work: impl FnOnce(&mut Env) -> Result<T>) -> Result<u64> {
    let before = env.statements();
    work(env)?;
    env.flush()?;
    Ok(env.statements() - before)
}

fn people(n: usize, parent: i32) -> Vec<Map> {
    (0..n).map(|k| map! { "name" => format!("P{k}"), "parent_id" => parent, "email" => format!("p{k}@x.example") }).collect()
}

#[test]
fn partners_cost_statements_by_shape() {
    let Some(db) = database() else { return };
    let cost = |n: usize| {
        undone(&db, |env| {
            let company = env.create_one("res.partner", map! { "name" => "Co", "is_company" => true, "city" => "A", "vat" => "1" })?;
            let create = counted(env, |env| env.create("res.partner", people(n, company)))?;
            let ids = env.search_all("res.partner", &Domain::eq("parent_id", company))?;
            assert_eq!(env.values("res.partner", "city", &ids)?, vec![Value::from("A"); n]);
            assert_eq!(env.values("res.partner", "vat", &ids)?, vec![Value::from("1"); n]);
            let write = counted(env, |env| env.write("res.partner", &ids, map! { "city" => "B", "email" => "x@x.example" }))?;
            assert_eq!(env.value("res.partner", "city", company)?, Value::from("B"));
            let rename = counted(env, |env| env.write("res.partner", &[company], map! { "name" => "New", "city" => "C" }))?;
            assert!(env.names("res.partner", &ids)?.iter().all(|n| n.starts_with("New, P")));
            let unlink = counted(env, |env| env.unlink("res.partner", &ids))?;
            Ok((create, write, rename, unlink))
        })
    };
    assert_eq!(cost(10), cost(100));
}

#[test]
fn sequences_draw_many_numbers_in_one_statement() {
    let Some(db) = database() else { return };
    undone(&db, |env| {
        env.create("ir.sequence", vec![map! { "name" => "T", "code" => "test.t", "prefix" => "T-", "padding" => 3_i64 }])?;
        let cost = counted(env, |env| {
            let texts = sequences::next_by_code(env, "test.t", 50)?;
            assert_eq!((texts[0].as_str(), texts[49].as_str()), ("T-001", "T-050"));
            Ok(())
        })?;
        assert_eq!(cost, 1);
        assert!(sequences::next_by_code(env, "test.none", 5)?.is_empty());
        env.create("ir.sequence", vec![map! { "name" => "Y", "code" => "test.y", "prefix" => "%(range_year)s/", "use_date_range" => true, "implementation" => "no_gap" }])?;
        let year = env.now().format("%Y").to_string();
        assert_eq!(sequences::next_by_code(env, "test.y", 2)?, [format!("{year}/1"), format!("{year}/2")]);
        Ok(())
    });
}

#[test]
fn credentials_are_checked_and_remembered() {
    let Some(db) = database() else { return };
    let credentials = Credentials::new().unwrap();
    assert_eq!(credentials.authenticate(&db, "admin", "admin", Accept::Password).unwrap(), Some(ADMIN));
    let start = std::time::Instant::now();
    credentials.check(&db, ADMIN, "admin", Accept::PasswordOrKey).unwrap();
    assert!(start.elapsed().as_millis() < 100, "the memo spares the rounds");
    assert_eq!(credentials.authenticate(&db, "admin", "wrong", Accept::Password).unwrap(), None);
    assert_eq!(credentials.authenticate(&db, "nobody at all", "x", Accept::Password).unwrap(), None);
    assert!(matches!(credentials.check(&db, ADMIN, "wrong", Accept::Password), Err(Error::AccessDenied(_))));
    assert!(matches!(credentials.check(&db, 99_999_999, "x", Accept::Password), Err(Error::Missing(_))));
}

#[test]
fn the_web_client_is_told_what_it_needs() {
    let Some(db) = database() else { return };
    let info = db.run(ADMIN, Tx::Read, session::session_info).unwrap();
    assert_eq!(info["uid"], Value::Int(2));
    assert_eq!(info["username"], Value::from("admin"));
    assert_eq!(info["is_system"], Value::Bool(true));
    assert!(info["user_companies"].as_map().unwrap().contains_key("allowed_companies"));
}
