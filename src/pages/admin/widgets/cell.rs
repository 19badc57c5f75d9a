//! What a widget is given, and what it is.

use lastmile_orm::value::{Map, Value};

use crate::pages::admin::desk::Desk;
use crate::pages::admin::html::{El, Html, el};
use crate::pages::admin::views::arch::Node;
use crate::pages::admin::views::shape::Field;

/// One value in its place.
pub struct Cell<'a> {
    pub desk: &'a Desk<'a>,
    pub field: &'a Field,
    pub node: &'a Node,
    pub value: &'a Value,
    /// The other fields of the record.
    pub record: &'a Map,
    /// The name of the input, such as `f.name` or `f.line_ids/5/name`.
    pub input: String,
    pub required: bool,
    /// In a row of a list.
    pub in_list: bool,
}

impl<'a> Cell<'a> {
    /// A value in a row, to be shown only.
    pub fn of_row(desk: &'a Desk<'a>, field: &'a Field, node: &'a Node, row: &'a Map) -> Self {
        const NONE: &Value = &Value::None;
        let value = row.get(&field.name).unwrap_or(NONE);
        Cell { desk, field, node, value, record: row, input: String::new(), required: false, in_list: true }
    }
}

impl Cell<'_> {
    /// An attribute of the view.
    pub fn attr(&self, name: &str) -> Option<&str> {
        self.node.get(name)
    }

    /// An option of the view: `options="{'name': value}"`.
    pub fn option(&self, name: &str) -> Option<Value> {
        let options = lastmile_orm::expr::literal(self.node.attr("options")).ok()?;
        options.as_map()?.get(name).cloned()
    }

    /// The value as text, as it stands.
    pub fn text(&self) -> String {
        match self.value {
            Value::None | Value::Bool(false) => String::new(),
            Value::Map(map) => map.get("display_name").map(Value::py_str).unwrap_or_default(),
            other => other.py_str(),
        }
    }

    /// An input with the marks that all have.
    pub fn control(&self, tag: &'static str) -> El {
        let name = self.node.get("placeholder").map(str::to_owned);
        el(tag)
            .attr("name", &self.input)
            .attr("id", &self.input)
            .class("o_input")
            .flag("required", self.required && tag == "never")
            .maybe("aria-required", self.required.then_some("true"))
            .maybe("aria-label", self.in_list.then_some(self.field.label.as_str()))
            .maybe("placeholder", name)
    }
}

/// How a value is shown and edited.
#[derive(Clone, Copy)]
pub struct Widget {
    pub show: fn(&Cell<'_>) -> Html,
    /// `None`: it is shown only.
    pub edit: Option<fn(&Cell<'_>) -> Html>,
}
