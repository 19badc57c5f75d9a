//! What menus, buttons and addresses open.

use lastmile_orm::error::Error;
use lastmile_orm::value::{Id, Map, Value};
use lastmile_rpc::{CallError, Query};

use super::desk::{Desk, Done, text};
use super::params::{Params, json};
use super::place::{Place, Record, Step, Target};
use super::views::arch::Node;
use super::views::logic::Scope;

/// Kinds of views that there are pages for.
pub const KINDS: &[&str] = &["list", "kanban", "form", "calendar", "pivot", "graph", "activity"];

/// A window onto a model.
#[derive(Clone, Debug)]
pub struct Window {
    pub action: Option<Id>,
    /// Empty: the view says how it is called.
    pub name: String,
    pub model: String,
    pub views: Vec<(Option<Id>, String)>,
    pub search: Option<Id>,
    pub domain: Value,
    pub context: Map,
    pub limit: i64,
    /// What to say when nothing is there; HTML of the database.
    pub help: String,
}

impl Window {
    /// The view of a kind.
    pub fn view(&self, kind: &str) -> Option<Id> {
        self.views.iter().find(|(_, known)| known == kind).and_then(|(id, _)| *id)
    }

    /// Takes the name of a view when it has none of its own.
    pub fn name_by(&mut self, arch: &Node) {
        if self.name.is_empty() {
            self.name = Some(arch.attr("string")).filter(|s| !s.is_empty()).unwrap_or(&self.model).to_owned();
        }
    }

    /// The kinds that show many records.
    pub fn many(&self) -> impl Iterator<Item = &str> {
        self.views.iter().map(|(_, kind)| kind.as_str()).filter(|kind| *kind != "form" && KINDS.contains(kind))
    }
}

/// What opening led to.
pub enum Opened {
    Window(Box<Window>),
    /// Elsewhere.
    Go(String),
    /// Nothing that can be shown: its name and why.
    Nothing(String, String),
}

/// The address of a list of a model's records, by a domain.
pub fn list_url(model: &str, domain: &Value, name: &str) -> String {
    Params::default().with("d", &json(domain)).with("n", name).url(&format!("/odoo/m-{model}"))
}

/// The view kinds of a list such as `[[1, "list"], [false, "form"]]`.
fn views_of(value: Option<&Value>) -> Vec<(Option<Id>, String)> {
    let pair = |item: &Value| {
        let pair = item.as_list()?;
        let kind = pair.get(1)?.as_str()?;
        Some((pair.first()?.as_id().filter(|id| *id > 0), if kind == "tree" { "list".to_owned() } else { kind.to_owned() }))
    };
    value.and_then(Value::as_list).unwrap_or_default().iter().filter_map(pair).collect()
}

/// A text or a pair of a link: its id.
fn link(value: Option<&Value>) -> Option<Id> {
    match value {
        Some(Value::List(pair)) => pair.first().and_then(Value::as_id),
        Some(other) => other.as_id(),
        None => None,
    }
    .filter(|id| *id > 0)
}

/// Whether an address is one of this site.
fn is_here(url: &str) -> bool {
    url.starts_with('/') && !url.starts_with("//")
}

/// Opens a step of a place.
pub fn open(desk: &Desk<'_>, step: &Step, params: &Params) -> Done<Opened> {
    let given = params.json("c").and_then(|c| if let Value::Map(map) = c { Some(map) } else { None }).unwrap_or_default();
    match &step.target {
        Target::Model(model) => {
            let kinds: Vec<(Option<Id>, String)> = params
                .get("v")
                .unwrap_or("list,form")
                .split(',')
                .map(|part| part.split_once(':').map_or((None, part.to_owned()), |(kind, id)| (id.parse().ok(), kind.to_owned())))
                .collect();
            Ok(Opened::Window(Box::new(Window {
                action: None,
                name: params.get("n").unwrap_or_default().to_owned(),
                model: model.clone(),
                views: kinds,
                search: None,
                domain: params.json("d").unwrap_or(Value::List(Vec::new())),
                context: given,
                limit: 80,
                help: String::new(),
            })))
        }
        Target::Action(name) => {
            let action = match desk.ask(Query::Action { action: Value::from(name.as_str()), context: given.clone() })? {
                Value::Map(map) => map,
                _ => return Err(CallError::MissingAction(name.clone())),
            };
            opened(desk, &action, given)
        }
    }
}

