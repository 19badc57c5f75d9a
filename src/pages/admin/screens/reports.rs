//! Reports of the books: chosen, looked at, downloaded.

use lastmile_models::account::reports::NAMES;
use lastmile_orm::map;
use lastmile_orm::value::{Id, Map, Value};
use lastmile_rpc::{Content, spreadsheet};

use super::parts::card;
use crate::pages::admin::desk::{Desk, Done, text};
use crate::pages::admin::html::{El, Html, el};
use crate::pages::admin::params::Params;
use crate::pages::admin::widgets::format;

/// Reports that are chosen by name; the ledger of one partner is come to from others.
const CHOSEN: usize = NAMES.len() - 1;

/// The options of an address, as the method takes them.
pub fn options(params: &Params) -> Map {
    let mut options = Map::new();
    for name in ["date_from", "date_to"] {
        if let Some(day) = params.get(name).filter(|day| !day.is_empty()) {
            options.insert(name.into(), Value::from(day));
        }
    }
    for name in ["partner_id", "account_id"] {
        if let Some(id) = params.get(name).and_then(|id| id.parse::<Id>().ok()) {
            options.insert(name.into(), Value::from(id));
        }
    }
    options
}

/// The page: a form, and the report.
pub fn page(desk: &Desk<'_>, params: &Params) -> Done<(String, Html)> {
    let words = &desk.words;
    let name = params.get("report").filter(|name| NAMES.contains(name)).unwrap_or("trial_balance");
    let answer = desk.call("account.move.line", "financial_report", vec![Value::from(name), Value::Map(options(params))], map! {})?;
    let report = answer.as_map().cloned().unwrap_or_default();
    let named = |name: &str| desk.report_words.get(name).to_owned();
    let choices =
        NAMES.iter().take(CHOSEN).map(|known| el("option").attr("value", *known).flag("selected", *known == name).text(named(known)));
    let day = |field: &str, label: &str| {
        let value = report.get(field).map(Value::py_str).unwrap_or_default();
        el("label").text(label).child(el("input").class("o_input").attr("type", "date").attr("name", field).attr("value", value))
    };
    let kept = ["partner_id", "account_id"].iter().filter_map(|field| {
        let value = params.get(field).filter(|value| value.parse::<Id>().is_ok())?;
        Some(el("input").attr("type", "hidden").attr("name", *field).attr("value", value))
    });
    let file = |ending: &str| {
        let mut url = format!("/lastmile/reports/{name}.{ending}?");
        for (field, value) in [("date_from", report.get("date_from")), ("date_to", report.get("date_to"))] {
            url.push_str(&format!("{field}={}&", value.map(Value::py_str).unwrap_or_default()));
        }
        for field in ["partner_id", "account_id"] {
            if let Some(id) = params.get(field).and_then(|id| id.parse::<Id>().ok()) {
                url.push_str(&format!("{field}={id}&"));
            }
        }
        el("a").class("btn").attr("href", url.trim_end_matches(['&', '?'])).text(ending.to_uppercase())
    };
    let form = el("form")
        .class("o_report_form compose grid")
        .attr("method", "get")
        .attr("action", "/odoo/reports")
        .child(el("label").text(words.get("report")).child(el("select").class("o_input").attr("name", "report").children(choices)))
        .child(day("date_from", words.get("from_day")))
        .child(day("date_to", words.get("until_day")))
        .children(kept)
        .child(el("button").class("btn primary").attr("type", "submit").text(words.get("show_report")))
        .child(file("xlsx"))
        .child(file("csv"));
    let body = el("div").class("o_content stack").child(card(&named(name), Html::from(form))).child(table(desk, name, &report));
    Ok((named(name), body.into()))
}

/// A report as a file: `csv` or `xlsx`.
pub fn file(desk: &Desk<'_>, name: &str, ending: &str, params: &Params) -> Done<Content> {
    let answer = desk.call("account.move.line", "financial_report", vec![Value::from(name), Value::Map(options(params))], map! {})?;
    let report = answer.as_map().cloned().unwrap_or_default();
    let list = |name: &str| report.get(name).and_then(Value::as_list).unwrap_or_default();
    let heads: Vec<String> = list("columns").iter().filter_map(|column| Some(text(column.as_map()?, "label"))).collect();
    let rows: Vec<Value> = list("rows").iter().filter_map(|row| row.as_map()?.get("cells").cloned()).collect();
    let (bytes, mimetype) = match ending {
        "csv" => (spreadsheet::csv(&heads, &rows)?, "text/csv; charset=utf-8"),
        _ => (spreadsheet::xlsx(&heads, &rows)?, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    };
    let day = |field: &str| report.get(field).map(Value::py_str).unwrap_or_default();
    let name = format!("{} {} {}.{ending}", desk.report_words.get(name), day("date_from"), day("date_to"));
    Ok(Content { bytes, mimetype: mimetype.into(), name, ..Content::default() })
}

fn table(desk: &Desk<'_>, name: &str, report: &Map) -> El {
    let columns: Vec<Map> =
        report.get("columns").and_then(Value::as_list).unwrap_or_default().iter().filter_map(|column| column.as_map().cloned()).collect();
    let amounts: Vec<bool> = columns.iter().map(|column| text(column, "kind") == "amount").collect();
    let head = el("tr").children(
        columns
            .iter()
            .zip(&amounts)
            .map(|(column, amount)| el("th").attr("scope", "col").class(if *amount { "num" } else { "" }).text(text(column, "label"))),
    );
    let span = format!(
        "date_from={}&date_to={}",
        report.get("date_from").map(Value::py_str).unwrap_or_default(),
        report.get("date_to").map(Value::py_str).unwrap_or_default()
    );
    let rows = report.get("rows").and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_map).map(|row| {
        let id = row.get("id").and_then(Value::as_id).unwrap_or(0);
        let url = match (text(row, "model").as_str(), name) {
            ("res.partner", "partner_lines") => format!("/odoo/m-res.partner/{id}"),
            ("res.partner", _) => format!("/odoo/reports?report=partner_lines&partner_id={id}&{span}"),
            ("account.account", "general_ledger") => format!("/odoo/m-account.account/{id}"),
            ("account.account", _) => format!("/odoo/reports?report=general_ledger&account_id={id}&{span}"),
            ("", _) => String::new(),
            (model, _) => format!("/odoo/m-{model}/{id}"),
        };
        let kind = text(row, "kind");
        let cells = row.get("cells").and_then(Value::as_list).unwrap_or_default();
        let mut linked = url.is_empty();
        let shown = cells.iter().enumerate().map(|(n, cell)| {
            let amount = amounts.get(n).copied().unwrap_or(false);
            let said = match cell {
                Value::Decimal(amount) => format::number(&desk.manner, *amount, 2),
                Value::Date(day) => format::date(&desk.manner, *day),
                Value::Str(text) => text.clone(),
                _ => String::new(),
            };
            let cell = el("td").class(if amount { "num" } else { "" });
            if !linked && !amount && !said.is_empty() {
                linked = true;
                return cell.child(el("a").attr("href", url.clone()).text(said));
            }
            cell.text(said)
        });
        let cells: Vec<El> = shown.collect();
        el("tr").class(if kind == "line" { "" } else { "bf" }).children(cells)
    });
    let rows: Vec<El> = rows.collect();
    el("div")
        .class("o_list_renderer")
        .child(el("table").class("o_list_table").child(el("thead").child(head)).child(el("tbody").children(rows)))
}
