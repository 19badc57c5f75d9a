//! What entries for taxes that are due when paid are made of: partials, and the invoices whose taxes wait.

use std::collections::HashMap;

use chrono::NaiveDate;
use lastmile_orm::sql::row::Row;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result, Value};
use rust_decimal::Decimal;

use super::LINE;
use crate::account::taxes::cash_basis::{Key, Waiting, WaitingLine};
use crate::account::taxes::engine::{Currency, Taxes};
use crate::account::taxes::load;

/// One side of a partial.
#[derive(Clone, Debug)]
pub struct Side {
    pub entry: Id,
    pub amount_currency: Decimal,
    pub line_balance: Decimal,
    pub line_amount: Decimal,
    pub currency: Id,
    pub date: NaiveDate,
    pub posted: bool,
    pub invoice: bool,
}

/// A partial with both of its lines.
#[derive(Clone, Debug)]
pub struct Match {
    pub id: Id,
    pub amount: Decimal,
    pub company: Id,
    pub day: NaiveDate,
    pub sides: [Side; 2],
}

/// What is known of an entry whose taxes wait.
pub struct Origin {
    pub waiting: Waiting,
    pub name: Option<String>,
    pub day: NaiveDate,
    pub position: Option<Id>,
    /// What was to be paid, in the company's and in its own currency.
    pub total: (Decimal, Decimal),
}

/// Partials of what customers owe and vendors are owed, in companies that have such taxes.
pub fn matches(env: &mut Env, partials: &[Id]) -> Result<Vec<Match>> {
    let sql = sql!(
        "SELECT r.id, r.amount, r.company_id, r.max_date, d.move_id, r.debit_amount_currency, d.balance, d.amount_currency,
         d.currency_id, d.date, dm.state = 'posted', dm.move_type <> 'entry', c.move_id, r.credit_amount_currency, c.balance,
         c.amount_currency, c.currency_id, c.date, cm.state = 'posted', cm.move_type <> 'entry'
         FROM account_partial_reconcile r JOIN account_move_line d ON d.id = r.debit_move_id JOIN account_move dm ON dm.id = d.move_id
         JOIN account_move_line c ON c.id = r.credit_move_id JOIN account_move cm ON cm.id = c.move_id
         JOIN account_account a ON a.id = d.account_id AND a.account_type IN ('asset_receivable', 'liability_payable')
         WHERE r.id = ANY({partials}) AND EXISTS (SELECT 1 FROM res_company o WHERE o.id IN (d.company_id, c.company_id)
         AND o.tax_exigibility) ORDER BY r.id"
    );
    let side = |row: &Row, at: usize| -> Option<Side> {
        let number = |column: usize| row.decimal(at + column).unwrap_or_default();
        let flag = |column: usize| row.bool(at + column).unwrap_or(false);
        Some(Side {
            entry: row.int(at)?,
            amount_currency: number(1),
            line_balance: number(2),
            line_amount: number(3),
            currency: row.int(at + 4)?,
            date: row.date(at + 5)?,
            posted: flag(6),
            invoice: flag(7),
        })
    };
    Ok(env
        .query(sql)?
        .iter()
        .filter_map(|row| {
            Some(Match {
                id: row.int(0)?,
                amount: row.decimal(1)?,
                company: row.int(2)?,
                day: row.date(3)?,
                sides: [side(row, 4)?, side(row, 12)?],
            })
        })
        .collect())
}

/// Entries whose taxes wait, with what was to be paid of them.
pub fn origins(env: &mut Env, matches: &[Match]) -> Result<HashMap<Id, Origin>> {
    let moves: Vec<Id> = matches.iter().flat_map(|found| found.sides.iter().map(|side| side.entry)).collect();
    let sql = sql!(
        "SELECT l.move_id, l.id, a.account_type IN ('asset_receivable', 'liability_payable'), l.balance, l.amount_residual,
         l.amount_currency, l.amount_residual_currency, l.currency_id, COALESCE(t.tax_exigibility = 'on_payment', FALSE),
         ARRAY(SELECT x.account_tax_id FROM account_move_line_account_tax_rel x WHERE x.account_move_line_id = l.id)::text,
         l.name, l.display_type, l.partner_id, l.account_id, COALESCE(a.reconcile, FALSE), l.analytic_distribution::text,
         l.tax_base_amount, l.tax_repartition_line_id, r.account_id, COALESCE(r.document_type = 'refund', FALSE),
         ARRAY(SELECT g.id FROM account_account_tag_account_tax_repartition_line_rel x JOIN account_account_tag g
         ON g.id = x.account_account_tag_id WHERE x.account_tax_repartition_line_id = r.id)::text,
         ARRAY(SELECT g.id FROM account_account_tag_account_move_line_rel x JOIN account_account_tag g
         ON g.id = x.account_account_tag_id AND g.applicability = 'products' WHERE x.account_move_line_id = l.id)::text,
         c.account_cash_basis_base_account_id, m.name, m.date, m.fiscal_position_id, c.currency_id
         FROM account_move_line l JOIN account_move m ON m.id = l.move_id JOIN res_company c ON c.id = l.company_id
         JOIN account_account a ON a.id = l.account_id LEFT JOIN account_tax t ON t.id = l.tax_line_id
         LEFT JOIN account_tax_repartition_line r ON r.id = l.tax_repartition_line_id
         WHERE l.move_id = ANY({moves}) ORDER BY l.move_id, l.date DESC, l.move_name DESC, l.id"
    );
    let rows = env.query(sql)?;
    let lines: Vec<Id> = rows.iter().filter_map(|row| row.int(1)).collect();
    let refunds: HashMap<Id, bool> = lines.iter().copied().zip(env.values(LINE, "is_refund", &lines)?.iter().map(Value::truthy)).collect();
    let wanted: Vec<Id> = rows.iter().flat_map(|row| load::numbers(row.text(9))).collect();
    let taxes = load::load(env, &wanted)?;
    let currencies: Vec<Id> = rows.iter().flat_map(|row| [row.int(7), row.int(26)]).flatten().collect();
    let currencies = load::currencies(env, &currencies)?;
    let mut out = HashMap::new();
    for id in moves {
        let own: Vec<&Row> = rows.iter().filter(|row| row.int(0) == Some(id)).collect();
        if let Some(origin) = origin(id, &own, &taxes, &currencies, &refunds) {
            out.insert(id, origin);
        }
    }
    Ok(out)
}

