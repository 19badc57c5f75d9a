//! isp.service_plan: what is sold.

use lastmile_orm::declare::{CreateHook, Next, WriteHook};
use lastmile_orm::record::{Char, Float};
use lastmile_orm::{Declarations, Env, Id, Map, Result, model};

use super::address;

model! {
    /// A plan.
    pub ServicePlan = "isp.service_plan" {
        NAME: "name" Char, SERVICE_TYPE: "service_type" Char, MIKROTIK_PROFILE: "mikrotik_profile" Char,
        DOWNLOAD: "download_mbps" Float, UPLOAD: "upload_mbps" Float,
    }
}

/// Old names of fields, still written by scripts.
const ALIASES: [(&str, &str); 3] = [("down_mbps", "download_mbps"), ("up_mbps", "upload_mbps"), ("price", "price_monthly")];

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model("isp.service_plan").on_create(aliases_in_create).on_write(aliases_in_write);
}

/// A value given under the old name is the field's, unless that is given too; the mirror follows by itself.
fn rename(values: &mut Map) {
    for (alias, field) in ALIASES {
        if let Some(value) = values.shift_remove(alias) {
            values.get_or_insert_with(field, || value);
        }
    }
}

fn aliases_in_create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    for map in &mut values {
        rename(map);
        address::keep(map, &["mikrotik_profile"], address::name)?;
    }
    next.call(env, values)
}

fn aliases_in_write(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    rename(&mut values);
    address::keep(&mut values, &["mikrotik_profile"], address::name)?;
    next.call(env, ids, values)
}
