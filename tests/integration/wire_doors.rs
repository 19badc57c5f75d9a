//! Doors of the wire beside calls: what other verbs, odd parameters, browsers and authors of clients get.

use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::http::{self, Response};
use crate::support::provider::{Provider, simulator};
use crate::support::rpc::WebSession;
use crate::support::server::TestServer;

const JSON: (&str, &str) = ("Content-Type", "application/json");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn send(server: &TestServer, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
    http::request(server.address(), method, path, headers, body.as_bytes()).unwrap()
}

fn get(server: &TestServer, path: &str, headers: &[(&str, &str)]) -> Response {
    send(server, "GET", path, headers, "")
}

fn error_name(answer: &Response) -> String {
    answer.json()["error"]["data"]["name"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn common_tells_about_itself_and_takes_no_orders_about_logs() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let common = |method: &str, args: Value| {
        let params = json!({"params": {"service": "common", "method": method, "args": args}});
        send(&server, "POST", "/jsonrpc", &[JSON], &params.to_string())
    };
    let about = common("about", json!([])).json()["result"].clone();
    assert!(about.is_string());
    assert_eq!(common("about", json!([true])).json()["result"], json!([about, "19.0"]));
    assert_eq!(common("set_loglevel", json!(["debug"])).json()["result"], json!(true));
    assert_eq!(common("set_loglevel", json!(["debug", "odoo.sql_db"])).json()["result"], json!(true));
    assert_eq!(error_name(&common("set_loglevel", json!([]))), "builtins.TypeError");
    assert_eq!(error_name(&common("about", json!([true, 1]))), "builtins.TypeError");
    let xml = |path: &str, argument: &str| {
        let call =
            format!("<methodCall><methodName>about</methodName><params><param><value>{argument}</value></param></params></methodCall>");
        send(&server, "POST", path, &[("Content-Type", "text/xml")], &call).text()
    };
    for path in ["/xmlrpc/2/common", "/xmlrpc/common"] {
        let told = xml(path, "<boolean>1</boolean>");
        assert!(told.contains("<array>") && told.contains("<string>19.0</string>") && !told.contains("<fault>"), "{told}");
    }
}

#[test]
fn parameters_that_are_none_are_refused_everywhere() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let session = WebSession::open(&server, "admin", "admin");
    let paths = [
        "/jsonrpc",
        "/web/session/get_session_info",
        "/web/session/check",
        "/web/webclient/version_info",
        "/web/database/list",
        "/web/dataset/call_kw",
        "/web/action/load",
    ];
    for path in paths {
        for (params, name) in [("null", "builtins.TypeError"), ("5", "builtins.TypeError"), ("false", "builtins.TypeError"), ("\"x\"", "")]
        {
            let body = format!("{{\"jsonrpc\": \"2.0\", \"id\": 7, \"params\": {params}}}");
            let answer = send(&server, "POST", path, &[JSON, ("Cookie", &session.cookie)], &body);
            assert_eq!(answer.status, 200, "{path} {params}");
            let told = error_name(&answer);
            assert!(if name.is_empty() { !told.is_empty() } else { told == name }, "{path} {params}: {}", answer.text());
        }
    }
    // Nothing at all is no parameters.
    let answer = send(&server, "POST", "/web/database/list", &[JSON], "{}");
    assert_eq!(answer.json()["result"], json!([server.db_name()]));
    // A stranger is told first that nobody knows him.
    let answer = send(&server, "POST", "/web/session/get_session_info", &[JSON], "{\"params\": null}");
    assert_eq!(answer.json()["error"]["code"], 100);
}

