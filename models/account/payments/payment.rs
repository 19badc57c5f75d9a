//! Payments as clients create, change, delete, post and cancel them.

use std::collections::HashMap;

use lastmile_orm::answer::Answer;
use lastmile_orm::call::Invocation;
use lastmile_orm::declare::{CreateHook, Next, Tx, UnlinkHook, WriteHook};
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value, map};

use super::entry::{self, Extra, REPEATED};
use super::status::{self, Parts};
use super::{METHOD_LINE, PAYMENT, kept};
use crate::account::reconcile::entries::{self, MOVE};

/// Values of a new payment that are for its entry.
const FOR_ENTRY: &[&str] = &["write_off_line_vals", "force_balance", "line_ids"];
/// Fields that change what a payment is in the company's currency.
const WORTH: [&str; 6] = ["amount", "payment_type", "currency_id", "date", "company_id", "move_id"];

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(PAYMENT)
        .accepts(FOR_ENTRY)
        .display_sql(|_, alias, _| sql!("COALESCE(NULLIF({name:sql}, ''), 'Draft Payment')", name = Sql::column(alias, "name")))
        .on_create(create)
        .on_write(write)
        .on_unlink(unlink)
        .on_copy(|env, ids, copies| {
            let methods = env.values(PAYMENT, "payment_method_line_id", ids)?;
            for (map, method) in copies.iter_mut().zip(methods) {
                map.get_or_insert_with("payment_method_line_id", || method);
            }
            Ok(())
        })
        .constrains(&["payment_method_line_id"], method_fits)
        .constrains(&["state", "move_id"], has_entry)
        .record_method("action_post", "", Tx::Write, |env, call| {
            post(env, &call.ids)?;
            Ok(Answer::NOTHING)
        })
        .record_method("action_validate", "", Tx::Write, |env, call| set_state(env, call, "paid"))
        .record_method("action_reject", "", Tx::Write, |env, call| set_state(env, call, "rejected"))
        .record_method("action_draft", "", Tx::Write, |env, call| {
            set_state(env, call, "draft")?;
            let moves = env.linked(PAYMENT, "move_id", &call.ids)?;
            entries::draft(env, &moves)?;
            Ok(Answer::NOTHING)
        })
        .record_method("action_cancel", "", Tx::Write, cancel)
        .record_method("mark_as_sent", "", Tx::Write, |env, call| {
            env.write(PAYMENT, &call.ids, map! { "is_sent" => true })?;
            Ok(Answer::NOTHING)
        })
        .record_method("unmark_as_sent", "", Tx::Write, |env, call| {
            env.write(PAYMENT, &call.ids, map! { "is_sent" => false })?;
            Ok(Answer::NOTHING)
        });
    all.model(MOVE).on_write(|env, ids, values, next| {
        let canceled = values.get("state").and_then(Value::as_str) == Some("cancel");
        if canceled {
            let payments = with_entries(env, ids)?;
            env.write(PAYMENT, &payments, map! { "state" => "canceled" })?;
        }
        next.call(env, ids, values)
    });
}

/// Payments that entries are of.
fn with_entries(env: &mut Env, moves: &[Id]) -> Result<Vec<Id>> {
    let sql = sql!("SELECT id FROM account_payment WHERE move_id = ANY({moves}) ORDER BY id");
    env.query_ids(sql)
}

fn create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let mut extras = Vec::with_capacity(values.len());
    for map in &mut values {
        extras.push(extra(map));
    }
    kept::begin(env, &mut values)?;
    let ids = next.call(env, values)?;
    entry::need_outstanding(env, &ids)?;
    let extras: HashMap<Id, Extra> = ids.iter().zip(extras).filter_map(|(id, extra)| Some((*id, extra?))).collect();
    let now: Vec<Id> = ids.iter().copied().filter(|id| extras.contains_key(id)).collect();
    entry::generate(env, &now, &extras)?;
    status::refresh(env, &ids, Parts { state: false, amount: true })?;
    Ok(ids)
}

/// Takes what is for the entry out of a payment's values; `None` where nothing is.
fn extra(values: &mut Map) -> Option<Extra> {
    let [write_off, balance, lines] = ["write_off_line_vals", "force_balance", "line_ids"]
        .map(|name| values.shift_remove(name).filter(|value| !matches!(value, Value::None)));
    if write_off.is_none() && balance.is_none() && lines.is_none() {
        return None;
    }
    let write_off = write_off.as_ref().and_then(Value::as_list).unwrap_or_default();
    Some(Extra {
        write_off: write_off.iter().filter_map(Value::as_map).cloned().collect(),
        balance: balance.as_ref().and_then(Value::as_decimal),
        lines,
    })
}

fn write(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    if ids.is_empty() {
        return next.call(env, ids, values);
    }
    let state = values.get("state").and_then(Value::as_str).map(str::to_owned);
    if matches!(state.as_deref(), Some("in_process" | "paid")) && !values.get("move_id").is_some_and(Value::truthy) {
        entry::generate(env, ids, &HashMap::new())?;
        env.flush()?;
        let sql = sql!(
            "SELECT m.id FROM account_move m JOIN account_payment p ON p.move_id = m.id WHERE p.id = ANY({ids})
             AND m.state = 'draft' ORDER BY array_position({ids2}::int4[], p.id)",
            ids2 = ids
        );
        let drafts: Vec<Id> = env.query_ids(sql)?;
        entries::post(env, &drafts)?;
    }
    let given: Vec<String> = values.keys().cloned().collect();
    let memo = values.get("memo").cloned();
    next.call(env, ids, values)?;
    let has = |names: &[&str]| given.iter().any(|name| names.contains(&name.as_str()));
    if let Some(memo) = memo {
        let moves = env.linked(PAYMENT, "move_id", ids)?;
        if !moves.is_empty() {
            env.write(MOVE, &moves, map! { "ref" => memo })?;
        }
    }
    if has(&REPEATED) {
        entry::follow(env, ids, has(&["journal_id"]))?;
    }
    if has(&WORTH) || has(&REPEATED) || state.is_some() {
        status::refresh(env, ids, Parts { state: false, amount: true })?;
    }
    Ok(())
}

