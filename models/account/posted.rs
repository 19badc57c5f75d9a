//! What is posted stays as it is: until the books are kept here, nothing may unbalance those of a database that was
//! taken over. Whoever has to change an entry resets it to draft first.

use lastmile_orm::declare::{CreateHook, Next, UnlinkHook, WriteHook};
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value};

const MOVE: &str = "account.move";
const LINE: &str = "account.move.line";
const PAYMENT: &str = "account.payment";

/// Fields of a posted entry that stand.
const OF_MOVE: &[&str] = &[
    "date",
    "invoice_date",
    "partner_id",
    "currency_id",
    "journal_id",
    "company_id",
    "move_type",
    "line_ids",
    "invoice_line_ids",
    "amount_total",
    "amount_untaxed",
    "amount_tax",
    "amount_residual",
];
/// Fields of its lines that stand.
const OF_LINE: &[&str] = &[
    "move_id",
    "account_id",
    "date",
    "partner_id",
    "currency_id",
    "debit",
    "credit",
    "balance",
    "amount_currency",
    "amount_residual",
    "price_unit",
    "quantity",
    "discount",
    "product_id",
    "tax_ids",
    "display_type",
];
/// Fields of a payment under way that stand.
const OF_PAYMENT: &[&str] = &["amount", "date", "partner_id", "currency_id", "journal_id", "payment_type", "move_id"];

/// Declares the guards.
pub fn declare(all: &mut Declarations) {
    all.model(MOVE).on_create(create_move).on_write(write_move).on_unlink(unlink_move);
    all.model(LINE).on_create(create_line).on_write(write_line).on_unlink(unlink_line);
    all.model(PAYMENT).on_write(write_payment).on_unlink(unlink_payment);
}

/// Whether a query over `ids` finds anything.
fn any(env: &mut Env, query: &'static str, ids: &[Id]) -> Result<bool> {
    env.flush()?;
    Ok(!env.query(sql!("{query:sql}{ids}) LIMIT 1"))?.is_empty())
}

fn posted_moves(env: &mut Env, ids: &[Id]) -> Result<bool> {
    any(env, "SELECT 1 FROM account_move WHERE state = 'posted' AND id = ANY(", ids)
}

fn lines_of_posted(env: &mut Env, ids: &[Id]) -> Result<bool> {
    any(env, "SELECT 1 FROM account_move_line l JOIN account_move m ON m.id = l.move_id WHERE m.state = 'posted' AND l.id = ANY(", ids)
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

fn create_move(env: &mut Env, values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    if values.iter().any(|map| map.get("state").and_then(Value::as_str) == Some("posted")) {
        return Err(Error::user("An entry begins as a draft: create it so, and post it then."));
    }
    next.call(env, values)
}

fn write_move(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let names = standing(&values, OF_MOVE);
    if !names.is_empty() && posted_moves(env, ids)? {
        return Err(refused("The entry", &names));
    }
    if values.get("state").and_then(Value::as_str) == Some("posted")
        && any(env, "SELECT 1 FROM account_move WHERE state <> 'posted' AND id = ANY(", ids)?
    {
        return Err(Error::user("Entries cannot be posted here yet."));
    }
    next.call(env, ids, values)
}

fn unlink_move(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    if posted_moves(env, ids)? {
        return Err(Error::user("A posted entry cannot be deleted: reset it to draft or reverse it."));
    }
    next.call(env, ids)
}

fn create_line(env: &mut Env, values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let moves: Vec<Id> = values.iter().filter_map(|map| map.get("move_id")?.as_id()).collect();
    if !moves.is_empty() && posted_moves(env, &moves)? {
        return Err(refused("The entry", &["line_ids"]));
    }
    next.call(env, values)
}

fn write_line(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let names = standing(&values, OF_LINE);
    if !names.is_empty() && lines_of_posted(env, ids)? {
        return Err(refused("The line's entry", &names));
    }
    next.call(env, ids, values)
}

fn unlink_line(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    if lines_of_posted(env, ids)? {
        return Err(Error::user("Lines of a posted entry cannot be deleted: reset it to draft or reverse it."));
    }
    next.call(env, ids)
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
