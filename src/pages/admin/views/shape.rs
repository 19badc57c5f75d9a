//! What a model is shown with: the architectures of its views and the fields they name.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lastmile_orm::map;
use lastmile_orm::value::{Id, Map, Value};

use super::arch::Node;
use crate::pages::admin::desk::{Desk, Done};

/// A field as `fields_get` describes it.
#[derive(Clone, Debug, Default)]
pub struct Field {
    pub name: String,
    pub kind: String,
    pub label: String,
    pub help: String,
    pub relation: String,
    /// The field of the other side, for one2many.
    pub relation_field: String,
    pub selection: Vec<(String, String)>,
    pub readonly: bool,
    pub required: bool,
    pub store: bool,
    pub sortable: bool,
    pub groupable: bool,
    pub aggregator: String,
    pub currency_field: String,
    /// Decimals.
    pub digits: Option<u32>,
    pub domain: Value,
}

impl Field {
    fn of(name: &str, facts: &Map) -> Field {
        let text = |key: &str| facts.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let flag = |key: &str| facts.get(key).is_some_and(Value::truthy);
        let pair = |item: &Value| {
            let pair = item.as_list()?;
            Some((pair.first()?.py_str(), pair.get(1)?.py_str()))
        };
        let decimals = |digits: &Value| digits.as_list()?.get(1)?.as_int().and_then(|n| u32::try_from(n).ok());
        Field {
            name: name.to_owned(),
            kind: text("type"),
            label: text("string"),
            help: text("help"),
            relation: text("relation"),
            relation_field: text("relation_field"),
            selection: facts.get("selection").and_then(Value::as_list).unwrap_or_default().iter().filter_map(pair).collect(),
            readonly: flag("readonly"),
            required: flag("required"),
            store: flag("store"),
            sortable: flag("sortable"),
            groupable: flag("groupable"),
            aggregator: text("aggregator"),
            currency_field: text("currency_field"),
            digits: facts.get("digits").and_then(decimals),
            domain: facts.get("domain").cloned().unwrap_or_default(),
        }
    }

    /// The field that holds the currency of an amount.
    pub fn currency(&self) -> &str {
        if self.currency_field.is_empty() { "currency_id" } else { &self.currency_field }
    }

    /// A list of records.
    pub fn is_lines(&self) -> bool {
        matches!(self.kind.as_str(), "one2many" | "many2many")
    }

    /// A number.
    pub fn is_number(&self) -> bool {
        matches!(self.kind.as_str(), "integer" | "float" | "monetary")
    }

    /// The label of a selection's value.
    pub fn choice<'f>(&'f self, value: &'f str) -> &'f str {
        self.selection.iter().find(|(key, _)| key == value).map_or(value, |(_, label)| label)
    }
}

/// Fields of models.
pub type Fields = BTreeMap<String, BTreeMap<String, Field>>;

/// The views of a model.
#[derive(Clone, Debug)]
pub struct Shape {
    pub model: String,
    transient: bool,
    archs: BTreeMap<String, Arc<Node>>,
    pub fields: Fields,
    /// Actions and reports of the model, by kind of view: `(binding, id, name)`.
    pub toolbar: BTreeMap<String, Vec<(String, Id, String)>>,
    /// Saved searches.
    pub favourites: Vec<Map>,
}

impl Shape {
    /// Asks for views; lists inside forms that name no columns get those of their model.
    pub fn load(desk: &Desk<'_>, model: &str, views: &[(Option<Id>, &str)], action: Option<Id>) -> Done<Shape> {
        let wanted = views.iter().map(|(id, kind)| {
            Value::List(vec![id.map_or(Value::Bool(false), Value::from), Value::from(if *kind == "tree" { "list" } else { *kind })])
        });
        let options = map! { "ours" => true, "toolbar" => true, "load_filters" => true, "action_id" => action.map_or(Value::Bool(false), Value::from) };
        let found = desk.call(model, "get_views", vec![Value::List(wanted.collect())], map! { "options" => options })?;
        let found = found.as_map().cloned().unwrap_or_default();
        let mut shape = Shape {
            model: model.to_owned(),
            transient: desk.registry.models.get(model).is_some_and(|m| m.transient),
            archs: BTreeMap::new(),
            fields: Fields::new(),
            toolbar: BTreeMap::new(),
            favourites: Vec::new(),
        };
        shape.learn(&found);
        let mut groups = BTreeMap::new();
        for (kind, view) in found.get("views").and_then(Value::as_map).into_iter().flat_map(Map::iter) {
            let Some(view) = view.as_map() else { continue };
            let mut node = Node::parse(view.get("arch").and_then(Value::as_str).unwrap_or_default())?;
            only_for_groups(desk, &mut node, &mut groups)?;
            if kind == "form" {
                shape.complete(desk, &mut node, model)?;
            }
            shape.archs.insert(kind.clone(), Arc::new(node));
            shape.toolbar.insert(kind.clone(), toolbar(view));
            if let Some(filters) = view.get("filters") {
                shape.favourites = crate::pages::admin::desk::maps(filters.clone());
            }
        }
        Ok(shape)
    }

