//! Groups of lists, and what can be done with many records.

use lastmile_orm::map;
use lastmile_orm::value::{Map, Value};

use super::arch::Node;
use super::list::{Column, List, heading};
use super::logic::and;
use crate::pages::admin::desk::Done;
use crate::pages::admin::html::{El, Html, el, hidden, icon};
use crate::pages::admin::params::json;

impl List<'_> {
    /// Group headers with their sums, and what is open below them.
    pub(super) fn groups(&self, columns: &[Column<'_>], arch: &Node, domain: &Value, level: usize, key: &str) -> Done<Html> {
        let Some(by) = self.view.search.groups.get(level) else {
            let rows = self.rows(arch, domain, 80, 0)?;
            let mut html: Html = rows.records.iter().map(|row| self.row(columns, arch, row)).collect();
            let hidden = rows.total - i64::try_from(rows.records.len()).unwrap_or(0);
            if hidden > 0 {
                let text = self.view.desk.words.with("more_records", &[&hidden.to_string()]);
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
        let args = vec![domain.clone(), Value::from(vec![by.as_str()]), Value::List(aggregates)];
        let groups = self.view.read_groups(args, map! { "limit" => 200_i64 })?;
        let mut html = Html::new();
        for (n, group) in groups.iter().enumerate() {
            let key = if key.is_empty() { n.to_string() } else { format!("{key}.{n}") };
            let open = self.view.params.all("open").any(|open| open == key);
            html.push(self.group_head(columns, group, by, level, &key, open));
            if open {
                let inner = and(domain, group.get("__extra_domain").unwrap_or(&Value::None));
                html.push(self.groups(columns, arch, &inner, level + 1, &key)?);
            }
        }
        Ok(html)
    }

    fn group_head(&self, columns: &[Column<'_>], group: &Map, by: &str, level: usize, key: &str, open: bool) -> El {
        let label = self.view.group_label(by, group);
        let count = group.get("__count").and_then(Value::as_int).unwrap_or(0);
        let params = self.view.search.params.clone();
        let opened: Vec<&str> = self.view.params.all("open").filter(|k| *k != key).collect();
        let params = opened.into_iter().fold(params.without("open"), |params, k| params.with("open", k));
        let params = if open { params } else { params.with("open", key) };
        let link = el("a").attr("href", params.url(&self.view.path())).attr("aria-expanded", if open { "true" } else { "false" });
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
    pub(super) fn batch(&self, columns: &[Column<'_>]) -> El {
        let words = &self.view.desk.words;
        let (model, ask) = (self.view.window.model.as_str(), |operation: &str| self.view.desk.may(&self.view.window.model, operation));
        let act = |verb: &str, word: &str| el("button").class("btn").attr("name", "do").attr("value", verb).text(word);
        let mut bar = el("div")
            .class("o_list_selection")
            .flag("hidden", true)
            .child(el("span").class("o_selected").attr("data-text", words.get("selected")).text(""));
        let fields = columns.iter().map(|c| Value::Map(map! { "name" => c.field.name.as_str(), "label" => heading(c) }));
        let data = map! {
            "model" => model, "fields" => Value::List(fields.collect()), "ids" => false, "domain" => self.view.search.domain.clone(),
            "import_compat" => false, "context" => Map::new(), "groupby" => Value::List(Vec::new()),
        };
        if self.view.desk.may_export {
            let export = el("button")
                .class("btn")
                .attr("formaction", "/web/export/xlsx")
                .attr("data-export", "1")
                .attr("data-plain", "1")
                .child(icon("download"))
                .text(words.get("export"));
            bar = bar.child(hidden("data", &json(&Value::Map(data)))).child(export);
        }
        if ask("write") && self.view.shape.own().any(|f| f.name == "active") {
            bar = bar.child(act("archive", words.get("archive"))).child(act("unarchive", words.get("unarchive")));
        }
        if ask("create") {
            bar = bar.child(act("duplicate", words.get("duplicate")));
        }
        if ask("unlink") {
            bar = bar.child(act("delete", words.get("delete")).attr("data-confirm", words.get("delete_ask")));
        }
        for (binding, id, name) in self.view.shape.toolbar.get("list").into_iter().flatten() {
            if binding == "action" {
                bar = bar.child(act(&format!("action:{id}"), name));
            }
        }
        bar
    }
}
