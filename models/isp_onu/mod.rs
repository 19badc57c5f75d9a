//! Module isp_onu: optical terminals, and whom they serve.

use lastmile_orm::declare::{CreateHook, Next, UnlinkHook, WriteHook};
use lastmile_orm::record::{Boolean, Char, Many2one, Records};
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value, map, model};

use crate::isp_core::subscription::Subscription;

model! {
    /// A terminal.
    pub Onu = "isp.onu" { SERIAL: "serial" Char, STATUS: "status" Char }
    /// A terminal at a customer's.
    pub Assignment = "isp.onu.assignment" {
        ACTIVE: "active" Boolean, ONU: "onu_id" Many2one<Onu>, SUBSCRIPTION: "subscription_id" Many2one<Subscription>,
    }
}

const ASSIGNMENT: &str = "isp.onu.assignment";

/// Declares the module.
pub fn declare(all: &mut Declarations) {
    all.model("isp.onu").accepts(&["name"]).on_create(name_is_serial).on_write(no_name);
    all.model(ASSIGNMENT)
        .constrains(&["active", "onu_id", "subscription_id"], one_active_each_way)
        .on_create(assigned)
        .on_write(reassigned)
        .on_unlink(released);
}

/// A scanner sends `name`, which terminals do not have: it stands for a serial number that is not given.
fn name_is_serial(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    for map in &mut values {
        if let Some(name) = map.shift_remove("name")
            && map.get("serial").is_none_or(|serial| !serial.truthy())
        {
            map.insert("serial".into(), name);
        }
    }
    next.call(env, values)
}

/// A terminal keeps the serial number that it has.
fn no_name(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    values.shift_remove("name");
    next.call(env, ids, values)
}

fn one_active_each_way(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT o.onu_id = a.onu_id FROM isp_onu_assignment a JOIN isp_onu_assignment o ON o.active
         AND o.id <> a.id AND (o.onu_id = a.onu_id OR o.subscription_id = a.subscription_id) WHERE a.active
         AND a.id = ANY({ids}) LIMIT 1"
    );
    match env.query(sql)?.first().and_then(|row| row.bool(0)) {
        Some(true) => Err(Error::validation("This ONU is assigned already.")),
        Some(false) => Err(Error::validation("This subscription has an ONU already.")),
        None => Ok(()),
    }
}

fn terminals(env: &mut Env, assignments: &[Id]) -> Result<Vec<Id>> {
    env.sudo(|env| env.linked(ASSIGNMENT, "onu_id", assignments))
}

fn assigned(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let now = env.now();
    for map in &mut values {
        let active = map.get("active").is_none_or(Value::truthy);
        if active && map.get("assigned_at").is_none_or(|at| !at.truthy()) {
            map.insert("assigned_at".into(), Value::from(now));
        }
    }
    let ids = next.call(env, values)?;
    let onus = terminals(env, &ids)?;
    follow_status(env, &onus)?;
    Ok(ids)
}

fn reassigned(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    let moves = values.contains_key("active") || values.contains_key("onu_id");
    let mut onus = if moves { terminals(env, ids)? } else { Vec::new() };
    let now = env.now();
    if let Some(active) = values.get("active").map(Value::truthy) {
        let stamp = if active { "assigned_at" } else { "unassigned_at" };
        values.get_or_insert_with(stamp, || Value::from(now));
    }
    next.call(env, ids, values)?;
    if moves {
        onus.extend(terminals(env, ids)?);
        follow_status(env, &onus)?;
    }
    Ok(())
}

fn released(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    let onus = terminals(env, ids)?;
    next.call(env, ids)?;
    follow_status(env, &onus)
}

/// An assigned terminal is installed; a released one is back in stock, unless it is faulty.
fn follow_status(env: &mut Env, onus: &[Id]) -> Result<()> {
    let sql = sql!("SELECT DISTINCT onu_id FROM isp_onu_assignment WHERE active AND onu_id = ANY({onus})");
    let used: Vec<Id> = env.query_ids(sql)?;
    env.sudo(|env| {
        let (busy, free): (Vec<Id>, Vec<Id>) = onus.iter().partition(|id| used.contains(id));
        let installed = Records::<Onu>::new(busy).filter(env, Onu::STATUS, |status| status != "installed")?;
        installed.write(env, map! { "status" => "installed" })?;
        let stock = Records::<Onu>::new(free).filter(env, Onu::STATUS, |status| status == "installed")?;
        stock.write(env, map! { "status" => "stock" })
    })
}
