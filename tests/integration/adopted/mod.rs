//! A database that an Odoo server made is taken over as it is, worked on, and stays one that Odoo can open. The dump in
//! `fixtures/adopted/` is a year of a small provider.

mod answers;
mod born;
mod posted;
mod sweep;
mod work;

use std::collections::BTreeMap;

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::support::database::{TestDb, texts};
use crate::support::http;
use crate::support::rpc::{Rpc, WebSession};
use crate::support::server::TestServer;

/// What is wrong with a database.
fn problems(db: &TestDb) -> Vec<String> {
    let mut conn = db.connect();
    let (script, ask) = include_str!("sound.sql").rsplit_once("SELECT").unwrap();
    conn.batch_execute(script).unwrap();
    texts(&mut conn, &format!("SELECT {}", ask.trim_end_matches([';', '\n'])))
}

/// Tables with the columns they have.
fn tables(conn: &mut PgConnection) -> BTreeMap<String, Vec<String>> {
    let query = "SELECT c.relname || ' ' || string_agg(quote_ident(a.attname), ',' ORDER BY a.attname) AS value FROM pg_class c \
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
                 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY 1, c.oid";
    let query = query.replace("GROUP BY 1, c.oid", "GROUP BY c.relname");
    let rows = texts(conn, &query);
    rows.iter()
        .filter_map(|row| row.split_once(' '))
        .map(|(table, columns)| (table.to_owned(), columns.split(',').map(str::to_owned).collect()))
        .collect()
}

/// A sum over the rows of each table, without what Lastmile adds to the metadata (identifiers from 100,000 on).
fn sums(conn: &mut PgConnection, tables: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (table, columns) in tables {
        let columns = columns.join(", ");
        let ours = match table.as_str() {
            "ir_model" | "ir_model_fields" | "ir_model_fields_selection" | "ir_model_access" | "mail_template" => "id < 100000",
            "ir_model_data" => "res_id < 100000 OR model NOT LIKE 'ir.model%' AND model <> 'mail.template'",
            _ => "TRUE",
        };
        let query = format!(
            "SELECT count(*) || ' ' || COALESCE(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS value \
             FROM (SELECT {columns} FROM ONLY \"{table}\" WHERE {ours}) t"
        );
        out.insert(table.clone(), texts(conn, &query).remove(0));
    }
    out
}

/// Columns, constraints, indexes and counters, a line each.
fn shape(conn: &mut PgConnection) -> Vec<String> {
    texts(
        conn,
        "SELECT format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) AS value \
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
         LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') \
         UNION ALL SELECT format('%s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'public'::regnamespace \
         UNION ALL SELECT format('%s.%s', tablename, indexdef) FROM pg_indexes WHERE schemaname = 'public' \
         UNION ALL SELECT format('%s at %s', sequencename, last_value) FROM pg_sequences WHERE schemaname = 'public' AND sequencename <> 'ir_model_data_id_seq' ORDER BY 1",
    )
}

/// What Lastmile adds: tables of its own, and columns of three models.
fn is_ours(line: &str) -> bool {
    const COLUMNS: [&str; 16] = [
        "isp_subscription.suspend_reason",
        "isp_subscription.manual_suspend_only",
        "isp_subscription.promise_to_pay_date",
        "isp_subscription.billing_day",
        "isp_subscription.hotspot_username",
        "isp_subscription.hotspot_password",
        "isp_subscription.online",
        "isp_subscription.last_seen_at",
        "res_partner.isp_vip",
        "isp_mikrotik_router.last_seen_at",
        "isp_mikrotik_router.public_ip",
        "isp_mikrotik_router.serial_number",
        "isp_mikrotik_router.tls_fingerprint",
        "isp_mikrotik_router.suspend_mode",
        "isp_mikrotik_router.paused",
        "isp_mikrotik_router.breaker_until",
    ];
    const TABLES: [&str; 6] = ["isp_billing_run", "isp_dunning_", "isp_router_", "isp_usage_", "lastmile_", "__diesel_schema_migrations"];
    TABLES.iter().any(|table| line.starts_with(table)) || COLUMNS.iter().any(|column| line.split(' ').next() == Some(column))
}

