//! Base models behave as clients know them: tables of calls and what they end in.

use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;

const VALIDATION: &str = "odoo.exceptions.ValidationError";
const USER: &str = "odoo.exceptions.UserError";
const ACCESS: &str = "odoo.exceptions.AccessError";

/// Each call, and the class of the error it ends in.
fn refused(rpc: &Rpc, calls: &[(&str, &str, Value, &str)]) {
    for (model, method, args, error) in calls {
        let outcome = rpc.try_call(model, method, args.clone(), json!({}));
        assert_eq!(outcome.map_err(|e| e.name), Err((*error).to_owned()), "{model}.{method}{args}");
    }
}

fn employee(admin: &Rpc, server: &TestServer, login: &str) -> Rpc {
    let values = json!([{"name": login, "login": login, "password": "Pw-1-long"}]);
    let _: i64 = admin.call_kw("res.users", "create", values, json!({"context": {"no_reset_password": true}}));
    Rpc::login(server, login, "Pw-1-long")
}

#[test]
fn what_the_system_stands_on_is_kept() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let lang: Vec<i64> = admin.call("res.lang", "search", json!([[["code", "=", "en_US"]]]));
    let usd: Vec<i64> = admin.call("res.currency", "search", json!([[["name", "=", "USD"]]]));
    let secret: Vec<i64> = admin.call("ir.config_parameter", "search", json!([[["key", "=", "database.secret"]]]));
    let sectors: Vec<i64> = admin.call("ir.model", "search", json!([[["model", "=", "isp.sector"]]]));
    let rules: Vec<i64> = admin.call("ir.model", "search", json!([[["model", "=", "ir.rule"]]]));
    let rule = |domain: &str| json!([{"name": "r", "model_id": sectors[0], "domain_force": domain}]);
    refused(
        &admin,
        &[
            ("res.users", "unlink", json!([[admin.uid]]), USER),
            ("res.company", "copy", json!([[1]]), USER),
            ("res.company", "write", json!([[1], {"parent_id": false}]), USER),
            ("res.lang", "write", json!([lang, {"active": false}]), USER),
            ("res.lang", "write", json!([lang, {"code": "zz"}]), USER),
            ("res.lang", "unlink", json!([lang]), USER),
            ("res.currency", "write", json!([usd, {"active": false}]), USER),
            ("ir.config_parameter", "write", json!([secret, {"key": "x"}]), VALIDATION),
            ("ir.config_parameter", "unlink", json!([secret]), VALIDATION),
            ("ir.rule", "create", json!([{"name": "r", "model_id": rules[0], "domain_force": "[]"}]), VALIDATION),
            ("ir.rule", "create", rule("[('nosuch', '=', 1)]"), VALIDATION),
            ("ir.rule", "create", rule("[('name', '=', unknown)]"), VALIDATION),
            ("ir.rule", "create", rule("['|', ('name', '=', 'x')]"), VALIDATION),
            ("ir.default", "set", json!(["res.partner", "nosuch", 1]), VALIDATION),
            ("ir.default", "set", json!(["res.partner", "color", "red"]), VALIDATION),
            ("res.country", "write", json!([[75], {"address_format": "%(moon)s"}]), USER),
            ("res.partner", "find_or_create", json!([""]), "builtins.ValueError"),
            ("ir.model.access", "check", json!(["res.partner", "dance"]), "builtins.AssertionError"),
        ],
    );
}

#[test]
fn contacts_are_called_as_screens_ask() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let company: i64 = admin.call("res.partner", "create", json!([{"name": "Co", "is_company": true, "street": "Main 1", "vat": "V1"}]));
    let contact: i64 = admin.call("res.partner", "create", json!([{"name": "Ann", "parent_id": company, "email": "a@x.example"}]));
    for (key, name) in [
        ("show_address", "Co, Ann\nMain 1"),
        ("show_email", "Co, Ann <a@x.example>"),
        ("show_vat", "Co, Ann - V1"),
        ("formatted_display_name", "Co \t --Ann--"),
    ] {
        let context = json!({"context": {key: true}});
        let rows: Vec<Value> = admin.call_kw("res.partner", "read", json!([[contact], ["display_name"]]), context.clone());
        assert_eq!(rows[0]["display_name"], name, "{key}");
        let pairs: Value = admin.call_kw("res.partner", "name_search", json!(["Ann"]), context.clone());
        assert_eq!(pairs, json!([[contact, name]]), "{key}");
        let commercial: Vec<Value> = admin.call_kw("res.partner", "read", json!([[contact], ["parent_id"]]), context);
        assert!(commercial[0]["parent_id"][1].as_str().unwrap().starts_with("Co"), "{key}");
    }
    let found: Value = admin.call("res.partner", "find_or_create", json!(["Somebody <A@x.example>"]));
    assert_eq!(found, json!([contact]));
    let spec = json!({"street": {}, "is_company": {}});
    let change: Value = admin.call("res.partner", "onchange", json!([[], {"parent_id": company}, ["parent_id"], spec]));
    assert_eq!(change["value"], json!({"street": "Main 1"}));
}

#[test]
fn drafts_of_computed_fields_come_to_an_end() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    for (model, field) in [("res.users.apikeys.description", "expiration_date"), ("res.users", "notification_type")] {
        let spec = json!({ field: {} });
        let change: Value = admin.call(model, "onchange", json!([[], {}, [], spec]));
        assert!(change["value"].as_object().unwrap().contains_key(field), "{model}: {change}");
    }
}

