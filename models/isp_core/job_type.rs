//! What a provisioning job does.

/// Kinds of jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobType {
    ActivateSubscription,
    SuspendSubscription,
    ReconnectSubscription,
    TerminateSubscription,
    ChangePlan,
    DisconnectSession,
    Healthcheck,
    CaptiveUserCreate,
    CaptiveUserDisable,
    WalledGardenApply,
    ExportConfigSnapshot,
    ActivatePppoe,
    ActivateDhcp,
    EnsureQueue,
}

use JobType::*;

/// Kinds and their names in the selection.
const NAMES: [(JobType, &str); 14] = [
    (ActivateSubscription, "activate_subscription"),
    (SuspendSubscription, "suspend_subscription"),
    (ReconnectSubscription, "reconnect_subscription"),
    (TerminateSubscription, "terminate_subscription"),
    (ChangePlan, "change_plan"),
    (DisconnectSession, "disconnect_session"),
    (Healthcheck, "mikrotik_healthcheck"),
    (CaptiveUserCreate, "captive_user_create"),
    (CaptiveUserDisable, "captive_user_disable"),
    (WalledGardenApply, "walled_garden_apply"),
    (ExportConfigSnapshot, "export_config_snapshot"),
    (ActivatePppoe, "activate_pppoe"),
    (ActivateDhcp, "activate_dhcp"),
    (EnsureQueue, "ensure_queue"),
];

/// Jobs that decide the state of a subscription: of several the last one counts.
pub const STATE_JOBS: [JobType; 5] = [ActivateSubscription, SuspendSubscription, ReconnectSubscription, TerminateSubscription, ChangePlan];

impl JobType {
    /// The name in the selection.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// From the name in the selection.
    pub fn parse(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    /// Works on a subscription.
    pub fn needs_subscription(self) -> bool {
        STATE_JOBS.contains(&self) || matches!(self, DisconnectSession | ActivatePppoe | ActivateDhcp | EnsureQueue)
    }
}
