//! Addresses of journals: invoices and bills that are mailed to one become entries of the journal.

use std::collections::{HashMap, HashSet};

use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Env, Error, Id, Map, Result, Value, map};

use super::JOURNAL;
use crate::mail::alias::local_part;

/// The local part of a journal's address: of the first of these that makes one; other companies than the first add their name.
fn address(texts: &[Option<String>], kind: &str, company: Option<&str>) -> Option<String> {
    if !matches!(kind, "sale" | "purchase") {
        return None;
    }
    let usable = |text: &str| Some(local_part(text)).filter(|part| part.chars().any(|c| c.is_ascii_alphanumeric()));
    let mut name = texts.iter().flatten().find_map(|text| usable(text)).unwrap_or_else(|| kind.to_owned());
    if let Some(company) = company.map(local_part).filter(|company| !company.is_empty())
        && !name.contains(&format!("-{company}"))
    {
        name = format!("{name}-{company}");
    }
    Some(local_part(&name))
}

/// Names of companies that are not the first one. One statement.
fn others(env: &mut Env, companies: &[Id]) -> Result<HashMap<Id, String>> {
    let sql = sql!(
        "SELECT c.id, c.name::text FROM res_company c WHERE c.id = ANY({companies}) AND NOT EXISTS (SELECT 1 FROM ir_model_data d
         WHERE d.module = 'base' AND d.name = 'main_company' AND d.res_id = c.id)"
    );
    Ok(env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect())
}

/// The addresses that new journals get; they are taken out of the values.
///
/// # Errors
/// UserError when an address is another's, with the journal's code behind it too.
pub(super) fn prepare(env: &mut Env, values: &mut [Map], mut tell: impl FnMut(usize, Option<String>)) -> Result<()> {
    let text = |map: &Map, key: &str| map.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let company = |map: &Map| map.get("company_id").and_then(Value::as_id).unwrap_or(0);
    let trades = |map: &Map| matches!(text(map, "type").as_deref(), Some("sale" | "purchase"));
    let companies: Vec<Id> = values.iter().filter(|map| trades(map)).map(company).collect();
    if companies.is_empty() {
        values.iter_mut().for_each(|map| drop(map.shift_remove("alias_name")));
        return Ok(());
    }
    let others = others(env, &companies)?;
    let mut wanted: Vec<(usize, Option<String>, Option<String>)> = Vec::new();
    for (n, map) in values.iter_mut().enumerate() {
        let given = map.shift_remove("alias_name");
        if !trades(map) {
            continue;
        }
        let kind = text(map, "type").unwrap_or_default();
        let name = match given {
            Some(given) => Some(local_part(given.as_str().unwrap_or_default())).filter(|name| !name.is_empty()),
            None => address(&[text(map, "name"), text(map, "code")], &kind, others.get(&company(map)).map(String::as_str)),
        };
        wanted.push((n, name, text(map, "code")));
    }
    let with_code = |name: &str, code: Option<&str>| local_part(&format!("{name}-{}", code.unwrap_or("none")));
    let both = |(_, name, code): &(usize, Option<String>, Option<String>)| {
        name.iter().flat_map(|name| [name.clone(), with_code(name, code.as_deref())]).collect::<Vec<_>>()
    };
    let names = Bind::texts(wanted.iter().flat_map(both));
    let sql = sql!("SELECT alias_name::text FROM mail_alias WHERE alias_name = ANY({names}::text[])");
    let mut taken: HashSet<String> = env.query(sql)?.iter().filter_map(|row| row.text(0)).collect();
    let before = taken.clone();
    for (n, name, code) in wanted {
        let name = name.map(|name| if before.contains(&name) { with_code(&name, code.as_deref()) } else { name });
        if let Some(name) = name.as_ref().filter(|name| !taken.insert((*name).clone())) {
            return Err(Error::user(format!("{name} is another journal's address already: give this one a name or code of its own.")));
        }
        tell(n, name);
    }
    Ok(())
}

/// What an alias makes of a mail.
fn values(journal: Id, company: Id, kind: &str) -> String {
    let entry = match kind {
        "purchase" => "in_invoice",
        "sale" => "out_invoice",
        _ => "entry",
    };
    format!("{{'company_id': {company}, 'move_type': '{entry}', 'journal_id': {journal}}}")
}

/// Makes the addresses of new journals.
pub(super) fn create(env: &mut Env, journals: &[(Id, Option<String>)]) -> Result<()> {
    let named: Vec<(Id, String)> = journals.iter().filter_map(|(id, name)| Some((*id, name.clone()?))).collect();
    if named.is_empty() {
        return Ok(());
    }
    env.flush()?;
    let ids: Vec<Id> = named.iter().map(|(id, _)| *id).collect();
    let sql = sql!(
        "SELECT j.id, j.company_id, j.type::text, c.alias_domain_id, (SELECT id FROM ir_model WHERE model = 'account.move'),
         (SELECT id FROM ir_model WHERE model = 'account.journal') FROM unnest({ids}::int4[]) WITH ORDINALITY k (id, n)
         JOIN account_journal j ON j.id = k.id JOIN res_company c ON c.id = j.company_id ORDER BY k.n"
    );
    let rows = env.query(sql)?;
    let maps = rows.iter().zip(&named).map(|(row, (id, name))| {
        map! {
            "alias_name" => name.as_str(), "alias_incoming_local" => false, "alias_model_id" => row.int(4), "alias_parent_model_id" => row.int(5),
            "alias_parent_thread_id" => *id, "alias_domain_id" => row.int(3),
            "alias_defaults" => values(*id, row.int(1).unwrap_or(0), &row.text(2).unwrap_or_default())
        }
    });
    let maps: Vec<Map> = maps.collect();
    let aliases = env.sudo(|env| env.create("mail.alias", maps))?;
    let sql = sql!(
        "UPDATE account_journal j SET alias_id = k.alias FROM unnest({ids}::int4[], {aliases}::int4[]) k (id, alias) WHERE j.id = k.id"
    );
    env.execute(&sql)?;
    env.changed(JOURNAL, &["alias_id"], &ids)
}

/// Brings addresses in step with journals whose type changed.
pub(super) fn follow(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "SELECT j.id, j.company_id, j.type::text, j.alias_id, a.alias_name::text, j.name ->> 'en_US', j.code::text FROM account_journal j
         LEFT JOIN mail_alias a ON a.id = j.alias_id WHERE j.id = ANY({ids}) ORDER BY j.id"
    );
    let rows = env.query(sql)?;
    let companies: Vec<Id> = rows.iter().filter_map(|row| row.int(1)).collect();
    let others = others(env, &companies)?;
    let mut new = Vec::new();
    for row in rows {
        let (Some(id), Some(company), Some(kind)) = (row.int(0), row.int(1), row.text(2)) else { continue };
        let name = address(&[row.text(4), row.text(5), row.text(6)], &kind, others.get(&company).map(String::as_str));
        match row.int(3) {
            Some(alias) => {
                let mut changes = map! { "alias_defaults" => values(id, company, &kind) };
                if row.text(4) != name {
                    if name.is_none() {
                        changes.insert("alias_full_name".into(), Value::None);
                    }
                    changes.insert("alias_name".into(), name.into());
                }
                env.sudo(|env| env.write("mail.alias", &[alias], changes))?;
            }
            None => new.push((id, name)),
        }
    }
    create(env, &new)
}
