//! The pages of the trade by their addresses, what they are called, and who has them.

/// A page of the trade.
pub struct Name {
    /// In the address: `/odoo/<path>`.
    pub path: &'static str,
    pub word: &'static str,
    /// Who may read this model has the page.
    pub model: &'static str,
}

/// In the order of the menu.
pub const NAMES: &[Name] = &[
    Name { path: "customer", word: "=customers", model: "isp.subscription" },
    Name { path: "tickets", word: "=ticket_board", model: "isp.fault.ticket" },
    Name { path: "transfers", word: "=transfer_review", model: "isp.bank.transfer.payment" },
    Name { path: "reports", word: "=books", model: "account.account" },
    Name { path: "router", word: "=routers", model: "isp.mikrotik.router" },
    Name { path: "jobs", word: "=jobs", model: "isp.provisioning_job" },
];

/// The page at a path.
pub fn find(path: &str) -> Option<&'static Name> {
    NAMES.iter().find(|name| name.path == path)
}
