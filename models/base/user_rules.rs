//! What must hold for users.

use lastmile_orm::declare::ModelDecl;
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Env, Error, Id, Result, Value, map};

/// Declares the checks.
pub fn declare(users: &mut ModelDecl) {
    users
        .constrains(&["login"], login_is_unique)
        .constrains(&["company_id", "company_ids", "active"], company_is_allowed)
        .constrains(&["group_ids"], one_kind_of_user)
        .constrains(&["group_ids", "active"], an_administrator_is_left);
}

/// With several websites a login may come once on each; then the table's own constraint says too little.
fn login_is_unique(env: &mut Env, ids: &[Id]) -> Result<()> {
    let reg = env.registry();
    if !reg.model("res.users")?.fields.get("website_id").is_some_and(lastmile_orm::registry::Field::is_column) {
        return Ok(());
    }
    let sql = sql!(
        "SELECT 1 FROM res_users a JOIN res_users b ON b.login = a.login AND b.id <> a.id
         AND a.website_id IS NOT DISTINCT FROM b.website_id WHERE a.id = ANY({ids}) LIMIT 1"
    );
    if env.query(sql)?.is_empty() { Ok(()) } else { Err(Error::validation("Another user has the same login.")) }
}

fn company_is_allowed(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT p.name::text FROM res_users u JOIN res_partner p ON p.id = u.partner_id WHERE u.active
         AND u.id = ANY({ids}) AND NOT EXISTS (SELECT 1 FROM res_company_users_rel r WHERE r.user_id = u.id
         AND r.cid = u.company_id) LIMIT 1"
    );
    match env.query(sql)?.first() {
        Some(row) => Err(Error::validation(format!(
            "The company of {} is not among the companies the user may use.",
            row.text(0).unwrap_or_default()
        ))),
        None => Ok(()),
    }
}

/// Who may use several companies is in the group that shows them, whoever may not is not.
pub fn several_companies(env: &mut Env, ids: &[Id]) -> Result<()> {
    let reg = env.registry();
    let Some(group) = reg.group("base.group_multi_company") else { return Ok(()) };
    let sql = sql!(
        "SELECT u.id, (SELECT count(*) FROM res_company_users_rel c
         WHERE c.user_id = u.id) > 1, EXISTS (SELECT 1 FROM res_groups_users_rel g WHERE g.uid = u.id
         AND g.gid = {group}) FROM res_users u WHERE u.id = ANY({ids})"
    );
    let rows: Vec<(Id, bool, bool)> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.bool(1)?, row.bool(2)?))).collect();
    for (several, command) in [(true, 4), (false, 3)] {
        let wrong: Vec<Id> = rows.iter().filter(|(_, many, has)| *many == several && *has != several).map(|(id, _, _)| *id).collect();
        let link = Value::List(vec![Value::List(vec![Value::Int(command), Value::from(group), Value::Int(0)])]);
        env.sudo(|env| env.write("res.users", &wrong, map! { "group_ids" => link }))?;
    }
    Ok(())
}

/// Groups from which a group follows, itself included.
pub fn implying(env: &Env, xmlid: &str) -> Vec<Id> {
    let reg = env.registry();
    let Some(group) = reg.group(xmlid) else { return Vec::new() };
    let mut ids: Vec<Id> = reg.groups.values().filter(|g| g.implied.contains(&group)).map(|g| g.id).collect();
    ids.sort_unstable();
    ids
}

fn one_kind_of_user(env: &mut Env, ids: &[Id]) -> Result<()> {
    let kinds = ["base.group_user", "base.group_portal", "base.group_public"].map(|g| implying(env, g));
    let mut sql = sql!("SELECT 1 FROM res_users u WHERE u.id = ANY({ids}) AND (0");
    for groups in &kinds {
        sql = sql
            .push(" + EXISTS (SELECT 1 FROM res_groups_users_rel r WHERE r.uid = u.id AND r.gid = ANY(")
            .push_bind(Bind::ids(groups))
            .push("))::int");
    }
    if env.query(sql.push(") > 1 LIMIT 1"))?.is_empty() {
        Ok(())
    } else {
        Err(Error::validation("A user is either internal, or of the portal, or public: choose one."))
    }
}

fn an_administrator_is_left(env: &mut Env, _: &[Id]) -> Result<()> {
    let groups = implying(env, "base.group_system");
    let sql = sql!(
        "SELECT 1 FROM res_groups_users_rel r JOIN res_users u ON u.id = r.uid WHERE u.active
         AND r.gid = ANY({groups}) LIMIT 1"
    );
    if groups.is_empty() || !env.query(sql)?.is_empty() {
        Ok(())
    } else {
        Err(Error::validation("At least one active administrator must be left."))
    }
}
