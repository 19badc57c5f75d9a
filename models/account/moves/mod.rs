//! Entries: invoices, payments' entries and everything else that is posted.
//!
//! A call reads its entries as [`document::Document`]s, carries out what it was asked for on them, works them out in
//! stages ([`edit::work_out`]), and writes what changed of all of them together.

use lastmile_orm::Declarations;

pub mod accounts;
pub mod actions;
pub mod amounts;
pub mod chatter;
pub mod document;
pub mod drafts;
pub mod edit;
pub mod facts;
pub mod given_totals;
pub mod guards;
pub mod header;
pub mod lines;
pub mod locks;
pub mod numbers;
pub mod onchange;
pub mod payment_state;
pub mod posting;
pub mod products;
mod recurring;
pub mod references;
pub mod reversal;
pub mod self_posting;
pub mod shown;
pub mod store;
pub mod sync_rounding;
pub mod sync_taxes;
pub mod sync_terms;
pub mod tax_totals;
pub mod totals;

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    edit::declare(all);
    chatter::declare(all);
    tax_totals::declare(all);
    actions::declare(all);
    onchange::declare(all);
    reversal::declare(all);
    shown::declare(all);
}
