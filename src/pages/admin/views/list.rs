//! Lists.

use std::collections::BTreeMap;

use lastmile_orm::map;
use lastmile_orm::value::{Map, Value};
use rust_decimal::Decimal;

use super::arch::Node;
use super::logic::Scope;
use super::shape::Field;
use super::spec;
use super::view::{Rows, View};
use crate::pages::admin::desk::Done;
use crate::pages::admin::html::{El, Html, el, hidden, icon};
use crate::pages::admin::search::panel::{COUNTED, menu, pager};
use crate::pages::admin::widgets::cell::Cell;
use crate::pages::admin::widgets::{find, format};

/// A list.
pub struct List<'a> {
    pub view: &'a View<'a>,
    /// Optional columns that the user switched on or off, by name.
    pub chosen: Vec<String>,
}

/// A column.
pub struct Column<'a> {
    pub node: &'a Node,
    pub field: &'a Field,
}

/// The columns of a list: those of its architecture that are shown, optional ones by choice.
pub fn columns<'a>(fields: &'a BTreeMap<String, Field>, arch: &'a Node, scope: &Scope, chosen: &[String]) -> Vec<Column<'a>> {
    let mut out: Vec<Column<'a>> = Vec::new();
    for node in arch.tagged("field") {
        let Some(field) = fields.get(node.name()) else { continue };
        let hidden = scope.holds(node.get("column_invisible")) || scope.holds(node.get("invisible").filter(|i| matches!(*i, "1" | "True")));
        let optional = match node.get("optional") {
            Some("hide") => chosen.iter().any(|name| name == &field.name),
            Some(_) => !chosen.iter().any(|name| name.strip_prefix('-') == Some(field.name.as_str())),
            None => true,
        };
        if !hidden && optional && !out.iter().any(|known| known.field.name == field.name) {
            out.push(Column { node, field });
        }
    }
    out
}

/// The heading of a column.
pub fn heading<'a>(column: &'a Column<'_>) -> &'a str {
    column.node.get("string").unwrap_or(&column.field.label)
}

