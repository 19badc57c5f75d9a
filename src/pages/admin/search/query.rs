//! A search: from the address and the search view to a domain and groups.

use chrono::{Datelike, Days, Months, NaiveDate};
use lastmile_orm::value::{Map, Value};

use crate::pages::admin::action::Window;
use crate::pages::admin::desk::{Desk, Done, leaf};
use crate::pages::admin::params::Params;
use crate::pages::admin::views::arch::Node;
use crate::pages::admin::views::logic::{Scope, and, any};
use crate::pages::admin::views::shape::Shape;

/// Spans of a date filter: name in the address, word.
pub const SPANS: &[(&str, &str)] = &[
    ("today", "=today"),
    ("week", "=this_week"),
    ("month", "=this_month"),
    ("last_month", "=last_month"),
    ("quarter", "=this_quarter"),
    ("year", "=this_year"),
    ("last_year", "=last_year"),
];

/// One thing that narrows the search, and the address without it.
#[derive(Clone, Debug)]
pub struct Facet {
    pub label: String,
    pub text: String,
    pub without: Params,
}

/// A filter that can be switched on and off.
#[derive(Clone, Debug)]
pub struct Choice {
    pub label: String,
    pub on: bool,
    pub to: Params,
    /// Spans, for filters by date.
    pub spans: Vec<Choice>,
}

/// A search.
pub struct Search {
    pub domain: Value,
    pub context: Map,
    pub groups: Vec<String>,
    pub facets: Vec<Facet>,
    pub filters: Vec<Vec<Choice>>,
    pub groupings: Vec<Choice>,
    pub favourites: Vec<Choice>,
    /// Fields to search in: name and label.
    pub fields: Vec<(String, String)>,
    /// The address, with the defaults written out.
    pub params: Params,
}

struct Filter<'n> {
    node: &'n Node,
    /// Filters between separators are alternatives.
    group: usize,
}

fn filters(root: &Node) -> Vec<Filter<'_>> {
    let (mut out, mut group) = (Vec::new(), 0);
    fn walk<'n>(node: &'n Node, out: &mut Vec<Filter<'n>>, group: &mut usize) {
        for child in &node.children {
            match child.tag.as_str() {
                "separator" => *group += 1,
                "filter" if child.attr("invisible") != "1" => out.push(Filter { node: child, group: *group }),
                "group" => {
                    *group += 1;
                    walk(child, out, group);
                    *group += 1;
                }
                _ => {}
            }
        }
    }
    walk(root, &mut out, &mut group);
    out
}

/// The field that a filter groups by.
fn grouping(scope: &Scope, node: &Node) -> Option<String> {
    let context = scope.context(node.attr("context")).ok()?;
    context.get("group_by").and_then(Value::as_str).map(str::to_owned)
}

/// The first day of the week that a day is in.
pub fn week_of(day: NaiveDate, week_start: i64) -> Option<NaiveDate> {
    let into = (i64::from(day.weekday().number_from_monday()) - week_start).rem_euclid(7);
    day.checked_sub_days(Days::new(u64::try_from(into).ok()?))
}

/// First day and the day after the last, of a span.
fn span(name: &str, today: NaiveDate, week_start: i64) -> Option<(NaiveDate, NaiveDate)> {
    let month = today.with_day(1)?;
    let year = month.with_month(1)?;
    let quarter = month.with_month((today.month0() / 3) * 3 + 1)?;
    let week = week_of(today, week_start)?;
    Some(match name {
        "today" => (today, today.succ_opt()?),
        "week" => (week, week.checked_add_days(Days::new(7))?),
        "month" => (month, month.checked_add_months(Months::new(1))?),
        "last_month" => (month.checked_sub_months(Months::new(1))?, month),
        "quarter" => (quarter, quarter.checked_add_months(Months::new(3))?),
        "year" => (year, year.checked_add_months(Months::new(12))?),
        "last_year" => (year.checked_sub_months(Months::new(12))?, year),
        _ => return None,
    })
}

