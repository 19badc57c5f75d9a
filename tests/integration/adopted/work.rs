//! A day's work over RPC leaves what Odoo would have left.

use serde_json::{Value, json};

use super::problems;
use crate::support::database::{TestDb, texts};
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;

fn one(rpc: &Rpc, model: &str, values: Value) -> i64 {
    rpc.call(model, "create", json!([values]))
}

fn write(rpc: &Rpc, model: &str, id: i64, values: Value) {
    assert!(rpc.call::<bool>(model, "write", json!([[id], values])));
}

/// Records of many kinds: made, changed, copied, talked about, taken away.
fn work(rpc: &Rpc) {
    for group in ["isp_core.group_isp_admin", "account.group_account_manager"] {
        write(rpc, "res.users", rpc.uid, json!({"group_ids": [[4, rpc.reference(group)]]}));
    }
    let tag = one(rpc, "res.partner.category", json!({"name": "Street"}));
    let below = one(rpc, "res.partner.category", json!({"name": "House", "parent_id": tag}));
    write(rpc, "res.partner.category", below, json!({"parent_id": false}));
    let company =
        one(rpc, "res.partner", json!({"name": "Works", "is_company": true, "street": "Road 1", "category_id": [[6, 0, [tag, below]]]}));
    let partner = one(
        rpc,
        "res.partner",
        json!({"name": "Ana", "email": "ana@example.com", "parent_id": company, "credit_limit": 5.0,
        "bank_ids": [[0, 0, {"acc_number": "DE02120300000000202051"}]], "image_1920": PIXEL}),
    );
    let copy: Vec<i64> = rpc.call("res.partner", "copy", json!([[partner]]));
    write(
        rpc,
        "res.partner",
        copy[0],
        json!({"active": false, "property_payment_term_id": rpc.reference("account.account_payment_term_15days")}),
    );
    let plan = one(
        rpc,
        "isp.service_plan",
        json!({"name": "Fibre", "download_mbps": 50, "upload_mbps": 10, "price_monthly": 30.0, "service_type": "pppoe"}),
    );
    let sector = one(rpc, "isp.sector", json!({"name": "North", "code": "N-1"}));
    let line = one(
        rpc,
        "isp.subscription",
        json!({"partner_id": partner, "plan_id": plan, "sector_id": sector, "gps_lat": 18.5, "gps_lng": -69.9}),
    );
    let _: Value = rpc.call("isp.subscription", "action_activate", json!([[line]]));
    write(rpc, "isp.service_plan", plan, json!({"price_monthly": 35.0}));
    let ticket = one(rpc, "isp.fault.ticket", json!({"subscription_id": line, "partner_id": partner, "description": "No light"}));
    let _: Value = rpc.call_kw(
        "isp.fault.ticket",
        "message_post",
        json!([[ticket]]),
        json!({"body": "Seen", "message_type": "comment",
        "subtype_xmlid": "mail.mt_comment", "partner_ids": [partner]}),
    );
    let _: Value = rpc.call("isp.fault.ticket", "message_subscribe", json!([[ticket], [company]]));
    let _: Value =
        rpc.call_kw("isp.fault.ticket", "activity_schedule", json!([[ticket], "mail.mail_activity_data_todo"]), json!({"summary": "Call"}));
    let product = one(rpc, "product.template", json!({"name": "Router", "list_price": 40.0, "standard_price": 25.0}));
    let _: bool =
        rpc.call_kw("product.template", "write", json!([[product], {"name": "Enrutador"}]), json!({"context": {"lang": "en_US"}}));
    let note =
        one(rpc, "ir.attachment", json!({"name": "note.txt", "datas": "aGVsbG8=", "res_model": "isp.fault.ticket", "res_id": ticket}));
    let _: Value = rpc.call("ir.attachment", "copy", json!([[note]]));
    one(rpc, "ir.sequence", json!({"name": "Contracts", "code": "x.contract", "prefix": "C-", "padding": 4}));
    let gapless = one(rpc, "ir.sequence", json!({"name": "Gapless", "code": "x.gapless", "implementation": "no_gap"}));
    for code in ["x.contract", "x.gapless", "x.contract"] {
        let _: String = rpc.call("ir.sequence", "next_by_code", json!([code]));
    }
    write(rpc, "ir.sequence", gapless, json!({"implementation": "standard"}));
    let entry: Value =
        rpc.call("ir.model.data", "create", json!([{"module": "__import__", "name": "ana", "model": "res.partner", "res_id": partner}]));
    assert!(entry.is_i64());
    custom(rpc, partner);
    let gone: Vec<i64> = rpc.call("res.partner", "copy", json!([[company]]));
    let _: Value = rpc.call("res.partner", "export_data", json!([gone, ["id", "name"]]));
    assert!(rpc.call::<bool>("res.partner", "unlink", json!([gone])));
}

/// Users' own models and fields.
fn custom(rpc: &Rpc, partner: i64) {
    let model: i64 = one(
        rpc,
        "ir.model",
        json!({"name": "Mast", "model": "x_mast", "is_mail_thread": true,
        "access_ids": [[0, 0, {"name": "all", "perm_read": true, "perm_write": true, "perm_create": true, "perm_unlink": true}]]}),
    );
    let field = |name: &str, ttype: &str, more: Value| {
        let mut values = json!({"model_id": model, "name": name, "ttype": ttype, "field_description": name});
        values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        one(rpc, "ir.model.fields", values)
    };
    field("x_owner_id", "many2one", json!({"relation": "res.partner"}));
    field("x_owner_email", "char", json!({"related": "x_owner_id.email", "store": true}));
    let word = field("x_word", "char", json!({"translate": "standard", "tracking": 1}));
    let mast = one(rpc, "x_mast", json!({"x_name": "M1", "x_owner_id": partner, "x_word": "high"}));
    write(rpc, "x_mast", mast, json!({"x_word": "low"}));
    write(rpc, "res.partner", partner, json!({"email": "ana@example.org"}));
    let _: Value = rpc.call_kw("x_mast", "message_post", json!([[mast]]), json!({"body": "hi"}));
    assert!(rpc.call::<bool>("ir.model.fields", "unlink", json!([[word]])));
}

const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn leaves_nothing_wrong(db: &TestDb) {
    let server = TestServer::start(db);
    let before = problems(db);
    work(&server.admin());
    let new: Vec<_> = problems(db).into_iter().filter(|line| !before.contains(line)).collect();
    assert!(new.is_empty(), "{new:#?}");
    assert_eq!(server.failures(), Vec::<String>::new());
    let files = texts(
        &mut db.connect(),
        "SELECT DISTINCT store_fname::text AS value FROM ir_attachment WHERE store_fname IS NOT NULL AND create_date > now() AT TIME ZONE 'UTC' - interval '1 hour'",
    );
    let store = db.data_dir().join("filestore").join(db.name());
    assert!(!files.is_empty() && files.iter().all(|file| store.join(file).exists()), "{files:?}");
}

#[test]
fn a_database_taken_over_stays_sound() {
    leaves_nothing_wrong(&TestDb::odoo());
}

#[test]
fn a_new_database_stays_sound() {
    leaves_nothing_wrong(&TestDb::new());
}
