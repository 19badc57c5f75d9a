//! The kernel and the base models in this process: statements follow shapes, not rows, and nobody holds a connection
//! without need.

use std::sync::Arc;

use lastmile_models::base::credentials::{Accept, Credentials};
use lastmile_models::base::{sequences, session};
use lastmile_orm::call::{self, Request};
use lastmile_orm::database::PoolOptions;
use lastmile_orm::slow::Work;
use lastmile_orm::{Database, Domain, Env, Error, Map, Result, Tx, Value, map};

use crate::support::database::TestDb;

const ADMIN: i32 = 2;

/// A database and so many connections to it. Dropped in this order.
fn database(connections: u32) -> (Arc<Database>, TestDb) {
    let test = TestDb::new();
    let options = PoolOptions { size: connections, ..PoolOptions::default() };
    let db = Database::open(test.url(), test.name(), lastmile_models::declarations(), &options).unwrap();
    (db, test)
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
    let (db, _test) = database(2);
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
    let (db, _test) = database(2);
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
    let (db, _test) = database(2);
    let credentials = Credentials::new().unwrap();
    assert_eq!(credentials.authenticate(&db, "admin", "admin", Accept::Password).unwrap(), Some(ADMIN));
    credentials.check(&db, ADMIN, "admin", Accept::PasswordOrKey).unwrap();
    assert_eq!(credentials.authenticate(&db, "admin", "wrong", Accept::Password).unwrap(), None);
    assert_eq!(credentials.authenticate(&db, "nobody at all", "x", Accept::Password).unwrap(), None);
    assert!(matches!(credentials.check(&db, ADMIN, "wrong", Accept::Password), Err(Error::AccessDenied(_))));
    assert!(matches!(credentials.check(&db, 99_999_999, "x", Accept::Password), Err(Error::Missing(_))));
}

#[test]
fn the_web_client_is_told_what_it_needs() {
    let (db, _test) = database(2);
    let info = db.run(ADMIN, Tx::Read, session::session_info).unwrap();
    assert_eq!(info["uid"], Value::Int(2));
    assert_eq!(info["username"], Value::from("admin"));
    assert_eq!(info["is_system"], Value::Bool(true));
    assert!(info["user_companies"].as_map().unwrap().contains_key("allowed_companies"));
}

#[test]
fn slow_work_is_done_without_a_connection_and_the_call_runs_again() {
    // One connection: work that waits for another would wait in vain.
    let (db, _test) = database(1);
    let mut runs = 0;
    let answers = db.run(ADMIN, Tx::Write, |env| {
        runs += 1;
        let made = env.create_one("res.partner", map! { "name" => format!("Run {runs}") })?;
        let work = |name: &'static str| {
            let other = Arc::clone(&db);
            let work: Work = Arc::new(move || other.run(ADMIN, Tx::Read, |env| Ok(env.user().id.to_string() + name)));
            (name.to_owned(), work)
        };
        env.slowly(&[work("a"), work("b")]).map(|answers| (made, answers))
    });
    let (made, answers) = answers.unwrap();
    assert_eq!((answers, runs), (vec!["2a".to_owned(), "2b".to_owned()], 2));
    let kept = db.run(ADMIN, Tx::Read, |env| env.search_all("res.partner", &Domain::is_in("name", vec!["Run 1", "Run 2"]))).unwrap();
    assert_eq!(kept, [made], "the first run left nothing");
    let failed: Result<Vec<String>> = db.run(ADMIN, Tx::Write, |env| {
        let work: Work = Arc::new(|| Err(Error::busy("later")));
        env.slowly(&[("c".to_owned(), work)])
    });
    assert_eq!(failed, Err(Error::busy("later")));
}

