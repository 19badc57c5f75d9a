//! From a place to its page.

use lastmile_orm::error::Error;

use super::action::{Opened, Window, open};
use super::desk::Done;
use super::frame::Page;
use super::html::{El, Html, el, icon};
use super::place::{Record, Target};
use super::screens;
use super::search::everywhere;
use super::search::panel;
use super::search::query::Search;
use super::views::arch::Node;
use super::views::list::List;
use super::views::shape::Shape;
use super::views::view::View;
use super::views::{activity, calendar, figures, kanban};
use super::visit::{Reply, Visit, at, way};

/// The page of a place.
pub fn page(visit: &Visit<'_>) -> Done<Reply> {
    let Some(step) = visit.place.steps.last() else {
        let (_, body) = screens::page(visit.desk, "", None, &visit.params)?;
        return Ok(Reply::Page(Page::new(visit.desk.words.get("home"), body)));
    };
    if let Target::Action(path) = &step.target {
        if path == "search" {
            return Ok(Reply::Page(found(visit)?));
        }
        if let Some(name) = screens::names::find(path) {
            return Ok(Reply::Page(screen(visit, name)?));
        }
    }
    match open(visit.desk, step, &visit.params)? {
        Opened::Go(url) => Ok(Reply::Go(url)),
        Opened::Nothing(name, why) => Ok(Reply::Page(nothing(visit, &name, &why))),
        Opened::Window(window) => window_page(visit, *window),
    }
}

/// A page of the trade.
fn screen(visit: &Visit<'_>, known: &screens::names::Name) -> Done<Page> {
    let (name, body) = screens::page(visit.desk, known.path, visit.place.id(), &visit.params)?;
    let name = if name.is_empty() { visit.desk.words.get(known.word).to_owned() } else { name };
    let mut all = Html::from(el("div").class("o_control_panel").child(panel::crumbs(visit.desk, &way(visit, &name)?)));
    all.push(body);
    Ok(Page::new(name, all))
}

/// What was searched for everywhere.
fn found(visit: &Visit<'_>) -> Done<Page> {
    let name = visit.desk.words.get("found");
    let mut all = Html::from(el("div").class("o_control_panel").child(panel::crumbs(visit.desk, &[(name.to_owned(), None)])));
    all.push(everywhere::page(visit.desk, &visit.params)?);
    Ok(Page::new(name, all))
}

fn nothing(visit: &Visit<'_>, name: &str, why: &str) -> Page {
    let words = &visit.desk.words;
    let text = el("div").class("o_view_nocontent").child(icon("empty")).child(el("h2").text(words.with("not_shown_here", &[name])));
    Page::new(name, text.child(el("p").text(why)))
}

fn window_page(visit: &Visit<'_>, mut window: Window) -> Done<Reply> {
    let desk = visit.desk;
    let kinds: Vec<&str> = window.many().collect();
    let first = window.views.first().map(|(_, kind)| kind.clone()).unwrap_or_default();
    if visit.place.record().is_some() || kinds.is_empty() || (first == "form" && visit.params.get("view_type").is_none()) {
        return super::record::page(visit, window);
    }
    let asked = visit.params.get("view_type").filter(|kind| kinds.contains(kind));
    let kind = asked.or_else(|| kinds.first().copied()).unwrap_or("list").to_owned();
    let shape = Shape::load(desk, &window.model, &[(window.view(&kind), &kind), (window.search, "search")], window.action)?;
    let arch = shape.arch(&kind).ok_or_else(|| Error::user("There is no such view."))?;
    window.name_by(&arch);
    let search = Search::read(desk, &window, &shape, &visit.params)?;
    let view = View { desk, window: &window, shape: &shape, search: &search, place: &visit.place, params: &visit.params };
    let (body, pager) = body(visit, &view, &kind, &arch)?;
    let path = view.path();
    let kinds: Vec<&str> = window.many().collect();
    let create = desk.may(&window.model, "create") && !arch.forbids("create");
    let new = create.then(|| {
        let url = at(&visit.place, &visit.params, Some(Record::New));
        el("button").attr("type", "button").class("btn primary o_list_button_add").attr("data-go", url).text(desk.words.get("new"))
    });
    let crumbs = panel::crumbs(desk, &way(visit, &window.name)?);
    let top = el("div").class("o_control_panel_main").child(el("div").class("o_control_panel_breadcrumbs").children(new).child(crumbs));
    let tools =
        el("div").class("o_control_panel_navigation").child(pager).child(panel::switcher(desk, &kinds, &kind, &search.params, &path));
    let bar = el("div").class("o_control_panel").child(top).child(panel::search(desk, &search, &path)).child(tools);
    let mut all = Html::from(bar);
    all.push(el("div").class(format!("o_content o_{kind}_content")).child(body));
    Ok(Reply::Page(Page::new(&window.name, all)))
}

/// The view itself, and its pager.
fn body(visit: &Visit<'_>, view: &View<'_>, kind: &str, arch: &Node) -> Done<(Html, Option<El>)> {
    match kind {
        "kanban" => kanban::render(view, arch),
        "graph" => Ok((figures::graph(view, arch)?, None)),
        "pivot" => Ok((figures::pivot(view, arch)?, None)),
        "calendar" => Ok((calendar::render(view, arch)?, None)),
        "activity" => Ok((activity::render(view)?, None)),
        _ => {
            let known = visit.look.columns.iter().find(|(model, _)| *model == view.window.model);
            let chosen = known.map(|(_, names)| names.split('.').map(str::to_owned).collect()).unwrap_or_default();
            List { view, chosen }.render(arch)
        }
    }
}
