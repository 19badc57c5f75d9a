//! Taxes that are due when paid: what a payment makes due. Without reading or writing anything.
//!
//! Each payment of an invoice makes the part of its taxes due that it pays: an entry takes that part from the account
//! where the tax waited and puts it where the tax belongs, with the tags of the tax office. Bases are told beside it.

use lastmile_orm::Id;
use rust_decimal::Decimal;

use super::base_line::Currency;
use super::sums::{over, rounded, times};

/// An entry whose taxes wait.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub id: Id,
    /// Of all of its lines.
    pub currency: Currency,
    pub company_currency: Currency,
    /// Nothing is left to be paid.
    pub fully_paid: bool,
    pub lines: Vec<WaitingLine>,
}

/// A line that waits: a tax, or what a tax is of.
#[derive(Clone, Debug)]
pub struct WaitingLine {
    pub id: Id,
    pub amount_currency: Decimal,
    /// What has not become due yet, of a tax.
    pub residual_currency: Decimal,
    /// What the tax is of, in the company's currency.
    pub tax_base: Decimal,
    pub name: Option<String>,
    pub display_type: String,
    pub key: Key,
    /// Where it waited.
    pub from_account: Id,
    pub tags: Vec<Id>,
    /// Lines of the account where it waited are matched.
    pub matched: bool,
}

/// What lines that become due are told apart by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Of a tax; none for bases.
    pub repartition: Option<Id>,
    pub partner: Option<Id>,
    /// Where it goes.
    pub account: Id,
    /// Taxes that are due when paid.
    pub taxes: Vec<Id>,
    /// JSON text.
    pub analytic: Option<String>,
}

/// A part of an entry that was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid {
    pub partial: Id,
    /// This much ...
    pub amount: Decimal,
    /// ... of so much.
    pub of: Decimal,
    /// Units of the entry's currency for one of the company's, when it was paid; nothing when it is not known.
    pub rate: Decimal,
}

/// What becomes due by a payment.
#[derive(Clone, Debug)]
pub struct Due {
    pub partial: Id,
    /// Each with a line beside it that takes it from where it waited.
    pub lines: Vec<DueLine>,
}

/// A line that becomes due.
#[derive(Clone, Debug)]
pub struct DueLine {
    pub key: Key,
    pub name: Option<String>,
    pub display_type: String,
    pub from_account: Id,
    pub tags: Vec<Id>,
    pub amount_currency: Decimal,
    pub balance: Decimal,
    pub tax_base: Decimal,
    /// Lines of taxes to be matched with what takes it from where it waited.
    pub match_with: Vec<Id>,
}

/// What becomes due by payments of an entry, in their order.
pub fn due(entry: &Waiting, payments: &[Paid]) -> Vec<Due> {
    let mut left: Vec<Decimal> = entry.lines.iter().map(|line| line.residual_currency).collect();
    let last = payments.len().saturating_sub(1);
    payments
        .iter()
        .enumerate()
        .map(|(place, paid)| {
            let mut lines: Vec<DueLine> = Vec::new();
            for (line, left) in entry.lines.iter().zip(&mut left) {
                let part = rounded(over(times(line.amount_currency, paid.amount), paid.of), entry.currency.rounding);
                let amount = match line.key.repartition {
                    Some(_) if place == last && (entry.fully_paid || line.residual_currency.abs() < part.abs()) => *left,
                    _ => part,
                };
                *left -= amount;
                add(&mut lines, line, amount, over(amount, paid.rate));
            }
            for line in &mut lines {
                line.balance = rounded(line.balance, entry.company_currency.rounding);
            }
            Due { partial: paid.partial, lines }
        })
        .collect()
}

/// Adds a part of a line to those that become due: lines that are alike are one.
fn add(lines: &mut Vec<DueLine>, line: &WaitingLine, amount: Decimal, balance: Decimal) {
    let matched = line.matched && line.key.repartition.is_some();
    match lines.iter_mut().find(|due| due.key == line.key) {
        Some(due) => {
            due.amount_currency += amount;
            due.balance += balance;
            due.tax_base += line.tax_base;
            due.match_with.extend(matched.then_some(line.id));
        }
        None => lines.push(DueLine {
            key: line.key.clone(),
            name: line.name.clone(),
            display_type: line.display_type.clone(),
            from_account: line.from_account,
            tags: line.tags.clone(),
            amount_currency: amount,
            balance,
            tax_base: line.tax_base,
            match_with: matched.then_some(line.id).into_iter().collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const USD: Currency = Currency { id: 1, rounding: Decimal::from_parts(1, 0, 0, false, 2) };

    fn line(id: Id, repartition: Option<Id>, cents: i64) -> WaitingLine {
        WaitingLine {
            id,
            amount_currency: Decimal::new(cents, 2),
            residual_currency: if repartition.is_some() { Decimal::new(cents, 2) } else { Decimal::ZERO },
            tax_base: Decimal::ZERO,
            name: None,
            display_type: "tax".into(),
            key: Key { repartition, partner: None, account: 7, taxes: vec![], analytic: None },
            from_account: 8,
            tags: vec![],
            matched: true,
        }
    }

    proptest! {
        /// However it is paid, all of each tax has become due when all is paid, and nearly as much as was paid before.
        #[test]
        fn all_becomes_due(cents in -1_000_000_i64..1_000_000, parts in prop::collection::vec(1_i64..100_000, 1..6)) {
            let whole: i64 = parts.iter().sum();
            let entry = Waiting {
                id: 1, currency: USD, company_currency: USD, fully_paid: true,
                lines: vec![line(1, Some(5), cents), line(2, None, cents * 7)],
            };
            let payments: Vec<Paid> = (1..).zip(&parts).map(|(partial, part)| Paid {
                partial, amount: Decimal::new(*part, 2), of: Decimal::new(whole, 2), rate: Decimal::ONE,
            }).collect();
            let found = due(&entry, &payments);
            let tax: Decimal = found.iter().flat_map(|due| &due.lines).filter(|line| line.key.repartition.is_some()).map(|line| line.balance).sum();
            prop_assert_eq!(tax, Decimal::new(cents, 2));
            for (due, part) in found.iter().zip(&parts).take(parts.len() - 1) {
                let exact = Decimal::new(cents, 2) * Decimal::from(*part) / Decimal::from(whole);
                prop_assert!((due.lines[0].amount_currency - exact).abs() <= Decimal::new(5, 3));
            }
        }
    }

    #[test]
    fn lines_that_are_alike_are_one_and_rates_of_payments_count() {
        let entry = Waiting {
            id: 1,
            currency: Currency { id: 2, ..USD },
            company_currency: USD,
            fully_paid: false,
            lines: vec![line(1, Some(5), -1000), line(2, Some(5), -500), line(3, None, -9000)],
        };
        let half = Paid { partial: 9, amount: Decimal::ONE, of: Decimal::TWO, rate: Decimal::new(125, 2) };
        let found = due(&entry, &[half]);
        let told: Vec<(Decimal, Decimal, Vec<Id>)> =
            found[0].lines.iter().map(|line| (line.amount_currency, line.balance, line.match_with.clone())).collect();
        assert_eq!(
            told,
            [(Decimal::new(-750, 2), Decimal::new(-600, 2), vec![1, 2]), (Decimal::new(-4500, 2), Decimal::new(-3600, 2), vec![])]
        );
    }
}
