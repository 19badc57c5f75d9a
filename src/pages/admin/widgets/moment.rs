//! Dates and times, where the user is.

use super::cell::{Cell, Widget};
use super::format;
use crate::pages::admin::html::{Html, el};

/// A day.
pub const DATE: Widget = Widget { show: show_date, edit: Some(edit_date) };
/// A moment.
pub const DATETIME: Widget = Widget { show: show_moment, edit: Some(edit_moment) };
/// How many days from today.
pub const REMAINING: Widget = Widget { show: show_remaining, edit: Some(edit_date) };

fn show_date(cell: &Cell<'_>) -> Html {
    Html::text(&format::read_date(cell.value).map(|day| format::date(&cell.desk.manner, day)).unwrap_or_default())
}

fn edit_date(cell: &Cell<'_>) -> Html {
    if cell.field.kind == "datetime" {
        return edit_moment(cell);
    }
    let value = format::read_date(cell.value).map(|day| day.format("%Y-%m-%d").to_string()).unwrap_or_default();
    cell.control("input").attr("type", "date").attr("value", value).into()
}

fn show_moment(cell: &Cell<'_>) -> Html {
    Html::text(&format::read_moment(cell.value).map(|at| format::moment(cell.desk, at)).unwrap_or_default())
}

fn edit_moment(cell: &Cell<'_>) -> Html {
    let local = format::read_moment(cell.value).map(|at| cell.desk.local(at).format("%Y-%m-%dT%H:%M:%S").to_string());
    cell.control("input").attr("type", "datetime-local").attr("step", "1").attr("value", local.unwrap_or_default()).into()
}

fn show_remaining(cell: &Cell<'_>) -> Html {
    let day = format::read_date(cell.value).or_else(|| format::read_moment(cell.value).map(|at| cell.desk.local(at).date_naive()));
    let Some(day) = day else { return Html::new() };
    let days = (day - cell.desk.today()).num_days();
    let words = &cell.desk.words;
    let text = match days {
        0 => words.get("today").to_owned(),
        1.. => words.with("in_days", &[&days.to_string()]),
        _ => words.with("days_ago", &[&(-days).to_string()]),
    };
    el("span").class(if days < 0 { "late" } else { "soon" }).attr("title", format::date(&cell.desk.manner, day)).text(text).into()
}
