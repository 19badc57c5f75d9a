//! One debit against one credit: in which currency they meet, how much of each is used, and what exchange left over.

use std::cmp::Ordering;

use lastmile_orm::Id;
use rust_decimal::Decimal;

use super::kinds::{Currency, Difference, Fix, Item, Partial, Rate, Terms};

/// Two lines that are matched.
pub struct Pair {
    pub debit: Item,
    pub credit: Item,
}

impl Pair {
    /// The lines at two places. A line of nothing may stand on both sides.
    pub fn of(items: &[Item], debit: usize, credit: usize) -> Option<Self> {
        Some(Pair { debit: items.get(debit)?.clone(), credit: items.get(credit)?.clone() })
    }

    /// Puts what is left of them back.
    pub fn keep(self, items: &mut [Item], debit: usize, credit: usize) {
        for (at, item) in [(debit, self.debit), (credit, self.credit)] {
            if let Some(place) = items.get_mut(at) {
                *place = item;
            }
        }
    }
}

/// What became of a pair.
pub struct Outcome {
    pub partial: Option<Partial>,
    pub debit_done: bool,
    pub credit_done: bool,
}

/// What is open of a line in a currency, and units of that currency for one of the company's.
#[derive(Clone, Copy)]
struct Open {
    currency: Id,
    residual: Decimal,
    rate: Option<Rate>,
}

/// Amounts that a pair uses.
struct Used {
    amount: Decimal,
    /// What each side's own rate makes of it, in the company's currency.
    debit: Decimal,
    credit: Decimal,
    debit_currency: Decimal,
    credit_currency: Decimal,
}

fn find(open: &[Open], currency: Id) -> Option<Open> {
    open.iter().find(|one| one.currency == currency).copied()
}

/// Units of its currency for one of the company's, by what the line was booked with.
fn booked_rate(terms: &Terms, item: &Item, currency: Currency) -> Option<Rate> {
    if terms.company.is_zero(item.balance) || currency.is_zero(item.amount_currency) {
        return None;
    }
    Rate::new(item.amount_currency.abs(), item.balance.abs())
}

/// The rate with which a line of the company's currency meets another one.
fn met_rate(terms: &Terms, item: &Item, other: &Item, currency: Currency) -> Option<Rate> {
    match terms.forced_rate {
        Some(rate) => Some(rate),
        None if !item.of_payment && other.of_payment => booked_rate(terms, other, currency),
        None => Some(terms.rates.conversion(terms.company.id, currency.id, item.rate_date)),
    }
}

/// What is open of a line, in each currency in which it could be matched with another one.
fn open_amounts(terms: &Terms, item: &Item, other: &Item) -> Vec<Open> {
    let (own, company, against) = (item.currency, terms.company, other.currency);
    let mut open = Vec::with_capacity(2);
    let has_residual = !company.is_zero(item.residual);
    if has_residual {
        open.push(Open { currency: company.id, residual: item.residual, rate: Some(Rate::ONE) });
    }
    if own.id != company.id && !own.is_zero(item.residual_currency) {
        open.push(Open { currency: own.id, residual: item.residual_currency, rate: booked_rate(terms, item, own) });
    }
    if own.id == company.id
        && item.of_partner
        && has_residual
        && against.id != company.id
        && let Some(rate) = met_rate(terms, item, other, against)
    {
        let residual = against.round(rate.convert(item.residual));
        if !against.is_zero(residual) {
            open.push(Open { currency: against.id, residual, rate: Some(rate) });
        }
    }
    open
}

/// Matches two lines and reduces what is open of them.
pub fn match_pair(terms: &Terms, pair: &mut Pair) -> Outcome {
    let company = terms.company;
    let (of_debit, of_credit) = (open_amounts(terms, &pair.debit, &pair.credit), open_amounts(terms, &pair.credit, &pair.debit));
    let shared =
        |currency: Currency| currency.id != company.id && find(&of_debit, currency.id).is_some() && find(&of_credit, currency.id).is_some();
    let met = [pair.debit.currency, pair.credit.currency].into_iter().find(|currency| shared(*currency)).unwrap_or(company);
    let (Some(debit), Some(credit)) = (find(&of_debit, met.id), find(&of_credit, met.id)) else {
        return Outcome { partial: None, debit_done: find(&of_debit, met.id).is_none(), credit_done: find(&of_credit, met.id).is_none() };
    };
    let (due, paid) = (debit.residual, -credit.residual);
    let compared = met.compare(due, paid);
    let least = due.min(paid);
    let used = if met.id == company.id {
        // Entries for differences in exchange have no amount in the foreign currency: theirs must not change the other's.
        let difference = pair.debit.currency == pair.credit.currency
            && (find(&of_debit, pair.debit.currency.id).is_none() || find(&of_credit, pair.credit.currency.id).is_none());
        let rate = |open: &[Open], currency: Currency| if difference { None } else { find(open, currency.id).and_then(|one| one.rate) };
        in_company_currency(pair, least, rate(&of_debit, pair.debit.currency), rate(&of_credit, pair.credit.currency))
    } else {
        in_foreign_currency(terms, pair, least, debit.rate, credit.rate)
    };
    let matched = (compared != Ordering::Greater, compared != Ordering::Less);
    let difference = if terms.exchange { difference(terms, pair, &used, met.id == company.id, matched) } else { None };
    pair.debit.residual -= used.amount;
    pair.credit.residual += used.amount;
    pair.debit.residual_currency -= used.debit_currency;
    pair.credit.residual_currency += used.credit_currency;
    let done = |item: &Item| item.currency.is_zero(item.residual_currency) && company.is_zero(item.residual);
    Outcome {
        debit_done: done(&pair.debit),
        credit_done: done(&pair.credit),
        partial: Some(Partial {
            debit: pair.debit.id,
            credit: pair.credit.id,
            amount: used.amount,
            debit_amount_currency: used.debit_currency,
            credit_amount_currency: used.credit_currency,
            difference,
        }),
    }
}

