//! What is paid together: items of one partner, account, currency and bank account. Pure.

use std::collections::{BTreeSet, HashMap};

use lastmile_orm::Id;
use rust_decimal::Decimal;

use super::items::Item;

/// Items that one payment could pay.
#[derive(Clone, Debug)]
pub struct Batch {
    pub partner: Option<Id>,
    pub account: Id,
    pub currency: Id,
    pub bank: Option<Id>,
    pub customer: bool,
    /// Money comes in.
    pub inbound: bool,
    pub items: Vec<Item>,
}

impl Batch {
    /// What is open of it, in the company's currency.
    pub fn residual(&self) -> Decimal {
        self.items.iter().map(|item| item.residual).sum::<Decimal>().abs()
    }

    /// What is open of it, in its own.
    pub fn residual_currency(&self) -> Decimal {
        match self.items.first() {
            Some(first) if first.company_currency.id == self.currency => self.residual(),
            _ => self.items.iter().map(|item| item.residual_currency).sum::<Decimal>().abs(),
        }
    }

    fn fits(&self, other: &Batch) -> bool {
        (self.partner, self.account, self.currency, self.customer) == (other.partner, other.account, other.currency, other.customer)
    }
}

/// Puts items into batches, in their order. What is owed and what is due to a partner who has one bank account for either
/// go into one.
pub fn batches(items: &[Item]) -> Vec<Batch> {
    let mut found: Vec<Batch> = Vec::new();
    let mut banks: HashMap<Option<Id>, [BTreeSet<Option<Id>>; 2]> = HashMap::new();
    for item in items {
        let own = Batch {
            partner: item.partner,
            account: item.account,
            currency: item.currency.id,
            bank: item.bank,
            customer: item.receivable,
            inbound: false,
            items: vec![item.clone()],
        };
        match found.iter_mut().find(|batch| batch.fits(&own) && batch.bank == own.bank) {
            Some(batch) => batch.items.push(item.clone()),
            None => found.push(own),
        }
        let [inbound, outbound] = banks.entry(item.partner).or_default();
        if item.balance > Decimal::ZERO {
            inbound.insert(item.bank)
        } else {
            outbound.insert(item.bank)
        };
    }
    let mut merged: Vec<Batch> = Vec::new();
    let mut rest = found.into_iter().map(Some).collect::<Vec<_>>();
    for at in 0..rest.len() {
        let Some(mut batch) = rest.get_mut(at).and_then(Option::take) else { continue };
        if banks.get(&batch.partner).is_some_and(|[inbound, outbound]| inbound.len() == 1 && outbound.len() == 1) {
            for other in rest.iter_mut().skip(at + 1) {
                if other.as_ref().is_some_and(|other| batch.fits(other))
                    && let Some(other) = other.take()
                {
                    batch.items.extend(other.items);
                }
            }
        }
        batch.inbound = batch.items.iter().map(|item| item.balance).sum::<Decimal>() > Decimal::ZERO;
        merged.push(batch);
    }
    merged
}
