//! Lists.

use std::collections::BTreeMap;

use lastmile_orm::map;
use lastmile_orm::value::{Map, Value};
use rust_decimal::Decimal;

use super::arch::Node;
use super::logic::{Scope, and};
use super::shape::{Field, Shape};
use super::spec;
use crate::pages::admin::action::Window;
use crate::pages::admin::desk::{Desk, Done, maps};
use crate::pages::admin::html::{El, Html, el, hidden, icon};
use crate::pages::admin::params::{Params, json};
use crate::pages::admin::place::{Place, Record};
use crate::pages::admin::search::panel::{COUNTED, menu, pager};
use crate::pages::admin::search::query::Search;
use crate::pages::admin::widgets::cell::Cell;
use crate::pages::admin::widgets::{find, format};

/// What a list is made of.
pub struct List<'a> {
    pub desk: &'a Desk<'a>,
    pub window: &'a Window,
    pub shape: &'a Shape,
    pub search: &'a Search,
    pub place: &'a Place,
    pub params: &'a Params,
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

/// Records that came and how many there are.
pub struct Rows {
    pub records: Vec<Map>,
    pub total: i64,
}

impl<'a> List<'a> {
    fn path(&self) -> String {
        self.place.url()
    }

    /// What the order of the address is, else the view's.
    fn order(&self, arch: &Node) -> String {
        let asked = self
            .params
            .get("o")
            .filter(|o| o.split_whitespace().next().is_some_and(|name| self.shape.field(name).is_some_and(|f| f.sortable)));
        asked.unwrap_or(arch.attr("default_order")).to_owned()
    }

    /// One page of records.
    pub fn rows(&self, arch: &Node, domain: &Value, limit: i64, offset: i64) -> Done<Rows> {
        let spec = spec::of(self.shape, &self.window.model, arch);
        let named = map! {
            "limit" => limit,
            "offset" => offset,
            "order" => self.order(arch),
            "count_limit" => COUNTED + 1,
            "context" => self.search.context.clone(),
        };
        let found = self.desk.call(&self.window.model, "web_search_read", vec![domain.clone(), Value::Map(spec)], named)?;
        let found = found.as_map().cloned().unwrap_or_default();
        let total = found.get("length").and_then(Value::as_int).unwrap_or(0);
        Ok(Rows { records: maps(found.get("records").cloned().unwrap_or_default()), total })
    }

    /// The list, and its pager.
    pub fn render(&self, arch: &Node) -> Done<(Html, Option<El>)> {
        let scope = Scope::new(self.desk, &self.window.context);
        let fields = self.shape.of(&self.window.model);
        let columns = columns(&fields, arch, &scope, &self.chosen);
        let at = self.params.number("p").unwrap_or(0).max(0);
        let limit = arch.attr("limit").parse().unwrap_or(self.window.limit).clamp(1, 500);
        let (body, pager, total) = if self.search.groups.is_empty() {
            let rows = self.rows(arch, &self.search.domain, limit, at)?;
            let shown = i64::try_from(rows.records.len()).unwrap_or(0);
            let body = rows.records.iter().map(|row| self.row(&columns, arch, row)).collect::<Html>();
            let mut body = Html::from(el("tbody").child(body));
            body.push(self.footer(&columns, &rows.records));
            (body, pager(self.desk, &self.search.params, &self.path(), at, shown, limit, rows.total), rows.total)
        } else {
            let groups = self.groups(&columns, arch, &self.search.domain, 0, "")?;
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
        let table = el("table").class("o_list_table").child(el("caption").class("sr").text(&self.window.name)).child(head).child(body);
        let view = el("form")
            .class("o_list_view")
            .attr("method", "post")
            .attr("action", self.search.params.url(&self.path()))
            .child(hidden("csrf_token", &self.desk.csrf));
        Ok((view.child(self.batch(&columns)).child(el("div").class("o_list_renderer").child(table)).into(), pager))
    }

    fn nothing(&self) -> Html {
        let words = &self.desk.words;
        let help = Html::sanitised(&self.window.help);
        let text = if self.search.facets.is_empty() { "nothing_yet" } else { "nothing_found" };
        let hint = if self.search.facets.is_empty() { words.get("nothing_yet_hint") } else { words.get("nothing_found_hint") };
        let text = if text == "nothing_yet" { words.get("nothing_yet") } else { words.get("nothing_found") };
        let inner = el("div").class("o_view_nocontent").child(icon("empty")).child(el("h2").text(text));
        if help.is_empty() || !self.search.facets.is_empty() {
            inner.child(el("p").text(hint)).into()
        } else {
            inner.child(el("div").child(help)).into()
        }
    }

    fn select_all(&self) -> El {
        let word = self.desk.words.get("select_all");
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
        let link = el("a").attr("href", self.search.params.clone().set("o", &next).url(&self.path())).text(label);
        let arrow = is.then(|| el("span").class("arrow").attr("aria-hidden", "true").text(if down { " ▾" } else { " ▴" }));
        cell.maybe("aria-sort", is.then_some(if down { "descending" } else { "ascending" })).child(link.children(arrow))
    }

    /// Which optional columns are shown.
    fn chooser(&self, arch: &Node, scope: &Scope) -> Option<El> {
        let optional = arch.tagged("field").filter(|n| n.get("optional").is_some() && !scope.holds(n.get("column_invisible")));
        let one = |node: &Node| {
            let name = node.name();
            let label =
                node.get("string").map(str::to_owned).or_else(|| self.shape.field(name).map(|f| f.label.clone())).unwrap_or_default();
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
            self.desk.words.get("columns"),
            "columns",
            "o_optional_columns",
            el("div").attr("data-columns", &self.window.model).child(inner),
        ))
    }

