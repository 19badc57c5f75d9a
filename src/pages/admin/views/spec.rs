//! What to read for a view: the specification of `web_read`, from the architecture.

use std::collections::{BTreeMap, BTreeSet};

use lastmile_orm::map;
use lastmile_orm::value::{Map, Value};

use super::arch::Node;
use super::logic::names_in;
use super::shape::{Field, Shape};

/// Attributes that are expressions over fields.
const LOGIC: &[&str] = &["invisible", "readonly", "required", "column_invisible", "domain", "context"];
/// Lines that a form shows.
pub const LINES: i64 = 40;

/// The list inside a field of lines.
pub fn list_of(node: &Node) -> Option<&Node> {
    node.children.iter().find(|child| matches!(child.tag.as_str(), "list" | "tree"))
}

/// Whether lines are shown as words.
pub fn as_tags(field: &Field, node: &Node) -> bool {
    let widget = node.attr("widget");
    field.kind == "many2many" || widget.contains("tags") || widget.contains("checkboxes")
}

/// Fields that the expressions below a node read.
fn wanted(root: &Node, known: &BTreeMap<String, Field>, out: &mut BTreeSet<String>) {
    let is_logic = |name: &str| LOGIC.contains(&name) || name.starts_with("decoration-");
    for (_, text) in root.attributes.iter().filter(|(name, _)| is_logic(name)) {
        out.extend(names_in(text).into_iter().filter(|name| known.contains_key(*name)).map(str::to_owned));
    }
    // What lines read of their parent is in their expressions.
    root.children.iter().for_each(|child| wanted(child, known, out));
}

/// The specification for the fields of a node of a model.
pub fn of(shape: &Shape, model: &str, root: &Node) -> Map {
    let known = shape.of(model);
    let (mut spec, mut nodes) = (Map::new(), Vec::new());
    root.fields(&mut nodes);
    for node in nodes {
        if let Some(field) = known.get(node.name()) {
            spec.insert(field.name.clone(), Value::Map(one(shape, field, node)));
        }
    }
    let mut more = BTreeSet::new();
    wanted(root, &known, &mut more);
    for field in known.values().filter(|f| f.kind == "monetary" && spec.contains_key(&f.name)) {
        let currency = field.currency();
        more.extend(known.contains_key(currency).then(|| currency.to_owned()));
    }
    for name in more {
        if let Some(field) = known.get(&name).filter(|_| !spec.contains_key(&name)) {
            spec.insert(name, Value::Map(if field.kind == "many2one" { named() } else { Map::new() }));
        }
    }
    if known.contains_key("write_date") {
        spec.insert("write_date".into(), Value::Map(Map::new()));
    }
    spec
}

fn named() -> Map {
    map! { "fields" => map! { "display_name" => Map::new() } }
}

fn one(shape: &Shape, field: &Field, node: &Node) -> Map {
    match field.kind.as_str() {
        "many2one" | "reference" => named(),
        "one2many" | "many2many" if as_tags(field, node) => named(),
        "one2many" => match list_of(node) {
            Some(list) => map! { "fields" => of(shape, &field.relation, list), "limit" => LINES },
            None => map! { "fields" => Map::new() },
        },
        _ => Map::new(),
    }
}
