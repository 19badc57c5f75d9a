//! Names of small models: places, money, groups, banks, trees.

use lastmile_orm::compute::Computed;
use lastmile_orm::registry::Registry;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Declarations, Domain, Env, Error, Id, Result, Value};

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    all.model("res.partner.category")
        .display_sql(|_, alias, lang| tree("res_partner_category", alias, lang, " / ", true))
        .default_fn("color", |_| Ok(Value::Int(1 + i64::from(super::passlib::random::<1>()?.first().copied().unwrap_or(0)) % 11)));
    all.model("ir.ui.menu").display_sql(|_, alias, lang| tree("ir_ui_menu", alias, lang, "/", true)).compute(
        &["complete_name"],
        &["name", "parent_id"],
        |env, ids, out| copy_name(env, "ir.ui.menu", "complete_name", ids, out),
    );
    all.model("res.country.state").display_sql(|reg, alias, lang| {
        let name = text(reg, "res.country.state", "name", alias, lang);
        name.push(" || ' (' || (SELECT c.code FROM res_country c WHERE c.id = ").push_sql(Sql::column(alias, "country_id")).push(") || ')'")
    });
    let groups = all.model("res.groups");
    groups
        .display_sql(group_name)
        .compute_sudo(&["all_user_ids", "all_users_count"], &["user_ids"], all_users)
        .search("all_user_ids", |_, op, value| Ok(Domain::cond("all_implied_by_ids.user_ids", operator(op)?, value.clone())))
        .search("all_implied_ids", |env, op, value| {
            let wanted = group_ids(op, value)?;
            let groups = env
                .registry()
                .groups
                .values()
                .filter(|g| g.implied.iter().any(|id| wanted.contains(id)))
                .map(|g| g.id)
                .collect::<Vec<Id>>();
            Ok(Domain::in_ids("id", &groups))
        })
        .search("all_implied_by_ids", |env, op, value| {
            let wanted = group_ids(op, value)?;
            let groups =
                env.registry().groups.values().filter(|g| wanted.contains(&g.id)).flat_map(|g| g.implied.clone()).collect::<Vec<Id>>();
            Ok(Domain::in_ids("id", &groups))
        })
        .search("full_name", |_, op, value| Ok(Domain::cond("display_name", operator(op)?, value.clone())))
        .compute_sudo(&["disjoint_ids"], &[], disjoint)
        .compute(&["full_name"], &["name", "privilege_id"], |env, ids, out| copy_name(env, "res.groups", "full_name", ids, out))
        .compute_sudo(&["all_implied_ids", "all_implied_by_ids"], &["implied_ids"], implied);
    for model in ["ir.actions.server", "ir.filters", "res.groups"] {
        all.model(model).copy_suffix("name");
    }
    all.model("res.bank").display_sql(|_, alias, _| {
        Sql::column(alias, "name").push(" || COALESCE(' - ' || NULLIF(").push_sql(Sql::column(alias, "bic")).push(", ''), '')")
    });
    all.model("res.partner.bank")
        .compute(&["acc_type"], &["acc_number"], |_, ids, out| {
            out.set_all("acc_type", ids, "bank");
            Ok(())
        })
        .compute(&["sanitized_acc_number"], &["acc_number"], sanitized_number)
        .display_sql(|_, alias, _| {
            Sql::column(alias, "acc_number")
                .push(" || COALESCE(' - ' || (SELECT b.name FROM res_bank b WHERE b.id = ")
                .push_sql(Sql::column(alias, "bank_id"))
                .push("), '')")
        });
}

/// A text column in a language.
pub fn text(reg: &Registry, model: &str, field: &str, alias: &str, lang: &str) -> Sql {
    match reg.models.get(model).and_then(|m| m.fields.get(field)) {
        Some(field) => sql!("({column_sql:sql})", column_sql = lastmile_orm::fetch::column_sql(field, alias, lang, 0)),
        None => Sql::lit("''"),
    }
}

/// `Parent / Child`, from the `parent_path` of a tree.
pub fn tree(table: &'static str, alias: &str, lang: &str, separator: &'static str, translated: bool) -> Sql {
    let name = if translated { sql!("COALESCE(n.name ->> {lang}::text, n.name ->> 'en_US')") } else { Sql::lit("n.name") };
    sql!(
        "(SELECT string_agg({name:sql}, {separator}::text ORDER BY length(n.parent_path)) FROM {table:ident} n
         WHERE starts_with({alias:sql}, n.parent_path))",
        alias = Sql::column(alias, "parent_path")
    )
}

