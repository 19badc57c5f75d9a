//! What forms do: creating, changing, lines, buttons, conversations, and saying what went wrong.

use serde_json::{Value, json};

use super::{House, attribute};

#[test]
fn a_form_creates_changes_and_tells_what_is_missing() {
    let house = House::new();
    let admin = house.login("admin");
    let page = admin.page("/odoo/m-isp.sector/new");
    assert!(page.contains("o_form_button_save") && page.contains("name=\"f.name\""));
    let refused = admin.post("/odoo/m-isp.sector/new", &[("do", "save"), ("f.name", ""), ("f.code", "X9")]);
    assert!(
        refused.status == 200 && refused.text().contains("Still to be filled in: Name") && refused.text().contains("value=\"X9\""),
        "what was typed stays"
    );
    let made = admin.post("/odoo/m-isp.sector/new", &[("do", "save"), ("f.name", "South"), ("f.code", "SO")]);
    let target = made.header("location").unwrap_or_else(|| panic!("{:.3000}", made.text())).to_owned();
    let id: i64 = target.rsplit('/').next().unwrap().parse().unwrap();
    assert_eq!(house.read("isp.sector", id, &["name", "code"])["code"], "SO");
    let page = admin.page(&target);
    let stamp = attribute(&page, "name=\"__stamp\"", "value");
    let saved = admin.post(&target, &[("do", "save"), ("__stamp", &stamp), ("f.name", "South Bank")]);
    assert_eq!((saved.status, saved.header("location")), (303, Some(target.as_str())));
    let row = house.read("isp.sector", id, &["name", "code"]);
    assert_eq!((row["name"].as_str(), row["code"].as_str()), (Some("South Bank"), Some("SO")), "what the form does not have stays");
    assert_eq!(admin.post(&target, &[("do", "delete")]).status, 303);
    assert_eq!(admin.get(&target).status, 404);
}

#[test]
fn links_are_chosen_by_id_or_by_what_was_typed() {
    let house = House::new();
    let admin = house.login("admin");
    let fields = [
        ("do", "save"),
        ("f.partner_id", ""),
        ("n.partner_id", "ana torr"),
        ("f.plan_id", ""),
        ("n.plan_id", "Home 20"),
        ("f.sector_id", ""),
        ("n.sector_id", "North Hill"),
    ];
    let made = admin.post("/odoo/m-isp.subscription/new", &fields);
    let target = made.header("location").unwrap_or_else(|| panic!("{:.3000}", made.text())).to_owned();
    let id: i64 = target.rsplit('/').next().unwrap().parse().unwrap();
    let row = house.read("isp.subscription", id, &["partner_id", "plan_id", "sector_id", "state"]);
    assert_eq!(
        (row["partner_id"][0].as_i64(), row["plan_id"][0].as_i64(), row["sector_id"][0].as_i64()),
        (Some(house.partner), Some(house.plan), Some(house.sector))
    );
    let none = admin.post(&target, &[("do", "save"), ("f.plan_id", ""), ("n.plan_id", "No Such Plan")]);
    assert!(none.status == 200 && none.text().contains("There is no “No Such Plan”."), "{:.300}", none.text());
    let found = admin.post(&target, &[("do", "find:f.plan_id"), ("q", "home")]).json();
    assert_eq!(found, json!([[house.plan, "Home 20"]]));
}

#[test]
fn what_follows_from_an_edit_is_in_the_form() {
    let house = House::new();
    let admin = house.login("admin");
    let plan: i64 = house.admin.call(
        "isp.service_plan",
        "create",
        json!([{"name": "Lease", "download_mbps": 9, "upload_mbps": 1, "price_monthly": 9, "service_type": "dhcp"}]),
    );
    let plan = plan.to_string();
    let page = admin
        .post(
            "/odoo/m-isp.subscription/new",
            &[("do", "onchange:plan_id"), ("f.plan_id", &plan), ("n.plan_id", "Lease"), ("f.auth_method", "pppoe")],
        )
        .text();
    let chosen = page[page.find("name=\"f.auth_method\"").unwrap()..].split("</select>").next().unwrap().to_owned();
    assert!(chosen.contains("value=\"dhcp\" selected"), "{chosen}");
    let rows: Vec<Value> = house.admin.call("isp.subscription", "search_read", json!([[["plan_id", "=", plan.parse::<i64>().unwrap()]]]));
    assert!(rows.is_empty(), "an edit saves nothing");
}

