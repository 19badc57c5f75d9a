//! What the forms of pages ask for.

use lastmile_orm::error::Error;
use lastmile_orm::map;
use lastmile_orm::value::{Id, Map, Value};
use lastmile_rpc::http::upload::Parts;
use lastmile_rpc::{CallError, Query};

use super::action::{Opened, Window, follow, open};
use super::desk::{Done as Outcome, maps};
use super::frame::Page;
use super::params::read_json;
use super::place::Record;
use super::record::{Notice, Sheet, onchange, render, sheet};
use super::search::query::Search;
use super::views::chatter;
use super::views::draft::{Draft, edit, key, rows};
use super::views::form::Form;
use super::views::logic::{Scope, and};
use super::views::posted::{Posted, find, places};
use super::views::shape::Shape;
use super::views::spec::list_of;
use super::visit::{Visit, at};

/// What was done, for the browser.
pub enum Done {
    /// The page as it is now.
    Page(Page),
    /// On to another one.
    Go(String),
    /// For the script.
    Json(String),
}

/// Failures that people can do something about: they are told beside the form, with what was typed still in it.
fn told(error: &CallError) -> Option<String> {
    match error {
        CallError::Error(
            error @ (Error::User(_)
            | Error::Validation(_)
            | Error::Access(_)
            | Error::Missing(_)
            | Error::Redirect { .. }
            | Error::Busy(_)
            | Error::Builtin(..)
            | Error::Database(..)),
        ) => Some(error.to_string()),
        _ => None,
    }
}

/// Does what a form asks for.
pub fn act(visit: &Visit<'_>, parts: &Parts) -> Outcome<Done> {
    let step = visit.place.steps.last().ok_or_else(|| CallError::MissingAction(String::new()))?;
    let Opened::Window(window) = open(visit.desk, step, &visit.params)? else {
        return Err(Error::user(visit.desk.words.get("no_page").to_owned()).into());
    };
    let what = parts.get("do").unwrap_or("save").to_owned();
    let list_verbs = ["archive", "unarchive", "delete", "duplicate", "favourite", "resequence", "move"];
    let batch = parts.all("ids").next().is_some() || matches!(what.as_str(), "favourite" | "resequence" | "move");
    if visit.place.record().is_none() && (list_verbs.contains(&what.as_str()) || batch) {
        return on_list(visit, *window, &what, parts);
    }
    on_record(visit, *window, &what, parts)
}

/// Something done to many records: back to the list.
fn on_list(visit: &Visit<'_>, window: Window, what: &str, parts: &Parts) -> Outcome<Done> {
    let (desk, model) = (visit.desk, window.model.as_str());
    let ids: Vec<Id> = parts.all("ids").filter_map(|id| id.parse().ok()).collect();
    let back = match visit.params.get("back").filter(|back| back.starts_with("/odoo/")) {
        Some(back) => back.to_owned(),
        None => visit.params.url(&visit.place.url()),
    };
    let many = || vec![Value::from(ids.clone())];
    match what.split_once(':').unwrap_or((what, "")) {
        ("archive", _) => desk.call(model, "action_archive", many(), Map::new())?,
        ("unarchive", _) => desk.call(model, "action_unarchive", many(), Map::new())?,
        ("delete", _) => desk.call(model, "unlink", many(), Map::new())?,
        ("duplicate", _) => desk.call(model, "copy", many(), Map::new())?,
        ("resequence", _) => desk.call(model, "web_resequence", vec![Value::from(ids), Value::Map(Map::new())], Map::new())?,
        ("move", field) => {
            let value = parts.get("value").and_then(read_json).unwrap_or_default();
            desk.call(model, "write", vec![Value::from(ids), Value::Map(Map::from([(field.to_owned(), value)]))], Map::new())?
        }
        ("favourite", _) => {
            let shape = Shape::load(desk, model, &[(window.search, "search")], window.action)?;
            let search = Search::read(desk, &window, &shape, &visit.params)?;
            let name = parts
                .get("name")
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .ok_or_else(|| Error::user(desk.words.get("name_needed").to_owned()))?;
            let context = map! { "group_by" => Value::List(search.groups.iter().map(|g| Value::from(g.as_str())).collect()) };
            let values = map! {
                "name" => name, "model_id" => model, "domain" => search.domain.py_repr(), "context" => Value::Map(context).py_repr(), "sort" => "[]",
                "action_id" => window.action.map_or(Value::Bool(false), Value::from), "user_ids" => Value::List(vec![Value::List(vec![Value::Int(4), Value::from(desk.uid)])]),
            };
            desk.call("ir.filters", "create_filter", vec![Value::Map(values)], Map::new())?
        }
        ("action", id) => return run_action(visit, &window, id, &ids).map(|url| Done::Go(url.unwrap_or(back))),
        _ => return Err(Error::user(desk.words.get("no_page").to_owned()).into()),
    };
    Ok(Done::Go(back))
}

