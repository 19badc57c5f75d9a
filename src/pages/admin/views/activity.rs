//! What is planned, record by record.

use lastmile_orm::map;
use lastmile_orm::value::{Map, Value};

use super::logic::and;
use super::view::View;
use crate::pages::admin::desk::{Done, leaf, maps};
use crate::pages::admin::html::{Html, el};
use crate::pages::admin::widgets::format;

/// Records with something planned.
pub fn render(view: &View<'_>) -> Done<Html> {
    let desk = view.desk;
    let named = || map! { "fields" => map! { "display_name" => Map::new() } };
    let planned = map! { "summary" => Map::new(), "date_deadline" => Map::new(), "activity_type_id" => named(), "user_id" => named() };
    let spec = map! { "display_name" => Map::new(), "activity_ids" => map! { "fields" => planned } };
    let domain = and(&view.search.domain, &Value::List(vec![leaf("activity_ids", "!=", false)]));
    let rows = view.read(domain, spec, map! { "limit" => 80_i64 })?.records;
    if rows.is_empty() {
        return Ok(el("div").class("o_view_nocontent").child(el("h2").text(desk.words.get("nothing_planned"))).into());
    }
    let name_of = |value: Option<&Value>| {
        value.and_then(Value::as_map).and_then(|map| map.get("display_name")).map(Value::py_str).unwrap_or_default()
    };
    let one = |row: &Map| {
        let id = row.get("id").and_then(Value::as_id).unwrap_or(0);
        let url = view.url_of(id);
        let name = row.get("display_name").map(Value::py_str).unwrap_or_default();
        let items = maps(row.get("activity_ids").cloned().unwrap_or_default());
        let items = items.iter().map(|item| {
            let day = format::read_date(item.get("date_deadline").unwrap_or(&Value::None));
            let late = day.is_some_and(|day| day < desk.today());
            let text =
                item.get("summary").and_then(Value::as_str).map(str::to_owned).unwrap_or_else(|| name_of(item.get("activity_type_id")));
            let when = day.map(|day| format::date(&desk.manner, day)).unwrap_or_default();
            el("li")
                .child(el("span").class(if late { "late" } else { "soon" }).text(when))
                .text(format!(" {text} · {}", name_of(item.get("user_id"))))
        });
        el("tr")
            .class("o_data_row")
            .child(el("td").child(el("a").class("o_row_link").attr("href", url).text(name)))
            .child(el("td").child(el("ul").class("plain").children(items)))
    };
    let table = el("table").class("o_list_table").child(el("tbody").children(rows.iter().map(one)));
    Ok(el("div").class("o_list_renderer o_activity_view").child(table).into())
}
