//! Boards: cards in columns.

use lastmile_orm::map;
use lastmile_orm::value::{Map, Value};

use super::arch::Node;
use super::list::{carried, group_label};
use super::posted::{Places, places};
use super::shape::{Field, Shape};
use super::spec;
use crate::pages::admin::action::Window;
use crate::pages::admin::desk::{Desk, Done, maps};
use crate::pages::admin::html::{El, Html, el};
use crate::pages::admin::params::{Params, json};
use crate::pages::admin::place::{Place, Record};
use crate::pages::admin::search::panel::{COUNTED, pager};
use crate::pages::admin::search::query::Search;
use crate::pages::admin::widgets::cell::Cell;
use crate::pages::admin::widgets::find;

/// Cards of a column.
const CARDS: i64 = 20;

/// What a board is made of.
pub struct Kanban<'a> {
    pub desk: &'a Desk<'a>,
    pub window: &'a Window,
    pub shape: &'a Shape,
    pub search: &'a Search,
    pub place: &'a Place,
    pub params: &'a Params,
}

impl Kanban<'_> {
    /// The board, and its pager.
    pub fn render(&self, arch: &Node) -> Done<(Html, Option<El>)> {
        let fields = self.shape.of(&self.window.model);
        let cards = places(&fields, arch);
        let spec = spec::of(self.shape, &self.window.model, arch);
        let by = self.search.groups.first().cloned().or_else(|| arch.get("default_group_by").map(str::to_owned));
        let by = by.filter(|by| self.shape.field(by.split(':').next().unwrap_or_default()).is_some_and(|f| f.store));
        if let Some(by) = by {
            return Ok((self.columns(&cards, spec, &by)?, None));
        }
        let at = self.params.number("p").unwrap_or(0).max(0);
        let named =
            map! { "limit" => self.window.limit, "offset" => at, "count_limit" => COUNTED + 1, "context" => self.search.context.clone() };
        let found = self.desk.call(&self.window.model, "web_search_read", vec![self.search.domain.clone(), Value::Map(spec)], named)?;
        let found = found.as_map().cloned().unwrap_or_default();
        let total = found.get("length").and_then(Value::as_int).unwrap_or(0);
        let rows = maps(found.get("records").cloned().unwrap_or_default());
        let shown = i64::try_from(rows.len()).unwrap_or(0);
        let body = el("div").class("o_kanban_view o_kanban_ungrouped").children(rows.iter().map(|row| self.card(&cards, row, "", false)));
        Ok((body.into(), pager(self.desk, &self.search.params, &self.place.url(), at, shown, self.window.limit, total)))
    }

    fn columns(&self, cards: &Places<'_>, spec: Map, by: &str) -> Done<Html> {
        let name = by.split(':').next().unwrap_or(by);
        let field = self.shape.field(name);
        let named = map! {
            "auto_unfold" => true, "unfold_read_specification" => spec.clone(), "unfold_read_default_limit" => CARDS, "limit" => 40_i64,
            "context" => self.search.context.clone(),
        };
        let args = vec![self.search.domain.clone(), Value::from(vec![by])];
        let found = self.desk.call(&self.window.model, "web_read_group", args, named)?;
        let mut groups = maps(found.as_map().and_then(|map| map.get("groups")).cloned().unwrap_or_default());
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
            && self.desk.may(&self.window.model, "write");
        let one = |group: &Map| self.column(cards, group, by, field, movable);
        Ok(el("div").class("o_kanban_view o_kanban_grouped").children(groups.iter().map(one)).into())
    }

    fn column(&self, cards: &Places<'_>, group: &Map, by: &str, field: Option<&Field>, movable: bool) -> El {
        let value = group.get(by).cloned().unwrap_or_default();
        let count = group.get("__count").and_then(Value::as_int).unwrap_or(0);
        let rows = maps(group.get("__records").cloned().unwrap_or_default());
        let plain = match &value {
            Value::List(pair) => pair.first().cloned().unwrap_or_default(),
            other => other.clone(),
        };
        let name = by.split(':').next().unwrap_or(by);
        let head = el("h3")
            .class("o_column_title")
            .text(group_label(self.desk, field, &value))
            .child(el("span").class("count").text(count.to_string()));
        let hidden = count - i64::try_from(rows.len()).unwrap_or(0);
        let more = (hidden > 0).then(|| el("p").class("muted").text(self.desk.words.with("more_records", &[&hidden.to_string()])));
        let column = el("section").class("o_kanban_group").attr("data-field", name).maybe("data-value", movable.then(|| json(&plain)));
        column.child(head).children(rows.iter().map(|row| self.card(cards, row, name, movable))).children(more)
    }

    fn card(&self, cards: &Places<'_>, row: &Map, grouped: &str, movable: bool) -> El {
        let id = row.get("id").and_then(Value::as_id).unwrap_or(0);
        let url = carried(self.params).url(&self.place.at(Some(Record::Id(id))).url());
        let none = Value::None;
        let mut card = el("article")
            .class("o_kanban_record")
            .attr("data-href", &url)
            .attr("data-id", id.to_string())
            .maybe("draggable", movable.then_some("true"));
        let mut titled = false;
        for (field, node) in cards.iter().filter(|(field, node)| field.name != grouped && node.attr("invisible") != "1") {
            let value = row.get(&field.name).unwrap_or(&none);
            if !field.is_number() && !value.truthy() && titled {
                continue;
            }
            let cell = Cell { desk: self.desk, field, node, value, record: row, input: String::new(), required: false, in_list: true };
            let widget = if field.name == "state" { "badge" } else { node.attr("widget") };
            let shown = (find(widget, &field.kind).show)(&cell);
            if titled {
                card = card
                    .child(el("div").class("o_card_line").child(el("span").class("muted").text(format!("{}: ", field.label))).child(shown));
            } else {
                let shown = if shown.is_empty() { Html::text(self.desk.words.get("unnamed")) } else { shown };
                card = card.child(el("a").class("o_card_title").attr("href", &url).child(shown));
                titled = true;
            }
        }
        card
    }
}
