//! Links to records: one, many, or of any model.

use lastmile_orm::value::{Map, Value};

use super::cell::{Cell, Widget};
use crate::pages::admin::html::{Html, el, hidden, icon};

/// One record, found by typing.
pub const MANY2ONE: Widget = Widget { show, edit: Some(edit) };
/// Many records as words.
pub const TAGS: Widget = Widget { show: show_tags, edit: Some(edit_tags) };
/// A record of any model.
pub const REFERENCE: Widget = Widget { show: show_reference, edit: None };
/// How many lines there are.
pub const COUNT: Widget = Widget { show: count, edit: None };

fn id_of(value: &Value) -> String {
    match value {
        Value::Map(map) => map.get("id").filter(|id| id.truthy()).map(Value::py_str).unwrap_or_default(),
        Value::Int(id) => id.to_string(),
        _ => String::new(),
    }
}

fn name_of(row: &Map) -> String {
    row.get("display_name").or_else(|| row.get("id")).map(Value::py_str).unwrap_or_default()
}

fn show(cell: &Cell<'_>) -> Html {
    let (id, name) = (id_of(cell.value), cell.text());
    if id.is_empty() || cell.in_list || cell.option("no_open").is_some_and(|o| o.truthy()) {
        return Html::text(&name);
    }
    el("a").attr("href", format!("/odoo/m-{}/{id}", cell.field.relation)).text(name).into()
}

fn edit(cell: &Cell<'_>) -> Html {
    let (id, name) = (id_of(cell.value), cell.text());
    let text_name = format!("n{}", cell.input.strip_prefix('f').unwrap_or(&cell.input));
    let list = format!("list-{}", cell.input);
    let text = el("input")
        .attr("type", "text")
        .attr("name", &text_name)
        .attr("id", &cell.input)
        .class("o_input")
        .attr("value", &name)
        .attr("autocomplete", "off")
        .attr("role", "combobox")
        .attr("aria-expanded", "false")
        .attr("aria-autocomplete", "list")
        .attr("aria-controls", &list)
        .attr("data-find", &cell.input)
        .maybe("placeholder", cell.attr("placeholder"))
        .maybe("aria-required", cell.required.then_some("true"))
        .maybe("aria-label", cell.in_list.then_some(cell.field.label.as_str()));
    let label = cell.desk.words.with("open_record", &[&name]);
    let open = (!id.is_empty() && !cell.in_list).then(|| {
        let target = format!("/odoo/m-{}/{id}", cell.field.relation);
        el("a").class("o_open").attr("href", target).attr("title", &label).attr("aria-label", &label).child(icon("open"))
    });
    el("span").class("o_many2one").child(hidden(&cell.input, &id)).child(text).children(open).into()
}

fn rows(value: &Value) -> Vec<&Map> {
    value.as_list().unwrap_or_default().iter().filter_map(Value::as_map).collect()
}

fn show_tags(cell: &Cell<'_>) -> Html {
    el("span").class("tags").children(rows(cell.value).iter().map(|row| el("span").class("tag").text(name_of(row)))).into()
}

fn edit_tags(cell: &Cell<'_>) -> Html {
    let tags = rows(cell.value).into_iter().map(|row| {
        let (id, name) = (row.get("id").map(Value::py_str).unwrap_or_default(), name_of(row));
        let off = cell.desk.words.with("remove_tag", &[&name]);
        let drop = el("button").attr("type", "button").class("o_delete").attr("aria-label", off).attr("data-untag", "1").text("×");
        el("span").class("tag").child(hidden(&cell.input, &id)).text(name).child(drop)
    });
    let mark = hidden(&format!("m{}", cell.input.strip_prefix('f').unwrap_or_default()), "1");
    let find = el("input")
        .attr("type", "text")
        .attr("name", format!("n{}", cell.input.strip_prefix('f').unwrap_or_default()))
        .attr("id", &cell.input)
        .class("o_input")
        .attr("autocomplete", "off")
        .attr("role", "combobox")
        .attr("aria-expanded", "false")
        .attr("aria-label", &cell.field.label)
        .attr("placeholder", cell.desk.words.get("add_tag"))
        .attr("data-find", &cell.input)
        .attr("data-tags", "1");
    el("span").class("o_tags tags").child(mark).children(tags).child(find).into()
}

fn show_reference(cell: &Cell<'_>) -> Html {
    match cell.value {
        Value::Map(map) => {
            let inner = map.get("id").and_then(Value::as_map);
            let name = map.get("display_name").map(Value::py_str).unwrap_or_default();
            match inner.and_then(|id| Some((id.get("model")?.as_str()?.to_owned(), id.get("id")?.py_str()))) {
                Some((model, id)) if !cell.in_list => el("a").attr("href", format!("/odoo/m-{model}/{id}")).text(name).into(),
                _ => Html::text(&name),
            }
        }
        _ => Html::text(&cell.text()),
    }
}

fn count(cell: &Cell<'_>) -> Html {
    let lines = cell.value.as_list().map_or(0, <[Value]>::len);
    Html::text(&cell.desk.words.with("records", &[&lines.to_string()]))
}
