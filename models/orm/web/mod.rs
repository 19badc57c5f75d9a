//! The calls of the web client: reading by specification, saving, onchange.

mod onchange;
mod reference;
mod save;
mod snapshot;
mod spec;

use crate::call::Invocation;
use crate::declare::{Declarations, Tx};
use crate::error::{Error, Result};
use crate::value::{Map, Value};

/// Declares them for every model.
pub fn declare(all: &mut Declarations) {
    all.any
        .record_method("web_read", "specification", Tx::Read, spec::web_read)
        .model_method(
            "web_search_read",
            "domain, specification, offset=0, limit=None, order=None, count_limit=None",
            Tx::Read,
            spec::web_search_read,
        )
        .model_method("web_name_search", "name, specification, domain=None, operator='ilike', limit=100", Tx::Read, spec::web_name_search)
        .record_method("web_save", "vals, specification, next_id=None", Tx::Write, save::web_save)
        .record_method("web_save_multi", "vals_list, specification", Tx::Write, save::web_save_multi)
        .record_method("web_resequence", "specification, field_name='sequence', offset=0", Tx::Write, save::web_resequence)
        .record_method("onchange", "values, field_names, fields_spec", Tx::Write, onchange::onchange)
        .unchecked(&["web_read"], "the statement that reads tells which rows are hidden")
        .unchecked(&["web_save", "web_save_multi", "web_resequence"], "they check the right to write, then read as the caller")
        .unchecked(&["onchange"], "it reads the record as the caller");
}

/// A specification: field names to what is wanted of them.
fn spec_arg(call: &Invocation, name: &str) -> Result<Map> {
    match call.arg(name) {
        Value::Map(map) => Ok(map.clone()),
        other if !other.truthy() => Ok(Map::new()),
        other => Err(Error::attribute(format!("'{}' object has no attribute 'items'", other.type_name()))),
    }
}
