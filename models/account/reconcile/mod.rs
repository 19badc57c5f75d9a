//! Matching what is owed with what was paid.
//!
//! [`plan`] and [`pair`] say what matches what and are pure; [`lines`] reads and checks what is to be matched, [`partial`]
//! keeps the result for all lines at once, [`exchange`] books what exchange left over, and [`undo`] takes it back.

pub mod auto_match;
pub mod cash_basis;
pub mod cash_basis_load;
pub mod entries;
pub mod exchange;
pub mod full;
pub mod kinds;
pub mod lines;
pub mod matching;
pub mod methods;
pub mod options;
pub mod pair;
pub mod partial;
pub mod plan;
#[cfg(test)]
mod plan_tests;
pub mod residual;
pub mod reversed;
pub mod settle;
pub mod undo;

pub use options::Options;
pub use partial::{reconcile, reconcile_groups};
pub use residual::residuals;
pub use undo::{remove, remove_partials};

/// Items of entries.
pub const LINE: &str = "account.move.line";
/// A debit and a credit that were matched.
pub const PARTIAL: &str = "account.partial.reconcile";
/// Lines that settle each other.
pub const FULL: &str = "account.full.reconcile";
