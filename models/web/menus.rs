//! ir.ui.menu: the menus that a user sees.

use std::collections::{BTreeMap, HashMap};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lastmile_orm::access::Operation;
use lastmile_orm::attachments::mimetype;
use lastmile_orm::call::Invocation;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Answer, Declarations, Env, Id, Map, Result, Tx, Value, map};

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model("ir.ui.menu")
        .model_method("load_menus", "debug", Tx::Read, load_menus)
        .model_method("load_web_menus", "debug", Tx::Read, load_web_menus)
        .model_method("get_user_roots", "", Tx::Read, get_user_roots);
}

/// A menu with the action behind it.
struct Menu {
    id: Id,
    name: String,
    parent: Option<Id>,
    icon: Option<String>,
    xmlid: String,
    action: Option<Action>,
    children: Vec<Id>,
    /// The root menu above it.
    app: Option<Id>,
}

struct Action {
    id: Id,
    kind: String,
    path: Option<String>,
}

/// What the user sees, by id, and the roots in their order.
struct Tree {
    menus: BTreeMap<Id, Menu>,
    roots: Vec<Id>,
}

impl Tree {
    /// One statement, whatever the number of menus.
    fn read(env: &mut Env, debug: bool) -> Result<Tree> {
        env.check_access("ir.ui.menu", Operation::Read)?;
        let lang = env.lang()?.to_owned();
        let rows = env.query(menus_sql(&lang, &groups(env, debug)))?;
        let (mut all, mut order) = (HashMap::new(), Vec::new());
        for row in rows {
            let Some(id) = row.int(0) else { continue };
            let target = row.text(8);
            let action = match (row.int(5), row.text(6)) {
                (Some(id), Some(kind)) => Some(Action { id, kind, path: row.text(7) }),
                _ => None,
            };
            // A menu is worth showing for its action, when its model may be read, or for what is under it.
            let shown = action.is_some() && target.is_none_or(|model| env.may(&model, Operation::Read).unwrap_or(false));
            let menu = Menu {
                id,
                name: row.text(1).unwrap_or_default(),
                parent: row.int(2),
                icon: row.text(3).filter(|i| !i.is_empty()),
                xmlid: row.text(4).unwrap_or_default(),
                action: action.filter(|_| shown),
                children: Vec::new(),
                app: None,
            };
            order.push(id);
            all.insert(id, (menu, row.int(9).is_some()));
        }
        Ok(Tree::build(all, &order))
    }

    /// Keeps menus with an action, and those above them. The flag tells whether a menu names an action at all.
    fn build(mut all: HashMap<Id, (Menu, bool)>, order: &[Id]) -> Tree {
        let mut apps: HashMap<Id, Id> = HashMap::new();
        for id in order {
            let path = path_up(&all, *id);
            let leads_somewhere = all.get(id).is_some_and(|(menu, _)| menu.action.is_some());
            // A parent that is not there, or whose own action is not for the user, hides what is below.
            let complete = path.last().and_then(|top| all.get(top)).is_some_and(|(menu, _)| menu.parent.is_none());
            let open = path.iter().all(|at| all.get(at).is_some_and(|(menu, named)| !named || menu.action.is_some()));
            if let (true, true, true, Some(root)) = (leads_somewhere, complete, open, path.last().copied()) {
                apps.extend(path.iter().map(|at| (*at, root)));
            }
        }
        let mut tree = Tree { menus: BTreeMap::new(), roots: Vec::new() };
        let mut children: HashMap<Id, Vec<Id>> = HashMap::new();
        for id in order.iter().filter(|id| apps.contains_key(id)) {
            let Some((mut menu, _)) = all.remove(id) else { continue };
            menu.app = apps.get(id).copied();
            match menu.parent {
                Some(parent) => children.entry(parent).or_default().push(*id),
                None => tree.roots.push(*id),
            }
            tree.menus.insert(*id, menu);
        }
        for (parent, list) in children {
            if let Some(menu) = tree.menus.get_mut(&parent) {
                menu.children = list;
            }
        }
        tree
    }

    /// The action of a menu; an app opens the first one below it.
    fn action<'t>(&'t self, menu: &'t Menu) -> Option<&'t Action> {
        let below = || menu.children.iter().find_map(|id| self.action(self.menus.get(id)?));
        menu.action.as_ref().or_else(below)
    }

    /// Images of apps, as data URLs.
    fn icons(&self, env: &mut Env) -> Result<HashMap<Id, (String, &'static str)>> {
        let images = env.sudo(|env| env.values("ir.ui.menu", "web_icon_data", &self.roots))?;
        let found = self.roots.iter().zip(images).filter_map(|(id, image)| match image {
            Value::Bytes(bytes) if !bytes.is_empty() => Some((*id, (STANDARD.encode(&bytes), mimetype(&bytes)))),
            _ => None,
        });
        Ok(found.collect())
    }
}

/// The menu and those above it, as far as they are there.
fn path_up(all: &HashMap<Id, (Menu, bool)>, id: Id) -> Vec<Id> {
    let mut path = Vec::new();
    let mut at = Some(id);
    while let Some(id) = at.filter(|id| !path.contains(id)) {
        let Some((menu, _)) = all.get(&id) else { break };
        path.push(id);
        at = menu.parent;
    }
    path
}

