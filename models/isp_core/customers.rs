//! What customers may say when they make a record themselves: it is theirs, and staff decides the rest.

use lastmile_orm::{Env, Error, Id, Map, Result, Value};

/// Whether the caller is a customer, acting with his own rights.
pub fn is_customer(env: &Env) -> bool {
    !env.is_su() && env.user().share
}

/// Holds the values of a customer's new records to what is his to say: the partner is himself, the service is his own,
/// and `staff` fields are left to their defaults. Nothing changes for staff.
///
/// # Errors
/// AccessError for another's partner or service.
pub fn hold(env: &mut Env, values: &mut [Map], staff: &[&str]) -> Result<()> {
    if !is_customer(env) {
        return Ok(());
    }
    let me = env.user().partner_id;
    let mut services: Vec<Id> = Vec::new();
    for map in values {
        for field in staff {
            map.shift_remove(*field);
        }
        if map.get("partner_id").is_some_and(|partner| partner.truthy() && partner.as_id() != Some(me)) {
            return Err(not_yours());
        }
        map.insert("partner_id".into(), Value::from(me));
        services.extend(map.get("subscription_id").and_then(Value::as_id));
    }
    let owners = env.sudo(|env| env.values("isp.subscription", "partner_id", &services))?;
    if owners.iter().all(|owner| owner.as_id() == Some(me)) { Ok(()) } else { Err(not_yours()) }
}

/// The refusal of what belongs to somebody else.
pub fn not_yours() -> Error {
    Error::access("Customers act for themselves only: the customer, the service and the invoices have to be your own.")
}
