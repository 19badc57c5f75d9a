//! Codes of accounts. An account has one for each company at the top of those that it is of; codes are unique among the
//! companies above and below each other.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Env, Error, Id, Result};
use serde_json::json;

use super::ACCOUNT;

/// How many codes are tried that say they are copies.
const COPIES: usize = 99;

/// The company at the top of each.
pub fn roots(env: &mut Env, companies: &[Id]) -> Result<HashMap<Id, Id>> {
    let sql = sql!("SELECT id, split_part(parent_path, '/', 1)::int4 FROM res_company WHERE id = ANY({companies})");
    Ok(env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect())
}

/// The codes that are taken for a company: those of accounts in use of the companies above and below it.
pub fn taken(env: &mut Env, company: Id) -> Result<HashSet<String>> {
    env.flush()?;
    let sql = sql!(
        "SELECT DISTINCT a.code_store ->> split_part(c.parent_path, '/', 1) FROM res_company c
         JOIN res_company o ON starts_with(c.parent_path, o.parent_path) OR starts_with(o.parent_path, c.parent_path)
         JOIN account_account_res_company_rel r ON r.res_company_id = o.id
         JOIN account_account a ON a.id = r.account_account_id AND a.active WHERE c.id = {company}"
    );
    Ok(env.query(sql)?.iter().filter_map(|row| row.text(0)).collect())
}

/// The codes that are taken for a company, read when they are first asked for.
pub fn known<'t>(env: &mut Env, all: &'t mut HashMap<Id, HashSet<String>>, company: Id) -> Result<&'t mut HashSet<String>> {
    Ok(match all.entry(company) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(new) => new.insert(taken(env, company)?),
    })
}

/// The first code from `start` on that is not taken: its last number goes up, then it says that it is a copy.
///
/// # Errors
/// User, when all are taken.
pub fn free(start: &str, taken: &HashSet<String>) -> Result<String> {
    if !taken.contains(start) {
        return Ok(start.to_owned());
    }
    let tail = start.len() - start.trim_end_matches(|c: char| !c.is_ascii_digit()).len();
    let (body, after) = start.split_at(start.len() - tail);
    let digits = body.len() - body.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (before, number) = body.split_at(body.len() - digits);
    if let Ok(first) = number.parse::<u64>() {
        let end = u32::try_from(digits).ok().and_then(|digits| 10_u64.checked_pow(digits)).unwrap_or(u64::MAX);
        let next = (first.saturating_add(1)..end).map(|n| format!("{before}{n:0digits$}{after}")).find(|code| !taken.contains(code));
        if let Some(code) = next {
            return Ok(code);
        }
    }
    let copies = (0..COPIES).map(|n| if n == 0 { format!("{start}.copy") } else { format!("{start}.copy{}", n + 1) });
    copies.into_iter().find(|code| !taken.contains(code)).ok_or_else(|| Error::user(format!("There is no free code after {start}.")))
}

/// Writes codes: account, company at the top, code (`None`: it has none there). One statement.
pub fn put(env: &mut Env, codes: &[(Id, Id, Option<String>)]) -> Result<()> {
    if codes.is_empty() {
        return Ok(());
    }
    env.flush()?;
    let mut by_account: Vec<(Id, serde_json::Map<String, serde_json::Value>)> = Vec::new();
    for (account, root, code) in codes {
        let value = code.as_deref().filter(|code| !code.is_empty()).map_or(serde_json::Value::Null, |code| json!(code));
        match by_account.iter_mut().find(|(id, _)| id == account) {
            Some((_, map)) => {
                map.insert(root.to_string(), value);
            }
            None => by_account.push((*account, serde_json::Map::from_iter([(root.to_string(), value)]))),
        }
    }
    let ids: Vec<Id> = by_account.iter().map(|(id, _)| *id).collect();
    let texts = Bind::texts(by_account.iter().map(|(_, map)| serde_json::Value::Object(map.clone()).to_string()));
    let sql = sql!(
        "UPDATE account_account a SET code_store = NULLIF(jsonb_strip_nulls(COALESCE(a.code_store, '{{}}') || k.codes::jsonb), '{{}}')
         FROM unnest({ids}::int4[], {texts}::text[]) k (id, codes) WHERE a.id = k.id"
    );
    env.execute(&sql)?;
    env.changed(ACCOUNT, &["code_store"], &ids)
}

/// Accounts have a code for each of their companies, and no other account there, above or below has it. Two statements.
///
/// # Errors
/// Validation.
pub fn ensure_unique(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "SELECT 1 FROM account_account a JOIN account_account_res_company_rel r ON r.account_account_id = a.id
         JOIN res_company c ON c.id = r.res_company_id WHERE a.id = ANY({ids})
         AND COALESCE(a.code_store ->> split_part(c.parent_path, '/', 1), '') = '' LIMIT 1"
    );
    if !env.query(sql)?.is_empty() {
        return Err(Error::validation("An account needs a code for each of its companies."));
    }
    let sql = sql!(
        "SELECT DISTINCT k.code FROM (SELECT a.id, c.parent_path, split_part(c.parent_path, '/', 1) AS root,
         a.code_store ->> split_part(c.parent_path, '/', 1) AS code FROM account_account a
         JOIN account_account_res_company_rel r ON r.account_account_id = a.id JOIN res_company c ON c.id = r.res_company_id
         WHERE a.id = ANY({ids})) k JOIN res_company o ON starts_with(k.parent_path, o.parent_path)
         OR starts_with(o.parent_path, k.parent_path) JOIN account_account_res_company_rel s ON s.res_company_id = o.id
         JOIN account_account b ON b.id = s.account_account_id AND b.id <> k.id AND (b.active OR b.id = ANY({ids}))
         AND b.code_store ->> k.root = k.code ORDER BY 1"
    );
    let codes: Vec<String> = env.query(sql)?.iter().filter_map(|row| row.text(0)).collect();
    if codes.is_empty() {
        return Ok(());
    }
    Err(Error::validation(format!("Codes of accounts are unique. These are taken already: {}", codes.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes that are there, the one to begin with, and the one that is free.
    #[test]
    fn codes_go_up_or_say_that_they_are_copies() {
        for (there, start, expected) in [
            (vec![], "102100", "102100"),
            (vec!["102100"], "102100", "102101"),
            (vec!["1598", "1599"], "1598", "1600"),
            (vec!["10.01.98", "10.01.99"], "10.01.98", "10.01.98.copy"),
            (vec!["1021A"], "1021A", "1022A"),
            (vec!["hello", "hello.copy", "hello.copy2"], "hello", "hello.copy3"),
            (vec!["9998", "9999"], "9998", "9998.copy"),
        ] {
            let taken: HashSet<String> = there.into_iter().map(str::to_owned).collect();
            assert_eq!(free(start, &taken).unwrap(), expected, "{start}");
        }
    }
}
