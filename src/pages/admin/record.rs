//! The page of one record.

use lastmile_orm::error::Error;
use lastmile_orm::map;
use lastmile_orm::value::{Id, Map, Value};

use super::action::Window;
use super::desk::{Desk, Done, maps};
use super::frame::Page;
use super::html::{El, Html, el, hidden};
use super::place::Record;
use super::search::panel::{crumbs, menu};
use super::views::arch::Node;
use super::views::chatter;
use super::views::draft::Draft;
use super::views::form::{Form, is_chatter};
use super::views::shape::Shape;
use super::views::spec;
use super::visit::{Reply, Visit, at, way};

/// A record with what it is shown by.
pub struct Sheet {
    pub window: Window,
    pub shape: Shape,
    pub arch: std::sync::Arc<Node>,
    pub spec: Map,
    pub draft: Draft,
}

/// What the page says above the form.
pub enum Notice {
    None,
    Trouble(String),
    /// Somebody else saved meanwhile.
    Conflict,
}

/// Reads the record of a place, or how a new one begins.
pub fn sheet(visit: &Visit<'_>, mut window: Window) -> Done<Sheet> {
    let desk = visit.desk;
    let shape = Shape::load(desk, &window.model, &[(window.view("form"), "form")], window.action)?;
    let arch = shape.arch("form").ok_or_else(|| Error::user("There is no form."))?;
    window.name_by(&arch);
    let mut spec = spec::of(&shape, &window.model, &arch);
    spec.insert("display_name".into(), Value::Map(Map::new()));
    let mut context = window.context.clone();
    context.retain(|name, _| !name.starts_with("search_default_"));
    let mut draft = match visit.place.id() {
        Some(id) => {
            let context = map! { "context" => { let mut c = context.clone(); c.insert("bin_size".into(), Value::Bool(true)); c } };
            let rows = maps(desk.call(&window.model, "web_read", vec![Value::from(vec![id]), Value::Map(spec.clone())], context)?);
            let base = rows.into_iter().next().ok_or_else(|| Error::missing(desk.words.get("gone").to_owned()))?;
            Draft { id: Some(id), values: base.clone(), base, ..Draft::default() }
        }
        None => {
            let value = onchange(desk, &window.model, (&[], Map::new(), &[]), &spec, &context)?;
            let mut draft = Draft::default();
            draft.follow(&shape.of(&window.model), &value);
            draft.base = draft.values.clone();
            draft
        }
    };
    draft.values.insert("__model".into(), Value::from(window.model.as_str()));
    window.context = context;
    Ok(Sheet { window, shape, arch, spec, draft })
}

/// What follows when `names` of `values` of the records were edited; nothing of them: how a new record begins.
pub fn onchange(desk: &Desk<'_>, model: &str, edit: (&[Id], Map, &[&str]), spec: &Map, context: &Map) -> Done<Map> {
    let (ids, values, names) = edit;
    // Names that only reads have are not asked for.
    let mut asked = spec.clone();
    asked.retain(|name, _| !matches!(name.as_str(), "display_name" | "write_date" | "id"));
    let args = vec![Value::from(ids.to_vec()), Value::Map(values), Value::from(names.to_vec()), Value::Map(asked)];
    let found = desk.call(model, "onchange", args, map! { "context" => context.clone() })?;
    Ok(found.as_map().and_then(|map| map.get("value")).and_then(Value::as_map).cloned().unwrap_or_default())
}

/// The page of a record, or the form that an action opens by itself.
pub fn page(visit: &Visit<'_>, window: Window) -> Done<Reply> {
    let place = match visit.place.record() {
        Some(_) => visit.place.clone(),
        None => visit.place.at(Some(single(visit, &window)?)),
    };
    let visit = Visit { desk: visit.desk, place, params: visit.params.clone(), look: visit.look.clone() };
    let sheet = sheet(&visit, window)?;
    Ok(Reply::Page(render(&visit, &sheet, Notice::None)?))
}

/// An action with a form only: the one record there is, for models that have one, else a new one.
fn single(visit: &Visit<'_>, window: &Window) -> Done<Record> {
    if window.model.ends_with(".dashboard") {
        let rows = visit.desk.rows(&window.model, Value::List(Vec::new()), &["id"], 1, "id")?;
        if let Some(id) = rows.first().and_then(|row| row.get("id")).and_then(Value::as_id) {
            return Ok(Record::Id(id));
        }
    }
    Ok(Record::New)
}

fn notice(visit: &Visit<'_>, notice: &Notice) -> Html {
    let words = &visit.desk.words;
    match notice {
        Notice::None => Html::new(),
        Notice::Trouble(text) => el("div").class("notice bad").attr("role", "alert").child(el("p").class("pre").text(text)).into(),
        Notice::Conflict => {
            let force =
                el("button").class("btn").attr("form", "record").attr("name", "do").attr("value", "force").text(words.get("save_mine"));
            let theirs = el("a")
                .class("btn")
                .attr("href", visit.params.url(&visit.place.url()))
                .attr("data-discard", "1")
                .text(words.get("take_theirs"));
            let text = el("div").child(el("b").text(words.get("conflict"))).child(el("p").text(words.get("conflict_hint")));
            el("div")
                .class("notice warn o_conflict")
                .attr("role", "alert")
                .child(text)
                .child(el("div").class("notice_buttons").child(force).child(theirs))
                .into()
        }
    }
}

