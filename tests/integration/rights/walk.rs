//! The walk: every declared method on records × every role × a record that the role cannot find. Methods come from the
//! declarations, so that a new one is walked by itself.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use lastmile_orm::Value as Orm;
use lastmile_orm::call::Param;
use lastmile_orm::declare::{Method, ModelDecl};
use serde_json::{Value, json};

use super::{MARK, Role, roles, server};
use crate::support::database::TestDb;
use crate::support::rpc::Rpc;

/// A record full of markers.
struct Hidden {
    model: &'static str,
    table: &'static str,
    id: i64,
    /// A field that holds the marker.
    field: &'static str,
}

/// Records of models that hold what others must not see, with the marker in the named columns.
fn hidden_records(db: &TestDb, admin: &Rpc) -> Vec<Hidden> {
    let partner: i64 = admin.call("res.partner", "create", json!([{"name": "Somebody", "email": "somebody@example.com"}]));
    let sector: i64 = admin.call("isp.sector", "create", json!([{"name": "Far", "code": "FAR"}]));
    let plan: i64 =
        admin.call("isp.service_plan", "create", json!([{"name": "P", "download_mbps": 1, "upload_mbps": 1, "price_monthly": 1.0}]));
    let device: i64 =
        admin.call("isp.device", "create", json!([{"name": "R", "device_type": "mikrotik", "sector_id": sector, "mgmt_ip": "10.9.9.9"}]));
    let router: i64 = admin.call("isp.mikrotik.router", "create", json!([{"device_id": device, "api_user": "noc"}]));
    let service = json!({"partner_id": partner, "plan_id": plan, "sector_id": sector, "router_id": router, "gps_lat": 1.0, "gps_lng": 1.0});
    let subscription: i64 = admin.call("isp.subscription", "create", json!([service]));
    let ticket: i64 =
        admin.call("isp.fault.ticket", "create", json!([{"partner_id": partner, "subscription_id": subscription, "description": "x"}]));
    let parameter: i64 = admin.call("ir.config_parameter", "create", json!([{"key": "test.secret", "value": "x"}]));
    let file: i64 =
        admin.call("ir.attachment", "create", json!([{"name": "x", "raw": "x", "res_model": "isp.fault.ticket", "res_id": ticket}]));
    let mail: i64 = admin.call("mail.mail", "create", json!([{"subject": "x", "body_html": "x", "email_to": "x@example.com"}]));
    let smtp: i64 = admin.call("ir.mail_server", "create", json!([{"name": "x", "smtp_host": "127.0.0.1"}]));
    let note = admin.call_kw::<Vec<i64>>("isp.fault.ticket", "message_post", json!([[ticket]]), json!({"body": "x"}))[0];
    let all = [
        ("res.partner", "res_partner", partner, "comment", &["name", "comment", "street", "vat"][..]),
        ("isp.subscription", "isp_subscription", subscription, "pppoe_password", &["pppoe_username", "pppoe_password", "name"]),
        ("isp.mikrotik.router", "isp_mikrotik_router", router, "api_user", &["api_user", "serial_number"]),
        ("isp.device", "isp_device", device, "name", &["name"]),
        ("isp.fault.ticket", "isp_fault_ticket", ticket, "description", &["description", "name"]),
        ("ir.config_parameter", "ir_config_parameter", parameter, "value", &["key", "value"]),
        ("ir.attachment", "ir_attachment", file, "name", &["name", "description", "index_content"]),
        ("mail.mail", "mail_mail", mail, "email_to", &["email_to", "body_html"]),
        ("ir.mail_server", "ir_mail_server", smtp, "smtp_pass", &["name", "smtp_user", "smtp_pass"]),
        ("mail.message", "mail_message", note, "subject", &["subject", "body"]),
    ];
    all.into_iter()
        .map(|(model, table, id, field, columns)| {
            for column in columns {
                // Columns of translated texts are JSON.
                let sql = format!(
                    "DO $$ BEGIN IF (SELECT data_type FROM information_schema.columns WHERE table_name = '{table}' AND column_name = '{column}') = 'jsonb' \
                     THEN EXECUTE 'UPDATE {table} SET {column} = jsonb_build_object(''en_US'', ''{MARK}'') WHERE id = {id}'; \
                     ELSE UPDATE {table} SET {column} = '{MARK}' WHERE id = {id}; END IF; END $$"
                );
                db.connect().batch_execute(&sql).unwrap_or_else(|error| panic!("{table}.{column}: {error}"));
            }
            Hidden { model, table, id, field }
        })
        .collect()
}

/// Models that hold nothing of anybody: figures only.
const FIGURES: [&str; 1] = ["isp.dashboard"];

/// A record of each other model of the suite that declares methods on records, made of the columns it must have, with the
/// marker in every text: a new model is walked by itself.
fn records_of_the_suite(db: &TestDb, known: &[Hidden]) -> Vec<Hidden> {
    let declared = lastmile_models::declarations();
    let mut models: Vec<&'static str> = declared
        .models
        .iter()
        .filter(|(model, decl)| model.starts_with("isp.") && own(Some(decl)).next().is_some())
        .map(|(model, _)| *model)
        .filter(|model| !FIGURES.contains(model) && known.iter().all(|record| record.model != *model))
        .collect();
    models.sort_unstable();
    models.into_iter().filter_map(|model| marked(db, model)).collect()
}