/// Opens an action over records.
fn run_action(visit: &Visit<'_>, window: &Window, action: &str, ids: &[Id]) -> Outcome<Option<String>> {
    let desk = visit.desk;
    let context = map! {
        "active_id" => ids.first().map_or(Value::Bool(false), |id| Value::from(*id)), "active_ids" => ids.to_vec(), "active_model" => window.model.as_str(),
    };
    let mut all = window.context.clone();
    all.extend(context);
    let found = desk.ask(Query::Action { action: Value::from(action), context: all.clone() })?;
    let mut found = found.as_map().cloned().unwrap_or_default();
    let own = found.get("context").and_then(Value::as_str).unwrap_or_default().to_owned();
    all.extend(Scope::new(desk, &all).context(&own).unwrap_or_default());
    let domain = Scope::new(desk, &all).domain(found.get("domain").unwrap_or(&Value::None))?;
    found.insert("domain".into(), domain);
    found.insert("context".into(), Value::Map(all));
    follow(desk, &visit.place, &found)
}

fn on_record(visit: &Visit<'_>, window: Window, what: &str, parts: &Parts) -> Outcome<Done> {
    let desk = visit.desk;
    let model = window.model.clone();
    let here = visit.params.url(&visit.place.url());
    if let Some(id) = visit.place.id() {
        if chatter::act(desk, &model, id, what, parts)?.is_some() {
            return Ok(Done::Go(here));
        }
        let one = || vec![Value::from(vec![id])];
        match what {
            "archive" => desk.call(&model, "action_archive", one(), Map::new()).map(|_| ())?,
            "unarchive" => desk.call(&model, "action_unarchive", one(), Map::new()).map(|_| ())?,
            "delete" => {
                desk.call(&model, "unlink", one(), Map::new())?;
                return Ok(Done::Go(at(&visit.place.back(), &visit.params, None)));
            }
            "duplicate" => {
                let copy = desk.call(&model, "copy", one(), Map::new())?;
                let id = copy.as_id().or_else(|| copy.ids().first().copied()).unwrap_or(id);
                return Ok(Done::Go(at(&visit.place, &visit.params, Some(Record::Id(id)))));
            }
            _ => {}
        }
        if matches!(what, "archive" | "unarchive") {
            return Ok(Done::Go(here));
        }
    }
    let mut sheet = sheet(visit, window)?;
    let fields = sheet.shape.of(&model);
    let arch = std::sync::Arc::clone(&sheet.arch);
    let posted = Posted { desk, shape: &sheet.shape, parts };
    posted.take(&mut sheet.draft, &fields, &arch)?;
    let (verb, rest) = what.split_once(':').unwrap_or((what, ""));
    match verb {
        "find" => found(visit, &sheet, rest, parts.get("q").unwrap_or_default()),
        "onchange" => {
            let said = trouble(changes(visit, &mut sheet, rest))?;
            Ok(Done::Page(render(visit, &sheet, said)?))
        }
        "add" => {
            add_line(visit, &mut sheet, rest)?;
            let said = trouble(changes(visit, &mut sheet, rest))?;
            Ok(Done::Page(render(visit, &sheet, said)?))
        }
        "drop" => {
            drop_line(&mut sheet.draft, rest);
            let field = rest.split(':').next().unwrap_or_default();
            let said = trouble(changes(visit, &mut sheet, field))?;
            Ok(Done::Page(render(visit, &sheet, said)?))
        }
        "save" | "force" | "button" | "action" => keep(visit, &mut sheet, verb, rest, parts),
        _ => Err(Error::user(desk.words.get("no_page").to_owned()).into()),
    }
}

