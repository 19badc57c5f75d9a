//! Selections: lists, badges, stars and states.

use lastmile_orm::value::Value;

use super::cell::{Cell, Widget};
use crate::pages::admin::html::{Html, el};

/// A list to choose from.
pub const SELECTION: Widget = Widget { show: |cell| Html::text(label(cell)), edit: Some(edit) };
/// A coloured word.
pub const BADGE: Widget = Widget { show: badge, edit: Some(edit) };
/// Buttons to choose from.
pub const RADIO: Widget = Widget { show: |cell| Html::text(label(cell)), edit: Some(radio) };
/// Stars.
pub const PRIORITY: Widget = Widget { show: stars, edit: Some(edit) };

fn key<'c>(cell: &'c Cell<'_>) -> &'c str {
    cell.value.as_str().unwrap_or_default()
}

fn label<'c>(cell: &'c Cell<'_>) -> &'c str {
    cell.field.choice(key(cell))
}

fn edit(cell: &Cell<'_>) -> Html {
    if cell.field.kind != "selection" {
        return super::text::CHAR.edit.map(|edit| edit(cell)).unwrap_or_default();
    }
    let key = key(cell);
    let empty = (!cell.required || key.is_empty()).then(|| el("option").attr("value", ""));
    let choices =
        cell.field.selection.iter().map(|(value, label)| el("option").attr("value", value).flag("selected", value == key).text(label));
    cell.control("select").children(empty).children(choices).into()
}

fn radio(cell: &Cell<'_>) -> Html {
    let key = key(cell);
    let one = |(value, label): &(String, String)| {
        let input = el("input").attr("type", "radio").attr("name", &cell.input).attr("value", value).flag("checked", value == key);
        el("label").class("o_radio").child(input).text(format!(" {label}"))
    };
    el("span").attr("role", "radiogroup").attr("aria-label", &cell.field.label).children(cell.field.selection.iter().map(one)).into()
}

/// The colour of a state, by what it usually means.
pub fn tone(state: &str) -> &'static str {
    const TONES: [(&str, &[&str]); 4] = [
        (
            "good",
            &[
                "active",
                "success",
                "done",
                "posted",
                "paid",
                "applied",
                "approved",
                "installed",
                "resolved",
                "online",
                "ok",
                "up",
                "sent",
                "in_payment",
            ],
        ),
        (
            "bad",
            &[
                "failed",
                "error",
                "suspended",
                "rejected",
                "faulty",
                "cancel",
                "cancelled",
                "down",
                "urgent",
                "overdue",
                "exception",
                "outgoing_error",
            ],
        ),
        ("warn", &["queued", "in_review", "submitted", "waiting", "waiting_customer", "high", "partial", "not_paid", "grace", "reversed"]),
        ("info", &["running", "new", "open", "in_progress", "stock", "normal", "draft", "planned", "today"]),
    ];
    TONES.iter().find(|(_, states)| states.contains(&state)).map_or("muted", |(tone, _)| tone)
}

fn badge(cell: &Cell<'_>) -> Html {
    let text = if cell.field.kind == "selection" { label(cell).to_owned() } else { cell.text() };
    if text.is_empty() {
        return Html::new();
    }
    let tones = ["success", "danger", "warning", "info", "muted"];
    let scope = crate::pages::admin::views::logic::Scope::new(cell.desk, &lastmile_orm::value::Map::new()).with_record(cell.record);
    let said = tones.iter().find(|tone| scope.holds(cell.node.get(&format!("decoration-{tone}"))));
    let tone = match said {
        Some(&"success") => "good",
        Some(&"danger") => "bad",
        Some(&"warning") => "warn",
        Some(other) => other,
        None => tone(key(cell)),
    };
    el("span").class(format!("badge {tone}")).text(text).into()
}

fn stars(cell: &Cell<'_>) -> Html {
    let at = cell.field.selection.iter().position(|(value, _)| value == key(cell)).unwrap_or(0);
    let text: String = (1..cell.field.selection.len()).map(|n| if n <= at { '★' } else { '☆' }).collect();
    el("span")
        .class("stars")
        .attr("title", label(cell))
        .child(el("span").attr("aria-hidden", "true").text(text))
        .child(el("span").class("sr").text(label(cell)))
        .into()
}

/// The states a record goes through, the present one marked.
pub fn statusbar(cell: &Cell<'_>) -> Html {
    let key = match cell.value {
        Value::Map(map) => map.get("display_name").map(Value::py_str).unwrap_or_default(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    let shown: Vec<&str> = cell.attr("statusbar_visible").unwrap_or_default().split(',').map(str::trim).filter(|s| !s.is_empty()).collect();
    let steps: Vec<(String, String)> =
        if cell.field.kind == "selection" { cell.field.selection.clone() } else { vec![(key.clone(), key.clone())] };
    let steps = steps.iter().filter(|(value, _)| shown.is_empty() || shown.contains(&value.as_str()) || *value == key);
    let step = |(value, label): &(String, String)| {
        let here = *value == key;
        let class = if here { format!("step here {}", tone(value)) } else { "step".to_owned() };
        el("span").class(class).maybe("aria-current", here.then_some("step")).attr("data-value", value).text(label)
    };
    el("div").class("o_statusbar_status").attr("role", "group").attr("aria-label", &cell.field.label).children(steps.map(step)).into()
}
