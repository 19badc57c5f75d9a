//! res.users: who may log in, with which password, groups and companies.

use lastmile_orm::access::Operation;
use lastmile_orm::call::Invocation;
use lastmile_orm::declare::CreateHook;
use lastmile_orm::declare::{Next, Touch, Tx, WriteHook};
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Map, Result, Value, map, model};

use super::credentials::{SECRET, denied, is_own_password, new_hashes};
use super::{partners::Partner, user_actions, user_figures, user_rules};

model! {
    /// A user; most of what it shows is its partner's.
    pub User = "res.users" {
        NAME: "name" lastmile_orm::record::Char,
        LOGIN: "login" lastmile_orm::record::Char,
        SHARE: "share" lastmile_orm::record::Boolean,
        PARTNER: "partner_id" lastmile_orm::record::Many2one<Partner>,
    }
}

/// What users may write on themselves.
const OWN_FIELDS: &[&str] = &[
    "action_id",
    "company_id",
    "email",
    "image_1920",
    "lang",
    "name",
    "notification_type",
    "odoobot_state",
    "out_of_office_from",
    "out_of_office_message",
    "out_of_office_to",
    "phone",
    "signature",
    "tour_enabled",
    "tz",
];

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    let users = all.model("res.users");
    users
        .rec_name("name")
        .touches(Touch::Users)
        .groups(&["totp_secret", "totp_last_counter"], &["."])
        .default_once("group_ids", default_groups)
        .on_create(create)
        .on_write(write)
        .on_unlink(unlink)
        .on_copy(copy)
        .model_method("context_get", "", Tx::Read, context_get)
        .model_method("change_password", "old_passwd, new_passwd", Tx::Write, change_password)
        .record_method("has_group", "group_ext_id", Tx::Read, has_group)
        .record_method("has_groups", "group_spec", Tx::Read, has_groups)
        .record_method("write", "vals", Tx::Write, write_own)
        .unchecked(&["write"], "it checks the right to write, and users may write some fields of their own")
        .record_method("preference_save", "", Tx::Read, |_, _| Ok(user_actions::reload_context()));
    user_figures::declare(users);
    user_actions::declare(users);
    user_rules::declare(users);
}

/// Employees, with what the administrator gives to every new user.
fn default_groups(env: &mut Env) -> Result<Value> {
    let reg = env.registry();
    let mut groups: Vec<Id> = reg.group("base.group_user").into_iter().collect();
    if let Some(template) = reg.group("base.default_user_group") {
        let sql = sql!("SELECT hid FROM res_groups_implied_rel WHERE gid = {template} ORDER BY hid");
        groups.extend(env.query(sql)?.iter().filter_map(|row| row.int(0)).filter(|id| reg.group("base.group_user") != Some(*id)));
    }
    Ok(Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(groups)])]))
}

/// Takes a new password out of values: it is never stored as it is.
fn take_password(values: &mut Map) -> Option<String> {
    let taken = [values.shift_remove("password"), values.shift_remove("new_password")];
    taken.into_iter().flatten().find(Value::truthy).map(|v| v.py_str())
}

/// Takes out of values how a user is told: whether in the inbox. Anything else is for the field to refuse.
fn take_manner(values: &mut Map) -> Option<bool> {
    let inbox = match values.get("notification_type").and_then(Value::as_str) {
        Some("inbox") => true,
        Some("email") => false,
        _ => return None,
    };
    values.shift_remove("notification_type");
    Some(inbox)
}

fn create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let passwords: Vec<Option<String>> = values.iter_mut().map(take_password).collect();
    let inbox: Vec<bool> = values.iter_mut().map(|map| take_manner(map) == Some(true)).collect();
    let ids = next.call(env, values)?;
    let inboxed: Vec<Id> = ids.iter().zip(inbox).filter(|(_, inbox)| *inbox).map(|(id, _)| *id).collect();
    user_rules::told_in_inbox(env, &inboxed, true)?;
    let given = ids.iter().zip(passwords).filter_map(|(id, p)| Some((*id, p?))).collect::<Vec<_>>();
    set_passwords(env, &given)?;
    // The partner is archived and belongs to a company as its user.
    let sql = sql!(
        "UPDATE res_partner p SET active = u.active, company_id = CASE
         WHEN p.company_id IS NULL THEN NULL ELSE u.company_id END FROM res_users u WHERE u.partner_id = p.id
         AND u.id = ANY({ids}) AND (p.active IS DISTINCT FROM u.active OR p.company_id <> u.company_id)
         RETURNING p.id"
    );
    follow(env, sql)?;
    user_rules::several_companies(env, &ids)?;
    Ok(ids)
}

