//! Module isp_portal: what customers may do for themselves. Its models are other modules'; here is who owns what.
//!
//! Pages read and write with superuser rights: the acting user's partner in every condition is the ownership check.

use lastmile_orm::Declarations;

pub mod details;
pub mod home;
pub mod money;
mod owner;
pub mod services;
pub mod tickets;
pub mod usage;

/// Customers with access to the portal.
pub const CUSTOMER: &str = "isp_portal.group_isp_portal_customer";

/// Declares the module.
pub fn declare(_all: &mut Declarations) {}
