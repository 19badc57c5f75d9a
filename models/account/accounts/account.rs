//! account.account: how accounts are made, changed, copied and deleted.

use std::collections::{HashMap, HashSet};

use lastmile_orm::call::Invocation;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next, Tx, UnlinkHook, WriteHook};
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Map, Result, Value, map};

use super::{ACCOUNT, codes};

/// Mappings have no rows: their ids are made of the account's and the company's.
const MAPPING_OFFSET: i64 = 10_000;

/// Declares the hooks.
pub fn declare(all: &mut Declarations) {
    all.model(ACCOUNT)
        .accepts(&["prefix", "code_digits"])
        .on_create(create)
        .on_write(write)
        .on_unlink(unlink)
        .on_copy(copy)
        .inverse("code", |env, ids, value| {
            let root = root_of_call(env)?;
            let code = value.as_str().map(str::to_owned);
            codes::put(env, &ids.iter().map(|id| (*id, root, code.clone())).collect::<Vec<_>>())
        })
        .compute_sudo(&["reconcile"], &["account_type"], reconcile)
        .model_method("name_create", "name", Tx::Write, name_create);
}

fn root_of_call(env: &mut Env) -> Result<Id> {
    let company = env.company_id();
    Ok(codes::roots(env, &[company])?.remove(&company).unwrap_or(company))
}

/// The companies of given values: those of the call when none are told, else the one of the call first, if it is there.
fn companies_of(env: &Env, values: &Map) -> Vec<Id> {
    let own = env.company_id();
    let Some(given) = values.get("company_ids").and_then(Value::as_list) else { return vec![own] };
    let mut out: Vec<Id> = Vec::new();
    for command in given {
        match command {
            Value::List(parts) => match (parts.first().and_then(Value::as_int), parts.get(1), parts.get(2)) {
                (Some(4), Some(id), _) => out.extend(id.as_id()),
                (Some(6), _, Some(ids)) => out = ids.ids(),
                (Some(5), ..) => out.clear(),
                _ => {}
            },
            id => out.extend(id.as_id()),
        }
    }
    if out.is_empty() || out.contains(&own) {
        out.retain(|id| *id != own);
        out.insert(0, own);
    }
    out
}

/// Codes that are told by company, as commands of the mapping.
fn mapped(account: Id, commands: &Value) -> Vec<(Id, Option<String>)> {
    let code = |values: &Map| values.get("code").and_then(Value::as_str).map(str::to_owned);
    let one = |command: &Value| {
        let parts = command.as_list()?;
        let values = parts.get(2)?.as_map()?;
        match parts.first()?.as_int()? {
            0 => Some((values.get("company_id")?.as_id()?, code(values))),
            1 if values.contains_key("code") => {
                let company = parts.get(1)?.as_int()? - i64::from(account) * MAPPING_OFFSET;
                Some((Id::try_from(company).ok()?, code(values)))
            }
            _ => None,
        }
    };
    commands.as_list().unwrap_or_default().iter().filter_map(one).collect()
}

