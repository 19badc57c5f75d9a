//! What the lines of payments' entries are: money on its way, what it settles, and what was written off.

use std::collections::HashMap;

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result};
use rust_decimal::Decimal;

/// A line of a payment's entry.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: Id,
    pub account: Id,
    /// Its account is reconciled.
    pub reconcile: bool,
    pub name: Option<String>,
    pub partner: Option<Id>,
    pub currency: Option<Id>,
    pub balance: Decimal,
    pub amount_currency: Decimal,
    pub residual: Decimal,
    pub residual_currency: Decimal,
}

/// Lines by what they are.
#[derive(Clone, Debug, Default)]
pub struct Roles {
    pub liquidity: Vec<Line>,
    pub counterpart: Vec<Line>,
    pub write_off: Vec<Line>,
}

/// The roles of the lines of payments that have an entry. One statement.
pub fn load(env: &mut Env, payments: &[Id]) -> Result<HashMap<Id, Roles>> {
    env.flush()?;
    let sql = sql!(
        "SELECT p.id, l.id, l.account_id, a.reconcile, l.name::text, l.partner_id, l.currency_id, l.balance, l.amount_currency,
         l.amount_residual, l.amount_residual_currency, CASE
         WHEN l.account_id = p.outstanding_account_id OR l.account_id = j.default_account_id OR EXISTS (SELECT 1
         FROM account_payment_method_line x WHERE x.payment_account_id = l.account_id AND (x.id = p.payment_method_line_id
         OR x.journal_id = p.journal_id)) THEN 'liquidity' WHEN a.account_type IN ('asset_receivable', 'liability_payable')
         OR l.account_id = c.transfer_account_id THEN 'counterpart' ELSE 'write_off' END
         FROM account_payment p JOIN account_move_line l ON l.move_id = p.move_id
         JOIN account_account a ON a.id = l.account_id JOIN account_journal j ON j.id = p.journal_id
         JOIN res_company c ON c.id = l.company_id WHERE p.id = ANY({payments})
         ORDER BY p.id, l.date DESC, l.move_name DESC, l.id"
    );
    let mut found: HashMap<Id, Roles> = HashMap::new();
    for row in env.query(sql)? {
        let (Some(payment), Some(id), Some(account)) = (row.int(0), row.int(1), row.int(2)) else { continue };
        let amount = |n: usize| row.decimal(n).unwrap_or_default();
        let line = Line {
            id,
            account,
            reconcile: row.bool(3).unwrap_or(false),
            name: row.text(4),
            partner: row.int(5),
            currency: row.int(6),
            balance: amount(7),
            amount_currency: amount(8),
            residual: amount(9),
            residual_currency: amount(10),
        };
        let roles = found.entry(payment).or_default();
        match row.text(11).as_deref() {
            Some("liquidity") => roles.liquidity.push(line),
            Some("counterpart") => roles.counterpart.push(line),
            _ => roles.write_off.push(line),
        }
    }
    for roles in found.values_mut() {
        // An only line that is neither is what is missing: accounts of the journal may have changed.
        if roles.write_off.len() == 1 {
            if roles.liquidity.is_empty() {
                std::mem::swap(&mut roles.liquidity, &mut roles.write_off);
            } else if roles.counterpart.is_empty() {
                std::mem::swap(&mut roles.counterpart, &mut roles.write_off);
            }
        }
    }
    Ok(found)
}
