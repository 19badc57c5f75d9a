//! What customers log in with. Completed with superuser rights, so that roles which may not see it can still sell and activate.

use std::collections::HashMap;

use lastmile_orm::record::Records;
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Env, Error, Id, Map, Result, Value};

use super::plan::ServicePlan;
use super::subscription::Subscription;

/// Random hex digits.
pub fn random_hex(digits: usize) -> Result<String> {
    let mut bytes = vec![0_u8; digits.div_ceil(2)];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(format!("no randomness: {error}")))?;
    let mut text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    text.truncate(digits);
    Ok(text)
}

/// What a plan says about logging in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Terms {
    service_type: String,
    profile: String,
}

fn terms(env: &mut Env, plans: Vec<Id>) -> Result<HashMap<Id, Terms>> {
    let plans = Records::<ServicePlan>::new(plans);
    env.sudo(|env| {
        let types = plans.all(env, ServicePlan::SERVICE_TYPE)?;
        let profiles = plans.all(env, ServicePlan::MIKROTIK_PROFILE)?;
        let pairs = types.into_iter().zip(profiles).map(|(service_type, profile)| Terms { service_type, profile });
        Ok(plans.ids.iter().copied().zip(pairs).collect())
    })
}

/// The id in a given many2one value: an id, or a pair of id and name.
fn given_id(value: Option<&Value>) -> Option<Id> {
    let value = value?;
    value.as_id().or_else(|| value.as_list()?.first()?.as_id())
}

/// Completes the values of new subscriptions: the way to get in follows the plan when it is not given, then what it needs.
pub fn complete_new(env: &mut Env, values: &mut [Map]) -> Result<()> {
    let context = |key: &str| env.context_get(key).cloned();
    let (default_plan, default_auth) = (context("default_plan_id"), context("default_auth_method"));
    let plan_of = |map: &Map| given_id(map.get("plan_id").or(default_plan.as_ref()));
    let mut plans: Vec<Id> = values.iter().filter_map(plan_of).collect();
    plans.sort_unstable();
    plans.dedup();
    let terms = terms(env, plans)?;
    for map in values {
        let plan = plan_of(map).and_then(|id| terms.get(&id)).cloned().unwrap_or_default();
        let given = map.get("auth_method").or(default_auth.as_ref()).filter(|v| v.truthy()).cloned();
        if given.is_none() && matches!(plan.service_type.as_str(), "pppoe" | "dhcp") {
            map.insert("auth_method".into(), Value::from(plan.service_type.as_str()));
        } else if map.get("auth_method").is_some_and(|v| !v.truthy()) {
            map.shift_remove("auth_method");
        }
        let method = map.get("auth_method").or(default_auth.as_ref()).and_then(Value::as_str).unwrap_or("dhcp").to_owned();
        if let Some((user, password)) = account(&method, &plan.service_type) {
            let name = map.get("name").cloned().unwrap_or_default();
            fill(map, user, || Ok(name))?;
            fill(map, password, || random_hex(12).map(Value::from))?;
        }
        if method == "pppoe" && !plan.profile.is_empty() {
            let profile = plan.profile.clone();
            fill(map, "pppoe_profile", || Ok(Value::from(profile)))?;
        }
    }
    Ok(())
}

/// The fields of the account that a way to get in needs; DHCP needs none.
fn account(method: &str, service_type: &str) -> Option<(&'static str, &'static str)> {
    match (method, service_type) {
        ("pppoe", _) => Some(("pppoe_username", "pppoe_password")),
        (_, "hotspot") => Some(("hotspot_username", "hotspot_password")),
        _ => None,
    }
}

fn fill(map: &mut Map, field: &str, make: impl FnOnce() -> Result<Value>) -> Result<()> {
    if map.get(field).is_none_or(|value| !value.truthy()) {
        let value = make()?;
        map.insert(field.into(), value);
    }
    Ok(())
}

/// Completes what is missing on subscriptions before they go to a router. `renew`: the plan changed, its profile replaces the old one.
pub fn complete(env: &mut Env, subs: &Records<Subscription>, renew: bool) -> Result<()> {
    env.sudo(|env| {
        let plans = subs.all(env, Subscription::PLAN)?;
        let mut ids: Vec<Id> = plans.iter().filter_map(Records::id).collect();
        ids.sort_unstable();
        ids.dedup();
        let terms = terms(env, ids)?;
        let methods = subs.all(env, Subscription::AUTH_METHOD)?;
        let names = subs.all(env, Subscription::NAME)?;
        let mut current = HashMap::new();
        for field in ["pppoe_username", "pppoe_password", "pppoe_profile", "hotspot_username", "hotspot_password"] {
            current.insert(field, env.values("isp.subscription", field, &subs.ids)?);
        }
        let value =
            |field: &str, n: usize| current.get(field).and_then(|v| v.get(n)).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut shapes: Vec<(Vec<&'static str>, Vec<Row>)> = Vec::new();
        for (n, id) in subs.ids.iter().enumerate() {
            let plan = plans.get(n).and_then(Records::id).and_then(|id| terms.get(&id)).cloned().unwrap_or_default();
            let method = methods.get(n).map_or("", String::as_str);
            let (mut fields, mut missing) = (Vec::new(), Vec::new());
            if let Some((user, password)) = account(method, &plan.service_type) {
                if value(user, n).is_empty() {
                    fields.push(user);
                    missing.push(names.get(n).cloned().unwrap_or_default());
                }
                if value(password, n).is_empty() {
                    fields.push(password);
                    missing.push(random_hex(12)?);
                }
            }
            let profile = value("pppoe_profile", n);
            if method == "pppoe" && profile != plan.profile && (renew || profile.is_empty()) {
                fields.push("pppoe_profile");
                missing.push(plan.profile.clone());
            }
            match shapes.iter_mut().find(|(known, _)| *known == fields) {
                _ if fields.is_empty() => {}
                Some((_, rows)) => rows.push((*id, missing)),
                None => shapes.push((fields, vec![(*id, missing)])),
            }
        }
        shapes.iter().try_for_each(|(fields, rows)| put(env, fields, rows))
    })
}

/// A subscription with its texts, in the order of the fields.
type Row = (Id, Vec<String>);

/// Gives texts to subscriptions, each its own: one statement for all that lack the same.
fn put(env: &mut Env, fields: &[&'static str], rows: &[Row]) -> Result<()> {
    let ids: Vec<Id> = rows.iter().map(|(id, _)| *id).collect();
    let mut sql = sql!("UPDATE isp_subscription s SET write_uid = {uid}, write_date = {now}", uid = env.uid(), now = env.now());
    for field in fields {
        sql = sql.push(", ").push_ident(field).push(" = NULLIF(v.").push_ident(field).push(", '')");
    }
    sql = sql.push(" FROM (SELECT unnest(").push_bind(Bind::ids(&ids)).push("::int4[]) AS id");
    for (n, field) in fields.iter().enumerate() {
        let texts: Vec<String> = rows.iter().map(|(_, texts)| texts.get(n).cloned().unwrap_or_default()).collect();
        sql = sql.push(", unnest(").push_bind(Bind::texts(texts)).push("::text[]) AS ").push_ident(field);
    }
    env.execute(&sql.push(") v WHERE v.id = s.id"))?;
    env.changed("isp.subscription", fields, &ids)?;
    env.invalidate();
    Ok(())
}
