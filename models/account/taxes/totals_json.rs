//! What clients show below a document: `tax_totals`.

use lastmile_orm::{Id, Map, Value, map};
use rust_decimal::{Decimal, RoundingStrategy};

use super::base_line::{BaseLine, Currency, LineKind, LineTotals, Settings, TaxAmounts};
use super::sums::{Both, over, rounded, times};
use super::tax::{AmountType, Taxes};

/// How the total of a document is rounded to coins.
#[derive(Clone, Copy, Debug)]
pub struct CashRounding {
    pub strategy: CashStrategy,
    pub rounding: Decimal,
    pub direction: RoundingStrategy,
}

/// Where what rounding to coins leaves over goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CashStrategy {
    /// A line of its own.
    AddLine,
    /// The largest tax.
    BiggestTax,
}

impl CashRounding {
    /// As the fields of `account.cash.rounding` say it.
    pub fn parse(strategy: &str, rounding: Decimal, method: &str) -> Self {
        let direction = match method {
            "UP" => RoundingStrategy::AwayFromZero,
            "DOWN" => RoundingStrategy::ToZero,
            _ => RoundingStrategy::MidpointAwayFromZero,
        };
        let strategy = if strategy == "biggest_tax" { CashStrategy::BiggestTax } else { CashStrategy::AddLine };
        CashRounding { strategy, rounding, direction }
    }

    /// An amount in coins.
    pub fn round(&self, amount: Decimal) -> Decimal {
        let steps = over(amount, self.rounding).round_dp_with_strategy(12, RoundingStrategy::MidpointAwayFromZero);
        times(steps.round_dp_with_strategy(0, self.direction), self.rounding)
    }
}

/// A document to be summed up.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    pub settings: &'a Settings,
    pub currency: Currency,
    pub taxes: &'a Taxes,
    pub lines: &'a [BaseLine],
    /// What the lines came to, in their order.
    pub totals: &'a [LineTotals],
    pub cash_rounding: Option<CashRounding>,
    /// "Untaxed Amount", in the reader's language.
    pub untaxed: &'a str,
}

/// A tax group below a document.
#[derive(Clone, Debug)]
pub struct GroupTotals {
    pub id: Id,
    pub name: String,
    pub label: Option<String>,
    pub taxes: Vec<Id>,
    pub tax: Both,
    pub base: Both,
    /// None where a base says nothing: amounts a unit.
    pub shown_base: Option<Both>,
    pub not_deductible: Option<Both>,
}

/// Tax groups below one amount.
#[derive(Clone, Debug)]
pub struct Subtotal {
    pub name: String,
    pub base: Both,
    pub tax: Both,
    pub groups: Vec<GroupTotals>,
}

/// The sums of a document.
#[derive(Clone, Debug)]
pub struct Totals {
    pub currency: Currency,
    pub company_currency: Currency,
    pub base: Both,
    pub tax: Both,
    pub total: Both,
    pub cash: Option<Both>,
    pub has_groups: bool,
    pub same_base: bool,
    pub subtotals: Vec<Subtotal>,
}

/// Sums a document up.
pub fn totals(document: &Document) -> Totals {
    let (mut base, mut tax) = (Both::default(), Both::default());
    for line in document.totals {
        base += line.excluded + line.delta;
        tax += line.taxes.iter().map(|tax| tax.amount).fold(Both::default(), |sum, amount| sum + amount);
    }
    let groups = groups(document);
    let mut out = Totals {
        currency: document.currency,
        company_currency: document.settings.company_currency,
        base,
        tax,
        total: Both::default(),
        cash: None,
        has_groups: document.totals.iter().any(|line| !line.taxes.is_empty()),
        same_base: false,
        subtotals: Vec::new(),
    };
    let decimals = document.currency.decimals();
    let mut bases: Vec<Decimal> = groups.iter().filter_map(|(_, group)| group.shown_base).map(|base| base.currency).collect();
    out.subtotals = subtotals(document, base, groups);
    round_to_coins(document, &mut out);
    let cash = out.cash.unwrap_or_default();
    out.base += -cash;
    for subtotal in &mut out.subtotals {
        subtotal.base += -cash;
    }
    bases.push(out.base.currency);
    let mut shown: Vec<Decimal> = bases.iter().map(|base| lastmile_orm::money::round_digits(*base, decimals)).collect();
    shown.dedup();
    out.same_base = shown.len() == 1;
    take_off_not_deductible(document, &mut out);
    out.total = out.base + out.tax + cash;
    out
}

