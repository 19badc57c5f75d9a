//! Customers: everything about one of them on a page.

use lastmile_orm::error::Error;
use lastmile_orm::value::{Id, Map, Value};
use rust_decimal::Decimal;

use super::parts::{ago, button, card, choice, id, name, state, table, td, to, wide};
use crate::pages::admin::action::list_url;
use crate::pages::admin::desk::{Desk, Done, leaf, link, text};
use crate::pages::admin::html::{El, Html, el, icon};
use crate::pages::admin::params::Params;
use crate::pages::admin::views::logic::any;
use crate::pages::admin::widgets::format;

const SUBSCRIPTION: &str = "isp.subscription";

/// Customers to choose from, by what was typed.
pub fn list(desk: &Desk<'_>, params: &Params) -> Done<Html> {
    let words = &desk.words;
    let q = params.get("q").unwrap_or_default();
    let own = leaf("is_isp_customer", "=", true);
    let mut domain = vec![own];
    if !q.is_empty() {
        let texts: Vec<Value> = ["name", "email", "phone", "vat"].iter().map(|f| Value::List(vec![leaf(f, "ilike", q)])).collect();
        if let Value::List(terms) = any(&texts) {
            domain.extend(terms);
        }
    }
    let rows = desk.rows("res.partner", Value::List(domain), &["name", "email", "phone", "city"], 60, "name")?;
    let line = |row: &Map| {
        let url = format!("/odoo/customer/{}", id(row));
        el("tr")
            .class("o_data_row")
            .attr("data-href", &url)
            .child(to(&url, &text(row, "name")))
            .child(td(Html::text(&text(row, "phone"))))
            .child(td(Html::text(&text(row, "email"))))
            .child(td(Html::text(&text(row, "city"))))
    };
    let search = el("form")
        .class("o_searchview")
        .attr("role", "search")
        .attr("method", "get")
        .attr("action", "/odoo/customer")
        .child(icon("search"));
    let search = search.child(
        el("input")
            .attr("type", "search")
            .attr("name", "q")
            .class("o_searchview_input")
            .attr("value", q)
            .attr("placeholder", words.get("search"))
            .attr("aria-label", words.get("search")),
    );
    let heads = [words.get("customer"), words.get("phone"), words.get("email"), words.get("city")];
    let body = table(&heads, rows.iter().map(line).collect(), words.get("nothing_found"));
    Ok(el("div").class("o_content stack").child(search).child(el("div").class("card").child(body)).into())
}

/// One customer's page: the name, and what is on it.
pub fn one(desk: &Desk<'_>, customer: Id) -> Done<(String, Html)> {
    let words = &desk.words;
    let fields = ["name", "email", "phone", "street", "city", "vat"];
    let rows =
        desk.rows("res.partner", Value::List(vec![leaf("id", "=", customer), leaf("active", "in", vec![true, false])]), &fields, 1, "id")?;
    let Some(partner) = rows.first() else { return Err(Error::missing(words.get("gone").to_owned()).into()) };
    let here = format!("/odoo/customer/{customer}");
    let of = || Value::List(vec![leaf("partner_id", "=", customer)]);
    let contact = |field: &str, scheme: &str| {
        let value = text(partner, field);
        (!value.is_empty()).then(|| el("a").class("btn").attr("href", format!("{scheme}{value}")).attr("data-plain", "1").text(value))
    };
    let address = [text(partner, "street"), text(partner, "city")].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ");
    let edit = el("a").class("btn").attr("href", format!("/odoo/m-res.partner/{customer}")).text(words.get("open_form"));
    let head = el("header")
        .class("o_person")
        .child(icon("user"))
        .child(el("div").child(el("h1").text(text(partner, "name"))).child(el("p").class("muted").text(address)));
    let head =
        head.child(el("div").class("o_person_tools").children(contact("phone", "tel:")).children(contact("email", "mailto:")).child(edit));
    let mut parts = Html::new();
    parts.push(services(desk, of(), customer, &here)?);
    parts.push(balance(desk, customer)?);
    parts.push(tickets(desk, of(), customer)?);
    parts.push(transfers(desk, of())?);
    parts.push(timeline(desk, customer)?);
    Ok((text(partner, "name"), el("div").class("o_content o_customer").child(head).child(el("div").class("columns").child(parts)).into()))
}

