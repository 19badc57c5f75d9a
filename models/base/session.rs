//! What the web client is told when it starts.

use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Env, Id, Map, Result, Value, map};
use sha2::{Digest, Sha256};

use super::users::context;

/// Series that clients compare with.
const VERSION: &str = "19.0";

/// Facts of the user, the companies, the currencies and the server. Reads only.
pub fn session_info(env: &mut Env) -> Result<Map> {
    let user = env.user().clone();
    let internal = env.has_group("base.group_user");
    let system = env.has_group("base.group_system");
    let name = env.sudo(|env| env.names("res.users", &[user.id]))?.pop().unwrap_or_default();
    let partner = env.sudo(|env| env.names("res.partner", &[user.partner_id]))?.pop().unwrap_or_default();
    let partner_date = env.sudo(|env| env.value("res.partner", "write_date", user.partner_id))?;
    let action = env.sudo(|env| env.value("res.users", "action_id", user.id))?;
    let with_tours = env.registry().model("res.users")?.fields.contains_key("tour_enabled");
    let tour = if with_tours { env.sudo(|env| env.value("res.users", "tour_enabled", user.id))? } else { Value::None };
    let parameters = env.parameters(&["web.base.url", "web.active_ids_limit", "web.max_file_upload_size", "base_setup.show_effect"])?;
    let number = |key: &str, default: i64| parameters.get(key).and_then(|v| v.parse().ok()).unwrap_or(default);
    let context = context(env);
    let lang = context.get("lang").cloned().unwrap_or_default();
    let db = env.database().name().to_owned();
    let or_false = |value: Value| if value == Value::None { Value::Bool(false) } else { value };
    let mut info = map! {
        "uid" => user.id,
        "is_system" => system,
        "is_admin" => system || env.is_su(),
        "is_public" => env.has_group("base.group_public"),
        "is_internal_user" => internal,
        "user_context" => context,
        "db" => db.as_str(),
        "registry_hash" => registry_hash(&db),
        "user_settings" => settings(env, user.id)?,
        "server_version" => VERSION,
        "server_version_info" => vec![Value::Int(19), Value::Int(0), Value::Int(0), Value::from("final"), Value::Int(0), Value::from("")],
        "support_url" => "",
        "name" => name,
        "username" => user.login.as_str(),
        "quick_login" => true,
        "partner_write_date" => or_false(partner_date),
        "partner_display_name" => partner,
        "partner_id" => user.partner_id,
        "web.base.url" => parameters.get("web.base.url").cloned().unwrap_or_default(),
        "active_ids_limit" => number("web.active_ids_limit", 20_000),
        "profile_session" => Value::None,
        "profile_collectors" => Value::None,
        "profile_params" => Value::None,
        "max_file_upload_size" => number("web.max_file_upload_size", 134_217_728),
        "home_action_id" => or_false(action),
        "currencies" => currencies(env)?,
        "bundle_params" => map! { "lang" => lang },
        "test_mode" => false,
        "view_info" => view_info(),
        "groups" => map! { "base.group_allow_export" => env.has_group("base.group_allow_export") },
    };
    if internal {
        info.insert("user_companies".into(), Value::Map(companies(env)?));
        info.insert("show_effect".into(), Value::Bool(parameters.contains_key("base_setup.show_effect")));
        info.insert("websocket_worker_version".into(), Value::from("19.0-2"));
        info.insert("tour_enabled".into(), Value::Bool(tour.truthy()));
        info.insert("current_tour".into(), Value::Bool(false));
    }
    Ok(info)
}

