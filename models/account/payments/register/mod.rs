//! Registering payments: the wizard that pays invoices, one by one or together.
//!
//! [`items`] reads what is to be paid, [`batches`] says what is paid together and [`amounts`] how much by default; both are
//! pure. [`fields`] shows it, [`pay`] makes the payments and matches them.

mod amounts;
mod batches;
mod begin;
mod discount;
mod fields;
mod items;
mod lookups;
mod open;
mod pay;
mod shown;

use lastmile_orm::Declarations;

/// The wizard.
pub const WIZARD: &str = "account.payment.register";

/// Declares the wizard.
pub fn declare(all: &mut Declarations) {
    begin::declare(all);
    fields::declare(all.model(WIZARD));
    shown::declare(all.model(WIZARD));
    open::declare(all);
    pay::declare(all);
}