#[test]
fn passwords_that_any_call_sets_are_hashed_before_it_stores_them() {
    let (db, _test) = database(1);
    let credentials = Arc::new(Credentials::new().unwrap());
    db.set_port(Arc::clone(&credentials));
    let names = ["a", "b", "c"];
    let users = db.run(ADMIN, Tx::Write, |env| {
        env.create("res.users", names.map(|n| map! { "name" => n, "login" => n, "password" => format!("{n}-Passw0rd") }).to_vec())
    });
    let users = users.unwrap();
    for name in names {
        let found = credentials.authenticate(&db, name, &format!("{name}-Passw0rd"), Accept::Password).unwrap();
        assert!(found.is_some_and(|uid| users.contains(&uid)));
    }
    // In an import, where other errors are told row by row.
    let columns: Vec<Vec<String>> = ["name", "login", "password"].iter().map(|c| vec![(*c).to_owned()]).collect();
    let rows: Vec<Value> = ["d", "e"].map(|n| Value::List(vec![n.into(), n.into(), format!("{n}-Passw0rd").into()])).to_vec();
    let loaded = db.run(ADMIN, Tx::Write, |env| env.load_rows("res.users", &columns, &rows)).unwrap();
    assert_eq!(loaded.ids.map(|ids| ids.len()), Some(2), "{:?}", loaded.messages);
    assert!(credentials.authenticate(&db, "e", "e-Passw0rd", Accept::Password).unwrap().is_some());
    // By the wizard, several at once.
    db.run(ADMIN, Tx::Write, |env| {
        let lines = users.iter().map(|id| map! { "user_id" => *id, "user_login" => "x", "new_passwd" => format!("new-{id}") });
        let lines = lines.map(|line| Value::List(vec![0_i64.into(), 0_i64.into(), Value::Map(line)])).collect();
        let wizard = env.create_one("change.password.wizard", map! { "user_ids" => Value::List(lines) })?;
        let request = Request {
            model: "change.password.wizard".into(),
            method: "change_password_button".into(),
            args: vec![Value::List(vec![Value::from(wizard)])],
            kwargs: Map::new(),
            ids: None,
            by_name: false,
        };
        let prepared = call::prepare(&env.registry(), &env.declared(), request).map_err(|_| Error::user("no such call"))?;
        call::invoke(env, &prepared.method, &prepared.call).map(|_| ())
    })
    .unwrap();
    assert_eq!(credentials.authenticate(&db, "b", &format!("new-{}", users[1]), Accept::Password).unwrap(), Some(users[1]));
}

