//! Amounts of lines and the tax lines that follow from them. No I/O: taxes are read before.

use lastmile_orm::value::json_text;
use lastmile_orm::{Id, Value};
use rust_decimal::Decimal;

use super::document::{Document, Line};
use crate::account::taxes::engine::{
    BaseLine, Both, KeptTaxLine, LineKind, PriceMode, Rounding, Settings, TaxLine, TaxLineKey, Taxes, changes, compute, compute_keeping,
    compute_line,
};

/// Whether tax amounts that are there stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Nothing that taxes depend on changed.
    Skip,
    /// Amounts are worked out anew.
    Fresh,
    /// Bases follow the amounts of the tax lines.
    Keep,
    /// As `Keep`; what tax lines come to in the company's currency follows the document's rate.
    KeepAtRate,
}

/// Kinds of lines that taxes are worked out of.
const BASES: [&str; 5] = ["product", "epd", "rounding", "cogs", "non_deductible_product"];

/// Works out the amounts and tax lines of a document, as far as what they depend on changed.
pub fn sync(document: &mut Document, taxes: &Taxes, global_rounding: bool) {
    let settings = settings(document, global_rounding);
    subtotals(document, taxes, &settings);
    if document.state != "draft" || !document.has_taxes() {
        return;
    }
    let mode = mode(document);
    if mode == Mode::Skip {
        return;
    }
    let (bases, kept) = inputs(document, taxes, mode == Mode::KeepAtRate);
    let computed = match mode {
        Mode::Fresh => compute(&settings, taxes, &bases),
        _ => compute_keeping(&settings, taxes, &bases, &kept),
    };
    for totals in &computed.lines {
        let Some(line) = usize::try_from(totals.id).ok().and_then(|at| document.lines.get_mut(at)) else { continue };
        let amount = totals.amount();
        line.amount_currency = amount.currency;
        line.balance = amount.company;
        line.tags.clone_from(&totals.tag_ids);
        line.tags.sort_unstable();
    }
    let changes = changes(&computed.tax_lines, &kept);
    for (at, found) in changes.update {
        if let Some(line) = usize::try_from(at).ok().and_then(|at| document.lines.get_mut(at)) {
            line.name = Some(found.name);
            line.tax_base = found.base;
            line.amount_currency = found.amount.currency;
            line.balance = found.amount.company;
        }
    }
    for at in changes.delete {
        if let Some(line) = usize::try_from(at).ok().and_then(|at| document.lines.get_mut(at)) {
            line.deleted = true;
        }
    }
    for found in changes.add {
        let line = tax_line(document, taxes, found);
        document.lines.push(line);
    }
}

/// The lines of a document that taxes are worked out of, and its tax lines; `at_rate`: these follow the document's rate.
pub fn inputs(document: &Document, taxes: &Taxes, at_rate: bool) -> (Vec<BaseLine>, Vec<KeptTaxLine>) {
    let is_base = |line: &Line| BASES.contains(&line.display_type.as_str()) && line.display_type != "cogs";
    let lines = || document.lines.iter().enumerate().filter(|(_, line)| !line.deleted);
    let bases = lines().filter(|(_, line)| line.repartition.is_none() && is_base(line));
    let kept = lines().filter(|(_, line)| line.repartition.is_some());
    (
        bases.map(|(at, line)| base_line(document, at, line, taxes)).collect(),
        kept.map(|(at, line)| kept_line(document, at, line, at_rate)).collect(),
    )
}

/// How the document's company rounds.
pub fn settings(document: &Document, global_rounding: bool) -> Settings {
    Settings {
        company_currency: document.own_currency,
        rounding: if global_rounding { Rounding::Globally } else { Rounding::PerLine },
        cash_basis_tags: document.always_exigible,
    }
}

/// What a line shows to come to, by itself, without and with taxes.
fn subtotals(document: &mut Document, taxes: &Taxes, settings: &Settings) {
    for at in 0..document.lines.len() {
        let Some(line) = document.lines.get(at).filter(|line| !line.deleted) else { continue };
        let shown = matches!(line.display_type.as_str(), "product" | "cogs" | "non_deductible_product" | "non_deductible_product_total");
        let stale = line.before.as_deref().is_none_or(|before| {
            (before.quantity, before.discount, before.price_unit, before.currency, &before.taxes)
                != (line.quantity, line.discount, line.price_unit, line.currency, &line.taxes)
        });
        if !stale {
            continue;
        }
        let (subtotal, total) = if shown {
            let totals = compute_line(settings, taxes, &base_line(document, at, line, taxes));
            (totals.excluded.currency, totals.included.currency)
        } else {
            Default::default()
        };
        if let Some(line) = document.lines.get_mut(at) {
            (line.subtotal, line.total) = (subtotal, total);
        }
    }
}

/// The analytic distribution as text, so that equal ones are equal.
fn analytic(value: &Value) -> Option<String> {
    value.truthy().then(|| json_text(value))
}

fn base_line(document: &Document, at: usize, line: &Line, taxes: &Taxes) -> BaseLine {
    let invoice = document.kind.is_invoice();
    let id = Id::try_from(at).unwrap_or(0);
    let mut base = BaseLine::new(id, line.currency, if invoice { line.price_unit } else { line.amount_currency }, line.taxes.clone());
    base.partner = line.partner;
    base.account = line.account;
    base.analytic = analytic(&line.analytic);
    base.is_refund = is_refund(document, line, taxes);
    if invoice {
        base.quantity = line.quantity;
        base.discount = line.discount;
        base.rate = document.exchange();
        base.sign = document.kind.sign();
    } else {
        base.mode = PriceMode::TotalExcluded;
        base.rate = if line.balance.is_zero() { Decimal::ZERO } else { (line.amount_currency / line.balance).abs() };
    }
    if line.display_type != "product" {
        base.kind = match line.display_type.as_str() {
            "epd" => LineKind::EarlyPayment,
            "rounding" => LineKind::CashRounding,
            _ => LineKind::NonDeductible,
        };
        base.mode = PriceMode::TotalExcluded;
        base.quantity = Decimal::ONE;
        base.discount = Decimal::ZERO;
        base.price_unit = base.sign * line.amount_currency;
    }
    base
}

