//! The control panel above a view: the way here, the search, the kinds of views, the pager.

use super::query::{Choice, Search};
use crate::pages::admin::desk::Desk;
use crate::pages::admin::html::{El, Html, el, hidden, icon};
use crate::pages::admin::params::Params;

/// One step of the way: its name, and its address unless it is this page.
pub type Crumb = (String, Option<String>);

/// The way here.
pub fn crumbs(desk: &Desk<'_>, crumbs: &[Crumb]) -> El {
    let one = |(name, url): &Crumb| {
        let name = if name.is_empty() { desk.words.get("unnamed") } else { name };
        let inner = match url {
            Some(url) => el("a").attr("href", url).text(name),
            None => el("span").attr("aria-current", "page").text(name),
        };
        el("li").child(inner)
    };
    el("nav").class("o_breadcrumb").attr("aria-label", desk.words.get("way_here")).child(el("ol").children(crumbs.iter().map(one)))
}

/// A menu that opens.
pub fn menu(label: &str, drawing: &'static str, class: &str, items: impl Into<Html>) -> El {
    let head = el("summary").class("btn").child(icon(drawing)).child(el("span").class("label").text(label));
    el("details").class(format!("menu {class}")).child(head).child(el("div").class("menu_items").child(items))
}

fn choices(list: &[Choice], path: &str) -> Html {
    let one = |choice: &Choice| -> Html {
        if choice.spans.is_empty() {
            return item(choice, path).into();
        }
        let inner = choice.spans.iter().map(|span| item(span, path));
        el("details").class("sub").flag("open", choice.on).child(el("summary").text(&choice.label)).children(inner).into()
    };
    list.iter().map(one).collect()
}

fn item(choice: &Choice, path: &str) -> El {
    let mark = el("span").class("mark").attr("aria-hidden", "true").text(if choice.on { "✓" } else { "" });
    let link = el("a").class("item").attr("href", choice.to.url(path)).maybe("aria-current", choice.on.then_some("true"));
    link.child(mark).text(&choice.label)
}

/// The search: facets, the box, its menus.
pub fn search(desk: &Desk<'_>, search: &Search, path: &str) -> El {
    let words = &desk.words;
    let facet = |facet: &super::query::Facet| {
        let off = words.with("remove_facet", &[&facet.text]);
        let label = (!facet.label.is_empty()).then(|| el("b").text(format!("{} ", facet.label)));
        let drop =
            el("a").class("o_facet_remove").attr("href", facet.without.url(path)).attr("aria-label", &off).attr("title", off).text("×");
        el("span").class("o_searchview_facet").children(label).text(&facet.text).child(drop)
    };
    let kept =
        search.params.iter().filter(|(name, _)| !matches!(*name, "q" | "qf" | "p" | "open")).map(|(name, value)| hidden(name, value));
    let fields = el("select")
        .attr("name", "qf")
        .attr("aria-label", words.get("search_in"))
        .child(el("option").attr("value", "").text(words.get("anywhere")));
    let fields = fields.children(search.fields.iter().map(|(name, label)| el("option").attr("value", name).text(label)));
    let text = el("input")
        .attr("type", "search")
        .attr("name", "q")
        .class("o_searchview_input")
        .attr("placeholder", words.get("search"))
        .attr("aria-label", words.get("search"))
        .attr("accesskey", "q");
    let form = el("form").class("o_searchview").attr("role", "search").attr("method", "get").attr("action", path).children(kept);
    let form = form.child(icon("search")).children(search.facets.iter().map(facet)).child(text).child(fields);
    el("div").class("o_search").child(form).child(menus(desk, search, path))
}

