//! Module isp_mikrotik: routers, and what they should hold.

pub mod book;
pub mod check_in;
pub mod desired;
pub mod places;
pub mod preconfig;
pub mod rollout;
pub mod router;
pub mod services;
pub mod snapshot;
pub mod work;

use lastmile_orm::record::Records;
use lastmile_orm::{Declarations, Domain, Env, Id, Result};

use crate::isp_core::SECRETS;
use crate::isp_core::subscription::Subscription;

/// Declares the module.
pub fn declare(all: &mut Declarations) {
    router::declare(all);
    preconfig::declare(all);
    places::declare(all);
    rollout::declare(all);
    all.model("isp.subscription").groups(&["hotspot_username", "hotspot_password"], SECRETS).onchange(&["sector_id"], sector_chosen);
}

/// The router follows the sector when there is no choice.
fn sector_chosen(env: &mut Env, draft: Id) -> Result<()> {
    let sector = Records::<Subscription>::one(draft).get(env, Subscription::SECTOR)?;
    let Some(sector) = sector.id() else { return env.assign("isp.subscription", "router_id", draft, false) };
    let routers = env.sudo(|env| Records::<router::Router>::search(env, &Domain::eq("sector_id", sector)))?;
    match routers.ids.as_slice() {
        [only] => env.assign("isp.subscription", "router_id", draft, *only),
        _ => Ok(()),
    }
}
