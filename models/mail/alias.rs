//! mail.alias: addresses that records answer to; mail.blacklist: addresses that get no mass mails.

use std::collections::HashMap;

use lastmile_orm::access::Operation;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next, Tx, WriteHook};
use lastmile_orm::domain::{Op, Operand};
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::value::Map;
use lastmile_orm::{Answer, Declarations, Domain, Env, Error, Id, Invocation, Result, Value, map};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{address, guard};

const ALIAS: &str = "mail.alias";
const BLACKLIST: &str = "mail.blacklist";

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    all.model(ALIAS)
        .default("alias_contact", "everyone")
        .default("alias_defaults", "{}")
        .display_sql(|_, alias, _| {
            sql!("COALESCE(NULLIF({alias:sql}, ''), 'Inactive Alias')", alias = Sql::column(alias, "alias_full_name"))
        })
        .constrains(&["alias_defaults"], defaults_are_a_dict)
        .on_create(|env, mut values, next| {
            for map in &mut values {
                named(env, map)?;
                map.get_or_insert_with("alias_status", || Value::from("not_tested"));
            }
            next.call(env, values)
        })
        .on_write(|env, ids, mut values, next| {
            if values.contains_key("alias_name") {
                named(env, &mut values)?;
            }
            next.call(env, ids, values)
        });
    all.model(BLACKLIST)
        .rec_name("email")
        .default("active", true)
        .on_create(listed)
        .on_write(corrected)
        .model_method("add", "email, message=None", Tx::Write, |env, call| switch(env, call, true))
        .model_method("remove", "email, message=None", Tx::Write, |env, call| switch(env, call, false))
        .record_method("mail_action_blacklist_remove", "", Tx::Write, |env, call| {
            env.write(BLACKLIST, &call.ids, map! { "active" => false })?;
            Ok(Answer::Value(Value::None))
        });
    all.model("res.partner").compute_sudo(&["is_blacklisted"], &["email_normalized"], is_blacklisted).search(
        "is_blacklisted",
        |_, op, value| {
            let listed = Sql::lit("SELECT p.id FROM res_partner p JOIN mail_blacklist b ON b.active AND b.email = p.email_normalized");
            let found = Domain::with("id", Op::In, Operand::Query(listed));
            match op {
                "=" | "in" => Ok(if value.truthy() { found } else { found.negate() }),
                other => Err(Error::unfit(other)),
            }
        },
    );
}

/// A name as addresses have it: lower case, letters without their accents, without what mail servers do not take.
pub fn local_part(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let name: String = name.trim().to_lowercase().nfkd().filter(|c| !is_combining_mark(*c)).collect();
    let name = name.split('@').next().unwrap_or_default();
    let mut out = String::new();
    for c in name.chars() {
        let c = if allowed(c) { c } else { '-' };
        if !(c == '-' && out.ends_with('-')) {
            out.push(c);
        }
    }
    out.trim_matches('.').to_owned()
}

fn named(env: &mut Env, map: &mut Map) -> Result<()> {
    let name = local_part(&guard::text_of(map, "alias_name"));
    let domain = match map.get("alias_domain_id").and_then(Value::as_id).filter(|id| *id != 0) {
        Some(domain) => env.sudo(|env| env.value("mail.alias.domain", "name", domain))?.as_str().unwrap_or_default().to_owned(),
        None => String::new(),
    };
    if map.contains_key("alias_name") {
        map.insert("alias_name".into(), Value::from(Some(name.clone()).filter(|n| !n.is_empty())));
    }
    if name.is_empty() {
        return Ok(());
    }
    let full = if domain.is_empty() { name } else { format!("{name}@{domain}") };
    let sql = sql!("SELECT 1 FROM mail_alias WHERE alias_full_name = {full} LIMIT 1", full = full.as_str());
    if !env.query(sql)?.is_empty() {
        return Err(Error::user(format!("{full} is another alias already.")));
    }
    map.insert("alias_full_name".into(), Value::from(full));
    Ok(())
}

fn defaults_are_a_dict(env: &mut Env, ids: &[Id]) -> Result<()> {
    for text in env.values(ALIAS, "alias_defaults", ids)? {
        let text = text.as_str().unwrap_or_default().to_owned();
        if !matches!(lastmile_orm::expr::literal(text.trim()), Ok(Value::Map(_))) {
            return Err(Error::validation("The defaults of an alias must be a dictionary: {'field': 'value'}."));
        }
    }
    Ok(())
}

fn normal(map: &Map) -> Result<String> {
    let email = address::plain(&guard::text_of(map, "email"));
    if email.is_empty() { Err(Error::user("The address is not one.")) } else { Ok(email) }
}

/// Addresses are listed once: one that was taken off the list comes back.
fn listed(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let mut emails = Vec::new();
    for map in &mut values {
        let email = normal(map)?;
        map.insert("email".into(), Value::from(email.as_str()));
        emails.push(email);
    }
    let sql = sql!("SELECT id, email::text FROM mail_blacklist WHERE email = ANY({emails})", emails = Bind::texts(emails.clone()));
    let known: HashMap<String, Id> = env.query(sql)?.iter().filter_map(|row| Some((row.text(1)?, row.int(0)?))).collect();
    let back: Vec<Id> = known.values().copied().collect();
    if !back.is_empty() {
        env.write(BLACKLIST, &back, map! { "active" => true })?;
    }
    let mut fresh: Vec<Map> = Vec::new();
    for (map, email) in values.into_iter().zip(&emails) {
        if !known.contains_key(email) && !fresh.iter().any(|m| m.get("email") == map.get("email")) {
            fresh.push(map);
        }
    }
    let names: Vec<String> = fresh.iter().map(|m| guard::text_of(m, "email")).collect();
    let made: HashMap<String, Id> = if fresh.is_empty() { HashMap::new() } else { names.into_iter().zip(next.call(env, fresh)?).collect() };
    Ok(emails.iter().filter_map(|email| known.get(email).or(made.get(email)).copied()).collect())
}

fn corrected(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    if values.contains_key("email") {
        let email = normal(&values)?;
        values.insert("email".into(), Value::from(email));
    }
    next.call(env, ids, values)
}

fn switch(env: &mut Env, call: &Invocation, active: bool) -> Result<Answer> {
    env.check_access(BLACKLIST, Operation::Write)?;
    let id = env.create_one(BLACKLIST, map! { "email" => call.arg("email").clone() })?;
    if !active {
        env.write(BLACKLIST, &[id], map! { "active" => false })?;
    }
    Ok(Answer::from(vec![id]))
}

fn is_blacklisted(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT p.id FROM res_partner p JOIN mail_blacklist b ON b.active AND b.email = p.email_normalized
             WHERE p.id = ANY({ids})"
    );
    let found: Vec<Id> = env.query_ids(sql)?;
    for id in ids {
        out.set("is_blacklisted", *id, found.contains(id));
    }
    Ok(())
}
