//! Addresses under which a customer sees one document without signing in: its page in the portal, with a token in the row.

use std::collections::HashMap;

use lastmile_orm::access::Operation;
use lastmile_orm::declare::Tx;
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Env, Id, Invocation, Result, Value, map};
use subtle::ConstantTimeEq as _;

use crate::account::moves::document::MOVE;
use crate::base_files::tokens::new_token;

/// Declares the method of the invoices.
pub fn declare(all: &mut Declarations) {
    all.model(MOVE).record_method(
        "get_portal_url",
        "suffix=None, report_type=None, download=None, query_string=None, anchor=None",
        Tx::Write,
        portal_url,
    );
}

/// The path of a document's page with its token, and what a caller wants beside it.
fn portal_url(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    env.check_records(MOVE, &[id], Operation::Read)?;
    let path = env.sudo(|env| env.values(MOVE, "access_url", &[id]))?.into_iter().next().unwrap_or_default();
    let token = tokens(env, &[id])?.remove(&id).unwrap_or_default();
    let given = |name: &str| call.arg(name).as_str().filter(|text| !text.is_empty());
    let mut url = format!("{}{}?access_token={token}", path.as_str().unwrap_or_default(), given("suffix").unwrap_or_default());
    if let Some(kind) = given("report_type") {
        url.push_str("&report_type=");
        url.push_str(kind);
    }
    if call.arg("download").truthy() {
        url.push_str("&download=true");
    }
    url.push_str(given("query_string").unwrap_or_default());
    if let Some(anchor) = given("anchor") {
        url.push('#');
        url.push_str(anchor);
    }
    Ok(Value::Str(url).into())
}

/// The path of an invoice's page with its token.
///
/// # Errors
/// What the database answers.
pub fn path(env: &mut Env, id: Id) -> Result<String> {
    let token = tokens(env, &[id])?.remove(&id).unwrap_or_default();
    Ok(format!("/my/invoices/{id}?access_token={token}"))
}

/// The tokens of invoices; those that have none get one.
fn tokens(env: &mut Env, ids: &[Id]) -> Result<HashMap<Id, String>> {
    let mut out = HashMap::with_capacity(ids.len());
    env.sudo(|env| {
        for (id, known) in ids.iter().zip(env.values(MOVE, "access_token", ids)?) {
            let token = match known.as_str().filter(|token| !token.is_empty()) {
                Some(token) => token.to_owned(),
                None => {
                    let token = new_token()?;
                    env.write(MOVE, &[*id], map! { "access_token" => token.as_str() })?;
                    token
                }
            };
            out.insert(*id, token);
        }
        Ok(())
    })?;
    Ok(out)
}

/// Full addresses of the pages of invoices: none while nobody said where this server is reached.
///
/// # Errors
/// What the database answers.
pub fn links(env: &mut Env, ids: &[Id]) -> Result<HashMap<Id, String>> {
    let base = env.parameter("web.base.url")?.unwrap_or_default();
    if base.is_empty() || ids.is_empty() {
        return Ok(HashMap::new());
    }
    let base = base.trim_end_matches('/');
    Ok(tokens(env, ids)?.into_iter().map(|(id, token)| (id, format!("{base}/my/invoices/{id}?access_token={token}"))).collect())
}

/// Whether a token is that of an invoice. Takes the same time for every wrong one.
///
/// # Errors
/// What the database answers.
pub fn opens(env: &mut Env, id: Id, token: &str) -> Result<bool> {
    let found = env.query(sql!("SELECT access_token::text FROM account_move WHERE id = {id}"))?;
    let kept = found.first().and_then(|row| row.text(0)).unwrap_or_default();
    Ok(!kept.is_empty() && bool::from(kept.as_bytes().ct_eq(token.as_bytes())))
}