    fn row(&self, columns: &[Column<'_>], arch: &Node, row: &Map) -> El {
        let id = row.get("id").and_then(Value::as_id).unwrap_or(0);
        let url = self.place.at(Some(Record::Id(id))).url();
        let url = carried(self.params).url(&url);
        let scope = Scope::new(self.desk, &self.window.context).with_record(row);
        let tones = arch.attributes.iter().filter_map(|(name, text)| Some((name.strip_prefix("decoration-")?, text)));
        let class: Vec<&str> = tones.filter(|(_, text)| scope.holds(Some(text))).map(|(tone, _)| tone).collect();
        let word = self.desk.words.get("select");
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
            let word = self.desk.words.get("drag");
            return td
                .class("o_handle_cell")
                .child(el("span").class("o_row_handle").attr("draggable", "true").attr("title", word).text("⠿"));
        }
        let none = Value::None;
        let value = row.get(name).unwrap_or(&none);
        let cell = Cell {
            desk: self.desk,
            field: column.field,
            node: column.node,
            value,
            record: row,
            input: String::new(),
            required: false,
            in_list: true,
        };
        let shown = (find(column.node.attr("widget"), &column.field.kind).show)(&cell);
        match link {
            Some(link) => {
                let shown = if shown.is_empty() { Html::text(self.desk.words.get("open")) } else { shown };
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

    fn figure(&self, field: &Field, sum: Decimal, row: Option<&Map>) -> String {
        match field.kind.as_str() {
            "monetary" => {
                let name = if field.currency_field.is_empty() { "currency_id" } else { &field.currency_field };
                format::amount(self.desk, sum, row.and_then(|row| row.get(name)))
            }
            "integer" => format::number(&self.desk.manner, sum, 0),
            _ => format::number(&self.desk.manner, sum, field.digits.unwrap_or(2)),
        }
    }

    /// Group headers with their sums, and what is open below them.
    fn groups(&self, columns: &[Column<'_>], arch: &Node, domain: &Value, level: usize, key: &str) -> Done<Html> {
        let Some(by) = self.search.groups.get(level) else {
            let rows = self.rows(arch, domain, 80, 0)?;
            let mut html: Html = rows.records.iter().map(|row| self.row(columns, arch, row)).collect();
            let hidden = rows.total - i64::try_from(rows.records.len()).unwrap_or(0);
            if hidden > 0 {
                let text = self.desk.words.with("more_records", &[&hidden.to_string()]);
                html.push(el("tr").child(el("td").attr("colspan", (columns.len() + 2).to_string()).class("muted").text(text)));
            }
            return Ok(html);
        };
        let summed: Vec<&Column<'_>> = columns
            .iter()
            .filter(|c| c.field.store && c.field.is_number() && c.field.aggregator == "sum" && !c.field.name.starts_with("gps_"))
            .collect();
        let aggregates = summed.iter().map(|c| Value::Str(format!("{}:sum", c.field.name)));
        let aggregates: Vec<Value> = std::iter::once(Value::from("__count")).chain(aggregates).collect();
        let named = map! { "limit" => 200_i64, "context" => self.search.context.clone() };
        let args = vec![domain.clone(), Value::from(vec![by.as_str()]), Value::List(aggregates)];
        let found = self.desk.call(&self.window.model, "web_read_group", args, named)?;
        let groups = maps(found.as_map().and_then(|map| map.get("groups")).cloned().unwrap_or_default());
        let mut html = Html::new();
        for (n, group) in groups.iter().enumerate() {
            let key = if key.is_empty() { n.to_string() } else { format!("{key}.{n}") };
            let open = self.params.all("open").any(|open| open == key);
            html.push(self.group_head(columns, group, by, level, &key, open));
            if open {
                let inner = and(domain, group.get("__extra_domain").unwrap_or(&Value::None));
                html.push(self.groups(columns, arch, &inner, level + 1, &key)?);
            }
        }
        Ok(html)
    }

    fn group_head(&self, columns: &[Column<'_>], group: &Map, by: &str, level: usize, key: &str, open: bool) -> El {
        let name = by.split(':').next().unwrap_or(by);
        let label = group_label(self.desk, self.shape.field(name), group.get(by).unwrap_or(&Value::None));
        let count = group.get("__count").and_then(Value::as_int).unwrap_or(0);
        let params = self.search.params.clone();
        let opened: Vec<&str> = self.params.all("open").filter(|k| *k != key).collect();
        let params = opened.into_iter().fold(params.without("open"), |params, k| params.with("open", k));
        let params = if open { params } else { params.with("open", key) };
        let link = el("a").attr("href", params.url(&self.path())).attr("aria-expanded", if open { "true" } else { "false" });
        let link = link
            .child(el("span").class("caret").attr("aria-hidden", "true").text(if open { "▾ " } else { "▸ " }))
            .text(format!("{label} ({count})"));
        // The name takes the columns before the first sum.
        let first = columns.iter().position(|c| group.contains_key(&format!("{}:sum", c.field.name))).unwrap_or(columns.len()).max(1);
        let head = el("th")
            .attr("scope", "rowgroup")
            .class(format!("o_group_name level{}", level.min(4)))
            .attr("colspan", (first + 1).to_string())
            .child(link);
        let sums =
            columns.iter().skip(first).map(|column| match group.get(&format!("{}:sum", column.field.name)).and_then(Value::as_decimal) {
                Some(sum) => el("td").class("num").text(self.figure(column.field, sum, None)),
                None => el("td"),
            });
        el("tr").class("o_group_header").child(head).children(sums).child(el("td"))
    }

    /// What can be done with the records that are ticked.
    fn batch(&self, columns: &[Column<'_>]) -> El {
        let words = &self.desk.words;
        let (model, ask) = (self.window.model.as_str(), |operation: &str| self.desk.may(&self.window.model, operation));
        let act = |verb: &str, word: &str| el("button").class("btn").attr("name", "do").attr("value", verb).text(word);
        let mut bar = el("div")
            .class("o_list_selection")
            .flag("hidden", true)
            .child(el("span").class("o_selected").attr("data-text", words.get("selected")).text(""));
        let fields = columns.iter().map(|c| Value::Map(map! { "name" => c.field.name.as_str(), "label" => heading(c) }));
        let data = map! {
            "model" => model, "fields" => Value::List(fields.collect()), "ids" => false, "domain" => self.search.domain.clone(),
            "import_compat" => false, "context" => Map::new(), "groupby" => Value::List(Vec::new()),
        };
        if self.desk.may_export {
            let export = el("button")
                .class("btn")
                .attr("formaction", "/web/export/xlsx")
                .attr("data-export", "1")
                .attr("data-plain", "1")
                .child(icon("download"))
                .text(words.get("export"));
            bar = bar.child(hidden("data", &json(&Value::Map(data)))).child(export);
        }
        if ask("write") && self.shape.own().any(|f| f.name == "active") {
            bar = bar.child(act("archive", words.get("archive"))).child(act("unarchive", words.get("unarchive")));
        }
        if ask("create") {
            bar = bar.child(act("duplicate", words.get("duplicate")));
        }
        if ask("unlink") {
            bar = bar.child(act("delete", words.get("delete")).attr("data-confirm", words.get("delete_ask")));
        }
        for (binding, id, name) in self.shape.toolbar.get("list").into_iter().flatten() {
            if binding == "action" {
                bar = bar.child(act(&format!("action:{id}"), name));
            }
        }
        bar
    }
}

/// What of an address stays with the records of a window: how it was opened.
pub fn carried(params: &Params) -> Params {
    params
        .iter()
        .filter(|(name, _)| matches!(*name, "c" | "d" | "v" | "n"))
        .fold(Params::default(), |out, (name, value)| out.with(name, value))
}

/// The name of a group.
pub fn group_label(desk: &Desk<'_>, field: Option<&Field>, value: &Value) -> String {
    let text = match (value, field) {
        (Value::Str(key), Some(field)) if field.kind == "selection" => field.choice(key).to_owned(),
        (Value::List(pair), _) => pair.get(1).map(Value::py_str).unwrap_or_default(),
        (Value::Bool(on), Some(field)) if field.kind == "boolean" => {
            (if *on { desk.words.get("yes") } else { desk.words.get("no") }).to_owned()
        }
        (other, _) => format::plain(desk, other),
    };
    if text.is_empty() { desk.words.get("none").to_owned() } else { text }
}
