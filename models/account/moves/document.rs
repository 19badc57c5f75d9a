//! A journal entry with its lines as a value: what the stages of a call work on before anything is written.

use chrono::NaiveDate;
use lastmile_orm::{Id, Map, Value, map};
use rust_decimal::Decimal;

pub use crate::account::currency::Currency;

/// Entries.
pub const MOVE: &str = "account.move";
/// Their lines.
pub const LINE: &str = "account.move.line";

/// Kinds of journal entries, Odoo's `move_type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    #[default]
    Entry,
    OutInvoice,
    OutRefund,
    InInvoice,
    InRefund,
    OutReceipt,
    InReceipt,
}

impl Kind {
    /// By its name on the wire.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "entry" => Kind::Entry,
            "out_invoice" => Kind::OutInvoice,
            "out_refund" => Kind::OutRefund,
            "in_invoice" => Kind::InInvoice,
            "in_refund" => Kind::InRefund,
            "out_receipt" => Kind::OutReceipt,
            "in_receipt" => Kind::InReceipt,
            _ => return None,
        })
    }

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Entry => "entry",
            Kind::OutInvoice => "out_invoice",
            Kind::OutRefund => "out_refund",
            Kind::InInvoice => "in_invoice",
            Kind::InRefund => "in_refund",
            Kind::OutReceipt => "out_receipt",
            Kind::InReceipt => "in_receipt",
        }
    }

    /// Invoices, refunds and receipts.
    pub fn is_invoice(self) -> bool {
        self != Kind::Entry
    }

    /// Towards customers.
    pub fn is_sale(self) -> bool {
        matches!(self, Kind::OutInvoice | Kind::OutRefund | Kind::OutReceipt)
    }

    /// Towards vendors.
    pub fn is_purchase(self) -> bool {
        matches!(self, Kind::InInvoice | Kind::InRefund | Kind::InReceipt)
    }

    pub fn is_refund(self) -> bool {
        matches!(self, Kind::OutRefund | Kind::InRefund)
    }

    pub fn is_receipt(self) -> bool {
        matches!(self, Kind::OutReceipt | Kind::InReceipt)
    }

    /// Money comes in when it is paid.
    pub fn is_inbound(self) -> bool {
        matches!(self, Kind::OutInvoice | Kind::InRefund | Kind::OutReceipt)
    }

    /// What amounts of lines are multiplied with to be those of the document: -1 where its lines are credits.
    pub fn sign(self) -> Decimal {
        if self.is_inbound() { Decimal::NEGATIVE_ONE } else { Decimal::ONE }
    }
}

/// A journal entry. Dates are days, amounts signed as debits.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// 0 until it is there.
    pub id: Id,
    pub kind: Kind,
    pub state: String,
    pub company: Id,
    /// Of the company.
    pub own_currency: Currency,
    pub currency: Currency,
    pub journal: Id,
    pub journal_account: Option<Id>,
    pub partner: Option<Id>,
    pub commercial_partner: Option<Id>,
    pub fiscal_position: Option<Id>,
    pub term: Option<Id>,
    pub invoice_date: Option<NaiveDate>,
    pub date: Option<NaiveDate>,
    pub due: Option<NaiveDate>,
    /// Amounts in the document's currency for one unit of the company's.
    pub rate: Decimal,
    pub name: Option<String>,
    pub reference: Option<String>,
    pub payment_reference: Option<String>,
    /// Who sent it by mail.
    pub source_email: Option<String>,
    pub cash_rounding: Option<Id>,
    pub reversed: bool,
    /// It is being made as a copy of another.
    pub copied: bool,
    /// It is a payment's.
    pub of_payment: bool,
    pub posted_before: bool,
    /// Amounts of taxes only count once they are paid.
    pub always_exigible: bool,
    pub lines: Vec<Line>,
    /// Fields that the caller gave in this call.
    pub given: Vec<String>,
    /// Fields without a place here that stages filled.
    pub derived: Map,
    /// As the database has it, when it has it.
    pub before: Option<Box<Document>>,
}

impl Document {
    /// The rate that amounts are converted at: none counts as one to one.
    pub fn exchange(&self) -> Decimal {
        if self.rate.is_zero() { Decimal::ONE } else { self.rate }
    }

    /// Whether the caller gave a field.
    pub fn has(&self, field: &str) -> bool {
        self.given.iter().any(|name| name == field)
    }

    /// Whether a computed field is due: it was not given, and the document is new or one of what it depends on changed.
    pub fn is_due(&self, field: &str, changed: impl Fn(&Document, &Document) -> bool) -> bool {
        !self.has(field) && self.before.as_deref().is_none_or(|before| changed(before, self))
    }

    /// Its own columns that stages fill, as they are written.
    pub fn columns(&self) -> Map {
        let mut columns = map! {
            "move_type" => self.kind.name(),
            "company_id" => self.company,
            "currency_id" => self.currency.id,
            "journal_id" => self.journal,
            "partner_id" => self.partner,
            "commercial_partner_id" => self.commercial_partner,
            "fiscal_position_id" => self.fiscal_position,
            "invoice_payment_term_id" => self.term,
            "invoice_date" => self.invoice_date,
            "date" => self.date,
            "invoice_date_due" => self.due,
            "invoice_currency_rate" => self.rate,
            "always_tax_exigible" => self.always_exigible,
        };
        columns.extend(self.derived.clone());
        columns
    }