/// A name mistyped in a declaration would leave a rule without effect: the program does not start.
#[test]
fn declarations_name_what_the_database_has() {
    let test = TestDb::new();
    let open = |change: fn(&mut lastmile_orm::Declarations)| {
        let mut all = lastmile_models::declarations();
        change(&mut all);
        Database::open(test.url(), test.name(), all, &PoolOptions::default()).err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert_eq!(open(|_| ()), "");
    for (change, name) in [
        ((|all| _ = all.model("res.partner").default("nmae", "x")) as fn(&mut lastmile_orm::Declarations), "res.partner.nmae"),
        (|all| _ = all.model("res.partner").constrains(&["emial"], |_, _| Ok(())), "res.partner.emial"),
        (
            |all| _ = all.model("isp.subscription").compute(&["name"], &["plan_id.prise"], |_, _, _| Ok(())),
            "isp.subscription.plan_id.prise",
        ),
        (|all| _ = all.model("isp.subscription").unchecked(&["action_suspned"], "a test"), "isp.subscription.action_suspned()"),
    ] {
        let error = open(change);
        assert!(error.contains(name), "{name}: {error:?}");
    }
}

#[test]
fn others_are_not_spoken_to_inside_a_transaction() {
    let (db, _test) = database(1);
    let inside = db.run(ADMIN, Tx::Write, |env| env.outside(|| ()));
    assert!(inside.is_err_and(|error| error.to_string().contains("inside a transaction")));
    let mut env = db.env(ADMIN, Tx::Detached).unwrap();
    let inside = env.transaction(|env| env.outside(|| ()));
    assert!(inside.is_err());
    // Outside, the only connection is everybody's.
    env.outside(|| db.run(ADMIN, Tx::Read, |env| env.search_count("res.partner", &Domain::True, None)).unwrap()).unwrap();
    assert!(env.search_count("res.partner", &Domain::True, None).unwrap() > 0);
}

/// A claim sees what was committed while it waited for its lock; a transaction of the usual kind would not.
#[test]
fn claims_see_what_is_committed_by_then() {
    let (db, _test) = database(2);
    let count = |env: &mut Env| env.search_count("res.partner", &Domain::True, None);
    let create = || db.run(ADMIN, Tx::Write, |env| env.create_one("res.partner", map! { "name" => "Meanwhile" })).unwrap();
    let mut env = db.env(ADMIN, Tx::Detached).unwrap();
    let seen = env
        .locking(|env| {
            let before = count(env)?;
            create();
            env.invalidate();
            Ok((before, count(env)?))
        })
        .unwrap();
    assert_eq!(seen.1, seen.0 + 1);
    assert!(env.transaction(|env| env.locking(count)).is_err());
}

#[test]
fn what_changed_is_read_anew_and_the_rest_is_not() {
    let (db, _test) = database(2);
    undone(&db, |env| {
        let partner = env.search_all("res.partner", &Domain::eq("is_company", true))?[0];
        let before = env.values("res.partner", "write_date", &[partner])?;
        env.write("res.partner", &[partner], map! { "ref" => "new" })?;
        assert_ne!(env.values("res.partner", "write_date", &[partner])?, before);
        assert_eq!(env.value("res.partner", "write_uid", partner)?, Value::from(ADMIN));

        // Another record's columns stay known.
        let other = env.create_one("res.partner", map! { "name" => "Other" })?;
        env.value("res.partner", "city", partner)?;
        env.write("res.partner", &[other], map! { "city" => "B" })?;
        assert_eq!(counted(env, |env| env.value("res.partner", "city", partner))?, 0);

        // Paths follow a branch that moves.
        let tag = |env: &mut Env, name: &str, parent: Option<i32>| {
            env.create_one("res.partner.category", map! { "name" => name, "parent_id" => parent })
        };
        let (one, two) = (tag(env, "One", None)?, tag(env, "Two", None)?);
        let leaf = tag(env, "Leaf", Some(two))?;
        assert_eq!(env.value("res.partner.category", "parent_path", leaf)?, Value::from(format!("{two}/{leaf}/")));
        env.write("res.partner.category", &[two], map! { "parent_id" => one })?;
        assert_eq!(env.value("res.partner.category", "parent_path", leaf)?, Value::from(format!("{one}/{two}/{leaf}/")));
        Ok(())
    });
}

#[test]
fn look_ups_are_kept_until_what_they_read_changes() {
    /// How often the look-up was made.
    struct Times(u64);
    let (db, _test) = database(2);
    undone(&db, |env| {
        let partner = env.create_one("res.partner", map! { "name" => "Ana" })?;
        let mut made = 0;
        let mut ask = |env: &mut Env, asked: &str| -> Result<u64> {
            let known = env.known(asked, &["res.partner.name", "res.currency"], |_| {
                made += 1;
                Ok(Times(made))
            })?;
            Ok(known.0)
        };
        assert_eq!((ask(env, "a")?, ask(env, "a")?, ask(env, "b")?), (1, 1, 2));
        env.write("res.partner", &[partner], map! { "ref" => "1" })?;
        assert_eq!(ask(env, "a")?, 1, "another field changed");
        env.write("res.partner", &[partner], map! { "name" => "Eva" })?;
        assert_eq!(ask(env, "a")?, 3, "the field changed");
        env.create("res.currency", vec![map! { "name" => "QQQ", "symbol" => "Q" }])?;
        assert_eq!(ask(env, "a")?, 4, "the model has one more");
        let failed: Result<()> = env.savepoint(|env| {
            env.write("res.partner", &[partner], map! { "name" => "Ida" })?;
            ask(env, "a")?;
            Err(Error::user("no"))
        });
        assert!(failed.is_err());
        assert_eq!(ask(env, "a")?, 6, "what was read is undone");
        env.invalidate();
        assert_eq!(ask(env, "a")?, 7, "rows changed behind the kernel's back");
        Ok(())
    });
}
