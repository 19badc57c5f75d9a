//! What is on the pages, by right.

use serde_json::{Value, json};

use super::{House, attribute, encode};

#[test]
fn lists_show_what_the_reader_may_see_and_nothing_else() {
    let house = House::new();
    let all = house.login("admin").page("/odoo/m-isp.subscription");
    assert!(all.contains("Ana Torres") && all.contains("Hidden Customer"));
    for role in ["support", "billing", "noc"] {
        let browser = house.login(role);
        let own = browser.page("/odoo/m-isp.subscription");
        assert!(own.contains("Ana Torres") && !own.contains("Hidden Customer"), "{role}: another sector's");
        let board = browser.page("/odoo/tickets");
        assert!(board.contains("FLT-"), "{role}");
        let denied = browser.get("/odoo/m-ir.config_parameter");
        assert_eq!(denied.status, 403, "{role}");
        assert!(!denied.text().contains("database.secret"), "{role}");
    }
    let secrets =
        |role: &str| house.login(role).page(&format!("/odoo/m-isp.subscription/{}", house.subscription)).contains("pppoe_password");
    assert!(secrets("noc") && !secrets("support") && !secrets("billing"));
    let menu = house.login("support").page("/odoo");
    assert!(menu.contains("Ticket board") && !menu.contains(">Users &amp; Companies<"), "menus by right");
}

#[test]
fn what_people_write_is_text_everywhere() {
    let house = House::new();
    let evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&";
    let partner: i64 = house.admin.call("res.partner", "create", json!([{"name": evil, "is_isp_customer": true, "website": "javascript:alert(1)", "comment": "<p onclick=\"x()\">hi<script>alert(3)</script></p>"}]));
    let _: bool = house.admin.call("isp.subscription", "write", json!([[house.subscription], {"partner_id": partner}]));
    let _: bool = house.admin.call("isp.fault.ticket", "write", json!([[house.ticket], {"partner_id": partner, "description": evil}]));
    let _: Value = house.admin.call_kw("res.partner", "message_post", json!([[partner]]), json!({"body": evil, "message_type": "comment"}));
    let arch = json!([{"name": "x", "model": "isp.sector", "type": "list", "priority": 0, "arch": format!("<list string=\"{}\"><field name=\"name\" string=\"{}\"/></list>", "&lt;script&gt;alert(4)", "&lt;script&gt;alert(5)")}]);
    let _: i64 = house.admin.call("ir.ui.view", "create", arch);
    let admin = house.login("admin");
    let ticket = format!("/odoo/m-isp.fault.ticket/{}", house.ticket);
    let (form, customer) = (format!("/odoo/m-res.partner/{partner}"), format!("/odoo/customer/{partner}"));
    let search = format!("/odoo/search?q={}", encode("<script>alert"));
    let named = format!("/odoo/m-res.partner?n={}&s={}", encode(evil), encode(&format!(":{evil}")));
    let pages = [
        "/odoo",
        "/odoo/m-isp.sector",
        "/odoo/m-isp.subscription",
        "/odoo/m-isp.subscription?g=partner_id&x=1&open=0",
        "/odoo/tickets",
        "/odoo/customer",
        "/odoo/m-isp.fault.ticket?v=kanban,graph,pivot,calendar",
        "/odoo/m-isp.fault.ticket?v=kanban,graph&view_type=graph&g=partner_id&x=1",
        ticket.as_str(),
        form.as_str(),
        customer.as_str(),
        search.as_str(),
        named.as_str(),
    ];
    for path in pages {
        let page = admin.page(path);
        assert!(
            !page.contains("<script>alert")
                && !page.contains("<img src=x")
                && !page.contains("onclick")
                && !page.contains("href=\"javascript"),
            "{path}"
        );
    }
    assert!(admin.page("/odoo/m-isp.sector").contains("&lt;script&gt;alert(5)"));
    assert!(admin.page(&form).contains("&lt;img src=x"), "it is shown as it was written");
}

#[test]
fn searches_filter_group_and_page() {
    let house = House::new();
    let rows: Vec<Value> = (0..120).map(|n| json!({"name": format!("Zone {n:03}"), "code": format!("Z{n}")})).collect();
    let _: Value = house.admin.call("isp.sector", "create", json!([rows]));
    let admin = house.login("admin");
    let count = |page: &str| page.matches("o_data_row").count();
    let first = admin.page("/odoo/m-isp.sector");
    assert_eq!(count(&first), 80);
    assert!(first.len() < 90_000, "{}", first.len());
    assert_eq!(count(&admin.page("/odoo/m-isp.sector?x=1&p=80")), 42);
    assert_eq!(count(&admin.page("/odoo/m-isp.sector?q=Zone%2000")), 10);
    assert_eq!(count(&admin.page("/odoo/m-isp.sector?q=Zone%2000&qf=code")), 0);
    let sorted = admin.page("/odoo/m-isp.sector?x=1&o=name%20desc");
    assert!(sorted.find("Zone 119").unwrap() < sorted.find("Zone 118").unwrap());
    let state = admin.page("/odoo/m-isp.subscription?x=1&f=state_draft");
    assert_eq!(count(&state), 2);
    assert!(state.contains("o_searchview_facet"));
    assert_eq!(count(&admin.page("/odoo/m-isp.subscription?x=1&f=state_active")), 0);
    assert_eq!(count(&admin.page("/odoo/m-isp.subscription?x=1&f=state_active&f=state_draft")), 2, "filters of a group are alternatives");
    let closed = admin.page("/odoo/m-isp.subscription?x=1&g=sector_id");
    assert_eq!((count(&closed), closed.matches("o_group_header").count()), (0, 2));
    let open = admin.page("/odoo/m-isp.subscription?x=1&g=sector_id&g=state&open=0&open=0.0");
    assert_eq!((count(&open), open.matches("o_group_header").count()), (1, 3));
    // A search is kept, and found again.
    let answer = admin.post("/odoo/m-isp.subscription?x=1&f=state_draft", &[("do", "favourite"), ("name", "My drafts")]);
    assert_eq!(answer.status, 303, "{:.500}", answer.text());
    let page = admin.page("/odoo/m-isp.subscription?x=1");
    let link = attribute(&page[page.find("fav=").unwrap() - 200..], "fav=", "href");
    assert_eq!(count(&admin.page(&link)), 2);
    assert!(!house.login("support").page("/odoo/m-isp.subscription?x=1").contains("My drafts"), "somebody else's");
}

