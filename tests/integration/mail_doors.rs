//! Mails, messages and templates show nobody what his rights hide, and rendering is bounded.

use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;

const HIDDEN: &str = "hidden-mailbox@example.com";

/// An employee, a contact that a rule hides from him, and a contact below it that he sees.
struct House {
    admin: Rpc,
    eva: Rpc,
    hidden: i64,
    child: i64,
    /// A file of the hidden contact.
    file: i64,
    model: i64,
}

fn user(server: &TestServer, admin: &Rpc, login: &str, group: &str) -> Rpc {
    let group = admin.reference(group);
    let values = json!([{"name": login, "login": login, "password": "harmless-Pw1", "email": format!("{login}@example.com"),
        "group_ids": [[6, 0, [group]]]}]);
    let _: i64 = admin.call_kw("res.users", "create", values, json!({"context": {"no_reset_password": true}}));
    Rpc::login(server, login, "harmless-Pw1")
}

fn house(server: &TestServer) -> House {
    let admin = server.admin();
    let contact = |values: Value| -> i64 { admin.call("res.partner", "create", json!([values])) };
    let hidden = contact(json!({"name": "Hidden Ltd", "is_company": true, "email": HIDDEN}));
    let child = contact(json!({"name": "Child", "parent_id": hidden, "email": "child@example.com"}));
    let file = json!([{"name": "secret.txt", "raw": "secret", "res_model": "res.partner", "res_id": hidden}]);
    let file: i64 = admin.call("ir.attachment", "create", file);
    let models: Vec<Value> = admin.call("ir.model", "search_read", json!([[["model", "=", "res.partner"]], ["id"]]));
    let model = models[0]["id"].as_i64().unwrap();
    let eva = user(server, &admin, "eva", "base.group_user");
    let rule = json!([{"name": "hidden", "model_id": model, "domain_force": format!("[('id', '!=', {hidden})]"),
        "groups": [[6, 0, [admin.reference("base.group_user")]]]}]);
    let _: i64 = admin.call("ir.rule", "create", rule);
    // The administrator is an employee, too: a rule of his own group lets him see everything.
    let rule = json!([{"name": "all", "model_id": model, "domain_force": "[(1, '=', 1)]",
        "groups": [[6, 0, [admin.reference("base.group_system")]]]}]);
    let _: i64 = admin.call("ir.rule", "create", rule);
    let contacts = admin.reference("base.group_partner_manager");
    let _: bool = admin.call("res.users", "write", json!([[eva.uid], {"group_ids": [[4, contacts]]}]));
    House { admin, eva, hidden, child, file, model }
}

fn refused(rpc: &Rpc, model: &str, method: &str, args: Value, kwargs: Value, class: &str) {
    let label = format!("{model}.{method} {args} {kwargs}");
    match rpc.try_call(model, method, args, kwargs) {
        Ok(answer) => panic!("{label} answered {answer}"),
        Err(error) => {
            assert!(error.name.ends_with(class), "{label}: {error}");
            assert!(!error.message.contains(HIDDEN), "{label}: {error}");
        }
    }
}

fn template(rpc: &Rpc, house: &House, subject: &str, body: &str) -> i64 {
    let values = json!([{"name": subject, "model_id": house.model, "subject": subject, "body_html": body, "email_to": "to@example.com"}]);
    rpc.call("mail.template", "create", values)
}

#[test]
fn templates_read_with_the_rights_of_their_caller() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let house = house(&server);
    let (admin, eva) = (&house.admin, &house.eva);
    let loud = template(admin, &house, "Loud", "<p t-out=\"object.parent_id.email\"/>");
    let looped = template(admin, &house, "Loop", "<t t-foreach=\"object.parent_id\" t-as=\"p\"><p t-out=\"p.email\"/></t>");
    let quiet = template(admin, &house, "Dear {{ object.name }}", "<p t-if=\"False\" t-out=\"object.parent_id.email\"/>");
    for template in [loud, looped] {
        refused(eva, "mail.template", "send_mail", json!([[template], house.child]), json!({}), "AccessError");
        let window = json!([{"model": "res.partner", "res_ids": format!("[{}]", house.child), "template_id": template}]);
        refused(eva, "mail.compose.message", "create", window, json!({}), "AccessError");
        let name = format!("template_{template}");
        let row = json!([{"module": "doors", "name": name, "model": "mail.template", "res_id": template}]);
        let _: i64 = admin.call("ir.model.data", "create", row);
        let source = json!([[house.child], format!("doors.{name}")]);
        refused(eva, "res.partner", "message_post_with_source", source.clone(), json!({}), "AccessError");
        let _: Value = admin.call("res.partner", "message_post_with_source", source);
        let _: i64 = admin.call("mail.template", "send_mail", json!([[template], house.child]));
    }
    // What is not shown is not read.
    let _: i64 = eva.call("mail.template", "send_mail", json!([[quiet], house.child]));
    refused(eva, "mail.template", "send_mail", json!([[quiet], house.hidden]), json!({}), "AccessError");
    let mails: Vec<Value> = admin.call("mail.mail", "search_read", json!([[["create_uid", "=", eva.uid]], ["subject", "body_html"]]));
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0]["subject"], "Dear Child");
}