/// What people can do something about stands above the form.
fn trouble(outcome: Outcome<()>) -> Outcome<Notice> {
    match outcome {
        Ok(()) => Ok(Notice::None),
        Err(error) => match told(&error) {
            Some(text) => Ok(Notice::Trouble(text)),
            None => Err(error),
        },
    }
}

fn writable(sheet: &Sheet) -> impl Fn(&super::views::shape::Field) -> bool + '_ {
    |field| !field.readonly || sheet.arch_readonly_off(&field.name)
}

impl Sheet {
    /// Whether the view makes a read-only field editable.
    fn arch_readonly_off(&self, name: &str) -> bool {
        let mut nodes = Vec::new();
        self.arch.fields(&mut nodes);
        nodes.iter().any(|node| node.name() == name && node.forbids("readonly"))
    }
}

/// What follows from an edit.
fn changes(visit: &Visit<'_>, sheet: &mut Sheet, field: &str) -> Outcome<()> {
    let (desk, model) = (visit.desk, sheet.window.model.clone());
    let fields = sheet.shape.of(&model);
    let ids: Vec<Id> = sheet.draft.id.into_iter().collect();
    let mut values = sheet.draft.to_write(&sheet.shape.fields, &model, &|field| !field.readonly);
    if sheet.draft.id.is_none() {
        // A new record is all there is: what it began with is part of the question.
        let mut whole = sheet.draft.clone();
        whole.changed.extend(whole.values.keys().filter(|name| fields.contains_key(*name)).cloned());
        values = whole.to_write(&sheet.shape.fields, &model, &|field| !field.readonly);
    }
    let names: Vec<&str> = field.split(',').filter(|name| values.contains_key(name)).collect();
    if names.is_empty() {
        return Ok(());
    }
    let value = onchange(desk, &model, (&ids, values.clone(), &names), &sheet.spec, &sheet.window.context)?;
    sheet.draft.follow(&fields, &value);
    Ok(())
}

/// One more line, as its model begins one.
fn add_line(visit: &Visit<'_>, sheet: &mut Sheet, name: &str) -> Outcome<()> {
    let fields = sheet.shape.of(&sheet.window.model);
    let arch = std::sync::Arc::clone(&sheet.arch);
    let Some((field, node)) = places(&fields, &arch).into_iter().find(|(field, _)| field.name == name) else { return Ok(()) };
    let context = Scope::new(visit.desk, &sheet.window.context).with_record(&sheet.draft.values);
    let mut context = context.context(node.attr("context")).unwrap_or_default();
    if let Some(id) = sheet.draft.id {
        context.insert(format!("default_{}", field.relation_field), Value::from(id));
    }
    let mut spec = list_of(node).map(|list| super::views::spec::of(&sheet.shape, &field.relation, list)).unwrap_or_default();
    spec.retain(|own, _| *own != field.relation_field);
    let value = onchange(visit.desk, &field.relation, (&[], Map::new(), &[]), &spec, &context)?;
    let mut lines = rows(sheet.draft.values.get(name));
    let number =
        lines.iter().filter_map(|row| row.get("id")?.as_str()?.strip_prefix("virtual_")?.parse::<u32>().ok()).max().unwrap_or(0) + 1;
    let mut row = Map::from([("id".to_owned(), Value::Str(format!("virtual_{number}")))]);
    value.into_iter().for_each(|(name, value)| edit(&mut row, &name, begun(value)));
    lines.push(row);
    sheet.draft.set(name, Value::List(lines.into_iter().map(Value::Map).collect()));
    Ok(())
}

