//! What buttons and edits of contacts do.

use lastmile_orm::call::Invocation;
use lastmile_orm::declare::{ModelDecl, Tx};
use lastmile_orm::{Answer, Env, Error, Id, Map, Result, Value, map};

use super::partner_sync::ADDRESS;

const MODEL: &str = "res.partner";

/// Declares the methods and the onchanges.
pub fn declare(partners: &mut ModelDecl) {
    partners
        .record_method("create_company", "", Tx::Write, create_company)
        .record_method("open_commercial_entity", "", Tx::Read, open_commercial_entity)
        .onchange(&["parent_id"], address_of_parent)
        .onchange(&["company_type"], |env, id| {
            let company = env.value(MODEL, "company_type", id)?.as_str() == Some("company");
            env.assign(MODEL, "is_company", id, company)
        })
        .onchange(&["country_id"], |env, id| {
            let (country, state) = (env.value(MODEL, "country_id", id)?, country_of_state(env, id)?);
            if country.truthy() && state.is_some() && state != country.as_id() {
                env.assign(MODEL, "state_id", id, Value::None)?;
            }
            Ok(())
        })
        .onchange(&["state_id"], |env, id| match country_of_state(env, id)? {
            Some(country) if env.value(MODEL, "country_id", id)?.as_id() != Some(country) => env.assign(MODEL, "country_id", id, country),
            _ => Ok(()),
        });
}

fn country_of_state(env: &mut Env, id: Id) -> Result<Option<Id>> {
    match env.value(MODEL, "state_id", id)?.as_id() {
        Some(state) => Ok(env.value("res.country.state", "country_id", state)?.as_id()),
        None => Ok(None),
    }
}

/// A contact shows the address of its parent as soon as the parent is chosen, when the parent has any.
fn address_of_parent(env: &mut Env, id: Id) -> Result<()> {
    let Some(parent) = env.value(MODEL, "parent_id", id)?.as_id() else { return Ok(()) };
    let kind = env.value(MODEL, "type", id)?;
    if kind.truthy() && kind.as_str() != Some("contact") {
        return Ok(());
    }
    let mut address = Map::new();
    for field in ADDRESS {
        address.insert((*field).to_owned(), env.value(MODEL, field, parent)?);
    }
    if !address.values().any(Value::truthy) {
        return Ok(());
    }
    env.edit(MODEL, id, address)
}

/// Makes the company that a contact only named, and puts the contact below it.
fn create_company(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    let name = env.value(MODEL, "company_name", id)?;
    if !name.truthy() {
        return Ok(Answer::from(true));
    }
    let mut company = map! { "name" => name, "is_company" => true, "vat" => env.value(MODEL, "vat", id)? };
    for field in ADDRESS {
        company.insert((*field).to_owned(), env.value(MODEL, field, id)?);
    }
    let company = env.create_one(MODEL, company)?;
    let children = env.value(MODEL, "child_ids", id)?.ids();
    env.write(MODEL, &[id], map! { "parent_id" => company })?;
    env.write(MODEL, &children, map! { "parent_id" => company })?;
    Ok(Answer::from(true))
}

fn open_commercial_entity(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    let Some(entity) = env.value(MODEL, "commercial_partner_id", id)?.as_id() else {
        return Err(Error::user("The contact has no commercial entity."));
    };
    Ok(Answer::Value(Value::Map(map! {
        "type" => "ir.actions.act_window",
        "res_model" => MODEL,
        "view_mode" => "form",
        "res_id" => entity,
        "target" => "current",
    })))
}
