//! How far something is.

use lastmile_orm::value::Value;
use rust_decimal::Decimal;

use super::cell::{Cell, Widget};
use super::format;
use super::number::FLOAT;
use crate::pages::admin::html::{Html, el};

/// A bar.
pub const BAR: Widget = Widget { show, edit: FLOAT.edit };

fn show(cell: &Cell<'_>) -> Html {
    let value = cell.value.as_decimal().unwrap_or_default();
    let most = cell.option("max_value").and_then(|name| name.as_str().and_then(|name| cell.record.get(name)).and_then(Value::as_decimal));
    let most = most.filter(|most| *most > Decimal::ZERO).unwrap_or(Decimal::ONE_HUNDRED);
    let text = format::number(&cell.desk.manner, value, 0);
    let bar = el("progress")
        .attr("max", most.to_string())
        .attr("value", value.max(Decimal::ZERO).min(most).to_string())
        .attr("aria-label", &cell.field.label);
    el("span").class("o_progress").child(bar).text(format!(" {text} %")).into()
}
