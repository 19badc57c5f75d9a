//! Taxes of a time: on what, and how much.

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Result};
use rust_decimal::Decimal;

use super::{Asked, Kind, Report, Row, amount, translated, words};

/// Every tax with the amounts it was charged on and its own, sales first; above zero is what is owed for sales, and what may be deducted for purchases.
pub fn report(env: &mut Env, asked: &Asked) -> Result<Report> {
    let &Asked { company, from, to, .. } = asked;
    let sql = sql!(
        "SELECT t.id, t.type_tax_use::text, {name:sql}, COALESCE(b.base, 0), COALESCE(x.tax, 0)
         FROM account_tax t
         LEFT JOIN (SELECT r.account_tax_id AS tax, SUM(l.balance) AS base FROM account_move_line l
          JOIN account_move_line_account_tax_rel r ON r.account_move_line_id = l.id
          WHERE l.parent_state = 'posted' AND l.company_id = {company} AND l.date >= {from} AND l.date <= {to} GROUP BY 1) b ON b.tax = t.id
         LEFT JOIN (SELECT l.tax_line_id AS id, SUM(l.balance) AS tax FROM account_move_line l
          WHERE l.parent_state = 'posted' AND l.company_id = {company} AND l.date >= {from} AND l.date <= {to} AND l.tax_line_id IS NOT NULL
          GROUP BY 1) x ON x.id = t.id
         WHERE b.base IS NOT NULL OR x.tax IS NOT NULL ORDER BY t.type_tax_use DESC, t.sequence, t.id",
        name = translated(env, "t.name")
    );
    let mut rows: Vec<Row> = Vec::new();
    let (mut now, mut sum, mut net) = (String::new(), Decimal::ZERO, Decimal::ZERO);
    let total = |rows: &mut Vec<Row>, sum: &mut Decimal| {
        if !rows.is_empty() {
            rows.push(Row::total(vec![words("=total"), amount(Decimal::ZERO), lastmile_orm::Value::Decimal(*sum)]));
        }
        *sum = Decimal::ZERO;
    };
    for row in env.query(sql)? {
        let (kind, base, tax) = (row.text(1).unwrap_or_default(), row.decimal(3).unwrap_or_default(), row.decimal(4).unwrap_or_default());
        if kind != now {
            total(&mut rows, &mut sum);
            rows.push(Row { kind: Kind::Head, cells: vec![words(format!("=tax_{kind}"))], about: None });
            now.clone_from(&kind);
        }
        let sign = if kind == "purchase" { Decimal::ONE } else { -Decimal::ONE };
        sum += sign * tax;
        net -= tax;
        rows.push(Row::about(
            "account.tax",
            row.int(0).unwrap_or(0),
            vec![words(row.text(2).unwrap_or_default()), amount(sign * base), amount(sign * tax)],
        ));
    }
    total(&mut rows, &mut sum);
    rows.push(Row::total(vec![words("=tax_due"), amount(Decimal::ZERO), lastmile_orm::Value::Decimal(net)]));
    Ok(Report { columns: &[("tax", "text"), ("base", "amount"), ("tax_amount", "amount")], rows })
}
