//! A database born here is what Odoo makes, for the modules that are installed: the same schema, the same metadata.

use std::collections::{BTreeMap, BTreeSet};

use diesel::PgConnection;
use diesel::connection::SimpleConnection;

use super::{is_ours, problems, shape, tables};
use crate::support::database::{TestDb, texts};

fn facts(conn: &mut PgConnection) -> BTreeSet<String> {
    let statements = include_str!("facts.sql").split(";\n").filter(|text| !text.trim().is_empty());
    statements.flat_map(|text| texts(conn, &format!("SELECT value FROM ({text}\n) x (value)"))).collect()
}

/// The dump, as if only the modules of the other database were installed.
fn reduced(born: &mut PgConnection) -> TestDb {
    let odoo = TestDb::odoo();
    let modules = texts(born, "SELECT quote_literal(name) AS value FROM ir_module_module WHERE state = 'installed'").join(", ");
    let rest = format!("UPDATE ir_module_module SET state = 'uninstalled' WHERE name NOT IN ({modules})");
    odoo.connect().batch_execute(&rest).unwrap();
    odoo
}

/// A restored dump writes the same conditions with other casts.
fn plain(line: &str) -> String {
    let mut line = line.to_owned();
    for cast in ["::character varying", "::text[]", "::text", "(", ")"] {
        line = line.replace(cast, "");
    }
    line
}

/// The words of a line of a schema.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_'))
}

/// Whether a line is about a column or a table that only the other database has.
fn is_foreign(line: &str, table: &str, own: &BTreeMap<String, Vec<String>>, other: &BTreeMap<String, Vec<String>>) -> bool {
    let missing = |word: &str| other[table].iter().any(|column| column == word) && !own[table].iter().any(|column| column == word);
    words(line).any(missing)
        || line.split_once("REFERENCES ").and_then(|(_, rest)| words(rest).next()).is_some_and(|to| !own.contains_key(to))
}

#[test]
fn the_schema_is_that_of_the_modules() {
    let born = TestDb::new();
    let mut conn = born.connect();
    let odoo = reduced(&mut conn);
    let (own, other) = (tables(&mut conn), tables(&mut odoo.connect()));
    let lines = |conn: &mut PgConnection| -> BTreeSet<String> {
        let all = shape(conn).into_iter().filter(|line| !line.contains(" at ") && !is_ours(line));
        // The website module made logins unique for each website.
        all.filter(|line| !line.contains("res_users_login_key")).map(|line| plain(&line)).collect()
    };
    let (have, want) = (lines(&mut conn), lines(&mut odoo.connect()));
    let more: Vec<_> = have.difference(&want).collect();
    assert!(more.is_empty(), "{more:#?}");
    let less: Vec<_> = want
        .difference(&have)
        .filter(|line| {
            let table = line.split('.').next().unwrap_or_default();
            own.contains_key(table) && !is_foreign(line, table, &own, &other)
        })
        .collect();
    assert!(less.is_empty(), "{less:#?}");
}

#[test]
fn the_metadata_is_that_of_the_modules() {
    let born = TestDb::new();
    let mut conn = born.connect();
    let odoo = reduced(&mut conn);
    let (have, want) = (facts(&mut conn), facts(&mut odoo.connect()));
    // The provider of the dump turned options on, which are groups that others imply.
    let option = |line: &&String| line.starts_with("group base|group_user|") || line.starts_with("group base|default_user_group|");
    // New databases of ours bill from the activation on; what was adopted goes on as it was.
    let ours = |line: &&String| *line == "parameter isp_billing.first_invoice_on_activation";
    let more: Vec<_> = have.difference(&want).filter(|line| !option(line) && !ours(line)).collect();
    assert!(more.is_empty(), "{more:#?}");
    // What the dump has more of are demo records and models of other modules that ours extend.
    let strict = ["access", "rule", "cron", "sequence", "module", "dependency", "constraint", "relation", "option", "currency", "country"];
    let less: Vec<_> = want.difference(&have).filter(|line| strict.iter().any(|kind| line.starts_with(&format!("{kind} ")))).collect();
    assert!(less.is_empty(), "{less:#?}");
    let wrong: Vec<_> = problems(&born).into_iter().filter(|line| !line.ends_with("rows do not say who or when")).collect();
    assert_eq!(wrong, Vec::<String>::new());
}
