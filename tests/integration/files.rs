//! Files: what is imported from them, what is kept of them, and what is taken away when nobody needs it.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::http::{self, Response};
use crate::support::rpc::{Rpc, WebSession};
use crate::support::server::TestServer;

/// A wizard with a file, looked at and imported.
fn import(rpc: &Rpc, file: &str, fields: Value, more: Value) -> (Value, Value) {
    let wizard: i64 = rpc.call("base_import.import", "create", json!([{"res_model": "res.partner", "file": file, "file_name": "a.csv"}]));
    let mut options = json!({"has_headers": true, "separator": "", "quoting": "\""});
    options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let preview: Value = rpc.call("base_import.import", "parse_preview", json!([[wizard], options]));
    let result: Value = rpc.call("base_import.import", "execute_import", json!([[wizard], fields, preview["headers"], options]));
    (preview, result)
}

fn names(rpc: &Rpc, ids: &Value) -> Vec<String> {
    let rows: Vec<Value> = rpc.call("res.partner", "read", json!([ids, ["name"]]));
    rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

/// A workbook of one sheet.
fn workbook(rows: &[[&str; 2]]) -> String {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("People").unwrap();
    for (y, row) in (0..).zip(rows) {
        for (x, cell) in (0..).zip(row) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(y, x, number).unwrap(),
                Err(_) => sheet.write_string(y, x, *cell).unwrap(),
            };
        }
    }
    STANDARD.encode(book.save_to_buffer().unwrap())
}

fn imports(rpc: &Rpc) {
    let (preview, result) =
        import(rpc, "Name;Phone;Country\nImp One;12;Spain\n;;\nImp Two;;Nowhere\n", json!(["name", "phone", "country_id"]), json!({}));
    assert_eq!(preview["matches"], json!({"0": ["name"], "1": ["phone"], "2": ["country_id"]}));
    assert_eq!((&preview["options"]["separator"], &preview["file_length"]), (&json!(";"), &json!(3)));
    assert_eq!(preview["preview"], json!([["Imp One", "Imp Two"], ["12"], ["Spain", "Nowhere"]]));
    let message = &result["messages"][0];
    assert_eq!(result["ids"], json!(false));
    assert_eq!(
        (&message["field_path"], &message["field_type"], &message["value"]),
        (&json!(["country_id"]), &json!("name"), &json!("Nowhere"))
    );

    let unfit = "Name,Country\nFits,Spain\nUnfit,Nowhere\n";
    for (choice, kept) in [("import_set_empty_fields", vec!["Fits", "Unfit"]), ("import_skip_records", vec!["Fits"])] {
        let (_, result) = import(rpc, unfit, json!(["name", "country_id"]), json!({choice: ["country_id"]}));
        assert_eq!(names(rpc, &result["ids"]), kept, "{choice}");
    }
    let (_, result) = import(
        rpc,
        "N,T\nTagged,\"new one,new two\"\n",
        json!(["name", "category_id"]),
        json!({"name_create_enabled_fields": {"category_id": true}}),
    );
    let tags: Vec<Value> = rpc.call("res.partner", "read", json!([result["ids"], ["category_id"]]));
    assert_eq!(tags[0]["category_id"].as_array().unwrap().len(), 2);

    let (_, result) = import(rpc, "A,B,L\nAda,Love,\"1.234,5\"\n", json!(["name", "name", "partner_latitude"]), json!({}));
    let row: Vec<Value> = rpc.call("res.partner", "read", json!([result["ids"], ["name", "partner_latitude"]]));
    assert_eq!((&row[0]["name"], &row[0]["partner_latitude"]), (&json!("Ada Love"), &json!(1234.5)));
    let (_, result) = import(rpc, "N,L\nA,abc\n", json!(["name", "partner_latitude"]), json!({}));
    assert_eq!(result["messages"][0]["field_path"], json!(["partner_latitude"]));

    let (preview, result) = import(rpc, &workbook(&[["Name", "Color"], ["From a book", "3"]]), json!(["name", "color"]), json!({}));
    assert_eq!((&preview["options"]["sheets"], &preview["headers"]), (&json!(["People"]), &json!(["Name", "Color"])));
    assert_eq!(names(rpc, &result["ids"]), ["From a book"]);
    let (preview, _) = import(rpc, "UEsDBAo=", json!(["name"]), json!({}));
    assert!(preview["error"].is_string(), "{preview}");
    // A range of this sheet would have as many places as lie between its corners.
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_number(0, 0, 1).unwrap().write_number(1_048_575, 16_383, 1).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    assert!(bytes.len() < 10_000, "{}", bytes.len());
    let (preview, _) = import(rpc, &STANDARD.encode(bytes), json!(["name"]), json!({}));
    assert!(preview["error"].as_str().is_some_and(|text| text.contains("5000000 cells")), "{preview}");
    // What a heading meant is remembered.
    import(rpc, "Rufname\nX\n", json!(["name"]), json!({}));
    let (preview, _) = import(rpc, "Rufname\nY\n", json!(["name"]), json!({}));
    assert_eq!(preview["matches"], json!({"0": ["name"]}));
}

