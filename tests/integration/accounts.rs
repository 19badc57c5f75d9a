//! Accounts, groups, journals and terms of payment are made as they are known elsewhere, and what they must be is kept.

use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;

const VALIDATION: &str = "odoo.exceptions.ValidationError";
const USER: &str = "odoo.exceptions.UserError";
const ACCESS: &str = "odoo.exceptions.AccessError";
const ACCOUNT: &str = "account.account";
const JOURNAL: &str = "account.journal";
const TERM: &str = "account.payment.term";

/// Somebody who may do all of accounting.
fn accountant(server: &TestServer) -> Rpc {
    let rpc = server.admin();
    let groups: Vec<i64> = ["account.group_account_manager", "base.group_multi_company"].map(|group| rpc.reference(group)).to_vec();
    let links: Vec<Value> = groups.iter().map(|group| json!([4, group])).collect();
    rpc.call::<bool>("res.users", "write", json!([[rpc.uid], {"group_ids": links}]));
    rpc
}

fn refused(rpc: &Rpc, calls: &[(&str, &str, Value, &str)]) {
    for (model, method, args, error) in calls {
        let outcome = rpc.try_call(model, method, args.clone(), json!({}));
        assert_eq!(outcome.map_err(|e| e.name), Err((*error).to_owned()), "{model}.{method}{args}");
    }
}

fn make(rpc: &Rpc, model: &str, values: Value) -> i64 {
    rpc.call(model, "create", json!([values]))
}

fn read(rpc: &Rpc, model: &str, id: i64, fields: &[&str]) -> Value {
    let mut row: Vec<Value> = rpc.call(model, "read", json!([[id], fields]));
    let mut row = row.remove(0);
    row.as_object_mut().unwrap().remove("id");
    row
}

#[test]
fn accounts_have_codes_of_their_own() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = accountant(&server);
    let asset = make(&rpc, ACCOUNT, json!({"name": "A", "code": "101799", "account_type": "asset_current"}));
    // The type is that of the account before it, and says what is reconciled.
    let income = make(&rpc, ACCOUNT, json!({"name": "B", "code": "400500"}));
    assert_eq!(read(&rpc, ACCOUNT, income, &["account_type", "reconcile"]), json!({"account_type": "income", "reconcile": false}));
    let owed = make(&rpc, ACCOUNT, json!({"name": "R", "code": "121050", "account_type": "asset_receivable"}));
    assert_eq!(read(&rpc, ACCOUNT, owed, &["reconcile", "internal_group"]), json!({"reconcile": true, "internal_group": "asset"}));
    let used: Vec<i64> = rpc.call(ACCOUNT, "search", json!([[["code", "=", "251000"]]]));
    refused(
        &rpc,
        &[
            (ACCOUNT, "create", json!([{"name": "x", "code": "400500", "account_type": "income"}]), VALIDATION),
            (ACCOUNT, "create", json!([{"name": "x", "account_type": "income"}]), VALIDATION),
            (ACCOUNT, "create", json!([{"name": "x", "code": "40 05", "account_type": "income"}]), VALIDATION),
            (ACCOUNT, "create", json!([{"name": "x", "code": "99", "account_type": "asset_receivable", "reconcile": false}]), VALIDATION),
            (ACCOUNT, "create", json!([{"name": "x", "code": "99", "account_type": "off_balance", "reconcile": true}]), USER),
            (ACCOUNT, "write", json!([[income], {"code": "101799"}]), VALIDATION),
            (ACCOUNT, "write", json!([[income], {"code": false}]), VALIDATION),
            (ACCOUNT, "unlink", json!([used]), USER),
            (ACCOUNT, "name_create", json!(["123 Foo"]), VALIDATION),
        ],
    );
    rpc.call::<bool>(ACCOUNT, "write", json!([[income], {"code": "400501", "account_type": "asset_receivable"}]));
    assert_eq!(read(&rpc, ACCOUNT, income, &["code", "reconcile"]), json!({"code": "400501", "reconcile": true}));
    let copy: Vec<i64> = rpc.call(ACCOUNT, "copy", json!([[income]]));
    assert_eq!(read(&rpc, ACCOUNT, copy[0], &["name", "code"]), json!({"name": "B (copy)", "code": "400502"}));
    let next = make(&rpc, ACCOUNT, json!({"name": "P", "prefix": "12", "code_digits": 6, "account_type": "asset_current"}));
    assert_eq!(read(&rpc, ACCOUNT, next, &["code"]), json!({"code": "120001"}));
    // Groups hold the codes of their range, the closest one first.
    let group = |values: Value| make(&rpc, "account.group", values);
    let (all, current, cash) = (
        group(json!({"name": "Assets", "code_prefix_start": "1"})),
        group(json!({"name": "Current", "code_prefix_start": "10", "code_prefix_end": "12"})),
        group(json!({"name": "Cash", "code_prefix_start": "101"})),
    );
    let parent = |id: i64| read(&rpc, "account.group", id, &["parent_id"])["parent_id"][0].as_i64();
    assert_eq!((parent(all), parent(current), parent(cash)), (None, Some(all), Some(current)));
    assert_eq!(read(&rpc, ACCOUNT, asset, &["group_id"])["group_id"], json!([cash, "101 Cash"]));
    assert_eq!(read(&rpc, "account.group", current, &["display_name"]), json!({"display_name": "10-12 Current"}));
    refused(&rpc, &[("account.group", "create", json!([{"name": "x", "code_prefix_start": "11", "code_prefix_end": "13"}]), VALIDATION)]);
    rpc.call::<bool>("account.group", "unlink", json!([[current]]));
    assert_eq!(parent(cash), Some(all));
}

