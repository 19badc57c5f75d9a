//! What the engine knows of taxes.

use std::collections::HashMap;
use std::sync::Arc;

use lastmile_orm::Id;
use rust_decimal::Decimal;

/// How a tax's amount follows from its base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AmountType {
    /// A set of other taxes.
    Group,
    /// So much a unit.
    Fixed,
    /// Per cent of the price without it.
    Percent,
    /// Per cent of the price with it.
    Division,
}

impl AmountType {
    /// As the field says it.
    pub fn parse(text: &str) -> Self {
        match text {
            "group" => AmountType::Group,
            "fixed" => AmountType::Fixed,
            "division" => AmountType::Division,
            _ => AmountType::Percent,
        }
    }
}

/// Where a part of a tax, or of its base, is posted.
#[derive(Clone, Debug, Default)]
pub struct Repartition {
    pub id: Id,
    /// For credit notes, not for invoices.
    pub refund: bool,
    /// A part of the tax, not of its base.
    pub of_tax: bool,
    /// The part: 1 is all of it.
    pub factor: Decimal,
    pub account: Option<Id>,
    pub tags: Vec<Id>,
    /// The amount is settled with the tax office.
    pub in_closing: bool,
}

/// A tax with its lines of repartition in their order.
#[derive(Clone, Debug)]
pub struct Tax {
    pub id: Id,
    pub name: String,
    /// `sale`, `purchase` or `none`.
    pub used_for: String,
    pub amount_type: AmountType,
    /// Per cent, or an amount a unit.
    pub amount: Decimal,
    pub sequence: i64,
    /// Prices are with it; the company's default is in it.
    pub price_include: bool,
    pub include_base_amount: bool,
    pub is_base_affected: bool,
    /// Its amounts are of the same analytic accounts as their base.
    pub analytic: bool,
    /// Due when paid, not when invoiced.
    pub on_payment: bool,
    /// Where an amount that is due when paid waits.
    pub transition_account: Option<Id>,
    pub group: Id,
    pub children: Vec<Id>,
    pub repartition: Vec<Repartition>,
}

impl Tax {
    /// A part of it is taken off again.
    pub fn has_negative_factor(&self) -> bool {
        self.repartition.iter().any(|line| !line.refund && line.of_tax && line.factor < Decimal::ZERO)
    }

    /// Tags of its base.
    pub fn base_tags(&self, refund: bool) -> impl Iterator<Item = Id> {
        self.repartition.iter().filter(move |line| line.refund == refund && !line.of_tax).flat_map(|line| line.tags.iter().copied())
    }
}

/// How taxes are shown together below a document.
#[derive(Clone, Debug, Default)]
pub struct TaxGroup {
    pub id: Id,
    pub sequence: i64,
    pub name: String,
    /// What the subtotal before it is called.
    pub preceding_subtotal: Option<String>,
    pub receipt_label: Option<String>,
}

/// Taxes by number, with the children of those that are groups.
#[derive(Clone, Debug, Default)]
pub struct Taxes {
    by_id: HashMap<Id, Arc<Tax>>,
    groups: HashMap<Id, TaxGroup>,
}

/// A tax in its turn, and the group of taxes that it came from.
#[derive(Clone, Debug)]
pub struct Turn {
    pub tax: Arc<Tax>,
    pub group: Option<Id>,
}

impl Taxes {
    pub fn new(taxes: impl IntoIterator<Item = Tax>, groups: impl IntoIterator<Item = TaxGroup>) -> Self {
        Self {
            by_id: taxes.into_iter().map(|tax| (tax.id, Arc::new(tax))).collect(),
            groups: groups.into_iter().map(|group| (group.id, group)).collect(),
        }
    }

    pub fn get(&self, id: Id) -> Option<&Arc<Tax>> {
        self.by_id.get(&id)
    }

    pub fn group(&self, id: Id) -> Option<&TaxGroup> {
        self.groups.get(&id)
    }

    /// The tax that a line of repartition is of, and that line.
    pub fn repartition(&self, id: Id) -> Option<(&Tax, &Repartition)> {
        self.by_id.values().find_map(|tax| tax.repartition.iter().find(|line| line.id == id).map(|line| (tax.as_ref(), line)))
    }

    /// Taxes in the order in which they are computed; groups give way to their children.
    pub fn flatten(&self, ids: &[Id]) -> Vec<Turn> {
        let mut out: Vec<Turn> = Vec::new();
        let mut groups: HashMap<Id, Id> = HashMap::new();
        for tax in self.sorted(ids) {
            if tax.amount_type == AmountType::Group {
                for child in self.sorted(&tax.children) {
                    groups.insert(child.id, tax.id);
                    push_once(&mut out, child);
                }
            } else {
                push_once(&mut out, tax);
            }
        }
        for turn in &mut out {
            turn.group = groups.get(&turn.tax.id).copied();
        }
        out
    }

    fn sorted(&self, ids: &[Id]) -> Vec<Arc<Tax>> {
        let mut taxes: Vec<Arc<Tax>> = ids.iter().filter_map(|id| self.by_id.get(id).cloned()).collect();
        taxes.sort_by_key(|tax| (tax.sequence, tax.id));
        taxes
    }
}

fn push_once(out: &mut Vec<Turn>, tax: Arc<Tax>) {
    if !out.iter().any(|turn| turn.tax.id == tax.id) {
        out.push(Turn { tax, group: None });
    }
}
