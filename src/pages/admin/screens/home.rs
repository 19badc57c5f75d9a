//! What needs attention now.

use lastmile_orm::value::{Map, Value};

use super::parts::{ago, card, choice, id, name, state, table, td, tile, to};
use crate::pages::admin::action::list_url;
use crate::pages::admin::desk::{Desk, Done, leaf, text};
use crate::pages::admin::html::{El, Html, el};
use crate::pages::admin::widgets::format;

/// Something to look at when there is any of it.
struct Watch {
    word: &'static str,
    model: &'static str,
    tone: &'static str,
    domain: fn(&Desk<'_>) -> Value,
    /// Its page, where there is one better than a list.
    url: &'static str,
}

const WATCHED: &[Watch] = &[
    Watch {
        word: "=failed_jobs",
        model: "isp.provisioning_job",
        tone: "bad",
        domain: |_| Value::List(vec![leaf("state", "=", "failed")]),
        url: "/odoo/jobs",
    },
    Watch {
        word: "=queued_jobs",
        model: "isp.provisioning_job",
        tone: "warn",
        domain: |_| Value::List(vec![leaf("state", "=", "queued")]),
        url: "/odoo/jobs",
    },
    Watch {
        word: "=routers_down",
        model: "isp.mikrotik.router",
        tone: "bad",
        domain: |_| Value::List(vec![leaf("last_healthcheck_status", "=", "failed")]),
        url: "/odoo/router",
    },
    Watch {
        word: "=transfers_waiting",
        model: "isp.bank.transfer.payment",
        tone: "warn",
        domain: |_| Value::List(vec![leaf("state", "=", "in_review")]),
        url: "/odoo/transfers",
    },
    Watch {
        word: "=plan_changes_waiting",
        model: "isp.plan.change.request",
        tone: "warn",
        domain: |_| Value::List(vec![leaf("state", "=", "submitted")]),
        url: "",
    },
    Watch {
        word: "=urgent_tickets",
        model: "isp.fault.ticket",
        tone: "bad",
        domain: |_| Value::List(vec![leaf("priority", "=", "urgent"), leaf("state", "not in", vec!["resolved", "closed"])]),
        url: "/odoo/tickets",
    },
    Watch {
        word: "=open_tickets",
        model: "isp.fault.ticket",
        tone: "info",
        domain: |_| Value::List(vec![leaf("state", "not in", vec!["resolved", "closed"])]),
        url: "/odoo/tickets",
    },
    Watch { word: "=overdue_invoices", model: "account.move", tone: "bad", domain: overdue, url: "" },
    Watch { word: "=my_activities", model: "mail.activity", tone: "info", domain: mine, url: "" },
    Watch {
        word: "=suspended",
        model: "isp.subscription",
        tone: "warn",
        domain: |_| Value::List(vec![leaf("state", "=", "suspended")]),
        url: "",
    },
    Watch {
        word: "=active",
        model: "isp.subscription",
        tone: "good",
        domain: |_| Value::List(vec![leaf("state", "=", "active")]),
        url: "",
    },
];

fn overdue(desk: &Desk<'_>) -> Value {
    Value::List(vec![
        leaf("move_type", "=", "out_invoice"),
        leaf("state", "=", "posted"),
        leaf("payment_state", "in", vec!["not_paid", "partial"]),
        leaf("invoice_date_due", "<", desk.today().to_string()),
    ])
}

fn mine(desk: &Desk<'_>) -> Value {
    Value::List(vec![leaf("user_id", "=", desk.uid), leaf("date_deadline", "<=", desk.today().to_string())])
}

/// The page.
pub fn body(desk: &Desk<'_>) -> Done<Html> {
    let words = &desk.words;
    let mut tiles = Vec::new();
    let mut calm = true;
    for watch in WATCHED {
        let domain = (watch.domain)(desk);
        let Some(count) = desk.count(watch.model, domain.clone())? else { continue };
        let word = words.get(watch.word);
        calm &= count == 0 || watch.tone != "bad";
        let tone = if count == 0 { "calm" } else { watch.tone };
        let url = if watch.url.is_empty() { list_url(watch.model, &domain, word) } else { watch.url.to_owned() };
        tiles.push(tile(word, &count.to_string(), tone, &url));
    }
    let head = el("header")
        .class("o_home_head")
        .child(el("h1").text(words.with("hello", &[&desk.name])))
        .child(el("p").class("muted").text(if calm { words.get("all_calm") } else { words.get("look_here") }));
    let mut lists = Html::new();
    lists.push(failures(desk)?);
    lists.push(tickets(desk)?);
    lists.push(figures(desk)?);
    Ok(el("div")
        .class("o_content o_home")
        .child(head)
        .child(el("div").class("tiles").children(tiles))
        .child(el("div").class("columns").child(lists))
        .into())
}

fn failures(desk: &Desk<'_>) -> Done<Option<El>> {
    let fields = ["name", "job_type", "device_id", "subscription_id", "error_message", "executed_at", "attempts"];
    let domain = Value::List(vec![Value::from("|"), leaf("state", "=", "failed"), leaf("error_message", "!=", false)]);
    let Some(rows) = desk.rows_or_none("isp.provisioning_job", domain, &fields, 6, "id desc")? else { return Ok(None) };
    let line = |row: &Map| {
        el("tr")
            .child(to(&format!("/odoo/m-isp.provisioning_job/{}", id(row)), &text(row, "name")))
            .child(td(Html::text(&choice(desk, "isp.provisioning_job", row, "job_type"))))
            .child(td(Html::text(&text(row, "error_message").chars().take(90).collect::<String>())))
            .child(td(Html::text(&ago(desk, row.get("executed_at")))))
    };
    let words = &desk.words;
    let heads = [words.get("job"), words.get("kind"), words.get("what_happened"), words.get("when")];
    Ok(Some(card(words.get("troubled_jobs"), table(&heads, rows.iter().map(line).collect(), words.get("no_troubled_jobs")))))
}

fn tickets(desk: &Desk<'_>) -> Done<Option<El>> {
    let fields = ["name", "partner_id", "priority", "opened_at", "sla_target_hours", "state"];
    let domain = Value::List(vec![leaf("state", "not in", vec!["resolved", "closed"])]);
    let Some(rows) = desk.rows_or_none("isp.fault.ticket", domain, &fields, 6, "opened_at")? else { return Ok(None) };
    let line = |row: &Map| {
        el("tr")
            .child(to(&format!("/odoo/m-isp.fault.ticket/{}", id(row)), &text(row, "name")))
            .child(td(Html::text(&name(row, "partner_id"))))
            .child(td(state(desk, "isp.fault.ticket", row, "priority")))
            .child(td(Html::text(&ago(desk, row.get("opened_at")))))
    };
    let words = &desk.words;
    let heads = [words.get("ticket"), words.get("customer"), words.get("priority"), words.get("when")];
    Ok(Some(card(words.get("oldest_tickets"), table(&heads, rows.iter().map(line).collect(), words.get("no_tickets")))))
}

/// Figures of the business, for those who may see them.
fn figures(desk: &Desk<'_>) -> Done<Option<El>> {
    let fields = ["mrr", "invoices_month", "avg_resolution_hours"];
    let Some(rows) = desk.rows_or_none("isp.dashboard", Value::List(Vec::new()), &fields, 1, "id")? else { return Ok(None) };
    let Some(row) = rows.first() else { return Ok(None) };
    let words = &desk.words;
    let number = |field: &str| format::number(&desk.manner, row.get(field).and_then(Value::as_decimal).unwrap_or_default(), 2);
    let item = |label: &str, value: String| el("div").child(el("dt").text(label)).child(el("dd").text(value));
    let list = el("dl")
        .class("facts")
        .child(item(words.get("mrr"), number("mrr")))
        .child(item(words.get("invoiced_month"), number("invoices_month")))
        .child(item(words.get("resolution"), number("avg_resolution_hours")));
    Ok(Some(card(words.get("figures"), list)))
}
