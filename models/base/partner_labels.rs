//! Names of contacts that say more than the name, for screens that ask for it in the context.

use lastmile_orm::declare::ModelDecl;
use lastmile_orm::{Env, Id, Result, Value};

const MODEL: &str = "res.partner";
/// What screens may ask for.
const KEYS: &[&str] = &["formatted_display_name", "partner_show_db_id", "show_address", "show_email", "show_vat"];

/// Declares the names.
pub fn declare(partners: &mut ModelDecl) {
    partners.display_name_for(KEYS, labels);
}

fn texts(env: &mut Env, field: &str, ids: &[Id]) -> Result<Vec<String>> {
    Ok(env.values(MODEL, field, ids)?.into_iter().map(|v| if let Value::Str(s) = v { s } else { String::new() }).collect())
}

fn labels(env: &mut Env, ids: &[Id]) -> Result<Vec<String>> {
    let asked = |key: &str| env.context_get(key).is_some_and(Value::truthy);
    let [formatted, number, address, email, vat] = KEYS else { return texts(env, "complete_name", ids) };
    let (formatted, number, address) = (asked(formatted), asked(number), asked(address));
    let (email, vat) = (asked(email), asked(vat));
    let plain = if formatted { short(env, ids)? } else { texts(env, "complete_name", ids)? };
    let (emails, numbers) = (texts(env, "email", ids)?, texts(env, "vat", ids)?);
    let addresses = if address { super::partner_names::postal(env, ids)? } else { vec![String::new(); ids.len()] };
    let rows = ids.iter().zip(plain).zip(emails).zip(numbers).zip(addresses);
    let label = |((((id, mut name), mail), tax), place): ((((&Id, String), String), String), String)| {
        if formatted {
            if number {
                name.push_str(&format!(" \t --{id}--"));
            }
            if email && !mail.is_empty() {
                name.push_str(&format!(" \t --{mail}--"));
            }
            return name.trim().to_owned();
        }
        if number {
            name.push_str(&format!(" ({id})"));
        }
        if email && !mail.is_empty() {
            name.push_str(&format!(" <{mail}>"));
        }
        if address {
            name.push('\n');
            name.push_str(&place);
        }
        let mut name = without_empty_lines(&name);
        if vat && !tax.is_empty() {
            name.push_str(&if address { format!(" \n {tax}") } else { format!(" - {tax}") });
        }
        name.trim().to_owned()
    };
    Ok(rows.map(label).collect())
}

/// White space before the end of a line goes, and with it every empty line.
fn without_empty_lines(text: &str) -> String {
    text.split('\n').map(str::trim_end).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The company first, what the contact is called there after it, set apart for the client to render.
fn short(env: &mut Env, ids: &[Id]) -> Result<Vec<String>> {
    let reg = env.registry();
    let kinds = reg.model(MODEL)?.field("type")?.selection.clone();
    let parents: Vec<Id> = env.values(MODEL, "parent_id", ids)?.iter().map(|v| v.as_id().unwrap_or(0)).collect();
    let (names, types) = (texts(env, "name", ids)?, texts(env, "type", ids)?);
    let (above, own) = (env.sudo(|env| texts(env, "name", &parents))?, texts(env, "company_name", ids)?);
    let lang = env.lang()?.to_owned();
    let rows = names.into_iter().zip(types).zip(parents).zip(above).zip(own);
    Ok(rows
        .map(|((((name, kind), parent), above), own)| {
            if parent == 0 && own.is_empty() {
                return name;
            }
            let label = kinds.iter().find(|(value, _)| *value == kind).map(|(_, l)| lastmile_orm::registry::translated(l, &lang));
            let name = if name.is_empty() { label.unwrap_or_default().to_owned() } else { name };
            format!("{} \t --{name}--", if own.is_empty() { above } else { own })
        })
        .collect())
}
