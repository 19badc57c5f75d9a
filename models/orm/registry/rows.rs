//! Statements over the metadata, before there is a registry.

use diesel::PgConnection;

use super::Translations;
use crate::error::Result;
use crate::sql::row::Row;
use crate::sql::{Sql, exec};

/// The rows of a statement.
pub(super) fn rows(conn: &mut PgConnection, text: &'static str) -> Result<Vec<Row>> {
    exec::query(conn, Sql::lit(text).uncached()).map_err(|e| exec::explain(e, None))
}

/// jsonb texts by language.
pub(super) fn texts(row: &Row, column: usize) -> Translations {
    match row.json(column) {
        Some(serde_json::Value::Object(map)) => {
            map.into_iter().filter_map(|(lang, text)| Some((lang, text.as_str()?.to_owned()))).collect()
        }
        _ => Translations::new(),
    }
}
