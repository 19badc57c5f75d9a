use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

use super::due_dates::{Amounts, Cash, Delay, Discount, DiscountOn, Line, Share, Term, Way, by_day, due_lines};
use super::load::delay;

fn decimal(value: &Value) -> Decimal {
    let text = value.as_str().unwrap();
    text.parse().or_else(|_| Decimal::from_scientific(text)).unwrap()
}

fn day(value: &Value) -> NaiveDate {
    value.as_str().unwrap().parse().unwrap()
}

fn term(recorded: &Value) -> Term {
    let line = |line: &Value| Line {
        share: if line[0] == "fixed" { Share::Fixed(decimal(&line[1])) } else { Share::Percent(decimal(&line[1])) },
        delay: delay(line[2].as_str().unwrap(), line[4].as_str().unwrap()),
        days: line[3].as_i64().unwrap() as i32,
    };
    let early = &recorded["early"];
    let discount = (!early.is_null()).then(|| Discount {
        percentage: decimal(&early[0]),
        days: early[1].as_i64().unwrap() as i32,
        on: match early[2].as_str().unwrap() {
            "included" => DiscountOn::Total,
            "excluded" => DiscountOn::Untaxed,
            _ => DiscountOn::UntaxedAtOnce,
        },
    });
    Term { id: 1, lines: recorded["lines"].as_array().unwrap().iter().map(line).collect(), discount }
}

/// Terms, totals and what the reference makes of them.
#[test]
fn parts_are_due_as_recorded() {
    let mut seen = 0;
    for text in include_str!("../../../fixtures/books/terms.jsonl").lines() {
        let recorded: Value = serde_json::from_str(text).unwrap();
        let cash = recorded["cash"].as_str().map(|way| Cash { rounding: "0.05".parse().unwrap(), way: Way::parse(way) });
        let amounts = Amounts {
            untaxed: decimal(&recorded["untaxed"]),
            tax: decimal(&recorded["tax"]),
            untaxed_currency: decimal(&recorded["untaxed_currency"]),
            tax_currency: decimal(&recorded["tax_currency"]),
            sign: Decimal::from(recorded["sign"].as_i64().unwrap()),
            company_rounding: decimal(&recorded["company_rounding"]),
            rounding: decimal(&recorded["rounding"]),
            cash,
        };
        let parts = due_lines(&term(&recorded), day(&recorded["date"]), &amounts);
        let due = recorded["due"].as_array().unwrap();
        assert_eq!(parts.len(), due.len(), "{text}");
        for (part, due) in parts.iter().zip(due) {
            assert_eq!((part.date, part.balance, part.amount_currency), (day(&due[0]), decimal(&due[1]), decimal(&due[2])), "{text}");
        }
        let discount = &recorded["discount"];
        if !discount.is_null() {
            assert_eq!(parts[0].discount_date, Some(day(&discount[0])), "{text}");
            let found = (parts[0].discount_balance, parts[0].discount_amount_currency);
            assert_eq!(found, (decimal(&discount[1]), decimal(&discount[2])), "{text}");
        }
        seen += 1;
    }
    assert!(seen > 300);
}

fn cents(range: std::ops::Range<i64>) -> impl Strategy<Value = Decimal> {
    range.prop_map(|cents| Decimal::new(cents, 2))
}

fn shares() -> impl Strategy<Value = Vec<Share>> {
    prop::collection::vec(prop_oneof![cents(0..10_000).prop_map(Share::Percent), cents(0..50_000).prop_map(Share::Fixed)], 1..6)
}

fn delays() -> impl Strategy<Value = Delay> {
    prop_oneof![Just(Delay::Invoice), Just(Delay::MonthEnd), Just(Delay::NextMonthEnd), (0..32_u32).prop_map(Delay::DayOfNextMonth)]
}

proptest! {
    /// Whatever the parts are, nothing is lost, by part and by day.
    #[test]
    fn parts_make_the_total(shares in shares(), delay in delays(), days in 0..120_i32, untaxed in cents(-500_000..500_000), tax in cents(0..90_000),
                            rate in 1..2000_i64, cash in any::<bool>(), date in 0..5000_u64) {
        let unit: Decimal = "0.01".parse().unwrap();
        let sign = if untaxed.is_sign_negative() { -Decimal::ONE } else { Decimal::ONE };
        let rate = Decimal::new(rate, 2);
        let amounts = Amounts {
            untaxed, tax: sign * tax, sign, company_rounding: unit, rounding: unit,
            untaxed_currency: lastmile_orm::money::round_to(untaxed * rate, unit),
            tax_currency: lastmile_orm::money::round_to(sign * tax * rate, unit),
            cash: cash.then(|| Cash { rounding: "0.05".parse().unwrap(), way: Way::HalfUp }),
        };
        let lines = shares.into_iter().enumerate().map(|(n, share)| Line { share, delay, days: days * i32::try_from(n % 3).unwrap() }).collect();
        let term = Term { id: 1, lines, discount: None };
        let date = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap() + chrono::Days::new(date);
        let parts = due_lines(&term, date, &amounts);
        for parts in [parts.clone(), by_day(parts.clone())] {
            prop_assert_eq!(parts.iter().map(|part| part.balance).sum::<Decimal>(), amounts.untaxed + amounts.tax);
            prop_assert_eq!(parts.iter().map(|part| part.amount_currency).sum::<Decimal>(), amounts.untaxed_currency + amounts.tax_currency);
            prop_assert!(parts.iter().all(|part| part.date >= date));
        }
    }

    /// No part is due on a day that its month does not have, or before the day that it counts from.
    #[test]
    fn days_are_counted_from_where_they_are_told(days in 0..400_i32, day in 1..32_u32, date in 0..5000_u64) {
        let invoice = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap() + chrono::Days::new(date);
        let of = |delay| Line { share: Share::Percent(Decimal::ONE_HUNDRED), delay, days }.due(invoice);
        prop_assert_eq!((of(Delay::Invoice) - invoice).num_days(), i64::from(days));
        let after = of(Delay::DayOfNextMonth(day));
        prop_assert!(after > of(Delay::Invoice) || day == 0);
        prop_assert!(chrono::Datelike::day(&after) <= day);
        prop_assert!(of(Delay::NextMonthEnd) > of(Delay::MonthEnd));
    }
}
