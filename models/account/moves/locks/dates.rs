//! Which day an entry may have: values in, values out.

use chrono::{Datelike, NaiveDate};

use crate::account::moves::numbers::periods::{Reset, month_end};

/// A lock of a company, in the order of its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lock {
    Fiscalyear,
    Hard,
    Purchase,
    Sale,
    Tax,
}

impl Lock {
    /// Those that exceptions are made of.
    pub const SOFT: [Lock; 4] = [Lock::Fiscalyear, Lock::Tax, Lock::Sale, Lock::Purchase];

    /// The field that holds it.
    pub fn field(self) -> &'static str {
        match self {
            Lock::Fiscalyear => "fiscalyear_lock_date",
            Lock::Hard => "hard_lock_date",
            Lock::Purchase => "purchase_lock_date",
            Lock::Sale => "sale_lock_date",
            Lock::Tax => "tax_lock_date",
        }
    }

    /// The field that says it for who asks.
    pub fn user_field(self) -> &'static str {
        match self {
            Lock::Fiscalyear => "user_fiscalyear_lock_date",
            Lock::Hard => "user_hard_lock_date",
            Lock::Purchase => "user_purchase_lock_date",
            Lock::Sale => "user_sale_lock_date",
            Lock::Tax => "user_tax_lock_date",
        }
    }

    /// The lock of a field.
    pub fn parse(field: &str) -> Option<Lock> {
        [Lock::Fiscalyear, Lock::Hard, Lock::Purchase, Lock::Sale, Lock::Tax].into_iter().find(|lock| lock.field() == field)
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Lock::Fiscalyear => "the lock of all entries",
            Lock::Hard => "the lock for good",
            Lock::Purchase => "the lock of purchases",
            Lock::Sale => "the lock of sales",
            Lock::Tax => "the lock of taxes",
        }
    }
}

/// Until when a company is closed for somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Locks {
    fiscalyear: Option<NaiveDate>,
    hard: Option<NaiveDate>,
    purchase: Option<NaiveDate>,
    sale: Option<NaiveDate>,
    tax: Option<NaiveDate>,
}

/// Which locks count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Which {
    pub fiscalyear: bool,
    pub sale: bool,
    pub purchase: bool,
    pub tax: bool,
    pub hard: bool,
}

impl Which {
    /// Those for entries of a type of journal, without taxes.
    pub fn of_journal(kind: &str) -> Which {
        Which { fiscalyear: true, sale: kind == "sale", purchase: kind == "purchase", tax: false, hard: true }
    }
}

impl Locks {
    /// The last closed day under a lock.
    pub fn get(&self, lock: Lock) -> Option<NaiveDate> {
        match lock {
            Lock::Fiscalyear => self.fiscalyear,
            Lock::Hard => self.hard,
            Lock::Purchase => self.purchase,
            Lock::Sale => self.sale,
            Lock::Tax => self.tax,
        }
    }

    pub fn set(&mut self, lock: Lock, day: Option<NaiveDate>) {
        *match lock {
            Lock::Fiscalyear => &mut self.fiscalyear,
            Lock::Hard => &mut self.hard,
            Lock::Purchase => &mut self.purchase,
            Lock::Sale => &mut self.sale,
            Lock::Tax => &mut self.tax,
        } = day;
    }

    /// The locks that a day is under, the earliest first.
    pub fn violated(&self, day: NaiveDate, which: Which) -> Vec<(NaiveDate, Lock)> {
        let asked = [
            (Lock::Fiscalyear, which.fiscalyear),
            (Lock::Sale, which.sale),
            (Lock::Purchase, which.purchase),
            (Lock::Tax, which.tax),
            (Lock::Hard, which.hard),
        ];
        let closed = |(lock, asked): (Lock, bool)| self.get(lock).filter(|last| asked && day <= *last).map(|last| (last, lock));
        let mut out: Vec<(NaiveDate, Lock)> = asked.into_iter().filter_map(closed).collect();
        out.sort_unstable();
        out
    }

    /// The last closed day for entries of a type of journal, taxes aside.
    pub fn fiscal(&self, journal: &str) -> Option<NaiveDate> {
        let which = Which::of_journal(journal);
        let mut last = self.fiscalyear.max(self.hard);
        if which.sale {
            last = last.max(self.sale);
        }
        if which.purchase {
            last = last.max(self.purchase);
        }
        last
    }
}

/// The accounting date of an entry of a day: after the last closed day that it is under; for others than sales not
/// before today, but in the period of its day, by how its journal numbers, so that numbers go up.
pub fn accounting_date(day: NaiveDate, today: NaiveDate, sale: bool, closed: Option<NaiveDate>, reset: Option<Reset>) -> NaiveDate {
    let day = closed.and_then(|last| last.succ_opt()).unwrap_or(day);
    let year_end = NaiveDate::from_ymd_opt(day.year(), 12, 31).unwrap_or(day);
    if sale {
        return match (closed, reset) {
            (Some(_), None | Some(Reset::Month)) => today.min(month_end(day)),
            (Some(_), Some(Reset::Year)) => today.min(year_end),
            _ => day,
        };
    }
    match reset {
        None | Some(Reset::Month | Reset::YearRangeMonth) if (today.year(), today.month()) > (day.year(), day.month()) => month_end(day),
        Some(Reset::Year) if today.year() > day.year() => year_end,
        None | Some(Reset::Month | Reset::YearRangeMonth | Reset::Year) => day.max(today),
        _ => day,
    }
}
