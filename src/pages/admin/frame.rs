//! The frame around every page: menus, search, who is signed in.

use lastmile_orm::value::{Id, Map, Value};
use lastmile_rpc::Query;
use lastmile_rpc::http::request::encode_component;
use serde::Serialize;
use tera::{Context, Tera};

use super::desk::{Desk, Done};
use super::html::Html;
use super::place::{Place, Target};
use super::screens::names::NAMES;

/// What a page shows inside the frame.
pub struct Page {
    pub title: String,
    pub body: Html,
    pub status: u16,
}

impl Page {
    /// A page that shows what was asked for.
    pub fn new(title: impl Into<String>, body: impl Into<Html>) -> Page {
        Page { title: title.into(), body: body.into(), status: 200 }
    }
}

/// How the browser wants it.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// `dark`, `light`, or empty for the system's.
    pub theme: String,
    /// Only what is inside the frame: for the script, which has the frame.
    pub partial: bool,
    /// Columns that were switched, by model.
    pub columns: Vec<(String, String)>,
}

/// A menu.
#[derive(Serialize)]
struct Menu {
    name: String,
    url: String,
    here: bool,
    open: bool,
    children: Vec<Menu>,
}

/// A menu and what is below it. The flag tells whether this page is there.
fn menu(all: &Map, id: &str, place: &Place, depth: usize) -> Option<Menu> {
    let entry = all.get(id)?.as_map()?;
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let action = entry.get("actionID").and_then(Value::as_id).filter(|id| *id > 0);
    let path = text("actionPath");
    let own = entry.get("children").and_then(Value::as_list).unwrap_or_default();
    let children: Vec<Menu> =
        if depth > 6 { Vec::new() } else { own.iter().filter_map(|id| menu(all, &id.py_str(), place, depth + 1)).collect() };
    let here = children.is_empty()
        && match place.steps.first().map(|step| &step.target) {
            Some(Target::Action(name)) => action.is_some_and(|id: Id| *name == id.to_string()) || (!path.is_empty() && *name == path),
            _ => false,
        };
    let url = match action {
        Some(_) if !path.is_empty() => format!("/odoo/{}", encode_component(&path)),
        Some(id) => format!("/odoo/action-{id}"),
        None => String::new(),
    };
    let open = here || children.iter().any(|child| child.open);
    Some(Menu { name: text("name"), url, here, open, children })
}

/// The pages of the trade that the user has.
fn screens(desk: &Desk<'_>, place: &Place) -> Vec<Menu> {
    let here = |path: &str| matches!(place.steps.first().map(|step| &step.target), Some(Target::Action(name)) if name == path);
    let own = NAMES.iter().filter(|name| desk.registry.models.contains_key(name.model) && desk.may(name.model, "read"));
    own.map(|name| Menu {
        name: desk.words.get(name.word).to_owned(),
        url: format!("/odoo/{}", name.path),
        here: here(name.path),
        open: false,
        children: Vec::new(),
    })
    .collect()
}

/// What templates of the admin know beside the page.
pub fn context(desk: &Desk<'_>) -> Context {
    let mut context = Context::new();
    context.insert("t", desk.words.all());
    context.insert("lang", desk.words.lang());
    context.insert("csrf_token", &desk.csrf);
    context
}

/// The whole page as HTML.
pub fn render(desk: &Desk<'_>, tera: &Tera, look: &Look, place: &Place, page: &Page) -> Done<String> {
    let mut context = context(desk);
    context.insert("title", &page.title);
    context.insert("body", page.body.as_str());
    let template = if look.partial {
        "admin/partial.html"
    } else {
        let menus = desk.ask(Query::Menus)?;
        let menus = menus.as_map().cloned().unwrap_or_default();
        let roots = menus.get("root").and_then(Value::as_map).and_then(|root| root.get("children")).and_then(Value::as_list);
        let tree: Vec<Menu> = roots.unwrap_or_default().iter().filter_map(|id| menu(&menus, &id.py_str(), place, 0)).collect();
        context.insert("menus", &tree);
        context.insert("screens", &screens(desk, place));
        context.insert("user", &desk.name);
        context.insert("company", &desk.company);
        context.insert("theme", &look.theme);
        context.insert("uid", &desk.uid);
        context.insert("version", &crate::pages::assets::version());
        context.insert("home", &place.steps.is_empty());
        "admin/layout.html"
    };
    tera.render(template, &context).map_err(|e| lastmile_orm::Error::internal(format!("admin page: {e}")).into())
}
