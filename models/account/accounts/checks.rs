//! What accounts must be.

use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Result};

use super::ACCOUNT;

/// Declares the constraints.
pub fn declare(all: &mut Declarations) {
    all.model(ACCOUNT)
        .constrains(&["account_type", "reconcile"], debts_are_reconciled)
        .constrains(&["reconcile", "account_type", "tax_ids"], off_balance)
        .constrains(&["currency_id"], currency_of_journals)
        .constrains(&["company_ids", "account_type"], companies)
        .constrains(&["account_type"], type_of_journals);
}

fn any(env: &mut Env, query: &'static str, ids: &[Id]) -> Result<bool> {
    env.flush()?;
    Ok(!env.query(sql!("{query:sql}{ids}) LIMIT 1"))?.is_empty())
}

fn debts_are_reconciled(env: &mut Env, ids: &[Id]) -> Result<()> {
    let query = "SELECT 1 FROM account_account WHERE account_type IN ('asset_receivable', 'liability_payable') AND reconcile IS NOT TRUE \
         AND id = ANY(";
    if any(env, query, ids)? { Err(Error::validation("Accounts that partners owe on must allow reconciliation.")) } else { Ok(()) }
}

fn off_balance(env: &mut Env, ids: &[Id]) -> Result<()> {
    let query = "SELECT 1 FROM account_account a WHERE a.account_type = 'off_balance' AND (a.reconcile OR EXISTS (SELECT 1 \
         FROM account_account_tax_default_rel r WHERE r.account_id = a.id)) AND a.id = ANY(";
    if any(env, query, ids)? {
        return Err(Error::user("An account off the balance sheet can neither be reconciled nor have taxes."));
    }
    Ok(())
}

/// A journal of another currency than its company's has accounts of that currency.
fn currency_of_journals(env: &mut Env, ids: &[Id]) -> Result<()> {
    let query = "SELECT 1 FROM account_journal j JOIN res_company c ON c.id = j.company_id AND c.currency_id <> j.currency_id \
         LEFT JOIN account_payment_method_line l ON l.journal_id = j.id \
         JOIN account_account a ON a.id IN (j.default_account_id, l.payment_account_id) AND a.currency_id <> j.currency_id \
         WHERE a.id = ANY(";
    if any(env, query, ids)? {
        return Err(Error::validation("A journal and its accounts must have the same foreign currency."));
    }
    Ok(())
}

fn companies(env: &mut Env, ids: &[Id]) -> Result<()> {
    let none = "SELECT 1 FROM account_account a WHERE NOT EXISTS (SELECT 1 FROM account_account_res_company_rel r \
         WHERE r.account_account_id = a.id) AND a.id = ANY(";
    if any(env, none, ids)? {
        return Err(Error::validation("An account needs a company."));
    }
    let shared = "SELECT 1 FROM account_account a WHERE a.account_type = 'asset_cash' AND (SELECT count(*) \
         FROM account_account_res_company_rel r WHERE r.account_account_id = a.id) > 1 AND a.id = ANY(";
    if any(env, shared, ids)? {
        return Err(Error::validation("Companies cannot share accounts of banks and cash."));
    }
    let left = "SELECT 1 FROM account_move_line l JOIN res_company c ON c.id = l.company_id WHERE NOT EXISTS (SELECT 1 \
         FROM account_account_res_company_rel r JOIN res_company o ON o.id = r.res_company_id \
         WHERE r.account_account_id = l.account_id AND starts_with(c.parent_path, o.parent_path)) AND l.account_id = ANY(";
    if any(env, left, ids)? {
        return Err(Error::user("Entries of a company are on the account: it cannot be taken from that one."));
    }
    Ok(())
}

fn type_of_journals(env: &mut Env, ids: &[Id]) -> Result<()> {
    let query = "SELECT 1 FROM account_account a JOIN account_journal j ON j.default_account_id = a.id \
         WHERE a.account_type IN ('asset_receivable', 'liability_payable') AND a.id = ANY(";
    if any(env, query, ids)? {
        return Err(Error::validation("A journal is on the account: it cannot be one that partners owe on."));
    }
    Ok(())
}

/// Codes are letters, digits and points.
pub(super) fn codes_are_plain(env: &mut Env, ids: &[Id]) -> Result<()> {
    let query = "SELECT 1 FROM account_account a CROSS JOIN LATERAL jsonb_each_text(a.code_store) e WHERE e.value !~ '^[A-Za-z0-9.]+$' \
         AND a.id = ANY(";
    if any(env, query, ids)? { Err(Error::validation("Codes of accounts are made of letters, digits and points.")) } else { Ok(()) }
}