/// A tax group's amounts of some lines: the sum of its taxes, and each line's base once.
fn group_amounts<'a>(
    document: &'a Document,
    group: Id,
    wanted: impl Fn(&BaseLine) -> bool + 'a,
) -> impl Iterator<Item = (&'a LineTotals, Vec<&'a TaxAmounts>)> + 'a {
    let of = move |tax: &&TaxAmounts| document.taxes.get(tax.tax).is_some_and(|tax| tax.group == group);
    let lines = document.lines.iter().zip(document.totals).filter(move |(line, _)| wanted(line));
    lines.map(move |(_, totals)| (totals, totals.taxes.iter().filter(of).collect::<Vec<_>>())).filter(|(_, taxes)| !taxes.is_empty())
}

fn summed<'a>(lines: impl Iterator<Item = (&'a LineTotals, Vec<&'a TaxAmounts>)>) -> (Both, Both) {
    let (mut base, mut tax) = (Both::default(), Both::default());
    for (_, taxes) in lines {
        base += taxes.first().map(|tax| tax.base).unwrap_or_default();
        tax += taxes.iter().map(|tax| tax.amount).fold(Both::default(), |sum, amount| sum + amount);
    }
    (base, tax)
}

/// The tax groups in their order, with the name of the subtotal that each is below.
fn groups(document: &Document) -> Vec<(Option<String>, GroupTotals)> {
    let mut found: Vec<Id> = Vec::new();
    for tax in document.totals.iter().flat_map(|line| &line.taxes).filter_map(|tax| document.taxes.get(tax.tax)) {
        if !found.contains(&tax.group) {
            found.push(tax.group);
        }
    }
    let mut groups: Vec<_> = found.iter().filter_map(|id| document.taxes.group(*id)).collect();
    groups.sort_by_key(|group| (group.sequence, group.id));
    groups
        .into_iter()
        .map(|group| {
            let (base, tax) = summed(group_amounts(document, group.id, |_| true));
            let mut taxes: Vec<Id> = Vec::new();
            for amounts in group_amounts(document, group.id, |_| true).flat_map(|(_, taxes)| taxes) {
                if !taxes.contains(&amounts.tax) {
                    taxes.push(amounts.tax);
                }
            }
            let shown_base = shown_base(document, group.id, &taxes, base);
            let (name, label) = (group.name.clone(), group.receipt_label.clone());
            let totals = GroupTotals { id: group.id, name, label, taxes, tax, base, shown_base, not_deductible: None };
            (group.preceding_subtotal.clone(), totals)
        })
        .collect()
}

/// The base that a tax group is shown with: that with the taxes where these are a part of it, none where they are not
/// computed of a base.
fn shown_base(document: &Document, group: Id, taxes: &[Id], base: Both) -> Option<Both> {
    let taxes: Vec<_> = taxes.iter().filter_map(|id| document.taxes.get(*id)).collect();
    let division = |id: Id| document.taxes.get(id).is_some_and(|tax| tax.amount_type == AmountType::Division);
    if taxes.iter().all(|tax| tax.amount_type == AmountType::Fixed) {
        return None;
    }
    if !taxes.iter().all(|tax| tax.amount_type == AmountType::Division && tax.price_include) {
        return Some(base);
    }
    let mut shown = Both::default();
    for (line, _) in group_amounts(document, group, |_| true) {
        shown += line.excluded + line.delta;
        for tax in line.taxes.iter().filter(|tax| division(tax.tax)) {
            shown += tax.amount;
        }
    }
    Some(shown)
}

/// Subtotals in the order of their first groups; each begins with the taxes of those before it.
fn subtotals(document: &Document, base: Both, groups: Vec<(Option<String>, GroupTotals)>) -> Vec<Subtotal> {
    let mut out: Vec<Subtotal> = Vec::new();
    let empty = |name: String| Subtotal { name, base, tax: Both::default(), groups: Vec::new() };
    for (name, group) in groups {
        let name = name.unwrap_or_else(|| document.untaxed.to_owned());
        match out.iter_mut().find(|subtotal| subtotal.name == name) {
            Some(subtotal) => subtotal.groups.push(group),
            None => out.push(Subtotal { groups: vec![group], ..empty(name) }),
        }
    }
    if out.is_empty() {
        out.push(empty(document.untaxed.to_owned()));
    }
    let mut before = Both::default();
    for subtotal in &mut out {
        subtotal.base += before;
        subtotal.tax = subtotal.groups.iter().map(|group| group.tax).fold(Both::default(), |sum, tax| sum + tax);
        before += subtotal.tax;
    }
    out
}

