//! Ways to misbehave, for tests of what must survive them.

/// What goes wrong, for all sessions; changed at any time by [`super::Simulator::set_faults`]. The default is nothing.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Every command takes this long, in milliseconds.
    pub latency_ms: u64,
    /// The next command of any session takes this much longer, once.
    pub stall_next_ms: u64,
    /// Commands whose path starts with this take so many milliseconds beside others: later commands of the session overtake
    /// them, and `/cancel` stops them before they take effect.
    pub slow: Vec<(String, u64)>,
    /// A session is closed when its command of this number arrives (1 is the first after login); it is not executed.
    pub drop_at: Option<u64>,
    /// The command of this number is executed, then the session closes half way through its reply.
    pub drop_mid_reply_at: Option<u64>,
    /// Sessions read, execute and never answer.
    pub silent: bool,
    /// No one logs in.
    pub refuse_login: bool,
    /// Connections are closed as soon as they are accepted, and those open are closed at their next command.
    pub offline: bool,
    /// A command whose path starts with this gets `!fatal` with this text, and the session closes.
    pub fatal_on: Option<(String, String)>,
    /// Commands whose path starts with this are refused with this text.
    pub trap_on: Vec<(String, String)>,
    /// A sentence of a kind no client knows comes before every answer, with its tag.
    pub strange_replies: bool,
    /// `/cancel` is never answered, though it works.
    pub mute_cancel: bool,
    /// A CPU that is fast for a while.
    pub cpu_clamp: Option<CpuClamp>,
}

/// After a burst every command takes its share of one CPU: commands of all sessions wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CpuClamp {
    /// So many commands are fast.
    pub burst: u64,
    /// Then each takes so many milliseconds; measured on a virtual router: 20.
    pub then_ms: u64,
}
