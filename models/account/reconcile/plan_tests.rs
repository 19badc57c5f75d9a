//! What the reference made of random lines, and what holds for any.

use std::collections::HashMap;

use chrono::NaiveDate;
use lastmile_orm::Id;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

use super::matching::numbers;
use super::plan::{Currency, Fix, Item, Partial, Rates, Terms, plan};

const RECORDED: &str = include_str!("../../../fixtures/books/plans.json");

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

fn day(value: &Value) -> Option<NaiveDate> {
    value.as_str().map(|text| text.parse().unwrap())
}

fn named(name: &str) -> Id {
    ["USD", "EUR", "GBP", "JPY"].iter().position(|known| *known == name).unwrap() as Id + 1
}

fn item(place: usize, line: &Value, roundings: &Value) -> Item {
    let currency = line["currency"].as_str().unwrap();
    let (balance, amount_currency) = (decimal(&line["balance"]), decimal(&line["amount_currency"]));
    let date = day(&line["date"]).unwrap();
    Item {
        id: place as Id,
        date,
        maturity: day(&line["maturity"]),
        partner: Some(line["partner"].as_i64().unwrap() as Id),
        currency: Currency { id: named(currency), rounding: decimal(&roundings[currency]) },
        balance,
        amount_currency,
        residual: balance,
        residual_currency: amount_currency,
        of_partner: line["party"].as_bool().unwrap(),
        of_payment: line["payment"].as_bool().unwrap(),
        rate_date: date,
        posted: true,
    }
}

fn shown(partials: &[Partial]) -> Vec<String> {
    let fix = |(line, fix): &(Id, Fix)| match fix {
        Fix::Company(amount) => format!("{line}: {} own", amount.normalize()),
        Fix::Foreign(amount) => format!("{line}: {} foreign", amount.normalize()),
    };
    let fixes = |partial: &Partial| partial.difference.iter().flat_map(|d| d.lines.iter().map(fix)).collect::<Vec<_>>().join(", ");
    let figures = |p: &Partial| [p.amount, p.debit_amount_currency, p.credit_amount_currency].map(|x| x.normalize().to_string()).join(" ");
    partials.iter().map(|p| format!("{} {} {} [{}]", p.debit, p.credit, figures(p), fixes(p))).collect()
}

fn expected(case: &Value) -> Vec<String> {
    let list = |value: &Value| value.as_array().unwrap().clone();
    let fix = |fix: &Value| {
        let (own, foreign) = (decimal(&fix["own"]).normalize(), decimal(&fix["foreign"]).normalize());
        if own.is_zero() { format!("{}: {foreign} foreign", fix["line"]) } else { format!("{}: {own} own", fix["line"]) }
    };
    list(&case["partials"])
        .iter()
        .map(|p| {
            let figures = ["amount", "debit_currency", "credit_currency"].map(|name| decimal(&p[name]).normalize().to_string()).join(" ");
            let fixes: Vec<String> = list(&p["fixes"]).iter().map(fix).collect();
            format!("{} {} {figures} [{}]", p["debit"], p["credit"], fixes.join(", "))
        })
        .collect()
}

#[test]
fn lines_match_as_recorded() {
    let recorded: Value = serde_json::from_str(RECORDED).unwrap();
    let mut rates = Rates::default();
    for rate in recorded["rates"].as_array().unwrap() {
        rates.insert(named(rate[0].as_str().unwrap()), day(&rate[1]).unwrap(), rate[2].as_f64().unwrap().to_string().parse().unwrap());
    }
    let roundings = &recorded["roundings"];
    let company = Currency { id: 1, rounding: decimal(&roundings["USD"]) };
    let mut wrong = Vec::new();
    let cases = recorded["cases"].as_array().unwrap();
    assert!(cases.len() > 100);
    for (n, case) in cases.iter().enumerate() {
        let terms =
            Terms { company, rates: rates.clone(), exchange: case["exchange"].as_bool().unwrap(), forced_rate: None, keep_order: false };
        let mut items: Vec<Item> =
            case["lines"].as_array().unwrap().iter().enumerate().map(|(place, line)| item(place, line, roundings)).collect();
        let (found, expected) = (shown(&plan(&terms, &mut items)), expected(case));
        if found != expected {
            wrong.push(format!("case {n}\n  found    {found:?}\n  recorded {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Lines in the company's currency, in cents.
fn lines() -> impl Strategy<Value = Vec<Item>> {
    let line = (1_i64..100_000, any::<bool>(), 0_u64..30, prop::option::of(1_i32..4));
    prop::collection::vec(line, 1..12).prop_map(|lines| {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let make = |(place, (cents, credit, days, partner)): (usize, (i64, bool, u64, Option<Id>))| {
            let amount = Decimal::new(if credit { -cents } else { cents }, 2);
            let date = first + chrono::Days::new(days);
            Item {
                id: place as Id + 1,
                date,
                maturity: None,
                partner,
                currency: dollars(),
                balance: amount,
                amount_currency: amount,
                residual: amount,
                residual_currency: amount,
                of_partner: true,
                of_payment: false,
                rate_date: date,
                posted: true,
            }
        };
        lines.into_iter().enumerate().map(make).collect()
    })
}

fn dollars() -> Currency {
    Currency { id: 1, rounding: Decimal::new(1, 2) }
}

proptest! {
    #[test]
    fn what_is_open_is_the_amount_less_what_was_matched(lines in lines()) {
        let terms = Terms { company: dollars(), rates: Rates::default(), exchange: true, forced_rate: None, keep_order: false };
        let mut left = lines.clone();
        let partials = plan(&terms, &mut left);
        let mut used: HashMap<Id, Decimal> = HashMap::new();
        for partial in &partials {
            prop_assert!(partial.amount > Decimal::ZERO);
            prop_assert!(partial.difference.is_none());
            *used.entry(partial.debit).or_default() += partial.amount;
            *used.entry(partial.credit).or_default() -= partial.amount;
        }
        for (before, after) in lines.iter().zip(&left) {
            let matched = used.get(&before.id).copied().unwrap_or_default();
            prop_assert_eq!(after.residual, before.balance - matched);
            prop_assert!(after.residual.is_zero() || after.residual.is_sign_negative() == before.balance.is_sign_negative());
        }
        // One side is used up: nothing is left that could still be matched.
        let debits: Decimal = lines.iter().map(|line| line.balance.max(Decimal::ZERO)).sum();
        let credits: Decimal = lines.iter().map(|line| (-line.balance).max(Decimal::ZERO)).sum();
        prop_assert_eq!(partials.iter().map(|partial| partial.amount).sum::<Decimal>(), debits.min(credits));
        prop_assert!(partials.len() < lines.len());
    }

    #[test]
    fn lines_that_hang_together_have_the_number_of_their_first_partial(edges in prop::collection::vec((1_i32..15, 1_i32..15), 0..20)) {
        let partials: Vec<(Id, Id, Id)> = edges.iter().enumerate().map(|(n, (a, b))| (n as Id + 100, *a, *b)).collect();
        let found = numbers(&partials);
        for (number, a, b) in &partials {
            prop_assert_eq!(found[a], found[b]);
            prop_assert!(found[a] <= *number);
        }
        for number in found.values() {
            let (_, a, _) = partials.iter().find(|(n, _, _)| n == number).unwrap();
            prop_assert_eq!(found[a], *number);
        }
    }
}
