//! Texts, short and long.

use super::cell::{Cell, Widget};
use crate::pages::admin::html::{Html, el};

/// One line.
pub const CHAR: Widget = Widget { show, edit: Some(edit_char) };
/// Many lines.
pub const TEXT: Widget = Widget { show: show_text, edit: Some(edit_text) };

fn is_secret(cell: &Cell<'_>) -> bool {
    cell.attr("password").is_some_and(|p| matches!(p, "True" | "1" | "true"))
}

fn show(cell: &Cell<'_>) -> Html {
    let text = cell.text();
    Html::text(if is_secret(cell) && !text.is_empty() { "••••••••" } else { &text })
}

fn show_text(cell: &Cell<'_>) -> Html {
    el("span").class("pre").text(cell.text()).into()
}

fn edit_char(cell: &Cell<'_>) -> Html {
    let kind = if is_secret(cell) { "password" } else { "text" };
    cell.control("input")
        .attr("type", kind)
        .attr("value", cell.text())
        .attr("autocomplete", if is_secret(cell) { "new-password" } else { "off" })
        .into()
}

fn edit_text(cell: &Cell<'_>) -> Html {
    let text = cell.text();
    let rows = if cell.in_list { 1 } else { text.lines().count().clamp(3, 20) };
    cell.control("textarea")
        .attr("rows", rows.to_string())
        .text(format!("\n{text}").trim_start_matches(|c| c == '\n' && !text.starts_with('\n')))
        .into()
}
