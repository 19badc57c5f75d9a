//! Documents: what is printed says what the books say, in the reader's language, whatever people typed; and only to those who may read it.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::http::{self, Response};
use crate::support::provider::set_parameter;
use crate::support::rpc::{Rpc, WebSession};
use crate::support::server::TestServer;
use crate::support::smtp::Peer;
use crate::support::wait_for;

/// What no template, page or shell should take for anything but a name.
const HOSTILE: &str = "<b>Ana</b> #panic(\"x\") $1$ @ref *bold* _it_ \\ {{ 7*7 }} & \"q\"";

struct Office {
    server: TestServer,
    rpc: Rpc,
    partner: i64,
}

impl Office {
    fn new() -> (TestDb, Office) {
        let db = TestDb::new();
        let server = TestServer::start(&db);
        let rpc = server.admin();
        let langs: Vec<i64> =
            rpc.call_kw("res.lang", "search", json!([[["code", "=", "es_ES"]]]), json!({"context": {"active_test": false}}));
        let _: Value = rpc.call("res.lang", "write", json!([langs, {"active": true}]));
        set_parameter(&rpc, "web.base.url", "https://isp.example");
        let values = json!([{"name": HOSTILE, "street": "Calle 8 #12", "city": "Santo Domingo", "lang": "es_ES", "ref": "C-1001"}]);
        let partner = rpc.call("res.partner", "create", values);
        (db, Office { server, partner, rpc })
    }

    /// A posted invoice of 2 × 50.00.
    fn invoice(&self, name: &str) -> i64 {
        let lines = json!([[0, 0, {"name": name, "quantity": 2, "price_unit": 50.0, "tax_ids": [[6, 0, []]]}],
            [0, 0, {"display_type": "line_section", "name": "Una sección"}], [0, 0, {"display_type": "line_note", "name": "Una nota"}]]);
        let values =
            json!([{"move_type": "out_invoice", "partner_id": self.partner, "invoice_date": "2026-03-02", "invoice_line_ids": lines}]);
        let id: i64 = self.rpc.call("account.move", "create", values);
        let _: Value = self.rpc.call("account.move", "action_post", json!([[id]]));
        id
    }

    fn get(&self, session: &WebSession, path: &str) -> Response {
        http::request(self.server.address(), "GET", path, &[("Cookie", session.cookie.as_str())], b"").unwrap()
    }

    fn admin(&self) -> WebSession {
        WebSession::open(&self.server, "admin", "admin")
    }
}