#[test]
fn texts_are_translated_field_by_field() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let french: Vec<i64> = admin.call("res.lang", "search", json!([[["code", "=", "fr_FR"], ["active", "=", false]]]));
    let _: Value = admin.call("res.lang", "write", json!([french, {"active": true}]));
    let tag: i64 = admin.call("res.partner.category", "create", json!([{"name": "Chair"}]));
    let texts = json!([[tag], "name", {"fr_FR": "Chaise", "en_US": "Seat"}]);
    assert!(admin.call::<bool>("res.partner.category", "update_field_translations", texts));
    let shown: Value = admin.call("res.partner.category", "get_field_translations", json!([[tag], "name", ["fr_FR"]]));
    let context = json!({"translation_type": "char", "translation_show_source": false});
    assert_eq!(shown, json!([[{"lang": "fr_FR", "source": "Seat", "value": "Chaise"}], context]));
    let _: bool = admin.call("res.partner.category", "update_field_translations", json!([[tag], "name", {"fr_FR": false}]));
    let rows: Vec<Value> = admin.call_kw("res.partner.category", "read", json!([[tag], ["name"]]), json!({"context": {"lang": "fr_FR"}}));
    assert_eq!(rows[0]["name"], "Seat");
    let product: i64 = admin.call("product.template", "create", json!([{"name": "Router", "description": "<p>Seat</p>"}]));
    let html = json!([[product], "description", {"fr_FR": "<p onclick=\"x()\">Chaise<script>x()</script></p>"}]);
    assert!(admin.call::<bool>("product.template", "update_field_translations", html));
    let stored = db.text("SELECT description ->> 'fr_FR' AS value FROM product_template WHERE description ? 'fr_FR'");
    assert!(stored.contains("Chaise") && !stored.contains("script") && !stored.contains("onclick"), "{stored}");
    let unknown = json!([[tag], "name", {"xx_XX": "a"}]);
    refused(&admin, &[("res.partner.category", "update_field_translations", unknown, USER)]);
}

#[test]
fn copies_do_not_show_what_a_read_hides() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let group = admin.reference("isp_core.group_isp_admin");
    admin.call::<bool>("res.users", "write", json!([[admin.uid], {"group_ids": [[4, group]]}]));
    let sector: i64 = admin.call("isp.sector", "create", json!([{"name": "North", "code": "N"}]));
    let plan = json!([{"name": "Home", "download_mbps": 20, "upload_mbps": 5, "service_type": "pppoe"}]);
    let plan: i64 = admin.call("isp.service_plan", "create", plan);
    let partner: i64 = admin.call("res.partner", "create", json!([{"name": "Ana"}]));
    let values = json!([{"partner_id": partner, "plan_id": plan, "sector_id": sector, "gps_lat": 1.5, "gps_lng": 1.5}]);
    let sub: i64 = admin.call("isp.subscription", "create", values);
    let eva = employee(&admin, &server, "eva");
    let group = admin.reference("isp_core.group_isp_support");
    admin.call::<bool>("res.users", "write", json!([[eva.uid], {"group_ids": [[4, group]], "isp_sector_ids": [[4, sector]]}]));
    let seen: Vec<Value> = eva.call("isp.subscription", "read", json!([[sub]]));
    assert!(seen[0].get("state").is_some() && seen[0].get("pppoe_password").is_none(), "{seen:?}");
    refused(
        &eva,
        &[
            ("isp.subscription", "read", json!([[sub], ["pppoe_password"]]), ACCESS),
            ("isp.subscription", "copy_data", json!([[sub]]), ACCESS),
            ("isp.subscription", "onchange", json!([[sub], {}, [], {"pppoe_password": {}}]), ACCESS),
        ],
    );
}

#[test]
fn files_of_hidden_records_are_hidden_on_every_path() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let eva = employee(&admin, &server, "eva");
    let file: i64 = admin.call("ir.attachment", "create", json!([{"name": "plans", "datas": "c2VjcmV0"}]));
    let spec = json!({"name": {}, "datas": {}});
    refused(
        &eva,
        &[
            ("ir.attachment", "read", json!([[file], ["datas"]]), ACCESS),
            ("ir.attachment", "web_read", json!([[file], spec]), ACCESS),
            ("ir.attachment", "copy", json!([[file]]), ACCESS),
            ("ir.attachment", "copy_data", json!([[file]]), ACCESS),
            ("ir.attachment", "write", json!([[file], {"name": "x"}]), ACCESS),
            ("ir.attachment", "web_save", json!([[file], {"name": "x"}, spec]), ACCESS),
            ("ir.attachment", "onchange", json!([[file], {}, [], spec]), ACCESS),
            ("ir.attachment", "get_metadata", json!([[file]]), ACCESS),
            ("ir.attachment", "unlink", json!([[file]]), ACCESS),
        ],
    );
    let named = json!([["name", "=", "plans"]]);
    for (method, args, nothing) in [
        ("search", json!([named]), json!([])),
        ("search_count", json!([named]), json!(0)),
        ("search_read", json!([named, ["datas"]]), json!([])),
        ("web_search_read", json!([named, spec]), json!({"length": 0, "records": []})),
        ("name_search", json!(["plans"]), json!([])),
        ("formatted_read_group", json!([named, ["name"], ["__count"]]), json!([])),
        ("has_access", json!([[file], "read"]), json!(false)),
    ] {
        assert_eq!(eva.try_call("ir.attachment", method, args, json!({})).unwrap(), nothing, "{method}");
    }
    let own: i64 = eva.call("ir.attachment", "create", json!([{"name": "plans", "datas": "c2VjcmV0"}]));
    assert_eq!(eva.call::<Value>("ir.attachment", "search", json!([named])), json!([own]));
}
