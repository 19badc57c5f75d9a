//! Ways around methods: drafts, domains, relation tables.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use super::{MARK, roles, server};
use crate::support::rpc::Rpc;

fn of<'r>(roles: &'r [super::Role], name: &str) -> &'r Rpc {
    roles.iter().find(|role| role.name == name).map(|role| &role.rpc).unwrap()
}

#[test]
fn a_draft_shows_no_more_of_a_link_than_its_caller_may_read() {
    let (_db, server, admin) = server();
    let roles = roles(&server, &admin);
    let other: i64 =
        admin.call("res.partner", "create", json!([{"name": "Other", "comment": MARK, "email": format!("{MARK}@example.com")}]));
    let spec = json!({"partner_id": {"fields": {"display_name": {}, "email": {}, "comment": {}}}, "description": {}});
    let (args, context) = (json!([[], {}, [], spec]), json!({"context": {"default_partner_id": other}}));
    let told = match of(&roles, "portal").try_call("isp.fault.ticket", "onchange", args.clone(), context.clone()) {
        Ok(answer) => answer.to_string(),
        Err(error) => error.message,
    };
    assert!(!told.contains(MARK), "{told}");
    // Who may read it gets it.
    let told: Value = admin.call_kw("isp.fault.ticket", "onchange", args, context);
    assert!(told.to_string().contains(MARK), "{told}");
}

#[test]
fn a_domain_finds_nothing_by_what_hidden_files_and_notes_hold() {
    let (_db, server, admin) = server();
    let roles = roles(&server, &admin);
    let portal = of(&roles, "portal");
    let partner =
        portal.call::<Vec<Value>>("res.users", "read", json!([[portal.uid], ["partner_id"]]))[0]["partner_id"][0].as_i64().unwrap();
    let ticket: i64 = admin.call("isp.fault.ticket", "create", json!([{"partner_id": partner, "description": "slow"}]));
    admin.call_kw::<Vec<i64>>("isp.fault.ticket", "message_post", json!([[ticket]]), json!({"body": format!("internal {MARK}")}));
    let found = |rpc: &Rpc, domain: Value| {
        rpc.try_call("isp.fault.ticket", "search", json!([[["id", "=", ticket], domain]]), json!({}))
            .is_ok_and(|found| found == json!([ticket]))
    };
    for domain in [
        json!(["message_ids.body", "ilike", MARK]),
        json!(["message_ids", "any", [["body", "ilike", MARK]]]),
        json!(["message_ids", "ilike", MARK]),
        json!(["partner_id.user_ids.partner_id.id", "any", [["body", "ilike", MARK]]]),
    ] {
        assert!(!found(portal, domain.clone()), "{domain}");
    }
    assert!(found(&admin, json!(["message_ids.body", "ilike", MARK])));
    let counted = portal.try_call("isp.fault.ticket", "search_count", json!([[["message_ids.body", "ilike", MARK]]]), json!({}));
    assert!(counted.as_ref().is_ok_and(|n| *n == json!(0)) || counted.is_err(), "{counted:?}");
    // A file of a record that support cannot see.
    let sector: i64 = admin.call("isp.sector", "create", json!([{"name": "Far", "code": "FAR"}]));
    let device = json!([{"name": "R", "device_type": "mikrotik", "sector_id": sector, "mgmt_ip": "10.9.9.9"}]);
    let device: i64 = admin.call("isp.device", "create", device);
    let file = json!([{"name": "secret.txt", "raw": MARK, "mimetype": "text/plain", "res_model": "isp.device", "res_id": device}]);
    let file: i64 = admin.call("ir.attachment", "create", file);
    let posted = json!({"body": "see file", "subtype_xmlid": "mail.mt_comment"});
    let note = admin.call_kw::<Vec<i64>>("res.partner", "message_post", json!([[partner]]), posted)[0];
    admin.call::<bool>("mail.message", "write", json!([[note], {"attachment_ids": [[4, file]]}]));
    let by_content = json!([["id", "=", note], ["attachment_ids.index_content", "ilike", MARK]]);
    assert_eq!(admin.call::<Vec<i64>>("mail.message", "search", json!([by_content])), [note]);
    let told = of(&roles, "support").try_call("mail.message", "search", json!([by_content]), json!({}));
    assert!(told.as_ref().map_or(true, |ids| *ids == json!([])), "{told:?}");
}

#[test]
fn a_custom_relation_takes_no_table_of_others() {
    let (db, _server, admin) = server();
    let model = admin.call::<Vec<i64>>("ir.model", "search", json!([[["model", "=", "res.partner"]]]))[0];
    let field = |name: &str, table: &str| {
        json!([{"model_id": model, "state": "manual", "name": name, "ttype": "many2many", "relation": "res.partner", "field_description": name,
                "relation_table": table, "column1": "a_id", "column2": "b_id"}])
    };
    for table in ["res_partner", "res_groups_users_rel", "isp_subscription"] {
        let refused = admin.try_call("ir.model.fields", "create", field("x_theirs", table), json!({}));
        assert!(refused.as_ref().is_err_and(|error| error.name == "odoo.exceptions.UserError"), "{table}: {refused:?}");
    }
    let own: i64 = admin.call("ir.model.fields", "create", field("x_own", "x_own_rel"));
    let back: i64 = admin.call("ir.model.fields", "create", field("x_back", "x_own_rel"));
    admin.call::<bool>("ir.model.fields", "unlink", json!([[own]]));
    assert_eq!(db.text("SELECT count(*)::text AS value FROM pg_class WHERE relname = 'x_own_rel'"), "1");
    admin.call::<bool>("ir.model.fields", "unlink", json!([[back]]));
    assert_eq!(db.text("SELECT count(*)::text AS value FROM pg_class WHERE relname IN ('x_own_rel', 'res_groups_users_rel')"), "1");
}