/// Lines that round to coins are no base; without them the total is rounded here.
fn round_to_coins(document: &Document, out: &mut Totals) {
    let mut lines = document.lines.iter().zip(document.totals).filter(|(line, _)| line.kind == LineKind::CashRounding).peekable();
    if lines.peek().is_some() {
        out.cash = Some(lines.map(|(_, totals)| totals.excluded).fold(Both::default(), |sum, amount| sum + amount));
        return;
    }
    let Some(cash) = document.cash_rounding else { return };
    let total = out.base + out.tax;
    let currency = cash.round(total.currency) - total.currency;
    if rounded(currency, document.currency.rounding).is_zero() {
        return;
    }
    let rate = over(total.currency, total.company).abs();
    let more = Both { currency, company: rounded(over(currency, rate), out.company_currency.rounding) };
    match cash.strategy {
        CashStrategy::AddLine => {
            out.cash = Some(more);
            out.base += more;
            if let Some(subtotal) = out.subtotals.iter_mut().find(|subtotal| subtotal.name == document.untaxed) {
                subtotal.base += more;
            }
        }
        CashStrategy::BiggestTax => {
            let mut largest: Option<(Decimal, usize, usize)> = None;
            for (place, subtotal) in out.subtotals.iter().enumerate() {
                for (group, totals) in subtotal.groups.iter().enumerate() {
                    if largest.is_none_or(|(amount, _, _)| totals.tax.currency > amount) {
                        largest = Some((totals.tax.currency, place, group));
                    }
                }
            }
            let Some((_, place, group)) = largest else { return };
            if let Some(subtotal) = out.subtotals.get_mut(place) {
                subtotal.tax += more;
                if let Some(group) = subtotal.groups.get_mut(group) {
                    group.tax += more;
                }
                out.tax += more;
            }
        }
    }
}

/// Taxes that cannot be deducted are told apart.
fn take_off_not_deductible(document: &Document, out: &mut Totals) {
    let wanted = |line: &BaseLine| line.kind == LineKind::NonDeductible && !line.tax_ids.is_empty();
    if !document.lines.iter().any(wanted) {
        return;
    }
    for subtotal in &mut out.subtotals {
        for group in &mut subtotal.groups {
            let (base, tax) = summed(group_amounts(document, group.id, wanted));
            group.not_deductible = Some(tax);
            group.tax += -tax;
            group.base += -base;
            subtotal.tax += -tax;
            out.tax += -tax;
        }
    }
}

/// An amount under a key and under the same key for the document's currency.
fn put(out: &mut Map, key: &str, amount: Both) {
    out.insert(format!("{key}_currency"), Value::Decimal(amount.currency));
    out.insert(key.to_owned(), Value::Decimal(amount.company));
}

impl Totals {
    /// As clients read it.
    pub fn to_value(&self) -> Value {
        let mut out = map! {
            "currency_id" => self.currency.id,
            "currency_pd" => self.currency.rounding,
            "company_currency_id" => self.company_currency.id,
            "company_currency_pd" => self.company_currency.rounding,
            "has_tax_groups" => self.has_groups,
            "same_tax_base" => self.same_base,
            "subtotals" => Value::List(self.subtotals.iter().map(Subtotal::to_value).collect()),
        };
        put(&mut out, "base_amount", self.base);
        put(&mut out, "tax_amount", self.tax);
        put(&mut out, "total_amount", self.total);
        if let Some(cash) = self.cash {
            put(&mut out, "cash_rounding_base_amount", cash);
        }
        Value::Map(out)
    }
}

impl Subtotal {
    fn to_value(&self) -> Value {
        let mut out = map! {
            "name" => self.name.as_str(),
            "tax_groups" => Value::List(self.groups.iter().map(GroupTotals::to_value).collect()),
        };
        put(&mut out, "base_amount", self.base);
        put(&mut out, "tax_amount", self.tax);
        Value::Map(out)
    }
}

impl GroupTotals {
    fn to_value(&self) -> Value {
        let text = |text: Option<&String>| text.map_or(Value::Bool(false), |text| Value::from(text.as_str()));
        let mut out = map! {
            "id" => self.id,
            "group_name" => self.name.as_str(),
            "group_label" => text(self.label.as_ref()),
            "involved_tax_ids" => self.taxes.clone(),
        };
        put(&mut out, "base_amount", self.base);
        put(&mut out, "tax_amount", self.tax);
        match self.shown_base {
            Some(base) => put(&mut out, "display_base_amount", base),
            None => {
                out.insert("display_base_amount_currency".into(), Value::Bool(false));
                out.insert("display_base_amount".into(), Value::Bool(false));
            }
        }
        if let Some(amount) = self.not_deductible {
            put(&mut out, "non_deductible_tax_amount", amount);
        }
        Value::Map(out)
    }
}