/// The domain of a span of a date or moment.
pub fn within(desk: &Desk<'_>, field: &str, kind: &str, from: NaiveDate, to: NaiveDate) -> Value {
    let text = |day: NaiveDate| {
        if kind != "datetime" {
            return day.to_string();
        }
        let midnight = day.and_time(chrono::NaiveTime::MIN);
        desk.utc(midnight).unwrap_or(midnight).format(lastmile_orm::value::DATETIME).to_string()
    };
    Value::List(vec![leaf(field, ">=", text(from)), leaf(field, "<", text(to))])
}

impl Search {
    /// Reads the address over a window's search view.
    pub fn read(desk: &Desk<'_>, window: &Window, shape: &Shape, params: &Params) -> Done<Search> {
        let arch = shape.arch("search");
        let empty = Node::default();
        let root = arch.as_deref().unwrap_or(&empty);
        let scope = Scope::new(desk, &window.context);
        let filters = filters(root);
        let mut params = params.clone();
        if params.get("x").is_none() {
            params = defaults(&scope, window, shape, root, &filters, params).set("x", "1");
        }
        if let Some(text) = params.get("q").map(str::trim).filter(|q| !q.is_empty()).map(str::to_owned) {
            let field = params.get("qf").unwrap_or_default().to_owned();
            params = params.with("s", &format!("{field}:{text}"));
        }
        let params = params.without("q").without("qf").without("p");
        let mut search = Search {
            domain: window.domain.clone(),
            context: window.context.clone(),
            groups: Vec::new(),
            facets: Vec::new(),
            filters: Vec::new(),
            groupings: Vec::new(),
            favourites: Vec::new(),
            fields: root.tagged("field").map(|node| (node.name().to_owned(), label(shape, node))).collect(),
            params,
        };
        search.context.retain(|name, _| !name.starts_with("search_default_"));
        search.take_filters(desk, &scope, shape, &filters)?;
        search.take_texts(desk, &scope, shape, root)?;
        search.take_groups(&scope, shape, &filters);
        search.take_favourites(desk, &scope, shape)?;
        Ok(search)
    }

    fn narrow(&mut self, domain: &Value) {
        self.domain = and(&self.domain, domain);
    }

