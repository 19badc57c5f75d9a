//! account.group: ranges of codes, each in the closest one that has it; account.account.tag and account.journal.group.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next, UnlinkHook, WriteHook};
use lastmile_orm::domain::Op;
use lastmile_orm::registry::Registry;
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Declarations, Domain, Env, Error, Id, Map, Result, Value};

use super::{ACCOUNT, codes};
use crate::base::names::text;

const GROUP: &str = "account.group";

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    all.model(GROUP)
        .display_sql(group_name)
        .search("display_name", |_, op, value| search_name(op, value))
        .default_once("company_id", |env| {
            let company = env.company_id();
            Ok(codes::roots(env, &[company])?.remove(&company).unwrap_or(company).into())
        })
        .on_create(create)
        .on_write(write)
        .on_unlink(unlink)
        .constrains(&["code_prefix_start", "code_prefix_end"], no_overlap);
    all.model(ACCOUNT).compute_sudo(&["group_id"], &["code_store"], group_of);
}

/// `10-19 Assets`.
fn group_name(reg: &Registry, alias: &str, lang: &str) -> Sql {
    sql!(
        "concat_ws(' ', NULLIF({start:sql}, '') || CASE WHEN {end:sql} <> {start:sql} THEN '-' || {end:sql} ELSE '' END, {name:sql})",
        start = Sql::column(alias, "code_prefix_start"),
        end = Sql::column(alias, "code_prefix_end"),
        name = text(reg, GROUP, "name", alias, lang)
    )
}

fn search_name(op: &str, value: &Value) -> Result<Domain> {
    match (Op::parse(op), value.as_str()) {
        (Some(Op::ILike), Some(text)) => {
            Ok(Domain::cond("code_prefix_start", Op::EqILike, format!("{text}%")).or(Domain::cond("name", Op::ILike, text)))
        }
        (Some(parsed), _) => Ok(Domain::cond("name", parsed, value.clone())),
        _ => Err(Error::unfit(op)),
    }
}

/// A range that is told at one end only is of that prefix alone; one that ends before it begins begins where it ends.
fn settle(values: &mut Map) {
    let told = |values: &Map, key: &str| values.get(key).is_some_and(Value::truthy);
    if told(values, "code_prefix_start") && values.contains_key("code_prefix_end") && !told(values, "code_prefix_end") {
        values.shift_remove("code_prefix_end");
    }
    if told(values, "code_prefix_end") && values.contains_key("code_prefix_start") && !told(values, "code_prefix_start") {
        values.shift_remove("code_prefix_start");
    }
}

fn create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    for map in &mut values {
        settle(map);
        complete(map, None, None);
    }
    let ids = next.call(env, values)?;
    adapt(env, &ids)?;
    Ok(ids)
}

/// The other end of a range, where only one is known or was changed.
fn complete(values: &mut Map, start: Option<String>, end: Option<String>) {
    let given = |values: &Map, key: &str| values.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let (new_start, new_end) = (given(values, "code_prefix_start"), given(values, "code_prefix_end"));
    match (&new_start, &new_end) {
        (Some(first), None) if end.as_ref().is_none_or(|end| end < first) => {
            values.insert("code_prefix_end".into(), first.as_str().into());
        }
        (None, Some(last)) if start.as_ref().is_none_or(|start| start > last) => {
            values.insert("code_prefix_start".into(), last.as_str().into());
        }
        _ => {}
    }
}

fn write(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    settle(&mut values);
    let ranged = values.contains_key("code_prefix_start") || values.contains_key("code_prefix_end");
    if !ranged {
        return next.call(env, ids, values);
    }
    let (starts, ends) = (env.values(GROUP, "code_prefix_start", ids)?, env.values(GROUP, "code_prefix_end", ids)?);
    for ((id, start), end) in ids.iter().zip(starts).zip(ends) {
        let mut own = values.clone();
        complete(&mut own, start.as_str().map(str::to_owned), end.as_str().map(str::to_owned));
        next.call(env, &[*id], own)?;
    }
    adapt(env, ids)
}

