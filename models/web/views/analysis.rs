//! Architectures of searches, calendars and figures, made from metadata.

use lastmile_orm::registry::{Kind, Model, translated};
use lastmile_orm::{Env, Error, Result};

use super::super::xml::Node;
use super::pick::Fields;

/// States with a filter of their own.
const STATES: usize = 8;
/// Fields to search in, to group by, to sum up.
const SEARCHED: usize = 10;
const GROUPED: usize = 12;
const MEASURED: usize = 3;

/// The search panel: names first, then links; filters by state, archive and date; groups.
pub fn search(env: &Env, model: &Model) -> Node {
    let lang = env.context().lang.clone();
    let fields = Fields::of(env, model);
    let search = Node::new("search").with("string", translated(&model.label, &lang));
    search.children(searched(env, &fields)).children(filters(&fields, &lang)).children(groups(&fields, &lang))
}

fn searched(env: &Env, fields: &Fields) -> Vec<Node> {
    let declared = env.declared();
    let named = declared.get(&fields.model.name).map(|d| d.name_search).unwrap_or_default();
    let mut names: Vec<&str> = fields.title().map(|f| f.name.as_str()).into_iter().collect();
    let links =
        fields.cells().into_iter().filter(|f| matches!(f.kind, Kind::Char | Kind::Many2one | Kind::Many2many)).map(|f| f.name.as_str());
    for name in named.iter().copied().filter(|n| fields.get(n).is_some()).chain(links) {
        if names.len() < SEARCHED && !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        names.push("display_name");
    }
    names.into_iter().map(Node::field).collect()
}

fn filters(fields: &Fields, lang: &str) -> Vec<Node> {
    let mut out = Vec::new();
    if let Some(state) = fields.state() {
        for (value, label) in state.selection.iter().take(STATES) {
            let domain = format!("[('{}', '=', '{}')]", state.name, value.replace('\'', "\\'"));
            out.push(filter(format!("state_{value}"), translated(label, lang)).with("domain", domain));
        }
        out.push(Node::new("separator"));
    }
    let dates = fields.dates();
    for date in dates.iter().take(SEARCHED) {
        out.push(filter(format!("date_{}", date.name), translated(&date.label, lang)).with("date", date.name.as_str()));
    }
    if let Some(active) = &fields.model.active_field {
        if !dates.is_empty() {
            out.push(Node::new("separator"));
        }
        out.push(filter("archived".into(), "Archived").with("domain", format!("[('{active}', '=', False)]")));
    }
    out
}

fn filter(name: String, label: &str) -> Node {
    Node::new("filter").with("name", name).with("string", label)
}

fn groups(fields: &Fields, lang: &str) -> Option<Node> {
    let group = |f: &&lastmile_orm::registry::Field| {
        filter(format!("group_by_{}", f.name), translated(&f.label, lang)).with("context", format!("{{'group_by': '{}'}}", f.name))
    };
    let groups: Vec<Node> = fields.groups().iter().take(GROUPED).map(group).collect();
    (!groups.is_empty()).then(|| Node::new("group").children(groups))
}

/// A calendar over the first date; models without dates have none.
pub fn calendar(env: &Env, model: &Model) -> Result<Node> {
    let fields = Fields::of(env, model);
    let dates = fields.dates();
    let Some(start) = dates.first() else {
        return Err(Error::user(format!("{} has no date that a calendar could show.", translated(&model.label, "en_US"))));
    };
    let end =
        dates.iter().find(|f| f.kind == start.kind && f.name != start.name && ["end", "stop", "until"].iter().any(|w| f.name.contains(w)));
    let color = fields.groups().into_iter().find(|f| f.kind == Kind::Many2one);
    let mut calendar =
        Node::new("calendar").with("string", translated(&model.label, &env.context().lang)).with("date_start", start.name.as_str());
    if let Some(end) = end {
        calendar = calendar.with("date_stop", end.name.as_str());
    }
    if let Some(color) = color {
        calendar = calendar.with("color", color.name.as_str());
    }
    Ok(calendar.child(Node::field(fields.title().map_or("display_name", |f| f.name.as_str()))))
}

/// A pivot table: states or links in rows, months in columns, sums in cells.
pub fn pivot(env: &Env, model: &Model) -> Node {
    let fields = Fields::of(env, model);
    let row = fields.state().or_else(|| fields.groups().into_iter().find(|f| f.kind == Kind::Many2one));
    let column = fields.dates().into_iter().next();
    Node::new("pivot")
        .with("string", translated(&model.label, &env.context().lang))
        .children(row.map(|f| Node::field(&f.name).with("type", "row")))
        .children(column.map(|f| Node::field(&f.name).with("type", "col").with("interval", "month")))
        .children(fields.measures().into_iter().take(MEASURED).map(|f| Node::field(&f.name).with("type", "measure")))
}

/// A chart: by state or link, of the first sum.
pub fn graph(env: &Env, model: &Model) -> Node {
    let fields = Fields::of(env, model);
    let by = fields.state().or_else(|| fields.groups().into_iter().next());
    Node::new("graph")
        .with("string", translated(&model.label, &env.context().lang))
        .with("type", "bar")
        .children(by.map(|f| Node::field(&f.name)))
        .children(fields.measures().into_iter().take(1).map(|f| Node::field(&f.name).with("type", "measure")))
}

/// Planned activities, one line a record.
pub fn activity(env: &Env, model: &Model) -> Result<Node> {
    if !model.mail_activity {
        return Err(Error::user(format!("{} has no activities.", translated(&model.label, "en_US"))));
    }
    let fields = Fields::of(env, model);
    let name = Node::field(fields.title().map_or("display_name", |f| f.name.as_str()));
    let line = Node::new("div").with("t-name", "activity-box").child(name);
    Ok(Node::new("activity").with("string", translated(&model.label, &env.context().lang)).child(Node::new("templates").child(line)))
}
