//! Pictures, files and written HTML.

use lastmile_orm::value::Value;

use super::cell::{Cell, Widget};
use crate::pages::admin::html::{Html, el};

/// A picture.
pub const IMAGE: Widget = Widget { show: show_image, edit: Some(edit_image) };
/// A file.
pub const BINARY: Widget = Widget { show: show_file, edit: Some(edit_file) };
/// HTML that people write; what runs is taken out.
pub const HTML: Widget = Widget { show: show_html, edit: Some(edit_html) };

fn place(cell: &Cell<'_>, kind: &str) -> Option<String> {
    let id = cell.record.get("id").and_then(Value::as_id).filter(|id| *id > 0)?;
    let model = cell.record.get("__model").and_then(Value::as_str)?;
    Some(format!("/web/{kind}/{model}/{id}/{}", cell.field.name))
}

fn show_image(cell: &Cell<'_>) -> Html {
    match place(cell, "image") {
        Some(src) => el("img").attr("src", src).attr("alt", &cell.field.label).attr("loading", "lazy").class("o_image").into(),
        None => Html::new(),
    }
}

fn choose(cell: &Cell<'_>, accept: Option<&str>) -> Html {
    let label = cell.desk.words.get("choose_file");
    el("input")
        .attr("type", "file")
        .attr("name", &cell.input)
        .attr("id", &cell.input)
        .class("o_file")
        .maybe("accept", accept)
        .attr("aria-label", label)
        .into()
}

fn edit_image(cell: &Cell<'_>) -> Html {
    el("span").class("o_image_field").child(show_image(cell)).child(choose(cell, Some("image/*"))).into()
}

fn show_file(cell: &Cell<'_>) -> Html {
    let there = cell.value.truthy();
    let named = cell.attr("filename").and_then(|name| cell.record.get(name)).and_then(Value::as_str).unwrap_or(&cell.field.label);
    match place(cell, "content").filter(|_| there) {
        Some(src) => el("a").attr("href", format!("{src}?download=1")).text(named).into(),
        None => Html::new(),
    }
}

fn edit_file(cell: &Cell<'_>) -> Html {
    el("span").class("o_file_field").child(show_file(cell)).child(choose(cell, None)).into()
}

fn show_html(cell: &Cell<'_>) -> Html {
    el("div").class("o_html").child(Html::sanitised(&cell.text())).into()
}

fn edit_html(cell: &Cell<'_>) -> Html {
    let text = cell.text();
    let rows = text.lines().count().clamp(4, 20).to_string();
    let shown = (!text.is_empty()).then(|| show_html(cell));
    el("div").children(shown).child(cell.control("textarea").class("code").attr("rows", rows).attr("data-html", "1").text(text)).into()
}
