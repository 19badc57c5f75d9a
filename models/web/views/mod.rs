//! `get_views`: what web clients show a model with.
//!
//! Architectures of modules are generated from metadata, so they follow every custom field. A view that somebody
//! wrote here (it belongs to no module) is served as written.

mod analysis;
mod arch;
mod ours;
mod pick;

use std::collections::{BTreeMap, BTreeSet};

use lastmile_orm::access::Operation;
use lastmile_orm::call::Invocation;
use lastmile_orm::registry::{Model, Registry};
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Map, Result, Tx, Value, map};

use super::xml::{self, Step};
use super::{actions, filters};

/// Kinds of views.
const KINDS: &[&str] = &["list", "form", "search", "kanban", "calendar", "pivot", "graph", "activity"];

/// What of `fields_get` a view needs.
const ATTRIBUTES: &[&str] = &[
    "aggregator",
    "allow_hierachy_operators",
    "change_default",
    "context",
    "currency_field",
    "definition_record",
    "definition_record_field",
    "digits",
    "domain",
    "groupable",
    "groups",
    "help",
    "model_field",
    "name",
    "readonly",
    "related",
    "relation",
    "relation_field",
    "required",
    "searchable",
    "selection",
    "size",
    "sortable",
    "store",
    "string",
    "translate",
    "trim",
    "type",
];

/// Declares the methods for every model.
pub fn declare(all: &mut Declarations) {
    all.any.model_method("get_views", "views, options=None", Tx::Read, get_views).model_method(
        "get_view",
        "view_id=None, view_type='form', **options",
        Tx::Read,
        get_view,
    );
}

/// Fields that views name, by model.
type Used = BTreeMap<String, BTreeSet<String>>;

/// A row of `ir_ui_view`.
struct Stored {
    id: Id,
    kind: String,
    /// The architecture, when it is nobody else's to replace.
    arch: Option<String>,
}

fn get_view(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let wanted = vec![(call.arg("view_id").as_id().filter(|id| *id > 0), call.arg("view_type").py_str())];
    let model = call.model.clone();
    let Some((_, mut view, used)) = build(env, &model, &wanted, false)?.pop() else {
        return Err(Error::user("There is no such kind of view."));
    };
    let names = |fields: BTreeSet<String>| Value::List(fields.into_iter().map(Value::Str).collect());
    let models: Map = used.into_iter().map(|(model, fields)| (model, names(fields))).collect();
    view.insert("models".into(), Value::Map(models));
    if call.arg("options").as_map().and_then(|o| o.get("toolbar")).is_some_and(Value::truthy) {
        let mut views = vec![(call.arg("view_type").py_str(), view)];
        add_toolbars(env, &model, &mut views)?;
        return Ok(Answer::Value(Value::Map(views.pop().map(|(_, view)| view).unwrap_or_default())));
    }
    Ok(Answer::Value(Value::Map(view)))
}

fn get_views(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let model = call.model.clone();
    let options = call.arg("options").as_map().cloned().unwrap_or_default();
    let asked = |name: &str| options.get(name).is_some_and(Value::truthy);
    let wanted = call.arg("views").as_list().unwrap_or_default().iter().map(wanted).collect::<Result<Vec<_>>>()?;
    let (mut views, mut used) = (Vec::new(), Used::new());
    for (kind, view, own) in build(env, &model, &wanted, asked("ours"))? {
        for (model, fields) in own {
            used.entry(model).or_default().extend(fields);
        }
        views.push((kind, view));
    }
    if asked("toolbar") {
        add_toolbars(env, &model, &mut views)?;
    }
    if asked("load_filters")
        && let Some((_, search)) = views.iter_mut().find(|(kind, _)| kind == "search")
    {
        let ids = ["action_id", "embedded_action_id", "embedded_parent_res_id"].map(|name| options.get(name).cloned().unwrap_or_default());
        search.insert("filters".into(), filters::of_model(env, &model, ids)?);
    }
    let models = describe(env, used)?;
    let views: Map = views.into_iter().map(|(kind, view)| (kind, Value::Map(view))).collect();
    Ok(Answer::Value(Value::Map(map! { "views" => views, "models" => models })))
}