fn create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let mut taken: HashMap<Id, HashSet<String>> = HashMap::new();
    let mut told: Vec<Vec<(Id, Option<String>)>> = Vec::with_capacity(values.len());
    let mut firsts: Vec<Id> = Vec::with_capacity(values.len());
    for map in &mut values {
        let companies = companies_of(env, map);
        let first = companies.first().copied().unwrap_or_else(|| env.company_id());
        let digits = map.shift_remove("code_digits");
        if let Some(prefix) = map.shift_remove("prefix") {
            let digits = digits.and_then(|n| n.as_int()).and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
            let prefix = prefix.as_str().unwrap_or_default().to_owned();
            let known = codes::known(env, &mut taken, first)?;
            let start = if prefix.len() < digits { format!("{prefix:0<width$}1", width = digits - 1) } else { prefix };
            let code = codes::free(&start, known)?;
            known.insert(code.clone());
            map.insert("code".into(), code.into());
        }
        let mut codes = map.shift_remove("code_mapping_ids").map(|commands| mapped(0, &commands)).unwrap_or_default();
        if let Some(code) = map.shift_remove("code").or_else(|| map.shift_remove("code_store")) {
            codes.push((first, code.as_str().map(str::to_owned)));
        }
        told.push(codes);
        firsts.push(first);
        let list = Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(companies)])]);
        map.insert("company_ids".into(), list);
    }
    let mut known: Vec<Id> = told.iter().flatten().map(|(company, _)| *company).chain(firsts.iter().copied()).collect();
    known.sort_unstable();
    known.dedup();
    let roots = codes::roots(env, &known)?;
    nearest(env, &mut values, &told, &firsts, &roots)?;
    let ids = next.call(env, values)?;
    let root = |company: Id| roots.get(&company).copied().unwrap_or(company);
    let rows: Vec<(Id, Id, Option<String>)> =
        ids.iter().zip(told).flat_map(|(id, codes)| codes.into_iter().map(move |(company, code)| (*id, root(company), code))).collect();
    codes::put(env, &rows)?;
    super::checks::codes_are_plain(env, &ids)?;
    codes::ensure_unique(env, &ids)?;
    Ok(ids)
}

/// What is not told of an account is as with the one whose code comes before its own: the type and the tags.
fn nearest(env: &mut Env, values: &mut [Map], told: &[Vec<(Id, Option<String>)>], firsts: &[Id], roots: &HashMap<Id, Id>) -> Result<()> {
    let code = |n: usize| {
        let first = firsts.get(n)?;
        let found = told.get(n)?.iter().find(|(company, _)| roots.get(company) == roots.get(first))?;
        found.1.clone().filter(|code| !code.is_empty())
    };
    let lacks = |map: &Map, key: &str| !map.get(key).is_some_and(Value::truthy);
    let asked: Vec<usize> = (0..values.len())
        .filter(|n| values.get(*n).is_some_and(|map| lacks(map, "account_type") || lacks(map, "tag_ids")) && code(*n).is_some())
        .collect();
    let mut found: HashMap<usize, (Option<String>, Vec<Id>)> = HashMap::new();
    if !asked.is_empty() {
        env.flush()?;
        let own = env.company_id();
        let texts = Bind::texts(asked.iter().filter_map(|n| code(*n)));
        let sql = sql!(
            "SELECT k.n, f.account_type, f.tags FROM unnest({texts}::text[]) WITH ORDINALITY k (code, n)
             JOIN LATERAL (SELECT a.account_type::text, (SELECT string_agg(t.account_account_tag_id::text, ',')
             FROM account_account_account_tag t WHERE t.account_account_id = a.id) AS tags FROM res_company c
             JOIN res_company o ON starts_with(c.parent_path, o.parent_path)
             JOIN account_account_res_company_rel r ON r.res_company_id = o.id
             JOIN account_account a ON a.id = r.account_account_id AND a.active WHERE c.id = {own}
             AND (a.code_store ->> split_part(c.parent_path, '/', 1)) COLLATE \"C\" < k.code
             ORDER BY (a.code_store ->> split_part(c.parent_path, '/', 1)) COLLATE \"C\" DESC LIMIT 1) f ON TRUE"
        );
        for row in env.query(sql)? {
            let Some(n) = row.big(0).and_then(|n| usize::try_from(n - 1).ok()).and_then(|n| asked.get(n)) else { continue };
            let tags = row.text(2).map(|tags| tags.split(',').filter_map(|tag| tag.parse().ok()).collect()).unwrap_or_default();
            found.insert(*n, (row.text(1), tags));
        }
    }
    for (n, map) in values.iter_mut().enumerate() {
        let (kind, tags) = found.remove(&n).unwrap_or_default();
        if lacks(map, "account_type") && code(n).is_some() {
            map.insert("account_type".into(), kind.unwrap_or_else(|| "asset_current".to_owned()).into());
        }
        if !map.contains_key("reconcile") {
            let kind = map.get("account_type").and_then(Value::as_str).unwrap_or_default();
            map.insert("reconcile".into(), matches!(kind, "asset_receivable" | "liability_payable").into());
        }
        if lacks(map, "tag_ids") && !tags.is_empty() {
            map.insert("tag_ids".into(), Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(tags)])]));
        }
    }
    Ok(())
}

