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
    let (formatted, number, address) = (asked("formatted_display_name"), asked("partner_show_db_id"), asked("show_address"));
    let (email, vat) = (asked("show_email"), asked("show_vat"));
    let mut names = if formatted { short(env, ids)? } else { texts(env, "complete_name", ids)? };
    let mut add = |texts: Vec<String>, before: &str, after: &str| {
        for (name, text) in names.iter_mut().zip(texts).filter(|(_, text)| !text.is_empty()) {
            *name = format!("{name}{before}{text}{after}");
        }
    };
    if number {
        let numbers = ids.iter().map(Id::to_string).collect();
        if formatted { add(numbers, " \t --", "--") } else { add(numbers, " (", ")") }
    }
    if email {
        let emails = texts(env, "email", ids)?;
        if formatted { add(emails, " \t --", "--") } else { add(emails, " <", ">") }
    }
    if !formatted {
        if address {
            add(super::partner_names::postal(env, ids)?, "\n", "");
            names.iter_mut().for_each(|name| *name = without_empty_lines(name));
        }
        if vat {
            let before = if address { " \n " } else { " - " };
            for (name, tax) in names.iter_mut().zip(texts(env, "vat", ids)?).filter(|(_, tax)| !tax.is_empty()) {
                *name = format!("{name}{before}{tax}");
            }
        }
    }
    Ok(names.into_iter().map(|name| name.trim().to_owned()).collect())
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