fn opened(desk: &Desk<'_>, action: &Map, given: Map) -> Done<Opened> {
    let name = text(action, "name");
    match text(action, "type").as_str() {
        "ir.actions.act_window" => {
            let scope = Scope::new(desk, &given);
            let mut context = scope.context(&text(action, "context")).unwrap_or_default();
            context.extend(given.clone());
            let domain = scope.domain(action.get("domain").unwrap_or(&Value::None))?;
            let mut views = views_of(action.get("views"));
            if views.is_empty() {
                views = vec![(None, "list".into()), (None, "form".into())];
            }
            Ok(Opened::Window(Box::new(Window {
                action: action.get("id").and_then(Value::as_id),
                name,
                model: text(action, "res_model"),
                views,
                search: link(action.get("search_view_id")),
                domain,
                context,
                limit: action.get("limit").and_then(Value::as_int).filter(|n| *n > 0).unwrap_or(80),
                help: text(action, "help"),
            })))
        }
        "ir.actions.act_url" => {
            let url = text(action, "url");
            // Other sites are told, not gone to: a click on a menu stays here.
            if is_here(&url) { Ok(Opened::Go(url)) } else { Ok(Opened::Nothing(name, url)) }
        }
        _ => Ok(Opened::Nothing(name, String::new())),
    }
}

/// Where an action that a method answered leads. `None`: stay and show the record anew.
///
/// # Errors
/// For kinds of actions that no page can do.
pub fn follow(desk: &Desk<'_>, place: &Place, action: &Map) -> Done<Option<String>> {
    match text(action, "type").as_str() {
        "ir.actions.act_window" => Ok(Some(window_url(desk, place, action)?)),
        "ir.actions.act_window_close" => Ok(Some(place.back().url())),
        "ir.actions.act_url" => Ok(Some(text(action, "url")).filter(|url| is_here(url))),
        "ir.actions.client" => {
            let params = action.get("params").and_then(Value::as_map).cloned().unwrap_or_default();
            match params.get("next").and_then(Value::as_map) {
                Some(next) => follow(desk, place, next),
                None => Ok(None),
            }
        }
        "" => Ok(None),
        _ => Err(Error::user(desk.words.with("not_shown_here", &[&text(action, "name")])).into()),
    }
}

/// The address of a window that is no action of the database, or differs from it.
fn window_url(desk: &Desk<'_>, place: &Place, action: &Map) -> Done<String> {
    let scope = Scope::new(desk, &Map::new());
    let context = match action.get("context") {
        Some(Value::Map(map)) => map.clone(),
        Some(Value::Str(text)) => scope.context(text)?,
        _ => Map::new(),
    };
    let views = match views_of(action.get("views")) {
        views if views.is_empty() => {
            let modes = Some(text(action, "view_mode")).filter(|m| !m.is_empty()).unwrap_or_else(|| "list,form".into());
            let main = link(action.get("view_id"));
            modes.split(',').enumerate().map(|(n, kind)| (main.filter(|_| n == 0), kind.replace("tree", "list"))).collect()
        }
        views => views,
    };
    let record = action.get("res_id").and_then(Value::as_id).filter(|id| *id > 0).map(Record::Id);
    let form = views.first().is_some_and(|(_, kind)| kind == "form");
    let record = record.filter(|_| form).or(form.then_some(Record::New));
    let mut params = Params::default();
    let kinds: Vec<String> = views.iter().map(|(id, kind)| id.map_or_else(|| kind.clone(), |id| format!("{kind}:{id}"))).collect();
    params = params.with("v", &kinds.join(","));
    if let Some(domain) = action.get("domain").filter(|domain| domain.truthy()) {
        params = params.with("d", &json(&scope.domain(domain)?));
    }
    if !context.is_empty() {
        params = params.with("c", &json(&Value::Map(context)));
    }
    let name = text(action, "name");
    if !name.is_empty() {
        params = params.with("n", &name);
    }
    let next = place.then(Target::Model(text(action, "res_model")), record);
    Ok(params.url(&next.url()))
}