#[test]
fn everything_is_found_from_anywhere() {
    let house = House::new();
    let (admin, support) = (house.login("admin"), house.login("support"));
    let hits = |text: &str| admin.get(&format!("/odoo/search?as=json&q={}", encode(text))).json();
    for text in ["Ana Tor", "ana@example", "aabb.cc00.1122", "10.1.2.3"] {
        assert!(hits(text).as_array().is_some_and(|hits| !hits.is_empty()), "{text}");
    }
    assert!(hits("Ana Tor").to_string().contains(&format!("/odoo/customer/{}", house.partner)));
    assert_eq!(hits("a"), json!([]), "one letter names nothing");
    let pages = support.page("/odoo/search?q=SUB-");
    assert!(pages.contains("SUB-000001") && !pages.contains("SUB-000002"), "another sector's");
}

#[test]
fn figures_boards_and_pages_of_the_trade() {
    let house = House::new();
    let admin = house.login("admin");
    let pivot = admin.page("/odoo/m-isp.fault.ticket?v=pivot&m=__count");
    assert!(pivot.contains("o_pivot") && pivot.contains(">1<"));
    assert!(admin.page("/odoo/m-isp.fault.ticket?v=graph&m=__count").contains("<rect"));
    let board = admin.page("/odoo/m-isp.fault.ticket?v=kanban");
    assert!(board.contains("o_kanban_group") && board.contains("Waiting Customer"), "states without records are columns");
    assert!(admin.page("/odoo/m-isp.fault.ticket?v=calendar").contains("o_event"));
    assert!(admin.page("/odoo").contains("Urgent tickets"));
    let customer = admin.page(&format!("/odoo/customer/{}", house.partner));
    assert!(customer.contains("SUB-000001") && customer.contains("FLT-") && customer.contains("button:action_activate"));
    let read_only = house.login("support").get(&format!("/odoo/customer/{}", house.partner));
    assert_eq!(read_only.status, 200);
    for path in ["/odoo/jobs", "/odoo/transfers", "/odoo/router", "/odoo/tickets"] {
        admin.page(path);
    }
    // A card is put into another column.
    let moved = admin.post(
        "/odoo/m-isp.fault.ticket?back=/odoo/tickets",
        &[("do", "move:state"), ("value", "\"in_progress\""), ("ids", &house.ticket.to_string())],
    );
    assert_eq!((moved.status, moved.header("location")), (303, Some("/odoo/tickets")));
    assert_eq!(house.read("isp.fault.ticket", house.ticket, &["state"])["state"], "in_progress");
}

#[test]
fn pages_speak_the_language_of_their_reader() {
    let house = House::new();
    let lang: Vec<i64> =
        house.admin.call_kw("res.lang", "search", json!([[["code", "=", "es_ES"]]]), json!({"context": {"active_test": false}}));
    let _: bool = house.admin.call("res.lang", "write", json!([lang, {"active": true}]));
    let user: Vec<i64> = house.admin.call("res.users", "search", json!([[["login", "=", "support"]]]));
    let _: bool = house.admin.call("res.users", "write", json!([user, {"lang": "es_ES"}]));
    let page = house.login("support").page("/odoo");
    assert!(page.contains("<html lang=\"es\"") && page.contains("Tickets urgentes") && !page.contains("Urgent tickets"));
    assert!(house.login("billing").page("/odoo").contains("<html lang=\"en\""));
}

#[test]
fn architectures_of_ours_name_fields_that_are_there() {
    let house = House::new();
    let folder = crate::support::project("models/web/views/ours");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (model, kind) = name.trim_end_matches(".xml").rsplit_once('.').unwrap();
        let written = std::fs::read_to_string(&path).unwrap();
        let options = json!({"options": {"ours": true}});
        let views: Value = house.admin.call_kw(model, "get_views", json!([[[false, kind]]]), options);
        let served = views["views"][kind]["arch"].as_str().unwrap();
        for tag in ["field", "page"] {
            let names = |arch: &str| -> Vec<String> {
                let mark = format!("<{tag} name=\"");
                let parts = arch.split(&mark).skip(1);
                parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
            };
            assert_eq!(names(served), names(&written), "{name}: what is missing is not in the database");
        }
        let plain: Value = house.admin.call(model, "get_views", json!([[[false, kind]]]));
        assert_ne!(plain["views"][kind]["arch"].as_str(), Some(served), "{name}: other clients are served as before");
        seen += 1;
    }
    assert!(seen >= 8, "{seen}");
}