#[test]
fn only_editors_write_placeholders_that_compute() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let house = house(&server);
    let (admin, eva) = (&house.admin, &house.eva);
    let values = |subject: &str| json!([{"name": "t", "model_id": house.model, "subject": subject}]);
    refused(eva, "mail.template", "create", values("{{ object.email }}"), json!({}), "AccessError");
    let own: i64 = eva.call("mail.template", "create", values("{{ object.name }}"));
    refused(eva, "mail.template", "write", json!([[own], {"body_html": "<t t-out=\"user.login\"/>"}]), json!({}), "AccessError");
    let texts = json!([[own], "subject", {"en_US": "{{ user.login }}"}]);
    refused(eva, "mail.template", "update_field_translations", texts, json!({}), "AccessError");
    let mass = |subject: &str| json!([{"composition_mode": "mass_mail", "model": "res.partner", "res_ids": format!("[{}]", house.child), "subject": subject, "body": "<p>x</p>"}]);
    let window: i64 = eva.call("mail.compose.message", "create", mass("{{ object.email }}"));
    refused(eva, "mail.compose.message", "action_send_mail", json!([[window]]), json!({}), "AccessError");
    let window: i64 = eva.call("mail.compose.message", "create", mass("{{ object.name }}"));
    let _: Value = eva.call("mail.compose.message", "action_send_mail", json!([[window]]));
    // The parameter makes every employee an editor, and takes that back. It gives nobody more rights on records.
    let parameter =
        |value: Value| -> Value { admin.call("ir.config_parameter", "set_param", json!(["mail.restrict.template.rendering", value])) };
    parameter(json!(false));
    let _: i64 = eva.call("mail.template", "create", values("{{ object.email }}"));
    let window: i64 = eva.call("mail.compose.message", "create", mass("{{ object.parent_id.email }}"));
    refused(eva, "mail.compose.message", "action_send_mail", json!([[window]]), json!({}), "AccessError");
    parameter(json!(true));
    refused(eva, "mail.template", "create", values("{{ object.email }}"), json!({}), "AccessError");
}

#[test]
fn composers_and_mails_take_only_what_their_caller_may_read() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let house = house(&server);
    let (admin, eva) = (&house.admin, &house.eva);
    let about = |id: i64| json!([{"model": "res.partner", "res_ids": format!("[{id}]")}]);
    // Not even the name of a hidden record becomes a subject.
    refused(eva, "mail.compose.message", "create", about(house.hidden), json!({}), "AccessError");
    let mode = json!({"composition_mode": "mass_mail", "model": "res.partner", "res_ids": format!("[{}]", house.hidden), "subject": "x", "body": "y"});
    let window: i64 = eva.call("mail.compose.message", "create", json!([mode]));
    refused(eva, "mail.compose.message", "action_send_mail", json!([[window]]), json!({}), "AccessError");
    let files = json!([[6, 0, [house.file]]]);
    for mode in ["comment", "mass_mail"] {
        let values =
            json!([{"composition_mode": mode, "model": "res.partner", "res_ids": format!("[{}]", house.child), "attachment_ids": files}]);
        refused(eva, "mail.compose.message", "create", values, json!({}), "AccessError");
    }
    let post = json!({"body": "x", "attachment_ids": [house.file]});
    refused(eva, "res.partner", "message_post", json!([[house.child]]), post, "AccessError");
    let quiet = template(admin, &house, "Quiet", "<p>x</p>");
    let values = json!({"email_values": {"attachment_ids": [house.file]}});
    refused(eva, "mail.template", "send_mail", json!([[quiet], house.child]), values, "AccessError");
    let values = json!([{"name": "t", "model_id": house.model, "attachment_ids": files}]);
    refused(eva, "mail.template", "create", values, json!({}), "AccessError");
    refused(eva, "mail.template", "write", json!([[quiet], {"attachment_ids": files}]), json!({}), "AccessError");
    let note = json!([{"model": "res.partner", "res_id": house.child, "body": "x", "attachment_ids": files}]);
    refused(eva, "mail.message", "create", note, json!({}), "AccessError");
}

