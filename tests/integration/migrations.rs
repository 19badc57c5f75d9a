//! Migrations can be taken back, and what they leave is what they found.

use std::path::PathBuf;
use std::process::Command;

use lastmile::setup;

use crate::support::database::TestDb;

/// The schema as pg_dump writes it, without diesel's own table.
fn dump(db: &TestDb) -> String {
    let output = Command::new(pg_dump()).args(["--schema-only", "--exclude-table=__diesel_schema_migrations", db.url()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // New versions of pg_dump write a random key on lines that begin with a backslash.
    String::from_utf8(output.stdout).unwrap().lines().filter(|line| !line.starts_with('\\')).collect::<Vec<_>>().join("\n")
}

/// On the search path, or where Debian has it.
fn pg_dump() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let mut places: Vec<PathBuf> =
        std::env::var_os("LASTMILE_PG_BIN").into_iter().map(PathBuf::from).chain(std::env::split_paths(&path)).collect();
    places.extend(debian);
    places.into_iter().map(|place| place.join("pg_dump")).find(|tool| tool.is_file()).expect("pg_dump, of the package postgresql-client")
}

fn same(left: &str, right: &str, what: &str) {
    let missing: Vec<&str> = left.lines().filter(|line| !right.contains(line)).take(20).collect();
    let extra: Vec<&str> = right.lines().filter(|line| !left.contains(line)).take(20).collect();
    assert!(left == right, "{what}\nmissing: {missing:#?}\nextra: {extra:#?}");
}

#[test]
fn up_down_up_leaves_the_same_schema() {
    let db = TestDb::empty();
    let mut conn = db.connect();
    let empty = dump(&db);
    setup::migrate(&mut conn).unwrap();
    let first = dump(&db);
    assert!(first.contains("CREATE TABLE public.isp_subscription"));
    setup::revert_all(&mut conn).unwrap();
    same(&empty, &dump(&db), "down leaves something, or takes too much");
    setup::migrate(&mut conn).unwrap();
    same(&first, &dump(&db), "the second up differs from the first");
}

#[test]
fn a_second_run_changes_nothing() {
    let db = TestDb::new();
    let rows = "SELECT (SELECT count(*) FROM ir_model_fields) || ' ' || (SELECT count(*) FROM ir_model_data) AS value";
    let (schema, before) = (dump(&db), db.text(rows));
    setup::migrate(&mut db.connect()).unwrap();
    same(&schema, &dump(&db), "migrating twice");
    assert_eq!(before, db.text(rows));
}
