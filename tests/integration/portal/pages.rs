//! What subscribers do on the pages of the portal.

use serde_json::{Value, json};

use super::{House, send_files, target};
use crate::support::browser::Browser;

#[test]
fn home_says_what_is_owed_and_what_to_do() {
    let house = House::new();
    let ana = house.login(&house.ana);
    let page = ana.page("/my");
    for part in ["Hello, Ana Torres", "$\u{a0}25.50", "Overdue", "INV/2026/00001", "Home 20", "Open tickets", "FLT-"] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    let context = json!({"context": {"active_model": "account.move", "active_ids": [house.ana.invoice]}});
    let wizard: i64 = house.admin.call_kw("account.payment.register", "create", json!([{"amount": 30.0}]), context.clone());
    let _: Value = house.admin.call_kw("account.payment.register", "action_create_payments", json!([[wizard]]), context);
    let page = ana.page("/my");
    assert!(page.contains("Nothing to pay") && page.contains("Paid ahead") && page.contains("$\u{a0}4.50"), "{page}");
    assert!(ana.page("/my/invoices?filterby=open").contains("There are no invoices."));
    assert!(ana.page("/my/invoices?filterby=paid").contains("INV/2026/00001"));
    let statement = ana.page("/my/isp/statement?date_from=2026-01-01");
    assert!(statement.contains("INV/2026/00001") && statement.contains("$\u{a0}30.00"), "{statement}");
    assert_eq!(ana.get("/my/isp/statement?date_from=yesterday").status, 400);
}

#[test]
fn outages_nearby_are_told() {
    let house = House::new();
    let ana = house.login(&house.ana);
    assert!(!ana.page("/my").contains("There is a disturbance"));
    for n in 0..3 {
        let partner: i64 = house.admin.call("res.partner", "create", json!([{"name": format!("Neighbour {n}")}]));
        let sector = house.read("isp.subscription", house.ana.service, "sector_id")[0].clone();
        let values = json!([{"partner_id": partner, "sector_id": sector, "fault_type": "outage", "description": "Nothing works"}]);
        let _: i64 = house.admin.call("isp.fault.ticket", "create", values);
    }
    let _: bool = house.admin.call("isp.subscription", "write", json!([[house.ana.service], {"state": "active"}]));
    let page = ana.page("/my");
    assert!(page.contains("There is a disturbance in") && page.contains("North Hill"), "{page}");
    assert!(!page.contains("Neighbour"), "{page}");
}