/// The page of a sheet.
pub fn render(visit: &Visit<'_>, sheet: &Sheet, said: Notice) -> Done<Page> {
    let (desk, draft, model) = (visit.desk, &sheet.draft, sheet.window.model.as_str());
    let words = &desk.words;
    let locked = if draft.id.is_some() { !desk.may(model, "write") } else { !desk.may(model, "create") };
    let form = Form::new(
        desk,
        &sheet.shape,
        draft,
        &sheet.window.context,
        locked || sheet.arch.forbids(if draft.id.is_some() { "edit" } else { "create" }),
    );
    let inner = form.render(&sheet.arch);
    let title = match draft.id {
        Some(_) => draft
            .base
            .get("display_name")
            .map(Value::py_str)
            .filter(|name| name != "False")
            .unwrap_or_else(|| words.get("unnamed").to_owned()),
        None => words.get("new").to_owned(),
    };
    let url = visit.params.url(&visit.place.url());
    let stamp = draft.base.get("write_date").map(Value::py_str).unwrap_or_default();
    let mut files = false;
    sheet.arch.walk(&mut |node| files |= node.tag == "field" && sheet.shape.field(node.name()).is_some_and(|f| f.kind == "binary"));
    let dirty = !draft.changed.is_empty();
    let view = el("form")
        .attr("id", "record")
        .class("o_form_view")
        .attr("method", "post")
        .attr("action", &url)
        .attr("autocomplete", "off")
        .maybe("enctype", files.then_some("multipart/form-data"))
        .flag("data-dirty", dirty && draft.id.is_some())
        .attr("data-id", draft.id.map(|id| id.to_string()).unwrap_or_default())
        .flag("data-new", draft.id.is_none())
        .child(el("button").class("sr").attr("name", "do").attr("value", "save").attr("tabindex", "-1").attr("aria-hidden", "true"))
        .child(hidden("csrf_token", &desk.csrf))
        .child(hidden("__stamp", &stamp));
    let view = view.child(inner);
    let names = way(visit, &title)?;
    let mut body = Html::from(panel(visit, sheet, locked, crumbs(desk, &names)));
    body.push(notice(visit, &said));
    let mut has_chatter = false;
    sheet.arch.walk(&mut |node| has_chatter |= is_chatter(node));
    let side = match draft.id.filter(|_| has_chatter) {
        Some(id) => Some(chatter::render(desk, model, id, &url)?),
        None => None,
    };
    body.push(
        el("div")
            .class(if side.is_some() { "o_content o_form_content with_chatter" } else { "o_content o_form_content" })
            .child(view)
            .child(Html::from(side)),
    );
    Ok(Page::new(title, body))
}

fn panel(visit: &Visit<'_>, sheet: &Sheet, locked: bool, crumbs: El) -> El {
    let words = &visit.desk.words;
    let (desk, model, draft) = (visit.desk, sheet.window.model.as_str(), &sheet.draft);
    let may = |operation: &str| desk.may(model, operation);
    let save = (!locked).then(|| {
        el("button")
            .class("btn primary o_form_button_save")
            .attr("form", "record")
            .attr("name", "do")
            .attr("value", "save")
            .attr("accesskey", "s")
            .text(words.get("save"))
    });
    let back =
        if draft.id.is_some() { visit.params.url(&visit.place.url()) } else { visit.params.carried().url(&visit.place.back().url()) };
    let discard = (!locked).then(|| {
        el("a")
            .class("btn o_form_button_cancel")
            .attr("href", back)
            .attr("data-discard", "1")
            .attr("accesskey", "j")
            .text(words.get("discard"))
    });
    let new = (draft.id.is_some() && may("create")).then(|| {
        let url = at(&visit.place, &visit.params, Some(Record::New));
        el("a").class("btn o_form_button_create").attr("href", url).attr("accesskey", "c").text(words.get("new"))
    });
    let cog = draft.id.map(|_| {
        let act =
            |verb: String, word: &str| el("button").class("item").attr("form", "record").attr("name", "do").attr("value", verb).text(word);
        let mut items = Html::new();
        if !locked && sheet.shape.own().any(|f| f.name == "active") {
            let on = draft.values.get("active").is_some_and(Value::truthy);
            items.push(act(
                (if on { "archive" } else { "unarchive" }).into(),
                if on { words.get("archive") } else { words.get("unarchive") },
            ));
        }
        if may("create") {
            items.push(act("duplicate".into(), words.get("duplicate")));
        }
        if may("unlink") {
            items.push(act("delete".into(), words.get("delete")).attr("data-confirm", words.get("delete_ask")));
        }
        for (binding, id, name) in sheet.shape.toolbar.get("form").into_iter().flatten() {
            if binding == "action" {
                items.push(act(format!("action:{id}"), name));
            }
        }
        items
    });
    let cog = cog.filter(|items| !items.is_empty()).map(|items| menu(words.get("actions"), "cog", "o_cp_action_menus", items));
    let main = el("div")
        .class("o_control_panel_main")
        .child(el("div").class("o_control_panel_breadcrumbs").children(new).child(crumbs).children(cog));
    let buttons = el("div")
        .class("o_form_buttons")
        .child(el("span").class("o_form_status_indicator").attr("data-text", words.get("unsaved")).attr("role", "status"))
        .children(save)
        .children(discard);
    el("div").class("o_control_panel").child(main).child(buttons)
}
