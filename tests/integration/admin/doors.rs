//! Who gets in, and what browsers are told.

use serde_json::json;

use super::House;
use crate::support::http;

#[test]
fn strangers_log_in_first_and_come_back_to_the_page() {
    let house = House::new();
    for path in ["/odoo", "/odoo/tickets", "/odoo/m-isp.subscription/1?x=1"] {
        let answer = http::request(house.server.address(), "GET", path, &[], b"").unwrap();
        assert_eq!(answer.status, 303, "{path}");
        let target = answer.header("location").unwrap().to_owned();
        assert!(target.starts_with("/web/login?redirect=%2Fodoo"), "{target}");
        let posted = http::request(house.server.address(), "POST", path, &[], b"do=delete").unwrap();
        assert_eq!((posted.status, posted.header("location").is_some_and(|l| l.starts_with("/web/login"))), (303, true), "{path}");
    }
}

#[test]
fn customers_of_the_portal_see_no_admin() {
    let house = House::new();
    let group = house.admin.reference("base.group_portal");
    let values = json!([{"name": "P", "login": "portal", "password": "portal", "group_ids": [[6, 0, [group]]]}]);
    let _: i64 = house.admin.call_kw("res.users", "create", values, json!({"context": {"no_reset_password": true}}));
    let portal = house.login("portal");
    for path in ["/odoo", "/odoo/tickets", "/odoo/m-res.partner"] {
        let answer = portal.get(path);
        assert_eq!((answer.status, answer.header("location")), (303, Some("/my")), "{path}");
    }
    let token = super::attribute(&portal.page("/my/isp/faults/new"), "name=\"csrf_token\"", "value");
    let path = format!("/odoo/m-res.partner/{}", house.partner);
    assert_eq!(portal.send(&path, &token, &[("do", "save"), ("f.name", "Mine")]).status, 404);
    assert_eq!(house.read("res.partner", house.partner, &["name"])["name"], "Ana Torres");
}

#[test]
fn nothing_is_done_without_the_token_of_the_session() {
    let house = House::new();
    let (admin, other) = (house.login("admin"), house.login("support"));
    let foreign = super::attribute(&other.page("/odoo"), "name=\"csrf_token\"", "value");
    let record = format!("/odoo/m-res.partner/{}", house.partner);
    for token in ["", "wrong", &foreign] {
        for (path, verb) in
            [(record.as_str(), "save"), (record.as_str(), "delete"), ("/odoo/m-res.partner", "archive"), (record.as_str(), "note")]
        {
            let answer = admin.send(path, token, &[("do", verb), ("f.name", "Changed"), ("body", "x"), ("ids", "1")]);
            assert_eq!(answer.status, 400, "{path} {verb}: {:.300}", answer.text());
        }
    }
    assert_eq!(house.read("res.partner", house.partner, &["name", "active"])["name"], "Ana Torres");
}

#[test]
fn pages_run_nothing_that_is_written_in_them() {
    let house = House::new();
    let admin = house.login("admin");
    let record = format!("/odoo/m-isp.subscription/{}", house.subscription);
    for path in ["/web", "/odoo", "/odoo/m-isp.subscription", record.as_str(), "/odoo/tickets", "/web/login"] {
        let answer = admin.get(path);
        let policy = answer.header("content-security-policy").unwrap_or_default().to_owned();
        assert!(policy.starts_with("default-src 'self'; object-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        let page = answer.text().to_lowercase();
        for part in page.split("<script").skip(1) {
            let tag = part.split('>').next().unwrap();
            assert!(tag.contains(" src=\"/lastmile/assets/") || tag.contains("type=\"application/json\""), "{path}: <script{tag}>");
        }
        assert!(
            !page.contains(" style=\"") && !page.contains("<style") && !page.contains(" onclick=") && !page.contains("javascript:"),
            "{path}"
        );
        assert!(!page.contains("src=\"http") && !page.contains("href=\"http"), "{path} loads from elsewhere");
    }
    let assets = ["admin.css", "admin.js", "icons.svg"];
    let mut first = 0;
    for name in assets {
        let answer = admin.get(&format!("/lastmile/assets/{name}"));
        assert_eq!((answer.status, answer.header("cache-control").is_some_and(|c| c.contains("immutable"))), (200, true), "{name}");
        first += answer.body.len();
    }
    assert!(first < 200_000, "{first} bytes of files");
    assert_eq!(admin.get("/lastmile/assets/../Cargo.toml").status, 404);
}

#[test]
fn paths_that_lead_nowhere_say_so() {
    let house = House::new();
    let admin = house.login("admin");
    for path in ["/odoo/action-999999", "/odoo/m-no.model", "/odoo/no-such-path", "/odoo/action-no.such"] {
        assert!(admin.page(path).contains("There is no such page."), "{path}");
    }
    for path in ["/odoo/m-res.partner/99999999", "/odoo/5/5", "/odoo/customer/99999999", "/odoo/router/99999999"] {
        let answer = admin.get(path);
        assert_eq!(answer.status, 404, "{path}: {:.300}", answer.text());
        assert!(!answer.text().contains("Traceback"), "{path}");
    }
}