#[test]
fn a_ticket_is_a_conversation_with_files() {
    let house = House::new();
    let ana = house.login(&house.ana);
    let photo = b"\x89PNG\r\n\x1a\n picture";
    let fields = [
        ("subscription_id", house.ana.service.to_string()),
        ("fault_type", "outage".into()),
        ("description", "No <b>signal</b>\nsince noon".into()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let sent = send_files(&ana, "/my/isp/faults/new", "/my/isp/faults/new", &fields, &[("attachment", "router.png", photo)]);
    assert_eq!(target(&sent), "/my/isp/faults?msg=fault_submitted");
    let tickets: Vec<i64> =
        house.admin.call("isp.fault.ticket", "search", json!([[["partner_id", "=", house.ana.partner], ["fault_type", "=", "outage"]]]));
    let (ticket, path) = (tickets[0], format!("/my/isp/faults/{}", tickets[0]));
    let page = ana.page(&path);
    assert!(page.contains("No &lt;b&gt;signal") && page.contains("router.png"), "{page}");
    let file = page.split(&format!("{path}/file/")).nth(1).unwrap().split('"').next().unwrap();
    let answer = ana.get(&format!("{path}/file/{file}"));
    assert_eq!((answer.body.as_slice(), answer.header("content-type")), (photo.as_slice(), Some("application/octet-stream")));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=router.png"));
    // Employees talk among themselves, and with the customer.
    let post = |body: &str, subtype: &str| {
        let _: Value = house.admin.call_kw(
            "isp.fault.ticket",
            "message_post",
            json!([[ticket]]),
            json!({"body": body, "subtype_xmlid": subtype, "message_type": "comment"}),
        );
    };
    post("Customer is difficult", "mail.mt_note");
    post("Please restart the router", "mail.mt_comment");
    let _: Value = house.admin.call("isp.fault.ticket", "action_waiting", json!([[ticket]]));
    let page = ana.page(&path);
    assert!(page.contains("Please restart the router") && page.contains("Waiting for you"), "{page}");
    assert!(!page.contains("difficult"), "{page}");
    let sent =
        send_files(&ana, &path, &format!("{path}/answer"), &[("body", "Done <i>it</i>\n\nStill dead")], &[("attachment", "a.txt", b"log")]);
    assert_eq!(target(&sent), format!("{path}?msg=answer_submitted"));
    assert_eq!(house.read("isp.fault.ticket", ticket, "state"), "in_progress");
    let page = ana.page(&path);
    assert!(
        page.contains("Done &lt;i&gt;it") && page.contains("Still dead") && page.contains("a.txt") && page.contains("class=\"mine\""),
        "{page}"
    );
    assert_eq!(target(&send_files(&ana, &path, &format!("{path}/answer"), &[("body", " ")], &[])), format!("{path}?msg=answer_failed"));
    let _: Value = house.admin.call("isp.fault.ticket", "action_close", json!([[ticket]]));
    assert!(!ana.page(&path).contains("<textarea"), "a closed ticket takes no answer");
}

#[test]
fn a_plan_is_asked_for_with_its_price_and_day() {
    let house = House::new();
    let ana = house.login(&house.ana);
    let path = format!("/my/isp/plan/change/{}", house.ana.service);
    let page = ana.page(&path);
    assert!(page.contains("Home 100") && page.contains("$\u{a0}14.50 more a month"), "{page}");
    assert!(!page.contains(&format!("value=\"{}\" required", house.plan)), "not the one she has");
    let (service, plan) = (house.ana.service.to_string(), house.better.to_string());
    let fields = [("subscription_id", service.as_str()), ("plan_id", plan.as_str())];
    let answer = ana.post_from(&path, "/my/isp/plan/change/submit", &fields);
    assert_eq!(target(&answer), format!("/my/isp/service/{service}?msg=plan_change_submitted"));
    let page = ana.page(target(&answer));
    assert!(page.contains("Your request was handed in.") && page.contains("In review") && page.contains("Home 100"), "{page}");
    let answer = ana.post_from(&path, "/my/isp/plan/change/submit", &[("subscription_id", &service), ("plan_id", "999999")]);
    assert_eq!(target(&answer), format!("/my/isp/service/{service}?msg=plan_change_failed"));
}

#[test]
fn contact_data_are_the_customers_to_change_but_not_what_invoices_say() {
    let house = House::new();
    let ana = house.login(&house.ana);
    let save = |fields: &[(&str, &str)]| target(&ana.post_from("/my/account", "/my/account", fields)).to_owned();
    let good = [
        ("email", "ana@new.example"),
        ("phone", "+1 809 555 0101"),
        ("street", "Calle <8>"),
        ("city", "Santiago"),
        ("name", "Somebody Else"),
        ("vat", "X"),
        ("credit_limit", "9"),
        ("user_ids", "1"),
    ];
    assert_eq!(save(&good), "/my/account?msg=details_saved");
    let partner: Vec<Value> = house.admin.call("res.partner", "read", json!([[house.ana.partner], ["name", "email", "street", "vat"]]));
    assert_eq!(partner[0]["name"], "Ana Torres", "it is on invoices");
    assert_eq!(
        (&partner[0]["email"], &partner[0]["street"], &partner[0]["vat"]),
        (&json!("ana@new.example"), &json!("Calle <8>"), &json!(false))
    );
    assert!(ana.page("/my/account").contains("Calle &lt;8&gt;"));
    for bad in [("email", "nobody"), ("email", "a b@c.example"), ("phone", &"1".repeat(300)), ("country_id", "x"), ("country_id", "999999")]
    {
        assert_eq!(save(&[bad]), "/my/account?msg=details_failed", "{bad:?}");
    }
    let copy: Value = serde_json::from_str(&ana.page("/my/data")).unwrap();
    assert_eq!((&copy["contact"]["email"], &copy["invoices"][0]["name"]), (&json!("ana@new.example"), &json!("INV/2026/00001")));
    assert_eq!(copy["tickets"].as_array().unwrap().len(), 1);
}

#[test]
fn pages_speak_the_language_that_a_customer_chose() {
    let house = House::new();
    let langs: Vec<i64> =
        house.admin.call_kw("res.lang", "search", json!([[["code", "=", "es_ES"]]]), json!({"context": {"active_test": false}}));
    let _: Value = house.admin.call("res.lang", "write", json!([langs, {"active": true}]));
    let ana = house.login(&house.ana);
    assert!(ana.page("/my").contains("<html lang=\"en\">"));
    assert_eq!(target(&ana.post_from("/my", "/my/language", &[("lang", "es_ES"), ("path", "/my/isp")])), "/my/isp");
    let page = ana.page("/my");
    assert!(page.contains("<html lang=\"es\">") && page.contains("Hola, Ana Torres") && page.contains("25,50"), "{page}");
    assert_eq!(target(&ana.post_from("/my", "/my/language", &[("lang", "xx_XX"), ("path", "//evil.example")])), "/my");
    assert_eq!(house.read("res.partner", house.ana.partner, "lang"), "es_ES");
}

#[test]
fn a_new_password_needs_the_old_one_and_ends_other_sessions() {
    let house = House::new();
    let (ana, elsewhere) = (house.login(&house.ana), house.login(&house.ana));
    let change =
        |old: &str, new: &str, again: &str| ana.post_from("/my/security", "/my/security", &[("old", old), ("new", new), ("again", again)]);
    assert_eq!(target(&change("wrong", "another-one", "another-one")), "/my/security?msg=password_wrong");
    assert_eq!(target(&change("ana-password", "another-one", "another-two")), "/my/security?msg=password_differs");
    assert_eq!(target(&change("ana-password", "short", "short")), "/my/security?msg=password_poor");
    assert_eq!(elsewhere.get("/my").status, 200);
    let done = change("ana-password", "another-one", "another-one");
    assert_eq!(target(&done), "/my/security?msg=password_changed");
    assert_eq!(elsewhere.get("/my").status, 303, "other sessions end");
    let here = Browser { server: &house.server, cookie: done.session().unwrap() };
    assert!(here.page("/my/security?msg=password_changed").contains("Your password was changed."));
    Browser::login(&house.server, "ana", "another-one").page("/my");
    let other = Browser::login(&house.server, "ana", "another-one");
    assert_eq!(target(&here.post_from("/my/security", "/my/security/sessions", &[])), "/my/security?msg=sessions_ended");
    assert_eq!((other.get("/my").status, here.get("/my").status), (303, 200));
}

#[test]
fn what_a_service_carried_is_drawn_by_day_and_counted_by_month() {
    let house = House::new();
    let ana = house.login(&house.ana);
    let path = format!("/my/isp/service/{}", house.ana.service);
    assert!(ana.page(&path).contains("Nothing was measured yet."));
    let day = house.read("isp.fault.ticket", house.ana.ticket, "create_date").as_str().unwrap()[..10].to_owned();
    let values = json!([{"subscription_id": house.ana.service, "day": day, "download_bytes": 2.5e9, "upload_bytes": 5.0e8}]);
    let _: i64 = house.admin.call("isp.usage.day", "create", values);
    let page = ana.page(&path);
    assert!(page.contains("2.5 GB") && page.contains("500 MB") && page.contains(&day[..7]), "{page}");
    assert_eq!(page.matches("<rect class=\"down\"").count(), 30);
}