#[test]
fn journals_begin_with_what_they_need() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = accountant(&server);
    let sale = make(&rpc, JOURNAL, json!({"name": "J one", "type": "sale", "code": "JX1"}));
    assert_eq!(
        read(
            &rpc,
            JOURNAL,
            sale,
            &["refund_sequence", "payment_sequence", "alias_name", "alias_defaults", "inbound_payment_method_line_ids"]
        ),
        json!({
            "refund_sequence": true, "payment_sequence": false, "alias_name": "j-one", "inbound_payment_method_line_ids": [],
            "alias_defaults": format!("{{'company_id': 1, 'move_type': 'out_invoice', 'journal_id': {sale}}}")
        })
    );
    let bank = make(&rpc, JOURNAL, json!({"name": "Second", "type": "bank", "bank_acc_number": "DE89 3704 0044 0532 0130 00"}));
    let made = read(&rpc, JOURNAL, bank, &["code", "default_account_id", "suspense_account_id", "profit_account_id", "bank_acc_number"]);
    assert_eq!((&made["code"], &made["bank_acc_number"]), (&json!("BNK2"), &json!("DE89 3704 0044 0532 0130 00")));
    let account = made["default_account_id"][0].as_i64().unwrap();
    assert_eq!(
        read(&rpc, ACCOUNT, account, &["name", "code", "account_type"]),
        json!({"name": "Second", "code": "101405", "account_type": "asset_cash"})
    );
    assert_eq!(made["suspense_account_id"][1], json!("Bank Suspense Account"));
    assert_eq!(made["profit_account_id"][1], json!("Cash Difference Gain"));
    let lines: Vec<Value> =
        rpc.call("account.payment.method.line", "search_read", json!([[["journal_id", "=", bank]], ["name", "payment_type"]]));
    let lines: Vec<(&str, &str)> = lines.iter().map(|l| (l["name"].as_str().unwrap(), l["payment_type"].as_str().unwrap())).collect();
    assert_eq!(lines, [("Manual Payment", "inbound"), ("Manual Payment", "outbound")]);
    let accented = make(&rpc, JOURNAL, json!({"name": "Ñandú Año", "type": "sale", "code": "NN"}));
    assert_eq!(read(&rpc, JOURNAL, accented, &["alias_name"]), json!({"alias_name": "nandu-ano"}));
    let copy: Vec<i64> = rpc.call(JOURNAL, "copy", json!([[sale]]));
    assert_eq!(
        read(&rpc, JOURNAL, copy[0], &["name", "code", "alias_name"]),
        json!({"name": "J one (copy)", "code": "JX2", "alias_name": "j-one-copy-"})
    );
    let owed: Vec<i64> = rpc.call(ACCOUNT, "search", json!([[["account_type", "=", "asset_receivable"]], 0, 1]));
    refused(
        &rpc,
        &[
            (JOURNAL, "create", json!([{"name": "x", "type": "sale", "code": "JX1"}]), VALIDATION),
            (JOURNAL, "create", json!([{"name": "x", "type": "sale", "code": "RR", "default_account_id": owed[0]}]), VALIDATION),
            ("account.journal.group", "create", json!([[{"name": "L"}, {"name": "L"}]]), VALIDATION),
        ],
    );
    // A draft keeps its journal in use.
    make(&rpc, "account.move", json!({"move_type": "out_invoice", "journal_id": sale}));
    refused(&rpc, &[(JOURNAL, "write", json!([[sale], {"active": false}]), VALIDATION)]);
    rpc.call::<bool>(JOURNAL, "unlink", json!([[bank]]));
    let number = json!([[["acc_number", "=", "DE89 3704 0044 0532 0130 00"]]]);
    let kept: i64 = rpc.call_kw("res.partner.bank", "search_count", number, json!({"context": {"active_test": false}}));
    assert_eq!(kept, 1, "a bank account is archived");
}

