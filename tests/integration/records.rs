//! Records as clients see them: what the calls of every model answer, and which class their errors have.

use serde_json::{Value, json};

use crate::support::bench::Bench;

/// A call and what it must answer: `$n` in texts stands for the n-th id made so far, an error for its class.
type Step = (&'static str, &'static str, Value, Value);

/// Runs steps. Ids that `create` and `copy` answer are kept.
fn run(bench: &Bench, context: &Value, steps: &[Step]) {
    let mut made: Vec<Value> = Vec::new();
    for (model, method, args, expected) in steps {
        let (args, expected) = (fill(args, &made), fill(expected, &made));
        let (answer, _) = bench.try_call(model, method, &args.to_string(), &context.to_string());
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => json!(format!("!{}", class(&error))),
        };
        if matches!(*method, "create" | "copy") && !answer.is_string() {
            made.extend(answer.as_array().cloned().unwrap_or_else(|| vec![answer.clone()]));
        }
        if expected != json!("*") {
            assert_eq!(answer, expected, "{model}.{method}{args}");
        }
    }
}

fn fill(value: &Value, made: &[Value]) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('$').and_then(|n| n.parse::<usize>().ok()) {
            Some(n) => made[n].clone(),
            None => value.clone(),
        },
        Value::Array(items) => items.iter().map(|item| fill(item, made)).collect(),
        Value::Object(map) => map.iter().map(|(name, item)| (name.clone(), fill(item, made))).collect(),
        other => other.clone(),
    }
}

fn class(error: &lastmile_orm::Error) -> &'static str {
    use lastmile_orm::Error as E;
    match error {
        E::User(_) => "UserError",
        E::Validation(_) => "ValidationError",
        E::Access(_) => "AccessError",
        E::Missing(_) => "MissingError",
        E::Builtin(builtin, _) => builtin.name(),
        E::Database(name, _) => name,
        _ => "other",
    }
}

const TAG: &str = "res.partner.category";
const PARTNER: &str = "res.partner";

#[test]
fn commands_and_domains_take_the_shapes_that_python_takes() {
    let bench = Bench::new();
    let set = |field: &str, value: Value| json!([["$0"], { field: value }]);
    let found = |domain: Value| json!([[["id", "in", ["$0", "$1", "$2"]], domain], 0, null, "id"]);
    run(
        &bench,
        &json!({}),
        &[
            (
                PARTNER,
                "create",
                json!([[{"name": "A", "ref": "x"}, {"name": "B", "parent_id": false, "ref": ""}, {"name": "C"}]]),
                json!("*"),
            ),
            (TAG, "create", json!([[{"name": "K"}, {"name": "L"}]]), json!("*")),
            (PARTNER, "write", set("category_id", json!([[4, "$3"], [4, "$4"]])), json!(true)),
            (PARTNER, "read", json!([["$0"], ["category_id"]]), json!([{"id": "$0", "category_id": ["$3", "$4"]}])),
            (PARTNER, "write", set("category_id", json!([[], [3, "x"], [3, null], [true, 0, {}], ["6", 0, []]])), json!(true)),
            (PARTNER, "write", set("category_id", json!([[6, 0, false]])), json!("!TypeError")),
            (PARTNER, "write", set("category_id", json!([[0, 0, null]])), json!("!TypeError")),
            (PARTNER, "write", set("category_id", json!([[1, "$3", null]])), json!("!AttributeError")),
            (PARTNER, "write", set("child_ids", json!([[]])), json!("!IndexError")),
            (PARTNER, "write", set("child_ids", json!([[0, 0, "x"]])), json!("!ValueError")),
            (PARTNER, "write", set("child_ids", json!([[6, 0, "$2"]])), json!(true)),
            (
                PARTNER,
                "read",
                json!([["$0"], ["child_ids", "category_id"]]),
                json!([{"id": "$0", "child_ids": ["$2"], "category_id": ["$3", "$4"]}]),
            ),
            (PARTNER, "write", json!([["$0"], {"child_ids": false, "category_id": null}]), json!(true)),
            (PARTNER, "read", json!([["$0"], ["child_ids", "category_id"]]), json!([{"id": "$0", "child_ids": [], "category_id": []}])),
            (PARTNER, "search", found(json!(["ref", "=", []])), json!(["$1", "$2"])),
            (PARTNER, "search", found(json!(["ref", "!=", []])), json!(["$0"])),
            (PARTNER, "search", found(json!(["ref", "=?", ""])), json!(["$0", "$1", "$2"])),
            (PARTNER, "search", found(json!(["ref", "in", [["x"]]])), json!("!TypeError")),
            (PARTNER, "search", found(json!(["ref", "=", {"x": 1}])), json!("!TypeError")),
        ],
    );
}

