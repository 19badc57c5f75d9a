//! Which router is meant: of a job, of a subscription, of a sector. One rule: what is named, else the first router of the sector
//! by its device's name.

use lastmile_orm::sql::{Bind, Sql};
use lastmile_orm::{Env, Id, Result};

/// The router of a subscription `s`, after those that come first.
macro_rules! lateral {
    ($alias:literal, $first:literal, $order:literal) => {
        concat!(
            "LEFT JOIN LATERAL (SELECT r.* FROM isp_mikrotik_router r LEFT JOIN isp_device d ON d.id = r.device_id WHERE ",
            $first,
            "r.id = s.router_id OR r.sector_id = s.sector_id ORDER BY ",
            $order,
            "r.id = s.router_id DESC NULLS LAST, d.name, r.id LIMIT 1) ",
            $alias,
            " ON TRUE "
        )
    };
}

/// Joins to a job `j` its subscription `s` and its router `r`: the job's device, else the subscription's router.
pub const OF_JOB: &str = concat!(
    "LEFT JOIN isp_subscription s ON s.id = j.subscription_id ",
    lateral!("r", "r.device_id = j.device_id OR ", "r.device_id = j.device_id DESC NULLS LAST, ")
);

/// Joins to a subscription `s` its router `home`: its own, else the first of its sector.
pub const OF_SUBSCRIPTION: &str = lateral!("home", "", "");

/// The first router of a sector, with its device.
pub fn of_sector(env: &mut Env, sector: Id) -> Result<(Option<Id>, Option<Id>)> {
    let sql = Sql::lit("SELECT home.id, home.device_id FROM (SELECT NULL::integer AS router_id, ")
        .push_bind(Bind::Int(Some(sector)))
        .push("::integer AS sector_id) s ")
        .push(OF_SUBSCRIPTION);
    Ok(env.query(sql)?.first().map_or((None, None), |row| (row.int(0), row.int(1))))
}
