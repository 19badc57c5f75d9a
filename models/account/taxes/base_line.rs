//! What a document gives to be taxed, and what comes back.

use lastmile_orm::Id;
use rust_decimal::Decimal;

use super::sums::{Both, Side};
pub use crate::account::currency::Currency;

/// Where amounts are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// On each line.
    PerLine,
    /// On the sum of a tax; the lines share what is over.
    Globally,
}

impl Rounding {
    /// As the company's field says it.
    pub fn parse(text: &str) -> Self {
        if text == "round_per_line" { Rounding::PerLine } else { Rounding::Globally }
    }
}

/// What a document's lines have in common.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub company_currency: Currency,
    pub rounding: Rounding,
    /// Taxes that are due when paid have their tags and accounts at once.
    pub cash_basis_tags: bool,
}

/// How a price is to be understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PriceMode {
    /// As its taxes say.
    #[default]
    AsTaxes,
    /// Without any tax.
    TotalExcluded,
    /// With all taxes.
    TotalIncluded,
}

/// What else a line may be than one that somebody wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineKind {
    #[default]
    Ordinary,
    EarlyPayment,
    CashRounding,
    NonDeductible,
}

/// A line of a document before taxes.
#[derive(Clone, Debug)]
pub struct BaseLine {
    /// The caller's number of it.
    pub id: Id,
    pub quantity: Decimal,
    pub price_unit: Decimal,
    /// Per cent.
    pub discount: Decimal,
    /// As chosen: groups are resolved here.
    pub tax_ids: Vec<Id>,
    pub currency: Currency,
    /// Units of the currency for one of the company's.
    pub rate: Decimal,
    /// 1 or -1: the sign of the line's balance when its price is positive.
    pub sign: Decimal,
    pub is_refund: bool,
    pub mode: PriceMode,
    pub kind: LineKind,
    pub partner: Option<Id>,
    pub account: Option<Id>,
    /// JSON text of the analytic distribution.
    pub analytic: Option<String>,
    /// Tags that the product brings.
    pub product_tags: Vec<Id>,
    /// Lines of different keys are rounded apart.
    pub computation_key: Option<String>,
}

impl BaseLine {
    /// One of a price, in the company's currency, to be refined.
    pub fn new(id: Id, currency: Currency, price_unit: Decimal, tax_ids: Vec<Id>) -> Self {
        Self {
            id,
            quantity: Decimal::ONE,
            price_unit,
            discount: Decimal::ZERO,
            tax_ids,
            currency,
            rate: Decimal::ONE,
            sign: Decimal::ONE,
            is_refund: false,
            mode: PriceMode::AsTaxes,
            kind: LineKind::Ordinary,
            partner: None,
            account: None,
            analytic: None,
            product_tags: Vec::new(),
            computation_key: None,
        }
    }

    /// The unit that amounts of a side are multiples of.
    pub fn currency_of(&self, side: Side, settings: &Settings) -> Currency {
        match side {
            Side::Document => self.currency,
            Side::Company => settings.company_currency,
        }
    }
}

/// What a line's tax comes to.
#[derive(Clone, Debug)]
pub struct TaxAmounts {
    pub tax: Id,
    /// The group of taxes that it was chosen with.
    pub chosen_as: Option<Id>,
    /// The part that is taken off again.
    pub reverse_charge: bool,
    /// The price was with it.
    pub price_include: bool,
    /// Later taxes that this amount is a base of.
    pub affects: Vec<Id>,
    pub raw_base: Both,
    pub raw_amount: Both,
    pub base: Both,
    pub amount: Both,
    /// The amount by lines of repartition.
    pub shares: Vec<Share>,
}

/// A part of a tax by a line of repartition.
#[derive(Clone, Debug)]
pub struct Share {
    pub amount: Both,
    pub key: TaxLineKey,
}

/// What tax lines of a document are told apart by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TaxLineKey {
    /// The line of repartition (`tax_repartition_line_id`).
    pub repartition: Id,
    /// The group of taxes that the tax was chosen with (`group_tax_id`).
    pub group_tax: Option<Id>,
    pub account: Option<Id>,
    pub partner: Option<Id>,
    pub currency: Id,
    pub analytic: Option<String>,
    /// Later taxes that the line is a base of (`tax_ids`).
    pub tax_ids: Vec<Id>,
    /// `tax_tag_ids`
    pub tag_ids: Vec<Id>,
}

/// What a line comes to.
#[derive(Clone, Debug)]
pub struct LineTotals {
    pub id: Id,
    pub sign: Decimal,
    pub raw_excluded: Both,
    pub raw_included: Both,
    /// Rounded by itself: `price_subtotal`.
    pub excluded: Both,
    /// Rounded by itself: `price_total`.
    pub included: Both,
    /// What rounding the document adds to the amount without taxes.
    pub delta: Both,
    pub taxes: Vec<TaxAmounts>,
    /// `tax_tag_ids`
    pub tag_ids: Vec<Id>,
}

impl LineTotals {
    /// `amount_currency` and `balance` of the line.
    pub fn amount(&self) -> Both {
        (self.excluded + self.delta).signed(self.sign)
    }
}

/// A tax line of a document.
#[derive(Clone, Debug)]
pub struct TaxLine {
    pub key: TaxLineKey,
    /// The tax (`tax_line_id`).
    pub tax: Id,
    pub name: String,
    /// `tax_base_amount`
    pub base: Decimal,
    /// `amount_currency` and `balance`
    pub amount: Both,
}

/// A tax line that a document has.
#[derive(Clone, Debug)]
pub struct KeptTaxLine {
    pub id: Id,
    pub sign: Decimal,
    pub key: TaxLineKey,
    pub amount: Both,
}

/// What must happen to the tax lines that a document has.
#[derive(Clone, Debug, Default)]
pub struct TaxLineChanges {
    /// Numbers, with what they become.
    pub update: Vec<(Id, TaxLine)>,
    pub delete: Vec<Id>,
    pub add: Vec<TaxLine>,
}

/// What a document comes to.
#[derive(Clone, Debug, Default)]
pub struct Computed {
    /// In the order of the base lines.
    pub lines: Vec<LineTotals>,
    /// Without those of nothing.
    pub tax_lines: Vec<TaxLine>,
}
