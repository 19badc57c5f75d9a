//! What customers may say when they make a record themselves: it is theirs, and staff decides the rest.

use lastmile_orm::access::Operation;
use lastmile_orm::declare::{CreateHook, Next};
use lastmile_orm::{Env, Error, Id, Map, Result, Value};

/// Whether the caller is a customer, acting with his own rights.
pub fn is_customer(env: &Env) -> bool {
    !env.is_su() && env.user().share
}

/// Holds the values of a customer's new records to what is his to say: the partner is himself, the service is his own,
/// and whatever is not among `own` fields is left to the program. Nothing changes for staff.
///
/// # Errors
/// AccessError for another's partner or service.
pub fn hold(env: &mut Env, values: &mut [Map], own: &[&str]) -> Result<()> {
    if !is_customer(env) {
        return Ok(());
    }
    let me = env.user().partner_id;
    let mut services: Vec<Id> = Vec::new();
    for map in values {
        for name in own {
            if let Some(value) = env.context_get(&format!("default_{name}")) {
                map.get_or_insert_with(name, || value.clone());
            }
        }
        if map.get("partner_id").is_some_and(|partner| partner.truthy() && partner.as_id() != Some(me)) {
            return Err(not_yours());
        }
        map.retain(|name, _| own.contains(&name.as_str()));
        map.insert("partner_id".into(), Value::from(me));
        services.extend(map.get("subscription_id").and_then(Value::as_id));
    }
    let owners = env.sudo(|env| env.values("isp.subscription", "partner_id", &services))?;
    if owners.iter().all(|owner| owner.as_id() == Some(me)) { Ok(()) } else { Err(not_yours()) }
}

/// The rest of a create after [`hold`]: a customer's context has no say in what was left to the program.
///
/// # Errors
/// Those of the create.
pub fn create(env: &mut Env, values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    if is_customer(env) { env.without_defaults(|env| next.call(env, values)) } else { next.call(env, values) }
}

/// Staff links only to records that it may see: the record rules of what `field` names are checked.
///
/// # Errors
/// AccessError when a rule hides one of them.
pub fn check_link(env: &mut Env, values: &[Map], field: &str, target: &str) -> Result<()> {
    let ids: Vec<Id> = values.iter().filter_map(|map| map.get(field).and_then(Value::as_id)).collect();
    env.check_records(target, &ids, Operation::Read)
}

/// The refusal of what belongs to somebody else.
pub fn not_yours() -> Error {
    Error::access("Customers act for themselves only: the customer, the service and the invoices have to be your own.")
}