/// Groups within a deleted one go up to its own.
fn unlink(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "WITH RECURSIVE up AS (SELECT g.id, g.parent_id FROM account_group g WHERE g.id = ANY({ids})
         UNION ALL SELECT u.id, p.parent_id FROM up u JOIN account_group p ON p.id = u.parent_id AND p.id = ANY({ids}))
         UPDATE account_group c SET parent_id = u.parent_id FROM up u
         WHERE c.parent_id = u.id AND NOT (c.id = ANY({ids})) AND (u.parent_id IS NULL OR NOT (u.parent_id = ANY({ids}))) RETURNING c.id"
    );
    let moved: Vec<Id> = env.query_ids(sql)?;
    env.changed(GROUP, &["parent_id"], &moved)?;
    next.call(env, ids)
}

/// Each group of the companies is in the closest one whose range has its own. One statement.
fn adapt(env: &mut Env, ids: &[Id]) -> Result<()> {
    if env.context_get("delay_account_group_sync").is_some_and(Value::truthy) {
        return Ok(());
    }
    env.flush()?;
    let sql = sql!(
        "WITH found AS (SELECT DISTINCT ON (c.id) c.id, p.id AS parent FROM account_group c LEFT JOIN account_group p
         ON char_length(p.code_prefix_start) < char_length(c.code_prefix_start) AND p.id <> c.id AND p.company_id = c.company_id
         AND p.code_prefix_start <= left(c.code_prefix_start, char_length(p.code_prefix_start))
         AND p.code_prefix_end >= left(c.code_prefix_end, char_length(p.code_prefix_end))
         WHERE c.company_id IN (SELECT company_id FROM account_group WHERE id = ANY({ids}))
         ORDER BY c.id, char_length(p.code_prefix_start) DESC NULLS LAST)
         UPDATE account_group g SET parent_id = f.parent FROM found f WHERE g.id = f.id AND g.parent_id IS DISTINCT FROM f.parent
         RETURNING g.id"
    );
    let moved: Vec<Id> = env.query_ids(sql)?;
    env.changed(GROUP, &["parent_id"], &moved)
}

fn no_overlap(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "SELECT 1 FROM account_group g JOIN account_group o ON char_length(o.code_prefix_start) = char_length(g.code_prefix_start)
         AND o.id <> g.id AND o.company_id = g.company_id AND (o.code_prefix_start <= g.code_prefix_start
         AND g.code_prefix_start <= o.code_prefix_end OR o.code_prefix_start >= g.code_prefix_start
         AND g.code_prefix_end >= o.code_prefix_start) WHERE g.id = ANY({ids}) LIMIT 1"
    );
    if env.query(sql)?.is_empty() {
        Ok(())
    } else {
        Err(Error::validation("Groups of accounts with prefixes of one length cannot overlap."))
    }
}

/// The closest group whose range has an account's code. One statement.
fn group_of(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    out.set_all("group_id", ids, Value::None);
    let company = env.company_id();
    let root = codes::roots(env, &[company])?.remove(&company).unwrap_or(company);
    let mut by_code: HashMap<String, Vec<Id>> = HashMap::new();
    for (id, code) in ids.iter().zip(env.values(ACCOUNT, "code", ids)?) {
        if let Some(code) = code.as_str().filter(|code| !code.is_empty()) {
            by_code.entry(code.to_owned()).or_default().push(*id);
        }
    }
    let list = Bind::texts(by_code.keys().cloned());
    let sql = sql!(
        "SELECT DISTINCT ON (k.code) k.code, g.id FROM unnest({list}::text[]) k (code) JOIN account_group g
         ON g.code_prefix_start <= left(k.code, char_length(g.code_prefix_start))
         AND g.code_prefix_end >= left(k.code, char_length(g.code_prefix_end)) AND g.company_id = {root}
         ORDER BY k.code, char_length(g.code_prefix_start) DESC, g.id"
    );
    for row in env.query(sql)? {
        for id in row.text(0).and_then(|code| by_code.get(&code)).into_iter().flatten() {
            out.set("group_id", *id, row.int(1));
        }
    }
    Ok(())
}