#[test]
fn what_a_client_links_in_a_draft_tells_nothing_through_related_fields() {
    let (db, server, admin) = server();
    let roles = roles(&server, &admin);
    let other: i64 = admin.call("res.partner", "create", json!([{"name": "Other"}]));
    db.connect().batch_execute(&format!("UPDATE res_partner SET email = '{MARK}' WHERE id = {other}")).unwrap();
    // Fields along a link of the user: what a caller would see of anybody by editing the link.
    let model = admin.call::<Vec<i64>>("ir.model", "search", json!([[["model", "=", "isp.fault.ticket"]]]))[0];
    let related = json!([{"model_id": model, "state": "manual", "name": "x_email", "ttype": "char", "field_description": "E-mail",
                          "related": "partner_id.email", "store": false, "readonly": true}]);
    admin.call::<i64>("ir.model.fields", "create", related);
    let draft = json!([[], {"partner_id": other}, ["partner_id"], {"partner_id": {}, "x_email": {}}]);
    for role in &roles {
        let told = match role.rpc.try_call("isp.fault.ticket", "onchange", draft.clone(), json!({})) {
            Ok(answer) => answer.to_string(),
            Err(error) => error.message,
        };
        let reads =
            role.rpc.try_call("res.partner", "search", json!([[["id", "=", other]]]), json!({})).is_ok_and(|found| found == json!([other]));
        assert!(reads || !told.contains(MARK), "{}: {told}", role.name);
    }
    let told: Value = admin.call("isp.fault.ticket", "onchange", draft);
    assert!(told.to_string().contains(MARK), "{told}");
}

#[test]
fn groups_and_names_tell_nothing_of_guarded_records() {
    let (_db, server, admin) = server();
    let roles = roles(&server, &admin);
    let support = of(&roles, "support");
    let sector: i64 = admin.call("isp.sector", "create", json!([{"name": "Far", "code": "FAR"}]));
    let device = json!([{"name": "R", "device_type": "mikrotik", "sector_id": sector, "mgmt_ip": "10.9.9.9"}]);
    let device: i64 = admin.call("isp.device", "create", device);
    let file = json!([{"name": MARK, "raw": "x", "mimetype": "text/plain", "res_model": "isp.device", "res_id": device}]);
    let file: i64 = admin.call("ir.attachment", "create", file);
    let partner: i64 = admin.call("res.partner", "create", json!([{"name": "Somebody"}]));
    let note = admin.call_kw::<Vec<i64>>(
        "res.partner",
        "message_post",
        json!([[partner]]),
        json!({"body": "see", "subtype_xmlid": "mail.mt_comment"}),
    )[0];
    admin.call::<bool>("mail.message", "write", json!([[note], {"attachment_ids": [[4, file]]}]));
    for domain in
        [json!(["attachment_ids", "in", [MARK]]), json!(["attachment_ids", "=", MARK]), json!(["attachment_ids.name", "in", [MARK]])]
    {
        let asked = json!([[["id", "=", note], domain]]);
        assert_eq!(admin.call::<Vec<i64>>("mail.message", "search", asked.clone()), [note], "{domain}");
        let told = support.try_call("mail.message", "search", asked, json!({}));
        assert!(told.as_ref().map_or(true, |ids| *ids == json!([])), "{domain}: {told:?}");
    }
    // Groups by what a message that one cannot read holds.
    let by = json!([[], ["parent_id.subject"], ["__count"]]);
    let refused = support.try_call("mail.message", "formatted_read_group", by.clone(), json!({}));
    assert!(refused.as_ref().is_err_and(|error| error.name == "odoo.exceptions.AccessError"), "{refused:?}");
    admin.call::<Value>("isp.fault.ticket", "formatted_read_group", json!([[], ["partner_id.name"], ["__count"]]));
}

#[test]
fn figures_of_the_dashboard_lead_nobody_else_to_customers() {
    let (_db, server, admin) = server();
    for role in roles(&server, &admin) {
        let may = role.rpc.call::<bool>("isp.dashboard", "has_access", json!([[], "read"]));
        for ids in [json!([[]]), json!([[1]])] {
            let told = role.rpc.try_call("isp.dashboard", "action_open_up_to_date_subscriptions", ids, json!({}));
            assert!(may || told.as_ref().is_err_and(|error| error.name == "odoo.exceptions.AccessError"), "{}: {told:?}", role.name);
        }
    }
}
