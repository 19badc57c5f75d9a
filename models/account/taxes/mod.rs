//! Taxes: what they come to, and their records.

use lastmile_orm::Declarations;

mod base_line;
pub mod cash_basis;
mod compute_all;
mod details;
pub mod engine;
mod fiscal_match;
pub mod fiscal_position;
mod fiscal_records;
pub mod load;
pub mod products;
mod records;
mod repartition;
mod repartition_log;
mod rounding;
mod shown;
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
    repartition_log::declare(all);
    compute_all::declare(all);
    products::declare(all);
    shown::declare(all);
    fiscal_records::declare(all);
}
