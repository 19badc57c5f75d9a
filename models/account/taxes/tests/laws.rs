//! What holds for all documents.

use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::account::taxes::engine::*;

const USD: Currency = Currency { id: 1, rounding: Decimal::from_parts(1, 0, 0, false, 2) };

fn settings(rounding: Rounding) -> Settings {
    Settings { company_currency: USD, rounding, cash_basis_tags: false }
}

fn tax(id: i32, amount: Decimal, price_include: bool) -> Tax {
    let line = |n: i32, refund, of_tax| Repartition {
        id: id * 10 + n,
        refund,
        of_tax,
        factor: Decimal::ONE,
        account: Some(100 + id),
        tags: vec![],
        in_closing: of_tax,
    };
    Tax {
        id,
        name: format!("{amount}%"),
        amount_type: AmountType::Percent,
        amount,
        sequence: i64::from(id),
        price_include,
        include_base_amount: false,
        is_base_affected: true,
        analytic: false,
        on_payment: false,
        used_for: String::new(),
        transition_account: None,
        group: 1,
        children: vec![],
        repartition: vec![line(0, false, false), line(1, false, true), line(2, true, false), line(3, true, true)],
    }
}

fn percent() -> impl Strategy<Value = Decimal> {
    (0_i64..40_000).prop_map(|n| Decimal::new(n, 3))
}

fn price() -> impl Strategy<Value = (Decimal, Decimal)> {
    (-200_000_i64..200_000, 1_i64..5_000).prop_map(|(price, quantity)| (Decimal::new(price, 2), Decimal::new(quantity, 2)))
}

/// Lines of prices and quantities with the taxes of a bit set.
fn lines(prices: &[((Decimal, Decimal), u8)], refund: bool) -> Vec<BaseLine> {
    prices
        .iter()
        .enumerate()
        .map(|(n, ((price, quantity), taxes))| {
            let ids = (0..3).filter(|bit| taxes & (1 << bit) != 0).map(|bit| bit + 1).collect();
            let line = BaseLine::new(i32::try_from(n).unwrap(), USD, *price, ids);
            BaseLine { quantity: *quantity, sign: if refund { Decimal::ONE } else { Decimal::NEGATIVE_ONE }, is_refund: refund, ..line }
        })
        .collect()
}

fn both_roundings() -> impl Strategy<Value = Rounding> {
    prop_oneof![Just(Rounding::PerLine), Just(Rounding::Globally)]
}

fn documents() -> impl Strategy<Value = Vec<((Decimal, Decimal), u8)>> {
    prop::collection::vec((price(), 0_u8..8), 1..9)
}

fn cents(amount: Decimal) -> Decimal {
    lastmile_orm::money::round_to(amount, USD.rounding)
}

