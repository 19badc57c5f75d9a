//! What is open at a day, by how long it is due.

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Result};
use rust_decimal::Decimal;

use super::{Asked, Report, Row, amount, words};

/// Every partner with what was open at the end of the time: not due yet, due up to 30, 60, 90, 120 days, longer, and all.
/// Debts of ours are shown above zero too.
pub fn aged(env: &mut Env, asked: &Asked, kind: &str) -> Result<Report> {
    let &Asked { company, to, .. } = asked;
    let sign = if kind == "liability_payable" { -1 } else { 1 };
    let sql = sql!(
        "SELECT COALESCE(x.partner, 0), COALESCE(p.name, '')::text, SUM(x.open) FILTER (WHERE x.late <= 0),
         SUM(x.open) FILTER (WHERE x.late BETWEEN 1 AND 30), SUM(x.open) FILTER (WHERE x.late BETWEEN 31 AND 60),
         SUM(x.open) FILTER (WHERE x.late BETWEEN 61 AND 90), SUM(x.open) FILTER (WHERE x.late BETWEEN 91 AND 120),
         SUM(x.open) FILTER (WHERE x.late > 120), SUM(x.open)
         FROM (SELECT o.commercial_partner_id AS partner, {to}::date - COALESCE(l.date_maturity, l.date) AS late, {sign} * (l.balance
          - COALESCE((SELECT SUM(r.amount) FROM account_partial_reconcile r WHERE r.debit_move_id = l.id AND r.max_date <= {to}), 0)
          + COALESCE((SELECT SUM(r.amount) FROM account_partial_reconcile r WHERE r.credit_move_id = l.id AND r.max_date <= {to}), 0)) AS open
          FROM account_move_line l JOIN account_account a ON a.id = l.account_id LEFT JOIN res_partner o ON o.id = l.partner_id
          WHERE l.parent_state = 'posted' AND l.company_id = {company} AND l.date <= {to} AND a.account_type = {kind}) x
         LEFT JOIN res_partner p ON p.id = x.partner WHERE x.open <> 0 GROUP BY x.partner, p.name ORDER BY 2, 1"
    );
    let mut rows = Vec::new();
    let mut sums = [Decimal::ZERO; 7];
    for row in env.query(sql)? {
        let id = row.int(0).unwrap_or(0);
        let mut cells = vec![words(if id == 0 { "=no_partner".to_owned() } else { row.text(1).unwrap_or_default() })];
        for (n, sum) in sums.iter_mut().enumerate() {
            let one = row.decimal(n + 2).unwrap_or_default();
            *sum += one;
            cells.push(amount(one));
        }
        rows.push(Row::about("res.partner", id, cells));
    }
    let mut cells = vec![words("=total")];
    cells.extend(sums.map(lastmile_orm::Value::Decimal));
    rows.push(Row::total(cells));
    let columns = &[
        ("partner", "text"),
        ("not_due", "amount"),
        ("late_30", "amount"),
        ("late_60", "amount"),
        ("late_90", "amount"),
        ("late_120", "amount"),
        ("late_more", "amount"),
        ("total", "amount"),
    ];
    Ok(Report { columns, rows })
}
