//! Numbers, amounts and hours.

use lastmile_orm::value::Value;
use rust_decimal::Decimal;

use super::cell::{Cell, Widget};
use super::format;
use crate::pages::admin::html::{Html, el};

/// Integers.
pub const INTEGER: Widget =
    Widget { show: |cell| written(cell, 0), edit: Some(|cell| typed(cell, &format::number(&cell.desk.manner, value(cell), 0))) };
/// Numbers with decimals.
pub const FLOAT: Widget = Widget {
    show: |cell| written(cell, decimals(cell)),
    edit: Some(|cell| typed(cell, &format::number(&cell.desk.manner, value(cell), decimals(cell)))),
};
/// Amounts of a currency.
pub const MONETARY: Widget = Widget { show: show_monetary, edit: Some(edit_monetary) };
/// Hours and minutes.
pub const FLOAT_TIME: Widget = Widget { show: |cell| Html::text(&hours(value(cell))), edit: Some(|cell| typed(cell, &hours(value(cell)))) };
/// Hundredths.
pub const PERCENTAGE: Widget = Widget {
    show: |cell| Html::text(&format!("{} %", format::number(&cell.desk.manner, value(cell) * Decimal::ONE_HUNDRED, 2))),
    edit: FLOAT.edit,
};

fn value(cell: &Cell<'_>) -> Decimal {
    cell.value.as_decimal().unwrap_or_default()
}

fn decimals(cell: &Cell<'_>) -> u32 {
    cell.field.digits.unwrap_or_else(|| value(cell).normalize().scale().clamp(2, 6))
}

fn written(cell: &Cell<'_>, decimals: u32) -> Html {
    if cell.value.is_empty_mark() {
        return Html::new();
    }
    Html::text(&format::number(&cell.desk.manner, value(cell), decimals))
}

fn typed(cell: &Cell<'_>, text: &str) -> Html {
    cell.control("input")
        .attr("type", "text")
        .attr("inputmode", "decimal")
        .attr("data-number", "1")
        .attr("value", text)
        .attr("autocomplete", "off")
        .into()
}

fn currency<'c>(cell: &'c Cell<'_>) -> Option<&'c Value> {
    let option = cell.option("currency_field").and_then(|name| name.as_str().map(str::to_owned));
    let name = option.unwrap_or_else(|| cell.field.currency().to_owned());
    cell.record.get(&name).filter(|value| value.truthy())
}

fn show_monetary(cell: &Cell<'_>) -> Html {
    if cell.value.is_empty_mark() {
        return Html::new();
    }
    Html::text(&format::amount(cell.desk, value(cell), currency(cell)))
}

fn edit_monetary(cell: &Cell<'_>) -> Html {
    let text = format::amount(cell.desk, value(cell), currency(cell));
    let mut symbol = text.trim_matches(|c: char| c.is_ascii_digit() || ".,-\u{a0} ".contains(c)).to_owned();
    if symbol.is_empty() {
        symbol = "¤".into();
    }
    let plain = format::number(&cell.desk.manner, value(cell), cell.field.digits.unwrap_or(2));
    el("span").class("o_monetary").child(typed(cell, &plain)).child(el("span").class("unit").text(symbol)).into()
}

/// 1.5 → 01:30.
fn hours(value: Decimal) -> String {
    let minutes = (value.abs() * Decimal::from(60)).round();
    let (whole, rest) = ((minutes / Decimal::from(60)).trunc(), minutes % Decimal::from(60));
    format!(
        "{}{:0>2}:{:0>2}",
        if value.is_sign_negative() && !minutes.is_zero() { "-" } else { "" },
        whole.normalize().to_string(),
        rest.normalize().to_string()
    )
}

/// 01:30 → 1.5; plain numbers are hours.
pub fn read_hours(manner: &crate::pages::admin::desk::Manner, text: &str) -> Option<Decimal> {
    let Some((whole, minutes)) = text.trim().split_once(':') else { return format::read_number(manner, text) };
    let (whole, minutes): (i64, i64) = (whole.trim().parse().ok()?, minutes.trim().parse().ok()?);
    let sign = if text.trim().starts_with('-') { -1 } else { 1 };
    (0..60).contains(&minutes).then(|| Decimal::from(whole) + Decimal::from(sign * minutes) / Decimal::from(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_written_and_read() {
        let manner = crate::pages::admin::desk::Manner {
            point: ".".into(),
            thousands: ",".into(),
            date: String::new(),
            time: String::new(),
            week_start: 1,
        };
        for (value, text) in [("1.5", "01:30"), ("0", "00:00"), ("-0.25", "-00:15"), ("100", "100:00")] {
            assert_eq!(hours(value.parse().unwrap()), text);
            assert_eq!(read_hours(&manner, text), Some(value.parse().unwrap()));
        }
        assert_eq!(read_hours(&manner, "1:75"), None);
        assert_eq!(read_hours(&manner, "2.5"), Some("2.5".parse().unwrap()));
    }
}
