//! Opening the wizard: on which items it works.

use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Result, Value};

use super::WIZARD;

/// Declares the defaults.
pub fn declare(all: &mut Declarations) {
    all.model(WIZARD).default_once("line_ids", lines).default_fn("payment_date", |env| Ok(Value::Date(env.today())));
}

/// Items of the entries, or those themselves, that the caller chose, of which something is to be paid.
fn lines(env: &mut Env) -> Result<Value> {
    let chosen = env.context_get("active_ids").cloned().unwrap_or_default().ids();
    let model = env.context_get("active_model").and_then(Value::as_str).unwrap_or_default().to_owned();
    let column = match model.as_str() {
        "account.move" => "move_id",
        "account.move.line" => "id",
        _ => return Err(Error::user("Payments are registered for entries or for their items: open this from one of them.")),
    };
    env.check_records(&model, &chosen, lastmile_orm::access::Operation::Read)?;
    env.flush()?;
    let sql = sql!(
        "SELECT l.id, a.account_type::text, a.account_type IN ('asset_receivable', 'liability_payable')
         AND round(l.amount_residual_currency / t.rounding) <> 0, split_part(c.parent_path, '/', 1)::int4
         FROM unnest({chosen}::int4[]) WITH ORDINALITY x (id, n) JOIN account_move_line l ON l.{column:ident} = x.id
         JOIN res_currency t ON t.id = l.currency_id JOIN res_company c ON c.id = l.company_id
         LEFT JOIN account_account a ON a.id = l.account_id ORDER BY x.n, l.date DESC, l.move_name DESC, l.id"
    );
    let rows = env.sudo(|env| env.query(sql))?;
    let open: Vec<&lastmile_orm::sql::row::Row> = rows.iter().filter(|row| row.bool(2) == Some(true)).collect();
    let Some(first) = open.first() else {
        return Err(Error::user("Nothing is left to be paid of what you chose."));
    };
    if rows.iter().any(|row| row.int(3) != first.int(3)) {
        return Err(Error::user("Entries of several companies are not paid together."));
    }
    if open.iter().any(|row| row.text(1) != first.text(1)) {
        return Err(Error::user("What customers owe and what vendors are owed are not paid together."));
    }
    let mut ids: Vec<Id> = Vec::with_capacity(open.len());
    for id in open.iter().filter_map(|row| row.int(0)) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(ids)])]))
}