/// Runs an UPDATE of partners and tells the kernel.
fn follow(env: &mut Env, sql: Sql) -> Result<()> {
    let changed: Vec<Id> = env.query_ids(sql)?;
    env.changed("res.partner", &["active", "company_id"], &changed)
}

fn write(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    let active = values.get("active").map(Value::truthy);
    if active == Some(true) && ids.contains(&lastmile_orm::env::SUPERUSER) {
        return Err(Error::user("The system's own user stays archived."));
    }
    if active == Some(false) && ids.contains(&env.uid()) {
        return Err(Error::user("You cannot archive yourself."));
    }
    if values.get("new_password").is_some_and(Value::truthy) && ids.contains(&env.uid()) {
        return Err(Error::user("Change your own password in your preferences: it asks for the old one."));
    }
    let password = take_password(&mut values);
    let manner = take_manner(&mut values);
    let own = ids.contains(&env.uid()) && (password.is_some() || values.contains_key("login") || values.contains_key("active"));
    let (company, companies) = (values.contains_key("company_id"), values.contains_key("company_ids"));
    next.call(env, ids, values)?;
    if let Some(inbox) = manner {
        user_rules::told_in_inbox(env, ids, inbox)?;
    }
    if companies {
        user_rules::several_companies(env, ids)?;
    }
    if let Some(password) = password {
        set_passwords(env, &ids.iter().map(|id| (*id, password.clone())).collect::<Vec<_>>())?;
    }
    if active == Some(true) {
        let sql = sql!(
            "UPDATE res_partner p SET active = TRUE FROM res_users u WHERE u.partner_id = p.id
                 AND NOT p.active AND u.id = ANY({ids}) RETURNING p.id"
        );
        follow(env, sql)?;
    }
    if company {
        let sql = sql!(
            "UPDATE res_partner p SET company_id = u.company_id FROM res_users u WHERE u.partner_id = p.id
             AND p.company_id <> u.company_id AND u.id = ANY({ids}) RETURNING p.id"
        );
        follow(env, sql)?;
    }
    if own { keep_session(env) } else { Ok(()) }
}

/// The session that calls goes on with the credentials that the call gives its own user, and with no others.
fn keep_session(env: &mut Env) -> Result<()> {
    if env.session.is_none() {
        return Ok(());
    }
    let sql = sql!("SELECT login::text, COALESCE(password, '')::text, active FROM res_users WHERE id = {uid}", uid = env.uid());
    let rows = env.query(sql)?;
    let now = rows.first().map(|row| (row.text(0).unwrap_or_default(), row.text(1).unwrap_or_default(), row.bool(2).unwrap_or(false)));
    if let Some(session) = &mut env.session {
        session.credentials = now;
    }
    Ok(())
}

/// Hashes and keeps passwords, in one statement.
fn set_passwords(env: &mut Env, passwords: &[(Id, String)]) -> Result<()> {
    if passwords.is_empty() {
        return Ok(());
    }
    if passwords.iter().any(|(_, password)| password.len() > SECRET) {
        return Err(Error::user(format!("A password has at most {SECRET} bytes.")));
    }
    let stored = new_hashes(env, &passwords.iter().map(|(_, password)| password.as_str()).collect::<Vec<_>>())?;
    let ids: Vec<Id> = passwords.iter().map(|(id, _)| *id).collect();
    let sql = sql!(
        "UPDATE res_users u SET password = v.hash FROM unnest({ids}::int4[], {stored}::text[]) AS v(id, hash)
         WHERE u.id = v.id",
        stored = Bind::texts(stored)
    );
    env.execute(&sql)?;
    env.touch(Touch::Users)
}

/// Users that the program itself stands on: whoever deleted them would break logins and sign-up.
const KEPT: &[&str] = &["base.user_admin", "base.public_user", "base.template_portal_user_id"];

