//! ir.ui.menu: the menus that a user may see.

use std::collections::{HashMap, HashSet};

use lastmile_orm::access::Operation;
use lastmile_orm::call::Invocation;
use lastmile_orm::declare::Tx;
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Env, Id, Map, Result, Value, map};

/// Declares the methods.
pub fn declare(all: &mut Declarations) {
    all.model("ir.ui.menu")
        .model_method("load_menus", "debug=False", Tx::Read, |env, _| {
            let mut menus = visible(env)?;
            if let Some(Value::Map(root)) = menus.get_mut("root") {
                root.insert("id".into(), Value::Bool(false));
            }
            Ok(Answer::Value(Value::Map(menus)))
        })
        .model_method("load_web_menus", "debug=False", Tx::Read, |env, _| Ok(Answer::Value(Value::Map(visible(env)?))))
        .model_method("get_user_roots", "", Tx::Read, roots);
}

fn roots(env: &mut Env, _: &Invocation) -> Result<Answer> {
    let menus = visible(env)?;
    let children = menus.get("root").and_then(Value::as_map).and_then(|root| root.get("children")).cloned();
    Ok(Answer::Value(children.unwrap_or_default()))
}

struct Menu {
    id: Id,
    name: String,
    parent: Option<Id>,
    action: Option<(String, Id)>,
    icon: Option<String>,
}

/// An action behind a menu: the model it opens, and its path in addresses.
struct Action {
    model: Option<String>,
    path: Option<String>,
}

/// All visible menus by id, with `root`: what the web client loads.
pub fn visible(env: &mut Env) -> Result<Map> {
    let menus = read_menus(env)?;
    let actions = read_actions(env, &menus)?;
    let xmlids = read_xmlids(env, &menus)?;
    let shown = shown(env, &menus, &actions)?;
    let children = |of: Option<Id>| -> Vec<Id> { menus.iter().filter(|m| m.parent == of && shown.contains(&m.id)).map(|m| m.id).collect() };
    let parents: HashMap<Id, Option<Id>> = menus.iter().map(|m| (m.id, m.parent)).collect();
    let app = |id: Id| {
        let mut at = id;
        for _ in 0..64 {
            match parents.get(&at).copied().flatten() {
                Some(parent) => at = parent,
                None => break,
            }
        }
        at
    };
    let mut out = Map::new();
    for menu in menus.iter().filter(|m| shown.contains(&m.id)) {
        let action = menu.action.as_ref();
        let path = action.and_then(|(_, id)| actions.get(id)).and_then(|a| a.path.clone());
        let no = || Value::Bool(false);
        out.insert(
            menu.id.to_string(),
            Value::Map(map! {
                "id" => menu.id,
                "name" => menu.name.as_str(),
                "children" => children(Some(menu.id)),
                "appID" => app(menu.id),
                "xmlid" => xmlids.get(&menu.id).map_or("", String::as_str),
                "actionID" => action.map_or_else(no, |(_, id)| Value::from(*id)),
                "actionModel" => action.map_or_else(no, |(model, _)| Value::from(model.as_str())),
                "actionPath" => path.map_or_else(no, Value::Str),
                "webIcon" => menu.icon.clone().map_or_else(no, Value::Str),
                "webIconData" => false,
                "webIconDataMimetype" => false,
            }),
        );
    }
    let root = map! {
        "id" => "root",
        "name" => "root",
        "children" => children(None),
        "appID" => false,
        "xmlid" => "",
        "actionID" => false,
        "actionModel" => false,
        "actionPath" => false,
        "webIcon" => Value::None,
        "webIconData" => Value::None,
        "webIconDataMimetype" => Value::None,
        "backgroundImage" => Value::None,
    };
    out.insert("root".into(), Value::Map(root));
    Ok(out)
}

/// Menus without groups, or with one of the user's.
fn read_menus(env: &mut Env) -> Result<Vec<Menu>> {
    let lang = env.lang()?.to_owned();
    let groups = env.user().groups.clone();
    let sql = sql!(
        "SELECT m.id, COALESCE(m.name ->> {lang}::text, m.name ->> 'en_US'), m.parent_id, m.action::text, m.web_icon::text
         FROM ir_ui_menu m WHERE m.active AND (NOT EXISTS (SELECT 1 FROM ir_ui_menu_group_rel r
         WHERE r.menu_id = m.id) OR EXISTS (SELECT 1 FROM ir_ui_menu_group_rel r WHERE r.menu_id = m.id
         AND r.gid = ANY({groups}))) ORDER BY m.sequence, m.id"
    );
    let rows = env.query(sql)?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let action =
                row.text(3).and_then(|text| text.split_once(',').and_then(|(model, id)| Some((model.to_owned(), id.parse().ok()?))));
            Some(Menu { id: row.int(0)?, name: row.text(1).unwrap_or_default(), parent: row.int(2), action, icon: row.text(4) })
        })
        .collect())
}

fn read_actions(env: &mut Env, menus: &[Menu]) -> Result<HashMap<Id, Action>> {
    let ids: Vec<Id> = menus.iter().filter_map(|m| m.action.as_ref().map(|(_, id)| *id)).collect();
    let sql = sql!(
        "SELECT a.id, a.path::text, COALESCE(w.res_model, r.model, (SELECT m.model FROM ir_model m
         WHERE m.id = s.model_id))::text FROM ir_actions a LEFT JOIN ir_act_window w ON w.id = a.id
         LEFT JOIN ir_act_report_xml r ON r.id = a.id LEFT JOIN ir_act_server s ON s.id = a.id
         WHERE a.id = ANY({ids})"
    );
    Ok(env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, Action { path: row.text(1), model: row.text(2) }))).collect())
}

fn read_xmlids(env: &mut Env, menus: &[Menu]) -> Result<HashMap<Id, String>> {
    let ids: Vec<Id> = menus.iter().map(|m| m.id).collect();
    let sql = sql!(
        "SELECT res_id, min(module || '.' || name) FROM ir_model_data WHERE model = 'ir.ui.menu'
         AND res_id = ANY({ids}) GROUP BY res_id"
    );
    Ok(env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect())
}

/// Menus that lead somewhere the user may go, and those above them that the user may see.
fn shown(env: &Env, menus: &[Menu], actions: &HashMap<Id, Action>) -> Result<HashSet<Id>> {
    let mut open: HashMap<Id, &Menu> = menus.iter().map(|m| (m.id, m)).collect();
    open.retain(|_, menu| menu.parent.is_none_or(|p| menus.iter().any(|m| m.id == p)));
    let mut shown = HashSet::new();
    for menu in menus {
        let Some((_, id)) = &menu.action else { continue };
        let Some(action) = actions.get(id) else { continue };
        if let Some(model) = &action.model
            && !env.may(model, Operation::Read).unwrap_or(false)
        {
            continue;
        }
        let mut chain = vec![menu.id];
        let mut at = open.get(&menu.id).copied();
        while let Some(parent) = at.and_then(|m| m.parent) {
            at = open.get(&parent).copied();
            if at.is_none() || chain.contains(&parent) {
                chain.clear();
                break;
            }
            chain.push(parent);
        }
        shown.extend(chain);
    }
    Ok(shown)
}