#[test]
fn taking_over_changes_nothing_that_odoo_has() {
    let db = TestDb::odoo();
    let mut conn = db.connect();
    let known = tables(&mut conn);
    let (rows, before) = (sums(&mut conn, &known), shape(&mut conn));
    lastmile::setup::migrate(&mut conn).unwrap();
    let changed: Vec<_> = sums(&mut conn, &known).into_iter().filter(|(table, sum)| rows[table] != *sum).collect();
    assert!(changed.is_empty(), "{changed:?}");
    let after = shape(&mut conn);
    let gone: Vec<_> = before.iter().filter(|line| !after.contains(line)).collect();
    assert!(gone.is_empty(), "{gone:?}");
    let unknown: Vec<_> = after.iter().filter(|line| !before.contains(line) && !is_ours(line)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    // An update of the modules in Odoo must leave alone what it does not know.
    let loose = "SELECT count(*)::text AS value FROM ir_model_data WHERE model LIKE 'ir.model%' AND res_id > 100000 AND NOT noupdate";
    assert_eq!(db.text(loose), "0");
    // A second start finds the work done, and the work can be taken back.
    lastmile::setup::migrate(&mut conn).unwrap();
    assert_eq!(after, shape(&mut conn));
    lastmile::setup::revert_all(&mut conn).unwrap();
    let (mut left, mut first) = (shape(&mut conn), before);
    left.retain(|line| !is_ours(line));
    left.sort();
    first.sort();
    assert_eq!(left, first);
}

/// `0123456789abcdef0123456789abcdef01234567` as Odoo keeps it.
const KEY_HASH: &str =
    "$pbkdf2-sha512$6000$MDEyMzQ1Njc4OWFiY2RlZg$mQIVQSO1DxEJj9X6pRXwT6.PTyPl2MHOyp7/sIJsAch0DJOifBdR0casTON/GFtrR9TuFDhBg5lsVbfsQzqcyw";
const KEY: &str = "0123456789abcdef0123456789abcdef01234567";

#[test]
fn users_log_in_as_before_and_see_what_they_saw() {
    let db = TestDb::odoo();
    let key = format!(
        "INSERT INTO res_users_apikeys (name, user_id, scope, index, key) SELECT 'old', id, 'rpc', '01234567', '{KEY_HASH}' \
         FROM res_users WHERE login = 'demo'"
    );
    db.connect().batch_execute(&key).unwrap();
    let server = TestServer::start(&db);
    let sectors = |user: &str| {
        db.text(&format!(
            "SELECT count(*)::text AS value FROM isp_subscription s JOIN isp_sector_res_users_rel r ON r.isp_sector_id = s.sector_id \
         JOIN res_users u ON u.id = r.res_users_id WHERE u.login = '{user}'"
        ))
    };
    for (login, password) in [("admin", "admin"), ("demo", "demo"), ("portal", "portal"), ("cliente@isp.example", "cliente-Passw0rd")] {
        assert!(Rpc::login(&server, login, password).uid > 0);
        WebSession::open(&server, login, password);
    }
    for role in ["noc", "support", "billing"] {
        let login = format!("{role}@isp.example");
        let user = Rpc::login(&server, &login, &format!("{role}-Passw0rd"));
        let seen: i64 = user.call("isp.subscription", "search_count", json!([[]]));
        assert_eq!(seen.to_string(), sectors(&login), "{login}");
    }
    let customer = Rpc::login(&server, "cliente@isp.example", "cliente-Passw0rd");
    let own: Vec<Value> = customer.call("isp.subscription", "search_read", json!([[], ["partner_id", "x_contract_no"]]));
    assert!(!own.is_empty() && own.iter().all(|row| row["partner_id"] == own[0]["partner_id"]), "{own:?}");
    assert_eq!(Rpc::login(&server, "demo", KEY).uid, Rpc::login(&server, "demo", "demo").uid);
    let bearer = format!("Bearer {KEY}");
    let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
    let answer = http::request(server.address(), "POST", "/json/2/res.users/context_get", &headers, b"{}").unwrap();
    assert_eq!((answer.status, answer.json()["uid"].is_i64()), (200, true), "{}", answer.text());
    assert_eq!(server.failures(), Vec::<String>::new());
}
