//! Custom data: fields and models made over RPC are columns and tables at once.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;
use crate::support::{Ends, wait_for};

fn model_id(rpc: &Rpc, model: &str) -> i64 {
    let ids: Vec<i64> = rpc.call("ir.model", "search", json!([[["model", "=", model]]]));
    ids[0]
}

/// Values of a manual field of partners.
fn field(rpc: &Rpc, name: &str, ttype: &str, more: Value) -> Value {
    let mut values = json!({"model_id": model_id(rpc, "res.partner"), "state": "manual", "name": name, "ttype": ttype,
                            "field_description": format!("The {name}")});
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    values
}

fn new_field(rpc: &Rpc, name: &str, ttype: &str, more: Value) -> i64 {
    rpc.call("ir.model.fields", "create", json!([field(rpc, name, ttype, more)]))
}

/// Columns of a table that have a name of users' own, with their types.
fn columns(db: &TestDb, table: &str) -> String {
    db.text(&format!(
        "SELECT COALESCE(string_agg(attname || ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN '!' ELSE '' END, ', ' \
         ORDER BY attname), '') AS value FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attname LIKE 'x\\_%' AND NOT attisdropped"
    ))
}

/// Keys and indexes of a table about columns of users' own, in PostgreSQL's words.
fn keys(db: &TestDb, table: &str) -> String {
    db.text(&format!(
        "SELECT string_agg(name || ' ' || definition, '; ' ORDER BY name) AS value FROM (\
         SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid = '{table}'::regclass \
         UNION ALL SELECT indexrelid::regclass::text, '' FROM pg_index WHERE indrelid = '{table}'::regclass AND NOT indisprimary) k \
         WHERE name LIKE '%x\\_%'"
    ))
}

/// By the currency among the values, else by the record's; a new row whose currency is computed keeps what it was given.
#[test]
fn amounts_are_rounded_by_their_currency() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    new_field(&rpc, "x_currency_id", "many2one", json!({"relation": "res.currency"}));
    new_field(&rpc, "x_price", "monetary", json!({"currency_field": "x_currency_id"}));
    new_field(&rpc, "x_money", "monetary", json!({}));
    let (yen, franc) = (rpc.reference("base.JPY"), rpc.reference("base.CHF"));
    let values = json!({"name": "Ana", "x_price": 1234.5, "x_currency_id": yen, "x_money": 2.675});
    let partner: i64 = rpc.call("res.partner", "create", json!([values]));
    let amounts = || -> Vec<Value> { rpc.call("res.partner", "read", json!([[partner], ["x_price", "x_money"]])) };
    assert_eq!(amounts()[0], json!({"id": partner, "x_price": 1235.0, "x_money": 2.675}));
    for (written, price, money) in [
        (json!({"x_money": 7.675, "x_price": -0.4}), 0.0, 7.68),
        (json!({"x_price": 10.005, "x_currency_id": franc}), 10.01, 7.68),
        (json!({"x_price": "123456789012.345"}), 123_456_789_012.35, 7.68),
    ] {
        let _: bool = rpc.call("res.partner", "write", json!([[partner], written]));
        assert_eq!(amounts()[0], json!({"id": partner, "x_price": price, "x_money": money}), "{written}");
    }
    let kept = db.text("SELECT x_price::text AS value FROM res_partner WHERE x_price > 0");
    assert_eq!(kept, "123456789012.35");
    for domain in [
        json!([["x_price", "=", 123_456_789_012.35]]),
        json!([["x_price", ">", 1e300]]),
        json!([["x_price", "in", [1, "123456789012.35"]]]),
    ] {
        let count: i64 = rpc.call("res.partner", "search_count", json!([domain]));
        assert_eq!(count, i64::from(!domain.to_string().contains("1e+300")), "{domain}");
    }
}