fn services(desk: &Desk<'_>, domain: Value, customer: Id, here: &str) -> Done<Option<El>> {
    let fields = [
        "name",
        "plan_id",
        "sector_id",
        "state",
        "online",
        "last_seen_at",
        "router_id",
        "next_invoice_date",
        "promise_to_pay_date",
        "portal_status",
    ];
    let known = desk
        .registry
        .models
        .get(SUBSCRIPTION)
        .map(|m| fields.into_iter().filter(|f| m.fields.contains_key(*f)).collect::<Vec<_>>())
        .unwrap_or_default();
    let Some(rows) = desk.rows_or_none(SUBSCRIPTION, domain, &known, 40, "id")? else { return Ok(None) };
    let words = &desk.words;
    let write = desk.may(SUBSCRIPTION, "write");
    let line = |row: &Map| {
        let online = row.get("online").is_some_and(Value::truthy);
        let seen = if online {
            el("span").class("badge good").text(words.get("online"))
        } else {
            el("span").class("badge muted").text(format!("{} {}", words.get("offline_now"), ago(desk, row.get("last_seen_at"))))
        };
        let actions: Vec<Option<El>> = match text(row, "state").as_str() {
            _ if !write => Vec::new(),
            "draft" => vec![button(desk, SUBSCRIPTION, id(row), "action_activate", words.get("activate"), here)],
            "active" => vec![button(desk, SUBSCRIPTION, id(row), "action_suspend", words.get("suspend"), here)],
            "suspended" => vec![button(desk, SUBSCRIPTION, id(row), "action_reconnect", words.get("reconnect"), here)],
            _ => Vec::new(),
        };
        let next = row.get("next_invoice_date").and_then(format::read_date).map(|d| format::date(&desk.manner, d)).unwrap_or_default();
        let facts = [
            (words.get("plan_word"), name(row, "plan_id")),
            (words.get("sector"), name(row, "sector_id")),
            (words.get("next_invoice"), next),
            (words.get("standing"), text(row, "portal_status")),
        ];
        let facts = facts
            .into_iter()
            .filter(|(_, v)| !v.is_empty())
            .map(|(label, value)| el("div").child(el("dt").text(label)).child(el("dd").text(value)));
        let router = link(row, "router_id").map(|(id, name)| {
            el("div")
                .child(el("dt").text(words.get("router")))
                .child(el("dd").child(el("a").attr("href", format!("/odoo/router/{id}")).text(name)))
        });
        let title = el("h3")
            .child(el("a").attr("href", format!("/odoo/m-{SUBSCRIPTION}/{}", id(row))).text(text(row, "name")))
            .text(" ")
            .child(state(desk, SUBSCRIPTION, row, "state"))
            .text(" ")
            .child(seen);
        el("article")
            .class("o_service")
            .child(title)
            .child(el("dl").class("facts").children(facts).children(router))
            .child(el("div").class("o_service_tools").children(actions.into_iter().flatten()))
    };
    let context = Value::Map(Map::from([("default_partner_id".to_owned(), Value::from(customer))]));
    let new = desk.may(SUBSCRIPTION, "create").then(|| {
        let url = Params::default().with("c", &crate::pages::admin::params::json(&context)).url(&format!("/odoo/m-{SUBSCRIPTION}/new"));
        el("a").class("btn small").attr("href", url).text(words.get("new_service"))
    });
    let inner =
        if rows.is_empty() { el("p").class("muted").text(words.get("no_services")) } else { el("div").children(rows.iter().map(line)) };
    Ok(Some(wide(words.get("services"), Html::from(inner)).child(Html::from(new))))
}

fn balance(desk: &Desk<'_>, customer: Id) -> Done<Option<El>> {
    let words = &desk.words;
    let domain = Value::List(vec![
        leaf("partner_id", "=", customer),
        leaf("move_type", "in", vec!["out_invoice", "out_refund"]),
        leaf("state", "=", "posted"),
    ]);
    let fields = ["name", "invoice_date", "invoice_date_due", "amount_total", "amount_residual", "payment_state", "currency_id"];
    let Some(rows) = desk.rows_or_none("account.move", domain.clone(), &fields, 8, "invoice_date desc, id desc")? else { return Ok(None) };
    let owed: Decimal = rows.iter().filter_map(|row| row.get("amount_residual")?.as_decimal()).sum();
    let line = |row: &Map| {
        let due = row.get("invoice_date_due").and_then(format::read_date);
        let open = row.get("amount_residual").and_then(Value::as_decimal).is_some_and(|rest| !rest.is_zero());
        let late = open && due.is_some_and(|due| due < desk.today());
        el("tr")
            .child(to(&format!("/odoo/m-account.move/{}", id(row)), &text(row, "name")))
            .child(el("td").class(if late { "late" } else { "" }).text(due.map(|d| format::date(&desk.manner, d)).unwrap_or_default()))
            .child(el("td").class("num").text(format::amount_of(desk, row, "amount_total")))
            .child(el("td").class("num").text(format::amount_of(desk, row, "amount_residual")))
            .child(td(state(desk, "account.move", row, "payment_state")))
    };
    let heads = [words.get("invoice"), words.get("due"), words.get("total"), words.get("rest"), words.get("state_word")];
    let sum = format::amount(desk, owed, rows.first().and_then(|row| row.get("currency_id")));
    let inner = el("div")
        .child(el("p").class(if owed.is_zero() { "muted" } else { "late" }).text(words.with("owes", &[&sum])))
        .child(table(&heads, rows.iter().map(line).collect(), words.get("no_invoices")));
    let all = el("a").class("btn small").attr("href", list_url("account.move", &domain, words.get("invoices"))).text(words.get("show_all"));
    Ok(Some(card(words.get("invoices"), inner).child(all)))
}