/// The text of a PDF as another program reads it.
fn text_of(pdf: &[u8]) -> String {
    let mut child = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext of poppler-utils");
    child.stdin.take().unwrap().write_all(pdf).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "no PDF");
    String::from_utf8(output.stdout).unwrap()
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn an_invoice_is_printed_in_the_language_of_its_reader_as_it_was_typed() {
    let (_db, office) = Office::new();
    let invoice = office.invoice(HOSTILE);
    let admin = office.admin();
    let answer = office.get(&admin, &format!("/report/pdf/account.report_invoice_with_payments/{invoice}"));
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/pdf")), "{}", answer.text());
    assert_eq!(answer.header("content-disposition"), Some("inline; filename=\"Factura INV_2026_00001.pdf\""));
    let text = squeezed(&text_of(&answer.body));
    // The name is broken over lines of the address; each word of it is there as it was typed.
    for part in [
        "Factura INV/2026/00001",
        "Vencimiento",
        "C-1001",
        "Calle 8 #12",
        "<b>Ana</b>",
        "#panic(\"x\")",
        "{{ 7*7 }}",
        "Una sección",
        "Una nota",
        "Página 1 / 1",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    assert!(text.contains("100,00"), "written as Spanish does: {text}");
    let page = office.get(&admin, &format!("/report/html/account.report_invoice/{invoice}"));
    assert_eq!(page.status, 200);
    let page = page.text();
    assert!(page.contains("&lt;b&gt;Ana&lt;&#x2F;b&gt;") || page.contains("&lt;b&gt;Ana&lt;/b&gt;"), "{page}");
    assert!(!page.contains("<b>Ana"), "{page}");
    let known: Vec<Value> = office.rpc.call("account.move", "read", json!([[invoice], ["access_token"]]));
    assert_eq!(known[0]["access_token"].as_str().unwrap().len(), 36, "the code on it leads to the page of this invoice");
    let url: String = office.rpc.call("account.move", "get_portal_url", json!([[invoice]]));
    assert_eq!(url, format!("/my/invoices/{invoice}?access_token={}", known[0]["access_token"].as_str().unwrap()));
}

#[test]
fn many_documents_are_one_file_and_each_counts_its_own_sheets() {
    let (_db, office) = Office::new();
    let long = office.invoice(&"Una línea que se repite muchas veces.\n".repeat(90));
    let short = office.invoice("Corta");
    let admin = office.admin();
    let answer = office.get(&admin, &format!("/report/pdf/account.report_invoice/{long},{short},{long}"));
    let text = squeezed(&text_of(&answer.body));
    assert!(text.contains("Página 3 / 3") && text.contains("Página 1 / 1"), "{text}");
    assert_eq!(text.matches("Factura INV/2026/0000").count(), 2, "the same one is printed once");
    let many = (0..300).map(|id| (id + 1).to_string()).collect::<Vec<_>>().join(",");
    assert_eq!(office.get(&admin, &format!("/report/pdf/account.report_invoice/{many}")).status, 422);
}

#[test]
fn a_statement_runs_from_the_balance_before_to_the_balance_after() {
    let (_db, office) = Office::new();
    let invoice = office.invoice("x");
    let context = json!({"context": {"active_model": "account.move", "active_ids": [invoice]}});
    let wizard: i64 =
        office.rpc.call_kw("account.payment.register", "create", json!([{"amount": 30.0, "payment_date": "2026-03-20"}]), context.clone());
    let _: Value = office.rpc.call_kw("account.payment.register", "action_create_payments", json!([[wizard]]), context);
    let admin = office.admin();
    let of = |path: &str| squeezed(&text_of(&office.get(&admin, path).body));
    let path = format!("/report/pdf/lastmile.report_partner_statement/{}", office.partner);
    let text = of(&format!("{path}?date_from=2026-03-01&date_to=2026-03-31"));
    assert!(text.contains("Saldo antes del 01/03/2026") && text.contains("Saldo al 31/03/2026"), "{text}");
    assert!(text.contains("INV/2026/00001") && text.contains("30,00") && text.contains("70,00"), "{text}");
    let later = of(&format!("{path}?date_from=2026-03-10&date_to=2026-03-31"));
    assert!(!later.contains("INV/2026/00001 1"), "what was before is one amount: {later}");
    assert!(later.contains("100,00") && later.contains("70,00"), "{later}");
    assert_eq!(office.get(&admin, &format!("{path}?date_from=2026-04-01&date_to=2026-03-31")).status, 422);
    let payments: Vec<i64> = office.rpc.call("account.payment", "search", json!([[]]));
    let receipt = of(&format!("/report/pdf/account.report_payment_receipt/{}", payments[0]));
    assert!(receipt.contains("Recibo de pago") && receipt.contains("INV/2026/00001") && receipt.contains("30,00"), "{receipt}");
}

#[test]
fn documents_are_for_those_who_may_read_their_records() {
    let (_db, office) = Office::new();
    let invoice = office.invoice("x");
    let (user, portal) = (office.rpc.reference("base.group_user"), office.rpc.reference("base.group_portal"));
    for (login, group) in [("clerk", user), ("client", portal)] {
        let values = json!([{"name": login, "login": login, "password": login, "group_ids": [[6, 0, [group]]]}]);
        let _: Value = office.rpc.call_kw("res.users", "create", values, json!({"context": {"no_reset_password": true}}));
        let session = WebSession::open(&office.server, login, login);
        for path in [
            format!("/report/pdf/account.report_invoice/{invoice}"),
            format!("/report/html/account.report_invoice/{invoice}"),
            format!("/report/pdf/lastmile.report_partner_statement/{}", office.partner),
        ] {
            assert_eq!(office.get(&session, &path).status, 403, "{login} {path}");
        }
    }
    let admin = office.admin();
    assert_eq!(office.get(&admin, "/report/pdf/account.report_invoice/999999").status, 404);
    assert_eq!(office.get(&admin, "/report/pdf/account.report_nothing/1").status, 404);
    assert_eq!(office.get(&admin, "/report/pdf/account.report_invoice/one").status, 422);
    assert_eq!(office.get(&admin, "/report/pdf/account.report_invoice").status, 422);
}

#[test]
fn the_web_client_downloads_documents_and_reads_why_there_is_none() {
    let (_db, office) = Office::new();
    let invoice = office.invoice("x");
    let admin = office.admin();
    assert_eq!(admin.post("/report/check_wkhtmltopdf", &json!({})).json()["result"], "ok");
    let page = office.get(&admin, "/odoo").text();
    let token = page.split("name=\"csrf_token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let ask = |name: &str, token: &str| {
        let data = format!("[\"/report/pdf/{name}/{invoice}\",\"qweb-pdf\"]");
        let encoded: String = data.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let body = format!("data={encoded}&context=%7B%7D&csrf_token={token}");
        let headers = [("Cookie", admin.cookie.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
        http::request(office.server.address(), "POST", "/report/download", &headers, body.as_bytes()).unwrap()
    };
    let answer = ask("account.report_invoice", &token);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/pdf")), "{}", answer.text());
    assert!(answer.header("content-disposition").unwrap().starts_with("attachment; "));
    let refused = ask("account.report_nothing", &token);
    assert_eq!(refused.status, 500);
    assert!(refused.text().contains("Odoo Server Error"), "{}", refused.text());
    assert_eq!(ask("account.report_invoice", "wrong").status, 400);
}

#[test]
fn a_provider_prints_by_a_template_of_his_own_and_is_told_what_is_wrong_with_it() {
    let (_db, office) = Office::new();
    let invoice = office.invoice("x");
    let admin = office.admin();
    let path = format!("/report/pdf/account.report_invoice/{invoice}");
    set_parameter(&office.rpc, "lastmile.document.invoice", "#let d = json(\"data.json\")\n= Nota de #d.documents.at(0).partner.name");
    let text = squeezed(&text_of(&office.get(&admin, &path).body));
    assert!(text.starts_with("Nota de <b>Ana</b> #panic"), "{text}");
    for (template, told) in
        [("first\n#nothing", "line 2"), ("#read(\"/etc/passwd\")", "line 1"), ("#import \"@preview/x:0.1.0\"", "line 1")]
    {
        set_parameter(&office.rpc, "lastmile.document.invoice", template);
        let answer = office.get(&admin, &path);
        assert_eq!(answer.status, 422, "{template}");
        assert!(answer.text().contains(told), "{}", answer.text());
    }
    set_parameter(&office.rpc, "lastmile.document.invoice", "");
    assert_eq!(office.get(&admin, &path).status, 200);
    assert_eq!(office.server.failures(), Vec::<String>::new());
}

#[test]
fn an_invoice_is_mailed_with_its_pdf_in_the_language_of_its_reader() {
    let (db, office) = Office::new();
    let peer = Peer::start();
    let values = json!([{"name": "peer", "smtp_host": "127.0.0.1", "smtp_port": peer.port("plain")}]);
    let _: i64 = office.rpc.call("ir.mail_server", "create", values);
    let _: Value = office.rpc.call("res.company", "write", json!([[1], {"email": "isp@example.com"}]));
    let _: Value = office.rpc.call("res.users", "write", json!([[office.rpc.uid], {"email": "admin@example.com"}]));
    let (first, second) = (office.invoice("x"), office.invoice("y"));
    let action: Value = office.rpc.call("account.move", "action_invoice_sent", json!([[first]]));
    assert_eq!((&action["res_model"], &action["target"]), (&json!("account.move.send.wizard"), &json!("new")));
    let context = json!({"context": action["context"]});
    let wizard: i64 = office.rpc.call_kw("account.move.send.wizard", "create", json!([{}]), context.clone());
    let refused = office.rpc.try_call("account.move.send.wizard", "action_send_and_print", json!([[wizard]]), json!({})).unwrap_err();
    assert!(refused.message.contains("no e-mail address"), "{refused}");
    let _: Value = office.rpc.call("res.partner", "write", json!([[office.partner], {"email": "ana@example.com"}]));
    let _: Value = office.rpc.call_kw("account.move.send.wizard", "action_send_and_print", json!([[wizard]]), context);
    let both: Value = office.rpc.call("account.move", "action_send_and_print", json!([[first, second]]));
    assert_eq!(both["res_model"], "account.move.send.batch.wizard");
    let many: i64 = office.rpc.call_kw("account.move.send.batch.wizard", "create", json!([{}]), json!({"context": both["context"]}));
    office.rpc.try_call_lost("account.move.send.batch.wizard", "action_send_and_print", json!([[many]]));
    let mails: Vec<i64> = office.rpc.call("mail.mail", "search", json!([[["state", "=", "outgoing"]]]));
    if !mails.is_empty() {
        let _: Value = office.rpc.call("mail.mail", "send", json!([mails]));
    }
    let got = wait_for("three mails", Duration::from_secs(20), || Some(peer.mails()).filter(|mails| mails.len() >= 3));
    for mail in &got {
        assert_eq!((&mail["to"], &mail["files"][0][1]), (&json!(["ana@example.com"]), &json!("application/pdf")), "{mail}");
        assert!(mail["html"].as_str().unwrap().contains("Adjuntamos su documento INV/2026/0000"), "{mail}");
        assert!(!mail["html"].as_str().unwrap().contains("<b>Ana"), "{mail}");
    }
    let rows: Vec<Value> = office.rpc.call("account.move", "read", json!([[first, second], ["is_move_sent"]]));
    assert!(rows.iter().all(|row| row["is_move_sent"] == true), "{rows:?}");
    assert_eq!(
        db.text("SELECT count(*)::text AS value FROM ir_attachment WHERE res_field = 'invoice_pdf_report_file'"),
        "2",
        "what was sent once is sent again as it was"
    );
    let draft: i64 = office.rpc.call("account.move", "create", json!([{"move_type": "out_invoice", "partner_id": office.partner}]));
    let refused = office.rpc.try_call("account.move", "action_send_and_print", json!([[draft]]), json!({})).unwrap_err();
    assert_eq!(refused.name, "odoo.exceptions.UserError");
}
