//! Which router is meant: of a job, of a subscription, of a sector. One rule: what is named, else the first router of the sector
//! by its device's name.

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result};

/// The router of a subscription `s`, after those that come first.
macro_rules! first_router {
    ($what:literal, $first:literal, $order:literal) => {
        concat!(
            "(SELECT ",
            $what,
            " FROM isp_mikrotik_router r LEFT JOIN isp_device d ON d.id = r.device_id WHERE ",
            $first,
            "r.id = s.router_id OR r.sector_id = s.sector_id ORDER BY ",
            $order,
            "r.id = s.router_id DESC NULLS LAST, d.name, r.id LIMIT 1)"
        )
    };
}

/// Joins to a job `j` its subscription `s` and its router `r`: the job's device, else the subscription's router.
pub const OF_JOB: &str = concat!(
    "LEFT JOIN isp_subscription s ON s.id = j.subscription_id LEFT JOIN LATERAL ",
    first_router!("r.*", "r.device_id = j.device_id OR ", "r.device_id = j.device_id DESC NULLS LAST, "),
    " r ON TRUE "
);

/// Beside [`OF_JOB`]: the router where the job's subscription belongs, which is another one only when the job names a device.
pub const HOME_OF_JOB: &str = concat!("CASE WHEN j.device_id IS NULL THEN r.id ELSE ", first_router!("r.id", "", ""), " END");

/// Joins to a subscription `s` its router `home`: its own, else the first of its sector.
pub const OF_SUBSCRIPTION: &str = concat!("LEFT JOIN LATERAL ", first_router!("r.*", "", ""), " home ON TRUE ");

/// The first router of a sector, with its device.
pub fn of_sector(env: &mut Env, sector: Id) -> Result<(Option<Id>, Option<Id>)> {
    let sql = sql!(
        "SELECT home.id, home.device_id
         FROM (SELECT NULL::integer AS router_id, {sector}::integer AS sector_id) s {OF_SUBSCRIPTION:sql}"
    );
    Ok(env.query(sql)?.first().map_or((None, None), |row| (row.int(0), row.int(1))))
}