/// Tells clients apart that talk to different databases.
fn registry_hash(db: &str) -> String {
    Sha256::digest(format!("lastmile:{VERSION}:{db}").as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

fn settings(env: &mut Env, uid: Id) -> Result<Map> {
    // Which columns there are depends on the modules of the database.
    let sql = sql!("SELECT s.id, to_jsonb(s) FROM res_users_settings s WHERE s.user_id = {uid} ORDER BY s.id LIMIT 1");
    let rows = env.query(sql)?;
    let row = rows.first();
    let kept = row.and_then(|r| r.json(1)).unwrap_or_default();
    let flag = |name: &str, default: bool| kept.get(name).and_then(serde_json::Value::as_bool).unwrap_or(default);
    let text = |name: &str| kept.get(name).and_then(|v| v.as_str()).filter(|t| !t.is_empty()).map_or(Value::Bool(false), Value::from);
    Ok(map! {
        "id" => row.and_then(|r| r.int(0)).map_or(Value::Bool(false), Value::from),
        "embedded_actions_config_ids" => Map::new(),
        "is_discuss_sidebar_category_channel_open" => flag("is_discuss_sidebar_category_channel_open", true),
        "is_discuss_sidebar_category_chat_open" => flag("is_discuss_sidebar_category_chat_open", true),
        "push_to_talk_key" => text("push_to_talk_key"),
        "use_push_to_talk" => flag("use_push_to_talk", false),
        "voice_active_duration" => kept.get("voice_active_duration").and_then(serde_json::Value::as_i64).unwrap_or(200),
        "channel_notifications" => text("channel_notifications"),
        "user_id" => map! { "id" => uid },
        "volumes" => vec![Value::List(vec![Value::from("ADD"), Value::List(Vec::new())])],
    })
}

fn currencies(env: &mut Env) -> Result<Map> {
    let rows = env.query(Sql::lit(
        "SELECT id, name::text, symbol::text, position::text, decimal_places FROM res_currency WHERE active ORDER BY id",
    ))?;
    let mut out = Map::new();
    for row in rows {
        let Some(id) = row.int(0) else { continue };
        let text = |n: usize| row.text(n).unwrap_or_default();
        let digits = vec![Value::Int(69), Value::Int(i64::from(row.int(4).unwrap_or(2)))];
        out.insert(id.to_string(), Value::Map(map! { "name" => text(1), "symbol" => text(2), "position" => text(3), "digits" => digits }));
    }
    Ok(out)
}

fn companies(env: &mut Env) -> Result<Map> {
    let (ids, current) = (env.user().company_ids.clone(), env.company_id());
    let sql = sql!(
        "SELECT c.id, c.name::text, c.sequence, c.parent_id, c.currency_id, ARRAY_TO_STRING(ARRAY(SELECT x.id
         FROM res_company x WHERE x.parent_id = c.id AND x.id = ANY({ids}) ORDER BY x.id), ',')
         FROM res_company c WHERE c.active AND c.id = ANY({ids}) ORDER BY c.sequence, c.name"
    );
    let mut allowed = Map::new();
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        let children: Vec<Id> = row.text(5).unwrap_or_default().split(',').filter_map(|c| c.parse().ok()).collect();
        let company = map! {
            "id" => id,
            "name" => row.text(1).unwrap_or_default(),
            "sequence" => row.int(2).unwrap_or(0),
            "child_ids" => children,
            "parent_id" => row.int(3).map_or(Value::Bool(false), Value::from),
            "currency_id" => row.int(4).map_or(Value::Bool(false), Value::from),
        };
        allowed.insert(id.to_string(), Value::Map(company));
    }
    Ok(map! { "current_company" => current, "allowed_companies" => allowed, "disallowed_ancestor_companies" => Map::new() })
}

fn view_info() -> Map {
    [
        ("list", "List", "oi oi-view-list", true),
        ("form", "Form", "fa fa-address-card", false),
        ("graph", "Graph", "fa fa-area-chart", true),
        ("pivot", "Pivot", "oi oi-view-pivot", true),
        ("calendar", "Calendar", "fa fa-calendar", true),
        ("kanban", "Kanban", "oi oi-view-kanban", true),
        ("search", "Search", "oi oi-search", true),
        ("activity", "Activity", "fa fa-clock-o", true),
    ]
    .into_iter()
    .map(|(kind, label, icon, many)| {
        (kind.to_owned(), Value::Map(map! { "display_name" => label, "icon" => icon, "multi_record" => many }))
    })
    .collect()
}
