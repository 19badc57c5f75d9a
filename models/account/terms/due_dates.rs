//! The engine of payment terms: values in, values out.

use chrono::{Datelike, Days, Months, NaiveDate};
use lastmile_orm::{Id, money};
use rust_decimal::{Decimal, RoundingStrategy};

/// A payment term.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Term {
    pub id: Id,
    pub lines: Vec<Line>,
    pub discount: Option<Discount>,
}

/// A part that is due on a day of its own. The last one takes what is left, whatever it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub share: Share,
    pub delay: Delay,
    pub days: i32,
}

/// How much of the total a part is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Share {
    /// Of a hundred.
    Percent(Decimal),
    /// In the invoice's currency.
    Fixed(Decimal),
}

/// From which day the days of a part are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// The invoice's.
    Invoice,
    MonthEnd,
    NextMonthEnd,
    /// The invoice's, then on to this day of the next month; zero: to the end of the month.
    DayOfNextMonth(u32),
}

/// What those who pay soon may take off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Discount {
    pub percentage: Decimal,
    pub days: i32,
    pub on: DiscountOn,
}

/// What a discount is taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiscountOn {
    /// The total: the tax shrinks when it is paid early.
    Total,
    /// What is untaxed: the tax never shrinks.
    Untaxed,
    /// What is untaxed: the tax is reduced at once.
    UntaxedAtOnce,
}

/// Amounts are rounded to what can be paid in cash.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cash {
    pub rounding: Decimal,
    pub way: Way,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Up,
    Down,
    HalfUp,
}

impl Way {
    /// By its name on the wire.
    pub fn parse(name: &str) -> Self {
        match name {
            "UP" => Way::Up,
            "DOWN" => Way::Down,
            _ => Way::HalfUp,
        }
    }
}

/// The signed totals that are shared out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Amounts {
    pub untaxed: Decimal,
    pub tax: Decimal,
    pub untaxed_currency: Decimal,
    pub tax_currency: Decimal,
    /// 1 or −1: that of fixed parts.
    pub sign: Decimal,
    /// The rounding of the company's currency, and that of the invoice's.
    pub company_rounding: Decimal,
    pub rounding: Decimal,
    pub cash: Option<Cash>,
}

/// A part of the total, its day, and what is owed instead when it is paid by the day of the discount.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    pub date: NaiveDate,
    pub amount_currency: Decimal,
    pub balance: Decimal,
    pub discount_date: Option<NaiveDate>,
    /// Of a hundred; zero without a discount.
    pub discount_percentage: Decimal,
    pub discount_amount_currency: Decimal,
    pub discount_balance: Decimal,
}

fn later(day: NaiveDate, days: i32) -> NaiveDate {
    let n = Days::new(u64::from(days.unsigned_abs()));
    if days < 0 { day.checked_sub_days(n) } else { day.checked_add_days(n) }.unwrap_or(day)
}

fn month_end(day: NaiveDate) -> NaiveDate {
    on_day(day, 31)
}

/// A day of a month, its last one when it has no such day.
fn on_day(month: NaiveDate, day: u32) -> NaiveDate {
    (1..=day.clamp(1, 31)).rev().find_map(|day| month.with_day(day)).unwrap_or(month)
}

fn next_month(day: NaiveDate) -> NaiveDate {
    day.checked_add_months(Months::new(1)).unwrap_or(day)
}

impl Line {
    /// The day on which it is due, for an invoice of a day.
    pub fn due(&self, invoice: NaiveDate) -> NaiveDate {
        match self.delay {
            Delay::Invoice => later(invoice, self.days),
            Delay::MonthEnd => later(month_end(invoice), self.days),
            Delay::NextMonthEnd => later(month_end(next_month(invoice)), self.days),
            Delay::DayOfNextMonth(0) => month_end(later(invoice, self.days)),
            Delay::DayOfNextMonth(day) => on_day(next_month(later(invoice, self.days)), day),
        }
    }
}

impl Term {
    /// The last day of the discount.
    pub fn discount_date(&self, invoice: NaiveDate) -> Option<NaiveDate> {
        self.discount.map(|discount| later(invoice, discount.days))
    }
}

impl Cash {
    fn round(&self, amount: Decimal) -> Decimal {
        let unit = self.rounding.normalize();
        let Some(steps) = amount.checked_div(unit).filter(|_| unit > Decimal::ZERO) else { return amount };
        let strategy = match self.way {
            Way::Up => RoundingStrategy::AwayFromZero,
            Way::Down => RoundingStrategy::ToZero,
            Way::HalfUp => RoundingStrategy::MidpointAwayFromZero,
        };
        steps.round_dp_with_strategy(0, strategy).checked_mul(unit).unwrap_or(amount)
    }

