//! Every model of the metadata answers what clients ask of any model, whether code here knows it or not.

use serde_json::{Map, Value, json};

use crate::support::database::TestDb;
use crate::support::rpc::{Rpc, RpcError};
use crate::support::server::TestServer;

/// What a call may end in: an answer, no right, or (for models that have no records) that there is nothing to ask.
fn settled(what: &str, outcome: Result<Value, RpcError>, bad: &mut Vec<String>) -> Option<Value> {
    match outcome {
        Ok(value) => Some(value),
        Err(error) if error.name == "odoo.exceptions.AccessError" => None,
        Err(error) => {
            bad.push(format!("{what}: {error}"));
            None
        }
    }
}

/// All questions for one who may export; the others differ in what they may read.
fn ask(rpc: &Rpc, model: &str, all: bool, bad: &mut Vec<String>) {
    let mut call =
        |method: &str, args: Value, kwargs: Value| settled(&format!("{model}.{method}"), rpc.try_call(model, method, args, kwargs), bad);
    let Some(fields) = call("fields_get", json!([]), json!({})) else { return };
    let names: Vec<&String> = fields.as_object().unwrap().keys().collect();
    let Some(rows) = call("search_read", json!([[]]), json!({"limit": 2})) else { return };
    let spec: Map<String, Value> = names.iter().map(|name| ((*name).clone(), json!({}))).collect();
    call("web_search_read", json!([[], spec]), json!({"limit": 2}));
    if !all {
        return;
    }
    call("name_search", json!([]), json!({"limit": 2}));
    call("formatted_read_group", json!([[], [], ["__count"]]), json!({}));
    call("read_group", json!([[], ["__count"], []]), json!({}));
    call("get_views", json!([[[false, "list"], [false, "form"], [false, "search"]]]), json!({}));
    // That wizard is opened on entries, and says so otherwise.
    if model != "account.payment.register" {
        call("default_get", json!([names]), json!({}));
    }
    let ids: Vec<&Value> = rows.as_array().unwrap().iter().map(|row| &row["id"]).collect();
    call("export_data", json!([ids, ["display_name"]]), json!({}));
}

#[test]
fn every_model_answers() {
    let db = TestDb::odoo();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let models: Vec<Value> = admin.call_kw("ir.model", "search_read", json!([[], ["model"]]), json!({"order": "model"}));
    assert!(models.len() > 400, "{}", models.len());
    let mut bad = Vec::new();
    for (login, password) in [("admin", "admin"), ("demo", "demo"), ("portal", "portal")] {
        let rpc = Rpc::login(&server, login, password);
        for model in &models {
            ask(&rpc, model["model"].as_str().unwrap(), login == "admin", &mut bad);
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
    assert_eq!(server.failures(), Vec::<String>::new());
}

/// Records without a word: they get defaults, or what is missing is told.
#[test]
fn every_model_makes_or_refuses_a_record() {
    let db = TestDb::odoo();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let models: Vec<Value> = admin.call("ir.model", "search_read", json!([[["abstract", "=", false]], ["model"]]));
    let fine = ["ValidationError", "AccessError", "UserError"];
    let mut bad = Vec::new();
    for model in models.iter().map(|row| row["model"].as_str().unwrap()) {
        match admin.try_call(model, "create", json!([{}]), json!({})) {
            Ok(id) => {
                for (method, args) in
                    [("copy", json!([[id]])), ("onchange", json!([[id], {}, [], {"display_name": {}}])), ("unlink", json!([[id]]))]
                {
                    if let Err(error) = admin.try_call(model, method, args, json!({}))
                        && !fine.iter().any(|class| error.name.ends_with(class))
                    {
                        bad.push(format!("{model}.{method}: {error}"));
                    }
                }
            }
            Err(error) if fine.iter().any(|class| error.name.ends_with(class)) => {}
            Err(error) => bad.push(format!("{model}.create: {error}")),
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
    assert_eq!(server.failures(), Vec::<String>::new());
}