fn unlink(env: &mut Env, ids: &[Id], next: &Next<lastmile_orm::declare::UnlinkHook>) -> Result<()> {
    if ids.contains(&lastmile_orm::env::SUPERUSER) {
        return Err(Error::user("The system's own user cannot be deleted."));
    }
    let kept = super::metadata::find(env, KEPT)?;
    if kept.values().any(|(model, id)| model == "res.users" && ids.contains(id)) {
        return Err(Error::user("This user is needed by the system itself: archive it instead."));
    }
    next.call(env, ids)
}

fn copy(env: &mut Env, ids: &[Id], maps: &mut [Map]) -> Result<()> {
    for name in ["name", "login"] {
        for (map, value) in maps.iter_mut().zip(env.values("res.users", name, ids)?) {
            map.insert(name.to_owned(), Value::Str(format!("{} (copy)", value.as_str().unwrap_or_default())));
        }
    }
    Ok(())
}

/// A user without rights on users may still change what is personal on its own record.
fn write_own(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let mut values = match call.arg("vals") {
        Value::Map(map) => map.clone(),
        other => return Err(Error::type_(format!("values must be a dict, not {}", other.type_name()))),
    };
    let own = call.ids == [env.uid()] && values.keys().all(|name| OWN_FIELDS.contains(&name.as_str()));
    if own && !env.may("res.users", Operation::Write)? {
        if values.get("company_id").is_some_and(|c| !c.as_id().is_some_and(|c| env.user().company_ids.contains(&c))) {
            values.shift_remove("company_id");
        }
        env.sudo(|env| env.write("res.users", &call.ids, values))?;
    } else {
        env.write("res.users", &call.ids, values)?;
    }
    Ok(Answer::from(true))
}

fn context_get(env: &mut Env, _: &Invocation) -> Result<Answer> {
    Ok(Answer::Value(Value::Map(context(env))))
}

/// What the web client sends back as the context of its calls.
pub fn context(env: &Env) -> Map {
    let user = env.user();
    let text = |t: &Option<String>| t.clone().map_or(Value::Bool(false), Value::Str);
    map! { "lang" => text(&user.lang), "tz" => text(&user.tz), "uid" => user.id }
}

fn has_group(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let (uid, group) = (call.one()?, call.arg("group_ext_id").py_str());
    // Outsiders learn nothing about others.
    if uid != env.uid() && !env.is_su() && !env.has_group("base.group_user") {
        return Err(Error::access("You may only ask about your own groups."));
    }
    Ok(Answer::from(env.with_user(uid, |env| Ok(env.has_group(&group)))?))
}

/// `a,b,!c`: in one of the groups, and in none of those after `!`.
fn has_groups(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let (uid, spec) = (call.one()?, call.arg("group_spec").py_str());
    let answer = env.with_user(uid, |env| {
        let (not, any): (Vec<&str>, Vec<&str>) = spec.split(',').map(str::trim).partition(|g| g.starts_with('!'));
        let blocked = not.iter().any(|g| env.has_group(g.trim_start_matches('!')));
        Ok(!blocked && (any.is_empty() || any.iter().any(|g| env.has_group(g))))
    })?;
    Ok(Answer::from(answer))
}

fn change_password(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let old = call.arg("old_passwd").as_str().unwrap_or_default().to_owned();
    if !is_own_password(env, &old)? {
        return Err(denied());
    }
    let (uid, new) = (env.uid(), call.arg("new_passwd").as_str().unwrap_or_default().to_owned());
    give_password(env, uid, &new)?;
    Ok(Answer::from(true))
}

/// Asks for the hashes of passwords that [`give_password`] will set one after another.
pub fn ready_passwords(env: &mut Env, passwords: &[&str]) -> Result<()> {
    let short: Vec<&str> = passwords.iter().map(|p| p.trim()).filter(|p| (1..=SECRET).contains(&p.len())).collect();
    new_hashes(env, &short).map(|_| ())
}

/// Sets the password of a user, whoever asks: the caller has checked that it may.
pub fn give_password(env: &mut Env, uid: Id, password: &str) -> Result<()> {
    let password = password.trim();
    if password.is_empty() {
        return Err(Error::user("An empty password is not allowed."));
    }
    env.sudo(|env| env.write("res.users", &[uid], map! { "password" => password }))
}
