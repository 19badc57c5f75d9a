//! What is computed of users.

use std::collections::HashMap;

use lastmile_orm::access::Operation;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::ModelDecl;
use lastmile_orm::domain::{Op, Operand};
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Domain, Env, Error, Id, Result, Value};

use super::user_rules::implying;

/// Declares the computed fields.
pub fn declare(users: &mut ModelDecl) {
    users
        .compute_sudo(&["share"], &["group_ids", "group_ids.implied_ids"], share)
        .compute_sudo(&["signature"], &["partner_id.name"], signature)
        .compute_sudo(&["notification_type"], &["share", "group_ids"], notification_type)
        .compute(&["password", "new_password"], &[], |_, ids, out| {
            for id in ids {
                out.set("password", *id, "");
                out.set("new_password", *id, "");
            }
            Ok(())
        })
        .compute_sudo(&["all_group_ids", "groups_count"], &["group_ids"], all_groups)
        .search("all_group_ids", search_all_groups)
        .search("display_name", by_name_or_login)
        .compute_sudo(&["companies_count"], &[], companies_count)
        .compute_sudo(&["state"], &["log_ids"], state)
        .search("state", |_, op, value| match (op, value) {
            ("=", one) => Ok(if one.as_str() == Some("active") { Domain::set("log_ids") } else { Domain::unset("log_ids") }),
            // Several states are all of them.
            ("in", _) => Ok(Domain::True),
            (other, _) => Err(Error::unfit(other)),
        })
        .compute_sudo(&["role"], &["group_ids"], |env, ids, out| {
            let (system, employee) = (implying(env, "base.group_system"), implying(env, "base.group_user"));
            for (id, groups) in ids.iter().zip(env.values("res.users", "group_ids", ids)?) {
                let groups = groups.ids();
                let role = match () {
                    () if groups.iter().any(|group| system.contains(group)) => Some("group_system"),
                    () if groups.iter().any(|group| employee.contains(group)) => Some("group_user"),
                    () => None,
                };
                out.set("role", *id, role.map(Value::from).unwrap_or_default());
            }
            Ok(())
        })
        .compute(&["can_edit_role"], &[], |env, ids, out| {
            let may = env.registry().models.contains_key("res.role") && env.may("res.role", Operation::Write)?;
            out.set_all("can_edit_role", ids, may);
            Ok(())
        })
        .compute_sudo(&["totp_enabled"], &["totp_secret"], totp_enabled)
        .compute(&["tz_offset"], &["tz"], super::partner_names::tz_offset_of_users)
        .compute_sudo(&["res_users_settings_id"], &["res_users_settings_ids"], settings);
}

/// Users by name. Whoever has the very text as his login is meant alone.
fn by_name_or_login(_: &Env, op: &str, value: &Value) -> Result<Domain> {
    let op = Op::parse(op).ok_or_else(|| Error::unfit(op))?;
    let by_name = Domain::cond("name", op, value.clone());
    let logins: Vec<String> = match value {
        Value::List(several) => several.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::Str(one) => vec![one.clone()],
        _ => Vec::new(),
    };
    if !matches!(op, Op::Eq | Op::In | Op::ILike) || logins.iter().all(String::is_empty) {
        return Ok(by_name);
    }
    let those = sql!("SELECT x.id FROM res_users x WHERE x.login = ANY({logins})", logins = Bind::texts(logins));
    let none = sql!("SELECT u.id FROM res_users u WHERE NOT EXISTS ({those:sql})", those = those.clone());
    let of = |ids: Sql| Domain::with("id", Op::In, Operand::Query(ids));
    Ok(of(those).or(by_name.and(of(none))))
}

/// Outsiders: everybody who is no employee, the system's own user aside.
fn share(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let internal = implying(env, "base.group_user");
    let sql = sql!("SELECT DISTINCT uid FROM res_groups_users_rel WHERE uid = ANY({ids}) AND gid = ANY({internal})");
    let staff: Vec<Id> = env.query_ids(sql)?;
    for id in ids {
        out.set("share", *id, *id != lastmile_orm::env::SUPERUSER && !staff.contains(id));
    }
    Ok(())
}