fn menus(desk: &Desk<'_>, search: &Search, path: &str) -> Html {
    let words = &desk.words;
    let mut html = Html::new();
    if search.filters.iter().any(|group| !group.is_empty()) {
        let mut inner = Html::new();
        for (n, group) in search.filters.iter().enumerate() {
            if n > 0 {
                inner.push(el("hr"));
            }
            inner.push(choices(group, path));
        }
        html.push(menu(words.get("filters"), "filter", "o_filters", inner));
    }
    if !search.groupings.is_empty() {
        html.push(menu(words.get("group_by"), "group", "o_groups", choices(&search.groupings, path)));
    }
    html.push(menu(words.get("favourites"), "star", "o_favourites", favourites(desk, search, path)));
    html
}

fn favourites(desk: &Desk<'_>, search: &Search, path: &str) -> Html {
    let words = &desk.words;
    let mut inner = choices(&search.favourites, path);
    let save = el("form")
        .class("save_search")
        .attr("method", "post")
        .attr("action", search.params.url(path))
        .child(hidden("csrf_token", &desk.csrf))
        .child(hidden("do", "favourite"))
        .child(
            el("input")
                .attr("type", "text")
                .attr("name", "name")
                .attr("aria-label", words.get("save_search"))
                .attr("placeholder", words.get("save_search")),
        )
        .child(el("button").class("btn").text(words.get("save")));
    inner.push(save);
    inner.push(
        el("details")
            .class("sub")
            .child(el("summary").text(words.get("domain")))
            .child(el("code").class("domain").text(search.domain.py_repr())),
    );
    inner
}

/// Buttons for the kinds of views.
pub fn switcher(desk: &Desk<'_>, kinds: &[&str], now: &str, params: &Params, path: &str) -> Option<El> {
    const ALL: [(&str, &str, &str); 6] = [
        ("list", "=view_list", "list"),
        ("kanban", "=view_kanban", "kanban"),
        ("calendar", "=view_calendar", "calendar"),
        ("pivot", "=view_pivot", "pivot"),
        ("graph", "=view_graph", "graph"),
        ("activity", "=view_activity", "clock"),
    ];
    if kinds.len() < 2 {
        return None;
    }
    let one = |(kind, word, drawing): &(&'static str, &'static str, &'static str)| {
        let word = desk.words.get(word);
        let link = el("a").class(format!("btn o_switch_view o_{kind}{}", if *kind == now { " active" } else { "" }));
        let link =
            link.attr("href", params.clone().without("open").set("view_type", kind).url(path)).attr("title", word).attr("aria-label", word);
        link.maybe("aria-current", (*kind == now).then_some("true")).child(icon(drawing))
    };
    let shown = ALL.iter().filter(|(kind, _, _)| kinds.contains(kind)).map(one);
    Some(el("div").class("o_cp_switch_buttons").attr("role", "group").attr("aria-label", desk.words.get("views")).children(shown))
}

/// Counting stops here.
pub const COUNTED: i64 = 10_000;

/// Which records are shown, of how many.
pub fn pager(desk: &Desk<'_>, params: &Params, path: &str, at: i64, shown: i64, limit: i64, total: i64) -> Option<El> {
    if total == 0 {
        return None;
    }
    let words = &desk.words;
    let all = if total > COUNTED { format!("{COUNTED}+") } else { total.to_string() };
    let range = el("span").class("o_pager_value").text(format!("{}-{}", at + 1, at + shown));
    let step = |to: Option<i64>, word: &str, drawing: &'static str, class: &str| {
        let base = el("a").class(format!("btn {class}")).attr("title", word).attr("aria-label", word);
        match to {
            Some(to) => base.attr("href", params.clone().set("p", &to.to_string()).url(path)),
            None => base.attr("aria-disabled", "true"),
        }
        .child(icon(drawing))
    };
    let before = (at > 0).then(|| (at - limit).max(0));
    let after = (at + shown < total).then_some(at + limit);
    let counter = el("span").class("o_pager_counter").child(range).text(" / ").child(el("span").class("o_pager_limit").text(all));
    Some(
        el("nav")
            .class("o_pager")
            .attr("aria-label", words.get("pages"))
            .child(counter)
            .child(step(before, words.get("previous"), "left", "o_pager_previous"))
            .child(step(after, words.get("next"), "right", "o_pager_next")),
    )
}