#[test]
fn terms_share_out_the_whole() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = accountant(&server);
    let two = json!([[0, 0, {"value": "percent", "value_amount": 30}], [0, 0, {"value": "percent"}]]);
    let term = make(&rpc, TERM, json!({"name": "two", "line_ids": two}));
    let lines: Vec<Value> =
        rpc.call("account.payment.term.line", "search_read", json!([[["payment_id", "=", term]], ["value_amount", "nb_days"]]));
    let lines: Vec<(f64, i64)> = lines.iter().map(|l| (l["value_amount"].as_f64().unwrap(), l["nb_days"].as_i64().unwrap())).collect();
    assert_eq!(lines, [(30.0, 30), (70.0, 60)], "what is not told follows from the others");
    let line = |amount: f64| json!([0, 0, {"value": "percent", "value_amount": amount}]);
    let of = |more: Value| {
        let mut values = json!({"name": "x"});
        values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        (TERM, "create", json!([values]), VALIDATION)
    };
    let day = |day: &str| json!([[0, 0, {"value": "percent", "value_amount": 100, "days_next_month": day}]]);
    refused(
        &rpc,
        &[
            of(json!({"line_ids": [line(50.0)]})),
            of(json!({"line_ids": [line(120.0), line(-20.0)]})),
            of(json!({"line_ids": day("40")})),
            of(json!({"line_ids": day("x")})),
            of(json!({"early_discount": true, "line_ids": [line(60.0), line(40.0)]})),
            of(json!({"early_discount": true, "discount_percentage": 0})),
            of(json!({"early_discount": true, "discount_days": 0})),
            (TERM, "write", json!([[term], {"line_ids": [[5]]}]), VALIDATION),
        ],
    );
    let early = make(&rpc, TERM, json!({"name": "early", "early_discount": true}));
    let shown: Vec<Value> = rpc.call_kw(
        TERM,
        "read",
        json!([[term, early], ["example_preview", "example_preview_discount", "example_invalid"]]),
        json!({"context": {"example_date": "2026-01-31"}}),
    );
    for (text, part) in [(&shown[0]["example_preview"], "300.00"), (&shown[0]["example_preview"], "03/02/2026")] {
        assert!(text.as_str().unwrap().contains(part), "{text}");
    }
    assert!(shown[1]["example_preview_discount"].as_str().unwrap().contains("980.00"), "{shown:?}");
    assert!(shown[1]["example_preview_discount"].as_str().unwrap().contains("02/10/2026"), "{shown:?}");
}