    /// What is added to an amount so that it can be paid in cash.
    pub fn difference(&self, amount: Decimal, rounding: Decimal) -> Decimal {
        let amount = money::round_to(amount, rounding);
        money::round_to(self.round(amount) - amount, rounding)
    }
}

impl Amounts {
    fn total(&self) -> Decimal {
        self.untaxed + self.tax
    }

    fn total_currency(&self) -> Decimal {
        self.untaxed_currency + self.tax_currency
    }

    /// An amount of the invoice's currency in the company's, at the rate of the totals.
    fn in_company(&self, amount: Decimal) -> Decimal {
        let (total, currency) = (self.total(), self.total_currency());
        if total.is_zero() || currency.is_zero() {
            return Decimal::ZERO;
        }
        // Multiplied first, so that a share of the total is exactly that share.
        let scaled = amount.checked_mul(total.abs()).and_then(|product| product.checked_div(currency.abs()));
        money::round_to(scaled.unwrap_or_default(), self.company_rounding)
    }

    /// An amount in both currencies, and in cash, where it is paid so.
    fn in_cash(&self, balance: Decimal, amount_currency: Decimal) -> (Decimal, Decimal) {
        let difference = self.cash.map_or(Decimal::ZERO, |cash| cash.difference(amount_currency, self.rounding));
        if difference.is_zero() {
            return (balance, amount_currency);
        }
        let paid = amount_currency + difference;
        (self.in_company(paid), paid)
    }

    fn percent(&self, percent: Decimal) -> (Decimal, Decimal) {
        let share = percent / Decimal::ONE_HUNDRED;
        (money::round_to(self.total() * share, self.company_rounding), money::round_to(self.total_currency() * share, self.rounding))
    }

    /// What is owed with a discount.
    fn discounted(&self, discount: Discount) -> (Decimal, Decimal) {
        let share = discount.percentage / Decimal::ONE_HUNDRED;
        let (of, of_currency) = match discount.on {
            DiscountOn::Total => (self.total(), self.total_currency()),
            DiscountOn::Untaxed | DiscountOn::UntaxedAtOnce => (self.untaxed, self.untaxed_currency),
        };
        let balance = money::round_to(self.total() - of * share, self.company_rounding);
        let amount_currency = money::round_to(self.total_currency() - of_currency * share, self.rounding);
        self.in_cash(balance, amount_currency)
    }
}

/// The parts of a total, in the order of the term's lines. Together they are the total, in both currencies.
pub fn due_lines(term: &Term, date: NaiveDate, amounts: &Amounts) -> Vec<Due> {
    let discount_date = term.discount_date(date);
    let (discount_balance, discount_amount_currency) = term.discount.map_or_else(Default::default, |discount| amounts.discounted(discount));
    let (mut left, mut left_currency) = (amounts.total(), amounts.total_currency());
    let mut out = Vec::with_capacity(term.lines.len());
    for (n, line) in term.lines.iter().enumerate() {
        let (balance, amount_currency) = if n + 1 == term.lines.len() {
            (left, left_currency)
        } else {
            let (balance, amount_currency) = match line.share {
                Share::Fixed(amount) => {
                    (amounts.sign * amounts.in_company(amount), amounts.sign * money::round_to(amount, amounts.rounding))
                }
                Share::Percent(percent) => amounts.percent(percent),
            };
            amounts.in_cash(balance, amount_currency)
        };
        left -= balance;
        left_currency -= amount_currency;
        out.push(Due {
            date: line.due(date),
            amount_currency,
            balance,
            discount_date,
            discount_percentage: term.discount.map_or(Decimal::ZERO, |discount| discount.percentage),
            discount_amount_currency,
            discount_balance,
        });
    }
    out
}

/// Parts that are due on one day as one, in the order of their first ones.
pub fn by_day(parts: Vec<Due>) -> Vec<Due> {
    let mut out: Vec<Due> = Vec::with_capacity(parts.len());
    for part in parts {
        match out.iter_mut().find(|known| known.date == part.date && known.discount_date == part.discount_date) {
            Some(known) => {
                known.balance += part.balance;
                known.amount_currency += part.amount_currency;
            }
            None => out.push(part),
        }
    }
    out
}
