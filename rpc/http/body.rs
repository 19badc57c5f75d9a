//! Bodies of requests, parsed where they hold up nobody.

use actix_web::web;
use lastmile_orm::value::Value;

use crate::http::limits::Share;
use crate::json::{ParseError, parse};

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