#[test]
fn rows_of_mails_are_for_those_with_the_right() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let house = house(&server);
    let (admin, eva) = (&house.admin, &house.eva);
    let portal = user(&server, admin, "paul", "base.group_portal");
    let mail: i64 = admin.call("mail.mail", "create", json!([{"subject": "x", "body_html": "<p>y</p>", "email_to": "a@example.com"}]));
    let post = |on: i64| -> i64 {
        let ids: Value = admin.call_kw("res.partner", "message_post", json!([[on]]), json!({"body": "z", "message_type": "comment"}));
        ids.as_array().map_or_else(|| ids.as_i64().unwrap(), |ids| ids[0].as_i64().unwrap())
    };
    let message = post(house.hidden);
    let follower: Vec<i64> = admin.call("mail.followers", "search", json!([[["res_model", "=", "res.partner"]]]));
    let notification: i64 = admin.call("mail.notification", "create", json!([{"mail_message_id": message, "res_partner_id": house.child}]));
    for rpc in [eva, &portal] {
        for (model, id) in
            [("mail.mail", mail), ("mail.followers", follower[0]), ("mail.notification", notification), ("mail.message", message)]
        {
            refused(rpc, model, "unlink", json!([[id]]), json!({}), "AccessError");
        }
        for method in ["cancel", "mark_outgoing", "action_retry", "send"] {
            refused(rpc, "mail.mail", method, json!([[mail]]), json!({}), "AccessError");
        }
        refused(rpc, "mail.message", "write", json!([[message], {"body": "w"}]), json!({}), "AccessError");
        let values = json!([{"mail_message_id": message, "res_partner_id": house.child}]);
        refused(rpc, "mail.notification", "create", values, json!({}), "AccessError");
        let note = json!([{"model": "res.partner", "res_id": house.hidden, "body": "x"}]);
        refused(rpc, "mail.message", "create", note, json!({}), "AccessError");
    }
    refused(eva, "mail.notification", "write", json!([[notification], {"res_partner_id": house.hidden}]), json!({}), "AccessError");
    // Customers write in their own name, whatever they say.
    let comment = admin.reference("mail.mt_comment");
    let forged = json!([{"body": "x", "author_id": house.child, "email_from": "boss@example.com", "subtype_id": comment}]);
    let forged: i64 = portal.call("mail.message", "create", forged);
    let forged: Vec<Value> = portal.call("mail.message", "read", json!([[forged], ["author_id", "email_from"]]));
    assert_ne!(forged[0]["author_id"][0], house.child, "{forged:?}");
    assert!(!forged[0]["email_from"].as_str().unwrap_or_default().contains("boss"), "{forged:?}");
    // Who wrote a message does not thereby take it off a record that he may not write.
    let own: Vec<Value> = admin.call("res.users", "read", json!([[eva.uid], ["partner_id"]]));
    let me = own[0]["partner_id"][0].as_i64().unwrap();
    let _: bool = admin.call("mail.message", "write", json!([[message], {"author_id": me}]));
    refused(eva, "mail.message", "unlink", json!([[message]]), json!({}), "AccessError");
    // Nor does an activity move to one.
    let models = json!([{"res_model_id": house.model, "res_id": house.child, "user_id": eva.uid}]);
    let activity: i64 = eva.call("mail.activity", "create", models);
    refused(eva, "mail.activity", "write", json!([[activity], {"res_id": house.hidden}]), json!({}), "AccessError");
    let left: Vec<Value> = admin.call("mail.mail", "read", json!([[mail], ["state"]]));
    assert_eq!(left[0]["state"], "outgoing");
}

/// Resident memory at its highest, in MB.
fn peak(server: &TestServer) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = text.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[test]
fn templates_have_budgets() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let house = house(&server);
    let admin = &house.admin;
    let before = peak(&server);
    let doubled = format!("<t t-set=\"a\" t-value=\"[1]\"/>{}<t t-out=\"a\"/>", "<t t-set=\"a\" t-value=\"a + a\"/>".repeat(28));
    let rendered =
        format!("<t t-set=\"a\">0123456789</t>{}<t t-out=\"a\"/>", "<t t-set=\"a\"><t t-out=\"a\"/><t t-out=\"a\"/></t>".repeat(28));
    let ten = "[1,2,3,4,5,6,7,8,9,0]";
    let open: String = (0..8).map(|n| format!("<t t-foreach=\"{ten}\" t-as=\"x{n}\">")).collect();
    let nested = format!("{open}x{}", "</t>".repeat(8));
    for body in [doubled, rendered, nested] {
        let template = template(admin, &house, "Budget", &body);
        let error = admin.try_call("mail.template", "send_mail", json!([[template], house.child]), json!({})).unwrap_err();
        assert!(error.name.ends_with("UserError") || error.name.ends_with("ValueError"), "{error}");
    }
    assert!(peak(&server) < before + 150, "{} MB after {before} MB", peak(&server));
    assert!(server.healthy());
}
