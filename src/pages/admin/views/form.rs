//! Forms: from an architecture and a draft to inputs.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use lastmile_orm::value::{Map, Value};

use super::arch::Node;
use super::buttons;
use super::draft::Draft;
use super::logic::Scope;
use super::shape::{Field, Shape};
use super::spec::as_tags;
use crate::pages::admin::desk::Desk;
use crate::pages::admin::html::{El, Html, el, hidden};
use crate::pages::admin::params::json;
use crate::pages::admin::widgets::cell::Cell;
use crate::pages::admin::widgets::{find, statusbar};

/// Elements of architectures that are HTML.
const PLAIN: &[(&str, &str)] = &[
    ("div", "div"),
    ("span", "span"),
    ("p", "p"),
    ("h1", "div"),
    ("h2", "h3"),
    ("h3", "h3"),
    ("h4", "h4"),
    ("strong", "strong"),
    ("b", "b"),
    ("i", "i"),
    ("em", "em"),
    ("small", "small"),
    ("ul", "ul"),
    ("li", "li"),
    ("br", "br"),
    ("hr", "hr"),
    ("label", "label"),
];

/// A form being made.
pub struct Form<'a> {
    pub desk: &'a Desk<'a>,
    pub shape: &'a Shape,
    pub draft: &'a Draft,
    pub context: &'a Map,
    /// The user may not change it.
    pub locked: bool,
    fields: BTreeMap<String, Field>,
    scope: Scope,
    /// Fields that have an input.
    inputs: RefCell<BTreeSet<String>>,
}

impl<'a> Form<'a> {
    /// A form of a draft.
    pub fn new(desk: &'a Desk<'a>, shape: &'a Shape, draft: &'a Draft, context: &'a Map, locked: bool) -> Self {
        let mut record = draft.values.clone();
        record.get_or_insert_with("id", || Value::Bool(false));
        let scope = Scope::new(desk, context).with_record(&record);
        Form { desk, shape, draft, context, locked, fields: shape.of(&shape.model), scope, inputs: RefCell::default() }
    }

    /// Whether a field of the form cannot be edited now.
    pub fn is_readonly(&self, field: &Field, node: &Node) -> bool {
        self.locked || node.get("readonly").map_or(field.readonly, |text| self.scope.holds(Some(text)))
    }

    /// Whether a field of the form must be filled in now.
    pub fn is_required(&self, field: &Field, node: &Node) -> bool {
        node.get("required").map_or(field.required, |text| self.scope.holds(Some(text)))
    }

    /// Fields that have to be filled in and are not: names and labels.
    pub fn missing(&self, root: &Node) -> Vec<(String, String)> {
        let mut nodes = Vec::new();
        root.fields(&mut nodes);
        let lacks = |node: &&Node| {
            let field = self.fields.get(node.name())?;
            let empty = match self.draft.values.get(&field.name) {
                None => true,
                Some(Value::Map(map)) => !map.get("id").is_some_and(Value::truthy),
                Some(value) => !field.is_number() && field.kind != "boolean" && !value.truthy(),
            };
            let shown = !self.scope.holds(node.get("invisible"));
            let wanted = empty && shown && !field.is_lines() && self.is_required(field, node) && !self.is_readonly(field, node);
            wanted.then(|| (field.name.clone(), node.get("string").unwrap_or(&field.label).to_owned()))
        };
        nodes.iter().filter_map(lacks).collect()
    }

    /// The whole sheet, with what has no input of its own.
    pub fn render(&self, root: &Node) -> Html {
        let header = root.tagged("header").next().map(|header| self.header(header));
        let sheet = root.tagged("sheet").next();
        let body = match sheet {
            Some(sheet) => {
                let before = root
                    .children
                    .iter()
                    .filter(|c| c.tag != "header" && c.tag != "sheet" && !is_chatter(c))
                    .map(|c| self.node(c))
                    .collect::<Html>();
                el("div").class("o_form_sheet").child(self.children(sheet)).child(before)
            }
            None => {
                let inner = root
                    .children
                    .iter()
                    .filter(|c| c.tag != "header" && c.tag != "footer" && !is_chatter(c))
                    .map(|c| self.node(c))
                    .collect::<Html>();
                el("div").class("o_form_sheet").child(inner)
            }
        };
        let footer = root.tagged("footer").next().map(|footer| el("div").class("o_form_footer").child(self.children(footer)));
        let mut html = Html::from(header);
        html.push(body);
        html.push(footer);
        let inputs = self.inputs.borrow();
        let other = |name: &&String| !inputs.contains(*name) && !self.fields.get(*name).is_none_or(|f| f.is_lines() || f.kind == "binary");
        let extra: Map =
            self.draft.changed.iter().filter(other).filter_map(|name| Some((name.clone(), self.draft.values.get(name)?.clone()))).collect();
        html.push(hidden("e.", &json(&Value::Map(extra))));
        let names: Vec<&str> = self.draft.changed.iter().map(String::as_str).collect();
        html.push(hidden("__changed", &names.join(" ")));
        html
    }

