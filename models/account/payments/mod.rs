//! Payments: what they are made of, their entries, and how they are registered for invoices.

use lastmile_orm::Declarations;

pub mod entry;
mod figures;
mod kept;
mod links;
mod method_line;
mod outstanding;
pub mod payment;
pub mod register;
pub mod roles;
pub mod status;

/// Payments.
pub const PAYMENT: &str = "account.payment";
/// A method that a journal offers.
pub const METHOD_LINE: &str = "account.payment.method.line";

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    figures::declare(all);
    kept::declare(all.model(PAYMENT));
    links::declare(all);
    method_line::declare(all);
    outstanding::declare(all);
    payment::declare(all);
    register::declare(all);
}