proptest! {
    /// Tax lines are the taxes of the lines, and rounding the document moves at most half a cent a line.
    #[test]
    fn tax_lines_are_the_taxes_of_lines(prices in documents(), rates in prop::array::uniform3(percent()), rounding in both_roundings()) {
        let taxes = Taxes::new((1..).zip(rates).map(|(id, rate)| tax(id, rate, false)), []);
        let lines = lines(&prices, false);
        let computed = compute(&settings(rounding), &taxes, &lines);
        let of_lines: Decimal = computed.lines.iter().flat_map(|line| &line.taxes).map(|tax| -tax.amount.company).sum();
        let of_tax_lines: Decimal = computed.tax_lines.iter().map(|line| line.amount.company).sum();
        prop_assert_eq!(of_lines, of_tax_lines);
        for (bit, (id, rate)) in (1..).zip(rates).enumerate() {
            let base: Decimal = lines.iter().zip(&prices).filter(|(_, (_, bits))| bits & (1 << bit) != 0)
                .map(|(line, _)| line.quantity * line.price_unit).sum();
            let amount: Decimal = computed.tax_lines.iter().filter(|line| line.tax == id).map(|line| -line.amount.company).sum();
            let exact = base * rate / Decimal::ONE_HUNDRED;
            let most = match rounding {
                Rounding::Globally => Decimal::new(51, 4),
                Rounding::PerLine => Decimal::new(71, 4) * Decimal::from(lines.len()),
            };
            prop_assert!((amount - exact).abs() <= most, "{amount} for {exact}");
        }
    }

    /// Rounded as a whole, amounts without taxes are the rounded sum of the prices; with taxes in prices, all is.
    #[test]
    fn documents_round_once(prices in documents(), rates in prop::array::uniform3(percent()), include: bool) {
        let taxes = Taxes::new((1..).zip(rates).map(|(id, rate)| tax(id, rate, include)), []);
        let lines = lines(&prices, false);
        let computed = compute(&settings(Rounding::Globally), &taxes, &lines);
        let exact: Decimal = lines.iter().map(|line| line.quantity * line.price_unit).sum();
        let mut sum: Decimal = computed.lines.iter().map(|line| -line.amount().company).sum();
        if include {
            sum -= computed.tax_lines.iter().map(|line| line.amount.company).sum::<Decimal>();
        }
        prop_assert_eq!(sum, cents(exact));
    }

    /// The order of the lines changes no tax line and no line by itself.
    #[test]
    fn order_does_not_matter(prices in documents(), rates in prop::array::uniform3(percent()), include: bool, rounding in both_roundings()) {
        let taxes = Taxes::new((1..).zip(rates).map(|(id, rate)| tax(id, rate, include)), []);
        let (there, settings) = (lines(&prices, false), settings(rounding));
        let back: Vec<BaseLine> = there.iter().rev().cloned().collect();
        let told = |lines: &[BaseLine]| {
            let computed = compute(&settings, &taxes, lines);
            let mut tax_lines: Vec<_> = computed.tax_lines.iter().map(|line| (line.tax, line.amount.company, line.base)).collect();
            let mut own: Vec<_> = computed.lines.iter().map(|line| (line.id, line.excluded.company, line.included.company)).collect();
            let sum: Decimal = computed.lines.iter().map(|line| line.amount().company).sum();
            tax_lines.sort();
            own.sort();
            (tax_lines, own, sum)
        };
        prop_assert_eq!(told(&there), told(&back));
    }

    /// What a price with its taxes leaves without them has the same taxes when it is given without them.
    #[test]
    fn included_and_excluded_agree((price, quantity) in price(), rates in prop::array::uniform3(percent())) {
        let including = Taxes::new((1..).zip(rates).map(|(id, rate)| tax(id, rate, true)), []);
        let excluding = Taxes::new((1..).zip(rates).map(|(id, rate)| tax(id, rate, false)), []);
        let line = BaseLine { quantity, ..BaseLine::new(1, USD, price, vec![1, 2, 3]) };
        let settings = settings(Rounding::Globally);
        let with = compute_raw(&settings, &including, &line);
        let without = compute_raw(&settings, &excluding, &BaseLine { price_unit: with.raw_excluded.company / quantity, ..line.clone() });
        let near = |a: Decimal, b: Decimal| (a - b).abs() < Decimal::new(1, 9);
        prop_assert!(near(with.raw_included.company, price * quantity));
        prop_assert!(near(with.raw_included.company, without.raw_included.company));
        for (a, b) in with.taxes.iter().zip(&without.taxes) {
            prop_assert!(near(a.raw_amount.company, b.raw_amount.company));
        }
    }

    /// A credit note is the invoice with the other sign.
    #[test]
    fn refunds_take_back(prices in documents(), rates in prop::array::uniform3(percent()), include: bool, rounding in both_roundings()) {
        let taxes = Taxes::new((1..).zip(rates).map(|(id, rate)| tax(id, rate, include)), []);
        let invoice = compute(&settings(rounding), &taxes, &lines(&prices, false));
        let refund = compute(&settings(rounding), &taxes, &lines(&prices, true));
        for (a, b) in invoice.lines.iter().zip(&refund.lines) {
            prop_assert_eq!(a.amount(), -b.amount());
        }
        for (a, b) in invoice.tax_lines.iter().zip(&refund.tax_lines) {
            prop_assert_eq!((a.tax, a.amount, a.base), (b.tax, -b.amount, -b.base));
        }
    }

    /// What was computed stays as it is when its own tax lines are kept; a changed one keeps its amount.
    #[test]
    fn kept_tax_lines_keep_their_amounts(prices in documents(), rates in prop::array::uniform3(percent()), cent in 0_i64..50) {
        let taxes = Taxes::new((1..).zip(rates).map(|(id, rate)| tax(id, rate, false)), []);
        let (lines, settings) = (lines(&prices, false), settings(Rounding::Globally));
        let computed = compute(&settings, &taxes, &lines);
        let more = Both { currency: Decimal::new(cent, 2), company: Decimal::new(cent, 2) };
        let kept: Vec<KeptTaxLine> = (1..).zip(&computed.tax_lines)
            .map(|(id, line)| KeptTaxLine { id, sign: Decimal::NEGATIVE_ONE, key: line.key.clone(), amount: line.amount + more })
            .collect();
        let again = compute_keeping(&settings, &taxes, &lines, &kept);
        let changes = changes(&again.tax_lines, &kept);
        for (id, line) in &changes.update {
            let before = kept.iter().find(|kept| kept.id == *id).unwrap();
            prop_assert_eq!(line.amount, before.amount);
        }
        prop_assert!(changes.add.is_empty());
    }

    /// No number of a client makes it fall over.
    #[test]
    fn any_numbers_come_to_something(price: i64, quantity: i64, rate: i64, scales in prop::array::uniform3(0_u32..28), include: bool) {
        let number = |digits: i64, scale: u32| Decimal::new(digits, scale);
        let taxes = Taxes::new([tax(1, number(rate, scales[2]), include), tax(2, number(rate, 0), include)], []);
        let line = BaseLine { quantity: number(quantity, scales[1]), ..BaseLine::new(1, USD, number(price, scales[0]), vec![1, 2]) };
        for rounding in [Rounding::PerLine, Rounding::Globally] {
            let computed = compute(&settings(rounding), &taxes, &[line.clone(), line.clone()]);
            prop_assert_eq!(computed.lines.len(), 2);
        }
    }
}
