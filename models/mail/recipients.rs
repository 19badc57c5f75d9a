//! Whom mails of templates go to, and when.

use std::collections::HashMap;

use lastmile_orm::{Env, Id, Result, Value};

/// Whom a mail goes to when its template does not say.
pub enum Recipient {
    Partner(Id),
    Address(String),
}

/// Mails go to the record's partner, to itself when it is one, or to the address that it holds.
pub fn default_recipients(env: &mut Env, model: &str, records: &[Id]) -> Result<HashMap<Id, Recipient>> {
    if model == "res.partner" {
        return Ok(records.iter().map(|id| (*id, Recipient::Partner(*id))).collect());
    }
    let reg = env.registry();
    let fields = &reg.model(model)?.fields;
    let mut out = HashMap::new();
    if fields.contains_key("email") {
        let emails = env.sudo(|env| env.values(model, "email", records))?;
        let held = records.iter().zip(emails).filter_map(|(id, email)| Some((*id, email.as_str().filter(|e| !e.is_empty())?.to_owned())));
        out.extend(held.map(|(id, email)| (id, Recipient::Address(email))));
    }
    if fields.contains_key("partner_id") {
        let partners = env.sudo(|env| env.values(model, "partner_id", records))?;
        out.extend(records.iter().zip(partners).filter_map(|(id, partner)| Some((*id, Recipient::Partner(partner.as_id()?)))));
    }
    Ok(out)
}

/// Ids as a list, or in the commands of a many2many.
pub fn linked(value: &Value) -> Vec<Id> {
    let items = value.as_list().unwrap_or_default();
    items
        .iter()
        .flat_map(|item| match item.as_list() {
            Some([kind, id, ..]) if kind.as_int() == Some(4) => id.as_id().into_iter().collect(),
            Some([kind, _, ids]) if kind.as_int() == Some(6) => ids.ids(),
            Some(_) => Vec::new(),
            None => item.as_id().into_iter().collect(),
        })
        .collect()
}

/// A moment as templates write it; anything else is at once.
pub fn due(text: Option<&str>) -> Option<chrono::NaiveDateTime> {
    lastmile_orm::convert::to_datetime(&Value::from(text.unwrap_or_default())).ok().flatten()
}
