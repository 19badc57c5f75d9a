//! Boards of work: jobs, transfers to review, tickets.

use chrono::Utc;
use lastmile_orm::value::{Map, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::parts::{ago, button, card, choice, id, name, state, table, td, to};
use crate::pages::admin::action::list_url;
use crate::pages::admin::desk::{Desk, Done, leaf, link, text};
use crate::pages::admin::html::{El, Html, el, hidden};
use crate::pages::admin::widgets::format;

const JOB: &str = "isp.provisioning_job";
const TRANSFER: &str = "isp.bank.transfer.payment";
const TICKET: &str = "isp.fault.ticket";

/// Jobs: what failed first, then what waits, then what was done.
pub fn jobs(desk: &Desk<'_>) -> Done<Html> {
    let words = &desk.words;
    let fields = [
        "name",
        "job_type",
        "state",
        "device_id",
        "sector_id",
        "subscription_id",
        "attempts",
        "max_attempts",
        "requested_at",
        "executed_at",
        "error_message",
    ];
    let part = |title: &str, states: Vec<&str>, limit: i64| -> Done<El> {
        let domain = Value::List(vec![leaf("state", "in", states)]);
        let rows = desk.rows(JOB, domain.clone(), &fields, limit, "id desc")?;
        let line = |row: &Map| {
            let run = (text(row, "state") == "queued" && desk.may(JOB, "write"))
                .then(|| button(desk, JOB, id(row), "action_run", words.get("run_now"), "/odoo/jobs"))
                .flatten();
            let tries = format!(
                "{} / {}",
                row.get("attempts").and_then(Value::as_int).unwrap_or(0),
                row.get("max_attempts").and_then(Value::as_int).unwrap_or(0)
            );
            let when = row.get("executed_at").filter(|at| at.truthy()).or_else(|| row.get("requested_at"));
            el("tr")
                .child(to(&format!("/odoo/m-{JOB}/{}", id(row)), &text(row, "name")))
                .child(td(state(desk, JOB, row, "state")))
                .child(td(Html::text(&choice(desk, JOB, row, "job_type"))))
                .child(td(Html::text(&name(row, "device_id"))))
                .child(td(Html::text(&name(row, "subscription_id"))))
                .child(td(Html::text(&tries)))
                .child(td(Html::text(&ago(desk, when))))
                .child(el("td").class("late").text(text(row, "error_message").chars().take(140).collect::<String>()))
                .child(el("td").child(Html::from(run)))
        };
        let heads = [
            words.get("job"),
            words.get("state_word"),
            words.get("kind"),
            words.get("device"),
            words.get("service"),
            words.get("tries"),
            words.get("when"),
            words.get("what_happened"),
            "",
        ];
        let all = el("a").class("btn small").attr("href", list_url(JOB, &domain, title)).text(words.get("show_all"));
        Ok(card(title, table(&heads, rows.iter().map(line).collect(), words.get("no_jobs"))).child(all))
    };
    let failed = part(words.get("failed_jobs"), vec!["failed"], 30)?;
    let waiting = part(words.get("queued_jobs"), vec!["queued", "running"], 60)?;
    let done = part(words.get("done_jobs"), vec!["success"], 20)?;
    Ok(el("div").class("o_content stack").child(failed).child(waiting).child(done).into())
}

/// Transfers to review: the proof beside the invoices it is for.
pub fn transfers(desk: &Desk<'_>) -> Done<Html> {
    let words = &desk.words;
    let fields = [
        "name",
        "partner_id",
        "bank_name",
        "reference",
        "amount",
        "currency_id",
        "transfer_datetime",
        "review_deadline",
        "needs_attention",
        "attachment_ids",
        "invoice_ids",
        "notes",
    ];
    let rows =
        desk.rows(TRANSFER, Value::List(vec![leaf("state", "=", "in_review")]), &fields, 30, "needs_attention desc, review_deadline, id")?;
    if rows.is_empty() {
        return Ok(el("div")
            .class("o_view_nocontent")
            .child(el("h2").text(words.get("no_transfers")))
            .child(el("p").text(words.get("all_calm")))
            .into());
    }
    let ids = |field: &str| -> Vec<i32> { rows.iter().flat_map(|row| row.get(field).map(Value::ids).unwrap_or_default()).collect() };
    let files = desk
        .rows_or_none("ir.attachment", Value::List(vec![leaf("id", "in", ids("attachment_ids"))]), &["name", "mimetype"], 200, "id")?
        .unwrap_or_default();
    let move_fields = ["name", "amount_residual", "currency_id", "invoice_date_due", "payment_state"];
    let invoices = desk
        .rows_or_none("account.move", Value::List(vec![leaf("id", "in", ids("invoice_ids"))]), &move_fields, 200, "invoice_date_due, id")?
        .unwrap_or_default();
    let cards = rows.iter().map(|row| transfer(desk, row, &files, &invoices));
    Ok(el("div").class("o_content stack").children(cards).into())
}

fn transfer(desk: &Desk<'_>, row: &Map, files: &[Map], invoices: &[Map]) -> El {
    let words = &desk.words;
    let (own_files, own_invoices) =
        (row.get("attachment_ids").map(Value::ids).unwrap_or_default(), row.get("invoice_ids").map(Value::ids).unwrap_or_default());
    let proof = files.iter().filter(|file| own_files.contains(&id(file))).map(|file| {
        let url = format!("/web/content/{}", id(file));
        if text(file, "mimetype").starts_with("image/") {
            el("a")
                .attr("href", &url)
                .attr("target", "_blank")
                .child(el("img").class("proof").attr("loading", "lazy").attr("src", &url).attr("alt", text(file, "name")))
        } else {
            el("a").attr("href", format!("{url}?download=1")).attr("data-plain", "1").text(text(file, "name"))
        }
    });
    let line = |invoice: &Map| {
        let due = invoice.get("invoice_date_due").and_then(format::read_date).map(|d| format::date(&desk.manner, d)).unwrap_or_default();
        el("tr")
            .child(to(&format!("/odoo/m-account.move/{}", id(invoice)), &text(invoice, "name")))
            .child(td(Html::text(&due)))
            .child(el("td").class("num").text(format::amount_of(desk, invoice, "amount_residual")))
    };
    let lines: Vec<El> = invoices.iter().filter(|invoice| own_invoices.contains(&id(invoice))).map(line).collect();
    let owed: Decimal =
        invoices.iter().filter(|i| own_invoices.contains(&id(i))).filter_map(|i| i.get("amount_residual")?.as_decimal()).sum();
    let paid = row.get("amount").and_then(Value::as_decimal).unwrap_or_default();
    let judged = match paid.cmp(&owed) {
        std::cmp::Ordering::Equal => words.get("pays_all").to_owned(),
        std::cmp::Ordering::Less => words.with("pays_part", &[&format::amount(desk, owed - paid, row.get("currency_id"))]),
        std::cmp::Ordering::Greater => words.with("pays_more", &[&format::amount(desk, paid - owed, row.get("currency_id"))]),
    };
    let late = row.get("needs_attention").is_some_and(Value::truthy);
    let who = link(row, "partner_id").map(|(id, name)| el("a").attr("href", format!("/odoo/customer/{id}")).text(name));
    let title = el("h2")
        .child(el("a").attr("href", format!("/odoo/m-{TRANSFER}/{}", id(row))).text(text(row, "name")))
        .text(" · ")
        .children(who)
        .text(format!(" · {}", format::amount_of(desk, row, "amount")));
    let facts = el("p").class(if late { "late" } else { "muted" }).text(format!(
        "{} {} · {} · {} {}",
        text(row, "bank_name"),
        text(row, "reference"),
        ago(desk, row.get("transfer_datetime")),
        words.get("due"),
        ago(desk, row.get("review_deadline"))
    ));
    let heads = [words.get("invoice"), words.get("due"), words.get("rest")];
    let sides = el("div")
        .class("sides")
        .child(el("div").class("proofs").children(proof))
        .child(el("div").child(table(&heads, lines, words.get("no_invoices"))).child(el("p").text(judged)));
    el("section").class("card").child(title).child(facts).child(sides).children(desk.may(TRANSFER, "write").then(|| decide(desk, row)))
}

/// Approving, or saying why not.
fn decide(desk: &Desk<'_>, row: &Map) -> El {
    let words = &desk.words;
    let reject = el("form")
        .class("inline grow")
        .attr("method", "post")
        .attr("action", format!("/odoo/m-{TRANSFER}/{}", id(row)))
        .child(hidden("csrf_token", &desk.csrf))
        .child(hidden("back", "/odoo/transfers"))
        .child(
            el("input")
                .class("o_input")
                .attr("type", "text")
                .attr("name", "f.rejection_reason")
                .attr("placeholder", words.get("why_not"))
                .attr("aria-label", words.get("why_not"))
                .flag("required", true),
        )
        .child(el("button").class("btn").attr("name", "do").attr("value", "button:action_reject").text(words.get("reject")));
    let approve = button(desk, TRANSFER, id(row), "action_approve", words.get("approve"), "/odoo/transfers");
    el("div").class("decide").children(approve).child(reject)
}

/// Hours left until a ticket should be solved; below zero when it is late.
fn left(row: &Map) -> Option<i64> {
    let opened = row.get("opened_at").and_then(format::read_moment)?;
    let hours = row.get("sla_target_hours").and_then(Value::as_decimal)?;
    let minutes = (hours * Decimal::from(60)).to_i64()?;
    (minutes > 0).then(|| (opened - Utc::now().naive_utc()).num_minutes() + minutes)
}

/// Tickets by state, those that run out of time first.
pub fn tickets(desk: &Desk<'_>) -> Done<Html> {
    let words = &desk.words;
    let fields = ["name", "partner_id", "priority", "state", "fault_type", "opened_at", "sla_target_hours", "assigned_to", "sector_id"];
    let mut rows = desk.rows(TICKET, Value::List(vec![leaf("state", "!=", "closed")]), &fields, 300, "opened_at")?;
    rows.sort_by_key(|row| left(row).unwrap_or(i64::MAX));
    let states = desk
        .registry
        .models
        .get(TICKET)
        .and_then(|m| m.fields.get("state"))
        .map(|f| f.selection.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>())
        .unwrap_or_default();
    let may = desk.may(TICKET, "write");
    let one = |row: &Map| {
        let url = format!("/odoo/m-{TICKET}/{}", id(row));
        let time = match left(row).filter(|_| text(row, "state") != "resolved") {
            Some(minutes) if minutes < 0 => {
                Some(el("span").class("badge bad").text(words.with("late_by", &[&(-minutes).div_euclid(60).to_string()])))
            }
            Some(minutes) => Some(
                el("span")
                    .class(if minutes < 240 { "badge warn" } else { "badge muted" })
                    .text(words.with("hours_left", &[&minutes.div_euclid(60).to_string()])),
            ),
            None => None,
        };
        let line = |label: &str, value: String| {
            (!value.is_empty())
                .then(|| el("div").class("o_card_line").child(el("span").class("muted").text(format!("{label}: "))).text(value))
        };
        el("article")
            .class("o_kanban_record")
            .attr("data-href", &url)
            .attr("data-id", id(row).to_string())
            .maybe("draggable", may.then_some("true"))
            .child(el("a").class("o_card_title").attr("href", &url).text(format!(
                "{} {}",
                text(row, "name"),
                choice(desk, TICKET, row, "fault_type")
            )))
            .child(el("div").class("tags").child(state(desk, TICKET, row, "priority")).children(time))
            .children(line(words.get("customer"), name(row, "partner_id")))
            .children(line(words.get("sector"), name(row, "sector_id")))
            .children(line(words.get("assigned"), name(row, "assigned_to")))
    };
    let column = |key: &String| {
        let own: Vec<&Map> = rows.iter().filter(|row| text(row, "state") == *key).collect();
        let label = choice(desk, TICKET, &Map::from([("state".to_owned(), Value::from(key.as_str()))]), "state");
        let head = el("h3").class("o_column_title").text(label).child(el("span").class("count").text(own.len().to_string()));
        el("section")
            .class("o_kanban_group")
            .attr("data-field", "state")
            .maybe("data-value", may.then(|| format!("\"{key}\"")))
            .attr("data-model", TICKET)
            .child(head)
            .children(own.into_iter().map(one))
    };
    let board = el("div").class("o_kanban_view o_kanban_grouped").children(states.iter().filter(|key| *key != "closed").map(column));
    Ok(el("div").class("o_content").child(board).into())
}