/// Which accounts are reconciled follows from the type where it must; elsewhere it stays as it is.
fn reconcile(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let before = env.values(ACCOUNT, "reconcile", ids)?;
    for ((id, kind), before) in ids.iter().zip(env.values(ACCOUNT, "account_type", ids)?).zip(before) {
        let kind = kind.as_str().unwrap_or_default().to_owned();
        let value = match kind.as_str() {
            "asset_receivable" | "liability_payable" => true,
            "asset_cash" | "liability_credit_card" | "off_balance" => false,
            kind if ["income", "expense", "equity"].contains(&kind.split('_').next().unwrap_or_default()) => false,
            _ => before.truthy(),
        };
        out.set("reconcile", *id, value);
    }
    Ok(())
}

fn write(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    if let Some(wanted) = values.get("reconcile").map(Value::truthy) {
        let before = env.values(ACCOUNT, "reconcile", ids)?;
        let changed: Vec<Id> = ids.iter().zip(before).filter(|(_, before)| before.truthy() != wanted).map(|(id, _)| *id).collect();
        if wanted { open_lines(env, &changed)? } else { close_lines(env, &changed)? }
    }
    if let Some(currency) = values.get("currency_id").and_then(Value::as_id) {
        let sql = sql!(
            "SELECT 1 FROM account_move_line WHERE account_id = ANY({ids}) AND currency_id IS NOT NULL AND currency_id <> {currency} LIMIT 1"
        );
        if !env.query(sql)?.is_empty() {
            return Err(Error::user("There are lines of another currency on the account: it cannot be kept in this one."));
        }
    }
    let mut rows: Vec<(Id, Id, Option<String>)> = Vec::new();
    let mapping = values.shift_remove("code_mapping_ids");
    if let Some(commands) = &mapping {
        for id in ids {
            rows.extend(mapped(*id, commands).into_iter().map(|(company, code)| (*id, company, code)));
        }
        let companies: Vec<Id> = rows.iter().map(|(_, company, _)| *company).collect();
        let roots = codes::roots(env, &companies)?;
        rows.iter_mut().for_each(|row| row.1 = roots.get(&row.1).copied().unwrap_or(row.1));
    }
    let (coded, moved) = (values.contains_key("code") || values.contains_key("code_store"), values.contains_key("company_ids"));
    codes::put(env, &rows)?;
    if !values.is_empty() {
        next.call(env, ids, values)?;
    }
    if coded || mapping.is_some() {
        super::checks::codes_are_plain(env, ids)?;
    }
    if coded || moved || mapping.is_some() {
        codes::ensure_unique(env, ids)?;
    }
    Ok(())
}

/// Lines of accounts that are reconciled from now on are open; those of nothing are closed.
fn open_lines(env: &mut Env, accounts: &[Id]) -> Result<()> {
    let sql = sql!(
        "UPDATE account_move_line SET reconciled = (debit = 0 AND credit = 0 AND amount_currency = 0),
         amount_residual = debit - credit, amount_residual_currency = amount_currency
         WHERE full_reconcile_id IS NULL AND account_id = ANY({accounts})"
    );
    if !accounts.is_empty() {
        env.execute(&sql)?;
        env.invalidate();
    }
    Ok(())
}