    fn header(&self, node: &Node) -> El {
        let buttons = node.children.iter().filter(|c| c.tag == "button").map(|c| self.node(c)).collect::<Html>();
        let state = node.tagged("field").find(|f| !self.scope.holds(f.get("invisible")));
        let state = state
            .and_then(|node| Some((self.fields.get(node.name())?, node)))
            .map(|(field, node)| statusbar(&self.cell(field, node, String::new())));
        el("div").class("o_form_statusbar").child(el("div").class("o_statusbar_buttons").child(buttons)).child(state)
    }

    fn children(&self, node: &Node) -> Html {
        node.children.iter().map(|child| self.node(child)).collect()
    }

    fn node(&self, node: &Node) -> Html {
        if self.scope.holds(node.get("invisible")) {
            return Html::new();
        }
        match node.tag.as_str() {
            "field" => self.field(node),
            "group" => self.group(node),
            "notebook" => self.notebook(node),
            "button" => self.button(node),
            "separator" => el("h3").class("o_separator").text(node.attr("string")).into(),
            "label" if node.get("for").is_some() => {
                let known = self.fields.get(node.attr("for")).map(|f| f.label.clone()).unwrap_or_default();
                let text = node.get("string").map_or(known, str::to_owned);
                el("label").class("o_form_label").attr("for", format!("f.{}", node.attr("for"))).text(text).into()
            }
            "widget" if node.name() == "web_ribbon" => {
                el("div").class("ribbon").text(node.get("title").or(node.get("text")).unwrap_or_default()).into()
            }
            "chatter" | "widget" | "templates" | "header" => Html::new(),
            tag => {
                let known = PLAIN.iter().find(|(name, _)| *name == tag).map_or("div", |(_, tag)| *tag);
                if is_chatter(node) {
                    return Html::new();
                }
                let title = node.tag == "h1" || node.attr("class").contains("oe_title");
                let class = if title { "oe_title" } else { node.attr("class") };
                let element = el(known).class(class);
                element.text(&node.text).child(self.children(node)).into()
            }
        }
    }

    fn group(&self, node: &Node) -> Html {
        let title = node.get("string").filter(|s| !s.is_empty()).map(|s| el("h3").class("o_horizontal_separator").text(s));
        if node.children.iter().any(|child| child.tag == "group") {
            return el("div").class("o_group").child(Html::from(title)).child(self.children(node)).into();
        }
        let rows = node.children.iter().map(|child| self.pair(child));
        el("div").class("o_inner_group").child(Html::from(title)).children(rows).into()
    }

    /// A label and its field.
    fn pair(&self, node: &Node) -> Html {
        let field = self.fields.get(node.name()).filter(|_| node.tag == "field");
        let Some(field) = field else { return self.node(node) };
        if self.scope.holds(node.get("invisible")) {
            return Html::new();
        }
        let inner = self.field(node);
        if node.get("nolabel").is_some_and(|n| n == "1" || n == "True") || (field.is_lines() && !as_tags(field, node)) {
            return el("div").class("o_wide").child(inner).into();
        }
        let label = node.get("string").unwrap_or(&field.label);
        let help = node.get("help").map(str::to_owned).or_else(|| Some(field.help.clone()).filter(|h| !h.is_empty()));
        let mark = help.map(|help| el("span").class("help").attr("title", &help).attr("aria-label", help).text("?"));
        let needed = self.is_required(field, node) && !self.is_readonly(field, node);
        let label = el("label")
            .class(if needed { "o_form_label required" } else { "o_form_label" })
            .attr("for", format!("f.{}", field.name))
            .text(label)
            .children(mark);
        el("div").class("o_row").child(label).child(inner).into()
    }