#[test]
fn each_kind_of_field_is_the_column_that_odoo_makes() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    for kind in ["char", "text", "html", "integer", "float", "boolean", "date", "datetime", "binary", "json"] {
        new_field(&rpc, &format!("x_{kind}"), kind, json!({}));
    }
    new_field(&rpc, "x_code", "char", json!({"size": 8, "index": true}));
    new_field(&rpc, "x_word", "char", json!({"translate": true}));
    new_field(&rpc, "x_currency_id", "many2one", json!({"relation": "res.currency"}));
    new_field(&rpc, "x_money", "monetary", json!({}));
    new_field(&rpc, "x_color", "selection", json!({"selection": "[('red', 'Red'), ('blue', 'Blue')]"}));
    new_field(&rpc, "x_any", "reference", json!({"selection": "[('res.users', 'User')]"}));
    new_field(&rpc, "x_boss_id", "many2one", json!({"relation": "res.partner", "on_delete": "restrict", "index": true}));
    new_field(&rpc, "x_staff_ids", "one2many", json!({"relation": "res.partner", "relation_field": "x_boss_id"}));
    new_field(&rpc, "x_group_ids", "many2many", json!({"relation": "res.groups"}));
    new_field(&rpc, "x_friend_ids", "many2many", json!({"relation": "res.partner"}));
    new_field(&rpc, "x_country_code", "char", json!({"related": "country_id.code"}));
    assert_eq!(
        columns(&db, "res_partner"),
        "x_any character varying, x_boolean boolean, x_boss_id integer, x_char character varying, x_code character varying(8), \
         x_color character varying, x_country_code character varying, x_currency_id integer, x_date date, \
         x_datetime timestamp without time zone, x_float double precision, x_html text, x_integer integer, x_json jsonb, x_money numeric, \
         x_text text, x_word jsonb"
    );
    assert_eq!(
        keys(&db, "res_partner"),
        "res_partner__x_boss_id_index ; res_partner__x_code_index ; \
         res_partner_x_boss_id_fkey FOREIGN KEY (x_boss_id) REFERENCES res_partner(id) ON DELETE RESTRICT; \
         res_partner_x_currency_id_fkey FOREIGN KEY (x_currency_id) REFERENCES res_currency(id) ON DELETE SET NULL"
    );
    assert_eq!(
        keys(&db, "x_res_groups_res_partner_rel"),
        "x_res_groups_res_partner_rel_pkey PRIMARY KEY (res_partner_id, res_groups_id); \
         x_res_groups_res_partner_rel_res_groups_id_fkey FOREIGN KEY (res_groups_id) REFERENCES res_groups(id) ON DELETE CASCADE; \
         x_res_groups_res_partner_rel_res_groups_id_res_partner_id_idx ; \
         x_res_groups_res_partner_rel_res_partner_id_fkey FOREIGN KEY (res_partner_id) REFERENCES res_partner(id) ON DELETE CASCADE"
    );
    assert_eq!(db.text("SELECT count(*)::text AS value FROM pg_attribute WHERE attrelid = 'x_res_partner_res_partner_rel'::regclass AND attname IN ('id1', 'id2')"), "2");
    values_come_back(&rpc);
}

fn values_come_back(rpc: &Rpc) {
    let group = rpc.reference("base.group_user");
    let country = rpc.reference("base.fr");
    let values = json!({"name": "Ana", "x_char": "c", "x_text": "t", "x_html": "<p>h</p>", "x_integer": 3, "x_float": 1.5, "x_boolean": true,
        "x_date": "2024-02-29", "x_datetime": "2024-02-29 10:11:12", "x_binary": "aGk=", "x_code": "12345678", "x_word": "word",
        "x_money": 2.675, "x_color": "blue", "x_any": "res.users,1", "x_boss_id": 1, "x_group_ids": [[6, 0, [group]]],
        "x_friend_ids": [[6, 0, [1]]], "country_id": country});
    let partner: i64 = rpc.call("res.partner", "create", json!([values]));
    let names: Vec<&String> = values.as_object().unwrap().keys().filter(|name| name.starts_with("x_")).collect();
    let mut rows: Vec<Value> = rpc.call("res.partner", "read", json!([[partner], names]));
    let mut want = values.clone();
    for key in ["name", "country_id"] {
        want.as_object_mut().unwrap().remove(key);
    }
    want["id"] = json!(partner);
    want["x_group_ids"] = json!([group]);
    want["x_friend_ids"] = json!([1]);
    want["x_boss_id"] = rows[0]["x_boss_id"].clone();
    assert_eq!(rows.remove(0), want);
    let found: Vec<i64> = rpc.call("res.partner", "search", json!([[["x_country_code", "=", "FR"], ["x_color", "in", ["blue"]]]]));
    assert_eq!(found, [partner]);
    let boss: Vec<Value> = rpc.call("res.partner", "read", json!([[1], ["x_staff_ids"]]));
    assert_eq!(boss[0]["x_staff_ids"], json!([partner]));
    // Users inherit partners: the field is theirs too.
    let fields: Value = rpc.call("res.users", "fields_get", json!([["x_color"]]));
    assert_eq!(fields["x_color"]["selection"], json!([["red", "Red"], ["blue", "Blue"]]));
}