/// The user's groups; what is for developers shows in debug mode only.
fn groups(env: &Env, debug: bool) -> Vec<Id> {
    let developers = env.registry().group("base.group_no_one").filter(|_| !debug);
    env.user().groups.iter().copied().filter(|g| Some(*g) != developers).collect()
}

fn menus_sql(lang: &str, groups: &[Id]) -> Sql {
    sql!(
        "SELECT m.id, COALESCE(m.name ->> {lang}::text, m.name ->> 'en_US'), m.parent_id, m.web_icon::text, (SELECT
         d.module || '.' || d.name
         FROM ir_model_data d WHERE d.model = 'ir.ui.menu' AND d.res_id = m.id ORDER BY d.id
         LIMIT 1), a.id, a.type::text, a.path::text, a.model::text, NULLIF(split_part(m.action, ',', 2), '')::int4
         FROM ir_ui_menu m LEFT JOIN (SELECT id, type, path, res_model AS model FROM ir_act_window UNION ALL
         SELECT id, type, path, model FROM ir_act_report_xml UNION ALL SELECT s.id, s.type, s.path, o.model
         FROM ir_act_server s LEFT JOIN ir_model o ON o.id = s.model_id UNION ALL SELECT id, type, path, NULL
         FROM ir_act_client UNION ALL SELECT id, type, path, NULL
         FROM ir_act_url) a ON a.id = NULLIF(split_part(m.action, ',', 2), '')::int4 WHERE m.active
         AND (NOT EXISTS (SELECT FROM ir_ui_menu_group_rel r WHERE r.menu_id = m.id) OR EXISTS (SELECT
         FROM ir_ui_menu_group_rel r WHERE r.menu_id = m.id AND r.gid = ANY({groups})))
         ORDER BY m.sequence, m.id"
    )
}

fn text_or_false(text: Option<&str>) -> Value {
    text.map_or(Value::Bool(false), Value::from)
}

fn load_menus(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let tree = Tree::read(env, call.arg("debug").truthy())?;
    let icons = tree.icons(env)?;
    let mut out = map! { "root" => map! { "id" => false, "name" => "root", "children" => tree.roots.clone() } };
    for menu in tree.menus.values() {
        let icon = icons.get(&menu.id);
        let entry = map! {
            "id" => menu.id,
            "name" => menu.name.as_str(),
            "children" => menu.children.clone(),
            "app_id" => menu.app.map_or(Value::Bool(false), Value::from),
            "xmlid" => menu.xmlid.as_str(),
            "action_id" => menu.action.as_ref().map_or(Value::Bool(false), |a| Value::from(a.id)),
            "action_model" => text_or_false(menu.action.as_ref().map(|a| a.kind.as_str())),
            "action_path" => text_or_false(menu.action.as_ref().and_then(|a| a.path.as_deref())),
            "web_icon" => text_or_false(menu.icon.as_deref()),
            "web_icon_data" => text_or_false(icon.map(|(data, _)| data.as_str())),
            "web_icon_data_mimetype" => text_or_false(icon.map(|(_, mime)| *mime)),
        };
        out.insert(menu.id.to_string(), Value::Map(entry));
    }
    Ok(Answer::Value(Value::Map(out)))
}

fn load_web_menus(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let tree = Tree::read(env, call.arg("debug").truthy())?;
    let icons = tree.icons(env)?;
    let mut out = map! { "root" => web_root(&tree.roots) };
    for menu in tree.menus.values() {
        let is_app = menu.parent.is_none();
        let action = if is_app { tree.action(menu) } else { menu.action.as_ref() };
        let icon = icons.get(&menu.id);
        let entry = map! {
            "id" => menu.id,
            "name" => menu.name.as_str(),
            "children" => menu.children.clone(),
            "appID" => menu.app.map_or(Value::Bool(false), Value::from),
            "xmlid" => menu.xmlid.as_str(),
            "actionID" => action.map_or(Value::Bool(false), |a| Value::from(a.id)),
            "actionModel" => text_or_false(action.map(|a| a.kind.as_str())),
            "actionPath" => text_or_false(action.and_then(|a| a.path.as_deref())),
            "webIcon" => text_or_false(menu.icon.as_deref()),
            "webIconData" => icon.map_or(Value::Bool(false), |(data, mime)| Value::Str(format!("data:{mime};base64,{data}"))),
            "webIconDataMimetype" => text_or_false(icon.map(|(_, mime)| *mime)),
        };
        out.insert(menu.id.to_string(), Value::Map(entry));
    }
    Ok(Answer::Value(Value::Map(out)))
}

fn web_root(roots: &[Id]) -> Map {
    map! {
        "id" => "root",
        "name" => "root",
        "children" => roots.to_vec(),
        "appID" => false,
        "xmlid" => "",
        "actionID" => false,
        "actionModel" => false,
        "actionPath" => false,
        "webIcon" => Value::None,
        "webIconData" => Value::None,
        "webIconDataMimetype" => Value::None,
        "backgroundImage" => false,
    }
}

/// The apps.
fn get_user_roots(env: &mut Env, _: &Invocation) -> Result<Answer> {
    Ok(Answer::from(Tree::read(env, false)?.roots))
}