fn in_company_currency(pair: &Pair, least: Decimal, debit_rate: Option<Rate>, credit_rate: Option<Rate>) -> Used {
    let of = |currency: Currency, rate: Option<Rate>, open: Decimal| match rate {
        Some(rate) => currency.round(rate.convert(least)).min(open),
        None => Decimal::ZERO,
    };
    Used {
        amount: least,
        debit: least,
        credit: least,
        debit_currency: of(pair.debit.currency, debit_rate, pair.debit.residual_currency),
        credit_currency: of(pair.credit.currency, credit_rate, -pair.credit.residual_currency),
    }
}

fn in_foreign_currency(terms: &Terms, pair: &Pair, least: Decimal, debit_rate: Option<Rate>, credit_rate: Option<Rate>) -> Used {
    let company = terms.company;
    // An amount of the foreign currency could be the rounding of any between half a unit less and half a unit more.
    let range = |from: Currency, rate: Option<Rate>| -> [Decimal; 3] {
        let half = from.rounding / Decimal::TWO;
        let worth = |amount: Decimal| rate.map(|rate| company.round(rate.back(amount))).unwrap_or_default();
        [worth(least - half), worth(least), worth(least + half)]
    };
    let [debit_low, debit, debit_high] = range(pair.debit.currency, debit_rate);
    let [credit_low, credit, credit_high] = range(pair.credit.currency, credit_rate);
    let (open_debit, open_credit) = (pair.debit.residual, -pair.credit.residual);
    let (mut debit, mut credit) = (debit.min(open_debit), credit.min(open_credit));
    let mut amount = debit.min(credit);
    let within = |x: Decimal, low: Decimal, high: Decimal| {
        company.compare(x, high) != Ordering::Greater && company.compare(x, low) != Ordering::Less
    };
    if within(debit, credit_low, credit_high) && within(credit, debit_low, debit_high) {
        // Nothing but rounding lies between them.
        amount = open_debit.min(open_credit);
        (debit, credit) = (amount, amount);
    }
    let own = |currency: Currency| if currency.id == company.id { amount } else { least };
    Used { amount, debit, credit, debit_currency: own(pair.debit.currency), credit_currency: own(pair.credit.currency) }
}

/// What exchange left over of lines that are used up, or more than their own rate had made of what was used.
fn difference(terms: &Terms, pair: &mut Pair, used: &Used, in_company: bool, matched: (bool, bool)) -> Option<Difference> {
    let company = terms.company;
    let mut lines = Vec::new();
    if in_company {
        let left = pair.debit.residual_currency - used.debit_currency;
        if matched.0 && !pair.debit.currency.is_zero(left) {
            lines.push((pair.debit.id, Fix::Foreign(left)));
            pair.debit.residual_currency -= left;
        }
        let left = pair.credit.residual_currency + used.credit_currency;
        if matched.1 && !pair.credit.currency.is_zero(left) {
            lines.push((pair.credit.id, Fix::Foreign(left)));
            // The reference counts a credit's up, not down; what is then left of the line is matched as a remainder.
            pair.credit.residual_currency += left;
        }
    } else {
        let counts = |left: Decimal, full: bool, sign: Decimal| {
            let left = company.round(left);
            if full { !left.is_zero() } else { left * sign > Decimal::ZERO }
        };
        let debit = if matched.0 { pair.debit.residual } else { used.debit } - used.amount;
        if counts(debit, matched.0, Decimal::ONE) {
            lines.push((pair.debit.id, Fix::Company(debit)));
            take_off(company, &mut pair.debit, debit);
        }
        let credit = used.amount + if matched.1 { pair.credit.residual } else { -used.credit };
        if counts(credit, matched.1, Decimal::NEGATIVE_ONE) {
            lines.push((pair.credit.id, Fix::Company(credit)));
            take_off(company, &mut pair.credit, credit);
        }
    }
    let (debit, credit) = (&pair.debit, &pair.credit);
    (!lines.is_empty()).then(|| Difference { lines, date: debit.date.max(credit.date), post: debit.posted && credit.posted })
}

fn take_off(company: Currency, item: &mut Item, amount: Decimal) {
    item.residual -= amount;
    if item.currency.id == company.id {
        item.residual_currency -= amount;
    }
}