#[test]
fn other_verbs_are_answered_as_their_routes_are_made() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let session = WebSession::open(&server, "admin", "admin");
    // Pages take any verb: one that changes nothing reads, the others need a token.
    let pages = [
        "/web/login",
        "/web",
        "/odoo",
        "/odoo/contacts",
        "/robots.txt",
        "/web/version",
        "/json/version",
        "/web/health",
        "/logo",
        "/doc",
        "/web/database/manager",
        "/web/database/selector",
        "/web/image/res.users/2/avatar_128",
        "/web/binary/company_logo",
        "/my",
        "/my/isp",
    ];
    let status = |verb: &str, path: &str| send(&server, verb, path, &[("Cookie", &session.cookie)], "").status;
    for path in pages {
        let read = status("GET", path);
        assert!(read < 400, "{path}: {read}");
        assert_eq!(status("TRACE", path), read, "TRACE {path}");
        let asked = status("OPTIONS", path);
        assert!(asked == read || asked == 204, "OPTIONS {path}: {asked}");
        for verb in ["PUT", "PATCH", "DELETE"] {
            assert_eq!(status(verb, path), 400, "{verb} {path}");
        }
    }
    // Routes of one verb say which.
    let restricted = [
        ("/xmlrpc/2/common", "OPTIONS, POST", 200),
        ("/web/database/create", "OPTIONS, POST", 200),
        ("/base_import/set_file", "OPTIONS, POST", 200),
        ("/web/model/get_definitions", "OPTIONS, POST", 200),
        ("/web/webclient/load_menus", "GET, HEAD, OPTIONS", 200),
    ];
    for (path, allow, options) in restricted {
        for verb in ["PUT", "PATCH", "DELETE", "TRACE"] {
            let answer = send(&server, verb, path, &[("Cookie", &session.cookie)], "");
            assert_eq!((answer.status, answer.header("allow")), (405, Some(allow)), "{verb} {path}");
        }
        assert_eq!(status("OPTIONS", path), options, "OPTIONS {path}");
    }
    assert_eq!(send(&server, "PUT", "/isp/mac_onboarding", &[], "").header("allow"), Some("GET, HEAD, OPTIONS, POST"));
    // JSON is JSON whatever the verb.
    for verb in ["GET", "PUT", "DELETE", "OPTIONS"] {
        assert_eq!(status(verb, "/web/dataset/call_kw"), 415, "{verb}");
        assert_eq!(status(verb, "/doc/index.json"), 200, "{verb}");
    }
    assert_eq!((status("GET", "/json/2/res.partner/search"), status("OPTIONS", "/json/2/res.partner/search")), (404, 401));
    // A browser may read logos from pages of any site.
    let asked = send(&server, "OPTIONS", "/logo", &[("Origin", "http://elsewhere.example")], "");
    assert_eq!((asked.status, asked.header("access-control-allow-origin")), (204, Some("*")));
    assert_eq!(asked.header("access-control-allow-methods"), Some("GET, POST"));
}

#[test]
fn names_of_files_keep_the_letters_under_their_accents() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let session = WebSession::open(&server, "admin", "admin");
    let cases = [
        ("é.txt", "e.txt", "%C3%A9.txt"),
        ("Ärger ß.txt", "\"Arger .txt\"", "%C3%84rger%20%C3%9F.txt"),
        ("日本.txt", ".txt", "%E6%97%A5%E6%9C%AC.txt"),
        ("ﬁle.txt", "file.txt", "%EF%AC%81le.txt"),
        ("½.txt", "12.txt", "%C2%BD.txt"),
        ("ñandú #1+2.csv", "\"nandu #1+2.csv\"", "%C3%B1and%C3%BA%20#1+2.csv"),
    ];
    for (name, plain, encoded) in cases {
        let values = json!([{"name": name, "datas": "aGVsbG8=", "mimetype": "text/plain"}]);
        let id = session.call("ir.attachment", "create", values, json!({}));
        let answer = get(&server, &format!("/web/content/{id}?download=1"), &[("Cookie", &session.cookie)]);
        let expected = format!("attachment; filename={plain}; filename*=UTF-8''{encoded}");
        assert_eq!(answer.header("content-disposition"), Some(expected.as_str()), "{name}");
    }
}

#[test]
fn logos_and_icons_are_there_for_everybody() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    for path in
        ["/logo", "/logo.png", "/web/binary/company_logo", "/web/binary/company_logo?company=1", "/logo?company=abc", "/logo?company=0"]
    {
        let answer = get(&server, path, &[]);
        assert_eq!((answer.status, answer.header("content-disposition")), (200, Some("inline; filename=logo.png")), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
        assert!(answer.body.starts_with(b"\x89PNG"), "{path}");
    }
    let none = get(&server, "/web/binary/company_logo?company=999", &[]);
    assert_eq!((none.status, none.header("content-disposition")), (200, Some("inline; filename=nologo.png")));
    for path in ["/favicon.ico", "/web/static/img/favicon.ico"] {
        let icon = get(&server, path, &[]);
        assert_eq!((icon.status, icon.header("content-type")), (200, Some("image/svg+xml")), "{path}");
        assert_eq!(icon.header("cache-control"), Some("public, max-age=604800"));
    }
}