/// A row of a model's table with the marker in its texts; none when the model has no table.
fn marked(db: &TestDb, model: &'static str) -> Option<Hidden> {
    let table: &'static str = Box::leak(model.replace('.', "_").into_boxed_str());
    if db.text(&format!("SELECT (to_regclass('{table}') IS NOT NULL)::text AS value")) != "true" {
        return None;
    }
    let sql = format!(
        "DO $$ DECLARE c record; names text := 'create_uid'; vals text := '1'; made int; \
         BEGIN FOR c IN SELECT a.attname AS name, a.attnotnull AS must, format_type(a.atttypid, NULL) AS kind, \
           (SELECT confrelid::regclass::text FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = a.attrelid AND k.conkey = ARRAY[a.attnum]) AS target \
           FROM pg_attribute a WHERE a.attrelid = '{table}'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> ALL('{{id,create_uid,write_uid}}') \
         LOOP \
           IF c.kind IN ('character varying', 'text') OR (c.must OR c.name IN ('partner_id', 'sector_id', 'subscription_id')) AND c.target IS DISTINCT FROM '{table}' THEN \
             names := names || ', ' || quote_ident(c.name); \
             vals := vals || ', ' || CASE WHEN c.kind IN ('character varying', 'text') THEN quote_literal('{MARK}') \
               WHEN c.target IS NOT NULL THEN '(SELECT max(id) FROM ' || c.target || ')' \
               WHEN c.kind = 'jsonb' THEN quote_literal('{{\"en_US\": \"{MARK}\"}}') WHEN c.kind = 'boolean' THEN 'FALSE' \
               WHEN c.kind LIKE 'timestamp%' OR c.kind = 'date' THEN 'now()' ELSE '1' END; \
           END IF; END LOOP; \
         EXECUTE 'INSERT INTO {table} (' || names || ') VALUES (' || vals || ') RETURNING id' INTO made; END $$"
    );
    db.connect().batch_execute(&sql).unwrap_or_else(|error| panic!("{table}: {error}"));
    let id = db.text(&format!("SELECT max(id)::text AS value FROM {table}")).parse().ok()?;
    let text = format!(
        "SELECT attname::text AS value FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped \
         AND atttypid IN ('varchar'::regtype, 'text'::regtype) ORDER BY attnum LIMIT 1"
    );
    Some(Hidden { model, table, id, field: Box::leak(db.text(&text).into_boxed_str()) })
}

/// What a client would give for a parameter.
fn argument(param: &Param, field: &str) -> Value {
    match param.name.as_str() {
        "fields" | "fnames" => json!([field]),
        "fields_to_export" => json!([[field], ["id"]]),
        "specification" | "fields_spec" => json!({field: {}, "display_name": {}}),
        "field_name" | "field_names" => json!(field),
        "vals" | "values" | "default" => json!({}),
        "operation" => json!("read"),
        "group_ext_id" | "group_spec" => json!("base.group_user"),
        "options" => json!({}),
        _ => match &param.default {
            Some(default) => serde_json::Value::from(default),
            None => serde_json::Value::from(&Orm::None),
        },
    }
}

fn own(decl: Option<&ModelDecl>) -> impl Iterator<Item = &Method> {
    decl.into_iter().flat_map(|decl| decl.methods.values()).filter(|method| method.record)
}

#[test]
fn no_method_tells_of_a_record_that_its_caller_cannot_find() {
    let (db, server, admin) = server();
    let mut hidden = hidden_records(&db, &admin);
    hidden.extend(records_of_the_suite(&db, &hidden));
    let roles = roles(&server, &admin);
    let declared = lastmile_models::declarations();
    let (mut calls, mut leaks, mut others, mut pairs) = (0, Vec::new(), Vec::new(), BTreeMap::<&str, usize>::new());
    for record in &hidden {
        let chatter = db.text(&format!("SELECT is_mail_thread::text AS value FROM ir_model WHERE model = '{}'", record.model)) == "true";
        let thread = Some(&declared.thread).filter(|_| chatter);
        let mut methods: Vec<&Method> = own(declared.get(record.model)).chain(own(thread)).chain(own(Some(&declared.any))).collect();
        methods.sort_by_key(|method| method.name);
        methods.dedup_by_key(|method| method.name);
        for Role { name, rpc } in &roles {
            // An archived record that may be read is not hidden.
            let (asked, all) = (json!([[["id", "=", record.id]]]), json!({"context": {"active_test": false}}));
            if rpc.try_call(record.model, "search", asked, all).is_ok_and(|found| found != json!([])) {
                continue;
            }
            *pairs.entry(record.table).or_default() += 1;
            for method in &methods {
                let mut args = vec![json!([record.id])];
                args.extend(method.params.iter().filter(|param| !param.rest).map(|param| argument(param, record.field)));
                calls += 1;
                let outcome = rpc.try_call(record.model, method.name, Value::Array(args), json!({}));
                // Methods that do not check by themselves are refused before they run, always alike.
                if method.unchecked.is_none() && !outcome.as_ref().is_err_and(|error| error.name == "odoo.exceptions.AccessError") {
                    others.push(format!("{name}: {}.{}: {outcome:?}", record.model, method.name));
                }
                let told = match outcome {
                    Ok(answer) => answer.to_string(),
                    Err(error) => error.message,
                };
                if told.contains(MARK) {
                    leaks.push(format!("{name}: {}.{}: {}", record.model, method.name, told.chars().take(200).collect::<String>()));
                }
            }
        }
    }
    println!("{calls} calls over {pairs:?}");
    assert!(hidden.iter().all(|record| pairs.contains_key(record.table) || record.model == "res.partner"), "{pairs:?}");
    assert!(calls > 500, "{calls}");
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    assert!(others.is_empty(), "{}", others.join("\n"));
}
