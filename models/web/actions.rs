//! ir.actions.*: what menus and buttons open.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value};

/// What clients read of every action.
const COMMON: &[&str] =
    &["binding_model_id", "binding_type", "binding_view_types", "display_name", "help", "id", "name", "type", "xml_id", "path"];

/// What they read of each kind besides.
const KINDS: &[(&str, &[&str])] = &[
    (
        "ir.actions.act_window",
        &[
            "context",
            "cache",
            "mobile_view_mode",
            "domain",
            "filter",
            "group_ids",
            "limit",
            "res_id",
            "res_model",
            "search_view_id",
            "target",
            "view_id",
            "view_mode",
            "views",
            "embedded_action_ids",
        ],
    ),
    ("ir.actions.act_url", &["target", "url"]),
    ("ir.actions.client", &["context", "params", "res_model", "tag", "target"]),
    ("ir.actions.report", &["report_name", "report_type", "model", "attachment_use", "domain", "group_ids"]),
    ("ir.actions.server", &["group_ids", "model_name", "state"]),
];

const WINDOW: &str = "ir.actions.act_window";

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    all.model(WINDOW)
        .compute(&["views"], &["view_ids", "view_mode", "view_id"], views)
        .constrains(&["res_model", "view_mode"], opens_something);
    for model in ["ir.actions.actions", WINDOW, "ir.actions.act_url", "ir.actions.client", "ir.actions.report", "ir.actions.server"] {
        all.model(model).compute(&["xml_id"], &[], xmlids);
    }
}

/// The model is there, and every mode stands once and without spaces.
fn opens_something(env: &mut Env, ids: &[Id]) -> Result<()> {
    let reg = env.registry();
    for (model, modes) in env.values(WINDOW, "res_model", ids)?.iter().zip(env.values(WINDOW, "view_mode", ids)?) {
        if !model.as_str().is_some_and(|name| reg.models.contains_key(name)) {
            return Err(Error::validation(format!("There is no model {} that the action could open.", model.py_str())));
        }
        let modes: Vec<&str> = modes.as_str().unwrap_or_default().split(',').collect();
        if modes.iter().any(|mode| mode.contains(' ')) {
            return Err(Error::validation("View modes stand without spaces."));
        }
        if modes.iter().enumerate().any(|(n, mode)| modes.iter().take(n).any(|earlier| earlier == mode)) {
            return Err(Error::validation("A view mode stands only once."));
        }
    }
    Ok(())
}

/// External ids. Actions share one sequence, so the id alone says which it is, whatever its kind.
fn xmlids(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT DISTINCT ON (res_id) res_id, module || '.' || name FROM ir_model_data
         WHERE model LIKE 'ir.actions.%' AND res_id = ANY({ids}) ORDER BY res_id, id"
    );
    let mut known: HashMap<Id, String> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect();
    for id in ids {
        out.set("xml_id", *id, known.remove(id).unwrap_or_default());
    }
    Ok(())
}

/// `[[view or false, mode], …]`: the listed views, then the modes that have none, the main view first among them.
fn views(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let lines = sql!(
        "SELECT act_window_id, view_id, view_mode::text FROM ir_act_window_view
         WHERE act_window_id = ANY({ids}) ORDER BY sequence, id"
    );
    let mut listed: HashMap<Id, Vec<(Option<Id>, String)>> = HashMap::new();
    for row in env.query(lines)? {
        if let (Some(action), Some(mode)) = (row.int(0), row.text(2)) {
            listed.entry(action).or_default().push((row.int(1), mode));
        }
    }
    let main = sql!(
        "SELECT a.id, v.id, v.type::text, a.view_mode::text FROM ir_act_window a
         LEFT JOIN ir_ui_view v ON v.id = a.view_id WHERE a.id = ANY({ids})"
    );
    for row in env.query(main)? {
        let Some(action) = row.int(0) else { continue };
        let mut views = listed.remove(&action).unwrap_or_default();
        let modes = row.text(3).unwrap_or_default();
        let mut missing: Vec<&str> = modes.split(',').filter(|mode| !views.iter().any(|(_, m)| m == mode)).collect();
        if let (Some(view), Some(kind)) = (row.int(1), row.text(2))
            && missing.contains(&kind.as_str())
        {
            missing.retain(|mode| *mode != kind);
            views.push((Some(view), kind));
        }
        views.extend(missing.into_iter().map(|mode| (None, mode.to_owned())));
        let pair = |(view, mode): (Option<Id>, String)| Value::List(vec![view.map_or(Value::Bool(false), Value::from), Value::Str(mode)]);
        out.set("views", action, Value::List(views.into_iter().map(pair).collect()));
    }
    Ok(())
}