#[test]
fn a_new_company_begins_with_the_chart() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = accountant(&server);
    let company: i64 = rpc.call("res.company", "create", json!([{"name": "Fresh Books"}]));
    rpc.call::<Value>("account.chart.template", "try_loading", json!([[], "generic_coa", company]));
    // The first company of the database has the same chart: all but what is the company's own.
    let shape = |company: i64| {
        db.text(&format!(
            "SELECT (SELECT string_agg(concat_ws(' ', a.code_store ->> '{company}', a.name ->> 'en_US', a.account_type, a.reconcile), E'\\n'
               ORDER BY a.code_store ->> '{company}') FROM account_account a JOIN account_account_res_company_rel r
               ON r.account_account_id = a.id AND r.res_company_id = {company}) || (SELECT string_agg(concat_ws(' ', j.code, j.name ->> 'en_US',
               j.type, a.code_store ->> '{company}', s.code_store ->> '{company}'), E'\\n' ORDER BY j.id) FROM account_journal j
               LEFT JOIN account_account a ON a.id = j.default_account_id LEFT JOIN account_account s ON s.id = j.suspense_account_id
               WHERE j.company_id = {company}) || (SELECT string_agg(concat_ws(' ', t.name ->> 'en_US', t.type_tax_use, t.amount, g.name ->> 'en_US',
               (SELECT string_agg(concat_ws(' ', l.document_type, l.repartition_type, l.factor_percent, b.code_store ->> '{company}'), ', '
               ORDER BY l.id) FROM account_tax_repartition_line l LEFT JOIN account_account b ON b.id = l.account_id WHERE l.tax_id = t.id)),
               E'\\n' ORDER BY t.id) FROM account_tax t JOIN account_tax_group g ON g.id = t.tax_group_id WHERE t.company_id = {company})
               || (SELECT string_agg(f.name ->> 'en_US', ',' ORDER BY f.id) FROM account_fiscal_position f WHERE f.company_id = {company}) AS value"
        ))
    };
    assert_eq!(shape(company), shape(1));
    let context = json!({"context": {"allowed_company_ids": [company]}});
    let partner: i64 = rpc.call_kw("res.partner", "create", json!([{"name": "P"}]), context.clone());
    let fields = json!([[partner], ["property_account_receivable_id", "property_account_payable_id"]]);
    let row: Vec<Value> = rpc.call_kw("res.partner", "read", fields, context.clone());
    assert_eq!(row[0]["property_account_receivable_id"][1], json!("Account Receivable"));
    assert_eq!(row[0]["property_account_payable_id"][1], json!("Account Payable"));
    // Once more changes nothing; codes are the company's own, and shared with those below it.
    let before = shape(company);
    rpc.call::<Value>("account.chart.template", "try_loading", json!([[], "generic_coa", company]));
    assert_eq!(shape(company), before);
    let branch: i64 = rpc.call("res.company", "create", json!([{"name": "Branch", "parent_id": company}]));
    let chart: Vec<Value> = rpc.call("res.company", "read", json!([[branch], ["chart_template", "income_account_id"]]));
    assert_eq!(chart[0]["chart_template"], json!("generic_coa"));
    for (at, error) in [(company, true), (branch, true), (1, false)] {
        let values = json!([{"name": "own", "code": if at == 1 { "400009" } else { "400000" }, "account_type": "income"}]);
        let made = rpc.try_call(ACCOUNT, "create", values, json!({"context": {"allowed_company_ids": [at]}}));
        assert_eq!(made.is_err(), error, "{at}");
    }
    let employee = json!([{"name": "clerk", "login": "clerk", "password": "Pw-1-long"}]);
    rpc.call_kw::<i64>("res.users", "create", employee, json!({"context": {"no_reset_password": true}}));
    let clerk = Rpc::login(&server, "clerk", "Pw-1-long");
    let refused = clerk.try_call("account.chart.template", "try_loading", json!([[], "generic_coa", company]), json!({}));
    assert_eq!(refused.unwrap_err().name, ACCESS);
}

#[test]
fn opening_balances_are_one_balanced_draft() {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let rpc = accountant(&server);
    let account = |code: &str| rpc.call::<Vec<i64>>(ACCOUNT, "search", json!([[["code", "=", code]]]))[0];
    let (bank, debts) = (account("101401"), account("211000"));
    let entry = || {
        db.text(
            "SELECT string_agg(concat_ws(' ', a.code_store ->> '1', l.debit, l.credit), ', ' ORDER BY a.code_store ->> '1', l.id)
             || ' ' || min(m.state) || ' ' || count(DISTINCT m.id) AS value FROM res_company c JOIN account_move m ON m.id = c.account_opening_move_id
             JOIN account_move_line l ON l.move_id = m.id JOIN account_account a ON a.id = l.account_id WHERE c.id = 1",
        )
    };
    rpc.call::<bool>(ACCOUNT, "write", json!([[bank], {"opening_debit": 100.0}]));
    assert_eq!(entry(), "101401 100.00 0.00, 999999 0.00 100.00 draft 1");
    rpc.call::<bool>(ACCOUNT, "write", json!([[debts], {"opening_balance": -30.5}]));
    assert_eq!(entry(), "101401 100.00 0.00, 211000 0.00 30.50, 999999 0.00 69.50 draft 1");
    rpc.call::<bool>(ACCOUNT, "write", json!([[bank], {"opening_debit": 10.0}]));
    assert_eq!(entry(), "101401 10.00 0.00, 211000 0.00 30.50, 999999 20.50 0.00 draft 1");
    let fields = ["opening_debit", "opening_credit", "opening_balance"];
    assert_eq!(read(&rpc, ACCOUNT, debts, &fields), json!({"opening_debit": 0.0, "opening_credit": 30.5, "opening_balance": -30.5}));
    let opening: Vec<Value> = rpc.call("res.company", "read", json!([[1], ["account_opening_move_id"]]));
    rpc.call::<bool>("account.move", "action_post", json!([[opening[0]["account_opening_move_id"][0]]]));
    refused(&rpc, &[(ACCOUNT, "write", json!([[bank], {"opening_debit": 5.0}]), USER)]);
}
