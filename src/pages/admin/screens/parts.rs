//! What pages of the trade are made of.

use chrono::Utc;
use lastmile_orm::value::{Id, Map, Value};

use crate::pages::admin::desk::{Desk, link, text};
use crate::pages::admin::html::{El, Html, el, hidden};
use crate::pages::admin::widgets::format;

/// A part of a page with its heading.
pub fn card(title: &str, inner: impl Into<Html>) -> El {
    el("section").class("card").child(el("h2").text(title)).child(inner)
}

/// A part that takes the whole width.
pub fn wide(title: &str, inner: impl Into<Html>) -> El {
    el("section").class("card wide").child(el("h2").text(title)).child(inner)
}

/// A number to look at, and where it leads.
pub fn tile(label: &str, value: &str, tone: &str, url: &str) -> El {
    el("a")
        .class(format!("tile {tone}"))
        .attr("href", url)
        .child(el("span").class("value").text(value))
        .child(el("span").class("label").text(label))
}

/// The name of a link.
pub fn name(row: &Map, field: &str) -> String {
    link(row, field).map(|(_, name)| name).unwrap_or_default()
}

/// The id of a row.
pub fn id(row: &Map) -> Id {
    row.get("id").and_then(Value::as_id).unwrap_or(0)
}

/// The label of a selection's value.
pub fn choice(desk: &Desk<'_>, model: &str, row: &Map, field: &str) -> String {
    let value = text(row, field);
    let found =
        desk.registry.models.get(model).and_then(|m| m.fields.get(field)).and_then(|f| f.selection.iter().find(|(key, _)| *key == value));
    found.map_or(value.clone(), |(_, label)| lastmile_orm::registry::translated(label, desk.lang()).to_owned())
}

/// A state as a coloured word.
pub fn state(desk: &Desk<'_>, model: &str, row: &Map, field: &str) -> El {
    el("span").class(format!("badge {}", crate::pages::admin::widgets::tone(&text(row, field)))).text(choice(desk, model, row, field))
}

/// How long ago something was, or how far it lies ahead.
pub fn ago(desk: &Desk<'_>, value: Option<&Value>) -> String {
    let Some(at) = value.and_then(format::read_moment) else { return "–".into() };
    let minutes = (Utc::now().naive_utc() - at).num_minutes();
    let words = &desk.words;
    let (ahead, minutes) = (minutes < 0, minutes.abs());
    let span = match minutes {
        0..60 => words.with("minutes", &[&minutes.to_string()]),
        60..2880 => words.with("hours", &[&minutes.div_euclid(60).to_string()]),
        _ => words.with("days", &[&minutes.div_euclid(1440).to_string()]),
    };
    if ahead { words.with("ahead", &[&span]) } else { words.with("ago", &[&span]) }
}

/// A button that calls a method of a record and comes back here; none where the model has no such method.
pub fn button(desk: &Desk<'_>, model: &str, id: Id, method: &str, label: &str, back: &str) -> Option<El> {
    if !desk.has_method(model, method) {
        return None;
    }
    let ask = crate::pages::admin::views::buttons::question(desk, model, method);
    let form = el("form")
        .class("inline")
        .attr("method", "post")
        .attr("action", format!("/odoo/m-{model}/{id}"))
        .child(hidden("csrf_token", &desk.csrf))
        .child(hidden("back", back))
        .child(
            el("button")
                .class("btn small")
                .attr("name", "do")
                .attr("value", format!("button:{method}"))
                .maybe("data-confirm", ask)
                .text(label),
        );
    Some(form)
}

/// A table of rows that are there, or a word that there are none.
pub fn table(heads: &[&str], rows: Vec<El>, none: &str) -> El {
    if rows.is_empty() {
        return el("p").class("muted").text(none);
    }
    let head = el("thead").child(el("tr").children(heads.iter().map(|h| el("th").attr("scope", "col").text(h))));
    el("div").class("scroll").child(el("table").class("o_list_table").child(head).child(el("tbody").children(rows)))
}

/// A cell.
pub fn td(inner: impl Into<Html>) -> El {
    el("td").child(inner)
}

/// A cell with a link.
pub fn to(url: &str, text: &str) -> El {
    el("td").child(el("a").attr("href", url).text(text))
}