/// Values that are no texts, and ids that say there is none.
fn loads(rpc: &Rpc) {
    let load = |fields: Value, rows: Value| rpc.try_call("res.partner", "load", json!([fields, rows]), json!({}));
    let numbers = load(json!(["name", "color"]), json!([["n", 5.7], ["n", true], ["n", "3"]])).unwrap();
    let rows: Vec<Value> = rpc.call("res.partner", "read", json!([numbers["ids"], ["color"]]));
    assert_eq!(rows.iter().map(|row| &row["color"]).collect::<Vec<_>>(), [5, 1, 3]);
    for (column, none) in [("country_id/id", "false"), ("country_id/.id", "0")] {
        let loaded = load(json!(["name", column]), json!([["n", none]])).unwrap();
        assert_eq!(loaded["messages"], json!([]), "{column}");
    }
    assert_eq!(load(json!(["name", "active"]), json!([["n", true]])).unwrap_err().name, "builtins.AttributeError");
    assert_eq!(load(json!(["name", "active"]), json!([["n", false], ["n", "Yes"]])).unwrap()["messages"], json!([]));
}

fn get(server: &TestServer, path: &str, headers: &[(&str, &str)]) -> Response {
    http::request(server.address(), "GET", path, headers, b"").unwrap()
}

fn stored(db: &TestDb, id: i64) -> PathBuf {
    let name = db.text(&format!("SELECT store_fname AS value FROM ir_attachment WHERE id = {id}"));
    db.data_dir().join("filestore").join(db.name()).join(name)
}

fn what_nobody_needs_goes(rpc: &Rpc, db: &TestDb, server: &TestServer) {
    let attach = |text: &str| -> i64 { rpc.call("ir.attachment", "create", json!([{"name": "a.txt", "raw": text}])) };
    let (kept, gone, young) = (attach("kept"), attach("gone"), attach("young"));
    let files = [stored(db, kept), stored(db, gone), stored(db, young)];
    for file in &files[..2] {
        fs::File::open(file).unwrap().set_modified(SystemTime::now() - Duration::from_secs(3 * 24 * 3600)).unwrap();
    }
    rpc.call::<bool>("ir.attachment", "unlink", json!([[gone, young]]));
    let session = WebSession::open(server, "admin", "admin");
    db.text(
        "WITH old AS (INSERT INTO lastmile_session (token_hash, user_id, expires_at) VALUES ('old', 2, now() - interval '1 day') RETURNING 1), \
         wizard AS (UPDATE base_import_import SET write_date = now() - interval '2 days' RETURNING 1) SELECT count(*)::text AS value FROM old",
    );
    let action = rpc.reference("base.autovacuum_job");
    assert!(rpc.call::<bool>("ir.cron", "method_direct_trigger", json!([[action]])));
    assert_eq!(files.map(|file| file.exists()), [true, false, true]);
    assert_eq!(db.text("SELECT count(*)::text AS value FROM lastmile_session WHERE token_hash = 'old'"), "0");
    assert_eq!(db.text("SELECT count(*)::text AS value FROM base_import_import"), "0");
    assert_eq!(session.post("/web/session/check", &json!({})).json().get("error"), None);
}

#[test]
fn files_come_in_and_go_out() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = server.admin();
    imports(&rpc);
    loads(&rpc);
    what_nobody_needs_goes(&rpc, &db, &server);

    let web = WebSession::open(&server, "admin", "admin");
    let modules = web.post("/web/session/modules", &json!({})).json();
    assert!(modules["result"].as_array().unwrap().contains(&json!("base_import")), "{modules}");
    assert_eq!(web.post("/web/session/get_lang_list", &json!({})).json()["result"], json!([["en_US", "English (US)"]]));
    let language = get(&server, "/web/webclient/translations?lang=xx_XX", &[]).json();
    assert_eq!((&language["lang"], &language["lang_parameters"]["week_start"]), (&json!("en_US"), &json!(7)));
    let known = format!("/web/webclient/translations?hash={}", language["hash"].as_str().unwrap());
    assert_eq!(get(&server, &known, &[]).json(), json!({"lang": "en_US", "hash": language["hash"]}));
    for (path, status, location) in [
        ("/", 303, Some("/odoo")),
        ("/robots.txt", 200, None),
        ("/report/pdf/x/1", 303, Some("/web/login?redirect=%2Freport%2Fpdf%2Fx%2F1%3F")),
    ] {
        let response = get(&server, path, &[]);
        assert_eq!((response.status, response.header("location")), (status, location), "{path}");
    }
    let avatars: Vec<Value> = rpc.call("res.users", "read", json!([[2], ["avatar_128"]]));
    let drawn = STANDARD.decode(avatars[0]["avatar_128"].as_str().unwrap()).unwrap();
    assert!(String::from_utf8(drawn).unwrap().contains("<svg"));
}