    fn learn(&mut self, views: &Map) {
        for (model, facts) in views.get("models").and_then(Value::as_map).into_iter().flat_map(Map::iter) {
            let fields = facts.as_map().and_then(|facts| facts.get("fields")).and_then(Value::as_map);
            let known = self.fields.entry(model.clone()).or_default();
            for (name, facts) in fields.into_iter().flat_map(Map::iter) {
                if let Some(facts) = facts.as_map() {
                    known.insert(name.clone(), Field::of(name, facts));
                }
            }
        }
    }

    /// Lines without columns get the list of their model.
    fn complete(&mut self, desk: &Desk<'_>, node: &mut Node, model: &str) -> Done<()> {
        for child in &mut node.children {
            let field = self.fields.get(model).and_then(|fields| fields.get(child.name())).filter(|_| child.tag == "field").cloned();
            let Some(field) = field else {
                self.complete(desk, child, model)?;
                continue;
            };
            let tags = child.attr("widget").contains("tags") || child.attr("widget").contains("checkboxes");
            let has_list = child.children.iter().any(|c| matches!(c.tag.as_str(), "list" | "tree"));
            if field.kind != "one2many" || tags || has_list || child.attr("invisible") == "1" {
                continue;
            }
            let view = Value::List(vec![Value::Bool(false), Value::from("list")]);
            let found = desk.call(&field.relation, "get_views", vec![Value::List(vec![view])], Map::new())?;
            let found = found.as_map().cloned().unwrap_or_default();
            self.learn(&found);
            let list = found.get("views").and_then(Value::as_map).and_then(|v| v.get("list")).and_then(Value::as_map);
            if let Some(arch) = list.and_then(|list| list.get("arch")).and_then(Value::as_str) {
                let mut list = Node::parse(arch)?;
                list.children.retain(|c| c.name() != field.relation_field);
                child.children.push(list);
            }
        }
        Ok(())
    }

    /// The architecture of a kind of view.
    pub fn arch(&self, kind: &str) -> Option<Arc<Node>> {
        self.archs.get(kind).cloned()
    }

    /// Records that are there for a while only: wizards.
    pub fn is_transient(&self) -> bool {
        self.transient
    }

    /// A field of the model itself.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(&self.model)?.get(name)
    }

    /// The fields of the model itself.
    pub fn own(&self) -> impl Iterator<Item = &Field> {
        self.fields.get(&self.model).into_iter().flat_map(BTreeMap::values)
    }

    /// The fields of a model.
    pub fn of(&self, model: &str) -> BTreeMap<String, Field> {
        self.fields.get(model).cloned().unwrap_or_default()
    }
}

fn toolbar(view: &Map) -> Vec<(String, Id, String)> {
    let mut out = Vec::new();
    for (binding, actions) in view.get("toolbar").and_then(Value::as_map).into_iter().flat_map(Map::iter) {
        for action in actions.as_list().unwrap_or_default().iter().filter_map(Value::as_map) {
            if let (Some(id), Some(name)) = (action.get("id").and_then(Value::as_id), action.get("name").and_then(Value::as_str)) {
                out.push((binding.clone(), id, name.to_owned()));
            }
        }
    }
    out
}

/// What is for other groups is not in the page.
fn only_for_groups(desk: &Desk<'_>, node: &mut Node, known: &mut BTreeMap<String, bool>) -> Done<()> {
    let mut wanted = BTreeSet::new();
    node.walk(&mut |node| {
        wanted.extend(node.get("groups").filter(|groups| !groups.trim().is_empty()).map(str::to_owned));
    });
    for groups in wanted {
        if let Entry::Vacant(unknown) = known.entry(groups) {
            let args = vec![Value::from(vec![desk.uid]), Value::from(unknown.key().as_str())];
            let has = desk.call("res.users", "has_groups", args, Map::new())?.truthy();
            unknown.insert(has);
        }
    }
    node.retain(&mut |child| child.get("groups").is_none_or(|groups| known.get(groups).copied().unwrap_or(true)));
    Ok(())
}