/// A computed field that shows what the record is called.
fn copy_name(env: &mut Env, model: &str, field: &'static str, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, name) in ids.iter().zip(env.names(model, ids)?) {
        out.set(field, *id, name);
    }
    Ok(())
}

/// `Privilege / Group`.
fn group_name(reg: &Registry, alias: &str, lang: &str) -> Sql {
    sql!(
        "COALESCE((SELECT {lang:sql} || ' / ' FROM res_groups_privilege p
         WHERE p.id = {alias:sql}), '') || {group:sql}",
        lang = text(reg, "res.groups.privilege", "name", "p", lang),
        alias = Sql::column(alias, "privilege_id"),
        group = text(reg, "res.groups", "name", alias, lang)
    )
}

fn implied(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let reg = env.registry();
    for id in ids {
        let below = reg.groups.get(id).map(|g| g.implied.clone()).unwrap_or_else(|| vec![*id]);
        let mut above: Vec<Id> = reg.groups.values().filter(|g| g.id != *id && g.implied.contains(id)).map(|g| g.id).collect();
        above.sort_unstable();
        // A group comes before those that imply it.
        above.insert(0, *id);
        out.set("all_implied_ids", *id, below);
        out.set("all_implied_by_ids", *id, above);
    }
    Ok(())
}

/// The groups that a condition names.
fn group_ids(op: &str, value: &Value) -> Result<Vec<Id>> {
    match (op, value) {
        ("in", Value::List(_)) => Ok(value.ids()),
        ("=" | "in", one) => Ok(one.as_id().into_iter().collect()),
        (other, _) => Err(Error::unfit(other)),
    }
}

fn operator(name: &str) -> Result<lastmile_orm::domain::Op> {
    lastmile_orm::domain::Op::parse(name).ok_or_else(|| Error::value(format!("Invalid operator '{name}'")))
}

/// Users in the group or in one that implies it.
fn all_users(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let reg = env.registry();
    let rows: Vec<(Id, Id)> = env
        .query(sql!(
            "SELECT r.gid, r.uid FROM res_groups_users_rel r JOIN res_users u ON u.id = r.uid
                 JOIN res_partner p ON p.id = u.partner_id WHERE u.active OR NOT {active_test}
                 ORDER BY p.name, u.login",
            active_test = env.context().active_test
        ))?
        .iter()
        .filter_map(|row| Some((row.int(0)?, row.int(1)?)))
        .collect();
    for id in ids {
        // Its own users come first, then those of each group that implies it.
        let mut groups: Vec<Id> = reg.groups.values().filter(|g| g.id != *id && g.implied.contains(id)).map(|g| g.id).collect();
        groups.sort_unstable();
        groups.insert(0, *id);
        let mut users: Vec<Id> = Vec::new();
        for group in groups {
            for (_, user) in rows.iter().filter(|(gid, _)| *gid == group) {
                if !users.contains(user) {
                    users.push(*user);
                }
            }
        }
        out.set("all_users_count", *id, i64::try_from(users.len()).unwrap_or(0));
        out.set("all_user_ids", *id, users);
    }
    Ok(())
}

/// Nobody is of two kinds of users: each kind's group excludes the others.
fn disjoint(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let reg = env.registry();
    let kinds: Vec<Id> = ["base.group_user", "base.group_portal", "base.group_public"].iter().filter_map(|g| reg.group(g)).collect();
    for id in ids {
        let others: Vec<Id> = if kinds.contains(id) { kinds.iter().copied().filter(|k| k != id).collect() } else { Vec::new() };
        out.set("disjoint_ids", *id, others);
    }
    Ok(())
}

fn sanitized(number: &str) -> String {
    number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn sanitized_number(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, number) in ids.iter().zip(env.values("res.partner.bank", "acc_number", ids)?) {
        let clean = sanitized(number.as_str().unwrap_or_default());
        out.set("sanitized_acc_number", *id, Some(clean).filter(|c| !c.is_empty()));
    }
    Ok(())
}