/// Whether a line's taxes are those of credit notes. Entries tell it by the side that the line stands on.
fn is_refund(document: &Document, line: &Line, taxes: &Taxes) -> bool {
    if document.kind.is_invoice() {
        return document.kind.is_refund();
    }
    if let Some((_, part)) = line.repartition.and_then(|id| taxes.repartition(id)) {
        return part.refund;
    }
    let uses: Vec<&str> = line.taxes.iter().filter_map(|id| taxes.get(*id)).map(|tax| tax.used_for.as_str()).collect();
    let (no_credit, no_debit) = (line.balance >= Decimal::ZERO, line.balance <= Decimal::ZERO);
    let refund = if uses.contains(&"sale") && uses.contains(&"purchase") {
        no_credit
    } else {
        match uses.first() {
            Some(&"sale") => no_credit,
            Some(&"purchase") => no_debit,
            _ => false,
        }
    };
    refund != (!line.taxes.is_empty() && document.reversed)
}

fn kept_line(document: &Document, at: usize, line: &Line, at_rate: bool) -> KeptTaxLine {
    let rate = if document.kind.is_invoice() { document.exchange() } else { Decimal::ONE };
    let company = if at_rate { document.own_currency.round(line.amount_currency / rate) } else { line.balance };
    KeptTaxLine {
        id: Id::try_from(at).unwrap_or(0),
        sign: document.kind.sign(),
        key: TaxLineKey {
            repartition: line.repartition.unwrap_or(0),
            group_tax: line.group_tax,
            account: line.account,
            partner: line.partner,
            currency: line.currency.id,
            analytic: analytic(&line.analytic),
            tax_ids: line.taxes.clone(),
            tag_ids: line.tags.clone(),
        },
        amount: Both { currency: line.amount_currency, company },
    }
}

fn tax_line(document: &Document, taxes: &Taxes, found: TaxLine) -> Line {
    let key = found.key;
    let mut line = Line {
        display_type: "tax".into(),
        name: Some(found.name),
        sequence: 10_000,
        account: key.account,
        partner: key.partner,
        currency: document.currency,
        repartition: Some(key.repartition),
        tax: Some(found.tax),
        tax_group: taxes.get(found.tax).map(|tax| tax.group),
        group_tax: key.group_tax,
        tax_base: found.base,
        amount_currency: found.amount.currency,
        balance: found.amount.company,
        analytic: key
            .analytic
            .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
            .map_or(Value::None, |json| Value::from(&json)),
        taxes: key.tax_ids,
        tags: key.tag_ids,
        ..Line::default()
    };
    line.taxes.sort_unstable();
    line.tags.sort_unstable();
    line
}

/// Lines that taxes are worked out of, tax lines aside.
fn is_base(line: &Line) -> bool {
    BASES.contains(&line.display_type.as_str())
}

fn mode(document: &Document) -> Mode {
    let invoice = document.kind.is_invoice();
    let before = document.before.as_deref().filter(|before| before.state == "draft");
    if invoice && before.is_none_or(|before| before.currency != document.currency || before.kind != document.kind) {
        return Mode::Fresh;
    }
    let tax_lines: Vec<&Line> = document.live().filter(|line| line.repartition.is_some()).collect();
    let amounts_changed = tax_lines.iter().any(|line| {
        line.before.as_deref().is_none_or(|before| {
            (before.amount_currency, before.balance, &before.analytic) != (line.amount_currency, line.balance, &line.analytic)
        })
    });
    if document.lines.iter().any(|line| line.deleted && line.id != 0 && is_base(line)) {
        return if amounts_changed { Mode::Keep } else { Mode::Fresh };
    }
    if before.is_some_and(|before| before.rate != document.rate && before.invoice_date == document.invoice_date) {
        return Mode::KeepAtRate;
    }
    let changed: Vec<&Line> = document.live().filter(|line| is_base(line) && base_changed(line, invoice)).collect();
    if changed.is_empty() {
        return Mode::Skip;
    }
    let untaxed = changed.iter().all(|line| line.taxes.is_empty() && line.before.is_none());
    let tax_lines_moved =
        tax_lines.iter().any(|line| line.id == 0) || document.lines.iter().any(|line| line.deleted && line.repartition.is_some());
    let written = tax_lines.iter().any(|line| ["amount_currency", "balance", "analytic_distribution"].iter().any(|field| line.has(field)));
    if !untaxed && !tax_lines_moved && !written {
        return Mode::Fresh;
    }
    let has_amounts = changed.iter().any(|line| !line.amount_currency.is_zero() || !line.balance.is_zero());
    if has_amounts { Mode::Skip } else { Mode::Keep }
}

/// Whether something changed that taxes depend on.
fn base_changed(line: &Line, invoice: bool) -> bool {
    line.before.as_deref().is_none_or(|before| {
        let key = |line: &Line| (line.partner, line.currency, line.account, line.taxes.clone(), json_text(&line.analytic));
        let amounts = if invoice {
            (before.price_unit, before.quantity, before.discount) != (line.price_unit, line.quantity, line.discount)
        } else {
            before.amount_currency != line.amount_currency
        };
        amounts || key(before) != key(line)
    })
}