/// An entry, when something of it waits: lines of one currency, and some that is to be paid.
fn origin(id: Id, rows: &[&Row], taxes: &Taxes, currencies: &HashMap<Id, Currency>, refunds: &HashMap<Id, bool>) -> Option<Origin> {
    let first = rows.first()?;
    let company_currency = *currencies.get(&first.int(26)?)?;
    let (mut total, mut residual) = ((Decimal::ZERO, Decimal::ZERO), (Decimal::ZERO, Decimal::ZERO));
    let (mut used, mut lines): (Vec<Id>, Vec<WaitingLine>) = (Vec::new(), Vec::new());
    let mut owed = false;
    for row in rows {
        let number = |column: usize| row.decimal(column).unwrap_or_default();
        if row.bool(2).unwrap_or(false) {
            let sign = if number(3) > Decimal::ZERO { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
            owed = true;
            total = (total.0 + sign * number(3), total.1 + sign * number(5));
            residual = (residual.0 + sign * number(4), residual.1 + sign * number(6));
        } else {
            let waits: Vec<Id> =
                taxes.flatten(&load::numbers(row.text(9))).iter().filter(|turn| turn.tax.on_payment).map(|turn| turn.tax.id).collect();
            let of_tax = row.bool(8).unwrap_or(false);
            if !of_tax && waits.is_empty() {
                continue;
            }
            let refund = row.int(1).and_then(|id| refunds.get(&id)).copied().unwrap_or(false);
            lines.push(waiting_line(row, of_tax, waits, taxes, refund)?);
        }
        used.extend(row.int(7));
    }
    used.sort_unstable();
    used.dedup();
    let [currency] = used.as_slice() else { return None };
    if lines.is_empty() || !owed {
        return None;
    }
    let currency = *currencies.get(currency)?;
    let fully_paid = company_currency.round(residual.0).is_zero() || currency.round(residual.1).is_zero();
    Some(Origin {
        waiting: Waiting { id, currency, company_currency, fully_paid, lines },
        name: first.text(23),
        day: first.date(24)?,
        position: first.int(25),
        total,
    })
}

fn waiting_line(row: &Row, of_tax: bool, taxes: Vec<Id>, known: &Taxes, refund: bool) -> Option<WaitingLine> {
    let account = row.int(13)?;
    // Tags of the base are those of the documents that the line is of; of a tax line its line of repartition says which.
    let side = if of_tax { row.bool(19).unwrap_or(false) } else { refund };
    let mut tags: Vec<Id> = taxes.iter().filter_map(|id| known.get(*id)).flat_map(|tax| tax.base_tags(side).collect::<Vec<_>>()).collect();
    if of_tax {
        tags.extend(load::numbers(row.text(20)));
    }
    tags.extend(load::numbers(row.text(21)));
    let mut seen: Vec<Id> = Vec::new();
    tags.retain(|tag| {
        !seen.contains(tag) && {
            seen.push(*tag);
            true
        }
    });
    let target = if of_tax { row.int(18).or(row.int(22)).unwrap_or(account) } else { row.int(22).unwrap_or(account) };
    Some(WaitingLine {
        id: row.int(1)?,
        amount_currency: row.decimal(5).unwrap_or_default(),
        residual_currency: row.decimal(6).unwrap_or_default(),
        tax_base: row.decimal(16).unwrap_or_default(),
        name: if of_tax { row.text(10) } else { row.text(23) },
        display_type: row.text(11).unwrap_or_default(),
        key: Key {
            repartition: row.int(17).filter(|_| of_tax),
            partner: row.int(12),
            account: target,
            taxes,
            analytic: row.text(15).filter(|text| text != "null"),
        },
        from_account: if of_tax { account } else { target },
        tags,
        matched: row.bool(14).unwrap_or(false),
    })
}