fn tickets(desk: &Desk<'_>, domain: Value, customer: Id) -> Done<Option<El>> {
    let words = &desk.words;
    let Some(rows) = desk.rows_or_none("isp.fault.ticket", domain, &["name", "fault_type", "state", "opened_at"], 6, "id desc")? else {
        return Ok(None);
    };
    let line = |row: &Map| {
        el("tr")
            .child(to(&format!("/odoo/m-isp.fault.ticket/{}", id(row)), &text(row, "name")))
            .child(td(Html::text(&choice(desk, "isp.fault.ticket", row, "fault_type"))))
            .child(td(state(desk, "isp.fault.ticket", row, "state")))
            .child(td(Html::text(&ago(desk, row.get("opened_at")))))
    };
    let heads = [words.get("ticket"), words.get("kind"), words.get("state_word"), words.get("when")];
    let context = Value::Map(Map::from([("default_partner_id".to_owned(), Value::from(customer))]));
    let new = desk.may("isp.fault.ticket", "create").then(|| {
        let url = Params::default().with("c", &crate::pages::admin::params::json(&context)).url("/odoo/m-isp.fault.ticket/new");
        el("a").class("btn small").attr("href", url).text(words.get("new_ticket"))
    });
    Ok(Some(card(words.get("tickets"), table(&heads, rows.iter().map(line).collect(), words.get("no_tickets"))).child(Html::from(new))))
}

fn transfers(desk: &Desk<'_>, domain: Value) -> Done<Option<El>> {
    let words = &desk.words;
    let Some(rows) = desk.rows_or_none(
        "isp.bank.transfer.payment",
        domain,
        &["name", "amount", "state", "transfer_datetime", "currency_id"],
        6,
        "id desc",
    )?
    else {
        return Ok(None);
    };
    let line = |row: &Map| {
        el("tr")
            .child(to(&format!("/odoo/m-isp.bank.transfer.payment/{}", id(row)), &text(row, "name")))
            .child(el("td").class("num").text(format::amount_of(desk, row, "amount")))
            .child(td(state(desk, "isp.bank.transfer.payment", row, "state")))
            .child(td(Html::text(&ago(desk, row.get("transfer_datetime")))))
    };
    let heads = [words.get("transfer"), words.get("amount"), words.get("state_word"), words.get("when")];
    Ok(Some(card(words.get("transfers"), table(&heads, rows.iter().map(line).collect(), words.get("no_transfers")))))
}

/// What was done about the customer's services.
fn timeline(desk: &Desk<'_>, customer: Id) -> Done<Option<El>> {
    let words = &desk.words;
    let own = desk.rows_or_none(SUBSCRIPTION, Value::List(vec![leaf("partner_id", "=", customer)]), &["id"], 40, "id")?.unwrap_or_default();
    let ids: Vec<Id> = own.iter().map(id).collect();
    let domain = Value::List(vec![leaf("record_model", "=", SUBSCRIPTION), leaf("record_id", "in", ids)]);
    let Some(rows) =
        desk.rows_or_none("isp.audit_log", domain, &["action", "record_name", "timestamp", "details", "user_id"], 12, "id desc")?
    else {
        return Ok(None);
    };
    let line = |row: &Map| {
        let who = name(row, "user_id");
        el("li")
            .child(el("b").text(text(row, "action").replace('_', " ")))
            .text(format!(" {} ", text(row, "record_name")))
            .child(el("span").class("muted").text(format!("{} · {who}", ago(desk, row.get("timestamp")))))
    };
    let inner = if rows.is_empty() {
        el("p").class("muted").text(words.get("no_lines"))
    } else {
        el("ul").class("plain rows").children(rows.iter().map(line))
    };
    Ok(Some(card(words.get("timeline"), inner)))
}
