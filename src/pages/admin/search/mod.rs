//! Finding records: within a list, and everywhere.

pub mod everywhere;
pub mod panel;
pub mod query;
