//! XML-RPC as Python's `xmlrpc.client` reads and writes it.

mod parse;
mod sink;

pub use parse::{MethodCall, ParseError, parse};
pub use sink::{XmlSink, fault, text_fault, write_response};
