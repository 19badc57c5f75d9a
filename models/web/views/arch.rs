//! Architectures of lists, forms and cards, made from metadata.

use lastmile_orm::Env;
use lastmile_orm::access::Operation;
use lastmile_orm::registry::{Field, Kind, Model, translated};

use super::super::xml::Node;
use super::pick::{Fields, is_secret};

/// Columns shown at once; the next ones can be switched on.
const COLUMNS: usize = 8;
const OPTIONAL: usize = 16;
/// Columns of lines inside a form.
const LINE_COLUMNS: usize = 8;
/// Lines on a card.
const CARD_LINES: usize = 5;

/// Chatter in a form needs its records to be readable.
const FOLLOWED: &str = "message_follower_ids";

/// A list.
pub fn list(env: &Env, model: &Model) -> Node {
    let fields = Fields::of(env, model);
    let cells = fields.cells();
    let shown = cells.iter().take(COLUMNS).map(|f| cell(f));
    let more = cells.iter().skip(COLUMNS).take(OPTIONAL).map(|f| cell(f).with("optional", "hide"));
    let mut list = Node::new("list").with("string", translated(&model.label, &env.context().lang));
    if let Some(handle) = model.fields.get("sequence").filter(|f| f.kind == Kind::Integer && f.is_column() && env.may_use_field(f)) {
        list = list.child(Node::field(&handle.name).with("widget", "handle"));
    }
    if cells.is_empty() {
        list = list.child(Node::field("display_name"));
    }
    list.children(shown).children(more).children(hidden(env, model))
}

fn cell(field: &Field) -> Node {
    let node = Node::field(&field.name);
    match field.kind {
        Kind::Many2many => node.with("widget", "many2many_tags"),
        Kind::Selection if field.name == "state" => node.with("widget", "badge"),
        Kind::Monetary if lastmile_orm::describe::aggregator(field) == Some("sum") => node.with("sum", "Total"),
        _ => node,
    }
}

/// What shown fields lean on: the archived mark and the currencies of amounts.
fn hidden(env: &Env, model: &Model) -> Vec<Node> {
    let amounts = model.fields.values().filter(|f| f.kind == Kind::Monetary && env.may_use_field(f));
    let mut names: Vec<&str> = amounts.map(|f| f.currency_field.as_deref().unwrap_or("currency_id")).collect();
    names.extend(model.active_field.as_deref());
    names.sort_unstable();
    names.dedup();
    let usable = names.into_iter().filter(|name| model.fields.get(*name).is_some_and(|f| env.may_use_field(f)));
    usable.map(|name| Node::field(name).with("column_invisible", "1")).collect()
}

/// A form: buttons and state on top, the name, two columns of values, a page for each list and text, the chatter.
pub fn form(env: &Env, model: &Model) -> Node {
    let fields = Fields::of(env, model);
    let form = Node::new("form").with("string", translated(&model.label, &env.context().lang));
    let header = Node::new("header")
        .children(buttons(env, model))
        .children(fields.state().map(|f| Node::field(&f.name).with("widget", "statusbar")));
    let sheet = Node::new("sheet").children(ribbon(model)).children(title(&fields)).child(body(&fields)).children(notebook(env, &fields));
    let form = if header.is_empty() { form } else { form.child(header) };
    let chatter = model.mail_thread && model.fields.get(FOLLOWED).is_some_and(|f| env.may_use_field(f));
    form.child(sheet).children(chatter.then(|| Node::new("chatter")))
}

/// Declared methods that need nothing but the record.
fn buttons(env: &Env, model: &Model) -> Vec<Node> {
    let declared = env.declared();
    let own = declared.get(&model.name).map(|d| &d.methods);
    let mut names: Vec<&str> = own
        .into_iter()
        .flat_map(|methods| methods.values())
        .filter(|m| {
            m.record && m.params.is_empty() && m.name.starts_with("action_") && !matches!(m.name, "action_archive" | "action_unarchive")
        })
        .map(|m| m.name)
        .collect();
    names.sort_unstable();
    names.into_iter().map(|name| Node::new("button").with("name", name).with("type", "object").with("string", human(name))).collect()
}

/// `action_change_plan` → `Change Plan`.
fn human(method: &str) -> String {
    let words = method.trim_start_matches("action_").split('_').filter(|w| !w.is_empty()).map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    });
    words.collect::<Vec<_>>().join(" ")
}

fn ribbon(model: &Model) -> Vec<Node> {
    let Some(active) = &model.active_field else { return Vec::new() };
    let ribbon = Node::new("widget").with("name", "web_ribbon").with("title", "Archived").with("bg_color", "text-bg-danger");
    vec![ribbon.with("invisible", active.as_str()), Node::field(active).with("invisible", "1")]
}

fn title(fields: &Fields) -> Vec<Node> {
    let picture = fields.picture().map(|f| Node::field(&f.name).with("widget", "image").with("class", "oe_avatar"));
    let name = fields.title().map(|f| Node::new("div").with("class", "oe_title").child(Node::new("h1").child(Node::field(&f.name))));
    picture.into_iter().chain(name).collect()
}

fn body(fields: &Fields) -> Node {
    let plain: Vec<Node> = fields.plain().into_iter().map(value).collect();
    let half = plain.len().div_ceil(2);
    let mut left = plain;
    let right = left.split_off(half);
    Node::new("group").child(Node::new("group").children(left)).child(Node::new("group").children(right))
}

fn value(field: &Field) -> Node {
    let node = Node::field(&field.name);
    match field.kind {
        Kind::Many2many => node.with("widget", "many2many_tags"),
        Kind::Char if is_secret(field) => node.with("password", "True"),
        _ => node,
    }
}

fn notebook(env: &Env, fields: &Fields) -> Option<Node> {
    let pages: Vec<Node> = fields.pages().into_iter().filter_map(|field| page(env, field)).collect();
    (!pages.is_empty()).then(|| Node::new("notebook").children(pages))
}

fn page(env: &Env, field: &Field) -> Option<Node> {
    let content = if field.kind == Kind::One2many {
        let reg = env.registry();
        let target = reg.target(field).ok()?;
        if !env.may(&target.name, Operation::Read).unwrap_or(false) {
            return None;
        }
        let lines = Fields::of(env, target);
        let columns = lines.cells();
        let back = field.relation_field.as_deref();
        let columns = columns.into_iter().filter(|f| Some(f.name.as_str()) != back).take(LINE_COLUMNS);
        Node::field(&field.name).child(Node::new("list").children(columns.map(cell)).children(hidden(env, target)))
    } else {
        Node::field(&field.name)
    };
    let label = translated(&field.label, &env.context().lang);
    Some(Node::new("page").with("name", format!("page_{}", field.name)).with("string", label).child(content))
}

/// Cards.
pub fn kanban(env: &Env, model: &Model) -> Node {
    let fields = Fields::of(env, model);
    let cells = fields.cells();
    let name = fields.title().map_or("display_name", |f| f.name.as_str());
    let lines = cells.iter().filter(|f| f.name != name && f.kind != Kind::Many2many).take(CARD_LINES).map(|f| Node::field(&f.name));
    let card = Node::new("t").with("t-name", "card").child(Node::field(name).with("class", "fw-bold fs-5")).children(lines);
    let kanban = Node::new("kanban");
    let kanban = match fields.state() {
        Some(state) => kanban.with("default_group_by", state.name.as_str()),
        None => kanban,
    };
    kanban.child(Node::new("templates").child(card))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_have_names_for_people() {
        assert_eq!(human("action_change_plan"), "Change Plan");
    }
}
