//! Module isp_core: sectors, devices, plans, subscriptions, and what happens to them.

pub mod address;
pub mod audit;
pub mod calendar;
pub mod credentials;
pub mod customers;
pub mod fault_ticket;
pub mod job_type;
pub mod jobs;
pub mod mac_onboarding;
pub mod mac_profile;
pub mod mirrors;
pub mod network;
pub mod outcome;
pub mod plan;
pub mod plan_change;
pub mod provisioning_job;
pub mod router_of;
pub mod runner;
pub mod sequence;
pub mod subscription;

use lastmile_orm::{Declarations, model};

model! {
    /// A customer.
    pub Partner = "res.partner" {}
    /// A user.
    pub User = "res.users" {}
}

/// Runs the network side and may do everything.
pub const ADMIN: &str = "isp_core.group_isp_admin";
/// Watches the network.
pub const NOC: &str = "isp_core.group_isp_noc";
/// Who may see credentials of customers.
pub const SECRETS: &[&str] = &[ADMIN, NOC];

/// Declares the module.
pub fn declare(all: &mut Declarations) {
    network::declare(all);
    plan::declare(all);
    subscription::declare(all);
    provisioning_job::declare(all);
    plan_change::declare(all);
    fault_ticket::declare(all);
    mac_profile::declare(all);
}
