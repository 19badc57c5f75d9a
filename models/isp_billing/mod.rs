//! Module isp_billing: what customers owe, and what follows from it.

pub mod approval;
pub mod batch;
pub mod bill;
pub mod dashboard;
pub mod dunning;
pub mod invoices;
pub mod notices;
pub mod portal_status;
pub mod preview;
pub mod run;
pub mod subscriptions;
pub mod transfer;

use lastmile_orm::Declarations;
use lastmile_orm::declare::Tx;

/// Declares the module.
pub fn declare(all: &mut Declarations) {
    portal_status::declare(all);
    subscriptions::declare(all);
    run::declare(all);
    dunning::declare(all);
    notices::declare(all);
    transfer::declare(all);
    all.model(transfer::NAME).record_method("action_approve", "", Tx::Write, approval::action_approve);
    dashboard::declare(all);
}
