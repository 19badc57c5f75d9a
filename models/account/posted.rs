//! What is posted stays as it is: until the books are kept here, nothing may unbalance those of a database that was
//! taken over. Whoever has to change an entry resets it to draft first.

use lastmile_orm::declare::{Next, UnlinkHook, WriteHook};
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result};

const PAYMENT: &str = "account.payment";

/// Fields of a payment under way that stand.
const OF_PAYMENT: &[&str] = &["amount", "date", "partner_id", "currency_id", "journal_id", "payment_type", "move_id"];

/// Declares the guards.
pub fn declare(all: &mut Declarations) {
    all.model(PAYMENT).on_write(write_payment).on_unlink(unlink_payment);
}

/// Whether a query over `ids` finds anything.
fn any(env: &mut Env, query: &'static str, ids: &[Id]) -> Result<bool> {
    env.flush()?;
    Ok(!env.query(sql!("{query:sql}{ids}) LIMIT 1"))?.is_empty())
}

fn payments_under_way(env: &mut Env, ids: &[Id]) -> Result<bool> {
    any(env, "SELECT 1 FROM account_payment WHERE state IN ('in_process', 'paid') AND id = ANY(", ids)
}

/// Those of the given fields that stand.
fn standing<'v>(values: &'v Map, fields: &[&str]) -> Vec<&'v str> {
    values.keys().map(String::as_str).filter(|name| fields.contains(name)).collect()
}

fn refused(what: &str, names: &[&str]) -> Error {
    Error::user(format!("{what} is posted: reset it to draft before you change {}.", names.join(", ")))
}

fn write_payment(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let names = standing(&values, OF_PAYMENT);
    if !names.is_empty() && payments_under_way(env, ids)? {
        return Err(refused("The payment", &names));
    }
    next.call(env, ids, values)
}

fn unlink_payment(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    if payments_under_way(env, ids)? {
        return Err(Error::user("A payment that was made cannot be deleted: reset it to draft or cancel it."));
    }
    next.call(env, ids)
}