#[test]
fn somebody_elses_changes_are_not_overwritten_silently() {
    let house = House::new();
    let admin = house.login("admin");
    let path = format!("/odoo/m-res.partner/{}", house.partner);
    let stamp = attribute(&admin.page(&path), "name=\"__stamp\"", "value");
    let _: bool = house.admin.call("res.partner", "write", json!([[house.partner], {"phone": "555"}]));
    let _: bool = house.admin.call("res.partner", "write", json!([[house.partner], {"write_date": "2031-01-01 00:00:00"}]));
    let mine = [("__stamp", stamp.as_str()), ("f.email", "new@example.com")];
    let fields: Vec<_> = mine.iter().copied().chain([("do", "save")]).collect();
    let answer = admin.post(&path, &fields);
    let now = house.read("res.partner", house.partner, &["write_date", "email"]);
    if now["write_date"] != json!(stamp) {
        assert!(
            answer.status == 200 && answer.text().contains("o_conflict") && answer.text().contains("new@example.com"),
            "{}: {now}",
            answer.status
        );
        assert_eq!(now["email"], "ana@example.com");
    }
    let forced: Vec<_> = mine.iter().copied().chain([("do", "force")]).collect();
    assert_eq!(admin.post(&path, &forced).status, 303);
    let row = house.read("res.partner", house.partner, &["email", "phone"]);
    assert_eq!(
        (row["email"].as_str(), row["phone"].as_str()),
        (Some("new@example.com"), Some("555")),
        "theirs stays where mine says nothing"
    );
}

#[test]
fn lines_are_added_changed_and_taken_out_in_place() {
    let house = House::new();
    let admin = house.login("admin");
    let arch = "<form><sheet><field name=\"name\"/><field name=\"child_ids\"><list><field name=\"name\"/><field name=\"email\"/></list></field></sheet></form>";
    let _: i64 = house.admin.call(
        "ir.ui.view",
        "create",
        json!([{"name": "x", "model": "res.partner", "type": "form", "priority": 0, "arch": arch}]),
    );
    let child: i64 = house.admin.call("res.partner", "create", json!([{"name": "First", "parent_id": house.partner}]));
    let path = format!("/odoo/m-res.partner/{}", house.partner);
    let page = admin.page(&path);
    assert!(page.contains(&format!("f.child_ids/{child}/name")), "{:.5000}", page);
    let added = admin.post(&path, &[("do", "add:child_ids"), ("l.child_ids", &child.to_string())]).text();
    assert!(added.contains("f.child_ids/virtual_1/name"));
    let (old, mail) = (format!("f.child_ids/{child}/email"), "first@example.com");
    let fields = [
        ("do", "save"),
        ("l.child_ids", &child.to_string()),
        (old.as_str(), mail),
        ("l.child_ids", "virtual_1"),
        ("f.child_ids/virtual_1/name", "Second"),
    ];
    let saved = admin.post(&path, &fields);
    assert_eq!(saved.status, 303, "{:.3000}", saved.text());
    let children = || -> Vec<Value> {
        house.admin.call("res.partner", "search_read", json!([[["parent_id", "=", house.partner]], ["name", "email"]]))
    };
    let names = |rows: &[Value]| {
        let mut all: Vec<String> = rows.iter().map(|row| format!("{} {}", row["name"].as_str().unwrap(), row["email"])).collect();
        all.sort();
        all
    };
    assert_eq!(names(&children()), ["First \"first@example.com\"", "Second false"]);
    let dropped = admin.post(&path, &[("do", &format!("drop:child_ids:{child}")), ("l.child_ids", &child.to_string())]).text();
    assert!(dropped.contains("name=\"x.child_ids\"") && !dropped.contains(&format!("f.child_ids/{child}/name")));
    assert_eq!(admin.post(&path, &[("do", "save"), ("x.child_ids", &child.to_string())]).status, 303);
    assert_eq!(names(&children()), ["Second false"]);
}

#[test]
fn modifiers_hold_for_the_record_as_it_is_edited() {
    let house = House::new();
    let admin = house.login("admin");
    let arch = "<form><sheet><group><field name=\"name\"/><field name=\"is_company\"/><field name=\"vat\" invisible=\"not is_company\"/>\
                <field name=\"phone\" readonly=\"is_company\"/><field name=\"city\" required=\"is_company and name != 'x'\"/></group>\
                <group groups=\"base.group_no_one,!base.group_user\"><field name=\"ref\"/></group></sheet></form>";
    let _: i64 = house.admin.call(
        "ir.ui.view",
        "create",
        json!([{"name": "x", "model": "res.partner", "type": "form", "priority": 0, "arch": arch}]),
    );
    let path = format!("/odoo/m-res.partner/{}", house.partner);
    let page = admin.page(&path);
    assert!(!page.contains("f.vat") && page.contains("name=\"f.phone\"") && !page.contains("f.ref"));
    let page = admin.post(&path, &[("do", "onchange:is_company"), ("f.is_company", "0"), ("f.is_company", "1")]).text();
    assert!(page.contains("name=\"f.vat\"") && !page.contains("name=\"f.phone\""));
    let refused = admin.post(&path, &[("do", "save"), ("f.is_company", "0"), ("f.is_company", "1"), ("f.city", "")]).text();
    assert!(refused.contains("Still to be filled in: City"));
}

