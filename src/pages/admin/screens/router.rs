//! Routers: how they are, who is on them, what waits for them.

use lastmile_orm::error::Error;
use lastmile_orm::value::{Id, Map, Value};

use super::parts::{ago, button, card, choice, id, name, state, table, td, tile, to, wide};
use crate::pages::admin::action::list_url;
use crate::pages::admin::desk::{Desk, Done, leaf, link, text};
use crate::pages::admin::html::{El, Html, el, icon};
use crate::pages::admin::widgets::format;

const ROUTER: &str = "isp.mikrotik.router";
const FIELDS: &[&str] = &[
    "name",
    "sector_id",
    "device_id",
    "routeros_version",
    "serial_number",
    "public_ip",
    "last_healthcheck_at",
    "last_healthcheck_status",
    "last_seen_at",
    "paused",
    "breaker_until",
    "suspend_mode",
];

fn fields(desk: &Desk<'_>) -> Vec<&'static str> {
    let model = desk.registry.models.get(ROUTER);
    FIELDS.iter().copied().filter(|f| model.is_some_and(|m| m.fields.contains_key(*f))).collect()
}

fn health(desk: &Desk<'_>, row: &Map) -> El {
    let words = &desk.words;
    if row.get("paused").is_some_and(Value::truthy) {
        return el("span").class("badge warn").text(words.get("paused"));
    }
    match text(row, "last_healthcheck_status").as_str() {
        "ok" => el("span").class("badge good").text(words.get("healthy")),
        "failed" => el("span").class("badge bad").text(words.get("down")),
        _ => el("span").class("badge muted").text(words.get("never_checked")),
    }
}

/// All routers.
pub fn list(desk: &Desk<'_>) -> Done<Html> {
    let words = &desk.words;
    let rows = desk.rows(ROUTER, Value::List(Vec::new()), &fields(desk), 500, "id")?;
    let waiting = desk
        .rows_or_none(
            "isp.provisioning_job",
            Value::List(vec![leaf("state", "in", vec!["queued", "running"])]),
            &["device_id"],
            2000,
            "id",
        )?
        .unwrap_or_default();
    let line = |row: &Map| {
        let url = format!("/odoo/router/{}", id(row));
        let device = link(row, "device_id").map(|(id, _)| id);
        let jobs = waiting.iter().filter(|job| link(job, "device_id").map(|(id, _)| id) == device).count();
        el("tr")
            .class("o_data_row")
            .attr("data-href", &url)
            .child(to(&url, &text(row, "name")))
            .child(td(health(desk, row)))
            .child(td(Html::text(&name(row, "sector_id"))))
            .child(td(Html::text(&text(row, "routeros_version"))))
            .child(td(Html::text(&ago(desk, row.get("last_healthcheck_at")))))
            .child(el("td").class("num").text(jobs.to_string()))
    };
    let heads = [
        words.get("router"),
        words.get("health"),
        words.get("sector"),
        words.get("version"),
        words.get("last_check"),
        words.get("waiting_jobs"),
    ];
    Ok(el("div")
        .class("o_content stack")
        .child(el("div").class("card").child(table(&heads, rows.iter().map(line).collect(), words.get("nothing_yet"))))
        .into())
}

/// One router's page: its name, and what is on it.
pub fn one(desk: &Desk<'_>, router: Id) -> Done<(String, Html)> {
    let words = &desk.words;
    let rows = desk.rows(ROUTER, Value::List(vec![leaf("id", "=", router)]), &fields(desk), 1, "id")?;
    let Some(row) = rows.first() else { return Err(Error::missing(words.get("gone").to_owned()).into()) };
    let here = format!("/odoo/router/{router}");
    let device = link(row, "device_id");
    let check =
        desk.may(ROUTER, "write").then(|| button(desk, ROUTER, router, "action_healthcheck", words.get("check_now"), &here)).flatten();
    let edit = el("a").class("btn").attr("href", format!("/odoo/m-{ROUTER}/{router}")).text(words.get("open_form"));
    let title = el("div")
        .child(el("h1").text(text(row, "name")).text(" ").child(health(desk, row)))
        .child(el("p").class("muted").text(name(row, "sector_id")));
    let head = el("header")
        .class("o_person")
        .child(icon("router"))
        .child(title)
        .child(el("div").class("o_person_tools").children(check).child(edit));
    let on = |extra: Vec<Value>| {
        let mut all = vec![leaf("router_id", "=", router)];
        all.extend(extra);
        Value::List(all)
    };
    let count =
        |extra: Vec<Value>| -> Done<String> { Ok(desk.count("isp.subscription", on(extra))?.map_or("–".into(), |n| n.to_string())) };
    let list = |extra: Vec<Value>, word: &str| list_url("isp.subscription", &on(extra), word);
    let one = |state: &str| vec![leaf("state", "=", state)];
    let tiles = el("div")
        .class("tiles")
        .child(tile(
            words.get("online"),
            &count(vec![leaf("online", "=", true)])?,
            "good",
            &list(vec![leaf("online", "=", true)], words.get("online")),
        ))
        .child(tile(words.get("active"), &count(one("active"))?, "info", &list(one("active"), words.get("active"))))
        .child(tile(words.get("suspended"), &count(one("suspended"))?, "warn", &list(one("suspended"), words.get("suspended"))));
    let mut parts = Html::new();
    parts.push(facts(desk, row));
    parts.push(sessions(desk, router)?);
    parts.push(jobs(desk, device.map(|(id, _)| id))?);
    Ok((text(row, "name"), el("div").class("o_content").child(head).child(tiles).child(el("div").class("columns").child(parts)).into()))
}

fn facts(desk: &Desk<'_>, row: &Map) -> El {
    let words = &desk.words;
    let item = |label: &str, value: String| {
        el("div").child(el("dt").text(label)).child(el("dd").text(if value.is_empty() { "–".into() } else { value }))
    };
    let list = el("dl")
        .class("facts")
        .child(item(words.get("version"), text(row, "routeros_version")))
        .child(item(words.get("serial"), text(row, "serial_number")))
        .child(item(words.get("public_ip"), text(row, "public_ip")))
        .child(item(words.get("last_check"), ago(desk, row.get("last_healthcheck_at"))))
        .child(item(words.get("call_home"), ago(desk, row.get("last_seen_at"))))
        .child(item(words.get("suspend_by"), choice(desk, ROUTER, row, "suspend_mode")))
        .child(item(
            words.get("left_alone"),
            row.get("breaker_until").and_then(format::read_moment).map(|at| format::moment(desk, at)).unwrap_or_default(),
        ));
    card(words.get("facts"), list)
}

fn sessions(desk: &Desk<'_>, router: Id) -> Done<Option<El>> {
    let words = &desk.words;
    let domain = Value::List(vec![leaf("router_id", "=", router), leaf("online", "=", true)]);
    let Some(rows) =
        desk.rows_or_none("isp.subscription", domain, &["name", "partner_id", "service_ip", "last_seen_at"], 15, "last_seen_at desc")?
    else {
        return Ok(None);
    };
    let line = |row: &Map| {
        let who = link(row, "partner_id").map_or_else(|| td(Html::new()), |(id, name)| to(&format!("/odoo/customer/{id}"), &name));
        el("tr")
            .child(to(&format!("/odoo/m-isp.subscription/{}", id(row)), &text(row, "name")))
            .child(who)
            .child(td(Html::text(&text(row, "service_ip"))))
            .child(td(Html::text(&ago(desk, row.get("last_seen_at")))))
    };
    let heads = [words.get("service"), words.get("customer"), words.get("address"), words.get("last_seen")];
    Ok(Some(card(words.get("sessions"), table(&heads, rows.iter().map(line).collect(), words.get("no_sessions")))))
}

fn jobs(desk: &Desk<'_>, device: Option<Id>) -> Done<Option<El>> {
    let words = &desk.words;
    let domain = Value::List(vec![leaf("device_id", "=", device.unwrap_or(0))]);
    let Some(rows) = desk.rows_or_none(
        "isp.provisioning_job",
        domain,
        &["name", "job_type", "state", "subscription_id", "requested_at", "error_message"],
        12,
        "id desc",
    )?
    else {
        return Ok(None);
    };
    let line = |row: &Map| {
        let error: String = text(row, "error_message").chars().take(120).collect();
        el("tr")
            .child(to(&format!("/odoo/m-isp.provisioning_job/{}", id(row)), &text(row, "name")))
            .child(td(Html::text(&choice(desk, "isp.provisioning_job", row, "job_type"))))
            .child(td(state(desk, "isp.provisioning_job", row, "state")))
            .child(td(Html::text(&name(row, "subscription_id"))))
            .child(td(Html::text(&ago(desk, row.get("requested_at")))))
            .child(el("td").class("late").text(error))
    };
    let heads =
        [words.get("job"), words.get("kind"), words.get("state_word"), words.get("service"), words.get("when"), words.get("what_happened")];
    Ok(Some(wide(words.get("queue"), table(&heads, rows.iter().map(line).collect(), words.get("no_jobs")))))
}
