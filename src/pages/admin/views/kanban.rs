//! Boards: cards in columns.

use lastmile_orm::map;
use lastmile_orm::value::{Map, Value};

use super::arch::Node;
use super::posted::{Places, places};
use super::spec;
use super::view::{Rows, View};
use crate::pages::admin::desk::{Done, maps};
use crate::pages::admin::html::{El, Html, el};
use crate::pages::admin::params::json;
use crate::pages::admin::search::panel::{COUNTED, pager};
use crate::pages::admin::widgets::cell::Cell;
use crate::pages::admin::widgets::find;

/// Cards of a column.
const CARDS: i64 = 20;

/// The board, and its pager.
pub fn render(view: &View<'_>, arch: &Node) -> Done<(Html, Option<El>)> {
    let fields = view.shape.of(&view.window.model);
    let cards = places(&fields, arch);
    let spec = spec::of(view.shape, &view.window.model, arch);
    let by = view.search.groups.first().cloned().or_else(|| arch.get("default_group_by").map(str::to_owned));
    let by = by.filter(|by| view.grouping(by).is_some_and(|f| f.store));
    if let Some(by) = by {
        return Ok((columns(view, &cards, spec, &by)?, None));
    }
    let at = view.params.number("p").unwrap_or(0).max(0);
    let named = map! { "limit" => view.window.limit, "offset" => at, "count_limit" => COUNTED + 1 };
    let Rows { records: rows, total } = view.read(view.search.domain.clone(), spec, named)?;
    let shown = i64::try_from(rows.len()).unwrap_or(0);
    let body = el("div").class("o_kanban_view o_kanban_ungrouped").children(rows.iter().map(|row| card(view, &cards, row, "", false)));
    Ok((body.into(), pager(view.desk, &view.search.params, &view.path(), at, shown, view.window.limit, total)))
}

fn columns(view: &View<'_>, cards: &Places<'_>, spec: Map, by: &str) -> Done<Html> {
    let field = view.grouping(by);
    let named = map! {
        "auto_unfold" => true, "unfold_read_specification" => spec.clone(), "unfold_read_default_limit" => CARDS, "limit" => 40_i64,
    };
    let args = vec![view.search.domain.clone(), Value::from(vec![by])];
    let mut groups = view.read_groups(args, named)?;
    // States without records are columns, too: cards can be put there.
    if let Some(field) = field.filter(|f| f.kind == "selection") {
        let rank = |group: &Map| {
            field.selection.iter().position(|(key, _)| group.get(by).and_then(Value::as_str) == Some(key)).unwrap_or(usize::MAX)
        };
        for (key, _) in &field.selection {
            if !groups.iter().any(|group| group.get(by).and_then(Value::as_str) == Some(key)) {
                groups.push(Map::from([(by.to_owned(), Value::from(key.as_str()))]));
            }
        }
        groups.sort_by_key(rank);
    }
    let movable = field.filter(|f| !f.readonly && matches!(f.kind.as_str(), "selection" | "many2one")).is_some()
        && view.desk.may(&view.window.model, "write");
    let one = |group: &Map| column(view, cards, group, by, movable);
    Ok(el("div").class("o_kanban_view o_kanban_grouped").children(groups.iter().map(one)).into())
}

fn column(view: &View<'_>, cards: &Places<'_>, group: &Map, by: &str, movable: bool) -> El {
    let value = group.get(by).cloned().unwrap_or_default();
    let count = group.get("__count").and_then(Value::as_int).unwrap_or(0);
    let rows = maps(group.get("__records").cloned().unwrap_or_default());
    let plain = match &value {
        Value::List(pair) => pair.first().cloned().unwrap_or_default(),
        other => other.clone(),
    };
    let name = by.split(':').next().unwrap_or(by);
    let head = el("h3").class("o_column_title").text(view.group_label(by, group)).child(el("span").class("count").text(count.to_string()));
    let hidden = count - i64::try_from(rows.len()).unwrap_or(0);
    let more = (hidden > 0).then(|| el("p").class("muted").text(view.desk.words.with("more_records", &[&hidden.to_string()])));
    let column = el("section").class("o_kanban_group").attr("data-field", name).maybe("data-value", movable.then(|| json(&plain)));
    column.child(head).children(rows.iter().map(|row| card(view, cards, row, name, movable))).children(more)
}

fn card(view: &View<'_>, cards: &Places<'_>, row: &Map, grouped: &str, movable: bool) -> El {
    let id = row.get("id").and_then(Value::as_id).unwrap_or(0);
    let url = view.url_of(id);
    let mut card = el("article")
        .class("o_kanban_record")
        .attr("data-href", &url)
        .attr("data-id", id.to_string())
        .maybe("draggable", movable.then_some("true"));
    let mut titled = false;
    for (field, node) in cards.iter().filter(|(field, node)| field.name != grouped && node.attr("invisible") != "1") {
        let cell = Cell::of_row(view.desk, field, node, row);
        if !field.is_number() && !cell.value.truthy() && titled {
            continue;
        }
        let widget = if field.name == "state" { "badge" } else { node.attr("widget") };
        let shown = (find(widget, &field.kind).show)(&cell);
        if titled {
            card =
                card.child(el("div").class("o_card_line").child(el("span").class("muted").text(format!("{}: ", field.label))).child(shown));
        } else {
            let shown = if shown.is_empty() { Html::text(view.desk.words.get("unnamed")) } else { shown };
            card = card.child(el("a").class("o_card_title").attr("href", &url).child(shown));
            titled = true;
        }
    }
    card
}