#[test]
fn clients_get_the_definitions_of_models() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let session = WebSession::open(&server, "admin", "admin");
    let cookie = [FORM, ("Cookie", session.cookie.as_str())];
    let page = get(&server, "/web/login", &[("Cookie", &session.cookie)]).text();
    let token = page.split_once("name=\"csrf_token\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let ask = |names: &str| {
        let body = format!("model_names={names}&csrf_token={token}");
        send(&server, "POST", "/web/model/get_definitions", &cookie, &body)
    };
    let answer = ask("[\"res.partner.category\",\"res.partner\"]");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let found = answer.json();
    let tags = &found["res.partner.category"];
    assert_eq!((&tags["parent_name"], &tags["rec_name"], &tags["inherit"]), (&json!("parent_id"), &json!("name"), &json!([])));
    assert_eq!(tags["fields"]["parent_id"]["inverse_fname_by_model_name"], json!({"res.partner.category": "child_ids"}));
    assert_eq!(tags["fields"]["child_ids"]["inverse_fname_by_model_name"], json!({"res.partner.category": "parent_id"}));
    assert_eq!(tags["fields"]["partner_ids"]["inverse_fname_by_model_name"], json!({"res.partner": "category_id"}));
    let name = &tags["fields"]["name"];
    assert_eq!((&name["type"], &name["required"], &name["string"]), (&json!("char"), &json!(true), &json!("Name")));
    // What leads out of the models is left out.
    let partner = &found["res.partner"]["fields"];
    assert!(partner["country_id"].is_null() && partner["user_ids"].is_null() && partner["parent_id"].is_object());
    assert_eq!(found["res.partner"]["has_activities"], json!(true));
    assert_eq!(ask("[]").json(), json!({}));
    assert_eq!((ask("[\"no.model\"]").status, ask("x").status, ask("5").status), (500, 500, 500));
    let forged = send(&server, "POST", "/web/model/get_definitions", &cookie, "model_names=[]");
    assert_eq!(forged.status, 400);
    let stranger = send(&server, "POST", "/web/model/get_definitions", &[FORM], "model_names=[]");
    assert_eq!(stranger.header("location"), Some("/web/login?redirect=%2Fweb%2Fmodel%2Fget_definitions%3F"));
}

#[test]
fn breadcrumbs_name_the_way_back() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let session = WebSession::open(&server, "admin", "admin");
    let crumbs = |actions: Value| session.post("/web/action/load_breadcrumbs", &json!({"actions": actions})).json();
    let window = session.call(
        "ir.actions.act_window",
        "create",
        json!([{"name": "Tags", "res_model": "res.partner.category", "view_mode": "list,form", "path": "tags"}]),
        json!({}),
    );
    let form = session.call(
        "ir.actions.act_window",
        "create",
        json!([{"name": "One", "res_model": "res.partner", "view_mode": "form"}]),
        json!({}),
    );
    let client = session.call("ir.actions.client", "create", json!([{"name": "Board", "tag": "board"}]), json!({}));
    let server_action = session.call(
        "ir.actions.server",
        "create",
        json!([{"name": "Do", "model_id": session.call("ir.model", "search", json!([[["model", "=", "res.partner"]]]), json!({}))[0],
                "state": "object_write"}]),
        json!({}),
    );
    let way = json!([{"action": "tags"}, {"action": window, "resId": "new"}, {"action": window.to_string()}, {"action": form},
                     {"action": form, "resId": 2}, {"model": "res.partner", "resId": 1}, {"model": "res.partner", "resId": "new"}]);
    let names: Vec<Value> = crumbs(way)["result"].as_array().unwrap().iter().map(|crumb| crumb["display_name"].clone()).collect();
    let partner = |id: i64| session.call("res.partner", "read", json!([[id], ["display_name"]]), json!({}))[0]["display_name"].clone();
    assert_eq!(json!(names), json!(["Tags", "New", "Tags", null, partner(2), partner(1), "New"]));
    // A client action shows no list, so its record stands alone.
    let found = crumbs(json!([{"action": client}, {"action": client, "resId": 1}]));
    assert!(found["result"][0]["error"].is_string() && found["result"][1]["display_name"] == "Board", "{found}");
    assert!(crumbs(json!([{"action": server_action}]))["result"][0]["error"].is_string());
    for gone in [
        json!({"action": "nope"}),
        json!({"action": "no.pe"}),
        json!({"action": 99999}),
        json!({"model": "res.partner", "resId": 99999}),
        json!({"action": form, "resId": "2"}),
    ] {
        let found = crumbs(json!([gone]));
        assert!(found["result"][0]["error"].is_string() && found["result"][0]["display_name"].is_null(), "{gone}: {found}");
    }
    for (odd, name) in [
        (json!([{"model": "res.partner"}]), "werkzeug.exceptions.BadRequest"),
        (json!([{}]), "werkzeug.exceptions.BadRequest"),
        (json!([{"model": "no.model", "resId": 1}]), "builtins.KeyError"),
        (json!([5]), "builtins.AttributeError"),
        (json!(null), "builtins.TypeError"),
    ] {
        assert_eq!(crumbs(odd.clone())["error"]["data"]["name"], name, "{odd}");
    }
    // What a user may not read has no name for him.
    let admin = server.admin();
    let _: i64 = admin.call("res.users", "create", json!([{"name": "Plain", "login": "plain", "password": "plain-secret-1"}]));
    let plain = WebSession::open(&server, "plain", "plain-secret-1");
    let found = plain.post("/web/action/load_breadcrumbs", &json!({"actions": [{"model": "ir.mail_server", "resId": 1}]})).json();
    assert!(found["result"][0]["error"].is_string(), "{found}");
}

