//! isp.service_plan: what is sold.

use lastmile_orm::declare::Next;
use lastmile_orm::declare::{CreateHook, WriteHook};
use lastmile_orm::record::{Char, Float};
use lastmile_orm::sql::{Bind, Sql};
use lastmile_orm::{Declarations, Env, Id, Map, Result, Value, model};

model! {
    /// A plan.
    pub ServicePlan = "isp.service_plan" {
        NAME: "name" Char, SERVICE_TYPE: "service_type" Char, MIKROTIK_PROFILE: "mikrotik_profile" Char,
        DOWNLOAD: "download_mbps" Float, UPLOAD: "upload_mbps" Float, PRICE: "price_monthly" Float,
    }
}

/// Old names of fields, still written by scripts.
const ALIASES: [(&str, &str); 3] = [("down_mbps", "download_mbps"), ("up_mbps", "upload_mbps"), ("price", "price_monthly")];

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model("isp.service_plan")
        .default("active", true)
        .default("billing_cycle", "monthly")
        .default("service_type", "dhcp")
        .default("suspend_after_days", 0_i64)
        .default_fn("currency_id", company_currency)
        .on_create(aliases_in_create)
        .on_write(aliases_in_write);
}

/// The currency of the current company.
pub fn company_currency(env: &mut Env) -> Result<Value> {
    let sql = Sql::lit("SELECT currency_id FROM res_company WHERE id = ").push_bind(Bind::Int(Some(env.company_id())));
    Ok(Value::from(env.query(sql)?.first().and_then(|row| row.int(0))))
}

/// A value given under the old name is the field's, unless that is given too; the mirror follows by itself.
fn rename(values: &mut Map) {
    for (alias, field) in ALIASES {
        if let Some(value) = values.shift_remove(alias) {
            values.entry(field.to_owned()).or_insert(value);
        }
    }
}

fn aliases_in_create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    values.iter_mut().for_each(rename);
    next.call(env, values)
}

fn aliases_in_write(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    rename(&mut values);
    next.call(env, ids, values)
}
