//! Spreadsheets in and out: `load` and `export_data`, and the external ids that connect them.
//!
//! ```text
//! column = "id" | ".id" | field | field "/" column
//! ```
//! `id` is the external id, `.id` the database id, a relational field alone is the target's name. Older files write
//! `field.id` and `field:id` for the last two.

mod cells;
mod export;
mod external;
mod extract;
mod load;
mod lookup;
mod relations;
mod wizard;

use crate::call::Invocation;
use crate::declare::{Declarations, Tx};
use crate::error::{Error, Result};
use crate::value::Value;

pub use load::Loaded;

/// The external id of a record.
const XID: &str = "id";
/// The database id of a record.
const DB_ID: &str = ".id";

/// Declares the methods for every model.
pub fn declare(all: &mut Declarations) {
    all.any
        .model_method("load", "fields, data", Tx::Write, load::load)
        // Exporting `id` makes external ids.
        .record_method("export_data", "fields_to_export", Tx::Write, export::export_data)
        // The right to export is looked at before the rights on the records.
        .unchecked(&["export_data"], "it reads as the caller");
}

/// The steps of a column's name.
pub fn steps(column: &str) -> Vec<String> {
    let mut out = String::with_capacity(column.len() + 2);
    let mut rest = column;
    // A mark at the very start or after a slash is a whole step already.
    while let Some(at) = rest.find([':', '.']) {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let own = out.is_empty() || out.ends_with('/');
        let id = tail.get(1..).is_some_and(|t| t == "id" || t.starts_with("id/"));
        match (tail.starts_with('.'), id && !own) {
            (true, true) => out.push_str("/."),
            (false, true) => out.push('/'),
            (true, false) => out.push('.'),
            (false, false) => out.push(':'),
        }
        rest = tail.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
    out.split('/').map(str::to_owned).collect()
}

/// Columns of a call.
fn columns_arg(call: &Invocation, name: &str) -> Result<Vec<Vec<String>>> {
    let Value::List(items) = call.arg(name) else {
        return Err(Error::type_(format!("'{}' object is not iterable", call.arg(name).type_name())));
    };
    items
        .iter()
        .map(|item| {
            item.as_str()
                .map(steps)
                .ok_or_else(|| Error::type_(format!("expected string or bytes-like object, got '{}'", item.type_name())))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::steps;

    #[test]
    fn old_spellings_of_ids_are_steps_of_their_own() {
        for (column, path) in [
            ("name", "name"),
            ("id", "id"),
            (".id", ".id"),
            ("partner_id/.id", "partner_id|.id"),
            ("partner_id.id", "partner_id|.id"),
            ("partner_id:id", "partner_id|id"),
            ("child_ids/country_id/id", "child_ids|country_id|id"),
            ("a.b", "a.b"),
        ] {
            assert_eq!(steps(column).join("|"), path, "{column}");
        }
    }
}
