//! Taxes: what they come to, and their records.

mod base_line;
mod details;
pub mod engine;
pub mod load;
mod rounding;
mod sums;
mod tax;
mod tax_lines;
#[cfg(test)]
mod tests;
