//! JSON as Python's `json` module reads and writes it.
//!
//! Our own parser, because requests need what `serde_json` cannot give without changing its numbers for the whole
//! program: integers of any length, `NaN` and `Infinity`, a depth limit of ours, repair of bad UTF-8.

mod parse;
mod sink;

pub use parse::{ParseError, parse};
pub use sink::{JsonSink, write_str, write_value};