    fn cell<'c>(&'c self, field: &'c Field, node: &'c Node, input: String) -> Cell<'c> {
        let required = self.is_required(field, node);
        Cell { input, required, in_list: false, ..Cell::of_row(self.desk, field, node, &self.draft.values) }
    }

    fn field(&self, node: &Node) -> Html {
        let Some(field) = self.fields.get(node.name()) else { return Html::new() };
        let readonly = self.is_readonly(field, node);
        if field.is_lines() && !as_tags(field, node) {
            return self.lines(field, node, readonly);
        }
        let input = format!("f.{}", field.name);
        let problem = self.draft.problems.get(&input).map(|text| el("span").class("o_invalid_text").attr("role", "alert").text(text));
        let widget = node.attr("widget");
        let cell = self.cell(field, node, input.clone());
        let mut class = format!("o_field_widget o_field_{}", if widget.is_empty() { &field.kind } else { widget });
        let inner = if widget == "statusbar" {
            statusbar(&cell)
        } else {
            let kind = find(widget, &field.kind);
            match kind.edit.filter(|_| !readonly) {
                Some(edit) => {
                    self.inputs.borrow_mut().insert(field.name.clone());
                    if cell.required {
                        class.push_str(" o_required_modifier");
                    }
                    edit(&cell)
                }
                None => {
                    class.push_str(" o_readonly_modifier");
                    (kind.show)(&cell)
                }
            }
        };
        if problem.is_some() {
            class.push_str(" o_field_invalid");
        }
        el("div").class(class).attr("name", &field.name).child(inner).children(problem).into()
    }

    fn notebook(&self, node: &Node) -> Html {
        // A page whose fields the reader may not use is no page.
        let pages: Vec<&Node> =
            node.tagged("page").filter(|page| !page.children.is_empty() && !self.scope.holds(page.get("invisible"))).collect();
        let name = |page: &Node, n: usize| format!("page-{}", if page.name().is_empty() { n.to_string() } else { page.name().to_owned() });
        let tab = |(n, page): (usize, &&Node)| {
            let button = el("button").attr("type", "button").attr("role", "tab").class("nav-link").attr("data-tab", name(page, n));
            button.attr("aria-selected", if n == 0 { "true" } else { "false" }).text(page.attr("string"))
        };
        let body = |(n, page): (usize, &&Node)| {
            let section =
                el("section").attr("role", "tabpanel").attr("id", name(page, n)).class(if n == 0 { "o_page active" } else { "o_page" });
            section
                .attr("aria-label", page.attr("string"))
                .child(el("h3").class("o_page_title").text(page.attr("string")))
                .child(self.children(page))
        };
        let tabs = el("div").class("o_notebook_headers").attr("role", "tablist").children(pages.iter().enumerate().map(tab));
        el("div").class("o_notebook").child(tabs).children(pages.iter().enumerate().map(body)).into()
    }

    fn button(&self, node: &Node) -> Html {
        let kind = node.attr("type");
        let unsaved = self.draft.id.is_none() && self.is_kept_first();
        if kind == "object" && node.get("special").is_none() && (self.locked || unsaved) {
            return Html::new();
        }
        if buttons::hidden(&self.shape.model, node, &self.scope) {
            return Html::new();
        }
        let label = node.get("string").map_or_else(|| node.text.trim().to_owned(), str::to_owned);
        let special = node.attr("special");
        let verb = match (special, kind) {
            ("cancel", _) => return el("a").class("btn").attr("href", "?back=1").attr("data-back", "1").text(label).into(),
            ("save", _) => "save".to_owned(),
            (_, "action") => format!("action:{}", node.name()),
            _ => format!("button:{}", node.name()),
        };
        let main = node.attr("class").contains("highlight")
            || node.attr("class").contains("btn-primary")
            || buttons::is_main(&self.shape.model, node.name());
        let ask = node.get("confirm").map(str::to_owned).or_else(|| buttons::question(self.desk, &self.shape.model, node.name()));
        let button = el("button")
            .attr("type", "submit")
            .attr("name", "do")
            .attr("value", verb)
            .class(if main { "btn primary" } else { "btn" })
            .attr("data-name", node.name());
        let fields = self.children(node);
        button.maybe("data-confirm", ask).text(label).child(fields).into()
    }

    /// Buttons of records that are not kept yet: wizards have them, others not.
    fn is_kept_first(&self) -> bool {
        !self.shape.is_transient()
    }
}

/// The place of the conversation in older architectures.
pub fn is_chatter(node: &Node) -> bool {
    node.tag == "chatter" || node.attr("class").contains("oe_chatter")
}
