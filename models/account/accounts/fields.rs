//! Codes of accounts by company, and what follows from them.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::domain::{Op, Operand};
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Declarations, Domain, Env, Error, Id, Result, Value};
use rust_decimal::Decimal;

use super::ACCOUNT;

/// Mappings have no rows: their ids are made of the account's and the company's.
const OFFSET: i64 = 10_000;

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    let accounts = all.model(ACCOUNT);
    accounts.field("placeholder_code").sql = Some(placeholder);
    accounts.field("root_id").sql = Some(|env, alias| sql!("substring({placeholder:sql}, 1, 2)", placeholder = placeholder(env, alias)));
    accounts
        .compute_sudo(&["placeholder_code", "root_id"], &["code_store"], codes)
        .search("placeholder_code", |env, op, value| {
            let sql = accounts_with(env);
            let sql = match (op, value) {
                ("=ilike", Value::Str(text)) => sql.push(" ILIKE ").push_bind(Bind::text(text.as_str())),
                ("=" | "in", _) => sql.push(" = ANY(").push_bind(Bind::texts(texts(value))).push(")"),
                _ => return Err(Error::unfit(op)),
            };
            Ok(Domain::with("id", Op::In, Operand::Query(sql)))
        })
        .search("root_id", |env, op, value| {
            let likes: Vec<String> = match op {
                "child_of" => texts(value).iter().map(|root| format!("{root}%")).collect(),
                "=" | "in" => texts(value).iter().map(|root| if root.len() < 2 { root.clone() } else { format!("{root}%") }).collect(),
                _ => return Err(Error::unfit(op)),
            };
            let sql = accounts_with(env).push(" ILIKE ANY(").push_bind(Bind::texts(likes)).push(")");
            Ok(Domain::with("id", Op::In, Operand::Query(sql)))
        })
        .compute_sudo(&["code_mapping_ids"], &[], |env, ids, out| {
            let mut companies = env.user().company_ids.clone();
            companies.sort_unstable();
            for id in ids {
                let mappings = companies.iter().filter_map(|company| Id::try_from(i64::from(*id) * OFFSET + i64::from(*company)).ok());
                out.set("code_mapping_ids", *id, mappings.collect::<Vec<Id>>());
            }
            Ok(())
        })
        .compute_sudo(&["used"], &[], |env, ids, out| {
            let sql = sql!(
                "SELECT a.id FROM account_account a WHERE EXISTS (SELECT 1 FROM account_move_line l
                 WHERE l.account_id = a.id) AND a.id = ANY({ids})"
            );
            let used: Vec<Id> = env.query_ids(sql)?;
            out.set_found("used", ids, &used);
            Ok(())
        })
        .compute_sudo(&["current_balance"], &[], balances);
}

/// The texts of a value, or of a list of them.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::List(several) => several.iter().filter(|one| one.truthy()).map(Value::py_str).collect(),
        one if one.truthy() => vec![one.py_str()],
        _ => Vec::new(),
    }
}

/// The code in the current company; else that in the first company of the account that the user may use, and which it is.
fn placeholder(env: &Env, alias: &str) -> Sql {
    let code = || Sql::column(alias, "code_store");
    sql!(
        "COALESCE({code:sql} ->> (SELECT split_part(o.parent_path, '/', 1) FROM res_company o
         WHERE o.id = {company_id}), (SELECT ({code:sql} ->> split_part(c.parent_path, '/', 1)) || ' (' || c.name || ')'
         FROM account_account_res_company_rel r JOIN res_company c ON c.id = r.res_company_id
         WHERE r.account_account_id = {alias:sql} AND c.id = ANY({company_ids}) ORDER BY c.id LIMIT 1))",
        code = code(),
        company_id = env.company_id(),
        alias = Sql::column(alias, "id"),
        company_ids = &env.user().company_ids
    )
}

fn accounts_with(env: &Env) -> Sql {
    sql!("SELECT a.id FROM account_account a WHERE {placeholder:sql}", placeholder = placeholder(env, "a"))
}

fn codes(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!("SELECT a.id, {placeholder:sql} FROM account_account a WHERE a.id = ANY({ids})", placeholder = placeholder(env, "a"));
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        let code = row.text(1).filter(|code| !code.is_empty());
        out.set("root_id", id, code.as_ref().map(|code| code.chars().take(2).collect::<String>()));
        out.set("placeholder_code", id, code);
    }
    Ok(())
}

/// What is posted on accounts in the current company and those below.
fn balances(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT l.account_id, sum(l.balance) FROM account_move_line l
         JOIN res_company c ON c.id = l.company_id
         JOIN res_company o ON starts_with(c.parent_path, o.parent_path) WHERE l.parent_state = 'posted'
         AND o.id = {company_id} AND l.account_id = ANY({ids}) GROUP BY 1",
        company_id = env.company_id()
    );
    let found: HashMap<Id, Decimal> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.decimal(1)?))).collect();
    ids.iter().for_each(|id| out.set("current_balance", *id, found.get(id).copied().unwrap_or_default()));
    Ok(())
}