#[test]
fn documents_are_for_people_and_for_programs() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let _provider = Provider::new(&admin);
    let session = WebSession::open(&server, "admin", "admin");
    let key = format!("Bearer {}", session.api_key("admin"));
    let (cookie, bearer) = (("Cookie", session.cookie.as_str()), ("Authorization", key.as_str()));
    for path in ["/doc", "/doc/", "/doc/index.html"] {
        let page = get(&server, path, &[cookie]);
        assert_eq!((page.status, page.header("x-frame-options")), (200, Some("deny")), "{path}");
        assert!(page.text().contains("<a href=\"/doc/isp.subscription\">isp.subscription</a>"), "{path}");
    }
    let page = get(&server, "/doc/isp.subscription", &[cookie]).text();
    assert!(page.contains("POST /json/2/isp.subscription/action_suspend") && page.contains("<code>service_ip</code>"), "{page}");
    assert_eq!(get(&server, "/doc/no.model", &[cookie]).status, 404);
    // A key opens no page, a session no document of keys.
    for headers in [&[][..], &[bearer][..]] {
        let answer = get(&server, "/doc", headers);
        assert_eq!((answer.status, answer.header("location")), (303, Some("/web/login?redirect=%2Fdoc%3F")));
        assert_eq!(get(&server, "/doc/index.json", headers).status, 403);
    }
    assert_eq!(get(&server, "/doc-bearer/index.json", &[cookie]).status, 401);
    assert_eq!((get(&server, "/doc-bearer", &[bearer]).status, get(&server, "/doc-bearer/no.model.json", &[bearer]).status), (404, 404));
    for (path, who) in [("/doc-bearer/isp.sector.json", bearer), ("/doc/isp.sector.json", cookie), ("/doc-bearer/index.json", bearer)] {
        let answer = get(&server, path, &[who]);
        assert_eq!((answer.status, answer.header("content-language")), (200, Some("en-US")), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-cache, private"));
        let tag = answer.header("etag").unwrap().to_owned();
        assert_eq!(get(&server, path, &[who, ("If-None-Match", &tag)]).status, 304, "{path}");
        assert_eq!(get(&server, path, &[who, ("If-None-Match", &tag), ("Cache-Control", "no-cache")]).status, 200, "{path}");
    }
    // Those who may not read them are told so.
    let _: i64 = admin.call("res.users", "create", json!([{"name": "Plain", "login": "plain", "password": "plain-secret-1"}]));
    let plain = WebSession::open(&server, "plain", "plain-secret-1");
    assert_eq!(get(&server, "/doc", &[("Cookie", &plain.cookie)]).status, 403);
}

