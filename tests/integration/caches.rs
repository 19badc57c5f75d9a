//! Several processes on one database: what one changes, the other knows.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;
use crate::support::wait_for;

/// A notification needs a moment to reach the other process.
const PATIENCE: Duration = Duration::from_secs(1);

fn two_processes(db: &TestDb) -> (TestServer, TestServer) {
    (TestServer::start(db), TestServer::start(db))
}

fn new_user(rpc: &Rpc, login: &str) -> i64 {
    let values =
        json!([{"name": login, "login": login, "password": "Pw-1-long", "group_ids": [[6, 0, [rpc.reference("base.group_user")]]]}]);
    rpc.call_kw("res.users", "create", values, json!({"context": {"no_reset_password": true}}))
}

#[test]
fn a_group_given_in_one_process_counts_in_the_other() {
    let db = TestDb::new();
    let (first, second) = two_processes(&db);
    let admin = first.admin();
    let uid = new_user(&admin, "eva");
    let eva = Rpc::login(&second, "eva", "Pw-1-long");
    let sectors = || eva.try_call("isp.sector", "search_count", json!([[]]), json!({}));
    assert_eq!(sectors().unwrap_err().name, "odoo.exceptions.AccessError");
    let group = admin.reference("isp_core.group_isp_admin");
    let _: bool = admin.call("res.users", "write", json!([[uid], {"group_ids": [[4, group]]}]));
    wait_for("the group in the other process", PATIENCE, || sectors().ok());
    let _: bool = admin.call("res.users", "write", json!([[uid], {"group_ids": [[3, group]]}]));
    wait_for("the end of the group in the other process", PATIENCE, || sectors().err());
}

#[test]
fn a_custom_field_made_in_one_process_is_a_column_in_the_other() {
    let db = TestDb::new();
    let (first, second) = two_processes(&db);
    let (admin, other) = (first.admin(), second.admin());
    let partner: i64 = admin.call("res.partner", "create", json!([{"name": "Ana"}]));
    let models: Vec<i64> = admin.call("ir.model", "search", json!([[["model", "=", "res.partner"]]]));
    let values = json!([{"name": "x_floor", "field_description": "Floor", "model_id": models[0], "ttype": "integer", "state": "manual"}]);
    let _: i64 = admin.call("ir.model.fields", "create", values);
    wait_for("the field in the other process", PATIENCE, || {
        other.try_call("res.partner", "write", json!([[partner], {"x_floor": 3}]), json!({})).ok()
    });
    let rows: Vec<Value> = admin.call("res.partner", "read", json!([[partner], ["x_floor"]]));
    assert_eq!(rows[0]["x_floor"], 3);
}

#[test]
fn a_new_password_ends_the_old_one_in_the_other_process() {
    let db = TestDb::new();
    let (first, second) = two_processes(&db);
    let admin = first.admin();
    let uid = new_user(&admin, "eva");
    let eva = Rpc::login(&second, "eva", "Pw-1-long");
    let me = || eva.try_call("res.users", "read", json!([[uid], ["login"]]), json!({}));
    assert!(me().is_ok());
    let _: bool = admin.call("res.users", "write", json!([[uid], {"password": "Pw-2-long"}]));
    wait_for("the end of the old password", PATIENCE, || me().err());
    Rpc::login(&second, "eva", "Pw-2-long");
}
