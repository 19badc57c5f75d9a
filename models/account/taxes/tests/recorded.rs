//! Documents as a real Odoo 19 computed them: random taxes, currencies, roundings, discounts, refunds.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::account::taxes::engine::*;
use crate::account::taxes::totals_json::{CashRounding, Document, totals};

fn decimal(value: &Value) -> Decimal {
    let text = value.as_str().unwrap();
    text.parse().or_else(|_| Decimal::from_scientific(text)).unwrap()
}

fn id(value: &Value) -> Option<i32> {
    value.as_i64().map(|id| i32::try_from(id).unwrap())
}

fn ids(value: &Value) -> Vec<i32> {
    value.as_array().unwrap().iter().filter_map(id).collect()
}

fn flag(value: &Value) -> bool {
    value.as_bool().unwrap()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn taxes(all: &Value) -> Taxes {
    let tax = |tax: &Value| Tax {
        used_for: String::new(),
        id: id(&tax["id"]).unwrap(),
        name: text(&tax["name"]).unwrap(),
        amount_type: AmountType::parse(tax["amount_type"].as_str().unwrap()),
        amount: decimal(&tax["amount"]),
        sequence: tax["sequence"].as_i64().unwrap(),
        price_include: flag(&tax["price_include"]),
        include_base_amount: flag(&tax["include_base_amount"]),
        is_base_affected: flag(&tax["is_base_affected"]),
        analytic: flag(&tax["analytic"]),
        on_payment: flag(&tax["on_payment"]),
        transition_account: id(&tax["transition_account"]),
        group: id(&tax["group"]).unwrap(),
        children: ids(&tax["children"]),
        repartition: tax["repartition"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| Repartition {
                id: id(&line["id"]).unwrap(),
                refund: flag(&line["refund"]),
                of_tax: flag(&line["of_tax"]),
                factor: decimal(&line["factor"]),
                account: id(&line["account"]),
                in_closing: flag(&line["in_closing"]),
                tags: ids(&line["tags"]),
            })
            .collect(),
    };
    let group = |group: &Value| TaxGroup {
        id: id(&group["id"]).unwrap(),
        sequence: group["sequence"].as_i64().unwrap(),
        name: text(&group["name"]).unwrap(),
        preceding_subtotal: text(&group["preceding_subtotal"]),
        receipt_label: text(&group["receipt_label"]),
    };
    Taxes::new(all["taxes"].as_array().unwrap().iter().map(tax), all["groups"].as_array().unwrap().iter().map(group))
}

fn currency(all: &Value, name: &str) -> Currency {
    let currency = &all["currencies"][name];
    Currency { id: id(&currency[0]).unwrap(), rounding: decimal(&currency[1]) }
}

fn base_line(document: &Value, line: &Value, currency: Currency) -> BaseLine {
    BaseLine {
        quantity: decimal(&line["quantity"]),
        discount: decimal(&line["discount"]),
        rate: decimal(&document["rate"]),
        sign: Decimal::from(document["sign"].as_i64().unwrap()),
        is_refund: flag(&document["refund"]),
        mode: match line["mode"].as_str() {
            Some("total_excluded") => PriceMode::TotalExcluded,
            Some("total_included") => PriceMode::TotalIncluded,
            _ => PriceMode::AsTaxes,
        },
        partner: id(&line["partner"]),
        account: id(&line["account"]),
        analytic: (!line["analytic"].is_null()).then(|| line["analytic"].to_string()),
        ..BaseLine::new(id(&line["id"]).unwrap(), currency, decimal(&line["price_unit"]), ids(&line["tax_ids"]))
    }
}

/// What a line says, as the recording says it.
fn told(totals: &LineTotals, alone: &LineTotals) -> String {
    let taxes: Vec<String> = totals
        .taxes
        .iter()
        .map(|tax| {
            let amounts = [tax.base.currency, tax.base.company, tax.amount.currency, tax.amount.company].map(|x| x.normalize().to_string());
            format!("{} {} {}", tax.tax, tax.reverse_charge, amounts.join(" "))
        })
        .collect();
    let own = [alone.excluded.currency, alone.included.currency, totals.amount().currency, totals.amount().company];
    format!("{} {:?} {}", own.map(|x| x.normalize().to_string()).join(" "), totals.tag_ids, taxes.join("; "))
}

fn recorded(line: &Value) -> String {
    let plain = |value: &Value| decimal(value).normalize().to_string();
    let taxes: Vec<String> = line["taxes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tax| format!("{} {} {} {} {} {}", tax[0], tax[1], plain(&tax[2]), plain(&tax[3]), plain(&tax[4]), plain(&tax[5])))
        .collect();
    let own = ["subtotal", "total", "amount_currency", "balance"].map(|key| plain(&line[key]));
    format!("{} {:?} {}", own.join(" "), ids(&line["tags"]), taxes.join("; "))
}

fn told_tax(line: &TaxLine) -> String {
    let key = &line.key;
    let amounts = [line.base, line.amount.currency, line.amount.company].map(|x| x.normalize().to_string());
    format!(
        "{} {:?} {:?} {:?} {:?} {:?} {:?} {}",
        key.repartition,
        key.group_tax,
        key.account,
        key.partner,
        key.analytic,
        key.tax_ids,
        key.tag_ids,
        amounts.join(" ")
    )
}

fn recorded_tax(line: &Value) -> String {
    let amounts = ["base", "amount_currency", "balance"].map(|key| decimal(&line[key]).normalize().to_string());
    let analytic = (!line["analytic"].is_null()).then(|| line["analytic"].to_string());
    format!(
        "{} {:?} {:?} {:?} {:?} {:?} {:?} {}",
        line["repartition"],
        id(&line["group_tax"]),
        id(&line["account"]),
        id(&line["partner"]),
        analytic,
        ids(&line["tax_ids"]),
        ids(&line["tags"]),
        amounts.join(" ")
    )
}

/// A document as recorded, how it is rounded, and its base lines.
type Recorded = (Value, Settings, Vec<BaseLine>);

/// The taxes of the recording, and its documents.
fn documents() -> (Taxes, Vec<Recorded>) {
    let all: Value = serde_json::from_str(include_str!("../../../../fixtures/books/taxes.json")).unwrap();
    let company_currency = currency(&all, all["company_currency"].as_str().unwrap());
    let documents = all["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|document| {
            let rounding = Rounding::parse(document["rounding"].as_str().unwrap());
            let settings = Settings { company_currency, rounding, cash_basis_tags: false };
            let currency = currency(&all, document["currency"].as_str().unwrap());
            let lines = document["lines"].as_array().unwrap().iter().map(|line| base_line(document, line, currency)).collect();
            (document.clone(), settings, lines)
        })
        .collect();
    let taxes = taxes(&all);
    (taxes, documents)
}

#[test]
fn documents_come_to_what_was_recorded() {
    let (taxes, documents) = documents();
    let mut wrong = Vec::new();
    for (place, (document, settings, lines)) in documents.iter().enumerate() {
        let computed = compute(settings, &taxes, lines);
        let alone = lines.iter().map(|line| compute_line(settings, &taxes, line));
        let told: Vec<String> = computed.lines.iter().zip(alone).map(|(line, alone)| told(line, &alone)).collect();
        let told_taxes: Vec<String> = computed.tax_lines.iter().map(told_tax).collect();
        let expected: Vec<String> = document["out"].as_array().unwrap().iter().map(recorded).collect();
        let expected_taxes: Vec<String> = document["tax_lines"].as_array().unwrap().iter().map(recorded_tax).collect();
        if told != expected || told_taxes != expected_taxes {
            wrong.push(format!("document {place}:\n{told:#?}\n{expected:#?}\n{told_taxes:#?}\n{expected_taxes:#?}\n{lines:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ, the first:\n{}", wrong.len(), documents.len(), wrong[0]);
}

/// Whether two JSON values are the same but for the last digits of doubles; says where they are not.
fn same(told: &Value, recorded: &Value, path: &str) -> Result<(), String> {
    let fail = || Err(format!("{path}: {told} instead of {recorded}"));
    match (told, recorded) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = |map: &serde_json::Map<String, Value>| {
                let mut keys: Vec<String> = map.keys().cloned().collect();
                keys.sort();
                keys
            };
            if keys(a) != keys(b) {
                return Err(format!("{path}: {:?} instead of {:?}", keys(a), keys(b)));
            }
            a.iter().try_for_each(|(key, value)| same(value, &b[key], &format!("{path}.{key}")))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().try_for_each(|(n, (a, b))| same(a, b, &format!("{path}[{n}]")))
        }
        (Value::Number(a), Value::Number(b)) if (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-9 => Ok(()),
        (a, b) if a == b => Ok(()),
        _ => fail(),
    }
}

#[test]
fn totals_below_documents_are_what_was_recorded() {
    let (taxes, documents) = documents();
    let mut wrong = Vec::new();
    for (place, (document, settings, lines)) in documents.iter().enumerate() {
        let computed = compute(settings, &taxes, lines);
        let sums = totals(&Document {
            settings,
            currency: lines[0].currency,
            taxes: &taxes,
            lines,
            totals: &computed.lines,
            cash_rounding: cash_rounding(&document["cash_rounding"]),
            untaxed: "Untaxed Amount",
        });
        let told = Value::from(&sums.to_value());
        if let Err(difference) = same(&told, &document["totals"], "") {
            wrong.push(format!("document {place}{difference}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), documents.len(), wrong.join("\n"));
}

fn cash_rounding(recorded: &Value) -> Option<CashRounding> {
    let part = |n: usize| recorded[n].as_str();
    Some(CashRounding::parse(part(0)?, part(1)?.parse().unwrap(), part(2)?))
}