#[test]
fn helpers_of_currencies_sequences_and_jobs_can_be_called() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let currency =
        |name: &str| admin.call::<Vec<i64>>("res.currency", "search", json!([[["active", "in", [true, false]], ["name", "=", name]]]))[0];
    let (usd, yen, dinar) = (currency("USD"), currency("JPY"), currency("BHD"));
    let call = |method: &str, args: Value| admin.call::<Value>("res.currency", method, args);
    for (id, amount, expected) in
        [(usd, 2.675, 2.68), (usd, -1.005, -1.01), (yen, 1234.5, 1235.0), (dinar, 12.3456, 12.346), (usd, 0.0, 0.0)]
    {
        assert_eq!(call("round", json!([[id], amount])), json!(expected), "{amount}");
    }
    assert_eq!(call("round", json!([usd, 1.236])), json!(1.24));
    for (a, b, usd_order, dinar_order) in [(1.0, 1.004, 0, -1), (1.0, 1.006, -1, -1), (2.0, 1.0, 1, 1), (0.1 + 0.2, 0.3, 0, 0)] {
        assert_eq!(call("compare_amounts", json!([[usd], a, b])), json!(usd_order), "{a} {b}");
        assert_eq!(call("compare_amounts", json!([[dinar], a, b])), json!(dinar_order), "{a} {b}");
    }
    for (id, amount, zero) in [(usd, 0.004, true), (usd, 0.005, false), (yen, 0.4, true), (yen, 0.5, false), (dinar, 0.004, false)] {
        assert_eq!(call("is_zero", json!([[id], amount])), json!(zero), "{amount}");
    }
    for (id, amount, text) in [
        (usd, json!(0), "Zero Dollars"),
        (usd, json!(21.5), "Twenty-One Dollars and Fifty Cents"),
        (usd, json!(-5.25), "Minus Five Dollars and Twenty-Five Cents"),
        (usd, json!(1.999), "Two Dollars"),
        (
            usd,
            json!(1_234_567.89),
            "One Million, Two Hundred And Thirty-Four Thousand, Five Hundred And Sixty-Seven Dollars and Eighty-Nine Cents",
        ),
        (yen, json!(21.5), "Twenty-Two Yen and Zero Cen"),
        (dinar, json!(0.05), "Zero Dinar and Fifty Fils"),
    ] {
        assert_eq!(call("amount_to_text", json!([[id], amount])), json!(text));
    }
    assert_eq!(call("format", json!([[usd], 1234.5])), json!("$\u{a0}1,234.50"));
    assert_eq!(call("format", json!([[yen], -1234567.5])), json!("¥\u{a0}-\u{feff}1,234,568"));
    let refused = |model: &str, method: &str, args: Value| admin.try_call(model, method, args, json!({})).unwrap_err();
    assert_eq!(refused("res.currency", "round", json!([[usd], "1.2"])).name, "builtins.TypeError");
    assert_eq!(refused("res.currency", "round", json!([[usd]])).name, "builtins.TypeError");
    assert_eq!(
        refused("res.currency", "is_zero", json!([[usd, yen], 1])).message,
        format!("Expected singleton: res.currency({usd}, {yen})")
    );
    assert_eq!(refused("res.currency", "amount_to_text", json!([[99999], 1])).name, "odoo.exceptions.MissingError");

    let values = json!([{"name": "Probe", "prefix": "P/%(year)s/", "suffix": "/x", "padding": 4}]);
    let sequence: i64 = admin.call("ir.sequence", "create", values);
    let dated = json!({"context": {"ir_sequence_date": "2020-02-03"}});
    for (number, text) in
        [(json!(7), "P/2020/0007/x"), (json!(12345), "P/2020/12345/x"), (json!(-3), "P/2020/-003/x"), (json!(1.7), "P/2020/0001/x")]
    {
        assert_eq!(admin.call_kw::<String>("ir.sequence", "get_next_char", json!([[sequence], number]), dated.clone()), text);
    }
    assert_eq!(refused("ir.sequence", "get_next_char", json!([[sequence], "9"])).name, "builtins.TypeError");
    // Nothing was drawn.
    assert!(admin.call::<String>("ir.sequence", "next_by_id", json!([[sequence]])).ends_with("/0001/x"));
    let broken: i64 = admin.call("ir.sequence", "create", json!([{"name": "Bad", "prefix": "%(nope)s"}]));
    assert_eq!(refused("ir.sequence", "get_next_char", json!([[broken], 3])).name, "odoo.exceptions.UserError");

    let router = simulator(0);
    let site = Provider::new(&admin).site("north", &router);
    let payloads = [("{\"captive_user_id\": 7}", json!({"captive_user_id": 7})), ("not json", json!({})), ("", json!({}))];
    for (text, payload) in payloads {
        let device =
            admin.call::<Vec<Value>>("isp.mikrotik.router", "read", json!([[site.router], ["device_id"]]))[0]["device_id"][0].clone();
        let values = json!([{"job_type": "captive_user_create", "device_id": device, "payload_json": text}]);
        let job: i64 = admin.call("isp.provisioning_job", "create", values);
        assert_eq!(admin.call::<Value>("isp.provisioning_job", "get_payload", json!([[job]])), payload, "{text}");
    }
}