/// One's name, unless one signs otherwise.
fn signature(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let (names, kept) = (env.values("res.users", "name", ids)?, env.values("res.users", "signature", ids)?);
    for ((id, name), old) in ids.iter().zip(names).zip(kept) {
        let blank = old.as_str().is_none_or(is_blank);
        let name = name.as_str().filter(|n| blank && !n.is_empty()).map(escaped);
        out.set("signature", *id, name.map_or(old, |n| Value::Str(format!("<div>{n}</div>"))));
    }
    Ok(())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Markup without any text or image in it.
pub(super) fn is_blank(html: &str) -> bool {
    let mut inside = false;
    let text = html.chars().any(|c| {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ => return !inside && !c.is_whitespace(),
        }
        false
    });
    !text && !html.contains("<img")
}

/// Whoever is in the group for it has an inbox; outsiders have none.
fn notification_type(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let group = env.registry().group(super::user_rules::INBOX);
    let shares = env.values("res.users", "share", ids)?;
    for ((id, share), groups) in ids.iter().zip(shares).zip(env.values("res.users", "group_ids", ids)?) {
        let inbox = !share.truthy() && group.is_some_and(|group| groups.ids().contains(&group));
        out.set("notification_type", *id, if inbox { "inbox" } else { "email" });
    }
    Ok(())
}

fn all_groups(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let (reg, own) = (env.registry(), env.values("res.users", "group_ids", ids)?);
    for (id, own) in ids.iter().zip(own) {
        let mut all: Vec<Id> = Vec::new();
        for group in own.ids() {
            for implied in reg.groups.get(&group).map(|g| g.implied.as_slice()).unwrap_or(&[group]) {
                if !all.contains(implied) {
                    all.push(*implied);
                }
            }
        }
        all.sort_unstable();
        out.set("groups_count", *id, i64::try_from(all.len()).unwrap_or(0));
        out.set("all_group_ids", *id, all);
    }
    Ok(())
}

fn search_all_groups(env: &Env, op: &str, value: &Value) -> Result<Domain> {
    let wanted = match value {
        Value::List(_) => value.ids(),
        other => other.as_id().into_iter().collect(),
    };
    let reg = env.registry();
    let mut groups: Vec<Id> = reg.groups.values().filter(|g| g.implied.iter().any(|i| wanted.contains(i))).map(|g| g.id).collect();
    groups.sort_unstable();
    let op = if matches!(op, "!=" | "not in") { Op::NotIn } else { Op::In };
    Ok(Domain::cond("group_ids", op, Value::from(groups)))
}

fn companies_count(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let count = env.query(Sql::lit("SELECT count(*) FROM res_company"))?.first().and_then(|row| row.big(0)).unwrap_or(0);
    for id in ids {
        out.set("companies_count", *id, count);
    }
    Ok(())
}

/// `active` once somebody logged in.
fn state(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!("SELECT DISTINCT create_uid FROM res_users_log WHERE create_uid = ANY({ids})");
    let seen: Vec<Id> = env.query_ids(sql)?;
    for id in ids {
        out.set("state", *id, if seen.contains(id) { "active" } else { "new" });
    }
    Ok(())
}

fn totp_enabled(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!("SELECT id FROM res_users WHERE totp_secret IS NOT NULL AND id = ANY({ids})");
    let with: Vec<Id> = env.query_ids(sql)?;
    for id in ids {
        out.set("totp_enabled", *id, with.contains(id));
    }
    Ok(())
}

fn settings(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!("SELECT user_id, min(id) FROM res_users_settings WHERE user_id = ANY({ids}) GROUP BY user_id");
    let found: HashMap<Id, Id> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect();
    for id in ids {
        out.set("res_users_settings_id", *id, found.get(id).copied());
    }
    Ok(())
}
