//! Amounts are kept as their currency rounds them.
//!
//! Which currency that is the field says (`currency_field`); the rounding is a column of the currency's row. An amount
//! without a currency is kept as it was given, as the reference does.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::env::Env;
use crate::error::Result;
use crate::money;
use crate::registry::{Field, Kind, Model};
use crate::value::{Id, Map, Value};

/// Names of a currency field where none is declared.
const USUAL: [&str; 2] = ["currency_id", "x_currency_id"];

/// The field of a model that holds the currency of an amount.
pub(crate) fn currency_field<'m>(model: &'m Model, amount: &Field) -> Option<&'m Field> {
    let usual = || USUAL.iter().find_map(|name| model.fields.get(*name));
    amount.currency_field.as_ref().map_or_else(usual, |name| model.fields.get(name))
}

impl Env {
    /// Rounds what is written to all of `ids`, or to a new row (no ids): by the currency among the values, by the one
    /// that a given record leads to (`company_id` for `company_id.currency_id`), else by that of the first record.
    pub(crate) fn round_given(&mut self, model: &Model, field: &Field, value: Value, given: &Map, ids: &[Id]) -> Result<Value> {
        let (Kind::Monetary, Value::Decimal(_)) = (field.kind, &value) else { return Ok(value) };
        let Some(by) = currency_field(model, field) else { return Ok(value) };
        let through = match by.related.as_deref() {
            Some([step, rest]) => given.get(step).and_then(Value::as_id).map(|id| (step, rest, id)),
            _ => None,
        };
        let currency = match (given.get(&by.name), through, ids.first()) {
            (Some(currency), _, _) => currency.as_id(),
            (None, Some((step, rest, id)), _) => {
                let reg = self.registry();
                let target = reg.target(model.field(step)?)?;
                self.sudo(|env| env.value(&target.name, rest, id))?.as_id()
            }
            (None, None, Some(first)) => self.sudo(|env| env.value(&model.name, &by.name, *first))?.as_id(),
            (None, None, None) => None,
        };
        let roundings = self.roundings(by, currency.as_slice())?;
        Ok(rounded(value, currency.and_then(|id| roundings.get(&id))))
    }

    /// Rounds computed amounts, each by the currency of its record.
    pub(crate) fn round_computed(&mut self, model: &Model, field: &Field, ids: &[Id], values: Vec<Value>) -> Result<Vec<Value>> {
        let counts = |value: &Value| matches!(value, Value::Decimal(amount) if !amount.is_zero());
        if field.kind != Kind::Monetary || !values.iter().any(counts) {
            return Ok(values);
        }
        let Some(by) = currency_field(model, field) else { return Ok(values) };
        let currencies: Vec<Option<Id>> = self.sudo(|env| env.values(&model.name, &by.name, ids))?.iter().map(Value::as_id).collect();
        let known: Vec<Id> = currencies.iter().flatten().copied().collect();
        let roundings = self.roundings(by, &known)?;
        Ok(values.into_iter().zip(currencies).map(|(value, currency)| rounded(value, currency.and_then(|id| roundings.get(&id)))).collect())
    }

    /// The roundings of currencies, by id.
    fn roundings(&mut self, by: &Field, currencies: &[Id]) -> Result<HashMap<Id, Decimal>> {
        let reg = self.registry();
        let mut unique = currencies.to_vec();
        unique.sort_unstable();
        unique.dedup();
        if unique.is_empty() {
            return Ok(HashMap::new());
        }
        let target = reg.target(by)?;
        let found = self.sudo(|env| env.values(&target.name, "rounding", &unique))?;
        Ok(unique.into_iter().zip(found).filter_map(|(id, rounding)| Some((id, rounding.as_decimal()?))).collect())
    }
}

fn rounded(value: Value, rounding: Option<&Decimal>) -> Value {
    match (value, rounding) {
        (Value::Decimal(amount), Some(rounding)) => Value::Decimal(money::round_to(amount, *rounding)),
        (value, _) => value,
    }
}
