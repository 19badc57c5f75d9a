//! Terms of payment.

use chrono::NaiveDate;
use lastmile_orm::{Env, Id, Result};
use rust_decimal::Decimal;

use crate::account::taxes::engine::Currency;

#[derive(Debug, Default)]
pub struct Term {
    pub lines: Vec<Id>,
}

#[derive(Debug, Default)]
pub struct Terms;

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

#[derive(Debug)]
pub struct Due {
    pub date: NaiveDate,
    pub discount_date: Option<NaiveDate>,
    pub amount_currency: Decimal,
    pub balance: Decimal,
    pub discount_amount_currency: Decimal,
    pub discount_balance: Decimal,
}

impl Terms {
    pub fn load(_env: &mut Env, _ids: &[Id]) -> Result<Self> {
        Ok(Terms)
    }
    pub fn get(&self, _id: Id) -> Option<&Term> {
        None
    }
}

impl Term {
    pub fn due_lines(&self, _date: NaiveDate, _total: &Total) -> Vec<Due> {
        Vec::new()
    }
}
