//! Payment terms: when which part of an invoice is due, and what is taken off for those who pay early.

pub mod due_dates;
pub mod load;
mod payment_term;
#[cfg(test)]
mod tests;

pub use due_dates::{Amounts, Due, due_lines};
pub use load::load;
pub use payment_term::declare;