#[test]
fn a_field_changes_and_goes_with_its_row() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    let partner: i64 = rpc.call("res.partner", "create", json!([{"name": "Ana"}]));
    let color = new_field(&rpc, "x_color", "selection", json!({"selection": "[('red', 'Red'), ('blue', 'Blue')]"}));
    let link = new_field(&rpc, "x_group_ids", "many2many", json!({"relation": "res.groups"}));
    let set = |values: Value| rpc.call::<bool>("res.partner", "write", json!([[partner], values]));
    let get = |name: &str| rpc.call::<Vec<Value>>("res.partner", "read", json!([[partner], [name]]))[0][name].clone();
    let change = |values: Value| rpc.call::<bool>("ir.model.fields", "write", json!([[color], values]));
    set(json!({"x_color": "blue"}));
    change(json!({"selection": "[('red', 'Red'), ('green', 'Green')]"}));
    assert_eq!(get("x_color"), json!(false), "an option that goes is emptied");
    assert_eq!(
        rpc.try_call("res.partner", "write", json!([[partner], {"x_color": "blue"}]), json!({})).unwrap_err().name,
        "builtins.ValueError"
    );
    set(json!({"x_color": "green"}));
    change(json!({"field_description": "Colour", "name": "x_colour", "index": true}));
    assert_eq!(get("x_colour"), json!("green"));
    assert!(keys(&db, "res_partner").contains("res_partner__x_colour_index"));
    let comment = "SELECT col_description('res_partner'::regclass, attnum) AS value FROM pg_attribute \
                   WHERE attrelid = 'res_partner'::regclass AND attname = 'x_colour'";
    assert_eq!(db.text(comment), "Colour");
    // NOT NULL waits until no row is empty.
    change(json!({"required": true}));
    assert!(!columns(&db, "res_partner").contains('!'));
    db.connect().batch_execute("UPDATE res_partner SET x_colour = 'red' WHERE x_colour IS NULL").unwrap();
    change(json!({"required": false}));
    change(json!({"required": true}));
    assert!(columns(&db, "res_partner").contains("x_colour character varying!"));
    let missing = rpc.try_call("res.partner", "create", json!([{"name": "Eva"}]), json!({})).unwrap_err();
    assert_eq!(missing.name, "odoo.exceptions.ValidationError", "{missing}");
    let _: bool = rpc.call("ir.model.fields", "unlink", json!([[color, link]]));
    assert_eq!(columns(&db, "res_partner"), "");
    assert_eq!(db.text("SELECT COALESCE(to_regclass('x_res_groups_res_partner_rel')::text, 'gone') AS value"), "gone");
    assert_eq!(rpc.try_call("res.partner", "read", json!([[partner], ["x_colour"]]), json!({})).unwrap_err().name, "builtins.ValueError");
}

