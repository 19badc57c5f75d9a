//! What journals must be.

use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Result};

use super::JOURNAL;

/// Declares the constraints.
pub fn declare(all: &mut Declarations) {
    all.model(JOURNAL)
        .constrains(&["type", "bank_account_id"], bank_account)
        .constrains(&["company_id"], company)
        .constrains(&["type", "default_account_id"], default_account)
        .constrains(&["active"], no_drafts);
}

fn any(env: &mut Env, query: &'static str, ids: &[Id]) -> Result<bool> {
    env.flush()?;
    Ok(!env.query(sql!("{query:sql}{ids}) LIMIT 1"))?.is_empty())
}

fn bank_account(env: &mut Env, ids: &[Id]) -> Result<()> {
    let query = "SELECT 1 FROM account_journal j JOIN res_company c ON c.id = j.company_id JOIN res_partner_bank b ON b.id = j.bank_account_id \
         WHERE j.type = 'bank' AND (b.company_id <> j.company_id OR b.partner_id IS DISTINCT FROM c.partner_id) AND j.id = ANY(";
    if any(env, query, ids)? { Err(Error::validation("The bank account of a journal must be its company's own.")) } else { Ok(()) }
}

fn company(env: &mut Env, ids: &[Id]) -> Result<()> {
    let query = "SELECT 1 FROM account_move m JOIN account_journal j ON j.id = m.journal_id JOIN res_company o ON o.id = j.company_id \
         JOIN res_company c ON c.id = m.company_id WHERE NOT starts_with(c.parent_path, o.parent_path) AND j.id = ANY(";
    if any(env, query, ids)? { Err(Error::user("Entries of a company are in the journal: it stays that one's.")) } else { Ok(()) }
}

fn default_account(env: &mut Env, ids: &[Id]) -> Result<()> {
    let query = "SELECT 1 FROM account_journal j JOIN account_account a ON a.id = j.default_account_id WHERE j.type IN ('sale', 'purchase') \
         AND a.account_type IN ('asset_receivable', 'liability_payable') AND j.id = ANY(";
    if any(env, query, ids)? {
        return Err(Error::validation("The default account of a journal of sales or purchases cannot be one that partners owe on."));
    }
    Ok(())
}

fn no_drafts(env: &mut Env, ids: &[Id]) -> Result<()> {
    let query = "SELECT 1 FROM account_journal j JOIN account_move m ON m.journal_id = j.id AND m.state = 'draft' \
         WHERE j.active IS NOT TRUE AND j.id = ANY(";
    if any(env, query, ids)? {
        return Err(Error::validation("There are drafts in the journal: post or delete them before you archive it."));
    }
    Ok(())
}
