//! Groups of records: `read_group` and its successors, progress bars, search panels.
//!
//! A call's texts become an [`Ask`] ([`spec`]), an ask becomes one statement ([`plan`], pure), its rows become
//! [`Groups`] ([`run`]), and each method shows them in its own form. Periods without records (`fill_temporal`)
//! are added between the last two steps.

mod aggregate;
mod face;
mod fill;
mod formatted;
mod having;
pub mod locale;
mod old;
mod panel;
mod panel_records;
pub mod period;
pub mod plan;
mod progress;
pub mod run;
pub mod source;
pub mod spec;
mod web;
mod web_tree;

use crate::declare::{Declarations, Tx};
use crate::error::{Error, Result};
use crate::value::Value;

pub use plan::{Plan, plan};
pub use run::{Group, Groups, Key};
pub use source::Scope;
pub use spec::Ask;

/// Declares the methods for every model.
pub fn declare(all: &mut Declarations) {
    all.any
        .model_method("read_group", "domain, fields, groupby, offset=0, limit=None, orderby=False, lazy=True", Tx::Read, old::read_group)
        .model_method(
            "formatted_read_group",
            "domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None",
            Tx::Read,
            formatted::formatted_read_group,
        )
        .model_method(
            "formatted_read_grouping_sets",
            "domain, grouping_sets, aggregates=(), order=None",
            Tx::Read,
            formatted::formatted_read_grouping_sets,
        )
        .model_method(
            "web_read_group",
            "domain, groupby, aggregates=(), limit=None, offset=0, order=None, auto_unfold=False, opening_info=None, \
             unfold_read_specification=None, unfold_read_default_limit=80, groupby_read_specification=None",
            Tx::Read,
            web::web_read_group,
        )
        .model_method("read_progress_bar", "domain, group_by, progress_bar", Tx::Read, progress::read_progress_bar)
        .model_method("search_panel_select_range", "field_name, **kwargs", Tx::Read, panel::select_range)
        .model_method("search_panel_select_multi_range", "field_name, **kwargs", Tx::Read, panel::select_multi_range);
}

/// A list of texts; one text stands for itself.
fn texts_arg(value: &Value) -> Result<Vec<String>> {
    let wrong = |value: &Value| Error::type_(format!("expected text, not {}", value.type_name()));
    match value {
        Value::Str(text) => Ok(vec![text.clone()]),
        Value::List(items) => items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(|| wrong(item))).collect(),
        other if !other.truthy() => Ok(Vec::new()),
        other => Err(wrong(other)),
    }
}

/// A text that may be left out.
fn text_arg(value: &Value) -> Result<&str> {
    match value {
        Value::Str(text) => Ok(text),
        other if !other.truthy() => Ok(""),
        other => Err(Error::type_(format!("expected text, not {}", other.type_name()))),
    }
}
