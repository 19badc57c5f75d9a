//! Payment terms: when which part of an invoice is due, and what is taken off for those who pay early.

use std::collections::HashMap;

use chrono::NaiveDate;
use lastmile_orm::{Env, Id, Result};
use rust_decimal::Decimal;

pub mod due_dates;
pub mod load;
mod payment_term;
#[cfg(test)]
mod tests;

use crate::account::taxes::engine::Currency;
pub use due_dates::{Amounts, Cash, Due, Term, due_lines};
pub use payment_term::declare;

/// Payment terms by id.
#[derive(Debug, Default)]
pub struct Terms(HashMap<Id, Term>);

/// The signed totals of a document.
#[derive(Debug)]
pub struct Total {
    pub currency: Currency,
    pub company_currency: Currency,
    pub sign: Decimal,
    pub untaxed_currency: Decimal,
    pub untaxed: Decimal,
    pub tax_currency: Decimal,
    pub tax: Decimal,
}

impl Terms {
    /// Reads terms with their lines. One statement.
    ///
    /// # Errors
    /// What the database answers.
    pub fn load(env: &mut Env, ids: &[Id]) -> Result<Self> {
        load::load(env, ids).map(Terms)
    }

    /// A term that was read.
    pub fn get(&self, id: Id) -> Option<&Term> {
        self.0.get(&id)
    }
}

impl Total {
    /// The amounts that are shared out.
    pub fn amounts(&self, cash: Option<Cash>) -> Amounts {
        Amounts {
            untaxed: self.untaxed,
            tax: self.tax,
            untaxed_currency: self.untaxed_currency,
            tax_currency: self.tax_currency,
            sign: self.sign,
            company_rounding: self.company_currency.rounding,
            rounding: self.currency.rounding,
            cash,
        }
    }
}

impl Term {
    /// The parts of a document's total, in the order of the lines.
    pub fn due_lines(&self, date: NaiveDate, total: &Total) -> Vec<Due> {
        due_lines(self, date, &total.amounts(None))
    }
}
