//! Module isp_billing: what customers owe, and what follows from it.

pub mod batch;
pub mod bill;
pub mod dashboard;
pub mod dunning;
pub mod invoices;
pub mod portal_status;
pub mod preview;
pub mod run;
pub mod subscriptions;
pub mod transfer;

use lastmile_orm::Declarations;

/// Declares the module.
pub fn declare(all: &mut Declarations) {
    portal_status::declare(all);
    subscriptions::declare(all);
    run::declare(all);
    transfer::declare(all);
    dashboard::declare(all);
}
