//! Ledgers: every item of accounts, or of a partner, with what it leaves.

use std::collections::HashMap;

use lastmile_orm::sql::row::Row as Found;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Env, Error, Id, Result, Value};
use rust_decimal::Decimal;

use super::{Asked, Kind, MAX_LINES, Report, Row, amount, code, translated, words};

/// Items of a time: group, move, day, number, partner, label, debit, credit.
fn items(env: &mut Env, asked: &Asked, group: Sql, condition: Sql) -> Result<Vec<Found>> {
    let &Asked { company, from, to, .. } = asked;
    let limit = i64::try_from(MAX_LINES).unwrap_or(i64::MAX) + 1;
    let sql = sql!(
        "SELECT {group:sql}, l.move_id, l.date, COALESCE(l.move_name, '')::text, COALESCE(p.name, '')::text, COALESCE(l.name, '')::text,
         COALESCE(l.debit, 0), COALESCE(l.credit, 0)
         FROM account_move_line l JOIN account_account a ON a.id = l.account_id LEFT JOIN res_partner p ON p.id = l.partner_id
         WHERE l.parent_state = 'posted' AND l.company_id = {company} AND l.date >= {from} AND l.date <= {to} AND {condition:sql}
         ORDER BY l.date, l.move_id, l.id LIMIT {limit}"
    );
    let rows = env.query(sql)?;
    if rows.len() > MAX_LINES {
        return Err(Error::user(format!("The report has more than {MAX_LINES} lines. Please choose a shorter time.")));
    }
    Ok(rows)
}

const COLUMNS: &[(&str, &str)] = &[
    ("date", "date"),
    ("number", "text"),
    ("partner", "text"),
    ("label", "text"),
    ("debit", "amount"),
    ("credit", "amount"),
    ("balance", "amount"),
];

/// One item, and the balance that it leaves.
fn item(row: &Found, balance: &mut Decimal) -> Row {
    let (debit, credit) = (row.decimal(6).unwrap_or_default(), row.decimal(7).unwrap_or_default());
    *balance += debit - credit;
    let text = |n: usize| words(row.text(n).unwrap_or_default());
    let cells = vec![
        row.date(2).map_or(Value::None, Value::Date),
        text(3),
        text(4),
        text(5),
        amount(debit),
        amount(credit),
        Value::Decimal(*balance),
    ];
    Row::about("account.move", row.int(1).unwrap_or(0), cells)
}

fn headed(model: &'static str, id: Id, name: String, before: Decimal) -> Row {
    let empty = || Value::None;
    let cells = vec![empty(), words(name), empty(), words("=before"), empty(), empty(), Value::Decimal(before)];
    Row { kind: Kind::Head, cells, about: (id > 0).then_some((model, id)) }
}

/// Every account with its items, or one.
pub fn general(env: &mut Env, asked: &Asked) -> Result<Report> {
    let &Asked { company, from, to, year, account, .. } = asked;
    let sql = sql!(
        "SELECT a.id, concat_ws(' ', {code:sql}, {name:sql}),
         COALESCE(SUM(l.balance) FILTER (WHERE l.date < {from} AND (a.account_type !~ '^(income|expense)' OR l.date >= {year})), 0), {code:sql}
         FROM account_move_line l JOIN account_account a ON a.id = l.account_id
         WHERE l.parent_state = 'posted' AND l.company_id = {company} AND l.date <= {to} AND ({account} IS NULL OR a.id = {account})
         GROUP BY a.id ORDER BY 4, a.id",
        code = code(company),
        name = translated(env, "a.name")
    );
    let accounts = env.query(sql)?;
    let mut of: HashMap<Id, Vec<Found>> = HashMap::new();
    for row in items(env, asked, Sql::lit("a.id"), sql!("({account} IS NULL OR a.id = {account})"))? {
        of.entry(row.int(0).unwrap_or(0)).or_default().push(row);
    }
    let mut rows = Vec::new();
    for account in accounts {
        let (id, before) = (account.int(0).unwrap_or(0), account.decimal(2).unwrap_or_default());
        let own = of.remove(&id).unwrap_or_default();
        if own.is_empty() && before.is_zero() {
            continue;
        }
        rows.push(headed("account.account", id, account.text(1).unwrap_or_default(), before));
        let mut balance = before;
        rows.extend(own.iter().map(|row| item(row, &mut balance)));
    }
    Ok(Report { columns: COLUMNS, rows })
}

/// The items of one partner's receivables and payables.
pub fn partner(env: &mut Env, asked: &Asked) -> Result<Report> {
    let &Asked { company, from, partner, .. } = asked;
    let Some(partner) = partner else { return Err(Error::user("Of whom?")) };
    let own = sql!(
        "a.account_type IN ('asset_receivable', 'liability_payable') AND l.partner_id IN (SELECT c.id FROM res_partner c
         JOIN res_partner o ON o.id = {partner} WHERE c.commercial_partner_id = o.commercial_partner_id)"
    );
    let sql = sql!(
        "SELECT COALESCE(SUM(l.balance), 0) FROM account_move_line l JOIN account_account a ON a.id = l.account_id
         WHERE l.parent_state = 'posted' AND l.company_id = {company} AND l.date < {from} AND {own:sql}",
        own = own.clone()
    );
    let before = env.query(sql)?.first().and_then(|row| row.decimal(0)).unwrap_or_default();
    let name = env.query(sql!("SELECT name::text FROM res_partner WHERE id = {partner}"))?.first().and_then(|row| row.text(0));
    let mut rows = vec![headed("res.partner", partner, name.unwrap_or_default(), before)];
    let mut balance = before;
    rows.extend(items(env, asked, Sql::lit("0"), own)?.iter().map(|row| item(row, &mut balance)));
    Ok(Report { columns: COLUMNS, rows })
}
