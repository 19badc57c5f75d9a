//! Balances and amounts in currency: one follows from the other where only one was given.

use std::collections::HashMap;

use lastmile_orm::{Env, Result};
use rust_decimal::Decimal;

use super::document::{Document, Line};
use super::facts::{Facts, RateKey, rates};

/// Rates of foreign lines of entries; those of invoices are on the document.
#[derive(Debug, Default)]
pub struct Rates {
    known: HashMap<RateKey, Decimal>,
}

impl Rates {
    /// Reads what documents need.
    ///
    /// # Errors
    /// What the database answers.
    pub fn load(env: &mut Env, facts: &Facts, documents: &[Document]) -> Result<Self> {
        let mut keys = Vec::new();
        for document in documents.iter().filter(|document| !document.kind.is_invoice()) {
            let foreign = document.live().filter(|line| line.currency.id != document.own_currency.id);
            keys.extend(foreign.map(|line| key(env, document, line)));
        }
        Ok(Rates { known: rates(env, facts, &keys)? })
    }

    fn of(&self, env: &Env, document: &Document, line: &Line) -> Decimal {
        if document.kind.is_invoice() {
            return document.exchange();
        }
        if line.currency.id == document.own_currency.id {
            return Decimal::ONE;
        }
        self.known.get(&key(env, document, line)).copied().filter(|rate| !rate.is_zero()).unwrap_or(Decimal::ONE)
    }

    /// Fills what is missing of the lines of documents.
    pub fn fill(&self, env: &Env, documents: &mut [Document]) {
        for document in documents.iter_mut() {
            for at in 0..document.lines.len() {
                let Some(line) = document.lines.get(at).filter(|line| !line.deleted && !line.is_text()) else { continue };
                let rate = self.of(env, document, line);
                let others = document.live().map(|line| line.balance).sum::<Decimal>() - line.balance;
                let (own, invoice) = (document.own_currency, document.kind.is_invoice());
                let before_rate = document.before.as_deref().filter(|_| invoice).map(|before| before.rate);
                if let Some(line) = document.lines.get_mut(at) {
                    fill(line, own, invoice, rate, -others, before_rate.is_some_and(|before| before != rate));
                }
            }
        }
    }
}

fn key(env: &Env, document: &Document, line: &Line) -> RateKey {
    let date = document.invoice_date.or(document.date).unwrap_or_else(|| env.today());
    RateKey { company: document.company, currency: line.currency.id, date }
}

fn fill(line: &mut Line, own: super::document::Currency, invoice: bool, rate: Decimal, missing: Decimal, rate_changed: bool) {
    let same = line.currency.id == own.id;
    let (has_balance, has_currency) = (line.has("balance"), line.has("amount_currency"));
    line.balance = own.round(line.balance);
    line.amount_currency = line.currency.round(line.amount_currency);
    match line.before.as_deref() {
        None if invoice => {}
        None => match (has_balance, has_currency) {
            (false, true) if same => line.balance = line.amount_currency,
            (false, true) => line.balance = own.round(line.amount_currency / rate),
            (has_balance, has_currency) => {
                if !has_balance {
                    line.balance = missing;
                }
                if !has_currency {
                    line.amount_currency = line.currency.round(line.balance * rate);
                }
            }
        },
        Some(before) => {
            let (balance_changed, currency_changed) = (before.balance != line.balance, before.amount_currency != line.amount_currency);
            if has_currency && currency_changed && !has_balance {
                line.balance = if same { line.amount_currency } else { own.round(line.amount_currency / rate) };
            } else if balance_changed && !has_currency && same {
                line.amount_currency = line.balance;
            } else if invoice && rate_changed && !balance_changed && !has_balance {
                line.balance = own.round(line.amount_currency / rate);
            }
        }
    }
    if same && !invoice {
        line.amount_currency = line.balance;
    }
}