/// Nothing is open on accounts that are not reconciled any more.
fn close_lines(env: &mut Env, accounts: &[Id]) -> Result<()> {
    if accounts.is_empty() {
        return Ok(());
    }
    let sql = sql!(
        "SELECT 1 FROM account_move_line l WHERE l.account_id = ANY({accounts}) AND l.full_reconcile_id IS NULL
         AND EXISTS (SELECT 1 FROM account_partial_reconcile p WHERE p.debit_move_id = l.id OR p.credit_move_id = l.id) LIMIT 1"
    );
    if !env.query(sql)?.is_empty() {
        return Err(Error::user("Lines on the account are reconciled in part: finish or undo that first."));
    }
    let sql = sql!(
        "UPDATE account_move_line SET amount_residual = 0, amount_residual_currency = 0
         WHERE full_reconcile_id IS NULL AND account_id = ANY({accounts})"
    );
    env.execute(&sql)?;
    env.invalidate();
    Ok(())
}

fn unlink(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    let sql = sql!(
        "SELECT EXISTS (SELECT 1 FROM account_move_line WHERE account_id = ANY({ids})),
         EXISTS (SELECT 1 FROM account_fiscal_position_account WHERE account_src_id = ANY({ids}) OR account_dest_id = ANY({ids})),
         EXISTS (SELECT 1 FROM account_tax_repartition_line WHERE account_id = ANY({ids}))"
    );
    let rows = env.query(sql)?;
    let used = |n: usize| rows.first().and_then(|row| row.bool(n)).unwrap_or(false);
    for (n, by) in [(0, "entries"), (1, "a fiscal position"), (2, "a tax")] {
        if used(n) {
            return Err(Error::user(format!("An account that {by} is on cannot be deleted.")));
        }
    }
    next.call(env, ids)
}

/// A copy has the next free code in each of its companies.
fn copy(env: &mut Env, ids: &[Id], maps: &mut [Map]) -> Result<()> {
    let mut taken: HashMap<Id, HashSet<String>> = HashMap::new();
    let lists = env.values(ACCOUNT, "company_ids", ids)?;
    for ((id, map), companies) in ids.iter().zip(maps).zip(lists) {
        let companies = companies.ids();
        let sql = sql!(
            "SELECT c.id, COALESCE(a.code_store ->> split_part(c.parent_path, '/', 1), (SELECT e.value FROM jsonb_each_text(a.code_store) e
             ORDER BY e.key::int4 LIMIT 1)) FROM account_account a CROSS JOIN res_company c WHERE a.id = {id} AND c.id = ANY({companies})
             ORDER BY c.id",
            id = *id
        );
        let mut commands = Vec::new();
        for row in env.query(sql)? {
            let (Some(company), Some(code)) = (row.int(0), row.text(1)) else { continue };
            let known = codes::known(env, &mut taken, company)?;
            known.insert(code.clone());
            let next = codes::free(&code, known)?;
            known.insert(next.clone());
            commands.push(Value::List(vec![Value::Int(0), Value::Int(0), Value::Map(map! { "company_id" => company, "code" => next })]));
        }
        map.shift_remove("code_store");
        map.shift_remove("code");
        map.insert("code_mapping_ids".into(), Value::List(commands));
    }
    Ok(())
}

/// Accounts are made with a code and a type; only imports make them of a text.
fn name_create(env: &mut Env, call: &Invocation) -> Result<Answer> {
    if env.context_get("import_file").is_none() {
        return Err(Error::validation("New accounts are made in the chart of accounts."));
    }
    let text = call.arg("name").py_str();
    let (code, name) = match text.split_once(' ') {
        Some((code, name)) if code.chars().any(|c| c.is_ascii_digit()) => (Value::from(code), name.trim().to_owned()),
        None if text.chars().any(|c| c.is_ascii_digit()) => (Value::from(text.as_str()), String::new()),
        _ => (Value::Bool(false), text.clone()),
    };
    let id = env.create_one(ACCOUNT, map! { "code" => code, "name" => name })?;
    let name = env.names(ACCOUNT, &[id])?.pop().unwrap_or_default();
    Ok(Answer::from(Value::List(vec![Value::from(id), Value::from(name)])))
}