/// A value that a new line begins with: records instead of the commands that link them.
fn begun(value: Value) -> Value {
    let linked = |command: &Value| {
        let parts = command.as_list()?;
        (parts.first()?.as_int()? == 4).then(|| parts.get(2).cloned()).flatten()
    };
    match value {
        Value::List(commands) => Value::List(commands.iter().filter_map(linked).collect()),
        other => other,
    }
}

fn drop_line(draft: &mut Draft, which: &str) {
    let Some((name, line)) = which.split_once(':') else { return };
    let mut lines = rows(draft.values.get(name));
    lines.retain(|row| key(row) != line);
    if let Ok(id) = line.parse::<Id>() {
        draft.removed.entry(name.to_owned()).or_default().insert(id);
    }
    draft.set(name, Value::List(lines.into_iter().map(Value::Map).collect()));
}

/// Records for a link of the form, by what was typed, within the domain that holds now.
fn found(visit: &Visit<'_>, sheet: &Sheet, input: &str, text: &str) -> Outcome<Done> {
    let mut path = input.strip_prefix("f.").unwrap_or(input).split('/');
    let (name, line, own) = (path.next().unwrap_or_default(), path.next(), path.next());
    let fields = sheet.shape.of(&sheet.window.model);
    let arch = &sheet.arch;
    let here = places(&fields, arch);
    let Some((field, node)) = here.iter().find(|(field, _)| field.name == name) else { return Ok(Done::Json("[]".into())) };
    let scope = Scope::new(visit.desk, &sheet.window.context);
    let (field, node, scope) = match (line, own, list_of(node)) {
        (Some(line), Some(own), Some(list)) => {
            let target = sheet.shape.of(&field.relation);
            let line = rows(sheet.draft.values.get(name)).into_iter().find(|row| key(row) == line).unwrap_or_default();
            let Some((field, node)) =
                places(&target, list).into_iter().find(|(field, _)| field.name == own).map(|(f, n)| (f.clone(), n.clone()))
            else {
                return Ok(Done::Json("[]".into()));
            };
            (field, node, scope.with_record(&line).with_parent(&sheet.draft.values))
        }
        _ => ((*field).clone(), (*node).clone(), scope.with_record(&sheet.draft.values)),
    };
    // A domain that cannot be told here narrows nothing: the product checks what is saved.
    let own = scope.domain(&field.domain).unwrap_or_default();
    let viewed = scope.domain(&Value::from(node.attr("domain"))).unwrap_or_default();
    let pairs = find(visit.desk, &field.relation, text, &and(&own, &viewed), 9)?;
    let json: Vec<serde_json::Value> = pairs.into_iter().map(|(id, name)| serde_json::json!([id, name])).collect();
    Ok(Done::Json(serde_json::Value::from(json).to_string()))
}

/// The labels of fields that only people can fill in: what is computed from others is, when a record is made.
fn left_to_people(visit: &Visit<'_>, sheet: &Sheet, missing: Vec<(String, String)>) -> Outcome<Vec<String>> {
    if missing.is_empty() || sheet.draft.id.is_some() {
        return Ok(missing.into_iter().map(|(_, label)| label).collect());
    }
    let names: Vec<&str> = missing.iter().map(|(name, _)| name.as_str()).collect();
    let named = map! { "attributes" => Value::from(vec!["depends"]) };
    let facts = visit.desk.call(&sheet.window.model, "fields_get", vec![Value::from(names)], named)?;
    let computed = |name: &str| facts.as_map().and_then(|f| f.get(name)?.as_map()?.get("depends")).is_some_and(Value::truthy);
    Ok(missing.into_iter().filter(|(name, _)| !computed(name)).map(|(_, label)| label).collect())
}