/// One action as clients open it, by id, external id or path; `None` when there is none.
pub fn load(env: &mut Env, action: &Value) -> Result<Option<Value>> {
    let Some((id, kind)) = find(env, action)? else { return Ok(None) };
    let reg = env.registry();
    let Some(model) = reg.models.get(&kind) else { return Ok(None) };
    let own = KINDS.iter().find(|(name, _)| *name == kind).map(|(_, fields)| *fields).unwrap_or_default();
    let fields: Vec<String> = COMMON.iter().chain(own).filter(|f| model.fields.contains_key(**f)).map(|f| (*f).to_owned()).collect();
    let rows = env.sudo(|env| env.read(&kind, &[id], Some(&fields), true))?.into_value()?;
    let Some(Value::Map(mut found)) = rows.as_list().and_then(|rows| rows.first()).cloned() else { return Ok(None) };
    if kind == WINDOW {
        // Actions embedded in others are read apart: a window by itself has none.
        found.insert("embedded_action_ids".into(), Value::List(Vec::new()));
    }
    Ok(Some(Value::Map(found)))
}

/// Id and kind of an action.
fn find(env: &mut Env, action: &Value) -> Result<Option<(Id, String)>> {
    let number = match action {
        Value::Str(text) => text.trim().parse::<Id>().ok(),
        other => other.as_id(),
    };
    let sql = match (number, action.as_str()) {
        (Some(id), _) => sql!("SELECT id, type::text FROM ir_actions WHERE id = {id}"),
        (None, Some(name)) => match name.split_once('.') {
            Some((module, name)) => sql!(
                "SELECT a.id, a.type::text FROM ir_model_data d JOIN ir_actions a ON a.id = d.res_id
                 WHERE d.model LIKE 'ir.actions.%' AND d.module = {module} AND d.name = {name}"
            ),
            None => sql!("SELECT id, type::text FROM ir_actions WHERE path = {name}"),
        },
        (None, None) => return Ok(None),
    };
    Ok(env.query(sql)?.first().and_then(|row| Some((row.int(0)?, row.text(1)?))))
}

/// The actions bound to a model, as the menus of its views show them: `(kind of view it is for, "print" or "action", action)`.
pub fn bindings(env: &mut Env, model: &str) -> Result<Vec<(Vec<String>, &'static str, Map)>> {
    let lang = env.lang()?.to_owned();
    let groups = env.user().groups.clone();
    let sql = sql!(
        "SELECT b.id, COALESCE(b.name ->> {lang}::text, b.name ->> 'en_US'), b.binding_type::text,
         b.binding_view_types::text, b.target::text, b.domain::text
         FROM (
         SELECT a.id, a.name, a.binding_type, a.binding_view_types, a.binding_model_id, a.res_model AS target,
         NULL::varchar AS domain, ARRAY(SELECT g.gid
         FROM ir_act_window_group_rel g WHERE g.act_id = a.id) AS groups, 2 AS kind, 0 AS sequence
         FROM ir_act_window a UNION ALL
         SELECT a.id, a.name, a.binding_type, a.binding_view_types, a.binding_model_id, NULL, NULL, ARRAY(SELECT g.gid
         FROM ir_act_server_group_rel g WHERE g.act_id = a.id), 2, COALESCE(a.sequence, 0)
         FROM ir_act_server a UNION ALL
         SELECT a.id, a.name, a.binding_type, a.binding_view_types, a.binding_model_id, NULL, a.domain, ARRAY(SELECT g.gid
         FROM res_groups_report_rel g WHERE g.uid = a.id), 1, 0 FROM ir_act_report_xml a) b
         JOIN ir_model o ON o.id = b.binding_model_id WHERE o.model = {model} AND (b.groups = '{{}}'
         OR b.groups && {groups}) ORDER BY b.sequence, b.id"
    );
    let mut found = Vec::new();
    for row in env.query(sql)? {
        let (Some(id), Some(name)) = (row.int(0), row.text(1)) else { continue };
        if row.text(4).is_some_and(|target| !env.may(&target, lastmile_orm::access::Operation::Read).unwrap_or(false)) {
            continue;
        }
        let kinds = row.text(3).unwrap_or_else(|| "list,form".into());
        let key = if row.text(2).as_deref() == Some("report") { "print" } else { "action" };
        let mut action = lastmile_orm::map! { "id" => id, "name" => name, "binding_view_types" => kinds.as_str() };
        if let Some(domain) = row.text(5) {
            action.insert("domain".into(), Value::Str(domain));
        }
        found.push((kinds.split(',').map(str::to_owned).collect(), key, action));
    }
    Ok(found)
}