#[test]
fn buttons_run_as_the_user_and_say_why_not() {
    let house = House::new();
    let path = format!("/odoo/m-isp.fault.ticket/{}", house.ticket);
    let support = house.login("support");
    assert!(support.page(&path).contains("button:action_start"));
    let done = support.post(&path, &[("do", "button:action_start")]);
    assert_eq!((done.status, done.header("location")), (303, Some(path.as_str())), "{:.500}", done.text());
    assert_eq!(house.read("isp.fault.ticket", house.ticket, &["state"])["state"], "in_progress");
    assert!(!support.page(&path).contains("button:action_start"), "a button that makes no sense is not there");
    // What a role may not do is refused, whatever is posted.
    let plan = format!("/odoo/m-isp.service_plan/{}", house.plan);
    let answer = support.post(&plan, &[("do", "save"), ("f.price_monthly", "1")]);
    assert!(answer.status == 403 || answer.text().contains("notice bad"), "{}", answer.status);
    assert_eq!(house.read("isp.service_plan", house.plan, &["price_monthly"])["price_monthly"], 25.5);
    assert!(!support.page(&plan).contains("o_form_button_save"), "a record that cannot be changed has no save");
    let private = house.login("admin").post(&path, &[("do", "button:_compute_display_name")]);
    assert!(private.text().contains("cannot be called remotely"), "{:.500}", private.text());
    // An action that opens a wizard carries what it is about.
    let subscription = format!("/odoo/m-isp.subscription/{}", house.subscription);
    let asked = house.login("admin").post(&subscription, &[("do", "button:action_request_plan_change")]);
    let target = asked.header("location").unwrap_or_else(|| panic!("{:.1000}", asked.text())).to_owned();
    let form = house.login("admin").page(&target);
    assert!(form.contains("SUB-000001"), "the subscription is filled in: {target}");
}

#[test]
fn conversations_keep_messages_files_and_plans() {
    let house = House::new();
    let support = house.login("support");
    let path = format!("/odoo/m-isp.fault.ticket/{}", house.ticket);
    assert_eq!(support.post(&path, &[("do", "message"), ("body", "On the way <b>now</b>")]).status, 303);
    assert_eq!(support.post(&path, &[("do", "note"), ("body", "Bring a ladder")]).status, 303);
    let types: Vec<Value> = house.admin.call("mail.activity.type", "search_read", json!([[], ["name"], 0, 1]));
    let kind = types[0]["id"].to_string();
    let planned =
        support.post(&path, &[("do", "activity"), ("type", &kind), ("deadline", "2020-02-02"), ("summary", "Call back"), ("user", "")]);
    assert_eq!(planned.status, 303, "{:.500}", planned.text());
    let page = support.page(&path);
    assert!(page.contains("On the way") && page.contains("Bring a ladder") && page.contains("Call back") && !page.contains("way <b>now"));
    let boundary = "frontier";
    let token = attribute(&page, "name=\"csrf_token\"", "value");
    let body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n{token}\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"do\"\r\n\r\nattach\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"site.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--{boundary}--\r\n"
    );
    let headers = [("Cookie", support.cookie.as_str()), ("Content-Type", "multipart/form-data; boundary=frontier")];
    let answer = crate::support::http::request(house.server.address(), "POST", &path, &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 303, "{:.500}", answer.text());
    assert!(support.page(&path).contains("site.txt"));
    let done = page[page.find("done:").unwrap()..].split('"').next().unwrap().to_owned();
    assert_eq!(support.post(&path, &[("do", &done)]).status, 303);
    assert!(!support.page(&path).contains(&done));
    assert_eq!(support.post(&path, &[("do", "follow")]).status, 303);
    assert!(support.page(&path).contains("Unfollow"));
}

#[test]
fn many_records_are_changed_at_once() {
    let house = House::new();
    let admin = house.login("admin");
    let ids: Vec<i64> = house.admin.call("res.partner", "create", json!([[{"name": "Batch A"}, {"name": "Batch B"}]]));
    let (a, b) = (ids[0].to_string(), ids[1].to_string());
    assert_eq!(admin.post("/odoo/m-res.partner", &[("do", "archive"), ("ids", &a), ("ids", &b)]).status, 303);
    assert_eq!(house.read("res.partner", ids[0], &["active"])["active"], false);
    assert_eq!(admin.post("/odoo/m-res.partner", &[("do", "delete"), ("ids", &a), ("ids", &b)]).status, 303);
    let left: i64 = house.admin.call_kw(
        "res.partner",
        "search_count",
        json!([[["name", "like", "Batch"]]]),
        json!({"context": {"active_test": false}}),
    );
    assert_eq!(left, 0);
    let denied = house.login("billing").post("/odoo/m-isp.sector", &[("do", "delete"), ("ids", &house.sector.to_string())]);
    assert_eq!(denied.status, 403);
}
