//! The number of SQL statements of a call depends on what is asked, never on how many rows there are; and their texts are known.

use lastmile_orm::Tx;
use lastmile_orm::value::{Map, Value};

use crate::support::bench::{ADMIN, Bench};
use crate::support::golden;

/// The values of new subscriptions, once what they refer to is there.
fn subscriptions(bench: &Bench) -> impl Fn(usize) -> String {
    let sector = bench.create("isp.sector", r#"{"name": "North", "code": "N"}"#).0[0];
    let plan = bench.create("isp.service_plan", r#"{"name": "Home", "download_mbps": 20, "upload_mbps": 5, "service_type": "pppoe"}"#).0[0];
    let partner = bench.create("res.partner", r#"{"name": "Ana"}"#).0[0];
    move |count| {
        let one = format!(r#"{{"partner_id": {partner}, "plan_id": {plan}, "sector_id": {sector}, "gps_lat": 18.5, "gps_lng": -69.9}}"#);
        format!("[{}]", vec![one; count].join(","))
    }
}

#[test]
fn reading_stored_fields_and_names_is_one_statement() {
    let bench = Bench::new();
    let values = subscriptions(&bench);
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
    let values = subscriptions(&bench);
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
    let values = subscriptions(&bench);
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

/// Calls over five records and over fifty, of models whose records differ in what they need beside their own row.
#[test]
fn lines_links_and_copies_of_many_take_no_more_statements_than_of_few() {
    let bench = Bench::new();
    let (tags, _) = bench.create("res.partner.category", r#"[{"name": "A"}, {"name": "B"}]"#);
    let tag = |n: usize| tags[n % 2];
    let models: [(&str, &dyn Fn(usize) -> String); 4] = [
        ("res.partner", &|n| format!(r#"{{"name": "P{n}", "category_id": [[4, {}]], "child_ids": [[0, 0, {{"name": "C{n}"}}]]}}"#, tag(n))),
        ("res.country.group", &|n| format!(r#"{{"name": "G{n}", "country_ids": [[6, 0, [{}, 7]]]}}"#, n % 5 + 1)),
        ("product.template", &|n| format!(r#"{{"name": "T{n}", "list_price": {n}}}"#)),
        ("account.payment.term", &|n| format!(r#"{{"name": "T{n}"}}"#)),
    ];
    for (model, values) in models {
        let batch = |count: usize| format!("[{}]", (0..count).map(values).collect::<Vec<_>>().join(","));
        bench.create(model, &batch(1));
        let (few, of_few) = bench.create(model, &batch(5));
        let (many, of_many) = bench.create(model, &batch(50));
        assert!(of_many.len() <= of_few.len() + 1, "{model}.create: {} for 5, {} for 50:\n{of_many:#?}", of_few.len(), of_many.len());
        for (method, rest) in [("copy", ""), ("read", ""), ("unlink", "")] {
            let (_, of_few) = bench.call(model, method, &format!("[{few:?}{rest}]"));
            let (_, of_many) = bench.call(model, method, &format!("[{many:?}{rest}]"));
            // A savepoint or a reading of the clock more is no statement by row.
            assert!(of_many.len() <= of_few.len() + 2, "{model}.{method}: {} for 5, {} for 50:\n{of_many:#?}", of_few.len(), of_many.len());
        }
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

#[test]
fn mails_jobs_and_activities_of_many_take_no_more_statements_than_those_of_few() {
    let bench = Bench::new();
    let values = subscriptions(&bench);
    let (few, _) = bench.create("isp.subscription", &values(5));
    let (many, _) = bench.create("isp.subscription", &values(50));
    let people = |count: usize, from: usize| {
        let one = |n: usize| format!(r#"{{"name": "P{n}", "email": "p{n}@example.com", "comment": "<p>x</p>"}}"#);
        format!("[{}]", (from..from + count).map(one).collect::<Vec<_>>().join(","))
    };
    let (pair, _) = bench.create("res.partner", &people(2, 0));
    let (crowd, _) = bench.create("res.partner", &people(40, 2));
    let model: i64 = bench.xmlid("base.model_res_partner");
    let body =
        r#"<p><t t-out=\"object.name\"/> <t t-if=\"object.company_id.name\">x</t> <t t-out=\"object.user_id.partner_id.email\"/></p>"#;
    let template = format!(
        r#"{{"name": "T", "model_id": {model}, "subject": "{{{{ object.name }}}}", "body_html": "{body} <t t-out=\"format_date(object.create_date)\"/>"}}"#
    );
    let template = bench.create("mail.template", &template).0[0];
    let cases = [
        ("isp.subscription", "action_suspend", [few.clone(), many.clone()], String::new()),
        ("isp.subscription", "action_change_plan", [few, many], String::new()),
        ("res.partner", "activity_schedule", [pair.clone(), crowd.clone()], r#", "mail.mail_activity_data_call""#.to_owned()),
        (
            "res.partner",
            "activity_feedback",
            [pair.clone(), crowd.clone()],
            r#", ["mail.mail_activity_data_call"], null, "done""#.to_owned(),
        ),
        ("res.partner", "message_subscribe", [pair.clone(), crowd.clone()], format!(", [{}]", pair[0])),
    ];
    for (model, method, sets, rest) in cases {
        let [of_few, of_many] = sets.map(|ids| bench.call(model, method, &format!("[{ids:?}{rest}]")).1);
        assert!(of_many.len() <= of_few.len(), "{method}: {} for few, {} for many:\n{of_many:#?}", of_few.len(), of_many.len());
    }
    let [of_few, of_many] =
        [&pair, &crowd].map(|ids| bench.call("mail.template", "send_mail_batch", &format!("[[{template}], {ids:?}]")).1);
    assert!(of_many.len() <= of_few.len(), "mails: {} for few, {} for many:\n{of_many:#?}", of_few.len(), of_many.len());
}