#[test]
fn translations_are_kept_by_language_and_go_with_copies() {
    let bench = Bench::new();
    let (french, _) = bench.call("res.lang", "search", r#"[[["code", "=", "fr_FR"], ["active", "=", false]]]"#);
    bench.call("res.lang", "write", &format!(r#"[{french}, {{"active": true}}]"#));
    let shown = json!({"translation_type": "char", "translation_show_source": false});
    let rows = |en: &str, fr: &str| {
        let row = |lang: &str, value: &str| json!({"lang": lang, "source": en, "value": value});
        json!([[row("en_US", en), row("fr_FR", fr)], shown])
    };
    let update = |langs: Value| json!([["$0"], "name", langs]);
    run(
        &bench,
        &json!({}),
        &[
            (TAG, "create", json!([{"name": "house"}]), json!("*")),
            (TAG, "get_field_translations", json!([["$0"], "name"]), rows("house", "house")),
            (TAG, "update_field_translations", update(json!({"fr_FR": "maison"})), json!(true)),
            (TAG, "get_field_translations", json!([["$0"], "name"]), rows("house", "maison")),
            (TAG, "copy", json!([["$0"]]), json!("*")),
            (TAG, "get_field_translations", json!([["$1"], "name"]), rows("house", "maison")),
            (TAG, "copy", json!([["$0"], {"name": "flat"}]), json!("*")),
            (TAG, "get_field_translations", json!([["$2"], "name"]), rows("flat", "flat")),
            (TAG, "update_field_translations", update(json!({"fr_FR": ""})), json!(true)),
            (TAG, "get_field_translations", json!([["$0"], "name"]), rows("house", "")),
            (TAG, "update_field_translations", update(json!({"fr_FR": false})), json!(true)),
            (TAG, "get_field_translations", json!([["$0"], "name"]), rows("house", "house")),
            (TAG, "update_field_translations", update(json!({"en_US": false})), json!(false)),
            (TAG, "update_field_translations", update(json!({})), json!(false)),
            (TAG, "update_field_translations", update(json!({"xx_XX": "x"})), json!("!UserError")),
            (TAG, "update_field_translations", update(json!({"fr_FR": 5})), json!("!UserError")),
            (TAG, "update_field_translations", json!([["$0"], "color", {"fr_FR": "x"}]), json!(false)),
            (TAG, "get_field_translations", json!([["$0"], "nosuch"]), json!("!KeyError")),
            (TAG, "get_field_translations", json!([["$0", "$1"], "name"]), json!("!ValueError")),
        ],
    );
}

#[test]
fn copies_make_their_parents_anew_and_say_that_they_are_copies() {
    let bench = Bench::new();
    run(
        &bench,
        &json!({}),
        &[
            ("res.users", "create", json!([{"name": "Ana", "login": "ana"}]), json!("*")),
            ("res.users", "copy", json!([["$0"]]), json!("*")),
            ("res.users", "read", json!([["$1"], ["name", "login"]]), json!([{"id": "$1", "name": "Ana (copy)", "login": "ana (copy)"}])),
            ("res.users", "search_count", json!([[["id", "in", ["$0", "$1"]], ["partner_id.name", "=", "Ana"]]]), json!(1)),
            ("product.product", "create", json!([{"name": "Cable", "default_code": "C"}]), json!("*")),
            ("product.product", "copy", json!([["$2"]]), json!("*")),
            ("product.product", "read", json!([["$3"], ["name"]]), json!([{"id": "$3", "name": "Cable (copy)"}])),
            (
                "product.product",
                "search_count",
                json!([[["id", "=", "$2"], ["product_tmpl_id.product_variant_ids", "in", ["$3"]]]]),
                json!(0),
            ),
            ("res.groups", "create", json!([{"name": "Staff"}]), json!("*")),
            ("res.groups", "copy", json!([["$4"]]), json!("*")),
            ("res.groups", "read", json!([["$5"], ["name"]]), json!([{"id": "$5", "name": "Staff (copy)"}])),
            ("res.company", "copy", json!([[1]]), json!("!UserError")),
        ],
    );
}

#[test]
fn onchange_gives_lines_as_commands() {
    let bench = Bench::new();
    let spec = json!({"name": {}, "display_name": {}, "child_ids": {"fields": {"name": {}, "email": {}}}, "category_id": {"fields": {"name": {}}}});
    let call = |ids: Value, values: Value, names: Value| json!([ids, values, names, spec]);
    run(
        &bench,
        &json!({}),
        &[
            (TAG, "create", json!([{"name": "K"}]), json!("*")),
            (PARTNER, "create", json!([{"name": "Co", "is_company": true, "child_ids": [[0, 0, {"name": "Kid"}]]}]), json!("*")),
            (
                PARTNER,
                "onchange",
                call(
                    json!([]),
                    json!({"name": "N", "child_ids": [[0, "virtual_1", {"name": "V"}]], "category_id": [[4, "$0"]]}),
                    json!([]),
                ),
                json!({"value": {
                    "name": "N", "display_name": "N",
                    "child_ids": [[0, "virtual_1", {"name": "V", "email": false}]],
                    "category_id": [[4, "$0", {"id": "$0", "name": "K"}]],
                }}),
            ),
            (
                PARTNER,
                "onchange",
                call(json!([]), json!({"child_ids": [[0, "virtual_1", {"name": "V"}]]}), json!(["child_ids"])),
                json!({"value": {}}),
            ),
            (PARTNER, "onchange", call(json!(["$1"]), json!({"name": "New"}), json!(["name"])), json!({"value": {"display_name": "New"}})),
            (PARTNER, "onchange", call(json!([99_999_999]), json!({"name": "New"}), json!(["name"])), json!("!MissingError")),
            (PARTNER, "onchange", call(json!([]), json!({}), json!("name")), json!({})),
            (PARTNER, "onchange", call(json!([]), json!({}), Value::Null), json!("!TypeError")),
            // A draft that has no saved record has no id to show.
            (PARTNER, "onchange", json!([[], {}, [], {"commercial_partner_id": {}}]), json!({"value": {"commercial_partner_id": null}})),
        ],
    );
}

#[test]
fn references_mirrors_and_inherited_links_read_as_any_field() {
    let bench = Bench::new();
    let named = json!({"fields": {"display_name": {}}});
    run(
        &bench,
        &json!({}),
        &[
            (PARTNER, "create", json!([{"name": "Ref"}]), json!("*")),
            ("ir.attachment", "create", json!([{"name": "f", "res_model": PARTNER, "res_id": "$0"}]), json!("*")),
            (
                "ir.attachment",
                "web_read",
                json!([["$1"], {"res_id": named, "res_model": {}}]),
                json!([{"id": "$1", "res_id": {"id": "$0", "display_name": "Ref"}, "res_model": PARTNER}]),
            ),
            ("ir.attachment", "web_read", json!([["$1", 99_999_999], {}]), json!([{"id": "$1"}, {"id": 99_999_999}])),
            ("ir.ui.menu", "create", json!([{"name": "M", "action": "ir.actions.act_window,1"}]), json!("*")),
            ("ir.ui.menu", "web_read", json!([["$2"], {"action": {}}]), json!([{"id": "$2", "action": "ir.actions.act_window,1"}])),
            (TAG, "create", json!([{"name": "T"}]), json!("*")),
            ("res.users", "create", json!([{"name": "U", "login": "u", "category_id": [[4, "$3"]]}]), json!("*")),
            (
                "res.users",
                "formatted_read_group",
                json!([[["id", "=", "$4"]], ["category_id"], ["__count"]]),
                json!([{"category_id": ["$3", "T"], "__extra_domain": [["category_id", "=", "$3"]], "__count": 1}]),
            ),
            (PARTNER, "read", json!([["$0"], ["properties"]]), json!([{"id": "$0", "properties": []}])),
            ("account.account", "create", json!([[{"name": "Z", "code": "000001", "account_type": "asset_cash"}]]), json!("*")),
            ("account.account", "search", json!([[["internal_group", "=", "asset"]], 0, 1, "code"]), json!(["$5"])),
            ("account.account", "search", json!([[["internal_group", "=", "asset"]], 0, 1]), json!(["$5"])),
            (
                "account.account",
                "read",
                json!([["$5"], ["internal_group", "include_initial_balance"]]),
                json!([{"id": "$5", "internal_group": "asset", "include_initial_balance": true}]),
            ),
        ],
    );
}

#[test]
fn pages_repeat_and_miss_nothing() {
    let bench = Bench::new();
    let values: Vec<Value> = (0..97).map(|n| json!({"name": format!("Page {}", n % 3), "city": "Page"})).collect();
    let (made, _) = bench.call(PARTNER, "create", &json!([values]).to_string());
    for order in ["name", "name desc", "city", "state_id", "country_id desc, name"] {
        let mut seen: Vec<i64> = Vec::new();
        for page in 0..10 {
            let args = json!([[["city", "=", "Page"]], page * 10, 10, order]);
            let (ids, _) = bench.call(PARTNER, "search", &args.to_string());
            seen.extend(ids.as_array().unwrap().iter().filter_map(Value::as_i64));
        }
        seen.sort_unstable();
        let mut all: Vec<i64> = made.as_array().unwrap().iter().filter_map(Value::as_i64).collect();
        all.sort_unstable();
        assert_eq!(seen, all, "{order}");
    }
    // Each order says so itself, whatever the rows happen to be.
    let (_, statements) = bench.call(PARTNER, "search", &json!([[], 0, 10, "name desc"]).to_string());
    assert!(statements.iter().any(|sql| sql.contains("\"t0\".\"name\" DESC, \"t0\".\"id\"")), "{statements:?}");
}
