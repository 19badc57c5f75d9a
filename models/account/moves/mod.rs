//! Entries: invoices, payments' entries and everything else that is posted.

pub mod locks;
pub mod numbers;
