//! Yes and no.

use super::cell::{Cell, Widget};
use crate::pages::admin::html::{Html, el, hidden};

/// A box to tick.
pub const BOOLEAN: Widget = Widget { show, edit: Some(|cell| edit(cell, "o_check")) };
/// A switch.
pub const TOGGLE: Widget = Widget { show, edit: Some(|cell| edit(cell, "o_check o_switch")) };

fn show(cell: &Cell<'_>) -> Html {
    let on = cell.value.truthy();
    let words = &cell.desk.words;
    let word = if on { words.get("yes") } else { words.get("no") };
    let mark = el("span").attr("aria-hidden", "true").text(if on { "✓" } else { "–" });
    el("span").class(if on { "yes" } else { "no" }).attr("title", word).child(mark).child(el("span").class("sr").text(word)).into()
}

fn edit(cell: &Cell<'_>, class: &str) -> Html {
    // A box that is not ticked sends nothing: the field before it says that it was there.
    let tick = el("input").attr("type", "checkbox").attr("name", &cell.input).attr("id", &cell.input).attr("value", "1").class(class);
    let tick = tick.maybe("aria-label", cell.in_list.then_some(cell.field.label.as_str()));
    let mut html = Html::from(hidden(&cell.input, "0"));
    html.push(tick.flag("checked", cell.value.truthy()));
    html
}