    fn take_filters(&mut self, desk: &Desk<'_>, scope: &Scope, shape: &Shape, filters: &[Filter<'_>]) -> Done<()> {
        let mut shown: Vec<(usize, Vec<Choice>)> = Vec::new();
        let mut on: Vec<(usize, Value)> = Vec::new();
        for Filter { node, group } in filters.iter().filter(|f| grouping(scope, f.node).is_none()) {
            let (name, text) = (node.name(), label(shape, node));
            let mut choice = Choice { label: text.clone(), on: false, to: self.params.clone(), spans: Vec::new() };
            if let Some(date) = node.get("date") {
                let kind = shape.field(date).map(|f| f.kind.clone()).unwrap_or_default();
                for (key, word) in SPANS {
                    let value = format!("{name}:{key}");
                    let is_on = self.params.all("f").any(|f| f == value);
                    let word = desk.words.get(word).to_owned();
                    if let Some((from, to)) = span(key, desk.today(), desk.manner.week_start).filter(|_| is_on) {
                        on.push((*group, within(desk, date, &kind, from, to)));
                        self.facets.push(Facet { label: text.clone(), text: word.clone(), without: self.params.clone().drop("f", &value) });
                    }
                    choice.on |= is_on;
                    choice.spans.push(switch(&self.params, "f", &value, word, is_on));
                }
            } else {
                let is_on = self.params.all("f").any(|f| f == name);
                choice = switch(&self.params, "f", name, text.clone(), is_on);
                if is_on {
                    on.push((*group, scope.domain(&Value::from(node.attr("domain")))?));
                    self.facets.push(Facet { label: String::new(), text, without: self.params.clone().drop("f", name) });
                    self.context.extend(scope.context(node.attr("context")).unwrap_or_default());
                }
            }
            match shown.last_mut().filter(|(last, _)| last == group) {
                Some((_, choices)) => choices.push(choice),
                None => shown.push((*group, vec![choice])),
            }
        }
        self.filters = shown.into_iter().map(|(_, choices)| choices).collect();
        let mut groups: Vec<usize> = on.iter().map(|(group, _)| *group).collect();
        groups.dedup();
        for group in groups {
            let domains: Vec<Value> = on.iter().filter(|(g, _)| *g == group).map(|(_, domain)| domain.clone()).collect();
            self.narrow(&any(&domains));
        }
        Ok(())
    }

    fn take_texts(&mut self, desk: &Desk<'_>, scope: &Scope, shape: &Shape, root: &Node) -> Done<()> {
        let texts: Vec<String> = self.params.all("s").map(str::to_owned).collect();
        for value in texts {
            let Some((field, text)) = value.split_once(':') else { continue };
            let nodes: Vec<&Node> = root.tagged("field").filter(|node| field.is_empty() || node.name() == field).collect();
            let domains = nodes.iter().map(|node| text_domain(scope, shape, node, text)).collect::<Done<Vec<_>>>()?;
            let domains: Vec<Value> = domains.into_iter().filter(Value::truthy).collect();
            let label =
                nodes.first().filter(|_| !field.is_empty()).map_or_else(|| desk.words.get("anywhere").to_owned(), |n| label(shape, n));
            self.narrow(&if domains.is_empty() { Value::List(vec![leaf("display_name", "ilike", text)]) } else { any(&domains) });
            self.facets.push(Facet {
                label,
                text: text.trim_start_matches('#').to_owned(),
                without: self.params.clone().drop("s", &value),
            });
        }
        Ok(())
    }

    fn take_groups(&mut self, scope: &Scope, shape: &Shape, filters: &[Filter<'_>]) {
        for Filter { node, .. } in filters {
            let Some(group) = grouping(scope, node) else { continue };
            let is_on = self.params.all("g").any(|g| g == group || g.split(':').next() == Some(group.as_str()));
            let value = self.params.all("g").find(|g| g.split(':').next() == group.split(':').next()).unwrap_or(&group).to_owned();
            self.groupings.push(switch(&self.params, "g", &value, label(shape, node), is_on));
        }
        let groups: Vec<String> = self.params.all("g").map(str::to_owned).collect();
        for group in groups {
            let name = group.split(':').next().unwrap_or_default();
            let Some(field) = shape.field(name).filter(|f| f.groupable || f.store) else { continue };
            self.facets.push(Facet { label: "≡".into(), text: field.label.clone(), without: self.params.clone().drop("g", &group) });
            self.groups.push(group);
        }
    }

    fn take_favourites(&mut self, desk: &Desk<'_>, scope: &Scope, shape: &Shape) -> Done<()> {
        for filter in &shape.favourites {
            let (Some(id), Some(name)) = (filter.get("id").and_then(Value::as_id), filter.get("name").and_then(Value::as_str)) else {
                continue;
            };
            let value = id.to_string();
            let is_on = self.params.get("fav") == Some(value.as_str());
            self.favourites.push(switch(&self.params.clone().without("fav"), "fav", &value, name.to_owned(), is_on));
            if is_on {
                let domain = scope.domain(filter.get("domain").unwrap_or(&Value::None))?;
                self.domain = and(&self.domain, &domain);
                let context = scope.context(filter.get("context").and_then(Value::as_str).unwrap_or_default()).unwrap_or_default();
                let groups = context.get("group_by").and_then(Value::as_list).unwrap_or_default();
                self.groups.extend(groups.iter().filter_map(Value::as_str).map(str::to_owned));
                self.facets.push(Facet {
                    label: desk.words.get("favourite").to_owned(),
                    text: name.to_owned(),
                    without: self.params.clone().without("fav"),
                });
            }
        }
        Ok(())
    }
}

