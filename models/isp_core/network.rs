//! isp.sector, isp.device, isp.network_site: where the network is.

use lastmile_orm::declare::{CreateHook, Next, WriteHook};
use lastmile_orm::record::{Char, Many2one, Records};
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, model};

use super::address;

model! {
    /// A part of the network's area. Users see the sectors that they are given.
    pub Sector = "isp.sector" { NAME: "name" Char, CODE: "code" Char }
    /// A piece of equipment.
    pub Device = "isp.device" {
        NAME: "name" Char, DEVICE_TYPE: "device_type" Char, SECTOR: "sector_id" Many2one<Sector>, MGMT_IP: "mgmt_ip" Char,
    }
    /// A site with equipment.
    pub NetworkSite = "isp.network_site" { NAME: "name" Char }
}

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    all.model("isp.device").on_create(reached_new).on_write(reached).constrains(&["device_type", "sector_id"], routers_have_a_sector);
}

/// Where a device is reached is one host.
fn reached_new(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    values.iter_mut().try_for_each(|map| address::keep(map, &["mgmt_ip"], address::kept_host))?;
    next.call(env, values)
}

fn reached(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    address::keep(&mut values, &["mgmt_ip"], address::kept_host)?;
    next.call(env, ids, values)
}

fn routers_have_a_sector(env: &mut Env, ids: &[Id]) -> Result<()> {
    let devices = Records::<Device>::new(ids.to_vec());
    let sectors = devices.all(env, Device::SECTOR)?;
    for (kind, sector) in devices.all(env, Device::DEVICE_TYPE)?.iter().zip(sectors) {
        if kind == "mikrotik" && sector.is_empty() {
            return Err(Error::validation("A MikroTik device needs a sector."));
        }
    }
    Ok(())
}