/// `[id or false, kind]`.
fn wanted(item: &Value) -> Result<(Option<Id>, String)> {
    match item.as_list() {
        Some([id, kind, ..]) => Ok((id.as_id().filter(|id| *id > 0), kind.py_str())),
        _ => Err(Error::value("not enough values to unpack (expected 2)")),
    }
}

/// The views, each with the fields it names. Two statements, whatever is asked. With `ours`, those we made come before generated ones.
fn build(env: &mut Env, model: &str, wanted: &[(Option<Id>, String)], ours: bool) -> Result<Vec<(String, Map, Used)>> {
    env.check_access(model, Operation::Read)?;
    let reg = env.registry();
    let found = reg.model(model)?;
    let ids: Vec<Id> = wanted.iter().filter_map(|(id, _)| *id).collect();
    let kinds: Vec<&str> = wanted.iter().filter(|(id, _)| id.is_none()).map(|(_, kind)| kind.as_str()).collect();
    if let Some(unknown) = kinds.iter().find(|kind| !KINDS.contains(kind)) {
        return Err(Error::user(format!("There are no views of the kind “{unknown}”.")));
    }
    let named = if ids.is_empty() { Vec::new() } else { by_id(env, &ids)? };
    let defaults = if kinds.is_empty() { Vec::new() } else { by_kind(env, model, &kinds)? };
    let mut out = Vec::new();
    for (id, kind) in wanted {
        let stored = match id {
            Some(id) => Some(
                named
                    .iter()
                    .find(|v| v.id == *id)
                    .ok_or_else(|| Error::missing(format!("View {id} does not exist or has been deleted.")))?,
            ),
            None => defaults.iter().find(|v| v.kind == *kind),
        };
        // A view named by its id has the kind it has, whatever was asked for.
        let real = stored.map_or(kind.as_str(), |v| v.kind.as_str());
        let arch = match stored.and_then(|v| v.arch.clone()) {
            Some(arch) => arch,
            None => match ours.then(|| ours::arch(env, found, real)).transpose()?.flatten() {
                Some(arch) => arch,
                None => generate(env, found, real)?,
            },
        };
        let used = named_fields(&reg, found, real, &arch);
        let view = map! { "arch" => arch, "id" => stored.map_or(Value::Bool(false), |v| Value::from(v.id)), "model" => model };
        out.push((kind.clone(), view, used));
    }
    Ok(out)
}

fn generate(env: &Env, model: &Model, kind: &str) -> Result<String> {
    let node = match kind {
        "list" => arch::list(env, model),
        "form" => arch::form(env, model),
        "kanban" => arch::kanban(env, model),
        "search" => analysis::search(env, model),
        "pivot" => analysis::pivot(env, model),
        "graph" => analysis::graph(env, model),
        "calendar" => analysis::calendar(env, model)?,
        "activity" => analysis::activity(env, model)?,
        other => return Err(Error::user(format!("There are no views of the kind “{other}”."))),
    };
    Ok(node.to_text())
}

/// Columns of a stored view: the architecture only when no module owns it.
fn stored_sql(lang: &str) -> Sql {
    sql!(
        r#"SELECT v.id, v.type::text, CASE WHEN NOT EXISTS (SELECT FROM ir_model_data d
         WHERE d.model = 'ir.ui.view' AND d.res_id = v.id
         AND d.module NOT LIKE '\_\_%') THEN COALESCE(v.arch_db ->> {lang}::text, v.arch_db ->> 'en_US') END
         FROM ir_ui_view v WHERE "#
    )
}