    /// Lines that are not deleted.
    pub fn live(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| !line.deleted)
    }

    /// Lines of a kind that are not deleted.
    pub fn of_kind<'a>(&'a self, kinds: &'a [&'a str]) -> impl Iterator<Item = &'a Line> {
        self.live().filter(move |line| kinds.contains(&line.display_type.as_str()))
    }

    /// Whether taxes are worked out for it: invoices, and entries that have some.
    pub fn has_taxes(&self) -> bool {
        self.kind.is_invoice() || self.live().any(|line| !line.taxes.is_empty() || line.repartition.is_some())
    }
}

/// A line of an entry.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// 0 until it is there.
    pub id: Id,
    pub deleted: bool,
    pub display_type: String,
    pub name: Option<String>,
    pub sequence: i64,
    pub account: Option<Id>,
    pub partner: Option<Id>,
    pub currency: Currency,
    pub product: Option<Id>,
    pub unit: Option<Id>,
    pub quantity: Decimal,
    pub price_unit: Decimal,
    /// In per cent.
    pub discount: Decimal,
    pub taxes: Vec<Id>,
    pub tags: Vec<Id>,
    pub repartition: Option<Id>,
    /// The tax of the repartition line, and that tax's group for totals.
    pub tax: Option<Id>,
    pub tax_group: Option<Id>,
    pub group_tax: Option<Id>,
    pub tax_base: Decimal,
    pub amount_currency: Decimal,
    pub balance: Decimal,
    pub subtotal: Decimal,
    pub total: Decimal,
    pub due: Option<NaiveDate>,
    pub discount_date: Option<NaiveDate>,
    pub discount_amount_currency: Decimal,
    pub discount_balance: Decimal,
    pub analytic: Value,
    /// Residuals are kept of lines that can be reconciled.
    pub reconcilable: bool,
    /// What was reconciled: balance less residual, in both currencies.
    pub matched: (Decimal, Decimal),
    /// Fields that the caller gave in this call.
    pub given: Vec<String>,
    /// Fields without a place here, as they were given.
    pub other: Map,
    /// As the database has it, when it has it.
    pub before: Option<Box<Line>>,
}

/// Kinds of lines that only show text.
pub const TEXTS: [&str; 3] = ["line_section", "line_subsection", "line_note"];

impl Line {
    /// Sections and notes: they move no money.
    pub fn is_text(&self) -> bool {
        TEXTS.contains(&self.display_type.as_str())
    }

    /// Whether the caller gave a field.
    pub fn has(&self, field: &str) -> bool {
        self.given.iter().any(|name| name == field)
    }

    /// Marks a field as given.
    pub fn give(&mut self, field: &str) {
        if !self.has(field) {
            self.given.push(field.to_owned());
        }
    }

    /// What is still to be reconciled, in the company's and in its own currency.
    pub fn residuals(&self, own: Currency) -> (Decimal, Decimal) {
        if !self.reconcilable {
            return Default::default();
        }
        (own.round(self.balance - self.matched.0), self.currency.round(self.amount_currency - self.matched.1))
    }

    /// The columns that stages fill, as they are written.
    pub fn columns(&self, own: Currency) -> Map {
        let (residual, residual_currency) = self.residuals(own);
        let debit = self.balance.max(Decimal::ZERO);
        let credit = (-self.balance).max(Decimal::ZERO);
        let reconciled = self.reconcilable && residual.is_zero() && residual_currency.is_zero();
        // Lines of other kinds have no such amount, which is not the same as an amount of nothing.
        let of_kind = |kind: &str, amount: Decimal| (self.display_type == kind || !amount.is_zero()).then_some(amount);
        map! {
            "display_type" => self.display_type.as_str(),
            "name" => self.name.clone(),
            "sequence" => self.sequence,
            "account_id" => self.account,
            "partner_id" => self.partner,
            "currency_id" => self.currency.id,
            "product_id" => self.product,
            "product_uom_id" => self.unit,
            "quantity" => self.quantity,
            "price_unit" => self.price_unit,
            "discount" => self.discount,
            "tax_repartition_line_id" => self.repartition,
            "tax_line_id" => self.tax,
            "tax_group_id" => self.tax_group,
            "group_tax_id" => self.group_tax,
            "tax_base_amount" => of_kind("tax", self.tax_base),
            "amount_currency" => self.amount_currency,
            "balance" => self.balance,
            "debit" => debit,
            "credit" => credit,
            "amount_residual" => residual,
            "amount_residual_currency" => residual_currency,
            "reconciled" => reconciled,
            "price_subtotal" => self.subtotal,
            "price_total" => self.total,
            "date_maturity" => self.due,
            "discount_date" => self.discount_date,
            "discount_amount_currency" => of_kind("payment_term", self.discount_amount_currency),
            "discount_balance" => of_kind("payment_term", self.discount_balance),
            "analytic_distribution" => self.analytic.clone(),
        }
    }
}

/// A date as clients and the kernel have it; of a time, its day.
pub fn day(value: &Value) -> Option<NaiveDate> {
    match value {
        Value::Date(date) => Some(*date),
        Value::DateTime(time) => Some(time.date()),
        Value::Str(text) => text.get(..10).and_then(|text| text.parse().ok()),
        _ => None,
    }
}
