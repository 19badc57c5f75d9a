//! Accounts, their groups, and journals; what a company begins its books with.

use lastmile_orm::Declarations;

pub mod account;
pub mod chart;
mod checks;
pub mod codes;
mod companies;
mod company_books;
mod fields;
mod groups;
mod journal_accounts;
mod journal_aliases;
mod journal_checks;
mod journal_fields;
mod journals;
mod names;
pub mod opening;
mod partners;

const ACCOUNT: &str = "account.account";
const JOURNAL: &str = "account.journal";

/// Whether journals of a type are of money.
fn is_money(kind: &str) -> bool {
    matches!(kind, "bank" | "cash" | "credit")
}

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    names::declare(all);
    fields::declare(all);
    account::declare(all);
    checks::declare(all);
    groups::declare(all);
    chart::declare(all);
    companies::declare(all);
    company_books::declare(all);
    journal_fields::declare(all);
    journals::declare(all);
    journal_checks::declare(all);
    partners::declare(all);
    opening::declare(all);
}
