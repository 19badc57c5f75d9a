//! What entries must know of accounts.

use std::collections::HashMap;

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result};

#[derive(Debug, Default)]
struct Account {
    kind: String,
    reconcile: bool,
    taxes: Vec<Id>,
}

/// Accounts, read as they are met.
#[derive(Debug, Default)]
pub struct Accounts {
    known: HashMap<Id, Account>,
}

impl Accounts {
    /// Reads those that are not known yet, in one statement.
    ///
    /// # Errors
    /// What the database answers.
    pub fn ensure(&mut self, env: &mut Env, ids: impl IntoIterator<Item = Id>) -> Result<()> {
        let mut missing: Vec<Id> = ids.into_iter().filter(|id| !self.known.contains_key(id)).collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        let sql = sql!(
            "SELECT a.id, a.account_type, a.reconcile, (SELECT string_agg(r.tax_id::text, ',') FROM account_account_tax_default_rel r
             WHERE r.account_id = a.id) FROM account_account a WHERE a.id = ANY({missing})"
        );
        for row in env.query(sql)? {
            let Some(id) = row.int(0) else { continue };
            let taxes = row.text(3).unwrap_or_default().split(',').filter_map(|id| id.parse().ok()).collect();
            let account = Account { kind: row.text(1).unwrap_or_default(), reconcile: row.bool(2).unwrap_or(false), taxes };
            self.known.insert(id, account);
        }
        Ok(())
    }

    /// Odoo's `account_type`; empty for unknown accounts.
    pub fn kind(&self, account: Id) -> &str {
        self.known.get(&account).map(|account| account.kind.as_str()).unwrap_or_default()
    }

    /// Residuals are kept of its lines.
    pub fn is_reconcilable(&self, account: Id) -> bool {
        self.known
            .get(&account)
            .is_some_and(|known| known.reconcile || matches!(known.kind.as_str(), "asset_cash" | "liability_credit_card"))
    }

    /// What customers owe, or what is owed to vendors.
    pub fn is_of_partner(&self, account: Id) -> bool {
        matches!(self.kind(account), "asset_receivable" | "liability_payable")
    }

    /// The taxes that its lines have when nothing else says so.
    pub fn taxes(&self, account: Id) -> &[Id] {
        self.known.get(&account).map(|account| account.taxes.as_slice()).unwrap_or_default()
    }
}