fn switch(params: &Params, name: &str, value: &str, label: String, on: bool) -> Choice {
    let to = if on { params.clone().drop(name, value) } else { params.clone().with(name, value) };
    Choice { label, on, to, spans: Vec::new() }
}

fn label(shape: &Shape, node: &Node) -> String {
    let own = node.get("string").or_else(|| node.get("help")).map(str::to_owned);
    own.or_else(|| shape.field(node.name()).map(|f| f.label.clone())).unwrap_or_else(|| node.name().to_owned())
}

fn text_domain(scope: &Scope, shape: &Shape, node: &Node, text: &str) -> Done<Value> {
    let name = node.name();
    if let Some(id) = text.strip_prefix('#').and_then(|id| id.parse::<i64>().ok()) {
        return Ok(Value::List(vec![leaf(name, "=", id)]));
    }
    if let Some(domain) = node.get("filter_domain") {
        return Ok(scope.value_with("self", text, domain)?);
    }
    let kind = shape.field(name).map_or("char", |f| f.kind.as_str());
    let one = match kind {
        "integer" | "float" | "monetary" => match text.trim().parse::<rust_decimal::Decimal>() {
            Ok(number) => leaf(name, "=", Value::Decimal(number)),
            Err(_) => return Ok(Value::List(Vec::new())),
        },
        "date" | "datetime" | "boolean" | "binary" => return Ok(Value::List(Vec::new())),
        "selection" => {
            let lower = text.to_lowercase();
            let field = shape.field(name);
            let fits: Vec<Value> = field
                .into_iter()
                .flat_map(|f| &f.selection)
                .filter(|(key, label)| key.to_lowercase() == lower || label.to_lowercase().contains(&lower))
                .map(|(key, _)| Value::from(key.as_str()))
                .collect();
            if fits.is_empty() {
                return Ok(Value::List(Vec::new()));
            }
            leaf(name, "in", Value::List(fits))
        }
        _ => leaf(name, node.get("operator").unwrap_or("ilike"), text),
    };
    Ok(Value::List(vec![one]))
}

/// What the action switches on by itself, and the favourite that is the user's own default.
fn defaults(scope: &Scope, window: &Window, shape: &Shape, root: &Node, filters: &[Filter<'_>], mut params: Params) -> Params {
    let favourite = shape.favourites.iter().find(|f| f.get("is_default").is_some_and(Value::truthy));
    if let Some(id) = favourite.and_then(|f| f.get("id")).and_then(Value::as_id) {
        return params.with("fav", &id.to_string());
    }
    for (name, value) in &window.context {
        let Some(name) = name.strip_prefix("search_default_").filter(|_| value.truthy()) else { continue };
        if let Some(filter) = filters.iter().find(|f| f.node.name() == name) {
            params = match (grouping(scope, filter.node), filter.node.get("date")) {
                (Some(group), _) => params.with("g", &group),
                (None, Some(_)) => params.with("f", &format!("{name}:month")),
                (None, None) => params.with("f", name),
            };
        } else if root.tagged("field").any(|node| node.name() == name) {
            let id = value.as_int().filter(|_| !matches!(value, Value::Bool(_)));
            params = params.with("s", &id.map_or_else(|| format!("{name}:{}", value.py_str()), |id| format!("{name}:#{id}")));
        }
    }
    params
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_end_before_the_next_begins() {
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        let text = |name: &str, start| span(name, day, start).map(|(a, b)| format!("{a} {b}")).unwrap();
        assert_eq!(text("month", 1), "2024-02-01 2024-03-01");
        assert_eq!(text("last_month", 1), "2024-01-01 2024-02-01");
        assert_eq!(text("quarter", 1), "2024-01-01 2024-04-01");
        assert_eq!(text("year", 1), "2024-01-01 2025-01-01");
        assert_eq!(text("week", 1), "2024-02-26 2024-03-04");
        assert_eq!(text("week", 7), "2024-02-25 2024-03-03");
        assert_eq!(span("century", day, 1), None);
    }
}