fn unlink(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    env.require(PAYMENT, ids)?;
    env.flush()?;
    let confirmed = sql!(
        "SELECT 1 FROM account_payment WHERE state NOT IN ('draft', 'canceled') AND move_id IS NOT NULL
         AND outstanding_account_id IS NOT NULL AND id = ANY({ids}) LIMIT 1"
    );
    if !env.query(confirmed)?.is_empty() {
        return Err(Error::validation("A confirmed payment keeps its journal entry: reset it to draft or cancel it first."));
    }
    let sql = sql!(
        "SELECT m.id, m.state <> 'draft' FROM account_move m JOIN account_payment p ON p.move_id = m.id
         WHERE p.id = ANY({ids}) ORDER BY m.id"
    );
    let rows = env.query(sql)?;
    let standing: Vec<Id> = rows.iter().filter(|row| row.bool(1) == Some(true)).filter_map(|row| row.int(0)).collect();
    let moves: Vec<Id> = rows.iter().filter_map(|row| row.int(0)).collect();
    let invoices = env.sudo(|env| env.linked(PAYMENT, "reconciled_invoice_ids", ids))?;
    entries::draft(env, &standing)?;
    if !moves.is_empty() {
        env.unlink(MOVE, &moves)?;
    }
    next.call(env, ids)?;
    crate::account::moves::payment_state::refresh(env, &invoices)
}

/// Posts payments: those that go to the bank's account at once are paid, the others under way.
pub fn post(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "SELECT p.id, p.state::text, a.account_type::text FROM account_payment p
         LEFT JOIN account_account a ON a.id = p.outstanding_account_id WHERE p.id = ANY({ids})
         ORDER BY array_position({ids2}::int4[], p.id)",
        ids2 = ids
    );
    let rows = env.query(sql)?;
    let at_once = |row: &lastmile_orm::sql::row::Row| row.text(2).as_deref() == Some("asset_cash");
    let paid: Vec<Id> = rows.iter().filter(|row| at_once(row)).filter_map(|row| row.int(0)).collect();
    let open = rows.iter().filter(|row| !at_once(row) && matches!(row.text(1).as_deref(), None | Some("draft" | "in_process")));
    let open: Vec<Id> = open.filter_map(|row| row.int(0)).collect();
    for (ids, state) in [(paid, "paid"), (open, "in_process")] {
        if !ids.is_empty() {
            env.write(PAYMENT, &ids, map! { "state" => state })?;
        }
    }
    Ok(())
}

fn set_state(env: &mut Env, call: &Invocation, state: &'static str) -> Result<Answer> {
    if !call.ids.is_empty() {
        env.write(PAYMENT, &call.ids, map! { "state" => state })?;
    }
    Ok(Answer::NOTHING)
}

/// Cancels payments: draft entries go, others are cancelled.
fn cancel(env: &mut Env, call: &Invocation) -> Result<Answer> {
    set_state(env, call, "canceled")?;
    env.flush()?;
    let sql = sql!(
        "SELECT m.id, m.state = 'draft' FROM account_move m JOIN account_payment p ON p.move_id = m.id
         WHERE p.id = ANY({ids}) ORDER BY m.id",
        ids = call.ids.as_slice()
    );
    let rows = env.query(sql)?;
    let of = |draft: bool| -> Vec<Id> { rows.iter().filter(|row| row.bool(1) == Some(draft)).filter_map(|row| row.int(0)).collect() };
    let (drafts, others) = (of(true), of(false));
    if !drafts.is_empty() {
        env.unlink(MOVE, &drafts)?;
    }
    entries::cancel(env, &others)?;
    Ok(Answer::NOTHING)
}

/// A payment has a method, and one of its journal.
fn method_fits(env: &mut Env, ids: &[Id]) -> Result<()> {
    let methods = env.values(PAYMENT, "payment_method_line_id", ids)?;
    let methods: Vec<Id> = methods.iter().map(|method| method.as_id().unwrap_or(0)).collect();
    if methods.contains(&0) {
        return Err(Error::validation("Choose the method of payment."));
    }
    let journals = env.sudo(|env| env.values(METHOD_LINE, "journal_id", &methods))?;
    for (own, journal) in env.values(PAYMENT, "journal_id", ids)?.into_iter().zip(journals) {
        if journal.truthy() && own != journal {
            return Err(Error::validation("The journal does not offer this method of payment: choose the method anew."));
        }
    }
    Ok(())
}

/// Confirmed payments with an account for money on its way have an entry.
fn has_entry(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "SELECT 1 FROM account_payment WHERE state NOT IN ('draft', 'canceled') AND move_id IS NULL
         AND outstanding_account_id IS NOT NULL AND id = ANY({ids}) LIMIT 1"
    );
    if env.query(sql)?.is_empty() {
        return Ok(());
    }
    Err(Error::validation("A payment with an account for outstanding money is confirmed with a journal entry."))
}
