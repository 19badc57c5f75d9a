//! JSON as Python's `json` module reads and writes it.
//!
//! Our own parser, because requests need what `serde_json` cannot give without changing its numbers for the whole
//! program: integers of any length, `NaN` and `Infinity`, a depth limit of ours, repair of bad UTF-8.

mod parse;
mod sink;

pub use parse::{ParseError, parse};
pub use sink::{JsonSink, write_str, write_value};

use actix_web::web;
use lastmile_orm::value::Value;

use crate::limits::Share;

/// Bodies beyond this are parsed on the blocking pool: they would hold up the other requests of the thread.
const LARGE: usize = 64 * 1024;

/// Parses a body, on the blocking pool when it is large; there its share of the budget goes along.
pub async fn parse_body(body: web::Bytes, share: Option<Share>) -> Result<Value, ParseError> {
    if body.len() < LARGE {
        return parse(&body);
    }
    let broken = ParseError { what: "the worker broke off", at: 0 };
    web::block(move || {
        let parsed = parse(&body);
        drop(share);
        parsed
    })
    .await
    .unwrap_or(Err(broken))
}
