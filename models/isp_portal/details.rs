//! Contact data of customers, the language in which they are written to, and a copy of what is kept of them.

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Map, Result, Value, map};
use serde_json::{Value as Json, json};

use super::owner::{me, payer};

/// What customers change themselves; name and tax number only until there is an invoice with them.
const FIELDS: &[&str] = &["email", "phone", "street", "street2", "city", "zip", "country_id", "state_id"];
const FIXED: &[&str] = &["name", "vat"];
/// The longest text of a field.
const MAX: usize = 250;

/// The acting user's contact data by field, relations as ids; whether name and tax number may still be changed.
///
/// # Errors
/// What the database answers.
pub fn details(env: &mut Env) -> Result<(serde_json::Map<String, Json>, bool)> {
    let partner = env.user().partner_id;
    let mut out = serde_json::Map::new();
    env.sudo(|env| {
        for field in FIELDS.iter().chain(FIXED).chain(&["lang"]) {
            let value = env.values("res.partner", field, &[partner])?.into_iter().next().unwrap_or_default();
            let shown = match value.as_id() {
                Some(id) if field.ends_with("_id") => json!(id),
                _ => json!(value.as_str().unwrap_or_default()),
            };
            out.insert((*field).to_owned(), shown);
        }
        Ok(())
    })?;
    let sql =
        sql!("SELECT 1 FROM account_move m WHERE m.commercial_partner_id = {payer:sql} AND m.state = 'posted' LIMIT 1", payer = payer(env));
    Ok((out, env.query(sql)?.is_empty()))
}

/// Countries, as ids and names in the reader's language.
///
/// # Errors
/// What the database answers.
pub fn countries(env: &mut Env) -> Result<Vec<(Id, String)>> {
    let lang = env.context().lang.clone();
    let sql = sql!("SELECT id, COALESCE(name->>{lang}, name->>'en_US', '')::text FROM res_country ORDER BY 2");
    Ok(env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect())
}

/// The states of a country, as ids and names.
///
/// # Errors
/// What the database answers.
pub fn regions(env: &mut Env, country: Id) -> Result<Vec<(Id, String)>> {
    let rows = env.query(sql!("SELECT id, name::text FROM res_country_state WHERE country_id = {country} ORDER BY name"))?;
    Ok(rows.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect())
}

/// Changes the acting user's contact data: what is given of it.
///
/// # Errors
/// ValidationError for an address that is none, a missing name, a text that is too long.
pub fn change(env: &mut Env, given: &[(String, String)]) -> Result<()> {
    let (_, free) = details(env)?;
    let mut values = Map::new();
    for (name, text) in given {
        let known = FIELDS.contains(&name.as_str()) || (free && FIXED.contains(&name.as_str()));
        if !known {
            continue;
        }
        let text = text.trim();
        if text.chars().count() > MAX || text.chars().any(char::is_control) {
            return Err(Error::validation("This text is too long."));
        }
        let value = match (name.ends_with("_id"), text) {
            (_, "") => Value::Bool(false),
            (true, id) => Value::Int(id.parse::<Id>().map_err(|_| Error::validation("This place does not exist."))?.into()),
            (false, text) => Value::from(text),
        };
        values.insert(name.clone(), value);
    }
    if values.get("name").is_some_and(|name| !name.truthy()) {
        return Err(Error::validation("A name is needed."));
    }
    if let Some(email) = values.get("email").and_then(Value::as_str) {
        let well = email
            .split_once('@')
            .is_some_and(|(box_, host)| !box_.is_empty() && host.contains('.') && !email.contains([' ', ',', '<', '>']));
        if !well {
            return Err(Error::validation("This is no e-mail address."));
        }
    }
    if let (Some(state), country) = (values.get("state_id").and_then(Value::as_id).filter(|id| *id > 0), values.get("country_id")) {
        let of = env.sudo(|env| env.values("res.country.state", "country_id", &[state]))?.first().and_then(Value::as_id);
        if country.is_some_and(|country| country.as_id() != of) {
            values.insert("state_id".into(), Value::Bool(false));
        }
    }
    let partner = env.user().partner_id;
    if values.is_empty() { Ok(()) } else { env.sudo(|env| env.write("res.partner", &[partner], values)) }
}

/// Languages of the database: codes and names.
///
/// # Errors
/// What the database answers.
pub fn languages(env: &mut Env) -> Result<Vec<(String, String)>> {
    let rows = env.query(sql!("SELECT code::text, name::text FROM res_lang WHERE active ORDER BY name"))?;
    let name = |text: String| text.split(" / ").last().unwrap_or_default().to_owned();
    Ok(rows.iter().filter_map(|row| Some((row.text(0)?, name(row.text(1)?)))).collect())
}

/// Chooses the language in which the acting user is written to.
///
/// # Errors
/// ValidationError for one that is not installed.
pub fn speak(env: &mut Env, lang: &str) -> Result<()> {
    if !languages(env)?.iter().any(|(code, _)| code == lang) {
        return Err(Error::validation("This language is not there."));
    }
    let partner = env.user().partner_id;
    env.sudo(|env| env.write("res.partner", &[partner], map! { "lang" => lang }))
}

/// A copy of what is kept of the acting user: contact data, services, invoices, transfers, tickets, usage.
///
/// # Errors
/// What the database answers.
pub fn copy(env: &mut Env) -> Result<Json> {
    let (contact, _) = details(env)?;
    let mut out = serde_json::Map::new();
    out.insert("contact".into(), Json::Object(contact));
    let parts = [
        (
            "services",
            sql!(
                "SELECT s.name, s.state, p.name AS plan, s.start_date, s.address_text, s.gps_lat, s.gps_lng, s.service_ip, s.service_mac
                 FROM isp_subscription s LEFT JOIN isp_service_plan p ON p.id = s.plan_id WHERE s.partner_id = {me} ORDER BY s.id",
                me = me(env)
            ),
        ),
        (
            "invoices",
            sql!(
                "SELECT m.name, m.move_type, m.invoice_date, m.invoice_date_due, m.amount_total, m.amount_residual, m.payment_state
                 FROM account_move m WHERE m.commercial_partner_id = {payer:sql} AND m.state = 'posted'
                 AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt') ORDER BY m.id",
                payer = payer(env)
            ),
        ),
        (
            "transfers",
            sql!(
                "SELECT name, transfer_datetime, bank_name, reference, amount, state FROM isp_bank_transfer_payment
                 WHERE partner_id = {me} ORDER BY id",
                me = me(env)
            ),
        ),
        (
            "tickets",
            sql!(
                "SELECT name, fault_type, state, description, opened_at, closed_at FROM isp_fault_ticket WHERE partner_id = {me} ORDER BY id",
                me = me(env)
            ),
        ),
        (
            "usage",
            sql!(
                "SELECT s.name AS service, u.day, u.download_bytes, u.upload_bytes FROM isp_usage_day u
                 JOIN isp_subscription s ON s.id = u.subscription_id WHERE s.partner_id = {me} ORDER BY s.id, u.day",
                me = me(env)
            ),
        ),
    ];
    for (name, part) in parts {
        let rows = env.query(sql!("SELECT COALESCE(json_agg(x), '[]')::text FROM ({part:sql}) x"))?;
        let text = rows.first().and_then(|row| row.text(0)).unwrap_or_default();
        out.insert(name.into(), serde_json::from_str(&text).unwrap_or_default());
    }
    Ok(Json::Object(out))
}
