//! What the buttons of users answer: windows on what belongs to a user, and questions to the user itself.

use lastmile_orm::call::Invocation;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{ModelDecl, Tx};
use lastmile_orm::sql::{Bind, Sql};
use lastmile_orm::{Answer, Env, Error, Id, Result, Value, map};

const MODEL: &str = "res.users";

/// Declares the methods and the counts beside them.
pub fn declare(users: &mut ModelDecl) {
    users
        .record_method("action_show_groups", "", Tx::Read, |env, call| shown(env, call, "Groups", "res.groups"))
        .record_method("action_show_accesses", "", Tx::Read, |env, call| shown(env, call, "Access Rights", "ir.model.access"))
        .record_method("action_show_rules", "", Tx::Read, |env, call| shown(env, call, "Record Rules", "ir.rule"))
        .model_method("action_get", "", Tx::Read, preferences)
        .record_method("preference_cancel", "", Tx::Read, |_, _| Ok(reload_context()))
        .record_method("preference_change_password", "", Tx::Read, |_, _| {
            Ok(window("Change Password", "change.password.own", map! { "target" => "new" }))
        })
        .record_method("api_key_wizard", "", Tx::Write, |env, call| {
            super::apikeys::with_identity(env, call, "api_key_wizard", |_| {
                Ok(window("New API Key", "res.users.apikeys.description", map! { "target" => "new" }))
            })
        })
        .record_method("action_change_password_wizard", "", Tx::Read, |_, call| {
            let context = map! { "active_model" => MODEL, "active_ids" => call.ids.clone() };
            Ok(window("Change Password", "change.password.wizard", map! { "target" => "new", "context" => context }))
        })
        .compute_sudo(&["accesses_count", "rules_count"], &["group_ids"], counts);
}

/// The action that makes the web client read its context anew.
pub fn reload_context() -> Answer {
    Answer::Value(Value::Map(map! { "type" => "ir.actions.client", "tag" => "reload_context" }))
}

/// A window action on a form or list.
fn window(name: &str, model: &str, more: lastmile_orm::Map) -> Answer {
    let mut action = map! {
        "type" => "ir.actions.act_window",
        "name" => name,
        "res_model" => model,
        "view_mode" => "form",
        "views" => vec![Value::List(vec![Value::Bool(false), Value::from("form")])],
    };
    action.extend(more);
    Answer::Value(Value::Map(action))
}

/// Users with the rows that their groups, implied ones included, bring along.
fn reached(env: &mut Env, ids: &[Id], model: &str) -> Result<Vec<(Id, Vec<Id>)>> {
    let own: Vec<(Id, Vec<Id>)> = ids.iter().copied().zip(env.values(MODEL, "all_group_ids", ids)?.iter().map(Value::ids)).collect();
    let table = match model {
        "ir.model.access" => Sql::lit("SELECT group_id, id FROM ir_model_access WHERE active AND group_id = ANY("),
        "ir.rule" => Sql::lit(
            "SELECT r.group_id, r.rule_group_id FROM rule_group_rel r JOIN ir_rule i ON i.id = r.rule_group_id AND i.active WHERE r.group_id = ANY(",
        ),
        _ => return Ok(own),
    };
    let groups: std::collections::BTreeSet<Id> = own.iter().flat_map(|(_, groups)| groups.iter().copied()).collect();
    let groups: Vec<Id> = groups.into_iter().collect();
    let rows: Vec<(Id, Id)> =
        env.query(table.push_bind(Bind::ids(&groups)).push(")"))?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect();
    let of = |groups: Vec<Id>| {
        let found: std::collections::BTreeSet<Id> = rows.iter().filter(|(group, _)| groups.contains(group)).map(|(_, id)| *id).collect();
        found.into_iter().collect::<Vec<Id>>()
    };
    Ok(own.into_iter().map(|(id, groups)| (id, of(groups))).collect())
}

fn shown(env: &mut Env, call: &Invocation, name: &str, model: &str) -> Result<Answer> {
    let id = call.one()?;
    let ids = env.sudo(|env| reached(env, &[id], model))?.pop().map(|(_, ids)| ids).unwrap_or_default();
    let views = ["list", "form"].map(|kind| Value::List(vec![Value::Bool(false), Value::from(kind)])).to_vec();
    let domain = vec![Value::List(vec![Value::from("id"), Value::from("in"), Value::from(ids)])];
    Ok(window(
        name,
        model,
        map! {
            "view_mode" => "list,form",
            "views" => views,
            "context" => map! { "create" => false, "delete" => false },
            "domain" => domain,
            "target" => "current",
        },
    ))
}

fn counts(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (field, model) in [("accesses_count", "ir.model.access"), ("rules_count", "ir.rule")] {
        for (id, found) in reached(env, ids, model)? {
            out.set(field, id, i64::try_from(found.len()).unwrap_or(0));
        }
    }
    Ok(())
}

/// The window where one changes one's own preferences.
fn preferences(env: &mut Env, _: &Invocation) -> Result<Answer> {
    let action = crate::web::actions::load(env, &Value::from("base.action_res_users_my"))?;
    action.map(Answer::Value).ok_or_else(|| Error::value("External ID not found in the system: base.action_res_users_my"))
}