#[test]
fn what_is_refused_leaves_nothing() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    new_field(&rpc, "x_there", "char", json!({}));
    let state = || {
        db.text(
            "SELECT (SELECT count(*) FROM ir_model_fields) || ' ' || (SELECT count(*) FROM ir_model) || ' ' || \
             (SELECT count(*) FROM pg_attribute) || ' ' || (SELECT count(*) FROM pg_class) AS value",
        )
    };
    let before = state();
    let (validation, user) = ("odoo.exceptions.ValidationError", "odoo.exceptions.UserError");
    for (name, ttype, more, class) in [
        ("there", "char", json!({}), validation),
        ("x_with space", "char", json!({}), validation),
        ("x_quote\"; DROP TABLE res_partner; --", "char", json!({}), validation),
        (&*format!("x_{}", "a".repeat(70)), "char", json!({}), validation),
        ("x_there", "char", json!({}), validation),
        ("x_a", "nonsense", json!({}), "builtins.ValueError"),
        ("x_a", "many2one", json!({}), validation),
        ("x_a", "many2one", json!({"relation": "no.such"}), user),
        ("x_a", "many2one", json!({"relation": "res.users", "required": true}), validation),
        ("x_a", "one2many", json!({"relation": "res.users", "relation_field": "name"}), user),
        ("x_a", "many2many", json!({"relation": "res.users", "relation_table": "no table"}), validation),
        ("x_a", "char", json!({"related": "country_id.nothing"}), validation),
        ("x_a", "integer", json!({"related": "country_id.code"}), validation),
        ("x_a", "selection", json!({"selection": "[('a'"}), validation),
        ("x_a", "char", json!({"compute": "self.write({})"}), user),
    ] {
        let error = rpc.try_call("ir.model.fields", "create", json!([field(&rpc, name, ttype, more)]), json!({})).unwrap_err();
        assert_eq!(error.name, class, "{name} {ttype}: {error}");
    }
    let line = json!([0, 0, {"name": "x_a", "ttype": "many2one", "relation": "no.such", "field_description": "A"}]);
    for (values, class) in [
        (json!({"name": "Tower", "model": "tower"}), validation),
        (json!({"name": "Tower", "model": "x_Tower"}), validation),
        (json!({"name": "Tower", "model": "x_tower", "order": "x_nothing"}), validation),
        (json!({"name": "Tower", "model": "x_tower", "field_id": [line]}), user),
    ] {
        let error = rpc.try_call("ir.model", "create", json!([values]), json!({})).unwrap_err();
        assert_eq!(error.name, class, "{values}: {error}");
    }
    assert_eq!(before, state());
}

#[test]
fn a_manual_model_is_a_table_under_access_rights() {
    let db = TestDb::new();
    let (first, second) = (TestServer::start(&db), TestServer::start(&db));
    let (rpc, other) = (first.admin(), second.admin());
    let lines = json!([[0, 0, {"name": "x_name", "ttype": "char", "field_description": "Name"}],
                       [0, 0, {"name": "x_height", "ttype": "float", "field_description": "Height"}]]);
    let tower: i64 = rpc.call("ir.model", "create", json!([{"name": "Tower", "model": "x_tower", "field_id": lines}]));
    let refused = rpc.try_call("x_tower", "search", json!([[]]), json!({})).unwrap_err();
    assert_eq!(refused.name, "odoo.exceptions.AccessError");
    let rights =
        json!([{"name": "towers", "model_id": tower, "perm_read": true, "perm_write": true, "perm_create": true, "perm_unlink": true}]);
    let _: i64 = rpc.call("ir.model.access", "create", rights);
    let id: i64 = rpc.call("x_tower", "create", json!([{"x_name": "North", "x_height": 30.5}]));
    let rows = wait_for("the model in the other process", Duration::from_secs(2), || {
        other.try_call("x_tower", "search_read", json!([[["x_height", ">", 30]], ["display_name", "x_height"]]), json!({})).ok()
    });
    assert_eq!(rows, json!([{"id": id, "display_name": "North", "x_height": 30.5}]));
    new_field(&rpc, "x_tower_id", "many2one", json!({"relation": "x_tower"}));
    let partner: i64 = rpc.call("res.partner", "create", json!([{"name": "Ana", "x_tower_id": id}]));
    let rows: Vec<Value> = rpc.call("res.partner", "read", json!([[partner], ["x_tower_id"]]));
    assert_eq!(rows[0]["x_tower_id"], json!([id, "North"]));
    around_a_model(&rpc, id);
    let _: bool = rpc.call("ir.model", "unlink", json!([[tower]]));
    let traces = "SELECT (SELECT count(*) FROM ir_ui_view WHERE model = 'x_tower') + (SELECT count(*) FROM ir_model_data WHERE model = 'x_tower') + \
                  (SELECT count(*) FROM ir_attachment WHERE res_model = 'x_tower') || '' AS value";
    assert_eq!(db.text(traces), "0");
    assert_eq!(db.text("SELECT COALESCE(to_regclass('x_tower')::text, 'gone') AS value"), "gone");
    assert_eq!(columns(&db, "res_partner"), "", "fields that lead to the model go with it");
}

