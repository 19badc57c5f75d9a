//! Figures: charts and tables of sums.

use std::collections::BTreeMap;

use lastmile_orm::map;
use lastmile_orm::value::{Map, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::arch::Node;
use super::logic::and;
use super::shape::Field;
use super::view::View;
use crate::pages::admin::action::list_url;
use crate::pages::admin::desk::{Done, maps};
use crate::pages::admin::html::{El, Html, el};
use crate::pages::admin::search::panel::menu;
use crate::pages::admin::widgets::format;

/// Bars of a chart.
const BARS: usize = 40;
/// Colours of parts.
const TONES: usize = 8;

/// Whether a sum of the field says anything.
fn tells(field: &Field) -> bool {
    field.store
        && field.is_number()
        && matches!(field.aggregator.as_str(), "sum" | "avg")
        && !field.name.starts_with("gps_")
        && field.name != "sequence"
}

fn grouped(view: &View<'_>, arch: &Node, role: &str) -> Vec<String> {
    let named = arch.tagged("field").filter(|node| node.attr("type") == role).filter_map(|node| {
        let field = view.shape.field(node.name())?;
        let dated = matches!(field.kind.as_str(), "date" | "datetime");
        Some(if dated { format!("{}:{}", field.name, node.get("interval").unwrap_or("month")) } else { field.name.clone() })
    });
    named.collect()
}

/// The measure that was chosen, else the first of the view, else how many there are.
fn measure(view: &View<'_>, arch: &Node) -> String {
    let asked = view.search.params.get("m").filter(|m| *m == "__count" || view.shape.field(m).is_some_and(tells)).map(str::to_owned);
    let own = arch
        .tagged("field")
        .filter(|n| n.attr("type") == "measure")
        .find(|n| view.shape.field(n.name()).is_some_and(|f| tells(f) && f.kind != "integer"));
    asked.or_else(|| own.map(|node| node.name().to_owned())).unwrap_or_else(|| "__count".into())
}

fn aggregate(view: &View<'_>, measure: &str) -> String {
    match view.shape.field(measure) {
        Some(field) => format!("{measure}:{}", field.aggregator),
        None => "__count".into(),
    }
}

fn measures(view: &View<'_>, now: &str) -> El {
    let item = |name: &str, label: &str| {
        el("a")
            .class("item")
            .attr("href", view.search.params.clone().set("m", name).url(&view.path()))
            .maybe("aria-current", (name == now).then_some("true"))
            .text(label)
    };
    let mut items = Html::from(item("__count", view.desk.words.get("count")));
    view.shape.own().filter(|f| tells(f)).for_each(|f| items.push(item(&f.name, &f.label)));
    let label = view.shape.field(now).map_or_else(|| view.desk.words.get("count").to_owned(), |f| f.label.clone());
    menu(&label, "graph", "o_measures", items)
}

fn figure(view: &View<'_>, measure: &str, value: Option<&Value>) -> String {
    let amount = value.and_then(Value::as_decimal).unwrap_or_default();
    let decimals = match view.shape.field(measure).map(|f| f.kind.as_str()) {
        None | Some("integer") => 0,
        _ => 2,
    };
    format::number(&view.desk.manner, amount, decimals)
}

/// A chart of bars.
pub fn graph(view: &View<'_>, arch: &Node) -> Done<Html> {
    let groups = if view.search.groups.is_empty() { grouped(view, arch, "") } else { view.search.groups.clone() };
    let groups: Vec<String> = groups.into_iter().take(2).collect();
    let measure = measure(view, arch);
    let aggregate = aggregate(view, &measure);
    let Some(first) = groups.first() else { return Ok(nothing(view)) };
    let named = map! { "groupby" => Value::from(groups.clone()), "aggregates" => Value::from(vec![aggregate.as_str()]), "context" => view.search.context.clone() };
    let rows = maps(view.desk.call(&view.window.model, "formatted_read_group", vec![view.search.domain.clone()], named)?);
    let mut bars: Vec<(String, Vec<(String, Decimal)>)> = Vec::new();
    for row in &rows {
        let (label, part) = (view.group_label(first, row), groups.get(1).map(|by| view.group_label(by, row)).unwrap_or_default());
        let value = row.get(&aggregate).and_then(Value::as_decimal).unwrap_or_default();
        match bars.iter_mut().find(|(known, _)| *known == label) {
            Some((_, parts)) => parts.push((part, value)),
            None => bars.push((label, vec![(part, value)])),
        }
    }
    if bars.is_empty() {
        return Ok(nothing(view));
    }
    let mut series: Vec<String> = Vec::new();
    for (part, _) in bars.iter().flat_map(|(_, parts)| parts) {
        if !series.contains(part) {
            series.push(part.clone());
        }
    }
    let most = bars
        .iter()
        .map(|(_, parts)| parts.iter().map(|(_, v)| v.abs()).sum::<Decimal>())
        .max()
        .filter(|m| !m.is_zero())
        .unwrap_or(Decimal::ONE);
    let width = |value: Decimal| (value.abs() * Decimal::from(1000) / most).round().to_i64().unwrap_or(0);
    let row = |(label, parts): &(String, Vec<(String, Decimal)>)| {
        let mut at = 0;
        let mut drawing =
            el("svg").class("bar").attr("viewBox", "0 0 1000 20").attr("preserveAspectRatio", "none").attr("aria-hidden", "true");
        for (part, value) in parts {
            let tone = series.iter().position(|known| known == part).unwrap_or(0) % TONES;
            let text = format!("{part} {}", figure(view, &measure, Some(&Value::Decimal(*value))));
            let part = el("rect")
                .class(format!("tone{tone}"))
                .attr("x", at.to_string())
                .attr("y", "0")
                .attr("width", width(*value).to_string())
                .attr("height", "20");
            drawing = drawing.child(part.child(el("title").text(text)));
            at += width(*value);
        }
        let total: Decimal = parts.iter().map(|(_, value)| value).sum();
        el("tr")
            .child(el("th").attr("scope", "row").text(label))
            .child(el("td").class("bar_cell").child(drawing))
            .child(el("td").class("num").text(figure(view, &measure, Some(&Value::Decimal(total)))))
    };
    let legend = (groups.len() > 1).then(|| {
        let one = |(n, name): (usize, &String)| {
            el("li")
                .child(
                    el("svg")
                        .class("dot")
                        .attr("viewBox", "0 0 10 10")
                        .child(el("rect").class(format!("tone{}", n % TONES)).attr("width", "10").attr("height", "10")),
                )
                .text(format!(" {name}"))
        };
        el("ul").class("legend").children(series.iter().enumerate().map(one))
    });
    let table = el("table")
        .class("o_graph")
        .child(el("caption").class("sr").text(&view.window.name))
        .child(el("tbody").children(bars.iter().take(BARS).map(row)));
    Ok(el("div")
        .class("card o_graph_view")
        .child(el("div").class("o_figures_bar").child(measures(view, &measure)).children(legend))
        .child(table)
        .into())
}

fn nothing(view: &View<'_>) -> Html {
    el("div").class("o_view_nocontent").child(el("h2").text(view.desk.words.get("nothing_found"))).into()
}

/// A table of sums: rows, columns, and all of them.
pub fn pivot(view: &View<'_>, arch: &Node) -> Done<Html> {
    let (mut rows, columns) = (grouped(view, arch, "row"), grouped(view, arch, "col"));
    if !view.search.groups.is_empty() {
        rows.clone_from(&view.search.groups);
    }
    let (row_by, column_by) = (rows.first().cloned(), columns.first().filter(|c| Some(*c) != rows.first()).cloned());
    let measure = measure(view, arch);
    let aggregate = aggregate(view, &measure);
    let both: Vec<String> = row_by.iter().chain(&column_by).cloned().collect();
    let sets: Vec<Value> = [both, row_by.clone().into_iter().collect(), column_by.clone().into_iter().collect(), Vec::new()]
        .into_iter()
        .map(Value::from)
        .collect();
    let named = map! { "grouping_sets" => Value::List(sets), "aggregates" => Value::from(vec![aggregate.as_str()]), "context" => view.search.context.clone() };
    let found = view.desk.call(&view.window.model, "formatted_read_grouping_sets", vec![view.search.domain.clone()], named)?;
    let mut sets = found.as_list().unwrap_or_default().iter().map(|set| maps(set.clone()));
    let (cells, by_row, by_column, all) = (
        sets.next().unwrap_or_default(),
        sets.next().unwrap_or_default(),
        sets.next().unwrap_or_default(),
        sets.next().unwrap_or_default(),
    );
    let key = |by: &Option<String>, row: &Map| by.as_ref().map(|by| view.group_label(by, row)).unwrap_or_default();
    let mut at: BTreeMap<(String, String), &Map> = BTreeMap::new();
    for cell in &cells {
        at.insert((key(&row_by, cell), key(&column_by, cell)), cell);
    }
    let number = |row: Option<&Map>| -> El {
        let Some(row) = row else { return el("td").class("num") };
        let domain = and(&view.search.domain, row.get("__extra_domain").unwrap_or(&Value::None));
        let url = list_url(&view.window.model, &domain, &view.window.name);
        el("td").class("num").child(el("a").attr("href", url).text(figure(view, &measure, row.get(&aggregate))))
    };
    let total = view.desk.words.get("total");
    let columns: Vec<String> = if column_by.is_some() { by_column.iter().map(|row| key(&column_by, row)).collect() } else { Vec::new() };
    let head = el("tr")
        .child(el("th").text(""))
        .children(columns.iter().map(|c| el("th").attr("scope", "col").class("num").text(c)))
        .child(el("th").attr("scope", "col").class("num").text(total));
    let line = |row: &Map| {
        let label = key(&row_by, row);
        let cells = columns.iter().map(|column| number(at.get(&(label.clone(), column.clone())).copied()));
        el("tr").child(el("th").attr("scope", "row").text(&label)).children(cells).child(number(Some(row)))
    };
    let last = el("tr")
        .child(el("th").attr("scope", "row").text(total))
        .children(by_column.iter().filter(|_| column_by.is_some()).map(|row| number(Some(row))))
        .child(number(all.first()));
    let body = by_row.iter().filter(|_| row_by.is_some()).map(line);
    let table = el("table")
        .class("o_list_table o_pivot")
        .child(el("thead").child(head))
        .child(el("tbody").children(body))
        .child(el("tfoot").child(last));
    Ok(el("div")
        .class("o_pivot_view")
        .child(el("div").class("o_figures_bar").child(measures(view, &measure)))
        .child(el("div").class("o_list_renderer").child(table))
        .into())
}
