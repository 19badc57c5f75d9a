//! Customers and strangers come against walls.

use serde_json::{Value, json};

use super::{House, send_files, target};
use crate::support::http;

#[test]
fn a_customer_reaches_nothing_of_anothers() {
    let house = House::new();
    let (ana, other) = (house.login(&house.ana), &house.bruno);
    let bruno = house.login(other);
    let sent = send_files(
        &bruno,
        &format!("/my/isp/faults/{}", other.ticket),
        &format!("/my/isp/faults/{}/answer", other.ticket),
        &[("body", "It is still slow")],
        &[("attachment", "secret.txt", b"Bruno Secret")],
    );
    assert_eq!(target(&sent), format!("/my/isp/faults/{}?msg=answer_submitted", other.ticket));
    let url: String = house.admin.call("account.move", "get_portal_url", json!([[other.invoice]]));
    let token = url.split("access_token=").nth(1).unwrap().to_owned();
    let files: Vec<i64> = house.admin.call("ir.attachment", "search", json!([[["name", "=", "secret.txt"]]]));
    let foreign = [
        format!("/my/isp/service/{}", other.service),
        format!("/my/isp/plan/change/{}", other.service),
        format!("/my/invoices/{}", other.invoice),
        format!("/my/isp/invoices/{}", other.invoice),
        format!("/my/invoices/{}?report_type=pdf", other.invoice),
        format!("/my/invoices/{}?report_type=html", other.invoice),
        format!("/my/invoices/{}?access_token=", other.invoice),
        format!("/my/invoices/{}?access_token=00000000-0000-0000-0000-000000000000", other.invoice),
        format!("/my/isp/faults/{}", other.ticket),
        format!("/my/isp/faults/{}/file/{}", other.ticket, files[0]),
        format!("/my/isp/faults/{}/file/{}", house.ana.ticket, files[0]),
        "/my/isp/service/0".into(),
        "/my/isp/service/-1".into(),
        "/my/invoices/999999".into(),
    ];
    for path in foreign {
        let answer = ana.get(&path);
        assert_eq!((answer.status, answer.header("location")), (303, Some("/my")), "{path}");
    }
    // His token opens his invoice alone.
    assert_eq!(ana.get(&format!("/my/invoices/{}?access_token={token}", house.ana.invoice)).status, 200, "her own all the same");
    for path in [
        "/my",
        "/my/isp",
        "/my/isp/page/2",
        "/my/invoices",
        "/my/invoices?filterby=open",
        "/my/isp/statement",
        "/my/isp/payment/transfer",
        "/my/isp/faults",
        "/my/isp/faults/new",
        "/my/account",
        "/my/security",
        "/my/data",
        "/my/isp/plan/change",
    ] {
        assert!(!ana.page(path).contains("Bruno"), "{path}");
    }
    let plan = house.better.to_string();
    let service = other.service.to_string();
    let answer = ana.post_from("/my/account", "/my/isp/plan/change/submit", &[("subscription_id", &service), ("plan_id", &plan)]);
    assert_eq!(target(&answer), "/my");
    let answer = ana.post_from("/my/account", &format!("/my/isp/faults/{}/answer", other.ticket), &[("body", "Close it")]);
    assert_eq!(target(&answer), "/my");
    let answer =
        ana.post_from("/my/account", "/my/isp/faults/new", &[("subscription_id", &service), ("fault_type", "speed"), ("description", "x")]);
    assert_eq!(target(&answer), "/my/isp/faults?msg=fault_submitted");
    let fields = [
        ("bank_name", "B"),
        ("reference", "R-1"),
        ("amount", "25.50"),
        ("date", "2026-03-05"),
        ("invoice_ids", &other.invoice.to_string()),
    ];
    let answer =
        send_files(&ana, "/my/isp/payment/transfer", "/my/isp/payment/transfer/submit", &fields, &[("attachment", "slip.png", b"\x89PNG")]);
    assert_eq!(target(&answer), "/my/isp?msg=transfer_submitted");
    let changes: i64 = house.admin.call("isp.plan.change.request", "search_count", json!([[["subscription_id", "=", other.service]]]));
    let tickets: i64 = house.admin.call("isp.fault.ticket", "search_count", json!([[["subscription_id", "=", other.service]]]));
    let transfers: i64 = house.admin.call("isp.bank.transfer.payment", "search_count", json!([[["invoice_ids", "in", [other.invoice]]]]));
    assert_eq!((changes, tickets, transfers), (0, 1, 0));
}

#[test]
fn a_token_opens_one_document_to_strangers_and_nothing_else() {
    let house = House::new();
    let get = |path: &str| http::request(house.server.address(), "GET", path, &[], b"").unwrap();
    let url: String = house.admin.call("account.move", "get_portal_url", json!([[house.ana.invoice]]));
    let page = get(&url);
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Internet of Ana Torres"), "{}", page.text());
    assert!(!page.text().contains("/my/isp"), "no menu for strangers");
    let pdf = get(&format!("{url}&report_type=pdf&download=true"));
    assert_eq!((pdf.status, pdf.header("content-type")), (200, Some("application/pdf")));
    assert!(pdf.header("content-disposition").unwrap().starts_with("attachment; "));
    let spanish = http::request(house.server.address(), "GET", &url, &[("Accept-Language", "es-MX,es;q=0.9")], b"").unwrap();
    assert!(spanish.text().contains("Descargar PDF") && spanish.text().contains("<html lang=\"es\">"), "{}", spanish.text());
    let token = url.split("access_token=").nth(1).unwrap();
    for path in [
        format!("/my/invoices/{}?access_token={token}", house.bruno.invoice),
        format!("/my/invoices/{}", house.ana.invoice),
        format!("/my?access_token={token}"),
        format!("/my/isp/statement?access_token={token}"),
        format!("/my/isp/service/{}?access_token={token}", house.ana.service),
    ] {
        let answer = get(&path);
        assert_eq!(answer.status, 303, "{path}");
        assert!(answer.header("location").unwrap().starts_with("/web/login"), "{path}");
    }
    // A draft has no page, whatever its token.
    let _: Value = house.admin.call("account.move", "button_draft", json!([[house.ana.invoice]]));
    assert_eq!(get(&url).status, 303);
}

#[test]
fn forms_need_the_token_of_the_session_and_a_session() {
    let house = House::new();
    let ana = house.login(&house.ana);
    for path in [
        "/my/account",
        "/my/security",
        "/my/security/sessions",
        "/my/language",
        "/my/isp/plan/change/submit",
        "/my/isp/faults/new",
        "/my/isp/payment/transfer/submit",
    ] {
        assert_eq!(ana.send(path, "wrong", &[("name", "X"), ("lang", "es_ES")]).status, 400, "{path}");
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        let stranger = http::request(house.server.address(), "POST", path, &headers, b"name=X").unwrap();
        assert_eq!(stranger.status, 303, "{path}");
        assert!(stranger.header("location").unwrap().starts_with("/web/login"), "{path}");
    }
    assert_eq!(house.read("res.partner", house.ana.partner, "name"), "Ana Torres");
}
