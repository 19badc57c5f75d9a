//! Taxes: what they come to, and their records.

use lastmile_orm::Declarations;

mod base_line;
mod details;
pub mod engine;
pub mod fiscal_position;
pub mod load;
mod records;
mod repartition;
mod rounding;
mod sums;
mod tax;
mod tax_lines;
#[cfg(test)]
mod tests;
pub mod totals_json;

/// Declares the models of taxes.
pub fn declare(all: &mut Declarations) {
    records::declare(all);
    repartition::declare(all);
}