impl List<'_> {
    /// What the order of the address is, else the view's.
    fn order(&self, arch: &Node) -> String {
        let asked = self
            .view
            .params
            .get("o")
            .filter(|o| o.split_whitespace().next().is_some_and(|name| self.view.shape.field(name).is_some_and(|f| f.sortable)));
        asked.unwrap_or(arch.attr("default_order")).to_owned()
    }

    /// One page of records.
    pub fn rows(&self, arch: &Node, domain: &Value, limit: i64, offset: i64) -> Done<Rows> {
        let spec = spec::of(self.view.shape, &self.view.window.model, arch);
        let named = map! {
            "limit" => limit,
            "offset" => offset,
            "order" => self.order(arch),
            "count_limit" => COUNTED + 1,
        };
        self.view.read(domain.clone(), spec, named)
    }

    /// The list, and its pager.
    pub fn render(&self, arch: &Node) -> Done<(Html, Option<El>)> {
        let scope = Scope::new(self.view.desk, &self.view.window.context);
        let fields = self.view.shape.of(&self.view.window.model);
        let columns = columns(&fields, arch, &scope, &self.chosen);
        let at = self.view.params.number("p").unwrap_or(0).max(0);
        let limit = arch.attr("limit").parse().unwrap_or(self.view.window.limit).clamp(1, 500);
        let (body, pager, total) = if self.view.search.groups.is_empty() {
            let rows = self.rows(arch, &self.view.search.domain, limit, at)?;
            let shown = i64::try_from(rows.records.len()).unwrap_or(0);
            let body = rows.records.iter().map(|row| self.row(&columns, arch, row)).collect::<Html>();
            let mut body = Html::from(el("tbody").child(body));
            body.push(self.footer(&columns, &rows.records));
            (body, pager(self.view.desk, &self.view.search.params, &self.view.path(), at, shown, limit, rows.total), rows.total)
        } else {
            let groups = self.groups(&columns, arch, &self.view.search.domain, 0, "")?;
            let many = i64::from(!groups.is_empty());
            (el("tbody").child(groups).into(), None, many)
        };
        if total == 0 {
            return Ok((self.nothing(), None));
        }
        let head = el("thead").child(
            el("tr")
                .child(self.select_all())
                .children(columns.iter().map(|c| self.head(c, arch)))
                .child(el("th").class("o_optional").child(self.chooser(arch, &scope))),
        );
        let table = el("table").class("o_list_table").child(el("caption").class("sr").text(&self.view.window.name)).child(head).child(body);
        let view = el("form")
            .class("o_list_view")
            .attr("method", "post")
            .attr("action", self.view.search.params.url(&self.view.path()))
            .child(hidden("csrf_token", &self.view.desk.csrf));
        Ok((view.child(self.batch(&columns)).child(el("div").class("o_list_renderer").child(table)).into(), pager))
    }

    fn nothing(&self) -> Html {
        let words = &self.view.desk.words;
        let help = Html::sanitised(&self.view.window.help);
        let (text, hint) = if self.view.search.facets.is_empty() {
            (words.get("nothing_yet"), words.get("nothing_yet_hint"))
        } else {
            (words.get("nothing_found"), words.get("nothing_found_hint"))
        };
        let inner = el("div").class("o_view_nocontent").child(icon("empty")).child(el("h2").text(text));
        if help.is_empty() || !self.view.search.facets.is_empty() {
            inner.child(el("p").text(hint)).into()
        } else {
            inner.child(el("div").child(help)).into()
        }
    }

    fn select_all(&self) -> El {
        let word = self.view.desk.words.get("select_all");
        el("th").class("o_list_record_selector").child(el("input").attr("type", "checkbox").attr("data-all", "1").attr("aria-label", word))
    }

    fn head(&self, column: &Column<'_>, arch: &Node) -> El {
        let label = heading(column);
        let class = if column.field.is_number() { "num" } else { "" };
        let cell = el("th").class(class).attr("scope", "col").attr("data-name", &column.field.name);
        if column.node.attr("widget") == "handle" {
            return cell.child(el("span").class("sr").text(label));
        }
        if !column.field.sortable {
            return cell.text(label);
        }
        let order = self.order(arch);
        let name = column.field.name.as_str();
        let now = order.split(',').next().unwrap_or_default().trim();
        let (is, down) = (now.split_whitespace().next() == Some(name), now.to_lowercase().ends_with(" desc"));
        let next = if is && !down { format!("{name} desc") } else { name.to_owned() };
        let link = el("a").attr("href", self.view.search.params.clone().set("o", &next).url(&self.view.path())).text(label);
        let arrow = is.then(|| el("span").class("arrow").attr("aria-hidden", "true").text(if down { " ▾" } else { " ▴" }));
        cell.maybe("aria-sort", is.then_some(if down { "descending" } else { "ascending" })).child(link.children(arrow))
    }

    /// Which optional columns are shown.
    fn chooser(&self, arch: &Node, scope: &Scope) -> Option<El> {
        let optional = arch.tagged("field").filter(|n| n.get("optional").is_some() && !scope.holds(n.get("column_invisible")));
        let one = |node: &Node| {
            let name = node.name();
            let label =
                node.get("string").map(str::to_owned).or_else(|| self.view.shape.field(name).map(|f| f.label.clone())).unwrap_or_default();
            let hide = node.get("optional") == Some("hide");
            let on =
                if hide { self.chosen.iter().any(|c| c == name) } else { !self.chosen.iter().any(|c| c.strip_prefix('-') == Some(name)) };
            let value = if hide { name.to_owned() } else { format!("-{name}") };
            let tick = el("input").attr("type", "checkbox").attr("data-column", value).flag("checked", on).flag("data-hides", !hide);
            el("label").class("item").child(tick).text(format!(" {label}"))
        };
        let items: Vec<El> = optional.map(one).collect();
        if items.is_empty() {
            return None;
        }
        let inner: Html = items.into_iter().collect();
        Some(menu(
            self.view.desk.words.get("columns"),
            "columns",
            "o_optional_columns",
            el("div").attr("data-columns", &self.view.window.model).child(inner),
        ))
    }

    /// A record.
    pub(super) fn row(&self, columns: &[Column<'_>], arch: &Node, row: &Map) -> El {
        let id = row.get("id").and_then(Value::as_id).unwrap_or(0);
        let url = self.view.url_of(id);
        let scope = Scope::new(self.view.desk, &self.view.window.context).with_record(row);
        let tones = arch.attributes.iter().filter_map(|(name, text)| Some((name.strip_prefix("decoration-")?, text)));
        let class: Vec<&str> = tones.filter(|(_, text)| scope.holds(Some(text))).map(|(tone, _)| tone).collect();
        let word = self.view.desk.words.get("select");
        let tick = el("td")
            .class("o_list_record_selector")
            .child(el("input").attr("type", "checkbox").attr("name", "ids").attr("value", id.to_string()).attr("aria-label", word));
        let mut first = true;
        let cells: Vec<El> = columns
            .iter()
            .map(|column| {
                let link = (first && column.node.attr("widget") != "handle").then_some(url.as_str());
                first &= link.is_none();
                self.cell(column, row, &scope, link)
            })
            .collect();
        el("tr")
            .class(format!("o_data_row {}", class.join(" ")))
            .attr("data-href", &url)
            .attr("data-id", id.to_string())
            .child(tick)
            .children(cells)
            .child(el("td"))
    }

    fn cell(&self, column: &Column<'_>, row: &Map, scope: &Scope, link: Option<&str>) -> El {
        let name = column.field.name.as_str();
        let td = el("td").attr("name", name).attr("data-label", heading(column));
        let class = format!("o_data_cell{}", if column.field.is_number() { " num" } else { "" });
        if scope.holds(column.node.get("invisible")) {
            return td.class(class);
        }
        if column.node.attr("widget") == "handle" {
            let word = self.view.desk.words.get("drag");
            return td
                .class("o_handle_cell")
                .child(el("span").class("o_row_handle").attr("draggable", "true").attr("title", word).text("⠿"));
        }
        let cell = Cell::of_row(self.view.desk, column.field, column.node, row);
        let shown = (find(column.node.attr("widget"), &column.field.kind).show)(&cell);
        match link {
            Some(link) => {
                let shown = if shown.is_empty() { Html::text(self.view.desk.words.get("open")) } else { shown };
                td.class(class).child(el("a").class("o_row_link").attr("href", link).child(shown))
            }
            None => td.class(class).child(shown),
        }
    }

    fn footer(&self, columns: &[Column<'_>], rows: &[Map]) -> Option<El> {
        if rows.is_empty() || !columns.iter().any(|c| c.node.get("sum").is_some() || c.node.get("avg").is_some()) {
            return None;
        }
        let cells = columns.iter().map(|column| {
            let Some(title) = column.node.get("sum") else { return el("td") };
            let sum: Decimal = rows.iter().filter_map(|row| row.get(&column.field.name)?.as_decimal()).sum();
            el("td").class("num").attr("title", title).text(self.figure(column.field, sum, rows.first()))
        });
        Some(el("tfoot").child(el("tr").child(el("td")).children(cells).child(el("td"))))
    }

    /// A sum of a field, as its values are written.
    pub(super) fn figure(&self, field: &Field, sum: Decimal, row: Option<&Map>) -> String {
        match field.kind.as_str() {
            "monetary" => format::amount(self.view.desk, sum, row.and_then(|row| row.get(field.currency()))),
            "integer" => format::number(&self.view.desk.manner, sum, 0),
            _ => format::number(&self.view.desk.manner, sum, field.digits.unwrap_or(2)),
        }
    }
}