/// Saves, then does what a button says.
fn keep(visit: &Visit<'_>, sheet: &mut Sheet, verb: &str, rest: &str, parts: &Parts) -> Outcome<Done> {
    let (desk, model) = (visit.desk, sheet.window.model.clone());
    if let Some(text) = sheet.draft.problems.values().next() {
        let said = Notice::Trouble(text.clone());
        return Ok(Done::Page(render(visit, sheet, said)?));
    }
    let values = sheet.draft.to_write(&sheet.shape.fields, &model, &writable(sheet));
    let stamp = sheet.draft.base.get("write_date").map(Value::py_str).unwrap_or_default();
    let theirs = parts.get("__stamp").is_some_and(|seen| !seen.is_empty() && seen != stamp);
    if theirs && verb != "force" && !values.is_empty() {
        return Ok(Done::Page(render(visit, sheet, Notice::Conflict)?));
    }
    let missing = Form::new(desk, &sheet.shape, &sheet.draft, &sheet.window.context, false).missing(&sheet.arch);
    let missing = left_to_people(visit, sheet, missing)?;
    if !missing.is_empty() && (!values.is_empty() || sheet.draft.id.is_none()) {
        let said = Notice::Trouble(desk.words.with("fill_in", &[&missing.join(", ")]));
        return Ok(Done::Page(render(visit, sheet, said)?));
    }
    let saved = match save(visit, sheet, values).and_then(|id| after(visit, sheet, id, verb, rest)) {
        Ok((url, led)) => {
            let back = parts.get("back").filter(|back| !led && back.starts_with("/odoo/"));
            return Ok(Done::Go(back.map_or(url, str::to_owned)));
        }
        Err(error) => error,
    };
    match told(&saved) {
        Some(text) => Ok(Done::Page(render(visit, sheet, Notice::Trouble(text))?)),
        None => Err(saved),
    }
}

fn save(visit: &Visit<'_>, sheet: &mut Sheet, values: Map) -> Outcome<Id> {
    let context = map! { "context" => sheet.window.context.clone() };
    if let Some(id) = sheet.draft.id.filter(|_| values.is_empty()) {
        return Ok(id);
    }
    let ids: Vec<Id> = sheet.draft.id.into_iter().collect();
    let spec = Value::Map(map! { "write_date" => Map::new() });
    let has_date = sheet.shape.field("write_date").is_some();
    let spec = if has_date { spec } else { Value::Map(Map::new()) };
    let rows = maps(visit.desk.call(&sheet.window.model, "web_save", vec![Value::from(ids), Value::Map(values), spec], context)?);
    let row = rows.into_iter().next().unwrap_or_default();
    let id = row.get("id").and_then(Value::as_id).or(sheet.draft.id).ok_or_else(|| Error::internal("a saved record without an id"))?;
    Ok(id)
}

/// What comes after saving: the record itself, or where its button leads. The flag tells whether it led elsewhere.
fn after(visit: &Visit<'_>, sheet: &Sheet, id: Id, verb: &str, rest: &str) -> Outcome<(String, bool)> {
    let place = visit.place.at(Some(Record::Id(id)));
    let here = at(&place, &visit.params, Some(Record::Id(id)));
    let next = match verb {
        "button" => {
            let context = map! { "context" => sheet.window.context.clone() };
            let answer = visit.desk.call(&sheet.window.model, rest, vec![Value::from(vec![id])], context)?;
            match answer {
                Value::Map(action) => follow(visit.desk, &place, &action)?,
                _ => None,
            }
        }
        "action" => {
            let inner = Visit { desk: visit.desk, place: place.clone(), params: visit.params.clone(), look: visit.look.clone() };
            run_action(&inner, &sheet.window, rest, &[id])?
        }
        _ => None,
    };
    // A wizard is gone when its work is done.
    let wizard = sheet.shape.is_transient() && verb == "button" && next.is_none();
    let led = next.is_some();
    Ok((next.unwrap_or_else(|| if wizard { place.back().url() } else { here }), led))
}
