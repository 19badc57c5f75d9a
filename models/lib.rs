//! Every model, one folder per module, declared in module order.

pub mod account;
pub mod auth;
pub mod base;
pub mod base_files;
pub mod catalog;
pub mod crons;
pub mod effects;
pub mod isp_billing;
pub mod isp_captive_portal;
pub mod isp_core;
pub mod isp_mikrotik;
pub mod isp_onu;
pub mod isp_portal;
pub mod mail;
pub mod product;
pub mod resource;
pub mod web;
pub mod words;

use lastmile_orm::Declarations;

/// The modules by their names in a database.
const MODULES: [&str; 11] =
    ["base", "web", "mail", "product", "account", "isp_core", "isp_billing", "isp_mikrotik", "isp_onu", "isp_portal", "isp_captive_portal"];

/// What all modules declare. The order is that of the modules' dependencies: a later one extends an earlier one.
pub fn declarations() -> Declarations {
    let mut all = Declarations::default();
    all.modules = &MODULES;
    lastmile_orm::methods::declare(&mut all);
    for declare in [
        base::declare,
        web::declare,
        base_files::declare,
        mail::declare,
        auth::declare,
        resource::declare,
        product::declare,
        account::declare,
        isp_core::declare,
        isp_billing::declare,
        isp_mikrotik::declare,
        isp_onu::declare,
        isp_portal::declare,
        isp_captive_portal::declare,
    ] {
        declare(&mut all);
    }
    all
}
