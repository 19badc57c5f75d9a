//! Balances: of accounts, and of partners.

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Result};
use rust_decimal::Decimal;

use super::{Asked, Report, Row, amount, code, translated, words};

/// Every account with its balance before, what was debited and credited, and its balance after. Income and expenses begin anew each
/// year; what earlier years left of them stands in a row of its own.
pub fn trial(env: &mut Env, asked: &Asked) -> Result<Report> {
    let &Asked { company, from, to, year, .. } = asked;
    let sql = sql!(
        "SELECT a.id, {code:sql}, {name:sql}, a.account_type ~ '^(income|expense)' AS yearly,
         COALESCE(SUM(l.balance) FILTER (WHERE l.date < {from} AND (a.account_type !~ '^(income|expense)' OR l.date >= {year})), 0),
         COALESCE(SUM(l.debit) FILTER (WHERE l.date >= {from}), 0), COALESCE(SUM(l.credit) FILTER (WHERE l.date >= {from}), 0),
         COALESCE(SUM(l.balance) FILTER (WHERE a.account_type ~ '^(income|expense)' AND l.date < {year}), 0)
         FROM account_move_line l JOIN account_account a ON a.id = l.account_id
         WHERE l.parent_state = 'posted' AND l.company_id = {company} AND l.date <= {to} GROUP BY a.id ORDER BY 2, a.id",
        code = code(company),
        name = translated(env, "a.name")
    );
    let (mut rows, mut kept) = (Vec::new(), Decimal::ZERO);
    let mut sums = [Decimal::ZERO; 4];
    for row in env.query(sql)? {
        let of = |n: usize| row.decimal(n).unwrap_or_default();
        let (before, debit, credit) = (of(4), of(5), of(6));
        kept += of(7);
        if before.is_zero() && debit.is_zero() && credit.is_zero() {
            continue;
        }
        let all = [before, debit, credit, before + debit - credit];
        sums.iter_mut().zip(all).for_each(|(sum, one)| *sum += one);
        let mut cells = vec![words(row.text(1).unwrap_or_default()), words(row.text(2).unwrap_or_default())];
        cells.extend(all.map(amount));
        rows.push(Row::about("account.account", row.int(0).unwrap_or(0), cells));
    }
    if !kept.is_zero() {
        let [before, _, _, after] = &mut sums;
        *before += kept;
        *after += kept;
        rows.push(Row {
            cells: vec![words(""), words("=earlier_years"), amount(kept), amount(Decimal::ZERO), amount(Decimal::ZERO), amount(kept)],
            ..Row::default()
        });
    }
    let mut cells = vec![words(""), words("=total")];
    cells.extend(sums.map(lastmile_orm::Value::Decimal));
    rows.push(Row::total(cells));
    let columns =
        &[("code", "text"), ("account", "text"), ("before", "amount"), ("debit", "amount"), ("credit", "amount"), ("after", "amount")];
    Ok(Report { columns, rows })
}

/// Every partner with an open or moved account: the balance before, what was debited and credited, and the balance after.
pub fn partners(env: &mut Env, asked: &Asked) -> Result<Report> {
    let &Asked { company, from, to, .. } = asked;
    let sql = sql!(
        "SELECT COALESCE(p.id, 0), COALESCE(p.name, '')::text, COALESCE(SUM(l.balance) FILTER (WHERE l.date < {from}), 0),
         COALESCE(SUM(l.debit) FILTER (WHERE l.date >= {from}), 0), COALESCE(SUM(l.credit) FILTER (WHERE l.date >= {from}), 0)
         FROM account_move_line l JOIN account_account a ON a.id = l.account_id
         LEFT JOIN res_partner o ON o.id = l.partner_id LEFT JOIN res_partner p ON p.id = o.commercial_partner_id
         WHERE l.parent_state = 'posted' AND l.company_id = {company} AND l.date <= {to}
         AND a.account_type IN ('asset_receivable', 'liability_payable') GROUP BY p.id ORDER BY 2, 1"
    );
    let mut rows = Vec::new();
    let mut sums = [Decimal::ZERO; 4];
    for row in env.query(sql)? {
        let of = |n: usize| row.decimal(n).unwrap_or_default();
        let (before, debit, credit) = (of(2), of(3), of(4));
        if before.is_zero() && debit.is_zero() && credit.is_zero() {
            continue;
        }
        let all = [before, debit, credit, before + debit - credit];
        sums.iter_mut().zip(all).for_each(|(sum, one)| *sum += one);
        let id = row.int(0).unwrap_or(0);
        let mut cells = vec![words(if id == 0 { "=no_partner".to_owned() } else { row.text(1).unwrap_or_default() })];
        cells.extend(all.map(amount));
        rows.push(Row::about("res.partner", id, cells));
    }
    let mut cells = vec![words("=total")];
    cells.extend(sums.map(lastmile_orm::Value::Decimal));
    rows.push(Row::total(cells));
    let columns = &[("partner", "text"), ("before", "amount"), ("debit", "amount"), ("credit", "amount"), ("after", "amount")];
    Ok(Report { columns, rows })
}
