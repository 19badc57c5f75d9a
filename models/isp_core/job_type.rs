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

/// Jobs that bring everything of a subscription in line.
pub const STATE_JOBS: [JobType; 5] = [ActivateSubscription, SuspendSubscription, ReconnectSubscription, TerminateSubscription, ChangePlan];
/// Those that decide its state: of several the last one counts. A new plan or address goes by the state that was decided.
pub const DECIDING: [JobType; 4] = [ActivateSubscription, SuspendSubscription, ReconnectSubscription, TerminateSubscription];

impl JobType {
    /// The name in the selection.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// From the name in the selection.
    pub fn parse(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    /// Whether a later job makes an earlier one pointless: both bring everything in line, and no decision is lost.
    pub fn replaces(self, earlier: JobType) -> bool {
        STATE_JOBS.contains(&earlier) && (DECIDING.contains(&self) || (self == ChangePlan && earlier == ChangePlan))
    }

    /// Brings everything of a subscription in line.
    pub fn brings_in_line(self) -> bool {
        STATE_JOBS.contains(&self)
    }

    /// Works on a subscription.
    pub fn needs_subscription(self) -> bool {
        STATE_JOBS.contains(&self) || matches!(self, DisconnectSession | ActivatePppoe | ActivateDhcp | EnsureQueue)
    }
}