fn read_stored(env: &mut Env, sql: Sql) -> Result<Vec<Stored>> {
    let rows = env.query(sql)?;
    Ok(rows
        .iter()
        .filter_map(|row| Some(Stored { id: row.int(0)?, kind: row.text(1)?, arch: row.text(2).filter(|a| !a.trim().is_empty()) }))
        .collect())
}

fn by_id(env: &mut Env, ids: &[Id]) -> Result<Vec<Stored>> {
    let lang = env.lang()?.to_owned();
    read_stored(env, stored_sql(&lang).push("v.id = ANY(").push_bind(Bind::ids(ids)).push(")"))
}

/// The views that are taken when none is named, best first; those for other groups are passed over.
fn by_kind(env: &mut Env, model: &str, kinds: &[&str]) -> Result<Vec<Stored>> {
    let lang = env.lang()?.to_owned();
    let groups = env.user().groups.clone();
    let sql = stored_sql(&lang)
        .push("v.active AND v.mode = 'primary' AND v.model = ")
        .push_bind(Bind::text(model))
        .push(" AND v.type = ANY(")
        .push_bind(Bind::texts(kinds.iter().copied()))
        .push(
            "::text[]) AND (NOT EXISTS (SELECT FROM ir_ui_view_group_rel r WHERE r.view_id = v.id) \
               OR EXISTS (SELECT FROM ir_ui_view_group_rel r WHERE r.view_id = v.id AND r.group_id = ANY(",
        )
        .push_bind(Bind::ids(&groups))
        .push("))) ORDER BY v.priority, v.name, v.id");
    read_stored(env, sql)
}

/// The fields an architecture names, those of lines under the lines' model. Searches may filter by any field.
fn named_fields(reg: &Registry, model: &Model, kind: &str, arch: &str) -> Used {
    let mut used = Used::new();
    let own = used.entry(model.name.clone()).or_default();
    match kind {
        "search" => own.extend(model.fields.keys().cloned()),
        "pivot" | "graph" => own.extend(model.fields.values().filter(|f| f.store).map(|f| f.name.clone())),
        _ => own.extend(["id", "write_date"].into_iter().filter(|f| model.fields.contains_key(*f)).map(str::to_owned)),
    }
    let mut path = vec![Some(model)];
    for step in xml::fields(arch) {
        match step {
            Step::Open(name) => {
                let field = path.last().copied().flatten().and_then(|on| Some((on, on.fields.get(&name)?)));
                if let Some((on, _)) = field {
                    used.entry(on.name.clone()).or_default().insert(name);
                }
                path.push(field.and_then(|(_, f)| reg.models.get(f.relation.as_deref()?)));
            }
            Step::Close => {
                path.pop();
            }
        }
    }
    used
}

fn describe(env: &mut Env, used: Used) -> Result<Map> {
    let attributes: Vec<String> = ATTRIBUTES.iter().map(|a| (*a).to_owned()).collect();
    let reg = env.registry();
    let mut out = Map::new();
    for (model, fields) in used {
        let names: Vec<String> = fields.into_iter().collect();
        let mut entry = map! { "fields" => env.fields_get(&model, Some(&names), Some(&attributes))? };
        if reg.model(&model)?.mail_activity {
            entry.insert("has_activities".into(), Value::Bool(true));
        }
        out.insert(model, Value::Map(entry));
    }
    Ok(out)
}

/// Reports and actions of the model, for the kinds of views they are meant for.
fn add_toolbars(env: &mut Env, model: &str, views: &mut [(String, Map)]) -> Result<()> {
    let bindings = actions::bindings(env, model)?;
    for (kind, view) in views {
        let mut toolbar = Map::new();
        for (_, key, action) in bindings.iter().filter(|(kinds, _, _)| kinds.contains(kind)) {
            let entry = toolbar.get_or_insert_with(key, || Value::List(Vec::new()));
            if let Value::List(actions) = entry {
                actions.push(Value::Map(action.clone()));
            }
        }
        view.insert("toolbar".into(), Value::Map(toolbar));
    }
    Ok(())
}
