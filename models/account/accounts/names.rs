//! What accounts are called, and which group they are of.

use lastmile_orm::compute::Computed;
use lastmile_orm::domain::Op;
use lastmile_orm::registry::Registry;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Declarations, Domain, Env, Error, Id, Result, Value};

use super::ACCOUNT;
use crate::base::names::text;

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    all.model(ACCOUNT)
        .display_sql(|reg, alias, lang| text(reg, ACCOUNT, "name", alias, lang))
        .display_sql_in("account.group_account_readonly", account_name)
        .search("display_name", account_by_name)
        .compute_sudo(&["code"], &["code_store"], code)
        .same_as("code", "code_store")
        .compute(&["internal_group", "include_initial_balance"], &["account_type"], group_of)
        .search("internal_group", |_, op, value| search_group(op, value))
        .search("code", |_, op, value| {
            let op = Op::parse(op).ok_or_else(|| Error::unfit(op))?;
            if op.is_inequality() && value.as_str().is_none() {
                return Err(Error::type_("Codes of accounts are texts"));
            }
            Ok(Domain::cond("code_store", op, value.clone()))
        });
}

/// `101000 Cash`. Codes are kept by company; the first company's names the account.
fn account_name(reg: &Registry, alias: &str, lang: &str) -> Sql {
    sql!(
        "(COALESCE((SELECT e.value || ' ' FROM jsonb_each_text({alias:sql}) e ORDER BY e.key::int4
         LIMIT 1), '') || {lang:sql})",
        alias = Sql::column(alias, "code_store"),
        lang = text(reg, ACCOUNT, "name", alias, lang)
    )
}

/// Accounts by the beginning of their code, or by name or description.
fn account_by_name(_: &Env, op: &str, value: &Value) -> Result<Domain> {
    let code = |text: &str| text.split(' ').next().unwrap_or_default().to_owned();
    match (Op::parse(op), value) {
        (Some(Op::Eq | Op::In), _) => {
            let names = match value {
                Value::List(names) => names.clone(),
                one => vec![one.clone()],
            };
            let codes: Vec<String> = names.iter().map(|name| code(name.as_str().unwrap_or_default())).collect();
            Ok(Domain::is_in("code", codes).or(Domain::is_in("name", names)))
        }
        (Some(op), Value::Str(text)) => Ok(Domain::cond("code", Op::EqLike, format!("{}%", code(text)))
            .or(Domain::cond("name", op, text.as_str()))
            .or(Domain::cond("description", Op::ILike, text.as_str()))),
        _ => Err(Error::unfit(op)),
    }
}

fn code(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, code) in ids.iter().zip(env.values(ACCOUNT, "code_store", ids)?) {
        out.set("code", *id, code);
    }
    Ok(())
}

/// The first word of the type says which group an account is in; those of the year's result begin at nothing.
fn group_of(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, kind) in ids.iter().zip(env.values(ACCOUNT, "account_type", ids)?) {
        let kind = kind.as_str().unwrap_or_default().to_owned();
        let group = kind.split('_').next().unwrap_or_default();
        out.set("internal_group", *id, group);
        out.set("include_initial_balance", *id, !kind.is_empty() && kind != "equity_unaffected" && !matches!(group, "income" | "expense"));
    }
    Ok(())
}

/// Accounts of groups, by what their types begin with.
fn search_group(op: &str, value: &Value) -> Result<Domain> {
    let groups = match (op, value) {
        ("=", group) => vec![group.clone()],
        ("in", Value::List(groups)) => groups.clone(),
        _ => return Err(Error::unfit(op)),
    };
    let begins = |group: &Value| match group.as_str() {
        Some(group) => Domain::cond("account_type", Op::EqLike, format!("{group}%")),
        None => Domain::unset("account_type"),
    };
    Ok(Domain::one_of(groups.iter().map(begins)))
}
