//! Lines of forms: records that belong to the one that is edited, in a list of inputs.

use std::collections::{BTreeMap, BTreeSet};

use lastmile_orm::value::{Map, Value};

use super::arch::Node;
use super::draft::{edited, key, rows};
use super::form::Form;
use super::list::{Column, columns, heading};
use super::logic::Scope;
use super::shape::Field;
use super::spec::{LINES, list_of};
use crate::pages::admin::html::{El, Html, el, hidden, icon};
use crate::pages::admin::params::json;
use crate::pages::admin::widgets::cell::Cell;
use crate::pages::admin::widgets::find;

impl Form<'_> {
    /// The list of a field, with what adds and removes lines.
    pub(super) fn lines(&self, field: &Field, node: &Node, readonly: bool) -> Html {
        let empty = Node::default();
        let arch = list_of(node).unwrap_or(&empty);
        let target = self.shape.of(&field.relation);
        let scope = Scope::new(self.desk, self.context).with_parent(&self.draft.values);
        let columns = columns(&target, arch, &scope, &[]);
        let lines = rows(self.draft.values.get(&field.name));
        let words = &self.desk.words;
        let may = |name: &str| !readonly && !arch.forbids(name) && !node.forbids(name);
        let (add, drop) = (may("create"), may("delete"));
        let limit = usize::try_from(LINES).unwrap_or(40);
        let fresh = |row: &&Map| row.get("id").and_then(Value::as_id).is_none();
        let shown = lines.iter().take(limit).chain(lines.iter().skip(limit).filter(fresh));
        let body: Vec<El> = shown.map(|row| self.line(field, &columns, &target, row, readonly, drop)).collect();
        let head =
            columns.iter().map(|c| el("th").attr("scope", "col").class(if c.field.is_number() { "num" } else { "" }).text(heading(c)));
        let table = el("table")
            .class("o_list_table o_lines")
            .child(el("thead").child(el("tr").children(head).child(el("th"))))
            .child(el("tbody").children(body));
        let more = lines.len().saturating_sub(limit);
        let more = (more > 0).then(|| el("p").class("muted").text(words.with("more_lines", &[&more.to_string()])));
        let none = lines.is_empty().then(|| el("p").class("muted").text(words.get("no_lines")));
        let add = add.then(|| {
            el("button")
                .attr("type", "submit")
                .attr("name", "do")
                .attr("value", format!("add:{}", field.name))
                .class("btn link o_field_x2many_list_row_add")
                .text(words.get("add_line"))
        });
        let removed =
            self.draft.removed.get(&field.name).into_iter().flatten().map(|id| hidden(&format!("x.{}", field.name), &id.to_string()));
        el("div")
            .class("o_field_widget o_field_one2many")
            .attr("name", &field.name)
            .children(removed)
            .child(el("div").class("o_list_renderer").child(table))
            .children(none)
            .children(more)
            .children(add)
            .into()
    }

    fn line(&self, field: &Field, columns: &[Column<'_>], target: &BTreeMap<String, Field>, row: &Map, readonly: bool, drop: bool) -> El {
        let (name, key) = (&field.name, key(row));
        let scope = Scope::new(self.desk, self.context).with_record(row).with_parent(&self.draft.values);
        let mut inputs: BTreeSet<&str> = BTreeSet::new();
        let mut cells: Vec<El> = Vec::new();
        for column in columns {
            let own = column.field;
            let td = el("td")
                .attr("name", &own.name)
                .attr("data-label", heading(column))
                .class(format!("o_data_cell{}", if own.is_number() { " num" } else { "" }));
            if scope.holds(column.node.get("invisible")) {
                cells.push(td);
                continue;
            }
            let fixed = readonly || column.node.get("readonly").map_or(own.readonly, |text| scope.holds(Some(text)));
            let required = column.node.get("required").map_or(own.required, |text| scope.holds(Some(text)));
            let input = format!("f.{name}/{key}/{}", own.name);
            let problem = self.draft.problems.get(&input).map(|text| el("span").class("o_invalid_text").attr("role", "alert").text(text));
            let cell = Cell { input, required, ..Cell::of_row(self.desk, own, column.node, row) };
            let kind = find(column.node.attr("widget"), &own.kind);
            let inner = match kind.edit.filter(|_| !fixed && own.kind != "one2many" && own.kind != "binary") {
                Some(edit) => {
                    inputs.insert(&own.name);
                    edit(&cell)
                }
                None => (kind.show)(&cell),
            };
            cells.push(td.child(el("div").class("o_field_widget").attr("name", &own.name).child(inner)).children(problem));
        }
        let other = |own: &String| !inputs.contains(own.as_str()) && target.get(own).is_some_and(|f| !f.is_lines());
        let extra: Map = edited(row)
            .into_iter()
            .filter(other)
            .filter_map(|own| {
                let value = row.get(&own)?.clone();
                Some((own, value))
            })
            .collect();
        let marks = (!readonly).then(|| {
            let mut html = Html::from(hidden(&format!("l.{name}"), &key));
            html.push(hidden(&format!("e.{name}/{key}"), &json(&Value::Map(extra))));
            html
        });
        let words = &self.desk.words;
        let saved = row.get("id").and_then(Value::as_id);
        let open = saved.map(|id| {
            el("a")
                .class("o_open")
                .attr("href", format!("/odoo/m-{}/{id}", field.relation))
                .attr("aria-label", words.get("open"))
                .attr("title", words.get("open"))
                .child(icon("open"))
        });
        let drop = drop.then(|| {
            el("button")
                .attr("type", "submit")
                .attr("name", "do")
                .attr("value", format!("drop:{name}:{key}"))
                .class("o_list_record_remove")
                .attr("title", words.get("remove_line"))
                .attr("aria-label", words.get("remove_line"))
                .text("×")
        });
        el("tr")
            .class("o_data_row")
            .attr("data-id", key)
            .children(cells)
            .child(el("td").class("o_line_tools").child(Html::from(marks)).children(open).children(drop))
    }
}
