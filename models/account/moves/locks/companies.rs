//! Locks of companies: how they are shown and how they may move.

use chrono::NaiveDate;
use lastmile_orm::compute::Computed;
use lastmile_orm::convert::to_date;
use lastmile_orm::declare::{Next, WriteHook};
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value};

use super::dates::Lock;
use super::{exceptions, of_companies};

const COMPANY: &str = "res.company";

/// Declares the fields and hooks.
pub fn declare(all: &mut Declarations) {
    all.model(COMPANY)
        .compute(&["user_fiscalyear_lock_date"], &["fiscalyear_lock_date"], |env, ids, out| shown(env, ids, out, Lock::Fiscalyear))
        .compute(&["user_tax_lock_date"], &["tax_lock_date"], |env, ids, out| shown(env, ids, out, Lock::Tax))
        .compute(&["user_sale_lock_date"], &["sale_lock_date"], |env, ids, out| shown(env, ids, out, Lock::Sale))
        .compute(&["user_purchase_lock_date"], &["purchase_lock_date"], |env, ids, out| shown(env, ids, out, Lock::Purchase))
        .compute(&["user_hard_lock_date"], &["hard_lock_date"], |env, ids, out| shown(env, ids, out, Lock::Hard))
        .on_write(write);
}

/// The latest day that a company or one above it closed, unless an exception gives the asking user an earlier one.
fn shown(env: &mut Env, ids: &[Id], out: &mut Computed, lock: Lock) -> Result<()> {
    let found = env.sudo(|env| of_companies(env, ids))?;
    for id in ids {
        // Where nothing is closed it is the first day there is.
        let day = found.get(id).and_then(|locks| locks.get(lock)).or_else(|| NaiveDate::from_ymd_opt(1, 1, 1));
        out.set(lock.user_field(), *id, day);
    }
    Ok(())
}

fn write(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let given = |lock: Lock| values.get(lock.field()).map(|value| to_date(value).map(|day| (lock, day)));
    let soft: Vec<Lock> = Lock::SOFT.into_iter().filter(|lock| values.contains_key(lock.field())).collect();
    let hard = given(Lock::Hard).transpose()?;
    let year = given(Lock::Fiscalyear).transpose()?.and_then(|(_, day)| day);
    if let Some((_, day)) = hard {
        only_later(env, ids, day)?;
    }
    let hard = hard.and_then(|(_, day)| day);
    if let Some(day) = hard {
        nothing_open(env, ids, day)?;
    }
    if let Some(day) = year.max(hard) {
        statements_are_done(env, ids, day)?;
    }
    next.call(env, ids, values)?;
    if soft.is_empty() { Ok(()) } else { exceptions::renew(env, ids, &soft) }
}

/// What was closed for good stays so.
fn only_later(env: &mut Env, ids: &[Id], day: Option<NaiveDate>) -> Result<()> {
    for before in env.values(COMPANY, "hard_lock_date", ids)? {
        let Value::Date(before) = before else { continue };
        match day {
            None => return Err(Error::user("Books that were closed for good cannot be opened again.")),
            Some(day) if day < before => {
                return Err(Error::user("Books that were closed for good can only be closed until a later day."));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Drafts of a closed period could never be posted.
fn nothing_open(env: &mut Env, ids: &[Id], day: NaiveDate) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "SELECT 1 FROM account_move m JOIN res_company c ON c.id = m.company_id
         JOIN res_company o ON starts_with(c.parent_path, o.parent_path) WHERE o.id = ANY({ids}) AND m.state = 'draft'
         AND m.date <= {day} LIMIT 1"
    );
    if env.query(sql)?.is_empty() {
        return Ok(());
    }
    Err(redirect(env, "There are drafts until that day. Post or delete them first.", "action_move_journal_line", "Show drafts")?)
}

/// Lines of bank statements of a closed period could never be reconciled.
fn statements_are_done(env: &mut Env, ids: &[Id], day: NaiveDate) -> Result<()> {
    let sql = sql!(
        "SELECT 1 FROM account_bank_statement_line l JOIN account_move m ON m.id = l.move_id
         JOIN res_company c ON c.id = l.company_id JOIN res_company o ON starts_with(c.parent_path, o.parent_path)
         WHERE o.id = ANY({ids}) AND l.is_reconciled IS NOT TRUE AND m.date <= {day} AND m.state IN ('draft', 'posted') LIMIT 1"
    );
    if env.query(sql)?.is_empty() {
        return Ok(());
    }
    let text = "There are lines of bank statements until that day that are not reconciled. Reconcile or delete them first.";
    Err(redirect(env, text, "action_bank_statement_tree", "Show lines")?)
}

fn redirect(env: &mut Env, message: &str, action: &'static str, button: &str) -> Result<Error> {
    let sql = sql!("SELECT res_id FROM ir_model_data WHERE module = 'account' AND name = {action}");
    let action = env.query(sql)?.first().and_then(|row| row.int(0)).unwrap_or(0);
    Ok(Error::Redirect { message: message.to_owned(), action: i64::from(action), button: button.to_owned() })
}