/// Views, defaults and files of a manual model.
fn around_a_model(rpc: &Rpc, id: i64) {
    let class = |model: &str, method: &str, args: Value| rpc.try_call(model, method, args, json!({})).unwrap_err().name;
    let arch = "<list><field name=\"x_name\"/><field name=\"x_height\"/></list>";
    let view: i64 = rpc.call("ir.ui.view", "create", json!([{"model": "x_tower", "arch": arch}]));
    let rows: Vec<Value> = rpc.call("ir.ui.view", "read", json!([[view], ["name", "type", "mode", "arch"]]));
    assert_eq!(rows[0], json!({"id": view, "name": "x_tower list", "type": "list", "mode": "primary", "arch": arch}));
    let served: Value = rpc.call("x_tower", "get_views", json!([[[false, "list"]]]));
    assert_eq!((&served["views"]["list"]["arch"], &served["views"]["list"]["id"]), (&json!(arch), &json!(view)));
    for bad in [
        json!({"model": "x_tower", "arch": "<list>"}),
        json!({"model": "x_tower", "arch": "<list><field name='x_no'/></list>"}),
        json!({"model": "x_tower"}),
        json!({"model": "x_no", "arch": "<list/>"}),
    ] {
        assert_eq!(class("ir.ui.view", "create", json!([bad])), "odoo.exceptions.ValidationError", "{bad}");
    }
    let height: Vec<i64> = rpc.call("ir.model.fields", "search", json!([[["model", "=", "x_tower"], ["name", "=", "x_height"]]]));
    assert_eq!(class("ir.model.fields", "unlink", json!([height])), "odoo.exceptions.UserError");
    assert!(rpc.call::<bool>("ir.default", "set", json!(["x_tower", "x_height", 12.5])));
    let defaults: Value = rpc.call("x_tower", "default_get", json!([["x_height", "x_name"]]));
    assert_eq!(defaults, json!({"x_height": 12.5}));
    for bad in [json!(["x_tower", "x_no", 1]), json!(["x_tower", "x_height", "much"]), json!(["x_no", "x_height", 1])] {
        assert_eq!(class("ir.default", "set", bad.clone()), "odoo.exceptions.ValidationError", "{bad}");
    }
    let _: i64 = rpc.call("ir.attachment", "create", json!([{"name": "a", "datas": "aGk=", "res_model": "x_tower", "res_id": id}]));
    let _: Value = rpc.call("x_tower", "export_data", json!([[id], ["id"]]));
}

/// A column comes and goes, each time of another type, under readers and writers of two processes.
#[test]
fn prepared_statements_survive_a_field_that_changes_its_type() {
    let db = TestDb::new();
    let servers = [TestServer::start(&db), TestServer::start(&db)];
    let rpc = servers[0].admin();
    let (stop, served) = (AtomicBool::new(false), AtomicU32::new(0));
    std::thread::scope(|scope| {
        for n in 0..4 {
            let user = servers[n % 2].admin();
            // Each writer has a record of its own: only the schema is what they meet in.
            let own: i64 = rpc.call("res.partner", "create", json!([{"name": "Eva"}]));
            let (stop, served) = (&stop, &served);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let got = if n < 2 {
                        user.try_call("res.partner", "search_read", json!([[["id", "=", own]], ["name", "x_shape"]]), json!({}))
                    } else {
                        user.try_call("res.partner", "write", json!([[own], {"x_shape": "7"}]), json!({}))
                    };
                    match got {
                        Ok(_) => served.fetch_add(1, Ordering::Relaxed),
                        Err(error) => {
                            assert_eq!(error.name, "builtins.ValueError", "{error}");
                            assert!(error.message.contains("x_shape"), "{error}");
                            0
                        }
                    };
                }
            });
        }
        let _ends = Ends(&stop);
        for round in 0..4 {
            let kind = ["char", "integer", "text", "float"][round % 4];
            let made = new_field(&rpc, "x_shape", kind, json!({}));
            let before = served.load(Ordering::Relaxed);
            wait_for("calls with the new field", Duration::from_secs(10), || (served.load(Ordering::Relaxed) > before + 4).then_some(()));
            let _: bool = rpc.call("ir.model.fields", "unlink", json!([[made]]));
        }
    });
}
