//! The day book: every item of every entry, by day.

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Result, Value};
use rust_decimal::Decimal;

use super::{Asked, MAX_LINES, Report, Row, amount, code, translated, words};

/// Every entry of a time with its items, by day, and what was debited and credited in all.
pub fn book(env: &mut Env, asked: &Asked) -> Result<Report> {
    let &Asked { company, from, to, .. } = asked;
    let limit = i64::try_from(MAX_LINES).unwrap_or(i64::MAX) + 1;
    let sql = sql!(
        "SELECT l.move_id, l.date, {journal:sql}, COALESCE(l.move_name, '')::text, concat_ws(' ', {code:sql}, {name:sql}),
         COALESCE(p.name, '')::text, COALESCE(l.name, '')::text, COALESCE(l.debit, 0), COALESCE(l.credit, 0)
         FROM account_move_line l JOIN account_account a ON a.id = l.account_id JOIN account_journal j ON j.id = l.journal_id
         LEFT JOIN res_partner p ON p.id = l.partner_id
         WHERE l.parent_state = 'posted' AND l.company_id = {company} AND l.date >= {from} AND l.date <= {to}
         ORDER BY l.date, l.move_id, l.id LIMIT {limit}",
        journal = translated(env, "j.name"),
        code = code(company),
        name = translated(env, "a.name")
    );
    let found = env.query(sql)?;
    if found.len() > MAX_LINES {
        return Err(Error::user(format!("The report has more than {MAX_LINES} lines. Please choose a shorter time.")));
    }
    let (mut debits, mut credits) = (Decimal::ZERO, Decimal::ZERO);
    let mut rows = Vec::with_capacity(found.len() + 1);
    for row in &found {
        let (debit, credit) = (row.decimal(7).unwrap_or_default(), row.decimal(8).unwrap_or_default());
        debits += debit;
        credits += credit;
        let text = |n: usize| words(row.text(n).unwrap_or_default());
        let day = row.date(1).map_or(Value::None, Value::Date);
        let cells = vec![day, text(2), text(3), text(4), text(5), text(6), amount(debit), amount(credit)];
        rows.push(Row::about("account.move", row.int(0).unwrap_or(0), cells));
    }
    let empty = || Value::None;
    let cells = vec![empty(), words("=total"), empty(), empty(), empty(), empty(), Value::Decimal(debits), Value::Decimal(credits)];
    rows.push(Row::total(cells));
    let columns = &[
        ("date", "date"),
        ("journal", "text"),
        ("number", "text"),
        ("account", "text"),
        ("partner", "text"),
        ("label", "text"),
        ("debit", "amount"),
        ("credit", "amount"),
    ];
    Ok(Report { columns, rows })
}
